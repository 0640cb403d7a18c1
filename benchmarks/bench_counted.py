"""What a compiled function costs beside JAX's nearest counterpart: counted by XLA, so the same on every machine.

Floating point operations, bytes accessed and temporary memory of the program of each function and of its gradient, for
matrices of 1,000 x 1,000 and, where it takes them, batches of 16 matrices of 200 x 200. A transcendental function
counts as one operation. `--to FILE` keeps the figures; those of functions that are not named stay.
"""

import argparse
import csv
import functools
import math
import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from _measure import holds, keep, markdown, show

import jaxfun as jf
from jaxfun.core.dtypes import as_dtype, complex64, float32, int32
from jaxfun.core.dtypes import bool as bool_
from jaxfun.core.record import Index, Op, Shape
from jaxfun.ops import records_of
from jaxfun.parity.draw.choices import What
from jaxfun.parity.draw.layout import Layout
from jaxfun.parity.draw.records import arguments_of, passed
from jaxfun.porting.counterparts import Counterpart, counterparts, in_jax

DATA = Path(__file__).parent / "data" / "counted.csv"
REASONS = Path(__file__).parent / "counted_reasons.csv"  # function, reason
TARGET = 1.1
LEAST = 0.25  # of the first tensor: what costs less, in operations an element or in bytes, counts as this
# Instead of the first option: one part is no work, and JAX's counterpart has defaults alone. Of the 16 matrices, 4 is
# the size of the parts, which torch takes, and their number, which JAX takes.
CHOSEN: Mapping[str, Any] = {
    "reduction": "mean",
    "split_size_or_sections": 4,
    "chunks": 4,
    "end_dim": -1,
    "spacing": None,
}
# what LLVM makes of the program changes no count, and takes half of the time
QUICK: Mapping[str, Any] = {"xla_backend_optimization_level": 0, "xla_llvm_disable_expensive_passes": True}
LEFT_OUT = {("unbind", "matrix"), ("split", "matrix")}  # hundreds of results, which are compiled for minutes
# a vector for what takes neither of the two before it
# functions with a counterpart, and why they are not counted
_BY_VALUES = "the numbers decide the size of the result, so that JAX compiles it only for a size that is given"
_OF_NO_TENSOR = "it takes no tensor, and its result is a constant of the program"
_OF_WINDOWS = "it takes images, not matrices; `benchmarks/bench_convolution.py` measures it"
UNCOUNTED: Mapping[str, str] = {
    **dict.fromkeys(("argwhere", "bincount", "masked_select", "nonzero", "unique"), _BY_VALUES),
    **dict.fromkeys(("tril_indices", "triu_indices"), _OF_NO_TENSOR),
    "broadcast_tensors": "`broadcast_to` for several tensors, which is counted",
    "chain_matmul": "`matmul` in the cheapest order, which is counted",
    "einsum": "the equation decides on the shapes: it calls `jnp.einsum`",
    "float_power": "it computes in float64, and JAX's 64-bit types are off here; `pow` is counted",
    **dict.fromkeys(("nn.functional.conv1d", "nn.functional.conv2d", "nn.functional.conv3d"), _OF_WINDOWS),
    "nn.functional.scaled_dot_product_attention": "it takes batches of heads: three or four dimensions",
    "unravel_index": "it takes integers and a shape, and is a division for each dimension",
}
RANKS: Mapping[str, tuple[int, ...]] = {"matrix": (1000, 1000), "batch": (16, 200, 200), "vector": (1000,)}
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
        """Ours over JAX's, each at least the least that counts."""
        least = LEAST * math.prod(RANKS[self.shape])
        return (
            _ratio(self.flops, self.jax_flops, least),
            _ratio(self.accessed, self.jax_accessed, 4 * least),
            _ratio(self.temporary, self.jax_temporary, 4 * least),
        )

    @property
    def worst(self) -> float:
        return max(self.ratios)


def _ratio(ours: float, theirs: float, least: float) -> float:
    return max(ours, least) / max(theirs, least)


def rows_of(counterpart: Counterpart) -> Iterator[Row]:
    """Yield the figures of a function, for each shape that one of its records takes."""
    found: list[Row] = []
    for shape in RANKS:
        if shape != "vector" or not found:
            found += _rows_of_shape(counterpart, shape)
    yield from found


def _rows_of_shape(counterpart: Counterpart, shape: str) -> list[Row]:
    is_counted = counterpart.jax and (counterpart.name, shape) not in LEFT_OUT
    own = records_of(counterpart.name) if is_counted else ()
    ways = (_programs(counterpart, record, RANKS[shape]) for each in own for record in (_with_letters(each), each))
    found = ([*_counted(counterpart.name, shape, *made)] for made in ways if made is not None)
    return next(filter(None, found), [])


def _with_letters(record: Op) -> Op:
    """Return a record whose cases have a letter where they have the number of a size, so that it may be large."""
    return replace(record, cases=tuple({name: _lettered(item) for name, item in row.items()} for row in record.rows))


def _lettered(item: Any) -> Any:
    is_sized = isinstance(item, (Shape, Index))
    return replace(item, names=re.sub(r"\b(\d+)\b", r"of_\1", item.names)) if is_sized else item


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
        if len(words) == len(sizes) and "*" not in words and not words[0].isdigit():
            letters = {word: size for word, size in zip(words, sizes, strict=True) if not word.isdigit()}
            return arguments_of(functools.partial(_by_letter, letters, sizes, place), record, dtype)
    return None


