"""The proof of a port: its findings, and how they are shown and kept. Begin with `Proof`; it needs no torch."""

import dataclasses
import json
import math
from pathlib import Path
from typing import Any

from ..plan import Place
from .data import CallProof, Fault, ProofData, WholeProof
from .page import page
from .text import lines


@dataclasses.dataclass(frozen=True)
class Proof(ProofData):
    """Whether a port is the PyTorch model: each call alone, the whole model, and planted faults. `print` it.

    - `ok`: nothing differs, and the whole model was compared.
    - `first_difference`: the first call that differs alone; without one, the first whose value in the port's own run
      leaves PyTorch's.
    - `calls`, `whole`, `faults`: what was compared, with the errors.
    """

    def __str__(self) -> str:
        return "\n".join(lines(self))

    def to_html(self, path: str | Path) -> None:
        """Write the proof as one HTML page: the errors along the depth, and the tree of modules with each call."""
        Path(path).write_text(page(self), encoding="utf-8")

    def to_json(self) -> str:
        """Return the proof as JSON."""
        # allow_nan=False: a NaN that `_plain` missed raises instead of giving invalid JSON
        return json.dumps(_plain(dataclasses.asdict(self)), indent=1, allow_nan=False)


def from_json(text: str) -> Proof:
    """Return the proof that `Proof.to_json` has written."""
    held = json.loads(text)
    calls = tuple(CallProof(**{**_numbers(each), "place": Place(**each["place"])}) for each in held["calls"])
    whole = tuple(WholeProof(**{**each, "differing": tuple(each["differing"])}) for each in held["whole"])
    faults = tuple(Fault(**{**each, "place": Place(**each["place"])}) for each in held["faults"])
    others = {name: tuple(held[name]) for name in ("decomposed", "baked", "constants", "notes")}
    return Proof(held["model"], calls, whole, faults, **others, seconds=held["seconds"])


_ERRORS = ("value", "gradient", "inside", "torchs")


def _numbers(each: dict[str, Any]) -> dict[str, Any]:
    return {**each, **{name: math.nan if each[name] is None else float(each[name]) for name in _ERRORS}}


def _plain(item: Any) -> Any:
    """Return data as JSON has it: NaN is null, infinity a word, a place a dict."""
    if isinstance(item, (Place, Fault)):
        return {name: _plain(value) for name, value in item._asdict().items()}
    if isinstance(item, dict):
        return {name: _plain(value) for name, value in item.items()}
    if isinstance(item, (tuple, list)):
        return [_plain(each) for each in item]
    if isinstance(item, float) and not math.isfinite(item):
        return None if math.isnan(item) else str(item)
    return item
