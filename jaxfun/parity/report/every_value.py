"""What a comparison on every value of a dtype found: the record, as a text, as JSON and as a picture."""

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..compare.arrays import PRECISION
from . import histogram

BINS = 34  # of distance: 0, 1, 2, 3-4, 5-8, ..., up to 2**32 apart


@dataclass(frozen=True)
class Sample:
    """One input and both results there; `ulp` is the candidate's error, in the dtype's ULP at the float64 result."""

    input: float
    candidate: float
    reference: float
    oracle: float = math.nan
    ulp: float = 0.0


@dataclass(frozen=True)
class Tally:
    """What was found of the value, or of the derivative.

    `counts` is the histogram of the distance in ULP (0, 1, 2, 3-4, 5-8, ...) between two numbers: from the float64
    result rounded to the dtype for 16-bit dtypes, from PyTorch's float32 result for float32. `same` counts the NaN and
    infinities that both sides have. `failure` is the first disagreement by `compare`'s tolerance, whose unit (eps ×
    size) is one to two ULP; "" for none.
    """

    counts: tuple[int, ...] = (0,) * BINS
    same: int = 0
    nan_mismatches: int = 0
    first_nan: Sample | None = None
    infinity_mismatches: int = 0
    first_infinity: Sample | None = None
    subnormal: int = 0
    worst: Sample | None = None
    failure: str = ""

    @property
    def compared(self) -> int:
        """The number of values that were compared: all but those left out as subnormal."""
        return sum(self.counts) + self.same + self.nan_mismatches + self.infinity_mismatches


@dataclass(frozen=True)
class Exhaustive:
    """What `exhaustive` found; it prints as a report. `derivative` is None where `not_applicable` says why."""

    candidate: str
    reference: str
    dtype: str
    value: Tally
    derivative: Tally | None
    not_applicable: str
    done: int
    total: int
    seconds: float

    @property
    def partial(self) -> bool:
        """Whether the run was interrupted before its last value."""
        return self.done < self.total

    @property
    def levels(self) -> dict[str, Tally]:
        """The levels that were compared, by name."""
        return {"value": self.value} | ({} if self.derivative is None else {"derivative": self.derivative})

    @property
    def ok(self) -> bool:
        """Whether every value was compared and none disagreed."""
        return not self.partial and not any(level.failure for level in self.levels.values())

    def __str__(self) -> str:
        parts = [self._title(), *(_shown(name, level, self.dtype) for name, level in self.levels.items())]
        return "\n\n".join(parts + ([f"derivative: {self.not_applicable}"] if self.not_applicable else []))

    def _title(self) -> str:
        verdict = "partial" if self.partial else "ok" if self.ok else "DISAGREE"
        many = f"{self.done:,} of {self.total:,}" if self.partial else f"{self.done:,}"
        return (
            f"{self.candidate} against {self.reference}, {self.dtype}: {many} values, {self.seconds:.1f} s: {verdict}"
        )

    def to_png(self, path: str | Path) -> None:
        """Draw the histograms to a picture file (needs the extra `plot`)."""
        histogram.draw({name: level.counts for name, level in self.levels.items()}, self._title(), path)

    def to_json(self, path: str | Path) -> None:
        """Write everything that was found as JSON; NaN and infinities are strings, as JSON has none."""
        found: dict[str, Any] = asdict(self) | {"ok": self.ok, "partial": self.partial}
        for name, level in self.levels.items():
            found[name] |= {"compared": level.compared, "histogram": histogram.by_name(level.counts)}
            del found[name]["counts"]
        # strict: a NaN that was not made a string is an error, not bad JSON
        Path(path).write_text(json.dumps(_plain(found), indent=2, allow_nan=False) + "\n")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _shown(name: str, level: Tally, dtype: str) -> str:
    rule = PRECISION[dtype]
    tolerance = f"within {rule.ulps:g} ULP of float64, or {rule.multiple:g} times the reference's own error"
    lines = [
        f"{name}: {level.compared:,} compared, {f'DISAGREE: {level.failure}' if level.failure else tolerance}",
        *(f"  {line}" for line in histogram.text(level.counts)),
        f"  NaN or the same infinity on both sides: {level.same:,}; left out as subnormal: {level.subnormal:,}",
        f"  NaN mismatches: {level.nan_mismatches:,}{_at(level.first_nan, 'first')}",
        f"  infinity mismatches: {level.infinity_mismatches:,}{_at(level.first_infinity, 'first')}",
        f"  largest error against float64: {_largest(level.worst)}",
    ]
    return "\n".join(lines)


def _largest(worst: Sample | None) -> str:
    return f"{worst.ulp:.4g} ULP{_at(worst, 'at')} and float64 gives {worst.oracle:.12g}" if worst else "none"


def _at(sample: Sample | None, word: str) -> str:
    if sample is None:
        return ""
    return f", {word} {sample.input:.9g}: {sample.candidate:.9g} where the reference has {sample.reference:.9g}"
