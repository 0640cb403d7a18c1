"""Splitting, joining, repeating and windows with unusual and traced arguments, not drawn by the generic suite."""

import warnings
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
from jaxfun.parity.run import torch_side
from jaxfun.parity.run.candidate import structure
from jaxfun.parity.run.outcome import outcome
from jaxfun.parity.search.verdicts import canonical, raises_alike


class _Torch(dict[str, Any]):
    """torch's function by name, or its method or property as a function."""

    def __missing__(self, name: str) -> Any:
        if hasattr(torch, name):
            return getattr(torch, name)
        return torch_side.resolve(f"torch.Tensor.{name}")


ARRAYS = {
    "x": np.arange(6, dtype="float32").reshape(2, 3),
    "v": np.arange(4, dtype="float32"),
    "s": np.float32(2),
    "c": np.arange(24, dtype="float32").reshape(2, 3, 4),
    "q": np.arange(9, dtype="float32").reshape(3, 3),
    "e": np.zeros(0, "float32"),
    "z": np.array([[1 + 2j, 3j]], "complex64"),
    "i": np.array([1, 2], "int64"),
    "h": np.array([1, 2], "int32"),
    "m": np.zeros((2, 0), "float32"),
}

# the same source text for both libraries
CALLS = """
atleast_1d(s, v); atleast_1d((s, v)); atleast_1d([s]); atleast_1d(); atleast_1d([]); atleast_1d(1.0)
atleast_1d([s], [v]); atleast_2d(s, v, x); atleast_2d(s, 1.0); atleast_2d(None); atleast_3d(s, v, x, c); atleast_3d(e)
atleast_3d(m); unflatten(v, 0, [2, 2]); unflatten(v, 0, 4); unflatten(v, 0, (-2, -2)); unflatten(e, 0, (-1, 0))
unflatten(e, 0, (0, 2)); unflatten(m, 0, (-1, 2)); unflatten(v, 0, (2.0, 2)); unflatten(v, 0, ())
unflatten(v, 0.0, (2, 2)); mH(z); mH(x); mH(v); mH(s); mH(c); H(z); H(c); H(s); T(c); T(s); mT(v); adjoint(z)
movedim(c, (0, 0), (1, 2)); movedim(c, (0,), (1, 2)); movedim(c, (0, 1), (1, 1)); movedim(c, 0, (1,))
movedim(c, [0], [1]); movedim(c, None, 0); movedim(s, (0, -1), (0, -1)); movedim(c, 0, 1.0); moveaxis(c, -1, 0)
swapdims(c, 0, -1); swapaxes(x, axis0=0, axis1=1); moveaxis(c, source=0, destination=2); swapdims(x, dim0=0, dim1=1)
split(v, 0); split(e, 0); split(e, 2); split(v, -1); split(v, True); split(v, 1.0); split(v, [2, 2.0]); split(v, [])
split(e, []); split(v, None); split(v, "a"); split(s, 1); split(v, [-1, 5]); split(v, [2, 1]); split(v, 9)
split(1.0, 2); split(tensor=v, split_size_or_sections=2, dim=0); split_with_sizes(v, 2); split_with_sizes(v, (4,), 2)
chunk(v, 0); chunk(v, -1); chunk(s, 1); chunk(e, 3); chunk(m, 3, 1); chunk(v, 2.0); chunk(v, 9); chunk(v, True)
tensor_split(v, 0); tensor_split(v, -1); tensor_split(v, 2.0); tensor_split(v, True); tensor_split(v, None)
tensor_split(v, []); tensor_split(v, i); tensor_split(v, -i); tensor_split(v, i[0]); tensor_split(v, v)
tensor_split(x, i, 1); tensor_split(s, i); tensor_split(v, [1, 2.0]); tensor_split(v, (3, 1)); tensor_split(v, 7)
tensor_split(s, 1); tensor_split(v, 0 * i[0]); tensor_split(v, i[None]); hsplit(v, 2); hsplit(v, 3); hsplit(v, 0)
hsplit(v, -1); hsplit(v, -2); hsplit(v, [1, 9]); hsplit(v, 2.0); hsplit(v, True); hsplit(v, None); hsplit(s, 1)
hsplit(e, 2); vsplit(x, 2); vsplit(v, 1); vsplit(x, 3); dsplit(c, 4); dsplit(c, [1]); dsplit(x, 1); dsplit(c, 3)
unbind(s); unbind(s, 5); unbind(e); unbind(v, None); unbind(v, -1); hstack([]); hstack(v); hstack([x, v])
hstack([v, x]); hstack([x, e]); hstack([e, x]); hstack([s, x]); hstack([1.0]); hstack((s, v)); vstack([])
vstack([v, x]); vstack([x, e]); vstack([e, e]); dstack([]); dstack([x, c]); dstack([e, e]); column_stack([])
column_stack([s, v]); column_stack([e, e]); column_stack([x, v]); row_stack([v, v]); row_stack([]); concat([x, x])
concatenate([x, x], 1); concat([x, v]); concatenate([]); concat(tensors=[v, v], dim=-1); hstack([i, v]); hstack([i, h])
vstack([h, v]); dstack([z, x[:1, :2]]); column_stack([h, v[:2]]); block_diag(); block_diag(e, v); block_diag(m, v)
block_diag([x]); block_diag(1.0); block_diag(v, c); block_diag(x, None); block_diag(h, v); block_diag(h, i, s)
block_diag(s, z); flip(x, (0, 0)); flip(x, (2,)); flip(x, [-1]); flip(x, None); flip(x, (0.0,)); fliplr(v); flipud(s)
flip(x, dims=(0,)); roll(x, (1, 2)); roll(x, 1, (0, 1)); roll(x, (), ()); roll(x, (), (0,)); roll(x, 1, 3)
roll(s, 1, 0); roll(s, (1, 2)); roll(x, 1.0); roll(e, 1, 4); roll(e, 1); roll(x, None); roll(x, 1, ()); roll(x, 10**12)
roll(x, (-(10**12), 5), (0, 1)); rot90(v); rot90(x, 1, (0, 0)); rot90(x, 1, (0, -2)); rot90(x, 1, (0,))
rot90(x, 1, (0, 2)); rot90(x, 1, (-3, 1)); rot90(x, 1, None); rot90(c, 1, (0, -3)); rot90(s); rot90(x, -7)
rot90(x, 2.0); rot90(x, 1, (0, -4)); tril(v); tril(x, True); tril(x, 1.0); tril(x, 10**12); triu(x, -(10**12))
triu(x, 10**12); tril(x, -(10**12)); triu(s); diag(s); diag(c); diag(x, 5); diag(v, -7); diag(x, 1.0); diagonal(v)
diagonal(x, 0, 0, 0); diagonal(x, 9); diagonal(x, -9); diagonal(x, 0, 0, 2); diag_embed(s); diag_embed(v, 0, 0, 0)
diag_embed(v, 0, 0, 2); diag_embed(v, -5); diag_embed(s, 0, 0, -1); diagonal_scatter(x, i)
diagonal_scatter(i[None], v[:1]); diagonal_scatter(x, v[:1]); diagonal_scatter(x, x); diagonal_scatter(s, s)
diagonal_scatter(h[None], v[1:2] + 0.7); diagonal_scatter(x, z[0]); diagonal_scatter(z, v[:1])
diagonal_scatter(x, 1.0); repeat(x, 2); repeat(x, -1, 2); repeat(s, ()); repeat(x, [1, 1, 1]); repeat(x, 2.0, 1)
repeat(x, True, 1); repeat(e, -1); repeat(s); repeat(x, 2, 2); repeat(x, repeats=(2, 2)); tile(x, (2.0,))
tile(x, (-1, 2)); tile(s, ()); tile(x, dims=(2,)); repeat_interleave(x, -1); repeat_interleave(x, 2, output_size=11)
repeat_interleave(x, 2, 0, output_size=4); repeat_interleave(x, True); repeat_interleave(x, 2.0)
repeat_interleave(x, None); repeat_interleave(x, [1, 2], 0); repeat_interleave(s, 2, 0); repeat_interleave(x, 2, 5)
repeat_interleave(x, 2, (0,)); repeat_interleave(s, i[:1]); repeat_interleave(s, i[1], 0); repeat_interleave(s, i[1])
repeat_interleave(s, i[:1], -1); repeat_interleave(v, i); repeat_interleave(v[:2], -i); repeat_interleave(v, i[None])
repeat_interleave(v[:2], i, output_size=3); repeat_interleave(v[:2], i, output_size=4); repeat_interleave(v[:2], v[:2])
repeat_interleave(e, i[:1]); repeat_interleave(x, i, 5); repeat_interleave(i); repeat_interleave(h)
repeat_interleave(i[0]); repeat_interleave(i[None]); repeat_interleave(v); repeat_interleave(-i)
repeat_interleave(i, output_size=3); repeat_interleave(i, output_size=4); repeat_interleave(x, h, 0); meshgrid(v, i)
meshgrid(v, s, indexing="xy"); meshgrid(v, indexing="xy"); meshgrid(v, v, indexing="zz"); meshgrid([v], [v])
meshgrid(); meshgrid([]); meshgrid((v, e)); meshgrid([v, s], indexing="ij"); meshgrid(1.0); meshgrid(v, indexing=3)
meshgrid(x); cartesian_prod(); cartesian_prod(v, s); cartesian_prod(s); cartesian_prod(e, v); cartesian_prod(v, i)
cartesian_prod([v, v]); combinations(s); combinations(x); combinations(v, 5); combinations(v, True)
combinations(v, 2.0); combinations(v, -1); combinations(i, 0); combinations(e, 2, True)
combinations(v, r=3, with_replacement=True); combinations(x, -1); narrow(x, 0, 2, 0); narrow(x, 0, 3, 0)
narrow(x, 0, -3, 1); narrow(x, 0, 0, -1); narrow(x, 0, 1, 2); narrow(s, 0, 0, 1); narrow(x, 0, i[0], 1)
narrow(x, 0, -i[0], 1); narrow(x, 0, i, 1); narrow(x, 0, s, 1); narrow(x, 0, 5 * i[0], 1); narrow(x, 0, 1.0, 1)
narrow(x, True, 0, 1); narrow(x, 0, True, 1); narrow(x, 0, 1, 1.0); narrow(x, 5, 0, 1); narrow_copy(x, 0, -1, 1)
narrow_copy(x, 0, 5, 1); narrow_copy(x, 0, 1, 2); narrow_copy(x, 0, 0, -1); narrow_copy(s, 0, 0, 1)
narrow_copy(x, 2, 0, 1); narrow_copy(x, -3, 0, 1); narrow_copy(x, 0, 1.0, 1); unfold(x, 0, 3, 1); unfold(x, 0, 0, 1)
unfold(x, 0, 1, 0); unfold(x, 0, -1, 1); unfold(s, 0, 2, 1); unfold(s, 0, 0, 1); unfold(s, 1, 1, 1); unfold(e, 0, 1, 1)
unfold(x, 1, 2, 5); unfold(x, 1, 2.0, 1); select_scatter(x, i, 1, 0); select_scatter(x, v[:1], 0, 0)
select_scatter(x, v[:3], 0, 2); select_scatter(x, v[:3], 0, -3); select_scatter(x, v[:3], 3, 0)
select_scatter(s, s, 0, 0); select_scatter(x, v[:3], 0, 1.0); select_scatter(i, s + 0.7, 0, 0)
slice_scatter(x, v[:3], 0, 0, 1); slice_scatter(x, x[:, :1], 0, 0, 1); slice_scatter(x, x[:0], 0, 2, 1)
slice_scatter(x, x[:0], 0, 2, 1, -1); slice_scatter(x, x[:0], 0, 2, 1, 0); slice_scatter(x, x)
slice_scatter(x, x, start=-9); slice_scatter(x, x, 0, True); slice_scatter(x, x, 5); slice_scatter(s, s)
slice_scatter(h, v[:2] + 0.7); slice_scatter(x, x, 0, 1.0); slice_scatter(x, x[:1], 0, None, None, 2)
slice_scatter(c, c[:, :, :2], -1, 1, None, 2); sum_to_size(x, -1, 3); sum_to_size(x, 1, 1, 1, 3); sum_to_size(s, 1)
sum_to_size(s, ()); sum_to_size(e, 1); sum_to_size(x, 0, 3); sum_to_size(h, 1); sum_to_size(h, 2); sum_to_size(h, ())
sum_to_size(x); sum_to_size(x, size=(3,)); sum_to_size(x, 1, 3); view_as(x, 1.0); view_as(x, v); expand_as(x, s)
expand_as(s, x); expand_as(x, c); reshape_as(x, v); ravel(e); ravel(None); tril_indices(2, 3); tril_indices(-2, 3)
tril_indices(2, -3); tril_indices(2.0, 3); tril_indices(True, 3); tril_indices(3, 3, 1.0)
tril_indices(2, 3, dtype=float32); tril_indices(2, 3, dtype=bool); triu_indices(2, 3, dtype=uint8)
triu_indices(2, 3, dtype=int8); triu_indices(2, 3, dtype=int16); triu_indices(2, 3, dtype=int32)
tril_indices(2, 3, 1, dtype=None); triu_indices(row=2, col=3, offset=1); tril_indices(2, 3, dtype=float16)
triu_indices(2, 3, dtype=complex64); tril_indices(2)
"""
SOURCES = [source.strip() for line in CALLS.strip().splitlines() for source in line.split(";")]


