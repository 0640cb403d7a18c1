"""Transposed convolutions, and `convolution`, which computes either kind. Begin with `_conv_transpose`."""

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp

from ...core.dtypes import DType, as_dtype, computed_in, int64
from ...core.errors import ShapeError
from ...core.op import op
from ...core.public import public
from ...core.record import BOOLS, COMPLEXES, INTEGERS, Array, Row, rows
from ...core.sizes import any_below
from ..linalg._matrices import want
from ._windows import Ints, PerDim, extents, per_dim, want_at_least, want_rank
from .convolution import Windows, accepted, accepted_transposed, conv, convolved, plus_bias, want_kernel


def _conv_transpose(
    dims: int,
    input: jax.Array,
    weight: jax.Array,
    bias: Any,
    stride: Any,
    padding: Any,
    output_padding: Any,
    groups: int,
    dilation: Any,
) -> jax.Array:
    want_rank(input, dims)
    want(weight.ndim == dims + 2, f"(i, o / groups, *kernel) for the weight, with {dims} kernel dimensions", weight)
    batch = input if input.ndim == weight.ndim else input[None]
    stride, dilation = per_dim(stride, dims, "stride"), per_dim(dilation, dims, "dilation")
    padding, output_pads = per_dim(padding, dims, "padding"), per_dim(output_padding, dims, "output_padding")
    want_at_least(1, stride=stride, dilation=dilation, groups=(groups,))
    want_at_least(0, padding=padding, output_padding=output_pads)
    if any(extra >= max(steps) for extra, *steps in zip(output_pads, stride, dilation, strict=True)):
        raise ShapeError("`output_padding` less than the stride or the dilation", str(output_pads))
    want_kernel(batch, weight, bias, groups, weight.shape[1] * groups)
    want(batch.shape[1] == weight.shape[0] and weight.shape[1] > 0, "(n, i, *) and (i, o / groups, *)", batch, weight)
    pads = [(size, size - extra) for size, extra in zip(padding, output_pads, strict=True)]
    result = plus_bias(_transposed(batch, weight, Windows(stride, pads, dilation, groups)), bias).astype(input.dtype)
    return result if batch is input else result[0]


def _transposed(input: jax.Array, weight: jax.Array, windows: Windows) -> jax.Array:
    """Apply the transpose of a convolution. 16-bit floats are computed in float32."""
    wide = computed_in(as_dtype(input.dtype)).dtype
    shape = (input.shape[0], weight.shape[1] * windows.groups, *_output_sizes(input, weight, windows))
    want(not any_below(1, shape[2:]), "that give a non-empty result", input, weight)
    if not jnp.issubdtype(wide, jnp.inexact):  # JAX cannot transpose functions of integers
        return _transposed_integers(input, weight, windows)
    source = jax.ShapeDtypeStruct(shape, wide)
    (result,) = jax.linear_transpose(lambda x: convolved(x, weight.astype(wide), windows), source)(input.astype(wide))
    return result


def _transposed_integers(input: jax.Array, weight: jax.Array, windows: Windows) -> jax.Array:
    """Convolve the input, with zeros inserted between its elements, with the flipped kernels."""
    pads = [
        (length - 1 - low, length - 1 - high)
        for length, (low, high) in zip(_extents(weight, windows), windows.pads, strict=True)
    ]
    config = [(0, 0, 0)] * 2 + [(*pad, step - 1) for pad, step in zip(pads, windows.stride, strict=True)]
    spaced = jax.lax.pad(input, jnp.zeros((), input.dtype), config)
    parts = weight.reshape(windows.groups, -1, *weight.shape[1:]).swapaxes(1, 2)
    kernels = jnp.flip(parts.reshape(-1, parts.shape[2], *weight.shape[2:]), range(2, weight.ndim))
    dims = len(windows.pads)
    return convolved(spaced, kernels, Windows((1,) * dims, [(0, 0)] * dims, windows.dilation, windows.groups))


def _extents(weight: jax.Array, windows: Windows) -> Ints:
    return extents(weight.shape[2:], windows.dilation)


def _output_sizes(input: jax.Array, weight: jax.Array, windows: Windows) -> Ints:
    each = zip(input.shape[2:], windows.stride, _extents(weight, windows), windows.pads, strict=True)
    return tuple((size - 1) * step + length - sum(pad) for size, step, length, pad in each)


