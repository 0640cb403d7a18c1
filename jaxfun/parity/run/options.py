"""What a check is asked for: which levels, on which device, how close."""

from dataclasses import dataclass

from ..compare.arrays import Bound
from ..report.model import LEVELS


@dataclass(frozen=True)
class Options:
    """The options of a check.

    `exact` asks for what only a port of torch itself promises: exceptions that a handler of torch's would catch, and,
    at a pole, the sign of an infinite derivative.
    """

    levels: frozenset[str] = frozenset(LEVELS)
    device: str = "cpu"
    bound: Bound | None = None
    exact: bool = True
    plants: bool = True  # wrong results are tried in the candidate's place
    alone: bool = True  # one value set is called by itself too, eagerly and compiled: what it costs is compilation
