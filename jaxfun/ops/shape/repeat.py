"""Repetition of whole tensors (`repeat`, `tile`) or of single elements (`repeat_interleave`)."""

import functools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer

from ...core.dims import wrap_dim
from ...core.dtypes import as_array
from ...core.errors import (
    ArgumentTypeError,
    IndexRangeError,
    ShapeError,
    UnsupportedArgumentError,
    UnsupportedDTypeError,
    describe,
)
from ...core.op import op
from ...core.public import public
from ...core.record import Array, Choice, Integer, OptionalInteger, Sizes, rows
from ...core.sizes import any_below, larger


@op(
    kind=None,
    torch="torch.Tensor.repeat",
    cases=rows(
        "input repeats",
        ("m n", (2, 3)),
        ("n", (2, 1, 2)),
        ("", (2,)),
        ("m n", (1, 1)),
        ("m n", (2, 0)),
        ("", ()),
        ("n", (3,)),
    ),
)
def repeat(input: Array, *repeats: Sizes) -> jax.Array:
    """Repeat the tensor along each dimension. More repeats than dimensions add leading dimensions.

    Raises: RuntimeError for fewer repeats than dimensions, and for a negative one.
    Torch: Tensor.repeat (numpy.tile; numpy.repeat is `repeat_interleave`).

    >>> import jaxfun as jf
    >>> jf.repeat(jf.tensor([1, 2]), 2, 2)
    Array([[1, 2, 1, 2],
           [1, 2, 1, 2]], dtype=int32)
    """
    return _repeated(input, repeats)


@op(
    kind=None,
    torch="torch.Tensor.tile",
    composite=True,
    cases=rows(
        "input dims",
        ("m n", (2,)),
        ("m n", (2, 3)),
        ("n", (2, 1, 2)),
        ("", (2,)),
        ("m n", ()),
        ("", ()),
    ),
)
def tile(input: Array, *dims: Sizes) -> jax.Array:
    """Repeat the tensor along each dimension. If `dims` is shorter, it applies to the last dimensions.

    Raises: RuntimeError for a negative number.

    >>> import jaxfun as jf
    >>> jf.tile(jf.tensor([[1, 2]]), (2,))
    Array([[1, 2, 1, 2]], dtype=int32)
    """
    return _repeated(input, (1,) * (input.ndim - len(dims)) + dims)


def _repeated(input: jax.Array, repeats: tuple[int, ...]) -> jax.Array:
    new = len(repeats) - input.ndim
    if new < 0:
        raise ShapeError(f"at least {input.ndim} numbers, for {describe(input)}", str(list(repeats)))
    if any_below(0, [times * size for times, size in zip(repeats, (*(1,) * new, *input.shape), strict=True)]):
        raise ShapeError("repeats of at least 0", str(list(repeats)))
    return jnp.tile(input, tuple(larger(times, 0) for times in repeats))


@public
def repeat_interleave(
    input: Any, repeats: Any = ..., dim: int | None = None, *, output_size: int | None = None
) -> jax.Array:
    """Repeat each element of the flattened tensor, or each slice along `dim`.

    Shapes: `repeats` is an integer, or a tensor with one integer per slice, whose sum is the size of the result. Traced
    repeats need `output_size`; if it is not their sum, the result is NaN (the smallest integer, the largest unsigned
    one, True). If the only argument is a tensor of repeats, the result is the repeated indices.
    Raises: RuntimeError for a negative number, and for repeats that do not fit the dimension or `output_size`.
    Torch: torch.repeat_interleave (numpy.repeat). There `output_size` saves a synchronisation; here jit needs it.

    >>> import jaxfun as jf
    >>> jf.repeat_interleave(jf.tensor([1, 2]), 2), jf.repeat_interleave(jf.tensor([1, 2]), jf.tensor([3, 1]))
    (Array([1, 1, 2, 2], dtype=int32), Array([1, 1, 1, 2], dtype=int32))
    """
    if repeats is ...:
        return _repeated_indices(_as_counts(input), output_size)
    if hasattr(repeats, "dtype") and not isinstance(repeats, np.generic):
        return _repeated_by_counts(as_array(input), _as_counts(repeats), dim, output_size)
    return _repeat_each(input, repeats, dim, output_size=output_size)  # type: ignore[arg-type]  # refused later if no integer


