"""Calls of the source's own functions as lines: numbered children in a row are a loop. Begin with `joined`."""

import re
from collections.abc import Sequence
from typing import NamedTuple


class Keys(NamedTuple):
    """The keys that a call takes of the function's own: the first one's number, how many, and of how many."""

    start: int
    taken: int
    of: int


class Statement(NamedTuple):
    """A call of another function of the source."""

    target: str
    function: str
    prefix: str  # the path of the module
    args: tuple[str, ...]
    keys: Keys | None = None
    kwargs: tuple[str, ...] = ()
    has_new: bool = False  # it also gives new buffers
    can_scan: bool = False  # the result has the shape of the first argument
    shapes: tuple[tuple[str, tuple[int, ...], str], ...] = ()  # of the module's arrays: their names, sizes and dtypes


def joined(statements: Sequence[str | Statement], is_stacked: bool) -> list[str]:
    """Return lines, with a loop in place of calls of one function by numbered children in a row.

    >>> calls = [Statement("x", "block", f"layers.{at}", ("x",)) for at in range(3)]
    >>> joined(calls, False)
    ['for i in range(3):', '    x = block(submodule(p, f"layers.{i}"), x)']
    """
    lines: list[str] = []
    at = 0
    while at < len(statements):
        first = statements[at]
        if isinstance(first, str):
            lines.append(first)
            at += 1
            continue
        count = _in_a_row(statements[at:], first)
        if count > 1:
            rows = [each for each in statements[at : at + count] if isinstance(each, Statement)]
            can_scan = all(each.can_scan and not each.has_new and each.shapes == first.shapes for each in rows)
            lines += _scan(first, count) if is_stacked and can_scan else _loop(first, count)
        else:
            lines.append(_line(first))
        at += count
    return lines


def _in_a_row(statements: Sequence[str | Statement], first: Statement) -> int:
    """Return how many calls are the same but for the child's number, each with the result of the one before."""
    head, number = _numbered(first)
    if number is None or not first.args or first.target != first.args[0]:
        return 1
    for count, each in enumerate(statements):
        wanted = f"{head}{number + count}"
        keys = first.keys and first.keys._replace(start=first.keys.start + count * first.keys.taken)
        if not isinstance(each, Statement):
            return count
        if each != first._replace(prefix=wanted, keys=keys, shapes=each.shapes, can_scan=each.can_scan):
            return count
    return len(statements)


def _numbered(each: Statement) -> tuple[str, int | None]:
    match = re.fullmatch(r"(|.*[._])(0|[1-9]\d*)", each.prefix)
    return (match[1], int(match[2])) if match else ("", None)


def _line(each: Statement) -> str:
    params = f'submodule(p, "{each.prefix}")' if each.prefix else "p"
    call = f"{each.function}({', '.join([params, *each.args, *_keys(each.keys), *each.kwargs])})"
    target = _target(each, f'"{each.prefix}"')
    return f"{target} = {call}" if target else call


def _target(each: Statement, path: str) -> str:
    """Return the variables of the results; the new buffers stand in a dict, by the path of the module."""
    return ", ".join([*([each.target] if each.target else []), *([f"new[{path}]"] if each.has_new else [])])


def _keys(keys: Keys | None) -> list[str]:
    """Return the keys of a call: one, a part of several, or all."""
    if keys is None:
        return []
    if keys.taken == keys.of:
        return ["key" if keys.of == 1 else "keys"]
    return [f"keys[{keys.start}]" if keys.taken == 1 else f"keys[{keys.start}:{keys.start + keys.taken}]"]


def _loop(first: Statement, count: int) -> list[str]:
    head, number = _numbered(first)
    start = number or 0
    keys = _keys_at(first.keys, start)
    args = ", ".join([f'submodule(p, f"{head}{{i}}")', *first.args, *keys, *first.kwargs])
    target = _target(first, f'f"{head}{{i}}"')
    return [f"for i in {_range(start, count)}:", f"    {target} = {first.function}({args})"]


def _range(start: int, count: int) -> str:
    return f"range({start}, {start + count})" if start else f"range({count})"


def _keys_at(keys: Keys | None, start: int) -> list[str]:
    """Return the keys of the call with the number i; the first call has the number `start`."""
    if keys is None:
        return []
    step = keys.taken
    first = keys.start - step * start
    begin, end = (_sum(f"{step} * i" if step > 1 else "i", shift) for shift in (first, first + step))
    return [f"keys[{begin}]" if step == 1 else f"keys[{begin} : {end}]"]


def _sum(text: str, shift: int) -> str:
    return f"{text} {'+' if shift > 0 else '-'} {abs(shift)}" if shift else text


def _scan(first: Statement, count: int) -> list[str]:
    """Return a scan over the children's stacked arrays, and over their keys."""
    head, number = _numbered(first)
    start = number or 0
    stacked = f'stack(p, [f"{head}{{i}}" for i in {_range(start, count)}])'
    carried = first.target
    lines = [f"def step({carried}, p):"]
    given: list[str] = []
    if first.keys is not None:
        step = first.keys.taken
        given = ["key" if step == 1 else "keys"]
        part = f"keys[{first.keys.start}:{first.keys.start + count * step}]"
        stacked = f"({stacked}, {part if step == 1 else f'{part}.reshape({count}, {step})'})"
        lines = [f"def step({carried}, each):", f"    p, {given[0]} = each"]
    call = f"{first.function}({', '.join(['p', *first.args, *given, *first.kwargs])})"
    lines.append(f"    return {call}, None")
    return ["", *lines, "", f"{carried}, _ = jax.lax.scan(step, {carried}, {stacked})"]
