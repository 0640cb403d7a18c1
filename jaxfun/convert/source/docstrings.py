"""The docstrings of the source: the module's class, its place, and the shapes of arguments and results.

Begin with `docstring`.
"""

import itertools
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from .shapes import described

_WIDTH = 116  # of a line inside of a function
_LETTERS = ("n", "m", "k", "a", "b", "c", "d", "e", "f", "g")


class Signature(NamedTuple):
    """The arguments of one call of a function and its results: shapes and dtypes. A number is no array."""

    arguments: tuple[Any, ...]
    results: tuple[Any, ...]


def docstring(
    head: str,
    names: Sequence[str],
    calls: Sequence[Signature],
    sizes: Mapping[int, str],
    results: Callable[[Sequence[str]], str] = lambda texts: texts[0] if len(texts) == 1 else f"({', '.join(texts)})",
) -> list[str]:
    """Return the lines of a docstring; `sizes` has the names of the dynamic sizes.

    A size that is not the same in all calls is a letter, the same one where the sizes are.

    >>> import jax
    >>> one, other = (jax.ShapeDtypeStruct((2, size), "float32") for size in (4, 8))
    >>> docstring("Block (a.py:3)", ["x"], [Signature((one,), (one,)), Signature((other,), (other,))], {})
    ['\"\"\"Block (a.py:3). x: float32[2, n] -> float32[2, n].\"\"\"']
    """
    letters: dict[tuple[int, ...], str] = {}
    arguments, found = ([*zip(*(each[part] for each in calls), strict=True)] for part in (0, 1))
    given = [
        f"{name}: {_common(values, sizes, letters)}"
        for name, values in zip(names, arguments, strict=True)
        if hasattr(values[0], "shape")
    ]
    result = results([_common(values, sizes, letters) for values in found])
    shapes = f"{', '.join(given)} -> {result}." if given else f"-> {result}."
    line = f'"""{head}. {shapes}"""'
    if len(line) <= _WIDTH:
        return [line]
    return [f'"""{head}.', "", *textwrap.wrap(shapes, _WIDTH, break_long_words=False), '"""']


def _common(values: Sequence[Any], sizes: Mapping[int, str], letters: dict[tuple[int, ...], str]) -> str:
    """Return the dtype and the sizes that the values of all calls have."""
    first = values[0]
    if isinstance(first, str):  # a name for what is no array
        return first
    if not all(hasattr(each, "shape") for each in values):
        return type(first).__name__
    if len({(each.dtype, len(each.shape)) for each in values}) > 1:
        return "array"
    names = dict(sizes)
    stand_ins = itertools.count(-1, -1)  # for sizes that differ
    shape: list[int] = []
    for together in zip(*(each.shape for each in values), strict=True):
        if len({*together}) > 1:
            number = next(stand_ins)
            names[number] = letters.setdefault(together, _letter(letters, sizes))
            shape.append(number)
        else:
            shape.append(together[0])
    return described(_Array(str(first.dtype), tuple(shape)), names)


class _Array(NamedTuple):
    dtype: str
    shape: tuple[int, ...]


def _letter(letters: Mapping[tuple[int, ...], str], sizes: Mapping[int, str]) -> str:
    taken = {*sizes.values(), *letters.values()}
    candidates = itertools.chain(_LETTERS, map("n{}".format, itertools.count(2)))
    return next(each for each in candidates if each not in taken)
