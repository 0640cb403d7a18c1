"""New tensors and their sizes, beside PyTorch's: values, dtypes, shapes and errors."""

import warnings
from typing import Any

import jax
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import jaxfun as jf
from jaxfun.parity import torch_side
from jaxfun.parity.check import outcome, raises_alike
from jaxfun.parity.compare import compare

TORCH = {name: getattr(torch, name) for name in dir(torch)} | {"np": np}
JAXFUN = {**vars(jf), "np": np}

# one source text for both sides
CALLS = """
zeros(2, 3); zeros((2, 3)); zeros([2]); zeros(()); zeros(0); zeros(2, dtype=int8); zeros(2, dtype=complex64)
zeros(); zeros(2.0); zeros(True); zeros(2, (3,)); zeros((2, -1)); zeros(-1); zeros(size=(2,)); ones(2, 3)
ones((1, 2)); ones(2, dtype=bool); ones('a'); ones(3, dtype=bfloat16); full((2,), 1); full((2,), True)
full((2,), 1.5); full((2,), 1j); full((), 3); full((2,), 1.5, dtype=int32); full(2, 1)
full((2,), float('nan'), dtype=int32); full((2,), 300, dtype=uint8); full((2,), 1j, dtype=float32)
full((2,), float('inf')); full([3], 7, dtype=half); eye(2); eye(2, 3); eye(3, 2); eye(0); eye(-1)
eye(2, dtype=bool); eye(2, dtype=int64); arange(5); arange(5.0); arange(1, 2, 0.5); arange(2, 5); arange(3, 0, -1)
arange(0, -3); arange(0, 3, 0); arange(1, 0); arange(5, dtype=float16); arange(0, 1, 0.1); arange(0, float('inf'))
arange(1j); arange(3, dtype=bool); arange(True); arange(1.0, 2.0, 0.3, dtype=int64); arange(0, 1e10, 1e9)
arange(-1.5, 1.5, 0.25, dtype=double); arange(2, 2); linspace(0, 1, 5); linspace(0, 1, 0); linspace(0, 1, 1)
linspace(0, 1, -1); linspace(0, 10, 4, dtype=int64); linspace(-3, 7, 11, dtype=double); linspace(0, 1j, 3)
linspace(1, 2, 3, dtype=bool); linspace(5, 1, 4); logspace(0, 2, 3); logspace(0, 2, 3, base=2)
logspace(0, 2, 3, dtype=int64); logspace(-2, 2, 5, dtype=double); tensor([]); tensor([[1, 2], [3]])
tensor([1, 2.0]); tensor([True, 1]); tensor([True, 1.0]); tensor([1, 1j]); tensor('a'); tensor(None)
tensor([1, None]); tensor(2**70); tensor(2**40); tensor((1, 2)); tensor(3); tensor([1.5], dtype=int64)
tensor([300], dtype=uint8); tensor([1j], dtype=float32); tensor([[], []]); tensor({1: 2}); tensor(True)
tensor([[[1.0]], [[2.0]]]); tensor(np.ones(2)); tensor(np.ones(2, np.int8)); tensor(np.float64(1))
tensor(np.float32(1)); tensor([np.float64(1)]); tensor([np.float32(1), 2]); tensor([np.ones(2), np.ones(2)])
tensor(np.ones(2), dtype=float32); tensor([[1, 2], 3]); tensor([1, [2]]); zeros_like(tensor([1, 2]))
ones_like(tensor([1.5, 2])); full_like(tensor([1, 2]), 7); full_like(tensor([1, 2]), 1.5)
zeros_like(tensor([1, 2]), dtype=half); ones_like(tensor(True)); zeros_like(1.0)
full_like(tensor([1.0]), 2, dtype=int64); full_like(tensor([1], dtype=uint8), 300)
"""
SOURCES = [source.strip() for source in CALLS.replace("\n", ";").split(";") if source.strip()]


def run(source: str, names: dict[str, Any]) -> Any:
    return outcome(lambda: eval(source, dict(names)))


def same(ours: Any, theirs: torch.Tensor) -> None:
    verdict = compare(np.asarray(ours), torch_side.numpy(theirs))
    assert verdict.ok, verdict


@pytest.mark.proves("zeros", "ones", "full", "eye", "arange", "linspace", "logspace", "tensor")
@pytest.mark.proves("zeros_like", "ones_like", "full_like")
@pytest.mark.parametrize("source", SOURCES)
def test_a_call_gives_or_raises_what_torchs_does(source: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs, their_error = run(source, TORCH)
    ours, our_error = run(source, JAXFUN)
    verdict = raises_alike(our_error, their_error)
    assert verdict.ok, verdict.detail
    if theirs is not None:
        same(ours, theirs)


FINITE = st.floats(-50, 50, width=16)


@given(start=FINITE, span=st.floats(0, 20), step=st.floats(0.125, 3))
@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "bfloat16", "int64", "uint8"])
def test_arange_is_torchs(dtype: str, start: float, span: float, step: float) -> None:
    whole = dtype in ("int64", "uint8")
    # whole numbers for an integer dtype: torch's count for others depends on the platform's rounding
    numbers = [int(abs(start)), int(abs(start)) + int(span), int(step) + 1] if whole else [start, start + span, step]
    ours = jf.arange(*numbers, dtype=dtype)
    theirs = torch.arange(*numbers, dtype=getattr(torch, dtype))
    same(ours, theirs)


@given(start=FINITE, end=FINITE, steps=st.integers(0, 20))
@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "complex64"])
def test_linspace_is_torchs(dtype: str, start: float, end: float, steps: int) -> None:
    ours = np.asarray(jf.linspace(start, end, steps, dtype=dtype))
    theirs = torch_side.numpy(torch.linspace(start, end, steps, dtype=getattr(torch, dtype)))
    assert ours.dtype == theirs.dtype
    # near zero both carry the rounding of the ends: the scale is theirs
    assert compare(ours, theirs, scale=max(abs(start), abs(end))).ok


@pytest.mark.proves("empty")
def test_empty_has_the_size_and_dtype_asked_for() -> None:
    assert (jf.empty(2, 3).shape, jf.empty((2,), dtype=jf.int8).dtype) == ((2, 3), np.int8)
    with pytest.raises(RuntimeError):
        jf.empty(-1)


@pytest.mark.proves("size", "shape", "numel", "dim")
@given(shape=st.lists(st.integers(0, 3), max_size=4).map(tuple), dim=st.integers(-5, 5))
def test_sizes_are_torchs(shape: tuple[int, ...], dim: int) -> None:
    ours, theirs = jf.zeros(shape), torch.zeros(shape)
    assert jf.size(ours) == jf.shape(ours) == tuple(theirs.size()) == tuple(theirs.shape)
    assert (jf.numel(ours), jf.dim(ours)) == (theirs.numel(), theirs.dim())
    got, error = outcome(lambda: jf.size(ours, dim))
    want, their_error = outcome(lambda: theirs.size(dim))
    assert got == want
    assert raises_alike(error, their_error).ok


def test_a_range_is_a_sequence() -> None:
    same(jf.tensor(range(3)), torch.tensor(range(3)))


def test_all_of_it_works_under_jit() -> None:
    made = jax.jit(lambda x: jf.full((2,), x) + jf.zeros(2) + jf.arange(2.0) + jf.ones_like(x))(jf.ones(()))
    np.testing.assert_array_equal(made, [2, 3])
