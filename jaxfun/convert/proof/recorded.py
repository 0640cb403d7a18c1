"""PyTorch's results for the example, kept with a port, and the check of the port against them. It needs no torch.

Begin with `check`. The results are arrays by name: `argument 0`, `cotangent 0`, `result 0`, `gradient NAME`,
`call NAME`; of a long one every n-th number. Each has the error that is allowed beside it, under `allowed ...`.
"""

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from ..run import Runner, filled

Arrays = dict[str, np.ndarray]
_LONGEST = {"result": 2**20, "gradient": 4096, "call": 16}  # numbers that are kept
_TIMES_TORCHS, _ROUNDING = 16.0, 2.0**-19  # of PyTorch's own error, and of the largest number


class Checked(NamedTuple):
    """One recorded array beside the port's: the largest error, and the one that is allowed."""

    name: str
    error: float
    allowed: float

    @property
    def ok(self) -> bool:
        """Whether the port's numbers are PyTorch's."""
        return self.error <= self.allowed


def kept(kind: str, name: object, plain: np.ndarray, exact: np.ndarray) -> Arrays:
    """Return the arrays to keep of one result: `exact` is PyTorch's in float64, `plain` in the model's own dtype."""
    one, other = (thinned(kind, each) for each in (plain, exact))
    allowed = 0.0  # of integers and bools
    if jnp.issubdtype(other.dtype, jnp.inexact) and (finite := np.isfinite(other)).any():
        own = np.abs(one[finite].astype(other.dtype) - other[finite]).max()
        allowed = _TIMES_TORCHS * float(own) + _ROUNDING * float(np.abs(other[finite]).max())
    label = f"{kind} {name}"
    return {label: other, f"allowed {label}": np.array(allowed)}


def thinned(kind: str, array: np.ndarray) -> np.ndarray:
    """Return every n-th number of an array, so that not too many are left."""
    flat = np.ravel(array)
    return flat[:: max(-(-flat.size // _LONGEST[kind]), 1)]


def check(port: Any, recorded: Mapping[str, np.ndarray]) -> list[Checked]:
    """Compare a port's results, gradients and calls with the recorded ones."""
    leaves = [
        recorded.get(f"argument {at}", each.constant) if each.dtype else each.constant
        for at, each in enumerate(port.plan.arguments)
    ]
    numbered = itertools.takewhile(recorded.__contains__, map("cotangent {}".format, itertools.count()))
    cotangents = [recorded[name] for name in numbered]
    arrays = [jnp.asarray(each) for each in leaves if isinstance(each, np.ndarray)]

    runner = Runner(port.plan, port.rules)

    @jax.jit
    def run(params: Any, arrays: Sequence[Any]) -> tuple[Any, Any, Any]:
        def outputs(params: Any) -> tuple[list[Any], list[Any]]:
            inputs = port.inputs(params, filled(leaves, arrays), port.state)
            found = [each for each in runner.outputs(inputs, None) if isinstance(each, jax.Array)]
            count = len(port.plan.new_buffers) + len(port.plan.new_arguments)
            found = [*jax.lax.stop_gradient(found[:count]), *found[count:]]
            return [each for each in found if jnp.issubdtype(each.dtype, jnp.inexact)], found

        _, pull, found = jax.vjp(outputs, params, has_aux=True)
        gradients = pull([jnp.asarray(each) for each in cotangents])[0] if cotangents else {}
        values = runner.values(port.inputs(params, filled(leaves, arrays), port.state), None)
        return found, gradients, {name: first for name, each in values.items() if (first := first_of(each)) is not None}

    results, gradients, values = run(port.params, arrays)
    ours = {f"result {at}": each for at, each in enumerate(results)}
    ours |= {f"gradient {name}": each for name, each in gradients.items()}
    ours |= {f"call {name}": each for name, each in values.items()}
    names = [name for name in recorded if name.partition(" ")[0] in _LONGEST]
    return [_checked(name, ours.get(name), recorded) for name in names]


def first_of(value: Any) -> Any:
    """Return the array that a call gives, or the first of several; None for a call that gives none."""
    items = value if isinstance(value, (tuple, list)) else [value]
    return next((each for each in items if hasattr(each, "dtype")), None)


def _checked(name: str, part: Any, recorded: Mapping[str, np.ndarray]) -> Checked:
    target, allowed = recorded[name], float(recorded[f"allowed {name}"])
    array = None if part is None else thinned(name.partition(" ")[0], np.asarray(part))
    if array is None or array.shape != target.shape:
        return Checked(name, math.inf, allowed)
    left, right = array.astype(np.complex128), target.astype(np.complex128)
    finite = np.isfinite(right)
    if not np.array_equal(left[~finite], right[~finite], equal_nan=True):
        return Checked(name, math.inf, allowed)
    error = float(np.abs(left[finite] - right[finite]).max(initial=0.0))
    return Checked(name, math.inf if math.isnan(error) else error, allowed)
