"""A port on disk: JSON, safetensors and a serialised program; no torch, no pickle. Begin with `write` and `read`."""

import dataclasses
import json
import math
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import jax
import numpy as np

from ..core.errors import ArgumentValueError
from .plan import Call, DTypeName, Graph, Input, Place, Plan, Ref, SubGraph
from .program import PROGRAM

FORMAT = 1
_PLAN, _ARRAYS = "plan.json", "arrays.safetensors"
_PROOF, _RECORDED = "proof.json", "recorded.safetensors"
PARTS = ("params", "state", "constants")
Parts = dict[str, dict[str, jax.Array]]
_TAGS = {Ref: "ref", DTypeName: "dtype", SubGraph: "graph"}


class Held(NamedTuple):
    """What stands in a directory."""

    plan: Plan
    parts: Parts
    recorded: Mapping[str, np.ndarray]
    proof: str = ""
    program: bytes = b""


def write(directory: str | Path, held: Held) -> None:
    """Write a port to a directory. What stands there stays until all is written beside it."""
    place = Path(directory).absolute()
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists() and not (place / _PLAN).is_file() and any(place.iterdir()):
        raise ArgumentValueError("a new directory, an empty one, or that of a port", f"{place} with other files")
    with tempfile.TemporaryDirectory(dir=place.parent, prefix=f".{place.name}.") as beside:
        new, old = Path(beside) / "new", Path(beside) / "old"
        new.mkdir()
        _write_files(new, held)
        if place.exists():
            place.rename(old)
        new.rename(place)


def _write_files(place: Path, held: Held) -> None:
    from safetensors.flax import save_file
    from safetensors.numpy import save_file as save_numpy

    arrays = {f"{part}.{name}": each for part, named in held.parts.items() for name, each in named.items()}
    save_file(arrays, place / _ARRAYS)
    # allow_nan=False: a NaN that `_encoded` missed raises instead of giving invalid JSON
    text = json.dumps({"format": FORMAT, "plan": _encoded(held.plan)}, indent=1, allow_nan=False)
    (place / _PLAN).write_text(text + "\n", encoding="utf-8")
    if held.recorded:
        save_numpy(
            {name: np.require(each, requirements="C") for name, each in held.recorded.items()}, place / _RECORDED
        )
    if held.proof:
        (place / _PROOF).write_text(held.proof + "\n", encoding="utf-8")
    if held.program:
        (place / PROGRAM).write_bytes(held.program)


def read(directory: str | Path) -> Held:
    """Return what `write` has written.

    Raises: ArgumentValueError for a directory without a plan, and for another format.
    """
    from safetensors.flax import load_file
    from safetensors.numpy import load_file as load_numpy

    place = Path(directory)
    if not (place / _PLAN).is_file():
        raise ArgumentValueError(f"a directory with {_PLAN}, written by Port.save", str(place))
    held = json.loads((place / _PLAN).read_text("utf-8"))
    if held.get("format") != FORMAT:
        raise ArgumentValueError(f"a port of format {FORMAT}", f"format {held.get('format')!r} in {place}")
    parts: Parts = {part: {} for part in PARTS}
    for name, array in load_file(place / _ARRAYS).items():
        part, _, own = name.partition(".")
        parts[part][own] = array
    recorded = load_numpy(place / _RECORDED) if (place / _RECORDED).is_file() else {}
    proof = (place / _PROOF).read_text("utf-8") if (place / _PROOF).is_file() else ""
    return Held(_plan(held["plan"]), parts, recorded, proof)


# The plan as JSON: tuples are lists, and what JSON has not stands in a dict with one tag.


def _encoded(item: Any) -> Any:
    if type(item) in _TAGS:
        return {f"${_TAGS[type(item)]}": item.name}
    if dataclasses.is_dataclass(item):
        return {field.name: _encoded(getattr(item, field.name)) for field in dataclasses.fields(item)}
    if hasattr(item, "_asdict"):
        return {name: _encoded(value) for name, value in item._asdict().items()}
    if isinstance(item, Mapping):
        return {name: _encoded(value) for name, value in item.items()}
    if isinstance(item, (tuple, list)):
        return list(map(_encoded, item))
    if isinstance(item, complex):
        return {"$complex": [item.real, item.imag]}
    return {"$float": str(item)} if isinstance(item, float) and not math.isfinite(item) else item


_MADE: Mapping[str, Callable[[Any], Any]] = {
    "$ref": Ref,
    "$dtype": DTypeName,
    "$graph": SubGraph,
    "$complex": lambda parts: complex(*parts),
    "$float": float,
}


def _decoded(item: Any) -> Any:
    if isinstance(item, dict):
        (tag, value), *more = item.items() or [("", None)]
        if tag in _MADE and not more:
            return _MADE[tag](value)
        return {name: _decoded(each) for name, each in item.items()}
    return tuple(map(_decoded, item)) if isinstance(item, list) else item


def _plan(held: dict[str, Any]) -> Plan:
    trees = {name: held[name] for name in ("arguments_trees", "result_tree")}  # lists, as they are
    found = {name: _decoded(value) for name, value in held.items() if name not in trees}
    arguments = tuple(Input(**each) for each in found["arguments"])
    graphs = {name: _graph(each) for name, each in found["graphs"].items()}
    found |= {"graph": _graph(found["graph"]), "graphs": graphs, "arguments": arguments}
    return Plan(**found, arguments_trees=tuple(trees["arguments_trees"]), result_tree=trees["result_tree"])


def _graph(held: dict[str, Any]) -> Graph:
    calls = tuple(Call(**{**call, "place": Place(**call["place"])}) for call in held["calls"])
    return Graph(held["inputs"], calls, held["outputs"])
