"""The written source beside the port: it is executed, and compared in value and gradient. Begin with `check_source`."""

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..plan import Input
from ..proof.recorded import Checked
from ..rules import random_calls
from ..run import filled
from ..trees import unflatten

_ROUNDINGS = 16  # of the largest number: the two are compiled apart, and XLA adds in another order
_SIZE = 3  # of a dynamic axis, without an example


def check_source(port: Any, text: str) -> list[Checked]:
    """Compare a port's source with the port on its example, and on other sizes if there are dynamic ones.

    Without an example, as after `prove=False`, the arguments are random numbers, and integers are 0 or 1.
    """
    run = executed(text)
    example = _example(port)
    found = _compared(port, run, example, "")
    sizes = _other_sizes(port.plan, example)
    if sizes:
        label = f" ({', '.join(f'{name} {size}' for name, size in sizes.items())})"
        found += _compared(port, run, _resized(port.plan.arguments, example, sizes), label)
    return found


def in_words(checked: Sequence[Checked]) -> str:
    """Return one line on a source that was compared.

    >>> in_words([Checked("result 0", 0.0, 1e-6), Checked("gradient weight", 1e-9, 1e-6)])
    'agrees with the port in value and gradient (1 results, 1 gradients)'
    """
    wrong = [f"{each.name} is off by {each.error:.1e}" for each in checked if not each.ok]
    if wrong:
        return f"DIFFERS from the port: {'; '.join(wrong[:5])}"
    gradients = sum(each.name.startswith("gradient") for each in checked)
    return f"agrees with the port in value and gradient ({len(checked) - gradients} results, {gradients} gradients)"


def executed(text: str) -> Callable[..., Any]:
    """Return the last function of a source: the model."""
    names: dict[str, Any] = {}
    exec(compile(text, "<source>", "exec"), names)
    return names[[node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)][-1]]


def _compared(port: Any, run: Callable[..., Any], leaves: Sequence[Any], label: str) -> list[Checked]:
    """Compare results and gradients on one example."""
    key = jax.random.key(0) if random_calls(port.plan) else None
    buffers = {**port.state, **port.constants}
    arrays = [jnp.asarray(leaf) for leaf in leaves if hasattr(leaf, "shape")]

    def source(params: Mapping[str, Any], arrays: Sequence[Any]) -> Any:
        frozen = {name: jax.lax.stop_gradient(params[name]) for name in port.plan.frozen}
        keys = () if key is None else (key,)
        return run({**params, **frozen, **buffers}, *filled(leaves, arrays), *keys)

    def own(params: Mapping[str, Any], arrays: Sequence[Any]) -> Any:
        rest = iter(filled(leaves, arrays))
        args, kwargs = (unflatten(tree, rest) for tree in port.plan.arguments_trees)
        return port(params, *args, key=key, **kwargs)

    with_gradients = [jax.jit(_with_gradient(each))(port.params, arrays) for each in (source, own)]
    (results, gradients), (wanted, slopes) = with_gradients
    if jax.tree.structure(results) != jax.tree.structure(wanted):
        return [Checked(f"the structure of the result{label}", math.inf, 0.0)]
    pairs = zip(jax.tree.leaves(results), jax.tree.leaves(wanted), strict=True)
    found = [_checked(f"result {at}{label}", one, other, 0.0) for at, (one, other) in enumerate(pairs)]
    steepest = max((float(jnp.abs(each).max(initial=0)) for each in slopes.values()), default=0.0)
    return found + [_checked(f"gradient {name}{label}", gradients[name], slopes[name], steepest) for name in slopes]


