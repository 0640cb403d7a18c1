"""Shapes and broadcasting where the generic suite does not draw: sizes as arguments, every -1, and errors."""

import math
from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import jaxfun as jf
from jaxfun.parity.run import torch_side
from jaxfun.parity.run.outcome import outcome
from jaxfun.parity.search.verdicts import raises_alike

EXAMPLES = 6  # factor on the profile's number: little is compiled here

SHAPES = st.lists(st.sampled_from([0, 1, 2, 3]), max_size=3).map(tuple)
SIZES = [-1, 0, 1, 2, 3, 6]
# torch's expand accepts (-2, 0), and returns a tensor of shape (-2, 0)
ANY_SIZES = {"reshape": [-2, *SIZES], "view": [-2, *SIZES], "expand": SIZES, "permute": [-2, *SIZES]}


def numbers(shape: tuple[int, ...]) -> np.ndarray:
    return np.arange(math.prod(shape), dtype="float32").reshape(shape)


def assert_alike(ours: Callable[[], Any], theirs: Callable[[], Any]) -> None:
    """Assert that two calls give the same results or raise alike."""
    (got, our_error), (want, their_error) = outcome(ours), outcome(theirs)
    verdict = raises_alike(our_error, their_error)
    assert verdict.ok, verdict
    if their_error is None:
        assert [np.shape(item) for item in _leaves(got)] == [tuple(item.shape) for item in torch_side.leaves(want)]
        for mine, item in zip(_leaves(got), torch_side.leaves(want), strict=True):
            np.testing.assert_array_equal(mine, torch_side.numpy(item))


def _leaves(value: Any) -> list[Any]:
    return list(value) if isinstance(value, tuple) else [value]


def scaled() -> int:
    return settings().max_examples * EXAMPLES


@pytest.mark.parametrize("name", ANY_SIZES)
@pytest.mark.parametrize("together", [True, False], ids=["one tuple", "one by one"])
def test_any_sizes_match_torch(name: str, together: bool) -> None:
    @settings(max_examples=scaled())
    @given(SHAPES, st.lists(st.sampled_from(ANY_SIZES[name]), max_size=4).map(tuple))
    def agrees(shape: tuple[int, ...], sizes: tuple[int, ...]) -> None:
        arguments = (sizes,) if together else sizes
        x = numbers(shape)
        ours, theirs = getattr(jf, name), getattr(torch.Tensor, name)
        assert_alike(lambda: ours(jnp.asarray(x), *arguments), lambda: theirs(torch_side.tensor(x), *arguments))

    agrees()


@pytest.mark.parametrize("name", ANY_SIZES)
@pytest.mark.parametrize(
    "sizes", [(2.0, 3), ("x",), (None,), ((2.0, 3),), ((2, 3.0),), (True, 6), ((2, 3), 1)], ids=str
)
def test_sizes_that_are_not_integers_raise_type_error(name: str, sizes: tuple[Any, ...]) -> None:
    x = numbers((2, 3))
    assert_alike(lambda: getattr(jf, name)(jnp.asarray(x), *sizes), lambda: getattr(torch_side.tensor(x), name)(*sizes))


BY_KEYWORD = {"reshape": "shape", "view": "size", "expand": "size", "permute": "dims", "broadcast_to": "size"}


@pytest.mark.parametrize("name", BY_KEYWORD)
def test_sizes_are_accepted_by_the_keyword_of_torch(name: str) -> None:
    x, sizes = numbers((1, 1)), {BY_KEYWORD[name]: (0, 1) if name == "permute" else (1, 1)}
    theirs = getattr(torch, name, None) or getattr(torch.Tensor, name)
    assert_alike(lambda: getattr(jf, name)(x, **sizes), lambda: theirs(torch_side.tensor(x), **sizes))
    assert_alike(lambda: getattr(jf, name)(input=x, **sizes), lambda: theirs(torch_side.tensor(x), **sizes))


@pytest.mark.parametrize("sizes", [4, (2, 3.0), None, "x"], ids=str)
def test_broadcast_to_accepts_only_a_tuple_of_integers(sizes: Any) -> None:
    x = numbers((3,))
    assert_alike(lambda: jf.broadcast_to(jnp.asarray(x), sizes), lambda: torch.broadcast_to(torch.tensor(x), sizes))