_SMALL_INTEGERS = INTEGERS - {int64}


_OPTIONS: Mapping[str, Any] = {
    "kind": None,
    "node": "ConvolutionBackward0",
    "rejects": BOOLS | _SMALL_INTEGERS,
    "operand_rejects": BOOLS | _SMALL_INTEGERS,
    "takes_here": accepted_transposed,
}


def _cases(*values: Any) -> tuple[Row, ...]:
    return rows("input weight bias stride padding output_padding groups dilation", *values)


@op(
    **_OPTIONS,
    torch="torch.nn.functional.conv_transpose1d",
    overload="",
    aliases=("conv_transpose1d",),
    cases=_cases(
        ("2 3 4", "3 o 2", "o", 1, 0, 0, 1, 1),
        ("4 3", "4 2 2", None, (2,), (1,), (1,), 2, (2,)),
        ("2 2 3", "2 2 2", "2", 1, 2, 2, 1, 3),
        ("0 2 4", "2 3 2", "3", 3, 0, 2, 1, 1),
    ),
)
def conv_transpose1d(
    input: Array,
    weight: Array,
    bias: Array = None,
    stride: PerDim = 1,
    padding: PerDim = 0,
    output_padding: PerDim = 0,
    groups: int = 1,
    dilation: PerDim = 1,
) -> jax.Array:
    """Apply a 1-D transposed convolution ("deconvolution") over an input of several channels.

    It is the gradient of `conv1d` with respect to its input. `padding` removes that many elements from both
    ends of each dimension of the result, `output_padding` adds that many at the end.
    Shapes: (n, i, l), (i, o / groups, k) -> (n, o, *), or without n.
    Dtypes: 16-bit floats are computed in float32, and rounded once.
    Raises: RuntimeError for other shapes, an `output_padding` not smaller than the stride or the dilation, and tensors
    of different dtypes.
    Torch: torch.conv_transpose1d, torch.nn.functional.conv_transpose1d.

    >>> import jaxfun as jf
    >>> jf.nn.functional.conv_transpose1d(jf.tensor([[1.0, 2.0]]), jf.tensor([[[1.0, 10.0]]]))
    Array([[ 1., 12., 20.]], dtype=float32)
    """
    return _conv_transpose(1, input, weight, bias, stride, padding, output_padding, groups, dilation)


@op(
    **_OPTIONS,
    torch="torch.nn.functional.conv_transpose2d",
    overload="input",
    aliases=("conv_transpose2d",),
    cases=_cases(
        ("2 3 2 4", "3 o 2 3", "o", 1, 0, 0, 1, 1),
        ("4 3 2", "4 2 3 2", None, (2, 1), (1, 0), (1, 0), 2, (1, 2)),
        ("1 2 3 3", "2 1 2 3", "2", 3, 1, 2, 2, 1),
    ),
)
def conv_transpose2d(
    input: Array,
    weight: Array,
    bias: Array = None,
    stride: PerDim = 1,
    padding: PerDim = 0,
    output_padding: PerDim = 0,
    groups: int = 1,
    dilation: PerDim = 1,
) -> jax.Array:
    """Apply a 2-D transposed convolution ("deconvolution") over an input of several channels.

    It is the gradient of `conv2d` with respect to its input. `padding` removes that many elements from both
    ends of each dimension of the result, `output_padding` adds that many at the end.
    Shapes: (n, i, h, w), (i, o / groups, kh, kw) -> (n, o, *), or without n.
    Dtypes: 16-bit floats are computed in float32, and rounded once.
    Raises: RuntimeError for other shapes, an `output_padding` not smaller than the stride or the dilation, and tensors
    of different dtypes.
    Torch: torch.conv_transpose2d, torch.nn.functional.conv_transpose2d.

    >>> import jaxfun as jf
    >>> jf.nn.functional.conv_transpose2d(jf.ones(1, 2, 2), jf.ones(1, 1, 2, 2))
    Array([[[1., 2., 1.],
            [2., 4., 2.],
            [1., 2., 1.]]], dtype=float32)
    """
    return _conv_transpose(2, input, weight, bias, stride, padding, output_padding, groups, dilation)


