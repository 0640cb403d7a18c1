"""Compute derivatives by backward mode, forward mode and finite (central) differences, and compare them.

All three are brought to one form: the gradient, in torch's convention, of each entry of an output's real part, and of
its imaginary part if it is complex. For a complex input x + iy that gradient is d/dx + i d/dy.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from ...core.errors import GradcheckError
from ..pullback import Pullback, pullback

Matrix = np.ndarray[Any, np.dtype[Any]]
Slopes = dict[str, Matrix]  # for one output and one input: part of the output -> (output entries, input entries)

# part of an output: how to take it from a value, and the cotangent for its gradient
_PARTS: dict[str, tuple[Callable[[Matrix], Matrix], complex]] = {"real": (np.real, 1), "imaginary": (np.imag, 1j)}


class Tolerance(NamedTuple):
    """The step of the finite differences, the tolerance of a derivative, and the tolerance between two runs."""

    eps: float
    atol: float
    rtol: float
    nondet: float


@dataclass(frozen=True)
class Subject:
    """A function of differentiable arrays, at one point."""

    func: Callable[..., Any]
    arrays: tuple[jax.Array, ...]

    @cached_property
    def point(self) -> Pullback:
        """The function's pullback at the point."""
        return pullback(self.func, self.arrays)

    def along(self, position: int, value: Any) -> list[Any]:
        """Return the outputs with another value for the input at `position`."""
        arrays = [value if i == position else array for i, array in enumerate(self.arrays)]
        return jax.tree.leaves(self.func(*arrays))


def check(subject: Subject, tolerance: Tolerance, *, backward: list[bool], forward: list[bool]) -> None:
    """Compare each derivative with finite differences. `backward` and `forward` list the variants: True under vmap.

    Raises: GradcheckError.
    """
    measured = [_measured(subject, position, tolerance.eps) for position in range(len(subject.arrays))]
    outputs = [position for position, uses in enumerate(subject.point.uses) if uses]
    if not outputs:
        _check_flat(measured)
    for batched in forward:
        for i in range(len(subject.arrays)):
            found = _pushed(subject, i, batched)
            for o in outputs:
                _compare(f"forward-mode {_MODE[batched]}", (o, i), found[o], measured[i][o], tolerance)
    for batched in backward:
        for o in outputs:
            found = _pulled(subject, o, batched)
            _check_repeatable(found, _pulled(subject, o, batched), o, tolerance)
            for i, slopes in enumerate(found):
                _compare(f"backward-mode {_MODE[batched]}", (o, i), slopes, measured[i][o], tolerance)
    if backward:
        _check_linear(subject)


_MODE = {False: "derivative", True: "derivative under vmap"}


def _measured(subject: Subject, position: int, eps: float) -> list[Slopes]:
    array = np.asarray(subject.arrays[position])

    def moved(entry: int, step: complex) -> list[Matrix]:
        shifted = array.copy()
        shifted.flat[entry] += step
        return [_flat(output) for output in subject.along(position, jnp.asarray(shifted))]

    def columns(direction: complex) -> list[Matrix]:
        step = eps * direction
        ends = [(moved(entry, step), moved(entry, -step)) for entry in range(array.size)]
        slopes = [[(b - a) / (2 * eps) for b, a in zip(*pair, strict=True)] for pair in ends]
        return [np.stack(column, axis=-1) for column in zip(*slopes, strict=True)] if slopes else _empty(subject)

    return _by_part(subject, position, columns)


def _pushed(subject: Subject, position: int, batched: bool) -> list[Slopes]:
    array = subject.arrays[position]

    def push(tangent: jax.Array) -> list[jax.Array]:
        outputs, tangents = jax.jvp(partial(subject.along, position), (array,), (tangent,))
        pairs = zip(outputs, tangents, strict=True)
        # an integer's tangent has dtype float0, which NumPy cannot compute with
        return [tangent if tangent.dtype == output.dtype else jnp.zeros(output.shape) for output, tangent in pairs]

    def columns(direction: complex) -> list[Matrix]:
        found = _mapped(push, batched)(_basis(array, direction))
        return [
            _flat(column).reshape(array.size, output.size).T
            for column, output in zip(found, subject.point.outputs, strict=True)
        ]

    return _by_part(subject, position, columns)


