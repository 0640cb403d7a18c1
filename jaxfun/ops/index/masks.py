"""Masks: `masked_fill`, `masked_scatter` and `masked_select`; and `fill`, of the whole tensor."""

import functools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...core.checks import want_one_dtype
from ...core.dims import broadcast_shapes
from ...core.dtypes import as_array, as_dtype, cast
from ...core.errors import DTypeError, ShapeError, UnsupportedArgumentError, describe
from ...core.numbers import fitting, is_traced
from ...core.op import op
from ...core.overloads import overloads
from ...core.public import public
from ...core.record import Array, Choice, Factor, Mask, Shape, rows
from ._values import want_fitting
from .search import first_places

_CASES = rows("input mask", ("m n", "m n"), ("n", "m n"), ("m n", "n"), ("", "n"), ("m 1", "n"))


def _check_fill(input: jax.Array, mask: jax.Array, value: Any) -> None:
    want_fitting(input, value)


@op(
    kind=None,
    torch="torch.masked_fill",
    overload="Scalar",
    before=_check_fill,
    takes={"value": Choice((1, -3, True, 0.5, 2.0))},
    cases=_CASES,
)
def _masked_fill(input: Array, mask: Mask, value: Factor) -> jax.Array:
    """Fill the elements of `input` where `mask` is true with a number or a 0-dim tensor.

    Shapes: `input` and `mask` broadcast.
    Gradient: 0 where filled, even where `input` is NaN; a tensor `value` gets the sum over the filled elements.
    Raises: RuntimeError for a mask that is not bool, and for a value that the dtype cannot hold.

    >>> import jaxfun as jf
    >>> jf.masked_fill(jf.tensor([1.0, 2.0]), jf.tensor([True, False]), -1)
    Array([-1.,  2.], dtype=float32)
    """
    return _filled(input, mask, value)


@op(
    kind=None,
    torch="torch.masked_fill",
    overload="Tensor",
    before=_check_fill,
    node="MaskedFillBackward1",
    takes={"value": Shape("")},
    cases=_CASES,
)
def _masked_fill_tensor(input: Array, mask: Mask, value: Array) -> jax.Array:
    return _filled(input, mask, value)


masked_fill = overloads(_masked_fill, _masked_fill_tensor)


def _filled(input: jax.Array, mask: jax.Array, value: Any) -> jax.Array:
    _want_mask(mask)
    broadcast_shapes(input.shape, mask.shape)
    return jnp.where(mask, cast(value, input.dtype), input)


def _check_fill_whole(input: jax.Array, value: Any) -> None:
    want_fitting(input, value)


@op(
    kind=None,
    torch="torch.fill",
    overload="Scalar",
    before=_check_fill_whole,
    takes={"value": Choice((1, -3, True, 0.5, 2.0))},
)
def _fill(input: Array, value: Factor) -> jax.Array:
    """Return a tensor of the shape and dtype of `input`, filled with a number or a 0-dim tensor.

    Gradient: 0 for `input`; a tensor `value` gets the sum.
    Raises: RuntimeError for a value that the dtype cannot hold, and for a `value` with dimensions.

    >>> import jaxfun as jf
    >>> jf.fill(jf.tensor([1.0, 2.0]), -1)
    Array([-1., -1.], dtype=float32)
    """
    return jnp.broadcast_to(cast(value, input.dtype), input.shape)


@op(
    kind=None,
    torch="torch.fill",
    overload="Tensor",
    node="FillBackward1",
    takes={"value": Shape("")},
    cases=rows("input", "m n", ""),
)
def _fill_tensor(input: Array, value: Array) -> jax.Array:
    if value.ndim:
        raise ShapeError("a 0-dim `value`", describe(value))
    return jnp.broadcast_to(cast(value, input.dtype), input.shape)


fill = overloads(_fill, _fill_tensor)


def _want_mask(mask: jax.Array) -> None:
    if mask.dtype != bool:
        raise DTypeError("a bool mask", describe(mask), "Compare first: jaxfun.ne(mask, 0).")


def _check_source(result: jax.Array, input: jax.Array, mask: jax.Array, source: jax.Array) -> None:
    if not is_traced(mask):
        wanted = int(np.broadcast_to(np.asarray(mask), result.shape).sum())
        if wanted > source.size:
            raise ShapeError(f"a `source` of at least {wanted} elements", describe(source))


@op(
    kind=None,
    check=_check_source,
    cases=rows(
        "input mask source",
        ("m n", "m n", "m n"),
        ("n", "m n", "m n"),
        ("m n", "n", "m n 2"),
        ("", "n", "n"),
        ("m 1", "n", "m n"),
    ),
)
def masked_scatter(input: Array, mask: Mask, source: Array) -> jax.Array:
    """Return `input` with the elements of `source` copied, in order, to the positions where `mask` is true.

    Shapes: `input` and `mask` broadcast; `source` has at least as many elements as `mask` has true ones.
    Raises: RuntimeError for different dtypes, for a mask that is not bool, and for a `source` with too few elements.
    With a traced mask a missing element is filled like one out of range in `getitem`.

    >>> import jaxfun as jf
    >>> jf.masked_scatter(jf.zeros(3), jf.tensor([True, False, True]), jf.tensor([5.0, 6.0, 7.0]))
    Array([5., 0., 6.], dtype=float32)
    """
    _want_mask(mask)
    want_one_dtype(input, source)
    chosen = jnp.broadcast_to(mask, broadcast_shapes(input.shape, mask.shape))
    if source.size == 0 or chosen.size == 0:
        return jnp.broadcast_to(input, chosen.shape)
    places = jnp.cumsum(chosen.reshape(-1)).reshape(chosen.shape) - 1
    written = source.reshape(-1).at[jnp.maximum(places, 0)].get(mode="fill")
    return jnp.where(chosen, written, input)


@public
def masked_select(input: Any, mask: Any, *, size: int | None = None, fill_value: Any = 0) -> jax.Array:
    """Return the elements where `mask` is true, in order, as a 1-D tensor.

    Shapes: `input` and `mask` broadcast. The mask's values decide the size of the result. Under jit and vmap give
    `size`; missing elements are filled with `fill_value`.
    Gradient: 0 for an element that is not selected.
    Raises: RuntimeError for a mask that is not bool; NotImplementedError for a traced mask without `size`.

    >>> import jaxfun as jf
    >>> jf.masked_select(jf.tensor([1.0, 2.0, 3.0]), jf.tensor([True, False, True]))
    Array([1., 3.], dtype=float32)
    """
    input, mask = as_array(input), as_array(mask)
    _want_mask(mask)
    shape = broadcast_shapes(input.shape, mask.shape)
    if size is None and is_traced(mask):
        raise UnsupportedArgumentError("a `size` for a traced mask", describe(mask), "Or use jaxfun.where.")
    fill = fitting(fill_value, as_dtype(input.dtype))
    if size is None:
        places = np.flatnonzero(np.broadcast_to(np.asarray(mask), shape))
        return _selected(input, jnp.asarray(places), shape, fill)
    return _selected(input, first_places(jnp.broadcast_to(mask, shape).reshape(-1), size), shape, fill)


@functools.partial(jax.jit, static_argnames=("shape", "fill_value"))
def _selected(input: jax.Array, places: jax.Array, shape: tuple[int, ...], fill_value: Any) -> jax.Array:
    return jnp.broadcast_to(input, shape).reshape(-1).at[places].get(mode="fill", fill_value=fill_value)