def assert_alike(ours: Callable[[], Any], theirs: Callable[[], Any]) -> None:
    """Assert that two calls give the same structure, dtypes, shapes and numbers, or raise alike."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch's warnings of T and H, and of a missing `indexing`
        (got, our_error), (want, their_error) = outcome(ours), outcome(theirs)
    verdict = raises_alike(our_error, their_error)
    assert verdict.ok, verdict
    if their_error is None:
        assert structure(got) == structure(want)
        for mine, item in zip(jax.tree.leaves(got), torch_side.leaves(want), strict=True):
            np.testing.assert_array_equal(np.asarray(mine), canonical(torch_side.numpy(item)), strict=True)


@pytest.mark.proves("atleast_1d", "atleast_2d", "atleast_3d", "tril_indices", "triu_indices")
@pytest.mark.parametrize("source", SOURCES)
def test_shape_call_matches_torch(source: str) -> None:
    ours = {name: getattr(jf, name) for name in dir(jf)} | {name: jnp.asarray(array) for name, array in ARRAYS.items()}
    theirs = _Torch({name: torch_side.tensor(np.asarray(array)) for name, array in ARRAYS.items()})
    assert_alike(lambda: eval(source, dict(ours)), lambda: eval(source, theirs))


@given(st.integers(0, 4), st.integers(0, 4), st.integers(-6, 6))
def test_triangle_indices_match_torch(row: int, col: int, offset: int) -> None:
    for name in ("tril_indices", "triu_indices"):
        assert_alike(
            lambda name=name: getattr(jf, name)(row, col, offset),
            lambda name=name: getattr(torch, name)(row, col, offset),
        )


# Repeats given as a tensor.


@st.composite
def interleaved(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, int | None]:
    shape = draw(st.lists(st.sampled_from([1, 2, 3, 0]), min_size=1, max_size=3).map(tuple))
    dim = draw(st.none() | st.integers(-len(shape), len(shape) - 1))
    size = int(np.prod(shape)) if dim is None else shape[dim]
    counts = draw(st.sampled_from([(size,), (1,), ()]))
    repeats = draw(st.lists(st.integers(0, 3), min_size=int(np.prod(counts)), max_size=int(np.prod(counts))))
    dtype = draw(st.sampled_from(["int32", "int64"]))
    return np.arange(1.0, 1 + np.prod(shape)).reshape(shape), np.array(repeats, dtype).reshape(counts), dim


@pytest.mark.proves("repeat_interleave")
@settings(max_examples=settings.get_profile("quick").max_examples * 4)
@given(interleaved())
def test_repeat_interleave_and_its_gradient_match_torch(
    case: tuple[np.ndarray, np.ndarray, int | None],
) -> None:
    x, repeats, dim = case
    theirs = torch.tensor(x, requires_grad=True)
    want = torch.repeat_interleave(theirs, torch.tensor(repeats), dim)
    got, pull = jax.vjp(lambda x: jf.repeat_interleave(x, repeats, dim), jnp.asarray(x))
    np.testing.assert_array_equal(got, want.detach().numpy())
    weights = np.arange(got.size, dtype=x.dtype).reshape(got.shape)
    (slope,) = torch.autograd.grad(want, theirs, torch.tensor(weights), materialize_grads=True, allow_unused=True)
    np.testing.assert_array_equal(pull(jnp.asarray(weights))[0], slope.numpy())


@settings(max_examples=settings.get_profile("quick").max_examples * 2)
@given(interleaved())
def test_traced_repeats_with_output_size_give_the_same_result(case: tuple[np.ndarray, np.ndarray, int | None]) -> None:
    x, repeats, dim = case
    want = jf.repeat_interleave(jnp.asarray(x), repeats, dim)
    size = want.shape[0 if dim is None else dim]
    got = jax.jit(lambda x, repeats: jf.repeat_interleave(x, repeats, dim, output_size=size))(x, repeats)
    np.testing.assert_array_equal(got, want)


REPEATS = np.array([2, 1], "int32")


@pytest.mark.parametrize(("repeats", "size"), [([2, 1], 2), ([2, 1], 4), ([2, -1], 1), ([4, -1], 3)], ids=str)
def test_traced_repeats_that_do_not_fit_give_nan(repeats: list[int], size: int) -> None:
    counts = np.array(repeats, "int32")
    taken = jax.jit(lambda repeats: jf.repeat_interleave(jnp.ones(2), repeats, output_size=size))(counts)
    assert taken.shape == (size,)
    assert np.isnan(taken).all()
    places = jax.jit(lambda repeats: jf.repeat_interleave(repeats, output_size=size))(counts)
    assert (np.asarray(places) == np.iinfo("int32").min).all()


def test_traced_numbers_that_decide_a_shape_raise_with_advice() -> None:
    with pytest.raises(NotImplementedError, match="`output_size`"):
        jax.jit(lambda repeats: jf.repeat_interleave(jnp.ones(2), repeats))(REPEATS)
    with pytest.raises(NotImplementedError, match="Pass integers"):
        jax.jit(lambda cuts: jf.tensor_split(jnp.ones(4), cuts))(REPEATS)


# A traced start.


@pytest.mark.parametrize("start", range(-5, 6))
@pytest.mark.parametrize("length", [0, 1, 3])
def test_traced_start_gives_the_same_result_or_nan(start: int, length: int) -> None:
    x = jnp.arange(8.0).reshape(2, 4)
    want, error = outcome(lambda: jf.narrow(x, 1, start, length))
    got = jax.jit(lambda start: jf.narrow(x, 1, start, length))(start)
    assert got.shape == (2, length)
    if error is None:
        np.testing.assert_array_equal(got, want)
    else:
        assert np.isnan(got).all()


def test_new_start_with_the_same_length_does_not_recompile(caplog: pytest.LogCaptureFixture) -> None:
    x = jnp.arange(8.0).reshape(2, 4)
    calls = [lambda i: jf.narrow(x, 1, i, 2), lambda i: jf.select_scatter(x, jnp.ones(2), 1, i)]
    for call in calls:
        call(0)
    with jax.log_compiles():
        for call in calls:
            call(1)
    assert not [record.getMessage() for record in caplog.records if "ompil" in record.getMessage()]
