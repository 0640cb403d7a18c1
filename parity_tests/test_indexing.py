"""`getitem` and `setitem` against PyTorch's brackets: every kind of index, alone and mixed, valid and invalid."""

import math
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import jaxfun as jf
from jaxfun.parity.compare.arrays import compare
from jaxfun.parity.run import torch_side
from jaxfun.parity.run.outcome import outcome
from jaxfun.parity.search.verdicts import raises_alike

SIZES = (0, 1, 2, 3, 3, 4)
SMOOTH = ("float32", "float64", "complex64")
DTYPES = (*SMOOTH, "int64", "bool")
EXAMPLES = {False: 8, True: 24}  # factor on the profile's number: invalid cases mostly compile nothing


# Indices. An array in an index stands for a tensor; a list is a list in both libraries.


@st.composite
def integer_arrays(draw: st.DrawFn, size: int, common: tuple[int, ...]) -> np.ndarray:
    """Draw indices into a dimension of `size`, with a shape that broadcasts to `common`."""
    shape = tuple(1 if draw(st.integers(0, 4)) == 0 else extent for extent in common)
    shape = shape[draw(st.integers(0, len(shape))) if draw(st.integers(0, 4)) == 0 else 0 :]
    count = math.prod(shape)
    numbers = draw(st.lists(positions(size), min_size=count, max_size=count))
    dtype = draw(st.sampled_from(["int64", "int64", "int32"]))
    return np.array(numbers, dtype).reshape(shape)


def positions(size: int) -> st.SearchStrategy[int]:
    return st.integers(-size, size - 1) if size else st.integers(-1, 0)


@st.composite
def slices(draw: st.DrawFn, size: int) -> slice:
    bound = st.none() | st.integers(-size - 1, size + 1)
    return slice(draw(bound), draw(bound), draw(st.sampled_from([None, None, 1, 2, 3])))


@st.composite
def masks(draw: st.DrawFn, sizes: tuple[int, ...], dtype: str = "bool") -> np.ndarray:
    count = math.prod(sizes)
    return np.array(draw(st.lists(st.booleans(), min_size=count, max_size=count)), dtype).reshape(sizes)


@st.composite
def indices(draw: st.DrawFn, shape: tuple[int, ...], spoil: bool) -> Any:
    """Draw an index into a tensor of `shape`; with `spoil`, one item of it is made invalid."""
    common = draw(st.sampled_from([(), (1,), (2,), (3,), (0,), (2, 2), (1, 3)]))
    items: list[Any] = []
    dim = 0
    while dim < len(shape) and draw(st.integers(0, 5)):
        dim += draw(_item(items, shape, dim, common))
    if draw(st.booleans()):
        items.insert(draw(st.integers(0, len(items))), ...)
    if spoil:
        items.insert(draw(st.integers(0, len(items))), draw(odd_items()))
    if len(items) == 1 and draw(st.booleans()):
        return items[0]
    return draw(st.sampled_from([tuple, tuple, tuple, list]))(items)


@st.composite
def _item(draw: st.DrawFn, items: list[Any], shape: tuple[int, ...], dim: int, common: tuple[int, ...]) -> int:
    """Append one item and return the number of dimensions that it indexes."""
    size = shape[dim]
    kind = draw(st.sampled_from(["int", "slice", "whole", "none", "array", "array", "mask", "list", "bool", "0-dim"]))
    if kind == "mask":
        dims = draw(st.integers(1, min(2, len(shape) - dim)))
        items.append(draw(masks(shape[dim : dim + dims], draw(st.sampled_from(["bool", "bool", "uint8"])))))
        return dims
    made = {
        "int": lambda: positions(size),
        "slice": lambda: slices(size),
        "whole": lambda: st.just(slice(None)),
        "none": st.none,
        "array": lambda: integer_arrays(size, common),
        "list": lambda: st.lists(positions(size), max_size=3) | masks((size,)).map(np.ndarray.tolist),
        "bool": st.booleans,
        "0-dim": lambda: positions(size).map(np.array) | st.booleans().map(np.array),
    }[kind]()
    items.append(draw(made))
    return 0 if kind in ("none", "bool") else 1


