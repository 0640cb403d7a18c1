"""Known differences: Fourier transforms."""

from collections.abc import Mapping

import numpy as np

from .difference import KnownDifference, not_finite

# a transform is a sum over all elements: infinities of both signs and NaN meet in it
OF_INFINITY = KnownDifference(
    lambda arguments: not np.isfinite(arguments["input"].astype(np.complex128)).all(),
    jaxfun="NaN, or an infinity, in an element that a NaN or an infinity is a term of",
    torch="NaN, an infinity or a number there",
    why="the order of the sums decides between NaN and infinity: XLA's is another one than MKL's",
    source="aten/src/ATen/native/mkl/SpectralOps.cpp: _fft_c2r_mkl",
    answer=not_finite,
    much="NaN and infinity are drawn on purpose",
)

KNOWN_DIFFERENCES: Mapping[str, tuple[KnownDifference, ...]] = dict.fromkeys(
    ("fft_hfft", "fft_irfft", "fft_irfft2", "fft_irfftn"), (OF_INFINITY,)
)
