"""The findings of a check as plain data: `ReportData`, with a `Level` for each level, and `FailureData` for failures.

The search fills these classes; words.py, terminal.py, table.py, page.py and json_text.py show them.
"""

from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np

from ..compare.arrays import Verdict

COMPUTED = ("value", "vjp", "jvp", "hvp")  # the levels with results of their own
LEVELS = (*COMPUTED, "jit", "vmap", "errors")
MANY = 8  # value sets: if all results are 0, fewer sets are no evidence


class Curve(NamedTuple):
    """The points of a failure's chart: the error of each element in the value sets that differ, against a number.

    The number is the element's `input` for elementwise functions, else the reference's `result`; `over` says which.
    """

    numbers: np.ndarray
    errors: np.ndarray
    over: str = "input"


@dataclass(frozen=True)
class FailureData:
    """One disagreement: its level, the smallest inputs, and both results.

    `inputs` holds the positional and the keyword arguments, tensors as NumPy arrays. `candidate` and `reference` are
    the results that differ. `script` reproduces the failure without jaxfun.
    """

    level: str
    kind: str
    detail: str
    call: str
    leaf: str = ""  # the name of the result, or of the argument of the gradient
    relation: str = ""  # the relation of both results on all value sets, if known: "1.5 times the reference"
    stratum: str = ""
    dtype: str = ""
    device: str = "cpu"
    ulp: float = 0.0
    index: tuple[int, ...] = ()
    inputs: Any = None
    candidate: Any = None
    reference: Any = None
    script: str = ""
    edge: str = ""  # the kind of edge, "" for a failure
    strata: dict[str, tuple[int, int]] = field(default_factory=dict)  # by kind: value sets that differ, all value sets
    curve: Curve | None = None


@dataclass(frozen=True)
class Mismatch:
    """A disagreement as found, before it is shrunk: the level, the value set, and the leaf of the results."""

    level: str
    row: int
    leaf: int
    verdict: Verdict
    candidate: np.ndarray | None = None
    reference: np.ndarray | None = None
    edge: str = ""  # the kind of edge, "" for a failure


@dataclass(frozen=True)
class Tap:
    """The comparison at a named place inside a module, over all value sets.

    `error` is the largest error, relative to the reference's largest number. `of_tolerance` is the error divided
    by the tolerance. With `is_alone`, the stretch from the tap before to this one was also run alone, from the
    reference's values: `alone` is the kind of failure then, `gradients` names the inputs whose gradient differs.
    """

    name: str
    kind: str = ""
    compared: int = 0
    error: float = 0.0
    of_tolerance: float = 0.0
    is_alone: bool = False
    alone: str = ""
    gradients: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the two agree at this tap."""
        return not self.kind

    @property
    def is_divergence(self) -> bool:
        """Whether the stretch before this tap differs even if it is given the reference's values."""
        return bool(self.alone or self.gradients)

    def with_verdict(self, verdict: Verdict, candidate: np.ndarray, reference: np.ndarray) -> "Tap":
        """Return the tap updated with the verdict on one more value set."""
        one = Tap(self.name, verdict.kind, verdict.compared, 0.0, verdict.of_tolerance)
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
    """The statistics of one level: compared elements, largest error, failures, and how strong the evidence is."""

    compared: int = 0
    worst_ulp: float = 0.0
    is_nonzero: bool = False
    failures: int = 0
    edges: int = 0  # the number of edges
    sets: int = 0  # the number of value sets
    reason: str = ""  # why the level does not apply, if it does not
    left_out: str = ""  # why the level was not compared although it applies
    leaves: dict[str, "Level"] = field(default_factory=dict)  # by the name of the result, or of the gradient's argument
    planted: dict[str, bool] = field(default_factory=dict)  # self-test: by wrong result, whether it was rejected

    @property
    def status(self) -> str:
        """Return "fail", "pass", "not applicable", "left out" or "not shown" (too little evidence, see `lacks`)."""
        if self.failures:
            return "fail"
        if not self.compared:
            return "left out" if self.left_out else "not applicable" if self.reason else "not shown"
        return "not shown" if self.lacks else "pass"

    @property
    def lacks(self) -> str:
        """The evidence that is missing; "" if there is enough, or if the level does not apply."""
        if self.failures or ((self.reason or self.left_out) and not self.compared):
            return ""
        if not self.compared:
            return "nothing was compared"
        if self.is_loose:
            wrong = " and ".join(name for name, caught in self.planted.items() if not caught)
            return f"the tolerance is too wide: {wrong} would also pass"
        # a few value sets may all lie where the function is 0; many do not
        return "" if self.is_nonzero or self.sets >= MANY else f"only zeros on both sides, in {self.sets} value sets"

    @property
    def is_loose(self) -> bool:
        """Whether the self-test failed: a planted wrong result passed, so the tolerance is too wide."""
        return not all(self.planted.values())

    def add(self, other: "Level") -> None:
        """Add the statistics of another run of the level."""
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
    """Return the missing evidence of a level: of the whole level, or of some of its leaves."""
    if name == "hvp" and level.compared and not level.is_loose:  # zeros are right for a linear function
        return []
    if level.lacks:
        return [f"{name}: {level.lacks}"]
    if level.status in ("not applicable", "left out"):  # then its leaves need no evidence either
        return []
    of = {"vjp": "gradient", "hvp": "second derivative"}.get(name, name)
    return [f"{of} of {leaf}: {found.lacks}" for leaf, found in level.leaves.items() if found.lacks]


