"""Known differences are two-sided: outside its region both sides agree, inside it the difference is observed."""

import collections
import dataclasses
import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from jaxfun.core.dtypes import DTYPES, DType
from jaxfun.core.record import Op
from jaxfun.ops import records
from jaxfun.parity.compare.arrays import Bound
from jaxfun.parity.defaults import ABSENT, has_cuda
from jaxfun.parity.draw.invalid import refused, spoiled
from jaxfun.parity.draw.records import case_of, cases
from jaxfun.parity.known import known_differences, recorded
from jaxfun.parity.known.difference import Held, KnownDifference, nan, there
from jaxfun.parity.run.case import Case
from jaxfun.parity.search.judge import judge, judge_signature
from parity_tests.suite import RECORDS, candidate_of, checked, optimised

pytestmark = pytest.mark.alternate

KNOWN = [(record, known) for record in RECORDS for known in known_differences(record)]
LIKELY = ("float32", "complex64", "float16", "int8")  # the dtypes in which most differences appear, in this order
TRIED = (20, 200)  # first a few cases in every dtype, then many in one
SIGNATURES_TRIED = (2000,)  # these compile nothing


def is_seen(record: Op, known: KnownDifference, case: Case) -> bool:
    device = known.devices[0]
    held = [case.known(level, case.row(row), device) for level in known.levels for row in range(case.sets)]
    if known not in [item.known for item in held if item]:
        return False
    how = judge_signature if known.levels == ("errors",) else judge
    return checked(record, candidate_of(record), case, device, how, known.levels).seen.get(known.why, 0) > 0


def is_seen_among(record: Op, known: KnownDifference, drawn: st.SearchStrategy[Case], tries: int) -> bool:
    once = settings(max_examples=tries, derandomize=True, deadline=None, database=None, phases=[Phase.generate])
    try:
        find(drawn, lambda case: is_seen(record, known, case), settings=once)
    except NoSuchExample:
        return False
    return True


def taken_by(record: Op) -> list[DType]:
    taken = [dtype for dtype in DTYPES if dtype not in record.rejects]
    return sorted(taken, key=lambda dtype: LIKELY.index(dtype.name) if dtype.name in LIKELY else len(LIKELY))


def _saturated(name: str, *, is_cell: bool = False) -> dict[str, Any]:
    """Return the arguments of a recurrent function with complex gates near -200, by the names of all its overloads."""
    state = np.full((1, *([1] if is_cell else [1, 1]), 1), 1, np.complex64)
    weight = np.full((1, {"lstm": 4, "gru": 3}[name], 1), 10 + 1j, np.complex64)
    return {
        "hx": (state, state) if name == "lstm" else state,
        "input": -20 * state,
        "data": -20 * state[:, 0],
        "batch_sizes": np.array([[1]]),
        **{"w_ih": weight, "w_hh": weight, "params": (weight, weight)},
        **{"has_biases": False, "num_layers": 1, "dropout": 0.0},
        **{"train": False, "bidirectional": False, "batch_first": False},
    }


