"""Writing into places that tensors of indices name among all elements, or in several dimensions at once."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..core.checks import want_one_dtype
from ..core.dims import broadcast_shapes
from ..core.dtypes import as_array, as_dtype
from ..core.errors import ArgumentTypeError, DTypeError, IndexRangeError, ShapeError, describe
from ..core.op import op
from ..core.public import public
from ..core.record import BOOLS, Array, Choice, Index, Mask, Shape, Tensors
from ._combining import wide
from ._index import check_range, read
from ._index_items import is_mask
from ._positions import check_among, want_long
from .indexing import at_dims
from .masks import masked_fill


@public
def put(input: Any, index: Any, source: Any, accumulate: bool = False) -> jax.Array:
    """Return `input` with `source` in the places that `index` names among all elements in order.

    Negative indices count from the end; with `accumulate` the source is added.
    Shapes: `source` has as many elements as `index`.
    Gradient: to `input` where it was kept, to `source` where it was written. Where an element is named twice without
    `accumulate`, it is not defined which value it gets, nor is it in torch.
    Raises: RuntimeError for two dtypes; IndexError for another number of elements, and for an index out of range, where
    it is known; a traced one writes nothing.
    Torch: Tensor.put.

    >>> import jaxfun as jf
    >>> jf.put(jf.zeros(2, 2), jf.tensor([0, -1]), jf.tensor([5.0, 6.0]))
    Array([[5., 0.],
           [0., 6.]], dtype=float32)
    """
    return (_put_accumulated if accumulate else _put)(input, index, source, bool(accumulate))


_INPUT = Shape(("m n", "m n", "n", ""))
_SOURCE = Shape(("n", "m n", "1", ""))
_INTO = {"input": _INPUT, "source": _SOURCE}


@op(
    kind=None,
    torch="torch.put",
    check=check_among,
    takes={
        **_INTO,
        "index": Index(("n", "m n", "1", ""), "input", "", distinct=True),
        "accumulate": Choice((False,)),
    },
)
def _put(input: Array, index: Mask, source: Array, accumulate: bool = False) -> jax.Array:
    _check_put(input, index, source)
    return input.reshape(-1).at[index].set(source.reshape(index.shape)).reshape(input.shape)


@op(
    kind=None,
    torch="torch.put",
    overload=":accumulate",
    check=check_among,
    node="PutBackward0",
    takes={
        **_INTO,
        "index": Index(("n", "m n", "1", ""), "input", "", negative=True),
        "accumulate": Choice((True,)),
    },
)
def _put_accumulated(input: Array, index: Mask, source: Array, accumulate: bool = False) -> jax.Array:
    _check_put(input, index, source)
    return _added(input.reshape(-1), (index,), source.reshape(index.shape)).reshape(input.shape)


def _check_put(input: jax.Array, index: jax.Array, source: jax.Array) -> None:
    want_long(index)
    want_one_dtype(input, source)
    if index.size != source.size:
        raise IndexRangeError("as many elements of `source` as indices", f"{describe(source)} and {describe(index)}")
    if input.size == 0 and index.size:
        raise IndexRangeError("a tensor that has elements", describe(input))


def _added(input: jax.Array, key: tuple[Any, ...], source: jax.Array) -> jax.Array:
    added = input.at[key].max(source) if input.dtype == bool else wide(input).at[key].add(wide(source))
    return added.astype(input.dtype)


@public
def index_put(input: Any, indices: Sequence[Any], values: Any, accumulate: bool = False) -> jax.Array:
    """Return `input` as `input[indices] = values` would leave it, for a tuple of tensors of indices or masks.

    With `accumulate` the values are added.
    Shapes: `values` broadcasts to `input[indices]`.
    Gradient: to `input` where it was kept, to `values` where they were written. Where an element is named twice without
    `accumulate`, it is not defined which value it gets, nor is it in torch.
    Raises: what `getitem` raises for the indices; RuntimeError for two dtypes, and values that do not fit;
    IndexError for more indices than dimensions. A 0-dim mask is left out, true or not; alone it says whether all is
    filled. A traced index out of range writes nothing.

    >>> import jaxfun as jf
    >>> jf.index_put(jf.zeros(3), (jf.tensor([0, 0]),), jf.tensor([1.0, 2.0]), accumulate=True)
    Array([3., 0., 0.], dtype=float32)
    """
    _want_tensors(indices)
    named = [item for item in indices if not _is_one_answer(item)]
    if len(named) < len(indices):
        _check_answers(np.ndim(input), indices)
    if not named:
        return _filled_where(input, indices, values, accumulate)
    plan = read(as_array(input).shape, tuple(named), tensors_only=True)
    result = (_index_put_accumulated if accumulate else _index_put)(input, plan.tensors, values, bool(accumulate))
    check_range(plan)
    return result


def _want_tensors(indices: Any) -> None:
    if not isinstance(indices, (tuple, list)) or not all(hasattr(item, "dtype") for item in indices):
        raise ArgumentTypeError("`indices` to be a tuple or a list of tensors", describe(indices))
    if not indices:
        raise ShapeError("one tensor of indices at least", "none")


def _is_one_answer(item: Any) -> bool:
    return is_mask(item) and np.ndim(item) == 0


def _check_answers(ndim: int, indices: Sequence[Any]) -> None:
    if len(indices) > ndim:
        raise IndexRangeError(f"at most {ndim} indices", str(len(indices)))


def _filled_where(input: Any, indices: Sequence[Any], values: Any, accumulate: bool) -> jax.Array:
    """Return the tensor filled by a number where its one index, a 0-dim mask, is true; torch has nothing else there."""
    input, values = as_array(input), as_array(values)
    is_one = len(indices) == 1 and as_dtype(as_array(indices[0]).dtype) in BOOLS and values.size == 1
    if input.size and (accumulate or not is_one):
        raise ShapeError("one 0-dim mask and one value, or more indices", f"{describe(indices)} and {describe(values)}")
    if not is_one:
        return input
    return masked_fill(input, indices[0], values.reshape(()))


_PLACES = ("k", "m", "m, m", "m n, m n", "k, k", ", k")
_ALL = {
    "input": Shape(("n", "m n", "m n", "m n", "4 3 2", "m n")),
    "values": Shape(("", "m n", "m", "n", "k 2", "k")),
}


@op(
    kind=None,
    torch="torch.index_put",
    takes={
        **_ALL,
        "input": Shape(("n", "m n", "m m", "m n", "4 3 2", "m n k")),
        "values": Shape(("", "m n", "m", "", "m 2", "k")),
        "indices": Index(("1", "m", "m, m", "1, 1", "m, 1", ", 1"), "input", distinct=True),
        "accumulate": Choice((False,)),
    },
)
def _index_put(input: Array, indices: Tensors, values: Array, accumulate: bool = False) -> jax.Array:
    key, values = _fitted(input, indices, values)
    return input.at[key].set(values)


@op(
    kind=None,
    torch="torch.index_put",
    overload=":accumulate",
    node="IndexPutBackward0",
    takes={**_ALL, "indices": Index(_PLACES, "input", negative=True), "accumulate": Choice((True,))},
)
def _index_put_accumulated(input: Array, indices: Tensors, values: Array, accumulate: bool = False) -> jax.Array:
    key, values = _fitted(input, indices, values)
    return _added(input, key, values)


def _fitted(input: jax.Array, indices: tuple[jax.Array, ...], values: jax.Array) -> tuple[tuple[Any, ...], jax.Array]:
    """Return the jnp index, and the values in the shape of what it names."""
    if input.dtype != values.dtype:
        raise DTypeError("values of the tensor's dtype", f"{describe(values)} for {describe(input)}", "Cast them.")
    shape = (*broadcast_shapes(*(index.shape for index in indices)), *input.shape[len(indices) :])
    if len(values.shape) > len(shape) or broadcast_shapes(values.shape, shape) != shape:
        raise ShapeError(f"values that broadcast to {list(shape)}", describe(values))
    return at_dims(input.ndim, indices, tuple(range(len(indices)))), jnp.broadcast_to(values, shape)
