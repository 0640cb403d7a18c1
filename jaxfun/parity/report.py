"""What a check found: by level what was compared and how far apart, what was tried, and each failure as one input."""

import json
import logging
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from .compare import Verdict

COMPUTED = ("value", "vjp", "jvp", "hvp")  # the levels that have results of their own
LEVELS = (*COMPUTED, "jit", "vmap", "errors")
LOGGER = logging.getLogger("jaxfun.parity")

MOST_ULP = 1e12  # beside a reference of 0 a count of ULP says nothing


@dataclass(frozen=True)
class Failure:
    """One disagreement: where, on which inputs, and both answers.

    `inputs` are the positional and the keyword arguments, NumPy arrays for tensors; `candidate` and `reference` are the
    results that differ; `message` says it all in words; `script` reproduces it without jaxfun.
    """

    level: str
    difference: str
    detail: str
    call: str
    leaf: str = ""  # which result, or the gradient for which argument
    stratum: str = ""
    dtype: str = ""
    device: str = "cpu"
    ulp: float = 0.0
    index: tuple[int, ...] = ()
    inputs: Any = None
    candidate: Any = None
    reference: Any = None
    script: str = ""
    # by kind: the value sets that differ at this level, and all; and where an element has an input, it and the error
    strata: dict[str, tuple[int, int]] = field(default_factory=dict)
    curve: tuple[np.ndarray, np.ndarray] | None = None

    @property
    def facts(self) -> dict[str, str]:
        """What there is to know of the failure, by name."""
        facts = {"inputs": self.call + (f"   (met among: {self.stratum})" if self.stratum else "")}
        if self.candidate is not None and self.reference is not None:
            facts |= {"candidate": _shown(self.candidate), "reference": _shown(self.reference)}
        if 0 < self.ulp < MOST_ULP:
            facts |= {"error": f"{self.ulp:,.3g} ULP at {list(self.index)}"}
        return facts

    @property
    def message(self) -> str:
        """The failure in words."""
        of = f" of {self.leaf}" if self.leaf else ""
        first = f"{self.level}{of} ({self.dtype or 'any dtype'}, {self.device}): {self.difference}: {self.detail}"
        indent = "\n" + " " * _INDENT
        facts = [f"  {name:<{_INDENT - 2}}" + text.replace("\n", indent) for name, text in self.facts.items()]
        return "\n".join([first, *facts])

    def __str__(self) -> str:
        return self.message


_MOST_SHOWN = 24
_INDENT = 13


def _shown(array: Any) -> str:
    if array.size > _MOST_SHOWN:
        return f"{array.dtype} of shape {list(array.shape)}"
    prefix = str(array.dtype)
    numbers = np.array2string(np.asarray(array), separator=", ", prefix=prefix)
    return f"{prefix}{numbers}" if np.ndim(array) else f"{prefix}({numbers})"


