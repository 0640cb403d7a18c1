"""Arguments that torch accepts only in special cases: an empty tensor needs no kernel, a 0-dim mask is ignored."""

from collections.abc import Callable
from typing import Any

import jax
import pytest
import torch

import jaxfun as jf
from jaxfun.core.errors import JaxfunError

pytestmark = pytest.mark.filterwarnings("ignore")  # torch warns of uint8 masks and of index_reduce

MASKS = [torch.tensor(True), torch.tensor(False), torch.tensor(1, dtype=torch.uint8)]
PLACES = torch.tensor([1, 0])
INDICES = [(mask,) for mask in MASKS] + [
    given for mask in MASKS for given in ((mask, PLACES), (PLACES, mask), (mask, mask), (PLACES, PLACES, mask))
]
VALUES = [torch.tensor(7.0), torch.tensor([7.0]), torch.ones(3), torch.ones(2, 3)]


def answer(function: Callable[[], Any], kind: type[Exception]) -> Any:
    try:
        return function()
    except kind as error:
        return "IndexError" if isinstance(error, IndexError) else "RuntimeError"


@pytest.mark.proves("index_put")
@pytest.mark.parametrize("accumulate", [False, True])
@pytest.mark.parametrize("values", VALUES, ids=lambda values: str(list(values.shape)))
@pytest.mark.parametrize("indices", INDICES, ids=str)
def test_index_put_ignores_a_0_dim_mask(indices: tuple[Any, ...], values: torch.Tensor, accumulate: bool) -> None:
    want = answer(lambda: torch.index_put(torch.zeros(2, 3), indices, values, accumulate), Exception)
    got = answer(lambda: jf.index_put(jf.zeros(2, 3), indices, values, accumulate), JaxfunError)
    assert got == want if isinstance(want, str) else got.tolist() == want.tolist()


@pytest.mark.parametrize("call", [jf.trapezoid, jf.cumulative_trapezoid])
def test_trapezoid_with_x_of_none_raises(call: Callable[..., Any]) -> None:
    with pytest.raises(TypeError):
        call(jf.ones(3), None)


BOOLS = [torch.tensor([[True, False], [False, True]]), torch.tensor([[False, True], [True, True]])]


@pytest.mark.proves("tensordot")
@pytest.mark.parametrize("dims", [2, ([0, 1], [1, 0]), ([1, 0], [0, 1]), 1])
def test_tensordot_of_bools_sums_one_product(dims: Any) -> None:
    want = answer(lambda: torch.tensordot(*BOOLS, dims), Exception)
    got = answer(lambda: jf.tensordot(*BOOLS, dims), JaxfunError)
    assert got == want if isinstance(want, str) else bool(got) == bool(want)


@pytest.mark.parametrize("dtype", ["bool", "complex64"])
@pytest.mark.parametrize("reduce", ["prod", "mean", "amax", "amin"])
@pytest.mark.parametrize("count", [2, 0])
def test_index_reduce_accepts_slices_of_bools_and_complex_numbers(dtype: str, reduce: str, count: int) -> None:
    input, source = (torch.tensor(rows).to(getattr(torch, dtype)) for rows in ([[1, 0], [2, 1]], [[1, 1], [0, 1]]))
    index, source = torch.tensor([1, 1])[:count], source[:count]
    want = answer(lambda: torch.index_reduce(input, 0, index, source, reduce), Exception)
    got = answer(lambda: jf.index_reduce(input, 0, index, source, reduce), JaxfunError)
    assert got == want if isinstance(want, str) else got.tolist() == want.tolist()


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64"])
@pytest.mark.parametrize("name", ["cdist", "ldexp"])
def test_empty_result_has_the_dtype_of_the_first_operand(name: str, dtype: str) -> None:
    def call(m: Any) -> Any:
        other = {"cdist": (4, 0), "ldexp": ()}[name]
        return getattr(m, name)(m.ones(2, 0, dtype=m.float32), m.ones(other, dtype=getattr(m, dtype)))

    with jax.enable_x64(True):
        got, want = call(jf), call(torch)
    assert f"torch.{got.dtype}" == str(want.dtype)
    assert got.shape == tuple(want.shape)