def _pulled(subject: Subject, position: int, batched: bool) -> list[Slopes]:
    output = subject.point.outputs[position]

    def pull(cotangent: jax.Array) -> tuple[jax.Array, ...]:
        return subject.point.pull([cotangent if i == position else None for i in range(len(subject.point.outputs))])

    found = {part: _mapped(pull, batched)(_basis(output, _PARTS[part][1])) for part in _parts(output)}
    return [
        {part: _flat(rows[i]).reshape(output.size, array.size) for part, rows in found.items()}
        for i, array in enumerate(subject.arrays)
    ]


def _by_part(subject: Subject, position: int, columns: Callable[[complex], list[Matrix]]) -> list[Slopes]:
    by_real = columns(1)
    by_imaginary = columns(1j) if jnp.iscomplexobj(subject.arrays[position]) else [np.zeros(())] * len(by_real)
    return [
        {part: _PARTS[part][0](x) + 1j * _PARTS[part][0](y) for part in _parts(output)}
        for output, x, y in zip(subject.point.outputs, by_real, by_imaginary, strict=True)
    ]


def _parts(output: jax.Array) -> list[str]:
    return list(_PARTS) if jnp.iscomplexobj(output) else ["real"]


def _basis(array: jax.Array, direction: complex) -> jax.Array:
    unit = jnp.asarray(direction, array.dtype)
    return jnp.eye(array.size, dtype=array.dtype).reshape(array.size, *array.shape) * unit


def _mapped(function: Callable[[jax.Array], Any], batched: bool) -> Callable[[jax.Array], Any]:
    return jax.vmap(function) if batched else partial(jax.lax.map, function)


def _flat(values: Any) -> Matrix:
    return np.asarray(values).astype(np.complex128).reshape(-1)


def _empty(subject: Subject) -> list[Matrix]:
    return [np.zeros((output.size, 0)) for output in subject.point.outputs]


def _check_flat(measured: list[list[Slopes]]) -> None:
    for i, by_output in enumerate(measured):
        for o, slopes in enumerate(by_output):
            worst = max((float(np.abs(matrix).max(initial=0)) for matrix in slopes.values()), default=0.0)
            if worst > 0:
                raise GradcheckError(
                    f"output {o}, which has no gradient, not to change with input {i}",
                    f"finite differences of up to {worst:.6g}",
                )


def _compare(mode: str, where: tuple[int, int], found: Slopes, measured: Slopes, tolerance: Tolerance) -> None:
    for part, numerical in measured.items():
        analytical = found[part]
        excess = np.abs(analytical - numerical) - (tolerance.atol + tolerance.rtol * np.abs(numerical))
        excess[np.isnan(excess)] = np.inf  # NaN is never close
        if excess.max(initial=-np.inf) > 0:
            row, column = np.unravel_index(np.argmax(excess), excess.shape)
            raise GradcheckError(
                f"the {mode} of output {where[0]} ({part} part, entry {row}) for input {where[1]} (entry {column}) "
                f"to be the finite difference {_number(numerical[row, column])}",
                f"{_number(analytical[row, column])}",
                f"This is the worst of {int((excess > 0).sum())} wrong entries out of {excess.size}.",
            )


def _number(value: complex) -> str:
    return f"{value.real:.6g}" if value.imag == 0 else f"{value:.6g}"


def _check_repeatable(first: list[Slopes], second: list[Slopes], output: int, tolerance: Tolerance) -> None:
    for i, (one, other) in enumerate(zip(first, second, strict=True)):
        apart = max(float(np.abs(one[part] - other[part]).max(initial=0)) for part in one)
        if apart > tolerance.nondet:
            raise GradcheckError(
                f"the gradient of output {output} for input {i} to be deterministic", f"two that differ by {apart:.6g}"
            )


def _check_linear(subject: Subject) -> None:
    found = subject.point.pull([None] * len(subject.point.outputs))
    for i, gradient in enumerate(found):
        if not bool((gradient == 0).all()):
            raise GradcheckError(f"a gradient of 0 for input {i} when the cotangents are 0", str(np.asarray(gradient)))
