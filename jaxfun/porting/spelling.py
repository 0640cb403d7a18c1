"""Convert a call of an op to text in torch's spelling and back: `std(tensor([1.0, 3.0]), correction=0)`."""

import ast
import functools
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..core.dtypes import DTYPES, DType
from ..core.record import Op
from ..parity.draw.records import case_of
from ..parity.run.case import Case
from ..parity.run.outcome import outcome
from ..parity.script.literals import nested, number_text

_DEFAULT = {"float32", "int64", "bool", "complex64"}


def call_text(record: Op, case: Case) -> str:
    """Return the call of a case's first value set in torch's spelling, without arguments at their defaults."""
    args, kwargs = case.theirs.filled(case.row(0), lambda dtype: dtype)
    bound = record.signature.bind(*args, **kwargs)
    texts: list[str] = []
    by_name = False
    for name, value in bound.arguments.items():
        parameter = record.signature.parameters[name]
        if record.is_default(name, value):
            by_name = True
            continue
        by_name |= parameter.kind is parameter.KEYWORD_ONLY
        if parameter.kind is parameter.VAR_POSITIONAL:
            texts += map(_text, value)
        else:
            texts.append(f"{name}={_text(value)}" if by_name else _text(value))
    return f"{record.public}({', '.join(texts)})"


def _text(value: Any) -> str:
    if isinstance(value, np.ndarray):
        dtype = "" if str(value.dtype) in _DEFAULT and value.size else f", dtype={value.dtype}"
        if not value.size:
            return f"zeros({list(value.shape)}{dtype})"
        return f"tensor({nested([_exact_text(item) for item in value.ravel()], value.shape)}{dtype})"
    if isinstance(value, (tuple, list)):
        inside = ", ".join(map(_text, value))
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    return value.name if isinstance(value, DType) else repr(value)


def case_from(call: str, records: Sequence[Op], along: tuple[int, int] | None) -> tuple[Op, Case]:
    """Return the record that a text calls, and the case with that one value set."""
    names = {"tensor": _tensor, "zeros": _zeros, "nan": math.nan, "inf": math.inf, **{d.name: d for d in DTYPES}}
    node = ast.parse(call, mode="eval").body
    assert isinstance(node, ast.Call)
    given: dict[str, Any] = {}
    holder = {"_call": lambda *args, **kwargs: given.update(args=args, kwargs=kwargs)}
    node.func = ast.copy_location(ast.Name("_call", ast.Load()), node.func)
    eval(compile(ast.fix_missing_locations(ast.Expression(node)), call, "eval"), {**names, **holder})
    for record in records:
        bound, error = outcome(functools.partial(record.signature.bind, *given["args"], **given["kwargs"]))
        if error is None:
            bound.apply_defaults()
            seed, number = along or (0, 0)
            case = case_of(record, bound.arguments, ("given",), seed)
            return record, replace(case, numbers=(number,), is_plain=along is None)
    raise ValueError(f"no overload accepts the arguments of {call}")


def _tensor(values: Any, dtype: Any = None) -> np.ndarray:
    array = np.asarray(values)
    kinds = {"f": "float32", "i": "int64", "b": "bool", "c": "complex64"}
    return array.astype(dtype.dtype if dtype else kinds[array.dtype.kind])[None]


def _zeros(shape: Sequence[int], dtype: DType) -> np.ndarray:
    return np.zeros((1, *shape), dtype.dtype)


# Numbers


def rounded_text(number: Any, digits: int = 17) -> str:
    """Return a number as program text, with at most `digits` significant digits.

    >>> [rounded_text(np.float32(x), 5) for x in (1, 0.1, 1 / 3, -0.0, 1e30)]
    ['1.0', '0.1', '0.33333', '-0.0', '1e+30']
    >>> rounded_text(np.int8(3)), rounded_text(np.complex64(1 - 2j), 5), rounded_text(np.True_)
    ('3', '1-2j', 'True')
    """
    if isinstance(number, (bool, np.bool_, int, np.integer)):
        return str(number)
    if np.iscomplexobj(number):
        real, imag = (_short(rounded_text(part, digits)) for part in (number.real, number.imag))
        return f"{real}{'' if imag.startswith('-') else '+'}{imag}j"
    exact, short = str(number), f"{float(number):.{digits}g}"
    text = exact if len(exact) <= digits else short
    return text if any(mark in text for mark in ".en") else f"{text}.0"


def _exact_text(number: Any) -> str:
    # the short form of a complex number drops the sign of a zero
    is_signed = np.iscomplexobj(number) and "-0.0" in (str(number.real), str(number.imag))
    return number_text(number) if is_signed else rounded_text(number)


def _short(text: str) -> str:
    return text.removesuffix(".0")
