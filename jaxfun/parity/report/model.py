"""What a check found, as data: by level what was compared and how far apart, what was tried, and each failure."""

from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np

from ..compare.arrays import Verdict

COMPUTED = ("value", "vjp", "jvp", "hvp")  # the levels that have results of their own
LEVELS = (*COMPUTED, "jit", "vmap", "errors")
MANY = 8  # value sets: zeros alone in fewer are no evidence


class Curve(NamedTuple):
    """The errors of all elements in the value sets that differ, and the number at which each was met.

    That is the element's `input` where it has one of its own, else its `result`, as the reference gives it.
    """

    numbers: np.ndarray
    errors: np.ndarray
    over: str = "input"


@dataclass(frozen=True)
class FailureData:
    """One disagreement: where, on which inputs, and both answers.

    `inputs` are the positional and the keyword arguments, NumPy arrays for tensors; `candidate` and `reference` are the
    results that differ; `script` reproduces the difference without jaxfun.
    """

    level: str
    difference: str
    detail: str
    call: str
    leaf: str = ""  # which result, or the gradient for which argument
    relation: str = ""  # how the two are related on all value sets, where that is known: "1.5 times the reference"
    stratum: str = ""
    dtype: str = ""
    device: str = "cpu"
    ulp: float = 0.0
    index: tuple[int, ...] = ()
    inputs: Any = None
    candidate: Any = None
    reference: Any = None
    script: str = ""
    edge: str = ""  # the kind of edge, "" for a difference
    strata: dict[str, tuple[int, int]] = field(default_factory=dict)  # by kind: value sets that differ here, and all
    curve: Curve | None = None


@dataclass(frozen=True)
class Mismatch:
    """A disagreement as it was met: the level, the value set, and which leaf of the results."""

    level: str
    row: int
    leaf: int
    verdict: Verdict
    candidate: np.ndarray | None = None
    reference: np.ndarray | None = None
    edge: str = ""  # the kind of edge that it is, where ordinary use does not meet it


