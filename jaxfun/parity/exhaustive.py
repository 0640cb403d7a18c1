"""`parity.exhaustive`: compare an elementwise JAX function with a PyTorch function on every value of a dtype.

Begin at `exhaustive`. The comparison itself is `Chunks` in search/patterns.py, the result report/every_value.py.
"""

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


@public(name="parity.exhaustive", runs_callbacks=True)
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
    """Compare an elementwise JAX function with a PyTorch function on every value of a dtype: value and derivative.

    `dtype` is "float16" or "bfloat16" (65,536 values), or "float32" (4,294,967,296 values, some minutes). `derivative`
    compares the first derivative too. Subnormal inputs and results are counted but not compared, because XLA on the
    CPU flushes them to zero; `subnormals=True` compares them. `patterns` limits the run to a range of bit patterns.
    `progress` is a callback of (done, total), or whether to show a progress bar; None shows it on a terminal. Ctrl-C
    ends the run and returns the result so far, with `partial` set.

    Raises: ArgumentChoiceError, ArgumentValueError, ArgumentTypeError, ShapeError, DTypeError unless both functions
    take one array of the dtype, are elementwise and keep its dtype, and JAX can trace the candidate; GradientError if
    only the reference has a gradient.

    >>> import jax, torch
    >>> found = exhaustive(jax.numpy.exp, torch.exp)
    >>> found.ok, found.done, found.derivative is None
    (True, 65536, False)
    """
    if dtype not in FORMATS:
        raise ArgumentChoiceError(f"`dtype` one of {', '.join(FORMATS)}", describe(dtype), "Pass its name.")
    wanted = _checked_patterns(patterns, FORMATS[dtype])
    # on the CPU, to share memory with PyTorch's results; debug_nans and debug_infs off, because NaN is a valid result
    with jax.default_device(jax.local_devices(backend="cpu")[0]), jax.debug_nans(False), jax.debug_infs(False):
        reason = _checked(candidate, reference, dtype, derivative)
        run = Chunks(candidate, reference, dtype, derivative and not reason, subnormals)
        with np.errstate(all="ignore"):  # the same for NumPy
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
    """Wrap a callback: its first error becomes a warning, and it is not called again."""
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
        raise ArgumentValueError(f"`patterns` to be a range with step 1 in 0 to 2**{form.bits}", got)
    return patterns


# Two probe inputs for both functions: they share the elements of `_KEPT`, where an elementwise function must agree.
_PROBE = np.random.default_rng(0).uniform(0.1, 0.9, (2, 64))
_KEPT = np.random.default_rng(1).random(64) < 0.5


def _checked(candidate: Any, reference: Any, dtype: str, derivative: bool) -> str:
    """Raise if the functions cannot be compared; return why no derivative is compared, "" if it is."""
    for name, function in {"candidate": candidate, "reference": reference}.items():
        if not callable(function):
            raise ArgumentTypeError(f"a callable `{name}`", describe(function), ADVICE)
    _tried("candidate", jax.jit(candidate), dtype)
    _tried("reference", lambda x: _theirs(reference, x), dtype)
    _require_oracle(reference)
    if not derivative:
        return "not requested"
    probe = jnp.asarray(_PROBE[0], dtype)
    try:
        torch_side.elementwise(reference, probe, derivative=True)
        torch_side.elementwise_float64(reference, np.asarray(probe), derivative=True)
    except (RuntimeError, NotImplementedError) as error:
        return f"not applicable: PyTorch raises {_line(error)!r}"
    return _differentiable(candidate, probe)


def _require_oracle(reference: Any) -> None:
    advice = "Errors are measured against its float64 result."
    try:
        (found,) = torch_side.elementwise_float64(reference, _PROBE[0], derivative=False)
    except Exception as error:  # a user's function may raise anything: quote it
        raise ArgumentTypeError("a `reference` that accepts float64 too", _line(error), advice) from None
    if describe(found) != describe(_PROBE[0]):
        raise DTypeError("a `reference` that returns float64 for float64", describe(found), advice)


def _differentiable(candidate: Any, probe: jax.Array) -> str:
    try:
        jax.eval_shape(lambda x: with_derivative(candidate, x), probe)
    except Exception as error:  # tracing a user's function may raise anything: quote it
        advice = "Pass derivative=False to compare only values."
        raise GradientError("a `candidate` with a gradient, like the reference", _line(error), advice) from None
    return ""


def _theirs(reference: Any, x: jax.Array) -> Any:
    before = np.array(x)
    (result,) = torch_side.elementwise(reference, x, derivative=False)
    if not np.array_equal(np.asarray(x), before):
        raise ArgumentValueError("a `reference` that does not modify its input", "one that works in place", ADVICE)
    return result if not hasattr(result, "detach") else jax.dlpack.from_dlpack(result.detach().contiguous())


def _tried(name: str, function: Callable[[jax.Array], Any], dtype: str) -> None:
    first, other = (jnp.asarray(row, dtype) for row in (_PROBE[0], np.where(_KEPT, *_PROBE)))
    try:
        results = [function(first), function(other)]
    except JaxfunError:
        raise
    except Exception as error:  # a user's function may raise anything: quote it
        kind = "that JAX can trace with" if name == "candidate" else "that accepts"
        raise ArgumentTypeError(f"a `{name}` {kind} one {dtype} array", _line(error), ADVICE) from None
    for result in results:
        require_like(name, result, first)
    same = np.array_equal(*(np.asarray(result, np.float64)[_KEPT] for result in results), equal_nan=True)
    if not same:
        got = "one whose result for an element depends on other elements"
        raise ArgumentValueError(f"an elementwise `{name}`", got, ADVICE)


def _line(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'no message'}"