def _with_gradient(run: Callable[..., Any]) -> Callable[..., tuple[Any, Any]]:
    """Return a function of the parameters that also gives the gradient of its results, along random numbers."""

    def along(params: Any, arrays: Any) -> tuple[Any, Any]:
        found = run(params, arrays)
        rng = np.random.default_rng(0)
        floats = [each for each in jax.tree.leaves(found) if jnp.issubdtype(each.dtype, jnp.inexact)]
        terms = [jnp.sum(jnp.real(each) * rng.standard_normal(each.shape).astype("float32")) for each in floats]
        return sum(term.astype(jnp.float32) for term in terms) if terms else jnp.zeros(()), found

    def both(params: Any, arrays: Any) -> tuple[Any, Any]:
        trained = {name: each for name, each in params.items() if jnp.issubdtype(each.dtype, jnp.inexact)}
        gradient, found = jax.grad(lambda own: along({**params, **own}, arrays), has_aux=True)(trained)
        return found, gradient

    return both


def _checked(name: str, one: Any, other: Any, scale: float) -> Checked:
    """Return the error of an array, and the one that rounding explains; `scale` is the size of its neighbours."""
    left, right = np.asarray(one), np.asarray(other)
    if (left.shape, left.dtype) != (right.shape, right.dtype):
        return Checked(name, math.inf, 0.0)
    if not jnp.issubdtype(right.dtype, jnp.inexact):
        return Checked(name, 0.0 if np.array_equal(left, right) else math.inf, 0.0)
    eps = float(jnp.finfo(right.dtype).eps)
    wide = np.complex128 if np.iscomplexobj(right) else np.float64
    left, right = left.astype(wide), right.astype(wide)
    finite = np.isfinite(right)
    if not np.array_equal(left[~finite], right[~finite], equal_nan=True):
        return Checked(name, math.inf, 0.0)
    error = float(np.abs(left[finite] - right[finite]).max(initial=0.0))
    largest = float(np.abs(right[finite]).max(initial=0.0))
    # a gradient that is 0 in theory has the rounding of its neighbours
    return Checked(name, math.inf if math.isnan(error) else error, _ROUNDINGS * eps * largest + eps * scale)


def _example(port: Any) -> list[Any]:
    """Return the example's arguments, or drawn ones."""
    rng = np.random.default_rng(0)
    names = {size for each in port.plan.arguments for size in each.shape if isinstance(size, str)}
    sizes = {name: _within(_SIZE, *port.plan.ranges.get(name, (0, None))) for name in names}
    return [
        port.recorded.get(f"argument {at}", _drawn(each, sizes, rng)) if each.dtype else each.constant
        for at, each in enumerate(port.plan.arguments)
    ]


def _drawn(each: Input, sizes: Mapping[str, int], rng: np.random.Generator) -> np.ndarray:
    shape = [sizes[size] if isinstance(size, str) else size for size in each.shape]
    dtype = jax.dtypes.canonicalize_dtype(jnp.dtype(each.dtype))
    is_float = jnp.issubdtype(dtype, jnp.inexact)
    return (rng.standard_normal(shape) if is_float else rng.integers(0, 2, shape)).astype(dtype)


def _other_sizes(plan: Any, example: Sequence[Any]) -> dict[str, int]:
    """Return other numbers for the dynamic sizes."""
    found: dict[str, int] = {}
    for each, leaf in zip(plan.arguments, example, strict=True):
        for name, size in zip(each.shape, np.shape(leaf), strict=False):
            if isinstance(name, str):
                found[name] = _within(size + 1, *plan.ranges.get(name, (0, None)))
    return found


def _within(size: int, least: int, most: int | None) -> int:
    return max(least, size if most is None else min(size, most))


def _resized(arguments: Sequence[Input], example: Sequence[Any], sizes: Mapping[str, int]) -> list[Any]:
    """Return arguments of other sizes, with the numbers of the example's."""
    rng = np.random.default_rng(1)
    shapes: list[Any] = [[sizes.get(str(size), size) for size in each.shape] for each in arguments]
    return [
        rng.choice(np.ravel(leaf), shape).astype(leaf.dtype) if each.dtype else leaf
        for each, leaf, shape in zip(arguments, example, shapes, strict=True)
    ]
