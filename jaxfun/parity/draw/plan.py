"""The plan of a check: strategies for all arguments, and configurations (dtype, shapes) that both functions accept.

Begin at `plan_of`. `_Settling` searches for shapes: ordinary ones first, then typical ones, then sizes that appear in
the functions' error messages. The last part describes the plan in words, for the report's `inputs`.
"""

import itertools
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from .accepts import BothFunctions, Refusals
from .arguments import DrawnArguments, Leaf, arguments, array_of, drawn_many, leaves_of, mapped_leaves
from .cases import path_in_words
from .given import like, range_of, with_layout
from .layout import Layout
from .shapes import NAMED, SHAPES, Configuration, Example, sizes_of
from .signature import inputs_of, keywords_of
from .strategies import Constant, Drawn
from .typical import RANKS, typical_of

DTYPES = ("float32", "float64")
_ALSO = ("int64", "bool", "complex64")  # tried if a function accepts no floating point tensor
_ORDINARY = ("2-dim", "1-dim", "size 1", "4-dim")
_FEW_DIMENSIONS = ("2-dim", "1-dim")
_WHERE_BOTH = ("4-dim",)  # drawn only if both sides accept it
_SECONDS = 20.0  # time limit of the search for shapes
_ATTEMPTS = 16  # attempts with sizes from error messages, for each rank
_LARGEST = 4096


@dataclass
class Plan:
    """The strategies for all arguments, and the configurations to draw them in.

    `lines` describe each argument: drawn how, or fixed at what. `refused` is the reference's error, if it raised for
    everything that was tried.
    """

    inputs: list[Any]
    kwargs: dict[str, Any]
    configurations: list[Configuration] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    refused: str = ""


def plan_of(
    candidate: Callable[..., Any],
    reference: Callable[..., Any],
    inputs: Sequence[Any],
    kwargs: Mapping[str, Any],
    dtypes: Sequence[str] | None = None,
    device: str = "cpu",
) -> Plan:
    """Return the plan for two functions: the given inputs, or inputs that both functions accept."""
    both = BothFunctions(candidate, reference, device)
    plan = Plan(
        list(inputs or inputs_of(candidate, reference)), dict(kwargs) or ({} if inputs else keywords_of(candidate))
    )
    _stand_for_arrays(plan, both)
    settling = _Settling(both, plan, (dtypes or DTYPES)[0])
    kinds = settling.kinds()
    plan.refused = settling.refusal_of(kinds)
    all_dtypes = _dtypes(settling, dtypes)
    # the first dtype gets all kinds of shapes; for another dtype one kind is enough
    plan.configurations = [replace(item, dtype=all_dtypes[0]) for item in kinds]
    plan.configurations += [replace(kinds[0], dtype=dtype) for dtype in all_dtypes[1:]]
    plan.lines = _lines(candidate, settling, kinds) + [f"not drawn: {text}" for text in settling.left_out]
    return plan


def _dtypes(settling: "_Settling", asked: Sequence[str] | None) -> Sequence[str]:
    """Return the dtypes to draw in: the requested ones, else those of the user's arrays, else float32 and float64."""
    if settling.dtype in _ALSO:
        return [settling.dtype]
    if asked is not None:
        return asked
    own = {str(leaf.value.dtype) for leaf in settling.leaves() if _is_own(leaf)}
    if own & {"float64", "complex128"}:
        return ["float64"]
    is_varied = "dtype" in settling.asked or own & {"float32", "complex64"}
    return DTYPES if is_varied else [next(iter(sorted(own & {"float16", "bfloat16"})), DTYPES[0])]


def _is_own(leaf: Leaf) -> bool:
    if not isinstance(leaf.value, np.ndarray):
        return False
    layout = leaf.value.layout if isinstance(leaf.value, Drawn) else None
    return layout is None or layout.is_own


# arrays that the user gives


