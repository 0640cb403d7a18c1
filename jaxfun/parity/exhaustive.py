"""Every value of a dtype through a JAX function and the PyTorch function behind it, value and first derivative.

A chunk of bit patterns at a time: XLA makes the inputs and evaluates the candidate, PyTorch evaluates the reference on
the same memory, XLA sorts each pair into one of a few classes (a byte), and NumPy counts the bytes. Only what stands
out is looked at again, against PyTorch in float64, by `compare`. The file is long because the record of a run, its
text and the loop that fills it are read together.
"""

import contextlib
import json
import math
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from ..errors import (
    ArgumentChoiceError,
    ArgumentTypeError,
    ArgumentValueError,
    DTypeError,
    GradientError,
    JaxfunError,
    ShapeError,
    describe,
    public,
)
from .compare.arrays import PRECISION, Precision, compare
from .report import histogram
from .run import torch_side
from .run.outcome import outcome

Progress = Callable[[int, int], None]

# A class of a pair is its bin of distance (0, 1, 2, 3-4, 5-8, ..., up to 2**32 apart), or one of these.
BINS = 34
SAME, NAN, INFINITY, SUBNORMAL = range(BINS, BINS + 4)
CLASSES = BINS + 4
HANDFUL = 16  # of a chunk's farthest results, looked at in float64


@dataclass(frozen=True)
class Format:
    """A dtype's layout: its bits, those of its fraction, the values of a chunk, and what is seen in float64.

    `oracle` is whether every result is held to float64; where not, those at least as far from the reference as the
    bin `suspect` are, and the farthest of each chunk.
    """

    bits: int
    fraction: int
    chunk: int
    oracle: bool
    suspect: int = 0

    @property
    def name_of_bits(self) -> str:
        """The unsigned integer that holds a pattern."""
        return f"uint{self.bits}"


# float32: an error beyond max(8 ULP, 4 times the reference's own) is more than 6 ULP away from the reference: bin 5-8
FORMATS = {
    "float16": Format(16, 10, 2**14, True),
    "bfloat16": Format(16, 7, 2**14, True),
    "float32": Format(32, 23, 2**22, False, suspect=4),
}


@dataclass(frozen=True)
class Sample:
    """One input and both results there; `ulp` is the candidate's error, in the dtype's ULP at the float64 result."""

    input: float
    candidate: float
    reference: float
    oracle: float = math.nan
    ulp: float = 0.0


@dataclass(frozen=True)
class Level:
    """What was found of the value, or of the derivative.

    `counts` is the histogram of the distance in ULP (0, 1, 2, 3-4, 5-8, ...) between two numbers: from the float64
    result rounded to the dtype for 16-bit dtypes, from PyTorch's float32 result for float32. `same` counts the NaN and
    infinities that both sides have. `failure` is the first disagreement by `compare`'s tolerance, whose unit (eps ×
    size) is one to two ULP; "" for none.
    """

    counts: tuple[int, ...] = (0,) * BINS
    same: int = 0
    nan_mismatches: int = 0
    first_nan: Sample | None = None
    infinity_mismatches: int = 0
    first_infinity: Sample | None = None
    subnormal: int = 0
    worst: Sample | None = None
    failure: str = ""

    @property
    def compared(self) -> int:
        """The number of values that were compared: all but those left out as subnormal."""
        return sum(self.counts) + self.same + self.nan_mismatches + self.infinity_mismatches


