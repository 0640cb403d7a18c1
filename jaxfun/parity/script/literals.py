"""Write numbers, arrays and statements as program text."""

import ast
import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np

from .describe import Unwritten

_WIDTH = 100


def number_text(number: Any) -> str:
    """Return a number with as many digits as its precision needs: `0.1`, `np.nan`, `1.0-2.0j`."""
    if isinstance(number, (complex, np.complexfloating)):
        real, imag = number_text(number.real), number_text(number.imag)
        is_plain = "-0.0" not in (real, imag) and "np" not in real + imag
        return f"{real}{'' if imag[0] == '-' else '+'}{imag}j" if is_plain else f"complex({real}, {imag})"
    text = str(number)
    return text.replace("nan", "np.nan").replace("inf", "np.inf")


_MOST_ALIKE = 6
_FILLED = {"0.0": "zeros", "0": "zeros", "False": "zeros", "1.0": "ones", "1": "ones", "True": "ones"}


def array_text(array: np.ndarray) -> str:
    """Return the NumPy call that makes an array; a dtype that NumPy does not have (bfloat16) becomes float32.

    Raises: Unwritten where the array does not hold numbers.
    """
    plain = array.astype(np.float32) if array.dtype.kind == "V" else array
    if plain.dtype.kind not in "biufc":
        raise Unwritten
    texts = [number_text(number) for number in plain.ravel()]
    dtype = repr(str(plain.dtype)).replace("'", '"')
    if plain.size and (len(set(texts)) > 1 or plain.size <= _MOST_ALIKE):
        return f"np.array({nested(texts, plain.shape)}, {dtype})"
    filled = _FILLED.get(texts[0] if texts else "0", "")
    return f"np.{filled}({plain.shape}, {dtype})" if filled else f"np.full({plain.shape}, {texts[0]}, {dtype})"


def nested(texts: Sequence[str], shape: Sequence[int]) -> str:
    """Return the elements' texts in nested brackets, as an array of that shape is written."""
    if not shape:
        return texts[0]
    step = len(texts) // shape[0]
    parts = [nested(texts[at : at + step], shape[1:]) for at in range(0, len(texts), step)]
    return f"[{', '.join(parts)}]"


def quoted(value: Any) -> str:
    """Return a value as program text, a plain string in double quotes.

    >>> print(quoted("loss"), quoted('the "loss"'), quoted(0))
    "loss" 'the "loss"' 0
    """
    text = repr(value)
    is_plain = isinstance(value, str) and not {*"\"'\\"} & {*text[1:-1]}
    return f'"{value}"' if is_plain else text


def wrapped(text: str) -> list[str]:
    """Return a statement as lines of readable width, broken at spaces where Python allows it."""
    broken = [part for line in text.splitlines() for part in _broken(line)]
    return broken if _same_program("\n".join(broken), text) else text.splitlines()


def _broken(line: str) -> list[str]:
    indent = " " * (len(line) - len(line.lstrip()) + 4)
    return textwrap.wrap(line, _WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _same_program(one: str, other: str) -> bool:
    try:
        return ast.dump(ast.parse(one)) == ast.dump(ast.parse(other))
    except SyntaxError:
        return False
