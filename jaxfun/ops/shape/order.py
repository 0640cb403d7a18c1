"""The order of dimensions and of elements: `permute`, `transpose`, `movedim`, `flip`, `roll`, `rot90`.

Begin with `permute` for dimensions and `flip` for elements.
"""

import jax
import jax.numpy as jnp

from ...core.dims import as_integers, as_tuple, wrap_dim, wrap_dims
from ...core.errors import IndexRangeError, ShapeError, describe
from ...core.op import op
from ...core.overloads import overloads
from ...core.record import Array, Choice, Dim, Dims, Integer, Size, Sizes, rows


@op(
    kind=None,
    torch="torch.Tensor.permute",
    overload=("", "permute_copy.default"),
    takes={"dims": Size("permute")},
    cases=rows("input", "l m n", "m n", "n", ""),
    aliases=("permute_copy",),
)
def permute(input: Array, *dims: Sizes) -> jax.Array:
    """Permute the dimensions: dimension `i` of the result is dimension `dims[i]` of `input`.

    Shapes: `dims` are separate arguments or one tuple.
    Raises: RuntimeError unless `dims` contains each dimension exactly once.

    >>> import jaxfun as jf
    >>> jf.permute(jf.zeros(2, 3, 4), 2, 0, 1).shape
    (4, 2, 3)
    """
    if len(dims) != input.ndim:
        raise ShapeError(f"`dims` to contain each of the {input.ndim} dimensions once", str(dims))
    return jnp.transpose(input, wrap_dims(dims, input.ndim, "dims"))


permute_copy = permute


@op(
    kind=None,
    overload=("int", "swapdims.default", "transpose_copy.int"),
    aliases=("swapdims", "transpose_copy"),
)
def transpose(input: Array, dim0: Dim, dim1: Dim) -> jax.Array:
    """Swap two dimensions.

    Raises: IndexError for a dimension out of range.

    >>> import jaxfun as jf
    >>> jf.transpose(jf.zeros(2, 3), 0, 1).shape
    (3, 2)
    """
    return _swapped(input, dim0=dim0, dim1=dim1)


swapdims = transpose_copy = transpose


@op(kind=None, composite=True)
def swapaxes(input: Array, axis0: Dim, axis1: Dim) -> jax.Array:
    """Swap two dimensions, like `transpose`.

    Raises: IndexError for a dimension out of range.

    >>> import jaxfun as jf
    >>> jf.swapaxes(jf.zeros(2, 3), 0, 1).shape
    (3, 2)
    """
    return _swapped(input, axis0=axis0, axis1=axis1)


def _swapped(input: jax.Array, **dims: int) -> jax.Array:
    first, second = (wrap_dim(dim, input.ndim, name) for name, dim in dims.items())
    return jnp.swapaxes(input, first, second) if input.ndim else input


@op(kind=None, overload=("", "t_copy.default"), aliases=("t_copy",))
def t(input: Array) -> jax.Array:
    """Return the transpose of a matrix; a 0-dim or 1-D tensor is returned unchanged.

    Raises: RuntimeError for more than 2 dimensions.

    >>> import jaxfun as jf
    >>> jf.t(jf.tensor([[1, 2], [3, 4]]))
    Array([[1, 3], [2, 4]], dtype=int32)
    """
    if input.ndim > 2:
        raise ShapeError("a tensor of at most 2 dimensions", describe(input), "Use transpose or permute.")
    return jnp.transpose(input)


t_copy = t


@op(kind=None, torch="torch.Tensor.T", aten="numpy_T", composite=True)
def T(input: Array) -> jax.Array:
    """Reverse the order of the dimensions: the transpose of a matrix. Torch: Tensor.T.

    >>> import jaxfun as jf
    >>> jf.T(jf.zeros(2, 3, 4)).shape
    (4, 3, 2)
    """
    return jnp.transpose(input)


@op(kind=None, torch="torch.Tensor.mT", composite=True)
def mT(input: Array) -> jax.Array:
    """Return the transpose of each matrix of a batch; a 0-dim tensor is returned unchanged. Torch: Tensor.mT.

    Raises: RuntimeError for a vector.

    >>> import jaxfun as jf
    >>> jf.mT(jf.zeros(2, 3, 4)).shape
    (2, 4, 3)
    """
    return _transposed(input)


