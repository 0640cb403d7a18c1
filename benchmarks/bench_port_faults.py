"""Whether `parity.module` and the proof of a port name the place of a fault: 43 faults in ports of three models.

`parity.module` gets a port in plain JAX with one fault in its text. The proof gets the converted model with the same
fault in one call. A fault is named if the first place that differs is the module with the fault, lies inside of it, or,
for a fault between two submodules, is the second one; for the proof, if it is the call itself.
"""

import argparse
import dataclasses
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from _measure import holds, on_every_core, show_and_keep
from port_faults import BY_HAND, FAULTS, Fault, model_of

from jaxfun import parity
from jaxfun.convert.conversion import from_torch
from jaxfun.convert.export import exported
from jaxfun.convert.plan import Call
from jaxfun.convert.port import Port
from jaxfun.convert.proof.prove import prove
from jaxfun.convert.rules import is_known

DATA = Path(__file__).parent / "data" / "port_faults.csv"
_PLANTED = "planted::fault"  # the name of the function in a call's place


class Named(NamedTuple):
    """What was named for a fault, in how many seconds."""

    model: str
    what: str
    place: str
    by_module: str
    by_proof: str
    is_named: bool
    seconds: float


def port_with(fault: Fault | None, name: str) -> Callable[..., Any]:
    """Return the port of a model in plain JAX, with a fault in its text."""
    text = BY_HAND.read_text()
    if fault is not None:
        count = text.count(fault.right)
        assert count == 1, f"{fault.what}: the text is there {count} times"
        text = text.replace(fault.right, fault.wrong)
    defined: dict[str, Any] = {"__name__": "ports_by_hand"}
    exec(compile(text, str(BY_HAND), "exec"), defined)
    return defined[name]


def by_module(fault: Fault | None, name: str) -> Any:
    """Return the report of `parity.module` on a port in plain JAX."""
    module, inputs = model_of(name)
    arrays = [each.numpy() for each in inputs]
    return parity.module(module, port_with(fault, name), dict, *arrays, levels=["value", "vjp"], examples=20, seed=0)


def by_proof(fault: Fault) -> Any:
    """Return the proof of the converted model with a fault in one call."""
    module, inputs = model_of(fault.model)
    port = from_torch(module, inputs, train=module.training, prove=False)
    known = exported(module, inputs, {}, (), module.training, lambda target: is_known({}, target))
    return prove(_planted(port, fault), known, inputs, {}, fault.model)[0]


def _planted(port: Port, fault: Fault) -> Port:
    graph = port.plan.graph
    changed = [_changed(call, fault) if call.name == fault.call else call for call in graph.calls]
    assert changed != list(graph.calls), f"{fault.what}: no call {fault.call}"
    plan = dataclasses.replace(port.plan, graph=dataclasses.replace(graph, calls=tuple(changed)))
    rules = port.rules if isinstance(fault.change, dict) else {**port.rules, _PLANTED: fault.change}
    return dataclasses.replace(port, plan=plan, rules=rules)


def _changed(call: Call, fault: Fault) -> Call:
    if isinstance(fault.change, dict):
        return dataclasses.replace(call, kwargs={**call.kwargs, **fault.change})
    return dataclasses.replace(call, target=_PLANTED)


def named(number: int) -> Named:
    """Return what is named for a fault."""
    fault, began = FAULTS[number], time.perf_counter()
    proof = by_proof(fault).first_difference
    places = (_first_place(by_module(fault, fault.model), fault.model), "" if proof is None else proof.name)
    is_named = _is_at(places[0], fault) and places[1] == fault.call
    return Named(fault.model, fault.what, fault.place, *places, is_named, time.perf_counter() - began)


def _first_place(report: Any, name: str) -> str:
    """Return the first submodule that differs; for new buffers alone, which are results, the first of these."""
    if report.first_divergence is None:
        return ""
    if report.first_divergence.name != "(the result)":
        return report.first_divergence.name
    leaves = [name for name, leaf in report.levels["value"].leaves.items() if leaf.failures]
    differing = re.findall(r"\['(.+?)'\]", " ".join(leaves))
    buffers = [each for each in model_of(name)[0].state_dict() if each in differing]
    return buffers[0] if buffers else report.first_divergence.name


def _is_at(name: str, fault: Fault) -> bool:
    inside = bool(fault.place) and f"{name}.".startswith(f"{fault.place}.")
    return inside or (bool(name) and name == fault.behind)


def main() -> None:
    """Measure all faults, and print and keep the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--to", type=Path, default=DATA, help="the table of the results, as CSV")
    columns = ("fault", "model", "place", "parity.module", "proof", "named")
    measured = on_every_core(named, range(len(FAULTS)), "planting")
    show_and_keep(columns, measured, _cells, "The first place that differs.", parser.parse_args().to)


def _cells(row: Named) -> tuple[str, ...]:
    return row.what, row.model, row.place, row.by_module, row.by_proof, holds(row.is_named)


if __name__ == "__main__":
    main()
