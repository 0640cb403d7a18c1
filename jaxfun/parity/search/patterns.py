"""Run every bit pattern of a dtype through both functions, chunk by chunk, on the device.

XLA makes the inputs and runs the candidate. PyTorch runs the reference on the same memory. XLA sorts each pair of
results into one of a few classes (a byte), and NumPy counts the bytes. Only suspicious pairs are compared with float64,
by `compare`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from ...core.errors import ArgumentTypeError, DTypeError, ShapeError, describe
from ..compare.arrays import PRECISION, Precision, compare
from ..report.every_value import BINS, Sample, Tally
from ..run import torch_side

# The class of a pair of results: the bin of its distance, or one of these.
SAME, NAN, INFINITY, SUBNORMAL = range(BINS, BINS + 4)
CLASSES = BINS + 4
HANDFUL = 16  # results of a chunk that are farthest apart, which are compared with float64


@dataclass(frozen=True)
class Format:
    """A floating point format: bits, fraction bits, values per chunk, and which results are compared with float64.

    `oracle`: compare every result with float64. Otherwise compare those whose distance is in bin `suspect` or above,
    and the farthest of each chunk.
    """

    bits: int
    fraction: int
    chunk: int
    oracle: bool
    suspect: int = 0

    @property
    def name_of_bits(self) -> str:
        """The unsigned integer dtype that holds a bit pattern."""
        return f"uint{self.bits}"


# float32: a wrong result, beyond max(8 ULP, 4 x the reference's error), is over 6 ULP from the reference: bins 5-8
FORMATS = {
    "float16": Format(16, 10, 2**14, True),
    "bfloat16": Format(16, 7, 2**14, True),
    "float32": Format(32, 23, 2**22, False, suspect=4),
}


class Chunks:
    """The compiled parts of one run. `chunk` adds the counts of one chunk to the tallies."""

    def __init__(self, candidate: Any, reference: Any, dtype: str, derivative: bool, subnormals: bool) -> None:
        self.reference, self.dtype, self.derivative = reference, dtype, derivative
        self.form, self.rule, self.levels = FORMATS[dtype], PRECISION[dtype], 1 + derivative
        self.evaluate: Callable[..., Any] = jax.jit(
            lambda start, size: _candidates(candidate, numbers_from(start, size, dtype), derivative), static_argnums=1
        )
        self.classify: Callable[..., Any] = jax.jit(lambda x, a, b: _classes(x, a, b, self.form, subnormals))

    def chunk(self, levels: list[Tally], start: int, size: int) -> list[Tally]:
        """Return the tallies with the bit patterns from `start` to `start + size` added."""
        inputs, *ours = self.evaluate(np.uint32(start), size)
        # the inputs must be complete before PyTorch reads the memory
        jax.block_until_ready(inputs)
        shared = torch_side.elementwise(self.reference, inputs, derivative=self.derivative)
        theirs = [jax.dlpack.from_dlpack(item.contiguous()) for item in shared]
        for item in theirs:
            require_like("reference", item, inputs)  # a function's result shape may depend on the input's size
        oracles = self.oracle(np.asarray(inputs)) if self.form.oracle else [None] * self.levels
        return [
            self.added(level, inputs, ours[which], theirs[which], oracles[which], which)
            for which, level in enumerate(levels)
        ]

    def oracle(self, inputs: np.ndarray) -> list[np.ndarray]:
        """Return the reference's value and derivative in float64."""
        return torch_side.elementwise_float64(self.reference, inputs, derivative=self.derivative)

    def added(self, level: Tally, inputs: Any, ours: Any, theirs: Any, oracle: Any, which: int) -> Tally:
        """Return a tally with the results of a chunk added."""
        x, c, r = np.asarray(inputs), np.asarray(ours), np.asarray(theirs)
        target = theirs if oracle is None else jnp.asarray(_rounded(c, r, oracle))
        codes = np.asarray(self.classify(inputs, ours, target))
        counted = _counted(level, codes, lambda i: Sample(float(x[i]), float(c[i]), float(r[i])))
        seen = self.to_look_at(level, codes, c, r)
        if not seen.size:
            return counted
        exact = self.oracle(x[seen])[which] if oracle is None else oracle[seen]
        return _judged(counted, x[seen], c[seen], r[seen], exact, self.rule)

    def to_look_at(self, level: Tally, codes: np.ndarray, ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
        """Return the places of a chunk to compare with float64: suspects, and the few results farthest apart."""
        if self.form.oracle or not level.failure:
            suspects = np.flatnonzero((codes >= self.form.suspect) & (codes != SAME) & (codes != SUBNORMAL))
            if suspects.size:
                return suspects
        numbers = np.where(codes < BINS, codes, 0)  # after a failure only the worst error is still needed
        farthest = np.flatnonzero((numbers == numbers.max()) & (codes < BINS))
        if farthest.size > HANDFUL:
            ulp = _ulp(ours[farthest], theirs[farthest].astype(np.float64), self.rule)
            farthest = farthest[np.argpartition(ulp, -HANDFUL)[-HANDFUL:]]
        return farthest


def numbers_from(start: jax.Array, size: int, dtype: str) -> jax.Array:
    """Return the numbers whose bit patterns are `start`, `start + 1`, ..., `size` of them."""
    bits = lax.iota(np.uint32, size) + start
    return lax.bitcast_convert_type(bits.astype(FORMATS[dtype].name_of_bits), jnp.dtype(dtype))


def _candidates(candidate: Any, inputs: jax.Array, derivative: bool) -> tuple[jax.Array, ...]:
    return (inputs, *with_derivative(candidate, inputs)) if derivative else (inputs, candidate(inputs))


def with_derivative(candidate: Any, inputs: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Return an elementwise function's value and first derivative."""
    value, pull = jax.vjp(candidate, inputs)  # reverse mode, as in PyTorch; a custom_vjp function has no forward mode
    return value, pull(jnp.ones_like(value))[0]


def _classes(inputs: jax.Array, ours: jax.Array, theirs: jax.Array, form: Format, subnormals: bool) -> jax.Array:
    """Return the class of each pair, read off the bits: float comparisons of XLA's take subnormals for zero."""
    x, a, b = (_magnitude(item, form) for item in (inputs, ours, theirs))
    infinity, least = jnp.uint32((2 ** (form.bits - 1 - form.fraction) - 1) << form.fraction), 2**form.fraction
    place_a, place_b = _place(ours, a, form), _place(theirs, b, form)
    # the distance may need 32 bits: unsigned subtraction wraps to the right number
    apart = (jnp.maximum(place_a, place_b) - jnp.minimum(place_a, place_b)).astype(np.uint32)
    code = jnp.where(apart == 0, 0, 33 - lax.clz(jnp.maximum(apart, 1) - 1).astype(np.int32))
    if not subnormals:
        code = jnp.where(_is_subnormal(x, a, b, apart, np.uint32(least)), SUBNORMAL, code)
    infinite, both = (a == infinity) | (b == infinity), (a >= infinity) & (b >= infinity)
    code = jnp.where(infinite & (apart != 0), INFINITY, jnp.where(both, SAME, code))
    code = jnp.where((a > infinity) != (b > infinity), NAN, jnp.where((a > infinity) & (b > infinity), SAME, code))
    if not subnormals:
        code = jnp.where((x > 0) & (x < least), SUBNORMAL, code)
    return code.astype(np.uint8)


def _is_subnormal(x: jax.Array, a: jax.Array, b: jax.Array, apart: jax.Array, least: Any) -> jax.Array:
    # a subnormal result and its flushed neighbour: both at most the smallest normal, and no further apart than that
    tiny = (a <= least) & (b <= least) & (apart <= least)
    return tiny & ((apart > 0) | ((b > 0) & (b < least)))


def _bits(values: jax.Array, form: Format) -> jax.Array:
    return lax.bitcast_convert_type(values, jnp.dtype(form.name_of_bits)).astype(np.uint32)


def _magnitude(values: jax.Array, form: Format) -> jax.Array:
    return _bits(values, form) & np.uint32(2 ** (form.bits - 1) - 1)


def _place(values: jax.Array, magnitude: jax.Array, form: Format) -> jax.Array:
    """Return integers in the order of the numbers; neighbours differ by 1, and both zeros are equal."""
    middle, negative = np.uint32(2**31), _bits(values, form) >> np.uint32(form.bits - 1)
    return jnp.where(negative == 1, middle - magnitude, middle + magnitude)


def _rounded(ours: np.ndarray, theirs: np.ndarray, oracle: np.ndarray) -> np.ndarray:
    """Return the target of a 16-bit result: the oracle, rounded; the reference where that is not a number."""
    rounded = oracle.astype(theirs.dtype)
    # the oracle overrules a reference that overflows inside, unless the candidate overflows too
    number = np.isfinite(rounded) & (np.isfinite(theirs) | np.isfinite(ours))
    return np.where(number, rounded, theirs)


def _counted(level: Tally, codes: np.ndarray, sample: Callable[[int], Sample]) -> Tally:
    counts = np.bincount(codes, minlength=CLASSES).tolist()

    def first(code: int, known: Sample | None) -> Sample | None:
        return sample(int(np.argmax(codes == code))) if known is None and counts[code] else known

    return replace(
        level,
        counts=tuple(old + new for old, new in zip(level.counts, counts, strict=False)),
        same=level.same + counts[SAME],
        nan_mismatches=level.nan_mismatches + counts[NAN],
        first_nan=first(NAN, level.first_nan),
        infinity_mismatches=level.infinity_mismatches + counts[INFINITY],
        first_infinity=first(INFINITY, level.first_infinity),
        subnormal=level.subnormal + counts[SUBNORMAL],
    )


def _judged(level: Tally, x: np.ndarray, ours: Any, theirs: Any, oracle: np.ndarray, rule: Precision) -> Tally:
    ulp = np.where(np.isfinite(theirs), _ulp(ours, oracle, rule), -1.0)
    i = int(np.argmax(ulp))
    if ulp[i] > (level.worst.ulp if level.worst else 0.0):
        sample = Sample(*(float(item[i]) for item in (x, ours, theirs, oracle, ulp)))
        level = replace(level, worst=sample)
    verdict = compare(ours, theirs, oracle)
    if verdict.ok or level.failure:
        return level
    (i,) = verdict.index
    return replace(
        level, failure=f"{verdict.kind} mismatch at {x[i]!s}: {ours[i]!s} where the reference has {theirs[i]!s}"
    )


def _ulp(values: np.ndarray, exact: np.ndarray, rule: Precision) -> np.ndarray:
    """Return the error of values in ULP of the exact value; -1 where either is NaN or infinite."""
    # this is only for the unit: a result that is not finite becomes -1 below
    size = np.clip(np.abs(np.nan_to_num(exact)), rule.smallest_normal, rule.largest)
    unit = rule.eps * np.exp2(np.frexp(size)[1] - 1.0)
    found = np.abs(values.astype(np.float64) - exact) / unit
    return np.where(np.isfinite(found), found, -1.0)


ADVICE = "Pass an elementwise function of one array; wrap a function of several arguments in a lambda."


def require_like(name: str, result: Any, given: jax.Array) -> None:
    """Raise if a result is not an array of its input's shape and dtype.

    Raises: ArgumentTypeError, ShapeError and DTypeError.
    """
    if not isinstance(result, jax.Array):
        raise ArgumentTypeError(f"a `{name}` that returns one array", describe(result), ADVICE)
    if result.shape != given.shape:
        raise ShapeError(f"a `{name}` that keeps the shape {list(given.shape)}", describe(result), ADVICE)
    if result.dtype != given.dtype:
        raise DTypeError(f"a `{name}` that keeps the dtype {given.dtype}", describe(result), ADVICE)