@dataclass(frozen=True)
class Exhaustive:
    """What `exhaustive` found; it prints as a report. `derivative` is None where `not_applicable` says why."""

    candidate: str
    reference: str
    dtype: str
    value: Level
    derivative: Level | None
    not_applicable: str
    done: int
    total: int
    seconds: float

    @property
    def partial(self) -> bool:
        """Whether the run was interrupted before its last value."""
        return self.done < self.total

    @property
    def levels(self) -> dict[str, Level]:
        """The levels that were compared, by name."""
        return {"value": self.value} | ({} if self.derivative is None else {"derivative": self.derivative})

    @property
    def ok(self) -> bool:
        """Whether every value was compared and none disagreed."""
        return not self.partial and not any(level.failure for level in self.levels.values())

    def __str__(self) -> str:
        parts = [self._title(), *(_shown(name, level, self.dtype) for name, level in self.levels.items())]
        return "\n\n".join(parts + ([f"derivative: {self.not_applicable}"] if self.not_applicable else []))

    def _title(self) -> str:
        verdict = "partial" if self.partial else "ok" if self.ok else "DISAGREE"
        many = f"{self.done:,} of {self.total:,}" if self.partial else f"{self.done:,}"
        return (
            f"{self.candidate} against {self.reference}, {self.dtype}: {many} values, {self.seconds:.1f} s: {verdict}"
        )

    def to_png(self, path: str | Path) -> None:
        """Draw the histograms to a picture file (needs the extra `plot`)."""
        histogram.draw({name: level.counts for name, level in self.levels.items()}, self._title(), path)

    def to_json(self, path: str | Path) -> None:
        """Write everything that was found as JSON; NaN and infinities are strings, as JSON has none."""
        found: dict[str, Any] = asdict(self) | {"ok": self.ok, "partial": self.partial}
        for name, level in self.levels.items():
            found[name] |= {"compared": level.compared, "histogram": histogram.named(level.counts)}
            del found[name]["counts"]
        # strict: a NaN that was not made a string is an error, not bad JSON
        Path(path).write_text(json.dumps(_plain(found), indent=2, allow_nan=False) + "\n")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _shown(name: str, level: Level, dtype: str) -> str:
    rule = PRECISION[dtype]
    tolerance = f"within {rule.ulps:g} ULP of float64, or {rule.multiple:g} times the reference's own error"
    lines = [
        f"{name}: {level.compared:,} compared, {f'DISAGREE: {level.failure}' if level.failure else tolerance}",
        *(f"  {line}" for line in histogram.text(level.counts)),
        f"  NaN or the same infinity on both sides: {level.same:,}; left out as subnormal: {level.subnormal:,}",
        f"  NaN mismatches: {level.nan_mismatches:,}{_at(level.first_nan, 'first')}",
        f"  infinity mismatches: {level.infinity_mismatches:,}{_at(level.first_infinity, 'first')}",
        f"  largest error against float64: {_largest(level.worst)}",
    ]
    return "\n".join(lines)


def _largest(worst: Sample | None) -> str:
    return f"{worst.ulp:.4g} ULP{_at(worst, 'at')} and float64 gives {worst.oracle:.12g}" if worst else "none"


def _at(sample: Sample | None, word: str) -> str:
    if sample is None:
        return ""
    return f", {word} {sample.input:.9g}: {sample.candidate:.9g} where the reference has {sample.reference:.9g}"


@public("parity.exhaustive(candidate, reference, dtype)")
def exhaustive(
    candidate: Callable[..., Any],
    reference: Callable[..., Any],
    dtype: str = "float16",
    *,
    derivative: bool = True,
    subnormals: bool = False,
    patterns: range | None = None,
    progress: bool | Progress | None = None,
) -> Exhaustive:
    """Compare an elementwise JAX function with a PyTorch function on every value of a dtype.

    `dtype` is "float16", "bfloat16" (65,536 values) or "float32" (4,294,967,296; minutes). XLA on CPU takes subnormals
    for zero, so inputs and results that are subnormal are counted apart unless `subnormals`. `patterns` limits the run
    to a range of bit patterns. `progress` is a callback of (done, total), or whether a bar is shown (None: on a
    terminal). An interrupt from the keyboard ends the run and gives what was found so far, marked partial.

    Raises: ArgumentChoiceError, ArgumentValueError, ArgumentTypeError, ShapeError, DTypeError for functions that are
    not of one argument, traceable, elementwise and of the dtype; GradientError where only the reference has a gradient.

    >>> import jax, torch
    >>> found = exhaustive(jax.numpy.exp, torch.exp)
    >>> found.ok, found.done, found.derivative is None
    (True, 65536, False)
    """
    if dtype not in FORMATS:
        raise ArgumentChoiceError(f"`dtype` one of {', '.join(FORMATS)}", describe(dtype), "Pass its name.")
    wanted = _checked_patterns(patterns, FORMATS[dtype])
    # on the CPU, for PyTorch's results lie in the same memory; NaN among the results is what is looked for
    with jax.default_device(jax.local_devices(backend="cpu")[0]), jax.debug_nans(False), jax.debug_infs(False):
        reason = _checked(candidate, reference, dtype, derivative)
        run = _Run(candidate, reference, dtype, derivative and not reason, subnormals)
        with np.errstate(all="ignore"):  # for NumPy as well
            levels, done, seconds = _loop(run, wanted, progress)
    names = _name(candidate), _name(reference)
    return Exhaustive(*names, dtype, levels[0], levels[1] if levels[1:] else None, reason, done, len(wanted), seconds)