@dataclass(frozen=True)
class Tap:
    """What a named place inside a module showed: whether it agrees over all value sets, and how it does in the worst.

    `error` is the largest difference there, relative to the reference's largest number; `of_tolerance` the error as a
    share of what is allowed.
    """

    name: str
    difference: str = ""
    compared: int = 0
    error: float = 0.0
    of_tolerance: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether the two agree there."""
        return not self.difference

    def with_verdict(self, verdict: Verdict, candidate: np.ndarray, reference: np.ndarray) -> "Tap":
        """Return the tap with one more value set."""
        one = Tap(self.name, verdict.difference, verdict.compared, 0.0, verdict.of_tolerance)
        if candidate.shape == reference.shape:
            one = replace(one, error=_relative(candidate, reference))
        worst = max(self, one, key=lambda tap: (not tap.ok, tap.of_tolerance, tap.error))
        return replace(worst, compared=self.compared + one.compared)


def _relative(candidate: np.ndarray, reference: np.ndarray) -> float:
    both = np.isfinite(candidate) & np.isfinite(reference)
    if not both.any():
        return 0.0
    ours, theirs = (item[both].astype(np.complex128) for item in (candidate, reference))
    largest = float(np.abs(theirs).max())
    return float(np.abs(ours - theirs).max()) / largest if largest else 0.0


@dataclass
class Level:
    """What one level compared: elements, the worst error, whether anything but zeros was there to compare."""

    compared: int = 0
    worst_ulp: float = 0.0
    is_nonzero: bool = False
    failures: int = 0
    reason: str = ""  # why it does not apply, where it does not
    leaves: dict[str, "Level"] = field(default_factory=dict)  # by the name of what is compared: a result, a gradient
    planted: dict[str, bool] = field(default_factory=dict)  # wrong results put in the candidate's place: caught?

    @property
    def status(self) -> str:
        """Return "fail", "pass", "not applicable" or "no evidence": only zeros, nothing at all, or too loosely."""
        if self.failures:
            return "fail"
        if not self.compared:
            return "not applicable" if self.reason else "no evidence"
        return "pass" if self.is_nonzero and not self.is_loose else "no evidence"

    @property
    def is_loose(self) -> bool:
        """Whether a planted wrong result passed: the tolerance is too wide to mean anything."""
        return not all(self.planted.values())

    def add(self, other: "Level") -> None:
        """Take in what another run of the level found."""
        self.compared += other.compared
        self.worst_ulp = max(self.worst_ulp, other.worst_ulp)
        self.is_nonzero |= other.is_nonzero
        self.failures += other.failures
        self.reason = self.reason or other.reason
        for name, caught in other.planted.items():
            self.planted[name] = caught or self.planted.get(name, False)
        for name, leaf in other.leaves.items():
            self.leaves.setdefault(name, Level()).add(leaf)


@dataclass
class Report:
    """What a check found. `examples` counts the value sets that were evaluated, `strata` them by kind.

    `levels` has what each level compared, `by_dtype` the same for each dtype (and device, other than the CPU).
    """

    candidate: str = ""
    reference: str = ""
    failures: list[Failure] = field(default_factory=list)
    levels: dict[str, Level] = field(default_factory=dict)
    by_dtype: dict[str, dict[str, Level]] = field(default_factory=dict)
    strata: dict[str, int] = field(default_factory=dict)
    not_reached: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    examples: int = 0
    seconds: float = 0.0
    is_accepted: bool = False  # the reference took at least one of the inputs
    refused: str = ""  # what it raised where it took none of a case
    seen: dict[str, int] = field(default_factory=dict)  # known differences, by their reason
    taps: list[Tap] = field(default_factory=list)  # of a module, in the order of execution

    @property
    def ok(self) -> bool:
        """Whether nothing disagreed, and something was compared, closely enough for a wrong result to be told.

        That both raise alike is enough only where no more was asked.
        """
        compared = {name for name, level in self.levels.items() if level.compared}
        is_compared = bool(compared - {"errors"} or (compared and not self.refused))
        return not self.failures and is_compared and not self._is_loose

    @property
    def _is_loose(self) -> bool:
        return "value" in self.levels and self.levels["value"].is_loose

    @property
    def first_divergence(self) -> Tap | None:
        """The first tap that differs, in the order of execution."""
        return next((tap for tap in self.taps if not tap.ok), None)

    def level(self, name: str) -> Level:
        """Return what a level found, empty before anything is."""
        return self.levels.setdefault(name, Level())

    def count(self, level: str, verdict: Verdict, is_nonzero: bool = True, leaf: str = "") -> None:
        """Count a verdict at a level, and for what is compared there where it has a name."""
        one = Level(verdict.compared, verdict.worst_ulp, is_nonzero, failures=not verdict.ok)
        self.level(level).add(one)
        if leaf:
            self.level(level).leaves.setdefault(leaf, Level()).add(one)

    def note(self, text: str) -> None:
        """Keep a remark, once."""
        if text not in self.notes:
            self.notes.append(text)

    def add(self, other: "Report", dtype: str | None = None, device: str = "cpu") -> None:
        """Take in another report's findings; those of one dtype are kept apart as well."""
        self.failures.extend(other.failures)
        self.taps.extend(other.taps)
        self.examples += other.examples
        self.seconds += other.seconds
        self.not_reached += [text for text in other.not_reached if text not in self.not_reached]
        tables = [(self.levels, other.levels)]
        tables += [(self.by_dtype.setdefault(name, {}), found) for name, found in other.by_dtype.items()]
        if dtype is not None:
            column = dtype if device == "cpu" else f"{dtype} on {device}"
            tables += [(self.by_dtype.setdefault(column, {}), other.levels)]
        for mine, theirs in tables:
            for name, level in theirs.items():
                mine.setdefault(name, Level()).add(level)
        for mine, theirs in ((self.strata, other.strata), (self.seen, other.seen)):
            for name, count in theirs.items():
                mine[name] = mine.get(name, 0) + count
        self.is_accepted |= other.is_accepted
        self.refused = self.refused or other.refused
        for text in other.notes:
            self.note(text)

    @property
    def headline(self) -> str:
        """The verdict in a line."""
        left = "was held too loosely to" if self._is_loose else "was not compared with"
        verdict = "agrees with" if self.ok else "DIFFERS from" if self.failures else left
        return f"{self.candidate} {verdict} {self.reference}"

    def log(self) -> None:
        """Log the verdict, the report beside it: whoever runs the check (pytest's plugin, say) may gather them."""
        LOGGER.info("%s", self.headline, extra={"parity_report": self})

    def __str__(self) -> str:
        return "\n".join(_lines(self))

    def to_json(self, path: str | Path) -> None:
        """Write the report as JSON."""
        Path(path).write_text(json.dumps(as_plain(self), indent=2) + "\n")

    def to_html(self, path: str | Path) -> None:
        """Write the report as one HTML file that needs nothing else."""
        from .html import page

        Path(path).write_text(page([self]))


