"""Read the candidate's jaxpr: its numeric constants, which hint at kinks and branches, and the primitives it calls."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import jax
import numpy as np
from jax.extend.core import ClosedJaxpr, Literal

from .outcome import outcome
from .pytrees import is_key

_MOST_CONSTANTS = 12


def program_of(function: Callable[..., Any], arguments: Sequence[Any]) -> Any:
    """Return the closed jaxpr of a function, or None if tracing raises."""
    return outcome(lambda: jax.make_jaxpr(function)(*arguments))[0]


def constants_of(program: Any) -> list[float]:
    """Return the numeric constants of a program: the candidate may have a kink or a branch there."""
    found: dict[float, None] = {}
    for value in itertools.filterfalse(is_key, _literals(program) if program else ()):
        if np.ndim(value) == 0 and np.issubdtype(np.asarray(value).dtype, np.number) and not np.iscomplexobj(value):
            number = abs(float(value))
            if 0 < number < 1e6:
                found[number] = None
    return list(found)[:_MOST_CONSTANTS]


def calls(program: Any, primitive: str) -> bool:
    """Return whether a jaxpr, nested ones included, calls a JAX primitive."""
    steps = (equation for inner in jaxprs_of(program) for equation in inner.jaxpr.eqns) if program else ()
    return any(equation.primitive.name == primitive for equation in steps)


def jaxprs_of(closed: Any) -> Iterator[Any]:
    """Yield a closed jaxpr and all jaxprs nested in it."""
    yield closed
    for equation in closed.jaxpr.eqns:
        for inner in jax.tree.leaves(tuple(equation.params.values()), is_leaf=lambda item: hasattr(item, "eqns")):
            if hasattr(inner, "eqns"):
                yield from jaxprs_of(inner if hasattr(inner, "jaxpr") else ClosedJaxpr(inner, ()))


def _literals(closed: Any) -> Iterator[Any]:
    for inner in jaxprs_of(closed):
        yield from inner.consts
        for equation in inner.jaxpr.eqns:
            yield from (var.val for var in equation.invars if isinstance(var, Literal))
