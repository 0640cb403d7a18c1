"""PyTorch's tensors and autograd as pure JAX functions, each one proven against PyTorch."""
# Written by docs/make_stubs.py: the types of the public names.

import builtins
from collections.abc import Callable, Mapping, Sequence
from types import EllipsisType, ModuleType
from typing import Any, Literal, overload

import numpy as np
from jax import Array
from .core.errors import ArgumentTypeError as ArgumentTypeError
from .core.types import ArrayLike as ArrayLike
from .core.dtypes import DType as DType
from .core.errors import DTypeError as DTypeError
from .core.limits import FInfo as FInfo
from .core.errors import GradientError as GradientError
from .ops.reduce.histograms import Histogram as Histogram
from .core.limits import IInfo as IInfo
from .ops.reduce.histograms import JointHistogram as JointHistogram
from .ops.pointwise.floats import MantissaAndExponent as MantissaAndExponent
from .ops.reduce.extrema import MinAndMax as MinAndMax
from .ops.linalg.factor import QAndR as QAndR
from .core.errors import ShapeError as ShapeError
from .ops.linalg.determinants import SignAndLogarithm as SignAndLogarithm
from .ops.linalg.factor import SingularValues as SingularValues
from .ops.reduce.extrema import ValuesAndIndices as ValuesAndIndices
from .autograd.variable import Variable as Variable
from . import autograd as autograd
from .core import dtypes as dtypes
from .core import errors as errors
from . import nn as nn
from . import regression as regression
from . import train as train
from .core.types import Number

__version__: builtins.str
DTypeLike = DType | np.dtype[Any] | builtins.str | builtins.type

bfloat16: DType
bool: DType
cdouble: DType
cfloat: DType
complex128: DType
complex64: DType
double: DType
float: DType
float16: DType
float32: DType
float64: DType
half: DType
int: DType
int16: DType
int32: DType
int64: DType
int8: DType
long: DType
short: DType
uint8: DType
DTYPES: Any

def H(input: ArrayLike) -> Array:
    """Return the conjugate transpose of a matrix; the conjugate of a 0-dim tensor. Torch: Tensor.H.

    Raises: RuntimeError for other numbers of dimensions.
    """
    ...

def T(input: ArrayLike) -> Array:
    """Return the tensor with its dimensions in reverse order: the transpose of a matrix. Torch: Tensor.T."""
    ...

def abs(input: ArrayLike) -> Array:
    """Return the absolute value of each element.

    Gradient: 0 at 0 and at NaN (jnp.abs gives 1 and NaN).
    """
    ...

def absolute(input: ArrayLike) -> Array:
    """Return the absolute value of each element.

    Gradient: 0 at 0 and at NaN (jnp.abs gives 1 and NaN).
    """
    ...

def acos(input: ArrayLike) -> Array:
    """Return the arccosine of each element in radians, NaN outside of -1 to 1; integers as float32.

    Gradient: minus infinity at -1 and 1.
    """
    ...

def acosh(input: ArrayLike) -> Array:
    """Return the inverse hyperbolic cosine of each element, NaN below 1; integers as float32.

    Gradient: infinite at 1.
    """
    ...

def adaptive_avg_pool1d(
    input: ArrayLike, output_size: builtins.int | tuple[builtins.int, ...] | list[builtins.int]
) -> Array:
    """Return the averages of `output_size` windows that cover the input.

    Shapes: (n, c, length) -> (n, c, *), or without n.
    Window i of m starts at floor(i * size / m) and ends before ceil((i + 1) * size / m).
    Raises: RuntimeError for a negative size, and for an input without elements.
    Torch: torch.adaptive_avg_pool1d, torch.nn.functional.adaptive_avg_pool1d.
    """
    ...

def add(input: ArrayLike | Number, other: ArrayLike | Number, *, alpha: Number | Array = 1) -> Array:
    """Return `input + alpha * other`.

    Raises: RuntimeError for an alpha of a higher category than the result, or too large for its dtype.
    """
    ...

def addbmm(
    input: ArrayLike, batch1: ArrayLike, batch2: ArrayLike, *, beta: Number | Array = 1, alpha: Number | Array = 1
) -> Array:
    """Return `beta * input + alpha * Σ batch1[i] @ batch2[i]`.

    Shapes: what broadcasts to (m, n), (b, m, k), (b, k, n) -> (m, n).
    With beta=0 the input is ignored, also where it is NaN.
    Raises: RuntimeError for other shapes, for two dtypes, and for a factor that the dtype cannot hold.
    """
    ...

def addcdiv(input: ArrayLike, tensor1: ArrayLike, tensor2: ArrayLike, *, value: Number | Array = 1) -> Array:
    """Return `input + value * tensor1 / tensor2`.

    Raises: RuntimeError for two integer tensors to divide, and for a value that the result's dtype cannot hold.
    """
    ...

def addcmul(input: ArrayLike, tensor1: ArrayLike, tensor2: ArrayLike, *, value: Number | Array = 1) -> Array:
    """Return `input + value * tensor1 * tensor2`.

    Raises: RuntimeError for bools, and for a value that the result's dtype cannot hold.
    """
    ...

def addmm(
    input: ArrayLike, mat1: ArrayLike, mat2: ArrayLike, *, beta: Number | Array = 1, alpha: Number | Array = 1
) -> Array:
    """Return `beta * input + alpha * mat1 @ mat2`. Shapes: what broadcasts to (m, n), (m, k), (k, n) -> (m, n).

    With beta=0 the input is ignored, also where it is NaN.
    Raises: RuntimeError for other shapes, for two dtypes, and for a factor that the dtype cannot hold.
    """
    ...

def addmv(
    input: ArrayLike, mat: ArrayLike, vec: ArrayLike, *, beta: Number | Array = 1, alpha: Number | Array = 1
) -> Array:
    """Return `beta * input + alpha * mat @ vec`. Shapes: what broadcasts to (m,), (m, k), (k,) -> (m,).

    With beta=0 the input is ignored, also where it is NaN.
    Raises: RuntimeError for other shapes, for two dtypes, and for a factor that the dtype cannot hold.
    """
    ...

def addr(
    input: ArrayLike, vec1: ArrayLike, vec2: ArrayLike, *, beta: Number | Array = 1, alpha: Number | Array = 1
) -> Array:
    """Return `beta * input + alpha * outer(vec1, vec2)`. Shapes: what broadcasts to (m, n), (m,), (n,) -> (m, n).

    With beta=0 the input is ignored, also where it is NaN.
    Dtypes: promoted; of bools it is `input and beta or vec1 and vec2 and alpha`.
    Raises: RuntimeError for other shapes, and for a factor of a higher category than the result, or too large for it.
    """
    ...

def adjoint(input: ArrayLike) -> Array:
    """Return the conjugate transpose of each matrix of a batch; the conjugate of a 0-dim tensor.

    Raises: RuntimeError for a vector.
    """
    ...

def all(
    input: ArrayLike, dim: builtins.int | Sequence[builtins.int] | None = None, keepdim: builtins.bool = False
) -> Array:
    """Return whether all elements are true (not zero), or all along `dim`; `dim=()` reduces nothing.

    Dtypes: bool; uint8 gives uint8.
    """
    ...

def allclose(
    input: ArrayLike,
    other: ArrayLike,
    rtol: Number | Array = ...,
    atol: Number | Array = ...,
    equal_nan: builtins.bool = False,
) -> Array:
    """Return whether all elements are close, as `isclose` defines it: a 0-dim bool, where torch gives Python's.

    Raises: RuntimeError for two dtypes, and for a tolerance below 0.
    """
    ...

def amax(input: ArrayLike, dim: builtins.int | Sequence[builtins.int] = ..., keepdim: builtins.bool = False) -> Array:
    """Return the largest element, or the largest over `dim` (one, or several as a tuple).

    Gradient: shared evenly among equal elements.
    Raises: RuntimeError for no elements and no `dim`; IndexError for a `dim` of size 0.
    """
    ...

def amin(input: ArrayLike, dim: builtins.int | Sequence[builtins.int] = ..., keepdim: builtins.bool = False) -> Array:
    """Return the smallest element, or the smallest over `dim` (one, or several as a tuple).

    Gradient: shared evenly among equal elements.
    Raises: RuntimeError for no elements and no `dim`; IndexError for a `dim` of size 0.
    """
    ...

def aminmax(input: ArrayLike, *, dim: builtins.int | None = None, keepdim: builtins.bool = False) -> MinAndMax:
    """Return the smallest and the largest element, of all or along `dim`, as a named tuple `(min, max)`.

    Gradient: shared evenly among equal elements.
    Raises: RuntimeError for no elements and no `dim`; IndexError for a `dim` of size 0.
    """
    ...

def angle(input: ArrayLike) -> Array:
    """Return the angle of each element in radians: of a real one pi where it is negative, else 0; NaN at NaN.

    Gradient: 0 at 0, and for what is real.
    """
    ...

def any(
    input: ArrayLike, dim: builtins.int | Sequence[builtins.int] | None = None, keepdim: builtins.bool = False
) -> Array:
    """Return whether any element is true (not zero), or any along `dim`; `dim=()` reduces nothing.

    Dtypes: bool; uint8 gives uint8.
    """
    ...

def arange(start: Any, end: Any = None, step: Any = 1, *, dtype: DTypeLike | None = None) -> Array:
    """Return the numbers from `start` to `end`, `end` excluded, with the spacing `step`.

    Dtypes: int64 where all arguments are integers, else float32. Each element is rounded once; torch rounds a few per
    vector register twice, up to an ULP of the ends.
    Raises: RuntimeError for a step of 0, or one that leads away from `end`; NotImplementedError for bool and complex.
    Torch: torch.arange.
    """
    ...

def arccos(input: ArrayLike) -> Array:
    """Return the arccosine of each element in radians, NaN outside of -1 to 1; integers as float32.

    Gradient: minus infinity at -1 and 1.
    """
    ...

def arccosh(input: ArrayLike) -> Array:
    """Return the inverse hyperbolic cosine of each element, NaN below 1; integers as float32.

    Gradient: infinite at 1.
    """
    ...

def arcsin(input: ArrayLike) -> Array:
    """Return the arcsine of each element in radians, NaN outside of -1 to 1; integers as float32.

    Gradient: infinite at -1 and 1.
    """
    ...

def arcsinh(input: ArrayLike) -> Array:
    """Return the inverse hyperbolic sine of each element; integers as float32."""
    ...

def arctan(input: ArrayLike) -> Array:
    """Return the arctangent of each element in radians; integers as float32."""
    ...