@op(kind=None, overload=("", "mH.default"), composite=True, aliases=("mH",))
def adjoint(input: Array) -> jax.Array:
    """Return the conjugate transpose of each matrix of a batch, or the conjugate of a 0-dim tensor.

    Raises: RuntimeError for a vector.

    >>> import jaxfun as jf
    >>> jf.adjoint(jf.tensor([[1j, 2.0]]))
    Array([[0.-1.j],
           [2.-0.j]], dtype=complex64)
    """
    return jnp.conj(_transposed(input))


mH = adjoint


@op(kind=None, torch="torch.Tensor.H", aten="matrix_H", composite=True)
def H(input: Array) -> jax.Array:
    """Return the conjugate transpose of a matrix, or the conjugate of a 0-dim tensor. Torch: Tensor.H.

    Raises: RuntimeError for a tensor with another number of dimensions.

    >>> import jaxfun as jf
    >>> jf.H(jf.tensor([[1j, 2.0]]))
    Array([[0.-1.j],
           [2.-0.j]], dtype=complex64)
    """
    if input.ndim not in (0, 2):
        raise ShapeError("a matrix", describe(input), "Use adjoint for a batch of matrices.")
    return jnp.conj(_transposed(input))


def _transposed(input: jax.Array) -> jax.Array:
    if input.ndim == 1:
        raise ShapeError("a matrix or a batch of matrices", describe(input))
    return jnp.swapaxes(input, -2, -1) if input.ndim else input


@op(kind=None, torch="torch.movedim", overload=("int", "moveaxis.int"), composite=True, aliases=("moveaxis",))
def _movedim(input: Array, source: Dim, destination: Dim) -> jax.Array:
    """Move one or several dimensions to new positions; the others keep their order.

    Raises: RuntimeError for a repeated dimension, and for different numbers of sources and destinations.

    >>> import jaxfun as jf
    >>> jf.movedim(jf.zeros(2, 3, 4), 0, -1).shape, jf.movedim(jf.zeros(2, 3, 4), (0, 1), (1, 2)).shape
    ((3, 4, 2), (4, 2, 3))
    """
    return _moved(input, (source,), (destination,))


@op(
    kind=None,
    torch="torch.movedim",
    overload=("intlist", "moveaxis.intlist"),
    composite=True,
    cases=rows(
        "input source destination",
        ("m n", (0,), (1,)),
        ("b m n", (0, 1), (1, 2)),
        ("b m n", (2, -3), (0, 1)),
        ("", (0,), (-1,)),
        ("m n", (1, 0), (-1, 0)),
        ("b m n", (), ()),
    ),
)
def _movedim_several(input: Array, source: Dims, destination: Dims) -> jax.Array:
    return _moved(input, as_tuple(source, "source"), as_tuple(destination, "destination"))


def _moved(input: jax.Array, source: tuple[int, ...], destination: tuple[int, ...]) -> jax.Array:
    if len(source) != len(destination):
        raise ShapeError("the same number of sources and destinations", f"{source} and {destination}")
    if not source:
        return input
    start = wrap_dims(source, input.ndim, "source", ranges_first=True)
    end = wrap_dims(destination, input.ndim, "destination", ranges_first=True)
    return jnp.moveaxis(input, start, end)


movedim = moveaxis = overloads(_movedim, _movedim_several)


# The order of elements.


@op(
    kind=None,
    torch="torch.Tensor.flip",
    cases=rows(
        "input dims",
        ("m n", (0,)),
        ("m n", (1, -2)),
        ("n", (-1,)),
        ("", (0,)),
        ("b m n", (0, 2)),
        ("m n", ()),
    ),
)
def flip(input: Array, *dims: Sizes) -> jax.Array:
    """Reverse the order of the elements along `dims`.

    Raises: IndexError for a dimension out of range; RuntimeError for a repeated dimension.

    >>> import jaxfun as jf
    >>> jf.flip(jf.tensor([[1, 2], [3, 4]]), (0, 1))
    Array([[4, 3],
           [2, 1]], dtype=int32)
    """
    return jax.lax.rev(input, wrap_dims(dims, input.ndim) if dims else ())


