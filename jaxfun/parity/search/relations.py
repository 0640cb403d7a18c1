"""Explain a mismatch by a relation between both results that holds on all value sets: a factor, a transposition, ...

`RELATIONS` is the table, the plainest relation first. Each entry is a function of the evidence that returns a sentence,
or "" where the relation does not hold.
"""

import functools
import itertools
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from ..compare.arrays import PRECISION, part_of
from .evidence import BothResults, Evidence, close

_FEWEST = 3  # distinct numbers that a relation must hold for
_MOST_PERMUTED = 24


class Relation(NamedTuple):
    """A relation, and the kinds of mismatch that it explains."""

    kinds: tuple[str, ...]
    sentence: Callable[[Evidence], str]


def relation_of(evidence: Evidence, kind: str) -> str:
    """Return the sentence of the first relation that holds and explains this kind of mismatch, or ""."""
    fitting = (row.sentence for row in RELATIONS.values() if kind in row.kinds)
    with np.errstate(all="ignore"):
        return next((text for sentence in fitting if (text := sentence(evidence))), "")


def _is_telling(results: BothResults) -> bool:
    """Return whether the results differ, and hold enough distinct numbers that a relation is no coincidence."""
    if results.ours.shape != results.theirs.shape or not results.ours.size or results.agree:
        return False
    return len(np.unique(results.theirs[np.isfinite(results.theirs)])) >= _FEWEST


def _holds(results: BothResults, change: Callable[[np.ndarray], np.ndarray]) -> bool:
    """Return whether the candidate's result is the reference's changed by `change`, and they are not equal already."""
    return results.with_theirs(change).agree


# Numbers


def _zero(evidence: Evidence) -> str:
    results = evidence.usual
    if not _is_telling(results) or results.ours.any():
        return ""
    return "zero everywhere" + ("; all others agree" if evidence.is_alone and evidence.level != "value" else "")


def _negated(evidence: Evidence) -> str:
    results = evidence.usual
    return "the negative of the reference" if _is_telling(results) and _holds(results, np.negative) else ""


def _factor(evidence: Evidence) -> str:
    """Return the constant factor between the two results; if it depends on an input size, as a function of that."""
    factor = _constant_factor(evidence.usual)
    if factor is None:
        return ""
    return _of_a_size(evidence, factor) or f"{_written(evidence.usual, factor)} times the reference everywhere"


def _constant_factor(results: BothResults) -> complex | None:
    if not _is_telling(results):
        return None
    sizes = np.where(np.isfinite(results.theirs) & np.isfinite(results.ours), np.abs(results.theirs), 0)
    ratios = (results.ours / results.theirs)[(sizes > 0) & (sizes >= 0.1 * sizes.max())]
    if not len(ratios):
        return None
    factor = complex(np.median(np.real(ratios)), np.median(np.imag(ratios)))
    return factor if factor and _holds(results, lambda item: item * _plain(factor)) else None


def _plain(number: complex) -> complex:
    return number if number.imag else number.real


def _written(results: BothResults, factor: complex) -> str:
    """Return a factor as a fraction, a known constant, or with as few digits as possible."""
    if factor.imag:
        return f"{factor:.6g}"
    number = factor.real
    fraction = Fraction(number).limit_denominator(12)
    named = {**_CONSTANTS, **({str(fraction): float(fraction)} if fraction.denominator > 2 else {})}
    digits = {f"{number:.{count}g}": float(f"{number:.{count}g}") for count in range(1, 9)}
    for text, value in {**named, **digits}.items():
        if _holds(results, functools.partial(np.multiply, value)):
            return text
    return f"{number:.8g}"


