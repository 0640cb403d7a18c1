"""Layer, group, RMS and local response normalisation, and `normalize` to a unit norm."""

import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...core.dims import as_tuple
from ...core.dtypes import as_dtype, computed_in, float32, int64
from ...core.errors import (
    ArgumentValueError,
    DivisionError,
    DTypeError,
    ShapeError,
    UnsupportedDTypeError,
    describe,
)
from ...core.numbers import as_real
from ...core.op import op
from ...core.record import (
    BOOLS,
    COMPLEXES,
    INTEGERS,
    NOT_FLOATS,
    Array,
    Choice,
    Dims,
    Factor,
    Integer,
    rows,
    where_empty,
)
from ..pointwise.arithmetic import add, mul
from ..pointwise.division import div
from ..pointwise.minmax import clamp_min
from ..pointwise.powers import pow, rsqrt
from ..reduce.norms import norm

_EPS = {"eps": Choice((1e-5, 0.5))}


@op(
    kind=None,
    torch="torch.nn.functional.layer_norm",
    node="NativeLayerNormBackward0",
    rejects=NOT_FLOATS,
    takes=_EPS,
    cases=rows(
        "input normalized_shape weight bias",
        ("m 3", (3,), "3", "3"),
        ("b 2 3", (2, 3), "2 3", None),
        ("b m 3", (3,), None, "3"),
        ("4", (4,), None, None),
    ),
    aliases=("layer_norm",),
)
def layer_norm(
    input: Array,
    normalized_shape: tuple[int, ...],
    weight: Array = None,
    bias: Array = None,
    eps: Factor = 1e-5,
) -> jax.Array:
    """Apply layer normalisation over the last dimensions: `(x - mean) / sqrt(var + eps) * weight + bias`.

    `normalized_shape` is the shape of these dimensions.
    Dtypes: 16-bit floats are computed in float32; their weights may be float32.
    Raises: RuntimeError for other shapes, and for weights of other dtypes.
    Torch: torch.layer_norm, torch.nn.functional.layer_norm.

    >>> import jaxfun as jf
    >>> jf.nn.functional.layer_norm(jf.tensor([[1.0, 3.0], [2.0, 2.0]]), (2,), eps=0)
    Array([[-1.,  1.],
           [nan, nan]], dtype=float32)
    """
    shape = _checked_shape(normalized_shape, weight, bias)
    _want_last_dims(input, shape)
    want_parameters(input, weight, bias)
    wide = input.astype(computed_in(as_dtype(input.dtype)).dtype)
    result = _standardised(wide, tuple(range(-len(shape), 0)), as_real(eps, "eps"))
    return scaled(result, weight, bias).astype(input.dtype)


def _checked_shape(normalized_shape: Any, *parameters: Any) -> tuple[int, ...]:
    """Return `normalized_shape` as a tuple.

    Raises: ShapeError if it is empty, or a parameter has another shape.
    """
    shape = as_tuple(normalized_shape, "normalized_shape")
    if not shape:
        raise ShapeError("a `normalized_shape` of at least one dimension", describe(normalized_shape))
    for parameter in parameters:
        if parameter is not None and parameter.shape != shape:
            raise ShapeError(f"a weight and a bias of shape {list(shape)}", describe(parameter))
    return shape


def _want_last_dims(input: jax.Array, shape: tuple[int, ...]) -> None:
    if input.shape[-len(shape) :] != shape:
        raise ShapeError(f"an input of shape (*, {', '.join(map(str, shape))})", describe(input))


def want_parameters(input: jax.Array, *parameters: Any) -> None:
    """Raise DTypeError unless all parameters have the input's dtype, or are all float32 for a 16-bit input.

    Raises: UnsupportedDTypeError for an input that is not floating point.
    """
    if as_dtype(input.dtype) in NOT_FLOATS:
        raise UnsupportedDTypeError("a floating point tensor", describe(input))
    dtypes = {parameter.dtype for parameter in parameters if parameter is not None}
    accepted = {input.dtype} if as_dtype(input.dtype).itemsize > 2 else {input.dtype, float32.dtype}
    if len(dtypes) > 1 or not dtypes <= accepted:
        given = describe(tuple(parameter for parameter in parameters if parameter is not None))
        raise DTypeError(
            f"weights and statistics of one dtype, that of the input, {describe(input)}", given, "Cast them."
        )


def _standardised(x: jax.Array, axes: tuple[int, ...], eps: Any) -> jax.Array:
    mean, variance = moments(x, axes)
    return (x - mean) * jax.lax.rsqrt(variance + jnp.asarray(eps).astype(x.dtype))


def moments(x: jax.Array, axes: tuple[int, ...]) -> tuple[jax.Array, jax.Array]:
    """Return the mean and the biased variance over `axes`, with keepdims."""
    mean = jnp.mean(x, axes, keepdims=True)
    return mean, jnp.mean(jnp.square(x - mean), axes, keepdims=True)


