"""Record values at named places ("taps") inside a JAX function, to compare them with a PyTorch module's submodules.

A tap is JAX's `checkpoint_name`: an identity that leaves its name in the jaxpr and nothing in the compiled program.
`gathered` interprets the jaxpr and records the values; a scan that holds a tap is unrolled. Places without a tap are
recognised by the parameters they use: the output of a linear layer is where the data meets its bias.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import jax
from jax.ad_checkpoint import checkpoint_name
from jax.extend.core import Literal

from ...core.errors import ArgumentTypeError, describe
from ...core.public import public


@public(name="parity.tap", runs_callbacks=True)
def tap(name: str, x: Any) -> Any:
    """Return `x` (an array or a pytree) unchanged, and mark it as the output of the PyTorch submodule `name`.

    Inside of a scan, `"layers.*.norm"` is `layers.0.norm` in the first iteration. A tap costs nothing under `jit`.
    `jax.ad_checkpoint.checkpoint_name(x, name)` does the same, for a model that should not import this package.

    Raises: ArgumentTypeError where `name` is not a string.

    >>> import jax.numpy as jnp
    >>> from jaxfun import parity
    >>> parity.tap("norm", jnp.ones(2))
    Array([1., 1.], dtype=float32)
    """
    if not isinstance(name, str):
        raise ArgumentTypeError("`name` to be a string", describe(name), "The name comes first: tap(name, x).")
    return checkpoint_name(x, name)


@dataclass
class Place:
    """A place inside a function: a tap, known by its name, or an equation that combines data with parameters (`uses`).

    `is_relaid`: the value of an earlier place, only reshaped, transposed or cast.
    """

    name: str
    value: Any
    uses: frozenset[str] = frozenset()
    primitive: str = ""
    is_relaid: bool = False


class _Value(NamedTuple):
    """An array, the parameters it was computed from, and whether it was computed from data too."""

    array: Any
    parameters: frozenset[str] = frozenset()
    has_data: bool = False

    @property
    def is_parameter(self) -> bool:
        """Whether it was computed from parameters alone."""
        return bool(self.parameters) and not self.has_data


def gathered(
    function: Callable[..., Any],
    *args: Any,
    given: Mapping[int, Any] | None = None,
    names: Sequence[str | None] = (),
) -> tuple[Any, list[Place]]:
    """Return a function's result and the places in it, in the order of execution.

    `given` maps the number of a place to a value that replaces the place's own; the rest of the function continues from
    it. `names` has the name of each argument array that is a parameter, and None for data; without names only taps are
    found.
    """
    closed, shapes = jax.make_jaxpr(function, return_shape=True)(*args)
    leaves = jax.tree.leaves(args)
    run = _Run(given or {})
    values = [_Value(leaf, *_made_of(name, bool(names))) for leaf, name in zip(leaves, names or leaves, strict=True)]
    results = run.of(closed.jaxpr, closed.consts, values, ())
    return jax.tree.unflatten(jax.tree.structure(shapes), [item.array for item in results]), run.seen


def _made_of(name: Any, is_known: bool) -> tuple[frozenset[str], bool]:
    if not is_known:
        return frozenset(), False
    return (frozenset(), True) if name is None else (frozenset([name]), False)


def numbered(names: Iterable[str]) -> Iterator[str]:
    """Yield each name, with a number from its second occurrence on: what runs twice is two places.

    >>> list(numbered(["norm", "linear", "norm"]))
    ['norm', 'linear', 'norm (2)']
    """
    times: Counter[str] = Counter()
    for name in names:
        times[name] += 1
        yield name if times[name] == 1 else f"{name} ({times[name]})"


# primitives that only call a jaxpr, with the name of the parameter that holds it
_CALLS = {"jit": "jaxpr", "pjit": "jaxpr", "closed_call": "call_jaxpr", "checkpoint": "jaxpr", "remat2": "jaxpr"}
# primitives with a custom derivative rule, which is lost when their jaxpr is interpreted
_RULES = {"custom_jvp_call": "call_jaxpr", "custom_vjp_call": "call_jaxpr"}
_RELAYING = ("reshape", "transpose", "squeeze", "convert_element_type", "copy")


class _Run:
    """A jaxpr interpreter. `turns` holds the iteration numbers of the enclosing scans, outermost first."""

    def __init__(self, given: Mapping[int, Any]) -> None:
        self.seen: list[Place] = []
        self._given = given

    def of(self, jaxpr: Any, consts: Sequence[Any], args: Sequence[_Value], turns: tuple[int, ...]) -> list[_Value]:
        """Return the results of a jaxpr."""
        known = dict(zip([*jaxpr.constvars, *jaxpr.invars], [*map(_Value, consts), *args], strict=True))
        met: dict[Any, Place] = {}  # the places of this jaxpr, by their output variables

        def read(var: Any) -> _Value:
            return _Value(var.val) if isinstance(var, Literal) else known[var]

        for equation in jaxpr.eqns:
            values = list(map(read, equation.invars))
            results = self._step(equation, values, turns)
            place = _place(equation, values, met) if results else None
            if place is not None:
                met[equation.outvars[0]] = place
                results[0] = results[0]._replace(array=self._met(place, results[0].array))
            known.update(zip(equation.outvars, results, strict=True))
        return list(map(read, jaxpr.outvars))

    def _met(self, place: Place, array: Any) -> Any:
        number = len(self.seen)
        self.seen.append(replace(place, value=array))
        return self._given.get(number, array)

    def _step(self, equation: Any, values: list[_Value], turns: tuple[int, ...]) -> list[_Value]:
        primitive, params = equation.primitive, equation.params
        if _names(equation):
            array = self._met(Place(_in_turn(params["name"], turns), None), values[0].array)
            return [values[0]._replace(array=array)]
        holds = _holds_tap(equation)
        calls = _CALLS | (_RULES if holds else {})
        if primitive.name in calls and (holds or any(value.is_parameter for value in values)):
            inner = params[calls[primitive.name]]
            return self.of(getattr(inner, "jaxpr", inner), getattr(inner, "consts", ()), values, turns)
        if primitive.name == "scan" and holds:
            return self._scan(params, values, turns)
        found = primitive.bind(*(value.array for value in values), **primitive.get_bind_params(params))
        parameters = frozenset().union(*(value.parameters for value in values))
        has_data = any(value.has_data for value in values)
        return [_Value(item, parameters, has_data) for item in (found if primitive.multiple_results else [found])]

    def _scan(self, params: dict[str, Any], values: list[_Value], turns: tuple[int, ...]) -> list[_Value]:
        count, carried = _counts(params)
        consts, carry, pieces = values[:count], values[count : count + carried], []
        order = range(params["length"])
        for turn in reversed(order) if params["reverse"] else order:
            sliced = [item._replace(array=item.array[turn]) for item in values[count + carried :]]
            given = [*consts, *carry, *sliced]
            results = self.of(params["jaxpr"].jaxpr, params["jaxpr"].consts, given, (*turns, turn))
            carry, piece = results[:carried], results[carried:]
            pieces.append(piece)
        pieces = pieces[::-1] if params["reverse"] else pieces
        stacked = [
            column[0]._replace(array=jax.numpy.stack([item.array for item in column]))
            for column in zip(*pieces, strict=True)
        ]
        return [*carry, *stacked]


def _counts(params: Mapping[str, Any]) -> tuple[int, int]:
    """Return how many constants a scan has, and how many carried values."""
    if "ft_in" in params:  # since JAX 0.11
        consts, carry, _ = params["ft_in"].unpack()
        return len(consts), len(carry)
    return params["num_consts"], params["num_carry"]


def _place(equation: Any, values: Sequence[_Value], met: Mapping[Any, Place]) -> Place | None:
    """Return the place that an equation makes, or None.

    It combines parameters with data, or reshapes an earlier place.
    """
    if equation.primitive.name in _CALLS:  # its places are in the jaxpr that it calls
        return None
    uses = frozenset().union(*(value.parameters for value in values if value.is_parameter))
    if uses and any(value.has_data for value in values):
        return Place("", None, uses, equation.primitive.name)
    earlier = [met[var] for var in equation.invars if not isinstance(var, Literal) and var in met]
    if equation.primitive.name in _RELAYING and earlier:
        return replace(earlier[0], is_relaid=True)
    return None


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
