"""Run the parity engine on plain JAX: where a torch function's JAX counterpart deviates, and the smallest such input.

`deviations` searches, `measured` evaluates a stored deviation.
"""

import functools
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import hypothesis
import jax
import numpy as np
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from ..core.dtypes import as_dtype
from ..core.record import Op
from ..parity.compare.arrays import compare
from ..parity.draw.invalid import spoiled
from ..parity.draw.records import cases, determined
from ..parity.report.model import COMPUTED, Mismatch
from ..parity.run import torch_side
from ..parity.run.candidate import Sides
from ..parity.run.case import Case, Slot
from ..parity.run.options import Options
from ..parity.run.outcome import outcome
from ..parity.script.literals import nested
from ..parity.search.judge import judge, judge_signature, without_warnings
from ..parity.search.search import clear_ones
from ..parity.search.shrink import Shrinker
from ..parity.search.verdicts import builtin_of, raised, raises_alike, targets
from .counterparts import Counterpart, in_jax
from .spelling import call_text, case_from, rounded_text
from .stand_ins import is_recorded

# dtypes to try, in order, and the number of configurations for each
TRIED: Mapping[str, int] = {"float32": 8, "int64": 3, "complex64": 3, "bool": 2, "float16": 2}
_DERIVATIVES = ("vjp", "jvp", "hvp")
_DRAWN = 100  # configurations drawn; only the simplest are judged
_SPOILED = 200
_TERMS = Options(frozenset((*COMPUTED, "errors")), exact=False, plants=False, alone=False)
SORTS = ("value", "dtype", "derivative", "refuses", "accepts")  # kinds of deviation; one of each is shown


@dataclass(frozen=True)
class Deviation:
    """A deviation: the call, the level, and each library's answer."""

    sort: str  # one of SORTS
    level: str
    call: str  # in torch's spelling: `std(tensor([1.0, 3.0]), correction=0)`
    along: tuple[int, int] | None  # the seed of a derivative's random directions; None for directions of ones
    jax: str
    torch: str
    jaxfun: str
    why: str


@without_warnings
def deviations(records: Sequence[Op], counterpart: Counterpart, jaxfun: Callable[..., Any]) -> list[Deviation]:
    """Return where the JAX counterpart of a torch function deviates from it, each sort of deviation once.

    `records` are the function's overloads, `jaxfun` is jaxfun's function.
    """
    found: dict[str, Deviation] = {}
    for record in records[::-1]:  # reversed: the more general overloads come last
        for sides, item in _mismatches(record, counterpart):
            sort = _sort(item)
            if sort not in found:
                deviation = _deviation(record, counterpart, sides, item, jaxfun)
                found |= {sort: deviation} if deviation else {}
    return [found[sort] for sort in SORTS if sort in found]


def _sort(found: Mismatch) -> str:
    if found.verdict.kind == "raises":
        return "refuses" if found.verdict.detail.startswith("raised") else "accepts"
    if found.level in _DERIVATIVES:
        return "derivative"
    return "dtype" if "dtype" in found.verdict.kind else "value"


def _mismatches(record: Op, counterpart: Counterpart) -> Iterator[tuple[Sides, Mismatch]]:
    """Yield the mismatches, shrunk, each sort once: by dtype and level, then invalid inputs that JAX accepts."""
    if not counterpart.takes(record, {}):
        return
    candidate = determined(record, in_jax(counterpart, record))
    reference, shown = determined(record, torch_side.resolve(record.torch)), set()
    for name in TRIED:
        if as_dtype(name) in record.rejects:
            continue
        drawn = _tried(record, counterpart, name)
        for case in drawn if is_recorded(record) else drawn[::-1]:  # stand-ins are not shrunk: smallest first
            sides = Sides(candidate, reference, case)
            for item in clear_ones(judge(sides, _TERMS)[1] if is_recorded(record) else _eager(sides), case):
                if _sort(item) not in shown:
                    shown.add(_sort(item))
                    yield Shrinker(_TERMS, frozenset({item.level} & {*COMPUTED})).shrunk(sides, item)
    for case in filter(functools.partial(_takes, counterpart, record), simplest(spoiled(record), _SPOILED)):
        sides = Sides(candidate, reference, case)
        error = sides.theirs.raises(0)
        if error is None or isinstance(error, TypeError):  # wrong types are not compared
            continue
        for item in judge_signature(sides, _TERMS)[1]:
            if _sort(item) not in shown:
                shown.add(_sort(item))
                yield Shrinker(_TERMS, frozenset()).shrunk(sides, item)


