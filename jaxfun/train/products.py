"""Products over very many rows, summed as exactly as float64 would to 1e-6.

The gradient of `X @ W` sums over the rows. XLA on a CPU adds them to few partial sums: at 10**7 rows float32 is off by
1e-4 and more. Here such a product is computed in blocks of rows, and the blocks are added with Kahan's compensation.
"""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jax.extend import core

_MANY = 32_768  # rows; below, the partial sums of XLA are exact enough
_BLOCK = 1024
_ROUNDED = (jnp.float32, jnp.complex64)


def exact_over_rows(function: Callable[..., Any], rows: int) -> Callable[..., Any]:
    """Return the function with its products over a dimension of length `rows` computed in blocks.

    The result is for a compiled step: it cannot be differentiated more cheaply than the function itself.
    """
    if rows < _MANY:
        return function

    def changed(*args: Any) -> Any:
        traced, shape = jax.make_jaxpr(function, return_shape=True)(*args)
        if not _has_long(traced.jaxpr, rows):
            return function(*args)
        flat = _evaluated(traced.jaxpr, traced.consts, jax.tree.leaves(args), rows)
        return jax.tree.unflatten(jax.tree.structure(shape), flat)

    return changed


def _has_long(jaxpr: Any, rows: int) -> bool:
    if jaxpr is None:
        return False
    return any(_is_long(eqn, rows) or _has_long(_inner(eqn), rows) for eqn in jaxpr.eqns)


def _inner(eqn: Any) -> Any:
    """Return the jaxpr of an inner jit, which is evaluated in place, or None."""
    inner = eqn.params.get("jaxpr")
    return inner.jaxpr if eqn.primitive.name in ("jit", "pjit") and inner is not None else None


def _is_long(eqn: Any, rows: int) -> bool:
    if eqn.primitive.name != "dot_general" or eqn.outvars[0].aval.dtype not in _ROUNDED:
        return False
    (left, _), batch = eqn.params["dimension_numbers"]
    return batch == ((), ()) and len(left) == 1 and eqn.invars[0].aval.shape[left[0]] == rows


def _evaluated(jaxpr: Any, consts: Any, args: Any, rows: int) -> list[Any]:
    values: dict[Any, Any] = dict(zip([*jaxpr.constvars, *jaxpr.invars], [*consts, *args], strict=True))

    def read(atom: Any) -> Any:
        return atom.val if isinstance(atom, core.Literal) else values[atom]

    for eqn in jaxpr.eqns:
        given = [read(atom) for atom in eqn.invars]
        inner = _inner(eqn)
        if _has_long(inner, rows):
            found = _evaluated(inner, eqn.params["jaxpr"].consts, given, rows)
        elif _is_long(eqn, rows):
            found = [_in_blocks(eqn, *given)]
        else:
            found = eqn.primitive.bind(*given, **eqn.primitive.get_bind_params(eqn.params))
            found = found if eqn.primitive.multiple_results else [found]
        values.update(zip(eqn.outvars, found, strict=True))
    return [read(atom) for atom in jaxpr.outvars]


def _in_blocks(eqn: Any, left: jax.Array, right: jax.Array) -> jax.Array:
    ((left_dim,), (right_dim,)), _ = eqn.params["dimension_numbers"]
    rows = left.shape[left_dim]

    def product(start: Any, length: int) -> jax.Array:
        parts = (
            jax.lax.dynamic_slice_in_dim(each, start, length, dim)
            for each, dim in ((left, left_dim), (right, right_dim))
        )
        found = eqn.primitive.bind(*parts, **eqn.params)
        assert isinstance(found, jax.Array)
        return found

    def add(carry: tuple[jax.Array, jax.Array], block: jax.Array) -> tuple[tuple[jax.Array, jax.Array], None]:
        return _compensated(carry, product(block * _BLOCK, _BLOCK)), None

    rest = rows % _BLOCK
    zero = jnp.zeros_like(product(0, 0))
    carry = _compensated((zero, zero), product(rows - rest, rest)) if rest else (zero, zero)
    (total, _), _ = jax.lax.scan(add, carry, jnp.arange(rows // _BLOCK))
    return total


def _compensated(carry: tuple[jax.Array, jax.Array], value: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Add a value by Kahan's sum: the carry is the sum and what its rounding lost."""
    total, lost = carry
    value = value - lost
    new = total + value
    return new, jnp.where(jnp.isfinite(new), (new - total) - value, 0)
