"""Tensors repeated: as a whole, side by side, or element by element."""

from collections.abc import Sequence
from typing import Annotated, Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer

from ..core.dims import as_sizes, wrap_dim
from ..core.dtypes import as_array
from ..core.errors import (
    ArgumentTypeError,
    IndexRangeError,
    ShapeError,
    UnsupportedArgumentError,
    UnsupportedDTypeError,
    describe,
)
from ..core.op import op
from ..core.public import public
from ..core.record import Array, Beside, Choice, Dim, Integer, Mask, Role, Shape
from .broadcast import expand
from .shape import clone, flatten, unsqueeze


@public
def repeat(input: Any, *times: int | Sequence[int], repeats: Sequence[int] | None = None) -> jax.Array:
    """Return the tensor repeated so many times along each dimension; more numbers than dimensions add some in front.

    Raises: RuntimeError for fewer numbers than dimensions, and for a negative one.
    Torch: Tensor.repeat (numpy.tile; numpy.repeat is `repeat_interleave`).

    >>> import jaxfun as jf
    >>> jf.repeat(jf.tensor([1, 2]), 2, 2)
    Array([[1, 2, 1, 2],
           [1, 2, 1, 2]], dtype=int32)
    """
    return _repeat(input, as_sizes(times, repeats, "repeats"))


_REPEATED = {
    "input": Shape(("m n", "n", "", "m n", "m n", "", "n")),
    "repeats": Beside(((2, 3), (2, 1, 2), (2,), (1, 1), (2, 0), (), (3,))),
}


@op(kind=None, torch="torch.Tensor.repeat", takes=_REPEATED)
def _repeat(input: Array, repeats: tuple[int, ...]) -> jax.Array:
    new = len(repeats) - input.ndim
    if new < 0:
        raise ShapeError(f"{input.ndim} numbers at least, for {describe(input)}", str(list(repeats)))
    if any(times * size < 0 for times, size in zip(repeats, (*(1,) * new, *input.shape), strict=True)):
        raise ShapeError("numbers of 0 and more", str(list(repeats)))
    return jnp.tile(input, tuple(max(times, 0) for times in repeats))


@public
def tile(input: Any, *times: int | Sequence[int], dims: Sequence[int] | None = None) -> jax.Array:
    """Return the tensor repeated so many times along each dimension; with fewer numbers, along the last dimensions.

    Raises: RuntimeError for a negative number.

    >>> import jaxfun as jf
    >>> jf.tile(jf.tensor([[1, 2]]), (2,))
    Array([[1, 2, 1, 2]], dtype=int32)
    """
    return _tile(input, as_sizes(times, dims, "dims"))


_TILED = {
    "input": Shape(("m n", "m n", "n", "", "m n", "")),
    "dims": Beside(((2,), (2, 3), (2, 1, 2), (2,), (), ())),
}


@op(kind=None, torch="torch.tile", composite=True, node="", takes=_TILED)
def _tile(input: Array, dims: tuple[int, ...]) -> jax.Array:
    return repeat(input, (1,) * (input.ndim - len(dims)) + dims)


_Optional = Annotated[int | None, Role.DIM]
_INTERLEAVE = "repeat_interleave(input, repeats, dim, output_size)"


@public
def repeat_interleave(
    input: Any, repeats: Any = ..., dim: int | None = None, *, output_size: int | None = None
) -> jax.Array:
    """Return each element, or each slice along `dim`, repeated so many times in a row; without `dim`, of a vector.

    Shapes: `repeats` is an integer, or a tensor of one for each slice, whose sum is then the size of the result. Where
    it is traced, `output_size` has to say so much, and a sum other than that gives NaN (the least integer, the greatest
    unsigned one, True). A tensor of repeats as the only argument gives the indices to be taken.
    Raises: RuntimeError for a negative number, and where the numbers do not fit the dimension or `output_size`.
    Torch: numpy.repeat; `output_size` there saves a synchronisation, here it also serves under jit.

    >>> import jaxfun as jf
    >>> jf.repeat_interleave(jf.tensor([1, 2]), 2), jf.repeat_interleave(jf.tensor([1, 2]), jf.tensor([3, 1]))
    (Array([1, 1, 2, 2], dtype=int32), Array([1, 1, 1, 2], dtype=int32))
    """
    if repeats is ...:
        return _indices(input, output_size)
    if hasattr(repeats, "dtype") and not isinstance(repeats, np.generic):
        return _interleaved_by(as_array(input), _counts(repeats), dim, output_size)
    return _repeat_interleave(input, repeats, dim, output_size=output_size)  # type: ignore[arg-type]  # refused within, if it is neither