@op(kind=None, composite=True, cases=rows("input", "m n", "b m n"))
def fliplr(input: Array) -> jax.Array:
    """Reverse the elements along the second dimension: flip a matrix left to right.

    Raises: RuntimeError for fewer than 2 dimensions.

    >>> import jaxfun as jf
    >>> jf.fliplr(jf.tensor([[1, 2], [3, 4]]))
    Array([[2, 1],
           [4, 3]], dtype=int32)
    """
    if input.ndim < 2:
        raise ShapeError("a tensor of at least 2 dimensions", describe(input))
    return jax.lax.rev(input, (1,))


@op(kind=None, composite=True, cases=rows("input", "m n", "n", "b m n"))
def flipud(input: Array) -> jax.Array:
    """Reverse the elements along the first dimension: flip a matrix upside down.

    Raises: RuntimeError for a 0-dim tensor.

    >>> import jaxfun as jf
    >>> jf.flipud(jf.tensor([[1, 2], [3, 4]]))
    Array([[3, 4],
           [1, 2]], dtype=int32)
    """
    if not input.ndim:
        raise ShapeError("a tensor of at least 1 dimension", describe(input))
    return jax.lax.rev(input, (0,))


@op(
    kind=None,
    cases=rows(
        "input shifts dims",
        ("m n", 1, None),
        ("n", -1, 0),
        ("m n", (1, 2), (0, -1)),
        ("b m n", (2, -3), (2, 0)),
        ("", 1, ()),
        ("m n", (-4,), -1),
        ("m n", (1, 1), (0, 0)),
    ),
)
def roll(input: Array, shifts: Dims, dims: Dims = None) -> jax.Array:
    """Shift the elements cyclically along `dims`: elements beyond the last position come back at the first.

    Shapes: without `dims` the flattened tensor is shifted, then reshaped to the original shape.
    Raises: RuntimeError for different numbers of shifts and dimensions.

    >>> import jaxfun as jf
    >>> jf.roll(jf.tensor([1, 2, 3]), 1), jf.roll(jf.tensor([[1, 2], [3, 4]]), 1, 0)
    (Array([3, 1, 2], dtype=int32), Array([[3, 4],
           [1, 2]], dtype=int32))
    """
    by, along = as_integers(shifts, "shifts"), () if dims is None else as_integers(dims, "dims")
    if not by or len(by) != (len(along) or 1):
        raise ShapeError("the same number of shifts and dimensions", f"{by} and {along}")
    if not along:
        return jnp.roll(input, by[0])
    if not input.size:
        return input
    if not input.ndim:
        raise IndexRangeError("a tensor of at least 1 dimension", describe(input))
    return jnp.roll(input, by, tuple(wrap_dim(dim, input.ndim, "dims") for dim in along))


@op(
    kind=None,
    takes={"k": Choice((1, 2, 3, 0, -1, 5))},
    cases=rows("input dims", ("m n", (0, 1)), ("m n", (1, 0)), ("b m n", (0, -1)), ("b m n", (-1, -2))),
)
def rot90(input: Array, k: Integer = 1, dims: Dims = (0, 1)) -> jax.Array:
    """Rotate the tensor `k` times by 90 degrees in the plane of two dimensions, from the first to the second.

    Raises: RuntimeError for fewer than 2 dimensions, and unless `dims` are two different dimensions.

    >>> import jaxfun as jf
    >>> jf.rot90(jf.tensor([[1, 2], [3, 4]]))
    Array([[2, 4],
           [1, 3]], dtype=int32)
    """
    plane = as_tuple(dims, "dims")
    if len(plane) != 2 or input.ndim < 2:
        raise ShapeError("two dimensions of a tensor with at least 2", f"{list(plane)} for {describe(input)}")
    first, second = (wrap_dim(dim, input.ndim, "dims") for dim in plane)
    if first == second:
        raise ShapeError("two different dimensions", str(list(plane)))
    if k % 2 == 0:
        return jax.lax.rev(input, (first, second)) if k % 4 else input
    return jnp.swapaxes(jax.lax.rev(input, (second if k % 4 == 1 else first,)), first, second)