def scaled(x: jax.Array, weight: jax.Array | None, bias: jax.Array | None) -> jax.Array:
    """Return `x * weight + bias`. A weight or bias of None is skipped."""
    x = x if weight is None else x * weight.astype(x.dtype)
    return x if bias is None else x + bias.astype(x.dtype)


@op(
    kind=None,
    torch="torch.nn.functional.rms_norm",
    composite=True,
    rejects=BOOLS | INTEGERS,
    takes={"eps": Choice((None, 0.5))},
    cases=rows(
        "input normalized_shape weight",
        ("m 3", (3,), "3"),
        ("b 2 3", (2, 3), "2 3"),
        ("b m 3", (3,), None),
        ("4", (4,), None),
    ),
    aliases=("rms_norm",),
)
def rms_norm(input: Array, normalized_shape: tuple[int, ...], weight: Array = None, eps: Factor = None) -> jax.Array:
    """Apply root mean square layer normalisation: `x / sqrt(mean(x ** 2) + eps) * weight`.

    The mean is over the last dimensions, of shape `normalized_shape`. By default `eps` is the machine epsilon of the
    dtype, of float32 for 16-bit floats.
    Dtypes: the result has the input's dtype, for any dtype of the weight; 16-bit floats are computed in float32.
    Raises: RuntimeError for other shapes.
    Torch: torch.rms_norm, torch.nn.functional.rms_norm.

    >>> import jaxfun as jf
    >>> jf.nn.functional.rms_norm(jf.tensor([1.0, 7.0]), (2,), eps=0)
    Array([0.2, 1.4], dtype=float32)
    """
    if as_dtype(input.dtype) in BOOLS | INTEGERS:
        raise UnsupportedDTypeError("a floating point or complex tensor", describe(input))
    shape = _checked_shape(normalized_shape, weight)
    if input.ndim < len(shape):
        raise ArgumentValueError(f"a tensor of at least {len(shape)} dimensions", describe(input))
    _want_last_dims(input, shape)
    wide = input.astype(computed_in(as_dtype(input.dtype)).dtype)
    eps = jnp.finfo(wide.dtype).eps if eps is None else as_real(eps, "eps")
    power = jnp.mean(wide * wide, tuple(range(-len(shape), 0)), keepdims=True)
    root = rsqrt(power + jnp.asarray(eps).astype(power.dtype))
    scale = weight.real if jnp.iscomplexobj(weight) and not jnp.iscomplexobj(wide) else weight
    return scaled(wide * root, scale, None).astype(input.dtype)


@op(
    kind=None,
    torch="torch.nn.functional.group_norm",
    node="NativeGroupNormBackward0",
    rejects=NOT_FLOATS,
    takes=_EPS,
    cases=rows(
        "input num_groups weight bias",
        ("3 4", 2, "4", "4"),
        ("m 6 n", 3, "6", None),
        ("m 4 2 n", 1, None, "4"),
        ("m 3 2", 3, None, None),
    ),
    aliases=("group_norm",),
)
def group_norm(
    input: Array, num_groups: Integer, weight: Array = None, bias: Array = None, eps: Factor = 1e-5
) -> jax.Array:
    """Apply group normalisation: `(x - mean) / sqrt(var + eps) * weight + bias`.

    Mean and variance are those of each group of channels, for each instance.
    Shapes: (m, n, *), (n), (n) -> (m, n, *); `num_groups` divides n.
    Dtypes: like `layer_norm`.
    Raises: RuntimeError for other shapes and dtypes; ValueError for a batch of one with only one value per group.
    Torch: torch.group_norm, torch.nn.functional.group_norm.

    >>> import jaxfun as jf
    >>> jf.nn.functional.group_norm(jf.tensor([[1.0, 3.0, 5.0, 5.0]]), 2, eps=1e-12)
    Array([[-1.,  1.,  0.,  0.]], dtype=float32)
    """
    _want_values_in_groups(input, num_groups)
    return of_groups(input, num_groups, weight, bias, eps)


def of_groups(input: jax.Array, num_groups: int, weight: Any, bias: Any, eps: Any) -> jax.Array:
    """Return `group_norm` of an input, with groups of one value too."""
    if num_groups <= 0 or input.shape[1] % num_groups:
        raise ShapeError(f"a positive `num_groups` that divides the {input.shape[1]} channels", str(num_groups))
    _want_per_channel(input.shape[1], weight, bias)
    want_parameters(input, weight, bias)
    wide = input.astype(computed_in(as_dtype(input.dtype)).dtype)
    group_size = math.prod(input.shape[1:]) // num_groups
    grouped = wide.reshape(input.shape[0], num_groups, group_size)
    result = _standardised(grouped, (2,), as_real(eps, "eps")) if input.size else grouped
    shaped = (along_channels(parameter, input.ndim) for parameter in (weight, bias))
    return scaled(result.reshape(input.shape), *shaped).astype(input.dtype)


