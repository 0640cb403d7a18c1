"""Histograms whose result shape or error depends on values, and traced ones, which the generic suite cannot draw."""

import math
from collections.abc import Callable
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
from jaxfun.parity.search.verdicts import canonical, raises_alike

EXAMPLES = 8  # factor on the profile's number: little is compiled here

NUMBERS = st.sampled_from([0.0, 0.5, 1.0, -1.0, 2.0, 3.0, 0.1, 0.30000001, 2.5])
ODD = NUMBERS | st.sampled_from([math.nan, math.inf, -math.inf])
SHAPES = st.sampled_from([(), (1,), (3,), (7,), (2, 3), (0,)])


def scaled() -> int:
    return settings().max_examples * EXAMPLES


@st.composite
def arrays(draw: st.DrawFn, numbers: st.SearchStrategy[float], shape: tuple[int, ...] | None = None) -> np.ndarray:
    sizes = draw(SHAPES) if shape is None else shape
    count = math.prod(sizes)
    return np.array(draw(st.lists(numbers, min_size=count, max_size=count)), "float32").reshape(sizes)


def assert_alike(ours: Callable[[], Any], theirs: Callable[[], Any]) -> None:
    """Assert that two calls give the same results or raise alike."""
    (got, our_error), (want, their_error) = outcome(ours), outcome(theirs)
    verdict = raises_alike(our_error, their_error)
    assert verdict.ok, verdict
    if their_error is None:
        for mine, item in zip(jax.tree.leaves(got), torch_side.leaves(want), strict=True):
            verdict = compare(np.asarray(mine), canonical(torch_side.numpy(item)))
            assert verdict.ok, verdict


def both(name: str, tensors: dict[str, Any], **others: Any) -> None:
    """Compare a function with torch's, for tensors by name and other arguments."""
    given_ = {key: value for key, value in tensors.items() if value is not None}
    assert_alike(
        lambda: getattr(jf, name)(**{key: jnp.asarray(value) for key, value in given_.items()}, **others),
        lambda: getattr(torch, name)(**{key: torch_side.tensor(value) for key, value in given_.items()}, **others),
    )


RANGES = [None, (0.0, 2.0), (-1.0, 3.0), (1.0, 1.0), (2.0, 0.0), (0.0, math.inf), (1.0,), (0, 2), 5]


@pytest.mark.proves("histogram")
@pytest.mark.parametrize("density", [False, True])
def test_equal_bins_match_torch(density: bool) -> None:
    @settings(max_examples=scaled())
    @given(st.data(), st.sampled_from([1, 2, 4, 7, 0, -1, 2.5]), st.sampled_from(RANGES))
    def agrees(data: st.DataObject, bins: Any, range_: Any) -> None:
        x = data.draw(arrays(ODD if data.draw(st.booleans()) else NUMBERS))
        weight = data.draw(st.none() | arrays(NUMBERS, x.shape) | arrays(NUMBERS))
        both("histogram", {"input": x, "weight": weight}, bins=bins, range=range_, density=density)

    agrees()


@pytest.mark.parametrize("density", [False, True])
def test_given_edges_match_torch(density: bool) -> None:
    @settings(max_examples=scaled())
    @given(st.data(), st.booleans())
    def agrees(data: st.DataObject, ordered: bool) -> None:
        x, edges = data.draw(arrays(ODD)), data.draw(arrays(ODD))
        edges = np.sort(edges, axis=-1) if ordered and edges.ndim else edges
        both("histogram", {"input": x, "bins": edges}, density=density)

    agrees()


@pytest.mark.parametrize("dtype", ["bool", "int32", "float16"])
def test_histogram_accepts_only_float32_and_float64(dtype: str) -> None:
    x = np.ones(3, dtype)
    both("histogram", {"input": x}, bins=2)
    both("histogram", {"input": x.astype("float32"), "weight": x}, bins=2)
    both("histogram", {"input": x.astype("float32"), "bins": x})


@st.composite
def rows(draw: st.DrawFn, numbers: st.SearchStrategy[float]) -> np.ndarray:
    return draw(arrays(numbers, draw(st.sampled_from([(3, 2), (5, 1), (2, 2, 2), (0, 2), (4, 3), (3,), (2, 0)]))))


JOINT_BINS = [2, 1, 0, [2, 3], (1, 2), [3], [2, 2, 1], [2, 0], [], 2.5, [-1, 2]]
JOINT_RANGES = [
    None,
    [0.0, 2.0, -1.0, 3.0],
    (0.0, 1.0),
    [1.0, 1.0, 0, 2],
    [2.0, 0.0, 0.0, 1.0],
    [0.0, math.inf],
    [1.0],
    5,
]


@pytest.mark.proves("histogramdd")
@pytest.mark.parametrize("density", [False, True])
def test_equal_bins_of_rows_match_torch(density: bool) -> None:
    @settings(max_examples=scaled())
    @given(st.data(), st.sampled_from(JOINT_BINS), st.sampled_from(JOINT_RANGES))
    def agrees(data: st.DataObject, bins: Any, range_: Any) -> None:
        x = data.draw(rows(ODD if data.draw(st.booleans()) else NUMBERS))
        weight = data.draw(st.none() | arrays(NUMBERS, x.shape[:-1]) | arrays(NUMBERS))
        both("histogramdd", {"input": x, "weight": weight}, bins=bins, range=range_, density=density)

    agrees()


