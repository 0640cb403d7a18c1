"""Judge one value set at one level: a verdict for each leaf of the results."""

import dataclasses
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import jax
import numpy as np

from ..compare.arrays import Bound, Verdict, compare, is_inexact
from ..compare.mask import answerable_rows, asked_of_one
from ..known.difference import Held
from ..run.candidate import Sides
from ..run.options import Options
from ..run.outcome import outcome

ALONE = "where the reference does not"


def first_line(error: BaseException) -> str:
    """Return an exception's class and the first line of its message."""
    return f"{type(error).__name__}: {str(error).strip().split(chr(10))[0]}"


def raised(error: BaseException, where: str = ALONE) -> Verdict:
    """Return the verdict on a candidate that raised, with advice where the cause is known."""
    advice = next((advice for kind, advice in _ADVICE.items() if isinstance(error, kind)), "")
    return Verdict("raises", detail=f"raised {first_line(error).rstrip('.')} {where}{advice and '. '}{advice}")


# advice for a candidate that cannot be traced
_ADVICE: dict[type[Exception], str] = {
    jax.errors.TracerArrayConversionError: "It calls NumPy: use jax.numpy instead.",
    jax.errors.ConcretizationTypeError: "Use jnp.where or jax.lax.cond instead of `if`.",
}


# errors that torch raises by accident, and what is read for them: its Python wrappers raise AttributeError for a value
# that is not a tensor; a message about a uint8 may hold a byte that is no text, and its class is lost
_MEANT: dict[type, type] = {AttributeError: TypeError, UnicodeDecodeError: Exception}


def raises_alike(ours: Exception | None, theirs: Exception | None, exact: bool = True) -> Verdict:
    """Return the verdict on whether both raise or neither.

    `exact`: a handler for the reference's error must catch ours.
    """
    if theirs is None:
        return Verdict() if ours is None else Verdict("raises", detail=f"raised {ours!r} {ALONE}")
    if ours is None:
        return Verdict("raises", detail=f"does not raise where the reference raises {theirs!r}")
    expected = builtin_of(theirs)
    expected = _MEANT.get(expected, expected)
    if not exact or isinstance(ours, expected):
        return Verdict(compared=1)
    return Verdict("raises", detail=f"raised {ours!r}, which a handler for {theirs!r} does not catch")


def builtin_of(error: Exception) -> type:
    """Return the first built-in exception class among an error's base classes."""
    return next(kind for kind in type(error).__mro__ if kind.__module__ == "builtins")


def targets(level: str, items: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Return the reference's leaves that a level compares: for forward mode only the floating point ones."""
    return [item for item in items if is_inexact(item)] if level == "jvp" else list(items)


class Comparison(NamedTuple):
    """One leaf of a level's results beside its target; `only` masks the elements to compare."""

    part: np.ndarray
    target: np.ndarray
    oracle: np.ndarray
    only: np.ndarray | None = None

    def some(self, rows: np.ndarray) -> "Comparison":
        """Return the comparison for some of the stacked value sets."""
        only = None if self.only is None else self.only[rows]
        return Comparison(self.part[rows], self.target[rows], self.oracle[rows], only)

    def verdict(self, scale: np.ndarray, bound: Bound | None = None) -> Verdict:
        """Return the verdict on the leaf, with rounding relative to `scale`."""
        return compare(self.part, self.target, self.oracle, scale=scale, only=self.only, bound=bound)


def verdicts(
    sides: Sides,
    terms: Options,
    row: int,
    level: str,
    parts: Sequence[np.ndarray],
    *,
    measured: bool = False,
    planted: bool = False,
    held: Held | None = None,
) -> list[Verdict]:
    """Return the verdict on each leaf of one level's results for one value set, whose reference is computed.

    Rounding is measured only if a number fails without it, or always if `measured`. `planted`: the results are not the
    candidate's own. Elements that the known difference `held` excuses are not compared.
    """
    tensors, reference = sides.case.row(row), sides.oracle.references[row]
    want, wide = (targets(level, side[level]) for side in (reference.plain, reference.wide))
    want = [canonical(item) for item in want]
    if len(parts) != len(want):
        return [Verdict("structure", detail=f"{len(parts)} results where the reference has {len(want)}")]
    answerable = answerable_rows([item[None] for item in tensors], [item[None] for item in reference.wide["value"]])
    found = []
    for at, (part, target, oracle) in enumerate(zip(parts, want, wide, strict=True)):
        if held is not None and held.is_whole and part.shape != target.shape:  # the shape is excused
            found.append(Verdict())
            continue
        only = None if level == "value" else asked_of_one(level, part, target, oracle, answerable, terms.exact)
        if held is not None and part.shape == target.shape:
            only = ~held.excuses(part) & (True if only is None else only)
        leaf = Comparison(part, target, oracle, only)
        tried = [*_tried(leaf, sides.oracle.rounding.scales(level, row, at), terms.bound, measured)]
        (first, _), (verdict, scale) = tried[0], tried[-1]
        if level == "hvp" and verdict.difference == "number" and not planted and terms.bound is None:
            verdict = _without_lost_digits(sides, row, at, leaf, scale, verdict)
        if verdict is not first and not verdict.ok:  # report ULP relative to the element itself
            there = compare(*(np.asarray(item[verdict.index]) for item in (part, target, oracle)))
            verdict = dataclasses.replace(verdict, worst_ulp=first.worst_ulp, ulp=there.worst_ulp)
        found.append(verdict)
    return found


def _tried(
    leaf: Comparison, scales: Iterator[np.ndarray], bound: Bound | None, measured: bool
) -> Iterator[tuple[Verdict, np.ndarray]]:
    """Yield a leaf's verdict at each scale of rounding until it is settled; with `measured`, at every scale."""
    for scale in scales:
        verdict = leaf.verdict(scale, bound)
        yield verdict, scale
        if bound is not None or not is_inexact(leaf.target) or not (measured or verdict.difference == "number"):
            return


def _without_lost_digits(
    sides: Sides, row: int, at: int, leaf: Comparison, scale: np.ndarray, first: Verdict
) -> Verdict:
    """Return the verdict on the candidate's second derivative computed in float64, where only the formula loses digits.

    Two correct formulas may lose very different numbers of digits: differentiating 1 - tanh(x)**2 loses all of them.
    """
    wide, error = outcome(lambda: sides.in_float64("hvp"))
    if error is not None:  # the candidate does not run in float64
        return first
    digits = _FEWER_DIGITS.get(str(leaf.target.dtype), leaf.target.dtype)
    with np.errstate(over="ignore", invalid="ignore"):
        fewer = leaf._replace(part=wide[at][row].astype(digits), target=leaf.target.astype(digits))
        verdict = fewer.verdict(scale)
    return verdict if verdict.ok else first


_FEWER_DIGITS = {"float64": "float32", "complex128": "complex64"}


def canonical(array: np.ndarray) -> np.ndarray:
    """Return an array in the dtype that JAX's 64-bit setting allows."""
    # with JAX's 64-bit types off, torch's 64-bit results are compared in 32 bits
    return array.astype(jax.dtypes.canonicalize_dtype(array.dtype))
