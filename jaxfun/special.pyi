"""torch.special: special functions. Some have another name in jaxfun itself, as in torch: `expit` is `sigmoid`."""
# Written by docs/make_stubs.py: the types of the public names.

import builtins
import pathlib
from collections.abc import Callable, Mapping, Sequence
from types import EllipsisType, ModuleType
from typing import Any, Literal, overload

import numpy
from jax import Array
from .core.types import ArrayLike as ArrayLike
from .core.dtypes import DType as DType
from .core.types import Number

__version__: builtins.str
DTypeLike = DType | numpy.dtype[Any] | builtins.str | builtins.type

def digamma(input: ArrayLike) -> Array:
    """Return the digamma function, the derivative of `lgamma`; integers give float32.

    It is minus infinity at 0, infinity at -0, and NaN at negative integers.
    Raises: NotImplementedError for complex numbers.
    """
    ...

def erf(input: ArrayLike) -> Array:
    """Return the error function of each element; integers give float32.

    Raises: NotImplementedError for complex numbers.
    """
    ...

def erfc(input: ArrayLike) -> Array:
    """Return the complementary error function `1 - erf(x)`, accurate for large x; integers give float32.

    Raises: NotImplementedError for complex numbers.
    """
    ...

def erfinv(input: ArrayLike) -> Array:
    """Return the inverse error function of each element, NaN outside [-1, 1]; integers give float32.

    Raises: NotImplementedError for complex numbers.
    """
    ...

def exp2(input: ArrayLike) -> Array:
    """Return 2 to the power of each element; integers give float32."""
    ...

def expit(input: ArrayLike) -> Array:
    """Return the sigmoid `1 / (1 + exp(-x))` of each element; integers give float32."""
    ...

def expm1(input: ArrayLike) -> Array:
    """Return `exp(x) - 1` of each element, accurate near 0; integers give float32."""
    ...

def gammainc(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the regularized lower incomplete gamma function of order `input` at `other`; NaN below 0.

    Gradient: for `input` torch has none; here it is the true derivative.
    """
    ...

def gammaincc(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the regularized upper incomplete gamma function, `1 - igamma(input, other)`, accurate where it is small.

    Gradient: for `input` torch has none; here it is the true derivative.
    """
    ...

def gammaln(input: ArrayLike) -> Array:
    """Return the log of the absolute value of the gamma function; integers give float32.

    Gradient: `digamma`.
    """
    ...

def i0(input: ArrayLike) -> Array:
    """Return the modified Bessel function of the first kind of order 0; integers give float32.

    Raises: NotImplementedError for complex numbers.
    """
    ...

def log1p(input: ArrayLike) -> Array:
    """Return `log(1 + x)` of each element, accurate near 0; integers give float32."""
    ...

def log_softmax(input: ArrayLike, dim: builtins.int | None = None, *, dtype: DTypeLike | None = None) -> Array:
    """Apply a softmax along `dim`, followed by a logarithm, without overflow.

    Dtypes: the input is first cast to `dtype`, if given.
    Warns: if `dim` is omitted, like `softmax`.
    Raises: NotImplementedError for a tensor that is not floating point, unless `dtype` is.
    Torch: torch.log_softmax, torch.nn.functional.log_softmax.
    """
    ...

def logit(input: ArrayLike, eps: Number | Array | None = None) -> Array:
    """Return the logit `log(x / (1 - x))` of each element, NaN outside [0, 1]; integers give float32.

    With an `eps` of at least 0 the input is clamped to `[eps, 1 - eps]` first.

    Gradient: infinite at 0 and 1, NaN outside; with an `eps` 0 outside the bounds.
    """
    ...

def logsumexp(
    input: ArrayLike, dim: builtins.int | tuple[builtins.int, ...] | list[builtins.int], keepdim: builtins.bool = False
) -> Array:
    """Return the logarithm of the sum of exponentials over `dim` (an integer or a tuple), without overflow.

    For no elements it is -infinity.
    Gradient: NaN if all elements are -infinity.
    Raises: RuntimeError for `dim=()` unless the tensor is 0-dim or empty, or `keepdim`.
    """
    ...

def multigammaln(input: ArrayLike, p: builtins.int) -> Array:
    """Return the multivariate log-gamma function with dimension `p`; integers give float32.

    Raises: RuntimeError for a `p` below 1.
    """
    ...

def polygamma(n: builtins.int, input: ArrayLike) -> Array:
    """Return the polygamma function, the `n`-th derivative of `digamma`; integers give float32.

    Raises: RuntimeError for a negative `n`.
    """
    ...

def psi(input: ArrayLike) -> Array:
    """Return the digamma function, the derivative of `lgamma`; integers give float32.

    It is minus infinity at 0, infinity at -0, and NaN at negative integers.
    Raises: NotImplementedError for complex numbers.
    """
    ...

def round(input: ArrayLike, *, decimals: builtins.int = 0) -> Array:
    """Round each element to the nearest integer (ties to even), or to `decimals` decimals. Gradient: 0.

    A negative `decimals` rounds to tens, hundreds, ... It needs a floating point tensor.
    """
    ...

def sinc(input: ArrayLike) -> Array:
    """Return `sin(pi x) / (pi x)` of each element, 1 at 0; integers give float32.

    Gradient: 0 at 0; the second derivative at 0 is NaN.
    """
    ...

@overload
def xlogy(input: Number | Array, other: ArrayLike) -> Array:
    """Return `input * log(other)`, and 0 where `input` is 0 and `other` is not NaN; integers give float32.

    Gradient: for `input` 0 where `input` is 0 and `other` is not positive.
    """
    ...

@overload
def xlogy(input: ArrayLike, other: ArrayLike) -> Array:
    """Return `input * log(other)`, and 0 where `input` is 0 and `other` is not NaN; integers give float32.

    Gradient: for `input` 0 where `input` is 0 and `other` is not positive.
    """
    ...

@overload
def xlogy(input: ArrayLike, other: ArrayLike | Number) -> Array:
    """Return `input * log(other)`, and 0 where `input` is 0 and `other` is not NaN; integers give float32.

    Gradient: for `input` 0 where `input` is 0 and `other` is not positive.
    """
    ...
