"""The command `jaxfun differences`: where the nearest JAX counterpart of a torch function deviates from PyTorch."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..porting.differences import stored

_SIDES = {"jax": "JAX", "torch": "PyTorch", "jaxfun": "jaxfun"}
_ALONG = "along random directions"


def run(name: str | None) -> int:
    """Print the deviations of one function, or one line for each function, and return 0.

    Raises: ValueError for an unknown name.
    """
    found = stored()
    functions = found["functions"]
    lines = _overview(found) if name is None else _details(found, _named(name, functions))
    print("\n".join(lines))
    return 0


def _named(name: str, functions: Mapping[str, Any]) -> str:
    """Return torch's name for `std`, `torch.std` or `jnp.std`."""
    short = name.removeprefix("torch.")
    if short in functions:
        return short
    others = {alias: known for known, fields in functions.items() for alias in fields["aliases"]}
    others |= {fields["jax"].partition("(")[0]: known for known, fields in functions.items()}
    for spelling in (short, name):
        if spelling in others:
            return others[spelling]
    near = difflib.get_close_matches(short, [*functions, *others], 3)
    hint = f": did you mean {' or '.join(near)}?" if near else ": `jaxfun differences` lists all functions"
    raise ValueError(f"no function {name!r}{hint}")


def _overview(found: Mapping[str, Any]) -> Iterator[str]:
    functions = found["functions"]
    differ = [name for name, fields in functions.items() if fields["deviations"]]
    none = [name for name, fields in functions.items() if not fields["jax"]]
    count = f"For {len(differ)} of {len(functions) - len(none)} torch functions"
    yield f"{count} the nearest JAX function deviates from PyTorch (JAX {found['jax']}, PyTorch {found['torch']})."
    wide = max(map(len, differ), default=0)
    for family in dict.fromkeys(fields["family"] for fields in functions.values()):
        names = [name for name, fields in functions.items() if fields["family"] == family]
        yield f"\n{family}"
        for name in names:
            sorts = [deviation["sort"] for deviation in functions[name]["deviations"]]
            if sorts:
                yield f"  {name:{wide}}  {', '.join(sorts)}"
        yield from _listed("no deviation found", [n for n in names if functions[n]["jax"] and n not in differ])
        yield from _listed("no JAX counterpart", [name for name in names if name in none])
    yield "\nvalue, dtype, derivative: JAX returns another one; refuses: only JAX raises; accepts: only PyTorch raises"
    yield "jaxfun differences NAME shows the inputs and answers."


def _listed(title: str, names: Iterable[str]) -> Iterator[str]:
    text = ", ".join(names)
    if text:
        yield f"  {title}: {text}"


def _details(found: Mapping[str, Any], name: str) -> Iterator[str]:
    fields = found["functions"][name]
    if not fields["jax"]:
        yield f"torch.{name} has no counterpart in JAX; use jaxfun.{name}"
        return
    yield f"torch.{name} and its nearest JAX counterpart {fields['jax']}"
    if not fields["deviations"]:
        yield f"\n  no deviation found (JAX {found['jax']}, PyTorch {found['torch']})"
    for deviation in fields["deviations"]:
        level = f" ({deviation['level']})" if deviation["sort"] == "derivative" else ""
        yield f"\n  {deviation['sort']}{level}{'' if deviation['along'] is None else ', ' + _ALONG}"
        yield f"    {deviation['call']}"
        yield from (f"      {title:7}  {deviation[side]}" for side, title in _SIDES.items())
        yield f"    {deviation['why']}"