# Arguments that show a known difference that random draws rarely or never reach. The key is the record's name and the
# start of the reason; each tensor is a stack of one value set
GIVEN: dict[str, dict[str, Any]] = {
    "cumprod: the second derivative": {"input": np.array([[[1.0, np.nan], [0.0, 2.0]]], np.float32), "dim": 0},
    **{
        f"fft_{name}: the order of the sums": {"input": np.array([[np.inf] * 2 + [-0.4, -1.1]] * 2, np.float32)}
        for name in ("hfft", "irfft", "irfft2", "irfftn")
    },
    "logaddexp: torch's derivative": {
        "input": np.array([[50 + 0j]], np.complex64),
        "other": np.array([[-103 + 3j]], np.complex64),
    },
    "logaddexp: torch's log1p": {
        "input": np.array([[0j]], np.complex64),
        "other": np.array([[95 + 1j]], np.complex64),
    },
    "renorm: torch also differentiates": {
        "input": np.array([[[0.0, 1.0], [0.0, -0.0], [-0.0, 0.0]]], np.float32),
        "p": 3,
        "dim": -1,
        "maxnorm": 1,
    },
    "topk: torch does not define": {
        "input": np.array([[2.0, 1, 2, 1, 0, 2, 1, 1] * 8], np.float32),
        "k": 10,
        "dim": 0,
        "largest": True,
        "sorted": True,
    },
    **{
        f"{name}: torch's sort of more": {
            "input": np.array([[3, 1, 2, 1, 3, 2, 1, 3] * 8], np.int64),
            "dim": 0,
            "descending": False,
        }
        for name in ("sort", "argsort")
    },
    "mode: torch's mode": {"input": np.array([[3.0, 1, 2, 1, 3, 2, 1, 3] * 8], np.float32), "dim": 0, "keepdim": False},
    "cov: the mean of the only": {
        "input": np.array([[[0, 0, 0], [-1.5, 0, 0]]], np.float32),
        "aweights": np.array([[0.75, 0, 0]], np.float32),
        "correction": 0,
        "fweights": np.array([[5, 2, 4]]),
    },
    "prod.dim_int: whether a product": {"input": np.array([[0, 0, 0, np.nan]], np.float32), "dim": 0, "keepdim": False},
    "nuclear_norm.dim: where a singular": {
        "input": np.full((1, 3, 4), 1.5, np.float32),
        "p": "nuc",
        "keepdim": False,
    },
    "std.correction: in forward mode": {
        "input": np.zeros((1, 0), np.float32),
        "dim": (0,),
        "correction": -1,
        "keepdim": False,
    },
    "std_mean.correction: in forward mode": {
        "input": np.zeros((1, 0), np.float32),
        "dim": (0,),
        "correction": -1,
        "keepdim": False,
    },
    "addcdiv: at a divisor": {
        "input": np.zeros((1, 4, 1), np.float32),
        "tensor1": np.zeros((1, 1, 1), np.float32),
        "tensor2": np.zeros(1, np.float32),
        "value": 1,
    },
    "isin.Tensor_Tensor: with `assume_unique`": {
        "elements": np.array([[2.5, 2.5]], np.float32),
        "test_elements": np.arange(12, dtype=np.float32)[None],
        "assume_unique": True,
        "invert": False,
    },
    "addcdiv: torch divides real": {
        "input": np.array([[-1.5 - 1.5j]], np.complex64),
        "tensor1": np.array([[True]]),
        "tensor2": np.zeros((1, 1), np.float32),
        "value": 1,
    },
    "pow.Scalar: torch's kernels": {"input": 1, "exponent": np.array([[complex(np.nan, 1)]], np.complex64)},
    "float_power.Scalar: torch's kernels": {"input": 1, "exponent": np.array([[complex(np.nan, 1)]], np.complex64)},
    "topk: torch's documentation": {
        "input": np.array([[0.75, -1.25, -1.5, -0.5, -1.375]], np.float32),
        "k": 3,
        "dim": 0,
        "largest": False,
        "sorted": False,
    },
    "pow.Tensor_Tensor: torch's kernels": {
        "input": np.array([[-1.25 + 1.125j]], np.complex64),
        "exponent": np.array([[-1.25, np.nan]], np.float32),
    },
    "pow.Tensor_Tensor: at a base": {
        "input": np.array([[-2.5 - 0.375j]], np.complex64),
        "exponent": np.array([[0, 1]], np.uint8),
    },
    "cov: where the weights leave": {
        "input": np.array([[[28.30761], [18.643274], [-26.13622], [-36.243008]]], np.float32),
        "correction": 2,
        "fweights": np.array([[1]]),
        "aweights": np.array([[0.03739223]], np.float32),
    },
    "corrcoef: whether a constant": {"input": np.full((1, 2, 3), 2.6191266 - 3.8411818j, np.complex64)},
    "addcdiv: torch sums": {
        "input": np.zeros((1, 0), np.float32),
        "tensor1": np.zeros((1, 0), np.float32),
        "tensor2": np.zeros(1, np.float32),
        "value": 1,
    },
    **{
        f"{name}.correction: whether numbers that differ": {
            "input": np.repeat([[[0.273808403341474], [0.27380840334147394]]], 8, -1),
            "dim": 0,
            "correction": 2,
            "keepdim": False,
        }
        for name in ("var", "std", "var_mean", "std_mean")
    },
    **{
        f"{name}: with dim=()": {
            "input": np.array([[[1.0, 2.0, 4.0]]], np.float32),
            "dim": (),
            "unbiased": True,
            "correction": 1,
            "keepdim": False,
        }
        for name in map(".".join, itertools.product(("var", "std", "var_mean", "std_mean"), ("dim", "correction")))
    },
    **{f"{name}: torch's kernel for long": {"input": np.linspace(709.8, 710.4, 64)[None]} for name in ("sinh", "cosh")},
    **{
        f"{name}.Tensor: torch divides 16-bit": {
            "input": np.array([[-9.44138e-05, -5.55515e-05]], np.dtype("bfloat16")),
            "other": np.array([-1.1838025e-07], np.float32),
        }
        for name in ("fmod", "remainder")
    },
    "cholesky_solve: the result of": {
        "input": np.array([[[0.2, 0.4, -0.7, -0.1], [np.inf, 1.5, np.inf, 1.5]]], np.float32),
        "input2": np.array([[[1.5, 0], [-0.2, 1]]], np.float32),
        "upper": False,
    },
    "atan2: torch squares": {"input": np.array([[100]], np.int8), "other": np.array([[1.0]], np.float32)},
    **{f"{name}.{form}: torch computes 1": _saturated(name) for name in ("lstm", "gru") for form in ("input", "data")},
    **{f"{name}_cell: torch computes 1": _saturated(name, is_cell=True) for name in ("lstm", "gru")},
}


