"""Scaled products added to a tensor: `addmm` and its family. 16-bit floats are accumulated in float32."""

import functools
from typing import Any

import jax
import jax.numpy as jnp

from ...core.checks import refuse_overflow, want_one_dtype
from ...core.dtypes import as_dtype, canonical, computed_in, of, result_type
from ...core.errors import DTypeError, IndexRangeError, ShapeError, describe
from ...core.numbers import holds, is_traced
from ...core.op import op
from ...core.record import BOOLS, HALVES, Array, Choice, Factor, Number, rows, where_empty
from ..pointwise.arithmetic import scaled
from ._matrices import Multiply, as_one_dtype_where_empty, want, want_broadcast, wide_product

_FACTORS = {"beta": Choice((1, 0, 2, -3, 0.5)), "alpha": Choice((1, 2, 0, -3, 0.5))}


# The checks of `beta` and `alpha`: torch reads a factor only if it computes the term.


def _unused_factors(left: Any, right: Any, ndim: int) -> tuple[str, ...]:
    """Return the factors that torch does not read: those of an empty product or an empty matrix.

    `ndim` is the number of dimensions of the result.
    """
    has_no_result = ndim > 1 and 0 in (*left.shape[-ndim:-1], *right.shape[-1:])
    return ("beta", "alpha") if has_no_result else ("alpha",) if 0 in left.shape else ()


def _refuse_factors(input: Any, left: Any, right: Any, *, beta: Any = 1, alpha: Any = 1, ndim: int = 2) -> None:
    """Raise DTypeError for a factor that the dtype of the sum cannot hold. It is the `before` of an op."""
    unread, own = _unused_factors(left, right, ndim), canonical(of(input))
    if unread and (ndim > 1 or own in HALVES):  # here torch checks `beta` like `alpha`
        return
    dtype = computed_in(own) if ndim > 1 else own  # a vector is added in its own dtype
    for name, value in (("beta", beta), ("alpha", alpha)):
        if name not in unread and isinstance(value, Number) and not holds(dtype, value):
            raise DTypeError(f"a `{name}` that {dtype.name} can hold", describe(value))


def _check_beta(result: jax.Array, input: Any, left: Any, right: Any, *, beta: Any = 1, alpha: Any = 1) -> None:
    refuse_beta(result, left, beta)


def _check_betas(result: jax.Array, input: Any, left: Any, right: Any, *, beta: Any = 1, alpha: Any = 1) -> None:
    for factor in (beta, 1)[: max(len(left), 1)]:  # torch adds the later matrices to the sum itself
        refuse_beta(result, left, factor)


def refuse_beta(result: jax.Array, left: jax.Array, beta: Any) -> None:
    """Raise DTypeError for a `beta` of a higher category than the result, if the product is empty."""
    adds_no_matrices = left.ndim > result.ndim and not len(left)  # torch does not check the size of the result then
    is_alone = adds_no_matrices or (result.size and 0 in left.shape)
    if is_alone and (is_traced(beta) or beta != 0) and of(beta).category > as_dtype(result.dtype).category:
        raise DTypeError(f"a `beta` of dtype {result.dtype} for an empty product", describe(beta))


# The functions.

_ADDMM = rows(
    "input mat1 mat2",
    ("n", "m k", "k n"),
    ("m n", "m k", "k n"),
    ("", "m k", "k n"),
    ("1 n", "m k", "k n"),
)


@op(
    kind=None,
    rejects=BOOLS,
    takes=_FACTORS,
    cases=_ADDMM,
    takes_here=where_empty(BOOLS),
    before=_refuse_factors,
    check=_check_beta,
)
def addmm(input: Array, mat1: Array, mat2: Array, *, beta: Factor = 1, alpha: Factor = 1) -> jax.Array:
    """Return `beta * input + alpha * mat1 @ mat2`. Shapes: (m, n) after broadcasting, (m, k), (k, n) -> (m, n).

    With beta=0 the input is ignored, even if it is NaN.
    Raises: RuntimeError for other shapes, for different dtypes, and for a factor that the dtype cannot hold.

    >>> import jaxfun as jf
    >>> jf.addmm(jf.tensor([1.0]), jf.tensor([[1.0, 2.0]]), jf.tensor([[3.0], [4.0]]))
    Array([[12.]], dtype=float32)
    """
    want(mat1.ndim == 2 == mat2.ndim and mat1.shape[1] == mat2.shape[0], "(m, k) and (k, n)", mat1, mat2)
    return _sum(input, mat1, mat2, (mat1.shape[0], mat2.shape[1]), beta, alpha)


