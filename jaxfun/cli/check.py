"""The command `jaxfun check`: compare a saved port with the results of PyTorch that stand beside it."""

from collections import Counter
from pathlib import Path

from ..convert.port import load_port

_SPOKEN = {"result": "results", "gradient": "gradients", "call": "calls"}
_MOST_SHOWN = 10


def run(directory: Path) -> int:
    """Check, print the answer, and return 0 if the port's numbers are PyTorch's, else 1.

    Raises: ValueError for a directory without a port, or without PyTorch's results.
    """
    port = load_port(directory)
    found = port.check()
    wrong = [each for each in found if not each.ok]
    counts = Counter(each.name.partition(" ")[0] for each in found)
    counted = ", ".join(f"{counts[kind]} {spoken}" for kind, spoken in _SPOKEN.items() if counts[kind])
    if not wrong:
        print(f"{directory}: agrees with PyTorch's recorded numbers ({counted})")
        return 0
    print(f"{directory}: DIFFERS from PyTorch's recorded numbers: {len(wrong)} of {counted}")
    # calls first, in order: the first that differs is where to look
    places = {call.name: call for call in port.plan.graph.calls}
    order = [*places]
    calls = sorted(
        (each for each in wrong if _name(each.name) in places), key=lambda each: order.index(_name(each.name))
    )
    for each in [*calls, *(each for each in wrong if each not in calls)][:_MOST_SHOWN]:
        call = places.get(_name(each.name))
        where = f"{call.target}  {call.place}" if call else each.name
        print(f"  off by {each.error:.1e}, allowed {each.allowed:.1e}: {where}")
    return 1


def _name(text: str) -> str:
    kind, _, name = text.partition(" ")
    return name if kind == "call" else ""
