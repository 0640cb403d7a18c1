"""Calls that depend on no input, such as those of a causal mask, as short constants. Begin with `folded`."""

import dataclasses
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..plan import Call, Ref
from ..rules import key_of
from ..run import Runner, names_in
from .forms import PLACED, Form, Size, count, form_of, lowered
from .shapes import Shapes, named_sizes, shaped, shapes_of

# calls that take the shape of an array alone
_LIKE = tuple(f"aten::{name}" for name in ("ones_like", "zeros_like", "full_like", "new_ones", "new_zeros", "new_full"))
_MOST_NUMBERS = 2**24  # in an array that is computed
_LARGEST = 1024  # a size at which a pattern is looked at
_PRIMES = (5, 7, 11, 13, 17, 19, 23, 29)


def folded(port: Any, calls: Sequence[Call], outputs: Sequence[Any], values: dict[str, Any], own: Shapes) -> list[Call]:
    """Return the calls with short forms in place of constant ones. New values are added to `values`.

    `own` are the shapes for which the source is written.

    Where sizes are dynamic, a constant is computed at two choices of the sizes, which are larger than any number of its
    calls: beyond such a number a pattern may change, as a sliding window does.
    """
    constant = _constant(port, calls, values)
    if not constant:
        return list(calls)
    choices = _choices(port, own, [call for call in calls if call.name in constant])
    if choices is None:
        return list(calls)
    examples = [_computed(port, calls, constant, shapes) for shapes in choices]
    names = list(own.sizes)

    def size_of(numbers: Sequence[int]) -> Size | None:
        if len({*numbers}) == 1 and (len(choices) == 1 or not names):
            return numbers[0]
        named = (name for name in names if [each.sizes[name] for each in choices] == [*numbers])
        return next(named, numbers[0] if len({*numbers}) == 1 else None)

    found: dict[str, Form] = {}
    arrays = [call.name for call in calls if all(call.name in each for each in examples)]
    for name in arrays:
        if (form := form_of([each[name] for each in examples], size_of)) is not None:
            found[name] = form
    return _rewritten(port, calls, outputs, values, own.sizes, found)


def _rewritten(
    port: Any,
    calls: Sequence[Call],
    outputs: Sequence[Any],
    values: dict[str, Any],
    sizes: Mapping[str, int],
    found: Mapping[str, Form],
) -> list[Call]:
    """Return the calls with the forms that a call without one uses, and with what follows of them."""
    rewritten = [call if call.name in found else _with_forms(call, found, values, {*sizes.values()}) for call in calls]
    used = {name for call in rewritten if call.name not in found for name in names_in([call.args, call.kwargs])}
    used |= {*names_in(list(outputs))}
    size_names, first = _size_calls(port, calls, values, sizes)
    new: list[Call] = list(first)
    for call in rewritten:
        form = found.get(call.name)
        if form is None:
            new.append(call)
        elif call.name in used:
            for each, shape, dtype in lowered(form, call.name, call, size_names):
                values[each.name] = shaped([sizes.get(str(size), size) for size in shape], dtype)
                new.append(each)
    return new


def _constant(port: Any, calls: Sequence[Call], values: Mapping[str, Any]) -> set[str]:
    """Return the names of the calls that depend on no array of the model's and on no argument but for its sizes."""
    known = {
        name for name, (kind, _) in zip(port.plan.graph.inputs, port.plan.sources, strict=True) if kind == "constant"
    }
    found: set[str] = set()
    for call in calls:
        names = {*names_in([call.args, call.kwargs])}
        if call.target.startswith(_LIKE):
            names -= {*names_in(call.kwargs["self"])}
        is_known = all(name in known or not hasattr(values.get(name), "shape") for name in names)
        numbers = [values.get(name) for name in names if name not in known]
        if is_known and all(isinstance(each, (int, float)) for each in numbers) and _is_array(call, values):
            found.add(call.name)
            known.add(call.name)
    return found


def _is_array(call: Call, values: Mapping[str, Any]) -> bool:
    return hasattr(values.get(call.name), "shape") and not key_of(call.target, call.kwargs)


def _choices(port: Any, own: Shapes, calls: Sequence[Call]) -> list[Shapes] | None:
    """Return the shapes of all values at two choices of the dynamic sizes; None if these would be too large."""
    names = named_sizes(port.plan)
    if not names:
        return [own]
    beyond = max((abs(number) for call in calls for number in _integers(call.kwargs)), default=0)
    if beyond > _LARGEST:
        return None
    chosen = [
        {name: _within(port.plan.ranges.get(name, (0, None)), at, 2 * beyond, turn) for at, name in enumerate(names)}
        for turn in (0, 1)
    ]
    return [shapes_of(port, each) for each in chosen]


def _within(bounds: tuple[int, int | None], at: int, beyond: int, turn: int) -> int:
    """Return a number for the size at a place, another one at each turn: a large one, or near the end of its range."""
    least, most = bounds
    number = _PRIMES[at % len(_PRIMES)] + beyond + turn * _PRIMES[-1]
    return max(least, number if most is None or number <= most else most - at - (1 - turn) * len(_PRIMES))


def _integers(item: Any) -> Iterator[int]:
    if isinstance(item, Mapping):
        yield from (number for each in item.values() for number in _integers(each))
    elif isinstance(item, tuple):
        yield from (number for each in item for number in _integers(each))
    elif isinstance(item, int) and not isinstance(item, bool) and item != sys.maxsize:
        yield item