def _want_values_in_groups(input: jax.Array, num_groups: int) -> None:
    if input.ndim < 2:
        raise ShapeError("an input of shape (m, n, *)", describe(input))
    if num_groups == 0:
        raise DivisionError("a positive `num_groups`", "0")
    sizes = input.shape
    if math.prod((sizes[0] * sizes[1] // num_groups, *sizes[2:])) == 1:
        raise ArgumentValueError("more than one value per group", describe(input))


def _want_per_channel(count: int, *parameters: Any) -> None:
    for parameter in parameters:
        if parameter is not None and parameter.shape != (count,):
            raise ShapeError(f"a vector of {count} elements, one for each channel", describe(parameter))


def along_channels(parameter: jax.Array | None, ndim: int) -> jax.Array | None:
    """Reshape a parameter to broadcast along dimension 1, the channels, of an `ndim`-dim tensor."""
    return None if parameter is None else parameter.reshape(-1, *(1,) * (ndim - 2))


@op(
    kind=None,
    torch="torch.nn.functional.local_response_norm",
    composite=True,
    rejects=BOOLS | COMPLEXES | INTEGERS - {int64},
    takes_here=where_empty(NOT_FLOATS),
    takes={"alpha": Choice((1e-4, 2.0)), "beta": Choice((0.75, 2.0)), "k": Choice((1.0, 0.5))},
    cases=rows("input size", ("m 4 n", 3), ("m 3 2 n", 2), ("m 2 2 2 n", 1), ("m 2 n", 7)),
)
def local_response_norm(
    input: Array, size: Integer, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> jax.Array:
    """Apply local response normalisation across channels: `x / (k + alpha * s) ** beta`.

    `s` is the mean of the squares of `size` neighbouring channels. The channels are zero-padded.
    Shapes: (m, n, *) -> (m, n, *), with at least one dimension after the channels.
    Raises: ValueError for fewer than 3 dimensions; RuntimeError for a `size` that is not positive.
    Torch: torch.nn.functional.local_response_norm.

    >>> import jaxfun as jf
    >>> jf.nn.functional.local_response_norm(jf.tensor([[[1.0], [3.0]]]), 2, alpha=2.0, beta=1.0)
    Array([[[0.5       ],
            [0.27272728]]], dtype=float32)
    """
    if input.ndim < 3:
        raise ArgumentValueError("a tensor of at least 3 dimensions", describe(input))
    if not input.size:
        return input
    if size <= 0:
        raise ShapeError("a positive `size`", str(size))
    mean = _mean_of_neighbours(mul(input, input), size)
    return div(input, pow(add(mul(mean, alpha), k), beta))


def _mean_of_neighbours(x: jax.Array, size: int) -> jax.Array:
    """Return the mean of `size` neighbours along dimension 1. Integers use `//`; 16-bit floats are rounded once."""
    wide = x.astype(computed_in(as_dtype(x.dtype)).dtype)
    window, pads = (1, size, *(1,) * (x.ndim - 2)), (size // 2, (size - 1) // 2)
    padding = [pads if axis == 1 else (0, 0) for axis in range(x.ndim)]
    zero = np.zeros((), wide.dtype)
    total = jax.lax.reduce_window(wide, zero, jax.lax.add, window, (1,) * x.ndim, padding)
    return (total // size if jnp.issubdtype(x.dtype, jnp.integer) else total / size).astype(x.dtype)


@op(
    kind=None,
    torch="torch.nn.functional.normalize",
    composite=True,
    rejects=BOOLS | INTEGERS,
    takes={"p": Choice((2.0, 1, 0, 0.5, 3, math.inf, -1)), "eps": Choice((1e-12, 0.5))},
    cases=rows("input dim", ("m n", 1), ("m n", 0), ("b m n", (0, -1)), ("n", 0), ("m n", None)),
)
def normalize(input: Array, p: float = 2.0, dim: Dims = 1, eps: Factor = 1e-12) -> jax.Array:
    """Normalise the input to `p`-norm 1 along `dim`: `x / max(norm(x, p, dim), eps)`.

    Raises: RuntimeError for integers and bools.
    Torch: torch.nn.functional.normalize.

    >>> import jaxfun as jf
    >>> jf.nn.functional.normalize(jf.tensor([[3.0, 4.0], [0.0, 0.0]]))
    Array([[0.6, 0.8],
           [0. , 0. ]], dtype=float32)
    """
    length = clamp_min(norm(input, p, dim, keepdim=True), eps)
    if p == 0:  # the count of nonzero elements has no derivative; without stop_gradient, 0 * NaN would appear
        length = jax.lax.stop_gradient(length)
    return input / length.astype(input.dtype)
