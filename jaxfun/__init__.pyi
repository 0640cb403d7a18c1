"""PyTorch's tensors and autograd as pure JAX functions, each one proven against PyTorch."""
# Written by docs/make_stubs.py: the types of the public names.

import builtins
import pathlib
from collections.abc import Callable, Mapping, Sequence
from types import EllipsisType, ModuleType
from typing import Any, Literal, overload

import numpy
from jax import Array
from .core.errors import ArgumentTypeError as ArgumentTypeError
from .core.errors import ArgumentValueError as ArgumentValueError
from .core.types import ArrayLike as ArrayLike
from .core.errors import ConversionError as ConversionError
from .core.dtypes import DType as DType
from .core.errors import DTypeError as DTypeError
from .core.limits import FInfo as FInfo
from .core.errors import GradientError as GradientError
from .ops.reduce.histograms import Histogram as Histogram
from .core.limits import IInfo as IInfo
from .ops.reduce.histograms import JointHistogram as JointHistogram
from .ops.pointwise.floats import MantissaAndExponent as MantissaAndExponent
from .ops.reduce.extrema import MinAndMax as MinAndMax
from .ops.nn.batch_norm import Normalized as Normalized
from .convert.port import Port as Port
from .ops.linalg.factor import QAndR as QAndR
from .core.errors import ShapeError as ShapeError
from .ops.linalg.determinants import SignAndLogarithm as SignAndLogarithm
from .ops.linalg.factor import SingularValues as SingularValues
from .ops.reduce.extrema import ValuesAndIndices as ValuesAndIndices
from .autograd.variable import Variable as Variable
from . import autograd as autograd
from .core import dtypes as dtypes
from .core import errors as errors
from . import fft as fft
from . import linalg as linalg
from . import nn as nn
from . import optim as optim
from . import regression as regression
from . import special as special
from . import table as table
from . import train as train
from .core.types import Number

__version__: builtins.str
DTypeLike = DType | numpy.dtype[Any] | builtins.str | builtins.type

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
    """Return the conjugate transpose of a matrix, or the conjugate of a 0-dim tensor. Torch: Tensor.H.

    Raises: RuntimeError for a tensor with another number of dimensions.
    """
    ...

def T(input: ArrayLike) -> Array:
    """Reverse the order of the dimensions: the transpose of a matrix. Torch: Tensor.T."""
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
    """Return the arccosine of each element in radians, NaN outside [-1, 1]; integers give float32.

    Gradient: minus infinity at -1 and 1.
    """
    ...

def acosh(input: ArrayLike) -> Array:
    """Return the inverse hyperbolic cosine of each element, NaN below 1; integers give float32.

    Gradient: infinite at 1.
    """
    ...

def adaptive_avg_pool1d(
    input: ArrayLike, output_size: builtins.int | tuple[builtins.int, ...] | list[builtins.int]
) -> Array:
    """Apply a 1-D adaptive average pooling over an input of several channels.

    Along each dimension, window i of m starts at floor(i * size / m) and ends before ceil((i + 1) * size / m).
    Shapes: (n, c, length) -> (n, c, output_size), or without n.
    Raises: RuntimeError for a negative size, and for an empty input.
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

    Shapes: (m, n) after broadcasting, (b, m, k), (b, k, n) -> (m, n).
    With beta=0 the input is ignored, even if it is NaN.
    Raises: RuntimeError for other shapes, for different dtypes, and for a factor that the dtype cannot hold.
    """
    ...

def addcdiv(input: ArrayLike, tensor1: ArrayLike, tensor2: ArrayLike, *, value: Number | Array = 1) -> Array:
    """Return `input + value * tensor1 / tensor2`.

    Raises: RuntimeError if `tensor1` and `tensor2` are both integers, and for a value that the result's dtype cannot
    hold.
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
    """Return `beta * input + alpha * mat1 @ mat2`. Shapes: (m, n) after broadcasting, (m, k), (k, n) -> (m, n).

    With beta=0 the input is ignored, even if it is NaN.
    Raises: RuntimeError for other shapes, for different dtypes, and for a factor that the dtype cannot hold.
    """
    ...

def addmv(
    input: ArrayLike, mat: ArrayLike, vec: ArrayLike, *, beta: Number | Array = 1, alpha: Number | Array = 1
) -> Array:
    """Return `beta * input + alpha * mat @ vec`. Shapes: (m,) after broadcasting, (m, k), (k,) -> (m,).

    With beta=0 the input is ignored, even if it is NaN.
    Raises: RuntimeError for other shapes, for different dtypes, and for a factor that the dtype cannot hold.
    """
    ...

def addr(
    input: ArrayLike, vec1: ArrayLike, vec2: ArrayLike, *, beta: Number | Array = 1, alpha: Number | Array = 1
) -> Array:
    """Return `beta * input + alpha * outer(vec1, vec2)`. Shapes: (m, n) after broadcasting, (m,), (n,) -> (m, n).

    With beta=0 the input is ignored, even if it is NaN.
    Dtypes: promoted; for bools the result is `input and beta or vec1 and vec2 and alpha`.
    Raises: RuntimeError for other shapes, and for a factor of a higher category than the result, or too large for it.
    """
    ...

def adjoint(input: ArrayLike) -> Array:
    """Return the conjugate transpose of each matrix of a batch, or the conjugate of a 0-dim tensor.

    Raises: RuntimeError for a vector.
    """
    ...

def alias_copy(input: ArrayLike) -> Array:
    """Return the same values. JAX's arrays never change, and have no strides: nothing is copied.

    Gradient: that of the identity.
    Torch: torch.clone, torch.alias_copy, Tensor.contiguous.
    """
    ...

def all(
    input: ArrayLike,
    dim: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None,
    keepdim: builtins.bool = False,
) -> Array:
    """Return whether all elements are nonzero, or all along `dim`; `dim=()` reduces nothing.

    Dtypes: bool; uint8 gives uint8.
    """
    ...

def allclose(
    input: ArrayLike,
    other: ArrayLike,
    rtol: Number | Array = 1e-05,
    atol: Number | Array = 1e-08,
    equal_nan: builtins.bool = False,
) -> Array:
    """Return whether `isclose` is true for all elements, as a 0-dim bool (torch returns a Python bool).

    Raises: RuntimeError for different dtypes, and for a negative tolerance.
    """
    ...

def alpha_dropout(
    input: ArrayLike, p: builtins.float = 0.5, training: builtins.bool = False, *, key: Array | None = None
) -> Array:
    """Apply alpha dropout: set elements to the negative saturation value of `selu` with probability `p` in training.

    The result is then scaled and shifted, so that mean 0 and variance 1 of the input are preserved. Without `training`
    the input is returned unchanged.
    Raises: like `dropout`.
    Torch: torch.alpha_dropout, torch.nn.functional.alpha_dropout.
    """
    ...

def amax(
    input: ArrayLike,
    dim: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = (),
    keepdim: builtins.bool = False,
) -> Array:
    """Return the maximum of all elements, or over `dim` (an integer or a tuple).

    Gradient: split evenly among equal elements.
    Raises: RuntimeError for an empty tensor without `dim`; IndexError for a `dim` of size 0.
    """
    ...

def amin(
    input: ArrayLike,
    dim: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = (),
    keepdim: builtins.bool = False,
) -> Array:
    """Return the minimum of all elements, or over `dim` (an integer or a tuple).

    Gradient: split evenly among equal elements.
    Raises: RuntimeError for an empty tensor without `dim`; IndexError for a `dim` of size 0.
    """
    ...

def aminmax(input: ArrayLike, *, dim: builtins.int | None = None, keepdim: builtins.bool = False) -> MinAndMax:
    """Return the minimum and the maximum of all elements, or along `dim`, as a named tuple `(min, max)`.

    Gradient: split evenly among equal elements.
    Raises: RuntimeError for an empty tensor without `dim`; IndexError for a `dim` of size 0.
    """
    ...

def angle(input: ArrayLike) -> Array:
    """Return the angle of each element in radians. For a real element: pi if negative, else 0; NaN for NaN.

    Gradient: 0 at 0, and for real elements.
    """
    ...

def any(
    input: ArrayLike,
    dim: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None,
    keepdim: builtins.bool = False,
) -> Array:
    """Return whether any element is nonzero, or any along `dim`; `dim=()` reduces nothing.

    Dtypes: bool; uint8 gives uint8.
    """
    ...

def arange(
    start: ArrayLike | Number,
    end: ArrayLike | Number | None = None,
    step: ArrayLike | Number = 1,
    *,
    dtype: DTypeLike | None = None,
) -> Array:
    """Return the numbers from `start` to `end` (exclusive) in steps of `step`.

    Dtypes: int64 if all arguments are integers, else float32. Each element is rounded once; in torch's vectorised
    kernel a few elements are rounded twice and differ by at most one ULP of the ends.
    Raises: RuntimeError for a step of 0, or with the wrong sign; NotImplementedError for bool and complex.
    Torch: torch.arange.
    """
    ...

def arccos(input: ArrayLike) -> Array:
    """Return the arccosine of each element in radians, NaN outside [-1, 1]; integers give float32.

    Gradient: minus infinity at -1 and 1.
    """
    ...

def arccosh(input: ArrayLike) -> Array:
    """Return the inverse hyperbolic cosine of each element, NaN below 1; integers give float32.

    Gradient: infinite at 1.
    """
    ...

def arcsin(input: ArrayLike) -> Array:
    """Return the arcsine of each element in radians, NaN outside [-1, 1]; integers give float32.

    Gradient: infinite at -1 and 1.
    """
    ...

def arcsinh(input: ArrayLike) -> Array:
    """Return the inverse hyperbolic sine of each element; integers give float32."""
    ...

def arctan(input: ArrayLike) -> Array:
    """Return the arctangent of each element in radians; integers give float32."""
    ...

def arctan2(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the angle in radians, in [-pi, pi], of each point with y = `input` and x = `other`.

    Gradient: 0 at the origin.
    Dtypes: integers give float32.
    """
    ...

def arctanh(input: ArrayLike) -> Array:
    """Return the inverse hyperbolic tangent of each element, NaN outside [-1, 1]; integers give float32.

    Gradient: infinite at -1 and 1.
    """
    ...

def argmax(input: ArrayLike, dim: builtins.int | None = None, keepdim: builtins.bool = False) -> Array:
    """Return the index of the maximum, in the flattened tensor or along `dim`; the first one of equal elements.

    Raises: IndexError for an empty tensor, or a `dim` of size 0.
    """
    ...

def argmin(input: ArrayLike, dim: builtins.int | None = None, keepdim: builtins.bool = False) -> Array:
    """Return the index of the minimum, in the flattened tensor or along `dim`; the first one of equal elements.

    Raises: IndexError for an empty tensor, or a `dim` of size 0.
    """
    ...

@overload
def argsort(input: ArrayLike, dim: builtins.int = -1, descending: builtins.bool = False) -> Array:
    """Return the indices that sort the elements along `dim`.

    The sort is stable. torch promises that only for `stable=True`.
    Raises: RuntimeError for complex numbers.
    """
    ...

@overload
def argsort(
    input: ArrayLike, *, stable: builtins.bool, dim: builtins.int = -1, descending: builtins.bool = False
) -> Array:
    """Return the indices that sort the elements along `dim`.

    The sort is stable. torch promises that only for `stable=True`.
    Raises: RuntimeError for complex numbers.
    """
    ...

def argwhere(input: ArrayLike, *, size: builtins.int | None = None, fill_value: builtins.int = 0) -> Array:
    """Return the indices of the nonzero elements, one row each, like `nonzero`.

    Dtypes: int64.
    """
    ...

def asin(input: ArrayLike) -> Array:
    """Return the arcsine of each element in radians, NaN outside [-1, 1]; integers give float32.

    Gradient: infinite at -1 and 1.
    """
    ...

def asinh(input: ArrayLike) -> Array:
    """Return the inverse hyperbolic sine of each element; integers give float32."""
    ...

def atan(input: ArrayLike) -> Array:
    """Return the arctangent of each element in radians; integers give float32."""
    ...

