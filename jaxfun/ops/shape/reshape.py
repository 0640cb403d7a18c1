"""The same elements in another shape: `reshape`, `flatten`, `squeeze`, `unsqueeze`, ...

Begin with `reshape` and `inferred`. torch returns views. JAX has none: each function returns a new array, independent
of its input.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from ...core.dims import as_tuple, wrap_dim, wrap_dims
from ...core.errors import ShapeError, describe
from ...core.op import op
from ...core.overloads import overloads
from ...core.public import public
from ...core.record import Array, Dim, Dims, Size, Sizes, rows
from ...core.sizes import any_below


@op(kind=None, torch="torch.Tensor.reshape", node="ViewBackward0", takes={"shape": Size("reshape")})
def reshape(input: Array, *shape: Sizes) -> jax.Array:
    """Return the elements, in order, in another shape. One size may be -1 and is then inferred.

    Shapes: sizes are separate arguments or one tuple.
    Raises: RuntimeError if the product of the sizes is not the number of elements.

    >>> import jaxfun as jf
    >>> jf.reshape(jf.tensor([[1, 2], [3, 4]]), -1)
    Array([1, 2, 3, 4], dtype=int32)
    """
    return jnp.reshape(input, inferred(input.shape, shape))


@op(
    kind=None,
    torch="torch.Tensor.view",
    overload=("", "view_copy.default"),
    takes={"size": Size("reshape")},
    aliases=("view_copy",),
)
def view(input: Array, *size: Sizes) -> jax.Array:
    """Return the elements, in order, in another shape, like `reshape`.

    Differs: torch raises for a tensor that is not contiguous; a JAX array has no strides.

    >>> import jaxfun as jf
    >>> jf.view(jf.tensor([[1, 2], [3, 4]]), 4, 1).shape
    (4, 1)
    """
    return jnp.reshape(input, inferred(input.shape, size))


view_copy = view


def inferred(shape: Sequence[int], target: tuple[int, ...]) -> tuple[int, ...]:
    """Return `target` with its -1 replaced by the size that keeps the number of elements of `shape`.

    Raises: ShapeError if no size does.
    """
    count, known = math.prod(shape), math.prod(size for size in target if size != -1)
    missing = target.count(-1)
    if missing > 1 or any_below(-1, target):
        raise ShapeError("sizes of at least 0, and at most one -1", str(list(target)))
    if missing and known == 0 and count == 0:
        raise ShapeError("a shape that determines the size for -1", f"{list(target)} for 0 elements")
    if count % known if missing and known else count != known:
        raise ShapeError(f"a shape with {count} elements", f"{list(target)} for the shape {list(shape)}")
    return tuple(count // known if size == -1 else size for size in target)


_SAME_COUNT = rows(
    "input other",
    ("m n", "n m"),
    ("n", "1 n"),
    ("", "1 1"),
    ("m n", "m n"),
    ("n m", "1 m n"),
    ("n m", "n 1 m"),
)


@op(kind=None, torch="torch.Tensor.view_as", composite=True, cases=_SAME_COUNT)
def view_as(input: Array, other: Array) -> jax.Array:
    """Return the elements, in order, in the shape of `other`.

    Raises: RuntimeError if the tensors have different numbers of elements.
    Differs: torch raises for a tensor that is not contiguous; a JAX array has no strides.

    >>> import jaxfun as jf
    >>> jf.view_as(jf.zeros(2, 3), jf.zeros(6, 1)).shape
    (6, 1)
    """
    return jnp.reshape(input, inferred(input.shape, other.shape))


@op(kind=None, torch="torch.Tensor.reshape_as", composite=True, cases=_SAME_COUNT)
def reshape_as(input: Array, other: Array) -> jax.Array:
    """Return the elements, in order, in the shape of `other`.

    Raises: RuntimeError if the tensors have different numbers of elements.

    >>> import jaxfun as jf
    >>> jf.reshape_as(jf.zeros(2, 3), jf.zeros(6, 1)).shape
    (6, 1)
    """
    return jnp.reshape(input, inferred(input.shape, other.shape))


@op(kind=None, overload="using_ints", composite=True)
def flatten(input: Array, start_dim: Dim = 0, end_dim: Dim = -1) -> jax.Array:
    """Flatten the dimensions from `start_dim` to `end_dim` into one; a 0-dim tensor becomes a vector.

    Raises: RuntimeError if `start_dim` is after `end_dim`.

    >>> import jaxfun as jf
    >>> jf.flatten(jf.zeros(2, 3, 4), 1).shape
    (2, 12)
    """
    start, end = wrap_dim(start_dim, input.ndim, "start_dim"), wrap_dim(end_dim, input.ndim, "end_dim")
    if start > end:
        raise ShapeError("`start_dim` <= `end_dim`", f"{start_dim} and {end_dim}")
    merged = math.prod(input.shape[start : end + 1])
    return jnp.reshape(input, (*input.shape[:start], merged, *input.shape[end + 1 :]))


@op(
    kind=None,
    overload="int",
    composite=True,
    cases=rows(
        "input dim sizes",
        ("4", 0, (2, 2)),
        ("2 6", 1, (2, -1)),
        ("m 4 n", -2, (4, 1)),
        ("0 n", 0, (-1, 2)),
        ("6 n", -2, (3, 2, 1)),
        ("m 2", 0, (2, -1)),
        ("", 0, (1,)),
    ),
)
def unflatten(input: Array, dim: Dim, sizes: tuple[int, ...]) -> jax.Array:
    """Split one dimension into several with the given sizes. One size may be -1 and is then inferred.

    Raises: RuntimeError if the product of the sizes is not the size of the dimension.

    >>> import jaxfun as jf
    >>> jf.unflatten(jf.zeros(2, 6), 1, (3, -1)).shape
    (2, 3, 2)
    """
    several, axis = as_tuple(sizes, "sizes"), wrap_dim(dim, input.ndim)
    if not several or not input.ndim:
        raise ShapeError(
            "a tensor of at least 1 dimension, and at least one size", f"{describe(input)} and {list(several)}"
        )
    several = inferred(input.shape[axis : axis + 1], several)
    return jnp.reshape(input, (*input.shape[:axis], *several, *input.shape[axis + 1 :]))


@op(kind=None, composite=True)
def ravel(input: Array) -> jax.Array:
    """Return the flattened tensor: its elements, in order, as a vector.

    >>> import jaxfun as jf
    >>> jf.ravel(jf.tensor([[1, 2], [3, 4]]))
    Array([1, 2, 3, 4], dtype=int32)
    """
    return jnp.ravel(input)


# Dimensions of size 1.


@op(kind=None, torch="torch.squeeze", overload=("", "squeeze_copy.default"), aliases=("squeeze_copy",))
def _squeeze(input: Array) -> jax.Array:
    """Remove all dimensions of size 1, or only those in `dim`.

    >>> import jaxfun as jf
    >>> jf.squeeze(jf.zeros(1, 2, 1)).shape, jf.squeeze(jf.zeros(1, 2, 1), 0).shape
    ((2,), (2, 1))
    """
    return _squeezed(input, tuple(range(input.ndim)))


@op(kind=None, torch="torch.squeeze", overload=("dim", "squeeze_copy.dim"), node="SqueezeBackward1")
def _squeeze_dim(input: Array, dim: Dim) -> jax.Array:
    return _squeezed(input, (wrap_dim(dim, input.ndim),))


@op(kind=None, torch="torch.squeeze", overload=("dims", "squeeze_copy.dims"), node="SqueezeBackward2")
def _squeeze_dims(input: Array, dim: Dims) -> jax.Array:
    return _squeezed(input, () if dim == () else wrap_dims(dim, input.ndim))


def _squeezed(input: jax.Array, dims: tuple[int, ...]) -> jax.Array:
    return jnp.squeeze(input, tuple(dim for dim in dims if input.ndim and input.shape[dim] == 1))


squeeze = squeeze_copy = overloads(_squeeze, _squeeze_dim, _squeeze_dims)


@op(kind=None, overload=("", "unsqueeze_copy.default"), aliases=("unsqueeze_copy",))
def unsqueeze(input: Array, dim: Dim) -> jax.Array:
    """Insert a dimension of size 1 at `dim`.

    Raises: IndexError for a dimension out of range.

    >>> import jaxfun as jf
    >>> jf.unsqueeze(jf.zeros(2, 3), -1).shape
    (2, 3, 1)
    """
    return jnp.expand_dims(input, wrap_dim(dim, input.ndim + 1))


unsqueeze_copy = unsqueeze


@public
def atleast_1d(*tensors: Any) -> Any:
    """Reshape each input to at least one dimension. Several inputs give a tuple.

    >>> import jaxfun as jf
    >>> jf.atleast_1d(jf.tensor(1)), jf.atleast_1d(jf.tensor(1), jf.zeros(2, 3))[1].shape
    (Array([1], dtype=int32), (2, 3))
    """
    return _for_each(_atleast_1d, tensors)


@public
def atleast_2d(*tensors: Any) -> Any:
    """Reshape each input to at least two dimensions; new ones come first. Several inputs give a tuple.

    >>> import jaxfun as jf
    >>> jf.atleast_2d(jf.tensor([1, 2]))
    Array([[1, 2]], dtype=int32)
    """
    return _for_each(_atleast_2d, tensors)


@public
def atleast_3d(*tensors: Any) -> Any:
    """Reshape each input to at least three dimensions. Several inputs give a tuple.

    Shapes: (n,) -> (1, n, 1); (m, n) -> (m, n, 1).

    >>> import jaxfun as jf
    >>> jf.atleast_3d(jf.zeros(2)).shape, jf.atleast_3d(jf.zeros(2, 3)).shape
    ((1, 2, 1), (2, 3, 1))
    """
    return _for_each(_atleast_3d, tensors)


def _for_each(function: Callable[[Any], jax.Array], tensors: Sequence[Any]) -> Any:
    if len(tensors) != 1:
        return tuple(map(function, tensors))
    return tuple(map(function, tensors[0])) if isinstance(tensors[0], (tuple, list)) else function(tensors[0])


@op(kind=None, torch="torch.atleast_1d", composite=True)
def _atleast_1d(input: Array) -> jax.Array:
    return jnp.atleast_1d(input)


@op(kind=None, torch="torch.atleast_2d", composite=True)
def _atleast_2d(input: Array) -> jax.Array:
    return jnp.atleast_2d(input)


@op(kind=None, torch="torch.atleast_3d", composite=True)
def _atleast_3d(input: Array) -> jax.Array:
    return jnp.atleast_3d(input)
