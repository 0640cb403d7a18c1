"""Padding of the last dimensions: constant, reflect, replicate and circular. Begin with `pad`."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp

from ...core.dims import as_tuple
from ...core.errors import (
    ArgumentTypeError,
    ShapeError,
    UnsupportedArgumentError,
    UnsupportedDTypeError,
    describe,
)
from ...core.numbers import is_traced
from ...core.op import op
from ...core.public import public
from ...core.record import Array, Choice, Factor, rows
from ...core.sizes import any_below, has_open, larger, smaller
from ..index._values import want_fitting

Pairs = list[tuple[int, int]]  # padding before and after, for each dimension in order
_MODES = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}  # torch's names to NumPy's


@public(name="nn.functional.pad")
def pad(input: Any, pad: Sequence[int], mode: str = "constant", value: float | jax.Array | None = None) -> jax.Array:
    """Pad a tensor: `pad` is (before, after) for the last dimension, then for the second to last, and so on.

    `mode` is "constant" (fills with `value`, by default 0), "reflect" (mirrors without repeating the edge), "replicate"
    (repeats the edge) or "circular" (wraps around). A negative number crops. The last three modes pad all 1 to 3
    spatial dimensions: the shapes are (c, w) or (n, c, w) to (c, d, h, w) or (n, c, d, h, w).
    Gradient: summed over the copies of an element.
    Raises: RuntimeError for a `pad` that does not fit the shape or leaves a negative size; NotImplementedError for
    another mode or shape.
    Torch: torch.nn.functional.pad.

    >>> import jaxfun as jf
    >>> jf.nn.functional.pad(jf.tensor([[1, 2, 3]]), (1, 1), mode="reflect")
    Array([[2, 1, 2, 3, 2]], dtype=int32)
    """
    return (_pad_from_input if mode in _MODES else _pad)(input, pad, mode, value)


def _check_value(input: jax.Array, pad: Any, mode: str = "constant", value: Any = None) -> None:
    _want_real(value)
    if value is not None and not is_traced(value) and _adds(pad):
        want_fitting(input, float(value))


def _check_no_value(input: jax.Array, pad: Any, mode: str, value: Any = None) -> None:
    _want_real(value)
    if value is not None and (is_traced(value) or value != 0):
        raise ShapeError(f"no `value` with mode={mode!r}", describe(value))


def _want_real(value: Any) -> None:
    if isinstance(value, complex):
        raise ArgumentTypeError("a real `value`", describe(value))


@op(
    kind=None,
    torch="torch.nn.functional.pad",
    composite=True,
    before=_check_value,
    cases=rows(
        "input pad value",
        ("m n", (1, 2), None),
        ("m n", (1, 0, -1, 2), 0.5),
        ("n", (-1, 3), -3),
        ("b c m n", (0, 1, 2, 0), 2.0),
        ("m n", (), None),
        ("m n", (1, 1), 1e39),
    ),
)
def _pad(input: Array, pad: Any, mode: str = "constant", value: Factor = None) -> jax.Array:
    if mode != "constant":
        raise UnsupportedArgumentError(f"`mode` to be one of constant, {', '.join(_MODES)}", describe(mode))
    return _constant_pad(input, as_tuple(pad, "pad"), 0.0 if value is None else value)


_OPERATORS = (
    *(f"{name}_pad{count}d" for name in ("reflection", "replication") for count in (1, 2, 3)),
    "_pad_circular",
)


@op(
    kind=None,
    torch="torch.nn.functional.pad",
    aten=_OPERATORS[0],
    overload=("", *(f"{name}.default" for name in _OPERATORS[1:])),
    composite=True,
    before=_check_no_value,
    takes={"value": Choice((None, 0))},
    cases=rows(
        "input pad mode",
        ("c 3", (2, 1), "reflect"),
        ("c 4 3", (1, -1, 2, 0), "reflect"),
        ("b 2 3 2 3", (2, 0, 1, 1, 0, 1), "reflect"),
        ("c 3", (4, 1), "replicate"),
        ("b c 3 2", (-1, 3, 2, 1), "replicate"),
        ("c 2 3 2", (0, 1, 3, 2, 1, 0), "replicate"),
        ("c 3", (3, 1), "circular"),
        ("b c 3 2", (2, -1, -1, 2), "circular"),
        ("b c 2 2 3", (1, 3, 0, 2, 1, 1), "circular"),
    ),
)
def _pad_from_input(input: Array, pad: Any, mode: str, value: Factor = None) -> jax.Array:
    pairs = _padding_pairs(input, as_tuple(pad, "pad"))
    count = len(pad) // 2
    if not 1 <= count <= 3 or input.ndim - count not in (1, 2):
        raise UnsupportedArgumentError("1 to 3 padded dimensions after the channels", f"{describe(input)} and {pad}")
    if mode == "circular":
        return _circular_pad(input, pairs)
    _want_paddable(input, pairs, input.ndim - count == 2, mode)
    padded = jnp.pad(input, [(larger(before, 0), larger(after, 0)) for before, after in pairs], _MODES[mode])
    return _cropped(padded, pairs)


def _check_constant(input: jax.Array, pad: Any, value: Any = 0) -> None:
    if _adds(pad):
        want_fitting(input, value)


def _adds(pad: Any) -> bool:
    return any_below(0, [-count for count in as_tuple(pad, "pad")])


@op(
    kind=None,
    before=_check_constant,
    takes={"value": Choice((0, 2, -3, 0.5, True))},
    cases=rows("input pad", ("m n", (1, 2)), ("m n", (1, 0, -1, 2)), ("n", (-1, 3)), ("b m n", (0, -1, 2, 0))),
)
def constant_pad_nd(input: Array, pad: Sequence[int], value: Factor = 0) -> jax.Array:
    """Pad a tensor with a constant: `pad` is (before, after) for the last dimension, then for the second to last.

    A negative number crops.
    Raises: RuntimeError for a `pad` that does not fit the shape, and for a `value` that the dtype cannot hold.

    >>> import jaxfun as jf
    >>> jf.constant_pad_nd(jf.tensor([1, 2]), (1, 2), 7)
    Array([7, 1, 2, 7, 7], dtype=int32)
    """
    return _constant_pad(input, as_tuple(pad, "pad"), value)


def _padding_pairs(input: jax.Array, pad: tuple[int, ...]) -> Pairs:
    """Return the padding before and after, for each dimension in order."""
    if len(pad) % 2 or len(pad) > 2 * input.ndim:
        raise ShapeError(f"`pad` of an even length, at most {2 * input.ndim}", describe(pad))
    given = [(pad[start], pad[start + 1]) for start in range(0, len(pad), 2)]
    return [(0, 0)] * (input.ndim - len(given)) + given[::-1]


def _constant_pad(input: jax.Array, pad: tuple[int, ...], value: Any) -> jax.Array:
    pairs = _padding_pairs(input, pad)
    each = zip(input.shape, pairs, strict=True)
    if any_below(0, [size + smaller(before, 0) + smaller(after, 0) for size, (before, after) in each]):
        raise ShapeError("a `pad` that gives no negative size", f"{describe(input)} and {pad}")
    return jax.lax.pad(input, _fill_value(input, value), [(*pair, 0) for pair in pairs])


def _fill_value(input: jax.Array, value: Any) -> jax.Array:
    number = jnp.asarray(value)
    return (number != 0) if input.dtype == bool else number.astype(input.dtype)


def _circular_pad(input: jax.Array, pairs: Pairs) -> jax.Array:
    for size, pair in zip(input.shape, pairs, strict=True):
        if any_below(0, [size - count for count in pair]):
            raise ShapeError("a `pad` no larger than the size", f"{pair} for a size of {size}")
        rest = size + sum(smaller(count, 0) for count in pair)
        if any_below(int(_adds(pair)), (rest,)):
            raise ShapeError("a `pad` that leaves a non-empty tensor", f"{pair} for a size of {size}")
    x = _cropped(input, pairs)
    if not has_open(x.shape):
        return jnp.pad(x, [(larger(before, 0), larger(after, 0)) for before, after in pairs], "wrap")
    for axis, (before, after) in enumerate(pairs):  # jnp.pad asks how often a size fits into the padding
        size = x.shape[axis]
        ends = [(size - larger(before, 0), size), (0, size), (0, larger(after, 0))]
        x = (
            jnp.concatenate([jax.lax.slice_in_dim(x, *each, axis=axis) for each in ends], axis)
            if before or after
            else x
        )
    return x


def _cropped(input: jax.Array, pairs: Pairs) -> jax.Array:
    slices = (
        slice(larger(-before, 0), size - larger(-after, 0))
        for size, (before, after) in zip(input.shape, pairs, strict=True)
    )
    return input[tuple(slices)]


def _want_paddable(input: jax.Array, pairs: Pairs, is_batched: bool, mode: str) -> None:
    """Raise ShapeError for too few elements, and UnsupportedDTypeError for bools: torch has no kernel for bools."""
    if 0 in input.shape[is_batched:]:
        raise ShapeError("a tensor whose non-batch dimensions are not empty", describe(input))
    for size, pair in zip(input.shape, pairs, strict=True):
        if mode == "reflect" and any(pair) and any_below(1, [size - count for count in pair]):
            raise ShapeError("a `pad` smaller than the size", f"{pair} for a size of {size}")
        if any(pair) and any_below(1, (size + sum(pair),)):
            raise ShapeError("a `pad` that leaves a non-empty tensor", f"{pair} for a size of {size}")
    if input.dtype == bool:
        raise UnsupportedDTypeError("a tensor that is not boolean", describe(input))
