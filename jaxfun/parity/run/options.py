"""What a check is asked for: which levels, on which device, how close."""

from dataclasses import dataclass, replace

from ..compare.arrays import Bound
from ..report.model import COMPUTED, LEVELS


@dataclass(frozen=True)
class Options:
    """The options of a check.

    `exact` asks for what only a port of torch itself promises: exceptions that a handler of torch's would catch, and,
    at a pole, the sign of an infinite derivative. `strict` gives every disagreement the weight of a difference; `allow`
    names kinds of disagreement that the user leaves open.
    """

    levels: frozenset[str] = frozenset(LEVELS)
    device: str = "cpu"
    bound: Bound | None = None
    exact: bool = True
    strict: bool = True
    allow: frozenset[str] = frozenset()
    plants: bool = True  # wrong results are tried in the candidate's place
    alone: bool = True  # a value set of every kind is called by itself, eagerly and compiled

    @property
    def computed(self) -> frozenset[str]:
        """The levels that have to be computed: a second derivative and forward mode are held to the first as well."""
        asked = self.levels & {*COMPUTED}
        return asked | {"value"} | ({"vjp"} if asked & {"jvp", "hvp"} else set())

    @property
    def of_opinion(self) -> "Options":
        """The options for a second opinion in another dtype: of results and gradients, batched."""
        levels = self.levels & _OF_OPINIONS
        return replace(self, levels=levels, alone=False) if levels else self


# what forward mode and second derivatives are made of; more would cost as much as the first opinion
_OF_OPINIONS = frozenset({"value", "vjp", "vmap", "errors"})
