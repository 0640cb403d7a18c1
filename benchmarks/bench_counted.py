"""What a compiled function costs beside JAX's nearest counterpart: counted by XLA, so the same on every machine.

Floating point operations, bytes accessed and temporary memory of the program of each function and of its gradient, for
matrices of 1,000 x 1,000 and, where it takes them, batches of 16 matrices of 200 x 200. `--to FILE` keeps the figures.
"""

import argparse
import csv
import functools
import math
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from _measure import holds, keep, markdown, show

import jaxfun as jf
from jaxfun.core.dtypes import as_dtype, complex64, float32, int32
from jaxfun.core.dtypes import bool as bool_
from jaxfun.core.record import Op
from jaxfun.ops import records_of
from jaxfun.parity.draw.choices import What
from jaxfun.parity.draw.layout import Layout
from jaxfun.parity.draw.records import arguments_of, passed
from jaxfun.porting.counterparts import Counterpart, counterparts, in_jax

DATA = Path(__file__).parent / "data" / "counted.csv"
REASONS = Path(__file__).parent / "counted_reasons.csv"  # function, why it costs more
TARGET = 1.1
LEAST = 1e6  # bytes: what is less than a quarter of a matrix counts for nothing where JAX needs none
RANKS: Mapping[str, tuple[int, ...]] = {"matrix": (1000, 1000), "batch": (16, 200, 200)}
ABOUT = f"Counted by XLA on the CPU: jaxfun over JAX's counterpart. Target: at most {TARGET}."


class Row(NamedTuple):
    """The figures of jaxfun and of JAX: floating point operations, bytes accessed, bytes of temporary memory."""

    name: str
    shape: str
    what: str
    flops: float
    jax_flops: float
    accessed: float
    jax_accessed: float
    temporary: float
    jax_temporary: float

    @property
    def ratios(self) -> tuple[float, float, float]:
        """Ours over JAX's; 1 where neither counts for anything."""
        return (
            _ratio(self.flops, self.jax_flops, LEAST / 4),
            _ratio(self.accessed, self.jax_accessed, LEAST),
            _ratio(self.temporary, self.jax_temporary, LEAST),
        )

    @property
    def worst(self) -> float:
        return max(self.ratios)


def _ratio(ours: float, theirs: float, least: float) -> float:
    if theirs:
        return ours / theirs
    return 1.0 if ours < least else math.inf


def rows_of(counterpart: Counterpart) -> Iterator[Row]:
    """Yield the figures of a function, for each shape that one of its records takes."""
    own = records_of(counterpart.name)
    if not counterpart.jax:
        return
    for shape, sizes in RANKS.items():
        for record in own:
            made = _programs(counterpart, record, sizes)
            if made is not None:
                yield from _counted(counterpart.name, shape, *made)
                break


def _programs(counterpart: Counterpart, record: Op, sizes: tuple[int, ...]) -> tuple[Any, Any, list[Any]] | None:
    """Return both functions of the arrays alone and the arrays' shapes, None where the record takes no such shape."""
    dtype = next((dtype for dtype in (float32, int32, bool_, complex64) if dtype not in record.rejects), None)
    arguments = None if dtype is None else _arguments(record, dtype, sizes)
    if arguments is None or not counterpart.takes(record, {n: v for n, v in arguments.items() if v is not None}):
        return None
    leaves, tree = jax.tree.flatten(arguments, is_leaf=lambda item: item is None)
    places = [place for place, leaf in enumerate(leaves) if isinstance(leaf, Layout)]
    shapes = [jax.ShapeDtypeStruct(leaves[place].shape, as_dtype(leaves[place].dtype).dtype) for place in places]

    def filled(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arrays: jax.Array) -> Any:
            given = [*leaves]
            for place, array in zip(places, arrays, strict=True):
                given[place] = array
            arguments = passed(record, jax.tree.unflatten(tree, given))
            return function(*arguments.args, **arguments.kwargs)

        return call

    ours = operator.attrgetter(counterpart.name)(jf)
    return filled(ours), filled(in_jax(counterpart, record)), shapes


def _arguments(record: Op, dtype: Any, sizes: tuple[int, ...]) -> dict[str, Any] | None:
    """Return the plainest arguments, with a layout of these sizes for the first tensor."""
    if not record.rows:
        return arguments_of(functools.partial(_largest, sizes), record, dtype)
    first = next(name for name in record.roles if name in record.rows[0])
    for place, row in enumerate(record.rows):
        words = getattr(row.get(first), "names", "").split(",")[0].split()
        if len(words) == len(sizes) and not any(word.isdigit() or word == "*" for word in words):
            letters = dict(zip(words, sizes, strict=True))
            return arguments_of(functools.partial(_by_letter, letters, sizes, place), record, dtype)
    return None


