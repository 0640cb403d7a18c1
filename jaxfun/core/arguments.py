"""Arguments by their role: `NORMALISE` converts an argument before the call, `TAKES` says if an overload accepts it."""

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .dims import is_integer
from .dtypes import DType, as_array, is_scalar, required
from .errors import ArgumentTypeError, describe
from .record import Role
from .sizes import is_open

_NUMBERS = (bool, int, float, complex)


def as_tensor(name: str, value: Any) -> jax.Array:
    """Return a JAX array for an array of any library.

    Raises: ArgumentTypeError for anything else, Python numbers included.
    """
    if isinstance(value, jax.Array):
        return value
    if isinstance(value, (*_NUMBERS, np.generic)) or not hasattr(value, "dtype"):
        raise ArgumentTypeError(f"`{name}` to be a tensor", describe(value), "Make one with jaxfun.tensor.")
    return as_array(value)


def _operand(name: str, value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()  # to torch a NumPy scalar is a Python number
    if isinstance(value, _NUMBERS):
        return value
    return jnp.asarray(value) if is_open(value) else as_tensor(name, value)


def _tensors(name: str, value: Any) -> tuple[jax.Array, ...]:
    if not isinstance(value, (tuple, list)):
        raise ArgumentTypeError(f"`{name}` to be a tuple or a list of tensors", describe(value))
    return tuple(as_tensor(f"{name}[{position}]", item) for position, item in enumerate(value))


def _static(name: str, value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        if any(isinstance(item, float) for item in value):  # jit would reuse the program of (2, 3) for (2, 3.0)
            raise ArgumentTypeError(f"`{name}` to hold integers", describe(value))
        return tuple(_static(name, item) for item in value)
    return value.item() if isinstance(value, np.generic) else value


def _number(name: str, value: Any) -> Any:
    if getattr(value, "ndim", None) == 0 and not isinstance(value, jax.Array):  # a 0-dim tensor is a number to torch
        value = value.item()
    if not isinstance(value, (*_NUMBERS, jax.Array)) and not is_open(value):
        raise ArgumentTypeError(f"`{name}` to be a number", describe(value))
    return value


def _integer(name: str, value: Any) -> int:
    if not is_integer(value):
        raise ArgumentTypeError(f"`{name}` to be an integer", describe(value))
    return value.item() if isinstance(value, np.integer) else value


def _integers(name: str, value: Any) -> Any:
    value = _static(name, value)
    items = value if isinstance(value, tuple) else () if value is None else (value,)
    if not all(map(is_integer, items)):
        raise ArgumentTypeError(f"`{name}` to be an integer or integers", describe(value))
    return value


def _dtype(name: str, value: Any) -> DType | None:
    return None if value is None else required(value)


NORMALISE: Mapping[Role, Callable[[str, Any], Any]] = {
    Role.TENSOR: as_tensor,
    Role.MASK: as_tensor,
    Role.OPERAND: _operand,
    Role.TENSORS: _tensors,
    Role.SCALAR: _number,
    Role.DIM: _integer,
    Role.DIMS: _integers,
    Role.SIZES: lambda name, value: value,  # converted together, by as_sizes
    Role.DTYPE: _dtype,
    Role.STATIC: _static,
}


# Whether an overload accepts an argument: torch's parser looks at the type alone.


def _is_tensor(value: Any) -> bool:
    return hasattr(value, "dtype") and not isinstance(value, (np.generic, DType))


def _is_sequence(value: Any) -> bool:
    return isinstance(value, (tuple, list))


TAKES: Mapping[Role, Callable[[Any], bool]] = {
    Role.TENSOR: _is_tensor,
    Role.MASK: _is_tensor,
    Role.OPERAND: lambda value: _is_tensor(value) or is_scalar(value),
    Role.TENSORS: _is_sequence,
    Role.SCALAR: is_scalar,
    Role.DIM: is_integer,
    Role.DIMS: lambda value: value is None or is_integer(value) or _is_sequence(value),
    Role.SIZES: lambda value: is_integer(value) or _is_sequence(value),
    Role.DTYPE: lambda value: not _is_tensor(value),
    Role.STATIC: lambda value: not _is_tensor(value),
}
