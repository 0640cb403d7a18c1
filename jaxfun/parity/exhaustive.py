"""Every value of a dtype through a JAX function and the PyTorch function behind it, value and first derivative."""

import contextlib
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..core.errors import (
    ArgumentChoiceError,
    ArgumentTypeError,
    ArgumentValueError,
    DTypeError,
    GradientError,
    JaxfunError,
    describe,
)
from ..core.public import public
from .report.every_value import Exhaustive, Tally
from .run import torch_side
from .run.outcome import outcome
from .search.patterns import ADVICE, FORMATS, Chunks, Format, require_like, with_derivative

Progress = Callable[[int, int], None]


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
        run = Chunks(candidate, reference, dtype, derivative and not reason, subnormals)
        with np.errstate(all="ignore"):  # for NumPy as well
            levels, done, seconds = _loop(run, wanted, progress)
    names = _name(candidate), _name(reference)
    return Exhaustive(*names, dtype, levels[0], levels[1] if levels[1:] else None, reason, done, len(wanted), seconds)


def _name(function: Callable[..., Any]) -> str:
    name = getattr(function, "__name__", None) or type(function).__name__
    module = getattr(function, "__module__", None) or ("torch" if "torch" in str(type(function)) else "")
    return f"{module}.{name}" if module and module != "__main__" else name


def _loop(run: Chunks, wanted: range, progress: bool | Progress | None) -> tuple[list[Tally], int, float]:
    levels, done, began = [Tally() for _ in range(run.levels)], 0, time.perf_counter()
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


def _checked(candidate: Any, reference: Any, dtype: str, derivative: bool) -> str:
    """Raise on functions that cannot be compared; return why PyTorch has no derivative, "" where it has."""
    for name, function in {"candidate": candidate, "reference": reference}.items():
        if not callable(function):
            raise ArgumentTypeError(f"a `{name}` to call", describe(function), ADVICE)
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
        jax.eval_shape(lambda x: with_derivative(candidate, x), probe)
    except Exception as error:  # whatever JAX's trace of the user's function raises is passed on in a line
        advice = "Pass derivative=False to compare values alone."
        raise GradientError("a `candidate` with a gradient, as the reference has", _line(error), advice) from None
    return ""


def _theirs(reference: Any, x: jax.Array) -> Any:
    before = np.array(x)
    (result,) = torch_side.elementwise(reference, x, derivative=False)
    if not np.array_equal(np.asarray(x), before):
        raise ArgumentValueError("a `reference` that leaves its input as it is", "one that works in place", ADVICE)
    return result if not hasattr(result, "detach") else jax.dlpack.from_dlpack(result.detach().contiguous())


def _tried(name: str, function: Callable[[jax.Array], Any], dtype: str) -> None:
    first, other = (jnp.asarray(row, dtype) for row in (_PROBE[0], np.where(_KEPT, *_PROBE)))
    try:
        results = [function(first), function(other)]
    except JaxfunError:
        raise
    except Exception as error:  # whatever the user's function raises is named for what it is
        kind = "that JAX can trace with" if name == "candidate" else "that takes"
        raise ArgumentTypeError(f"a `{name}` {kind} one {dtype} array", _line(error), ADVICE) from None
    for result in results:
        require_like(name, result, first)
    same = np.array_equal(*(np.asarray(result, np.float64)[_KEPT] for result in results), equal_nan=True)
    if not same:
        got = "one whose result at an element hangs on the others"
        raise ArgumentValueError(f"a `{name}` that is elementwise", got, ADVICE)


def _line(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'no message'}"
