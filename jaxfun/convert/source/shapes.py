"""The shape and dtype of each value of a plan, with the names of the dynamic sizes. Begin with `shapes_of`."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from ..run import Runner, filled, parted

# Numbers for the dynamic sizes: large ones, which no other size of a model is, and small ones where a range asks
_PRIMES = (10007, 10009, 10037, 10039, 1009, 1013, 1019, 101, 103, 107, 53, 59, 61, 31, 37, 23, 17, 19, 13, 11, 7, 5, 3)


class Shapes(NamedTuple):
    """The values of a plan: arrays as shapes and dtypes, and Python numbers; and the numbers of the dynamic sizes."""

    values: Mapping[str, Any]
    sizes: Mapping[str, int]  # by the name of the dynamic size


def shapes_of(port: Any, sizes: Mapping[str, int] | None = None) -> Shapes:
    """Return the shapes of a port's values, for numbers of the dynamic sizes.

    The numbers that are chosen without `sizes` occur nowhere else in the parameters and arguments.
    """
    chosen = _chosen(port) if sizes is None else sizes
    leaves: list[Any] = [
        each.constant if not each.dtype else shaped([chosen.get(str(size), size) for size in each.shape], each.dtype)
        for each in port.plan.arguments
    ]
    numbers: dict[str, Any] = {}
    runner = Runner(port.plan, port.rules)

    def run(params: Any, state: Any, key: Any, arrays: Sequence[Any]) -> Any:
        inputs = port.inputs(params, filled(leaves, arrays), state)
        numbers.update(zip(port.plan.graph.inputs, inputs, strict=True))
        found, known = parted(runner.values(inputs, key))
        numbers.update(known)
        return found

    arrays = [leaf for leaf in leaves if hasattr(leaf, "shape")]
    key = jax.eval_shape(lambda: jax.random.key(0))
    found = jax.eval_shape(run, port.params, port.state, key, arrays)
    inputs = {
        name: shaped(each.shape, each.dtype) if hasattr(each, "shape") else each for name, each in numbers.items()
    }
    return Shapes({**inputs, **found}, chosen)


def named_sizes(plan: Any) -> list[str]:
    """Return the names of the dynamic sizes."""
    return list(dict.fromkeys(size for each in plan.arguments for size in each.shape if isinstance(size, str)))


def shaped(shape: Sequence[Any], dtype: Any) -> jax.ShapeDtypeStruct:
    """Return a shape and a dtype, as JAX has it."""
    return jax.ShapeDtypeStruct(tuple(shape), jax.dtypes.canonicalize_dtype(jnp.dtype(str(dtype))))


def _chosen(port: Any) -> dict[str, int]:
    fixed = {
        size for each in (*port.params.values(), *port.state.values(), *port.constants.values()) for size in each.shape
    }
    fixed |= {size for each in port.plan.arguments for size in each.shape if isinstance(size, int)}
    free = [size for size in _PRIMES if size not in fixed]
    return {name: _within(port.plan.ranges.get(name, (0, None)), free) for name in named_sizes(port.plan)}


def _within(bounds: tuple[int, int | None], free: list[int]) -> int:
    """Take the next size that a range allows, or else the largest that it allows."""
    least, most = bounds
    found = next((size for size in free if size >= least and (most is None or size <= most)), None)
    if found is None:
        return most or least
    free.remove(found)
    return found


def described(value: Any, names: Mapping[int, str]) -> str:
    """Return the dtype and the sizes of a value.

    >>> described(jax.ShapeDtypeStruct((7, 3), "float32"), {7: "batch"})
    'float32[batch, 3]'
    """
    if not hasattr(value, "shape"):
        return type(value).__name__
    return f"{value.dtype}[{', '.join(_spelled(size, names) for size in value.shape)}]"


def _spelled(size: int, names: Mapping[int, str]) -> str:
    """Return a size: a name, a product of names and a number, or a number."""
    if size in names or not size:
        return names.get(size, "0")
    factors, rest = [], size
    for number, name in names.items():
        while number > _SMALL and rest % number == 0:
            factors.append(name)
            rest //= number
    return "*".join([*([str(rest)] if rest > 1 or not factors else []), *factors])


_SMALL = 100  # a multiple of a smaller number is no sign of the dynamic size that it stands for