def arctan2(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the angle in radians, -pi to pi, of each point whose y is `input` and whose x is `other`.

    Gradient: 0 at the origin.
    Dtypes: integers as float32.
    """
    ...

def arctanh(input: ArrayLike) -> Array:
    """Return the inverse hyperbolic tangent of each element, NaN outside of -1 to 1; integers as float32.

    Gradient: infinite at -1 and 1.
    """
    ...

def argmax(input: ArrayLike, dim: builtins.int | None = None, keepdim: builtins.bool = False) -> Array:
    """Return the index of the largest element, in the flattened tensor or along `dim`; the first of equals.

    Raises: IndexError for no elements, or a `dim` of size 0.
    """
    ...

def argmin(input: ArrayLike, dim: builtins.int | None = None, keepdim: builtins.bool = False) -> Array:
    """Return the index of the smallest element, in the flattened tensor or along `dim`; the first of equals.

    Raises: IndexError for no elements, or a `dim` of size 0.
    """
    ...

@overload
def argsort(input: ArrayLike, dim: builtins.int = -1, descending: builtins.bool = False) -> Array:
    """Return the indices that put the elements along a dimension in order.

    Equal elements keep their order; torch promises that only for `stable=True`.
    Raises: RuntimeError for complex numbers.
    """
    ...

@overload
def argsort(
    input: ArrayLike, *, stable: builtins.bool, dim: builtins.int = -1, descending: builtins.bool = False
) -> Array:
    """Return the indices that put the elements along a dimension in order.

    Equal elements keep their order; torch promises that only for `stable=True`.
    Raises: RuntimeError for complex numbers.
    """
    ...

def argwhere(input: ArrayLike, *, size: builtins.int | None = None, fill_value: builtins.int = 0) -> Array:
    """Return the indices of the elements that are not zero, a row for each; the same as `nonzero`."""
    ...

def asin(input: ArrayLike) -> Array:
    """Return the arcsine of each element in radians, NaN outside of -1 to 1; integers as float32.

    Gradient: infinite at -1 and 1.
    """
    ...

def asinh(input: ArrayLike) -> Array:
    """Return the inverse hyperbolic sine of each element; integers as float32."""
    ...

def atan(input: ArrayLike) -> Array:
    """Return the arctangent of each element in radians; integers as float32."""
    ...

def atan2(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the angle in radians, -pi to pi, of each point whose y is `input` and whose x is `other`.

    Gradient: 0 at the origin.
    Dtypes: integers as float32.
    """
    ...

def atanh(input: ArrayLike) -> Array:
    """Return the inverse hyperbolic tangent of each element, NaN outside of -1 to 1; integers as float32.

    Gradient: infinite at -1 and 1.
    """
    ...

def atleast_1d(*tensors: Any) -> Any:
    """Return the tensor, or a tuple of several tensors, with at least 1 dimension."""
    ...

def atleast_2d(*tensors: Any) -> Any:
    """Return the tensor, or a tuple of several tensors, with at least 2 dimensions; new ones come first."""
    ...

def atleast_3d(*tensors: Any) -> Any:
    """Return the tensor, or a tuple of several tensors, with at least 3 dimensions.

    Shapes: (n,) -> (1, n, 1); (m, n) -> (m, n, 1).
    """
    ...

def avg_pool1d(
    input: ArrayLike,
    kernel_size: builtins.int | tuple[builtins.int, ...] | list[builtins.int],
    stride: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None,
    padding: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 0,
    ceil_mode: builtins.bool = False,
    count_include_pad: builtins.bool = True,
) -> Array:
    """Return the average of each window. Shapes: (n, c, length) -> (n, c, *), or without n.

    By default the windows do not overlap, and padding counts as zeros. With `ceil_mode` the last window may reach
    beyond the padding; what lies there never counts.
    Dtypes: int64 is divided towards 0.
    Raises: RuntimeError for padding of more than half the window, and where no window fits.
    Torch: torch.avg_pool1d, torch.nn.functional.avg_pool1d.
    """
    ...

def backward(f: Callable[..., Any], *variables: Any, gradient: Any = None) -> Any:
    """Differentiate `f(*variables)` and return the Variables with the gradients added to their `grad`.

    `f` is a pure function of arrays that returns a scalar. Otherwise `gradient` is the cotangent, as in torch, or a
    sequence of cotangents if `f` returns several tensors. Variables with `requires_grad=False` and plain arrays are
    constants and are returned unchanged, as is a Variable that `f` does not use. One Variable is returned as it is,
    several as a tuple. Each position is a separate variable: to share one, pass it once.

    Raises: GradientError for a result that is not a scalar without `gradient`, and for one that depends on no Variable;
    ShapeError and DTypeError for a `gradient` that does not fit.
    Torch: Tensor.backward and torch.autograd.backward.
    """
    ...

def baddbmm(
    input: ArrayLike, batch1: ArrayLike, batch2: ArrayLike, *, beta: Number | Array = 1, alpha: Number | Array = 1
) -> Array:
    """Return `beta * input + alpha * batch1 @ batch2`, matrix by matrix.

    Shapes: what broadcasts to (b, m, n), (b, m, k), (b, k, n) -> (b, m, n).
    With beta=0 the input is ignored, also where it is NaN.
    Raises: RuntimeError for other shapes, for two dtypes, and for a factor that the dtype cannot hold.
    """
    ...

def bincount(
    input: ArrayLike, weights: Any = None, minlength: builtins.int = 0, *, size: builtins.int | None = None
) -> Array:
    """Return the number of times that each integer from 0 to the largest occurs, or the sum of its weights.

    There are at least `minlength` results.
    With a `size`, which jit needs, there are as many results; larger integers are left out.
    Dtypes: float32 weights are summed in float32, others in float64.
    Raises: RuntimeError for negative integers; where they are traced, they are left out.
    """
    ...

def bitwise_and(input: ArrayLike | Number, other: ArrayLike | Number) -> Array:
    """Return the bits that both have, of integers or bools."""
    ...

def bitwise_left_shift(input: ArrayLike | Number, other: ArrayLike | Number) -> Array:
    """Return integers with their bits moved up by `other` places; 0 where that is negative or beyond the bits."""
    ...

def bitwise_not(input: ArrayLike) -> Array:
    """Return every bit of an integer turned over, or of a bool its opposite."""
    ...

def bitwise_or(input: ArrayLike | Number, other: ArrayLike | Number) -> Array:
    """Return the bits that either has, of integers or bools."""
    ...

def bitwise_right_shift(input: ArrayLike | Number, other: ArrayLike | Number) -> Array:
    """Return integers with their bits moved down by `other` places, the sign kept.

    Where `other` is negative or beyond the bits, the sign alone is left: 0 or -1.
    """
    ...

def bitwise_xor(input: ArrayLike | Number, other: ArrayLike | Number) -> Array:
    """Return the bits that one has and the other has not, of integers or bools."""
    ...

def block_diag(*tensors: ArrayLike) -> Array:
    """Return the block diagonal matrix of matrices: zeros outside of the blocks; a vector is a row.

    Shapes: (m, n), (k, p) -> (m + k, n + p).
    Dtypes: promoted.
    Raises: RuntimeError for more than 2 dimensions.
    """
    ...

def bmm(input: ArrayLike, mat2: ArrayLike) -> Array:
    """Return the products of two batches of matrices. Shapes: (b, m, k), (b, k, n) -> (b, m, n).

    Raises: RuntimeError for other shapes, and for two dtypes.
    """
    ...

def broadcast_shapes(*shapes: builtins.int | Sequence[builtins.int]) -> tuple[builtins.int, ...]:
    """Return the shape that shapes broadcast to; an integer is a shape of one size.

    Raises: RuntimeError where two sizes differ and neither is 1; ValueError for a negative size.
    """
    ...

def broadcast_tensors(*tensors: Any) -> tuple[Array, ...]:
    """Return the tensors, all broadcast to their common shape.

    Raises: RuntimeError where the shapes do not broadcast together.
    """
    ...

def broadcast_to(input: ArrayLike, size: tuple[builtins.int, ...]) -> Array:
    """Return the tensor broadcast to the shape `size`, in which -1 keeps a size.

    Raises: RuntimeError where the tensor does not broadcast to the shape.
    """
    ...

def bucketize(
    input: ArrayLike | Number, boundaries: ArrayLike, *, out_int32: builtins.bool = False, right: builtins.bool = False
) -> Array:
    """Return the bucket, between boundaries in order, of each value: it includes its upper boundary, or, `right`, not.

    Dtypes: the two are promoted; the result is int64, or int32.
    Raises: RuntimeError for boundaries that have not one dimension.
    """
    ...

def can_cast(from_: Any, to: Any) -> builtins.bool:
    """Return whether torch's rules let `from_` be cast to `to` in place. Torch: torch.can_cast."""
    ...

def cartesian_prod(*tensors: ArrayLike) -> Array:
    """Return the Cartesian product of vectors, a row for each combination; a single vector unchanged.

    Shapes: (m,), (n,) -> (m n, 2); (n,) -> (n,).
    Raises: RuntimeError for tensors that are not vectors, and for two dtypes.
    """
    ...

def cat(tensors: Sequence[ArrayLike], dim: builtins.int = 0) -> Array:
    """Return the tensors concatenated along an existing dimension; their other sizes must be equal.

    Dtypes: promoted.
    Raises: ValueError for no tensors; RuntimeError for sizes that differ. A tensor of shape (0,) is ignored, whatever
    the other shapes (torch keeps this for old code).
    """
    ...

def cdist(
    x1: ArrayLike, x2: ArrayLike, p: builtins.float = ..., compute_mode: str = "use_mm_for_euclid_dist_if_necessary"
) -> Array:
    """Return the distance in the p-norm between each row of one matrix and each row of another; batches broadcast.

    `p` is 0 (how many elements differ), a positive number, or infinity (the largest difference).
    Shapes: (*, m, k), (*, n, k) -> (*, m, n).
    Gradient: 0 where the distance is 0.
    Raises: RuntimeError for other shapes, for a negative p, and for dtypes other than float32 and float64.
    Differs: `compute_mode` changes nothing: differences are always taken one by one, which loses no digits.
    """
    ...

def ceil(input: ArrayLike) -> Array:
    """Return the smallest whole number that is not below each element; integers as they are. Gradient: 0."""
    ...

def chain_matmul(*matrices: Any) -> Array:
    """Return the product of matrices, multiplied in the order that costs least.

    Raises: RuntimeError for shapes that do not fit, and for two dtypes.
    """
    ...

def cholesky(input: ArrayLike, upper: builtins.bool = False) -> Array:
    """Return the Cholesky factors of `input = L Lᴴ`: L, or Lᴴ if `upper`. Shapes: (*, n, n) -> (*, n, n).

    Only one triangle of the input is read, the one that is returned.
    Gradient: that of a Hermitian input, symmetric.
    Raises: RuntimeError for other shapes, for dtypes other than float32, float64 and the complex ones, and for a matrix
    that is not positive definite: under jit, where its numbers are not known, the result is then NaN.
    """
    ...

def cholesky_inverse(input: ArrayLike, upper: builtins.bool = False) -> Array:
    """Return the inverses of matrices from their Cholesky factors: of `L Lᴴ`, or of Uᴴ U if `upper`.

    Only that triangle of the factor is read. Shapes: (*, n, n) -> (*, n, n).
    Gradient: that of the product `L Lᴴ`, also for the triangle of `input` that is not read, as in torch.
    Raises: RuntimeError for other shapes, for dtypes other than float32, float64 and the complex ones, and for a 0 on a
    diagonal: under jit, where the numbers are not known, the result is then not finite.
    """
    ...

def cholesky_solve(input: ArrayLike, input2: ArrayLike, upper: builtins.bool = False) -> Array:
    """Return the solution X of `A X = input` from the Cholesky factor `input2` of A = L Lᴴ, or of A = Uᴴ U if `upper`.

    Only that triangle of the factor is read. Shapes: (*, n, k), (*, n, n) -> (*, n, k); batches broadcast.
    Gradient: that of the product `L Lᴴ`, also for the triangle of `input2` that is not read, as in torch.
    Raises: RuntimeError for other shapes, two dtypes, and dtypes other than float32, float64 and the complex ones.
    """
    ...

def chunk(input: ArrayLike, chunks: builtins.int, dim: builtins.int = 0) -> tuple[Array, ...]:
    """Return at most `chunks` parts of one size along a dimension; the last may be smaller."""
    ...

def clamp(input: ArrayLike, min: Any = None, max: Any = None) -> Array:
    """Clamp each element to `[min, max]`: numbers, or tensors that broadcast.

    Gradient: 1 at a bound (jnp.clip gives half), 0 outside and at NaN; for a tensor of bounds 1 where it is used.
    Raises: RuntimeError where both bounds are None, or a number is too large for the result's dtype; TypeError for a
    number beside a tensor of one dimension or more.
    """
    ...

@overload
def clamp_max(input: ArrayLike, max: Number | Array) -> Array:
    """Clamp each element from above: `max` is a number, or a tensor that broadcasts.

    Gradient: 1 at the bound, 0 above it and at NaN; for a tensor of bounds 1 where it is used.
    Raises: RuntimeError for a number too large for the result's dtype.
    """
    ...

@overload
def clamp_max(input: ArrayLike, max: ArrayLike) -> Array:
    """Clamp each element from above: `max` is a number, or a tensor that broadcasts.

    Gradient: 1 at the bound, 0 above it and at NaN; for a tensor of bounds 1 where it is used.
    Raises: RuntimeError for a number too large for the result's dtype.
    """
    ...

@overload
def clamp_min(input: ArrayLike, min: Number | Array) -> Array:
    """Clamp each element from below: `min` is a number, or a tensor that broadcasts.

    Gradient: 1 at the bound, 0 below it and at NaN; for a tensor of bounds 1 where it is used.
    Raises: RuntimeError for a number too large for the result's dtype.
    """
    ...

@overload
def clamp_min(input: ArrayLike, min: ArrayLike) -> Array:
    """Clamp each element from below: `min` is a number, or a tensor that broadcasts.

    Gradient: 1 at the bound, 0 below it and at NaN; for a tensor of bounds 1 where it is used.
    Raises: RuntimeError for a number too large for the result's dtype.
    """
    ...

def clip(input: ArrayLike, min: Any = None, max: Any = None) -> Array:
    """Clamp each element to `[min, max]`: numbers, or tensors that broadcast.

    Gradient: 1 at a bound (jnp.clip gives half), 0 outside and at NaN; for a tensor of bounds 1 where it is used.
    Raises: RuntimeError where both bounds are None, or a number is too large for the result's dtype; TypeError for a
    number beside a tensor of one dimension or more.
    """
    ...

def column_stack(tensors: Sequence[ArrayLike]) -> Array:
    """Return tensors joined along their second dimension; a vector is a column.

    Dtypes: promoted.
    """
    ...

def combinations(input: ArrayLike, r: builtins.int = 2, with_replacement: builtins.bool = False) -> Array:
    """Return the combinations of `r` elements of a vector, a row for each, in the order of Python's itertools.

    Raises: RuntimeError for a tensor that is not a vector, and for a negative `r`.
    """
    ...

def complex(real: ArrayLike, imag: ArrayLike) -> Array:
    """Return the complex numbers of these real and imaginary parts, both float32 or both float64.

    Raises: RuntimeError for other dtypes, and for two that differ.
    """
    ...

def concat(tensors: Sequence[ArrayLike], dim: builtins.int = 0) -> Array:
    """Return the tensors concatenated along an existing dimension; their other sizes must be equal.

    Dtypes: promoted.
    Raises: ValueError for no tensors; RuntimeError for sizes that differ. A tensor of shape (0,) is ignored, whatever
    the other shapes (torch keeps this for old code).
    """
    ...

def concatenate(tensors: Sequence[ArrayLike], dim: builtins.int = 0) -> Array:
    """Return the tensors concatenated along an existing dimension; their other sizes must be equal.

    Dtypes: promoted.
    Raises: ValueError for no tensors; RuntimeError for sizes that differ. A tensor of shape (0,) is ignored, whatever
    the other shapes (torch keeps this for old code).
    """
    ...

def conj(input: ArrayLike) -> Array:
    """Return the complex conjugate of each element; what is real as it is."""
    ...

def conj_physical(input: ArrayLike) -> Array:
    """Return the complex conjugate of each element: the same as `conj`, as JAX has no lazy conjugation."""
    ...

def conv1d(
    input: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    stride: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 1,
    padding: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | str = 0,
    dilation: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 1,
    groups: builtins.int = 1,
) -> Array:
    """Return the convolution (the cross-correlation) of signals and kernels. Shapes: (n, i, l) -> (n, o, windows).

    The kernels are (o, i / groups, k). One signal alone, (i, l), gives (o, windows). `padding` is a number of zeros at
    both ends, "valid" for none, or "same" for as many windows as elements.
    Dtypes: 16-bit floats are computed in float32, and rounded once.
    Raises: RuntimeError for other shapes, a kernel larger than the padded input, and tensors of two dtypes.
    Torch: torch.conv1d, torch.nn.functional.conv1d.
    """
    ...

def conv2d(
    input: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    stride: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 1,
    padding: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | str = 0,
    dilation: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 1,
    groups: builtins.int = 1,
) -> Array:
    """Return the convolution (the cross-correlation) of images and kernels. Shapes: (n, i, h, w) -> (n, o, *windows).

    The kernels are (o, i / groups, kh, kw). One image alone, (i, h, w), gives (o, *windows). `padding` is a number of
    zeros on all sides, one for each dimension, "valid" for none, or "same" for as many windows as elements.
    Dtypes: 16-bit floats are computed in float32, and rounded once.
    Raises: RuntimeError for other shapes, a kernel larger than the padded input, and tensors of two dtypes.
    Torch: torch.conv2d, torch.nn.functional.conv2d.
    """
    ...

def conv3d(
    input: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    stride: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 1,
    padding: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | str = 0,
    dilation: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 1,
    groups: builtins.int = 1,
) -> Array:
    """Return the convolution (the cross-correlation) of volumes and kernels. Shapes: (n, i, d, h, w) -> (n, o, *).

    The kernels are (o, i / groups, kd, kh, kw). One volume alone, (i, d, h, w), gives (o, *). `padding` is a
    number of zeros on all sides, one for each dimension, "valid" for none, or "same" for as many windows as elements.
    Dtypes: 16-bit floats are computed in float32, and rounded once.
    Raises: RuntimeError for other shapes, a kernel larger than the padded input, and tensors of two dtypes.
    Torch: torch.conv3d, torch.nn.functional.conv3d.
    """
    ...

def conv_transpose1d(
    input: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    stride: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 1,
    padding: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 0,
    output_padding: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 0,
    groups: builtins.int = 1,
    dilation: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 1,
) -> Array:
    """Return the transposed convolution of signals and kernels. Shapes: (n, i, l) -> (n, o, *).

    Each element adds a multiple of the kernel to the result, `stride` apart. The kernels are (i, o / groups, k).
    `padding` cuts that much off both ends of the result, `output_padding` adds to the last end.
    Dtypes: 16-bit floats are computed in float32, and rounded once.
    Raises: RuntimeError for other shapes, an output_padding not below the stride or the dilation, and two dtypes.
    Torch: torch.conv_transpose1d, torch.nn.functional.conv_transpose1d.
    """
    ...

def conv_transpose2d(
    input: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    stride: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 1,
    padding: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 0,
    output_padding: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 0,
    groups: builtins.int = 1,
    dilation: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 1,
) -> Array:
    """Return the transposed convolution of images and kernels. Shapes: (n, i, h, w) -> (n, o, *).

    Each element adds a multiple of the kernel to the result, `stride` apart. The kernels are (i, o / groups, kh, kw).
    `padding` cuts that much off both ends of the result, `output_padding` adds to the last end.
    Dtypes: 16-bit floats are computed in float32, and rounded once.
    Raises: RuntimeError for other shapes, an output_padding not below the stride or the dilation, and two dtypes.
    Torch: torch.conv_transpose2d, torch.nn.functional.conv_transpose2d.
    """
    ...

def conv_transpose3d(
    input: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    stride: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 1,
    padding: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 0,
    output_padding: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 0,
    groups: builtins.int = 1,
    dilation: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 1,
) -> Array:
    """Return the transposed convolution of volumes and kernels. Shapes: (n, i, d, h, w) -> (n, o, *).

    Each element adds a multiple of the kernel to the result, `stride` apart. Kernels are (i, o / groups, kd, kh, kw).
    `padding` cuts that much off both ends of the result, `output_padding` adds to the last end.
    Dtypes: 16-bit floats are computed in float32, and rounded once.
    Raises: RuntimeError for other shapes, an output_padding not below the stride or the dilation, and two dtypes.
    Torch: torch.conv_transpose3d, torch.nn.functional.conv_transpose3d.
    """
    ...

def convolution(
    input: ArrayLike,
    weight: Any,
    bias: Any,
    stride: builtins.int | tuple[builtins.int, ...],
    padding: builtins.int | tuple[builtins.int, ...],
    dilation: builtins.int | tuple[builtins.int, ...],
    transposed: builtins.bool,
    output_padding: builtins.int | tuple[builtins.int, ...],
    groups: builtins.int,
) -> Array:
    """Return the convolution of a batch in as many dimensions as the kernel has, or the transposed one.

    Shapes: (n, i, *), (o, i / groups, *) -> (n, o, *); transposed (n, i, *), (i, o / groups, *) -> (n, o, *).
    Dtypes: 16-bit floats are computed in float32, and rounded once.
    Raises: RuntimeError for other shapes, tensors of two dtypes, and complex numbers.
    """
    ...

@overload
def copysign(input: ArrayLike, other: ArrayLike) -> Array:
    """Return each `input` with the sign of `other`, also of -0 and NaN; integers as float32.

    Gradient: 1 or -1, 0 where `input` is 0; 0 for `other`.
    """
    ...

@overload
def copysign(input: ArrayLike, other: ArrayLike | Number) -> Array:
    """Return each `input` with the sign of `other`, also of -0 and NaN; integers as float32.

    Gradient: 1 or -1, 0 where `input` is 0; 0 for `other`.
    """
    ...

def corrcoef(input: ArrayLike) -> Array:
    """Return the correlation matrix of variables (rows) over observations (columns): covariances scaled to [-1, 1].

    Shapes: (m, n) -> (m, m); a tensor of fewer dimensions is one variable.
    Dtypes: integers give float32; 16-bit floats are computed in float32, and rounded once.
    Raises: RuntimeError for bools.
    """
    ...

def cos(input: ArrayLike) -> Array:
    """Return the cosine of each element, which is in radians; integers as float32."""
    ...

def cosh(input: ArrayLike) -> Array:
    """Return the hyperbolic cosine of each element; integers as float32."""
    ...

def count_nonzero(input: ArrayLike, dim: builtins.int | Sequence[builtins.int] | None = None) -> Array:
    """Return the number of elements that are not zero, or the number over `dim` (one, or several as a tuple).

    NaN is not zero.
    """
    ...

def cov(
    input: ArrayLike,
    *,
    correction: builtins.int = 1,
    fweights: ArrayLike | None = None,
    aweights: ArrayLike | None = None,
) -> Array:
    """Return the covariance matrix of variables (rows) over observations (columns), divided by `n - correction`.

    `fweights` says how often each observation was made, `aweights` how much it counts.
    Shapes: (m, n) -> (m, m); a tensor of fewer dimensions is one variable.
    Dtypes: integers give float32; 16-bit floats are computed in float32, and rounded once.
    Raises: RuntimeError for bools, and weights that are negative or add up to 0; where they are traced, the result is
    NaN or infinite.
    """
    ...

def cross(input: ArrayLike, other: ArrayLike, dim: builtins.int | None = None) -> Array:
    """Return the cross products of vectors of three elements along `dim`, by default the first dimension of size 3.

    Shapes: those of two tensors of as many dimensions, which broadcast.
    Raises: RuntimeError for other shapes, and for two dtypes.
    """
    ...

def cummax(input: ArrayLike, dim: builtins.int) -> ValuesAndIndices:
    """Return the cumulative maximum along `dim` and its index, the last of equals.

    Gradient: all to the element whose index is returned.
    """
    ...

def cummin(input: ArrayLike, dim: builtins.int) -> ValuesAndIndices:
    """Return the cumulative minimum along `dim` and its index, the last of equals.

    Gradient: all to the element whose index is returned.
    """
    ...

def cumprod(input: ArrayLike, dim: builtins.int, *, dtype: DTypeLike | None = None) -> Array:
    """Return the cumulative product along `dim`.

    Gradient: exact where elements are 0, too.
    Dtypes: as those of `cumsum`.
    """
    ...

def cumsum(input: ArrayLike, dim: builtins.int, *, dtype: DTypeLike | None = None) -> Array:
    """Return the cumulative sum along `dim`.

    Dtypes: integers and bools are added up as int64; 16-bit floats in float32, each result rounded once.
    """
    ...

@overload
def cumulative_trapezoid(y: ArrayLike, x: ArrayLike, *, dim: builtins.int = -1) -> Array:
    """Return the cumulative integral of `y` along `dim` by the trapezoidal rule, from the second element on.

    It is taken at coordinates `x`, or with the spacing `dx`.
    Raises: RuntimeError for bools, TypeError for both an `x` and a `dx`.
    """
    ...

@overload
def cumulative_trapezoid(y: ArrayLike, *, dx: Number | Array = 1, dim: builtins.int = -1) -> Array:
    """Return the cumulative integral of `y` along `dim` by the trapezoidal rule, from the second element on.

    It is taken at coordinates `x`, or with the spacing `dx`.
    Raises: RuntimeError for bools, TypeError for both an `x` and a `dx`.
    """
    ...

def deg2rad(input: ArrayLike) -> Array:
    """Return each element, in degrees, in radians; integers as float32."""
    ...

def det(input: ArrayLike) -> Array:
    """Return the determinants of square matrices. Shapes: (*, n, n) -> (*).

    Gradient: the cofactors; 0 where the determinant is (torch: so does backward() without create_graph=True).
    Raises: RuntimeError for other shapes, and for dtypes other than float32, float64 and the complex ones.
    """
    ...

def detach(input: ArrayLike) -> Any:
    """Return the same values without a gradient: `grad` and `backward` treat them as constants.

    A Variable becomes a Variable with `requires_grad=False` and no `grad`.

    Gradient: none. JAX's own `jax.grad` gives 0.
    """
    ...

def diag(input: ArrayLike, diagonal: builtins.int = 0) -> Array:
    """Return the square matrix with a vector on its diagonal, or the diagonal of a matrix; 1 is above the main one.

    Raises: RuntimeError for other numbers of dimensions.
    """
    ...

def diag_embed(input: ArrayLike, offset: builtins.int = 0, dim1: builtins.int = -2, dim2: builtins.int = -1) -> Array:
    """Return matrices with the last dimension of `input` on their diagonals, and zeros elsewhere.

    Shapes: (*, n) -> (*, n + |offset|, n + |offset|); `dim1` and `dim2` are the places of the two dimensions.
    Raises: RuntimeError where the two dimensions are the same.
    """
    ...

def diagflat(input: ArrayLike, offset: builtins.int = 0) -> Array:
    """Return the square matrix with the flattened elements on its diagonal, and zeros elsewhere."""
    ...

def diagonal(input: ArrayLike, offset: builtins.int = 0, dim1: builtins.int = 0, dim2: builtins.int = 1) -> Array:
    """Return the diagonal of two dimensions as the last dimension; `offset` 1 is the diagonal above the main one.

    Raises: RuntimeError where the two dimensions are the same.
    Torch: the result there is a view, here it is an array of its own.
    """
    ...

def diagonal_scatter(
    input: ArrayLike, src: ArrayLike, offset: builtins.int = 0, dim1: builtins.int = 0, dim2: builtins.int = 1
) -> Array:
    """Return the tensor with its diagonal, as `diagonal` gives it, replaced by `src`.

    Dtypes: that of `input`; `src` is cast to it.
    Raises: RuntimeError where `src` does not have the shape of the diagonal.
    """
    ...

def diff(
    input: ArrayLike,
    n: builtins.int = 1,
    dim: builtins.int = -1,
    prepend: ArrayLike | None = None,
    append: ArrayLike | None = None,
) -> Array:
    """Return the `n`-th differences of neighbours along `dim`; `prepend` and `append` are joined to `input` first.

    Dtypes: of bools, whether neighbours differ.
    Raises: RuntimeError for a 0-dim tensor, and a negative `n`.
    """
    ...

def digamma(input: ArrayLike) -> Array:
    """Return the derivative of `lgamma` of each element; integers as float32.

    It is minus infinity at 0, infinity at -0, and NaN at negative whole numbers.
    """
    ...

def dim(input: ArrayLike) -> builtins.int:
    """Return the number of dimensions. Torch: Tensor.dim."""
    ...

def dist(input: ArrayLike, other: ArrayLike, p: builtins.float = 2) -> Array:
    """Return the `p`-norm of `input - other`, which broadcast, over all elements.

    Gradient: as that of `norm`: 0 where the two are equal.
    """
    ...

def div(input: ArrayLike, other: Any, *, rounding_mode: str | None = None) -> Array:
    """Return `input / other`; integers are divided as float32, unless `rounding_mode` is "trunc" or "floor".

    Gradient: 0 with a rounding mode.
    Raises: RuntimeError for an integer division by zero with a rounding mode, where the divisor's values are known.
    """
    ...

def divide(input: ArrayLike, other: Any, *, rounding_mode: str | None = None) -> Array:
    """Return `input / other`; integers are divided as float32, unless `rounding_mode` is "trunc" or "floor".

    Gradient: 0 with a rounding mode.
    Raises: RuntimeError for an integer division by zero with a rounding mode, where the divisor's values are known.
    """
    ...

def dot(input: ArrayLike, tensor: ArrayLike) -> Array:
    """Return the inner product of two vectors, without a conjugate. Shapes: (k,), (k,) -> ().

    Raises: RuntimeError for other shapes (torch's dot, unlike jnp's, takes vectors only), and for two dtypes.
    """
    ...

def dsplit(input: ArrayLike, indices_or_sections: builtins.int | Sequence[builtins.int]) -> tuple[Array, ...]:
    """Return the parts of a tensor along its third dimension: so many equal ones, or those between the given indices.

    Raises: RuntimeError for fewer than 3 dimensions, and where the dimension cannot be split into equal parts.
    """
    ...

def dstack(tensors: Sequence[ArrayLike]) -> Array:
    """Return tensors joined along their third dimension; a vector is (1, n, 1), a matrix (m, n, 1).

    Dtypes: promoted.
    """
    ...

def einsum(*args: Any) -> Array:
    """Return the Einstein summation of an equation: "ij,jk->ik" is a product of matrices.

    A letter names a dimension. One that is not in the result is summed over; one that an operand has twice is its
    diagonal; `...` stands for dimensions that broadcast. Without `->` the result has, in order, the letters that
    come once. In place of an equation, each tensor may be followed by a list of numbers for its dimensions.
    Dtypes: tensors that are contracted have one dtype; integers that are only summed become int64.
    Raises: RuntimeError for an equation that has no meaning, or does not fit the tensors.
    """
    ...

def empty(*size: builtins.int | Sequence[builtins.int], dtype: DTypeLike | None = None) -> Array:
    """Return an uninitialised tensor, float32 by default: its values have no meaning (here they are zeros).

    Raises: TypeError for sizes that are not integers; RuntimeError for negative sizes.
    Torch: torch.empty.
    """
    ...

def eq(input: ArrayLike, other: ArrayLike | Number) -> Array:
    """Return where `input` equals `other`."""
    ...

def equal(input: ArrayLike, other: ArrayLike) -> Array:
    """Return whether shapes and all elements are equal: a 0-dim bool, where torch gives Python's; NaN equals nothing."""
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

def exp(input: ArrayLike) -> Array:
    """Return the exponential of each element, integers as float32."""
    ...

def exp2(input: ArrayLike) -> Array:
    """Return 2 to the power of each element; integers as float32."""
    ...

def expand(input: ArrayLike, *size: builtins.int | Sequence[builtins.int]) -> Array:
    """Return the tensor broadcast to a shape, which may have new leading dimensions; -1 keeps a size.

    Shapes: sizes one by one or as one tuple.
    Raises: RuntimeError where the tensor does not broadcast to the shape.
    Torch: Tensor.expand; there the result shares memory, here it is an array of its own.
    """
    ...

def expand_as(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the tensor broadcast to the shape of `other`. Torch: Tensor.expand_as.

    Raises: RuntimeError where the tensor does not broadcast to that shape.
    """
    ...

def expm1(input: ArrayLike) -> Array:
    """Return `exp(x) - 1` of each element, exact near 0; integers as float32."""
    ...

def eye(n: builtins.int, m: builtins.int | None = None, *, dtype: DTypeLike | None = None) -> Array:
    """Return the identity matrix, or an (n, m) matrix with ones on its main diagonal, float32 by default.

    Raises: TypeError for sizes that are not integers; RuntimeError for negative sizes.
    Torch: torch.eye.
    """
    ...

def finfo(type: Any = float32) -> FInfo:
    """Return the limits of a floating point or complex dtype. Torch: torch.finfo.

    Raises: ArgumentTypeError for bool and integers.
    """
    ...

def fix(input: ArrayLike) -> Array:
    """Return each element without its fraction; integers as they are. Gradient: 0."""
    ...

def flatten(input: ArrayLike, start_dim: builtins.int = 0, end_dim: builtins.int = -1) -> Array:
    """Return the tensor with the dimensions from `start_dim` to `end_dim` merged; a 0-dim tensor becomes a vector.

    Raises: RuntimeError where `start_dim` comes after `end_dim`.
    """
    ...

def flip(input: ArrayLike, *dims: builtins.int | Sequence[builtins.int]) -> Array:
    """Return the tensor with the order of its elements reversed along `dims`."""
    ...

def fliplr(input: ArrayLike) -> Array:
    """Return the tensor reversed along its second dimension: a matrix with left and right exchanged.

    Raises: RuntimeError for fewer than 2 dimensions.
    """
    ...

def flipud(input: ArrayLike) -> Array:
    """Return the tensor reversed along its first dimension: a matrix upside down.

    Raises: RuntimeError for a 0-dim tensor.
    """
    ...

@overload
def float_power(input: ArrayLike, exponent: builtins.bool | builtins.int | builtins.float | builtins.complex) -> Array:
    """Return `input ** exponent` in float64, or in complex128 where either is complex.

    Gradient: that of `pow`.
    Raises: RuntimeError where JAX's 64-bit types are off.
    """
    ...

@overload
def float_power(input: Number | Array, exponent: ArrayLike) -> Array:
    """Return `input ** exponent` in float64, or in complex128 where either is complex.

    Gradient: that of `pow`.
    Raises: RuntimeError where JAX's 64-bit types are off.
    """
    ...

@overload
def float_power(input: ArrayLike, exponent: ArrayLike) -> Array:
    """Return `input ** exponent` in float64, or in complex128 where either is complex.

    Gradient: that of `pow`.
    Raises: RuntimeError where JAX's 64-bit types are off.
    """
    ...

def floor(input: ArrayLike) -> Array:
    """Return the largest whole number that is not above each element; integers as they are. Gradient: 0."""
    ...

def floor_divide(input: ArrayLike, other: Any) -> Array:
    """Return `input / other` rounded down.

    Gradient: none in torch; 0 here.
    Raises: RuntimeError for an integer division by zero, where the divisor's values are known.
    """
    ...

def fmax(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the larger of each two, and of a number and NaN the number.

    Gradient: all of it to `input` where both are equal.
    """
    ...

def fmin(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the smaller of each two, and of a number and NaN the number.

    Gradient: all of it to `input` where both are equal.
    """
    ...

@overload
def fmod(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the remainder of the truncated quotient: it has the sign of `input`.

    Gradient: 1 for `input`, minus the truncated quotient for `other`.
    Raises: RuntimeError for an integer division by zero, where the divisor's values are known.
    """
    ...

@overload
def fmod(input: ArrayLike, other: ArrayLike | Number) -> Array:
    """Return the remainder of the truncated quotient: it has the sign of `input`.

    Gradient: 1 for `input`, minus the truncated quotient for `other`.
    Raises: RuntimeError for an integer division by zero, where the divisor's values are known.
    """
    ...

def frac(input: ArrayLike) -> Array:
    """Return the fraction of each element, with its sign. Gradient: 1."""
    ...

def frexp(input: ArrayLike) -> MantissaAndExponent:
    """Return a mantissa of 0.5 to 1, with the sign, and an int32 exponent: `input == mantissa * 2**exponent`.

    0, infinity and NaN are their own mantissas, with the exponent 0.
    Gradient: that of a division by `2**exponent`.
    """
    ...

def from_dlpack(ext_tensor: Any) -> Array:
    """Return an array that shares its memory with another library's tensor, where the platform allows it.

    Memory: shared on the CPU and on a GPU that both libraries see; a tensor that is not contiguous or not aligned is
    copied. Whoever shares must not write to the tensor afterwards: use `from_numpy` or `tensor` for a copy.
    The way back is `torch.from_dlpack(x)`, which takes a JAX array as it is.
    Raises: TypeError for what has no DLPack interface; RuntimeError for 64 bits while JAX's 64-bit types are off.
    Torch: torch.from_dlpack.
    """
    ...

def from_numpy(ndarray: np.ndarray) -> Array:
    """Return a copy of a NumPy array, dtype kept.

    Memory: copied. In torch both share it, and `xx += 1` on one changes the other; here a value never changes, and the
    pure counterpart gives a new one: `xx = jaxfun.add(xx, 1)`.
    Raises: TypeError for what is no NumPy array; RuntimeError for 64 bits while JAX's 64-bit types are off.
    Torch: torch.from_numpy.
    """
    ...

def full(size: Sequence[builtins.int], fill_value: Any, *, dtype: DTypeLike | None = None) -> Array:
    """Return a tensor filled with a number.

    Dtypes: by default that of the number: bool, int64, float32 or complex64.
    Raises: TypeError for a size that is not a tuple; RuntimeError for a number that the dtype cannot hold.
    Torch: torch.full.
    """
    ...

def full_like(input: ArrayLike, fill_value: Any, *, dtype: DTypeLike | None = None) -> Array:
    """Return a tensor of the shape of `input`, and of its dtype by default, filled with a number.

    Raises: RuntimeError for a number that the dtype cannot hold.
    Torch: torch.full_like.
    """
    ...

def gather(input: ArrayLike, dim: builtins.int, index: ArrayLike, *, sparse_grad: builtins.bool = False) -> Array:
    """Return the elements that `index` names along a dimension: `input[index[i][j]][j]` at (i, j) where `dim` is 0.

    Shapes: that of `index`, which has as many dimensions as `input` and is no larger in the others than `dim`.
    Gradient: an element that was taken several times gets the sum.
    Raises: RuntimeError for other shapes, and for an index out of range (a negative one is), where it is known; a
    traced one gives what it gives in `getitem`.
    Differs: the gradient is never sparse; `sparse_grad` changes nothing.
    """
    ...

def gcd(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the greatest common divisor of each two integers; of 0 and 0 it is 0."""
    ...

def ge(input: ArrayLike, other: ArrayLike | Number) -> Array:
    """Return where `input` is greater than or equal to `other`."""
    ...

def ger(input: ArrayLike, vec2: ArrayLike) -> Array:
    """Return `outer(input, vec2)`, under its older name."""
    ...

def getitem(x: Any, index: Any) -> Array:
    """Return `x[index]` as torch means it: integers, slices, None, `...`, bools, masks, integer tensors, and mixtures.

    Shapes: where the dimensions that tensors index are not all adjacent, those of the tensors come first.
    Gradient: an element that was taken several times gets the sum.
    Raises: IndexError out of range, ValueError for a slice's step below 1, both where the index is known. A traced
    index that is out of range gives NaN (the least integer, the greatest unsigned one, True): nothing is clamped. A
    traced mask is an error: its values decide the shape.
    Torch: Tensor.__getitem__; the result there may be a view, here it is an array of its own.
    """
    ...

def gradient(
    input: ArrayLike, *, spacing: Any = None, dim: Any = None, edge_order: builtins.int = 1
) -> tuple[Array, ...]:
    """Return the gradient along each dimension, or along `dim`, by central differences of second order.

    `spacing` is a number, or for each dimension a number, or for each a tensor of coordinates. At the edges the
    differences are one-sided, of first or second order (`edge_order` 1 or 2).
    Raises: RuntimeError for fewer than `edge_order + 1` elements along a dimension, bool and uint8.
    """
    ...

def greater(input: ArrayLike, other: ArrayLike | Number) -> Array:
    """Return where `input` is greater than `other`."""
    ...

def greater_equal(input: ArrayLike, other: ArrayLike | Number) -> Array:
    """Return where `input` is greater than or equal to `other`."""
    ...

def gt(input: ArrayLike, other: ArrayLike | Number) -> Array:
    """Return where `input` is greater than `other`."""
    ...

def heaviside(input: ArrayLike, values: ArrayLike) -> Array:
    """Return 0 for each element below 0 and for NaN, 1 above 0, and at 0 what `values` has.

    Gradient: torch has none; here 0 for `input`, and for `values` 1 where it is used.
    Raises: RuntimeError for two dtypes.
    """
    ...

def histc(input: ArrayLike, bins: builtins.int = 100, min: Number | Array = 0, max: Number | Array = 0) -> Array:
    """Return the number of elements in each of `bins` equal bins from `min` to `max`. Others and NaN are left out.

    Where `min` and `max` are equal, the bins go from the smallest to the largest element.
    Raises: RuntimeError for a range that is not finite or goes down; where it is traced, the result is NaN.
    """
    ...

def histogram(
    input: ArrayLike, bins: Any = 100, *, range: Any = None, weight: Any = None, density: builtins.bool = False
) -> Histogram:
    """Return the number of elements in each bin, or the sum of their weights, and the edges: `(hist, bin_edges)`.

    `bins` is a number of equal bins, over `range` or else all elements; or a tensor of increasing edges. A bin includes
    its lower edge, the last bin its upper edge too. `density` divides by the total and the bins' widths.
    Raises: RuntimeError for dtypes other than float32 and float64 (beside given edges 16-bit floats are taken too),
    and for a range that is not finite or goes down; where it is traced, the counts are NaN.
    """
    ...

def histogramdd(
    input: ArrayLike, bins: Any, range: Any = None, weight: Any = None, density: builtins.bool = False
) -> JointHistogram:
    """Return the number of rows in each bin, or the sum of their weights, and the edges: `(hist, bin_edges)`.

    `bins` is a number of equal bins, or a sequence with one for each column, over `range` (the lower and the upper end
    for each column, all in one sequence) or else all rows; or a sequence of tensors of increasing edges. A bin includes
    its lower edge, the last bin its upper edge too. `density` divides by the total and the bins' sizes.
    Shapes: (*, n) -> (bins of each of the n columns); `weight` is (*).
    Raises: RuntimeError for dtypes other than float32 and float64 (beside given edges 16-bit floats are taken too),
    other shapes, and for a range that is not finite or goes down; where it is traced, the counts are NaN.
    """
    ...

def hsplit(input: ArrayLike, indices_or_sections: builtins.int | Sequence[builtins.int]) -> tuple[Array, ...]:
    """Return the parts of a tensor along its second dimension, those of a vector along its first.

    Shapes: `indices_or_sections` equal parts, or the parts between the given indices, as in `tensor_split`.
    Raises: RuntimeError where the dimension cannot be split into equal parts.
    """
    ...

def hstack(tensors: Sequence[ArrayLike]) -> Array:
    """Return tensors joined along their second dimension; vectors and 0-dim tensors along their first.

    Dtypes: promoted.
    """
    ...

def hypot(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the length of each hypotenuse, which does not overflow where only a square does.

    Gradient: NaN at the origin.
    """
    ...

def i0(input: ArrayLike) -> Array:
    """Return the modified Bessel function of the first kind, of order 0, of each element; integers as float32."""
    ...

def igamma(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the regularized lower incomplete gamma function of `input`, its order, at `other`; NaN below 0.

    Gradient: for `input` torch has none, and here it is the true one.
    """
    ...

def igammac(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the regularized upper incomplete gamma function, `1 - igamma(input, other)`, exact where it is small.

    Gradient: for `input` torch has none, and here it is the true one.
    """
    ...

def iinfo(type: Any) -> IInfo:
    """Return the limits of an integer dtype. Torch: torch.iinfo.

    Raises: ArgumentTypeError for bool, floating point and complex dtypes.
    """
    ...

def imag(input: ArrayLike) -> Array:
    """Return the imaginary part of each element.

    Raises: RuntimeError for a dtype that is not complex.
    """
    ...

def index_add(
    input: ArrayLike, dim: builtins.int, index: ArrayLike, source: ArrayLike, *, alpha: Number | Array = 1
) -> Array:
    """Return `input` with `alpha` times each slice of `source` added to the slice that `index` names for it.

    Shapes: `source` has that of `input`, with as many slices along `dim` as there are indices.
    Dtypes: 16-bit floats are added up in float32; a sum of bools is whether any is true.
    Raises: RuntimeError for other shapes, two dtypes, and an alpha that the dtype cannot hold; IndexError or
    RuntimeError for an index out of range (a negative one is), where it is known; a traced one writes nothing.
    """
    ...

def index_copy(input: ArrayLike, dim: builtins.int, index: ArrayLike, source: ArrayLike) -> Array:
    """Return `input` with each slice of `source` in the place of the slice that `index` names for it.

    Shapes: `source` has that of `input`, with as many slices along `dim` as there are indices.
    Gradient: to `input` where it was kept, to `source` where it was written. Where a slice is named twice, it is
    undefined which it gets, as in torch.
    Raises: RuntimeError or IndexError for other shapes; RuntimeError for two dtypes; IndexError for an index out of
    range (a negative one is), where it is known; a traced one writes nothing.
    """
    ...

@overload
def index_fill(input: ArrayLike, dim: builtins.int, index: ArrayLike, value: Number | Array) -> Array:
    """Return `input` with the slices that `index` names filled with a number, or a 0-dim tensor.

    Negative indices count from the end.
    Gradient: to `input` where it was kept, to a tensor `value` the sum of what was filled.
    Raises: RuntimeError for a value that the dtype cannot hold; IndexError for an index out of range, where it is
    known; a traced one writes nothing.
    """
    ...

@overload
def index_fill(input: ArrayLike, dim: builtins.int, index: ArrayLike, value: ArrayLike) -> Array:
    """Return `input` with the slices that `index` names filled with a number, or a 0-dim tensor.

    Negative indices count from the end.
    Gradient: to `input` where it was kept, to a tensor `value` the sum of what was filled.
    Raises: RuntimeError for a value that the dtype cannot hold; IndexError for an index out of range, where it is
    known; a traced one writes nothing.
    """
    ...

def index_put(input: ArrayLike, indices: Sequence[Any], values: Any, accumulate: builtins.bool = False) -> Array:
    """Return `input` as `input[indices] = values` would leave it, for a tuple of tensors of indices or masks.

    With `accumulate` the values are added.
    Shapes: `values` broadcasts to `input[indices]`.
    Gradient: to `input` where it was kept, to `values` where they were written. Where an element is named twice without
    `accumulate`, it is undefined which value it gets, as in torch.
    Raises: what `getitem` raises for the indices; RuntimeError for two dtypes, and values that do not fit;
    IndexError for more indices than dimensions. A 0-dim mask is left out, true or not; alone it says whether all is
    filled. A traced index out of range writes nothing.
    """
    ...

def index_reduce(
    input: ArrayLike,
    dim: builtins.int,
    index: ArrayLike,
    source: ArrayLike,
    reduce: str,
    *,
    include_self: builtins.bool = True,
) -> Array:
    """Return `input` with each slice that `index` names combined with all the slices that `source` has for it.

    `reduce` is "prod", "mean", "amax" or "amin". Without `include_self` the slice itself does not count.
    Shapes: `source` has that of `input`, with as many slices along `dim` as there are indices.
    Gradient: that of `scatter_reduce`.
    Raises: RuntimeError for other shapes, two dtypes, and another `reduce`; IndexError for an index out of range (a
    negative one is), where it is known; a traced one writes nothing.
    """
    ...

def index_select(input: ArrayLike, dim: builtins.int, index: ArrayLike) -> Array:
    """Return the slices of a dimension that a vector of indices names, in its order.

    Gradient: a slice that was taken several times gets the sum.
    Raises: IndexError or RuntimeError for an index out of range (a negative one is), where it is known; a traced one
    gives what it gives in `getitem`.
    """
    ...

def inner(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the inner products over the last dimensions, without a conjugate. Shapes: (*a, k), (*b, k) -> (*a, *b).

    A 0-dim tensor scales the other.
    Raises: RuntimeError for other shapes, and for two dtypes.
    """
    ...

def inverse(input: ArrayLike) -> Array:
    """Return the inverses of square matrices. Shapes: (*, n, n) -> (*, n, n).

    Raises: RuntimeError for other shapes, for dtypes other than float32, float64 and the complex ones, and for a
    singular matrix: under jit, where its numbers are not known, the result is then not finite.
    """
    ...

def is_complex(input: ArrayLike) -> builtins.bool:
    """Return whether the tensor's dtype is complex. Torch: torch.is_complex."""
    ...

def is_floating_point(input: ArrayLike) -> builtins.bool:
    """Return whether the tensor's dtype is a floating point one. Torch: torch.is_floating_point."""
    ...

def isclose(
    input: ArrayLike,
    other: ArrayLike,
    rtol: Number | Array = ...,
    atol: Number | Array = ...,
    equal_nan: builtins.bool = False,
) -> Array:
    """Return where `abs(input - other) <= atol + rtol * abs(other)`; equal infinities are close, NaNs if `equal_nan`.

    Raises: RuntimeError for two dtypes, and for a tolerance below 0.
    """
    ...

def isfinite(input: ArrayLike) -> Array:
    """Return where `input` is neither NaN nor infinite."""
    ...

def isin(
    elements: ArrayLike | Number,
    test_elements: ArrayLike | Number,
    *,
    assume_unique: builtins.bool = False,
    invert: builtins.bool = False,
) -> Array:
    """Return whether each element is among `test_elements`; with `invert`, whether it is not. NaN never is.

    `assume_unique` changes nothing.
    Raises: RuntimeError for bools and complex numbers; TypeError for two numbers.
    """
    ...

def isinf(input: ArrayLike) -> Array:
    """Return where `input` is infinite; a complex number is where either part is."""
    ...

def isnan(input: ArrayLike) -> Array:
    """Return where `input` is NaN; a complex number is where either part is."""
    ...

def isneginf(input: ArrayLike) -> Array:
    """Return where `input` is minus infinity."""
    ...

def isposinf(input: ArrayLike) -> Array:
    """Return where `input` is infinity."""
    ...

def isreal(input: ArrayLike) -> Array:
    """Return where the imaginary part is 0."""
    ...

def kron(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the Kronecker product: each element of `input` replaced by its product with `other`.

    Shapes: (m, n), (p, q) -> (m * p, n * q); the tensor of fewer dimensions gets leading ones of size 1.
    """
    ...

def kthvalue(
    input: ArrayLike, k: builtins.int, dim: builtins.int = -1, keepdim: builtins.bool = False
) -> ValuesAndIndices:
    """Return the `k`-th smallest element along a dimension, counted from 1, and its index.

    Of equal elements it is the one that a stable sort puts there, which torch leaves open.
    Gradient: to the element whose index is returned.
    Raises: RuntimeError for a `k` that is not in range; IndexError for a dimension of size 0.
    """
    ...

def lcm(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the least common multiple of each two integers; 0 where either is 0."""
    ...

def ldexp(input: ArrayLike, other: Any) -> Array:
    """Return `input * 2**other`; a floating point `input` times a whole power does not overflow before its result does.

    Dtypes: an integer `input` as float32.
    """
    ...

def le(input: ArrayLike, other: ArrayLike | Number) -> Array:
    """Return where `input` is less than or equal to `other`."""
    ...

@overload
def lerp(input: ArrayLike, end: ArrayLike, weight: Number | Array) -> Array:
    """Return the linear interpolation `input + weight * (end - input)`; the weight is a number or a tensor.

    Raises: RuntimeError for two dtypes (a 0-dim weight may have another one), for integers, and for a number that the
    dtype cannot hold.
    """
    ...

@overload
def lerp(input: ArrayLike, end: ArrayLike, weight: ArrayLike) -> Array:
    """Return the linear interpolation `input + weight * (end - input)`; the weight is a number or a tensor.

    Raises: RuntimeError for two dtypes (a 0-dim weight may have another one), for integers, and for a number that the
    dtype cannot hold.
    """
    ...

def less(input: ArrayLike, other: ArrayLike | Number) -> Array:
    """Return where `input` is less than `other`."""
    ...

def less_equal(input: ArrayLike, other: ArrayLike | Number) -> Array:
    """Return where `input` is less than or equal to `other`."""
    ...

def lgamma(input: ArrayLike) -> Array:
    """Return the logarithm of the gamma function's absolute value of each element; integers as float32.

    Gradient: `digamma`.
    """
    ...

def linspace(start: Any, end: Any, steps: builtins.int, *, dtype: DTypeLike | None = None) -> Array:
    """Return `steps` evenly spaced numbers from `start` to `end`, both included; float32 by default.

    Raises: RuntimeError for a negative `steps`, and for ends that the dtype cannot hold.
    Torch: torch.linspace.
    """
    ...

def log(input: ArrayLike) -> Array:
    """Return the natural logarithm of each element, integers as float32."""
    ...

def log10(input: ArrayLike) -> Array:
    """Return the base-10 logarithm of each element; integers as float32."""
    ...

def log1p(input: ArrayLike) -> Array:
    """Return `log(1 + x)` of each element, exact near 0; integers as float32."""
    ...

def log2(input: ArrayLike) -> Array:
    """Return the base-2 logarithm of each element; integers as float32."""
    ...

def logaddexp(input: ArrayLike, other: ArrayLike) -> Array:
    """Return `log(exp(input) + exp(other))` of each two, complex ones too."""
    ...

def logaddexp2(input: ArrayLike, other: ArrayLike) -> Array:
    """Return `log2(2 ** input + 2 ** other)` of each two."""
    ...

def logcumsumexp(input: ArrayLike, dim: builtins.int) -> Array:
    """Return the logarithm of the cumulative sum of exponentials along `dim`. It does not overflow.

    Gradient: 0 for an element of -infinity, also where all before it are (torch: NaN there); NaN for one of infinity.
    """
    ...

def logdet(input: ArrayLike) -> Array:
    """Return the logarithms of determinants: NaN below 0, -infinity at 0. Shapes: (*, n, n) -> (*).

    Raises: RuntimeError for other shapes, and for dtypes other than float32, float64 and the complex ones.
    """
    ...

def logical_and(input: ArrayLike, other: ArrayLike) -> Array:
    """Return where both are true; what is not zero is true."""
    ...

def logical_not(input: ArrayLike) -> Array:
    """Return where `input` is zero or False."""
    ...

def logical_or(input: ArrayLike, other: ArrayLike) -> Array:
    """Return where either is true; what is not zero is true."""
    ...

def logical_xor(input: ArrayLike, other: ArrayLike) -> Array:
    """Return where one is true and the other is not; what is not zero is true."""
    ...

def logit(input: ArrayLike, eps: Number | Array | None = None) -> Array:
    """Return `log(x / (1 - x))` of each element, NaN outside of 0 to 1; integers as float32.

    With an `eps` of 0 or more, what is outside of `eps` to `1 - eps` is taken for the bound.

    Gradient: infinite at 0 and 1, NaN outside; with an `eps` 0 outside of the bounds.
    """
    ...

def logspace(
    start: Any, end: Any, steps: builtins.int, base: builtins.float = 10.0, *, dtype: DTypeLike | None = None
) -> Array:
    """Return `steps` numbers from `base ** start` to `base ** end`, evenly spaced on a logarithmic scale.

    Dtypes: an integer dtype truncates `start` and `end` to integers first, as torch does.
    Raises: RuntimeError for a negative `steps`, and for ends that the dtype cannot hold.
    Torch: torch.logspace.
    """
    ...

def logsumexp(input: ArrayLike, dim: builtins.int | Sequence[builtins.int], keepdim: builtins.bool = False) -> Array:
    """Return the logarithm of the sum of the exponentials over `dim` (one, or several as a tuple).

    It does not overflow. Of no elements it is -infinity.
    Gradient: NaN where all elements are -infinity.
    Raises: RuntimeError for `dim=()` of a tensor with dimensions and elements, unless `keepdim`.
    """
    ...

def lt(input: ArrayLike, other: ArrayLike | Number) -> Array:
    """Return where `input` is less than `other`."""
    ...

def mH(input: ArrayLike) -> Array:
    """Return the conjugate transpose of each matrix of a batch; the conjugate of a 0-dim tensor.

    Raises: RuntimeError for a vector.
    """
    ...

def mT(input: ArrayLike) -> Array:
    """Return the transpose of each matrix of a batch; a 0-dim tensor unchanged. Torch: Tensor.mT.

    Raises: RuntimeError for a vector.
    """
    ...

@overload
def masked_fill(input: ArrayLike, mask: ArrayLike, value: Number | Array) -> Array:
    """Return `input` with a number, or a 0-dim tensor, where the mask is true.

    Shapes: `input` and `mask` broadcast.
    Gradient: 0 where it was filled, also where `input` is NaN there; a tensor `value` gets the sum of what was filled.
    Raises: RuntimeError for a mask that is not bool, and for a value that the dtype cannot hold.
    """
    ...

@overload
def masked_fill(input: ArrayLike, mask: ArrayLike, value: ArrayLike) -> Array:
    """Return `input` with a number, or a 0-dim tensor, where the mask is true.

    Shapes: `input` and `mask` broadcast.
    Gradient: 0 where it was filled, also where `input` is NaN there; a tensor `value` gets the sum of what was filled.
    Raises: RuntimeError for a mask that is not bool, and for a value that the dtype cannot hold.
    """
    ...

def masked_scatter(input: ArrayLike, mask: ArrayLike, source: ArrayLike) -> Array:
    """Return `input` with the elements of `source`, in order, where the mask is true.

    Shapes: `input` and `mask` broadcast; `source` has an element for each that the mask is true for, or more.
    Raises: RuntimeError for two dtypes, a mask that is not bool, and a `source` of too few elements where the mask is
    known; under a traced one a missing element is what `getitem` gives out of range.
    """
    ...

def masked_select(input: ArrayLike, mask: ArrayLike, *, size: builtins.int | None = None, fill_value: Any = 0) -> Array:
    """Return the elements where the mask is true, in order, as one dimension.

    Shapes: `input` and `mask` broadcast. The mask's values decide the result's size: under jit and vmap it is `size`,
    and missing elements are `fill_value`.
    Gradient: 0 for an element that was not selected.
    Raises: RuntimeError for a mask that is not bool; NotImplementedError for a traced mask without `size`.
    """
    ...

def matmul(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the product of two tensors: vectors, matrices, or batches of matrices, which broadcast.

    Shapes: (k,), (k,) -> (); (m, k), (k,) -> (m,); (k,), (k, n) -> (n,); (*, m, k), (*, k, n) -> (*, m, n).
    Raises: RuntimeError for other shapes, and for two dtypes.
    """
    ...

def matrix_power(input: ArrayLike, n: builtins.int) -> Array:
    """Return the `n`-th power of square matrices; that of their inverses where `n` is negative.

    Shapes: (*, n, n) -> (*, n, n).
    Raises: RuntimeError for other shapes; where `inverse` does, for a negative `n`.
    """
    ...

@overload
def max(input: ArrayLike) -> Array:
    """Return the largest element; with a `dim`, the largest along it and its index; with a tensor, `maximum`.

    Gradient: shared evenly among equal elements; with a `dim` all to the element whose index is returned.
    Raises: RuntimeError for no elements and no `dim`; IndexError for a `dim` of size 0.
    """
    ...

@overload
def max(input: ArrayLike, dim: builtins.int, keepdim: builtins.bool = False) -> ValuesAndIndices:
    """Return the largest element; with a `dim`, the largest along it and its index; with a tensor, `maximum`.

    Gradient: shared evenly among equal elements; with a `dim` all to the element whose index is returned.
    Raises: RuntimeError for no elements and no `dim`; IndexError for a `dim` of size 0.
    """
    ...

@overload
def max(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the largest element; with a `dim`, the largest along it and its index; with a tensor, `maximum`.

    Gradient: shared evenly among equal elements; with a `dim` all to the element whose index is returned.
    Raises: RuntimeError for no elements and no `dim`; IndexError for a `dim` of size 0.
    """
    ...

def max_pool1d(
    input: ArrayLike,
    kernel_size: builtins.int | tuple[builtins.int, ...] | list[builtins.int],
    stride: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None,
    padding: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 0,
    dilation: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 1,
    ceil_mode: builtins.bool = False,
    return_indices: builtins.bool = False,
) -> Array | tuple[Array, Array]:
    """Return the largest element of each window. Shapes: (n, c, length) -> (n, c, *), or without n.

    By default the windows do not overlap. With `ceil_mode` the last one may reach beyond the padding. With
    `return_indices` a second result holds the index of each largest element in its flat signal: of equals the first, of
    NaN the last.
    Gradient: all to the element whose index is returned.
    Raises: RuntimeError for padding of more than half the window, and where no window fits.
    Torch: torch.max_pool1d, torch.nn.functional.max_pool1d.
    """
    ...

def max_pool2d(
    input: ArrayLike,
    kernel_size: builtins.int | tuple[builtins.int, ...] | list[builtins.int],
    stride: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None,
    padding: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 0,
    dilation: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 1,
    ceil_mode: builtins.bool = False,
    return_indices: builtins.bool = False,
) -> Array | tuple[Array, Array]:
    """Return the largest element of each window. Shapes: (n, c, height, width) -> (n, c, *), or without n.

    By default the windows do not overlap. With `ceil_mode` the last one may reach beyond the padding. With
    `return_indices` a second result holds the index of each largest element in its flat image: of equals the first, of
    NaN the last.
    Gradient: all to the element whose index is returned.
    Raises: RuntimeError for padding of more than half the window, and where no window fits.
    Torch: torch.max_pool2d, torch.nn.functional.max_pool2d.
    """
    ...

def max_pool3d(
    input: ArrayLike,
    kernel_size: builtins.int | tuple[builtins.int, ...] | list[builtins.int],
    stride: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None,
    padding: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 0,
    dilation: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 1,
    ceil_mode: builtins.bool = False,
    return_indices: builtins.bool = False,
) -> Array | tuple[Array, Array]:
    """Return the largest element of each window. Shapes: (n, c, depth, height, width) -> (n, c, *), or without n.

    By default the windows do not overlap. With `ceil_mode` the last one may reach beyond the padding. With
    `return_indices` a second result holds the index of each largest element in its flat volume: of equals the first, of
    NaN the last.
    Gradient: all to the element whose index is returned.
    Raises: RuntimeError for padding of more than half the window, and where no window fits.
    Torch: torch.max_pool3d, torch.nn.functional.max_pool3d.
    """
    ...

def maximum(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the larger of two elements; NaN where either is.

    Gradient: half to each where they are equal, and all to both where either is NaN.
    """
    ...

@overload
def mean(input: ArrayLike, *, dtype: DTypeLike | None = None) -> Array:
    """Return the mean of all elements, or over `dim` (one, or several as a tuple); of no elements NaN.

    Raises: RuntimeError for integers and bools, unless `dtype` is a floating point or complex one.
    """
    ...

@overload
def mean(
    input: ArrayLike,
    dim: builtins.int | Sequence[builtins.int],
    keepdim: builtins.bool = False,
    *,
    dtype: DTypeLike | None = None,
) -> Array:
    """Return the mean of all elements, or over `dim` (one, or several as a tuple); of no elements NaN.

    Raises: RuntimeError for integers and bools, unless `dtype` is a floating point or complex one.
    """
    ...

@overload
def median(input: ArrayLike) -> Array:
    """Return the median of all elements; with a `dim`, the medians along it and their indices.

    Of an even number of elements it is the lower of the two in the middle (jnp.median: their mean). NaN if an element
    is NaN.
    Gradient: shared evenly among equal elements; with a `dim` all to the element whose index is returned.
    Raises: IndexError for a `dim` of size 0; NotImplementedError for bool and complex.
    """
    ...

@overload
def median(input: ArrayLike, dim: builtins.int, keepdim: builtins.bool = False) -> ValuesAndIndices:
    """Return the median of all elements; with a `dim`, the medians along it and their indices.

    Of an even number of elements it is the lower of the two in the middle (jnp.median: their mean). NaN if an element
    is NaN.
    Gradient: shared evenly among equal elements; with a `dim` all to the element whose index is returned.
    Raises: IndexError for a `dim` of size 0; NotImplementedError for bool and complex.
    """
    ...

def meshgrid(*tensors: Any, indexing: str | None = None) -> tuple[Array, ...]:
    """Return coordinate grids: one tensor of the grid's shape for each vector.

    Shapes: (m,), (n,) -> (m, n) twice; with `indexing="xy"` the first two dimensions are exchanged, (n, m). A 0-dim
    tensor is a vector of one element. The default is "ij" (numpy.meshgrid: "xy").
    Raises: RuntimeError for more than 1 dimension, and for two dtypes.
    """
    ...

@overload
def min(input: ArrayLike) -> Array:
    """Return the smallest element; with a `dim`, the smallest along it and its index; with a tensor, `minimum`.

    Gradient: shared evenly among equal elements; with a `dim` all to the element whose index is returned.
    Raises: RuntimeError for no elements and no `dim`; IndexError for a `dim` of size 0.
    """
    ...

@overload
def min(input: ArrayLike, dim: builtins.int, keepdim: builtins.bool = False) -> ValuesAndIndices:
    """Return the smallest element; with a `dim`, the smallest along it and its index; with a tensor, `minimum`.

    Gradient: shared evenly among equal elements; with a `dim` all to the element whose index is returned.
    Raises: RuntimeError for no elements and no `dim`; IndexError for a `dim` of size 0.
    """
    ...

@overload
def min(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the smallest element; with a `dim`, the smallest along it and its index; with a tensor, `minimum`.

    Gradient: shared evenly among equal elements; with a `dim` all to the element whose index is returned.
    Raises: RuntimeError for no elements and no `dim`; IndexError for a `dim` of size 0.
    """
    ...

def minimum(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the smaller of two elements; NaN where either is.

    Gradient: half to each where they are equal, and all to both where either is NaN.
    """
    ...

def mm(input: ArrayLike, mat2: ArrayLike) -> Array:
    """Return the product of two matrices. Shapes: (m, k), (k, n) -> (m, n).

    Raises: RuntimeError for other shapes, and for two dtypes.
    """
    ...

def mode(input: ArrayLike, dim: builtins.int = -1, keepdim: builtins.bool = False) -> ValuesAndIndices:
    """Return the most frequent element along `dim`, the smallest of several, and its index: the last of equals.

    Gradient: all to the element whose index is returned.
    Raises: IndexError for a `dim` of size 0; NotImplementedError for complex.
    Differs: of more than 16 elements torch gives any index of the equal ones.
    """
    ...

@overload
def moveaxis(input: ArrayLike, source: builtins.int, destination: builtins.int) -> Array:
    """Return the tensor with one dimension, or several, moved to new places; the others keep their order.

    Raises: RuntimeError for a dimension named twice, and where there are not as many destinations as sources.
    """
    ...

@overload
def moveaxis(
    input: ArrayLike, source: builtins.int | Sequence[builtins.int], destination: builtins.int | Sequence[builtins.int]
) -> Array:
    """Return the tensor with one dimension, or several, moved to new places; the others keep their order.

    Raises: RuntimeError for a dimension named twice, and where there are not as many destinations as sources.
    """
    ...

@overload
def movedim(input: ArrayLike, source: builtins.int, destination: builtins.int) -> Array:
    """Return the tensor with one dimension, or several, moved to new places; the others keep their order.

    Raises: RuntimeError for a dimension named twice, and where there are not as many destinations as sources.
    """
    ...

@overload
def movedim(
    input: ArrayLike, source: builtins.int | Sequence[builtins.int], destination: builtins.int | Sequence[builtins.int]
) -> Array:
    """Return the tensor with one dimension, or several, moved to new places; the others keep their order.

    Raises: RuntimeError for a dimension named twice, and where there are not as many destinations as sources.
    """
    ...

def msort(input: ArrayLike) -> Array:
    """Return the elements in order along the first dimension."""
    ...

def mul(input: ArrayLike | Number, other: ArrayLike | Number) -> Array:
    """Return `input * other`."""
    ...

def multiply(input: ArrayLike | Number, other: ArrayLike | Number) -> Array:
    """Return `input * other`."""
    ...

def mv(input: ArrayLike, vec: ArrayLike) -> Array:
    """Return the product of a matrix and a vector. Shapes: (m, k), (k,) -> (m,).

    Raises: RuntimeError for other shapes, and for two dtypes.
    """
    ...

def mvlgamma(input: ArrayLike, p: builtins.int) -> Array:
    """Return the logarithm of the gamma function of `p` dimensions of each element; integers as float32.

    Raises: RuntimeError for a `p` below 1.
    """
    ...

def nan_to_num(
    input: ArrayLike,
    nan: Number | Array | None = None,
    posinf: Number | Array | None = None,
    neginf: Number | Array | None = None,
) -> Array:
    """Return `input` with NaN as `nan` (0), infinity as `posinf` and minus infinity as `neginf`.

    Left out, those two are the largest and the smallest number of the dtype. Of a complex number each part is replaced.

    Gradient: 0 where a number was replaced; torch has none for complex numbers.
    """
    ...

def nanmean(
    input: ArrayLike,
    dim: builtins.int | Sequence[builtins.int] | None = None,
    keepdim: builtins.bool = False,
    *,
    dtype: DTypeLike | None = None,
) -> Array:
    """Return the mean of the elements that are not NaN, of all or over `dim`; NaN where all are.

    Gradient: 0 for NaN.
    Raises: RuntimeError for tensors and a `dtype` that are not floating point.
    """
    ...

@overload
def nanmedian(input: ArrayLike) -> Array:
    """Return the median of the elements that are not NaN; with a `dim`, the medians along it and their indices.

    Of an even number of elements it is the lower of the two in the middle. NaN if all elements are NaN.
    Gradient: shared evenly among equal elements; with a `dim` all to the element whose index is returned.
    Raises: IndexError for a `dim` of size 0; NotImplementedError for bool and complex.
    """
    ...

@overload
def nanmedian(input: ArrayLike, dim: builtins.int, keepdim: builtins.bool = False) -> ValuesAndIndices:
    """Return the median of the elements that are not NaN; with a `dim`, the medians along it and their indices.

    Of an even number of elements it is the lower of the two in the middle. NaN if all elements are NaN.
    Gradient: shared evenly among equal elements; with a `dim` all to the element whose index is returned.
    Raises: IndexError for a `dim` of size 0; NotImplementedError for bool and complex.
    """
    ...

@overload
def nanquantile(
    input: ArrayLike,
    q: Number | Array,
    dim: builtins.int | None = None,
    keepdim: builtins.bool = False,
    *,
    interpolation: str = "linear",
) -> Array:
    """Return the `q`-th quantile, as `quantile` does, of the elements that are not NaN. NaN if all are NaN.

    Gradient: as that of `quantile`.
    Raises: RuntimeError where `quantile` does.
    """
    ...

@overload
def nanquantile(
    input: ArrayLike,
    q: ArrayLike,
    dim: builtins.int | None = None,
    keepdim: builtins.bool = False,
    *,
    interpolation: str = "linear",
) -> Array:
    """Return the `q`-th quantile, as `quantile` does, of the elements that are not NaN. NaN if all are NaN.

    Gradient: as that of `quantile`.
    Raises: RuntimeError where `quantile` does.
    """
    ...

def nansum(
    input: ArrayLike,
    dim: builtins.int | Sequence[builtins.int] | None = None,
    keepdim: builtins.bool = False,
    *,
    dtype: DTypeLike | None = None,
) -> Array:
    """Return the sum of the elements that are not NaN, of all or over `dim` (one, or several as a tuple).

    Gradient: 0 for NaN.
    Dtypes: as those of `sum`.
    Raises: RuntimeError for complex tensors.
    """
    ...

def narrow(input: ArrayLike, dim: builtins.int, start: Any, length: builtins.int) -> Array:
    """Return `length` elements along a dimension, from `start` on; a negative start counts from the end.

    Raises: IndexError for a start out of range; RuntimeError where `length` is too large. Of a traced start that is
    out of range the result is NaN (the least integer, the greatest unsigned one, True): nothing is clamped.
    Torch: the result there is a view, here it is an array of its own.
    """
    ...

def narrow_copy(input: ArrayLike, dim: builtins.int, start: Number | Array, length: builtins.int) -> Array:
    """Return `length` elements along a dimension, from `start` on: the same as `narrow`.

    Raises: IndexError for a start out of range; RuntimeError where `length` is too large.
    """
    ...

def ne(input: ArrayLike, other: ArrayLike | Number) -> Array:
    """Return where `input` differs from `other`."""
    ...

def neg(input: ArrayLike) -> Array:
    """Return `-input`."""
    ...

def negative(input: ArrayLike) -> Array:
    """Return `-input`."""
    ...

def nextafter(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the number next to each `input`, towards `other`, through subnormal numbers and to infinity.

    Gradient: 1 for `input`, 0 where both are equal; 0 for `other`.
    """
    ...

def no_grad(orig_func: Callable[..., Any] | None = None) -> Any:
    """Wrap `orig_func` so that its results carry no gradient.

    Use it as a decorator, with or without parentheses. There is no `with jaxfun.no_grad():`, which would be global
    state: put the block into a function, or `detach` its results.

    Gradient: none, in both modes. torch's no_grad lets forward mode (`strategy="forward-mode"`) through.
    Torch: torch.no_grad.
    """
    ...

def nonzero(
    input: ArrayLike, *, as_tuple: builtins.bool = False, size: builtins.int | None = None, fill_value: builtins.int = 0
) -> Any:
    """Return the indices of the elements that are not zero, a row for each; `as_tuple`: a vector for each dimension.

    Under jit and vmap `size` is the number of rows, and `fill_value` stands in those without an element.
    Raises: NotImplementedError for a traced tensor without `size`.
    """
    ...

def nonzero_static(input: ArrayLike, *, size: builtins.int, fill_value: builtins.int = -1) -> Array:
    """Return the indices of the first `size` elements that are not zero, a row for each; missing rows are `fill_value`.

    Raises: RuntimeError for a negative size.
    """
    ...

def norm(
    input: ArrayLike, p: Any = "fro", dim: Any = None, keepdim: builtins.bool = False, *, dtype: DTypeLike | None = None
) -> Array:
    """Return the `p`-norm `sum(abs(input) ** p) ** (1 / p)` of all elements, or over `dim` (one or a tuple).

    `p` is a number (0 counts the nonzero elements, infinity takes the largest, -infinity the smallest), "fro" or None
    for 2, or "nuc" for the sum of a matrix's singular values.
    Gradient: 0 where the norm is 0 and for elements that are 0; shared evenly among the largest where `p` is infinite.
    Raises: RuntimeError for integers and bools, for no elements where `p` is negative or infinite, and for NaN in a
    matrix where `p` is "nuc"; where that is traced, the result is NaN.
    """
    ...

def not_equal(input: ArrayLike, other: ArrayLike | Number) -> Array:
    """Return where `input` differs from `other`."""
    ...

def numel(input: ArrayLike) -> builtins.int:
    """Return the number of elements. Torch: torch.numel."""
    ...

def ones(*size: builtins.int | Sequence[builtins.int], dtype: DTypeLike | None = None) -> Array:
    """Return a tensor of ones, float32 by default.

    Raises: TypeError for sizes that are not integers; RuntimeError for negative sizes.
    Torch: torch.ones.
    """
    ...

def ones_like(input: ArrayLike, *, dtype: DTypeLike | None = None) -> Array:
    """Return ones of the shape of `input`, and of its dtype by default. Torch: torch.ones_like."""
    ...

def outer(input: ArrayLike, vec2: ArrayLike) -> Array:
    """Return the outer product of two vectors. Shapes: (m,), (n,) -> (m, n).

    Raises: RuntimeError for other shapes.
    """
    ...

def pdist(input: ArrayLike, p: builtins.float = ...) -> Array:
    """Return the distance in the p-norm between each two rows of a matrix, in order: (0, 1), (0, 2), ..., (1, 2), ...

    Shapes: (m, k) -> (m (m - 1) / 2).
    Gradient: 0 where the distance is 0.
    Raises: RuntimeError for other shapes, for a negative p, and for dtypes other than float32 and float64.
    """
    ...

def permute(input: ArrayLike, *dims: builtins.int | Sequence[builtins.int]) -> Array:
    """Return the tensor with its dimensions permuted: dimension `i` of the result is dimension `dims[i]`.

    Shapes: `dims` one by one or as one tuple.
    Raises: RuntimeError where `dims` does not name each dimension once.
    """
    ...

def polar(abs: ArrayLike, angle: ArrayLike) -> Array:
    """Return the complex numbers of these absolute values and angles in radians, both float32 or both float64.

    Gradient: for `abs` 0 at 0, and of the wrong sign below 0, as in torch.
    Raises: RuntimeError for other dtypes, and for two that differ.
    """
    ...

def polygamma(n: builtins.int, input: ArrayLike) -> Array:
    """Return the derivative number `n` of `digamma` of each element; integers as float32.

    Raises: RuntimeError for a negative `n`.
    """
    ...

def positive(input: ArrayLike) -> Array:
    """Return `input`."""
    ...

@overload
def pow(input: ArrayLike, exponent: builtins.bool | builtins.int | builtins.float | builtins.complex) -> Array:
    """Return `input ** exponent`, for two tensors or a tensor and a number.

    Gradient: for `input` 0 where the exponent is 0; for `exponent` 0 where the base is 0 and the exponent is not
    negative.
    Raises: RuntimeError for an integer tensor and a negative integer exponent, which gives no integer, and for an
    exponent too large for the result's dtype.
    """
    ...

@overload
def pow(input: Number | Array, exponent: ArrayLike) -> Array:
    """Return `input ** exponent`, for two tensors or a tensor and a number.

    Gradient: for `input` 0 where the exponent is 0; for `exponent` 0 where the base is 0 and the exponent is not
    negative.
    Raises: RuntimeError for an integer tensor and a negative integer exponent, which gives no integer, and for an
    exponent too large for the result's dtype.
    """
    ...

@overload
def pow(input: ArrayLike, exponent: ArrayLike) -> Array:
    """Return `input ** exponent`, for two tensors or a tensor and a number.

    Gradient: for `input` 0 where the exponent is 0; for `exponent` 0 where the base is 0 and the exponent is not
    negative.
    Raises: RuntimeError for an integer tensor and a negative integer exponent, which gives no integer, and for an
    exponent too large for the result's dtype.
    """
    ...

@overload
def prod(input: ArrayLike, *, dtype: DTypeLike | None = None) -> Array:
    """Return the product of all elements, or over one dimension.

    Gradient: exact where elements are 0, too.
    Dtypes: as those of `sum`.
    """
    ...

@overload
def prod(
    input: ArrayLike, dim: builtins.int, keepdim: builtins.bool = False, *, dtype: DTypeLike | None = None
) -> Array:
    """Return the product of all elements, or over one dimension.

    Gradient: exact where elements are 0, too.
    Dtypes: as those of `sum`.
    """
    ...

def promote_types(type1: Any, type2: Any) -> DType:
    """Return the smallest dtype that holds both. Torch: torch.promote_types."""
    ...

def put(input: ArrayLike, index: ArrayLike, source: ArrayLike, accumulate: builtins.bool = False) -> Array:
    """Return `input` with `source` in the places that `index` names among all elements in order.

    Negative indices count from the end; with `accumulate` the source is added.
    Shapes: `source` has as many elements as `index`.
    Gradient: to `input` where it was kept, to `source` where it was written. Where an element is named twice without
    `accumulate`, it is undefined which value it gets, as in torch.
    Raises: RuntimeError for two dtypes; IndexError for another number of elements, and for an index out of range, where
    it is known; a traced one writes nothing.
    Torch: Tensor.put.
    """
    ...

def qr(input: ArrayLike, some: builtins.bool = True) -> QAndR:
    """Return the QR decomposition `input = Q R`: the columns of Q are orthonormal, R is an upper triangle.

    Shapes: (*, m, n) -> (*, m, k), (*, k, n) with k the smaller of m and n; m itself, where not `some`.
    Gradient: not finite for linearly dependent columns; an error for a tall matrix where not `some`.
    Raises: RuntimeError for other shapes, and for dtypes other than float32, float64 and the complex ones.
    Differs: the sign of a column of Q, and of its row of R, is the library's own.
    """
    ...

@overload
def quantile(
    input: ArrayLike,
    q: Number | Array,
    dim: builtins.int | None = None,
    keepdim: builtins.bool = False,
    *,
    interpolation: str = "linear",
) -> Array:
    """Return the `q`-th quantile of all elements, or along `dim`. NaN if an element is NaN.

    `q` is a number from 0 to 1, or a tensor of at most one dimension, which comes first in the result. Between two
    elements, `interpolation` decides: "linear", "lower", "higher", "midpoint" or "nearest" (to the even rank).
    Gradient: to the two elements it lies between, and to `q`; equal elements count in their order.
    Raises: RuntimeError for a dtype other than float32 and float64, no elements, and a `q` outside of [0, 1]; where
    that is traced, the result is NaN.
    """
    ...

@overload
def quantile(
    input: ArrayLike,
    q: ArrayLike,
    dim: builtins.int | None = None,
    keepdim: builtins.bool = False,
    *,
    interpolation: str = "linear",
) -> Array:
    """Return the `q`-th quantile of all elements, or along `dim`. NaN if an element is NaN.

    `q` is a number from 0 to 1, or a tensor of at most one dimension, which comes first in the result. Between two
    elements, `interpolation` decides: "linear", "lower", "higher", "midpoint" or "nearest" (to the even rank).
    Gradient: to the two elements it lies between, and to `q`; equal elements count in their order.
    Raises: RuntimeError for a dtype other than float32 and float64, no elements, and a `q` outside of [0, 1]; where
    that is traced, the result is NaN.
    """
    ...

def rad2deg(input: ArrayLike) -> Array:
    """Return each element, in radians, in degrees; integers as float32."""
    ...

def rand(key: Array, *size: builtins.int | Sequence[builtins.int], dtype: DTypeLike | None = None) -> Array:
    """Return random numbers from the uniform distribution on [0, 1), float32 by default.

    Dtypes: both parts of a complex number are drawn from [0, 1).
    Raises: NotImplementedError for integers and bool.
    Torch: torch.rand.
    """
    ...

def randint(
    key: Array,
    low: Any = None,
    high: Any = None,
    size: Sequence[builtins.int] | None = None,
    *,
    dtype: DTypeLike | None = None,
) -> Array:
    """Return random integers from the uniform distribution on [low, high); `randint(key, high, size)` starts at 0.

    Raises: RuntimeError where `low` is not below `high`, or the dtype cannot hold them; TypeError for a size that is
    not a tuple.
    Torch: torch.randint.
    """
    ...

def randn(key: Array, *size: builtins.int | Sequence[builtins.int], dtype: DTypeLike | None = None) -> Array:
    """Return random numbers from the normal distribution with mean 0 and variance 1, float32 by default.

    Dtypes: both parts of a complex number have the variance 1/2.
    Raises: NotImplementedError for integers and bool.
    Torch: torch.randn.
    """
    ...

def randperm(key: Array, n: builtins.int, *, dtype: DTypeLike | None = None) -> Array:
    """Return a random permutation of the integers from 0 to `n - 1`.

    Raises: RuntimeError for a negative `n`, and for one that the dtype cannot represent; NotImplementedError for bool
    and complex.
    Torch: torch.randperm.
    """
    ...

def ravel(input: ArrayLike) -> Array:
    """Return the elements, in order, as a vector."""
    ...

def real(input: ArrayLike) -> Array:
    """Return the real part of each element; what is real as it is."""
    ...

def reciprocal(input: ArrayLike) -> Array:
    """Return `1 / input`, integers as float32."""
    ...

def relu(input: ArrayLike) -> Array:
    """Return each element where it is positive, else 0; NaN stays.

    Gradient: 0 at 0 (that of jnp.maximum(x, 0) is a half), 1 at NaN.
    Torch: torch.relu, torch.nn.functional.relu.
    """
    ...

@overload
def remainder(input: ArrayLike | Number, other: ArrayLike) -> Array:
    """Return the remainder of the floored quotient: it has the sign of `other`.

    Gradient: 1 for `input`, minus the floored quotient for `other`.
    Raises: RuntimeError for an integer division by zero, where the divisor's values are known.
    """
    ...

@overload
def remainder(input: ArrayLike, other: ArrayLike | Number) -> Array:
    """Return the remainder of the floored quotient: it has the sign of `other`.

    Gradient: 1 for `input`, minus the floored quotient for `other`.
    Raises: RuntimeError for an integer division by zero, where the divisor's values are known.
    """
    ...

def renorm(input: ArrayLike, p: builtins.float, dim: builtins.int, maxnorm: builtins.float) -> Array:
    """Return `input` with each slice along `dim` whose `p`-norm exceeds `maxnorm` scaled down to that norm.

    Gradient: through the norm too, where a slice is scaled.
    Raises: RuntimeError for integers and bools, less than 2 dimensions, a `p` of 0 or less, a negative `maxnorm`, and,
    where `p` is infinite, for slices of no elements.
    """
    ...

def repeat(input: ArrayLike, *repeats: builtins.int | Sequence[builtins.int]) -> Array:
    """Return the tensor repeated along each dimension; more numbers than dimensions add leading dimensions.

    Raises: RuntimeError for fewer numbers than dimensions, and for a negative one.
    Torch: Tensor.repeat (numpy.tile; numpy.repeat is `repeat_interleave`).
    """
    ...

def repeat_interleave(
    input: ArrayLike, repeats: Any = ..., dim: builtins.int | None = None, *, output_size: builtins.int | None = None
) -> Array:
    """Return each element, or each slice along `dim`, repeated in place; without `dim` those of the flattened tensor.

    Shapes: `repeats` is an integer, or a tensor of one for each slice, whose sum is then the size of the result. Traced
    repeats need `output_size`; where their sum differs from it, the result is NaN (the least integer, the greatest
    unsigned one, True). A tensor of repeats as the only argument gives the indices to be taken.
    Raises: RuntimeError for a negative number, and where the numbers do not fit the dimension or `output_size`.
    Torch: numpy.repeat; `output_size` there saves a synchronisation, here it also serves under jit.
    """
    ...

def reshape(input: ArrayLike, *shape: builtins.int | Sequence[builtins.int]) -> Array:
    """Return the elements, in order, in another shape; one size may be -1, and is then inferred.

    Shapes: sizes one by one or as one tuple.
    Raises: RuntimeError where the sizes do not multiply up to the number of elements.
    """
    ...

def reshape_as(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the elements, in order, in the shape of `other`.

    Raises: RuntimeError where the tensors differ in their numbers of elements.
    """
    ...

def resolve_conj(input: ArrayLike) -> Array:
    """Return `input`: JAX has no lazy conjugation."""
    ...

def resolve_neg(input: ArrayLike) -> Array:
    """Return `input`: JAX has no lazy negation."""
    ...

def result_type(*tensors: Any) -> DType:
    """Return the dtype of an arithmetic operation on tensors and Python numbers. Torch: torch.result_type.

    A tensor with dimensions outranks a 0-dim tensor, which outranks a number, unless the other's category is higher.
    torch has complex32 and JAX has not: where torch answers complex32, this answers complex64.
    """
    ...

def roll(
    input: ArrayLike,
    shifts: builtins.int | Sequence[builtins.int],
    dims: builtins.int | Sequence[builtins.int] | None = None,
) -> Array:
    """Return the elements shifted cyclically along `dims`: the last ones come in at the start.

    Shapes: without `dims` the flattened elements are shifted, and the shape is kept.
    Raises: RuntimeError where there are not as many shifts as dimensions.
    """
    ...

def rot90(input: ArrayLike, k: builtins.int = 1, dims: builtins.int | Sequence[builtins.int] = ...) -> Array:
    """Return the tensor rotated `k` times by 90 degrees in the plane of two dimensions, from the first to the second.

    Raises: RuntimeError for fewer than 2 dimensions, and where `dims` are not two different dimensions.
    """
    ...

def round(input: ArrayLike, *, decimals: builtins.int = 0) -> Array:
    """Round each element to the nearest whole number, halves to even; or to so many decimals. Gradient: 0.

    A negative `decimals` rounds to tens, hundreds, ... It is for floating point alone.
    """
    ...

def row_stack(tensors: Sequence[ArrayLike]) -> Array:
    """Return tensors joined along their first dimension; a vector is a row.

    Dtypes: promoted.
    """
    ...

def rsqrt(input: ArrayLike) -> Array:
    """Return 1 over the square root of each element; integers as float32."""
    ...

@overload
def rsub(input: ArrayLike, other: Number | Array, *, alpha: Number | Array = 1) -> Array:
    """Return `other - alpha * input`.

    Raises: RuntimeError where `sub` does.
    """
    ...

@overload
def rsub(input: ArrayLike, other: ArrayLike, *, alpha: Number | Array = 1) -> Array:
    """Return `other - alpha * input`.

    Raises: RuntimeError where `sub` does.
    """
    ...

@overload
def scatter(input: ArrayLike, dim: builtins.int, index: ArrayLike, src: ArrayLike) -> Array:
    """Return `input` with `src`, a tensor or a number, written where `index` says: `out[index[i][j]][j] = src[i][j]`.

    A number is `value`. `reduce` is "add" or "multiply": the element is then changed, and not replaced.
    Shapes: `index` has as many dimensions as `input` and is no larger except along `dim`; `src` is no smaller than
    `index`.
    Gradient: to `input` where it was kept, to `src` where it was written; none for `reduce`, as in torch. Where an
    element is named twice without `reduce`, it is undefined which value it gets, as in torch.
    Raises: RuntimeError for other shapes, two dtypes, and an index out of range (a negative one is), where it is known;
    a traced one writes nothing.
    """
    ...

@overload
def scatter(input: ArrayLike, dim: builtins.int, index: ArrayLike, value: Number | Array) -> Array:
    """Return `input` with `src`, a tensor or a number, written where `index` says: `out[index[i][j]][j] = src[i][j]`.

    A number is `value`. `reduce` is "add" or "multiply": the element is then changed, and not replaced.
    Shapes: `index` has as many dimensions as `input` and is no larger except along `dim`; `src` is no smaller than
    `index`.
    Gradient: to `input` where it was kept, to `src` where it was written; none for `reduce`, as in torch. Where an
    element is named twice without `reduce`, it is undefined which value it gets, as in torch.
    Raises: RuntimeError for other shapes, two dtypes, and an index out of range (a negative one is), where it is known;
    a traced one writes nothing.
    """
    ...

@overload
def scatter(input: ArrayLike, dim: builtins.int, index: ArrayLike, src: ArrayLike, *, reduce: str) -> Array:
    """Return `input` with `src`, a tensor or a number, written where `index` says: `out[index[i][j]][j] = src[i][j]`.

    A number is `value`. `reduce` is "add" or "multiply": the element is then changed, and not replaced.
    Shapes: `index` has as many dimensions as `input` and is no larger except along `dim`; `src` is no smaller than
    `index`.
    Gradient: to `input` where it was kept, to `src` where it was written; none for `reduce`, as in torch. Where an
    element is named twice without `reduce`, it is undefined which value it gets, as in torch.
    Raises: RuntimeError for other shapes, two dtypes, and an index out of range (a negative one is), where it is known;
    a traced one writes nothing.
    """
    ...

@overload
def scatter(input: ArrayLike, dim: builtins.int, index: ArrayLike, value: Number | Array, *, reduce: str) -> Array:
    """Return `input` with `src`, a tensor or a number, written where `index` says: `out[index[i][j]][j] = src[i][j]`.

    A number is `value`. `reduce` is "add" or "multiply": the element is then changed, and not replaced.
    Shapes: `index` has as many dimensions as `input` and is no larger except along `dim`; `src` is no smaller than
    `index`.
    Gradient: to `input` where it was kept, to `src` where it was written; none for `reduce`, as in torch. Where an
    element is named twice without `reduce`, it is undefined which value it gets, as in torch.
    Raises: RuntimeError for other shapes, two dtypes, and an index out of range (a negative one is), where it is known;
    a traced one writes nothing.
    """
    ...

def scatter_add(input: ArrayLike, dim: builtins.int, index: ArrayLike, src: ArrayLike) -> Array:
    """Return `input` with `src` added where `index` says: `out[index[i][j]][j] += src[i][j]` where `dim` is 0.

    Shapes: those of `scatter`.
    Dtypes: 16-bit floats are added up in float32; a sum of bools is whether any is true.
    Raises: what `scatter` raises.
    """
    ...

def scatter_reduce(
    input: ArrayLike,
    dim: builtins.int,
    index: ArrayLike,
    src: ArrayLike,
    reduce: str,
    *,
    include_self: builtins.bool = True,
) -> Array:
    """Return `input` with each element that `index` names combined with all that `src` has for it.

    `reduce` is "sum", "prod", "mean", "amax" or "amin". Without `include_self` the element itself does not count.
    Shapes: those of `scatter`.
    Gradient: of the largest and the smallest shared evenly among equals, where torch counts the element of `input` also
    where it is not included.
    Raises: what `scatter` raises, and RuntimeError for another `reduce`.
    """
    ...

def searchsorted(
    sorted_sequence: ArrayLike,
    input: ArrayLike | Number,
    *,
    out_int32: builtins.bool = False,
    right: builtins.bool = False,
    side: str | None = None,
    sorter: ArrayLike | None = None,
) -> Array:
    """Return the index where each value belongs in a sequence in order: before equal elements, or, `right`, after them.

    `side` is "left" or "right", another word for `right`; `sorter` are the indices that put the sequence in order.
    Shapes: the sequence has one dimension, or those of `input` except for the last.
    Dtypes: the two are promoted; the result is int64, or int32.
    Raises: RuntimeError for other shapes, sides that contradict each other, and a sorter out of range, where it is
    known.
    """
    ...

def select(input: ArrayLike, dim: builtins.int, index: Number | Array) -> Array:
    """Return the slice at `index` of a dimension, without that dimension.

    Raises: IndexError out of range.
    """
    ...

def select_scatter(input: ArrayLike, src: ArrayLike, dim: builtins.int, index: Number | Array) -> Array:
    """Return the tensor with its slice at `index` of a dimension, as `select` gives it, replaced by `src`.

    Dtypes: that of `input`; `src` is cast to it.
    Raises: IndexError out of range; RuntimeError where `src` does not have the shape of the slice.
    """
    ...

def setitem(x: Any, index: Any, value: Any) -> Array:
    """Return `x` as `x[index] = value` would leave it in torch; `x` itself stays as it is.

    Shapes: the value broadcasts to `x[index]`; leading dimensions of size 1 do not count.
    Dtypes: those of `x`. A tensor assigned through index tensors must have that dtype already, as in torch.
    Gradient: to `x` where it was kept, to `value` where it was written. Where index tensors name an element twice, it
    is undefined which value it gets, as in torch.
    Raises: what `getitem` raises; RuntimeError where the value does not fit. A traced index that is out of range writes
    nothing.
    """
    ...

def sgn(input: ArrayLike) -> Array:
    """Return each element over its absolute value, 0 at 0: of a real one its sign, 0 at NaN.

    Gradient: 0 at 0, where a second derivative of a complex one is NaN; and 0 for what is real.
    """
    ...

def shape(input: ArrayLike) -> tuple[builtins.int, ...]:
    """Return the sizes of all dimensions. Torch: Tensor.shape."""
    ...

def sigmoid(input: ArrayLike) -> Array:
    """Return `1 / (1 + exp(-x))` of each element; integers as float32."""
    ...

def sign(input: ArrayLike) -> Array:
    """Return -1, 0 or 1 by the sign of each element; 0 at NaN.

    Gradient: 0 everywhere.
    """
    ...

def signbit(input: ArrayLike) -> Array:
    """Return where the sign is minus, that of -0 and of NaN too."""
    ...

def sin(input: ArrayLike) -> Array:
    """Return the sine of each element, which is in radians; integers as float32."""
    ...

def sinc(input: ArrayLike) -> Array:
    """Return `sin(pi x) / (pi x)` of each element, 1 at 0; integers as float32.

    Gradient: 0 at 0; a second derivative is NaN there.
    """
    ...

def sinh(input: ArrayLike) -> Array:
    """Return the hyperbolic sine of each element; integers as float32."""
    ...

def size(input: ArrayLike, dim: builtins.int | None = None) -> Any:
    """Return the sizes of all dimensions, or that of `dim` (a NumPy array's `size` is torch's `numel`).

    Raises: IndexError for a dimension out of range.
    Torch: Tensor.size.
    """
    ...

def slice_scatter(
    input: ArrayLike,
    src: ArrayLike,
    dim: builtins.int = 0,
    start: builtins.int | None = None,
    end: builtins.int | None = None,
    step: builtins.int = 1,
) -> Array:
    """Return the tensor with the slice `start:end:step` of a dimension replaced by `src`.

    Dtypes: that of `input`; `src` is cast to it.
    Raises: RuntimeError where `src` does not have the shape of the slice, and for a step below 1.
    """
    ...

def slogdet(input: ArrayLike) -> SignAndLogarithm:
    """Return the signs of determinants, and the logarithms of their absolute values. Shapes: (*, n, n) -> (*), (*).

    A singular matrix gives 0 and -infinity.
    Dtypes: the sign of a complex matrix is complex, its logarithm is real.
    Raises: RuntimeError for other shapes, and for dtypes other than float32, float64 and the complex ones.
    """
    ...

@overload
def sort(input: ArrayLike, dim: builtins.int = -1, descending: builtins.bool = False) -> ValuesAndIndices:
    """Return the elements along a dimension in order, and their indices.

    Equal elements keep their order; torch promises that only for `stable=True`.
    Gradient: to the element whose index is returned.
    Raises: RuntimeError for complex numbers.
    """
    ...

@overload
def sort(
    input: ArrayLike, *, stable: builtins.bool | None, dim: builtins.int = -1, descending: builtins.bool = False
) -> ValuesAndIndices:
    """Return the elements along a dimension in order, and their indices.

    Equal elements keep their order; torch promises that only for `stable=True`.
    Gradient: to the element whose index is returned.
    Raises: RuntimeError for complex numbers.
    """
    ...

@overload
def split(tensor: ArrayLike, split_size_or_sections: builtins.int, dim: builtins.int = 0) -> tuple[Array, ...]:
    """Return the parts of one size along a dimension, the last of which may be smaller, or parts of the given sizes.

    Raises: RuntimeError where the sizes do not add up to that of the dimension.
    """
    ...

@overload
def split(
    tensor: ArrayLike, split_size_or_sections: builtins.int | Sequence[builtins.int], dim: builtins.int = 0
) -> tuple[Array, ...]:
    """Return the parts of one size along a dimension, the last of which may be smaller, or parts of the given sizes.

    Raises: RuntimeError where the sizes do not add up to that of the dimension.
    """
    ...

def split_with_sizes(
    input: ArrayLike, split_sizes: tuple[builtins.int, ...], dim: builtins.int = 0
) -> tuple[Array, ...]:
    """Return the parts of these sizes along a dimension.

    Raises: RuntimeError where the sizes do not add up to that of the dimension.
    """
    ...

def sqrt(input: ArrayLike) -> Array:
    """Return the square root of each element, integers as float32."""
    ...

def square(input: ArrayLike) -> Array:
    """Return the square of each element."""
    ...

@overload
def squeeze(input: ArrayLike) -> Array:
    """Return the tensor without its dimensions of size 1, or without those of them that `dim` names."""
    ...

@overload
def squeeze(input: ArrayLike, dim: builtins.int) -> Array:
    """Return the tensor without its dimensions of size 1, or without those of them that `dim` names."""
    ...

@overload
def squeeze(input: ArrayLike, dim: builtins.int | Sequence[builtins.int]) -> Array:
    """Return the tensor without its dimensions of size 1, or without those of them that `dim` names."""
    ...

def stack(tensors: Sequence[ArrayLike], dim: builtins.int = 0) -> Array:
    """Return tensors of one shape joined along a new dimension.

    Dtypes: promoted.
    Raises: RuntimeError for no tensors, and for shapes that differ.
    """
    ...

@overload
def std(
    input: ArrayLike,
    dim: builtins.int | Sequence[builtins.int] | None = None,
    *,
    correction: builtins.float | None = 1,
    keepdim: builtins.bool = False,
) -> Array:
    """Return the standard deviation of all elements, or over `dim`, with `n - correction` as the divisor (jnp.std: n).

    `unbiased` is torch's older argument: True is a correction of 1, False of 0.
    Gradient: 0 where all elements are equal.
    Raises: RuntimeError for integers and bools.
    """
    ...

@overload
def std(
    input: ArrayLike,
    dim: builtins.int | Sequence[builtins.int],
    unbiased: builtins.bool = True,
    keepdim: builtins.bool = False,
) -> Array:
    """Return the standard deviation of all elements, or over `dim`, with `n - correction` as the divisor (jnp.std: n).

    `unbiased` is torch's older argument: True is a correction of 1, False of 0.
    Gradient: 0 where all elements are equal.
    Raises: RuntimeError for integers and bools.
    """
    ...

@overload
def std(input: ArrayLike, unbiased: builtins.bool = True) -> Array:
    """Return the standard deviation of all elements, or over `dim`, with `n - correction` as the divisor (jnp.std: n).

    `unbiased` is torch's older argument: True is a correction of 1, False of 0.
    Gradient: 0 where all elements are equal.
    Raises: RuntimeError for integers and bools.
    """
    ...

@overload
def std_mean(
    input: ArrayLike,
    dim: builtins.int | Sequence[builtins.int] | None = None,
    *,
    correction: builtins.float | None = 1,
    keepdim: builtins.bool = False,
) -> tuple[Array, Array]:
    """Return the standard deviation as `std` does, and the mean.

    Raises: RuntimeError for integers and bools.
    """
    ...

@overload
def std_mean(
    input: ArrayLike,
    dim: builtins.int | Sequence[builtins.int],
    unbiased: builtins.bool = True,
    keepdim: builtins.bool = False,
) -> tuple[Array, Array]:
    """Return the standard deviation as `std` does, and the mean.

    Raises: RuntimeError for integers and bools.
    """
    ...

@overload
def std_mean(input: ArrayLike, unbiased: builtins.bool = True) -> tuple[Array, Array]:
    """Return the standard deviation as `std` does, and the mean.

    Raises: RuntimeError for integers and bools.
    """
    ...

def sub(input: ArrayLike | Number, other: ArrayLike | Number, *, alpha: Number | Array = 1) -> Array:
    """Return `input - alpha * other`.

    Raises: RuntimeError for bool tensors, and for an alpha of a higher category than the result, or too large for its
    dtype.
    """
    ...

def subtract(input: ArrayLike | Number, other: ArrayLike | Number, *, alpha: Number | Array = 1) -> Array:
    """Return `input - alpha * other`.

    Raises: RuntimeError for bool tensors, and for an alpha of a higher category than the result, or too large for its
    dtype.
    """
    ...

@overload
def sum(input: ArrayLike, *, dtype: DTypeLike | None = None) -> Array:
    """Return the sum of all elements, or over `dim` (one, or several as a tuple).

    Dtypes: integers and bools are added up as int64; 16-bit floats in float32, rounded once.
    """
    ...

@overload
def sum(
    input: ArrayLike,
    dim: builtins.int | Sequence[builtins.int],
    keepdim: builtins.bool = False,
    *,
    dtype: DTypeLike | None = None,
) -> Array:
    """Return the sum of all elements, or over `dim` (one, or several as a tuple).

    Dtypes: integers and bools are added up as int64; 16-bit floats in float32, rounded once.
    """
    ...

def sum_to_size(input: ArrayLike, *size: builtins.int | Sequence[builtins.int]) -> Array:
    """Return the sum over the dimensions that broadcasting a tensor of this size to `input` would expand.

    Dtypes: a sum of integers or bools is int64.
    Raises: RuntimeError for a size that does not broadcast to the shape of `input`.
    Torch: Tensor.sum_to_size.
    """
    ...

def svd(input: ArrayLike, some: builtins.bool = True, compute_uv: builtins.bool = True) -> SingularValues:
    """Return the singular value decomposition `input = U diag(S) Vᴴ`.

    Shapes: (*, m, n) -> (*, m, k), (*, k), (*, n, k) with k the smaller of m and n; where not `some`, U is (*, m, m)
    and V is (*, n, n). Without `compute_uv` these are zeros.
    Gradient: not finite for two equal singular values, unless it is of S alone.
    Raises: RuntimeError for other shapes, for dtypes other than float32, float64 and the complex ones, and for NaN:
    under jit, where the numbers are not known, the result is then NaN.
    Differs: the phases of the columns of U and V are the library's own.
    """
    ...

def swapaxes(input: ArrayLike, axis0: builtins.int, axis1: builtins.int) -> Array:
    """Return the tensor with two dimensions exchanged: the same as `transpose`."""
    ...

def swapdims(input: ArrayLike, dim0: builtins.int, dim1: builtins.int) -> Array:
    """Return the tensor with two dimensions exchanged."""
    ...

def t(input: ArrayLike) -> Array:
    """Return the transpose of a matrix; a vector or a 0-dim tensor unchanged.

    Raises: RuntimeError for more than 2 dimensions.
    """
    ...

def take(input: ArrayLike, index: ArrayLike) -> Array:
    """Return the elements that `index` names among all elements in order, negative ones from the end.

    Gradient: an element that was taken several times gets the sum.
    Raises: IndexError for an index out of range, where it is known; a traced one gives what it gives in `getitem`.
    """
    ...

def take_along_dim(input: ArrayLike, indices: ArrayLike, dim: builtins.int | None = None) -> Array:
    """Return the elements that `indices` names along a dimension, or, without one, among all elements in order.

    Shapes: except for `dim`, both broadcast.
    Gradient: an element that was taken several times gets the sum.
    Along a dimension an index is counted modulo its size, so that none is out of range, as in torch.
    Raises: RuntimeError for an index out of range where there is no `dim`, as `gather` does.
    """
    ...

def tan(input: ArrayLike) -> Array:
    """Return the tangent of each element, which is in radians; integers as float32."""
    ...

def tanh(input: ArrayLike) -> Array:
    """Return the hyperbolic tangent of each element; integers as float32."""
    ...

def tensor(data: Any, *, dtype: DTypeLike | None = None) -> Array:
    """Return a tensor made of a Python number, of nested lists of numbers, or of an array, which is copied.

    Dtypes: of Python numbers the smallest of bool, int64, float32 and complex64 that holds all; of an array its own.
    Raises: ValueError for ragged lists; RuntimeError or TypeError for anything that is not a number.
    Torch: torch.tensor.
    """
    ...

def tensor_split(input: ArrayLike, indices_or_sections: Any, dim: builtins.int = 0) -> tuple[Array, ...]:
    """Return `indices_or_sections` parts along a dimension, larger ones first; or the parts between the given indices.

    Shapes: an index as in a slice, `input[start:stop]`: negative ones count from the end, none is too large.
    Raises: NotImplementedError for a traced tensor of indices, which would decide the shapes.
    Differs: torch's tensor of indices has to be int64; here int32 is accepted too, JAX's own integer dtype.
    """
    ...

def tensordot(a: Any, b: Any, dims: Any = 2) -> Array:
    """Return the product of two tensors, summed over pairs of dimensions, without a conjugate.

    `dims` is how many (the last of `a` and the first of `b`), or the dimensions of `a` and those of `b`, in pairs.
    Shapes: the other dimensions of `a`, then those of `b`. A dimension of size 1 broadcasts.
    Raises: RuntimeError for sizes that differ, and for two dtypes.
    """
    ...

def tile(input: ArrayLike, *dims: builtins.int | Sequence[builtins.int]) -> Array:
    """Return the tensor repeated along each dimension; fewer numbers than dimensions count from the last one.

    Raises: RuntimeError for a negative number.
    """
    ...

def to(input: ArrayLike, dtype: DTypeLike | None) -> Array:
    """Return the tensor cast to a dtype: a float is truncated to an integer, a complex number to its real part.

    Raises: RuntimeError for 64 bits while JAX's 64-bit types are off.
    Torch: Tensor.to; Tensor.float(), Tensor.double() and their kin are `jaxfun.float(x)`, `jaxfun.double(x)`, ...
    """
    ...

def to_numpy(input: ArrayLike) -> np.ndarray:
    """Return a tensor's values as a NumPy array that cannot be written to.

    Memory: shared with the tensor on the CPU, copied from a GPU. Take `.copy()` of it for one to write to.
    Torch: Tensor.numpy.
    """
    ...

def topk(
    input: ArrayLike,
    k: builtins.int,
    dim: builtins.int = -1,
    largest: builtins.bool = True,
    sorted: builtins.bool = True,
) -> ValuesAndIndices:
    """Return the `k` largest elements along a dimension (or smallest), and their indices.

    They are in order, whether `sorted` or not; of equal ones the first is taken, which torch leaves open.
    Gradient: to the element whose index is returned.
    Raises: RuntimeError for a `k` that is too large, for bools and for complex numbers.
    """
    ...

def trace(input: ArrayLike) -> Array:
    """Return the trace of a matrix, the sum of its diagonal. Shapes: (m, n) -> ().

    Dtypes: integers are summed as int64; 16-bit floats in float32, rounded once.
    Raises: RuntimeError for other shapes.
    """
    ...

def transpose(input: ArrayLike, dim0: builtins.int, dim1: builtins.int) -> Array:
    """Return the tensor with two dimensions exchanged."""
    ...

@overload
def trapezoid(y: ArrayLike, x: ArrayLike, *, dim: builtins.int = -1) -> Array:
    """Return the integral of `y` along `dim` by the trapezoidal rule, at coordinates `x` or with the spacing `dx`.

    Shapes: `x` has one dimension, or broadcasts with `y`.
    Raises: RuntimeError for bools, TypeError for both an `x` and a `dx`.
    """
    ...

@overload
def trapezoid(y: ArrayLike, *, dx: Number | Array = 1, dim: builtins.int = -1) -> Array:
    """Return the integral of `y` along `dim` by the trapezoidal rule, at coordinates `x` or with the spacing `dx`.

    Shapes: `x` has one dimension, or broadcasts with `y`.
    Raises: RuntimeError for bools, TypeError for both an `x` and a `dx`.
    """
    ...

@overload
def trapz(y: ArrayLike, x: ArrayLike, *, dim: builtins.int = -1) -> Array:
    """Return the integral of `y` along `dim` by the trapezoidal rule, at coordinates `x` or with the spacing `dx`.

    Shapes: `x` has one dimension, or broadcasts with `y`.
    Raises: RuntimeError for bools, TypeError for both an `x` and a `dx`.
    """
    ...

@overload
def trapz(y: ArrayLike, *, dx: Number | Array = 1, dim: builtins.int = -1) -> Array:
    """Return the integral of `y` along `dim` by the trapezoidal rule, at coordinates `x` or with the spacing `dx`.

    Shapes: `x` has one dimension, or broadcasts with `y`.
    Raises: RuntimeError for bools, TypeError for both an `x` and a `dx`.
    """
    ...

def tril(input: ArrayLike, diagonal: builtins.int = 0) -> Array:
    """Return the lower triangle of matrices, zeros above a diagonal: 0 is the main one, 1 the one above it.

    Raises: RuntimeError for fewer than 2 dimensions.
    """
    ...

def tril_indices(
    row: builtins.int, col: builtins.int, offset: builtins.int = 0, *, dtype: DTypeLike | None = None
) -> Array:
    """Return the indices of the lower triangle of a (row, col) matrix: rows and columns, in row-major order.

    Shapes: (2, number of elements).
    Raises: RuntimeError for a negative size; NotImplementedError for a dtype other than int32 and int64.
    """
    ...

def triu(input: ArrayLike, diagonal: builtins.int = 0) -> Array:
    """Return the upper triangle of matrices, zeros below a diagonal: 0 is the main one, 1 the one above it.

    Raises: RuntimeError for fewer than 2 dimensions.
    """
    ...

def triu_indices(
    row: builtins.int, col: builtins.int, offset: builtins.int = 0, *, dtype: DTypeLike | None = None
) -> Array:
    """Return the indices of the upper triangle of a (row, col) matrix: rows and columns, in row-major order.

    Shapes: (2, number of elements).
    Raises: RuntimeError for a negative size; NotImplementedError for a dtype other than int32 and int64.
    """
    ...

def true_divide(input: ArrayLike, other: Any, *, rounding_mode: str | None = None) -> Array:
    """Return `input / other`; integers are divided as float32, unless `rounding_mode` is "trunc" or "floor".

    Gradient: 0 with a rounding mode.
    Raises: RuntimeError for an integer division by zero with a rounding mode, where the divisor's values are known.
    """
    ...

def trunc(input: ArrayLike) -> Array:
    """Return each element without its fraction; integers as they are. Gradient: 0."""
    ...

def type(input: ArrayLike, dtype: DTypeLike | None = None) -> Any:
    """Return torch's name of a tensor's type, such as "torch.FloatTensor"; with a dtype, the tensor cast to it.

    Torch: Tensor.type.
    """
    ...

def unbind(input: ArrayLike, dim: builtins.int = 0) -> tuple[Array, ...]:
    """Return the slices of a tensor along a dimension, which is removed, as a tuple."""
    ...

def unflatten(input: ArrayLike, dim: builtins.int, sizes: tuple[builtins.int, ...]) -> Array:
    """Return the tensor with one dimension split into several of these sizes; one may be -1, and is then inferred.

    Raises: RuntimeError where the sizes do not multiply up to that of the dimension.
    """
    ...

def unfold(input: ArrayLike, dimension: builtins.int, size: builtins.int, step: builtins.int) -> Array:
    """Return the sliding windows of `size` elements along a dimension, each `step` after the one before it.

    Shapes: (*, n, *) -> (*, number of windows, *, size).
    Gradient: an element in several windows gets the sum.
    Raises: RuntimeError for a size larger than that of the dimension, and for a step below 1.
    Torch: Tensor.unfold.
    """
    ...

def unique(
    input: ArrayLike,
    sorted: builtins.bool = True,
    return_inverse: builtins.bool = False,
    return_counts: builtins.bool = False,
    dim: builtins.int | None = None,
    *,
    size: builtins.int | None = None,
    fill_value: Any = None,
) -> Any:
    """Return the distinct elements in order, or the distinct slices of a dimension; NaN differs from NaN.

    With `return_inverse` also which of them each element is, with `return_counts` how often each is there.
    They are in order whether `sorted` or not. Under jit and vmap `size` is their number, and `fill_value` stands for
    missing ones.
    Gradient: none, as in torch.
    Raises: NotImplementedError for complex numbers, and for a traced tensor without `size`.
    """
    ...

def unique_consecutive(
    input: ArrayLike,
    return_inverse: builtins.bool = False,
    return_counts: builtins.bool = False,
    dim: builtins.int | None = None,
    *,
    size: builtins.int | None = None,
    fill_value: Any = None,
) -> Any:
    """Return the first element of each run of equal elements, or the first slice of a dimension.

    With `return_inverse` also the run that each element is in, with `return_counts` the length of each run.
    Under jit and vmap `size` is the number of runs, and `fill_value` stands for missing ones.
    Gradient: none, as in torch.
    Raises: NotImplementedError for complex numbers, and for a traced tensor without `size`.
    """
    ...

def unravel_index(indices: Any, shape: builtins.int | Sequence[builtins.int]) -> tuple[Array, ...]:
    """Return the coordinates, in a tensor of a shape, of indices into it flattened: one tensor for each dimension.

    An index out of range is counted modulo the size, as in torch. Shapes: that of `indices` each. Dtypes: int64.
    Raises: TypeError for indices that are not integers, and a `shape` that is not integers; ValueError for a negative
    size; RuntimeError for indices into a tensor without elements.
    """
    ...

def unsqueeze(input: ArrayLike, dim: builtins.int) -> Array:
    """Return the tensor with a dimension of size 1 inserted at `dim`."""
    ...

def vander(x: ArrayLike, N: builtins.int | None = None, increasing: builtins.bool = False) -> Array:
    """Return the Vandermonde matrix of a vector: a row for each element, of its powers from `N - 1` down to 0.

    Shapes: (n) -> (n, N); `N` is n by default.
    Dtypes: bools and integers become int64.
    Raises: RuntimeError for a tensor that is not a vector, and for a negative `N`.
    """
    ...

@overload
def var(
    input: ArrayLike,
    dim: builtins.int | Sequence[builtins.int] | None = None,
    *,
    correction: builtins.float | None = 1,
    keepdim: builtins.bool = False,
) -> Array:
    """Return the variance of all elements, or over `dim`, with `n - correction` as the divisor (jnp.var: n).

    `unbiased` is torch's older argument: True is a correction of 1, False of 0.
    Gradient: NaN or infinite where the divisor is 0, as the value is.
    Raises: RuntimeError for integers and bools.
    """
    ...

@overload
def var(
    input: ArrayLike,
    dim: builtins.int | Sequence[builtins.int],
    unbiased: builtins.bool = True,
    keepdim: builtins.bool = False,
) -> Array:
    """Return the variance of all elements, or over `dim`, with `n - correction` as the divisor (jnp.var: n).

    `unbiased` is torch's older argument: True is a correction of 1, False of 0.
    Gradient: NaN or infinite where the divisor is 0, as the value is.
    Raises: RuntimeError for integers and bools.
    """
    ...

@overload
def var(input: ArrayLike, unbiased: builtins.bool = True) -> Array:
    """Return the variance of all elements, or over `dim`, with `n - correction` as the divisor (jnp.var: n).

    `unbiased` is torch's older argument: True is a correction of 1, False of 0.
    Gradient: NaN or infinite where the divisor is 0, as the value is.
    Raises: RuntimeError for integers and bools.
    """
    ...

@overload
def var_mean(
    input: ArrayLike,
    dim: builtins.int | Sequence[builtins.int] | None = None,
    *,
    correction: builtins.float | None = 1,
    keepdim: builtins.bool = False,
) -> tuple[Array, Array]:
    """Return the variance as `var` does, and the mean.

    Raises: RuntimeError for integers and bools.
    """
    ...

@overload
def var_mean(
    input: ArrayLike,
    dim: builtins.int | Sequence[builtins.int],
    unbiased: builtins.bool = True,
    keepdim: builtins.bool = False,
) -> tuple[Array, Array]:
    """Return the variance as `var` does, and the mean.

    Raises: RuntimeError for integers and bools.
    """
    ...

@overload
def var_mean(input: ArrayLike, unbiased: builtins.bool = True) -> tuple[Array, Array]:
    """Return the variance as `var` does, and the mean.

    Raises: RuntimeError for integers and bools.
    """
    ...

def vdot(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the inner product of two vectors, the first one conjugated. Shapes: (k,), (k,) -> ().

    Raises: RuntimeError for other shapes, and for two dtypes.
    """
    ...

def view(input: ArrayLike, *size: builtins.int | Sequence[builtins.int]) -> Array:
    """Return the elements, in order, in another shape: the same as `reshape`.

    Differs: torch's view of a tensor that is not contiguous is an error; a JAX array has no strides.
    """
    ...

def view_as(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the elements, in order, in the shape of `other`.

    Raises: RuntimeError where the tensors differ in their numbers of elements.
    Differs: torch's view of a tensor that is not contiguous is an error; a JAX array has no strides.
    """
    ...

def view_as_complex(input: ArrayLike) -> Array:
    """Return the complex numbers whose real and imaginary parts lie along the last dimension, of size 2.

    Raises: RuntimeError for another size, and for a dtype other than float32 and float64.
    """
    ...

def view_as_real(input: ArrayLike) -> Array:
    """Return the real and imaginary parts of complex numbers, along a new last dimension of size 2."""
    ...

def vsplit(input: ArrayLike, indices_or_sections: builtins.int | Sequence[builtins.int]) -> tuple[Array, ...]:
    """Return the parts of a tensor along its first dimension: so many equal ones, or those between the given indices.

    Raises: RuntimeError for a vector, and where the dimension cannot be split into equal parts.
    """
    ...

def vstack(tensors: Sequence[ArrayLike]) -> Array:
    """Return tensors joined along their first dimension; a vector is a row.

    Dtypes: promoted.
    """
    ...

def where(condition: ArrayLike, input: ArrayLike | Number, other: ArrayLike | Number) -> Array:
    """Return `input` where the condition is true, else `other`.

    Gradient: 0 for the one that is not chosen, also where it is NaN or infinite.
    Raises: RuntimeError for a condition that is not bool, and for a number too large for the result's dtype.
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

def zero_grad(*variables: Variable, set_to_none: builtins.bool = True) -> Any:
    """Return the Variables without their gradients, or with zeros instead if `set_to_none` is False.

    A `grad` that is None stays None, as in torch. One Variable is returned as it is, several as a tuple.

    Raises: ArgumentTypeError for anything but Variables.
    Torch: torch.optim.Optimizer.zero_grad and torch.nn.Module.zero_grad.
    """
    ...

def zeros(*size: builtins.int | Sequence[builtins.int], dtype: DTypeLike | None = None) -> Array:
    """Return a tensor of zeros, float32 by default (numpy.zeros: float64).

    Raises: TypeError for sizes that are not integers; RuntimeError for negative sizes.
    Torch: torch.zeros.
    """
    ...

def zeros_like(input: ArrayLike, *, dtype: DTypeLike | None = None) -> Array:
    """Return zeros of the shape of `input`, and of its dtype by default. Torch: torch.zeros_like."""
    ...