def _tried(record: Op, counterpart: Counterpart, name: str) -> list[Case]:
    """Return the cases of a dtype to judge: first type promotion with a 0-dim tensor, then the simplest."""
    drawn = simplest(cases(record, as_dtype(name)), _DRAWN)
    drawn = [case for case in drawn if _takes(counterpart, record, case)]
    promoting = [other for case in drawn if record.broadcasts and (other := _with_a_wider_number(case))]
    return [*promoting[:1], *drawn][: TRIED[name]]


def _with_a_wider_number(case: Case) -> Case | None:
    """Return the case with its last float16 tensor replaced by a 0-dim float32 one; None if that is not possible."""
    *others, last = case.tensors
    if not others or str(last.dtype) != "float16" or 0 in last.shape or all(item.ndim < 2 for item in others):
        return None
    return replace(case, tensors=(*others, last.reshape(case.sets, -1)[:, 0].astype(np.float32)))


def _takes(counterpart: Counterpart, record: Op, case: Case) -> bool:
    """Return whether the JAX counterpart supports all arguments of a case."""
    args, kwargs = case.theirs
    return counterpart.takes(record, record.signature.bind(*args, **kwargs).arguments)


def _eager(sides: Sides) -> list[Mismatch]:
    """Return the mismatches of single value sets, called eagerly: their results may differ in shape."""
    found = []
    for row in range(sides.case.sets):
        results, error = outcome(lambda row=row: sides.eager(sides.case.row(row)))
        theirs = sides.theirs.raises(row)
        if error is not None or theirs is not None:
            verdict = raised(error) if error and theirs is None else raises_alike(error, theirs, exact=False)
            found.append(Mismatch("errors", row, 0, verdict))
            continue
        pairs = zip(results, sides.theirs.outputs(row), strict=False)
        found += [Mismatch("value", row, leaf, compare(*pair, pair[1])) for leaf, pair in enumerate(pairs)]
    return [item for item in found if not item.verdict.ok]


def simplest(strategy: st.SearchStrategy[Case], count: int) -> list[Case]:
    """Return the cases of `count` deterministic draws, simplest first, each configuration once."""
    drawn: dict[str, Case] = {}

    @hypothesis.seed(0)
    @settings(
        max_examples=count,
        phases=[Phase.generate],
        database=None,
        derandomize=False,  # the seed above decides, not the profile
        deadline=None,
        suppress_health_check=[*HealthCheck],  # type: ignore[arg-type]  # the class is iterable, which its stub omits
    )
    @hypothesis.given(strategy)
    def draw(case: Case) -> None:
        configuration = repr((case.ours, [(item.shape, item.dtype) for item in case.tensors]))
        drawn[configuration] = max(drawn.get(configuration, case), case, key=_variety)

    draw()
    return sorted(drawn.values(), key=_complexity)


def _variety(case: Case) -> int:
    # Hypothesis begins with all zeros, so prefer the draw with most distinct numbers
    return sum(len(np.unique(stack)) for stack in case.tensors)


def _complexity(case: Case) -> tuple[int, int]:
    sizes = [math.prod(stack.shape[1:]) for stack in case.tensors]
    static = [leaf for leaf in jax.tree.leaves(tuple(case.ours)) if not isinstance(leaf, Slot)]
    # among simple calls, prefer many elements: they show more, and are shrunk later
    return len(static) + 9 * any(size == 0 for size in sizes), -sum(sizes)


def _deviation(
    record: Op, counterpart: Counterpart, sides: Sides, found: Mismatch, jaxfun: Callable[..., Any]
) -> Deviation | None:
    """Return the deviation as it is shown: with directions of ones, if it shows there too."""
    case = sides.case if found.level != "errors" else sides.case.like_row(found.row, [sides.case.row(found.row)])
    for is_plain in (True, False):
        shown = replace(case, is_plain=is_plain)
        answers = answers_of(sides.candidate, determined(record, jaxfun), sides.reference, shown, found.level)
        if is_of_sort(_sort(found), answers):
            along = None if is_plain or found.level in ("value", "errors") else (case.seed, case.number(0))
            why = counterpart.why.get(_sort(found)) or _reason(sides.candidate, sides.reference, shown, found, answers)
            return Deviation(_sort(found), found.level, call_text(record, case), along, **answers, why=why)
    return None


_WIDE = "with 64-bit types on, JAX converts integers to float64, PyTorch to float32"
_YIELDS = "PyTorch ignores the dtype of a 0-dim tensor beside one with dimensions, JAX promotes it like any other"