_CONSTANTS = {
    "pi": np.pi,
    "180 / pi": 180 / np.pi,
    "pi / 180": np.pi / 180,
    "sqrt(2)": np.sqrt(2),
    "1 / sqrt(2)": np.sqrt(0.5),
    "log(2)": np.log(2),
    "1 / log(2)": 1 / np.log(2),
    "log(10)": np.log(10),
    "1 / log(10)": 1 / np.log(10),
}
_OF_A_SIZE: dict[str, tuple[Callable[[int], float], str]] = {
    "n": (lambda n: n, " (sum instead of mean)"),
    "1 / n": (lambda n: 1 / n, " (mean instead of sum)"),
    "n / (n - 1)": (lambda n: n / (n - 1), " (correction=1 instead of 0)"),
    "(n - 1) / n": (lambda n: (n - 1) / n, " (correction=0 instead of 1)"),
    "sqrt(n / (n - 1))": (lambda n: (n / (n - 1)) ** 0.5, " (correction=1 instead of 0)"),
    "sqrt((n - 1) / n)": (lambda n: ((n - 1) / n) ** 0.5, " (correction=0 instead of 1)"),
    "sqrt(n)": (lambda n: n**0.5, ""),
    "1 / sqrt(n)": (lambda n: n**-0.5, ""),
}


def _of_a_size(evidence: Evidence, factor: complex) -> str:
    """Return the factor as a function of a size of the inputs, if it still fits when that size grows."""
    shapes = [stack.shape[1:] for stack in evidence.inputs]
    fitting = [
        (text, name, size)
        for text in _OF_A_SIZE
        for name, size in _sizes(evidence)
        if _fits(text, size(shapes), factor)
    ]
    for size in sorted({size for shape in shapes for size in shape}) if fitting else ():
        larger = [tuple(n + (n == size) for n in shape) for shape in shapes]
        changing = [item for item in fitting if item[2](larger) != item[2](shapes)]
        grown = evidence.grown(size) if changing else None
        found = None if grown is None else _constant_factor(grown)
        right = [item for item in changing if found is not None and _fits(item[0], item[2](larger), found)]
        if right:
            text, name, _ = right[0]
            return f"{text} times the reference, n = {name}{_OF_A_SIZE[text][1]}"
    return ""


def _fits(text: str, size: int, factor: complex) -> bool:
    if size < 2 or factor.imag:
        return False
    wanted = _OF_A_SIZE[text][0](size)
    return abs(factor.real - wanted) <= 1e-3 * wanted


Shapes = Sequence[tuple[int, ...]]


def _sizes(evidence: Evidence) -> Iterator[tuple[str, Callable[[Shapes], int]]]:
    """Yield the sizes that a factor may depend on, with their names."""
    for at, stack in enumerate(evidence.inputs):
        of = f" of {evidence.names[at]}" if at < len(evidence.names) else ""
        for axis in reversed(range(stack.ndim - 1)):
            yield f"size of dimension {axis}{of}", lambda shapes, at=at, axis=axis: shapes[at][axis]
        if stack.ndim > 2:
            yield f"elements{of}", lambda shapes, at=at: int(np.prod(shapes[at]))
        if stack.ndim > 3:
            yield f"elements{of} in a row", lambda shapes, at=at: int(np.prod(shapes[at][1:]))


def _offset(evidence: Evidence) -> str:
    results = evidence.usual
    if not _is_telling(results):
        return ""
    offset = float(np.median(np.nan_to_num(np.real(results.ours - results.theirs))))
    # subtracting large numbers leaves few digits
    shifted = BothResults(results.ours, results.theirs + offset, results.allowed + 1e-6 * abs(offset), results.measured)
    if not offset or not shifted.agree:
        return ""
    return f"{abs(offset):.6g} {'above' if offset > 0 else 'below'} the reference everywhere"


def _conjugated(evidence: Evidence) -> str:
    results = evidence.usual
    is_complex = results.theirs.dtype.kind == "c"
    return "the conjugate of the reference" if is_complex and _is_telling(results) and _holds(results, np.conj) else ""


def _opposite(evidence: Evidence) -> str:
    results = evidence.usual
    if evidence.dtypes[1] != "bool" or results.ours.shape != results.theirs.shape or results.agreeing.any():
        return ""
    return "the logical negation of the reference everywhere" if len(np.unique(results.theirs)) == 2 else ""


def _rounded(evidence: Evidence) -> str:
    """Return through which narrower dtype the results, or the inputs, were rounded."""
    wide = part_of(evidence.dtypes[1])
    if wide not in PRECISION or not _is_telling(evidence.usual):
        return ""
    narrower = [name for name in _NARROWER if PRECISION[name].eps > PRECISION[wide].eps]
    results = (f"rounded to {name}" for name in narrower if _is_rounded(evidence.usual, name))
    given = (f"the reference with inputs rounded to {name}" for name in narrower if _has_rounded_inputs(evidence, name))
    return next(itertools.chain(results, given), "")


