"""Consistency checks on one function: forward mode against reverse mode, hvp against a difference quotient.

The engine runs them on the reference. Where PyTorch contradicts itself, the candidate is not compared.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .arrays import PRECISION, is_inexact, part_of
from .tolerance import Results

_HALF = 0.5  # the share of the digits that must agree
_FLOAT32 = PRECISION["float32"].eps
_STEP = 1e-5  # step of the difference quotient in float64; tangents have a size of about 1
_SMOOTH = 1e-3  # relative difference of the one-sided quotients, up to which a second derivative exists


def contradicting_modes(results: Results, cotangents: Sequence[np.ndarray], tangents: Sequence[np.ndarray]) -> str:
    """Return a message if forward mode contradicts reverse mode, else "": <c, J t> must equal <Jᵀ c, t>."""
    forward, reverse = results.get("jvp", ""), results.get("vjp", "")
    if isinstance(forward, str) or isinstance(reverse, str):
        return ""
    along = [item for item, value in zip(cotangents, results["value"], strict=True) if is_inexact(value)]
    if len(along) != len(forward):
        return ""
    one, size = _product(along, forward)
    other, other_size = _product(reverse, tangents)
    if not np.isfinite(one - other) or abs(one - other) <= _loss(forward) * max(size, other_size):
        return ""
    return f"the product of cotangent, Jacobian and tangent is {one:.6g} in forward mode, {other:.6g} in reverse mode"


def _product(ones: Sequence[np.ndarray], others: Sequence[np.ndarray]) -> tuple[float, float]:
    """Return the real inner product of two lists of arrays, and the sum of the absolute values of its terms."""
    with np.errstate(invalid="ignore", over="ignore"):
        terms = [np.real(np.conj(one.astype(complex)) * other) for one, other in zip(ones, others, strict=True)]
        return sum(float(item.sum()) for item in terms), sum(float(np.abs(item).sum()) for item in terms)


def _loss(arrays: Sequence[np.ndarray]) -> float:
    """Return the relative tolerance: half of the dtype's digits, or of float32's: a function may compute in float32."""
    known = (PRECISION[part_of(str(item.dtype))].eps for item in arrays if is_inexact(item))
    return max((max(eps, _FLOAT32) ** _HALF for eps in known), default=0.0)


def contradicting_quotient(results: Results, tangents: Sequence[np.ndarray], gradient: Callable[[float], Any]) -> str:
    """Return a message if the hvp contradicts the difference quotient of the gradient, else "".

    `gradient(step)` returns the results for inputs moved by `step` along `tangents`. Where the two one-sided quotients
    differ, no second derivative exists, and the element is skipped.
    """
    second, first = results.get("hvp", ""), results.get("vjp", "")
    double = all(part_of(str(item.dtype)) == "float64" for item in tangents)
    if isinstance(second, str) or isinstance(first, str) or not double or any(map(np.iscomplexobj, tangents)):
        return ""
    after, before = gradient(_STEP)["vjp"], gradient(-_STEP)["vjp"]
    if isinstance(after, str) or isinstance(before, str):
        return ""
    for at, (here, there, back, hvp) in enumerate(zip(first, after, before, second, strict=True)):
        with np.errstate(invalid="ignore", over="ignore"):
            right, left = (there - here) / _STEP, (here - back) / _STEP
            size = max(_largest(right), _largest(hvp), 1e-6 * _largest(here) / _STEP)
            smooth = np.abs(right - left) <= _SMOOTH * size
            wrong = smooth & (np.abs((right + left) / 2 - hvp) > 10 * _SMOOTH * size)
        if wrong.any():
            index = tuple(int(i) for i in np.argwhere(wrong)[0])
            says, quotient = float(hvp[index]), float(((right + left) / 2)[index])
            return f"the second derivative for input {at} is {says:.6g}, its difference quotient is {quotient:.6g}"
    return ""


def _largest(array: np.ndarray) -> float:
    return float(np.abs(array[np.isfinite(array)]).max(initial=0.0))
