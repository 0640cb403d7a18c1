"""Break long lines of Python as ruff does. Begin with `laid_out`."""

from collections.abc import Iterator

WIDTH = 120
_OPEN, _CLOSE = "([{", ")]}"


def laid_out(text: str) -> str:
    """Return a text with its long lines broken at their last bracket.

    >>> print(laid_out("value = function(" + ", ".join(["argument"] * 12) + ")"))
    value = function(
        argument,
        argument,
        argument,
        argument,
        argument,
        argument,
        argument,
        argument,
        argument,
        argument,
        argument,
        argument,
    )
    """
    return "\n".join(line for each in text.split("\n") for line in _broken(each, "", ""))


def _broken(line: str, indent: str, end: str) -> Iterator[str]:
    """Yield a line, in pieces if it is too long; `end` is a comma that follows it."""
    own = line[: len(line) - len(line.lstrip())]
    indent, line = indent + own, line.lstrip()
    place = _bracket(line) if len(indent + line + end) > WIDTH and not line.startswith('"""') else None
    if place is None:
        yield (indent + line + end).rstrip()
        return
    head, body, tail = line[: place[0] + 1], line[place[0] + 1 : place[1]], line[place[1] :]
    yield indent + head
    inner = f"{indent}    "
    parts = _parts(body)
    is_tuple = len(parts) > 1 and parts[-1] == ""
    parts = parts[:-1] if is_tuple else parts
    if len(inner + body) <= WIDTH and not is_tuple:
        yield inner + body
    elif len(parts) == 1 and not is_tuple:
        yield from _broken(body, inner, "")
    else:
        for part in parts:
            yield from _broken(part, inner, ",")
    yield indent + tail + end


def _bracket(line: str) -> tuple[int, int] | None:
    """Return the places of the last pair of brackets that is in no other one and is not empty."""
    depth, start, found = 0, 0, None
    for at, sign in _signs(line):
        if sign in _OPEN:
            start = at if depth == 0 else start
            depth += 1
        elif sign in _CLOSE:
            depth -= 1
            found = (start, at) if depth == 0 and at > start + 1 else found
    return found


def _parts(body: str) -> list[str]:
    """Return what stands between the commas that are in no bracket."""
    cuts, depth = [-1], 0
    for at, sign in _signs(body):
        depth += (sign in _OPEN) - (sign in _CLOSE)
        if sign == "," and depth == 0:
            cuts.append(at)
    return [body[one + 1 : other].strip() for one, other in zip(cuts, [*cuts[1:], len(body)], strict=True)]


def _signs(text: str) -> Iterator[tuple[int, str]]:
    """Yield the characters outside of strings, with their places."""
    is_string = False
    for at, sign in enumerate(text):
        if sign == '"':
            is_string = not is_string
        elif not is_string:
            yield at, sign