@dataclass
class ReportData:
    """The result of a check. `examples` counts the evaluated value sets, `strata` counts them by kind.

    `levels` has the statistics of each level, `by_dtype` the same for each dtype (with the device, if not the CPU).
    """

    candidate: str = ""
    reference: str = ""
    failures: list[Any] = field(default_factory=list)
    levels: dict[str, Level] = field(default_factory=dict)
    by_dtype: dict[str, dict[str, Level]] = field(default_factory=dict)
    strata: dict[str, int] = field(default_factory=dict)
    not_reached: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    edges: list[Any] = field(default_factory=list)  # disagreements outside of ordinary use: listed, but not counted
    inputs: list[str] = field(default_factory=list)  # one line for each argument: drawn how, or fixed at what
    parameters: list[str] = field(default_factory=list)  # of a module: how the state_dict becomes each of its leaves
    opinions: dict[str, str] = field(default_factory=dict)  # second opinions: by dtype, the answer in that dtype
    is_another_in_float64: bool = False  # the reference is another function in float64, which is no oracle then
    advice: str = ""  # how to get more evidence: the strategy to give
    examples: int = 0
    seconds: float = 0.0
    is_interrupted: bool = False  # Ctrl-C ended the check early
    is_accepted: bool = False  # the reference accepted at least one input
    refused: str = ""  # the error of the reference, if it raised for every input of a case
    is_random: bool = False  # the reference gives different results for the same inputs
    seen: dict[str, int] = field(default_factory=dict)  # known differences: by reason, how often one was seen
    taps: list[Tap] = field(default_factory=list)  # taps of a module, in execution order

    @property
    def ok(self) -> bool:
        """Whether the two agree: nothing differs, and there is evidence for everything that applies."""
        return self.answer == "agrees"

    @property
    def answer(self) -> str:
        """The answer: "agrees", "differs", or "not shown" (too little evidence for "agrees")."""
        if self.failures:
            return "differs"
        return "not shown" if self.missing else "agrees"

    @property
    def missing(self) -> list[str]:
        """The missing evidence: one line for each level or gradient that applies but was compared too little."""
        if self.is_interrupted:
            return ["the rest of the check: Ctrl-C ended it early", *self._lacking]
        return self._lacking

    @property
    def _lacking(self) -> list[str]:
        if self.refused and not self.is_accepted:
            return [f"the reference raised for every generated input ({self.refused})"]
        if self.is_random:
            return ["the reference is random: two calls with the same inputs give different results"]
        compared = {name for name, level in self.levels.items() if level.compared and name in LEVELS}
        if not compared - {"errors"} and not (compared and not self.refused):
            return ["nothing was compared"]
        return [text for name in LEVELS if name in self.levels for text in _missing(name, self.levels[name])]

    @property
    def is_loose(self) -> bool:
        """Whether the self-test of the value level failed: a planted wrong result passed."""
        return "value" in self.levels and self.levels["value"].is_loose

    @property
    def first_divergence(self) -> Tap | None:
        """The first tap that differs, in execution order."""
        return next((tap for tap in self.taps if not tap.ok), None)

    @property
    def divergences(self) -> list[Tap]:
        """The taps whose stretch differs even if it is given the reference's values: each is a mistake of its own."""
        return [tap for tap in self.taps if tap.is_divergence]

    @property
    def tried(self) -> list[str]:
        """The kinds of value sets that were tried, each with its count."""
        return [f"{name} {count:,}" for name, count in sorted(self.strata.items()) if count]

    def level(self, name: str) -> Level:
        """Return the statistics of a level; create them if there are none."""
        return self.levels.setdefault(name, Level())

    def count(
        self, level: str, verdict: Verdict, is_nonzero: bool = True, leaf: str = "", *, sets: int = 1, edge: str = ""
    ) -> None:
        """Add a verdict to the statistics of a level, and to those of its leaf if that has a name."""
        is_edge = bool(edge) and not verdict.ok
        failures = not verdict.ok and not is_edge
        one = Level(verdict.compared, verdict.worst_ulp, is_nonzero, failures=failures, edges=is_edge, sets=sets)
        self.level(level).add(one)
        if leaf:
            self.level(level).leaves.setdefault(leaf, Level()).add(one)

    def note(self, text: str) -> None:
        """Add a note, unless it is there already."""
        if text not in self.notes:
            self.notes.append(text)

    def add(self, other: "ReportData", dtype: str | None = None, device: str = "cpu") -> None:
        """Add the findings of another report; with `dtype`, add its levels to `by_dtype` too."""
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
        """Add a second opinion: a check in another dtype, which does not change the answer."""
        self.edges.extend(other.edges)
        self.examples += other.examples
        for name, found in other.by_dtype.items():
            self.by_dtype.setdefault(name, {}).update(found)
        for name, count in other.strata.items():
            self.strata[name] = self.strata.get(name, 0) + count

    @property
    def headline(self) -> str:
        """The answer in one line."""
        verdict = {"agrees": "agrees with", "differs": "DIFFERS from", "not shown": "is NOT SHOWN to agree with"}
        return f"{self.candidate} {verdict[self.answer]} {self.reference}{' (interrupted)' * self.is_interrupted}"