_NARROWER = ("bfloat16", "float16", "float32")  # fewest digits first: they fit into the others


def _through(numbers: np.ndarray, name: str) -> np.ndarray:
    """Return numbers rounded to the digits of a dtype, without its limits on the range."""
    parts = [np.real(numbers), np.imag(numbers)] if np.iscomplexobj(numbers) else [numbers]
    pairs = [np.frexp(part) for part in parts]
    steps = 2.0 / PRECISION[name].eps
    rounded = [np.ldexp(np.round(digits * steps) / steps, powers) for digits, powers in pairs]
    return rounded[0] + 1j * rounded[1] if len(rounded) > 1 else rounded[0]


def _is_rounded(results: BothResults, name: str) -> bool:
    precision = PRECISION[name]
    sizes = np.abs(results.theirs)
    normal = np.isfinite(results.theirs) & (sizes >= precision.smallest_normal) & (sizes <= precision.largest)
    if not normal.any() or not (_through(results.ours, name) == results.ours)[normal].all():
        return False
    largest = sizes.reshape(len(sizes), -1).max(1, initial=0).reshape(-1, *[1] * (sizes.ndim - 1))
    near = np.abs(results.ours - results.theirs) <= 8 * precision.eps * (sizes + largest)
    return bool(near[normal].all()) and bool(np.mean((_through(results.theirs, name) == results.theirs)[normal]) < 0.5)


def _has_rounded_inputs(evidence: Evidence, name: str) -> bool:
    def rounded(tensors: list[np.ndarray]) -> list[np.ndarray]:
        return [_through(item, name).astype(item.dtype) if item.dtype.kind in "fc" else item for item in tensors]

    return _is_given(evidence, rounded)


def _right_in_float64(evidence: Evidence) -> str:
    if part_of(evidence.dtypes[1]) not in ("float32", "float16", "bfloat16") or not _is_telling(evidence.usual):
        return ""
    wide = evidence.in_float64()
    if wide is None:
        return ""
    rows, digits = evidence.ordinary, PRECISION[part_of(evidence.dtypes[1])].eps
    largest = np.abs(wide.theirs).reshape(len(wide.theirs), -1).max(1, initial=0)
    allowed = digits / 16 * (np.abs(wide.theirs) + largest.reshape(-1, *[1] * (wide.theirs.ndim - 1)))
    if not close(wide.ours, wide.theirs, allowed)[rows].all():
        return ""
    return f"correct in float64; the formula loses digits in {evidence.dtypes[1]}"


# Places


def _transposed(evidence: Evidence) -> str:
    results, ndim = evidence.usual, evidence.results.theirs.ndim - 1
    orders = [order for order in itertools.permutations(range(ndim)) if order != tuple(range(ndim))] if ndim < 5 else []
    for order in orders:
        if _is_moved(results, lambda item, order=order: item.transpose(0, *(axis + 1 for axis in order))):
            moved = [axis for axis, other in enumerate(order) if axis != other]
            swapped = (
                f"with dimensions {moved[0]} and {moved[1]} exchanged" if len(moved) == 2 else f"permuted by {order}"
            )
            return f"the reference transposed, {swapped}" if ndim > 2 else "the reference transposed"
    return ""


def _is_moved(results: BothResults, move: Callable[[np.ndarray], np.ndarray]) -> bool:
    """Return whether the candidate's elements are the reference's in other places."""
    if results.ours.shape == results.theirs.shape and not _is_telling(results):
        return False
    return len(np.unique(results.theirs)) >= _FEWEST and _holds(results, move)


def _axes(results: BothResults, fewest: int = 2) -> list[int]:
    if results.ours.shape != results.theirs.shape:
        return []
    return [axis for axis in range(1, results.theirs.ndim) if results.theirs.shape[axis] >= fewest]


def _flipped(evidence: Evidence) -> str:
    results = evidence.usual
    axes = (axis for axis in _axes(results) if _is_moved(results, functools.partial(np.flip, axis=axis)))
    return next((f"the reference flipped along dimension {axis - 1}" for axis in axes), "")


