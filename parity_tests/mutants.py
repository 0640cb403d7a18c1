"""Mutation test of the suite: `python -m parity_tests.mutants` tries all mutants and prints the share found by family.

Only the deterministic cases run: the cover of each record, and its wrong arguments. A mutant that they do not find is
compared with the correct function on random cases. If no answer changes, it is an equivalent mutant and does not
count. `--write` saves the figures and writes `docs/mutants.md`.
"""

import argparse
import collections
import functools
import itertools
import json
import random
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from hypothesis import Phase, given, seed, settings

from jaxfun.core.dtypes import DType
from jaxfun.core.record import Op
from jaxfun.ops import records
from jaxfun.parity.compare.arrays import compare
from jaxfun.parity.compare.mask import answerable_rows
from jaxfun.parity.draw.cover import cover
from jaxfun.parity.draw.invalid import refused, spoiled
from jaxfun.parity.draw.records import arguments_of, case_of, determined, filled
from jaxfun.parity.run import torch_side
from jaxfun.parity.run.candidate import Sides
from jaxfun.parity.run.case import Case
from jaxfun.parity.run.outcome import outcome
from jaxfun.parity.search.judge import judge, without_warnings
from parity_tests.faults import FAMILIES, Function, Mutant, mutants_of
from parity_tests.suite import (
    RECORDS,
    UNCHECKED,
    UNOPTIMISED,
    candidate_of,
    dtypes_of,
    levels_of,
    search_errors,
    terms,
)

SURVIVORS = Path(__file__).with_name("survivors.json")  # [record, family, detail, reason]
FIGURES = Path(__file__).with_name("mutants.json")  # the number of mutants by family and verdict
PAGE = Path(__file__).parent.parent / "docs" / "mutants.md"
VALUE = frozenset({"value", "vmap", "errors"})
EXAMPLES = 16  # random cases: an equivalent mutant agrees with the correct function on all of them

FOUND, EQUIVALENT, SURVIVES = "found", "equivalent", "survives"


@functools.lru_cache(maxsize=4)
def _covering(name: str) -> list[tuple[DType, int, Sides]]:
    """Return the deterministic cases of the suite, with the correct function and the reference."""
    record = records()[name]
    right = determined(record, candidate_of(record))
    reference = determined(record, torch_side.resolve(record.torch))
    return [
        (dtype, number, Sides(right, reference, case))
        for dtype in dtypes_of(record)
        for number, case in enumerate(cover(record, dtype))
    ]


def verdict_on(mutant: Mutant) -> str:
    """Return the verdict: found by the suite, survives, or equivalent (it changes no answer)."""
    if is_found(mutant):
        return FOUND
    return SURVIVES if changes_an_answer(mutant) else EQUIVALENT


_RIGHT: dict[Any, bool] = {}  # by case and levels: whether the correct function agrees with the reference


def is_found(mutant: Mutant) -> bool:
    """Return whether the suite finds a mutant, on the first case where its program differs."""
    if mutant.level == "errors" and _is_found_by_errors(mutant):
        return True
    name, right = mutant.record.name, candidate_of(mutant.record)
    for dtype, number, sides in _covering(name):
        levels = levels_of(mutant.record, dtype, number)
        if mutant.level != "gradient":
            levels &= VALUE
        if is_other_program(mutant, right, sides.case) and _differs(mutant, sides, levels):
            found = (name, dtype.name, number, levels)
            if found not in _RIGHT:  # if the correct function differs here too, the case shows no mutant
                _RIGHT[found] = not judge(sides, terms(levels=levels))[1]
            if _RIGHT[found]:
                return True
    return False


def is_other_program(mutant: Mutant, right: Function, case: Case) -> bool:
    """Return whether a mutant traces to another jaxpr than the correct function, or raises another error."""
    return _program(mutant.function, case) != _program(right, case)


def _program(function: Function, case: Case) -> str:
    def call(tensors: Sequence[Any]) -> Any:
        args, kwargs = case.ours.filled(tensors, lambda dtype: dtype)
        return function(*args, **kwargs)

    traced, error = outcome(lambda: jax.make_jaxpr(call)([jnp.asarray(item) for item in case.row(0)]))
    return _ADDRESS.sub("", f"{type(error).__name__} {traced}")


_ADDRESS = re.compile(r"0x[0-9a-f]+")  # it changes in every run


def _differs(mutant: Mutant, right: Sides, levels: frozenset[str]) -> bool:
    sides = Sides(determined(mutant.record, mutant.function), right.reference, right.case)
    sides.oracle = right.oracle  # the reference is the same for all mutants
    return bool(judge(sides, terms(levels=levels))[1])


