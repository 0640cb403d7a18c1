"""The findings of a proof as plain data: `ProofData`. It needs no torch."""

import math
from dataclasses import dataclass, field
from typing import NamedTuple

from ..plan import Place

AGREES, DIFFERS, LEFT = "agrees", "differs", "not compared"


@dataclass(frozen=True)
class CallProof:
    """One call of the plan: alone on its own inputs in the model, and as a part of the whole run.

    Errors are the largest one, relative to the largest number of the value: `value` and `gradient` of the call alone;
    `inside` of the call's value in the port's own run, and `torchs` of PyTorch's own value there, both beside PyTorch
    in float64. NaN stands for an error that was not measured.
    """

    name: str
    target: str
    place: Place
    answer: str = LEFT
    detail: str = ""  # what differs, or why it is not compared
    value: float = math.nan
    gradient: float = math.nan
    inside: float = math.nan
    torchs: float = math.nan


@dataclass(frozen=True)
class WholeProof:
    """The whole model on one example: the answer for each level, and the results and gradients that differ."""

    title: str
    answers: dict[str, str] = field(default_factory=dict)
    numbers: int = 0
    gradients: int = 0  # the parameters and inputs whose gradient was compared
    differing: tuple[str, ...] = ()
    note: str = ""


class Fault(NamedTuple):
    """A mistake that was planted in one call, and whether the proof has found it."""

    what: str
    call: str
    place: Place
    is_found: bool


@dataclass(frozen=True)
class ProofData:
    """What was compared and what came of it: each call alone, the whole model, planted faults."""

    model: str
    calls: tuple[CallProof, ...] = ()
    whole: tuple[WholeProof, ...] = ()
    faults: tuple[Fault, ...] = ()
    decomposed: tuple[str, ...] = ()
    baked: tuple[str, ...] = ()
    constants: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def headline(self) -> str:
        """The answer in one line."""
        return f"{self.model}: the port {'agrees with' if self.ok else 'DIFFERS from'} PyTorch"

    @property
    def ok(self) -> bool:
        """Whether the port agrees with the model wherever it was compared."""
        answers = [answer for each in self.whole for answer in each.answers.values()]
        return bool(answers) and DIFFERS not in answers and not self.differing

    @property
    def differing(self) -> list[CallProof]:
        """The calls that differ alone, on the model's own inputs."""
        return [call for call in self.calls if call.answer == DIFFERS]

    @property
    def first_difference(self) -> CallProof | None:
        """The first call that differs alone, or else the first whose value leaves PyTorch's in the whole run."""
        if self.ok:
            return None
        return next(iter([*self.differing, *filter(is_apart, self.calls)]), None)


def is_apart(call: CallProof) -> bool:
    """Return whether a value in the port's own run is further from float64 than PyTorch's own error explains."""
    own = 0.0 if math.isnan(call.torchs) else call.torchs
    return call.inside > _TIMES_TORCHS * own + _ROUNDING


_TIMES_TORCHS, _ROUNDING = 16, 1e-5