def _rolled(evidence: Evidence) -> str:
    results = evidence.usual
    for axis in _axes(results, 3):
        size = results.theirs.shape[axis]
        for by in sorted(range(1, size), key=lambda by: min(by, size - by)):
            if _is_moved(results, lambda item, by=by, axis=axis: np.roll(item, by, axis)):
                return f"the reference rolled by {by if by <= size - by else by - size} along dimension {axis - 1}"
    return ""


def _permuted(evidence: Evidence) -> str:
    results = evidence.usual
    for axis in _axes(results, 3) if _is_telling(results) else ():
        order = _order(results, axis)
        if order and _is_moved(results, lambda item, axis=axis, order=order: item.take(order, axis)):
            shown = ", ".join(map(str, order))
            return f"the reference with the elements of dimension {axis - 1} in another order: [{shown}]"
    return ""


def _order(results: BothResults, axis: int) -> list[int]:
    """Return for each slice of the candidate the number of the reference's slice that it equals; [] if any has none."""
    ours, theirs, allowed = (np.moveaxis(item, axis, 0) for item in (results.ours, results.theirs, results.allowed))
    if len(ours) > _MOST_PERMUTED:
        return []
    pairs = [*zip(theirs, allowed, strict=True)]
    found = [[bool(close(one, other, room).all()) for other, room in pairs] for one in ours]
    order = [int(np.argmax(row)) for row in found if any(row)]
    return order if sorted(order) == [*range(len(ours))] else []


def _except_an_end(evidence: Evidence) -> str:
    results = evidence.usual
    for axis in _axes(results, 3) if _is_telling(results) else ():
        wrong = ~results.agreeing
        where = np.flatnonzero(wrong.any(axis=tuple(at for at in range(wrong.ndim) if at != axis)))
        ends = {0: "first", wrong.shape[axis] - 1: "last"}
        if len(where) == 1 and int(where[0]) in ends:
            return f"correct except for the {ends[int(where[0])]} element along dimension {axis - 1}"
    return ""


# The reference of other inputs


def _is_given(evidence: Evidence, change: Callable[[list[np.ndarray]], Sequence[np.ndarray]]) -> bool:
    results = evidence.asked_again(change)
    if results is None or len(np.unique(results.theirs)) < _FEWEST:
        return False
    rows = np.flatnonzero(evidence.ordinary)[: len(results.ours)]
    return results.agree and not evidence.results.some(rows).agree


def _exchanged(evidence: Evidence) -> str:
    kinds = [(item.shape, str(item.dtype)) for item in evidence.inputs]
    pairs = [pair for pair in itertools.combinations(range(len(kinds)), 2) if kinds[pair[0]] == kinds[pair[1]]]
    for one, other in pairs[:_MOST_TRIED] if _is_telling(evidence.usual) else ():
        if _is_given(evidence, lambda tensors, one=one, other=other: _swapped(tensors, one, other)):
            names = [evidence.names[at] if at < len(evidence.names) else f"argument {at}" for at in (one, other)]
            return f"the reference with {names[0]} and {names[1]} exchanged"
    return ""


_MOST_TRIED = 6


def _swapped(tensors: list[np.ndarray], one: int, other: int) -> list[np.ndarray]:
    tensors[one], tensors[other] = tensors[other], tensors[one]
    return tensors


def _of_transposed(evidence: Evidence) -> str:
    square = [at for at, item in enumerate(evidence.inputs) if item.ndim > 2 and item.shape[-1] == item.shape[-2] > 1]
    for at in square[:_MOST_TRIED] if _is_telling(evidence.usual) else ():
        if _is_given(
            evidence, lambda tensors, at=at: [*tensors[:at], tensors[at].swapaxes(-1, -2), *tensors[at + 1 :]]
        ):
            name = evidence.names[at] if at < len(evidence.names) else f"argument {at}"
            return f"the reference with {name} transposed"
    return ""


# NaN and infinity