def _is_found_by_errors(mutant: Mutant) -> bool:
    phases = (Phase.explicit, Phase.generate)
    for drawn in (spoiled, refused) if mutant.record.rejects | mutant.record.operand_rejects else (spoiled,):
        if isinstance(
            outcome(lambda drawn=drawn: search_errors(mutant.record, mutant.function, phases, drawn))[1], AssertionError
        ):
            return True
    return False


# Whether a mutant changes an answer.


@without_warnings
def changes_an_answer(mutant: Mutant) -> bool:
    """Return whether a mutant gives another answer than the correct function on random cases, or raises elsewhere."""
    record, right = mutant.record, candidate_of(mutant.record)
    if mutant.level == "errors":
        return mutant.detail in _errors_of(record.name)
    cases = (case for case in _random_cases(mutant) if is_other_program(mutant, right, case))
    return any(_answers_differ(mutant, right, case) for case in cases)


def _random_cases(mutant: Mutant) -> Iterator[Case]:
    record, rng = mutant.record, random.Random(str(mutant))
    for _, dtype in zip(range(EXAMPLES), itertools.cycle(dtypes_of(record)), strict=False):
        arguments = arguments_of(lambda what, options: rng.choice(list(options)), record, dtype)
        yield case_of(record, *filled(arguments, rng.randrange(2**16)))


@functools.lru_cache(maxsize=4)
def _errors_of(name: str) -> set[str]:
    """Return the names of all exceptions that a function raises for random wrong arguments, with their base classes."""
    record, found = records()[name], set[str]()
    right = candidate_of(record)

    @seed(0)
    @settings(max_examples=100, deadline=None, database=None, phases=[Phase.generate])
    @given(spoiled(record) | refused(record))
    def gather(case: Case) -> None:
        error = outcome(lambda: Sides(right, right, case).signature(case.row(0)))[1]
        found.update(kind.__name__ for kind in type(error).__mro__)

    gather()
    return found


def _answers_differ(mutant: Mutant, right: Function, case: Case) -> bool:
    sides = (Sides(determined(mutant.record, function), function, case) for function in (mutant.function, right))
    levels = {"value"} if mutant.level == "value" else {"value", "vjp", "hvp"}
    (ours, our_error), (theirs, error) = (outcome(functools.partial(side.ours, levels)) for side in sides)
    return error is None and (our_error is not None or _differ(case, ours, theirs))


def _differ(case: Case, ours: dict[str, Any], theirs: dict[str, Any]) -> bool:
    finite = answerable_rows(case.tensors, theirs["value"])
    for level, items in theirs.items():
        rows = slice(None) if level == "value" else finite.finite & finite.moderate & finite.answered
        if len(ours.get(level, ())) != len(items):
            return True
        if not all(compare(one[rows], other[rows]).ok for one, other in zip(ours[level], items, strict=True)):
            return True
    return False


# The results as a table.


class Tried(NamedTuple):
    """A mutant and its verdict."""

    record: str
    family: str
    detail: str
    verdict: str


def _tried(record: Op) -> list[Mutant]:
    """Return the mutants of a record, without those of errors that torch does not raise."""
    found = mutants_of(record, candidate_of(record))
    return [mutant for mutant in found if mutant.level != "errors" or record.name not in UNCHECKED]


def tried(
    records: Sequence[Op],
    families: Sequence[str] = (),
    known: Mapping[tuple[str, str, str], str] = MappingProxyType({}),
) -> Iterator[Tried]:
    """Yield each mutant of the records with its verdict: a known one, or that of a run."""
    for record in records:
        for mutant in _tried(record):
            if not families or mutant.family in families:
                name = (record.name, mutant.family, mutant.detail)
                yield Tried(*name, known.get(name) or verdict_on(mutant))
        jax.clear_caches()
        _covering.cache_clear()
        _RIGHT.clear()


def sample_of(count: int, seed: int) -> list[Mutant]:
    """Return a random sample of mutants, at most one per record, drawn with `seed`."""
    rng = random.Random(seed)
    return [rng.choice(_tried(record)) for record in rng.sample(RECORDS, count)]


def shares(results: Sequence[Tried]) -> dict[str, dict[str, int]]:
    """Return the number of mutants by family and verdict."""
    counts = {family: collections.Counter[str]() for families in FAMILIES.values() for family in families}
    for item in results:
        counts[item.family][item.verdict] += 1
    return {family: {name: count[name] for name in (FOUND, SURVIVES, EQUIVALENT)} for family, count in counts.items()}


