"""Hypothesis strategies for the arguments of an op, read off its record.

A case is one configuration (shapes, dtypes, static arguments) and several value sets for it: a configuration costs
a compilation, a value set next to nothing. Value sets are drawn by strata, so that ties, kinks and NaN are met on
purpose.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import numpy as np
from hypothesis import strategies as st

from ..._record import Op
from ...dtypes import DType
from ..known import differences_of
from ..known.difference import Held
from ..run.case import Arguments, Case, Place
from .layouts import layouts
from .stacks import STRATA, stacks
from .statics import static


def cases(record: Op, dtype: DType, sets: int = len(STRATA)) -> st.SearchStrategy[Case]:
    """Return a strategy for the valid cases of an op whose main tensor has `dtype`."""
    return arguments_of(record, dtype, sets).map(lambda drawn: case_of(record, *drawn))


@st.composite
def arguments_of(draw: st.DrawFn, record: Op, dtype: DType, sets: int) -> tuple[dict[str, Any], tuple[str, ...], int]:
    """Return a strategy for arguments by name, the strata of their value sets, and a seed."""
    layout = draw(layouts(record, dtype))
    strata = tuple(STRATA)[:sets]
    seed = draw(st.integers(0, 2**16))
    arguments: dict[str, Any] = {}
    for position, name in enumerate(record.signature.parameters):
        if name in layout:
            arguments[name] = draw(stacks(layout[name], strata, seed + position))
        else:
            arguments[name] = draw(static(record, name, main_shape(arguments), dtype))
    return arguments, strata, seed


def case_of(record: Op, arguments: Mapping[str, Any], strata: tuple[str, ...], seed: int) -> Case:
    """Return the case of a record's arguments by name; an array among them is a stack of value sets."""
    tensors: list[np.ndarray] = []

    def placed(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(map(placed, value))
        if not isinstance(value, np.ndarray):
            return value
        tensors.append(value)
        return Place(len(tensors) - 1)

    by_name = {name: placed(value) for name, value in arguments.items()}
    both = _passed(record, by_name)
    known = functools.partial(_known, record, by_name)
    return Case(tuple(tensors), both, both, strata, seed, known=known)


def _passed(record: Op, by_name: Mapping[str, Any]) -> Arguments:
    args: list[Any] = []
    kwargs: dict[str, Any] = {}
    for name, parameter in record.signature.parameters.items():
        value = by_name[name]
        if parameter.kind is parameter.VAR_POSITIONAL:
            args.extend(value or ())
        elif parameter.kind is not parameter.KEYWORD_ONLY:
            args.append(value)
        elif value is not parameter.default:
            kwargs[name] = value
    return Arguments(tuple(args), kwargs)


def determined(record: Op, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function whose result is what the arguments determine of that of another."""
    determines = record.determines
    if determines is None:
        return function

    def call(*args: Any, **kwargs: Any) -> Any:
        results = function(*args, **kwargs)
        with jax.default_matmul_precision("highest"):  # on a GPU a product's own rounding would hide theirs
            return determines(results)

    return call


def _known(
    record: Op, by_name: Mapping[str, Any], level: str, tensors: Sequence[np.ndarray], device: str
) -> Held | None:
    """Return the known difference whose region holds a value set, if there is one."""
    differences = [known for known in differences_of(record) if level in known.levels and device in known.devices]
    if not differences:
        return None
    _, arguments = Arguments((), dict(by_name)).filled(tensors, lambda dtype: dtype)
    with np.errstate(all="ignore"):  # a region is asked about NaN and infinity as well
        return next((Held(known, arguments) for known in differences if known.region(arguments)), None)


def main_shape(arguments: Mapping[str, Any]) -> tuple[int, ...]:
    """Return the shape of the first tensor, less the axis of value sets."""
    for value in arguments.values():
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, np.ndarray):
                return item.shape[1:]
    return ()
