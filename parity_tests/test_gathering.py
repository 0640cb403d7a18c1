"""Gather and scatter with indices out of range and traced indices, which the generic suite cannot draw."""

from collections.abc import Callable
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

pytestmark = pytest.mark.filterwarnings("ignore")  # torch warns of deprecated and new functions

MATRIX = np.arange(1, 7, dtype="float32").reshape(2, 3)
VECTOR = np.arange(1, 4, dtype="float32")


def _written(name: str, *more: Any) -> Callable[..., Any]:
    return lambda module, x, index: getattr(module, name)(x, 0, index, x, *more)


# by name: a call on a vector of 3 with 3 indices; only the values of the indices may be wrong
CALLS: dict[str, Callable[..., Any]] = {
    "gather": lambda module, x, index: module.gather(x, 0, index),
    "index_select": lambda module, x, index: module.index_select(x, 0, index),
    "take": lambda module, x, index: module.take(x, index),
    "take_along_dim": lambda module, x, index: module.take_along_dim(x, index, 0),
    "take_along_dim of all": lambda module, x, index: module.take_along_dim(x, index),
    "scatter": _written("scatter"),
    "scatter a number": lambda module, x, index: module.scatter(x, 0, index, 7),
    "scatter and add": lambda module, x, index: module.scatter(x, 0, index, x, reduce="add"),
    "scatter and multiply": lambda module, x, index: module.scatter(x, 0, index, 7, reduce="multiply"),
    "scatter_add": _written("scatter_add"),
    "scatter_reduce": _written("scatter_reduce", "prod"),
    "index_add": _written("index_add"),
    "index_copy": _written("index_copy"),
    "index_fill": lambda module, x, index: module.index_fill(x, 0, index, 7),
    "index_fill with a tensor": lambda module, x, index: module.index_fill(x, 0, index, x[0]),
    "index_reduce": _written("index_reduce", "amax"),
    "put": lambda module, x, index: module.put(x, index, x),
    "put and add": lambda module, x, index: module.put(x, index, x, accumulate=True),
    "index_put": lambda module, x, index: module.index_put(x, (index,), x),
    "index_put and add": lambda module, x, index: module.index_put(x, (index,), x, accumulate=True),
}
WRITES = [name for name in CALLS if "take" not in name and name not in ("gather", "index_select")]
READS = ["gather", "index_select", "take", "take_along_dim of all"]


def both(name: str, x: np.ndarray, numbers: list[int]) -> tuple[Callable[[], Any], Callable[[], Any]]:
    index = np.array(numbers)
    call = CALLS[name]
    return (
        lambda: np.asarray(call(jf, jnp.asarray(x), jnp.asarray(index))),
        lambda: torch_side.numpy(call(torch, torch_side.tensor(x), torch_side.tensor(index))),
    )


@pytest.mark.parametrize("numbers", [[0, 1, 2], [2, 0, 1], [1, 2, 3], [0, 1, -1], [-3, 1, -1], [-4, 1, 2]], ids=str)
@pytest.mark.parametrize("name", CALLS)
def test_index_is_accepted_or_refused_as_in_torch(name: str, numbers: list[int]) -> None:
    (got, our_error), (want, their_error) = map(outcome, both(name, VECTOR, numbers))
    verdict = raises_alike(our_error, their_error)
    assert verdict.ok, verdict
    if their_error is None:
        np.testing.assert_array_equal(got, want)


ALONG_ROWS: dict[str, Callable[..., Any]] = {
    "index_select": lambda module, x, index: module.index_select(x, 1, index),
    "index_add": lambda module, x, index: module.index_add(x, 1, index, x),
    "index_copy": lambda module, x, index: module.index_copy(x, 1, index, x),
    "index_fill": lambda module, x, index: module.index_fill(x, 1, index, 7),
    "index_reduce": lambda module, x, index: module.index_reduce(x, 1, index, x, "prod"),
    "index_put": lambda module, x, index: module.index_put(x, (index[:2], index[1:]), x[0, 0]),
}


@pytest.mark.parametrize("numbers", [[0, 1, 2], [0, 1, 3], [0, 1, -1], [2, 0, -4]], ids=str)
@pytest.mark.parametrize("name", ALONG_ROWS)
def test_index_into_a_matrix_is_accepted_or_refused_as_in_torch(name: str, numbers: list[int]) -> None:
    index, call = np.array(numbers), ALONG_ROWS[name]
    got, our_error = outcome(lambda: np.asarray(call(jf, jnp.asarray(MATRIX), jnp.asarray(index))))
    want, their_error = outcome(lambda: call(torch, torch_side.tensor(MATRIX), torch_side.tensor(index)))
    verdict = raises_alike(our_error, their_error)
    assert verdict.ok, verdict
    if their_error is None:
        np.testing.assert_array_equal(got, torch_side.numpy(want))