def _reason(
    candidate: Callable[..., Any],
    reference: Callable[..., Any],
    case: Case,
    found: Mismatch,
    answers: Mapping[str, str],
) -> str:
    """Return why two dtypes differ, if a general rule explains it; else the message of the library that raises."""
    if _sort(found) == "dtype":
        kinds = {item.dtype.kind for item in case.tensors}
        if kinds <= {*"biu"} and "(float64)" in answers["jax"] and "(float32)" in answers["torch"]:
            return _WIDE
        return _YIELDS if len({item.ndim > 1 for item in case.tensors}) > 1 else ""
    sides = Sides(candidate, reference, case)
    errors = {"accepts": lambda: sides.theirs.raises(0), "refuses": lambda: outcome(sides.ours)[1]}
    error = errors.get(_sort(found), lambda: None)()
    return "" if error is None else f"{_LIBRARY[_sort(found)]}: {str(error).strip().split(chr(10))[0]}"


_LIBRARY = {"accepts": "PyTorch", "refuses": "JAX"}


# Answers


@without_warnings
def measured(
    records: Sequence[Op], counterpart: Counterpart, jaxfun: Callable[..., Any], stored: Mapping[str, Any]
) -> dict[str, str]:
    """Return each library's answer for a stored deviation: the fields of a `Deviation`."""
    record, case = case_from(stored["call"], records, stored["along"] and tuple(stored["along"]))
    sides = in_jax(counterpart, record), jaxfun, torch_side.resolve(record.torch)
    ours, jaxfuns, theirs = (determined(record, side) for side in sides)
    return answers_of(ours, jaxfuns, theirs, case, stored["level"])


def answers_of(
    candidate: Callable[..., Any], jaxfun: Callable[..., Any], reference: Callable[..., Any], case: Case, level: str
) -> dict[str, str]:
    """Return the answers of JAX, PyTorch and jaxfun for the first value set of a case at a level, as texts."""
    given = {
        "jax": outcome(lambda: _ours(candidate, reference, case, level)),
        "torch": outcome(lambda: _theirs(reference, case, level)),
        "jaxfun": outcome(lambda: _ours(jaxfun, reference, case, level)),
    }
    dtypes = {tuple(str(item.dtype) for item in results) for results, error in given.values() if error is None}
    is_typed = len(dtypes) > 1 and level not in _DERIVATIVES
    for digits in (5, 9, 17):
        texts = {side: _outcome_text(*pair, digits, is_typed) for side, pair in given.items()}
        if differ(texts["jax"], texts["torch"]):
            break
    return texts


_NUMBERS = {"True", "False", "nan", "inf"}  # one-word answers that are not exception names


def is_of_sort(sort: str, answers: Mapping[str, str]) -> bool:
    """Return whether JAX's and PyTorch's answers show a deviation of this sort.

    >>> [is_of_sort("accepts", {"jax": jax, "torch": "RuntimeError"}) for jax in ("True", "TypeError")]
    [True, False]
    """
    raises = tuple(answers[side].isidentifier() and answers[side] not in _NUMBERS for side in ("jax", "torch"))
    wanted = {"accepts": (False, True), "refuses": (True, False)}.get(sort, (False, False))
    return differ(answers["jax"], answers["torch"]) and raises == wanted


def differ(one: str, other: str) -> bool:
    """Return whether two answers differ in more than the sign of a zero.

    >>> differ("[0.0, 1-0j, 0-1j]", "[-0.0, 1+0j, -0-1j]"), differ("-0.05", "0.05"), differ("0-1j", "0+1j")
    (False, True, True)
    """
    return _signless(one) != _signless(other)


def _signless(text: str) -> str:
    text = re.sub(r"-0\.0(?!\d)", "0.0", text).replace("-0j", "+0j")
    return re.sub(r"(?<![\de.])-0(?=[+-])", "0", text)  # the real part of a complex number


def _ours(function: Callable[..., Any], reference: Callable[..., Any], case: Case, level: str) -> list[np.ndarray]:
    sides = Sides(function, reference, case)
    if level in ("value", "errors"):
        return sides.eager(case.row(0))
    return [item[0] for item in sides.ours({level})[level]]


def _theirs(reference: Callable[..., Any], case: Case, level: str) -> list[np.ndarray]:
    sides = Sides(reference, reference, case)
    error = sides.theirs.raises(0)
    if error is not None:
        raise error
    if level in ("value", "errors"):
        return sides.theirs.outputs(0)
    items = sides.oracle.results([0])[0].plain[level]
    if isinstance(items, str):
        raise NotImplementedError(items)
    return targets(level, items)


def _outcome_text(results: list[np.ndarray], error: Exception | None, digits: int, is_typed: bool) -> str:
    if error is not None:
        return builtin_of(error).__name__
    texts = [_array_text(item, digits) + (f" ({item.dtype})" if is_typed else "") for item in results]
    return texts[0] if len(texts) == 1 else f"({', '.join(texts)})"


def _array_text(array: np.ndarray, digits: int) -> str:
    if not array.size:
        return f"empty of shape {list(array.shape)}"
    return nested([rounded_text(number, digits) for number in array.ravel()], array.shape)
