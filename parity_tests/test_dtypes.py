"""Exhaustive tests of dtypes: promotion, casts and limits match torch for every pair."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import jaxfun as jf
from jaxfun.core.dtypes import DTYPES, Category, DType
from jaxfun.core.errors import X64DisabledError
from jaxfun.parity.compare.arrays import compare
from jaxfun.parity.run import torch_side
from jaxfun.parity.run.outcome import outcome
from jaxfun.parity.search.verdicts import raises_alike

NUMBERS = (True, 1, 1.0, 1j)
PAIRS = list(itertools.product(DTYPES, DTYPES))
NAMES = [dtype.name for dtype in DTYPES]


def theirs(dtype: DType) -> torch.dtype:
    return torch_side.dtype(dtype.name)


def operands() -> list[tuple[object, object]]:
    """Return every dtype as a tensor and as a 0-dim tensor, and every kind of Python number, for both sides."""
    arrays = [
        (jnp.ones(shape, dtype.dtype), torch.ones(shape, dtype=theirs(dtype)))
        for dtype in DTYPES
        for shape in ((2,), ())
    ]
    return [*arrays, *((number, number) for number in NUMBERS)]


def name_of(dtype: torch.dtype) -> str:
    # JAX has no complex32; complex64 is used instead
    return str(dtype).removeprefix("torch.").replace("complex32", "complex64")


@pytest.mark.proves("promote_types", "can_cast")
def test_every_pair_promotes_and_casts_as_in_torch() -> None:
    for a, b in PAIRS:
        assert jf.promote_types(a, b).name == str(torch.promote_types(theirs(a), theirs(b))).removeprefix("torch.")
        assert jf.can_cast(a, b) == torch.can_cast(theirs(a), theirs(b)), (a, b)
    assert len(PAIRS) == 144


@pytest.mark.proves("result_type")
def test_result_type_matches_torch_for_every_pair_of_tensors_and_numbers() -> None:
    pairs = list(itertools.product(operands(), operands()))
    assert len(pairs) == 28 * 28 == 784
    wrong = [
        (a, b)
        for (a, torch_a), (b, torch_b) in pairs
        if jf.result_type(a, b).name != name_of(torch.result_type(torch_a, torch_b))  # type: ignore[arg-type]  # numbers too
    ]
    assert not wrong


def test_plain_jax_differs_on_about_a_hundred_of_the_mixed_pairs() -> None:
    pairs = itertools.product(operands(), operands())
    mixed = [(a, b) for a, b in pairs if not {type(a[0]), type(b[0])} <= NUMBER_TYPES]
    assert len(mixed) == 768
    with jax.numpy_dtype_promotion("standard"):
        differs = [1 for a, b in mixed if jnp.result_type(a[0], b[0]).name != name_of(torch.result_type(a[1], b[1]))]
    assert 80 <= len(differs) <= 140


NUMBER_TYPES = {bool, int, float, complex}


@pytest.mark.parametrize("dtype", DTYPES, ids=NAMES)
@pytest.mark.filterwarnings("ignore:ComplexHalf:UserWarning")
def test_add_has_the_promoted_dtype(dtype: DType) -> None:
    # computed, not only asked for: every kind of operand with this dtype
    for (a, torch_a), shape in itertools.product(operands(), ((2,), ())):
        tensor = torch.ones(shape, dtype=theirs(dtype))
        got = jax.eval_shape(jf.add, jnp.ones(shape, dtype.dtype), a)
        assert got.dtype.name == name_of(torch.add(tensor, torch_a).dtype), (dtype, a)  # type: ignore[arg-type]  # numbers too


def _limits(info: object, fields: tuple[str, ...]) -> list[object]:
    return [getattr(info, name) for name in fields]


@pytest.mark.proves("finfo", "iinfo", "is_floating_point", "is_complex", "type")
@pytest.mark.parametrize("dtype", DTYPES, ids=NAMES)
def test_finfo_iinfo_and_dtype_predicates_match_torch(dtype: DType) -> None:
    tensor, array = torch.ones(2, dtype=theirs(dtype)), jnp.ones(2, dtype.dtype)
    assert jf.is_floating_point(array) == torch.is_floating_point(tensor)
    assert jf.is_complex(array) == torch.is_complex(tensor)
    assert jf.type(array) == tensor.type()
    assert (dtype.is_floating_point, dtype.is_complex, dtype.itemsize) == (
        theirs(dtype).is_floating_point,
        theirs(dtype).is_complex,
        theirs(dtype).itemsize,
    )
    for ours, torchs in ((jf.finfo, torch.finfo), (jf.iinfo, torch.iinfo)):
        try:
            expected = torchs(theirs(dtype))
        except TypeError:
            with pytest.raises(TypeError):
                ours(dtype)
            continue
        fields = ours(dtype)._fields
        assert _limits(ours(dtype), fields) == _limits(expected, fields)


def test_dtypes_are_distinct_and_found_by_every_name() -> None:
    assert jf.float is jf.float32
    assert (jf.double, jf.half, jf.long, jf.short) == (jf.float64, jf.float16, jf.int64, jf.int16)
    assert jf.float32 == np.float32
    assert jnp.zeros(2, jf.int8).dtype == jf.int8
    assert jf.float32 != jf.float64
    assert len({*DTYPES, *(dtype.dtype for dtype in DTYPES)}) == 12
    assert jf.zeros(2, dtype=torch.int8).dtype == jf.int8
    for python in (bool, int, float, complex):  # in torch, Python's float means float64, but torch.float does not
        assert jf.zeros(2, dtype=python).dtype.name == str(torch.zeros(2, dtype=python).dtype).removeprefix("torch.")
    with pytest.raises(TypeError, match="a dtype, one of"):
        jf.zeros(2, dtype="float33")


def _castable(source: DType, target: DType) -> st.SearchStrategy:
    """Draw values whose cast is defined in C: no values that an integer target cannot hold."""
    if source.category is Category.BOOL:
        return st.booleans()
    low = 0 if "uint8" in (source.name, target.name) else -100
    whole = st.integers(low, 100)
    if source.category is Category.INTEGER:
        return whole
    if target.category is Category.INTEGER:
        return whole.map(lambda n: n + 0.5 if n < 100 else n) if source.is_floating_point else whole.map(complex)
    special = [0.0, -0.0, 1.0, float("inf"), float("-inf"), float("nan"), 0.1, -3.7, 60000.0]
    return st.sampled_from(special) if source.is_floating_point else st.sampled_from([0j, 1j, 1 - 2j, complex(0.1)])


@pytest.mark.proves("to")
@pytest.mark.parametrize(("source", "target"), PAIRS, ids=[f"{a.name}-{b.name}" for a, b in PAIRS])
@pytest.mark.filterwarnings("ignore:Casting complex:UserWarning")
def test_every_cast_matches_torch(source: DType, target: DType) -> None:
    @given(hnp.arrays(object, (4,), elements=_castable(source, target)))
    def holds(values: np.ndarray) -> None:
        array = np.array(values.tolist()).astype(source.dtype)
        expected = torch_side.numpy(torch_side.tensor(array).to(theirs(target)))
        for cast in (target, lambda x: jf.to(x, target), lambda x: jf.type(x, target)):
            got = np.asarray(cast(jnp.asarray(array)))
            assert compare(got, expected).ok, (got, expected)

    holds()


WIDE = [dtype for dtype in DTYPES if dtype.name in ("int64", "float64", "complex128")]


@pytest.mark.parametrize("dtype", WIDE, ids=[dtype.name for dtype in WIDE])
def test_requested_64_bit_dtype_raises_with_advice_while_x64_is_off(dtype: DType) -> None:
    asks = {
        "zeros": lambda: jf.zeros(2, dtype=dtype),
        "cast": lambda: dtype(jf.ones(2)),
        "to": lambda: jf.to(jf.ones(2), dtype),
        "sum": lambda: jf.sum(jf.ones(2), dtype=dtype),
        "from_numpy": lambda: jf.from_numpy(np.ones(2, dtype.dtype)),
        "an operand": lambda: jf.add(jf.ones(2), np.ones(2, dtype.dtype)),
        "tensor": lambda: jf.tensor(np.ones(2, dtype.dtype)),
        "tensor of NumPy scalars": lambda: jf.tensor([dtype.dtype.type(1)]),
        "linspace": lambda: jf.linspace(0, 1, 2, dtype=dtype),
        "full": lambda: jf.full((2,), 1, dtype=dtype),
    }
    with jax.enable_x64(False):
        for ask in asks.values():
            with pytest.raises(X64DisabledError, match=r'jax.config.update\("jax_enable_x64", True\)'):
                ask()


def test_default_64_bit_dtype_becomes_32_bit_while_x64_is_off() -> None:
    with jax.enable_x64(False), jax.numpy_dtype_promotion("standard"):
        assert jf.sum(jf.tensor([1, 2])).dtype == jf.int32
        assert jf.argmax(jf.ones(3)).dtype == jf.int32
        assert jf.max(jf.ones(3), 0).indices.dtype == jf.int32
        assert jf.arange(3).dtype == jf.tensor(1).dtype == jf.int32


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
@pytest.mark.parametrize("spacing", [1j, 0.5])
def test_complex_spacing_with_float16_raises(dtype: str, spacing: complex) -> None:
    ours, theirs = (
        outcome(lambda m=m: m.gradient(m.ones(3, dtype=getattr(m, dtype)), spacing=spacing)) for m in (jf, torch)
    )
    assert raises_alike(ours[1], theirs[1]).ok, (ours, theirs)
