"""The code that XLA makes of a function, in a form in which equal code is equal text."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import jax

_NAME = re.compile(r"%[\w.\-]+")
_HEAD = re.compile(r"(ENTRY )?(%[\w.\-]+) .*\{$")


def instructions(call: Callable[..., Any], *arrays: jax.Array) -> list[str]:
    """Return the module's properties, then the instructions that its result needs, each after its operands.

    Metadata is gone, and a name is the place in that order: how XLA schedules what does not depend on each other, and
    what it calls things, does not count.
    """
    # unused arrays are kept: else f(x) and f(y) of a function of both would be the same code
    text = jax.jit(call, keep_unused=True).lower(*arrays).compile().as_text()
    assert text is not None
    module, *lines = re.sub(r", metadata=\{[^}]*\}", "", text).splitlines()
    order = _from_the_result(_by_name(lines))
    places = {name: f"%{place}" for place, names in enumerate(order.values()) for name in names}
    renamed = [_NAME.sub(lambda found: places[found[0]], line) for line in order]
    return [module.partition(",")[2], *renamed]


def _by_name(lines: Sequence[str]) -> dict[str, str]:
    """Return each instruction by its name, and the last one of each computation by the computation's ("" the entry)."""
    found: dict[str, str] = {}
    computation = ""
    for line in lines:
        if head := _HEAD.match(line):
            computation = "" if head[1] else head[2]
        elif " = " in line:
            name = _NAME.findall(line)[0]
            if name in found:
                raise ValueError(f"two instructions of the name {name}")
            found[name] = line.strip()
            if line.lstrip().startswith("ROOT "):
                found[computation] = line.strip()
    return found


def _from_the_result(found: dict[str, str]) -> dict[str, set[str]]:
    """Return the instructions in the order of a walk from the result, each with the names that lead to it."""
    order: dict[str, set[str]] = {}

    def walk(name: str) -> None:
        line = found[name]
        own, *others = _NAME.findall(line)
        if line not in order:
            for other in others:
                walk(other)
        order.setdefault(line, {own}).add(name)

    walk("")
    return order
