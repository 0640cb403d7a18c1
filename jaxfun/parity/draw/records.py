"""Cases of an op from its record: one configuration (shapes, dtypes, static arguments) with many value sets.

A configuration costs a compilation, a value set almost nothing. Value sets are drawn by strata, to include ties, kinks
and NaN on purpose. Begin at `cases`, in which Hypothesis chooses the configuration; cover.py goes through all options.
"""

import functools
import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import jax
import numpy as np
from hypothesis import strategies as st

from ...core.dtypes import DType
from ...core.record import Op
from ..known import known_differences_at
from ..known.difference import Held
from ..run.case import Arguments, Case, Slot
from .choices import Choose, by_hypothesis
from .layout import Layout
from .operands import RecordLayout, layouts
from .stacks import stacks
from .statics import static
from .values import strata_of


@st.composite
def cases(draw: st.DrawFn, record: Op, dtype: DType, sets: int | None = None) -> Case:
    """Return a strategy for the valid cases of an op whose main tensor has `dtype`; by default one set per stratum."""
    arguments = arguments_of(by_hypothesis(draw), record, dtype)
    return case_of(record, *filled(arguments, draw(st.integers(0, 2**16)), sets))


def arguments_of(choose: Choose, record: Op, dtype: DType) -> dict[str, Any]:
    """Return arguments by name, with a layout in place of each tensor."""
    layout = layouts(choose, record, dtype)
    arguments: dict[str, Any] = {}
    for name in record.signature.parameters:
        chosen = layout[name] if name in layout else static(choose, record, name, main_shape(arguments), dtype)
        arguments[name] = chosen
    return arguments


def filled(
    arguments: Mapping[str, Any], seed: int, sets: int | None = None
) -> tuple[dict[str, Any], tuple[str, ...], int]:
    """Replace each layout by a stack of value sets; return the arguments, the strata of the value sets, and the seed.

    There is one value set for each stratum; or `sets` value sets, which go through the strata in turn.
    """
    flat = [*_flat(arguments.values())]
    found = [item for item in flat if isinstance(item, RecordLayout)]
    # a function may have a kink at the value of a numeric argument
    constants = [abs(float(item)) for item in flat if isinstance(item, (int, float)) and 1 < abs(item) < math.inf]
    strata = _turns(_strata_of(found), sets) if found else ("given",)
    each = iter(stacks(found, strata, constants, seed))

    def fill(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(map(fill, value))
        return next(each) if isinstance(value, RecordLayout) else value

    return {name: fill(value) for name, value in arguments.items()}, strata, seed


def _turns(strata: Sequence[str], sets: int | None) -> tuple[str, ...]:
    return tuple(strata) if sets is None else tuple(itertools.islice(itertools.cycle(strata), sets))


def _flat(values: Any) -> Iterator[Any]:
    for value in values:
        yield from _flat(value) if isinstance(value, tuple) else (value,)


# Strata that are drawn for users' ports, but not yet for jaxfun's ops: by the start of the dtype's name, "" for all.
_LEFT_OUT: Mapping[str, tuple[str, ...]] = {
    "": ("overflow of a square",),  # a sum of infinities of both signs depends on the order of summation
    # intermediate results of torch's complex formulas overflow where the result does not
    "complex": ("wide", "large", "overflow", "near-constant"),
    "float16": ("tiny",),  # subnormal in float16, and XLA flushes them to zero
}


def _strata_of(layouts: Sequence[Layout]) -> list[str]:
    """Return the strata for an op's value sets."""
    dtypes = {layout.dtype for layout in layouts}
    left_out = {
        name for kind, names in _LEFT_OUT.items() if any(dtype.startswith(kind) for dtype in dtypes) for name in names
    }
    return [name for name in strata_of(layouts) if name not in left_out]


def case_of(record: Op, arguments: Mapping[str, Any], strata: tuple[str, ...], seed: int) -> Case:
    """Return the case for arguments by name, in which each array is a stack of value sets."""
    tensors: dict[str, np.ndarray] = {}

    def placed(value: Any, name: str) -> Any:
        if isinstance(value, tuple):
            return tuple(placed(item, f"{name}[{at}]") for at, item in enumerate(value))
        if not isinstance(value, np.ndarray):
            return value
        tensors[name] = value
        return Slot(len(tensors) - 1)

    by_name = {name: placed(value, name) for name, value in arguments.items()}
    both = passed(record, by_name)
    known = functools.partial(_known, record, by_name)
    return Case(tuple(tensors.values()), both, both, strata, seed, names=tuple(tensors), known=known)


def passed(record: Op, by_name: Mapping[str, Any]) -> Arguments:
    """Return arguments by name as a call passes them: keyword-only ones by name, those with their default left out."""
    args: list[Any] = []
    kwargs: dict[str, Any] = {}
    for name, parameter in record.signature.parameters.items():
        value = by_name[name]
        if parameter.kind is parameter.VAR_POSITIONAL:
            args.extend(value or ([()] if name == record.sizes else []))  # no sizes are an empty tuple of them
        elif parameter.kind is not parameter.KEYWORD_ONLY:
            args.append(value)
        elif value is not parameter.default:
            kwargs[name] = value
    return Arguments(tuple(args), kwargs)


def determined(record: Op, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that computes the unique part of another's result, for example without a vector's sign."""
    determines = record.determines
    if determines is None:
        return function

    def call(*args: Any, **kwargs: Any) -> Any:
        results = function(*args, **kwargs)
        with jax.default_matmul_precision("highest"):  # TF32 products on a GPU would hide the error of the results
            return determines(results)

    return call


def _known(
    record: Op, by_name: Mapping[str, Any], level: str, tensors: Sequence[np.ndarray], device: str
) -> Held | None:
    """Return the known difference whose region contains a value set, if there is one."""
    known = known_differences_at(record, level, device)
    if not known:
        return None
    _, arguments = Arguments((), dict(by_name)).filled(tensors, lambda dtype: dtype)
    with np.errstate(all="ignore"):  # a region's predicate is evaluated for NaN and infinity too
        return next((Held(each, arguments) for each in known if each.region(arguments)), None)


def main_shape(arguments: Mapping[str, Any]) -> tuple[int, ...]:
    """Return the shape of the first tensor."""
    return next((item.shape for item in _flat(arguments.values()) if isinstance(item, Layout)), ())
