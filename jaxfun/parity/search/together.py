"""Compare all value sets of a case at one level at once, to find those that agree. The rest are judged one by one."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from ..compare.arrays import Verdict, is_inexact
from ..compare.mask import answerable_rows, asked
from ..run.candidate import Sides
from ..run.options import Options
from ..run.reference import Reference
from ..run.rounding import SCALES
from .verdicts import Comparison, canonical, targets


class Agreeing(NamedTuple):
    """Value sets that agree: their rows, and for each leaf its verdict and whether the reference has a nonzero."""

    rows: list[int]
    verdicts: list[Verdict]
    is_nonzero: list[bool]


def agreeing(
    sides: Sides, options: Options, references: Mapping[int, Reference], level: str, stacks: Sequence[np.ndarray]
) -> Iterator[Agreeing]:
    """Yield the value sets that agree at a level, in groups: first those that need no measured rounding.

    `stacks` are the candidate's results for every value set of the case. Value sets covered by a known difference are
    left out.
    """
    rows = [*references]
    leaves = _leaves(sides, options, references, level, stacks)
    if leaves is None:
        return
    places = np.flatnonzero([sides.known(level, row) is None for row in rows])
    for kind in SCALES:
        doubtful: list[int] = []
        while places.size:
            measured = [sides.oracle.rounding.scale_at(level, rows[place], kind) for place in places]
            scales = [np.stack(items) for items in zip(*measured, strict=True)]
            pairs = zip(leaves, scales, strict=True)
            judged = [leaf.some(places).verdict(scale, options.bound) for leaf, scale in pairs]
            if all(verdict.ok for verdict in judged):
                is_nonzero = [bool(np.any(leaf.target[places] != 0)) for leaf in leaves]
                yield Agreeing([rows[place] for place in places], judged, is_nonzero)
                break
            by_rounding, otherwise = _failing(judged, leaves, len(places))
            doubtful += [*places[by_rounding & ~otherwise]]
            places = places[~(by_rounding | otherwise)]
        if options.bound is not None:
            return
        places = np.array(doubtful, int)


def _leaves(
    sides: Sides, options: Options, references: Mapping[int, Reference], level: str, stacks: Sequence[np.ndarray]
) -> list[Comparison] | None:
    """Return the leaves of a level's results, stacked; None if their shapes differ or the reference has none."""
    plain, wide = ([getattr(each, side)[level] for each in references.values()] for side in ("plain", "wide"))
    if any(isinstance(items, str) for items in (*plain, *wide)):
        return None
    wanted, oracles = (_stacked([targets(level, items) for items in side]) for side in (plain, wide))
    values = _stacked([reference.wide["value"] for reference in references.values()])
    if wanted is None or oracles is None or values is None or len(wanted) != len(stacks):
        return None
    rows = [*references]
    parts, want = [stack[rows] for stack in stacks], [canonical(item) for item in wanted]
    if any((part.shape, part.dtype) != (target.shape, target.dtype) for part, target in zip(parts, want, strict=True)):
        return None
    answerable = answerable_rows([stack[rows] for stack in sides.case.tensors], values)
    return [
        Comparison(*each, None if level == "value" else asked(level, *each, answerable, options.exact))
        for each in zip(parts, want, oracles, strict=True)
    ]


def _failing(judged: Sequence[Verdict], leaves: Sequence[Comparison], count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return which value sets have an error that may be rounding, and which differ in any other way."""
    by_rounding, otherwise = np.zeros(count, bool), np.zeros(count, bool)
    for verdict, leaf in zip(judged, leaves, strict=True):
        if verdict.wrong is not None:
            may_be_rounding = verdict.kind == "number" and is_inexact(leaf.target)
            failing = by_rounding if may_be_rounding else otherwise
            failing |= verdict.wrong.reshape(count, -1).any(axis=1)
    return by_rounding, otherwise


def _stacked(items: Sequence[Sequence[np.ndarray]]) -> list[np.ndarray] | None:
    """Return each leaf's arrays as one; None if their shapes or dtypes differ."""
    kinds = {tuple((item.shape, item.dtype) for item in row) for row in items}
    return [np.stack(leaf) for leaf in zip(*items, strict=True)] if len(kinds) == 1 else None
