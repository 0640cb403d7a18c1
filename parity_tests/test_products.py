"""Products where the generic suite does not draw: invalid equations, pairs of dimensions, and chains."""

import functools
import itertools
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch

import jaxfun as jf
from jaxfun.parity.run import torch_side
from jaxfun.parity.run.outcome import outcome
from jaxfun.parity.search.verdicts import raises_alike


def numbers(shape: Sequence[int], dtype: str = "float32") -> np.ndarray:
    return np.random.default_rng(len(shape)).integers(-3, 4, shape).astype(dtype)


def assert_alike(name: str, *args: Any) -> None:
    """Assert that a call gives the same as torch's, or raises alike; an array is a tensor in each library."""
    (got, our_error), (want, their_error) = (
        outcome(lambda function=function, made=made: function(*_made(args, made)))
        for function, made in ((getattr(jf, name), jnp.asarray), (getattr(torch, name), torch_side.tensor))
    )
    verdict = raises_alike(our_error, their_error)
    assert verdict.ok, verdict
    if their_error is None:
        assert str(got.dtype) == str(want.dtype).removeprefix("torch.")
        np.testing.assert_array_equal(got, torch_side.numpy(want))


def _made(value: Any, make: Any) -> Any:
    if isinstance(value, (tuple, list)):
        return type(value)(_made(item, make) for item in value)
    return make(value) if isinstance(value, np.ndarray) else value


EQUATIONS: list[tuple[str, list[tuple[int, ...]]]] = [
    ("", [()]),
    ("->", [()]),
    ("aB,Bc", [(2, 3), (3, 2)]),
    ("aB", [(2, 3)]),
    (" i j , j k -> i k ", [(2, 3), (3, 2)]),
    ("...", [(2, 3)]),
    ("...i", [(2, 3)]),
    ("...i->i", [(2, 3)]),
    ("...i,...i->...", [(2, 1, 3), (4, 3)]),
    ("...i,...j", [(2, 3), (3, 1)]),
    ("ij->...ij", [(2, 2)]),
    ("iii->i", [(2, 2, 2)]),
    ("iijj->ij", [(2, 2, 3, 3)]),
    ("ij,jk,kl,lm", [(2, 3), (3, 2), (2, 3), (3, 1)]),
    ("i,", [(2,), ()]),
    # invalid equations
    ("i,", [(2,)]),
    ("ij->ii", [(2, 2)]),
    ("ij->k", [(2, 2)]),
    ("ij,jk", [(2, 2)]),
    ("ij", [(2, 2), (2, 2)]),
    ("ij", [(2, 2, 2)]),
    ("ijk", [(2, 2)]),
    ("i$", [(2, 2)]),
    ("i1", [(2, 2)]),
    (".i", [(2, 2)]),
    ("..i", [(2, 2)]),
    ("...i...", [(2, 2)]),
    ("i->i->i", [(2,)]),
    ("i-i", [(2,)]),
    ("i>i", [(2,)]),
    ("i->......i", [(2,)]),
    ("ii->i", [(2, 1)]),
    ("ij,jk", [(2, 3), (4, 2)]),
    ("...i,...i", [(2, 3), (4, 3)]),
]


@pytest.mark.proves("einsum")
@pytest.mark.parametrize("dtype", ["float32", "int32"])
@pytest.mark.parametrize(("equation", "shapes"), EQUATIONS, ids=str)
def test_einsum_equation_matches_torch(equation: str, shapes: Sequence[tuple[int, ...]], dtype: str) -> None:
    assert_alike("einsum", equation, *(numbers(shape, dtype) for shape in shapes))


@pytest.mark.parametrize(
    "shapes", [[(2, 2), (2, 4), (4, 2)], [(2, 4), (4, 2), (2, 2)], [(3, 2), (2, 3), (3, 1)]], ids=str
)
def test_einsum_contracts_in_the_order_with_the_fewest_multiplications(shapes: Sequence[tuple[int, ...]]) -> None:
    operands = [numbers(shape, "float32") for shape in shapes]
    for operand in operands:
        for at in range(operand.size):  # an infinity shows which product was computed first
            with_one = operand.copy()
            with_one.flat[at] = np.inf
            assert_alike("einsum", "ij,jk,kl->il", *(with_one if item is operand else item for item in operands))


@pytest.mark.parametrize("equation", ["i,i->i", "i,i->", "ii", "ij,jk->k"])
@pytest.mark.parametrize("dtype", ["bool", "int8", "int64"])
def test_einsum_accepts_the_dtypes_of_its_steps(equation: str, dtype: str) -> None:
    shapes = [(2,) * len(name) for name in equation.split("->")[0].split(",")]
    assert_alike("einsum", equation, *(numbers(shape, dtype) for shape in shapes))


X, Y = numbers((2, 3)), numbers((3, 2))