def atan2(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the angle in radians, in [-pi, pi], of each point with y = `input` and x = `other`.

    Gradient: 0 at the origin.
    Dtypes: integers give float32.
    """
    ...

def atanh(input: ArrayLike) -> Array:
    """Return the inverse hyperbolic tangent of each element, NaN outside [-1, 1]; integers give float32.

    Gradient: infinite at -1 and 1.
    """
    ...

def atleast_1d(*tensors: ArrayLike | Sequence[ArrayLike]) -> Any:
    """Reshape each input to at least one dimension. Several inputs give a tuple."""
    ...

def atleast_2d(*tensors: ArrayLike | Sequence[ArrayLike]) -> Any:
    """Reshape each input to at least two dimensions; new ones come first. Several inputs give a tuple."""
    ...

def atleast_3d(*tensors: ArrayLike | Sequence[ArrayLike]) -> Any:
    """Reshape each input to at least three dimensions. Several inputs give a tuple.

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
    """Apply a 1-D average pooling over an input of several channels.

    `stride` defaults to `kernel_size`. Padding is zeros, and counts in the average if `count_include_pad`. With
    `ceil_mode` the last window may extend beyond the padding; elements there are never counted.
    Shapes: (n, c, length) -> (n, c, *), or without n.
    Dtypes: int64 averages are truncated toward 0.
    Raises: RuntimeError for padding of more than half the window, and if no window fits.
    Torch: torch.avg_pool1d, torch.nn.functional.avg_pool1d.
    """
    ...

def backward(f: Callable[..., Any], *variables: Any, gradient: ArrayLike | Number | None = None) -> Any:
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
    """Return `beta * input + alpha * batch1 @ batch2` for batches of matrices.

    Shapes: (b, m, n) after broadcasting, (b, m, k), (b, k, n) -> (b, m, n).
    With beta=0 the input is ignored, even if it is NaN.
    Raises: RuntimeError for other shapes, for different dtypes, and for a factor that the dtype cannot hold.
    """
    ...

def batch_norm(
    input: ArrayLike,
    running_mean: ArrayLike | None,
    running_var: ArrayLike | None,
    weight: ArrayLike | None = None,
    bias: ArrayLike | None = None,
    training: builtins.bool = False,
    momentum: Number | Array = 0.1,
    eps: Number | Array = 1e-05,
) -> Array | Normalized:
    """Apply batch normalisation to each channel: `(x - mean) / sqrt(var + eps) * weight + bias`.

    In training, mean and variance are those of the batch; otherwise they are the running statistics. In training with
    running statistics, the result is a named tuple `(output, running_mean, running_var)` with the updated statistics,
    like that of torch's `_native_batch_norm_legit_functional`. The update is
    `(1 - momentum) * running + momentum * batch`, with the unbiased variance (divisor n - 1).

    Shapes: input (m, n, *), weights and statistics (n) -> (m, n, *).
    Dtypes: 16-bit floats are computed in float32; their weights and statistics may be float32.
    Gradient: none through running statistics.
    Raises: RuntimeError for other shapes and dtypes; ValueError in training if a channel has only one value.
    Torch: torch.nn.functional.batch_norm.
    """
    ...

def bilinear(input1: ArrayLike, input2: ArrayLike, weight: ArrayLike, bias: ArrayLike | None = None) -> Array:
    """Apply a bilinear transformation: `input1 @ weight[o] @ input2 + bias[o]` for each output `o`.

    Shapes: (*, n), (*, k), (o, n, k), (o) -> (*, o).
    Dtypes: 16-bit floats are computed in float32 and rounded once.
    Raises: RuntimeError for other shapes, and for different dtypes.
    Torch: torch.nn.functional.bilinear.
    """
    ...

def bincount(
    input: ArrayLike, weights: ArrayLike | None = None, minlength: builtins.int = 0, *, size: builtins.int | None = None
) -> Array:
    """Return the number of occurrences of each integer from 0 to the maximum, or the sum of their weights.

    The result has at least `minlength` elements.
    With `size`, which jit needs, it has `size` elements; larger integers are ignored.
    Dtypes: float32 weights are summed in float32, others in float64.
    Raises: RuntimeError for negative integers. Traced negative integers are ignored.
    """
    ...

def bitwise_and(input: ArrayLike | Number, other: ArrayLike | Number) -> Array:
    """Return the bitwise AND of integers or bools.

    Raises: NotImplementedError for floating point and complex tensors.
    """
    ...

def bitwise_left_shift(input: ArrayLike | Number, other: ArrayLike | Number) -> Array:
    """Shift the bits of integers left by `other` positions; 0 if `other` is negative or at least the number of bits.

    Raises: NotImplementedError for dtypes other than integers.
    """
    ...

def bitwise_not(input: ArrayLike) -> Array:
    """Return the bitwise NOT of an integer, or the logical NOT of a bool.

    Raises: NotImplementedError for floating point and complex tensors.
    """
    ...

def bitwise_or(input: ArrayLike | Number, other: ArrayLike | Number) -> Array:
    """Return the bitwise OR of integers or bools.

    Raises: NotImplementedError for floating point and complex tensors.
    """
    ...

def bitwise_right_shift(input: ArrayLike | Number, other: ArrayLike | Number) -> Array:
    """Shift the bits of integers right by `other` positions (arithmetic shift: the sign is kept).

    If `other` is negative or at least the number of bits, the result is 0, or -1 for a negative integer.
    Raises: NotImplementedError for dtypes other than integers.
    """
    ...

def bitwise_xor(input: ArrayLike | Number, other: ArrayLike | Number) -> Array:
    """Return the bitwise XOR of integers or bools.

    Raises: NotImplementedError for floating point and complex tensors.
    """
    ...

def block_diag(*tensors: ArrayLike) -> Array:
    """Return the block diagonal matrix of the given matrices, with zeros elsewhere; a vector is a row.

    Shapes: (m, n), (k, p) -> (m + k, n + p).
    Dtypes: promoted.
    Raises: RuntimeError for more than 2 dimensions.
    """
    ...

def bmm(input: ArrayLike, mat2: ArrayLike) -> Array:
    """Return the matrix products of two batches. Shapes: (b, m, k), (b, k, n) -> (b, m, n).

    Raises: RuntimeError for other shapes, and for different dtypes.
    """
    ...

def broadcast_shapes(*shapes: builtins.int | Sequence[builtins.int]) -> tuple[builtins.int, ...]:
    """Return the shape that the given shapes broadcast to. An integer is a shape with one dimension.

    Raises: RuntimeError for shapes that do not broadcast; ValueError for a negative size.
    """
    ...

def broadcast_tensors(*tensors: ArrayLike | Sequence[ArrayLike]) -> tuple[Array, ...]:
    """Broadcast the tensors to their common shape.

    Raises: RuntimeError if the shapes do not broadcast.
    """
    ...

def broadcast_to(input: ArrayLike, size: tuple[builtins.int, ...]) -> Array:
    """Return the tensor broadcast to the shape `size`; -1 keeps a size.

    Raises: RuntimeError if the tensor does not broadcast to the shape.
    """
    ...

def bucketize(
    input: ArrayLike | Number, boundaries: ArrayLike, *, out_int32: builtins.bool = False, right: builtins.bool = False
) -> Array:
    """Return the bucket of each value between sorted boundaries. A bucket includes its upper boundary unless `right`.

    Dtypes: the arguments are promoted; the result is int64, or int32 with `out_int32`.
    Raises: RuntimeError for boundaries that are not 1-D.
    """
    ...

def can_cast(from_: DTypeLike, to: DTypeLike) -> builtins.bool:
    """Return whether torch's rules let `from_` be cast to `to` in place. Torch: torch.can_cast."""
    ...

def cartesian_prod(*tensors: ArrayLike) -> Array:
    """Return the Cartesian product of vectors, one row per combination. A single vector is returned unchanged.

    Shapes: (m,), (n,) -> (m n, 2); (n,) -> (n,).
    Raises: RuntimeError for tensors that are not 1-D, and for different dtypes.
    """
    ...

def cat(tensors: Sequence[ArrayLike], dim: builtins.int = 0) -> Array:
    """Concatenate the tensors along an existing dimension. Their other sizes must be equal.

    Dtypes: promoted.
    Raises: ValueError for no tensors; RuntimeError for sizes that differ. A tensor of shape (0,) is always ignored
    (torch keeps this for old code).
    """
    ...

def cdist(
    x1: ArrayLike, x2: ArrayLike, p: builtins.float = 2.0, compute_mode: str = "use_mm_for_euclid_dist_if_necessary"
) -> Array:
    """Return the p-norm distance between each pair of rows of `x1` and `x2`; batches broadcast.

    `p` is 0 (the number of elements that differ), a positive number, or infinity (the largest difference).
    Shapes: (*, m, k), (*, n, k) -> (*, m, n).
    Gradient: 0 where the distance is 0.
    Raises: RuntimeError for other shapes, for a negative p, and for dtypes other than float32 and float64.
    Differs: `compute_mode` has no effect: the differences are always computed directly, which loses no digits.
    """
    ...

def ceil(input: ArrayLike) -> Array:
    """Return the ceiling of each element; integers are unchanged. Gradient: 0."""
    ...

def celu(input: ArrayLike, alpha: Number | Array = 1.0) -> Array:
    """Apply the continuously differentiable ELU: `x` if `x > 0`, else `alpha (exp(x / alpha) - 1)`.

    Raises: RuntimeError for an `alpha` of 0.
    Torch: torch.celu, torch.nn.functional.celu.
    """
    ...

def chain_matmul(*matrices: ArrayLike) -> Array:
    """Return the product of a chain of matrices, multiplied in the order with the fewest operations.

    Raises: RuntimeError for shapes that do not fit, and for different dtypes.
    """
    ...

def channel_shuffle(input: ArrayLike, groups: builtins.int) -> Array:
    """Divide the channels into `groups` groups, and interleave the groups.

    Shapes: (n, c, *) -> (n, c, *).
    Raises: RuntimeError for fewer than 3 dimensions, and unless a positive `groups` divides the number of channels.
    Torch: torch.channel_shuffle, torch.nn.functional.channel_shuffle.
    """
    ...

def cholesky(input: ArrayLike, upper: builtins.bool = False) -> Array:
    """Return the Cholesky factor of each matrix `input = L Lᴴ`: L, or Lᴴ if `upper`. Shapes: (*, n, n) -> (*, n, n).

    Only the returned triangle of the input is read.
    Gradient: that of a Hermitian input; it is symmetric.
    Raises: RuntimeError for other shapes, for dtypes other than float32, float64 and the complex ones, and for a matrix
    that is not positive definite. Under jit the result for such a matrix is NaN.
    """
    ...

def cholesky_inverse(input: ArrayLike, upper: builtins.bool = False) -> Array:
    """Return the inverse of each matrix from its Cholesky factor: the inverse of `L Lᴴ`, or of Uᴴ U if `upper`.

    Only that triangle of the factor is read. Shapes: (*, n, n) -> (*, n, n).
    Gradient: that of the product `L Lᴴ`, for the unread triangle of `input` too, as in torch.
    Raises: RuntimeError for other shapes, for dtypes other than float32, float64 and the complex ones, and for a 0 on a
    diagonal. Under jit the result for such a factor is not finite.
    """
    ...

def cholesky_solve(input: ArrayLike, input2: ArrayLike, upper: builtins.bool = False) -> Array:
    """Solve `A X = input`, given the Cholesky factor `input2` of A = L Lᴴ, or of A = Uᴴ U if `upper`.

    Only that triangle of the factor is read. Shapes: (*, n, k), (*, n, n) -> (*, n, k); batches broadcast.
    Gradient: that of the product `L Lᴴ`, for the unread triangle of `input2` too, as in torch.
    Raises: RuntimeError for other shapes, different dtypes, and dtypes other than float32, float64 and the complex
    ones.
    """
    ...

def chunk(input: ArrayLike, chunks: builtins.int, dim: builtins.int = 0) -> tuple[Array, ...]:
    """Split a tensor into at most `chunks` parts of equal size along a dimension; the last may be smaller.

    Raises: RuntimeError for fewer than 1 chunk.
    """
    ...

def clamp(input: ArrayLike, min: ArrayLike | Number | None = None, max: ArrayLike | Number | None = None) -> Array:
    """Clamp each element to `[min, max]`: numbers, or tensors that broadcast.

    Gradient: 1 at a bound (jnp.clip has 0.5), 0 outside and at NaN; for a tensor of bounds 1 where the bound is used.
    Raises: RuntimeError if both bounds are None, or a number is too large for the result's dtype; TypeError for a
    number together with a tensor that is not 0-dim.
    """
    ...

@overload
def clamp_max(input: ArrayLike, max: Number | Array) -> Array:
    """Clamp each element to at most `max`, a number or a tensor that broadcasts.

    Gradient: 1 at the bound, 0 above it and at NaN; for a tensor of bounds 1 where the bound is used.
    Raises: RuntimeError for a number too large for the result's dtype.
    """
    ...

@overload
def clamp_max(input: ArrayLike, max: ArrayLike) -> Array:
    """Clamp each element to at most `max`, a number or a tensor that broadcasts.

    Gradient: 1 at the bound, 0 above it and at NaN; for a tensor of bounds 1 where the bound is used.
    Raises: RuntimeError for a number too large for the result's dtype.
    """
    ...

@overload
def clamp_min(input: ArrayLike, min: Number | Array) -> Array:
    """Clamp each element to at least `min`, a number or a tensor that broadcasts.

    Gradient: 1 at the bound, 0 below it and at NaN; for a tensor of bounds 1 where the bound is used.
    Raises: RuntimeError for a number too large for the result's dtype.
    """
    ...

@overload
def clamp_min(input: ArrayLike, min: ArrayLike) -> Array:
    """Clamp each element to at least `min`, a number or a tensor that broadcasts.

    Gradient: 1 at the bound, 0 below it and at NaN; for a tensor of bounds 1 where the bound is used.
    Raises: RuntimeError for a number too large for the result's dtype.
    """
    ...

def clip(input: ArrayLike, min: ArrayLike | Number | None = None, max: ArrayLike | Number | None = None) -> Array:
    """Clamp each element to `[min, max]`: numbers, or tensors that broadcast.

    Gradient: 1 at a bound (jnp.clip has 0.5), 0 outside and at NaN; for a tensor of bounds 1 where the bound is used.
    Raises: RuntimeError if both bounds are None, or a number is too large for the result's dtype; TypeError for a
    number together with a tensor that is not 0-dim.
    """
    ...

def clone(input: ArrayLike) -> Array:
    """Return the same values. JAX's arrays never change, and have no strides: nothing is copied.

    Gradient: that of the identity.
    Torch: torch.clone, torch.alias_copy, Tensor.contiguous.
    """
    ...

def column_stack(tensors: Sequence[ArrayLike]) -> Array:
    """Concatenate tensors along their second dimension; a vector is a column.

    Dtypes: promoted.
    """
    ...

def combinations(input: ArrayLike, r: builtins.int = 2, with_replacement: builtins.bool = False) -> Array:
    """Return the combinations of `r` elements of a vector, one row each, in the order of Python's itertools.

    Raises: RuntimeError for a tensor that is not 1-D, and for a negative `r`.
    """
    ...

def complex(real: ArrayLike, imag: ArrayLike) -> Array:
    """Return complex numbers with the given real and imaginary parts, both float32 or both float64.

    Raises: RuntimeError for other dtypes, and for two different dtypes.
    """
    ...

def concat(tensors: Sequence[ArrayLike], dim: builtins.int = 0) -> Array:
    """Concatenate the tensors along an existing dimension. Their other sizes must be equal.

    Dtypes: promoted.
    Raises: ValueError for no tensors; RuntimeError for sizes that differ. A tensor of shape (0,) is always ignored
    (torch keeps this for old code).
    """
    ...

def concatenate(tensors: Sequence[ArrayLike], dim: builtins.int = 0) -> Array:
    """Concatenate the tensors along an existing dimension. Their other sizes must be equal.

    Dtypes: promoted.
    Raises: ValueError for no tensors; RuntimeError for sizes that differ. A tensor of shape (0,) is always ignored
    (torch keeps this for old code).
    """
    ...

def conj(input: ArrayLike) -> Array:
    """Return the complex conjugate of each element; a real tensor is returned unchanged."""
    ...

def conj_physical(input: ArrayLike) -> Array:
    """Return the complex conjugate of each element, like `conj`: JAX has no lazy conjugation."""
    ...

def constant_pad_nd(input: ArrayLike, pad: Sequence[builtins.int], value: Number | Array = 0) -> Array:
    """Pad a tensor with a constant: `pad` is (before, after) for the last dimension, then for the second to last.

    A negative number crops.
    Raises: RuntimeError for a `pad` that does not fit the shape, and for a `value` that the dtype cannot hold.
    """
    ...

def contiguous(input: ArrayLike) -> Array:
    """Return the same values. JAX's arrays never change, and have no strides: nothing is copied.

    Gradient: that of the identity.
    Torch: torch.clone, torch.alias_copy, Tensor.contiguous.
    """
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
    """Apply a 1-D convolution over an input of several channels.

    As in torch, it is a cross-correlation: the kernel is not flipped. `padding` is the number of zeros at both
    ends, "valid" for no padding, or "same" for an output of the input's length.
    Shapes: (n, i, l), (o, i / groups, k) -> (n, o, *), or without n.
    Dtypes: 16-bit floats are computed in float32, and rounded once.
    Raises: RuntimeError for other shapes, a kernel larger than the padded input, and tensors of different dtypes.
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
    """Apply a 2-D convolution over an input of several channels.

    As in torch, it is a cross-correlation: the kernel is not flipped. `padding` is the number of zeros at both
    ends of every dimension, or one number for each; "valid" is no padding, "same" an output of the input's size.
    Shapes: (n, i, h, w), (o, i / groups, kh, kw) -> (n, o, *), or without n.
    Dtypes: 16-bit floats are computed in float32, and rounded once.
    Raises: RuntimeError for other shapes, a kernel larger than the padded input, and tensors of different dtypes.
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
    """Apply a 3-D convolution over an input of several channels.

    As in torch, it is a cross-correlation: the kernel is not flipped. `padding` is the number of zeros at both
    ends of every dimension, or one number for each; "valid" is no padding, "same" an output of the input's size.
    Shapes: (n, i, d, h, w), (o, i / groups, kd, kh, kw) -> (n, o, *), or without n.
    Dtypes: 16-bit floats are computed in float32, and rounded once.
    Raises: RuntimeError for other shapes, a kernel larger than the padded input, and tensors of different dtypes.
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
    """Apply a 1-D transposed convolution ("deconvolution") over an input of several channels.

    It is the gradient of `conv1d` with respect to its input. `padding` removes that many elements from both
    ends of each dimension of the result, `output_padding` adds that many at the end.
    Shapes: (n, i, l), (i, o / groups, k) -> (n, o, *), or without n.
    Dtypes: 16-bit floats are computed in float32, and rounded once.
    Raises: RuntimeError for other shapes, an `output_padding` not smaller than the stride or the dilation, and tensors
    of different dtypes.
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
    """Apply a 2-D transposed convolution ("deconvolution") over an input of several channels.

    It is the gradient of `conv2d` with respect to its input. `padding` removes that many elements from both
    ends of each dimension of the result, `output_padding` adds that many at the end.
    Shapes: (n, i, h, w), (i, o / groups, kh, kw) -> (n, o, *), or without n.
    Dtypes: 16-bit floats are computed in float32, and rounded once.
    Raises: RuntimeError for other shapes, an `output_padding` not smaller than the stride or the dilation, and tensors
    of different dtypes.
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
    """Apply a 3-D transposed convolution ("deconvolution") over an input of several channels.

    It is the gradient of `conv3d` with respect to its input. `padding` removes that many elements from both
    ends of each dimension of the result, `output_padding` adds that many at the end.
    Shapes: (n, i, d, h, w), (i, o / groups, kd, kh, kw) -> (n, o, *), or without n.
    Dtypes: 16-bit floats are computed in float32, and rounded once.
    Raises: RuntimeError for other shapes, an `output_padding` not smaller than the stride or the dilation, and tensors
    of different dtypes.
    Torch: torch.conv_transpose3d, torch.nn.functional.conv_transpose3d.
    """
    ...

def convolution(
    input: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike,
    stride: builtins.int | tuple[builtins.int, ...],
    padding: builtins.int | tuple[builtins.int, ...],
    dilation: builtins.int | tuple[builtins.int, ...],
    transposed: builtins.bool,
    output_padding: builtins.int | tuple[builtins.int, ...],
    groups: builtins.int,
) -> Array:
    """Apply a convolution, or a transposed convolution, over a batch. The kernel determines the number of dimensions.

    Shapes: (n, i, *), (o, i / groups, *) -> (n, o, *); transposed (n, i, *), (i, o / groups, *) -> (n, o, *).
    Dtypes: 16-bit floats are computed in float32, and rounded once.
    Raises: RuntimeError for other shapes, tensors of different dtypes, and complex numbers.
    """
    ...

@overload
def copysign(input: ArrayLike, other: ArrayLike) -> Array:
    """Return `input` with the sign of `other`, also for -0 and NaN; integers give float32.

    Gradient: 1 or -1 for `input`, 0 where `input` is 0; 0 for `other`.
    """
    ...

@overload
def copysign(input: ArrayLike, other: ArrayLike | Number) -> Array:
    """Return `input` with the sign of `other`, also for -0 and NaN; integers give float32.

    Gradient: 1 or -1 for `input`, 0 where `input` is 0; 0 for `other`.
    """
    ...

def corrcoef(input: ArrayLike) -> Array:
    """Return the correlation matrix of variables (rows) over observations (columns): covariances scaled to [-1, 1].

    Shapes: (m, n) -> (m, m); a 0-dim or 1-D tensor is one variable.
    Dtypes: integers give float32; 16-bit floats are computed in float32 and rounded once.
    Raises: RuntimeError for bools.
    """
    ...

def cos(input: ArrayLike) -> Array:
    """Return the cosine of each element, in radians; integers give float32."""
    ...

def cosh(input: ArrayLike) -> Array:
    """Return the hyperbolic cosine of each element; integers give float32."""
    ...

def cosine_similarity(x1: ArrayLike, x2: ArrayLike, dim: builtins.int = 1, eps: builtins.float = 1e-08) -> Array:
    """Return the cosine similarity of `x1` and `x2` along `dim`, with broadcasting.

    Both norms are clamped to at least `eps`, to avoid a division by 0.
    Gradient: passes through the clamp unchanged; that of a norm is 0 where the norm is 0.
    Raises: RuntimeError if the promoted dtype is not floating point.
    Torch: torch.cosine_similarity, torch.nn.functional.cosine_similarity.
    """
    ...

def count_nonzero(
    input: ArrayLike, dim: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None
) -> Array:
    """Return the number of nonzero elements, or their number over `dim` (an integer or a tuple).

    NaN is nonzero.
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

    `fweights` are the counts of the observations, `aweights` their importance weights.
    Shapes: (m, n) -> (m, m); a 0-dim or 1-D tensor is one variable.
    Dtypes: integers give float32; 16-bit floats are computed in float32 and rounded once.
    Raises: RuntimeError for bools, and for weights that are negative or sum to 0. For such traced weights the result is
    NaN or infinite.
    """
    ...

def cross(input: ArrayLike, other: ArrayLike, dim: builtins.int | None = None) -> Array:
    """Return the cross product of 3-element vectors along `dim`, by default the first dimension of size 3.

    Shapes: both tensors have the same number of dimensions, and broadcast.
    Raises: RuntimeError for other shapes, and for different dtypes.
    """
    ...

def cummax(input: ArrayLike, dim: builtins.int) -> ValuesAndIndices:
    """Return the cumulative maximum along `dim` and its index, the last one of equal elements.

    Gradient: all to the element whose index is returned.
    """
    ...

def cummin(input: ArrayLike, dim: builtins.int) -> ValuesAndIndices:
    """Return the cumulative minimum along `dim` and its index, the last one of equal elements.

    Gradient: all to the element whose index is returned.
    """
    ...

def cumprod(input: ArrayLike, dim: builtins.int, *, dtype: DTypeLike | None = None) -> Array:
    """Return the cumulative product along `dim`.

    Gradient: exact also if elements are 0.
    Dtypes: as for `cumsum`.
    """
    ...

def cumsum(input: ArrayLike, dim: builtins.int, *, dtype: DTypeLike | None = None) -> Array:
    """Return the cumulative sum along `dim`.

    Dtypes: integers and bools are summed in int64; 16-bit floats in float32, and each result is rounded once.
    """
    ...

@overload
def cumulative_trapezoid(y: ArrayLike, x: ArrayLike, *, dim: builtins.int = -1) -> Array:
    """Return the cumulative integral of `y` along `dim` by the trapezoidal rule, from the second element on.

    The samples are at coordinates `x`, or have the spacing `dx`.
    Raises: RuntimeError for bools; TypeError if both `x` and `dx` are given.
    """
    ...

@overload
def cumulative_trapezoid(y: ArrayLike, *, dx: Number | Array = 1, dim: builtins.int = -1) -> Array:
    """Return the cumulative integral of `y` along `dim` by the trapezoidal rule, from the second element on.

    The samples are at coordinates `x`, or have the spacing `dx`.
    Raises: RuntimeError for bools; TypeError if both `x` and `dx` are given.
    """
    ...

def deg2rad(input: ArrayLike) -> Array:
    """Convert each element from degrees to radians; integers give float32.

    Raises: NotImplementedError for complex numbers.
    """
    ...

def det(input: ArrayLike) -> Array:
    """Return the determinant of each square matrix. Shapes: (*, n, n) -> (*).

    Gradient: the cofactors; 0 for a determinant of 0 (as in torch's backward() without create_graph=True).
    Raises: RuntimeError for other shapes, and for dtypes other than float32, float64 and the complex ones.
    """
    ...

def detach(input: ArrayLike | Variable) -> Any:
    """Return the same values without a gradient: `grad` and `backward` treat them as constants.

    A Variable becomes a Variable with `requires_grad=False` and no `grad`.

    Gradient: none. JAX's own `jax.grad` gives 0.
    """
    ...

def detach_copy(input: ArrayLike) -> Array:
    """Return the same values without a gradient."""
    ...

def diag(input: ArrayLike, diagonal: builtins.int = 0) -> Array:
    """Return a square matrix with a vector on its diagonal, or the diagonal of a matrix; 1 is above the main one.

    Raises: RuntimeError for a tensor that is not 1-D or 2-D.
    """
    ...

def diag_embed(input: ArrayLike, offset: builtins.int = 0, dim1: builtins.int = -2, dim2: builtins.int = -1) -> Array:
    """Return matrices with the last dimension of `input` on their diagonals, and zeros elsewhere.

    Shapes: (*, n) -> (*, n + |offset|, n + |offset|); `dim1` and `dim2` are the positions of the two new dimensions.
    Raises: RuntimeError if the two dimensions are the same.
    """
    ...

def diagflat(input: ArrayLike, offset: builtins.int = 0) -> Array:
    """Return a square matrix with the flattened input on its diagonal, and zeros elsewhere."""
    ...

def diagonal(input: ArrayLike, offset: builtins.int = 0, dim1: builtins.int = 0, dim2: builtins.int = 1) -> Array:
    """Return the diagonal over two dimensions as the last dimension; `offset=1` is the diagonal above the main one.

    Raises: RuntimeError if the two dimensions are the same.
    Torch: torch.diagonal, which returns a view; here the result is a new array.
    """
    ...

def diagonal_copy(input: ArrayLike, offset: builtins.int = 0, dim1: builtins.int = 0, dim2: builtins.int = 1) -> Array:
    """Return the diagonal over two dimensions as the last dimension; `offset=1` is the diagonal above the main one.

    Raises: RuntimeError if the two dimensions are the same.
    Torch: torch.diagonal, which returns a view; here the result is a new array.
    """
    ...

def diagonal_scatter(
    input: ArrayLike, src: ArrayLike, offset: builtins.int = 0, dim1: builtins.int = 0, dim2: builtins.int = 1
) -> Array:
    """Return `input` with its diagonal (see `diagonal`) replaced by `src`.

    Dtypes: those of `input`; `src` is cast to them.
    Raises: RuntimeError if `src` does not have the shape of the diagonal.
    """
    ...

def diff(
    input: ArrayLike,
    n: builtins.int = 1,
    dim: builtins.int = -1,
    prepend: ArrayLike | None = None,
    append: ArrayLike | None = None,
) -> Array:
    """Return the `n`-th forward difference along `dim`; `prepend` and `append` are concatenated to `input` first.

    Dtypes: for bools the difference is the logical XOR.
    Raises: RuntimeError for a 0-dim tensor, and for a negative `n`.
    """
    ...

def digamma(input: ArrayLike) -> Array:
    """Return the digamma function, the derivative of `lgamma`; integers give float32.

    It is minus infinity at 0, infinity at -0, and NaN at negative integers.
    Raises: NotImplementedError for complex numbers.
    """
    ...

def dim(input: ArrayLike) -> builtins.int:
    """Return the number of dimensions. Torch: Tensor.dim."""
    ...

def dist(input: ArrayLike, other: ArrayLike, p: builtins.float = 2) -> Array:
    """Return the `p`-norm of `input - other`, with broadcasting, over all elements.

    Gradient: as for `norm`; 0 where the two are equal.
    """
    ...

def div(input: ArrayLike, other: ArrayLike | Number, *, rounding_mode: str | None = None) -> Array:
    """Return `input / other`. Integers are divided in float32 unless `rounding_mode` is "trunc" or "floor".

    Gradient: 0 with a rounding mode.
    Raises: RuntimeError for an integer division by zero with a rounding mode, if the divisor is known (not traced).
    """
    ...

def divide(input: ArrayLike, other: ArrayLike | Number, *, rounding_mode: str | None = None) -> Array:
    """Return `input / other`. Integers are divided in float32 unless `rounding_mode` is "trunc" or "floor".

    Gradient: 0 with a rounding mode.
    Raises: RuntimeError for an integer division by zero with a rounding mode, if the divisor is known (not traced).
    """
    ...

def dot(input: ArrayLike, tensor: ArrayLike) -> Array:
    """Return the dot product of two vectors, without complex conjugation. Shapes: (k,), (k,) -> ().

    Raises: RuntimeError for other shapes (torch's dot, unlike jnp's, accepts only vectors), and for different dtypes.
    """
    ...

def dropout(
    input: ArrayLike, p: builtins.float = 0.5, training: builtins.bool = True, *, key: Array | None = None
) -> Array:
    """Randomly zero elements with probability `p` in training, and scale the others by `1 / (1 - p)`.

    Without `training` the input is returned unchanged.
    Raises: ValueError for a `p` outside [0, 1]; TypeError for a missing `key` if numbers are sampled; RuntimeError for
    tensors that are not floating point.
    Torch: torch.dropout, torch.nn.functional.dropout.
    """
    ...

def dsplit(
    input: ArrayLike, indices_or_sections: builtins.int | tuple[builtins.int, ...] | list[builtins.int]
) -> tuple[Array, ...]:
    """Split a tensor along its third dimension into equal parts, or at the given indices.

    Raises: RuntimeError for fewer than 3 dimensions, and if the dimension cannot be split into equal parts.
    """
    ...

def dstack(tensors: Sequence[ArrayLike]) -> Array:
    """Concatenate tensors along their third dimension; a vector becomes (1, n, 1), a matrix (m, n, 1).

    Dtypes: promoted.
    """
    ...

def einsum(*args: Any) -> Array:
    """Return the Einstein summation of an equation: "ij,jk->ik" is the matrix product.

    A letter names a dimension. A letter that is not in the result is summed over. A letter that occurs twice in an
    operand takes the diagonal. `...` stands for dimensions that broadcast. Without `->` the result has the letters that
    occur once, in order. Instead of an equation, each tensor may be followed by a list of numbers for its dimensions.
    Dtypes: contracted tensors have one dtype; integers that are only summed become int64.
    Raises: RuntimeError for an equation that is invalid or does not fit the tensors.
    """
    ...

def embedding_renorm(
    weight: ArrayLike, indices: ArrayLike, max_norm: builtins.float, norm_type: builtins.float = 2.0
) -> Array:
    """Return `weight` with the rows at `indices` scaled down to `max_norm` if their `norm_type`-norm exceeds it.

    `embedding` and `embedding_bag` scale only the rows that they return; torch modifies `weight` in place.
    Gradient: the scaling has a derivative of 1, because torch scales without a gradient.
    Raises: RuntimeError for a `weight` that is not 2-D; IndexError or RuntimeError for an index out of range (-1 is the
    last row).
    Torch: torch.embedding_renorm_.
    """
    ...

def empty(*size: builtins.int | Sequence[builtins.int], dtype: DTypeLike | None = None) -> Array:
    """Return an uninitialised tensor, float32 by default: its values are undefined (here they are zeros).

    Raises: TypeError for sizes that are not integers; RuntimeError for negative sizes.
    Torch: torch.empty.
    """
    ...

def empty_like(input: ArrayLike, *, dtype: DTypeLike | None = None) -> Array:
    """Return an uninitialised tensor with the shape of `input`, and by default its dtype: its values are undefined.

    Torch: torch.empty_like.
    """
    ...

def eq(input: ArrayLike, other: ArrayLike | Number) -> Array:
    """Return `input == other` for each element."""
    ...

def equal(input: ArrayLike, other: ArrayLike) -> Array:
    """Return whether shapes and all elements are equal, as a 0-dim bool (torch: a Python bool). NaN equals nothing."""
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

def exp(input: ArrayLike) -> Array:
    """Return the exponential of each element; integers give float32."""
    ...

def exp2(input: ArrayLike) -> Array:
    """Return 2 to the power of each element; integers give float32."""
    ...

def expand(input: ArrayLike, *size: builtins.int | Sequence[builtins.int]) -> Array:
    """Return the tensor broadcast to a shape, which may have more leading dimensions; -1 keeps a size.

    Shapes: sizes are separate arguments or one tuple.
    Raises: RuntimeError if the tensor does not broadcast to the shape.
    Torch: Tensor.expand, which shares memory; here the result is a new array.
    """
    ...

def expand_as(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the tensor broadcast to the shape of `other`. Torch: Tensor.expand_as.

    Raises: RuntimeError if the tensor does not broadcast to that shape.
    """
    ...

def expand_copy(input: ArrayLike, *size: builtins.int | Sequence[builtins.int]) -> Array:
    """Return the tensor broadcast to a shape, which may have more leading dimensions; -1 keeps a size.

    Shapes: sizes are separate arguments or one tuple.
    Raises: RuntimeError if the tensor does not broadcast to the shape.
    Torch: Tensor.expand, which shares memory; here the result is a new array.
    """
    ...

def expm1(input: ArrayLike) -> Array:
    """Return `exp(x) - 1` of each element, accurate near 0; integers give float32."""
    ...

def eye(n: builtins.int, m: builtins.int | None = None, *, dtype: DTypeLike | None = None) -> Array:
    """Return the identity matrix, or an (n, m) matrix with ones on its main diagonal, float32 by default.

    Raises: TypeError for sizes that are not integers; RuntimeError for negative sizes.
    Torch: torch.eye.
    """
    ...

def feature_alpha_dropout(
    input: ArrayLike, p: builtins.float = 0.5, training: builtins.bool = False, *, key: Array | None = None
) -> Array:
    """Apply alpha dropout to entire channels.

    In training each channel is set to the negative saturation value of `selu` with probability `p`. The result is then
    scaled and shifted, so that mean 0 and variance 1 are preserved. Without `training` the input is returned unchanged.
    Shapes: (n, c, *).
    Raises: RuntimeError for fewer than 2 dimensions; otherwise like `dropout`.
    Torch: torch.feature_alpha_dropout, torch.nn.functional.feature_alpha_dropout.
    """
    ...

@overload
def fill(input: ArrayLike, value: Number | Array) -> Array:
    """Return a tensor of the shape and dtype of `input`, filled with a number or a 0-dim tensor.

    Gradient: 0 for `input`; a tensor `value` gets the sum.
    Raises: RuntimeError for a value that the dtype cannot hold, and for a `value` with dimensions.
    """
    ...

@overload
def fill(input: ArrayLike, value: ArrayLike) -> Array:
    """Return a tensor of the shape and dtype of `input`, filled with a number or a 0-dim tensor.

    Gradient: 0 for `input`; a tensor `value` gets the sum.
    Raises: RuntimeError for a value that the dtype cannot hold, and for a `value` with dimensions.
    """
    ...

def finfo(type: DTypeLike = ...) -> FInfo:
    """Return the limits of a floating point or complex dtype. Torch: torch.finfo.

    Raises: ArgumentTypeError for bool and integers.
    """
    ...

def fix(input: ArrayLike) -> Array:
    """Return the integer part of each element; integers are unchanged. Gradient: 0."""
    ...

def flatten(input: ArrayLike, start_dim: builtins.int = 0, end_dim: builtins.int = -1) -> Array:
    """Flatten the dimensions from `start_dim` to `end_dim` into one; a 0-dim tensor becomes a vector.

    Raises: RuntimeError if `start_dim` is after `end_dim`.
    """
    ...

def flip(input: ArrayLike, *dims: builtins.int | Sequence[builtins.int]) -> Array:
    """Reverse the order of the elements along `dims`.

    Raises: IndexError for a dimension out of range; RuntimeError for a repeated dimension.
    """
    ...

def fliplr(input: ArrayLike) -> Array:
    """Reverse the elements along the second dimension: flip a matrix left to right.

    Raises: RuntimeError for fewer than 2 dimensions.
    """
    ...

def flipud(input: ArrayLike) -> Array:
    """Reverse the elements along the first dimension: flip a matrix upside down.

    Raises: RuntimeError for a 0-dim tensor.
    """
    ...

@overload
def float_power(input: ArrayLike, exponent: Number) -> Array:
    """Return `input ** exponent` in float64, or in complex128 if either is complex.

    Gradient: as for `pow`.
    Raises: RuntimeError while JAX's 64-bit types are off.
    """
    ...

@overload
def float_power(input: Number | Array, exponent: ArrayLike) -> Array:
    """Return `input ** exponent` in float64, or in complex128 if either is complex.

    Gradient: as for `pow`.
    Raises: RuntimeError while JAX's 64-bit types are off.
    """
    ...

@overload
def float_power(input: ArrayLike, exponent: ArrayLike) -> Array:
    """Return `input ** exponent` in float64, or in complex128 if either is complex.

    Gradient: as for `pow`.
    Raises: RuntimeError while JAX's 64-bit types are off.
    """
    ...

def floor(input: ArrayLike) -> Array:
    """Return the floor of each element; integers are unchanged. Gradient: 0."""
    ...

def floor_divide(input: ArrayLike, other: ArrayLike | Number) -> Array:
    """Return `input / other` rounded down (floor division).

    Gradient: none in torch; 0 here.
    Raises: RuntimeError for an integer division by zero, if the divisor is known (not traced).
    """
    ...

def fmax(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the elementwise maximum, but the number if the other element is NaN.

    Gradient: to `input` where the two are equal.
    """
    ...

def fmin(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the elementwise minimum, but the number if the other element is NaN.

    Gradient: to `input` where the two are equal.
    """
    ...

@overload
def fmod(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the remainder of truncated division (C's fmod): it has the sign of `input`.

    Gradient: 1 for `input`, minus the truncated quotient for `other`.
    Raises: RuntimeError for an integer division by zero, if the divisor is known (not traced).
    """
    ...

@overload
def fmod(input: ArrayLike, other: ArrayLike | Number) -> Array:
    """Return the remainder of truncated division (C's fmod): it has the sign of `input`.

    Gradient: 1 for `input`, minus the truncated quotient for `other`.
    Raises: RuntimeError for an integer division by zero, if the divisor is known (not traced).
    """
    ...

def frac(input: ArrayLike) -> Array:
    """Return the fractional part of each element, with its sign. Gradient: 1."""
    ...

def frexp(input: ArrayLike) -> MantissaAndExponent:
    """Return the mantissa (absolute value in [0.5, 1)) and the int32 exponent: `input == mantissa * 2**exponent`.

    0, infinity and NaN are their own mantissas, with exponent 0.
    Gradient: that of a division by `2**exponent`.
    """
    ...

def from_dlpack(ext_tensor: ArrayLike) -> Array:
    """Convert another library's tensor to an array, by DLPack. Memory is shared where the platform allows it.

    Memory: shared on the CPU and on a GPU that both libraries see; copied for a tensor that is not contiguous or not
    aligned. The caller must not write to a shared tensor afterwards: use `from_numpy` or `tensor` for a copy. The
    opposite conversion is `torch.from_dlpack(x)`, which accepts a JAX array.
    Raises: TypeError for an object without a DLPack interface; RuntimeError for 64 bits while JAX's 64-bit types are
    off.
    Torch: torch.from_dlpack.
    """
    ...

def from_numpy(ndarray: numpy.ndarray) -> Array:
    """Return a copy of a NumPy array with the same dtype.

    Memory: copied. In torch the two share memory, so that `xx += 1` on one changes the other. An array here is
    immutable; the pure counterpart returns a new one: `xx = jaxfun.add(xx, 1)`.
    Raises: TypeError if `ndarray` is not a NumPy array; RuntimeError for 64 bits while JAX's 64-bit types are off.
    Torch: torch.from_numpy.
    """
    ...

def from_torch(
    module: Callable[..., object],
    example_inputs: object,
    example_kwargs: Mapping[str, object] | None = None,
    *,
    dynamic: Sequence[str | None] | Mapping[str, Sequence[str | None]] = (),
    train: builtins.bool = False,
    rules: Mapping[str, Callable[..., object]] | None = None,
    remat: Sequence[str] = (),
    prove: builtins.bool = True,
    progress: Callable[[str, builtins.int, builtins.int], None] | None = None,
) -> Port:
    """Convert a PyTorch module or function to a pure JAX function.

    `example_inputs` are the positional arguments: a tuple, or one tensor. `dynamic` names the axes whose sizes may
    change: `("batch",)` is the first axis of each tensor, and a dict has names for each argument. `train=True` converts
    the training mode: the port then returns the result and the new buffers, and takes a `key` where something is
    random. `rules` has your own functions for calls without one, by torch's name of the overload; they take torch's
    arguments by name. `remat` has patterns of modules, such as `"layers.*"`: the gradient computes their values anew
    and does not keep them (jax.checkpoint).

    `prove` compares the port with the module: `print(port.report)`. It takes up to a minute, mostly some seconds;
    `progress(what, done, total)` is called meanwhile.

    Raises: ConversionError for code that torch.export cannot follow, and for calls without a rule, all at once;
    ArgumentValueError for a pattern of modules that fits none.
    """
    ...

def full(size: Sequence[builtins.int], fill_value: ArrayLike | Number, *, dtype: DTypeLike | None = None) -> Array:
    """Return a tensor filled with a number.

    Dtypes: by default the dtype of the number: bool, int64, float32 or complex64.
    Raises: TypeError for a size that is not a tuple; RuntimeError for a number that the dtype cannot hold.
    Torch: torch.full.
    """
    ...

def full_like(input: ArrayLike, fill_value: ArrayLike | Number, *, dtype: DTypeLike | None = None) -> Array:
    """Return a tensor filled with a number, with the shape of `input`, and by default its dtype.

    Raises: RuntimeError for a number that the dtype cannot hold.
    Torch: torch.full_like.
    """
    ...

def gather(input: ArrayLike, dim: builtins.int, index: ArrayLike, *, sparse_grad: builtins.bool = False) -> Array:
    """Gather elements along `dim`: for `dim=0` the result at (i, j) is `input[index[i][j]][j]`.

    Shapes: the result has the shape of `index`. `index` has as many dimensions as `input`, and no dimension except
    `dim` is larger than that of `input`.
    Gradient: an element that is gathered several times gets the sum.
    Raises: RuntimeError for other shapes, and for an index out of range (negative indices are out of range). A traced
    index out of range gives the same as in `getitem`.
    Differs: the gradient is never sparse; `sparse_grad` has no effect.
    """
    ...

def gcd(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the greatest common divisor of each pair of integers; 0 for 0 and 0.

    Raises: NotImplementedError for dtypes other than integers.
    """
    ...

def ge(input: ArrayLike, other: ArrayLike | Number) -> Array:
    """Return `input >= other` for each element.

    Raises: NotImplementedError for complex numbers.
    """
    ...

def ger(input: ArrayLike, vec2: ArrayLike) -> Array:
    """Return `outer(input, vec2)`. `ger` is the older name."""
    ...

def getitem(x: ArrayLike, index: Any) -> Array:
    """Return `x[index]` by torch's rules: integers, slices, None, `...`, bools, masks, index tensors, and mixtures.

    Shapes: if the dimensions indexed by tensors are not adjacent, the tensors' dimensions come first.
    Gradient: an element that is taken several times gets the sum.
    Raises: IndexError for a known index out of range; ValueError for a slice with a step below 1. A traced index out of
    range gives NaN (the smallest integer, the largest unsigned one, True): it is never clamped. A traced mask is an
    error, because its values decide the shape.
    Torch: Tensor.__getitem__, which may return a view; here the result is a new array.
    """
    ...

def gradient(
    input: ArrayLike,
    *,
    spacing: Number | Sequence[Number] | Sequence[ArrayLike] | None = None,
    dim: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None,
    edge_order: builtins.int = 1,
) -> tuple[Array, ...]:
    """Estimate the gradient along each dimension, or along `dim`, by second-order central differences.

    `spacing` is a number, or one number or one tensor of coordinates for each dimension. At the edges the differences
    are one-sided, of order `edge_order` (1 or 2).
    Raises: RuntimeError for fewer than `edge_order + 1` elements along a dimension, and for bool and uint8.
    """
    ...

def greater(input: ArrayLike, other: ArrayLike | Number) -> Array:
    """Return `input > other` for each element.

    Raises: NotImplementedError for complex numbers.
    """
    ...

def greater_equal(input: ArrayLike, other: ArrayLike | Number) -> Array:
    """Return `input >= other` for each element.

    Raises: NotImplementedError for complex numbers.
    """
    ...

def group_norm(
    input: ArrayLike,
    num_groups: builtins.int,
    weight: ArrayLike | None = None,
    bias: ArrayLike | None = None,
    eps: Number | Array = 1e-05,
) -> Array:
    """Apply group normalisation: `(x - mean) / sqrt(var + eps) * weight + bias`.

    Mean and variance are those of each group of channels, for each instance.
    Shapes: (m, n, *), (n), (n) -> (m, n, *); `num_groups` divides n.
    Dtypes: like `layer_norm`.
    Raises: RuntimeError for other shapes and dtypes; ValueError for a batch of one with only one value per group.
    Torch: torch.group_norm, torch.nn.functional.group_norm.
    """
    ...

@overload
def gru(
    input: ArrayLike,
    hx: ArrayLike,
    params: Sequence[ArrayLike],
    has_biases: builtins.bool,
    num_layers: builtins.int,
    dropout: builtins.float,
    train: builtins.bool,
    bidirectional: builtins.bool,
    batch_first: builtins.bool,
    *,
    lengths: ArrayLike | None = None,
    key: ArrayLike | None = None,
) -> tuple[Array, Array]:
    """Apply layers of gated recurrent units. Return the outputs and the last hidden states.

    `hx` are the initial hidden states. The other arguments are those of `lstm`, without a projection. A packed sequence
    is `gru(data, batch_sizes, hx, params, has_biases, num_layers, dropout, train, bidirectional)`.

    Shapes, dtypes and errors: those of `lstm`.
    Torch: torch.gru.
    """
    ...

@overload
def gru(
    data: ArrayLike,
    batch_sizes: ArrayLike,
    hx: ArrayLike,
    params: Sequence[ArrayLike],
    has_biases: builtins.bool,
    num_layers: builtins.int,
    dropout: builtins.float,
    train: builtins.bool,
    bidirectional: builtins.bool,
    *,
    key: ArrayLike | None = None,
) -> tuple[Array, Array]:
    """Apply layers of gated recurrent units. Return the outputs and the last hidden states.

    `hx` are the initial hidden states. The other arguments are those of `lstm`, without a projection. A packed sequence
    is `gru(data, batch_sizes, hx, params, has_biases, num_layers, dropout, train, bidirectional)`.

    Shapes, dtypes and errors: those of `lstm`.
    Torch: torch.gru.
    """
    ...

def gru_cell(
    input: ArrayLike,
    hx: ArrayLike,
    w_ih: ArrayLike,
    w_hh: ArrayLike,
    b_ih: ArrayLike | None = None,
    b_hh: ArrayLike | None = None,
) -> Array:
    """Apply one step of a gated recurrent unit. Return the new hidden state.

    The gates stand in torch's order: reset, update, new.
    Shapes: (b, n), state (b, m), weights (3 m, n) and (3 m, m), biases (3 m).
    Dtypes: 16-bit floats are computed in float32 and rounded once.
    Raises: RuntimeError for other shapes, and for different dtypes.
    """
    ...

def gt(input: ArrayLike, other: ArrayLike | Number) -> Array:
    """Return `input > other` for each element.

    Raises: NotImplementedError for complex numbers.
    """
    ...

def hardshrink(input: ArrayLike, lambd: Number | Array = 0.5) -> Array:
    """Apply hard shrinkage: 0 if `|x| <= lambd`, else `x`.

    Gradient: 0 if `|x| <= lambd`, else 1. It is 1 at NaN.
    Torch: torch.hardshrink, torch.nn.functional.hardshrink.
    """
    ...

def heaviside(input: ArrayLike, values: ArrayLike) -> Array:
    """Return the Heaviside step function: 0 below 0 and for NaN, 1 above 0, and `values` at 0.

    Gradient: torch has none. Here it is 0 for `input`, and for `values` 1 where the value is used.
    Raises: RuntimeError for different dtypes.
    """
    ...

def histc(input: ArrayLike, bins: builtins.int = 100, min: Number | Array = 0, max: Number | Array = 0) -> Array:
    """Return the histogram of the elements with `bins` equal bins from `min` to `max`. Others and NaN are ignored.

    If `min` equals `max`, the range is from the smallest to the largest element.
    Raises: RuntimeError for a range that is not finite or is decreasing. A traced one gives NaN.
    """
    ...

def histogram(
    input: ArrayLike,
    bins: builtins.int | Sequence[builtins.int] | ArrayLike | Sequence[ArrayLike] = 100,
    *,
    range: Sequence[builtins.float] | None = None,
    weight: ArrayLike | None = None,
    density: builtins.bool = False,
) -> Histogram:
    """Return the histogram of all elements (counts, or sums of weights) and the bin edges: `(hist, bin_edges)`.

    `bins` is a number of equal bins over `range` (by default the range of the elements), or a tensor of increasing
    edges. A bin includes its lower edge; the last bin also includes its upper edge. `density` divides by the total and
    the widths.
    Raises: RuntimeError for dtypes other than float32 and float64 (with given edges also 16-bit floats are accepted),
    and for a range that is not finite or is decreasing. A traced one gives NaN counts.
    """
    ...

def histogramdd(
    input: ArrayLike,
    bins: builtins.int | Sequence[builtins.int] | ArrayLike | Sequence[ArrayLike],
    range: Sequence[builtins.float] | None = None,
    weight: ArrayLike | None = None,
    density: builtins.bool = False,
) -> JointHistogram:
    """Return the multi-dimensional histogram of the rows (counts, or sums of weights) and the edges.

    `bins` is a number of equal bins, or a sequence with one number per column, over `range` (the lower and the upper
    end for each column, in one sequence; by default the range of all rows); or a sequence of tensors of increasing
    edges. A bin includes its lower edge; the last bin also includes its upper edge. `density` divides by the total and
    the bin volumes.
    Shapes: (*, n) -> (the numbers of bins of the n columns); `weight` is (*).
    Raises: RuntimeError for dtypes other than float32 and float64 (with given edges also 16-bit floats are accepted),
    for other shapes, and for a range that is not finite or is decreasing. A traced one gives NaN counts.
    """
    ...

def hsplit(
    input: ArrayLike, indices_or_sections: builtins.int | tuple[builtins.int, ...] | list[builtins.int]
) -> tuple[Array, ...]:
    """Split a tensor along its second dimension, a vector along its first.

    Shapes: `indices_or_sections` equal parts, or the parts between the given indices, as in `tensor_split`.
    Raises: RuntimeError if the dimension cannot be split into equal parts.
    """
    ...

def hstack(tensors: Sequence[ArrayLike]) -> Array:
    """Concatenate tensors along their second dimension, or 0-dim and 1-D tensors along their first.

    Dtypes: promoted.
    """
    ...

def hypot(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the hypotenuse `sqrt(input**2 + other**2)`, which overflows only if the result does.

    Gradient: NaN at the origin.
    """
    ...

def i0(input: ArrayLike) -> Array:
    """Return the modified Bessel function of the first kind of order 0; integers give float32.

    Raises: NotImplementedError for complex numbers.
    """
    ...

def igamma(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the regularized lower incomplete gamma function of order `input` at `other`; NaN below 0.

    Gradient: for `input` torch has none; here it is the true derivative.
    """
    ...

def igammac(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the regularized upper incomplete gamma function, `1 - igamma(input, other)`, accurate where it is small.

    Gradient: for `input` torch has none; here it is the true derivative.
    """
    ...

def iinfo(type: DTypeLike) -> IInfo:
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
    """Return `input` with `alpha * source` added, slice by slice, at `index` along `dim`.

    Shapes: `source` has the shape of `input`, with one slice along `dim` for each index.
    Dtypes: 16-bit floats are accumulated in float32; the sum of bools is their logical or.
    Raises: RuntimeError for other shapes, different dtypes, and an alpha that the dtype cannot hold; IndexError or
    RuntimeError for an index out of range (negative indices are out of range). A traced index out of range writes
    nothing.
    """
    ...

def index_copy(input: ArrayLike, dim: builtins.int, index: ArrayLike, source: ArrayLike) -> Array:
    """Return `input` with the slices of `source` copied to `index` along `dim`.

    Shapes: `source` has the shape of `input`, with one slice along `dim` for each index.
    Gradient: to `input` where it is not overwritten, to `source` where it is written. For duplicate indices the written
    value is undefined, as in torch.
    Raises: RuntimeError or IndexError for other shapes; RuntimeError for different dtypes; IndexError for an index out
    of range (negative indices are out of range). A traced index out of range writes nothing.
    """
    ...

@overload
def index_fill(input: ArrayLike, dim: builtins.int, index: ArrayLike, value: Number | Array) -> Array:
    """Fill the slices of `input` at `index` along `dim` with a number or a 0-dim tensor.

    Negative indices count from the end.
    Gradient: to `input` where it is not filled; a tensor `value` gets the sum over the filled elements.
    Raises: RuntimeError for a value that the dtype cannot hold; IndexError for an index out of range. A traced index
    out of range writes nothing.
    """
    ...

@overload
def index_fill(input: ArrayLike, dim: builtins.int, index: ArrayLike, value: ArrayLike) -> Array:
    """Fill the slices of `input` at `index` along `dim` with a number or a 0-dim tensor.

    Negative indices count from the end.
    Gradient: to `input` where it is not filled; a tensor `value` gets the sum over the filled elements.
    Raises: RuntimeError for a value that the dtype cannot hold; IndexError for an index out of range. A traced index
    out of range writes nothing.
    """
    ...

def index_put(
    input: ArrayLike, indices: Sequence[Any], values: ArrayLike | Number, accumulate: builtins.bool = False
) -> Array:
    """Return a copy of `input` after `input[indices] = values`, for a tuple of index tensors or masks.

    With `accumulate` the values are added.
    Shapes: `values` broadcasts to `input[indices]`.
    Gradient: to `input` where it is not overwritten, to `values` where they are written. For duplicate indices without
    `accumulate` the written value is undefined, as in torch.
    Raises: the same as `getitem` for the indices; RuntimeError for different dtypes, and for values that do not fit;
    IndexError for more indices than dimensions. A 0-dim mask next to other indices is ignored; alone it fills
    everything or nothing. A traced index out of range writes nothing.
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
    """Return `input` reduced with the slices of `source` that `index` sends to each position along `dim`.

    `reduce` is "prod", "mean", "amax" or "amin". Without `include_self`, `input` is not part of the reduction.
    Shapes: `source` has the shape of `input`, with one slice along `dim` for each index.
    Gradient: as for `scatter_reduce`.
    Raises: RuntimeError for other shapes, different dtypes, and another `reduce`; IndexError for an index out of range
    (negative indices are out of range). A traced index out of range writes nothing.
    """
    ...

def index_select(input: ArrayLike, dim: builtins.int, index: ArrayLike) -> Array:
    """Return the slices along `dim` at the indices of a 1-D tensor, in the order of the indices.

    Gradient: a slice that is selected several times gets the sum.
    Raises: IndexError or RuntimeError for an index out of range (negative indices are out of range). A traced index out
    of range gives the same as in `getitem`.
    """
    ...

def inner(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the dot products over the last dimension, without conjugation. Shapes: (*a, k), (*b, k) -> (*a, *b).

    A 0-dim tensor multiplies the other tensor.
    Raises: RuntimeError for other shapes, and for different dtypes.
    """
    ...

def instance_norm(
    input: ArrayLike,
    running_mean: ArrayLike | None = None,
    running_var: ArrayLike | None = None,
    weight: ArrayLike | None = None,
    bias: ArrayLike | None = None,
    use_input_stats: builtins.bool = True,
    momentum: Number | Array = 0.1,
    eps: Number | Array = 1e-05,
) -> Array | Normalized:
    """Apply instance normalisation to each channel of each instance: `(x - mean) / sqrt(var + eps) * weight + bias`.

    With `use_input_stats`, mean and variance are those of the instance; otherwise they are the running statistics. With
    `use_input_stats` and running statistics, the result is a named tuple `(output, running_mean, running_var)` with the
    updated statistics, like that of `batch_norm`. They are updated with the mean over the instances.

    Shapes: input (m, n, *), weights and statistics (n) -> (m, n, *).
    Dtypes: like `batch_norm`.
    Gradient: none through running statistics.
    Raises: RuntimeError for other shapes and dtypes; ValueError with `use_input_stats` if a channel of an instance has
    only one value.
    Torch: torch.nn.functional.instance_norm.
    """
    ...

def inverse(input: ArrayLike) -> Array:
    """Return the inverse of each square matrix. Shapes: (*, n, n) -> (*, n, n).

    Raises: RuntimeError for other shapes, for dtypes other than float32, float64 and the complex ones, and for a
    singular matrix. Under jit the result for a singular matrix is not finite.
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
    rtol: Number | Array = 1e-05,
    atol: Number | Array = 1e-08,
    equal_nan: builtins.bool = False,
) -> Array:
    """Return `abs(input - other) <= atol + rtol * abs(other)`; equal infinities are close, NaNs are if `equal_nan`.

    Raises: RuntimeError for different dtypes, and for a negative tolerance.
    """
    ...

def isfinite(input: ArrayLike) -> Array:
    """Return whether each element is neither NaN nor infinite."""
    ...

def isin(
    elements: ArrayLike | Number,
    test_elements: ArrayLike | Number,
    *,
    assume_unique: builtins.bool = False,
    invert: builtins.bool = False,
) -> Array:
    """Return whether each element is in `test_elements`, or with `invert` whether it is not. NaN is never in it.

    `assume_unique` has no effect.
    Raises: RuntimeError for bools and complex numbers; TypeError if both arguments are numbers.
    """
    ...

def isinf(input: ArrayLike) -> Array:
    """Return whether each element is infinite; a complex number is infinite if either part is."""
    ...

def isnan(input: ArrayLike) -> Array:
    """Return whether each element is NaN; a complex number is NaN if either part is."""
    ...

def isneginf(input: ArrayLike) -> Array:
    """Return whether each element is negative infinity.

    Raises: NotImplementedError for complex numbers.
    """
    ...

def isposinf(input: ArrayLike) -> Array:
    """Return whether each element is positive infinity.

    Raises: NotImplementedError for complex numbers.
    """
    ...

def isreal(input: ArrayLike) -> Array:
    """Return whether the imaginary part of each element is 0."""
    ...

def istft(
    input: ArrayLike,
    n_fft: builtins.int,
    hop_length: builtins.int | None = None,
    win_length: builtins.int | None = None,
    window: ArrayLike | None = None,
    center: builtins.bool = True,
    normalized: builtins.bool = False,
    onesided: builtins.bool | None = None,
    length: builtins.int | None = None,
    return_complex: builtins.bool = False,
) -> Array:
    """Compute the inverse short-time Fourier transform: the least squares estimate of the signal.

    The frames are transformed back, multiplied by the window, added where they overlap, and divided by the sum of the
    squared windows. The arguments are those that `stft` was given. `length` is that of the signal; by default it is
    what the frames cover.
    Shapes: (frequencies, frames) or (b, frequencies, frames) -> (t) or (b, t).
    Raises: RuntimeError for other shapes and sizes, for a real input, and where the windows sum up to 0.
    Torch: torch.istft.
    """
    ...

def item(input: ArrayLike) -> Number:
    """Return the value of a tensor of one element as a Python number.

    Raises: RuntimeError for another number of elements; NotImplementedError for a tracer, which has no value yet.
    Torch: Tensor.item.
    """
    ...

def kron(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the Kronecker product: each element of `input` times the whole of `other`.

    Shapes: (m, n), (p, q) -> (m * p, n * q); the tensor with fewer dimensions gets leading ones of size 1.
    """
    ...

def kthvalue(
    input: ArrayLike, k: builtins.int, dim: builtins.int = -1, keepdim: builtins.bool = False
) -> ValuesAndIndices:
    """Return the `k`-th smallest element along `dim`, counted from 1, and its index.

    Among equal elements it is the one at that rank of a stable sort; torch leaves that open.
    Gradient: to the element whose index is returned.
    Raises: RuntimeError for a `k` out of range; IndexError for a dimension of size 0.
    """
    ...

def layer_norm(
    input: ArrayLike,
    normalized_shape: tuple[builtins.int, ...],
    weight: ArrayLike | None = None,
    bias: ArrayLike | None = None,
    eps: Number | Array = 1e-05,
) -> Array:
    """Apply layer normalisation over the last dimensions: `(x - mean) / sqrt(var + eps) * weight + bias`.

    `normalized_shape` is the shape of these dimensions.
    Dtypes: 16-bit floats are computed in float32; their weights may be float32.
    Raises: RuntimeError for other shapes, and for weights of other dtypes.
    Torch: torch.layer_norm, torch.nn.functional.layer_norm.
    """
    ...

def lcm(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the least common multiple of each pair of integers; 0 if either is 0.

    Raises: NotImplementedError for dtypes other than integers.
    """
    ...

def ldexp(input: ArrayLike, other: ArrayLike | Number) -> Array:
    """Return `input * 2**other`. A float times an integer power of 2 overflows only if the result does.

    Dtypes: an integer `input` gives float32.
    """
    ...

def le(input: ArrayLike, other: ArrayLike | Number) -> Array:
    """Return `input <= other` for each element.

    Raises: NotImplementedError for complex numbers.
    """
    ...

@overload
def lerp(input: ArrayLike, end: ArrayLike, weight: Number | Array) -> Array:
    """Return the linear interpolation `input + weight * (end - input)`. The weight is a number or a tensor.

    Raises: RuntimeError for different dtypes (except of a 0-dim weight), for integers, and for a number that the dtype
    cannot hold.
    """
    ...

@overload
def lerp(input: ArrayLike, end: ArrayLike, weight: ArrayLike) -> Array:
    """Return the linear interpolation `input + weight * (end - input)`. The weight is a number or a tensor.

    Raises: RuntimeError for different dtypes (except of a 0-dim weight), for integers, and for a number that the dtype
    cannot hold.
    """
    ...

def less(input: ArrayLike, other: ArrayLike | Number) -> Array:
    """Return `input < other` for each element.

    Raises: NotImplementedError for complex numbers.
    """
    ...

def less_equal(input: ArrayLike, other: ArrayLike | Number) -> Array:
    """Return `input <= other` for each element.

    Raises: NotImplementedError for complex numbers.
    """
    ...

def lgamma(input: ArrayLike) -> Array:
    """Return the log of the absolute value of the gamma function; integers give float32.

    Gradient: `digamma`.
    """
    ...

def linspace(
    start: ArrayLike | Number, end: ArrayLike | Number, steps: builtins.int, *, dtype: DTypeLike | None = None
) -> Array:
    """Return `steps` evenly spaced numbers from `start` to `end` (inclusive), float32 by default.

    Raises: RuntimeError for a negative `steps`, and for a `start` or `end` that the dtype cannot hold.
    Torch: torch.linspace.
    """
    ...

def load_port(
    directory: str | pathlib.Path,
    *,
    rules: Mapping[str, Callable[..., object]] | None = None,
    remat: Sequence[str] = (),
) -> Port:
    """Read a port that `Port.save` has written. It needs safetensors, and no torch.

    Each call is looked up again in jaxfun. `rules` and `remat` are as in `from_torch`.
    Raises: ArgumentValueError for a directory of another format; ConversionError for calls without a rule.
    """
    ...

def log(input: ArrayLike) -> Array:
    """Return the natural logarithm of each element; integers give float32."""
    ...

def log10(input: ArrayLike) -> Array:
    """Return the base-10 logarithm of each element; integers give float32."""
    ...

def log1p(input: ArrayLike) -> Array:
    """Return `log(1 + x)` of each element, accurate near 0; integers give float32."""
    ...

def log2(input: ArrayLike) -> Array:
    """Return the base-2 logarithm of each element; integers give float32."""
    ...

def log_softmax(input: ArrayLike, dim: builtins.int | None = None, *, dtype: DTypeLike | None = None) -> Array:
    """Apply a softmax along `dim`, followed by a logarithm, without overflow.

    Dtypes: the input is first cast to `dtype`, if given.
    Warns: if `dim` is omitted, like `softmax`.
    Raises: NotImplementedError for a tensor that is not floating point, unless `dtype` is.
    Torch: torch.log_softmax, torch.nn.functional.log_softmax.
    """
    ...

def logaddexp(input: ArrayLike, other: ArrayLike) -> Array:
    """Return `log(exp(input) + exp(other))` for each pair of elements, real or complex.

    Raises: NotImplementedError for bools and integers.
    """
    ...

def logaddexp2(input: ArrayLike, other: ArrayLike) -> Array:
    """Return `log2(2 ** input + 2 ** other)` for each pair of elements.

    Raises: NotImplementedError for dtypes other than floating point.
    """
    ...

def logcumsumexp(input: ArrayLike, dim: builtins.int) -> Array:
    """Return the logarithm of the cumulative sum of exponentials along `dim`, without overflow.

    Gradient: 0 for an element of -infinity, even if all before it are -infinity (torch: NaN); NaN for infinity.
    """
    ...

def logdet(input: ArrayLike) -> Array:
    """Return the logarithms of determinants: NaN below 0, -infinity at 0. Shapes: (*, n, n) -> (*).

    Raises: RuntimeError for other shapes, and for dtypes other than float32, float64 and the complex ones.
    """
    ...

def logical_and(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the logical AND of each pair of elements; nonzero is true."""
    ...

def logical_not(input: ArrayLike) -> Array:
    """Return the logical NOT of each element; nonzero is true."""
    ...

def logical_or(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the logical OR of each pair of elements; nonzero is true."""
    ...

def logical_xor(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the logical XOR of each pair of elements; nonzero is true."""
    ...

def logit(input: ArrayLike, eps: Number | Array | None = None) -> Array:
    """Return the logit `log(x / (1 - x))` of each element, NaN outside [0, 1]; integers give float32.

    With an `eps` of at least 0 the input is clamped to `[eps, 1 - eps]` first.

    Gradient: infinite at 0 and 1, NaN outside; with an `eps` 0 outside the bounds.
    """
    ...

def logspace(
    start: ArrayLike | Number,
    end: ArrayLike | Number,
    steps: builtins.int,
    base: builtins.float = 10.0,
    *,
    dtype: DTypeLike | None = None,
) -> Array:
    """Return `steps` numbers from `base ** start` to `base ** end`, evenly spaced on a logarithmic scale.

    Dtypes: an integer dtype truncates `start` and `end` to integers first, as torch does.
    Raises: RuntimeError for a negative `steps`, and for a `start` or `end` that the dtype cannot hold.
    Torch: torch.logspace.
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

@overload
def lstm(
    input: ArrayLike,
    hx: Sequence[ArrayLike],
    params: Sequence[ArrayLike],
    has_biases: builtins.bool,
    num_layers: builtins.int,
    dropout: builtins.float,
    train: builtins.bool,
    bidirectional: builtins.bool,
    batch_first: builtins.bool,
    *,
    lengths: ArrayLike | None = None,
    key: ArrayLike | None = None,
) -> tuple[Array, Array, Array]:
    """Apply layers of long short-term memory. Return the outputs, the last hidden states and the last cell states.

    - `hx` are the initial hidden and cell states of each layer and direction.
    - `params` are the weights of each layer and direction in the order of torch.nn.LSTM: `weight_ih, weight_hh,
      bias_ih, bias_hh, weight_hr`. There are no biases if `has_biases` is False. A `weight_hr` projects the hidden
      states; it is expected if they are smaller than the cell states.
    - `dropout` is applied between layers if `train`. `key` is then a JAX random key.
    - `lengths` are the lengths of padded sequences. Outputs after the end of a sequence are 0; its last states are
      those at its end.

    A packed sequence is `lstm(data, batch_sizes, hx, params, has_biases, num_layers, dropout, train, bidirectional)`.
    Its `batch_sizes` may be traced.

    Shapes: input (t, b, n), or (b, t, n) if `batch_first`; states (layers * directions, b, m). As in torch.nn.LSTM, the
    batch dimension of input and states may be missing.
    Dtypes: 16-bit floats are computed in float32 and rounded once.
    Raises: RuntimeError for other shapes, dtypes and numbers of weights; TypeError if dropout needs a `key`.
    Torch: torch.lstm.
    """
    ...

@overload
def lstm(
    data: ArrayLike,
    batch_sizes: ArrayLike,
    hx: Sequence[ArrayLike],
    params: Sequence[ArrayLike],
    has_biases: builtins.bool,
    num_layers: builtins.int,
    dropout: builtins.float,
    train: builtins.bool,
    bidirectional: builtins.bool,
    *,
    key: ArrayLike | None = None,
) -> tuple[Array, Array, Array]:
    """Apply layers of long short-term memory. Return the outputs, the last hidden states and the last cell states.

    - `hx` are the initial hidden and cell states of each layer and direction.
    - `params` are the weights of each layer and direction in the order of torch.nn.LSTM: `weight_ih, weight_hh,
      bias_ih, bias_hh, weight_hr`. There are no biases if `has_biases` is False. A `weight_hr` projects the hidden
      states; it is expected if they are smaller than the cell states.
    - `dropout` is applied between layers if `train`. `key` is then a JAX random key.
    - `lengths` are the lengths of padded sequences. Outputs after the end of a sequence are 0; its last states are
      those at its end.

    A packed sequence is `lstm(data, batch_sizes, hx, params, has_biases, num_layers, dropout, train, bidirectional)`.
    Its `batch_sizes` may be traced.

    Shapes: input (t, b, n), or (b, t, n) if `batch_first`; states (layers * directions, b, m). As in torch.nn.LSTM, the
    batch dimension of input and states may be missing.
    Dtypes: 16-bit floats are computed in float32 and rounded once.
    Raises: RuntimeError for other shapes, dtypes and numbers of weights; TypeError if dropout needs a `key`.
    Torch: torch.lstm.
    """
    ...

def lstm_cell(
    input: ArrayLike,
    hx: Sequence[ArrayLike],
    w_ih: ArrayLike,
    w_hh: ArrayLike,
    b_ih: ArrayLike | None = None,
    b_hh: ArrayLike | None = None,
) -> tuple[Array, Array]:
    """Apply one step of long short-term memory. Return the new hidden and the new cell state.

    `hx` are the hidden and the cell state before. The gates stand in torch's order: input, forget, cell, output.
    Shapes: (b, n), states (b, m), weights (4 m, n) and (4 m, m), biases (4 m).
    Dtypes: 16-bit floats are computed in float32 and rounded once.
    Raises: RuntimeError for other shapes, and for different dtypes.
    """
    ...

def lt(input: ArrayLike, other: ArrayLike | Number) -> Array:
    """Return `input < other` for each element.

    Raises: NotImplementedError for complex numbers.
    """
    ...

def mH(input: ArrayLike) -> Array:
    """Return the conjugate transpose of each matrix of a batch, or the conjugate of a 0-dim tensor.

    Raises: RuntimeError for a vector.
    """
    ...

def mT(input: ArrayLike) -> Array:
    """Return the transpose of each matrix of a batch; a 0-dim tensor is returned unchanged. Torch: Tensor.mT.

    Raises: RuntimeError for a vector.
    """
    ...

@overload
def masked_fill(input: ArrayLike, mask: ArrayLike, value: Number | Array) -> Array:
    """Fill the elements of `input` where `mask` is true with a number or a 0-dim tensor.

    Shapes: `input` and `mask` broadcast.
    Gradient: 0 where filled, even where `input` is NaN; a tensor `value` gets the sum over the filled elements.
    Raises: RuntimeError for a mask that is not bool, and for a value that the dtype cannot hold.
    """
    ...

@overload
def masked_fill(input: ArrayLike, mask: ArrayLike, value: ArrayLike) -> Array:
    """Fill the elements of `input` where `mask` is true with a number or a 0-dim tensor.

    Shapes: `input` and `mask` broadcast.
    Gradient: 0 where filled, even where `input` is NaN; a tensor `value` gets the sum over the filled elements.
    Raises: RuntimeError for a mask that is not bool, and for a value that the dtype cannot hold.
    """
    ...

def masked_scatter(input: ArrayLike, mask: ArrayLike, source: ArrayLike) -> Array:
    """Return `input` with the elements of `source` copied, in order, to the positions where `mask` is true.

    Shapes: `input` and `mask` broadcast; `source` has at least as many elements as `mask` has true ones.
    Raises: RuntimeError for different dtypes, for a mask that is not bool, and for a `source` with too few elements.
    With a traced mask a missing element is filled like one out of range in `getitem`.
    """
    ...

def masked_select(
    input: ArrayLike, mask: ArrayLike, *, size: builtins.int | None = None, fill_value: ArrayLike | Number = 0
) -> Array:
    """Return the elements where `mask` is true, in order, as a 1-D tensor.

    Shapes: `input` and `mask` broadcast. The mask's values decide the size of the result. Under jit and vmap give
    `size`; missing elements are filled with `fill_value`.
    Gradient: 0 for an element that is not selected.
    Raises: RuntimeError for a mask that is not bool; NotImplementedError for a traced mask without `size`.
    """
    ...

def matmul(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the matrix product of two tensors: vectors, matrices, or batches of matrices, which broadcast.

    Shapes: (k,), (k,) -> (); (m, k), (k,) -> (m,); (k,), (k, n) -> (n,); (*, m, k), (*, k, n) -> (*, m, n).
    Raises: RuntimeError for other shapes, and for different dtypes.
    """
    ...

def matrix_power(input: ArrayLike, n: builtins.int) -> Array:
    """Return the `n`-th power of each square matrix; for a negative `n` the power of its inverse.

    Shapes: (*, n, n) -> (*, n, n).
    Raises: RuntimeError for other shapes; for a negative `n` the same as `inverse`.
    """
    ...

@overload
def max(input: ArrayLike) -> Array:
    """Return the maximum of all elements; with `dim`, the maximum along it and its index; with a tensor, `maximum`.

    Gradient: split evenly among equal elements; with `dim`, all to the element whose index is returned.
    Raises: RuntimeError for an empty tensor without `dim`; IndexError for a `dim` of size 0.
    """
    ...

@overload
def max(input: ArrayLike, dim: builtins.int, keepdim: builtins.bool = False) -> ValuesAndIndices:
    """Return the maximum of all elements; with `dim`, the maximum along it and its index; with a tensor, `maximum`.

    Gradient: split evenly among equal elements; with `dim`, all to the element whose index is returned.
    Raises: RuntimeError for an empty tensor without `dim`; IndexError for a `dim` of size 0.
    """
    ...

@overload
def max(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the maximum of all elements; with `dim`, the maximum along it and its index; with a tensor, `maximum`.

    Gradient: split evenly among equal elements; with `dim`, all to the element whose index is returned.
    Raises: RuntimeError for an empty tensor without `dim`; IndexError for a `dim` of size 0.
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
    """Apply a 1-D max pooling over an input of several channels.

    `stride` defaults to `kernel_size`. With `ceil_mode` the last window may extend beyond the padding. With
    `return_indices` also return the flat index of each maximum in its signal. The first of equal
    elements is selected, and the last NaN.
    Shapes: (n, c, length) -> (n, c, *), or without n.
    Gradient: all to the element whose index is returned.
    Raises: RuntimeError for padding of more than half the window, and if no window fits.
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
    """Apply a 2-D max pooling over an input of several channels.

    `stride` defaults to `kernel_size`. With `ceil_mode` the last window may extend beyond the padding. With
    `return_indices` also return the flat index of each maximum in its image. The first of equal
    elements is selected, and the last NaN.
    Shapes: (n, c, height, width) -> (n, c, *), or without n.
    Gradient: all to the element whose index is returned.
    Raises: RuntimeError for padding of more than half the window, and if no window fits.
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
    """Apply a 3-D max pooling over an input of several channels.

    `stride` defaults to `kernel_size`. With `ceil_mode` the last window may extend beyond the padding. With
    `return_indices` also return the flat index of each maximum in its volume. The first of equal
    elements is selected, and the last NaN.
    Shapes: (n, c, depth, height, width) -> (n, c, *), or without n.
    Gradient: all to the element whose index is returned.
    Raises: RuntimeError for padding of more than half the window, and if no window fits.
    Torch: torch.max_pool3d, torch.nn.functional.max_pool3d.
    """
    ...

def maximum(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the elementwise maximum; NaN if either element is NaN.

    Gradient: half to each of two equal elements; the full gradient to both if either is NaN.
    """
    ...

@overload
def mean(input: ArrayLike, *, dtype: DTypeLike | None = None) -> Array:
    """Return the mean of all elements, or over `dim` (an integer or a tuple). The mean of no elements is NaN.

    Raises: RuntimeError for integers and bools, unless `dtype` is a floating point or complex one.
    """
    ...

@overload
def mean(
    input: ArrayLike,
    dim: builtins.int | tuple[builtins.int, ...] | list[builtins.int],
    keepdim: builtins.bool = False,
    *,
    dtype: DTypeLike | None = None,
) -> Array:
    """Return the mean of all elements, or over `dim` (an integer or a tuple). The mean of no elements is NaN.

    Raises: RuntimeError for integers and bools, unless `dtype` is a floating point or complex one.
    """
    ...

@overload
def median(input: ArrayLike) -> Array:
    """Return the median of all elements; with `dim`, the medians along it and their indices.

    For an even number of elements it is the lower of the two middle ones (jnp.median: their mean). NaN if any element
    is NaN.
    Gradient: split evenly among equal elements; with `dim`, all to the element whose index is returned.
    Raises: IndexError for a `dim` of size 0; NotImplementedError for bool and complex.
    """
    ...

@overload
def median(input: ArrayLike, dim: builtins.int, keepdim: builtins.bool = False) -> ValuesAndIndices:
    """Return the median of all elements; with `dim`, the medians along it and their indices.

    For an even number of elements it is the lower of the two middle ones (jnp.median: their mean). NaN if any element
    is NaN.
    Gradient: split evenly among equal elements; with `dim`, all to the element whose index is returned.
    Raises: IndexError for a `dim` of size 0; NotImplementedError for bool and complex.
    """
    ...

def meshgrid(*tensors: ArrayLike | Sequence[ArrayLike], indexing: str | None = None) -> tuple[Array, ...]:
    """Return coordinate grids: for each vector a tensor with the shape of the grid.

    Shapes: (m,), (n,) -> two times (m, n), or (n, m) with `indexing="xy"`. A 0-dim tensor is a vector with one element.
    The default is "ij" (numpy.meshgrid: "xy").
    Raises: RuntimeError for more than 1 dimension, and for different dtypes.
    """
    ...

@overload
def min(input: ArrayLike) -> Array:
    """Return the minimum of all elements; with `dim`, the minimum along it and its index; with a tensor, `minimum`.

    Gradient: split evenly among equal elements; with `dim`, all to the element whose index is returned.
    Raises: RuntimeError for an empty tensor without `dim`; IndexError for a `dim` of size 0.
    """
    ...

@overload
def min(input: ArrayLike, dim: builtins.int, keepdim: builtins.bool = False) -> ValuesAndIndices:
    """Return the minimum of all elements; with `dim`, the minimum along it and its index; with a tensor, `minimum`.

    Gradient: split evenly among equal elements; with `dim`, all to the element whose index is returned.
    Raises: RuntimeError for an empty tensor without `dim`; IndexError for a `dim` of size 0.
    """
    ...

@overload
def min(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the minimum of all elements; with `dim`, the minimum along it and its index; with a tensor, `minimum`.

    Gradient: split evenly among equal elements; with `dim`, all to the element whose index is returned.
    Raises: RuntimeError for an empty tensor without `dim`; IndexError for a `dim` of size 0.
    """
    ...

def minimum(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the elementwise minimum; NaN if either element is NaN.

    Gradient: half to each of two equal elements; the full gradient to both if either is NaN.
    """
    ...

def mm(input: ArrayLike, mat2: ArrayLike) -> Array:
    """Return the product of two matrices. Shapes: (m, k), (k, n) -> (m, n).

    Raises: RuntimeError for other shapes, and for different dtypes.
    """
    ...

def mode(input: ArrayLike, dim: builtins.int = -1, keepdim: builtins.bool = False) -> ValuesAndIndices:
    """Return the most frequent element along `dim` (the smallest if several), and the index of its last occurrence.

    Gradient: all to the element whose index is returned.
    Raises: IndexError for a `dim` of size 0; NotImplementedError for complex.
    Differs: for more than 16 elements torch returns any index of the equal elements.
    """
    ...

@overload
def moveaxis(input: ArrayLike, source: builtins.int, destination: builtins.int) -> Array:
    """Move one or several dimensions to new positions; the others keep their order.

    Raises: RuntimeError for a repeated dimension, and for different numbers of sources and destinations.
    """
    ...

@overload
def moveaxis(
    input: ArrayLike,
    source: builtins.int | tuple[builtins.int, ...] | list[builtins.int],
    destination: builtins.int | tuple[builtins.int, ...] | list[builtins.int],
) -> Array:
    """Move one or several dimensions to new positions; the others keep their order.

    Raises: RuntimeError for a repeated dimension, and for different numbers of sources and destinations.
    """
    ...

@overload
def movedim(input: ArrayLike, source: builtins.int, destination: builtins.int) -> Array:
    """Move one or several dimensions to new positions; the others keep their order.

    Raises: RuntimeError for a repeated dimension, and for different numbers of sources and destinations.
    """
    ...

@overload
def movedim(
    input: ArrayLike,
    source: builtins.int | tuple[builtins.int, ...] | list[builtins.int],
    destination: builtins.int | tuple[builtins.int, ...] | list[builtins.int],
) -> Array:
    """Move one or several dimensions to new positions; the others keep their order.

    Raises: RuntimeError for a repeated dimension, and for different numbers of sources and destinations.
    """
    ...

def msort(input: ArrayLike) -> Array:
    """Sort the elements along the first dimension."""
    ...

def mul(input: ArrayLike | Number, other: ArrayLike | Number) -> Array:
    """Return `input * other`."""
    ...

def multiply(input: ArrayLike | Number, other: ArrayLike | Number) -> Array:
    """Return `input * other`."""
    ...

def mv(input: ArrayLike, vec: ArrayLike) -> Array:
    """Return the product of a matrix and a vector. Shapes: (m, k), (k,) -> (m,).

    Raises: RuntimeError for other shapes, and for different dtypes.
    """
    ...

def mvlgamma(input: ArrayLike, p: builtins.int) -> Array:
    """Return the multivariate log-gamma function with dimension `p`; integers give float32.

    Raises: RuntimeError for a `p` below 1.
    """
    ...

def nan_to_num(
    input: ArrayLike,
    nan: Number | Array | None = None,
    posinf: Number | Array | None = None,
    neginf: Number | Array | None = None,
) -> Array:
    """Return `input` with NaN replaced by `nan` (0), infinity by `posinf` and minus infinity by `neginf`.

    By default `posinf` and `neginf` are the largest and the lowest finite number of the dtype. For a complex
    number each part is replaced.

    Gradient: 0 where a number was replaced. torch has none for complex numbers.
    """
    ...

def nanmean(
    input: ArrayLike,
    dim: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None,
    keepdim: builtins.bool = False,
    *,
    dtype: DTypeLike | None = None,
) -> Array:
    """Return the mean of the elements that are not NaN, or their mean over `dim`. NaN if all elements are NaN.

    Gradient: 0 for NaN.
    Raises: RuntimeError for tensors and a `dtype` that are not floating point.
    """
    ...

@overload
def nanmedian(input: ArrayLike) -> Array:
    """Return the median of the elements that are not NaN; with `dim`, the medians along it and their indices.

    For an even number of elements it is the lower of the two middle ones. NaN if all elements are NaN.
    Gradient: split evenly among equal elements; with `dim`, all to the element whose index is returned.
    Raises: IndexError for a `dim` of size 0; NotImplementedError for bool and complex.
    """
    ...

@overload
def nanmedian(input: ArrayLike, dim: builtins.int, keepdim: builtins.bool = False) -> ValuesAndIndices:
    """Return the median of the elements that are not NaN; with `dim`, the medians along it and their indices.

    For an even number of elements it is the lower of the two middle ones. NaN if all elements are NaN.
    Gradient: split evenly among equal elements; with `dim`, all to the element whose index is returned.
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
    """Return the `q`-th quantile, like `quantile`, of the elements that are not NaN. NaN if all are NaN.

    Gradient: as for `quantile`.
    Raises: the same as `quantile`.
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
    """Return the `q`-th quantile, like `quantile`, of the elements that are not NaN. NaN if all are NaN.

    Gradient: as for `quantile`.
    Raises: the same as `quantile`.
    """
    ...

def nansum(
    input: ArrayLike,
    dim: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None,
    keepdim: builtins.bool = False,
    *,
    dtype: DTypeLike | None = None,
) -> Array:
    """Return the sum of the elements that are not NaN, or their sum over `dim` (an integer or a tuple).

    Gradient: 0 for NaN.
    Dtypes: as for `sum`.
    Raises: RuntimeError for complex tensors.
    """
    ...

def narrow(input: ArrayLike, dim: builtins.int, start: ArrayLike | Number, length: builtins.int) -> Array:
    """Narrow a dimension to `length` elements from `start`; a negative start counts from the end.

    Raises: IndexError for a start out of range; RuntimeError for a `length` that is too large. A traced start out of
    range gives NaN (the smallest integer, the largest unsigned one, True): it is never clamped.
    Torch: torch.narrow, which returns a view; here the result is a new array.
    """
    ...

def narrow_copy(input: ArrayLike, dim: builtins.int, start: Number | Array, length: builtins.int) -> Array:
    """Narrow a dimension to `length` elements from `start`, like `narrow`.

    Raises: IndexError for a start out of range; RuntimeError for a `length` that is too large.
    """
    ...

def native_batch_norm(
    input: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike,
    running_mean: ArrayLike | None,
    running_var: ArrayLike | None,
    training: builtins.bool,
    momentum: Number | Array,
    eps: Number | Array,
) -> tuple[Array, ...]:
    """Return `batch_norm`, and the mean and the reciprocal standard deviation of the batch.

    Without `training` both statistics are empty. In training with running statistics, the updated ones follow, like
    those of torch's `_native_batch_norm_legit_functional`.
    Gradient: none for the statistics.
    Raises: like `batch_norm`.
    Torch: torch.native_batch_norm.
    """
    ...

def native_channel_shuffle(input: ArrayLike, groups: builtins.int) -> Array:
    """Divide the channels into `groups` groups, and interleave the groups.

    Shapes: (n, c, *) -> (n, c, *).
    Raises: RuntimeError for fewer than 3 dimensions, and unless a positive `groups` divides the number of channels.
    Torch: torch.channel_shuffle, torch.nn.functional.channel_shuffle.
    """
    ...

def native_dropout(
    input: ArrayLike, p: builtins.float, train: builtins.bool | None, *, key: Array | None = None
) -> tuple[Array, Array]:
    """Return `dropout(input, p, train)` and the mask of the elements that are kept.

    Traced torch programs call it. If `train` is None, it is True.
    Raises: RuntimeError in training for a `p` outside [0, 1], and for integers and bools.
    Torch: torch.native_dropout.
    """
    ...

def native_group_norm(
    input: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike,
    N: builtins.int,
    C: builtins.int,
    HxW: builtins.int,
    group: builtins.int,
    eps: Number | Array,
) -> tuple[Array, Array, Array]:
    """Return `group_norm`, and the mean and the reciprocal standard deviation of each group.

    Shapes: `N` instances of `C` channels with `HxW` elements each; the statistics are (N, group).
    Gradient: none for the statistics.
    Raises: RuntimeError for other shapes.
    Torch: torch.native_group_norm.
    """
    ...

def native_layer_norm(
    input: ArrayLike,
    normalized_shape: tuple[builtins.int, ...],
    weight: ArrayLike,
    bias: ArrayLike,
    eps: Number | Array,
) -> tuple[Array, Array, Array]:
    """Return `layer_norm`, the mean, and the reciprocal standard deviation `1 / sqrt(var + eps)`.

    Shapes: the statistics keep the normalised dimensions, with size 1.
    Gradient: none for the statistics.
    Raises: like `layer_norm`.
    Torch: torch.native_layer_norm.
    """
    ...

def ne(input: ArrayLike, other: ArrayLike | Number) -> Array:
    """Return `input != other` for each element."""
    ...

def neg(input: ArrayLike) -> Array:
    """Return `-input`.

    Raises: NotImplementedError for bools.
    """
    ...

def negative(input: ArrayLike) -> Array:
    """Return `-input`.

    Raises: NotImplementedError for bools.
    """
    ...

def new_empty(input: ArrayLike, *size: builtins.int | Sequence[builtins.int], dtype: DTypeLike | None = None) -> Array:
    """Return an uninitialised tensor, by default with the dtype of `input`: its values are undefined.

    Raises: TypeError for sizes that are not integers; RuntimeError for negative sizes.
    Torch: Tensor.new_empty.
    """
    ...

def new_full(
    input: ArrayLike, size: Sequence[builtins.int], fill_value: ArrayLike | Number, *, dtype: DTypeLike | None = None
) -> Array:
    """Return a tensor filled with a number, by default with the dtype of `input`.

    Raises: TypeError for a size that is not a tuple; RuntimeError for a number that the dtype cannot hold.
    Torch: Tensor.new_full.
    """
    ...

def new_ones(input: ArrayLike, *size: builtins.int | Sequence[builtins.int], dtype: DTypeLike | None = None) -> Array:
    """Return a tensor of ones, by default with the dtype of `input`.

    Raises: TypeError for sizes that are not integers; RuntimeError for negative sizes.
    Torch: Tensor.new_ones.
    """
    ...

def new_zeros(input: ArrayLike, *size: builtins.int | Sequence[builtins.int], dtype: DTypeLike | None = None) -> Array:
    """Return a tensor of zeros, by default with the dtype of `input`.

    Raises: TypeError for sizes that are not integers; RuntimeError for negative sizes.
    Torch: Tensor.new_zeros.
    """
    ...

def nextafter(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the next floating point number after `input` towards `other`, through subnormals and to infinity.

    Gradient: 1 for `input`, 0 where the two are equal; 0 for `other`.
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
    """Return the indices of the nonzero elements, one row each; with `as_tuple`, one vector per dimension.

    Under jit and vmap give `size`, the number of rows; missing rows are filled with `fill_value`.
    Raises: NotImplementedError for a traced tensor without `size`.
    """
    ...

def nonzero_static(input: ArrayLike, *, size: builtins.int, fill_value: builtins.int = -1) -> Array:
    """Return the indices of the first `size` nonzero elements, one row each; missing rows are `fill_value`.

    Raises: RuntimeError for a negative size.
    """
    ...

def norm(
    input: ArrayLike,
    p: Number | str = "fro",
    dim: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None,
    keepdim: builtins.bool = False,
    *,
    dtype: DTypeLike | None = None,
) -> Array:
    """Return the `p`-norm `sum(abs(input) ** p) ** (1 / p)` of all elements, or over `dim` (an integer or a tuple).

    `p` is a number (0 counts the nonzero elements, infinity gives the maximum, -infinity the minimum), "fro" or None
    for 2, or "nuc" for the nuclear norm, the sum of the singular values of a matrix.
    Gradient: 0 where the norm is 0 and for elements that are 0; for an infinite `p` split evenly among the largest.
    Raises: RuntimeError for integers and bools, for an empty tensor if `p` is negative or infinite, and for a matrix
    with NaN if `p` is "nuc". A traced matrix with NaN gives NaN.
    """
    ...

def not_equal(input: ArrayLike, other: ArrayLike | Number) -> Array:
    """Return `input != other` for each element."""
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
    """Return a tensor of ones with the shape of `input`, and by default its dtype. Torch: torch.ones_like."""
    ...

def outer(input: ArrayLike, vec2: ArrayLike) -> Array:
    """Return the outer product of two vectors. Shapes: (m,), (n,) -> (m, n).

    Raises: RuntimeError for other shapes.
    """
    ...

def pairwise_distance(
    x1: ArrayLike, x2: ArrayLike, p: builtins.float = 2.0, eps: builtins.float = 1e-06, keepdim: builtins.bool = False
) -> Array:
    """Return the `p`-norm of `x1 - x2 + eps` over the last dimension, with broadcasting.

    Gradient: as for `norm`.
    Raises: RuntimeError for bools.
    Torch: torch.pairwise_distance, torch.nn.functional.pairwise_distance.
    """
    ...

def pdist(input: ArrayLike, p: builtins.float = 2.0) -> Array:
    """Return the p-norm distance between each pair of rows of a matrix, in order: (0, 1), (0, 2), ..., (1, 2), ...

    Shapes: (m, k) -> (m (m - 1) / 2).
    Gradient: 0 where the distance is 0.
    Raises: RuntimeError for other shapes, for a negative p, and for dtypes other than float32 and float64.
    Torch: torch.pdist, torch.nn.functional.pdist.
    """
    ...

def permute(input: ArrayLike, *dims: builtins.int | Sequence[builtins.int]) -> Array:
    """Permute the dimensions: dimension `i` of the result is dimension `dims[i]` of `input`.

    Shapes: `dims` are separate arguments or one tuple.
    Raises: RuntimeError unless `dims` contains each dimension exactly once.
    """
    ...

def permute_copy(input: ArrayLike, *dims: builtins.int | Sequence[builtins.int]) -> Array:
    """Permute the dimensions: dimension `i` of the result is dimension `dims[i]` of `input`.

    Shapes: `dims` are separate arguments or one tuple.
    Raises: RuntimeError unless `dims` contains each dimension exactly once.
    """
    ...

def pixel_shuffle(input: ArrayLike, upscale_factor: builtins.int) -> Array:
    """Rearrange each group of r² channels into blocks of r by r pixels, with r the `upscale_factor`.

    Shapes: (*, c r², h, w) -> (*, c, h r, w r).
    Raises: RuntimeError for other shapes, and for a factor that is not positive.
    Torch: torch.pixel_shuffle, torch.nn.functional.pixel_shuffle.
    """
    ...

def pixel_unshuffle(input: ArrayLike, downscale_factor: builtins.int) -> Array:
    """Rearrange each block of r by r pixels into r² channels, with r the `downscale_factor`.

    It is the inverse of `pixel_shuffle`.
    Shapes: (*, c, h r, w r) -> (*, c r², h, w).
    Raises: RuntimeError for other shapes, and for a factor that is not positive.
    Torch: torch.pixel_unshuffle, torch.nn.functional.pixel_unshuffle.
    """
    ...

def polar(abs: ArrayLike, angle: ArrayLike) -> Array:
    """Return complex numbers with the given absolute values and angles (in radians), both float32 or both float64.

    Gradient: for `abs` it is 0 at 0, and has the wrong sign below 0, as in torch.
    Raises: RuntimeError for other dtypes, and for two different dtypes.
    """
    ...

def polygamma(n: builtins.int, input: ArrayLike) -> Array:
    """Return the polygamma function, the `n`-th derivative of `digamma`; integers give float32.

    Raises: RuntimeError for a negative `n`.
    """
    ...

def positive(input: ArrayLike) -> Array:
    """Return `input`.

    Raises: NotImplementedError for bools.
    """
    ...

@overload
def pow(input: ArrayLike, exponent: Number) -> Array:
    """Return `input ** exponent`, for two tensors, or a tensor and a number.

    Gradient: for `input` 0 where the exponent is 0; for `exponent` 0 where the base is 0 and the exponent is not
    negative.
    Raises: RuntimeError for an integer tensor with a negative integer exponent, and for an exponent too large for the
    result's dtype.
    """
    ...

@overload
def pow(input: Number | Array, exponent: ArrayLike) -> Array:
    """Return `input ** exponent`, for two tensors, or a tensor and a number.

    Gradient: for `input` 0 where the exponent is 0; for `exponent` 0 where the base is 0 and the exponent is not
    negative.
    Raises: RuntimeError for an integer tensor with a negative integer exponent, and for an exponent too large for the
    result's dtype.
    """
    ...

@overload
def pow(input: ArrayLike, exponent: ArrayLike) -> Array:
    """Return `input ** exponent`, for two tensors, or a tensor and a number.

    Gradient: for `input` 0 where the exponent is 0; for `exponent` 0 where the base is 0 and the exponent is not
    negative.
    Raises: RuntimeError for an integer tensor with a negative integer exponent, and for an exponent too large for the
    result's dtype.
    """
    ...

def prelu(input: ArrayLike, weight: ArrayLike) -> Array:
    """Apply parametric ReLU: `x` if `x > 0`, else `weight x`, with one weight or one per channel.

    Shapes: (m, n, *), (n) or (1) -> (m, n, *).
    Gradient: the weight at 0 and at NaN.
    Raises: RuntimeError for other shapes, and if the dtypes differ.
    Torch: torch.prelu, torch.nn.functional.prelu.
    """
    ...

@overload
def prod(input: ArrayLike, *, dtype: DTypeLike | None = None) -> Array:
    """Return the product of all elements, or along one dimension.

    Gradient: exact also if elements are 0.
    Dtypes: as for `sum`.
    """
    ...

@overload
def prod(
    input: ArrayLike, dim: builtins.int, keepdim: builtins.bool = False, *, dtype: DTypeLike | None = None
) -> Array:
    """Return the product of all elements, or along one dimension.

    Gradient: exact also if elements are 0.
    Dtypes: as for `sum`.
    """
    ...

def promote_types(type1: DTypeLike, type2: DTypeLike) -> DType:
    """Return the smallest dtype that can represent both. Torch: torch.promote_types."""
    ...

def put(input: ArrayLike, index: ArrayLike, source: ArrayLike, accumulate: builtins.bool = False) -> Array:
    """Return `input` with `source` written at `index` of the flattened input.

    Negative indices count from the end. With `accumulate` the source is added.
    Shapes: `source` has as many elements as `index`.
    Gradient: to `input` where it is not overwritten, to `source` where it is written. For duplicate indices without
    `accumulate` the written value is undefined, as in torch.
    Raises: RuntimeError for different dtypes; IndexError for another number of elements, and for an index out of range.
    A traced index out of range writes nothing.
    Torch: Tensor.put.
    """
    ...

def qr(input: ArrayLike, some: builtins.bool = True) -> QAndR:
    """Return the QR decomposition `input = Q R`: the columns of Q are orthonormal, and R is upper triangular.

    Shapes: (*, m, n) -> (*, m, k), (*, k, n) with k = min(m, n), or k = m if not `some`.
    Gradient: not finite for linearly dependent columns; an error for a tall matrix if not `some`.
    Raises: RuntimeError for other shapes, and for dtypes other than float32, float64 and the complex ones.
    Differs: the sign of each column of Q, and of the same row of R, depends on the library.
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
    """Return the `q`-th quantile of all elements, or along `dim`. NaN if any element is NaN.

    `q` is a number in [0, 1], or a tensor of at most one dimension, which becomes the first dimension of the result. If
    the quantile is between two elements, `interpolation` is "linear", "lower", "higher", "midpoint" or "nearest" (ties
    to the even rank).
    Gradient: to the two neighbouring elements, and to `q`; equal elements keep their order.
    Raises: RuntimeError for a dtype other than float32 and float64, an empty tensor, and a `q` outside [0, 1]. A traced
    `q` outside gives NaN.
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
    """Return the `q`-th quantile of all elements, or along `dim`. NaN if any element is NaN.

    `q` is a number in [0, 1], or a tensor of at most one dimension, which becomes the first dimension of the result. If
    the quantile is between two elements, `interpolation` is "linear", "lower", "higher", "midpoint" or "nearest" (ties
    to the even rank).
    Gradient: to the two neighbouring elements, and to `q`; equal elements keep their order.
    Raises: RuntimeError for a dtype other than float32 and float64, an empty tensor, and a `q` outside [0, 1]. A traced
    `q` outside gives NaN.
    """
    ...

def rad2deg(input: ArrayLike) -> Array:
    """Convert each element from radians to degrees; integers give float32.

    Raises: NotImplementedError for complex numbers.
    """
    ...

def rand(key: Array, *size: builtins.int | Sequence[builtins.int], dtype: DTypeLike | None = None) -> Array:
    """Return uniform random numbers in [0, 1), float32 by default.

    Dtypes: for a complex dtype the real and imaginary parts are both in [0, 1).
    Raises: NotImplementedError for integers and bool.
    Torch: torch.rand.
    """
    ...

def randint(
    key: Array,
    low: ArrayLike | Number | None = None,
    high: ArrayLike | Number | None = None,
    size: Sequence[builtins.int] | None = None,
    *,
    dtype: DTypeLike | None = None,
) -> Array:
    """Return uniform random integers in [low, high); `randint(key, high, size)` starts at 0.

    Raises: RuntimeError unless `low < high` and the dtype can hold both; TypeError for a size that is not a tuple.
    Torch: torch.randint.
    """
    ...

def randn(key: Array, *size: builtins.int | Sequence[builtins.int], dtype: DTypeLike | None = None) -> Array:
    """Return random numbers from the standard normal distribution (mean 0, variance 1), float32 by default.

    Dtypes: for a complex dtype the real and imaginary parts each have variance 1/2.
    Raises: NotImplementedError for integers and bool.
    Torch: torch.randn.
    """
    ...

def randperm(key: Array, n: builtins.int, *, dtype: DTypeLike | None = None) -> Array:
    """Return a random permutation of the integers from 0 to `n - 1`.

    Raises: RuntimeError for a negative `n`, and for an `n` that the dtype cannot represent; NotImplementedError for
    bool and complex.
    Torch: torch.randperm.
    """
    ...

def ravel(input: ArrayLike) -> Array:
    """Return the flattened tensor: its elements, in order, as a vector."""
    ...

def real(input: ArrayLike) -> Array:
    """Return the real part of each element; a real tensor is returned unchanged."""
    ...

def reciprocal(input: ArrayLike) -> Array:
    """Return the reciprocal `1 / input`; integers give float32."""
    ...

def relu(input: ArrayLike) -> Array:
    """Apply the rectified linear unit, `max(x, 0)`, to each element. NaN is propagated.

    Gradient: 0 at 0 (jnp.maximum(x, 0) gives 0.5), 1 at NaN.
    Torch: torch.relu, torch.nn.functional.relu.
    """
    ...

@overload
def remainder(input: ArrayLike | Number, other: ArrayLike) -> Array:
    """Return the remainder of floor division (Python's modulo): it has the sign of `other`.

    Gradient: 1 for `input`, minus the floored quotient for `other`.
    Raises: RuntimeError for an integer division by zero, if the divisor is known (not traced).
    """
    ...

@overload
def remainder(input: ArrayLike, other: ArrayLike | Number) -> Array:
    """Return the remainder of floor division (Python's modulo): it has the sign of `other`.

    Gradient: 1 for `input`, minus the floored quotient for `other`.
    Raises: RuntimeError for an integer division by zero, if the divisor is known (not traced).
    """
    ...

def renorm(input: ArrayLike, p: builtins.float, dim: builtins.int, maxnorm: builtins.float) -> Array:
    """Return `input` with each slice along `dim` scaled down to the norm `maxnorm` if its `p`-norm exceeds `maxnorm`.

    Gradient: through the norm too, if a slice is scaled.
    Raises: RuntimeError for integers and bools, fewer than 2 dimensions, a `p` <= 0, a negative `maxnorm`, and, for an
    infinite `p`, empty slices.
    """
    ...

def repeat(input: ArrayLike, *repeats: builtins.int | Sequence[builtins.int]) -> Array:
    """Repeat the tensor along each dimension. More repeats than dimensions add leading dimensions.

    Raises: RuntimeError for fewer repeats than dimensions, and for a negative one.
    Torch: Tensor.repeat (numpy.tile; numpy.repeat is `repeat_interleave`).
    """
    ...

def repeat_interleave(
    input: ArrayLike,
    repeats: builtins.int | Sequence[builtins.int] | ArrayLike = ...,
    dim: builtins.int | None = None,
    *,
    output_size: builtins.int | None = None,
) -> Array:
    """Repeat each element of the flattened tensor, or each slice along `dim`.

    Shapes: `repeats` is an integer, or a tensor with one integer per slice, whose sum is the size of the result. Traced
    repeats need `output_size`; if it is not their sum, the result is NaN (the smallest integer, the largest unsigned
    one, True). If the only argument is a tensor of repeats, the result is the repeated indices.
    Raises: RuntimeError for a negative number, and for repeats that do not fit the dimension or `output_size`.
    Torch: torch.repeat_interleave (numpy.repeat). There `output_size` saves a synchronisation; here jit needs it.
    """
    ...

def reshape(input: ArrayLike, *shape: builtins.int | Sequence[builtins.int]) -> Array:
    """Return the elements, in order, in another shape. One size may be -1 and is then inferred.

    Shapes: sizes are separate arguments or one tuple.
    Raises: RuntimeError if the product of the sizes is not the number of elements.
    """
    ...

def reshape_as(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the elements, in order, in the shape of `other`.

    Raises: RuntimeError if the tensors have different numbers of elements.
    """
    ...

def resolve_conj(input: ArrayLike) -> Array:
    """Return `input` unchanged: JAX has no lazy conjugation."""
    ...

def resolve_neg(input: ArrayLike) -> Array:
    """Return `input` unchanged: JAX has no lazy negation."""
    ...

def result_type(*tensors: ArrayLike | Sequence[ArrayLike]) -> DType:
    """Return the dtype of an arithmetic operation on tensors and Python numbers. Torch: torch.result_type.

    A tensor with dimensions outranks a 0-dim tensor, which outranks a number, unless the other's category is higher.
    torch has complex32 and JAX has not: where torch answers complex32, this answers complex64.
    """
    ...

def rms_norm(
    input: ArrayLike,
    normalized_shape: tuple[builtins.int, ...],
    weight: ArrayLike | None = None,
    eps: Number | Array | None = None,
) -> Array:
    """Apply root mean square layer normalisation: `x / sqrt(mean(x ** 2) + eps) * weight`.

    The mean is over the last dimensions, of shape `normalized_shape`. By default `eps` is the machine epsilon of the
    dtype, of float32 for 16-bit floats.
    Dtypes: the result has the input's dtype, for any dtype of the weight; 16-bit floats are computed in float32.
    Raises: RuntimeError for other shapes.
    Torch: torch.rms_norm, torch.nn.functional.rms_norm.
    """
    ...

@overload
def rnn_relu(
    input: ArrayLike,
    hx: ArrayLike,
    params: Sequence[ArrayLike],
    has_biases: builtins.bool,
    num_layers: builtins.int,
    dropout: builtins.float,
    train: builtins.bool,
    bidirectional: builtins.bool,
    batch_first: builtins.bool,
    *,
    lengths: ArrayLike | None = None,
    key: ArrayLike | None = None,
) -> tuple[Array, Array]:
    """Apply layers of a recurrent network with `relu`. Return the outputs and the last hidden states.

    `hx` are the initial hidden states. The other arguments are those of `lstm`, without a projection. A packed sequence
    is `rnn_relu(data, batch_sizes, hx, params, has_biases, num_layers, dropout, train, bidirectional)`.

    Shapes, dtypes and errors: those of `lstm`.
    Torch: torch.rnn_relu.
    """
    ...

@overload
def rnn_relu(
    data: ArrayLike,
    batch_sizes: ArrayLike,
    hx: ArrayLike,
    params: Sequence[ArrayLike],
    has_biases: builtins.bool,
    num_layers: builtins.int,
    dropout: builtins.float,
    train: builtins.bool,
    bidirectional: builtins.bool,
    *,
    key: ArrayLike | None = None,
) -> tuple[Array, Array]:
    """Apply layers of a recurrent network with `relu`. Return the outputs and the last hidden states.

    `hx` are the initial hidden states. The other arguments are those of `lstm`, without a projection. A packed sequence
    is `rnn_relu(data, batch_sizes, hx, params, has_biases, num_layers, dropout, train, bidirectional)`.

    Shapes, dtypes and errors: those of `lstm`.
    Torch: torch.rnn_relu.
    """
    ...

def rnn_relu_cell(
    input: ArrayLike,
    hx: ArrayLike,
    w_ih: ArrayLike,
    w_hh: ArrayLike,
    b_ih: ArrayLike | None = None,
    b_hh: ArrayLike | None = None,
) -> Array:
    """Return the hidden state `relu(input @ w_ih.T + b_ih + hx @ w_hh.T + b_hh)`.

    Shapes: (b, n), state (b, m), weights (m, n) and (m, m), biases (m).
    Dtypes: 16-bit floats are computed in float32 and rounded once.
    Gradient: 0 at 0.
    Raises: RuntimeError for other shapes, and for different dtypes.
    """
    ...

@overload
def rnn_tanh(
    input: ArrayLike,
    hx: ArrayLike,
    params: Sequence[ArrayLike],
    has_biases: builtins.bool,
    num_layers: builtins.int,
    dropout: builtins.float,
    train: builtins.bool,
    bidirectional: builtins.bool,
    batch_first: builtins.bool,
    *,
    lengths: ArrayLike | None = None,
    key: ArrayLike | None = None,
) -> tuple[Array, Array]:
    """Apply layers of a recurrent network with `tanh`. Return the outputs and the last hidden states.

    `hx` are the initial hidden states. The other arguments are those of `lstm`, without a projection. A packed sequence
    is `rnn_tanh(data, batch_sizes, hx, params, has_biases, num_layers, dropout, train, bidirectional)`.

    Shapes, dtypes and errors: those of `lstm`.
    Torch: torch.rnn_tanh.
    """
    ...

@overload
def rnn_tanh(
    data: ArrayLike,
    batch_sizes: ArrayLike,
    hx: ArrayLike,
    params: Sequence[ArrayLike],
    has_biases: builtins.bool,
    num_layers: builtins.int,
    dropout: builtins.float,
    train: builtins.bool,
    bidirectional: builtins.bool,
    *,
    key: ArrayLike | None = None,
) -> tuple[Array, Array]:
    """Apply layers of a recurrent network with `tanh`. Return the outputs and the last hidden states.

    `hx` are the initial hidden states. The other arguments are those of `lstm`, without a projection. A packed sequence
    is `rnn_tanh(data, batch_sizes, hx, params, has_biases, num_layers, dropout, train, bidirectional)`.

    Shapes, dtypes and errors: those of `lstm`.
    Torch: torch.rnn_tanh.
    """
    ...

def rnn_tanh_cell(
    input: ArrayLike,
    hx: ArrayLike,
    w_ih: ArrayLike,
    w_hh: ArrayLike,
    b_ih: ArrayLike | None = None,
    b_hh: ArrayLike | None = None,
) -> Array:
    """Return the hidden state `tanh(input @ w_ih.T + b_ih + hx @ w_hh.T + b_hh)`.

    Shapes: (b, n), state (b, m), weights (m, n) and (m, m), biases (m).
    Dtypes: 16-bit floats are computed in float32 and rounded once; integers give float32.
    Raises: RuntimeError for other shapes, and for different dtypes.
    """
    ...

def roll(
    input: ArrayLike,
    shifts: builtins.int | tuple[builtins.int, ...] | list[builtins.int],
    dims: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None,
) -> Array:
    """Shift the elements cyclically along `dims`: elements beyond the last position come back at the first.

    Shapes: without `dims` the flattened tensor is shifted, then reshaped to the original shape.
    Raises: RuntimeError for different numbers of shifts and dimensions.
    """
    ...

def rot90(
    input: ArrayLike, k: builtins.int = 1, dims: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = (0, 1)
) -> Array:
    """Rotate the tensor `k` times by 90 degrees in the plane of two dimensions, from the first to the second.

    Raises: RuntimeError for fewer than 2 dimensions, and unless `dims` are two different dimensions.
    """
    ...

def round(input: ArrayLike, *, decimals: builtins.int = 0) -> Array:
    """Round each element to the nearest integer (ties to even), or to `decimals` decimals. Gradient: 0.

    A negative `decimals` rounds to tens, hundreds, ... It needs a floating point tensor.
    """
    ...

def row_stack(tensors: Sequence[ArrayLike]) -> Array:
    """Concatenate tensors along their first dimension; a vector is a row.

    Dtypes: promoted.
    """
    ...

def rrelu(
    input: ArrayLike,
    lower: builtins.float = 0.125,
    upper: builtins.float = 0.3333333333333333,
    training: builtins.bool = False,
    *,
    key: Array | None = None,
) -> Array:
    """Apply randomized leaky ReLU: `x` if `x > 0`, else `slope x` with a random slope.

    In training the slope of each element is sampled uniformly between `lower` and `upper`. Otherwise it is the mean of
    `lower` and `upper`.
    Gradient: the slope at 0. At NaN it is 1 in training, else the slope.
    Raises: TypeError for a missing `key` if slopes are sampled; RuntimeError if `lower > upper` or a bound is not
    finite, and for tensors that are not floating point.
    Torch: torch.rrelu, torch.nn.functional.rrelu.
    """
    ...

def rsqrt(input: ArrayLike) -> Array:
    """Return the reciprocal of the square root of each element; integers give float32."""
    ...

@overload
def rsub(input: ArrayLike, other: Number | Array, *, alpha: Number | Array = 1) -> Array:
    """Return `other - alpha * input`.

    Raises: RuntimeError in the same cases as `sub`.
    """
    ...

@overload
def rsub(input: ArrayLike, other: ArrayLike, *, alpha: Number | Array = 1) -> Array:
    """Return `other - alpha * input`.

    Raises: RuntimeError in the same cases as `sub`.
    """
    ...

def scalar_tensor(s: Number | Array, *, dtype: DTypeLike | None = None) -> Array:
    """Return a 0-dim tensor of a number, float32 by default, for integers too.

    Raises: RuntimeError for a number that the dtype cannot hold, a complex one without `dtype` among them.
    Torch: torch.scalar_tensor.
    """
    ...

@overload
def scatter(input: ArrayLike, dim: builtins.int, index: ArrayLike, src: ArrayLike) -> Array:
    """Return `input` with `src` written at `index` along `dim`: for `dim=0`, `out[index[i][j]][j] = src[i][j]`.

    A number is passed as `value`. With `reduce` "add" or "multiply" the element is combined with `src`, not replaced.
    Shapes: `index` has as many dimensions as `input`, and no dimension except `dim` is larger; `src` is no smaller than
    `index`.
    Gradient: to `input` where it is not overwritten, to `src` where it is written; none with `reduce`, as in torch. For
    duplicate indices without `reduce` the written value is undefined, as in torch.
    Raises: RuntimeError for other shapes, different dtypes, and an index out of range (negative indices are out of
    range). A traced index out of range writes nothing.
    """
    ...

@overload
def scatter(input: ArrayLike, dim: builtins.int, index: ArrayLike, value: Number | Array) -> Array:
    """Return `input` with `src` written at `index` along `dim`: for `dim=0`, `out[index[i][j]][j] = src[i][j]`.

    A number is passed as `value`. With `reduce` "add" or "multiply" the element is combined with `src`, not replaced.
    Shapes: `index` has as many dimensions as `input`, and no dimension except `dim` is larger; `src` is no smaller than
    `index`.
    Gradient: to `input` where it is not overwritten, to `src` where it is written; none with `reduce`, as in torch. For
    duplicate indices without `reduce` the written value is undefined, as in torch.
    Raises: RuntimeError for other shapes, different dtypes, and an index out of range (negative indices are out of
    range). A traced index out of range writes nothing.
    """
    ...

@overload
def scatter(input: ArrayLike, dim: builtins.int, index: ArrayLike, src: ArrayLike, *, reduce: str) -> Array:
    """Return `input` with `src` written at `index` along `dim`: for `dim=0`, `out[index[i][j]][j] = src[i][j]`.

    A number is passed as `value`. With `reduce` "add" or "multiply" the element is combined with `src`, not replaced.
    Shapes: `index` has as many dimensions as `input`, and no dimension except `dim` is larger; `src` is no smaller than
    `index`.
    Gradient: to `input` where it is not overwritten, to `src` where it is written; none with `reduce`, as in torch. For
    duplicate indices without `reduce` the written value is undefined, as in torch.
    Raises: RuntimeError for other shapes, different dtypes, and an index out of range (negative indices are out of
    range). A traced index out of range writes nothing.
    """
    ...

@overload
def scatter(input: ArrayLike, dim: builtins.int, index: ArrayLike, value: Number | Array, *, reduce: str) -> Array:
    """Return `input` with `src` written at `index` along `dim`: for `dim=0`, `out[index[i][j]][j] = src[i][j]`.

    A number is passed as `value`. With `reduce` "add" or "multiply" the element is combined with `src`, not replaced.
    Shapes: `index` has as many dimensions as `input`, and no dimension except `dim` is larger; `src` is no smaller than
    `index`.
    Gradient: to `input` where it is not overwritten, to `src` where it is written; none with `reduce`, as in torch. For
    duplicate indices without `reduce` the written value is undefined, as in torch.
    Raises: RuntimeError for other shapes, different dtypes, and an index out of range (negative indices are out of
    range). A traced index out of range writes nothing.
    """
    ...

def scatter_add(input: ArrayLike, dim: builtins.int, index: ArrayLike, src: ArrayLike) -> Array:
    """Return `input` with `src` added at `index` along `dim`: for `dim=0`, `out[index[i][j]][j] += src[i][j]`.

    Shapes: as for `scatter`.
    Dtypes: 16-bit floats are accumulated in float32; the sum of bools is their logical or.
    Raises: the same as `scatter`.
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
    """Return `input` reduced with the elements of `src` that `index` sends to each position along `dim`.

    `reduce` is "sum", "prod", "mean", "amax" or "amin". Without `include_self`, `input` is not part of the reduction.
    Shapes: as for `scatter`.
    Gradient: for "amax" and "amin" split evenly among equal elements. torch counts the element of `input` among them
    even without `include_self`.
    Raises: the same as `scatter`, and RuntimeError for another `reduce`.
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
    """Return the index at which each value keeps the sequence sorted: before equal elements, or after them if `right`.

    `side` is "left" or "right" and means the same as `right`. `sorter` holds the indices that sort the sequence.
    Shapes: the sequence is 1-D, or has the dimensions of `input` except for the last one.
    Dtypes: sequence and input are promoted; the result is int64, or int32 with `out_int32`.
    Raises: RuntimeError for other shapes, a `side` that contradicts `right`, and a sorter out of range.
    """
    ...

def select(input: ArrayLike, dim: builtins.int, index: Number | Array) -> Array:
    """Return the slice at `index` along `dim`, with that dimension removed.

    Raises: IndexError for an index out of range.
    """
    ...

def select_copy(input: ArrayLike, dim: builtins.int, index: Number | Array) -> Array:
    """Return the slice at `index` along `dim`, with that dimension removed.

    Raises: IndexError for an index out of range.
    """
    ...

def select_scatter(input: ArrayLike, src: ArrayLike, dim: builtins.int, index: Number | Array) -> Array:
    """Return `input` with its slice at `index` along `dim` (see `select`) replaced by `src`.

    Dtypes: those of `input`; `src` is cast to them.
    Raises: IndexError for an index out of range; RuntimeError if `src` does not have the shape of the slice.
    """
    ...

def selu(input: ArrayLike) -> Array:
    """Apply the scaled exponential linear unit, `scale * elu(x, alpha)`.

    The constants `scale` and `alpha` preserve mean 0 and variance 1 from layer to layer.
    Gradient: `scale * alpha` at 0.
    Torch: torch.selu, torch.nn.functional.selu.
    """
    ...

def setitem(x: ArrayLike, index: Any, value: ArrayLike | Number) -> Array:
    """Return a copy of `x` after torch's `x[index] = value`; `x` itself does not change.

    Shapes: the value broadcasts to `x[index]`; its leading dimensions of size 1 are ignored.
    Dtypes: those of `x`. A tensor assigned through index tensors must already have that dtype, as in torch.
    Gradient: to `x` where it is not overwritten, to `value` where it is written. For duplicate indices the written
    value is undefined, as in torch.
    Raises: the same as `getitem`; RuntimeError for a value that does not fit. A traced index out of range writes
    nothing.
    """
    ...

def sgn(input: ArrayLike) -> Array:
    """Return each element divided by its absolute value, 0 at 0; for a real element the sign, 0 for NaN.

    Gradient: 0 at 0 and for real elements. The second derivative of a complex element is NaN at 0.
    """
    ...

def shape(input: ArrayLike) -> tuple[builtins.int, ...]:
    """Return the shape of a tensor. Torch: Tensor.shape."""
    ...

def sigmoid(input: ArrayLike) -> Array:
    """Return the sigmoid `1 / (1 + exp(-x))` of each element; integers give float32."""
    ...

def sign(input: ArrayLike) -> Array:
    """Return the sign of each element: -1, 0 or 1; 0 for NaN.

    Gradient: 0 everywhere.
    """
    ...

def signbit(input: ArrayLike) -> Array:
    """Return whether the sign bit of each element is set, also for -0 and NaN.

    Raises: NotImplementedError for complex numbers.
    """
    ...

def sin(input: ArrayLike) -> Array:
    """Return the sine of each element, in radians; integers give float32."""
    ...

def sinc(input: ArrayLike) -> Array:
    """Return `sin(pi x) / (pi x)` of each element, 1 at 0; integers give float32.

    Gradient: 0 at 0; the second derivative at 0 is NaN.
    """
    ...

def sinh(input: ArrayLike) -> Array:
    """Return the hyperbolic sine of each element; integers give float32."""
    ...

def size(input: ArrayLike, dim: builtins.int | None = None) -> Any:
    """Return the shape of a tensor, or its size along `dim` (a NumPy array's `size` is torch's `numel`).

    Raises: IndexError for a dimension out of range.
    Torch: Tensor.size.
    """
    ...

def slice_copy(
    input: ArrayLike,
    dim: builtins.int = 0,
    start: builtins.int | None = None,
    end: builtins.int | None = None,
    step: builtins.int = 1,
) -> Array:
    """Return the slice `start:end:step` along a dimension.

    Raises: RuntimeError for a step below 1; IndexError for a 0-dim tensor.
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
    """Return `input` with the slice `start:end:step` along `dim` replaced by `src`.

    Dtypes: those of `input`; `src` is cast to them.
    Raises: RuntimeError if `src` does not have the shape of the slice, and for a step below 1.
    """
    ...

def slogdet(input: ArrayLike) -> SignAndLogarithm:
    """Return the sign and the logarithm of the absolute value of each determinant. Shapes: (*, n, n) -> (*), (*).

    A singular matrix gives 0 and -infinity.
    Dtypes: the sign of a complex matrix is complex, its logarithm is real.
    Raises: RuntimeError for other shapes, and for dtypes other than float32, float64 and the complex ones.
    """
    ...

def softmax(input: ArrayLike, dim: builtins.int | None = None, *, dtype: DTypeLike | None = None) -> Array:
    """Apply softmax, `exp(x) / sum(exp(x))`, along `dim`, without overflow.

    Dtypes: the input is first cast to `dtype`, if given.
    Gradient: NaN if all elements along `dim` are -infinity.
    Warns: if `dim` is omitted. As in torch, it is then 0 for tensors of 0, 1 or 3 dimensions, else 1.
    Raises: NotImplementedError for a tensor that is not floating point, unless `dtype` is.
    Torch: torch.softmax, torch.nn.functional.softmax.
    """
    ...

@overload
def sort(input: ArrayLike, dim: builtins.int = -1, descending: builtins.bool = False) -> ValuesAndIndices:
    """Sort the elements along `dim`, and return the values and their indices.

    The sort is stable. torch promises that only for `stable=True`.
    Gradient: to the element whose index is returned.
    Raises: RuntimeError for complex numbers.
    """
    ...

@overload
def sort(
    input: ArrayLike, *, stable: builtins.bool | None, dim: builtins.int = -1, descending: builtins.bool = False
) -> ValuesAndIndices:
    """Sort the elements along `dim`, and return the values and their indices.

    The sort is stable. torch promises that only for `stable=True`.
    Gradient: to the element whose index is returned.
    Raises: RuntimeError for complex numbers.
    """
    ...

@overload
def split(tensor: ArrayLike, split_size_or_sections: builtins.int, dim: builtins.int = 0) -> tuple[Array, ...]:
    """Split a tensor into parts of one size along a dimension (the last may be smaller), or of the given sizes.

    Raises: RuntimeError if the sizes do not sum to the size of the dimension.
    """
    ...

@overload
def split(
    tensor: ArrayLike,
    split_size_or_sections: builtins.int | tuple[builtins.int, ...] | list[builtins.int],
    dim: builtins.int = 0,
) -> tuple[Array, ...]:
    """Split a tensor into parts of one size along a dimension (the last may be smaller), or of the given sizes.

    Raises: RuntimeError if the sizes do not sum to the size of the dimension.
    """
    ...

def split_copy(input: ArrayLike, split_size: builtins.int, dim: builtins.int = 0) -> tuple[Array, ...]:
    """Split a tensor into parts of one size along a dimension, like `split`. The last part may be smaller.

    Raises: RuntimeError for a part size below 1.
    Torch: torch.unsafe_split, torch.split_copy.
    """
    ...

def split_with_sizes(
    input: ArrayLike, split_sizes: tuple[builtins.int, ...], dim: builtins.int = 0
) -> tuple[Array, ...]:
    """Split a tensor into parts of the given sizes along a dimension.

    Raises: RuntimeError if the sizes do not sum to the size of the dimension.
    """
    ...

def split_with_sizes_copy(
    input: ArrayLike, split_sizes: tuple[builtins.int, ...], dim: builtins.int = 0
) -> tuple[Array, ...]:
    """Split a tensor into parts of the given sizes along a dimension.

    Raises: RuntimeError if the sizes do not sum to the size of the dimension.
    """
    ...

def sqrt(input: ArrayLike) -> Array:
    """Return the square root of each element; integers give float32.

    Gradient: infinite at 0.
    """
    ...

def square(input: ArrayLike) -> Array:
    """Return the square of each element.

    Dtypes: bools give int64.
    """
    ...

@overload
def squeeze(input: ArrayLike) -> Array:
    """Remove all dimensions of size 1, or only those in `dim`."""
    ...

@overload
def squeeze(input: ArrayLike, dim: builtins.int) -> Array:
    """Remove all dimensions of size 1, or only those in `dim`."""
    ...

@overload
def squeeze(input: ArrayLike, dim: builtins.int | tuple[builtins.int, ...] | list[builtins.int]) -> Array:
    """Remove all dimensions of size 1, or only those in `dim`."""
    ...

@overload
def squeeze_copy(input: ArrayLike) -> Array:
    """Remove all dimensions of size 1, or only those in `dim`."""
    ...

@overload
def squeeze_copy(input: ArrayLike, dim: builtins.int) -> Array:
    """Remove all dimensions of size 1, or only those in `dim`."""
    ...

@overload
def squeeze_copy(input: ArrayLike, dim: builtins.int | tuple[builtins.int, ...] | list[builtins.int]) -> Array:
    """Remove all dimensions of size 1, or only those in `dim`."""
    ...

def stack(tensors: Sequence[ArrayLike], dim: builtins.int = 0) -> Array:
    """Concatenate tensors of equal shape along a new dimension.

    Dtypes: promoted.
    Raises: RuntimeError for no tensors, and for shapes that differ.
    """
    ...

@overload
def std(
    input: ArrayLike,
    dim: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None,
    *,
    correction: builtins.float | None = 1,
    keepdim: builtins.bool = False,
) -> Array:
    """Return the standard deviation of all elements, or over `dim`. The divisor is `n - correction` (jnp.std: n).

    `unbiased` is torch's older argument: True means correction=1, False means correction=0.
    Gradient: 0 if all elements are equal.
    Raises: RuntimeError for integers and bools.
    """
    ...

@overload
def std(
    input: ArrayLike,
    dim: builtins.int | tuple[builtins.int, ...] | list[builtins.int],
    unbiased: builtins.bool = True,
    keepdim: builtins.bool = False,
) -> Array:
    """Return the standard deviation of all elements, or over `dim`. The divisor is `n - correction` (jnp.std: n).

    `unbiased` is torch's older argument: True means correction=1, False means correction=0.
    Gradient: 0 if all elements are equal.
    Raises: RuntimeError for integers and bools.
    """
    ...

@overload
def std(input: ArrayLike, unbiased: builtins.bool = True) -> Array:
    """Return the standard deviation of all elements, or over `dim`. The divisor is `n - correction` (jnp.std: n).

    `unbiased` is torch's older argument: True means correction=1, False means correction=0.
    Gradient: 0 if all elements are equal.
    Raises: RuntimeError for integers and bools.
    """
    ...

@overload
def std_mean(
    input: ArrayLike,
    dim: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None,
    *,
    correction: builtins.float | None = 1,
    keepdim: builtins.bool = False,
) -> tuple[Array, Array]:
    """Return the standard deviation, like `std`, and the mean.

    Raises: RuntimeError for integers and bools.
    """
    ...

@overload
def std_mean(
    input: ArrayLike,
    dim: builtins.int | tuple[builtins.int, ...] | list[builtins.int],
    unbiased: builtins.bool = True,
    keepdim: builtins.bool = False,
) -> tuple[Array, Array]:
    """Return the standard deviation, like `std`, and the mean.

    Raises: RuntimeError for integers and bools.
    """
    ...

@overload
def std_mean(input: ArrayLike, unbiased: builtins.bool = True) -> tuple[Array, Array]:
    """Return the standard deviation, like `std`, and the mean.

    Raises: RuntimeError for integers and bools.
    """
    ...

def stft(
    input: ArrayLike,
    n_fft: builtins.int,
    hop_length: builtins.int | None = None,
    win_length: builtins.int | None = None,
    window: ArrayLike | None = None,
    center: builtins.bool = True,
    pad_mode: str = "reflect",
    normalized: builtins.bool = False,
    onesided: builtins.bool | None = None,
    return_complex: builtins.bool | None = None,
    align_to_window: builtins.bool | None = None,
) -> Array:
    """Compute the short-time Fourier transform: the transforms of overlapping frames of `n_fft` elements.

    `hop_length` is the distance of two frames, `n_fft // 4` by default. `window` has `win_length` elements (`n_fft` by
    default) and is padded with zeros on both sides; by default it is 1. With `center`, the input is padded so that
    frame t is centred at `t * hop_length`. `normalized` divides by the root of `n_fft`. `onesided` returns only the
    frequencies that are not negative; it is the default for real inputs.
    Shapes: (t) or (b, t) -> (*, frequencies, frames); with `return_complex=False` a last dimension of size 2.
    Raises: RuntimeError for other shapes and sizes, for integers and 16-bit floats, and for a real input without
    `return_complex`.
    Torch: torch.stft.
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
    """Return the sum of all elements, or over `dim` (an integer or a tuple).

    Dtypes: integers and bools are summed in int64; 16-bit floats in float32 and rounded once.
    """
    ...

@overload
def sum(
    input: ArrayLike,
    dim: builtins.int | tuple[builtins.int, ...] | list[builtins.int],
    keepdim: builtins.bool = False,
    *,
    dtype: DTypeLike | None = None,
) -> Array:
    """Return the sum of all elements, or over `dim` (an integer or a tuple).

    Dtypes: integers and bools are summed in int64; 16-bit floats in float32 and rounded once.
    """
    ...

def sum_to_size(input: ArrayLike, *size: builtins.int | Sequence[builtins.int]) -> Array:
    """Sum `input` to a size that broadcasts to its shape: the inverse of `expand`.

    Dtypes: integers and bools are summed in int64.
    Raises: RuntimeError for a size that does not broadcast to the shape of `input`.
    Torch: Tensor.sum_to_size.
    """
    ...

def svd(input: ArrayLike, some: builtins.bool = True, compute_uv: builtins.bool = True) -> SingularValues:
    """Return the singular value decomposition `input = U diag(S) Vᴴ`.

    Shapes: (*, m, n) -> (*, m, k), (*, k), (*, n, k) with k = min(m, n). If not `some`, U is (*, m, m) and V is
    (*, n, n). Without `compute_uv` U and V are zeros.
    Gradient: not finite for equal singular values, except for S alone.
    Raises: RuntimeError for other shapes, for dtypes other than float32, float64 and the complex ones, and for NaN.
    Under jit the result for NaN is NaN.
    Differs: the phases of the columns of U and V depend on the library.
    """
    ...

def swapaxes(input: ArrayLike, axis0: builtins.int, axis1: builtins.int) -> Array:
    """Swap two dimensions, like `transpose`.

    Raises: IndexError for a dimension out of range.
    """
    ...

def swapdims(input: ArrayLike, dim0: builtins.int, dim1: builtins.int) -> Array:
    """Swap two dimensions.

    Raises: IndexError for a dimension out of range.
    """
    ...

def t(input: ArrayLike) -> Array:
    """Return the transpose of a matrix; a 0-dim or 1-D tensor is returned unchanged.

    Raises: RuntimeError for more than 2 dimensions.
    """
    ...

def t_copy(input: ArrayLike) -> Array:
    """Return the transpose of a matrix; a 0-dim or 1-D tensor is returned unchanged.

    Raises: RuntimeError for more than 2 dimensions.
    """
    ...

def take(input: ArrayLike, index: ArrayLike) -> Array:
    """Return the elements of the flattened input at the given indices; negative indices count from the end.

    Gradient: an element that is taken several times gets the sum.
    Raises: IndexError for an index out of range. A traced index out of range gives the same as in `getitem`.
    """
    ...

def take_along_dim(input: ArrayLike, indices: ArrayLike, dim: builtins.int | None = None) -> Array:
    """Return the elements at `indices` along `dim`, or in the flattened input if `dim` is None.

    Shapes: `input` and `indices` broadcast, except along `dim`.
    Gradient: an element that is taken several times gets the sum.
    Along a dimension an index is taken modulo its size, as in torch, so that no index is out of range.
    Raises: RuntimeError for an index out of range if `dim` is None, as `gather` does.
    """
    ...

def tan(input: ArrayLike) -> Array:
    """Return the tangent of each element, in radians; integers give float32."""
    ...

def tanh(input: ArrayLike) -> Array:
    """Return the hyperbolic tangent of each element; integers give float32."""
    ...

def tensor(data: Any, *, dtype: DTypeLike | None = None) -> Array:
    """Return a tensor from a Python number, nested lists of numbers, or an array, which is copied.

    Dtypes: for Python numbers the smallest of bool, int64, float32 and complex64 that holds all; an array keeps its
    own.
    Raises: ValueError for ragged lists; RuntimeError or TypeError for anything that is not a number.
    Torch: torch.tensor.
    """
    ...

def tensor_split(
    input: ArrayLike, indices_or_sections: builtins.int | Sequence[builtins.int] | ArrayLike, dim: builtins.int = 0
) -> tuple[Array, ...]:
    """Split a tensor into `indices_or_sections` nearly equal parts along a dimension, or at the given indices.

    Shapes: the first parts may be larger by 1. An index works as in the slice `input[start:stop]`: negative indices
    count from the end, and none is out of range.
    Raises: NotImplementedError for a traced tensor of indices, because its values decide the shapes.
    Differs: torch requires a tensor of indices to be int64; here int32, JAX's default integer dtype, is accepted too.
    """
    ...

def tensordot(a: ArrayLike, b: ArrayLike, dims: builtins.int | Sequence[Sequence[builtins.int]] = 2) -> Array:
    """Return the tensor contraction of `a` and `b`: the product summed over pairs of dimensions, without conjugation.

    `dims` is the number of dimensions (the last ones of `a`, the first ones of `b`), or a pair of lists of dimensions.
    Shapes: the remaining dimensions of `a`, then those of `b`. A dimension of size 1 broadcasts.
    Raises: RuntimeError for sizes that differ, and for different dtypes.
    """
    ...

def threshold(input: ArrayLike, threshold: Number | Array, value: Number | Array) -> Array:
    """Apply a threshold: `x` if `x > threshold`, else `value`. NaN is propagated.

    Gradient: 1 above the threshold and at NaN, else 0.
    Torch: torch.threshold, torch.nn.functional.threshold.
    """
    ...

def tile(input: ArrayLike, *dims: builtins.int | Sequence[builtins.int]) -> Array:
    """Repeat the tensor along each dimension. If `dims` is shorter, it applies to the last dimensions.

    Raises: RuntimeError for a negative number.
    """
    ...

def to(input: ArrayLike, dtype: DTypeLike) -> Array:
    """Cast a tensor to a dtype: a float is truncated to an integer, a complex number to its real part.

    Raises: RuntimeError for 64 bits while JAX's 64-bit types are off.
    Torch: Tensor.to. Tensor.float(), Tensor.double() and similar are `jaxfun.float(x)`, `jaxfun.double(x)`, ...
    """
    ...

def to_numpy(input: ArrayLike) -> numpy.ndarray:
    """Return the values of a tensor as a read-only NumPy array.

    Memory: shared with the tensor on the CPU, copied from a GPU. Use `.copy()` for a writable array.
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
    """Return the `k` largest elements along `dim` (the smallest if not `largest`), and their indices.

    The result is always sorted. Among equal elements the first one is taken; torch leaves that open.
    Gradient: to the element whose index is returned.
    Raises: RuntimeError for a `k` that is too large, for bools and for complex numbers.
    """
    ...

def trace(input: ArrayLike) -> Array:
    """Return the trace of a matrix: the sum of its diagonal. Shapes: (m, n) -> ().

    Dtypes: integers are summed in int64; 16-bit floats in float32 and rounded once.
    Raises: RuntimeError for other shapes.
    """
    ...

def transpose(input: ArrayLike, dim0: builtins.int, dim1: builtins.int) -> Array:
    """Swap two dimensions.

    Raises: IndexError for a dimension out of range.
    """
    ...

def transpose_copy(input: ArrayLike, dim0: builtins.int, dim1: builtins.int) -> Array:
    """Swap two dimensions.

    Raises: IndexError for a dimension out of range.
    """
    ...

@overload
def trapezoid(y: ArrayLike, x: ArrayLike, *, dim: builtins.int = -1) -> Array:
    """Return the integral of `y` along `dim` by the trapezoidal rule, at coordinates `x` or with spacing `dx`.

    Shapes: `x` is 1-D, or broadcasts with `y`.
    Raises: RuntimeError for bools; TypeError if both `x` and `dx` are given.
    """
    ...

@overload
def trapezoid(y: ArrayLike, *, dx: Number | Array = 1, dim: builtins.int = -1) -> Array:
    """Return the integral of `y` along `dim` by the trapezoidal rule, at coordinates `x` or with spacing `dx`.

    Shapes: `x` is 1-D, or broadcasts with `y`.
    Raises: RuntimeError for bools; TypeError if both `x` and `dx` are given.
    """
    ...

@overload
def trapz(y: ArrayLike, x: ArrayLike, *, dim: builtins.int = -1) -> Array:
    """Return the integral of `y` along `dim` by the trapezoidal rule, at coordinates `x` or with spacing `dx`.

    Shapes: `x` is 1-D, or broadcasts with `y`.
    Raises: RuntimeError for bools; TypeError if both `x` and `dx` are given.
    """
    ...

@overload
def trapz(y: ArrayLike, *, dx: Number | Array = 1, dim: builtins.int = -1) -> Array:
    """Return the integral of `y` along `dim` by the trapezoidal rule, at coordinates `x` or with spacing `dx`.

    Shapes: `x` is 1-D, or broadcasts with `y`.
    Raises: RuntimeError for bools; TypeError if both `x` and `dx` are given.
    """
    ...

def tril(input: ArrayLike, diagonal: builtins.int = 0) -> Array:
    """Return the lower triangle of matrices, with zeros above a diagonal: 0 is the main one, 1 the one above it.

    Raises: RuntimeError for fewer than 2 dimensions.
    """
    ...

def tril_indices(
    row: builtins.int, col: builtins.int, offset: builtins.int = 0, *, dtype: DTypeLike | None = None
) -> Array:
    """Return the row and column indices of the lower triangle of a (row, col) matrix, in row-major order.

    Shapes: (2, number of elements).
    Raises: RuntimeError for a negative size; NotImplementedError for a dtype other than int32 and int64.
    """
    ...

def triu(input: ArrayLike, diagonal: builtins.int = 0) -> Array:
    """Return the upper triangle of matrices, with zeros below a diagonal: 0 is the main one, 1 the one above it.

    Raises: RuntimeError for fewer than 2 dimensions.
    """
    ...

def triu_indices(
    row: builtins.int, col: builtins.int, offset: builtins.int = 0, *, dtype: DTypeLike | None = None
) -> Array:
    """Return the row and column indices of the upper triangle of a (row, col) matrix, in row-major order.

    Shapes: (2, number of elements).
    Raises: RuntimeError for a negative size; NotImplementedError for a dtype other than int32 and int64.
    """
    ...

def true_divide(input: ArrayLike, other: ArrayLike | Number, *, rounding_mode: str | None = None) -> Array:
    """Return `input / other`. Integers are divided in float32 unless `rounding_mode` is "trunc" or "floor".

    Gradient: 0 with a rounding mode.
    Raises: RuntimeError for an integer division by zero with a rounding mode, if the divisor is known (not traced).
    """
    ...

def trunc(input: ArrayLike) -> Array:
    """Return the integer part of each element; integers are unchanged. Gradient: 0."""
    ...

def type(input: ArrayLike, dtype: DTypeLike | None = None) -> Any:
    """Return torch's type name of a tensor, such as "torch.FloatTensor"; with `dtype`, cast the tensor.

    Torch: Tensor.type.
    """
    ...

def unbind(input: ArrayLike, dim: builtins.int = 0) -> tuple[Array, ...]:
    """Remove a dimension, and return the slices along it as a tuple.

    Raises: IndexError for a dimension out of range, and for a 0-dim tensor.
    """
    ...

def unbind_copy(input: ArrayLike, dim: builtins.int = 0) -> tuple[Array, ...]:
    """Remove a dimension, and return the slices along it as a tuple.

    Raises: IndexError for a dimension out of range, and for a 0-dim tensor.
    """
    ...

def unflatten(input: ArrayLike, dim: builtins.int, sizes: tuple[builtins.int, ...]) -> Array:
    """Split one dimension into several with the given sizes. One size may be -1 and is then inferred.

    Raises: RuntimeError if the product of the sizes is not the size of the dimension.
    """
    ...

def unfold(input: ArrayLike, dimension: builtins.int, size: builtins.int, step: builtins.int) -> Array:
    """Return the sliding windows of `size` elements along a dimension, at intervals of `step`.

    Shapes: (*, n, *) -> (*, number of windows, *, size).
    Gradient: an element in several windows gets the sum.
    Raises: RuntimeError for a size larger than the dimension, and for a step below 1.
    Torch: Tensor.unfold.
    """
    ...

def unfold_copy(input: ArrayLike, dimension: builtins.int, size: builtins.int, step: builtins.int) -> Array:
    """Return the sliding windows of `size` elements along a dimension, at intervals of `step`.

    Shapes: (*, n, *) -> (*, number of windows, *, size).
    Gradient: an element in several windows gets the sum.
    Raises: RuntimeError for a size larger than the dimension, and for a step below 1.
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
    fill_value: ArrayLike | Number | None = None,
) -> Any:
    """Return the unique elements in ascending order, or the unique slices along `dim`. Each NaN is unique.

    With `return_inverse` also return the position of each element in the result, with `return_counts` its count.
    The result is always sorted. Under jit and vmap give `size`, the number of unique elements; missing ones are
    filled with `fill_value`.
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
    fill_value: ArrayLike | Number | None = None,
) -> Any:
    """Return the first element of each run of equal elements, or the first slice of each run along `dim`.

    With `return_inverse` also return the run of each element, with `return_counts` the length of each run.
    Under jit and vmap give `size`, the number of runs; missing ones are filled with `fill_value`.
    Gradient: none, as in torch.
    Raises: NotImplementedError for complex numbers, and for a traced tensor without `size`.
    """
    ...

def unravel_index(indices: ArrayLike, shape: builtins.int | Sequence[builtins.int]) -> tuple[Array, ...]:
    """Return the coordinates of flat indices into a tensor of the given shape, one tensor per dimension.

    An index out of range is taken modulo the size, as in torch. Shapes: each result has the shape of `indices`.
    Dtypes: int64. Raises: TypeError for indices or a `shape` that are not integers; ValueError for a negative size;
    RuntimeError for indices into an empty tensor.
    """
    ...

def unsafe_chunk(input: ArrayLike, chunks: builtins.int, dim: builtins.int = 0) -> tuple[Array, ...]:
    """Split a tensor into at most `chunks` parts of equal size along a dimension; the last may be smaller.

    Raises: RuntimeError for fewer than 1 chunk.
    """
    ...

def unsafe_split(input: ArrayLike, split_size: builtins.int, dim: builtins.int = 0) -> tuple[Array, ...]:
    """Split a tensor into parts of one size along a dimension, like `split`. The last part may be smaller.

    Raises: RuntimeError for a part size below 1.
    Torch: torch.unsafe_split, torch.split_copy.
    """
    ...

def unsafe_split_with_sizes(
    input: ArrayLike, split_sizes: tuple[builtins.int, ...], dim: builtins.int = 0
) -> tuple[Array, ...]:
    """Split a tensor into parts of the given sizes along a dimension.

    Raises: RuntimeError if the sizes do not sum to the size of the dimension.
    """
    ...

def unsqueeze(input: ArrayLike, dim: builtins.int) -> Array:
    """Insert a dimension of size 1 at `dim`.

    Raises: IndexError for a dimension out of range.
    """
    ...

def unsqueeze_copy(input: ArrayLike, dim: builtins.int) -> Array:
    """Insert a dimension of size 1 at `dim`.

    Raises: IndexError for a dimension out of range.
    """
    ...

def vander(x: ArrayLike, N: builtins.int | None = None, increasing: builtins.bool = False) -> Array:
    """Return the Vandermonde matrix of a vector: one row per element, with its powers from `N - 1` down to 0.

    Shapes: (n) -> (n, N); `N` is n by default.
    Dtypes: bools and integers become int64.
    Raises: RuntimeError for a tensor that is not 1-D, and for a negative `N`.
    """
    ...

@overload
def var(
    input: ArrayLike,
    dim: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None,
    *,
    correction: builtins.float | None = 1,
    keepdim: builtins.bool = False,
) -> Array:
    """Return the variance of all elements, or over `dim`. The divisor is `n - correction` (jnp.var: n).

    `unbiased` is torch's older argument: True means correction=1, False means correction=0.
    Gradient: NaN or infinite if the divisor is 0, like the value.
    Raises: RuntimeError for integers and bools.
    """
    ...

@overload
def var(
    input: ArrayLike,
    dim: builtins.int | tuple[builtins.int, ...] | list[builtins.int],
    unbiased: builtins.bool = True,
    keepdim: builtins.bool = False,
) -> Array:
    """Return the variance of all elements, or over `dim`. The divisor is `n - correction` (jnp.var: n).

    `unbiased` is torch's older argument: True means correction=1, False means correction=0.
    Gradient: NaN or infinite if the divisor is 0, like the value.
    Raises: RuntimeError for integers and bools.
    """
    ...

@overload
def var(input: ArrayLike, unbiased: builtins.bool = True) -> Array:
    """Return the variance of all elements, or over `dim`. The divisor is `n - correction` (jnp.var: n).

    `unbiased` is torch's older argument: True means correction=1, False means correction=0.
    Gradient: NaN or infinite if the divisor is 0, like the value.
    Raises: RuntimeError for integers and bools.
    """
    ...

@overload
def var_mean(
    input: ArrayLike,
    dim: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None,
    *,
    correction: builtins.float | None = 1,
    keepdim: builtins.bool = False,
) -> tuple[Array, Array]:
    """Return the variance, like `var`, and the mean.

    Raises: RuntimeError for integers and bools.
    """
    ...

@overload
def var_mean(
    input: ArrayLike,
    dim: builtins.int | tuple[builtins.int, ...] | list[builtins.int],
    unbiased: builtins.bool = True,
    keepdim: builtins.bool = False,
) -> tuple[Array, Array]:
    """Return the variance, like `var`, and the mean.

    Raises: RuntimeError for integers and bools.
    """
    ...

@overload
def var_mean(input: ArrayLike, unbiased: builtins.bool = True) -> tuple[Array, Array]:
    """Return the variance, like `var`, and the mean.

    Raises: RuntimeError for integers and bools.
    """
    ...

def vdot(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the dot product of two vectors, with the first one conjugated. Shapes: (k,), (k,) -> ().

    Raises: RuntimeError for other shapes, and for different dtypes.
    """
    ...

def view(input: ArrayLike, *size: builtins.int | Sequence[builtins.int]) -> Array:
    """Return the elements, in order, in another shape, like `reshape`.

    Differs: torch raises for a tensor that is not contiguous; a JAX array has no strides.
    """
    ...

def view_as(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the elements, in order, in the shape of `other`.

    Raises: RuntimeError if the tensors have different numbers of elements.
    Differs: torch raises for a tensor that is not contiguous; a JAX array has no strides.
    """
    ...

def view_as_complex(input: ArrayLike) -> Array:
    """Return complex numbers from a last dimension of size 2: the real and imaginary parts.

    Raises: RuntimeError for another size, and for a dtype other than float32 and float64.
    """
    ...

def view_as_complex_copy(input: ArrayLike) -> Array:
    """Return complex numbers from a last dimension of size 2: the real and imaginary parts.

    Raises: RuntimeError for another size, and for a dtype other than float32 and float64.
    """
    ...

def view_as_real(input: ArrayLike) -> Array:
    """Return the real and imaginary parts of complex numbers as a new last dimension of size 2.

    Raises: NotImplementedError for dtypes that are not complex.
    """
    ...

def view_as_real_copy(input: ArrayLike) -> Array:
    """Return the real and imaginary parts of complex numbers as a new last dimension of size 2.

    Raises: NotImplementedError for dtypes that are not complex.
    """
    ...

def view_copy(input: ArrayLike, *size: builtins.int | Sequence[builtins.int]) -> Array:
    """Return the elements, in order, in another shape, like `reshape`.

    Differs: torch raises for a tensor that is not contiguous; a JAX array has no strides.
    """
    ...

def vsplit(
    input: ArrayLike, indices_or_sections: builtins.int | tuple[builtins.int, ...] | list[builtins.int]
) -> tuple[Array, ...]:
    """Split a tensor along its first dimension into equal parts, or at the given indices.

    Raises: RuntimeError for a vector, and if the dimension cannot be split into equal parts.
    """
    ...

def vstack(tensors: Sequence[ArrayLike]) -> Array:
    """Concatenate tensors along their first dimension; a vector is a row.

    Dtypes: promoted.
    """
    ...

def where(condition: ArrayLike, input: ArrayLike | Number, other: ArrayLike | Number) -> Array:
    """Return `input` where the condition is true, else `other`.

    Gradient: 0 for the element that is not selected, even if it is NaN or infinite.
    Raises: RuntimeError for a condition that is not bool, and for a number too large for the result's dtype.
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
    """Return a tensor of zeros with the shape of `input`, and by default its dtype. Torch: torch.zeros_like."""
    ...
