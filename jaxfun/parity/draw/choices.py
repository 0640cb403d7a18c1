"""The interface by which a configuration is chosen, one choice at a time: by Hypothesis, or by `cover` in order."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from hypothesis import strategies as st


class What(NamedTuple):
    """The subject of a choice: its sort, and the argument that it is for."""

    sort: str  # "shape", "size", "place", "narrowed", "dtype", "number", "dim", "static", ...
    name: str = ""


class Choose(Protocol):
    """A function that chooses one of some options, of which the first is the simplest."""

    def __call__(self, what: What, options: Sequence[Any]) -> Any:
        """Choose one of the options."""
        ...


def by_hypothesis(draw: st.DrawFn) -> Choose:
    """Return a `Choose` that draws by Hypothesis, which shrinks to the first option."""
    return lambda what, options: draw(st.sampled_from(list(options)))
