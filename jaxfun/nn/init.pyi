"""torch.nn.init: initial values of parameters, from a random key. Nothing is filled in place."""
# Written by docs/make_stubs.py: the types of the public names.

import builtins
import pathlib
from collections.abc import Callable, Mapping, Sequence
from types import EllipsisType, ModuleType
from typing import Any, Literal, overload

import numpy
from jax import Array
from ..core.types import ArrayLike as ArrayLike
from ..core.dtypes import DType as DType
from ..core.types import Number

__version__: builtins.str
DTypeLike = DType | numpy.dtype[Any] | builtins.str | builtins.type

def calculate_fan_in_and_fan_out(tensor: ArrayLike | Sequence[builtins.int]) -> tuple[builtins.int, builtins.int]:
    """Return the number of inputs of an output, and of outputs of an input, for a weight of shape (out, in, *).

    `tensor` is a shape or an array. As in torch, the weight of a linear layer is (out, in): transpose a kernel of
    another library, whose shape is (in, out).
    Raises: ValueError for fewer than 2 dimensions.
    Torch: torch.nn.init._calculate_fan_in_and_fan_out.
    """
    ...

def calculate_gain(nonlinearity: str, param: builtins.float | None = None) -> builtins.float:
    """Return the recommended gain for a nonlinearity: a function of `nn.functional`, by its name.

    `param` is the slope of leaky_relu, 0.01 by default.
    Raises: ValueError for an unknown nonlinearity, and for a slope that is not a number.
    Torch: torch.nn.init.calculate_gain.
    """
    ...

def constant(
    key: Array | None, tensor: ArrayLike | Sequence[builtins.int], val: Number, *, dtype: DTypeLike | None = None
) -> Array:
    """Return a tensor filled with the number `val`. The key is not used.

    Raises: RuntimeError for a number that the dtype cannot hold.
    Torch: torch.nn.init.constant_.
    """
    ...

def dirac(
    key: Array | None,
    tensor: ArrayLike | Sequence[builtins.int],
    groups: builtins.int = 1,
    *,
    dtype: DTypeLike | None = None,
) -> Array:
    """Return the kernel of a convolution that keeps its input: 1 at the centre of channel i for output i, else 0.

    With `groups` each group of outputs keeps its own channels. The key is not used.
    Shapes: (out, in / groups, *), with 3 to 5 dimensions.
    Raises: ValueError for other shapes, and if `groups` does not divide the outputs.
    Torch: torch.nn.init.dirac_.
    """
    ...

def eye(key: Array | None, tensor: ArrayLike | Sequence[builtins.int], *, dtype: DTypeLike | None = None) -> Array:
    """Return the identity matrix. The key is not used.

    Shapes: (n, m).
    Raises: ValueError unless there are 2 dimensions.
    Torch: torch.nn.init.eye_.
    """
    ...

def kaiming_normal(
    key: Array,
    tensor: ArrayLike | Sequence[builtins.int],
    a: builtins.float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    *,
    dtype: DTypeLike | None = None,
) -> Array:
    """Return normal random numbers with variance `gain² / fan`: Kaiming or He initialisation.

    `a` is the slope of leaky_relu. `mode` is the fan: "fan_in" or "fan_out". The numbers are not truncated;
    jax.nn.initializers.he_normal truncates them.
    Warns: if the tensor is empty.
    Raises: ValueError for fewer than 2 dimensions, and for an unknown `mode` or `nonlinearity`.
    Torch: torch.nn.init.kaiming_normal_.
    """
    ...

def kaiming_uniform(
    key: Array,
    tensor: ArrayLike | Sequence[builtins.int],
    a: builtins.float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    *,
    dtype: DTypeLike | None = None,
) -> Array:
    """Return uniform random numbers with variance `gain² / fan`: Kaiming or He initialisation.

    `a` is the slope of leaky_relu. `mode` is the fan: "fan_in" or "fan_out". torch.nn.Linear and the convolutions
    initialise their weights with `a=5 ** 0.5`.
    Warns: if the tensor is empty.
    Raises: ValueError for fewer than 2 dimensions, and for an unknown `mode` or `nonlinearity`.
    Torch: torch.nn.init.kaiming_uniform_.
    """
    ...