def _largest(sizes: tuple[int, ...], what: What, options: Sequence[Any]) -> Any:
    return sizes if what.sort == "shape" else options[0]


def _by_letter(
    letters: Mapping[str, int], sizes: tuple[int, ...], place: int, what: What, options: Sequence[Any]
) -> Any:
    if what.sort == "place":
        return place
    return letters.get(what.name, sizes[-1]) if what.sort == "size" else options[0]


def _counted(name: str, shape: str, ours: Any, theirs: Any, shapes: Sequence[Any]) -> Iterator[Row]:
    for what, way in (("result", lambda function: function), ("gradient", _with_gradient)):
        try:
            figures = [_figures(way(function), shapes) for function in (ours, theirs)]
        except (TypeError, ValueError, RuntimeError, NotImplementedError, IndexError):  # one of the two takes it not
            continue
        yield Row(name, shape, what, *(number for pair in zip(*figures, strict=True) for number in pair))


def _with_gradient(function: Callable[..., Any]) -> Callable[..., Any]:
    def both(*arrays: jax.Array) -> Any:
        def of_floats(*floats: jax.Array) -> Any:
            each = iter(floats)
            results = function(*(next(each) if _is_float(array) else array for array in arrays))
            return [leaf for leaf in jax.tree.leaves(results) if _is_float(leaf)]

        results, pullback = jax.vjp(of_floats, *filter(_is_float, arrays))
        if not results:
            raise TypeError("no result with a gradient")
        return results, pullback([jnp.ones_like(result) for result in results])

    return both


def _is_float(array: Any) -> bool:
    return jnp.issubdtype(array.dtype, jnp.inexact)


def _figures(function: Callable[..., Any], shapes: Sequence[Any]) -> tuple[float, float, float]:
    compiled = jax.jit(function).lower(*shapes).compile()
    cost: Any = compiled.cost_analysis() or {}
    memory: Any = compiled.memory_analysis()
    return cost.get("flops", 0.0), cost.get("bytes accessed", 0.0), float(memory.temp_size_in_bytes)


def reasons() -> dict[str, str]:
    """Return why a function costs more, by its name."""
    with REASONS.open(newline="", encoding="utf-8") as opened:
        return dict(csv.reader(opened))


def read(file: Path = DATA) -> list[Row]:
    with file.open(newline="", encoding="utf-8") as opened:
        return [Row(*line[:3], *map(float, line[3:])) for line in list(csv.reader(opened))[1:]]


def as_markdown(found: Sequence[Row]) -> str:
    """The table of a page: how many hold, and each function that costs more, with the reason."""
    worst: dict[str, Row] = {}
    for row in found:
        worst[row.name] = max(worst.get(row.name, row), row, key=lambda each: each.worst)
    within = sum(row.worst <= TARGET for row in worst.values())
    head = (
        f"{within} of {len(worst)} functions cost at most {TARGET} times what JAX's counterpart costs. The others:\n\n"
    )
    why = reasons()
    dearer = sorted((row for row in worst.values() if row.worst > TARGET), key=lambda row: row.name)
    lines = [(f"`{row.name}`", row.what, row.shape, *_shown(row), why.get(row.name, "")) for row in dearer]
    return head + markdown(("function", "what", "shape", "flops", "bytes", "memory", "why"), lines, range(3, 6))


def _shown(row: Row) -> list[str]:
    return [f"{ratio:.2f}" if ratio <= TARGET else f"**{ratio:.2f}**" for ratio in row.ratios]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, metavar="FILE", help="keep the figures as CSV")
    parser.add_argument("names", nargs="*", help="the functions to count; all if none is named")
    arguments = parser.parse_args()
    kept: list[Row] = []

    def shown() -> Iterator[tuple[str, ...]]:
        for name, counterpart in counterparts().items():
            if not arguments.names or name in arguments.names:
                for row in rows_of(counterpart):
                    kept.append(row)
                    yield name, row.shape, row.what, *_shown(row), holds(row.worst <= TARGET)

    show(("function", "shape", "what", "flops", "bytes", "memory", "holds"), shown(), ABOUT)
    if arguments.to:
        keep(arguments.to, kept)


if __name__ == "__main__":
    main()