@op(
    **_OPTIONS,
    torch="torch.nn.functional.conv_transpose3d",
    overload="input",
    aliases=("conv_transpose3d",),
    cases=_cases(
        ("2 2 2 3 2", "2 o 2 1 3", "o", 1, 0, 0, 1, 1),
        ("4 2 1 3", "4 1 2 3 2", None, (2, 1, 3), (1, 0, 0), (1, 0, 2), 2, (1, 2, 1)),
    ),
)
def conv_transpose3d(
    input: Array,
    weight: Array,
    bias: Array = None,
    stride: PerDim = 1,
    padding: PerDim = 0,
    output_padding: PerDim = 0,
    groups: int = 1,
    dilation: PerDim = 1,
) -> jax.Array:
    """Apply a 3-D transposed convolution ("deconvolution") over an input of several channels.

    It is the gradient of `conv3d` with respect to its input. `padding` removes that many elements from both
    ends of each dimension of the result, `output_padding` adds that many at the end.
    Shapes: (n, i, d, h, w), (i, o / groups, kd, kh, kw) -> (n, o, *), or without n.
    Dtypes: 16-bit floats are computed in float32, and rounded once.
    Raises: RuntimeError for other shapes, an `output_padding` not smaller than the stride or the dilation, and tensors
    of different dtypes.
    Torch: torch.conv_transpose3d, torch.nn.functional.conv_transpose3d.

    >>> import jaxfun as jf
    >>> jf.nn.functional.conv_transpose3d(jf.ones(1, 1, 1, 2), jf.ones(1, 1, 1, 1, 2))
    Array([[[[1., 2., 1.]]]], dtype=float32)
    """
    return _conv_transpose(3, input, weight, bias, stride, padding, output_padding, groups, dilation)


def _accepted_by_either(arguments: Mapping[str, Any]) -> frozenset[DType]:
    return accepted(arguments) | (frozenset() if arguments["input"].size else COMPLEXES)


@public
def convolution(
    input: Any,
    weight: Any,
    bias: Any,
    stride: int | tuple[int, ...],
    padding: int | tuple[int, ...],
    dilation: int | tuple[int, ...],
    transposed: bool,
    output_padding: int | tuple[int, ...],
    groups: int,
) -> jax.Array:
    """Apply a convolution, or a transposed convolution, over a batch. The kernel determines the number of dimensions.

    Shapes: (n, i, *), (o, i / groups, *) -> (n, o, *); transposed (n, i, *), (i, o / groups, *) -> (n, o, *).
    Dtypes: 16-bit floats are computed in float32, and rounded once.
    Raises: RuntimeError for other shapes, tensors of different dtypes, and complex numbers.

    >>> import jaxfun as jf
    >>> jf.convolution(jf.ones(1, 1, 3), jf.ones(1, 1, 2), None, 1, 0, 1, False, 0, 1)
    Array([[[2., 2.]]], dtype=float32)
    """
    return _convolution(input, weight, bias, stride, padding, dilation, transposed, output_padding, groups)


@op(
    kind=None,
    torch="torch.convolution",
    node="ConvolutionBackward0",
    rejects=BOOLS | _SMALL_INTEGERS | COMPLEXES,
    operand_rejects=BOOLS | _SMALL_INTEGERS,
    takes_here=_accepted_by_either,
    cases=rows(
        "input weight bias stride padding dilation transposed output_padding groups",
        ("2 3 4", "o 3 2", "o", (1,), (0,), (1,), False, (0,), 1),
        ("2 4 4 3", "4 2 2 2", None, (1, 2), (0, 1), (2, 1), False, (0, 0), 2),
        ("2 4 2 3", "4 2 2 2", "4", (2, 1), (0, 1), (1, 1), True, (1, 0), 2),
    ),
)
def _convolution(
    input: Array,
    weight: Array,
    bias: Array = None,
    stride: PerDim = 1,
    padding: PerDim = 0,
    dilation: PerDim = 1,
    transposed: bool = False,
    output_padding: PerDim = 0,
    groups: int = 1,
) -> jax.Array:
    dims = weight.ndim - 2
    want(input.ndim == weight.ndim > 2, "(n, i, *) and (o, i / groups, *)", input, weight)
    if transposed:
        return _conv_transpose(dims, input, weight, bias, stride, padding, output_padding, groups, dilation)
    want_at_least(0, output_padding=per_dim(output_padding, dims, "output_padding"))
    return conv(dims, input, weight, bias, stride, padding, dilation, groups)
