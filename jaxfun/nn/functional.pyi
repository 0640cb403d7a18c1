"""torch.nn.functional: the functions that the tutorial's models are made of."""
# Written by docs/make_stubs.py: the types of the public names.

import builtins
from collections.abc import Callable, Mapping, Sequence
from types import EllipsisType, ModuleType
from typing import Any, Literal, overload

import numpy
from jax import Array
from ..core.types import ArrayLike as ArrayLike
from ..core.dtypes import DType as DType

__version__: builtins.str
DTypeLike = DType | numpy.dtype[Any] | builtins.str | builtins.type

def linear(input: ArrayLike, weight: ArrayLike, bias: ArrayLike | None = None) -> Array:
    """Return `input @ weight.T + bias`. Shapes: (*, n), (o, n), (o,) -> (*, o); a weight (n,) gives (*).

    Dtypes: 16-bit floats are computed in float32 and rounded once.
    Raises: RuntimeError for other shapes, and for different dtypes.
    Torch: torch.nn.functional.linear.
    """
    ...

def mse_loss(input: ArrayLike, target: ArrayLike, *, reduction: str = "mean") -> Array:
    """Return the squared error between `input` and `target`: the mean (by default), the sum, or each element.

    Warns: if the shapes differ and broadcast, which is rarely intended.
    Raises: ValueError for an unknown reduction.
    Torch: torch.nn.functional.mse_loss.
    """
    ...

def relu(input: ArrayLike) -> Array:
    """Return the rectified linear unit, max(x, 0), of each element; NaN is kept.

    Gradient: 0 at 0 (jnp.maximum(x, 0) has 0.5), 1 at NaN.
    Torch: torch.relu, torch.nn.functional.relu.
    """
    ...
