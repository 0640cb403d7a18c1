"""The vector-Jacobian product (pullback) of a function in torch's convention, with torch's checks of cotangents."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..core.dtypes import as_array
from ..core.errors import (
    ArgumentTypeError,
    ArgumentValueError,
    DTypeError,
    GradientError,
    IndexRangeError,
    ShapeError,
    describe,
)
from .dependence import NONE, Uses, dependence, is_differentiable

Cotangents = Sequence[jax.Array | None]


@dataclass(frozen=True)
class Pullback:
    """A function at a point: its outputs, the inputs that each depends on, and `pull`, from cotangents to gradients.

    `packed`: the function returned a tuple (or a list). A cotangent None means zeros.
    """

    outputs: tuple[jax.Array, ...]
    packed: bool
    pull: Callable[[Cotangents], tuple[jax.Array, ...]]
    trace: Callable[[], tuple[Uses, ...]]

    @cached_property
    def uses(self) -> tuple[Uses, ...]:
        """For each output, the inputs that it depends on."""
        return self.trace()

    @cached_property
    def used(self) -> Uses:
        """The inputs that at least one output depends on."""
        return NONE.union(*self.uses)


def pullback(
    func: Callable[..., Any],
    arrays: Sequence[jax.Array],
    packs: tuple[type, ...] = (tuple, list),
    *,
    whole_ops: bool = True,
) -> Pullback:
    """Return the pullback of `func` at `arrays`. `packs` are the containers that `func` may return.

    `whole_ops` is False for a function that is a derivative itself, as in `dependence`.

    Raises: ArgumentTypeError where `func` returns anything but a tensor or a container of tensors.
    """

    def checked(*arrays: jax.Array) -> Any:
        return _tensors(func(*arrays), packs)

    outputs, vjp = jax.vjp(checked, *arrays)
    leaves, tree = jax.tree.flatten(outputs)

    def pull(cotangents: Cotangents) -> tuple[jax.Array, ...]:
        # torch's gradients and cotangents are the conjugates of JAX's
        found = vjp(tree.unflatten(map(_as_cotangent, leaves, cotangents)))
        return tuple(jnp.conj(gradient) for gradient in found)

    trace = partial(dependence, checked, arrays, whole_ops=whole_ops)
    return Pullback(tuple(leaves), isinstance(outputs, packs), pull, trace)


def _tensors(result: Any, packs: tuple[type, ...]) -> Any:
    if not isinstance(result, packs):
        return _output(result)
    return tuple(map(_output, result))


def _output(result: Any) -> jax.Array:
    if not hasattr(result, "dtype"):
        raise ArgumentTypeError("the function to return a tensor or a tuple of tensors", describe(result))
    return as_array(result)


def _as_cotangent(output: jax.Array, given: jax.Array | None) -> Any:
    if not is_differentiable(output):
        return np.zeros(output.shape, jax.dtypes.float0)  # the cotangent that JAX requires for an integer output
    if given is None:
        return jnp.zeros_like(output)
    return jnp.conj(jax.lax.convert_element_type(given, output.dtype))


def gradients(
    func: Callable[..., Any],
    arrays: Sequence[jax.Array],
    grad_outputs: Any = None,
    *,
    batched: bool = False,
    name: str = "grad_outputs",
) -> tuple[jax.Array | None, ...]:
    """Return the gradient for each array, or None for an array that no output depends on.

    `name` is the caller's name for `grad_outputs`.

    Raises: torch's errors for outputs without a gradient and for `grad_outputs` that do not fit them.
    """
    point = pullback(func, arrays)
    cotangents = seeds(point, grad_outputs, batched=batched, name=name)
    found = jax.vmap(point.pull)(cotangents) if batched else point.pull(cotangents)
    return tuple(gradient if position in point.used else None for position, gradient in enumerate(found))


def seeds(point: Pullback, grad_outputs: Any, *, batched: bool, name: str) -> tuple[jax.Array, ...]:
    """Return a cotangent for each output: the given one, or 1 for a real scalar."""
    given = _sequence(name, grad_outputs, len(point.outputs))
    seeded = list(zip(point.outputs, point.uses, given, strict=False))
    for position, (output, uses, item) in enumerate(seeded):
        if item is not None:
            check_cotangent(f"{name}[{position}]", output, item, batched=batched)
        elif uses:
            check_scalar(output, name)
    if batched:
        _check_batch(name, [output if item is None and uses else item for output, uses, item in seeded], given)
    _check_required(point)
    if len(given) < len(point.outputs):
        raise GradientError(f"{len(point.outputs)} `{name}`, one for each output", str(len(given)))
    return tuple(jnp.ones_like(output) if item is None else as_array(item) for output, _, item in seeded)


def _check_required(point: Pullback) -> None:
    for position, uses in enumerate(point.uses):
        if not uses:
            raise GradientError(
                f"output {position} to depend on an input that requires grad",
                describe(point.outputs[position]),
                "It is constant, detached, or not of a floating point or complex dtype.",
            )


def _check_batch(name: str, items: Sequence[Any], given: Sequence[Any]) -> None:
    # torch also maps over the 1 that replaces None, by its first dimension
    sizes = {item.shape[0] if item is not None and item.ndim else None for item in items}
    if not sizes:
        raise IndexRangeError(f"at least one of `{name}`", "none")
    if None in sizes:
        raise ArgumentValueError(f"a leading batch dimension in each of `{name}`", describe(tuple(given)))
    if len(sizes) != 1:
        raise ArgumentValueError(f"one batch size for all of `{name}`", describe(tuple(given)))
    if any(item is None for item in given):
        raise GradientError(f"a batch of `{name}` for each output", describe(tuple(given)))


def _sequence(name: str, grad_outputs: Any, length: int) -> tuple[Any, ...]:
    if grad_outputs is None:
        return (None,) * length
    if isinstance(grad_outputs, (tuple, list)):
        return tuple(grad_outputs)
    if not hasattr(grad_outputs, "dtype"):
        raise ArgumentTypeError(f"`{name}` to be a tensor, or a sequence of tensors and None", describe(grad_outputs))
    return (grad_outputs,)


def check_scalar(output: jax.Array, name: str) -> None:
    """Raise GradientError unless a tensor is one real number, so that 1 can be the default of its cotangent `name`."""
    if output.size != 1:
        raise GradientError("a scalar", describe(output), f"Give `{name}`, a tensor of its shape.")
    if jnp.iscomplexobj(output):
        raise GradientError("a real scalar", describe(output), f"A complex scalar needs `{name}`.")


def check_cotangent(name: str, output: jax.Array, given: Any, *, batched: bool = False) -> None:
    """Raise unless `given` is a tensor of the output's shape (after a batch dimension), real or complex like it."""
    if not hasattr(given, "dtype"):
        raise ArgumentTypeError(f"`{name}` to be a tensor or None", describe(given))
    shape = tuple(given.shape)
    if batched and (not shape or shape[0] == 0):
        raise IndexRangeError(f"`{name}` with a non-empty leading batch dimension", describe(given))
    if shape[batched:] != output.shape:
        raise ShapeError(f"`{name}` of shape {list(output.shape)}, the output's", str(list(shape[batched:])))
    if jnp.iscomplexobj(output) != ("complex" in str(given.dtype)):
        raise DTypeError(f"`{name}` of the output's dtype {output.dtype}", describe(given))
