"""The result of `parity.exhaustive`: the class `Exhaustive`, shown as text, JSON and picture."""

import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..compare.arrays import PRECISION
from . import histogram
from .json_text import dumps

BINS = 34  # bins of ULP distance: 0, 1, 2, 3-4, 5-8, ..., up to 2**32


@dataclass(frozen=True)
class Sample:
    """One input with both results; `ulp` is the candidate's error, in ULP of the dtype at the float64 result."""

    input: float
    candidate: float
    reference: float
    oracle: float = math.nan
    ulp: float = 0.0


@dataclass(frozen=True)
class Tally:
    """The statistics of one level: of the value, or of the derivative.

    `counts` is the histogram of the candidate's distance in ULP (0, 1, 2, 3-4, 5-8, ...): from the float64 result
    rounded to the dtype for 16-bit dtypes, from PyTorch's float32 result for float32. `same` counts the inputs for
    which both sides give NaN or the same infinity. `failure` describes the first disagreement by the tolerance of
    `compare`, "" for none; the unit of that tolerance (eps × size) is one to two ULP.
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
        """The number of compared values: all except for the skipped subnormal ones."""
        return sum(self.counts) + self.same + self.nan_mismatches + self.infinity_mismatches


@dataclass(frozen=True)
class Exhaustive:
    """The result of `exhaustive`; print it. If `derivative` is None, `not_applicable` is the reason."""

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
        """Whether the run was interrupted before the last value."""
        return self.done < self.total

    @property
    def levels(self) -> dict[str, Tally]:
        """The compared levels, by name."""
        return {"value": self.value} | ({} if self.derivative is None else {"derivative": self.derivative})

    @property
    def ok(self) -> bool:
        """Whether every value was compared and all agree."""
        return not self.partial and not any(level.failure for level in self.levels.values())

    def __str__(self) -> str:
        parts = [self._title(), *(_shown(name, level, self.dtype) for name, level in self.levels.items())]
        return "\n\n".join(parts + ([f"derivative: {self.not_applicable}"] if self.not_applicable else []))

    def _title(self) -> str:
        verdict = "interrupted" if self.partial else "agrees" if self.ok else "DIFFERS"
        many = f"{self.done:,} of {self.total:,}" if self.partial else f"{self.done:,}"
        return (
            f"{self.candidate} against {self.reference}, {self.dtype}: {many} values, {self.seconds:.1f} s: {verdict}"
        )

    def to_png(self, path: str | Path) -> None:
        """Draw the histograms to a picture file. Needs the extra `plot`."""
        histogram.draw({name: level.counts for name, level in self.levels.items()}, self._title(), path)

    def to_json(self, path: str | Path) -> None:
        """Write all fields as standard JSON: NaN and infinity become strings."""
        found: dict[str, Any] = asdict(self) | {"ok": self.ok, "partial": self.partial}
        for name, level in self.levels.items():
            found[name] |= {"compared": level.compared, "histogram": histogram.by_name(level.counts)}
            del found[name]["counts"]
        Path(path).write_text(dumps(_plain(found)))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _shown(name: str, level: Tally, dtype: str) -> str:
    rule = PRECISION[dtype]
    tolerance = f"within {rule.ulps:g} ULP of float64, or {rule.multiple:g} times the reference's own error"
    lines = [
        f"{name}: {level.compared:,} compared, {f'DIFFERS: {level.failure}' if level.failure else tolerance}",
        *(f"  {line}" for line in histogram.text(level.counts)),
        f"  NaN or the same infinity on both sides: {level.same:,}; subnormal, not compared: {level.subnormal:,}",
        f"  NaN mismatches: {level.nan_mismatches:,}{_at(level.first_nan, 'first')}",
        f"  infinity mismatches: {level.infinity_mismatches:,}{_at(level.first_infinity, 'first')}",
        f"  largest error against float64: {_largest(level.worst)}",
    ]
    return "\n".join(lines)


def _largest(worst: Sample | None) -> str:
    return f"{worst.ulp:.4g} ULP{_at(worst, 'at')} and float64 has {worst.oracle:.12g}" if worst else "none"


def _at(sample: Sample | None, word: str) -> str:
    if sample is None:
        return ""
    return f", {word} {sample.input:.9g}: {sample.candidate:.9g} where the reference has {sample.reference:.9g}"
