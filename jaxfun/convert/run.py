"""Run a plan on arrays: each call by its rule, under the name of its module.

Begin with `Runner`. A run is pure, and JAX traces it as any function.
"""

import fnmatch
import itertools
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp

from ..core.dtypes import DTYPES, canonical, int64
from ..core.errors import X64DisabledError
from ..core.sizes import is_open
from .plan import Call, DTypeName, Graph, Plan, Ref, SubGraph
from .rules import Rule, key_of

Values = dict[str, Any]
_BY_NAME = {dtype.name: dtype for dtype in DTYPES}


@dataclass(frozen=True)
class Runner:
    """The calls of a plan with their rules."""

    plan: Plan
    rules: Mapping[str, Rule]
    remat: tuple[str, ...] = ()  # patterns of modules whose values the gradient computes anew

    def outputs(self, values: Sequence[Any], key: jax.Array | None) -> tuple[Any, ...]:
        """Return the outputs of the whole graph for its inputs."""
        return self._run(self.plan.graph, values, key)

    def values(self, values: Sequence[Any], key: jax.Array | None) -> Values:
        """Return the value of each call of the whole graph, by the call's name."""
        known: Values = dict(zip(self.plan.graph.inputs, values, strict=True))
        self._run_calls(self.plan.graph.calls, known, key)
        return {call.name: known[call.name] for call in self.plan.graph.calls}

    def _run(self, graph: Graph, values: Sequence[Any], key: jax.Array | None) -> tuple[Any, ...]:
        known: Values = dict(zip(graph.inputs, values, strict=True))
        for module, group in itertools.groupby(graph.calls, lambda call: rematerialised(call, self.remat)):
            calls = list(group)
            if module:
                known |= self._computed_anew(graph, calls, known, key)
            else:
                self._run_calls(calls, known, key)
        return self.resolved(graph.outputs, known, key)

    def _run_calls(self, calls: Sequence[Call], known: Values, key: jax.Array | None) -> None:
        """Run calls, and add their values to the known ones."""
        for call in calls:
            with jax.named_scope(call.place.module or call.name):
                known[call.name] = self.called(call, known, key)

    def _computed_anew(self, graph: Graph, calls: Sequence[Call], known: Values, key: jax.Array | None) -> Values:
        """Return the values of calls that are used outside of them; the gradient computes the others anew."""
        own = {call.name for call in calls}
        others = [call for call in graph.calls if call.name not in own]
        used = own & {*names_in([graph.outputs, *((call.args, call.kwargs) for call in others)])}
        sizes: Values = {}  # Python numbers are no results of a traced function

        def body() -> Values:
            inside = dict(known)
            self._run_calls(calls, inside, key)
            arrays, numbers = parted({name: inside[name] for name in used})
            sizes.update(numbers)
            return arrays

        return {**jax.checkpoint(body)(), **sizes}

    def called(self, call: Call, known: Values, key: jax.Array | None) -> Any:
        """Return the value of one call, for known values of its references."""
        args, kwargs = (self.resolved(each, known, key) for each in (call.args, call.kwargs))
        if name := key_of(call.target, call.kwargs):
            kwargs[name] = fold(key, call)
        try:
            _refuse_wide(call)
            return self.rules[call.target](*args, **kwargs)
        except Exception as error:  # of any kind: it is raised again, with the place in the user's code
            error.add_note(f"in {call.target}, {call.place}")
            raise

    def resolved(self, item: Any, known: Values, key: jax.Array | None = None) -> Any:
        """Return an argument with values in place of references, and functions in place of graphs."""
        if isinstance(item, Ref):
            return known[item.name]
        if isinstance(item, DTypeName):
            return canonical(_BY_NAME[item.name])
        if isinstance(item, SubGraph):
            return lambda *values: self._run(self.plan.graphs[item.name], values, key)
        if isinstance(item, tuple):
            return tuple(self.resolved(each, known, key) for each in item)
        if isinstance(item, Mapping):
            return {name: self.resolved(each, known, key) for name, each in item.items()}
        return item


def inputs_of(plan: Plan, parts: Mapping[str, Mapping[str, Any]], leaves: Sequence[Any]) -> list[Any]:
    """Return the inputs of a plan's graph: arrays of `parts` by their kind and name, and leaves of the arguments."""
    given = iter(leaves)
    return [next(given) if kind == "argument" else parts[kind][name] for kind, name in plan.sources]


def filled(leaves: Sequence[Any], arrays: Sequence[Any]) -> list[Any]:
    """Return leaves with other arrays in place of theirs; numbers and strings stay."""
    rest = iter(arrays)
    return [next(rest) if hasattr(leaf, "dtype") else leaf for leaf in leaves]


def parted(values: Values) -> tuple[Values, Values]:
    """Return the arrays, and the numbers of Python and open sizes: a traced function cannot return those."""
    numbers = {name: value for name, value in values.items() if isinstance(value, (bool, int, float)) or is_open(value)}
    return {name: value for name, value in values.items() if name not in numbers}, numbers


def rematerialised(call: Call, patterns: Sequence[str]) -> str:
    """Return the path of the module that a call belongs to, if it or a module around it fits a pattern.

    >>> from .plan import Place
    >>> rematerialised(Call("add", "aten::add.Tensor", place=Place("layers.1.attention")), ["layers.*"])
    'layers.1'
    """
    parts = call.place.module.split(".")
    prefixes = [".".join(parts[: pattern.count(".") + 1]) for pattern in patterns]
    return next((path for path, each in zip(prefixes, patterns, strict=True) if fnmatch.fnmatchcase(path, each)), "")


def names_in(item: Any) -> Iterator[str]:
    """Yield the names of the references in arguments."""
    if isinstance(item, Ref):
        yield item.name
    elif isinstance(item, (tuple, list)):
        yield from (name for each in item for name in names_in(each))
    elif isinstance(item, Mapping):
        yield from (name for each in item.values() for name in names_in(each))


def _refuse_wide(call: Call) -> None:
    """Raise X64DisabledError for an integer that needs 64 bits, while JAX's 64-bit types are off."""
    if canonical(int64) is int64 or call.target.startswith("aten::slice"):  # whose end may be torch's largest integer
        return
    for value in call.kwargs.values():
        if isinstance(value, int) and not -(2**31) <= value < 2**32:
            raise X64DisabledError("JAX's 64-bit types to be on", f"{value} with jax_enable_x64 off")


def fold(key: jax.Array | None, call: Call) -> jax.Array | None:
    """Return the random key of one call: folded by its name, so that another call does not change it."""
    return None if key is None else jax.random.fold_in(key, zlib.crc32(call.name.encode()))


def call_keys(key: jax.Array, *names: str) -> jax.Array:
    """Return the random keys of calls by their names in the plan: those that the port itself gives them.

    >>> call_keys(jax.random.key(0), "native_dropout", "native_dropout_1").shape
    (2,)
    """
    return jnp.stack([jax.random.fold_in(key, zlib.crc32(name.encode())) for name in names])