def _lines(report: Report) -> list[str]:
    lines = [report.headline]
    lines += [f"  {report.examples:,} value sets in {report.seconds:.1f} s"]
    for name in LEVELS:
        if name in report.levels:
            lines += [f"  {name:<8}{_level_text(report.levels[name])}"]
    if report.strata:
        lines += ["  tried    " + ", ".join(f"{name} {count}" for name, count in sorted(report.strata.items()))]
    if report.not_reached:
        lines += ["  not tried  " + ", ".join(report.not_reached)]
    lines += [f"  note     {text}" for text in report.notes]
    lines += _tap_lines(report)
    for failure in report.failures:
        lines += ["", failure.message]
        if failure.script:
            lines += ["", "To reproduce:", "", *(f"    {line}" for line in failure.script.splitlines())]
    return lines


def _tap_lines(report: Report) -> list[str]:
    wide = max((len(tap.name) for tap in report.taps), default=0)
    first = report.first_divergence
    lines = ["  taps, in the order of execution"] if report.taps else []
    for tap in report.taps:
        verdict = "agrees " if tap.ok else "DIFFERS"
        line = f"    {tap.name:<{wide}}  {verdict}  {_tap_text(tap)}"
        lines.append(line + ("   <- the first to differ" if tap is first else ""))
    return lines


def _tap_text(tap: Tap) -> str:
    if tap.difference not in ("", "number"):
        return tap.difference
    share = f"{tap.of_tolerance:,.3g} times" if tap.of_tolerance > 1 else f"{tap.of_tolerance:.0%} of"
    return f"error {tap.error:.1e}, {share} the tolerance"


_MOST_NAMES = 6
_SMALL_ULP = 1000  # more, and the element is beside 0: rounding is then relative to what it is made of


def _failing_leaves(level: Level) -> str:
    names = [name for name, leaf in level.leaves.items() if leaf.failures]
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return f"; differs: {', '.join(names[:_MOST_NAMES])}{more}" if names else ""


def _level_text(level: Level) -> str:
    if level.status == "not applicable":
        return f"not applicable: {level.reason}"
    worst = f", at most {level.worst_ulp:,.3g} ULP" if 0 < level.worst_ulp < MOST_ULP else ""
    if level.worst_ulp > _SMALL_ULP and not level.failures:
        worst = f", more than {_SMALL_ULP:,} ULP only where terms cancel"
    why = "the tolerance is too wide" if level.is_loose else "all zero"
    reason = f" ({why})" if level.status == "no evidence" and level.compared else ""
    return f"{level.status}{reason}   {level.compared:,} elements{worst}{_failing_leaves(level)}"


def as_plain(report: Report) -> dict[str, Any]:
    """Return the report as what JSON has: numbers, strings, lists and objects."""
    by_dtype = {dtype: _plain_levels(levels) for dtype, levels in report.by_dtype.items()}
    failures = [_plain_failure(failure) for failure in report.failures]
    kept = ("candidate", "reference", "examples", "seconds", "strata", "not_reached", "notes", "seen", "ok")
    tables = {"levels": _plain_levels(report.levels), "by_dtype": by_dtype}
    taps = [asdict(tap) | {"ok": tap.ok} for tap in report.taps]
    return {name: getattr(report, name) for name in kept} | tables | {"taps": taps, "failures": failures}


def _plain_levels(levels: dict[str, Level]) -> dict[str, Any]:
    return {name: asdict(level) | {"status": level.status} for name, level in levels.items()}


def _plain_failure(failure: Failure) -> dict[str, Any]:
    kept = (
        "level",
        "leaf",
        "strata",
        "difference",
        "detail",
        "call",
        "stratum",
        "dtype",
        "device",
        "ulp",
        "script",
        "message",
    )
    arrays = {name: _plain_array(getattr(failure, name)) for name in ("candidate", "reference")}
    return {name: getattr(failure, name) for name in kept} | {"index": list(failure.index)} | arrays


def _plain_array(array: Any) -> Any:
    if array is None:
        return None
    # text keeps NaN and infinity, for which JSON has no number
    return {"dtype": str(array.dtype), "shape": list(array.shape), "values": [str(x) for x in np.ravel(array)]}