def _name(function: Callable[..., Any]) -> str:
    name = getattr(function, "__name__", None) or type(function).__name__
    module = getattr(function, "__module__", None) or ("torch" if "torch" in str(type(function)) else "")
    return f"{module}.{name}" if module and module != "__main__" else name


def _loop(run: "_Run", wanted: range, progress: bool | Progress | None) -> tuple[list[Level], int, float]:
    levels, done, began = [Level() for _ in range(run.levels)], 0, time.perf_counter()
    with _reporter(progress) as report, contextlib.suppress(KeyboardInterrupt):
        while done < len(wanted):
            size = min(run.form.chunk, len(wanted) - done)
            levels, done = run.chunk(levels, wanted[done], size), done + size
            report(done, len(wanted))
    return levels, done, time.perf_counter() - began


@contextlib.contextmanager
def _reporter(progress: bool | Progress | None) -> Iterator[Progress]:
    if callable(progress):
        yield _forgiving(progress)
    elif progress or (progress is None and sys.stderr.isatty()):
        from rich.console import Console
        from rich.progress import Progress as Bar

        with Bar(console=Console(stderr=True)) as bar:
            task = bar.add_task("comparing")
            yield lambda done, total: bar.update(task, completed=done, total=total)
    else:
        yield lambda done, total: None


def _forgiving(progress: Progress) -> Progress:
    """Return a caller's callback as one that ends with the first error it raises, which is a warning."""
    failed: list[Exception] = []

    def tell(done: int, total: int) -> None:
        _, error = outcome(lambda: failed or progress(done, total))
        if error is not None:
            failed.append(error)
            warnings.warn(f"`progress` raised {error!r} and is not called again", RuntimeWarning, stacklevel=2)

    return tell


