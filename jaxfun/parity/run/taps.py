"""Named places inside a JAX function, whose values can be compared with those of a PyTorch module's submodules.

A tap is JAX's `checkpoint_name`: an identity that leaves its name in the jaxpr, and no trace in the compiled program.
The values are gathered by running the jaxpr; a scan that holds a tap is run turn by turn.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import jax
from jax.ad_checkpoint import checkpoint_name
from jax.extend.core import Literal

from ...errors import ArgumentTypeError, describe, public

Seen = list[tuple[str, Any]]


@public("parity.tap(name, x)")
def tap(name: str, x: Any) -> Any:
    """Return `x` (an array or a pytree) as it is, and mark it as what the submodule `name` gives in PyTorch.

    Inside of a scan, `"layers.*.norm"` is `layers.0.norm` in the first turn. It costs nothing under `jit`.
    `jax.ad_checkpoint.checkpoint_name(x, name)` is the same, where the model is not to import this package.

    Raises: ArgumentTypeError where `name` is no string.

    >>> import jax.numpy as jnp
    >>> from jaxfun import parity
    >>> parity.tap("norm", jnp.ones(2))
    Array([1., 1.], dtype=float32)
    """
    if not isinstance(name, str):
        raise ArgumentTypeError("`name` to be a string", describe(name), "The name comes first: tap(name, x).")
    return checkpoint_name(x, name)


def gathered(function: Callable[..., Any], *args: Any) -> tuple[Any, Seen]:
    """Return a function's result, and the name and value of every tap in it, in the order of execution."""
    closed, shapes = jax.make_jaxpr(function, return_shape=True)(*args)
    seen: Seen = []
    results = _run(closed.jaxpr, closed.consts, jax.tree.leaves(args), (), seen)
    return jax.tree.unflatten(jax.tree.structure(shapes), results), seen


def numbered(names: Iterable[str]) -> Iterator[str]:
    """Yield each name, from its second time on with its number: what runs twice is two places.

    >>> list(numbered(["norm", "linear", "norm"]))
    ['norm', 'linear', 'norm (2)']
    """
    times: Counter[str] = Counter()
    for name in names:
        times[name] += 1
        yield name if times[name] == 1 else f"{name} ({times[name]})"


# primitives that only call a jaxpr, and the parameter that holds it
_CALLS = {
    "jit": "jaxpr",
    "pjit": "jaxpr",
    "closed_call": "call_jaxpr",
    "checkpoint": "jaxpr",
    "remat2": "jaxpr",
    "custom_jvp_call": "call_jaxpr",
    "custom_vjp_call": "call_jaxpr",
}


def _run(jaxpr: Any, consts: Sequence[Any], args: Sequence[Any], turns: tuple[int, ...], seen: Seen) -> list[Any]:
    """Run a jaxpr; `turns` counts those of the scans around it, from the outermost."""
    known = dict(zip([*jaxpr.constvars, *jaxpr.invars], [*consts, *args], strict=True))

    def read(var: Any) -> Any:
        return var.val if isinstance(var, Literal) else known[var]

    for equation in jaxpr.eqns:
        results = _step(equation, list(map(read, equation.invars)), turns, seen)
        known.update(zip(equation.outvars, results, strict=True))
    return list(map(read, jaxpr.outvars))


def _step(equation: Any, values: list[Any], turns: tuple[int, ...], seen: Seen) -> list[Any]:
    primitive, params = equation.primitive, equation.params
    if _names(equation):
        seen.append((_in_turn(params["name"], turns), values[0]))
    if _holds_tap(equation):
        if primitive.name in _CALLS:
            inner = params[_CALLS[primitive.name]]
            return _run(getattr(inner, "jaxpr", inner), getattr(inner, "consts", ()), values, turns, seen)
        if primitive.name == "scan":
            return _scan(params, values, turns, seen)
    result = primitive.bind(*values, **primitive.get_bind_params(params))
    return list(result) if primitive.multiple_results else [result]


def _scan(params: dict[str, Any], values: list[Any], turns: tuple[int, ...], seen: Seen) -> list[Any]:
    consts, carried = params["num_consts"], params["num_consts"] + params["num_carry"]
    carry, pieces = values[consts:carried], []
    order = range(params["length"])
    for turn in reversed(order) if params["reverse"] else order:
        given = [*values[:consts], *carry, *(item[turn] for item in values[carried:])]
        results = _run(params["jaxpr"].jaxpr, params["jaxpr"].consts, given, (*turns, turn), seen)
        carry, piece = results[: params["num_carry"]], results[params["num_carry"] :]
        pieces.append(piece)
    pieces = pieces[::-1] if params["reverse"] else pieces
    return [*carry, *(jax.numpy.stack(column) for column in zip(*pieces, strict=True))]


def _names(equation: Any) -> bool:
    return equation.primitive.name.startswith("name") and "name" in equation.params


def _holds_tap(equation: Any) -> bool:
    inner = jax.tree.leaves(tuple(equation.params.values()), is_leaf=lambda item: hasattr(item, "eqns"))
    bodies = [getattr(item, "jaxpr", item) for item in inner]
    return any(_names(step) or _holds_tap(step) for body in bodies for step in getattr(body, "eqns", ()))


def _in_turn(name: str, turns: tuple[int, ...]) -> str:
    for turn in turns:
        name = name.replace("*", str(turn), 1)
    return name