def is_shown(record: Op, known: KnownDifference) -> bool:
    """Return whether the given arguments show a difference."""
    name = f"{record.name}: {known.why}"
    given = next((arguments for start, arguments in GIVEN.items() if name.startswith(start)), None)
    if given is None:
        return False
    arguments = {name: given.get(name) for name in record.signature.parameters}
    return is_seen(record, known, case_of(record, arguments, ("given",), 0))


def named(record: Op, known: KnownDifference) -> Any:
    missing = pytest.mark.skipif("cpu" not in known.devices and not has_cuda(), reason=ABSENT)
    return pytest.param(record, known, marks=missing, id=f"{record.name}: {known.why}")


@pytest.mark.parametrize(("record", "known"), [named(*pair) for pair in KNOWN])
def test_known_difference_appears_in_its_region(record: Op, known: KnownDifference) -> None:
    is_found = is_observed(record, known)
    if not is_found:
        with optimised():  # some differences depend on how LLVM fuses a product and a sum
            is_found = is_observed(record, known)
    if known.machines and not is_found:  # BLAS chooses its kernels by the CPU
        pytest.skip(f"seen on {known.machines}")
    assert is_found, "not seen any more: delete it"


def is_observed(record: Op, known: KnownDifference) -> bool:
    """Return whether given or random arguments show a difference."""
    return is_shown(record, known) or (not known.machines and is_drawn(record, known))


def is_drawn(record: Op, known: KnownDifference) -> bool:
    """Return whether random arguments show a difference."""
    of_signatures = known.levels == ("errors",)
    drawn = (
        [spoiled(record), refused(record)] if of_signatures else [cases(record, dtype) for dtype in taken_by(record)]
    )
    ways = itertools.product(SIGNATURES_TRIED if of_signatures else TRIED, drawn)
    return any(is_seen_among(record, known, strategy, tries) for tries, strategy in ways)


def test_false_known_difference_does_not_appear() -> None:
    record = next(record for record in RECORDS if record.name == "exp")
    none = KnownDifference(lambda arguments: True, jaxfun="", torch="", why="none", source="")
    assert not is_seen_among(record, none, cases(record, taken_by(record)[0]), TRIED[0])


