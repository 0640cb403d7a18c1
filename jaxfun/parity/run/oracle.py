"""Compute the reference's results for a case, and the oracle's: the reference in float64.

`Oracle.results` is the entry. It also detects when the oracle is no measure: the reference does not run in float64, or
computes another function there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..compare.arrays import PRECISION, is_inexact, part_of
from ..compare.consistency import contradicting_modes, contradicting_quotient
from ..compare.mask import is_moderate
from ..compare.tolerance import Results
from . import torch_side
from .outcome import outcome
from .reference import TO, Batch, Reference, Theirs, is_close, replaced
from .rounding import Rounding


class Oracle:
    """The reference's and the oracle's results for the value sets of one case."""

    def __init__(self, theirs: Theirs) -> None:
        self.theirs = theirs
        self.references: dict[int, Reference] = {}  # by row, computed on request
        self.rounding = Rounding(theirs, self.references)

    def results(self, rows: Sequence[int]) -> dict[int, Reference]:
        """Return the reference's and the oracle's results for value sets for which the reference does not raise."""
        alike: dict[Any, list[int]] = {}
        for row in (row for row in rows if row not in self.references):  # a result's shape may depend on the values
            alike.setdefault(tuple(item.shape for item in self.theirs.outputs(row)), []).append(row)
        for some in alike.values():
            self.references |= self._results(some)
        return {row: self.references[row] for row in rows}

    def _results(self, rows: Sequence[int]) -> dict[int, Reference]:
        levels = {*self.theirs.asked, torch_side.WITH_GRAPH}
        plain = self.theirs.one_by_one(self.theirs.own(rows, "plain"), "plain", levels)
        branches = [_has_branch(each) for each in plain]
        plain: list[Results] = [
            {level: each[level] for level in each if level != torch_side.WITH_GRAPH} for each in plain
        ]
        wide, error = outcome(lambda: self._wide(rows, plain))
        # no float64 for some of the value sets: run them one by one; the report notes it
        each = (
            [(each, None) for each in wide]
            if error is None
            else [
                outcome(lambda row=row, own=own: self._wide([row], [own])[0])
                for row, own in zip(rows, plain, strict=True)
            ]
        )
        found = {
            row: Reference(own, own if failed else other, failed is None, has_branch=branch)
            for row, own, (other, failed), branch in zip(rows, plain, each, branches, strict=True)
        }
        return found | self._with_another_function(found)

    def _with_another_function(self, found: Mapping[int, Reference]) -> dict[int, Reference]:
        """Return new records for the value sets where the oracle differs from the reference by more than rounding.

        A default that is read off the dtype (an eps of `torch.finfo(x.dtype).eps`) is another number in float64.
        """
        doubtful = [
            row
            for row, each in found.items()
            # an overflow inside does not make it another function
            if each.has_oracle and _parts_visibly(each) and is_moderate(self.theirs.case.row(row), each.wide["value"])
        ]
        tried = [*{self.theirs.case.strata[row]: row for row in reversed(doubtful)}.values()][:_MOST_TRIED]
        self.references |= {row: found[row] for row in tried}
        noise = [outcome(lambda row=row: self.rounding.noise([row])[0])[0] for row in tried]
        if not any(scale and _parts_beyond(found[row], scale) for row, scale in zip(tried, noise, strict=True)):
            return {}
        return {row: replace(found[row], wide=found[row].plain, has_oracle=False, is_another=True) for row in doubtful}

    def contradiction(self, level: str, row: int) -> str:
        """Return how the reference's derivatives contradict each other at a value set, or "" if they agree.

        Forward mode is compared with reverse mode, and a second derivative with a finite difference of the first.
        """
        reference = self.references[row]
        batch = self.theirs.own([row], "float64" if reference.has_oracle else "plain")
        if level == "jvp":
            return self._contradicting_modes(reference.wide, batch)
        if level != "hvp":
            return ""
        found, _ = outcome(
            lambda: contradicting_quotient(reference.wide, batch.tangents, lambda step: self._gradient(batch, step))
        )
        return found or ""  # the reference may raise for the perturbed value set

    def _contradicting_modes(self, wide: Results, batch: Batch) -> str:
        if isinstance(wide.get("jvp", ""), str) or isinstance(wide.get("vjp", ""), str):
            return ""
        # cotangents with the signs of the output tangents, so that no terms cancel in the inner product
        forward = iter(wide["jvp"])
        signs = [np.sign(np.real(next(forward))) if is_inexact(value) else 1 for value in wide["value"]]
        sizes = np.random.default_rng(self.theirs.case.seed)
        for weight in range(_MOST_COTANGENTS):  # along a single cotangent, different modes may agree by chance
            along = [
                np.asarray(sizes.random(item.shape) ** weight * np.abs(item) * np.where(sign == 0, 1, sign))
                for item, sign in zip(batch.cotangents, signs, strict=True)
            ]
            along = [item.astype(like.dtype) for item, like in zip(along, batch.cotangents, strict=True)]
            moved = Batch(1, batch.tensors, along, batch.tangents)
            again = self.theirs.one_by_one(moved, _precision_of(batch.tensors), {"vjp"})[0]
            if found := contradicting_modes({**wide, "vjp": again["vjp"]}, along, batch.tangents):
                return found
        return ""

    def _gradient(self, batch: Batch, step: float) -> Results:
        """Return the first derivative with the tensors moved by `step` along their tangents."""
        movable = self.theirs.case.movable
        pairs = [(batch.tensors[at], tangent) for at, tangent in zip(movable, batch.tangents, strict=True)]
        numbers = [np.asarray(item + step * tangent).astype(item.dtype) for item, tangent in pairs]
        tensors = replaced(batch.tensors, movable, numbers)
        moved = Batch(1, tensors, batch.cotangents, batch.tangents)
        return self.theirs.one_by_one(moved, _precision_of(tensors), {"vjp"})[0]

    def _wide(self, rows: Sequence[int], plain: list[Results]) -> list[Results]:
        if not any(str(stack.dtype) in TO["float64"] for stack in self.theirs.case.tensors):
            return plain
        batch = self.theirs.own(rows, "float64")
        if not self.theirs.may_batch:
            self.theirs.try_batch(batch, self.theirs.one_by_one(batch.some(0, 1), "float64")[0])
        wide = self.theirs.evaluated(batch, "float64")
        if any(self.theirs.may_batch):
            # for some functions torch.vmap gets only the first row right: check the doubtful rows one by one
            doubtful = [at for at in range(len(rows)) if _parts_visibly(Reference(plain[at], wide[at], True))]
            alone = {at: self.theirs.one_by_one(batch.some(at, at + 1), "float64")[0] for at in doubtful}
            if not all(is_close(one, wide[at]) for at, one in alone.items()):
                self.theirs.may_batch[:] = [False]
                return self.theirs.one_by_one(batch, "float64")
        return wide


_MOST_COTANGENTS = 3  # number of cotangents for comparing forward with reverse mode
_MOST_TRIED = 4  # number of value sets, of different kinds, on which the oracle is compared with the reference


def _precision_of(tensors: Sequence[np.ndarray]) -> str:
    return "float64" if any(str(item.dtype) in ("float64", "complex128") for item in tensors) else "plain"


def _has_branch(plain: Results) -> bool:
    """Return whether the first derivative changes with `create_graph=True`."""
    graph, own = plain.get(torch_side.WITH_GRAPH, ""), plain.get("vjp", "")
    if isinstance(graph, str) or isinstance(own, str):
        return False
    return not all(_are_alike(one, other, _HALF) for one, other in zip(graph, own, strict=True))


_HALF = 0.5  # half of the significant digits


def _parts_visibly(reference: Reference) -> bool:
    """Return whether the oracle and the reference share less than half of their digits anywhere."""
    return not all(
        _are_alike(own, wide, _HALF)
        for level, items in reference.plain.items()
        if not isinstance(items, str) and not isinstance(reference.wide.get(level, ""), str)
        for own, wide in zip(items, reference.wide[level], strict=True)
    )


def _are_alike(own: np.ndarray, wide: np.ndarray, share: float) -> bool:
    """Return whether two arrays share a fraction `share` of their digits, relative to the largest element."""
    if own.shape != wide.shape:
        return False
    return bool(np.array_equal(own, wide) if not is_inexact(own) else not _apart(own, wide, share).any())


def _apart(own: np.ndarray, wide: np.ndarray, share: float) -> np.ndarray:
    """Return which finite elements share less than `share` of their digits, relative to the largest element."""
    ones, others = (item.astype(np.complex128) for item in (own, wide))
    finite = np.isfinite(ones) & np.isfinite(others)
    size = np.maximum(np.abs(np.where(finite, ones, 0)), np.abs(np.where(finite, others, 0)))
    with np.errstate(invalid="ignore"):
        error = np.where(finite, np.abs(ones - others), 0)
    eps = PRECISION[part_of(str(own.dtype))].eps
    return np.asarray(error > eps**share * (size + eps**share * size.max(initial=0.0)))


def _parts_beyond(reference: Reference, scale: Results) -> bool:
    """Return whether the oracle's value differs from the reference's by far more than rounding explains."""
    pairs = zip(reference.plain["value"], reference.wide["value"], scale["value"], strict=True)
    return any(_is_beyond(own, wide, size) for own, wide, size in pairs if is_inexact(own))


def _is_beyond(own: np.ndarray, wide: np.ndarray, scale: np.ndarray) -> bool:
    precision = PRECISION[part_of(str(own.dtype))]
    with np.errstate(invalid="ignore", over="ignore"):
        error = np.abs(own.astype(wide.dtype) - wide)
        allowed = precision.ulps * precision.eps * np.maximum(np.abs(wide), scale) + precision.flushed
        beyond = np.isfinite(error) & (error > _BEYOND * allowed)
    # an error that is small relative to the largest element does not show another function
    return bool((beyond & _apart(own, wide, _HALF)).any())


_BEYOND = 16  # times the error that rounding explains