def _stand_for_arrays(plan: Plan, both: BothFunctions) -> None:
    """Replace all arrays (NumPy, JAX or PyTorch) in the plan by strategies."""
    given = [mapped_leaves(array_of, item) for item in (plan.inputs, plan.kwargs)]
    arrays = [leaf for leaf in leaves_of(tuple(given)) if isinstance(leaf.value, np.ndarray) and not leaf.is_constant]
    whole = {id(leaf.value): _of_integers(both, given, leaf.value) for leaf in arrays if leaf.value.dtype.kind in "iu"}

    def standing(leaf: Any) -> Any:
        if isinstance(leaf, np.ndarray):
            return whole[id(leaf)] if id(leaf) in whole else like(leaf)
        return with_layout(leaf) if isinstance(leaf, st.SearchStrategy) else leaf

    def kept(value: Any) -> Any:
        return Constant(_fixed(value.value)) if isinstance(value, Constant) else mapped_leaves(standing, value)

    plan.inputs = [kept(item) for item in given[0]]
    plan.kwargs = {name: kept(item) for name, item in given[1].items()}


def _fixed(value: Any) -> Any:
    return mapped_leaves(lambda leaf: st.just(leaf) if isinstance(leaf, np.ndarray) else leaf, value)


def _of_integers(both: BothFunctions, given: Sequence[Any], array: np.ndarray) -> st.SearchStrategy[Any]:
    """Return a strategy for integers that the reference accepts in place of an array.

    They are int64 if the reference rejects the array's own dtype: JAX's integers are int32 by default, and PyTorch's
    losses reject int32 labels.
    """

    def takes(other: np.ndarray) -> bool:
        def replaced(leaf: Any) -> Any:
            return other if leaf is array else like(leaf) if isinstance(leaf, np.ndarray) and _is_float(leaf) else leaf

        inputs, kwargs = ([mapped_leaves(replaced, item) for item in given[0]], mapped_leaves(replaced, given[1]))
        (drawn, *_) = drawn_many(arguments(inputs, kwargs, _plain(Configuration())), 1, 0)
        return both.called(drawn)[1] is None

    long = array.astype(np.int64)
    taken = array if takes(array) or not takes(long) else long
    return like(taken, *range_of(taken, takes, _sizes_of(given)))


def _is_float(array: np.ndarray) -> bool:
    return array.dtype.kind in "fcV"


def _sizes_of(given: Sequence[Any]) -> list[int]:
    """Return the sizes of all given arrays: one may be that of an indexed table."""
    drawn = drawn_many(arguments(given[0], given[1], _plain(Configuration())), 1, 0)
    leaves = leaves_of((drawn[0].args, drawn[0].kwargs)) if drawn else []
    return [size for leaf in leaves for size in np.shape(leaf.value)]


def _plain(configuration: Configuration) -> Callable[[int], Example]:
    return lambda number: Example(configuration, number, is_plain=True)


# shapes