def odd_items() -> st.SearchStrategy[Any]:
    return st.sampled_from(
        [
            5,
            -5,
            0.5,
            1j,
            "x",
            {},
            2**70,
            [0.5],
            [2**63],
            [1e30],
            [5],
            [[0, 1], [1]],
            [[0, 1], [1, 0]],
            [None],
            [True, 1],
            [1j],
            ["x"],
            range(2),
            (0, 1),
            slice(None, None, -1),
            slice(None, None, 0),
            slice(0.5, None),
            slice("a", None),
            slice(True, None),
            ...,
            np.array([5]),
            np.array([0.5], "float32"),
            np.array(0.5, "float32"),
            np.array([0], "int16"),
            np.array(0, "int8"),
            np.array(1, "uint8"),
            np.array([True] * 5),
            np.array([], "bool"),
            np.array([], "int64"),
            np.array([], "float32"),
            np.zeros((2, 2), "bool"),
        ]
    )


def to_side(index: Any, convert: Callable[[np.ndarray], Any]) -> Any:
    if isinstance(index, np.ndarray):
        return convert(index)
    if isinstance(index, (tuple, list)):
        return type(index)(to_side(item, convert) for item in index)
    return index


# Values.


def array(shape: tuple[int, ...], dtype: str, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    numbers = np.round(rng.normal(size=shape) * 4) + (1j * rng.integers(-3, 3, shape) if dtype == "complex64" else 0)
    return np.asarray(numbers).astype(dtype)


@st.composite
def gets(draw: st.DrawFn, spoil: bool, dtypes: Sequence[str] = DTYPES) -> tuple[np.ndarray, Any]:
    shape = tuple(draw(st.lists(st.sampled_from(SIZES), max_size=4)))
    return array(shape, draw(st.sampled_from(dtypes)), draw(st.integers(0, 99))), draw(indices(shape, spoil))


@st.composite
def sets(draw: st.DrawFn, spoil: bool, dtypes: Sequence[str] = DTYPES) -> tuple[np.ndarray, Any, Any]:
    x, index = draw(gets(spoil, dtypes))
    distinct = _distinct(index, x.shape)
    taken, _ = outcome(lambda: np.asarray(tensor_of(x)[to_side(distinct, tensor_of)].shape))
    shape = (2,) if taken is None else tuple(int(size) for size in taken)
    shape = draw(_broadcastable(shape))
    numbers = st.sampled_from([True, 2, -1, 300, 0.5, 2.0, 1e40, math.nan, 1 + 2j, 1 + 0j])
    dtype = st.sampled_from([str(x.dtype)] * 5 + list(DTYPES) + ["uint8"])
    values = st.builds(lambda dtype, seed: array(shape, dtype, seed), dtype, st.integers(0, 99))
    odd = st.sampled_from([None, "x", [1.0], array((5,), "float32", 1), array((2, 3), "float32", 1)])
    return x, distinct, draw(values | numbers | odd if spoil else values | numbers)


@st.composite
def _broadcastable(draw: st.DrawFn, shape: tuple[int, ...]) -> tuple[int, ...]:
    shape = tuple(1 if draw(st.integers(0, 4)) == 0 else size for size in shape)
    cut = draw(st.sampled_from([0, 0, 0, 1, len(shape)]))
    return (1,) * draw(st.sampled_from([0, 0, 1, 2])) + shape[cut:]


def _distinct(index: Any, shape: tuple[int, ...]) -> Any:
    """Return the index without duplicate positions: the value written at a duplicate is undefined."""
    if isinstance(index, tuple) or (isinstance(index, list) and any(isinstance(i, (np.ndarray, list)) for i in index)):
        return type(index)(_distinct(item, shape) for item in index)
    if isinstance(index, np.ndarray) and index.dtype.kind == "i":
        return _without_repeats(index)
    if isinstance(index, list) and all(type(item) is int for item in index):
        return _without_repeats(np.array(index)).tolist()
    return index


def _without_repeats(numbers: np.ndarray) -> np.ndarray:
    return np.arange(numbers.size, dtype=numbers.dtype).reshape(numbers.shape) if numbers.size > 1 else numbers


def tensor_of(numbers: np.ndarray) -> torch.Tensor:
    return torch_side.tensor(numbers)


# The checks.


def get_in_jaxfun(x: np.ndarray, index: Any) -> Any:
    return jf.getitem(jnp.asarray(x), to_side(index, jnp.asarray))


def get_in_torch(x: np.ndarray, index: Any) -> torch.Tensor:
    return tensor_of(x)[to_side(index, tensor_of)]


def set_in_jaxfun(x: np.ndarray, index: Any, value: Any) -> Any:
    return jf.setitem(jnp.asarray(x), to_side(index, jnp.asarray), to_side(value, jnp.asarray))


def set_in_torch(x: np.ndarray, index: Any, value: Any) -> torch.Tensor:
    return assigned(tensor_of(x), to_side(index, tensor_of), to_side(value, tensor_of))


def assigned(x: torch.Tensor, index: Any, value: Any) -> torch.Tensor:
    copy = x.clone()
    copy[index] = value
    return copy


def assert_alike(candidate: Callable[..., Any], reference: Callable[..., torch.Tensor], case: tuple[Any, ...]) -> None:
    (ours, our_error), (theirs, their_error) = outcome(lambda: candidate(*case)), outcome(lambda: reference(*case))
    verdict = raises_alike(our_error, their_error)
    assert verdict.ok, verdict
    if their_error is None:
        agree(ours, theirs)


def agree(ours: Any, theirs: torch.Tensor) -> None:
    verdict = compare(np.asarray(ours), torch_side.numpy(theirs))
    assert verdict.ok, verdict


SPOILT = pytest.mark.parametrize("spoil", [False, True], ids=["drawn to fit", "with something odd"])


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch's warnings of uint8 masks and of casts of complex numbers
        yield


def scaled(times: int) -> int:
    return settings().max_examples * times


@pytest.mark.proves("getitem")
@SPOILT
def test_getitem_matches_torch_indexing(spoil: bool) -> None:
    @settings(max_examples=scaled(EXAMPLES[spoil]))
    @given(gets(spoil))
    def agrees(case: tuple[np.ndarray, Any]) -> None:
        assert_alike(get_in_jaxfun, get_in_torch, case)

    agrees()


@pytest.mark.proves("setitem")
@SPOILT
def test_setitem_matches_torch_assignment(spoil: bool) -> None:
    @settings(max_examples=scaled(EXAMPLES[spoil]))
    @given(sets(spoil))
    def agrees(case: tuple[np.ndarray, Any, Any]) -> None:
        assert_alike(set_in_jaxfun, set_in_torch, case)

    agrees()


# One index of each kind, in addition to the random ones.

AT = np.s_
CUBE = np.arange(24.0, dtype="float32").reshape(2, 3, 4)
PICK, ROW = np.array([1, 0]), np.array([[0], [1]])
MASK = np.array([True, False])
INDICES = [
    AT[0],
    AT[-1, 2],
    AT[:],
    AT[...],
    (),
    AT[None, :, None],
    AT[:, ::2, 1::2],
    AT[..., 3:0],
    AT[0, ..., -4],
    AT[:, ::3, 1],
    AT[PICK],
    AT[:, PICK],
    AT[PICK, :, PICK],
    AT[0, :, PICK],
    AT[:, PICK, None, PICK],
    AT[ROW, PICK],
    AT[..., ROW],
    AT[MASK],
    AT[MASK, 1, PICK[:1]],
    AT[:, np.array([[True, False] * 2] * 3)],
    AT[MASK.astype("uint8")],
    AT[True],
    AT[False],
    AT[1, True, PICK],
    AT[np.array(True)],
    AT[np.array(1), np.array(-1)],
    [0, 1],
    [[0, 1], [2, 1]],
    AT[[True, False]],
    [[0]] * 33,
    AT[:, [0.0, 1.9]],
    AT[range(2)],
    AT[np.array([], "int64")],
    AT[2],
    AT[-3],
    AT[:, :, 4],
    AT[np.array([2])],
    AT[:, np.array([0, -4])],
    AT[0, 0, 0, 0],
    AT[PICK, np.arange(3)],
    AT[:, MASK],
    AT[::-1],
    AT[0.5],
    AT[np.array([0.5])],
]


def _names(indices: list[Any]) -> list[str]:
    return [str(index).replace("\n", "")[:40] for index in indices]


@pytest.mark.parametrize("index", INDICES, ids=_names(INDICES))
def test_each_kind_of_index_reads_and_writes(index: Any) -> None:
    assert_alike(get_in_jaxfun, get_in_torch, (CUBE, index))
    assert_alike(set_in_jaxfun, set_in_torch, (CUBE, index, -1))
    assert_alike(set_in_jaxfun, set_in_torch, (CUBE, index, np.array([[-1.0]], "float32")))
    assert_alike(set_in_jaxfun, set_in_torch, (CUBE, index, np.array(-1.0, "float64")))


# Derivatives, under jit.


def directions(like: Sequence[np.ndarray], seed: int) -> list[np.ndarray]:
    return [array(item.shape, str(item.dtype), seed + place) for place, item in enumerate(like)]


def pulled(function: Callable[..., Any], primals: Sequence[Any], cotangent: Any) -> list[Any]:
    # for a complex function, torch's gradient and cotangent are the conjugates of JAX's
    _, pull = jax.vjp(function, *primals)
    return [jnp.conj(item) for item in pull(jnp.conj(cotangent))]


def assert_derivatives_alike(
    candidate: Callable[..., Any], reference: Callable[..., torch.Tensor], primals: list[np.ndarray]
) -> None:
    result = torch_side.numpy(reference(*map(tensor_of, primals)))
    cotangent, tangents = directions([result], 50)[0], directions(primals, 60)
    sides = [[tensor_of(item) for item in side] for side in (primals, [cotangent], tangents)]
    call = torch_side.Call(lambda *moved: [reference(*moved)], *sides)
    (expected,) = torch_side.derivatives([call], ("vjp", "jvp", "hvp"))
    got = {
        "value": [jax.jit(candidate)(*primals)],
        "vjp": jax.jit(lambda *moved: pulled(candidate, moved, jnp.asarray(cotangent)))(*primals),
        "jvp": [jax.jit(lambda *moved: jax.jvp(candidate, moved, tuple(map(jnp.asarray, tangents)))[1])(*primals)],
    }
    for level, arrays in got.items():
        for ours, theirs in zip(arrays, expected[level], strict=True):
            verdict = compare(np.asarray(ours), theirs)
            assert verdict.ok, f"{level}: {verdict}"


def differentiable(dtype: Any) -> bool:
    return np.issubdtype(dtype, np.inexact)


def fitting(
    cases: Callable[..., st.SearchStrategy[Any]], reference: Callable[..., Any]
) -> st.SearchStrategy[tuple[Any, ...]]:
    """Return the cases that torch accepts: an index drawn for the end, used before an ellipsis, may be out of range."""
    return cases(False, SMOOTH).filter(lambda case: outcome(lambda: reference(*case))[1] is None)


def test_gradient_of_getitem_matches_torch_indexing() -> None:
    @settings(max_examples=scaled(3))
    @given(fitting(gets, get_in_torch))
    def agrees(case: tuple[np.ndarray, Any]) -> None:
        x, index = case
        ours, theirs = to_side(index, jnp.asarray), to_side(index, tensor_of)
        assert_derivatives_alike(lambda x: jf.getitem(x, ours), lambda x: x[theirs], [x])

    agrees()


def test_gradient_of_setitem_matches_torch_assignment() -> None:
    @settings(max_examples=scaled(3))
    @given(fitting(sets, set_in_torch))
    def agrees(case: tuple[np.ndarray, Any, Any]) -> None:
        x, index, value = case
        ours, theirs = to_side(index, jnp.asarray), to_side(index, tensor_of)
        if isinstance(value, np.ndarray) and differentiable(value.dtype):
            arguments = [x, value]
            pair = (lambda x, value: jf.setitem(x, ours, value), lambda x, value: assigned(x, theirs, value))
        else:
            ours_value, theirs_value = to_side(value, jnp.asarray), to_side(value, tensor_of)
            arguments = [x]
            pair = (lambda x: jf.setitem(x, ours, ours_value), lambda x: assigned(x, theirs, theirs_value))
        assert_derivatives_alike(*pair, arguments)

    agrees()


# Traced indices are not checked and not clamped.

X = np.arange(6.0, dtype="float32").reshape(2, 3)


@pytest.mark.parametrize("position", [0, 1, -1, -2])
def test_traced_index_may_be_negative(position: int) -> None:
    row = jax.jit(jf.getitem)(X, position)
    np.testing.assert_array_equal(row, X[position])
    np.testing.assert_array_equal(jax.jit(jf.getitem)(X, np.array([position])), X[[position]])
    written = jax.jit(jf.setitem)(X, position, 9.0)
    np.testing.assert_array_equal(written, jf.setitem(X, position, 9.0))


@pytest.mark.parametrize("position", [2, -3, 100])
def test_traced_index_out_of_range_gives_nan_and_writes_nothing(position: int) -> None:
    assert np.isnan(jax.jit(jf.getitem)(X, position)).all()
    assert np.isnan(jax.jit(jf.getitem)(X, np.array([position]))).all()
    np.testing.assert_array_equal(jax.jit(jf.setitem)(X, position, 9.0), X)
    np.testing.assert_array_equal(jax.jit(jf.setitem)(X, np.array([position]), 9.0), X)


def test_vmap_over_indices_matches_a_loop() -> None:
    rows = jnp.array([1, 0, 1])
    np.testing.assert_array_equal(jax.vmap(lambda i: jf.getitem(X, i))(rows), X[np.array(rows)])
    batched = jax.vmap(lambda i: jf.setitem(X, (slice(None, None, 2), i), 9.0))(rows)
    looped = [jf.setitem(X, (slice(None, None, 2), int(i)), 9.0) for i in rows]
    np.testing.assert_array_equal(batched, np.stack(looped))


@pytest.mark.parametrize("index", [X > 2, np.array(True)], ids=["a mask", "one bool"])
def test_traced_mask_raises_with_advice(index: np.ndarray) -> None:
    with pytest.raises(NotImplementedError, match=r"jaxfun\.where"):
        jax.jit(jf.getitem)(X, index)
    with pytest.raises(NotImplementedError, match=r"jaxfun\.where"):
        jax.jit(jf.setitem)(X, index, 0.0)


def test_known_mask_works_under_jit_and_mask_of_the_argument_under_grad() -> None:
    np.testing.assert_array_equal(jax.jit(lambda x: jf.getitem(x, X > 2))(X), X[X > 2])
    gradient = jax.grad(lambda x: jf.getitem(x, x > 2).sum())(jnp.asarray(X))
    np.testing.assert_array_equal(gradient, X > 2)


def test_new_index_with_the_same_shape_does_not_recompile(caplog: pytest.LogCaptureFixture) -> None:
    x = jnp.asarray(X)
    calls = [
        lambda i: jf.getitem(x, i),
        lambda i: jf.getitem(x, (slice(None), slice(i, i + 1))),
        lambda i: jf.getitem(x, jnp.array([i])),
        lambda i: jf.setitem(x, i, float(i)),
        lambda i: jf.setitem(x, jnp.array([i]), float(i)),
        lambda i: jax.grad(lambda x: jf.getitem(x, i).sum())(x),
        lambda i: jax.grad(lambda x: jf.setitem(x, i, 0.0).sum())(x),
    ]
    for call in calls:
        call(0)
    with jax.log_compiles():
        for call in calls:
            call(1)
    assert not [record.getMessage() for record in caplog.records if "ompil" in record.getMessage()]


def test_input_is_not_changed() -> None:
    x = jnp.asarray(X)
    jf.setitem(x, 0, 9.0)
    np.testing.assert_array_equal(x, X)


def test_numpy_and_torch_tensors_are_accepted_as_input_and_index() -> None:
    np.testing.assert_array_equal(jf.getitem(torch.tensor(X), torch.tensor([1])), X[[1]])
    np.testing.assert_array_equal(jf.getitem(X, (np.array([1]), torch.tensor(0))), X[[1], 0])
    np.testing.assert_array_equal(jf.setitem(X, torch.tensor([True, False]), torch.zeros(3))[0], np.zeros(3))