def _computed(port: Any, calls: Sequence[Call], constant: set[str], shapes: Shapes) -> dict[str, np.ndarray]:
    """Return the constant values at one choice of the sizes, but for those that are too large."""
    runner = Runner(port.plan, port.rules)

    @jax.jit
    def run() -> dict[str, jax.Array]:
        known: dict[str, Any] = {}
        for name, (kind, path) in zip(port.plan.graph.inputs, port.plan.sources, strict=True):
            known[name] = port.constants[path] if kind == "constant" else shapes.values[name]
        found: dict[str, jax.Array] = {}
        for call in calls:
            names = {*names_in([call.args, call.kwargs])}
            small = count(getattr(shapes.values.get(call.name), "shape", (_MOST_NUMBERS + 1,))) <= _MOST_NUMBERS
            if call.name not in constant or not small or any(name in constant and name not in found for name in names):
                continue
            given = {name: known.get(name, shapes.values.get(name)) for name in names}
            given |= {name: found[name] for name in names if name in found}
            given = {name: _filled(each) for name, each in given.items()}
            found[call.name] = runner.called(call, given, None)
        return found

    return {name: np.asarray(each) for name, each in run().items()}


def _filled(value: Any) -> Any:
    """Return zeros for a shape: the call that takes it does not read the numbers."""
    return jnp.zeros(value.shape, value.dtype) if isinstance(value, jax.ShapeDtypeStruct) else value


def _size_calls(
    port: Any, calls: Sequence[Call], values: dict[str, Any], sizes: Mapping[str, int]
) -> tuple[dict[str, str], list[Call]]:
    """Return a value of the plan for each dynamic size, and new calls for those without one."""
    found: dict[str, str] = {}
    new: list[Call] = []
    for name, number in sizes.items():
        own = (each.name for each in calls if each.target == "aten::sym_size.int" and values.get(each.name) == number)
        found[name] = next(own, "")
        if not found[name]:
            for given, (kind, _) in zip(port.plan.graph.inputs, port.plan.sources, strict=True):
                shape = getattr(values.get(given), "shape", ())
                if kind == "argument" and number in shape:
                    found[name] = f"{name}__size"
                    values[found[name]] = number
                    new.append(
                        Call(found[name], "aten::sym_size.int", (), {"self": Ref(given), "dim": shape.index(number)})
                    )
                    break
    return found, new


# What follows of a constant for the call that takes it.


def _with_forms(call: Call, found: Mapping[str, Form], values: Mapping[str, Any], dynamic: set[int]) -> Call:
    """Return a call without constants that change nothing, such as a mask that hides nothing."""
    if call.target.startswith("aten::scaled_dot_product_attention"):
        return _attention(call, found, values)
    if call.target.startswith("aten::where.") and (form := _form(call.kwargs.get("condition"), found)):
        taken = call.kwargs["self"] if form.fill is True else call.kwargs["other"] if form.fill is False else None
        return _expanded(call, taken, values, dynamic)
    if call.target in ("aten::bitwise_and.Tensor", "aten::__and__.Tensor", "aten::logical_and"):
        for one, other in (("self", "other"), ("other", "self")):
            if (form := _form(call.kwargs[one], found)) and form.fill is True:
                return _expanded(call, call.kwargs[other], values, dynamic)
    if call.target == "aten::index.Tensor":
        return _indexed(call, found, values)
    return call


def _form(value: Any, found: Mapping[str, Form]) -> Form | None:
    return found.get(value.name) if isinstance(value, Ref) else None


def _expanded(call: Call, taken: Any, values: Mapping[str, Any], dynamic: set[int]) -> Call:
    """Return a call that gives one of its arguments in the shape of the result; the call itself without such a one."""
    own = values.get(call.name)
    given = values.get(taken.name) if isinstance(taken, Ref) else None
    if own is None or given is None or own.dtype != given.dtype:
        return call
    rank = len(own.shape) - len(given.shape)
    pairs = zip(own.shape[rank:], given.shape, strict=True)
    size = (*own.shape[:rank], *(-1 if one == other else one for one, other in pairs))
    if dynamic & {*size}:  # `expand` would have to name it
        return call
    return dataclasses.replace(call, target="aten::expand", kwargs={"self": taken, "size": size})


def _indexed(call: Call, found: Mapping[str, Form], values: Mapping[str, Any]) -> Call:
    """Return an index by whole ranges, each along a dimension of its own, as new dimensions of size 1."""
    value, indices = call.kwargs["self"], call.kwargs["indices"]
    forms = [_form(each, found) for each in indices]
    shape, own = values[value.name].shape, values[call.name].shape
    if len(indices) != len(shape) or not all(form and form.is_whole_range for form in forms):
        return call
    ranks = [len(values[each.name].shape) for each in indices]
    at = [
        [axis - rank + len(own) for axis, size in enumerate(values[each.name].shape) if size != 1]
        for each, rank in zip(indices, ranks, strict=True)
    ]
    places = [each[0] for each in at if len(each) == 1]
    if len(places) < len(at) or places != sorted({*places}) or [own[place] for place in places] != [*shape]:
        return call
    new = tuple(":" if axis in places else None for axis in range(len(own)))
    return dataclasses.replace(call, target=PLACED, kwargs={"self": value, "places": new})


def _attention(call: Call, found: Mapping[str, Form], values: Mapping[str, Any]) -> Call:
    """Return attention without a mask that it can make itself, and without one that hides nothing."""
    form = _form(call.kwargs.get("attn_mask"), found)
    if form is None:
        return call
    query, key = (values[call.kwargs[name].name].shape[-2] for name in ("query", "key"))
    kwargs: dict[str, Any] = {name: value for name, value in call.kwargs.items() if name != "attn_mask"}
    if form.fill is True or (form.fill == 0 and form.dtype != "bool"):
        return dataclasses.replace(call, kwargs=kwargs)
    if form.is_causal and query == key:
        return dataclasses.replace(call, kwargs={**kwargs, "is_causal": True})
    return call
