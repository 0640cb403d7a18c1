"""torch.special: special functions. Some have another name in jaxfun itself, as in torch: `expit` is `sigmoid`."""
# Written by docs/make_stubs.py: the types of the public names.

import builtins
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
    """Return the derivative of `lgamma` of each element; integers as float32.

    It is minus infinity at 0, infinity at -0, and NaN at negative whole numbers.
    """
    ...

def erf(input: ArrayLike) -> Array:
    """Return the error function of each element; integers as float32."""
    ...

def erfc(input: ArrayLike) -> Array:
    """Return `1 - erf(x)` of each element, exact for large ones; integers as float32."""
    ...

def erfinv(input: ArrayLike) -> Array:
    """Return the number whose error function is each element, NaN outside of -1 to 1; integers as float32."""
    ...

def exp2(input: ArrayLike) -> Array:
    """Return 2 to the power of each element; integers as float32."""
    ...

def expit(input: ArrayLike) -> Array:
    """Return `1 / (1 + exp(-x))` of each element; integers as float32."""
    ...

def expm1(input: ArrayLike) -> Array:
    """Return `exp(x) - 1` of each element, exact near 0; integers as float32."""
    ...

def gammainc(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the regularized lower incomplete gamma function of `input`, its order, at `other`; NaN below 0.

    Gradient: for `input` torch has none, and here it is the true one.
    """
    ...

def gammaincc(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the regularized upper incomplete gamma function, `1 - igamma(input, other)`, exact where it is small.

    Gradient: for `input` torch has none, and here it is the true one.
    """
    ...

def gammaln(input: ArrayLike) -> Array:
    """Return the logarithm of the gamma function's absolute value of each element; integers as float32.

    Gradient: `digamma`.
    """
    ...

def i0(input: ArrayLike) -> Array:
    """Return the modified Bessel function of the first kind, of order 0, of each element; integers as float32."""
    ...

def log1p(input: ArrayLike) -> Array:
    """Return `log(1 + x)` of each element, exact near 0; integers as float32."""
    ...

def logit(input: ArrayLike, eps: Number | Array | None = None) -> Array:
    """Return `log(x / (1 - x))` of each element, NaN outside of 0 to 1; integers as float32.

    With an `eps` of 0 or more, what is outside of `eps` to `1 - eps` is taken for the bound.

    Gradient: infinite at 0 and 1, NaN outside; with an `eps` 0 outside of the bounds.
    """
    ...

def logsumexp(
    input: ArrayLike, dim: builtins.int | tuple[builtins.int, ...] | list[builtins.int], keepdim: builtins.bool = False
) -> Array:
    """Return the logarithm of the sum of the exponentials over `dim` (one, or several as a tuple).

    It does not overflow. Of no elements it is -infinity.
    Gradient: NaN where all elements are -infinity.
    Raises: RuntimeError for `dim=()` of a tensor with dimensions and elements, unless `keepdim`.
    """
    ...

def multigammaln(input: ArrayLike, p: builtins.int) -> Array:
    """Return the logarithm of the gamma function of `p` dimensions of each element; integers as float32.

    Raises: RuntimeError for a `p` below 1.
    """
    ...

def polygamma(n: builtins.int, input: ArrayLike) -> Array:
    """Return the derivative number `n` of `digamma` of each element; integers as float32.

    Raises: RuntimeError for a negative `n`.
    """
    ...

def psi(input: ArrayLike) -> Array:
    """Return the derivative of `lgamma` of each element; integers as float32.

    It is minus infinity at 0, infinity at -0, and NaN at negative whole numbers.
    """
    ...

def round(input: ArrayLike, *, decimals: builtins.int = 0) -> Array:
    """Round each element to the nearest whole number, halves to even; or to so many decimals. Gradient: 0.

    A negative `decimals` rounds to tens, hundreds, ... It is for floating point alone.
    """
    ...

def sinc(input: ArrayLike) -> Array:
    """Return `sin(pi x) / (pi x)` of each element, 1 at 0; integers as float32.

    Gradient: 0 at 0; a second derivative is NaN there.
    """
    ...

@overload
def xlogy(input: Number | Array, other: ArrayLike) -> Array:
    """Return `input * log(other)`, 0 where `input` is 0 and `other` is not NaN; integers as float32.

    Gradient: for `input` 0 where it is 0 and `other` is not positive.
    """
    ...

@overload
def xlogy(input: ArrayLike, other: ArrayLike) -> Array:
    """Return `input * log(other)`, 0 where `input` is 0 and `other` is not NaN; integers as float32.

    Gradient: for `input` 0 where it is 0 and `other` is not positive.
    """
    ...

@overload
def xlogy(input: ArrayLike, other: ArrayLike | Number) -> Array:
    """Return `input * log(other)`, 0 where `input` is 0 and `other` is not NaN; integers as float32.

    Gradient: for `input` 0 where it is 0 and `other` is not positive.
    """
    ...
