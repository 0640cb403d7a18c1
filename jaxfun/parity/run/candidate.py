"""Both sides of a case: the candidate at every level, batched in one compiled call, beside the reference."""

import functools
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any, ParamSpec, TypeVar

import jax
import jax.numpy as jnp
import numpy as np

from ..compare.arrays import is_inexact, part_of
from ..compare.tolerance import Results
from ..known.difference import Held
from ..report.model import COMPUTED
from .case import Case
from .constants import calls, constants_of, jaxprs_of, program_of
from .directions import cotangents, tangents
from .oracle import Oracle
from .outcome import outcome
from .reference import TO, Theirs, replaced

_UNOPTIMISED = {"xla_backend_optimization_level": 0}
_ALONE = frozenset({"a value set by itself"})


def put(array: np.ndarray, device: str) -> jax.Array:
    """Return a JAX array on a device of that kind."""
    return jax.device_put(array, jax.devices(device)[0])


# what JAX raises where it reuses a trace that was made under the other `enable_x64` setting
_STALE_TRACE = ("RuntimeProgramInputMismatch", "verifier errors")
P = ParamSpec("P")
R = TypeVar("R")


def _retried_after_stale_trace(function: Callable[P, R]) -> Callable[P, R]:
    """Retry a call once, with JAX's caches cleared, where it fails on a trace of the other `enable_x64` setting."""

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except Exception as error:  # JAX has no class for it; every other error is the candidate's own
            if not any(text in str(error) for text in _STALE_TRACE):
                raise
        jax.clear_caches()
        return function(*args, **kwargs)

    return call