def normal(
    key: Array,
    tensor: ArrayLike | Sequence[builtins.int],
    mean: builtins.float = 0.0,
    std: builtins.float = 1.0,
    *,
    dtype: DTypeLike | None = None,
) -> Array:
    """Return random numbers from the normal distribution.

    Dtypes: for a complex dtype both parts have the mean `mean`, and each has half of the variance.
    Raises: RuntimeError for a negative `std`.
    Torch: torch.nn.init.normal_.
    """
    ...

def ones(key: Array | None, tensor: ArrayLike | Sequence[builtins.int], *, dtype: DTypeLike | None = None) -> Array:
    """Return a tensor of ones. The key is not used.

    Torch: torch.nn.init.ones_.
    """
    ...

def orthogonal(
    key: Array, tensor: ArrayLike | Sequence[builtins.int], gain: builtins.float = 1, *, dtype: DTypeLike | None = None
) -> Array:
    """Return a random matrix whose rows or columns are orthonormal, times `gain`. It is uniform among such matrices.

    Shapes: (n, *): all dimensions after the first form the columns.
    Raises: ValueError for fewer than 2 dimensions; NotImplementedError for dtypes other than float32 and float64.
    Torch: torch.nn.init.orthogonal_.
    """
    ...

def sparse(
    key: Array,
    tensor: ArrayLike | Sequence[builtins.int],
    sparsity: builtins.float,
    std: builtins.float = 0.01,
    *,
    dtype: DTypeLike | None = None,
) -> Array:
    """Return normal random numbers with `ceil(sparsity * n)` zeros in each column, at random indices.

    Shapes: (n, m).
    Raises: ValueError unless there are 2 dimensions; RuntimeError for a negative `std`.
    Torch: torch.nn.init.sparse_.
    """
    ...

def trunc_normal(
    key: Array,
    tensor: ArrayLike | Sequence[builtins.int],
    mean: builtins.float = 0.0,
    std: builtins.float = 1.0,
    a: builtins.float = -2.0,
    b: builtins.float = 2.0,
    *,
    dtype: DTypeLike | None = None,
) -> Array:
    """Return random numbers from the normal distribution, truncated to [a, b].

    `a` and `b` are values, not multiples of `std`. The standard deviation of the result is smaller than `std`.
    Dtypes: 16-bit floats are drawn in float32 and rounded. torch does not if 30 % or fewer normal numbers are in
    [a, b]: it then computes in 16 bits, and draws too many numbers far from the mean.
    Warns: if `mean` is more than two standard deviations outside of [a, b].
    Raises: ZeroDivisionError for `std = 0`; RuntimeError unless `a <= b`; NotImplementedError for complex dtypes.
    Torch: torch.nn.init.trunc_normal_.
    """
    ...

def uniform(
    key: Array,
    tensor: ArrayLike | Sequence[builtins.int],
    a: builtins.float = 0.0,
    b: builtins.float = 1.0,
    *,
    dtype: DTypeLike | None = None,
) -> Array:
    """Return uniform random numbers in [a, b).

    Raises: RuntimeError unless `a <= b` and the dtype can hold both and their difference.
    Torch: torch.nn.init.uniform_.
    """
    ...

def xavier_normal(
    key: Array,
    tensor: ArrayLike | Sequence[builtins.int],
    gain: builtins.float = 1.0,
    *,
    dtype: DTypeLike | None = None,
) -> Array:
    """Return normal random numbers with variance `gain² * 2 / (fan_in + fan_out)`: Xavier or Glorot initialisation.

    Raises: ValueError for fewer than 2 dimensions; RuntimeError for a negative gain.
    Torch: torch.nn.init.xavier_normal_.
    """
    ...

def xavier_uniform(
    key: Array,
    tensor: ArrayLike | Sequence[builtins.int],
    gain: builtins.float = 1.0,
    *,
    dtype: DTypeLike | None = None,
) -> Array:
    """Return uniform random numbers with variance `gain² * 2 / (fan_in + fan_out)`: Xavier or Glorot initialisation.

    Raises: ValueError for fewer than 2 dimensions; otherwise like `uniform`.
    Torch: torch.nn.init.xavier_uniform_.
    """
    ...

def zeros(key: Array | None, tensor: ArrayLike | Sequence[builtins.int], *, dtype: DTypeLike | None = None) -> Array:
    """Return a tensor of zeros. The key is not used.

    Torch: torch.nn.init.zeros_.
    """
    ...