@pytest.mark.proves("broadcast_shapes")
def test_shapes_broadcast_as_in_torch() -> None:
    sizes = st.sampled_from([0, 1, 1, 2, 3])

    @settings(max_examples=scaled())
    @given(st.lists(st.lists(sizes, max_size=3).map(tuple) | sizes | st.just(-1), max_size=3))
    def agrees(shapes: list[Any]) -> None:
        (got, our_error), (want, their_error) = (
            outcome(lambda function=function: tuple(function(*shapes)))
            for function in (jf.broadcast_shapes, torch.broadcast_shapes)
        )
        verdict = raises_alike(our_error, their_error)
        assert verdict.ok, verdict
        assert got == want

    agrees()


@pytest.mark.proves("broadcast_tensors")
def test_tensors_broadcast_as_in_torch() -> None:
    @settings(max_examples=scaled())
    @given(st.lists(SHAPES, max_size=3))
    def agrees(shapes: list[tuple[int, ...]]) -> None:
        arrays = [numbers(shape) for shape in shapes]
        assert_alike(
            lambda: jf.broadcast_tensors(*map(jnp.asarray, arrays)),
            lambda: torch.broadcast_tensors(*map(torch_side.tensor, arrays)),
        )

    agrees()


@pytest.mark.parametrize("tensors", [(1.0,), ([numbers((2,))],), (None,)], ids=["number", "list", "None"])
def test_broadcast_tensors_accepts_only_tensors(tensors: tuple[Any, ...]) -> None:
    assert_alike(lambda: jf.broadcast_tensors(*tensors), lambda: torch.broadcast_tensors(*tensors))


JOINED: list[list[tuple[int, ...]]] = [
    [],
    [()],
    [(), ()],
    [(2, 3), ()],
    [(2, 3), (0,)],
    [(0,), (2, 3)],
    [(0,), (0,)],
    [(0,), ()],
    [(0, 3), (2, 3)],
    [(1, 0), (2, 3)],
    [(2, 3), (3,)],
    [(2, 3), (2, 2)],
    [(2, 3), (2, 3), (2, 3)],
]


@pytest.mark.parametrize("name", ["cat", "stack"])
@pytest.mark.parametrize("dim", [-3, -2, -1, 0, 1, 2, 5])
@pytest.mark.parametrize("shapes", JOINED, ids=str)
def test_tensors_of_any_shapes_concatenate_or_raise_as_in_torch(
    name: str, dim: int, shapes: list[tuple[int, ...]]
) -> None:
    arrays = [numbers(shape) for shape in shapes]
    ours, theirs = getattr(jf, name), getattr(torch, name)
    assert_alike(lambda: ours([*map(jnp.asarray, arrays)], dim), lambda: theirs([*map(torch_side.tensor, arrays)], dim))


@pytest.mark.parametrize("name", ["cat", "stack"])
@pytest.mark.parametrize(
    "tensors", [1.0, numbers((2, 3)), [1.0], [None], None], ids=["1.0", "array", "[1.0]", "[None]", "None"]
)
def test_argument_that_is_not_a_list_of_tensors_raises_type_error(name: str, tensors: Any) -> None:
    with pytest.raises(TypeError):
        getattr(torch, name)(torch_side.tensor(tensors) if isinstance(tensors, np.ndarray) else tensors)
    with pytest.raises(TypeError):
        getattr(jf, name)(tensors)


@pytest.mark.parametrize("dim", [(), (0,), (0, 0), (0, -2), (0, 2), [0], 0, -1, 2, 0.0, True], ids=str)
def test_squeeze_accepts_one_dimension_or_several(dim: Any) -> None:
    x = numbers((1, 3))
    assert_alike(lambda: jf.squeeze(jnp.asarray(x), dim), lambda: torch.squeeze(torch_side.tensor(x), dim))


@pytest.mark.parametrize("index", [0, 1, -1, 2, -3, True, 1.0, None], ids=str)
@pytest.mark.parametrize("dim", [0, 1, -1, 2])
def test_select_accepts_an_index_in_range(dim: int, index: Any) -> None:
    x = numbers((2, 2))
    assert_alike(lambda: jf.select(jnp.asarray(x), dim, index), lambda: torch.select(torch_side.tensor(x), dim, index))


def test_message_names_the_call_and_the_value() -> None:
    with pytest.raises(
        RuntimeError, match=r"`jaxfun\.reshape\(input, \*shape\)`: expected a shape with 6 elements, got \[4\]"
    ):
        jf.reshape(numbers((2, 3)), 4)
    with pytest.raises(IndexError, match=r"`jaxfun\.getitem\(x, index\)`: expected an index in \[-2, 1\].*, got 5\."):
        jf.getitem(numbers((2, 3)), 5)
