"""The cases of a check: the arguments of a configuration, grouped by compilation, each with many value sets.

Begin at `Cases.drawn`. A case is compiled once; its value sets are stacked and evaluated together.
"""

import functools
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import jax
import numpy as np

from ...core.record import Op
from ..known.difference import Held
from ..known.lookup import held, records_of
from ..run.case import Arguments, Case, Slot
from ..run.constants import calls, constants_of, program_of
from ..run.outcome import outcome
from .arguments import DrawnArguments, Leaf, arguments, drawn_many, leaves_of, mapped_leaves, of_side
from .given import in_turn
from .layout import Layout
from .shapes import Configuration, Example, drawing
from .signature import parameters_of
from .strategies import Drawn
from .turns import turns_of, value_sets

_MOST_ELEMENTS = 2**23  # elements of all value sets of a case together
_FEWEST = 2  # value sets of a case, at least
_TRIED = 24  # examples to draw, to see whether arguments that are not tensors vary
# groups of arguments that are compiled separately: for the first configuration, and for each later one
_MOST_GROUPS = 4, 2
_GIVEN = "given"


@dataclass
class Cases:
    """The cases of one check, configuration by configuration.

    The strata continue where the last case ended, so that all cases together cover all strata with few value sets.
    """

    candidate: Callable[..., Any]
    inputs: Sequence[Any]
    kwargs: dict[str, Any]
    spoken: Callable[[str], str] = str  # turns a tensor's path into a shown name
    applied: set[str] = field(default_factory=set)  # the strata that apply, and should be covered
    constants: list[float] = field(default_factory=list)  # numbers in the candidate's jaxpr, for the last case
    notes: list[str] = field(default_factory=list)
    is_wide: ClassVar[bool] = False  # whether JAX's 64-bit types are needed for every dtype
    _is_finite: bool = False  # whether NaN and infinity are left out
    _begun: dict[Any, int] = field(default_factory=dict)  # the number of value sets drawn, by the tuple of strata

    def drawn(self, configuration: Configuration, sets: int, seed: int) -> list[Case]:
        """Return the cases of a configuration, with `sets` value sets in total."""
        few = self._examples(configuration, _TRIED, seed)
        program = self._program(few[0])
        self.constants = constants_of(program)
        # LAPACK's SVD of a matrix with infinity may never return, and cannot be interrupted
        self._is_finite = calls(program, "svd")
        sets = self._affordable(few[0], sets)
        is_own = any(map(_is_of_the_user, _leaves(few[0])))
        drawn = self._examples(configuration, sets, seed) if is_own else few
        groups = _grouped(drawn)
        most, kept = _MOST_GROUPS[bool(self._begun)], groups
        if len(groups) > most:
            kept = sorted(groups, key=lambda group: (self._is_taken(group[0]), len(group)), reverse=True)[:most]
            kinds = "combinations of shapes, dtypes and other values"
            self._note(f"{len(kept)} of {len(groups)} drawn {kinds} were compared: the most frequent ones")
        shares = _shares([len(group) for group in kept], sets)
        return [self._case(group, count, seed + at) for at, (group, count) in enumerate(zip(kept, shares, strict=True))]

    def one_by_one(self, configuration: Configuration, seed: int) -> Iterator[Case]:
        """Yield an endless sequence of cases with one value set each, to save memory."""
        for number in itertools.count(seed):
            drawn = self._examples(configuration, 1, number)
            self.constants = self.constants or constants_of(self._program(drawn[0]))
            yield self._case(drawn, 1, number)

    def _affordable(self, drawn: DrawnArguments, sets: int) -> int:
        """Limit the number of value sets by memory, and note it if they are fewer than requested."""
        numbers = sum(np.size(leaf.value) for leaf in _leaves(drawn) if isinstance(leaf.value, np.ndarray))
        most = max(_MOST_ELEMENTS // max(numbers, 1), _FEWEST)
        if most < sets:
            self._note(f"{most} value sets instead of {sets:,}, because the inputs are large")
        return min(most, sets)

    def _note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)

    def _examples(self, configuration: Configuration, count: int, seed: int) -> list[DrawnArguments]:
        def example(number: int) -> Example:
            return Example(configuration, number, constants=tuple(self.constants))

        found = drawn_many(arguments(self.inputs, self.kwargs, example), min(count, _TRIED), seed)
        if count > _TRIED and len(found) == _TRIED:
            numbers_in_one = sum(np.size(leaf.value) for leaf in _leaves(found[0]))
            found = drawn_many(arguments(self.inputs, self.kwargs, example), count, seed, numbers_in_one)
        return [_in_turn(item, configuration) for item in found]

    def _program(self, drawn: DrawnArguments) -> Any:
        arrays, ours, _ = _placed(drawn)
        return program_of(functools.partial(self._called, ours), arrays)

    def _is_taken(self, drawn: DrawnArguments) -> bool:
        """Return whether the candidate accepts arguments: those it rejects show less, and come last."""
        arrays, ours, _ = _placed(drawn)
        return outcome(lambda: jax.eval_shape(functools.partial(self._called, ours), *arrays))[1] is None

    def _called(self, ours: Arguments, *tensors: Any) -> Any:
        args, kwargs = ours.filled(tensors, lambda dtype: dtype)
        return self.candidate(*args, **kwargs)

    def _case(self, group: Sequence[DrawnArguments], sets: int, seed: int) -> Case:
        first = group[0]
        leaves = [leaf for leaf in _leaves(first) if isinstance(leaf.value, np.ndarray)]
        _, ours, theirs = _placed(first)
        names = tuple(self._name(leaf.path) for leaf in leaves)
        rows = [[leaf.value for leaf in _leaves(item) if isinstance(leaf.value, np.ndarray)] for item in group]
        layouts = {at: self._bounded(layout) for at, leaf in enumerate(leaves) if (layout := layout_of(leaf.value))}
        stacks, strata = self._stacks(group, rows, layouts, names, sets, seed)
        constant = frozenset(
            at for at, leaf in enumerate(leaves) if leaf.is_constant or (at in layouts and layouts[at].is_constant)
        )
        admits = functools.partial(_admits, layouts, tuple(stacks))
        known = functools.partial(_known, records_of(self.candidate), ours)
        return Case(tuple(stacks), ours, theirs, tuple(strata), seed, constant, names, known=known, admits=admits)

    def _stacks(
        self,
        group: Sequence[DrawnArguments],
        rows: Sequence[Sequence[np.ndarray]],
        layouts: dict[int, Layout],
        names: Sequence[str],
        sets: int,
        seed: int,
    ) -> tuple[list[np.ndarray], list[str]]:
        """Return each tensor's value sets: by strata if the tensor has a layout, else as Hypothesis drew them."""
        if not layouts:
            labels = [_label_of(item.example) for item in group]
            self.applied.update(labels)
            return [np.stack(items) for items in zip(*rows, strict=True)], labels
        own = [at for at, layout in layouts.items() if layout.is_own]
        filled_rows, labels = self._filled([*layouts.values()], [names[at] for at in layouts], sets, bool(own), seed)
        by_place = dict(zip(layouts, map(list, zip(*filled_rows, strict=True)), strict=True))
        given = [rows[at % len(rows)] for at in range(sets)]
        for at in own:  # every second value set is as Hypothesis drew it
            by_place[at][1::2] = [row[at] for row in given[1::2]]
        if len(own) == len(rows[0]):
            labels[1::2] = [_GIVEN] * (sets // 2)
        places = range(len(rows[0]))
        return [np.stack(by_place[at] if at in by_place else [row[at] for row in given]) for at in places], labels

    def _filled(
        self, layouts: Sequence[Layout], names: Sequence[str], sets: int, is_doubled: bool, seed: int
    ) -> tuple[list[list[np.ndarray]], list[str]]:
        """Return value sets by strata, continuing after the last case of these; `is_doubled`: each turn twice."""
        turns = turns_of(layouts, names)
        kinds = tuple(turn.label for turn in turns)
        self.applied.update(kinds)
        times = 2 if is_doubled else 1
        start = self._begun.get(kinds, 0)
        self._begun[kinds] = start + -(-sets // times)
        rng = np.random.default_rng(seed)
        return value_sets(
            [turn for turn in turns for _ in range(times)], layouts, start * times, sets, self.constants, rng
        )

    def _bounded(self, layout: Layout) -> Layout:
        if not self._is_finite or layout.finite:
            return layout
        self._note("NaN and infinity were not drawn: the candidate calls LAPACK's SVD, which may never return for them")
        return replace(layout, finite=True)

    def _name(self, path: tuple[Any, ...]) -> str:
        return self.spoken(path_in_words(self.candidate, path))


def path_in_words(candidate: Callable[..., Any], path: tuple[Any, ...]) -> str:
    """Return the shown name of a leaf of the arguments: `x`, `params['W']`."""
    kind, which, *rest = path
    if kind.idx:
        name = str(which.key).partition("|")[0]
    else:
        known = parameters_of(candidate)
        name = known[which.idx] if which.idx < len(known) else f"argument {which.idx}"
    return name + jax.tree_util.keystr(tuple(rest))


def layout_of(item: Any) -> Layout | None:
    """Return the layout that an array was drawn with, None if the user's own strategy drew it."""
    return item.layout if isinstance(item, Drawn) else None


def _leaves(drawn: DrawnArguments) -> list[Leaf]:
    return leaves_of((drawn.args, drawn.kwargs))


def _known(
    records: Sequence[Op], ours: Arguments, level: str, tensors: Sequence[np.ndarray], device: str
) -> Held | None:
    """Return the known difference that applies to a value set; only jaxfun's own functions have any."""
    return held(records, level, *ours.filled(tensors, lambda dtype: dtype), device) if records else None


def _is_of_the_user(leaf: Leaf) -> bool:
    """Return whether a leaf is an array that Hypothesis must draw anew for each value set."""
    layout = layout_of(leaf.value)
    return isinstance(leaf.value, np.ndarray) and (layout is None or layout.is_own)


def _placed(drawn: DrawnArguments) -> tuple[list[np.ndarray], Arguments, Arguments]:
    """Split arguments: return the arrays, and the arguments of both sides with a `Slot` for each array."""
    arrays: list[np.ndarray] = []

    def placed(leaf: Any) -> Any:
        if not isinstance(leaf, np.ndarray):
            return leaf
        arrays.append(leaf)
        return Slot(len(arrays) - 1)

    args, kwargs = mapped_leaves(placed, drawn.args, marked=False), mapped_leaves(placed, drawn.kwargs, marked=False)
    ours, theirs = (Arguments(args, of_side(kwargs, side)) for side in (0, 2))
    return arrays, ours, theirs


def _grouped(drawn: Sequence[DrawnArguments]) -> list[list[DrawnArguments]]:
    """Group arguments that share one compilation: the same structure, shapes, dtypes and values of other leaves."""
    groups: dict[str, list[DrawnArguments]] = {}
    for item in drawn:
        groups.setdefault(_key(item), []).append(item)
    return [*groups.values()]


def _key(drawn: DrawnArguments) -> str:
    def kind(leaf: Any) -> Any:
        return (leaf.shape, str(leaf.dtype), layout_of(leaf)) if isinstance(leaf, np.ndarray) else leaf

    return repr(mapped_leaves(kind, (drawn.args, drawn.kwargs)))


def _shares(counts: Sequence[int], sets: int) -> list[int]:
    """Return the number of value sets of each group, in proportion to its count, at least one."""
    total = sum(counts)
    return [max(sets * count // total, 1) for count in counts]


def _label_of(example: Example) -> str:
    """Return the label of an example's strata; "given" if only the user's own strategies drew it."""
    return " and ".join(dict.fromkeys(example.strata)) or _GIVEN


def _in_turn(drawn: DrawnArguments, configuration: Configuration) -> DrawnArguments:
    """Cast the floating point arrays of the user's own strategies to the precision of the configuration."""

    def cast(leaf: Any) -> Any:
        if not isinstance(leaf, np.ndarray) or layout_of(leaf) is not None:
            return leaf
        with drawing(Example(configuration)):
            return in_turn(leaf)

    return DrawnArguments(mapped_leaves(cast, drawn.args), mapped_leaves(cast, drawn.kwargs), drawn.example)


def _admits(layouts: dict[int, Layout], drawn: Sequence[np.ndarray], tensors: Sequence[np.ndarray]) -> bool:
    """Return whether the strategies could have drawn a value set: shrinking must not leave them."""
    if len(tensors) != len(drawn) or not _fit(layouts, drawn, tensors):
        return False
    if not all(layout.admits(np.asarray(tensors[at])) for at, layout in layouts.items()):
        return False
    given = [at for at in range(len(drawn)) if at not in layouts]
    return not given or any(
        all(np.array_equal(drawn[at][row], tensors[at], equal_nan=_has_nan(drawn[at])) for at in given)
        for row in range(len(drawn[given[0]]))
    )


def _has_nan(array: np.ndarray) -> bool:
    return array.dtype.kind in "fc"


def _fit(layouts: dict[int, Layout], drawn: Sequence[np.ndarray], tensors: Sequence[np.ndarray]) -> bool:
    """Return whether the strategies could have drawn the shapes: each name has one size, and numbers are fixed."""
    sizes: dict[str, int] = {}
    for at, layout in layouts.items():
        shape = np.shape(tensors[at])
        if layout.words is None:
            continue
        if len(shape) != len(layout.words):
            return False
        for word, size in zip(layout.words, shape, strict=True):
            if size != (int(word) if word.isdigit() else sizes.setdefault(word, size)):
                return False
    free = [at for at, layout in layouts.items() if layout.words is None]
    were_equal = len({drawn[at].shape[1:] for at in free}) == 1
    return not were_equal or len({np.shape(tensors[at]) for at in free}) <= 1
