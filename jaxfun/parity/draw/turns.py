"""The stratum of each argument in each value set: first all arguments alike, then one alone, then combinations.

Begin at `turns_of` and `value_sets`.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np

from .layout import Layout
from .structures import OWN_STRATA
from .values import strata_of, value_set_of

_PLAIN = "distinct"
# strata that one argument has alone too, with ordinary numbers in the others, which then cannot hide its effect
_ALONE = ("ties", "zeros", "kinks", "large", "tiny", "constant", "repeated rows", "overflow", "NaN", "infinity")
# strata that the other arguments never have in such a turn, because they would decide the result themselves
_NOT_BESIDE = ("NaN", "infinity", "overflow", "overflow of a square", "subnormal", "equal arguments", *OWN_STRATA)


class Turn(NamedTuple):
    """The stratum of each argument in a value set, with a label; `alone` is the argument whose turn it is."""

    label: str
    strata: tuple[str, ...]
    alone: int | None = None


def turns_of(layouts: Sequence[Layout], names: Sequence[str]) -> list[Turn]:
    """Return the turns by which each argument gets each of its strata.

    >>> scores, labels = Layout((2, 3), "float32"), Layout((2,), "int64", 0, 2, structure="labels")
    >>> [turn.label for turn in turns_of([scores, scores, labels], ["x", "y", "labels"])][-2:]
    ['NaN in y', 'infinity in y']
    """
    own = [set(strata_of([layout])) for layout in layouts]
    drawn = [at for at, layout in enumerate(layouts) if layout.around is None]
    smooth = [at for at in drawn if jnp.issubdtype(layouts[at].dtype, jnp.inexact)]
    together = [
        Turn(_label(name, [at for at in smooth if name in own[at]], smooth, names), (name,) * len(layouts))
        for name in strata_of(layouts)
    ]
    singly = [
        Turn(f"{name} in {names[at]}", tuple(name if i == at else _PLAIN for i in range(len(layouts))), at)
        for at in (smooth if len(smooth) > 1 else ())
        for name in strata_of([layouts[at]])
        if name in _ALONE and sum(name in own[other] for other in smooth) > 1
    ]
    return together + singly


def _label(name: str, having: Sequence[int], smooth: Sequence[int], names: Sequence[str]) -> str:
    """Return the label of a stratum, with the argument's name if only one of several arguments has it."""
    return f"{name} in {names[having[0]]}" if len(having) == 1 < len(smooth) else name


def value_sets(
    turns: Sequence[Turn],
    layouts: Sequence[Layout],
    start: int,
    count: int,
    constants: Sequence[float],
    rng: np.random.Generator,
) -> tuple[list[list[np.ndarray]], list[str]]:
    """Return `count` value sets and the labels of their strata, from turn number `start` on.

    In the first round of all turns the arguments beside an argument in its turn are ordinary. Later they have random
    strata too.
    """
    numbers = range(start, start + count)
    chosen = [(turns[at % len(turns)], at >= len(turns)) for at in numbers]
    rows = [
        value_set_of([*_beside(turn, layouts, rng)] if is_mixed else turn.strata, layouts, constants, rng)
        for turn, is_mixed in chosen
    ]
    return rows, [turn.label for turn, _ in chosen]


def _beside(turn: Turn, layouts: Sequence[Layout], rng: np.random.Generator) -> Iterator[str]:
    for at, (name, layout) in enumerate(zip(turn.strata, layouts, strict=True)):
        if turn.alone in (None, at):
            yield name
        else:
            yield str(rng.choice([other for other in strata_of([layout]) if other not in _NOT_BESIDE]))