_INTERLEAVED = {
    "input": Shape(("m n", "n", "", "m n", "b m n")),
    "repeats": Choice((2, 1, 3, 0)),
    "dim": Beside((None, 0, None, -1, 1)),
    "output_size": Choice((None, None, 6)),
}


@op(kind=None, torch="torch.repeat_interleave", overload="self_int", composite=True, node="", takes=_INTERLEAVED)
def _repeat_interleave(
    input: Array, repeats: Integer, dim: _Optional = None, *, output_size: _Optional = None
) -> jax.Array:
    along = flatten(input) if dim is None else input
    axis = 0 if dim is None else wrap_dim(dim, input.ndim)
    row = unsqueeze(along, axis + 1)
    if repeats < 0 or output_size not in (None, along.shape[axis] * repeats):
        raise ShapeError("a number of 0 and more, and `output_size` to be the size", f"{repeats} and {output_size}")
    spread = expand(row, (*along.shape[: axis + 1], repeats, *along.shape[axis + 1 :]))
    return flatten(clone(spread), axis, axis + 1)


def _counts(repeats: Any) -> Any:
    """Return repeats as they are: a NumPy array stays one, for under jit a JAX array made of it is traced."""
    if not hasattr(repeats, "dtype") or isinstance(repeats, np.generic):
        raise ArgumentTypeError("`repeats` to be an integer or a tensor", describe(repeats))
    if str(repeats.dtype).removeprefix("torch.") not in ("int32", "int64"):
        raise UnsupportedDTypeError("`repeats` of int32 or int64", describe(repeats))
    return repeats if isinstance(repeats, Tracer) else np.asarray(repeats)


def _interleaved_by(input: jax.Array, repeats: Any, dim: int | None, output_size: int | None) -> jax.Array:
    if repeats.ndim > 1:
        raise ShapeError("`repeats` of at most 1 dimension", describe(repeats))
    along = flatten(input) if dim is None else input
    axis = wrap_dim(0 if dim is None else dim, along.ndim)
    if not along.ndim:
        raise IndexRangeError("a tensor with dimensions", describe(input))
    size = along.shape[axis]
    if repeats.size not in (1, size):
        raise ShapeError(f"{size} numbers, one for each slice of dimension {axis}", describe(repeats))
    places, mode = _places(repeats, size, output_size)
    return _taken(along, axis, places, mode)


def _indices(repeats: Any, output_size: int | None) -> jax.Array:
    """Return the indices that repeat by so much."""
    counts = _counts(repeats)
    if counts.ndim != 1:
        raise ShapeError("`repeats` of 1 dimension", describe(counts))
    places, mode = _places(counts, counts.size, output_size)
    return _taken(jnp.arange(counts.size, dtype=counts.dtype), 0, places, mode)


def _places(repeats: Any, size: int, output_size: int | None) -> tuple[Any, str]:
    """Return the index of each repeated slice, and what is to be done with one that is out of range."""
    if isinstance(repeats, Tracer):
        return _traced_places(jnp.broadcast_to(repeats, size), output_size), "fill"
    counts = np.broadcast_to(repeats, size)
    if (counts < 0).any():
        raise ShapeError("numbers of 0 and more", str(counts.min()))
    if output_size not in (None, counts.sum()):
        raise ShapeError(f"`output_size` to be the sum, {counts.sum()}", str(output_size))
    return np.repeat(np.arange(size, dtype=np.int32), counts), "promise_in_bounds"


def _traced_places(repeats: jax.Array, output_size: int | None) -> jax.Array:
    if output_size is None:
        advice = "Their sum is the size of the result: pass it as `output_size`."
        raise UnsupportedArgumentError("repeats whose values are known", f"a traced {describe(repeats)}", advice)
    fits = (repeats.sum() == output_size) & jnp.all(repeats >= 0)
    places = jnp.searchsorted(jnp.cumsum(repeats), jnp.arange(output_size, dtype=repeats.dtype), side="right")
    return jnp.where(fits, places, repeats.size)  # out of range where the numbers do not fit


@op(kind=None, step="repeat_interleave.taken", node="IndexSelectBackward0")
def _taken(input: Array, dim: Dim, index: Mask, mode: str) -> jax.Array:
    return input.at[(slice(None),) * dim + (index,)].get(mode=mode)
