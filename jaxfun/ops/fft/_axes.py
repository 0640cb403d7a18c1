"""What the transforms have in common: how torch reads `n`, `s`, `dim`, `norm`. Begin with `axis_of`."""

from collections.abc import Sequence

import jax
import jax.numpy as jnp

from ...core.dims import wrap_dim, wrap_dims
from ...core.dtypes import bfloat16, float16
from ...core.errors import IndexRangeError, ShapeError, describe
from ...core.record import Choice

Several = int | Sequence[int] | None
Axis = tuple[int, int]  # a dimension, and the number of elements that are transformed
REJECTS = frozenset({float16, bfloat16})
_NORMS = (None, "ortho", "forward", "backward")
TAKES = {"norm": Choice(_NORMS)}


def axis_of(input: jax.Array, n: int | None, dim: int, norm: str | None, *, halved: bool = False) -> Axis:
    """Return the dimension of a transform, and its size after padding or cutting.

    `halved`: the input has the frequencies that are not negative, and the size is that of the real result.
    Raises: IndexRangeError for a number; ShapeError for no elements, and for another `norm`.
    """
    if not input.ndim:
        raise IndexRangeError("a tensor with dimensions", describe(input))
    axis = wrap_dim(dim, input.ndim)
    own = 2 * (input.shape[axis] - 1) if halved else input.shape[axis]
    return _checked(input, [(axis, own if n is None else n)], norm)[0]


def axes_of(input: jax.Array, s: Several, dim: Several, norm: str | None, *, halved: bool = False) -> list[Axis]:
    """Return the dimensions of a transform, each with its size.

    Without `dim` they are the last ones, as many as `s` has, or all. A size of -1 is the input's own. `halved` is as
    for `axis_of`, of the last dimension.
    """
    sizes = (s,) if isinstance(s, int) else s
    if dim is not None:
        given = (dim,) if isinstance(dim, int) else tuple(dim)
        dims = wrap_dims(given, input.ndim, ranges_first=True) if given else ()
    elif sizes is not None and len(sizes) > input.ndim:
        raise ShapeError(f"at most {input.ndim} sizes in `s`", str(sizes))
    else:
        dims = tuple(range(input.ndim))[0 if sizes is None else input.ndim - len(sizes) :]
    if sizes is not None and len(sizes) != len(dims):
        raise ShapeError(f"a size in `s` for each of {len(dims)} dimensions", str(sizes))
    own = [input.shape[axis] for axis in dims]
    if halved and own:
        own[-1] = 2 * (own[-1] - 1)
    wanted = own if sizes is None else [mine if size == -1 else size for mine, size in zip(own, sizes, strict=True)]
    return _checked(input, [*zip(dims, wanted, strict=True)], norm)


def as_complex(input: jax.Array) -> jax.Array:
    """Return real numbers as complex ones of their precision."""
    return input if jnp.iscomplexobj(input) else jax.lax.complex(input, jnp.zeros_like(input))


def _checked(input: jax.Array, axes: list[Axis], norm: str | None) -> list[Axis]:
    if norm not in _NORMS:
        raise ShapeError('`norm` to be "forward", "backward", "ortho" or None', repr(norm))
    for axis, size in axes:
        if size < 1:
            raise ShapeError("at least one element to transform", f"{size} in dimension {axis} of {describe(input)}")
    transformed = {axis for axis, _ in axes}
    if any(not size for axis, size in enumerate(input.shape) if axis not in transformed):
        raise ShapeError("a batch that is not empty", describe(input))
    return axes
