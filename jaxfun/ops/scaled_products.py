"""Products of matrices and vectors added to a tensor, each with a factor. 16-bit floats are added up in float32."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..core.checks import refuse_overflow, want_one_dtype
from ..core.dims import broadcast_shapes
from ..core.dtypes import DType, as_dtype, canonical, float32, of, result_type
from ..core.errors import DTypeError, IndexRangeError, ShapeError, describe
from ..core.numbers import holds, is_traced
from ..core.op import op
from ..core.public import public
from ..core.record import BOOLS, HALVES, Array, Choice, Factor, Number, Shape, where_empty
from ._matrices import as_one_dtype_where_empty, want, wide_product
from .arithmetic import scaled

_FACTORS = {"beta": Choice((1, 0, 2, -3, 0.5)), "alpha": Choice((1, 2, 0, -3, 0.5))}


@public
def addmm(input: Any, mat1: Any, mat2: Any, *, beta: Any = 1, alpha: Any = 1) -> jax.Array:
    """Return `beta * input + alpha * mat1 @ mat2`. Shapes: what broadcasts to (m, n), (m, k), (k, n) -> (m, n).

    With beta=0 the input is left out, NaN and all.
    Raises: RuntimeError for other shapes, for two dtypes, and for a factor that the dtype cannot hold.

    >>> import jaxfun as jf
    >>> jf.addmm(jf.tensor([1.0]), jf.tensor([[1.0, 2.0]]), jf.tensor([[3.0], [4.0]]))
    Array([[12.]], dtype=float32)
    """
    call = "addmm(input, mat1, mat2, beta, alpha)"
    result = _checked(call, _addmm, (input, mat1, mat2), beta, alpha)
    refuse_beta(result, mat1, beta, call)
    return result


@op(
    kind=None,
    torch="torch.addmm",
    rejects=BOOLS,
    takes={"input": Shape(("n", "m n", "", "1 n")), "mat1": Shape("m k"), "mat2": Shape("k n"), **_FACTORS},
    takes_here=where_empty(BOOLS),
)
def _addmm(input: Array, mat1: Array, mat2: Array, *, beta: Factor = 1, alpha: Factor = 1) -> jax.Array:
    want(mat1.ndim == 2 == mat2.ndim and mat1.shape[1] == mat2.shape[0], "(m, k) and (k, n)", mat1, mat2)
    return _sum(input, mat1, mat2, (mat1.shape[0], mat2.shape[1]), beta, alpha)


@public
def addmv(input: Any, mat: Any, vec: Any, *, beta: Any = 1, alpha: Any = 1) -> jax.Array:
    """Return `beta * input + alpha * mat @ vec`. Shapes: what broadcasts to (m,), (m, k), (k,) -> (m,).

    With beta=0 the input is left out, NaN and all.
    Raises: RuntimeError for other shapes, for two dtypes, and for a factor that the dtype cannot hold.

    >>> import jaxfun as jf
    >>> jf.addmv(jf.tensor([1.0]), jf.tensor([[1.0, 2.0]]), jf.tensor([3.0, 4.0]), alpha=2)
    Array([23.], dtype=float32)
    """
    return _checked("addmv(input, mat, vec, beta, alpha)", _addmv, (input, mat, vec), beta, alpha, ndim=1)


@op(
    kind=None,
    torch="torch.addmv",
    rejects=BOOLS,
    takes={"input": Shape(("m", "", "1")), "mat": Shape("m k"), "vec": Shape("k"), **_FACTORS},
    takes_here=where_empty(BOOLS),
)
def _addmv(input: Array, mat: Array, vec: Array, *, beta: Factor = 1, alpha: Factor = 1) -> jax.Array:
    fits = mat.ndim == 2 and vec.ndim == 1 and mat.shape[1] == vec.shape[0]
    # torch's own message asks a 0-dim tensor for its size
    error = ShapeError if input.ndim or mat.ndim != 2 or vec.ndim != 1 else IndexRangeError
    want(fits, "(m, k) and (k,)", mat, vec, error=error)
    return _sum(input, mat, vec, mat.shape[:1], beta, alpha)


@public
def addbmm(input: Any, batch1: Any, batch2: Any, *, beta: Any = 1, alpha: Any = 1) -> jax.Array:
    """Return `beta * input + alpha * Σ batch1[i] @ batch2[i]`.

    Shapes: what broadcasts to (m, n), (b, m, k), (b, k, n) -> (m, n). With beta=0 the input is left out, NaN and all.
    Raises: RuntimeError for other shapes, for two dtypes, and for a factor that the dtype cannot hold.

    >>> import jaxfun as jf
    >>> jf.addbmm(jf.zeros(1), jf.ones(2, 1, 3), jf.ones(2, 3, 1))
    Array([[6.]], dtype=float32)
    """
    call = "addbmm(input, batch1, batch2, beta, alpha)"
    result = _checked(call, _addbmm, (input, batch1, batch2), beta, alpha)
    for factor in (beta, 1)[: max(len(batch1), 1)]:  # torch adds the later matrices to the sum itself
        refuse_beta(result, batch1, factor, call)
    return result


@op(
    kind=None,
    torch="torch.addbmm",
    rejects=BOOLS,
    takes={"input": Shape(("m n", "n", "", "m 1")), "batch1": Shape("b m k"), "batch2": Shape("b k n"), **_FACTORS},
    takes_here=where_empty(BOOLS),
)
def _addbmm(input: Array, batch1: Array, batch2: Array, *, beta: Factor = 1, alpha: Factor = 1) -> jax.Array:
    count, rows, columns = _batch_shape(batch1, batch2)
    if not count:  # torch does not look at what is not there
        batch1, batch2 = (jnp.zeros_like(batch, input.dtype) for batch in (batch1, batch2))
    side = jnp.moveaxis(batch1, 0, 1).reshape(rows, count * batch1.shape[2])
    return _sum(input, side, batch2.reshape(side.shape[1], columns), (rows, columns), beta, alpha)


@public
def baddbmm(input: Any, batch1: Any, batch2: Any, *, beta: Any = 1, alpha: Any = 1) -> jax.Array:
    """Return `beta * input + alpha * batch1 @ batch2`, matrix by matrix.

    Shapes: what broadcasts to (b, m, n), (b, m, k), (b, k, n) -> (b, m, n). With beta=0 the input is left out, NaN and
    all.
    Raises: RuntimeError for other shapes, for two dtypes, and for a factor that the dtype cannot hold.

    >>> import jaxfun as jf
    >>> jf.baddbmm(jf.ones(1), jf.ones(2, 1, 3), jf.ones(2, 3, 1)).shape
    (2, 1, 1)
    """
    call = "baddbmm(input, batch1, batch2, beta, alpha)"
    result = _checked(call, _baddbmm, (input, batch1, batch2), beta, alpha, ndim=3)
    refuse_beta(result, batch1, beta, call)
    return result


@op(
    kind=None,
    torch="torch.baddbmm",
    rejects=BOOLS,
    takes={
        "input": Shape(("b m n", "m n", "", "b 1 n")),
        "batch1": Shape("b m k"),
        "batch2": Shape("b k n"),
        **_FACTORS,
    },
    takes_here=where_empty(BOOLS),
)
def _baddbmm(input: Array, batch1: Array, batch2: Array, *, beta: Factor = 1, alpha: Factor = 1) -> jax.Array:
    shape = _batch_shape(batch1, batch2)
    _want_broadcast(input, shape)
    want_one_dtype(input, batch1)
    return _sum(input.astype(batch2.dtype), as_one_dtype_where_empty(batch1, batch2), batch2, shape, beta, alpha)


@public
def addr(input: Any, vec1: Any, vec2: Any, *, beta: Any = 1, alpha: Any = 1) -> jax.Array:
    """Return `beta * input + alpha * outer(vec1, vec2)`. Shapes: what broadcasts to (m, n), (m,), (n,) -> (m, n).

    With beta=0 the input is left out, NaN and all.
    Dtypes: promoted; of bools it is `input and beta or vec1 and vec2 and alpha`.
    Raises: RuntimeError for other shapes, and for a factor of a higher category than the result, or too large for it.

    >>> import jaxfun as jf
    >>> jf.addr(jf.tensor([10, 20]), jf.tensor([1, 2]), jf.tensor([3, 4]))
    Array([[13, 24],
           [16, 28]], dtype=int32)
    """
    refuse_overflow((input, vec1, vec2), (beta, alpha))
    return _addr(input, vec1, vec2, **_given(beta, alpha))


@op(
    kind=None,  # a 0-dim input counts as one that has dimensions
    torch="torch.addr",
    takes={"input": Shape(("m n", "n", "", "m 1")), "vec1": Shape("m"), "vec2": Shape("n"), **_FACTORS},
)
def _addr(input: Array, vec1: Array, vec2: Array, *, beta: Factor = 1, alpha: Factor = 1) -> jax.Array:
    want(vec1.ndim == 1 == vec2.ndim, "(m,) and (n,)", vec1, vec2)
    shape = (vec1.shape[0], vec2.shape[0])
    _want_broadcast(input, shape)
    dtype = canonical(result_type(jnp.broadcast_to(input, shape), vec1, vec2))
    input, vec1, vec2 = (x.astype(_added_in(dtype).dtype) for x in (input, vec1, vec2))
    result = _left_out(beta, scaled(input, beta)) + scaled(vec1, alpha)[:, None] * vec2
    return result.astype(dtype.dtype)


def _given(beta: Any, alpha: Any) -> dict[str, Any]:
    # a factor left out is no multiplication at all
    return {name: value for name, value in (("beta", beta), ("alpha", alpha)) if type(value) is not int or value != 1}


def _checked(
    call: str, function: Callable[..., jax.Array], operands: tuple[Any, ...], beta: Any, alpha: Any, ndim: int = 2
) -> jax.Array:
    """Call an op after checking that `beta` and `alpha` fit the dtype of the tensors, or the one they are added in.

    `ndim` is how many dimensions the result has: a vector is added in its own dtype.
    """
    given, is_matrix = _given(beta, alpha), ndim > 1
    left_out = _left_out_by_torch(operands[1], operands[2], ndim)
    given = {name: value for name, value in given.items() if name not in left_out or not isinstance(value, Number)}
    if given and hasattr(operands[0], "dtype"):
        dtype = canonical(of(operands[0]))
        if left_out and (is_matrix or dtype in HALVES):  # `beta` is a factor like any other
            return function(*operands, **given)
        dtype = _added_in(dtype) if is_matrix else dtype
        for name, value in given.items():
            number = value.item() if isinstance(value, np.generic) else value
            if isinstance(number, Number) and not holds(dtype, number):
                raise DTypeError(f"a `{name}` that {dtype.name} can hold", describe(number), call=call)
    return function(*operands, **given)


def _left_out_by_torch(left: Any, right: Any, ndim: int) -> tuple[str, ...]:
    """Return the factors that torch does not look at: those of a product or of a matrix without elements."""
    has_no_result = ndim > 1 and 0 in (*np.shape(left)[-ndim:-1], *np.shape(right)[-1:])
    return ("beta", "alpha") if has_no_result else ("alpha",) if 0 in np.shape(left) else ()


def refuse_beta(result: jax.Array, left: Any, beta: Any, call: str = "") -> None:
    """Raise DTypeError for a `beta` that alone makes the result, with nothing to multiply, and is not of its dtype."""
    adds_no_matrices = np.ndim(left) > result.ndim and not len(left)  # then torch does not look at the result's size
    is_alone = adds_no_matrices or (result.size and 0 in np.shape(left))
    if is_alone and (is_traced(beta) or beta != 0) and of(beta).category > as_dtype(result.dtype).category:
        raise DTypeError(f"a `beta` of {result.dtype} where there is nothing to multiply", describe(beta), call=call)


def _added_in(dtype: DType) -> DType:
    return float32 if dtype in HALVES else dtype


def _batch_shape(batch1: jax.Array, batch2: jax.Array) -> tuple[int, int, int]:
    fits = batch1.ndim == 3 == batch2.ndim and batch1.shape[::2] == batch2.shape[:2]
    error = ShapeError if batch1.ndim > 1 and batch2.ndim > 2 else IndexRangeError  # torch asks for their sizes first
    want(fits, "(b, m, k) and (b, k, n)", batch1, batch2, error=error)
    return batch1.shape[0], batch1.shape[1], batch2.shape[2]


def _want_broadcast(input: jax.Array, shape: tuple[int, ...]) -> None:
    want(broadcast_shapes(input.shape, shape) == shape, f"that broadcast to {list(shape)}", input)


def _sum(
    input: jax.Array, left: jax.Array, right: jax.Array, shape: tuple[int, ...], beta: Any, alpha: Any
) -> jax.Array:
    _want_broadcast(input, shape)
    want_one_dtype(input, left, right)
    product = wide_product(left, right)
    return (_left_out(beta, _times(beta, input.astype(product.dtype))) + _times(alpha, product)).astype(input.dtype)


def _left_out(beta: Any, term: jax.Array) -> jax.Array:
    if type(beta) is int and beta == 1:
        return term
    return jnp.where(jnp.asarray(beta).astype(bool), term, jnp.zeros_like(term))


def _times(factor: Any, input: jax.Array) -> jax.Array:
    if type(factor) is int and factor == 1:
        return input
    if of(factor).category > as_dtype(input.dtype).category and of(factor).is_complex:
        raise DTypeError("a real factor of real tensors", describe(factor))
    return input * jnp.asarray(factor).astype(input.dtype)