@pytest.mark.parametrize("count", [1, 16, 17, 100])
@pytest.mark.parametrize("number", [2, 3, -1, -3, -4])
@pytest.mark.parametrize("name", ["index_select", "take"])
def test_one_wrong_index_among_many_raises(name: str, number: int, count: int) -> None:
    x, dim = np.arange(3.0), () if name == "take" else (0,)
    for place in {0, count // 2, count - 1}:
        index = np.zeros(count, np.int64)
        index[place] = number
        ours = outcome(lambda index=index: getattr(jf, name)(jnp.asarray(x), *dim, jnp.asarray(index)))
        theirs = outcome(lambda index=index: getattr(torch, name)(torch_side.tensor(x), *dim, torch_side.tensor(index)))
        assert raises_alike(ours[1], theirs[1]).ok, (ours, theirs)


def test_sorter_out_of_range_raises_as_in_torch() -> None:
    for numbers in ([0, 1, 3], [0, 1, -1]):
        with pytest.raises(RuntimeError):
            torch.searchsorted(torch.tensor(VECTOR), torch.tensor(VECTOR), sorter=torch.tensor(numbers))
        with pytest.raises(RuntimeError):
            jf.searchsorted(VECTOR, VECTOR, sorter=np.array(numbers))


@pytest.mark.parametrize("name", READS)
@pytest.mark.parametrize("number", [3, -4, 100])
def test_traced_index_out_of_range_gives_nan(name: str, number: int) -> None:
    index = jnp.array([0, number, 2])
    result = jax.jit(lambda x, index: CALLS[name](jf, x, index))(jnp.asarray(VECTOR), index)
    np.testing.assert_array_equal(result, [1, np.nan, 3])


@pytest.mark.parametrize("name", WRITES)
@pytest.mark.parametrize("number", [3, -4, 100])
def test_traced_index_out_of_range_writes_nothing(name: str, number: int) -> None:
    x = jnp.asarray(VECTOR)
    written = jax.jit(lambda x, index: CALLS[name](jf, x, index))
    result = written(x, jnp.array([0, number, 2]))
    np.testing.assert_array_equal(result[1], x[1])
    np.testing.assert_array_equal(result[jnp.array([0, 2])], written(x, jnp.array([0, 1, 2]))[jnp.array([0, 2])])


@pytest.mark.parametrize("name", ["gather", "index_select", "scatter", "scatter_add", "index_copy", "index_reduce"])
def test_traced_negative_index_is_out_of_range_where_torch_refuses_it(name: str) -> None:
    x = jnp.asarray(VECTOR)
    result = jax.jit(lambda x, index: CALLS[name](jf, x, index))(x, jnp.array([0, -1, 1]))
    assert np.isnan(result[1]) if name in READS else result[2] == x[2]


def test_index_put_accepts_masks() -> None:
    mask = np.array([[True, False, True], [False, True, False]])
    for masks, values in (((mask,), VECTOR), ((mask[:, 0],), VECTOR), ((mask[:, 1], mask[1]), VECTOR[:1])):
        want = torch.index_put(
            torch_side.tensor(MATRIX), tuple(map(torch_side.tensor, masks)), torch_side.tensor(values)
        )
        np.testing.assert_array_equal(jf.index_put(MATRIX, masks, values), torch_side.numpy(want))


@pytest.mark.parametrize("indices", [(), (None,), ([0],), (slice(None),), (0,), np.array([0])], ids=str)
def test_index_put_accepts_a_sequence_of_tensors(indices: Any) -> None:
    is_array = isinstance(indices, np.ndarray)
    theirs: Any = (torch_side.tensor(VECTOR), torch_side.tensor(indices) if is_array else indices, torch.tensor(1.0))
    ours: Any = (VECTOR, indices, jnp.ones((), jnp.float32))
    their_error, our_error = (
        outcome(lambda module=module, given=given: module.index_put(*given))[1]
        for module, given in ((torch, theirs), (jf, ours))
    )
    assert their_error is not None
    verdict = raises_alike(our_error, their_error)
    assert verdict.ok, verdict


NUMBERS = [0, 1, -1, 300, -300, 0.5, 2.7, 1e6, 1e50, float("inf"), float("nan"), 1j, 1 + 0j, True]
FILLS: dict[str, Callable[..., Any]] = {
    "scatter": lambda module, x, index, number: module.scatter(x, 0, index, number),
    "scatter by keyword": lambda module, x, index, number: module.scatter(x, 0, index, value=number),
    "index_fill": lambda module, x, index, number: module.index_fill(x, 0, index, number),
    "masked_fill": lambda module, x, index, number: module.masked_fill(x, index == 0, number),
    "index_add": lambda module, x, index, number: module.index_add(x, 0, index, x[:1], alpha=number),
    "index_add of slices": lambda module, x, index, number: module.index_add(
        x.reshape(-1, 1), 0, index, x[:1].reshape(1, 1), alpha=number
    ),
}


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int8", "int64", "float16", "float32", "complex64"])
@pytest.mark.parametrize("name", FILLS)
def test_number_is_accepted_or_refused_as_in_torch(name: str, dtype: str) -> None:
    x, index = np.ones(1, dtype), np.zeros(1, "int64")
    for number in NUMBERS:
        got, our_error = outcome(lambda number=number: FILLS[name](jf, jnp.asarray(x), jnp.asarray(index), number))
        tensors = torch_side.tensor(x), torch_side.tensor(index)
        want, their_error = outcome(lambda number=number, tensors=tensors: FILLS[name](torch, *tensors, number))
        verdict = raises_alike(our_error, their_error)
        assert verdict.ok, (number, verdict)
        if their_error is None:
            np.testing.assert_array_equal(got, torch_side.numpy(want), err_msg=str(number))


def test_take_along_dim_takes_indices_modulo_the_size() -> None:
    index = np.array([[-4, 0, 5], [7, 3, -1]])
    want = torch.take_along_dim(torch.tensor(MATRIX), torch.tensor(index), 1)
    np.testing.assert_array_equal(jf.take_along_dim(MATRIX, index, 1), want)


def test_masked_scatter_requires_enough_elements() -> None:
    mask = np.array([True, False, True])
    with pytest.raises(RuntimeError):
        torch.masked_scatter(torch.tensor(VECTOR), torch.tensor(mask), torch.tensor(VECTOR[:1]))
    with pytest.raises(RuntimeError, match="2 elements"):
        jf.masked_scatter(VECTOR, mask, VECTOR[:1])
    np.testing.assert_array_equal(jax.jit(jf.masked_scatter)(VECTOR, mask, VECTOR[:1]), [1, 2, np.nan])