class _Run:
    """The compiled parts of one run, and how a chunk's findings are added to the levels."""

    def __init__(self, candidate: Any, reference: Any, dtype: str, derivative: bool, subnormals: bool) -> None:
        self.reference, self.dtype, self.derivative = reference, dtype, derivative
        self.form, self.rule, self.levels = FORMATS[dtype], PRECISION[dtype], 1 + derivative
        self.evaluate: Callable[..., Any] = jax.jit(
            lambda start, size: _candidates(candidate, _inputs(start, size, dtype), derivative), static_argnums=1
        )
        self.classify: Callable[..., Any] = jax.jit(lambda x, a, b: _classes(x, a, b, self.form, subnormals))

    def chunk(self, levels: list[Level], start: int, size: int) -> list[Level]:
        """Return the levels with `size` bit patterns more, from `start`."""
        inputs, *ours = self.evaluate(np.uint32(start), size)
        # finished before PyTorch reads the memory
        jax.block_until_ready(inputs)
        shared = torch_side.elementwise(self.reference, inputs, derivative=self.derivative)
        theirs = [jax.dlpack.from_dlpack(item.contiguous()) for item in shared]
        for item in theirs:
            _require_like("reference", item, inputs)  # a shape may hang on the size
        oracles = self.oracle(np.asarray(inputs)) if self.form.oracle else [None] * self.levels
        return [
            self.added(level, inputs, ours[which], theirs[which], oracles[which], which)
            for which, level in enumerate(levels)
        ]

    def oracle(self, inputs: np.ndarray) -> list[np.ndarray]:
        """Return the reference's value and derivative in float64."""
        return torch_side.elementwise_float64(self.reference, inputs, derivative=self.derivative)

    def added(self, level: Level, inputs: Any, ours: Any, theirs: Any, oracle: Any, which: int) -> Level:
        """Return a level with a chunk's findings."""
        x, c, r = np.asarray(inputs), np.asarray(ours), np.asarray(theirs)
        target = theirs if oracle is None else jnp.asarray(_rounded(c, r, oracle))
        codes = np.asarray(self.classify(inputs, ours, target))
        counted = _counted(level, codes, lambda i: Sample(float(x[i]), float(c[i]), float(r[i])))
        seen = self.to_look_at(level, codes, c, r)
        if not seen.size:
            return counted
        exact = self.oracle(x[seen])[which] if oracle is None else oracle[seen]
        return _judged(counted, x[seen], c[seen], r[seen], exact, self.rule)

    def to_look_at(self, level: Level, codes: np.ndarray, ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
        """Return where in a chunk the float64 oracle is asked: at suspects, and at the farthest few."""
        if self.form.oracle or not level.failure:
            suspects = np.flatnonzero((codes >= self.form.suspect) & (codes != SAME) & (codes != SUBNORMAL))
            if suspects.size:
                return suspects
        numbers = np.where(codes < BINS, codes, 0)  # after a failure only the worst is still wanted
        farthest = np.flatnonzero((numbers == numbers.max()) & (codes < BINS))
        if farthest.size > HANDFUL:
            ulp = _ulp(ours[farthest], theirs[farthest].astype(np.float64), self.rule)
            farthest = farthest[np.argpartition(ulp, -HANDFUL)[-HANDFUL:]]
        return farthest


def _inputs(start: jax.Array, size: int, dtype: str) -> jax.Array:
    bits = lax.iota(np.uint32, size) + start
    return lax.bitcast_convert_type(bits.astype(FORMATS[dtype].name_of_bits), jnp.dtype(dtype))


def _candidates(candidate: Any, inputs: jax.Array, derivative: bool) -> tuple[jax.Array, ...]:
    return (inputs, *_with_derivative(candidate, inputs)) if derivative else (inputs, candidate(inputs))


def _with_derivative(candidate: Any, inputs: jax.Array) -> tuple[jax.Array, jax.Array]:
    value, pull = jax.vjp(candidate, inputs)  # reverse mode, as PyTorch's: a custom_vjp has no other
    return value, pull(jnp.ones_like(value))[0]


def _classes(inputs: jax.Array, ours: jax.Array, theirs: jax.Array, form: Format, subnormals: bool) -> jax.Array:
    """Return the class of each pair, by integers alone: as floats XLA would take subnormals for zero."""
    x, a, b = (_magnitude(item, form) for item in (inputs, ours, theirs))
    infinity, least = jnp.uint32((2 ** (form.bits - 1 - form.fraction) - 1) << form.fraction), 2**form.fraction
    place_a, place_b = _place(ours, a, form), _place(theirs, b, form)
    # the distance may need 32 bits: unsigned, and the difference wraps to the right number
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
    # a subnormal result, or a flush beside it: both within the smallest normal number, and of each other too
    tiny = (a <= least) & (b <= least) & (apart <= least)
    return tiny & ((apart > 0) | ((b > 0) & (b < least)))


def _bits(values: jax.Array, form: Format) -> jax.Array:
    return lax.bitcast_convert_type(values, jnp.dtype(form.name_of_bits)).astype(np.uint32)


def _magnitude(values: jax.Array, form: Format) -> jax.Array:
    return _bits(values, form) & np.uint32(2 ** (form.bits - 1) - 1)


def _place(values: jax.Array, magnitude: jax.Array, form: Format) -> jax.Array:
    """Return integers in the order of the numbers, neighbours one apart, both zeros the same."""
    middle, negative = np.uint32(2**31), _bits(values, form) >> np.uint32(form.bits - 1)
    return jnp.where(negative == 1, middle - magnitude, middle + magnitude)


def _rounded(ours: np.ndarray, theirs: np.ndarray, oracle: np.ndarray) -> np.ndarray:
    """Return what a 16-bit result is measured from: float64's rounded, the reference's where that is no number."""
    rounded = oracle.astype(theirs.dtype)
    # a reference that overflows on its way is overruled, unless the candidate is lost alike
    number = np.isfinite(rounded) & (np.isfinite(theirs) | np.isfinite(ours))
    return np.where(number, rounded, theirs)


def _counted(level: Level, codes: np.ndarray, sample: Callable[[int], Sample]) -> Level:
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


def _judged(level: Level, x: np.ndarray, ours: Any, theirs: Any, oracle: np.ndarray, rule: Precision) -> Level:
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
        level, failure=f"{verdict.difference} at {x[i]!s}: {ours[i]!s}, where the reference has {theirs[i]!s}"
    )


def _ulp(values: np.ndarray, exact: np.ndarray, rule: Precision) -> np.ndarray:
    """Return how far values are from exact ones, in ULP of the exact one's binade; -1 where either is no number."""
    # only the unit: where the exact result is no number, what is found is none either, and -1 below
    size = np.clip(np.abs(np.nan_to_num(exact)), rule.smallest_normal, rule.largest)
    unit = rule.eps * np.exp2(np.frexp(size)[1] - 1.0)
    found = np.abs(values.astype(np.float64) - exact) / unit
    return np.where(np.isfinite(found), found, -1.0)


