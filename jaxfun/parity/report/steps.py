"""The results of `parity.optimizer`, `parity.schedule` and `parity.training`: how far two runs agree, step by step.

Begin at `StepsReport`, which shows itself as text, JSON and HTML.
"""

from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from .json_text import as_plain, dumps
from .page import document
from .words import row, wrapped


@dataclass(frozen=True)
class Parting:
    """The first place where two runs part: the step (from 1), the quantity, both numbers, and in which gradients."""

    step: int
    name: str
    index: tuple[int, ...] = ()
    candidate: float = 0.0
    reference: float = 0.0
    dtype: str = ""
    gradients: str = ""
    of_tolerance: float = 0.0

    @property
    def message(self) -> str:
        """The parting in words."""
        place = self.name + (str(list(self.index)) if self.index else "")
        within = f" of {self.gradients} gradients" if self.gradients else ""
        digits = next((n for n in (6, 9, 17) if f"{self.candidate:.{n}g}" != f"{self.reference:.{n}g}"), 17)
        said = f"{place} is {self.candidate:.{digits}g}, the reference has {self.reference:.{digits}g}"
        kind = f"{self.dtype}: " if self.dtype else ""
        return f"{kind}in step {self.step}{within}, {said}"

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True)
class SettingRow:
    """A setting of both sides; None where it could not be read."""

    name: str
    candidate: str | None
    reference: str | None
    is_alike: bool

    def __str__(self) -> str:
        mark = "" if self.is_alike else " (not alike)" if self.candidate and self.reference else " (one side alone)"
        return f"{self.name}: {self.candidate or '-'} | {self.reference or '-'}{mark}"


@dataclass
class StepsReport:
    """The result of a comparison step by step. Show it with `print(report)`, `to_html(path)` or `to_json(path)`.

    `failures` has where the two part, the first of each dtype; `edges` what parts in float32 alone, by digits that a
    formula loses; `looks_like` the changes that turn the reference into the candidate, found by trying them.
    """

    candidate: str = ""
    reference: str = ""
    steps: int = 0
    failures: list[Parting] = field(default_factory=list)
    edges: list[Parting] = field(default_factory=list)
    looks_like: list[str] = field(default_factory=list)
    settings: list[SettingRow] = field(default_factory=list)
    agreeing: dict[str, str] = field(default_factory=dict)  # by quantity: how far the two agree
    errors: dict[str, float] = field(
        default_factory=dict
    )  # by dtype: the largest error, relative to the distance moved
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether the two agree in every step."""
        return not self.failures and self.steps > 0

    @property
    def answer(self) -> str:
        """The answer: "agrees", "differs", or "not shown" where nothing was compared."""
        return "differs" if self.failures else "agrees" if self.steps else "not shown"

    @property
    def first_divergence(self) -> Parting | None:
        """The first place where the two part, in float64 if that was run."""
        return self.failures[0] if self.failures else None

    @property
    def headline(self) -> str:
        """The answer on one line."""
        return f"{self.candidate} against {self.reference}: {self.answer.replace('differs', 'DIFFERS')}"

    @property
    def rows(self) -> list[tuple[str, list[str]]]:
        """The report's rows: a name, and its lines."""
        unlike = sorted(self.settings, key=lambda item: item.is_alike)
        told = [
            ("differs", [item.message for item in self.failures]),
            ("looks like", self.looks_like),
            ("settings", [f"{self.candidate} | {self.reference}", *map(str, unlike)] if unlike else []),
            ("compared", [f"{name}: {text}" for name, text in self.agreeing.items()]),
            ("edge", [item.message for item in self.edges]),
            ("note", self.notes),
        ]
        return [(name, lines) for name, lines in told if lines]

    def __str__(self) -> str:
        lines = [self.headline, f"  {self.steps:,} steps in {self.seconds:.1f} s"]
        return "\n".join([*lines, *(row(name, "\n".join(map(wrapped, texts))) for name, texts in self.rows)])

    def to_json(self, path: str | Path) -> None:
        """Write the report as standard JSON: NaN and infinity become strings."""
        found = {**as_plain(self), "ok": self.ok, "answer": self.answer}
        Path(path).write_text(dumps(found), encoding="utf-8")

    def to_html(self, path: str | Path) -> None:
        """Write the report as a single HTML file without external resources."""
        kind = "pass" if self.ok else "fail"
        parts = [f"<h1 class='{kind}'>{escape(self.headline)}</h1>"]
        parts += [f"<p class='dim'>{self.steps:,} steps in {self.seconds:.1f} s</p><table class='facts remarks'>"]
        parts += [
            f"<tr><td class='dim'>{name}</td><td>{'<br>'.join(map(escape, lines))}</td></tr>"
            for name, lines in self.rows
        ]
        Path(path).write_text(document(self.headline, [*parts, "</table>"]), encoding="utf-8")
