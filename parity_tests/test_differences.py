"""Every known difference is two-sided: the suite holds both sides to be equal outside its region; inside it is seen."""

import itertools
from typing import Any

import pytest
from hypothesis import Phase, find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from jaxfun._record import REGISTRY, Op
from jaxfun.dtypes import DTYPES, DType
from jaxfun.parity.defaults import ABSENT, has_cuda
from jaxfun.parity.draw.invalid import refused, spoiled
from jaxfun.parity.draw.records import cases
from jaxfun.parity.known import differences_of, recorded
from jaxfun.parity.known.difference import Difference
from jaxfun.parity.run.case import Case
from jaxfun.parity.search.judge import judge, judge_signature
from parity_tests.suite import RECORDS, candidate_of, checked

KNOWN = [(record, known) for record in RECORDS for known in differences_of(record)]
LIKELY = ("float32", "complex64", "float16", "int8")  # where most are seen, in turn
TRIED = (20, 200)  # a few in every dtype before many in one
SIGNATURES_TRIED = (2000,)  # these compile nothing


def is_seen(record: Op, known: Difference, case: Case) -> bool:
    device = known.devices[0]
    held = [case.known(level, case.row(row), device) for level in known.levels for row in range(case.sets)]
    if known not in held:
        return False
    how = judge_signature if known.levels == ("errors",) else judge
    return checked(record, candidate_of(record), case, device, how, known.levels).seen.get(known.why, 0) > 0


def is_seen_among(record: Op, known: Difference, drawn: st.SearchStrategy[Case], tries: int) -> bool:
    once = settings(max_examples=tries, derandomize=True, deadline=None, database=None, phases=[Phase.generate])
    try:
        find(drawn, lambda case: is_seen(record, known, case), settings=once)
    except NoSuchExample:
        return False
    return True


def taken_by(record: Op) -> list[DType]:
    taken = [dtype for dtype in DTYPES if dtype not in record.rejects]
    return sorted(taken, key=lambda dtype: LIKELY.index(dtype.name) if dtype.name in LIKELY else len(LIKELY))


def named(record: Op, known: Difference) -> Any:
    missing = pytest.mark.skipif("cpu" not in known.devices and not has_cuda(), reason=ABSENT)
    return pytest.param(record, known, marks=missing, id=f"{record.name}: {known.why}")


@pytest.mark.parametrize(("record", "known"), [named(*pair) for pair in KNOWN])
def test_a_known_difference_is_seen_in_its_region(record: Op, known: Difference) -> None:
    of_signatures = known.levels == ("errors",)
    drawn = (
        [spoiled(record), refused(record)] if of_signatures else [cases(record, dtype) for dtype in taken_by(record)]
    )
    ways = itertools.product(SIGNATURES_TRIED if of_signatures else TRIED, drawn)
    assert any(is_seen_among(record, known, strategy, tries) for tries, strategy in ways), (
        "not seen any more: delete it"
    )


def test_a_difference_that_is_none_is_not_seen() -> None:
    record = next(record for record in RECORDS if record.name == "exp")
    none = Difference(lambda arguments: True, jaxfun="", torch="", why="none", source="")
    assert not is_seen_among(record, none, cases(record, taken_by(record)[0]), TRIED[0])


def test_every_known_difference_is_that_of_a_record() -> None:
    assert recorded() <= {record.name for record in RECORDS} <= REGISTRY.keys()