def _replaced(evidence: Evidence) -> str:
    """Return the number that replaces the reference's NaN or infinity, if all other elements agree."""
    results = evidence.results
    if results.ours.shape != results.theirs.shape or results.theirs.dtype.kind == "c":
        return ""
    wrong = ~results.agreeing
    for name, is_lost in {"NaN": np.isnan, "infinity": np.isinf}.items():
        there = is_lost(results.theirs)
        numbers = np.unique(np.abs(results.ours[there]))
        # a single element may have any value by coincidence, but hardly 0
        is_one_number = len(numbers) == 1 and np.isfinite(numbers[0]) and (there.sum() > 1 or numbers[0] == 0)
        if is_one_number and (wrong <= there).all():
            return f"{name} replaced by {numbers[0]:.5g}, correct elsewhere"
    return ""


def _skipped(evidence: Evidence) -> str:
    """Return whether the candidate treats NaN inputs as zeros."""
    with_nan = [np.isnan(item).reshape(len(item), -1).any(1) for item in evidence.inputs if item.dtype.kind in "fc"]
    finite = [~np.isinf(item).reshape(len(item), -1).any(1) for item in evidence.inputs if item.dtype.kind in "fc"]
    rows = np.flatnonzero(np.any(with_nan, axis=0) & np.all(finite, axis=0))[:8] if with_nan else np.zeros(0, int)
    results = evidence.again_at(rows, lambda tensors: [np.nan_to_num(item, nan=0.0) for item in tensors])
    if results is None or len(np.unique(results.theirs)) < 2 or not results.agree:
        return ""
    return "the reference with NaN inputs replaced by 0"


# Shapes and dtypes


def _same_numbers(results: BothResults) -> bool:
    ours, theirs, allowed = (item.reshape(len(item), -1) for item in (results.ours, results.theirs, results.allowed))
    flat = BothResults(ours, theirs, allowed)
    return flat.agree


def _reshaped(evidence: Evidence) -> str:
    """Return that only the shape differs: by dimensions of size 1, or otherwise."""
    results = evidence.usual
    ours, theirs = ([n for n in item.shape[1:] if n != 1] for item in (results.ours, results.theirs))
    if not results.theirs.size or results.ours.shape == results.theirs.shape or not _same_numbers(results):
        return ""
    if ours != theirs:
        return "correct numbers in another shape"
    more, fewer = results.ours.ndim > results.theirs.ndim, results.ours.ndim < results.theirs.ndim
    kept = " kept, as with keepdim=True" if more else " dropped, as with keepdim=False" if fewer else " in other places"
    return f"correct numbers, with dimensions of size 1{kept}"


def _cast(evidence: Evidence) -> str:
    results, (ours, theirs) = evidence.usual, evidence.dtypes
    if ours == theirs or results.ours.shape != results.theirs.shape:
        return ""
    digits = [PRECISION[part_of(name)].eps for name in (ours, theirs) if part_of(name) in PRECISION]
    room = results.allowed + 4 * max(digits, default=0.0) * np.abs(results.theirs)
    return "correct numbers in another dtype" if close(results.ours, results.theirs, room).all() else ""


_NUMBERS = ("number", "finite or not")
_LOST = ("NaN", "infinity", "finite or not")
RELATIONS: dict[str, Relation] = {
    "zero everywhere": Relation(_NUMBERS, _zero),
    "negated": Relation(_NUMBERS, _negated),
    "the opposite": Relation(_NUMBERS, _opposite),
    "a constant factor": Relation(_NUMBERS, _factor),
    "an offset": Relation(_NUMBERS, _offset),
    "conjugated": Relation(_NUMBERS, _conjugated),
    "transposed": Relation((*_NUMBERS, "shape"), _transposed),
    "flipped": Relation(_NUMBERS, _flipped),
    "rolled": Relation(_NUMBERS, _rolled),
    "permuted": Relation(_NUMBERS, _permuted),
    "but for an end": Relation(_NUMBERS, _except_an_end),
    "arguments exchanged": Relation(_NUMBERS, _exchanged),
    "of a transposed argument": Relation(_NUMBERS, _of_transposed),
    "rounded": Relation(_NUMBERS, _rounded),
    "right in float64": Relation(_NUMBERS, _right_in_float64),
    "NaN or infinity replaced": Relation(_LOST, _replaced),
    "NaN skipped": Relation(_LOST, _skipped),
    "another shape": Relation(("shape",), _reshaped),
    "another dtype": Relation(("dtype",), _cast),
}