@op(
    kind=None,
    torch="torch.repeat_interleave",
    overload="self_int",
    composite=True,
    takes={"repeats": Choice((2, 1, 3, 0)), "output_size": Choice((None, None, 6))},
    cases=rows("input dim", ("m n", None), ("n", 0), ("", None), ("m n", -1), ("b m n", 1)),
)
def _repeat_each(
    input: Array, repeats: Integer, dim: OptionalInteger = None, *, output_size: OptionalInteger = None
) -> jax.Array:
    along, axis = _along(input, dim)
    size = along.shape[axis] * repeats
    if repeats < 0 or output_size not in (None, size):
        raise ShapeError("repeats of at least 0, and `output_size` equal to the size", f"{repeats} and {output_size}")
    before, after = along.shape[: axis + 1], along.shape[axis + 1 :]
    spread = jnp.broadcast_to(jnp.expand_dims(along, axis + 1), (*before, repeats, *after))
    return jnp.reshape(spread, (*before[:-1], size, *after))


def _along(input: jax.Array, dim: int | None) -> tuple[jax.Array, int]:
    """Return the tensor and the dimension to repeat along; without `dim`, the flattened tensor and 0."""
    if dim is None:
        return jnp.ravel(input), 0
    if not input.ndim:
        raise IndexRangeError("a tensor of at least 1 dimension", describe(input))
    return input, wrap_dim(dim, input.ndim)


def _as_counts(repeats: Any) -> Any:
    """Return repeats as a NumPy array or a tracer. Under jit a JAX array of known numbers would be traced."""
    if not hasattr(repeats, "dtype") or isinstance(repeats, np.generic):
        raise ArgumentTypeError("`repeats` to be an integer or a tensor", describe(repeats))
    if str(repeats.dtype).removeprefix("torch.") not in ("int32", "int64"):
        raise UnsupportedDTypeError("`repeats` of dtype int32 or int64", describe(repeats))
    return repeats if isinstance(repeats, Tracer) else np.asarray(repeats)


def _repeated_by_counts(input: jax.Array, counts: Any, dim: int | None, output_size: int | None) -> jax.Array:
    if counts.ndim > 1:
        raise ShapeError("`repeats` of at most 1 dimension", describe(counts))
    along, axis = _along(input, dim)
    size = along.shape[axis]
    if counts.size not in (1, size):
        raise ShapeError(f"{size} repeats, one for each slice of dimension {axis}", describe(counts))
    return _take(along, axis, *_source_indices(counts, size, output_size))


def _repeated_indices(counts: Any, output_size: int | None) -> jax.Array:
    if counts.ndim != 1:
        raise ShapeError("1-D `repeats`", describe(counts))
    indices = jnp.arange(counts.size, dtype=counts.dtype)
    return _take(indices, 0, *_source_indices(counts, counts.size, output_size))


def _source_indices(counts: Any, size: int, output_size: int | None) -> tuple[Any, str]:
    """Return the source index of each slice of the result, and jnp's mode for an index out of range."""
    if isinstance(counts, Tracer):
        return _traced_indices(jnp.broadcast_to(counts, size), output_size), "fill"
    known = np.broadcast_to(counts, size)
    if (known < 0).any():
        raise ShapeError("repeats of at least 0", str(known.min()))
    if output_size not in (None, known.sum()):
        raise ShapeError(f"`output_size` to be the sum, {known.sum()}", str(output_size))
    return np.repeat(np.arange(size, dtype=np.int32), known), "promise_in_bounds"


def _traced_indices(counts: jax.Array, output_size: int | None) -> jax.Array:
    if output_size is None:
        advice = "Their sum is the size of the result: pass it as `output_size`."
        raise UnsupportedArgumentError("repeats with known values", f"a traced {describe(counts)}", advice)
    fits = (counts.sum() == output_size) & jnp.all(counts >= 0)
    indices = jnp.searchsorted(jnp.cumsum(counts), jnp.arange(output_size, dtype=counts.dtype), side="right")
    return jnp.where(fits, indices, counts.size)  # out of range if the numbers do not fit


@functools.partial(jax.jit, static_argnames=("axis", "mode"))
def _take(input: jax.Array, axis: int, indices: Any, mode: str) -> jax.Array:
    return input.at[(slice(None),) * axis + (indices,)].get(mode=mode)