def _checked_patterns(patterns: range | None, form: Format) -> range:
    every = range(2**form.bits)
    if patterns is None:
        return every
    within = isinstance(patterns, range) and patterns.step == 1 and len(patterns) > 0
    if not within or patterns[0] not in every or patterns[-1] not in every:
        got = "an empty range" if isinstance(patterns, range) and not patterns else describe(patterns)
        raise ArgumentValueError(f"`patterns` a range of step 1 in 0 to 2**{form.bits}", got)
    return patterns


# The functions are tried on these before the run: what becomes of an element may not hang on the others.
_PROBE = np.random.default_rng(0).uniform(0.1, 0.9, (2, 64))
_KEPT = np.random.default_rng(1).random(64) < 0.5
_PLAIN = "Pass a function of one array that works on each element alone; wrap others in a lambda."


def _checked(candidate: Any, reference: Any, dtype: str, derivative: bool) -> str:
    """Raise on functions that cannot be compared; return why PyTorch has no derivative, "" where it has."""
    for name, function in {"candidate": candidate, "reference": reference}.items():
        if not callable(function):
            raise ArgumentTypeError(f"a `{name}` to call", describe(function), _PLAIN)
    _tried("candidate", jax.jit(candidate), dtype)
    _tried("reference", lambda x: _theirs(reference, x), dtype)
    _require_oracle(reference)
    if not derivative:
        return "not asked for"
    probe = jnp.asarray(_PROBE[0], dtype)
    try:
        torch_side.elementwise(reference, probe, derivative=True)
        torch_side.elementwise_float64(reference, np.asarray(probe), derivative=True)
    except (RuntimeError, NotImplementedError) as error:
        return f"not applicable: PyTorch says {_line(error)!r}"
    return _differentiable(candidate, probe)


def _require_oracle(reference: Any) -> None:
    advice = "Its result in float64 is what errors are measured from."
    try:
        (found,) = torch_side.elementwise_float64(reference, _PROBE[0], derivative=False)
    except Exception as error:  # whatever the user's function raises is named for what it is
        raise ArgumentTypeError("a `reference` that takes float64 as well", _line(error), advice) from None
    if describe(found) != describe(_PROBE[0]):
        raise DTypeError("a `reference` that gives float64 for float64", describe(found), advice)


def _differentiable(candidate: Any, probe: jax.Array) -> str:
    try:
        jax.eval_shape(lambda x: _with_derivative(candidate, x), probe)
    except Exception as error:  # whatever JAX's trace of the user's function raises is passed on in a line
        advice = "Pass derivative=False to compare values alone."
        raise GradientError("a `candidate` with a gradient, as the reference has", _line(error), advice) from None
    return ""


def _theirs(reference: Any, x: jax.Array) -> Any:
    before = np.array(x)
    (result,) = torch_side.elementwise(reference, x, derivative=False)
    if not np.array_equal(np.asarray(x), before):
        raise ArgumentValueError("a `reference` that leaves its input as it is", "one that works in place", _PLAIN)
    return result if not hasattr(result, "detach") else jax.dlpack.from_dlpack(result.detach().contiguous())


def _tried(name: str, function: Callable[[jax.Array], Any], dtype: str) -> None:
    first, other = (jnp.asarray(row, dtype) for row in (_PROBE[0], np.where(_KEPT, *_PROBE)))
    try:
        results = [function(first), function(other)]
    except JaxfunError:
        raise
    except Exception as error:  # whatever the user's function raises is named for what it is
        kind = "that JAX can trace with" if name == "candidate" else "that takes"
        raise ArgumentTypeError(f"a `{name}` {kind} one {dtype} array", _line(error), _PLAIN) from None
    for result in results:
        _require_like(name, result, first)
    same = np.array_equal(*(np.asarray(result, np.float64)[_KEPT] for result in results), equal_nan=True)
    if not same:
        got = "one whose result at an element hangs on the others"
        raise ArgumentValueError(f"a `{name}` that is elementwise", got, _PLAIN)


def _require_like(name: str, result: Any, given: jax.Array) -> None:
    if not isinstance(result, jax.Array):
        raise ArgumentTypeError(f"a `{name}` that returns one array", describe(result), _PLAIN)
    if result.shape != given.shape:
        raise ShapeError(f"a `{name}` that keeps the shape {list(given.shape)}", describe(result), _PLAIN)
    if result.dtype != given.dtype:
        raise DTypeError(f"a `{name}` that keeps the dtype {given.dtype}", describe(result), _PLAIN)


def _line(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'no message'}"
