"""Run the candidate on all value sets of a case: every level in one compiled, batched call.

`Sides` holds both functions: the candidate here, the reference in `oracle` and `theirs`. Begin with `Sides.ours`.
"""

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
from .compiling import UNOPTIMISED, is_worth_it
from .constants import constants_of, jaxprs_of, program_of
from .directions import cotangents, tangents
from .oracle import Oracle
from .outcome import outcome
from .reference import TO, Theirs, replaced

_ALONE = frozenset({"a value set by itself"})


def put(array: np.ndarray, device: str) -> jax.Array:
    """Return a JAX array on the first device of a kind (`"cpu"`, `"cuda"`)."""
    return jax.device_put(array, jax.devices(device)[0])


# parts of the error that JAX raises when it reuses a trace made under the other `enable_x64` setting
_STALE_TRACE = ("RuntimeProgramInputMismatch", "verifier errors")
P = ParamSpec("P")
R = TypeVar("R")


def _retried_after_stale_trace(function: Callable[P, R]) -> Callable[P, R]:
    """Clear JAX's caches and call once more, if JAX reused a trace made under the other `enable_x64` setting."""

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except Exception as error:  # JAX has no class for this error; any other error belongs to the candidate
            if not any(text in str(error) for text in _STALE_TRACE):
                raise
        jax.clear_caches()
        return function(*args, **kwargs)

    return call


