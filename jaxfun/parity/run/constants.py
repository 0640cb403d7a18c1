"""The numbers that stand in a candidate's program: where it may have a kink or a branch."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import jax
import numpy as np
from jax.extend.core import Literal

from .outcome import outcome

_MOST_CONSTANTS = 12


def constants_of(function: Callable[..., Any], tensors: Sequence[np.ndarray]) -> list[float]:
    """Return the numbers that stand in a function's jaxpr: where it may have a kink or a branch."""
    traced, error = outcome(lambda: jax.make_jaxpr(function)(*tensors))
    if error is not None:
        return []
    found: dict[float, None] = {}
    for value in _literals(traced.jaxpr, [*traced.consts]):
        if np.ndim(value) == 0 and np.issubdtype(np.asarray(value).dtype, np.number) and not np.iscomplexobj(value):
            number = abs(float(value))
            if 0 < number < 1e6:
                found[number] = None
    return list(found)[:_MOST_CONSTANTS]


def _literals(jaxpr: Any, consts: Sequence[Any]) -> Iterator[Any]:
    yield from consts
    for equation in jaxpr.eqns:
        yield from (var.val for var in equation.invars if isinstance(var, Literal))
        for inner in jax.tree.leaves(tuple(equation.params.values()), is_leaf=lambda item: hasattr(item, "eqns")):
            closed = getattr(inner, "jaxpr", inner)
            if hasattr(closed, "eqns"):
                yield from _literals(closed, getattr(inner, "consts", ()))