class Sides:
    """Both functions on the value sets of one case."""

    def __init__(
        self,
        candidate: Callable[..., Any],
        reference: Callable[..., Any],
        case: Case,
        device: str = "cpu",
        levels: Collection[str] = COMPUTED,
        explains: bool = False,
    ) -> None:
        """Take both functions and their value sets.

        With `explains` the candidate's batched results only explain a disagreement, and decide no answer: they are
        compiled without LLVM's optimisations, in half of the time.
        """
        self.candidate, self.reference, self.case, self.device = candidate, reference, case, device
        self.levels, self._explains = frozenset(levels), explains
        self.oracle = Oracle(Theirs(reference, case, device, self.levels))
        self._compiled: dict[frozenset[str], Any] = {}  # by its levels
        self._compiled_wide: dict[frozenset[str], Any] = {}
        self._ahead: dict[frozenset[str], Future[Any]] = {}  # what another thread is compiling, by its levels
        self._in_float64: dict[str, list[np.ndarray]] = {}

    @property
    def theirs(self) -> Theirs:
        """The reference, as PyTorch computes it."""
        return self.oracle.theirs

    def name(self, level: str, leaf: int) -> str:
        """Return what a level's result number `leaf` is called: a result by its place, a gradient by its argument."""
        if level in ("vjp", "hvp"):
            movable = self.case.movable
            return self.case.names[movable[leaf]] if self.case.names and leaf < len(movable) else ""
        names = [name for name, is_smooth in self._results if is_smooth or level != "jvp"]
        return names[leaf] if leaf < len(names) else ""

    @functools.cached_property
    @_retried_after_stale_trace
    def _shapes(self) -> Any:
        """The candidate's result for any value set, each array as its shape and dtype."""
        placed = list(map(jnp.asarray, self.case.row(0)))  # their values are not seen: they may be what is wrong
        return jax.eval_shape(self._result, placed)

    @functools.cached_property
    def _results(self) -> list[tuple[str, bool]]:
        leaves = jax.tree_util.tree_leaves_with_path(outcome(lambda: self._shapes)[0])
        several = leaves if len(leaves) > 1 else []
        return [(f"result{jax.tree_util.keystr(path)}", is_inexact(leaf)) for path, leaf in several]

    def structures(self, row: int) -> tuple[str, str]:
        """Return how both sides' results are built, of tuples, dicts and arrays."""
        ours, theirs = self.results(row)
        return structure(ours), structure(theirs)

    def results(self, row: int) -> tuple[Any, Any]:
        """Return both sides' results, the candidate's as shapes and dtypes."""
        return self._shapes, self.theirs.call(row)

    def known(self, level: str, row: int) -> Held | None:
        """Return the known difference that holds a value set at a level, if one does."""
        return self.case.known(level, self.case.row(row), self.device)

    # The candidate.

    @_retried_after_stale_trace
    def ours(self, levels: Collection[str] = COMPUTED) -> Results:
        """Return the candidate's results at some levels, batched over the value sets; those that apply."""
        program, arguments, portions = self._batched(levels)
        if frozenset(levels) in self._ahead:
            self._ahead.pop(frozenset(levels)).result()
        found = [jax.tree.map(np.asarray, program(*arguments(some))) for some in portions]
        return {
            level: [
                np.concatenate(items)[: self.case.sets] for items in zip(*(each[level] for each in found), strict=True)
            ]
            for level in found[0]
        }

    @_retried_after_stale_trace
    def compile_ahead(self, levels: Collection[str]) -> None:
        """Start to compile the program that `ours` will call, in a thread, while PyTorch computes the reference."""
        program, arguments, portions = self._batched(levels)
        lowered = program.lower(*arguments(portions[0]))
        thread = ThreadPoolExecutor(1)
        self._ahead[frozenset(levels)] = thread.submit(lowered.compile)  # XLA keeps it: the call compiles no more
        thread.shutdown(wait=False)

    def _batched(self, levels: Collection[str]) -> tuple[Any, Callable[[np.ndarray], list[Any]], list[np.ndarray]]:
        """Return the jitted program for some levels, a function giving its arguments, and the rows of each batch."""
        stacks, movable = self.case.tensors, self.case.movable
        outputs = jax.tree.leaves(self._shapes)
        smooth = [i for i, out in enumerate(outputs) if is_inexact(out)]
        if not (movable and smooth) or {*levels} == {"value"}:  # no directions are drawn then
            movable, smooth, levels = [], [], {"value"}
        rows = range(self.case.sets)
        along = [cotangents(self.case, row, outputs) for row in rows] if smooth else []
        toward = [tangents(self.case, row, self.case.row(row)) for row in rows] if smooth else []
        directions = (
            [np.stack([items[i] for items in along]) for i in smooth],
            [np.stack(items) for items in zip(*toward, strict=True)],
        )
        key = frozenset(levels)
        if key not in self._compiled:
            # without a tensor nothing but its number tells how large a batch is
            count = None if stacks else self.case.sets
            batched = jax.vmap(self._program(movable, smooth, key), axis_size=count)
            self._compiled[key] = jax.jit(batched, compiler_options=_UNOPTIMISED if self._is_compiled_fast else None)

        def arguments(some: np.ndarray) -> list[Any]:
            return [[put(array[some], self.device) for array in items] for items in (stacks, *directions)]

        portions = _portions(self.case.sets, _bytes([*(stack[0] for stack in stacks), *outputs]))
        return self._compiled[key], arguments, portions

    @functools.cached_property
    def _is_compiled_fast(self) -> bool:
        """Whether the program may be compiled without LLVM's optimisations: XLA's loops of a convolution may not."""
        return self._explains and not calls(program_of(self._function, [self.case.row(0)]), "conv_general_dilated")

    def ours_at(self, level: str) -> list[np.ndarray]:
        """Return the candidate's results at one level, by a program that is compiled already where there is one."""
        return self.ours(self._levels_compiled_with(level))[level]

    def _levels_compiled_with(self, level: str) -> frozenset[str]:
        """Return the levels of the smallest program that is compiled and has one of them, else that level alone."""
        known = [levels for levels in self._compiled if level in levels]
        return min(known, key=len, default=frozenset({level}))

    def of(self, case: Case) -> "Sides":
        """Return both functions on other value sets of the same layout: nothing is compiled again."""
        sides = Sides(self.candidate, self.reference, case, self.device, self.levels, self._explains)
        sides.oracle = Oracle(self.theirs.of(case))
        sides._compiled, sides._compiled_wide = self._compiled, self._compiled_wide
        return sides

    @functools.cached_property
    def _wide(self) -> "Sides":
        to = TO["float64"]
        stacks = tuple(stack.astype(to.get(str(stack.dtype), stack.dtype)) for stack in self.case.tensors)
        case = replace(self.case, tensors=stacks)
        sides = Sides(self.candidate, self.reference, case, self.device, self.levels, explains=True)
        sides._compiled = self._compiled_wide
        return sides

    def in_float64(self, level: str) -> list[np.ndarray]:
        """Return the candidate's results at a level where it computes in float64, batched over the value sets."""
        if level not in self._in_float64:
            # who differs at one level mostly differs at the others, too: one program costs less than one for each
            with jax.enable_x64(True):
                self._in_float64 |= self._wide.ours(self._levels_compiled_with(level))
        return self._in_float64[level]

    @functools.cached_property
    def computes_narrower(self) -> bool:
        """Whether the candidate computes in a narrower dtype than float64 where it is given float64."""
        with jax.enable_x64(True):
            program = program_of(self._wide._function, [self._wide.case.row(0)])
        return program is not None and _is_narrow(program)

    @functools.cached_property
    def constants(self) -> list[float]:
        """The numbers that stand in the candidate's program."""
        return constants_of(program_of(self._function, [self.case.row(0)]))

    @_retried_after_stale_trace
    def eager(self, tensors: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Return the candidate's value for one value set, called as a user calls it."""
        results = self._function([put(item, self.device) for item in tensors])
        return [np.asarray(jnp.asarray(item)) for item in results]  # a Python number is one of JAX's then

    @_retried_after_stale_trace
    def compiled_alone(self, tensors: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Return the candidate's value for one value set, compiled and not batched."""
        if _ALONE not in self._compiled:
            self._compiled[_ALONE] = jax.jit(self._function)
        return [np.asarray(item) for item in self._compiled[_ALONE]([put(item, self.device) for item in tensors])]

    def traced(self, tensors: Sequence[np.ndarray]) -> Any:
        """Return the candidate as jit takes it, its numbers unknown; nothing is compiled."""
        return jax.jit(self._function).trace([jnp.asarray(item) for item in tensors])

    def signature(self, tensors: Sequence[np.ndarray]) -> list[str]:
        """Return the dtypes and shapes of the candidate's results, which are not computed."""
        placed = [jnp.asarray(item) for item in tensors]  # known values: some decide an error
        return [f"{x.dtype}{list(x.shape)}" for x in jax.eval_shape(lambda: self._function(placed))]

    def _function(self, tensors: Sequence[Any]) -> list[Any]:
        return jax.tree.leaves(self._result(tensors))

    def _result(self, tensors: Sequence[Any]) -> Any:
        args, kwargs = self.case.ours.filled(tensors, lambda dtype: dtype)
        return self.candidate(*args, **kwargs)

    def _program(
        self, movable: Sequence[int], smooth: Sequence[int], levels: frozenset[str]
    ) -> Callable[..., dict[str, list[Any]]]:
        def program(tensors: list[Any], cotangents: list[Any], tangents: list[Any]) -> dict[str, list[Any]]:
            def of(moving: Sequence[Any]) -> list[Any]:
                outputs = self._function(replaced(tensors, movable, moving))
                return [outputs[i] for i in smooth]

            def vjp(moving: Sequence[Any]) -> list[Any]:
                return _torch_vjp(of, moving, cotangents)[1]

            primals = [tensors[place] for place in movable]
            results = {"value": self._function(tensors)} if "value" in levels else {}
            if "hvp" in levels:
                results |= zip(("vjp", "hvp"), _torch_vjp(vjp, primals, tangents), strict=True)
            elif "vjp" in levels:
                results["vjp"] = vjp(primals)
            if "jvp" in levels:
                results["jvp"] = jax.jvp(of, (primals,), (tangents,))[1]
            return results

        return program


_MOST_BYTES = 2**26  # of the arguments and results of a batch: its derivatives take several times as much


def _bytes(arrays: Sequence[Any]) -> int:
    return sum(item.size * item.dtype.itemsize for item in arrays)


def _is_narrow(closed: Any) -> bool:
    """Return whether a step of a program gives floating point numbers of fewer than 64 bits, at any depth."""
    outputs = (out.aval for inner in jaxprs_of(closed) for equation in inner.jaxpr.eqns for out in equation.outvars)
    return any(is_inexact(aval) and part_of(str(aval.dtype)) != "float64" for aval in outputs)


def _portions(count: int, bytes_each: int) -> list[np.ndarray]:
    """Return the rows of each batch, all as many, so that one program does for all: the last row may come again."""
    batches = max(min(-(-count * bytes_each // _MOST_BYTES), count), 1)
    size = -(-count // batches)
    return [np.minimum(np.arange(start, start + size), count - 1) for start in range(0, count, size)]


def structure(result: Any) -> str:
    """Return how a result is built, of tuples (lists and named tuples count as such), dicts and arrays.

    >>> import numpy as np
    >>> structure({"loss": np.zeros(2), "steps": [np.ones(1), None]})
    "{'loss': array, 'steps': (array, None)}"
    """
    if isinstance(result, dict):
        return "{" + ", ".join(f"{key!r}: {structure(result[key])}" for key in sorted(result)) + "}"
    if isinstance(result, (tuple, list)):
        return f"({', '.join(map(structure, result))}{',' if len(result) == 1 else ''})"
    return "None" if result is None else "array"


def _torch_vjp(
    function: Callable[..., list[Any]], primals: Sequence[Any], cotangents: list[Any]
) -> tuple[list[Any], list[Any]]:
    """Return a function's value and its gradient."""
    # torch's gradient of a complex function is the conjugate of JAX's, and so is what it takes for a cotangent
    value, pull = jax.vjp(function, primals)
    return value, jax.tree.map(jnp.conj, pull(jax.tree.map(jnp.conj, cotangents))[0])
