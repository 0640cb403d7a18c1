"""Both sides of a case at every level: the candidate batched in one compiled call, the reference value set by set."""

import functools
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from . import torch_noise, torch_side
from .case import Case
from .report import COMPUTED
from .rounding import Draw, Move, Results, is_inexact, noise_scale, rounding_scale

# what each dtype becomes in a precision: as it is, in the oracle's, and in the one whose rounding stands for float64's
_TO: Mapping[str, Mapping[str, str]] = {
    "plain": {},
    "float64": {"float16": "float64", "bfloat16": "float64", "float32": "float64", "complex64": "complex128"},
    "float32": {"float64": "float32", "complex128": "complex64"},
}


def put(array: np.ndarray, device: str) -> jax.Array:
    """Return a JAX array on a device of that kind."""
    return jax.device_put(array, jax.devices(device)[0])


def along(seed: Sequence[int], like: Any) -> Any:
    """Return a random direction of an array's shape and dtype, the same whatever the precision."""
    eighths = _eighths(tuple(seed), tuple(like.shape))
    return (eighths if jnp.issubdtype(like.dtype, jnp.complexfloating) else eighths.real).astype(like.dtype)


@functools.lru_cache(maxsize=2**14)  # both sides ask for the same ones, in each precision
def _eighths(seed: tuple[int, ...], shape: tuple[int, ...]) -> Any:
    rng = np.random.default_rng(seed)
    numbers = rng.normal(size=shape) + 1j * rng.normal(size=shape)
    return _eighth(numbers.real) + 1j * _eighth(numbers.imag)


def _eighth(numbers: np.ndarray) -> np.ndarray:
    """Return numbers rounded to eighths, which every precision holds exactly; none is 0, which would hide a NaN."""
    rounded = np.round(numbers * 8) / 8
    return np.where(rounded == 0, 0.125, rounded)


_COTANGENT, _TANGENT = 0, 1


@dataclass(frozen=True)
class Reference:
    """The reference's results for one value set: at the working precision, and the oracle's, in float64."""

    plain: Results
    wide: Results
    has_oracle: bool