@op(
    kind=None,
    rejects=BOOLS,
    takes=_FACTORS,
    cases=rows("input mat vec", ("m", "m k", "k"), ("", "m k", "k"), ("1", "m k", "k")),
    takes_here=where_empty(BOOLS),
    before=functools.partial(_refuse_factors, ndim=1),
)
def addmv(input: Array, mat: Array, vec: Array, *, beta: Factor = 1, alpha: Factor = 1) -> jax.Array:
    """Return `beta * input + alpha * mat @ vec`. Shapes: (m,) after broadcasting, (m, k), (k,) -> (m,).

    With beta=0 the input is ignored, even if it is NaN.
    Raises: RuntimeError for other shapes, for different dtypes, and for a factor that the dtype cannot hold.

    >>> import jaxfun as jf
    >>> jf.addmv(jf.tensor([1.0]), jf.tensor([[1.0, 2.0]]), jf.tensor([3.0, 4.0]), alpha=2)
    Array([23.], dtype=float32)
    """
    fits = mat.ndim == 2 and vec.ndim == 1 and mat.shape[1] == vec.shape[0]
    # torch raises IndexError here, from the size of a 0-dim tensor
    error = ShapeError if input.ndim or mat.ndim != 2 or vec.ndim != 1 else IndexRangeError
    want(fits, "(m, k) and (k,)", mat, vec, error=error)
    return _sum(input, mat, vec, mat.shape[:1], beta, alpha)


_ADDBMM = rows(
    "input batch1 batch2",
    ("m n", "b m k", "b k n"),
    ("n", "b m k", "b k n"),
    ("", "b m k", "b k n"),
    ("m 1", "b m k", "b k n"),
)


@op(
    kind=None,
    rejects=BOOLS,
    takes=_FACTORS,
    cases=_ADDBMM,
    takes_here=where_empty(BOOLS),
    before=_refuse_factors,
    check=_check_betas,
)
def addbmm(input: Array, batch1: Array, batch2: Array, *, beta: Factor = 1, alpha: Factor = 1) -> jax.Array:
    """Return `beta * input + alpha * Σ batch1[i] @ batch2[i]`.

    Shapes: (m, n) after broadcasting, (b, m, k), (b, k, n) -> (m, n).
    With beta=0 the input is ignored, even if it is NaN.
    Raises: RuntimeError for other shapes, for different dtypes, and for a factor that the dtype cannot hold.

    >>> import jaxfun as jf
    >>> jf.addbmm(jf.zeros(1), jf.ones(2, 1, 3), jf.ones(2, 3, 1))
    Array([[6.]], dtype=float32)
    """
    count, *shape = _batch_shape(batch1, batch2)
    if not count:  # torch does not compare dtypes then
        batch1, batch2 = (jnp.zeros_like(batch, input.dtype) for batch in (batch1, batch2))
    over_batch = functools.partial(jnp.tensordot, axes=((0, 2), (0, 1)))
    return _sum(input, batch1, batch2, tuple(shape), beta, alpha, over_batch)


_BADDBMM = rows(
    "input batch1 batch2",
    ("b m n", "b m k", "b k n"),
    ("m n", "b m k", "b k n"),
    ("", "b m k", "b k n"),
    ("b 1 n", "b m k", "b k n"),
)


@op(
    kind=None,
    rejects=BOOLS,
    takes=_FACTORS,
    cases=_BADDBMM,
    takes_here=where_empty(BOOLS),
    before=functools.partial(_refuse_factors, ndim=3),
    check=_check_beta,
)
def baddbmm(input: Array, batch1: Array, batch2: Array, *, beta: Factor = 1, alpha: Factor = 1) -> jax.Array:
    """Return `beta * input + alpha * batch1 @ batch2` for batches of matrices.

    Shapes: (b, m, n) after broadcasting, (b, m, k), (b, k, n) -> (b, m, n).
    With beta=0 the input is ignored, even if it is NaN.
    Raises: RuntimeError for other shapes, for different dtypes, and for a factor that the dtype cannot hold.

    >>> import jaxfun as jf
    >>> jf.baddbmm(jf.ones(1), jf.ones(2, 1, 3), jf.ones(2, 3, 1)).shape
    (2, 1, 1)
    """
    shape = _batch_shape(batch1, batch2)
    want_broadcast(input, shape)
    want_one_dtype(input, batch1)
    return _sum(input.astype(batch2.dtype), as_one_dtype_where_empty(batch1, batch2), batch2, shape, beta, alpha)