def test_every_known_difference_belongs_to_a_record() -> None:
    assert recorded() <= {record.name for record in RECORDS} <= records().keys()


MOST = 0.1  # of the value sets drawn for an op
ON_VALUES = [(record, known) for record, known in KNOWN if known.levels != ("errors",) and "cpu" in known.devices]


def share_held(record: Op, known: KnownDifference) -> float:
    """Return the share of the value sets drawn for a record's first dtype that are in the region."""
    counts: collections.Counter[bool] = collections.Counter()

    @settings(max_examples=40, phases=[Phase.generate], deadline=None, database=None, derandomize=True)
    @given(cases(record, taken_by(record)[0]))
    def draw(case: Case) -> None:
        held = [case.known(known.levels[0], case.row(row), "cpu") for row in range(case.sets)]
        counts.update(item is not None and item.known == known for item in held)

    draw()
    return counts[True] / counts.total()


@pytest.mark.parametrize(("record", "known"), [named(*pair) for pair in ON_VALUES])
def test_large_region_of_a_known_difference_has_a_reason(record: Op, known: KnownDifference) -> None:
    assert known.much or share_held(record, known) <= MOST


def test_large_region_of_a_known_difference_is_measured() -> None:
    record, known = next(pair for pair in ON_VALUES if pair[1].much and pair[0].name == "clamp.Tensor")
    assert share_held(record, known) > MOST


def test_undocumented_answer_is_not_excused() -> None:
    result = np.array([1.0, np.nan, np.inf, 2.0])
    known = KnownDifference(
        lambda arguments: True, "NaN", "", "", "", answer=nan, elements=lambda got, _: np.arange(4) < 2
    )
    assert Held(known, {}).excuses(result, result).tolist() == [False, True, False, False]
    assert Held(dataclasses.replace(known, answer=None), {}).excuses(result, result).tolist() == [
        True,
        True,
        False,
        False,
    ]
    assert Held(KnownDifference(lambda arguments: True, "", "", "", ""), {}).excuses(result, result).all()


def test_error_beyond_the_tolerance_of_a_known_difference_is_not_excused() -> None:
    near = KnownDifference(lambda arguments: True, "", "", "", "", within=Bound(rtol=0.1, atol=0.5))
    result, target = np.array([1.0, 12.0, 1.0, np.nan]), np.array([1.5, 10.0, 2.0, 1.0])
    assert near.excuses(result, target, {}).tolist() == [True, False, False, False]


def test_element_of_a_broadcast_operand_is_excused_if_one_of_its_terms_is() -> None:
    excused = there(lambda arguments: np.asarray(arguments["x"]) < 0)
    x = {"x": [[1, -1, 1], [1, 1, 1]]}
    for shape, want in (((2, 3), [[0, 1, 0], [0, 0, 0]]), ((3,), [0, 1, 0]), ((2, 1), [[1], [0]]), ((), 1)):
        assert np.asarray(excused(np.zeros(shape), x)).tolist() == np.array(want, bool).tolist()


@pytest.mark.parametrize("name", ["topk", "kthvalue"])
def test_wrong_value_among_ties_is_not_excused(name: str) -> None:
    known = known_differences(records()[name])[0]
    input = np.array([[3, 1, 3, 2], [0, np.nan, 0, np.nan]], np.float32)
    arguments = {"input": input, "dim": -1, "k": 2, "largest": True, "sorted": True}
    of_topk = ([[3, 3], [np.nan, np.nan]], [[2, 0], [3, 1]], [[2, 1], [3, 0]])
    of_kth = ([2, 0], [3, 0], [3, 1])
    if name == "kthvalue":
        arguments = {"input": input, "dim": -1, "k": 2, "keepdim": False}
    values, places, others = of_topk if name == "topk" else of_kth
    for result, right in ((np.array(values, np.float32), True), (np.array(places), True), (np.array(others), False)):
        assert known.excuses(result, result, arguments).all() == right
    wrong = np.nan_to_num(np.array(values, np.float32)) + 1
    assert not known.excuses(wrong, wrong, arguments).any()
