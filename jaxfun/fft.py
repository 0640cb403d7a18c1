"""torch.fft: discrete Fourier transforms under torch's names, arguments and defaults."""

from .core.faces import lazy

__getattr__, __dir__ = lazy(
    __name__,
    {
        "ops.fft.discrete": "fft hfft ifft ihfft irfft rfft",
        "ops.fft.order": "fftfreq fftshift ifftshift rfftfreq",
        "ops.fft.several": "fft2 fftn ifft2 ifftn irfft2 irfftn rfft2 rfftn",
    },
)