class Sides:
    """Both functions on the value sets of one case."""

    def __init__(
        self, candidate: Callable[..., Any], reference: Callable[..., Any], case: Case, device: str = "cpu"
    ) -> None:
        self.candidate, self.reference, self.case, self.device = candidate, reference, case, device
        self._elements = max((stack[0].size for stack in case.tensors), default=0)
        self._compiled: dict[frozenset[str], Any] = {}  # by its levels
        self._compiled_wide: dict[frozenset[str], Any] = {}
        self._scales: dict[tuple[int, bool], Results] = {}

    # The reference.

    def theirs(self, rows: Sequence[int]) -> dict[int, Reference]:
        """Return the reference's results for some value sets."""
        sets = {row: self.case.row(row) for row in rows}
        plain = self._evaluate(sets, "plain")
        try:
            wide = self._evaluate(sets, "float64")
        except Exception:  # whatever keeps it from running in float64: the report says that there is no oracle
            return {row: Reference(results, results, has_oracle=False) for row, results in plain.items()}
        return {row: Reference(results, wide[row], has_oracle=True) for row, results in plain.items()}

    def raises(self, tensors: Sequence[np.ndarray]) -> Exception | None:
        """Return what the reference raises for one value set."""
        return outcome(lambda: self._reference([torch_side.tensor(item, self.device) for item in tensors]))[1]

    def _reference(self, tensors: Sequence[Any], precision: str = "plain") -> Any:
        to = _TO[precision]
        args, kwargs = self.case.theirs.filled(tensors, lambda named: torch_side.dtype(to.get(named.name, named.name)))
        with torch_side.threads_for(self._elements):
            return self.reference(*args, **kwargs)

    def _evaluate(self, sets: Mapping[int, Sequence[np.ndarray]], precision: str) -> dict[int, Results]:
        """Return the reference's results for value sets by the row whose directions they are taken along."""
        found = self._differentiated([self._call(row, tensors, precision) for row, tensors in sets.items()])
        return dict(zip(sets, found, strict=True))

    def _differentiated(self, calls: Sequence[torch_side.Call]) -> list[Results]:
        with torch_side.threads_for(self._elements):
            return [*torch_side.derivatives(calls)]

    def _call(
        self, row: int, rows: Sequence[np.ndarray], precision: str, move: Move = lambda direction: direction
    ) -> torch_side.Call:
        to, movable = _TO[precision], self.case.movable
        given = [item.astype(to.get(str(item.dtype), item.dtype)) for item in rows]
        tensors = [torch_side.tensor(item, self.device) for item in given]

        def function(*moving: Any) -> list[Any]:
            return torch_side.leaves(self._reference(_replaced(tensors, movable, moving), precision))

        moving = [tensors[place] for place in movable]
        outputs = [torch_side.numpy(out) for out in function(*moving)]
        found = self.cotangents(row, outputs), self.tangents(row, given)
        directions = ([torch_side.tensor(move(item), self.device) for item in items] for items in found)
        return torch_side.Call(function, moving, *directions)

    def cotangents(self, row: int, outputs: Sequence[Any]) -> list[Any]:
        """Return what a value set's results are multiplied by where derivatives are taken."""
        seed = (self.case.seed, self.case.number(row), _COTANGENT)
        return [along((*seed, i), out) for i, out in enumerate(outputs)]

    def tangents(self, row: int, tensors: Sequence[np.ndarray]) -> list[Any]:
        """Return what a value set's movable tensors move along."""
        seed = (self.case.seed, self.case.number(row), _TANGENT)
        return [along((*seed, i), tensors[place]) for i, place in enumerate(self.case.movable)]

    def scale(self, row: int, reference: Reference, noisy: bool = False) -> Results:
        """Return, by level, the scale that rounding is relative to, for each element of a value set's results.

        `noisy`: with what every operation inside of the reference may lose.
        """
        key = (row, noisy)
        if key not in self._scales:
            self._scales[key] = self._noisy_scale(row, reference) if noisy else self._scale(row, reference)
        return self._scales[key]

    def _scale(self, row: int, reference: Reference) -> Results:
        def evaluate(draws: Sequence[Draw]) -> list[Results]:
            return self._differentiated([self._call(row, *draw) for draw in draws])

        seed = (self.case.seed, row)
        return rounding_scale(evaluate, self.case.row(row), reference.plain, reference.wide, seed)

    def _noisy_scale(self, row: int, reference: Reference) -> Results:
        tensors, scale = self.case.row(row), self.scale(row, reference)

        def evaluate(step: float, digits: str, draws: int) -> list[Results]:
            with torch_noise.Rounded(step, torch_side.dtype(digits), row):
                return self._differentiated([self._call(row, tensors, "float64")] * draws)

        noisy, error = outcome(lambda: noise_scale(evaluate, tensors, reference.plain, reference.wide))
        if error is not None:  # whatever keeps a reference from running so
            return scale
        return {level: list(map(np.maximum, scale[level], noisy[level])) for level in scale}

    def name(self, level: str, leaf: int) -> str:
        """Return what a level's result number `leaf` is called: a result by its place, a gradient by its argument."""
        if level in ("vjp", "hvp"):
            movable = self.case.movable
            return self.case.names[movable[leaf]] if self.case.names and leaf < len(movable) else ""
        names = [name for name, is_smooth in self._results if is_smooth or level != "jvp"]
        return names[leaf] if leaf < len(names) else ""

    @functools.cached_property
    def _shapes(self) -> Any:
        """The candidate's result for the first value set, each array as its shape and dtype."""
        placed = list(map(jnp.asarray, self.case.row(0)))  # known values: some decide an error
        return jax.eval_shape(lambda: self._result(placed))

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
        tensors = self.case.row(row)
        return self._shapes, self._reference([torch_side.tensor(item, self.device) for item in tensors])

    # The candidate.

    def ours(self, levels: Collection[str] = COMPUTED) -> Results:
        """Return the candidate's results at some levels, batched over the value sets; those that apply."""
        stacks, movable = self.case.tensors, self.case.movable
        outputs = jax.tree.leaves(self._shapes)
        smooth = [i for i, out in enumerate(outputs) if is_inexact(out)]
        if not (movable and smooth) or {*levels} == {"value"}:  # no directions are drawn then
            movable, smooth, levels = [], [], {"value"}
        rows = range(self.case.sets)
        cotangents = [self.cotangents(row, outputs) for row in rows] if smooth else []
        tangents = [self.tangents(row, self.case.row(row)) for row in rows] if smooth else []
        directions = (
            [np.stack([items[i] for items in cotangents]) for i in smooth],
            [np.stack(items) for items in zip(*tangents, strict=True)],
        )
        key = frozenset(levels)
        if key not in self._compiled:
            self._compiled[key] = jax.jit(jax.vmap(self._program(movable, smooth, key)))
        given = jax.tree.map(lambda array: put(array, self.device), (list(stacks), *directions))
        return {level: [np.asarray(item) for item in items] for level, items in self._compiled[key](*given).items()}

    def of(self, case: Case) -> "Sides":
        """Return both functions on other value sets of the same layout: nothing is compiled again."""
        sides = Sides(self.candidate, self.reference, case, self.device)
        sides._compiled, sides._compiled_wide = self._compiled, self._compiled_wide
        return sides

    @functools.cached_property
    def _wide(self) -> "Sides":
        to = _TO["float64"]
        stacks = tuple(stack.astype(to.get(str(stack.dtype), stack.dtype)) for stack in self.case.tensors)
        sides = Sides(self.candidate, self.reference, replace(self.case, tensors=stacks), self.device)
        sides._compiled = self._compiled_wide
        return sides

    @functools.cache  # noqa: B019  (as long as this object lives)
    def in_float64(self, level: str) -> list[np.ndarray]:
        """Return the candidate's results at a level where it computes in float64, batched over the value sets."""
        with jax.enable_x64(True):
            return self._wide.ours({level})[level]

    def eager(self, tensors: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Return the candidate's value for one value set, called as a user calls it."""
        return [np.asarray(item) for item in self._function([put(item, self.device) for item in tensors])]

    def compiled_alone(self, tensors: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Return the candidate's value for one value set, compiled and not batched."""
        placed = [put(item, self.device) for item in tensors]
        return [np.asarray(item) for item in jax.jit(self._function)(placed)]

    def signature(self, tensors: Sequence[np.ndarray]) -> list[str]:
        """Return the dtypes and shapes of the candidate's results, which are not computed."""
        placed = [jnp.asarray(item) for item in tensors]  # known values: some decide an error
        return [f"{x.dtype}{list(x.shape)}" for x in jax.eval_shape(lambda: self._function(placed))]

    def signature_of_reference(self, tensors: Sequence[np.ndarray]) -> list[str]:
        """Return the dtypes and shapes of the reference's results."""
        result = self._reference([torch_side.tensor(item, self.device) for item in tensors])
        results = map(torch_side.numpy, torch_side.leaves(result))
        return [f"{item.dtype}{list(item.shape)}" for item in results]

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
                outputs = self._function(_replaced(tensors, movable, moving))
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


def outcome(function: Callable[[], Any]) -> tuple[Any, Exception | None]:
    """Return what a call gave and what it raised, one of them None."""
    try:
        return function(), None
    except Exception as error:  # whatever a function raises is its answer
        return None, error


def _replaced(tensors: Sequence[Any], places: Sequence[int], items: Sequence[Any]) -> list[Any]:
    placed = list(tensors)
    for place, item in zip(places, items, strict=True):
        placed[place] = item
    return placed


def _torch_vjp(
    function: Callable[..., list[Any]], primals: Sequence[Any], cotangents: list[Any]
) -> tuple[list[Any], list[Any]]:
    """Return a function's value and its gradient."""
    # torch's gradient of a complex function is the conjugate of JAX's, and so is what it takes for a cotangent
    value, pull = jax.vjp(function, primals)
    return value, jax.tree.map(jnp.conj, pull(jax.tree.map(jnp.conj, cotangents))[0])