class _Settling:
    """The search for kinds of shapes that both sides accept."""

    def __init__(self, both: BothFunctions, plan: Plan, dtype: str) -> None:
        self.both, self.plan, self.dtype = both, plan, dtype
        self.drawn: dict[Configuration, list[DrawnArguments]] = {}
        self.count = 12  # examples, to see which arguments other than tensors vary
        several = self._draw(Configuration(dtype))
        self.first, self.asked = several[0], several[0].example.asked
        self.varied = _varied(several)
        self.left_out: list[str] = []  # kinds of shapes that are not drawn, each with the reason
        self.count = 3 if self.varied else 1
        self._ends = time.perf_counter() + _SECONDS

    def leaves(self, configuration: Configuration | None = None) -> list[Leaf]:
        """Return the leaves of the arguments in a configuration."""
        drawn = self._draw(configuration)[0] if configuration else self.first
        return leaves_of((drawn.args, drawn.kwargs))

    def kinds(self) -> list[Configuration]:
        """Return a configuration for each kind of shapes to draw."""
        if not self.asked & {"shape", "names"}:
            return [Configuration(self.dtype, "as given")]
        if "shape" not in self.asked:
            return self._named()
        found = self._unnamed()
        taken = {item.shape for item in found if self._refusals(item).is_taken} & {*_ORDINARY}
        if "2-dim" not in taken:
            found = self._typical(reads_off=not taken) + found
        taken |= {item.shape for item in found if item.shape in NAMED}
        if not taken:
            return self._of_another_dtype() or found or self._all(SHAPES)
        return [item for item in found if self._is_drawn(item, taken)]

    def _is_drawn(self, item: Configuration, taken: set[str]) -> bool:
        """Return whether to draw a kind of shapes, and note the reason if not.

        A kind that only one side accepts is drawn, to compare the errors, with exceptions: an ordinary kind that
        the reference rejects is not what the function is for; and a candidate for matrices may reject a vector.
        """
        refusals = self._refusals(item)
        if item.shape in NAMED or refusals.is_alike or (refusals.is_taken and not taken & {*NAMED}):
            return True
        if refusals.is_taken:
            self.left_out.append(f"{item.shape}: the results have different shapes")
            return False
        is_refused = item.shape in _ORDINARY and (refusals.reference is not None or item.shape == "1-dim")
        is_drawn = bool(taken & {*_FEW_DIMENSIONS}) and not is_refused
        if not is_drawn:
            side, error = ("candidate", refusals.candidate) if refusals.candidate else ("reference", refusals.reference)
            self.left_out.append(f"{item.shape}: only the {side} rejects it, {_first_line(error)}")
        return is_drawn

    def _all(self, kinds: Mapping[str, Any]) -> list[Configuration]:
        return [Configuration(self.dtype, kind, sizes_of(kind)[0]) for kind in kinds]

    def _named(self, shapes: Sequence[str] = ()) -> list[Configuration]:
        """Return the configurations for named sizes, each with sizes that the reference accepts, if possible."""
        found = [item for kind in NAMED if (item := self._of_kind(kind, shapes)) is not None]
        return found or [Configuration(self.dtype, kind, sizes_of(kind, shapes)[0]) for kind in NAMED]

    def _of_kind(self, kind: str, shapes: Sequence[str] = ()) -> Configuration | None:
        options = [Configuration(self.dtype, kind, sizes) for sizes in sizes_of(kind, shapes)]
        taken = next((item for item in options if self._refusals(item).reference is None), None)
        return taken or next((item for item in options if not self._refusals(item).is_refused), None)

    def _unnamed(self) -> list[Configuration]:
        found = [self._of_kind(kind) for kind in SHAPES]
        return [
            item
            for item in found
            if item is not None and (item.shape not in _WHERE_BOTH or self._refusals(item).is_taken)
        ]

    def _typical(self, reads_off: bool) -> list[Configuration]:
        """Return the configurations for the first named shapes that both sides accept.

        Typical shapes are tried first; with `reads_off`, then shapes with sizes from the error messages.
        """
        taken: list[tuple[str, ...]] = []
        for words in self._words(self.first.example.tensors, reads_off):
            refusals = [self._refusals(self._of(words, place)) for place in range(len(NAMED["different sizes"]))]
            if any(item.is_alike for item in refusals):
                return self._named(words)
            taken += [words] if any(item.is_taken for item in refusals) else []
            if time.perf_counter() > self._ends:
                break
        return self._named(taken[0]) if taken else []

    def _of(self, words: tuple[str, ...], place: int = 0) -> Configuration:
        return Configuration(self.dtype, "different sizes", sizes_of("different sizes", words)[place])

    def _words(self, count: int, reads_off: bool) -> Iterator[tuple[str, ...]]:
        read_off = [self._read_off(rank, count) for rank in (RANKS if reads_off else ())]
        return itertools.chain(typical_of(count), *read_off)

    def _read_off(self, rank: str, count: int) -> Iterator[tuple[str, ...]]:
        """Yield shapes of a rank in which sizes from the error messages replace one dimension after another."""
        tried, left = {rank}, [rank]
        for _ in range(_ATTEMPTS):
            if not left:
                return
            words = left.pop(0)
            yield (words,) * count
            for number in _numbers_in(self._refusals(self._of((words,) * count))):
                others = [_with(words, at, number) for at in range(len(words.split()))]
                left += [other for other in others if other not in tried]
                tried.update(others)

    def _of_another_dtype(self) -> list[Configuration]:
        """Return the configurations in another dtype that both sides accept, if they accept no floating point one."""
        for dtype in _ALSO if "dtype" in self.asked else ():
            settling = _Settling(self.both, self.plan, dtype)
            found = [item for item in settling._unnamed() if settling._refusals(item).is_taken]
            if any(item.shape in _ORDINARY for item in found):
                self.dtype, self.drawn = dtype, settling.drawn
                return found
        return []

    # Drawing arguments, and trying them on both sides.

    def _draw(self, configuration: Configuration) -> list[DrawnArguments]:
        if configuration not in self.drawn:
            strategy = arguments(self.plan.inputs, self.plan.kwargs, _plain(configuration))
            self.drawn[configuration] = drawn_many(strategy, self.count, 0)
        return self.drawn[configuration]

    def _refusals(self, configuration: Configuration) -> Refusals:
        found = [self.both.refusals(self._draw(configuration)[0])]
        if not found[0].is_taken:  # another drawn example, with another `dim` for instance, may be accepted
            found += [self.both.refusals(item) for item in self._draw(configuration)[1:]]
        return next((item for item in found if item.is_taken), found[0])

    def refusal_of(self, kinds: Sequence[Configuration]) -> str:
        """Return the reference's error if it rejects all of the kinds, else ""."""
        refused = [self._refusals(item).reference for item in kinds]
        first = next((error for error in refused if error is not None), None)
        return "" if first is None or None in refused else _first_line(first)