@pytest.mark.parametrize(
    "args",
    [
        ("ij",),
        ("ij", [X]),
        ("ij,jk", (X, Y)),
        (X, [0, 1], Y, [1, 2]),
        (X, [0, 1], [1, 0]),
        (X, [..., 1], [1, ...]),
        (X, [0, 30], [30, 0]),
        (X, [0, 52]),
        (1, X),
        ("i", 1.0),
    ],
    ids=range(10),
)
def test_einsum_accepts_lists_as_torch_does(args: tuple[Any, ...]) -> None:
    assert_alike("einsum", *args)


@pytest.mark.parametrize("dims", [0, 1, 2, 3, -1, 1.0, ([0], [1]), ([0, 1], [1, 0]), ([0], [0]), ([0, 0], [1, 1])])
def test_tensordot_pairs_dimensions_as_torch_does(dims: Any) -> None:
    assert_alike("tensordot", X, Y, dims)


@pytest.mark.parametrize("dims", [([2], [0]), ([0], [1, 0]), ([-3], [0]), ([-1], [-2]), ([], []), "x", None], ids=str)
def test_tensordot_raises_where_torch_raises(dims: Any) -> None:
    assert_alike("tensordot", X, Y, dims)


CHAINS: list[list[tuple[int, ...]]] = [
    [],
    [(2, 3)],
    [(2, 3), (3, 2)],
    [(1, 3), (3, 2), (2, 4)],
    [(4, 2), (2, 3), (3, 1)],
    [(4, 1), (1, 3), (3, 1), (1, 5), (5, 2)],
    [(0, 2), (2, 3)],
    [(2, 3), (2, 3)],
    [(2, 3), (3, 2), (3, 2)],
    [(3,), (3,)],
    [(3,)],
    [(2, 2, 2), (2, 2)],
]


@pytest.mark.proves("chain_matmul")
@pytest.mark.parametrize("shapes", CHAINS, ids=str)
def test_chain_matmul_matches_torch(shapes: Sequence[tuple[int, ...]]) -> None:
    assert_alike("chain_matmul", *map(numbers, shapes))


def test_chain_matmul_requires_one_dtype() -> None:
    assert_alike("chain_matmul", X, numbers((3, 2), "float64"))
    assert_alike("chain_matmul", X.astype(bool))
    assert_alike("chain_matmul", [X, Y])


def test_chain_matmul_uses_the_order_with_the_fewest_operations() -> None:
    shapes = [(1, 2), (2, 1), (1, 10), (10, 1)]
    program = jax.make_jaxpr(jf.chain_matmul)(*map(numbers, shapes))
    assert [step.outvars[0].aval.shape for step in program.eqns] == [(1, 1)] * 3  # left to right, one would be (10, 10)


# shapes of (b, m, k) and (b, k, n): usual, nothing to multiply, empty result, no matrices
SIZES = {"whole": (1, 2, 2, 3), "no product": (2, 2, 0, 3), "no rows": (1, 0, 2, 3), "no matrices": (0, 2, 2, 3)}


@pytest.mark.parametrize("name", ["addmm", "addmv", "addr", "addbmm", "baddbmm"])
@pytest.mark.parametrize("dtype", ["int8", "uint8", "float16", "float32", "complex64"])
@pytest.mark.parametrize("factor", [300, -300, 1e30, 1j, True, 1.7], ids=str)
def test_factor_beyond_the_dtype_raises_where_torch_raises(name: str, dtype: str, factor: Any) -> None:
    for which, sizes in itertools.product(("alpha", "beta"), SIZES):
        tensors = [np.ones(shape, dtype) for shape in shapes_of(name, *SIZES[sizes])]
        ours, theirs = (
            outcome(functools.partial(getattr(of, name), *map(made, tensors), **{which: factor}))
            for of, made in ((jf, jnp.asarray), (torch, torch_side.tensor))
        )
        assert raises_alike(ours[1], theirs[1]).ok, (sizes, which, ours, theirs)
        if theirs[1] is None:
            np.testing.assert_allclose(ours[0], torch_side.numpy(theirs[0]), 1e-2)


def shapes_of(name: str, b: int, m: int, k: int, n: int) -> tuple[tuple[int, ...], ...]:
    return {
        "addmm": ((m, n), (m, k), (k, n)),
        "addmv": ((m,), (m, k), (k,)),
        "addr": ((m, n), (m,), (n,)),
        "addbmm": ((m, n), (b, m, k), (b, k, n)),
        "baddbmm": ((b, m, n), (b, m, k), (b, k, n)),
    }[name]


@pytest.mark.parametrize("others", [[1e30, 1e30], [np.nan, 1.0], [np.inf, 1.0]], ids=["overflow", "NaN", "infinity"])
def test_gradient_of_prod_with_two_zeros_is_0(others: list[float]) -> None:
    numbers = np.array([others[0], 0, 0, others[1]], np.float32)
    tensor = torch.tensor(numbers, requires_grad=True)
    torch.prod(tensor).backward()
    np.testing.assert_array_equal(jax.grad(jf.prod)(numbers), torch_side.numpy(tensor.grad))
