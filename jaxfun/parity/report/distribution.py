"""The result of `parity.distribution`: the class `Distribution`, shown as text."""

import math
from dataclasses import dataclass, field
from pathlib import Path

from ..compare.samples import Comparison, Power
from . import json_text
from .words import WIDTH, row, wrapped

ENOUGH = 0.05  # a smaller difference of the standard deviation, or of the distribution function, must be found
_ASPECTS = {
    "moments": "mean, standard deviation, skewness, kurtosis",
    "KS test": "distribution function (Kolmogorov-Smirnov)",
    "chi2 test": "frequencies of all values (chi-squared)",
    "values": "share of each value that occurs often",
    "range": "smallest and largest number",
    "places": "mean and mean square at each index",
    "dependence": "of neighbours, rows, columns, channels and successive draws",
}
_MOST_SHOWN = 5  # failures


@dataclass
class Distribution:
    """The result of `parity.distribution`; print it.

    `comparisons` has all statistics of both sides. `failures` are those that differ, at the rate `false_alarms` for all
    tests together. `power` has the smallest differences that would have been found; None if nothing was compared.
    """

    candidate: str
    reference: str
    false_alarms: float
    shape: tuple[int, ...] = ()
    dtype: str = ""
    draws: int = 0
    seconds: float = 0.0
    comparisons: list[Comparison] = field(default_factory=list)
    power: Power | None = None
    advice: str = ""
    refused: str = ""  # the error of the reference
    is_constant: bool = False  # every draw of the reference is the same array

    @property
    def tests(self) -> int:
        """The number of statistical tests."""
        return sum(each.count for each in self.comparisons)

    @property
    def failures(self) -> list[Comparison]:
        """The comparisons that differ, in the order of the tests."""
        return [each for each in self.comparisons if each.p * self.tests <= self.false_alarms]

    @property
    def missing(self) -> list[str]:
        """The missing evidence."""
        if self.refused:
            return [f"the reference raised {self.refused}"]
        if self.is_constant or self.failures:
            return []
        if self.power is None:
            return ["the draws have no elements"]
        if self.power.share <= ENOUGH:
            return []
        return [f"too few independent numbers: a difference of {self.power.share:.0%} of all numbers may not be found"]

    @property
    def answer(self) -> str:
        """The answer: "agrees", "differs", or "not shown" (too few numbers for "agrees")."""
        return "differs" if self.failures else "not shown" if self.missing else "agrees"

    @property
    def ok(self) -> bool:
        """Whether nothing differs, and enough was compared."""
        return self.answer == "agrees"

    @property
    def headline(self) -> str:
        """The answer in one line."""
        verdict = {"agrees": "agrees with", "differs": "DIFFERS from", "not shown": "is NOT SHOWN to agree with"}
        first = f": {message(self.failures[0])}" if self.failures else ""
        return f"{self.candidate} {verdict[self.answer]} {self.reference}{first}"

    def __str__(self) -> str:
        return "\n".join([wrapped(self.headline, WIDTH), *self._lines()])

    def to_json(self, path: str | Path) -> None:
        """Write the report as standard JSON: NaN and infinity become strings."""
        found = json_text.as_plain(self) | {"answer": self.answer, "failures": json_text.as_plain(self.failures)}
        Path(path).write_text(json_text.dumps(found), encoding="utf-8")

    def _lines(self) -> list[str]:
        drawn = f"{self.draws:,} draws of {self.dtype}{list(self.shape)} on each side, in {self.seconds:.1f} s"
        lines = [f"  {drawn}", *(row("not shown", wrapped(text)) for text in self.missing)]
        lines += [row("to do", wrapped(self.advice))] if self.advice else []
        if self.is_constant:
            return [*lines, row("constant", "every draw of the reference is the same array"), *self._failing()]
        for aspect, about in _ASPECTS.items():
            found = [each for each in self.comparisons if each.aspect == aspect]
            verdict = "DIFFERS" if any(each in self.failures for each in found) else "agrees "
            lines += [row(aspect, f"{verdict} {about}")] if found else []
        return [*lines, *self._chances(), *self._failing()]

    def _failing(self) -> list[str]:
        shown = [f"{message(each)} {probability(each)}".rstrip() for each in self.failures]
        more = [f"and {len(shown) - _MOST_SHOWN} more, in `.failures`"] if len(shown) > _MOST_SHOWN else []
        return [row("failure", wrapped(text)) for text in [*shown[:_MOST_SHOWN], *more]]

    def _chances(self) -> list[str]:
        if self.power is None:
            return []
        found = (
            f"a mean that is off by {self.power.mean:.2g} standard deviations, "
            f"a standard deviation that is off by {max(self.power.std, 0.001):.1%}"
        )
        alarms = f"1 run in {1 / self.false_alarms:,.0f} has a false alarm, over all {self.tests:,} tests"
        return [row("it finds", wrapped(found)), row("note", alarms)]


