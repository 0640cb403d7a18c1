"""Creation functions and sizes beside PyTorch's: values, dtypes, shapes and errors."""

import math
import warnings
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import jaxfun as jf
from jaxfun.parity.compare.arrays import compare
from jaxfun.parity.run import torch_side
from jaxfun.parity.run.outcome import outcome
from jaxfun.parity.search.verdicts import raises_alike

# `type_of(1.0)` is Python's float; both libraries use that name for a dtype
OTHERS = {"np": np, "type_of": type}
TORCH = {name: getattr(torch, name) for name in dir(torch)} | OTHERS
JAXFUN = {name: getattr(jf, name) for name in dir(jf)} | OTHERS

# the same source text for both libraries
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
full_like(tensor([1.0]), 2, dtype=int64); full_like(tensor([1], dtype=uint8), 300); full_like(ones(2), 1e39)
full_like(ones(2), 'a'); full_like(ones(2), None); full_like(ones(2), ones(2)); full_like(ones(2, dtype=half), 1e6)
full((2,), -3, dtype=uint8); full((2,), -256, dtype=uint8); full((2,), -3.0, dtype=uint8); full((2,), 3, dtype=bool)
full((2,), 127.9, dtype=int8); full((2,), 1e6, dtype=half); full((2,), 1e39); full((2,), 1e39, dtype=complex64)
full((2,), 1j, dtype=bool); full((2,), 1 + 0j, dtype=float32); full((2,), tensor(2.5, dtype=float64))
full((2,), ones(1)); full((2,), np.float64(2)); full((2,), np.int8(2)); full((2,), 'a'); full((2,), 2**63)
zeros(2, dtype=type_of(1.0)); zeros(2, dtype=type_of(1j)); zeros(2, dtype=type_of(1)); zeros(2, dtype=type_of(True))
tensor([-3], dtype=uint8); tensor([127.9], dtype=int8); tensor([1e39]); tensor([1e6], dtype=half); tensor([2**63])
tensor([2**64, 1.0]); tensor([2**70], dtype=double); tensor([1j], dtype=bool); tensor([1.00048828126], dtype=half)
tensor([[], [1]]); tensor([[1], []]); tensor([[], 1]); tensor(['a']); tensor(['']); tensor([1, 'a']); tensor([b'a'])
tensor([tensor([1.0]), tensor([2.0])]); tensor([ones(2)]); tensor([tensor(1), 2.5]); tensor([ones(1, 1), 2])
tensor([np.float64(1), np.complex64(1)]); tensor([np.uint8(1), np.int8(1)]); tensor([np.float16(1), 2])
tensor([np.ones(2), [1, 2]]); tensor([np.ones(2), np.ones(3)])
arange(0, 5, 0.5, dtype=int32); arange(0, 5, 0.5, dtype=int64); arange(0, -5, 0.5, dtype=int64)
arange(0.5, 5.5, 2.5, dtype=int64); arange(-3, 3, dtype=uint8); arange(0, 300, 100.5, dtype=uint8)
arange(3, dtype=complex64); arange(2**53 + 1, 2**53 + 4); arange(0, 2**63); arange(0, 3, float('inf'))
arange(0, 3, float('nan')); arange(0, float('nan')); arange(0, 1, 1e-20); arange(tensor(3)); arange(ones(2))
arange('a'); arange(0, 2, float('inf'), dtype=int64); arange(0, 0, -1); arange(tensor(3.0, dtype=float64))
arange(np.float64(3))
linspace(0, 1, 2.0); linspace(0, 1, True); linspace('a', 1, 3); linspace(zeros(2), 1, 3); linspace(0, tensor(3), 4)
linspace(tensor(0.0, dtype=float64), 1, 3); linspace(0, float('inf'), 3); linspace(1j, 2, 3, dtype=float32)
linspace(-3, 3, 4, dtype=uint8); linspace(0, 300, 4, dtype=uint8); linspace(0, 1e6, 3, dtype=half); linspace(1e39, 1, 3)
linspace(2, 3, 1, dtype=bool); linspace(0, 1, 0, dtype=bool); linspace(1e39, 1, 0); linspace(0, 300, 1, dtype=uint8)
logspace(0, 1, 3, dtype=bool); logspace(0, 1, 3, base='a'); logspace(0, 1, 3, base=1j); logspace(0, 1, 3, base=0)
logspace(0, 1, 3, base=-2); logspace(3, 1, 1, 2); logspace(3, 1, 1, dtype=uint8); logspace(0.7, 2.6, 5, dtype=int64)
logspace(0, 1, -1); logspace(0, 40, 3); logspace(1j, 1, 2, dtype=float32); linspace(1j, 2, -1, dtype=float32)
"""
# before 2.13 torch divides by the step after int64 has truncated it to 0, which crashes the process
ENDS_THE_PROCESS = tuple(map(int, torch.__version__.split(".")[:2])) < (2, 13)
FATAL = {"arange(1.0, 2.0, 0.3, dtype=int64)", "arange(0, 5, 0.5, dtype=int64)"} if ENDS_THE_PROCESS else set()
SOURCES = [
    pytest.param(source, marks=pytest.mark.skip(reason="this torch divides by a step of 0"))
    if source in FATAL
    else source
    for source in map(str.strip, CALLS.replace("\n", ";").split(";"))
    if source
]


def run(source: str, names: dict[str, Any]) -> Any:
    return outcome(lambda: eval(source, dict(names)))


def same(ours: Any, theirs: torch.Tensor) -> None:
    verdict = compare(np.asarray(ours), torch_side.numpy(theirs))
    assert verdict.ok, verdict


@pytest.mark.proves("zeros", "ones", "full", "eye", "arange", "linspace", "logspace", "tensor")
@pytest.mark.proves("zeros_like", "ones_like", "full_like")
@pytest.mark.parametrize("source", SOURCES)
def test_creation_call_matches_torch(source: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs, their_error = run(source, TORCH)
    ours, our_error = run(source, JAXFUN)
    verdict = raises_alike(our_error, their_error)
    assert verdict.ok, verdict.detail
    if theirs is not None:
        same(ours, theirs)


FINITE = st.floats(-50, 50)
# no numbers so small that they only decide a tie: torch rounds once where two roundings happen here
ENDS = st.one_of(st.just(0.0), st.floats(0.01, 50), st.floats(-50, -0.01))
EXACT = st.integers(-400, 400).map(lambda n: n / 8)  # their sums are exact
FLOATS = ["float32", "float64", "float16", "bfloat16"]
WHOLE = ["int64", "int32", "int16", "int8", "uint8"]
# torch's kernels use fused multiply-add where the processor has it, and so does jaxfun
FUSED = torch.backends.cpu.get_cpu_capability() in ("AVX2", "AVX512")


def near(ours: Any, theirs: torch.Tensor, scale: float, ulps: int) -> None:
    """Assert equal dtypes and lengths, and a distance of at most `ulps` ULP of `scale`."""
    got, want = np.asarray(ours), torch_side.numpy(theirs)
    assert (got.dtype, got.shape) == (want.dtype, want.shape)
    allowed = 0.0 if np.issubdtype(got.dtype, np.integer) else ulps * float(jnp.finfo(got.dtype).eps) * scale
    assert np.abs(got.astype(complex) - want.astype(complex)).max(initial=0) <= allowed, (got, want)


@given(start=FINITE, span=st.floats(0, 20), step=st.floats(0.125, 3), sign=st.sampled_from([-1, 1]))
@pytest.mark.parametrize("dtype", FLOATS)
def test_arange_matches_torch_within_an_ulp_of_its_ends(
    dtype: str, start: float, span: float, step: float, sign: int
) -> None:
    numbers = (start, start + sign * span, sign * step)
    theirs = torch.arange(*numbers, dtype=getattr(torch, dtype))
    near(jf.arange(*numbers, dtype=dtype), theirs, abs(start) + span, ulps=1)


@given(
    start=EXACT,
    span=st.integers(0, 160),
    step=st.integers(8 if ENDS_THE_PROCESS else 1, 24),
    sign=st.sampled_from([-1, 1]),
)
@pytest.mark.parametrize("dtype", [*FLOATS[:2], *WHOLE])
def test_arange_matches_torch_bitwise_if_sums_are_exact(
    dtype: str, start: float, span: int, step: int, sign: int
) -> None:
    first = abs(start) + 20 if dtype == "uint8" else start
    numbers = (first, first + sign * span / 8, sign * step / 8)
    theirs, their_error = outcome(lambda: torch.arange(*numbers, dtype=getattr(torch, dtype)))
    ours, error = outcome(lambda: jf.arange(*numbers, dtype=dtype))
    assert raises_alike(error, their_error).ok, (error, their_error)  # a step that int64 truncates to 0
    if theirs is not None:
        near(ours, theirs, 0, ulps=0)


@given(start=ENDS, end=ENDS, steps=st.integers(0, 40))
@pytest.mark.parametrize("dtype", [*FLOATS, *WHOLE, "complex64", "complex128"])
def test_linspace_matches_torch_bitwise(dtype: str, start: float, end: float, steps: int) -> None:
    ends = [abs(number) if dtype == "uint8" else number for number in (start, end)]
    theirs = torch.linspace(*ends, steps, dtype=getattr(torch, dtype))
    near(jf.linspace(*ends, steps, dtype=dtype), theirs, max(map(abs, ends)), ulps=0 if FUSED else 1)


@given(parts=st.tuples(ENDS, ENDS, ENDS, ENDS), steps=st.integers(0, 20))
def test_linspace_accepts_complex_ends(parts: tuple[float, float, float, float], steps: int) -> None:
    ends = complex(*parts[:2]), complex(*parts[2:])
    near(jf.linspace(*ends, steps), torch.linspace(*ends, steps), 71, ulps=0 if FUSED else 1)


@given(
    start=st.floats(-4, 4),
    end=st.floats(-4, 4),
    steps=st.integers(0, 40),
    base=st.sampled_from([10.0, 2.0, 0.5, math.e]),
)
@pytest.mark.parametrize("dtype", [*FLOATS, "int64", "int32", "int16", "complex64"])
def test_logspace_matches_torch(dtype: str, start: float, end: float, steps: int, base: float) -> None:
    ours = jf.logspace(start, end, steps, base, dtype=dtype)
    theirs = torch.logspace(start, end, steps, base, dtype=getattr(torch, dtype))
    # the rounding of an exponent grows with its size; a power differs by an ULP between the libraries
    near(ours, theirs, base ** math.copysign(4, base - 1), ulps=8 if dtype == "complex64" else 1)


def test_traced_ends_are_accepted() -> None:
    for make in (jf.linspace, jf.logspace):
        traced = jax.jit(lambda a, b, make=make: make(a, b, 5))(0.0, 2.0)
        # XLA computes it here and NumPy there: float32 agrees to a few ULP (bitwise for known ends)
        np.testing.assert_allclose(traced, make(0, 2, 5), rtol=1e-6)
    slope = jax.grad(lambda end: jf.sum(jf.linspace(0, end, 5)))(jf.tensor(1.0))
    assert float(slope) == 2.5
    rows = jax.vmap(lambda start: jf.linspace(start, 1, 3))(jf.arange(2.0))
    np.testing.assert_array_equal(rows, [[0, 0.5, 1], [1, 1, 1]])


def nested(leaves: st.SearchStrategy) -> st.SearchStrategy:
    pairs = st.lists(leaves, min_size=2, max_size=2)
    return st.one_of(leaves, st.lists(leaves, max_size=4), st.lists(pairs, max_size=3))


NUMBERS = st.one_of(
    st.booleans(), st.integers(-(2**31), 2**31), st.floats(width=32), st.complex_numbers(max_magnitude=100)
)
SCALARS = st.sampled_from([np.float16(1.5), np.float64(0.1), np.int8(3), np.complex64(1j), np.bool_(True)])
GIVEN = st.sampled_from(["bool", "uint8", "int64", "float16", "bfloat16", "float64", "complex64"])


# a NumPy scalar has its own dtype; if `dtype` is given, torch may refuse it by its Python protocols
@given(case=st.one_of(st.tuples(nested(NUMBERS), GIVEN), st.tuples(nested(NUMBERS | SCALARS), st.none())))
def test_tensor_accepts_nested_lists_as_torch_does(case: tuple[Any, str | None]) -> None:
    data, dtype = case
    ours, error = outcome(lambda: jf.tensor(data, dtype=dtype))
    theirs, their_error = outcome(lambda: torch.tensor(data, dtype=dtype and getattr(torch, dtype)))
    assert raises_alike(error, their_error).ok, (error, their_error)
    if theirs is not None:
        same(ours, theirs)


def test_number_beyond_32_bits_is_never_wrapped_silently() -> None:
    with jax.enable_x64(False):
        for make in (lambda: jf.arange(2**40, 2**40 + 2), lambda: jf.full((2,), 2**40), lambda: jf.tensor([2**40])):
            with pytest.raises(RuntimeError, match="int32 can hold"):
                make()


@pytest.mark.proves("empty")
def test_empty_has_the_requested_size_and_dtype() -> None:
    assert (jf.empty(2, 3).shape, jf.empty((2,), dtype=jf.int8).dtype) == ((2, 3), np.int8)
    with pytest.raises(RuntimeError):
        jf.empty(-1)


@pytest.mark.proves("size", "shape", "numel", "dim")
@given(shape=st.lists(st.integers(0, 3), max_size=4).map(tuple), dim=st.integers(-5, 5))
def test_sizes_match_torch(shape: tuple[int, ...], dim: int) -> None:
    ours, theirs = jf.zeros(shape), torch.zeros(shape)
    assert jf.size(ours) == jf.shape(ours) == tuple(theirs.size()) == tuple(theirs.shape)
    assert (jf.numel(ours), jf.dim(ours)) == (theirs.numel(), theirs.dim())
    got, error = outcome(lambda: jf.size(ours, dim))
    want, their_error = outcome(lambda: theirs.size(dim))
    assert got == want
    assert raises_alike(error, their_error).ok


def test_range_object_is_a_sequence() -> None:
    same(jf.tensor(range(3)), torch.tensor(range(3)))


def test_creation_works_under_jit() -> None:
    made = jax.jit(lambda x: jf.full((2,), x) + jf.zeros(2) + jf.arange(2.0) + jf.ones_like(x))(jf.ones(()))
    np.testing.assert_array_equal(made, [2, 3])