@pytest.mark.parametrize("density", [False, True])
def test_given_edges_of_rows_match_torch(density: bool) -> None:
    @settings(max_examples=scaled())
    @given(st.data(), st.booleans())
    def agrees(data: st.DataObject, ordered: bool) -> None:
        x = data.draw(rows(ODD))
        edges = [data.draw(arrays(ODD)) for _ in range(x.shape[-1])]
        edges = [np.sort(each, axis=-1) if ordered and each.ndim else each for each in edges]
        assert_alike(
            lambda: jf.histogramdd(jnp.asarray(x), [*map(jnp.asarray, edges)], density=density),
            lambda: torch.histogramdd(torch_side.tensor(x), [*map(torch_side.tensor, edges)], density=density),
        )

    agrees()


@pytest.mark.parametrize("dtype", ["bool", "int32", "float16"])
def test_histogramdd_accepts_only_float32_and_float64(dtype: str) -> None:
    x = np.ones((3, 2), dtype)
    both("histogramdd", {"input": x}, bins=2)
    both("histogramdd", {"input": x.astype("float32"), "weight": x[:, 0]}, bins=2)


def test_traced_rows_give_the_same_histogram() -> None:
    x = jnp.array([[1.0, 2.0], [4.0, 1.5], [2.0, 2.0]])
    for name in ("hist", "bin_edges"):
        traced = jax.jit(lambda x, name=name: getattr(jf.histogramdd(x, [3, 2]), name))(x)
        jax.tree.map(np.testing.assert_allclose, traced, getattr(jf.histogramdd(x, [3, 2]), name))
    assert jnp.isnan(jax.jit(lambda x: jf.histogramdd(x, 3).hist)(x.at[0, 0].set(math.nan))).all()


def test_histc_raises_for_the_same_ranges_as_torch() -> None:
    ends = st.sampled_from([0, 1, 2.5, -1, True, math.nan, math.inf, 1e300])

    @settings(max_examples=scaled())
    @given(arrays(ODD), st.sampled_from([4, 1, 0, -2, 2.5, True]), ends, ends)
    def agrees(x: np.ndarray, bins: Any, low: Any, high: Any) -> None:
        both("histc", {"input": x}, bins=bins, min=low, max=high)

    agrees()


def test_invalid_traced_range_gives_nan() -> None:
    x = jnp.array([1.0, math.nan])
    assert jnp.isnan(jax.jit(lambda x: jf.histc(x, 3))(x)).all()
    assert jnp.isnan(jax.jit(lambda x: jf.histogram(x, 3).hist)(x)).all()
    assert jnp.isnan(jax.jit(lambda low: jf.histc(x, 3, low, 0))(1.0)).all()


def test_traced_histograms_equal_eager_ones() -> None:
    x = jnp.array([1.0, 2.0, 4.0, 1.5])
    for name in ("hist", "bin_edges"):
        traced = jax.jit(lambda x, name=name: getattr(jf.histogram(x, 3), name))(x)
        np.testing.assert_allclose(traced, getattr(jf.histogram(x, 3), name))


INTEGERS = st.lists(st.sampled_from([0, 1, 2, 5, 9]), max_size=5)


@pytest.mark.proves("bincount")
@pytest.mark.parametrize("dtype", ["int64", "uint8", "int16"])
@pytest.mark.parametrize("kind", [None, "float32", "float16", "int32", "bool"])
def test_integers_are_counted_and_weighted_as_in_torch(dtype: str, kind: str | None) -> None:
    @settings(max_examples=scaled() // 4)
    @given(st.data(), INTEGERS, st.sampled_from([0, 4, 12]))
    def agrees(data: st.DataObject, integers: list[int], minlength: int) -> None:
        weights = None if kind is None else data.draw(arrays(NUMBERS, (len(integers),))).astype(kind)
        x = np.array(integers, dtype).astype(jax.dtypes.canonicalize_dtype(dtype))
        both("bincount", {"input": x, "weights": weights}, minlength=minlength)

    agrees()


@pytest.mark.parametrize(
    ("x", "weights", "minlength"),
    [
        ([1, -1], None, 0),
        ([[1, 1]], None, 0),
        (1, None, 0),
        ([1, 1], None, -1),
        ([1, 1], None, 2.0),
        ([1, 1], None, True),
        ([1.0, 1.0], None, 0),
        ([True], None, 0),
        ([1, 1], [1.0], 0),
        ([1, 1], [[1.0, 2.0]], 0),
        ([1, 1], 1.0, 0),
    ],
    ids=str,
)
def test_bincount_raises_where_torch_raises(x: Any, weights: Any, minlength: Any) -> None:
    tensors = {"input": np.asarray(jnp.asarray(x)), "weights": None if weights is None else np.float32(weights)}
    both("bincount", {key: value if value is None else np.asarray(value) for key, value in tensors.items()},
         minlength=minlength)  # fmt: skip


def test_under_jit_bincount_requires_a_size() -> None:
    x = jnp.array([1, 3, 1, -1])
    np.testing.assert_array_equal(jax.jit(lambda x: jf.bincount(x, size=3))(x), [0, 2, 0])
    with pytest.raises(RuntimeError, match="pass `size`"):
        jax.jit(jf.bincount)(x)


def test_known_integers_are_counted_under_jit() -> None:
    x, weights = jnp.array([1, 3, 1]), jnp.array([1.0, 2.0, 0.5])
    np.testing.assert_array_equal(jax.jit(lambda weights: jf.bincount(x, weights))(weights), jf.bincount(x, weights))
    traced = jax.jit(lambda weight: jf.histogram(weights, 3, weight=weight).hist)(weights)
    np.testing.assert_array_equal(traced, jf.histogram(weights, 3, weight=weights).hist)