def message(comparison: Comparison) -> str:
    """Describe a difference in words.

    >>> message(Comparison("moments", "standard deviation", 0.06, 0.05))
    'standard deviation 0.06 where the reference has 0.05 (1.2 times)'
    """
    ours, theirs = comparison.candidate, comparison.reference
    text = f"{comparison.what} {_written(ours)} where the reference has {_written(theirs)}"
    is_scale = comparison.what == "standard deviation" and theirs
    return text + (f" ({ours / theirs:.4g} times)" if is_scale else "")


def _written(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def probability(comparison: Comparison) -> str:
    """Return the p-value as text; "" for what is no statistical test."""
    if comparison.aspect not in _ASPECTS:
        return ""
    return f"(p = {comparison.p:.0e})" if comparison.p > 1e-300 else "(p = 0)"


def advice_of(report: Distribution) -> str:
    """Return what the differences suggest, or how to get more evidence; "" if nothing."""
    if report.answer == "not shown":
        return "pass a larger `draws`"
    return known_ratio(report.failures, report.shape) or _truncation(report)


def _truncation(report: Distribution) -> str:
    named = {each.what: each for each in report.comparisons}
    top, std = named["largest number"], named["standard deviation"]
    ends = [getattr(top, side) / (getattr(std, side) or 1) for side in ("candidate", "reference")]
    if top in report.failures and std not in report.failures and 2 < ends[0] < 3 < ends[1]:
        return (
            f"The numbers end at {ends[0]:.3g} standard deviations, unlike those of the reference: are they truncated?"
        )
    return ""


def known_ratio(comparisons: list[Comparison], shape: tuple[int, ...]) -> str:
    """Return what the ratio of the two standard deviations suggests, "" if nothing.

    >>> known_ratio([Comparison("moments", "standard deviation", 0.1, 0.2)], (16, 4))
    'The ratio is that of the fans: is a kernel of shape (in, out) compared with one of shape (out, in)?'
    """
    (std,) = [each for each in comparisons if each.what == "standard deviation"] or [None]
    if std is None or not std.candidate or not std.reference:
        return ""
    ratio = std.candidate / std.reference
    return next((text for text, known in _ratios(shape) if abs(math.log(ratio / known)) < 0.01), "")


def _ratios(shape: tuple[int, ...]) -> list[tuple[str, float]]:
    fans = math.sqrt(shape[0] / shape[1]) if len(shape) > 1 and 0 not in shape and shape[0] != shape[1] else 0.0
    of_fans = "The ratio is that of the fans: is a kernel of shape (in, out) compared with one of shape (out, in)?"
    truncated = "The ratio is that of normal numbers truncated at two standard deviations (0.88)."
    bound = "The ratio is √3: is a bound of uniform numbers taken for their standard deviation?"
    gain = "The ratio is √2, the gain of relu."
    texts = [(of_fans, fans), (truncated, 0.8796), (bound, math.sqrt(3)), (gain, math.sqrt(2))]
    return [(text, each) for text, known in texts if known for each in (known, 1 / known)]
