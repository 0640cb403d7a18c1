"""How a configuration is chosen, one choice at a time: whoever chooses is told what, and between which options."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from hypothesis import strategies as st


class What(NamedTuple):
    """What is chosen: the sort of choice, and the argument that it is made for."""

    sort: str  # "shape", "size", "place", "narrowed", "dtype", "number", "dim", "static", ...
    name: str = ""


class Choose(Protocol):
    """Takes one of some options; the first is the plainest."""

    def __call__(self, what: What, options: Sequence[Any]) -> Any:
        """Return one of the options."""
        ...


def by_hypothesis(draw: st.DrawFn) -> Choose:
    """Return a way to choose that leaves it to Hypothesis, which shrinks to the first option."""
    return lambda what, options: draw(st.sampled_from(list(options)))