def _largest(sizes: tuple[int, ...], what: What, options: Sequence[Any]) -> Any:
    return sizes if what.sort == "shape" else CHOSEN.get(what.name, options[0])


def _by_letter(
    letters: Mapping[str, int], sizes: tuple[int, ...], place: int, what: What, options: Sequence[Any]
) -> Any:
    if what.sort == "place":
        return place
    return letters.get(what.name, sizes[-1]) if what.sort == "size" else CHOSEN.get(what.name, options[0])


_REFUSED = (TypeError, ValueError, RuntimeError, NotImplementedError, IndexError, OverflowError)


def _counted(name: str, shape: str, ours: Any, theirs: Any, shapes: Sequence[Any]) -> Iterator[Row]:
    for what, programs in {"result": _result, "gradient": _with_gradient}.items():
        try:
            figures = [_figures(*programs(function, shapes)) for function in (ours, theirs)]
        except _REFUSED:  # by one of the two
            continue
        yield Row(name, shape, what, *(number for pair in zip(*figures, strict=True) for number in pair))


def _result(function: Callable[..., Any], shapes: Sequence[Any]) -> tuple[Callable[..., Any], Sequence[Any]]:
    return function, shapes


def _with_gradient(function: Callable[..., Any], shapes: Sequence[Any]) -> tuple[Callable[..., Any], Sequence[Any]]:
    """Return the function of arrays and cotangents that gives results and gradients, and its arguments' shapes."""

    def of_floats(arrays: Sequence[Any], *floats: jax.Array) -> Any:
        each = iter(floats)
        results = function(*(next(each) if _is_float(array) else array for array in arrays))
        return [leaf for leaf in jax.tree.leaves(results) if _is_float(leaf)]

    def both(arrays: Sequence[Any], cotangents: Sequence[Any]) -> Any:
        results, pullback = jax.vjp(functools.partial(of_floats, arrays), *filter(_is_float, arrays))
        return results, pullback(cotangents)

    cotangents = jax.eval_shape(of_floats, shapes, *filter(_is_float, shapes))
    if not cotangents:
        raise TypeError("no result with a gradient")
    return both, (shapes, cotangents)


def _is_float(array: Any) -> bool:
    return jnp.issubdtype(array.dtype, jnp.inexact)


def _figures(function: Callable[..., Any], shapes: Sequence[Any]) -> tuple[float, float, float]:
    compiled = jax.jit(function).lower(*shapes).compile(compiler_options=dict(QUICK))
    cost: Any = compiled.cost_analysis() or {}
    memory: Any = compiled.memory_analysis()
    operations = cost.get("flops", 0.0) + cost.get("transcendentals", 0.0)
    return operations, cost.get("bytes accessed", 0.0), float(memory.temp_size_in_bytes)


def reasons() -> dict[str, str]:
    """Return why a function costs more, by its name."""
    with REASONS.open(newline="", encoding="utf-8") as opened:
        return {line["function"]: line["reason"] for line in csv.DictReader(opened)}


def read(file: Path = DATA) -> list[Row]:
    with file.open(newline="", encoding="utf-8") as opened:
        return [Row(*line[:3], *map(float, line[3:])) for line in list(csv.reader(opened))[1:]]


def worst_rows(found: Sequence[Row]) -> list[Row]:
    """Return the row of each function in which it costs most beside JAX."""
    worst: dict[str, Row] = {}
    for row in found:
        worst[row.name] = max(worst.get(row.name, row), row, key=lambda each: each.worst)
    return [*worst.values()]


def as_markdown(found: Sequence[Row]) -> str:
    """The table of a page: how many hold, each function that costs more with the reason, and what is not counted."""
    worst, why = worst_rows(found), reasons()
    within = sum(row.worst <= TARGET for row in worst)
    head = (
        f"{within} of {len(worst)} functions cost at most {TARGET} times what JAX's counterpart costs. The others:\n\n"
    )
    dearer = sorted((row for row in worst if row.worst > TARGET), key=lambda row: row.name)
    lines = [(f"`{row.name}`", row.what, row.shape, *_shown(row), why.get(row.name, "")) for row in dearer]
    table = markdown(("function", "what", "shape", "operations", "bytes", "memory", "why"), lines, range(3, 6))
    left_out = [(f"`{name}`", reason) for name, reason in UNCOUNTED.items()]
    tail = f"\n{len(left_out)} functions with a counterpart are not counted:\n\n"
    return head + table + tail + markdown(("function", "why"), left_out, range(0))


def _shown(row: Row) -> list[str]:
    return [f"{ratio:.2f}" if ratio <= TARGET else f"**{ratio:.2f}**" for ratio in row.ratios]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, metavar="FILE", help="keep the figures as CSV")
    parser.add_argument("names", nargs="*", help="the functions to count; all if none is named")
    arguments = parser.parse_args()
    jax.config.update("jax_platforms", "cpu")
    kept: list[Row] = []

    def shown() -> Iterator[tuple[str, ...]]:
        for name, counterpart in counterparts().items():
            if not arguments.names or name in arguments.names:
                for row in rows_of(counterpart):
                    kept.append(row)
                    yield name, row.shape, row.what, *_shown(row), holds(row.worst <= TARGET)

    show(("function", "shape", "what", "operations", "bytes", "memory", "holds"), shown(), ABOUT)
    if arguments.to:
        before = read(arguments.to) if arguments.names and arguments.to.exists() else []
        found = [*(row for row in before if row.name not in arguments.names), *kept]
        order = [*counterparts()]
        keep(arguments.to, sorted(found, key=lambda row: order.index(row.name)))


if __name__ == "__main__":
    main()