def table(counts: dict[str, dict[str, int]]) -> str:
    """Return the shares as Markdown."""
    lines = ["| fault | found | survive | equivalent |", "|---|--:|--:|--:|"]
    for family, count in counts.items():
        lines.append(f"| {family} | {count[FOUND]} | {count[SURVIVES]} | {count[EQUIVALENT]} |")
    found, survive, none = (sum(count[name] for count in counts.values()) for name in (FOUND, SURVIVES, EQUIVALENT))
    lines.append(f"| **all** | **{found} of {found + survive}** | **{survive}** | {none} |")
    return "\n".join(lines)


def survivor_of(mutant: Mutant) -> str:
    """Return the reason why a mutant is known to survive, or "" if it is not."""
    return _reasons().get((mutant.record.name, mutant.family, mutant.detail), "")


def _reasons() -> dict[tuple[str, str, str], str]:
    return {(record, family, detail): why for record, family, detail, why in json.loads(SURVIVORS.read_text())}


def page(figures: dict[str, dict[str, int]], survivors: Sequence[Sequence[str]]) -> str:
    """Return the page of the documentation."""
    rows = [f"| `{record}` | {family} | {detail} | {reason} |" for record, family, detail, reason in survivors]
    tried_in_all = sum(sum(count.values()) for count in figures.values())
    return _PAGE.format(tried=tried_in_all, table=table(figures), survivors="\n".join(rows) or "| none | | | |")


_PAGE = """# Mutants: would the suite notice?

A table of faults (`parity_tests/faults.py`) makes wrong versions of each public function: another `dim`, `keepdim`
ignored, rows rolled, a NaN dropped, a result rounded to bfloat16, a gradient missing, averaged or doubled, an error
swallowed. The suite must find each of them with its deterministic cases, and with wrong arguments drawn from a fixed
seed. Random draws do not count. A mutant that agrees with the correct function on random cases is equivalent: it
changes no answer and is not counted.

`python -m parity_tests.mutants` tries all mutants. It takes two hours on one core; `--part 1/2` tries a half. Each
run of the suite tries 40 of them, drawn by the date. {tried} mutants were tried for this table:

{table}

## Survivors

| record | fault | argument | why it is not found |
|---|---|---|---|
{survivors}
"""


def main(arguments: Sequence[str]) -> None:
    """Try the mutants, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--records", nargs="*", default=[], help="names of records; all by default")
    parser.add_argument("--families", nargs="*", default=[], help="names of faults; all by default")
    parser.add_argument("--part", default="1/1", help="2/4 is the second of four parts, one per process")
    parser.add_argument(
        "--to",
        type=Path,
        help="a file to which each verdict is appended as a line of JSON; its mutants are not run again",
    )
    parser.add_argument(
        "--read", nargs="*", type=Path, default=[], help="files written by --to; no mutant is tried again"
    )
    parser.add_argument("--write", action="store_true", help=f"save the figures in {FIGURES.name} and docs/mutants.md")
    options = parser.parse_args(arguments)
    results = _read(options.read) if options.read else [*_run(options)]
    counts = shares(results)
    print(table(counts))
    if options.write:
        _write(counts, [item for item in results if item.verdict == SURVIVES])


def _read(files: Sequence[Path]) -> list[Tried]:
    return [Tried(*json.loads(line)) for file in files for line in file.read_text().splitlines()]


def _run(options: argparse.Namespace) -> Iterator[Tried]:
    part, parts = map(int, options.part.split("/"))
    records = [record for record in RECORDS if not options.records or record.name in options.records]
    known = {item[:3]: item.verdict for item in _read([options.to] if options.to and options.to.exists() else [])}
    settings.load_profile("quick")
    jax.config.update("jax_traceback_filtering", "off")  # it takes most of the time of an error
    jax.config.update(UNOPTIMISED, True)  # as the suite compiles
    with jax.enable_x64(True), jax.numpy_dtype_promotion("strict"):
        for item in tried(records[part - 1 :: parts], options.families, known):
            if options.to and item[:3] not in known:
                with options.to.open("a") as file:
                    file.write(json.dumps(item) + "\n")
            if item.verdict == SURVIVES:
                print("survives:", *item[:3], flush=True)
            yield item


def _write(figures: dict[str, dict[str, int]], survivors: Sequence[Tried]) -> None:
    """Save the figures and the survivors with their known reasons, and write the page."""
    reasons = _reasons()
    known = [(*item[:3], reasons.get(item[:3], "")) for item in survivors]
    FIGURES.write_text(json.dumps(figures, indent=1) + "\n")
    SURVIVORS.write_text("[" + ",\n".join(map(json.dumps, known)) + "]\n")
    PAGE.write_text(page(figures, known))


if __name__ == "__main__":
    main(sys.argv[1:])
