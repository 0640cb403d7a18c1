"""Inverses and decompositions of singular and other special matrices, which the generic suite does not draw."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch

import jaxfun as jf
from jaxfun.core import numbers
from jaxfun.core.errors import LinearAlgebraError
from jaxfun.core.numbers import is_finite
from jaxfun.ops import records
from jaxfun.parity.draw.records import case_of
from jaxfun.parity.run import torch_side
from jaxfun.parity.run.outcome import outcome
from jaxfun.parity.search.verdicts import raises_alike
from parity_tests.suite import checked

SINGULAR = np.array([[1.0, 2.0], [2.0, 4.0]], np.float32)
SQUARE = np.array([[2.0, 1.0], [1.0, 3.0]], np.float32)
NAN = np.array([[1.0, np.nan], [0.0, 1.0]], np.float32)

HAVE_NONE: dict[str, tuple[str, np.ndarray, tuple[Any, ...]]] = {
    "inverse of a singular matrix": ("inverse", SINGULAR, ()),
    "inverse of 0": ("inverse", np.zeros((2, 2), np.float32), ()),
    "one of a batch": ("inverse", np.stack([SQUARE, SINGULAR]), ()),
    "negative power of a singular matrix": ("matrix_power", SINGULAR, (-2,)),
    "cholesky of a negative matrix": ("cholesky", -SQUARE, ()),
    "cholesky of a singular matrix": ("cholesky", np.zeros((2, 2), np.float32), ()),
    "cholesky of the upper triangle": ("cholesky", np.triu(-SQUARE), (True,)),
    "cholesky of one of a batch": ("cholesky", np.stack([SQUARE, -SQUARE]), ()),
    "svd of NaN": ("svd", NAN, ()),
    "singular values of NaN": ("svd", NAN, (True, False)),
}


@pytest.mark.parametrize("case", HAVE_NONE)
def test_matrix_without_decomposition_raises(case: str) -> None:
    name, matrix, rest = HAVE_NONE[case]
    with pytest.raises(torch.linalg.LinAlgError):  # type: ignore[attr-defined]  # torch's stub leaves the name out
        getattr(torch, name)(torch_side.tensor(matrix), *rest)
    with pytest.raises(LinearAlgebraError, match=r"float32\[.*2, 2\]"):
        getattr(jf, name)(jnp.asarray(matrix), *rest)


@pytest.mark.parametrize("case", HAVE_NONE)
def test_matrix_without_decomposition_is_not_finite_under_jit(case: str) -> None:
    name, matrix, rest = HAVE_NONE[case]
    found = jax.jit(lambda x: getattr(jf, name)(x, *rest))(matrix)
    leaves = [found.S] if name == "svd" else jax.tree.leaves(found)
    assert not any(jnp.isfinite(item).all() for item in leaves)


FINE: dict[str, tuple[str, np.ndarray, tuple[Any, ...]]] = {
    "an inverse that overflows": ("inverse", np.full((1, 1), 1e-40, np.float32), ()),
    "inverse of NaN": ("inverse", np.full((2, 2), np.nan, np.float32), ()),
    "NaN in the other triangle": ("cholesky", NAN, ()),
    "NaN in the other, lower triangle": ("cholesky", NAN.T, (True,)),
    "cholesky of nothing": ("cholesky", np.zeros((0, 2, 2), np.float32), ()),
    "inverse of nothing": ("inverse", np.zeros((0, 0), np.float32), ()),
    "power of nothing": ("matrix_power", np.zeros((2, 0, 0), np.float32), (-3,)),
}


@pytest.mark.parametrize("case", FINE)
def test_matrix_that_torch_accepts_does_not_raise(case: str) -> None:
    name, matrix, rest = FINE[case]
    want = torch_side.numpy(getattr(torch, name)(torch_side.tensor(matrix), *rest))
    np.testing.assert_array_equal(getattr(jf, name)(jnp.asarray(matrix), *rest), want)


@pytest.mark.parametrize("n", [2.0, True, None, "2"], ids=str)
def test_matrix_power_requires_an_integer(n: Any) -> None:
    for function, made in ((torch.matrix_power, torch_side.tensor), (jf.matrix_power, jnp.asarray)):
        with pytest.raises(TypeError):
            function(made(SQUARE), n)


def cofactors(matrix: np.ndarray) -> np.ndarray:
    size = range(len(matrix))
    rest = [[np.delete(np.delete(matrix, row, 0), column, 1) for column in size] for row in size]
    return np.array([[(-1) ** (row + column) * np.linalg.det(rest[row][column]) for column in size] for row in size])


@pytest.mark.parametrize("size", [2, 3, 4, 5])
@pytest.mark.parametrize("rank", [0, 1, 2, 3, 4])
def test_gradient_of_determinant_is_the_cofactors_at_any_rank(size: int, rank: int) -> None:
    draw = np.random.default_rng(10 * size + rank)
    rank = min(rank, size)
    matrix = (draw.normal(size=(size, rank)) @ draw.normal(size=(rank, size))).astype(np.float64)
    got = jax.grad(jf.det)(matrix)
    np.testing.assert_allclose(got, cofactors(matrix), rtol=1e-9, atol=1e-9)


def test_gradient_of_equal_singular_values_is_finite() -> None:
    matrix = np.eye(3)
    for compute_uv in (True, False):
        got = jax.grad(lambda x, uv=compute_uv: jf.svd(x, True, uv).S.sum())(matrix)
        np.testing.assert_allclose(got, np.eye(3), atol=1e-12)


def test_complete_qr_has_no_gradient() -> None:
    function: Callable[[Any], Any] = lambda x: jf.qr(x, some=False).R.sum()  # noqa: E731
    with pytest.raises(RuntimeError, match="some=True"):
        jax.grad(function)(np.ones((3, 2)))


def test_error_names_the_call() -> None:
    with pytest.raises(RuntimeError, match=r"`jaxfun\.cholesky\(input, upper\)`: expected positive definite matrices"):
        jf.cholesky(-SQUARE)


def test_known_error_is_not_a_failure() -> None:
    record = records()["complex"]
    halves = np.ones((1, 2), np.float16)
    report = checked(record, jf.complex, case_of(record, {"real": halves, "imag": halves}, ("given",), 0))
    assert not report.failures
    assert [*report.seen.values()] == [1]


@pytest.mark.parametrize("number", [0, 1e38, np.inf, -np.inf, np.nan])
@pytest.mark.parametrize("dtype", ["float32", "complex64"])
def test_is_finite_matches_the_compiled_program(dtype: str, number: float) -> None:
    for array in (jnp.asarray([[1, number], [2, 3]], dtype), jnp.full((0, 2), number, dtype)):
        assert is_finite(array) == bool(numbers._is_finite(array)) == bool(np.isfinite(array).all())


SINGULAR = [
    [[1.0, 2.0], [2.0, 4.0]],
    [[0.0]],
    [[1.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 2.0]],
    [[0.0, 0.0], [0.0, 0.0]],
]


@pytest.mark.parametrize("matrix", [*SINGULAR, [[1.0, 2.0], [3.0, 4.0]], [[3.0]]], ids=str)
def test_gradient_of_determinant_matches_torch_backward(matrix: list[list[float]]) -> None:
    given = torch.tensor(matrix, requires_grad=True)
    torch.det(given).backward()
    assert given.grad is not None
    np.testing.assert_allclose(jax.grad(jf.det)(np.float32(matrix)), given.grad.numpy(), rtol=1e-5)


NEVER_ENDS = np.random.default_rng(0).normal(size=(4, 4)).astype(np.float32)  # LAPACK's SVD does not return for it
NEVER_ENDS[0, 0] = np.inf


@pytest.mark.parametrize("name", ["svd", "norm", "det"])
def test_svd_of_a_matrix_with_infinity_returns(name: str) -> None:
    function = {"svd": lambda x: jf.svd(x).S, "norm": lambda x: jf.norm(x, "nuc"), "det": jf.det}[name]
    both = np.stack([NEVER_ENDS, np.diag(np.arange(4.0)).astype(np.float32)])  # together with a singular matrix
    slopes = jax.jit(jax.vmap(jax.grad(lambda x: jnp.sum(function(x)))))(both)
    assert np.isnan(slopes[0]).any()
    assert np.isfinite(slopes[1]).all()
    assert not np.isfinite(jax.jit(jax.vmap(function))(both)[0]).all()


@pytest.mark.parametrize("dtype", ["int32", "float16", "float32", "complex64"])
@pytest.mark.parametrize("dim", [None, 0, (0, 1), (3, 2), (1, 1), (0, 1, 2)], ids=str)
@pytest.mark.parametrize("to", [None, "float16", "float64", "int32"])
def test_nuclear_norm_checks_dims_before_dtype(dtype: str, dim: Any, to: str | None) -> None:
    ours, theirs = (
        outcome(lambda m=m: m.norm(m.ones(2, 3, dtype=getattr(m, dtype)), "nuc", dim, dtype=to and getattr(m, to)))
        for m in (jf, torch)
    )
    assert raises_alike(ours[1], theirs[1]).ok, (ours, theirs)
