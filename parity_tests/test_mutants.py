"""The suite finds mutants: a daily random sample, and one fixed mutant of each family.

`python -m parity_tests.mutants` tries all; `docs/mutants.md` holds its table.
"""

import json

import pytest

from jaxfun.ops import records
from parity_tests.days import today
from parity_tests.faults import FAMILIES, Mutant, mutants_of
from parity_tests.mutants import (
    EQUIVALENT,
    FIGURES,
    FOUND,
    PAGE,
    SURVIVORS,
    page,
    sample_of,
    survivor_of,
    tried,
    verdict_on,
)
from parity_tests.suite import candidate_of

TODAY = today()
DAILY = 40
# a record to which each family applies
RECORD_OF = {
    "a sequence reversed": "stack",
    "second argument's batches rolled": "bmm",
    "two arguments swapped": "sub.Tensor",
    "integers off by one": "argmax",
    "imaginary part dropped": "exp",
    "conjugate missing or extra": "exp",
}


@pytest.mark.parametrize("mutant", sample_of(DAILY, TODAY), ids=str)
def test_sampled_mutant_is_found(mutant: Mutant) -> None:
    verdict = verdict_on(mutant)
    print(f"seed {TODAY}: {mutant}: {verdict}")
    assert verdict in (FOUND, EQUIVALENT) or survivor_of(mutant), (
        f"{mutant} survives (seed {TODAY}): mend the cover, or write the reason down in {SURVIVORS.name}"
    )


@pytest.mark.parametrize("family", [family for families in FAMILIES.values() for family in families])
def test_some_mutant_of_each_family_is_found(family: str) -> None:
    record = records()[RECORD_OF.get(family, "std.correction")]
    of_family = [mutant for mutant in mutants_of(record, candidate_of(record)) if mutant.family == family]
    assert any(verdict_on(mutant) == FOUND for mutant in of_family)


def test_known_verdict_is_not_tried_again() -> None:
    record = records()["exp"]
    first = next(mutants_of(record, candidate_of(record)))
    name = (record.name, first.family, first.detail)
    assert next(tried([record], known={name: "known"})) == (*name, "known")


def test_equivalent_mutant_is_distinguished_from_a_survivor() -> None:
    record = records()["exp"]
    right = candidate_of(record)
    unchanged = Mutant(record, "none", "", right, "value")
    assert verdict_on(unchanged) == EQUIVALENT


def test_suite_that_compares_nothing_misses_mutants(monkeypatch: pytest.MonkeyPatch) -> None:
    record = records()["exp"]
    negated = next(m for m in mutants_of(record, candidate_of(record)) if m.family == "negated")
    monkeypatch.setattr("parity_tests.mutants.judge", lambda sides, terms: (None, []))
    monkeypatch.setattr("parity_tests.mutants._is_found_by_errors", lambda mutant: False)
    assert verdict_on(negated) not in (FOUND, EQUIVALENT)


def test_page_is_generated_from_the_figures() -> None:
    survivors = json.loads(SURVIVORS.read_text())
    assert PAGE.read_text() == page(json.loads(FIGURES.read_text()), survivors)
    assert all(reason for *_, reason in survivors), "a survivor without a reason"