class Sides:
    """The candidate and the reference on the value sets of one case."""

    def __init__(
        self,
        candidate: Callable[..., Any],
        reference: Callable[..., Any],
        case: Case,
        device: str = "cpu",
        levels: Collection[str] = COMPUTED,
        explains: bool = False,
    ) -> None:
        """Store both functions and the case.

        With `explains`, the candidate's batched results only explain a mismatch and decide no verdict. They are
        compiled without LLVM's optimisations, which takes half the time.
        """
        self.candidate, self.reference, self.case, self.device = candidate, reference, case, device
        self.levels, self._explains = frozenset(levels), explains
        self.oracle = Oracle(Theirs(reference, case, device, self.levels))
        self._compiled: dict[frozenset[str], Any] = {}  # by the levels it computes
        self._compiled_wide: dict[frozenset[str], Any] = {}
        self._ahead: dict[frozenset[str], Future[Any]] = {}  # programs that another thread compiles, by their levels
        self._in_float64: dict[str, list[np.ndarray]] = {}

    @property
    def theirs(self) -> Theirs:
        """The reference, computed by PyTorch."""
        return self.oracle.theirs

    def name(self, level: str, leaf: int) -> str:
        """Return the name of leaf number `leaf` of a level: a result by its path, a gradient by its argument."""
        if level in ("vjp", "hvp"):
            movable = self.case.movable
            return self.case.names[movable[leaf]] if self.case.names and leaf < len(movable) else ""
        names = [name for name, is_smooth in self._results if is_smooth or level != "jvp"]
        return names[leaf] if leaf < len(names) else ""

    @functools.cached_property
    @_retried_after_stale_trace
    def _shapes(self) -> Any:
        """The candidate's result for any value set, with shapes and dtypes in place of arrays."""
        placed = list(map(jnp.asarray, self.case.row(0)))  # eval_shape hides the numbers, which may be what fails
        return jax.eval_shape(self._result, placed)

    @functools.cached_property
    def _results(self) -> list[tuple[str, bool]]:
        leaves = jax.tree_util.tree_leaves_with_path(outcome(lambda: self._shapes)[0])
        several = leaves if len(leaves) > 1 else []
        return [(f"result{jax.tree_util.keystr(path)}", is_inexact(leaf)) for path, leaf in several]

    def structures(self, row: int) -> tuple[str, str]:
        """Return the pytree structures of both results, as text: tuples, dicts and arrays."""
        ours, theirs = self.results(row)
        return structure(ours), structure(theirs)

    def results(self, row: int) -> tuple[Any, Any]:
        """Return both results for one value set; the candidate's as shapes and dtypes only."""
        return self._shapes, self.theirs.call(row)

    def known(self, level: str, row: int) -> Held | None:
        """Return the known difference that covers a value set at a level, or None."""
        return self.case.known(level, self.case.row(row), self.device)

    # The candidate

    @_retried_after_stale_trace
    def ours(self, levels: Collection[str] = COMPUTED) -> Results:
        """Return the candidate's results at the given levels, batched over the value sets.

        Levels that do not apply are left out.
        """
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
        """Compile the program for `ours` in another thread, while PyTorch computes the reference."""
        program, arguments, portions = self._batched(levels)
        lowered = program.lower(*arguments(portions[0]))
        thread = ThreadPoolExecutor(1)
        self._ahead[frozenset(levels)] = thread.submit(lowered.compile)  # cached by XLA for the later call
        thread.shutdown(wait=False)

    def _batched(self, levels: Collection[str]) -> tuple[Any, Callable[[np.ndarray], list[Any]], list[np.ndarray]]:
        """Return the jitted program for the levels, a function that builds its arguments, and each batch's rows."""
        stacks, movable = self.case.tensors, self.case.movable
        outputs = jax.tree.leaves(self._shapes)
        smooth = [i for i, out in enumerate(outputs) if is_inexact(out)]
        if not (movable and smooth) or {*levels} == {"value"}:  # no derivative applies, so no directions are drawn
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
            # without a tensor argument vmap cannot infer the batch size
            count = None if stacks else self.case.sets
            batched = jax.vmap(self._program(movable, smooth, key), axis_size=count)
            self._compiled[key] = jax.jit(batched, compiler_options=UNOPTIMISED if self._is_compiled_fast else None)

        def arguments(some: np.ndarray) -> list[Any]:
            return [[put(array[some], self.device) for array in items] for items in (stacks, *directions)]

        portions = _portions(self.case.sets, _bytes([*(stack[0] for stack in stacks), *outputs]))
        return self._compiled[key], arguments, portions

    @functools.cached_property
    def _is_compiled_fast(self) -> bool:
        """Whether to compile without optimisations: if JAX's setting says so, or for an explanation."""
        if jax.config.read("jax_disable_most_optimizations"):
            return True
        return self._explains and is_worth_it(program_of(self._function, [self.case.row(0)]), self.case.sets)

    def ours_at(self, level: str) -> list[np.ndarray]:
        """Return the candidate's results at one level. Use a program that is already compiled, if there is one."""
        return self.ours(self._levels_compiled_with(level))[level]

    def _levels_compiled_with(self, level: str) -> frozenset[str]:
        """Return the levels of the smallest compiled program that computes `level`; without one, that level alone."""
        known = [levels for levels in self._compiled if level in levels]
        return min(known, key=len, default=frozenset({level}))

    def of(self, case: Case) -> "Sides":
        """Return both functions on other value sets of the same layout, sharing the compiled programs."""
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
        """Return the candidate's results at a level, computed in float64 and batched over the value sets."""
        if level not in self._in_float64:
            # a mismatch at one level mostly comes with others: one program for all costs less than one for each
            with jax.enable_x64(True):
                self._in_float64 |= self._wide.ours(self._levels_compiled_with(level))
        return self._in_float64[level]

    @functools.cached_property
    def computes_narrower(self) -> bool:
        """Whether the candidate computes in a narrower dtype than float64 when its inputs are float64."""
        with jax.enable_x64(True):
            program = program_of(self._wide._function, [self._wide.case.row(0)])
        return program is not None and _is_narrow(program)

    @functools.cached_property
    def constants(self) -> list[float]:
        """The numeric constants in the candidate's program."""
        return constants_of(program_of(self._function, [self.case.row(0)]))

    @_retried_after_stale_trace
    def eager(self, tensors: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Return the candidate's value for one value set, called eagerly as a user would."""
        results = self._function([put(item, self.device) for item in tensors])
        return [np.asarray(jnp.asarray(item)) for item in results]  # asarray: a Python number becomes a JAX array

    @_retried_after_stale_trace
    def compiled_alone(self, tensors: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Return the candidate's value for one value set, compiled and not batched."""
        if _ALONE not in self._compiled:
            self._compiled[_ALONE] = jax.jit(self._function)
        return [np.asarray(item) for item in self._compiled[_ALONE]([put(item, self.device) for item in tensors])]

    def traced(self, tensors: Sequence[np.ndarray]) -> Any:
        """Trace the candidate under jit, with abstract values. Nothing is compiled."""
        return jax.jit(self._function).trace([jnp.asarray(item) for item in tensors])

    def signature(self, tensors: Sequence[np.ndarray]) -> list[str]:
        """Return the dtypes and shapes of the candidate's results, without computing them."""
        placed = [jnp.asarray(item) for item in tensors]  # concrete values: they may decide whether it raises
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


_MOST_BYTES = 2**26  # most bytes of a batch's arguments and results; derivatives take several times as much


def _bytes(arrays: Sequence[Any]) -> int:
    return sum(item.size * item.dtype.itemsize for item in arrays)


def _is_narrow(closed: Any) -> bool:
    """Return whether any equation of a jaxpr, nested ones included, outputs floats of fewer than 64 bits."""
    outputs = (out.aval for inner in jaxprs_of(closed) for equation in inner.jaxpr.eqns for out in equation.outvars)
    return any(is_inexact(aval) and part_of(str(aval.dtype)) != "float64" for aval in outputs)


def _portions(count: int, bytes_each: int) -> list[np.ndarray]:
    """Return the rows of each batch.

    All batches have one size, so that one program serves all; the last row may repeat.
    """
    batches = max(min(-(-count * bytes_each // _MOST_BYTES), count), 1)
    size = -(-count // batches)
    return [np.minimum(np.arange(start, start + size), count - 1) for start in range(0, count, size)]


def structure(result: Any) -> str:
    """Return a result's pytree structure as text: tuples (also lists and named tuples), dicts and arrays.

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
    """Return a function's value and its gradient in torch's convention."""
    # torch's complex gradients and cotangents are the conjugates of JAX's
    value, pull = jax.vjp(function, primals)
    return value, jax.tree.map(jnp.conj, pull(jax.tree.map(jnp.conj, cotangents))[0])
