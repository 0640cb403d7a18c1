"""The types that annotate the public functions, for readers, editors and type checkers."""

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

Number = bool | int | float | complex


@runtime_checkable
class ArrayLike(Protocol):
    """An array of JAX, NumPy, PyTorch or another library that speaks DLPack.

    >>> import jax.numpy as jnp
    >>> isinstance(jnp.ones(2), ArrayLike), isinstance(2.0, ArrayLike)
    (True, False)
    """

    @property
    def shape(self) -> tuple[int, ...]:
        """The sizes of all dimensions."""
        ...

    @property
    def dtype(self) -> Any:
        """The dtype, of whichever library."""
        ...

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        ...


ArrayLike.__module__ = "jaxfun"  # its public place, by which `help` names it

Sizes = int | Sequence[int]
