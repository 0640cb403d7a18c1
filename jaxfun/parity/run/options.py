"""The options of one run of a check: levels, device, tolerance."""

from dataclasses import dataclass, replace

from ..compare.arrays import Bound
from ..report.model import COMPUTED, LEVELS


@dataclass(frozen=True)
class Options:
    """The options of a check.

    `exact`: require exceptions that a handler of torch's would catch, and at a pole the sign of an infinite derivative;
    only a port of torch itself promises these. `strict`: count edges as failures. `allow`: kinds of mismatch that the
    user permits.
    """

    levels: frozenset[str] = frozenset(LEVELS)
    device: str = "cpu"
    bound: Bound | None = None
    exact: bool = True
    strict: bool = True
    allow: frozenset[str] = frozenset()
    plants: bool = True  # check that planted wrong results are rejected
    alone: bool = True  # also call one value set of every kind unbatched, eagerly and compiled
    optimised: bool = True  # compile a large model as a user's jit does

    @property
    def computed(self) -> frozenset[str]:
        """The levels to compute. `hvp` and `jvp` also need `vjp`, which they are checked against."""
        asked = self.levels & {*COMPUTED}
        return asked | {"value"} | ({"vjp"} if asked & {"jvp", "hvp"} else set())

    @property
    def of_opinion(self) -> "Options":
        """The options for a second opinion in another dtype: values and gradients, batched only."""
        levels = self.levels & _OF_OPINIONS
        return replace(self, levels=levels, alone=False) if levels else self


# jvp and hvp are derived from these; computing them too would cost as much as the first opinion
_OF_OPINIONS = frozenset({"value", "vjp", "vmap", "errors"})