@dataclass(frozen=True)
class Tap:
    """What a named place inside a module showed: whether it agrees over all value sets, and how it does in the worst.

    `error` is the largest difference there, relative to the reference's largest number; `of_tolerance` the error as a
    share of what is allowed. Where `is_alone`, the stretch up to the place was also run from the reference's own
    values: `alone` is how it differs even then, `gradients` what its gradient differs for.
    """

    name: str
    difference: str = ""
    compared: int = 0
    error: float = 0.0
    of_tolerance: float = 0.0
    is_alone: bool = False
    alone: str = ""
    gradients: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the two agree there."""
        return not self.difference

    @property
    def is_divergence(self) -> bool:
        """Whether the stretch up to the place is wrong by itself."""
        return bool(self.alone or self.gradients)

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
    edges: int = 0  # disagreements that ordinary use does not meet
    sets: int = 0  # value sets
    reason: str = ""  # why it does not apply, where it does not
    left_out: str = ""  # why it was not compared, where it applies
    leaves: dict[str, "Level"] = field(default_factory=dict)  # by the name of what is compared: a result, a gradient
    planted: dict[str, bool] = field(default_factory=dict)  # wrong results put in the candidate's place: caught?

    @property
    def status(self) -> str:
        """Return "fail", "pass", "not applicable", "left out" or "not shown": zeros alone, nothing, or too loosely."""
        if self.failures:
            return "fail"
        if not self.compared:
            return "left out" if self.left_out else "not applicable" if self.reason else "not shown"
        return "not shown" if self.lacks else "pass"

    @property
    def lacks(self) -> str:
        """What evidence is missing, "" where there is enough or the level does not apply."""
        if self.failures or ((self.reason or self.left_out) and not self.compared):
            return ""
        if not self.compared:
            return "nothing was compared"
        if self.is_loose:
            wrong = " and ".join(name for name, caught in self.planted.items() if not caught)
            return f"the tolerance is too wide to mean anything: {wrong} would pass as well"
        # a few value sets may all lie where a function is 0; many do not
        return "" if self.is_nonzero or self.sets >= MANY else f"all are 0 on both sides, in {self.sets} value sets"

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
        self.edges += other.edges
        self.sets += other.sets
        self.reason = self.reason or other.reason
        self.left_out = self.left_out or other.left_out
        for name, caught in other.planted.items():
            self.planted[name] = caught or self.planted.get(name, False)
        for name, leaf in other.leaves.items():
            self.leaves.setdefault(name, Level()).add(leaf)


def _missing(name: str, level: Level) -> list[str]:
    """Return what a level lacks: as a whole, or for some of what is compared there."""
    if name == "hvp" and level.compared and not level.is_loose:  # of what is linear it is 0 everywhere
        return []
    if level.lacks:
        return [f"{name}: {level.lacks}"]
    if level.status in ("not applicable", "left out"):  # for none of what would be compared there
        return []
    of = {"vjp": "gradient", "hvp": "second derivative"}.get(name, name)
    return [f"{of} of {leaf}: {found.lacks}" for leaf, found in level.leaves.items() if found.lacks]


@dataclass
class ReportData:
    """What a check found. `examples` counts the value sets that were evaluated, `strata` them by kind.

    `levels` has what each level compared, `by_dtype` the same for each dtype (and device, other than the CPU).
    """

    candidate: str = ""
    reference: str = ""
    failures: list[Any] = field(default_factory=list)
    levels: dict[str, Level] = field(default_factory=dict)
    by_dtype: dict[str, dict[str, Level]] = field(default_factory=dict)
    strata: dict[str, int] = field(default_factory=dict)
    not_reached: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    edges: list[Any] = field(default_factory=list)  # failures of no weight, but that a user should know
    inputs: list[str] = field(default_factory=list)  # by argument: what was drawn, and what is fixed
    opinions: dict[str, str] = field(default_factory=dict)  # by dtype: the answer in another than the functions' own
    is_another_in_float64: bool = False  # the reference: its result in float64 is no measure then
    advice: str = ""  # what to give, so that more can be shown
    examples: int = 0
    seconds: float = 0.0
    is_interrupted: bool = False  # by Ctrl-C: this is what was found before
    is_accepted: bool = False  # the reference took at least one of the inputs
    refused: str = ""  # what it raised where it took none of a case
    is_random: bool = False  # the reference: called again with the same inputs it gave another result
    seen: dict[str, int] = field(default_factory=dict)  # known differences, by their reason
    taps: list[Tap] = field(default_factory=list)  # of a module, in the order of execution

    @property
    def ok(self) -> bool:
        """Whether the two agree: nothing differs, and nothing that applies is without evidence."""
        return self.answer == "agrees"

    @property
    def answer(self) -> str:
        """Return "agrees", "differs" or "not shown": silence is no agreement."""
        if self.failures:
            return "differs"
        return "not shown" if self.missing else "agrees"

    @property
    def missing(self) -> list[str]:
        """What applies and has too little evidence, each with the reason."""
        if self.is_interrupted:
            return ["what was left when Ctrl-C ended the check", *self._lacking]
        return self._lacking

    @property
    def _lacking(self) -> list[str]:
        if self.refused and not self.is_accepted:
            return [f"the reference raised for every input ({self.refused})"]
        if self.is_random:
            return ["the reference is random: called again with the same inputs it gives another result"]
        compared = {name for name, level in self.levels.items() if level.compared and name in LEVELS}
        if not compared - {"errors"} and not (compared and not self.refused):
            return ["nothing was compared"]
        return [text for name in LEVELS if name in self.levels for text in _missing(name, self.levels[name])]

    @property
    def is_loose(self) -> bool:
        """Whether the results were held so loosely that a wrong one passed."""
        return "value" in self.levels and self.levels["value"].is_loose

    @property
    def first_divergence(self) -> Tap | None:
        """The first tap that differs, in the order of execution."""
        return next((tap for tap in self.taps if not tap.ok), None)

    @property
    def divergences(self) -> list[Tap]:
        """The taps that differ even where their stretch starts from the reference's own values: each is a mistake."""
        return [tap for tap in self.taps if tap.is_divergence]

    @property
    def tried(self) -> list[str]:
        """The kinds of value sets that were tried, each with their number."""
        return [f"{name} {count:,}" for name, count in sorted(self.strata.items()) if count]

    def level(self, name: str) -> Level:
        """Return what a level found, empty before anything is."""
        return self.levels.setdefault(name, Level())

    def count(
        self, level: str, verdict: Verdict, is_nonzero: bool = True, leaf: str = "", *, sets: int = 1, edge: str = ""
    ) -> None:
        """Count a verdict at a level, and for what is compared there where it has a name."""
        is_edge = bool(edge) and not verdict.ok
        failures = not verdict.ok and not is_edge
        one = Level(verdict.compared, verdict.worst_ulp, is_nonzero, failures=failures, edges=is_edge, sets=sets)
        self.level(level).add(one)
        if leaf:
            self.level(level).leaves.setdefault(leaf, Level()).add(one)

    def note(self, text: str) -> None:
        """Keep a remark, once."""
        if text not in self.notes:
            self.notes.append(text)

    def add(self, other: "ReportData", dtype: str | None = None, device: str = "cpu") -> None:
        """Take in another report's findings; those of one dtype are kept apart as well."""
        self.failures.extend(other.failures)
        self.edges.extend(other.edges)
        self.inputs += [text for text in other.inputs if text not in self.inputs]
        self.opinions |= other.opinions
        self.advice = self.advice or other.advice
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
        self.is_another_in_float64 |= other.is_another_in_float64
        self.is_interrupted |= other.is_interrupted
        self.refused = self.refused or other.refused
        self.is_random |= other.is_random
        for text in other.notes:
            self.note(text)

    def add_opinion(self, other: "ReportData") -> None:
        """Take in what a check in another dtype found, which the answer does not depend on."""
        self.edges.extend(other.edges)
        self.examples += other.examples
        for name, found in other.by_dtype.items():
            self.by_dtype.setdefault(name, {}).update(found)
        for name, count in other.strata.items():
            self.strata[name] = self.strata.get(name, 0) + count

    @property
    def headline(self) -> str:
        """The verdict in a line."""
        verdict = {"agrees": "agrees with", "differs": "DIFFERS from", "not shown": "is NOT SHOWN to agree with"}
        return f"{self.candidate} {verdict[self.answer]} {self.reference}{' (interrupted)' * self.is_interrupted}"