def _batch_shape(batch1: jax.Array, batch2: jax.Array) -> tuple[int, int, int]:
    fits = batch1.ndim == 3 == batch2.ndim and batch1.shape[::2] == batch2.shape[:2]
    error = ShapeError if batch1.ndim > 1 and batch2.ndim > 2 else IndexRangeError  # torch reads their sizes first
    want(fits, "(b, m, k) and (b, k, n)", batch1, batch2, error=error)
    return batch1.shape[0], batch1.shape[1], batch2.shape[2]


def _refuse_large_factors(input: Any, vec1: Any, vec2: Any, *, beta: Any = 1, alpha: Any = 1) -> None:
    refuse_overflow((input, vec1, vec2), (beta, alpha))


@op(
    kind=None,  # torch treats a 0-dim input like one with dimensions
    takes=_FACTORS,
    cases=rows("input vec1 vec2", ("m n", "m", "n"), ("n", "m", "n"), ("", "m", "n"), ("m 1", "m", "n")),
    before=_refuse_large_factors,
)
def addr(input: Array, vec1: Array, vec2: Array, *, beta: Factor = 1, alpha: Factor = 1) -> jax.Array:
    """Return `beta * input + alpha * outer(vec1, vec2)`. Shapes: (m, n) after broadcasting, (m,), (n,) -> (m, n).

    With beta=0 the input is ignored, even if it is NaN.
    Dtypes: promoted; for bools the result is `input and beta or vec1 and vec2 and alpha`.
    Raises: RuntimeError for other shapes, and for a factor of a higher category than the result, or too large for it.

    >>> import jaxfun as jf
    >>> jf.addr(jf.tensor([10, 20]), jf.tensor([1, 2]), jf.tensor([3, 4]))
    Array([[13, 24],
           [16, 28]], dtype=int32)
    """
    want(vec1.ndim == 1 == vec2.ndim, "(m,) and (n,)", vec1, vec2)
    shape = (vec1.shape[0], vec2.shape[0])
    want_broadcast(input, shape)
    dtype = canonical(result_type(jnp.broadcast_to(input, shape), vec1, vec2))
    input, vec1, vec2 = (x.astype(computed_in(dtype).dtype) for x in (input, vec1, vec2))
    result = _unless_zero(beta, scaled(input, beta)) + scaled(vec1, alpha)[:, None] * vec2
    return result.astype(dtype.dtype)


def _sum(
    input: jax.Array,
    left: jax.Array,
    right: jax.Array,
    shape: tuple[int, ...],
    beta: Any,
    alpha: Any,
    multiply: Multiply = jnp.matmul,
) -> jax.Array:
    """Return `beta * input + alpha * multiply(left, right)` with the given shape."""
    want_broadcast(input, shape)
    want_one_dtype(input, left, right)
    product = wide_product(left, right, multiply)
    unread = _unused_factors(left, right, len(shape))
    beta, alpha = (1 if name in unread else factor for name, factor in (("beta", beta), ("alpha", alpha)))
    term = _unless_zero(beta, _times(beta, input.astype(product.dtype)))
    return (term + _times(alpha, product)).astype(input.dtype)


def _unless_zero(beta: Any, term: jax.Array) -> jax.Array:
    """Return a term, or 0 if its factor is 0, so that 0 * NaN never appears."""
    if type(beta) is int and beta == 1:
        return term
    return jnp.where(jnp.asarray(beta).astype(bool), term, jnp.zeros_like(term))


def _times(factor: Any, input: jax.Array) -> jax.Array:
    if type(factor) is int and factor == 1:
        return input
    if of(factor).category > as_dtype(input.dtype).category and of(factor).is_complex:
        raise DTypeError("a real factor for real tensors", describe(factor))
    return input * jnp.asarray(factor).astype(input.dtype)
