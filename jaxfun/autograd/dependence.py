"""Find the inputs that each output of a function depends on differentiably, by walking its jaxpr.

This answers what `requires_grad` and the tape answer in torch. Integers, booleans and detached values carry no
gradient. An operation whose derivative is zero everywhere (`floor`) still counts as a use.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp

from ..core.record import record_in

if TYPE_CHECKING:  # slow to load
    from jax.extend.core import Jaxpr, JaxprEqn, Var

Uses = frozenset[int]  # positions of inputs
NONE: Uses = frozenset()

_Walk = Callable[["Jaxpr", Sequence[Uses]], list[Uses]]
_Rule = Callable[["JaxprEqn", list[Uses], _Walk], Sequence[Uses]]

_NEEDS_VALUES = (
    jax.errors.ConcretizationTypeError,
    jax.errors.NonConcreteBooleanIndexError,
    jax.errors.TracerIntegerConversionError,
)


def is_differentiable(array: Any) -> bool:
    """Return whether an array's dtype is differentiable: floating point or complex."""
    return jnp.issubdtype(getattr(array, "dtype", jnp.int32), jnp.inexact)


def dependence(func: Callable[..., Any], arrays: Sequence[jax.Array], *, whole_ops: bool = True) -> tuple[Uses, ...]:
    """Return, for each output of `func(*arrays)`, the positions of the inputs it depends on.

    With `whole_ops` a jaxfun op is one step, as in torch: its output depends on all its operands. Without, the op's
    inner formula counts. That is for derivatives: JAX's derivative of an op keeps the op's name, but has another
    formula.
    """
    jaxpr = _trace(func, arrays)
    inputs = [frozenset({position}) if is_differentiable(array) else NONE for position, array in enumerate(arrays)]
    return tuple(_walker(whole_ops)(jaxpr, inputs))


def _trace(func: Callable[..., Any], arrays: Sequence[jax.Array]) -> "Jaxpr":
    try:
        return jax.make_jaxpr(func)(*arrays).jaxpr
    except _NEEDS_VALUES:  # a Python `if` on a value: trace the linearised function, without the branches
        return jax.make_jaxpr(jax.linearize(func, *arrays)[1])(*arrays).jaxpr


def _walker(whole_ops: bool) -> _Walk:
    rules = {**_RULES, "jit": _op_or_call if whole_ops else _call}

    def walk(jaxpr: "Jaxpr", inputs: Sequence[Uses]) -> list[Uses]:
        known: dict[Var, Uses] = dict(zip(jaxpr.invars, inputs, strict=True))
        for equation in jaxpr.eqns:
            given = [_read(known, atom) for atom in equation.invars]
            found = rules.get(equation.primitive.name, _step)(equation, given, walk)
            known.update(zip(equation.outvars, found, strict=True))
        return [_read(known, atom) for atom in jaxpr.outvars]

    return walk


def _read(known: dict["Var", Uses], atom: Any) -> Uses:
    return NONE if hasattr(atom, "val") or not is_differentiable(atom.aval) else known.get(atom, NONE)


def _step(equation: "JaxprEqn", given: list[Uses], walk: _Walk) -> Sequence[Uses]:
    return [NONE.union(*given)] * len(equation.outvars)


def _cut(equation: "JaxprEqn", given: list[Uses], walk: _Walk) -> Sequence[Uses]:
    return [NONE] * len(equation.outvars)


def _call(equation: "JaxprEqn", given: list[Uses], walk: _Walk) -> Sequence[Uses]:
    return walk(_open(equation.params["jaxpr"]), given)


def _op_or_call(equation: "JaxprEqn", given: list[Uses], walk: _Walk) -> Sequence[Uses]:
    record = record_in(equation)
    if record is None or record.composite:
        return _call(equation, given, walk)
    return (_step if record.node else _cut)(equation, given, walk)


def _branches(equation: "JaxprEqn", given: list[Uses], walk: _Walk) -> Sequence[Uses]:
    found = [walk(_open(branch), given[1:]) for branch in equation.params["branches"]]
    return [NONE.union(*uses) for uses in zip(*found, strict=True)]


def _scan(equation: "JaxprEqn", given: list[Uses], walk: _Walk) -> Sequence[Uses]:
    constants, carry, slices = _parts(equation.params, given)
    return _loop(_open(equation.params["jaxpr"]), constants, carry, slices, walk)


def _parts(params: dict[str, Any], given: list[Uses]) -> Sequence[list[Uses]]:
    """Split what a scan is given into its constants, its carry and its slices."""
    if "ft_in" in params:  # since JAX 0.11
        return [list(part) for part in params["ft_in"].update(given).unpack()]
    start = params["num_consts"]
    stop = start + params["num_carry"]
    return given[:start], given[start:stop], given[stop:]


def _while(equation: "JaxprEqn", given: list[Uses], walk: _Walk) -> Sequence[Uses]:
    given = given[equation.params["cond_nconsts"] :]
    constants = equation.params["body_nconsts"]
    return _loop(_open(equation.params["body_jaxpr"]), given[:constants], given[constants:], [], walk)


def _loop(body: "Jaxpr", constants: list[Uses], carry: list[Uses], slices: list[Uses], walk: _Walk) -> list[Uses]:
    while True:  # terminates: the sets only grow, and are bounded
        found = walk(body, [*constants, *carry, *slices])
        grown = [old | new for old, new in zip(carry, found, strict=False)]
        if grown == carry:
            return [*carry, *found[len(carry) :]]
        carry = grown


def _open(jaxpr: Any) -> "Jaxpr":
    return getattr(jaxpr, "jaxpr", jaxpr)


# Any other primitive is one step; so is a function with a custom derivative rule, which decides instead of the body.
_RULES: dict[str, _Rule] = {
    "checkpoint": _call,
    "remat2": _call,  # the name of checkpoint's primitive since JAX 0.10
    "cond": _branches,
    "scan": _scan,
    "stop_gradient": _cut,
    "while": _while,
}
