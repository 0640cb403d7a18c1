"""Arguments that contain strategies at any depth: draw them, and find the array leaves. Begin at `arguments`."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import hypothesis
import jax
import numpy as np
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from ..run import pytrees, torch_side
from ..run.outcome import outcome
from .shapes import Example, drawing
from .storage import no_folder_left
from .strategies import Constant, Dependent, Several


def is_strategy(value: Any) -> bool:
    """Return whether a value is a strategy."""
    return isinstance(value, (st.SearchStrategy, Dependent))


def mapped_leaves(function: Callable[[Any], Any], value: Any, marked: bool = True) -> Any:
    """Apply a function to every leaf of a pytree, also inside dataclasses and `Constant`.

    With `marked`, the result of a `Constant` is a `Constant` again; otherwise the mark is removed.

    >>> mapped_leaves(lambda leaf: leaf + 1, {"a": [1, 2], "b": Constant(3)})
    {'a': [2, 3], 'b': Constant(value=4)}
    """

    def each(leaf: Any) -> Any:
        if not isinstance(leaf, Constant):
            return function(leaf)
        inner = mapped_leaves(function, leaf.value, marked)
        return Constant(inner) if marked else inner

    return pytrees.mapped(each, value, _is_whole)


def of_side(kwargs: Mapping[str, Any], side: int) -> dict[str, Any]:
    """Return the keyword arguments of one side (0 the candidate, 2 the reference), resolving names like "axis|dim".

    A side whose name is empty does not get the argument.

    >>> of_side({"axis|dim": 1, "|out": 2, "keep": 3}, 0)
    {'axis': 1, 'keep': 3}
    """
    names = {name: name.partition("|")[side] if "|" in name else name for name in kwargs}
    return {names[name]: value for name, value in kwargs.items() if names[name]}


def _is_whole(value: Any) -> bool:
    return isinstance(value, (Constant, Dependent, st.SearchStrategy))


def _is_taken_apart_here(value: Any) -> bool:
    return _is_whole(value) or pytrees.is_record(value)


class Leaf(NamedTuple):
    """A leaf of the arguments: its path, its value, and whether it is a `Constant` (gets no derivative)."""

    path: tuple[Any, ...]
    value: Any
    is_constant: bool


def leaves_of(value: Any, path: tuple[Any, ...] = (), is_constant: bool = False) -> list[Leaf]:
    """Return the leaves of a pytree in the order of `mapped_leaves`, each with its JAX key path."""
    found: list[Leaf] = []
    for keys, leaf in jax.tree_util.tree_flatten_with_path(value, is_leaf=_is_taken_apart_here)[0]:
        here = (*path, *keys)
        if isinstance(leaf, Constant):
            found += leaves_of(leaf.value, here, True)
        elif pytrees.is_record(leaf) and not _is_whole(leaf):
            for name in pytrees.fields_of(leaf):
                found += leaves_of(getattr(leaf, name), (*here, jax.tree_util.GetAttrKey(name)), is_constant)
        else:
            found.append(Leaf(here, leaf, is_constant))
    return found


def array_of(value: Any) -> Any:
    """Convert a JAX array or PyTorch tensor to NumPy, and `Several` to a tuple; return anything else unchanged."""
    if isinstance(value, Several):
        return tuple(value)
    if torch_side.is_tensor(value):
        return torch_side.numpy(value)
    return np.asarray(value) if isinstance(value, jax.Array) and not pytrees.is_key(value) else value


class DrawnArguments(NamedTuple):
    """Drawn arguments, and the `Example` that records how they were drawn."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    example: Example


@st.composite
def arguments(draw: st.DrawFn, inputs: Sequence[Any], kwargs: dict[str, Any], example: Callable[[int], Example]) -> Any:
    """Return a strategy for positional and keyword arguments, drawn in order; `example(number)` makes the `Example`."""
    args: list[Any] = []

    def leaf(value: Any) -> Any:
        strategy = value.make(args) if isinstance(value, Dependent) else value
        return draw(strategy) if isinstance(strategy, st.SearchStrategy) else strategy

    def whole(value: Any) -> Any:
        return mapped_leaves(array_of, mapped_leaves(leaf, value))

    with drawing(example(draw(st.integers(0, 2**16)))) as current, np.errstate(all="ignore"):
        for given in inputs:
            is_constant = isinstance(given, Constant)
            value = given.value if isinstance(given, Constant) else given
            drawn = leaf(value) if is_strategy(value) else value
            parts = [whole(part) for part in (drawn if isinstance(drawn, Several) else (drawn,))]
            args.extend(map(Constant, parts) if is_constant else parts)
        named = {name: whole(item) for name, item in kwargs.items()}
    return DrawnArguments(tuple(args), named, current)


# draw several examples as one Hypothesis example, which costs a millisecond, up to Hypothesis's limit on its size
_AT_ONCE = 8
_MOST_NUMBERS = 400


def drawn_many(strategy: st.SearchStrategy[Any], count: int, seed: int, numbers: int = 1) -> list[Any]:
    """Draw `count` examples from a strategy; fewer, if it has no more.

    `numbers` is the count of numbers in one example.
    """
    at_once = min(_MOST_NUMBERS // max(numbers, 1), _AT_ONCE)
    if count > at_once > 1:
        lists = st.lists(strategy, min_size=at_once, max_size=at_once)
        found, error = outcome(lambda: _drawn(lists, -(-count // at_once), seed))
        if error is None and len(found) * at_once >= count:
            return [item for items in found for item in items][:count]
    return _drawn(strategy, count, seed)  # one by one: too large to draw several at once, or too few distinct examples


def _drawn(strategy: st.SearchStrategy[Any], count: int, seed: int) -> list[Any]:
    found: list[Any] = []

    @hypothesis.seed(seed)
    @settings(
        max_examples=count,
        phases=[Phase.generate],
        deadline=None,
        suppress_health_check=[*HealthCheck],  # type: ignore[arg-type]  # the class is iterable, which its stub omits
        print_blob=False,
        database=None,
    )
    @hypothesis.given(strategy)
    def kept(value: Any) -> None:
        if len(found) < count:
            found.append(value)

    with no_folder_left():
        kept()
    return found
