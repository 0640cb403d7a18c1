"""Read the table of JAX counterparts: the nearest JAX call for each torch function, in torch's argument names.

An entry such as `jnp.std(input, axis=dim, keepdims=keepdim, ddof=correction)` is what a port would write. A keyword is
omitted where torch's argument is at its default, as a porter would omit it. So JAX's own defaults apply.
"""

import ast
import inspect
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import jax.scipy as jsp

from ..core.dims import as_sizes
from ..core.record import Op

_NAMES: Mapping[str, Any] = {"jax": jax, "jnp": jnp, "jsp": jsp, "lax": jax.lax}


@dataclass(frozen=True)
class Counterpart:
    """The nearest JAX call for a torch function. `why` explains its deviations, by sort."""

    family: str
    name: str
    jax: str  # "" if JAX has no counterpart
    why: Mapping[str, str]
    overloads: Mapping[str, str] = field(default_factory=dict)  # other calls for some overloads, by the overload's name

    def call_of(self, record: Op) -> str:
        """Return the call for a record's overload."""
        return self.overloads.get(record.name.rpartition(".")[2], self.jax)

    @property
    def called(self) -> str:
        """The JAX function of the call, such as `jnp.std`; the whole expression if it is more than one call."""
        calls = [each for each in ast.walk(ast.parse(self.jax)) if isinstance(each, ast.Call)]
        is_alone = len(calls) == 1 and ast.unparse(calls[0]) == self.jax
        return ast.unparse(calls[0].func) if is_alone else self.jax

    def takes(self, record: Op, arguments: Mapping[str, Any]) -> bool:
        """Return whether the call uses all required arguments of torch, and all that are not at their defaults."""
        tree = ast.parse(self.call_of(record), mode="eval")
        named = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        left = {*record.signature.parameters} - named
        required = inspect.Parameter.empty
        return all(
            record.signature.parameters[name].default is not required
            and (name not in arguments or record.is_default(name, arguments[name]))
            for name in left
        )


def counterparts() -> dict[str, Counterpart]:
    """Return the table, by torch's name.

    >>> counterparts()["std"].called
    'jnp.std'
    """
    table = tomllib.loads(Path(__file__).with_name("counterparts.toml").read_text("utf-8"))
    return {name: _read(family, name, fields) for family, names in table.items() for name, fields in names.items()}


def _read(family: str, name: str, fields: Mapping[str, Any]) -> Counterpart:
    why = {key: text for key, text in fields.items() if key not in ("jax", "overloads")}
    return Counterpart(family, name, fields["jax"], why, fields.get("overloads", {}))


def in_jax(counterpart: Counterpart, record: Op) -> Callable[..., Any]:
    """Return the JAX counterpart as a function of torch's arguments."""

    def call(*args: Any, **kwargs: Any) -> Any:
        bound = record.signature.bind(*args, **kwargs)
        bound.apply_defaults()
        if record.sizes:  # one by one or as one tuple
            bound.arguments[record.sizes] = as_sizes(bound.arguments[record.sizes], record.sizes)
        return eval(expression_of(counterpart, record, bound.arguments), {**_NAMES, **bound.arguments})

    call.__name__ = call.__qualname__ = counterpart.called
    return call


def expression_of(counterpart: Counterpart, record: Op, arguments: Mapping[str, Any]) -> str:
    """Return the JAX call for torch's arguments, without keywords whose torch argument is at its default."""
    given = {name for name, value in arguments.items() if not record.is_default(name, value)}
    tree = ast.parse(counterpart.call_of(record), mode="eval")
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            node.keywords = [word for word in node.keywords if _is_given(word.value, given)]
    return ast.unparse(tree)


def _is_given(value: ast.expr, given: set[str]) -> bool:
    return not isinstance(value, ast.Name) or value.id in given