def _varied(several: Sequence[DrawnArguments]) -> set[int]:
    """Return the positions of the leaves that are not tensors and vary between examples."""
    each = [[_static(leaf.value) for leaf in leaves_of((item.args, item.kwargs))] for item in several]
    return {at for at, values in enumerate(zip(*each, strict=False)) if len(set(values)) > 1}


def _static(value: Any) -> str:
    return "" if isinstance(value, np.ndarray) else repr(value)


def _first_line(error: Exception | None) -> str:
    return f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error) else ''}"


def _numbers_in(refusals: Refusals) -> list[int]:
    """Return the sizes that an error message contains, first those that were not drawn."""
    text = str(refusals.reference or refusals.candidate)
    numbers = [int(number) for number in dict.fromkeys(re.findall(r"\d+", text)) if 0 < int(number) <= _LARGEST]
    return sorted(numbers, key=lambda number: number in NAMED["different sizes"][0])[:_ATTEMPTS]


def _with(words: str, place: int, number: int) -> str:
    return " ".join(str(number) if at == place else word for at, word in enumerate(words.split()))


# in words


def _lines(candidate: Callable[..., Any], settling: _Settling, kinds: Sequence[Configuration]) -> list[str]:
    """Return a line for each leaf of the arguments: its shapes and dtype if it is drawn, or its fixed value."""
    drawn = [settling.leaves(item) for item in kinds]
    lines = []
    for at, leaf in enumerate(drawn[0]):
        alike = [leaves[at].value for leaves in drawn if len(leaves) > at]
        said = (
            _of_an_array(leaf, alike)
            if isinstance(leaf.value, np.ndarray)
            else _of_a_value(leaf, at in settling.varied)
        )
        lines.append(f"{path_in_words(candidate, leaf.path)}: {said}")
    return lines


def _of_a_value(leaf: Leaf, is_varied: bool) -> str:
    return "drawn" if is_varied else f"fixed at {leaf.value!r:.60}"


def _of_an_array(leaf: Leaf, alike: Sequence[Any]) -> str:
    layout = leaf.value.layout if isinstance(leaf.value, Drawn) else None
    shapes = ", ".join(dict.fromkeys(str(list(item.shape)) for item in alike if isinstance(item, np.ndarray)))
    has_none = leaf.is_constant or (layout is not None and layout.is_constant)
    kind = f"{leaf.value.dtype} {shapes}, as given" if layout is None else f"{_kind_in_words(layout)} {shapes}"
    numbers = "" if layout is None else _numbers_in_words(layout)
    return f"{kind}{numbers}{', constant: no derivative is taken' if has_none else ''}"


def _kind_in_words(layout: Layout) -> str:
    kind = "floating point" if layout.dtype in (*DTYPES, "bfloat16", "float16") else layout.dtype
    return f"{kind} ({layout.structure})" if layout.structure else kind


def _numbers_in_words(layout: Layout) -> str:
    if layout.low is not None and layout.high is not None:
        return f", from {layout.low:g} to {layout.high:g}"
    if layout.is_bounded:
        return f", at least {layout.low:g}" if layout.low is not None else f", at most {layout.high:g}"
    return ", finite" if layout.finite else ""
