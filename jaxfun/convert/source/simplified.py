"""A plan's calls without those that change nothing, such as copies and whole slices. Begin with `simplified`."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from ..plan import Call, Ref
from ..rules import key_of
from ..run import names_in
from .expressions import BATCH_NORM, DROPOUT
from .forms import PLACED

_COPIES = ("aten::clone", "aten::alias", "aten::lift_fresh_copy", "aten::contiguous", "aten::detach_")


def simplified(
    calls: Sequence[Call], outputs: Sequence[Any], values: dict[str, Any]
) -> tuple[list[Call], tuple[Any, ...]]:
    """Return the calls and the outputs, with each value in place of its copies, and without calls of no use.

    The first result of a call stands for the call, if the source has a function for that result alone.
    """
    same: dict[str, str] = {}
    kept: list[Call] = []
    masks = {call.args[0].name for call in calls if call.target == "operator.getitem" and call.args[1] == 1}
    for each in calls:
        call = _placed(_shortened(_renamed(each, same)), values, kept)
        source = _copied(call, values, kept, masks)
        if source is None:
            kept.append(call)
        else:
            same[call.name] = source
            if not hasattr(values.get(source), "shape"):
                values[source] = values[call.name]
    found = tuple(_replaced(each, same) for each in outputs)
    return _used(kept, found), found


def _shortened(call: Call) -> Call:
    """Return a convolution or a pool with one number in place of equal ones for each dimension."""
    if call.target == "aten::_unsafe_view":
        return Call(call.name, "aten::view", call.args, call.kwargs, call.place)
    if call.target == "aten::slice_scatter" and call.kwargs.get("end") == sys.maxsize:
        kwargs = {name: each for name, each in call.kwargs.items() if name != "end"}
        return Call(call.name, call.target, call.args, kwargs, call.place)
    if not call.target.startswith(_WINDOWS):
        return call
    kwargs = {name: each[0] if _is_even(each) else each for name, each in call.kwargs.items()}
    return Call(call.name, call.target, call.args, kwargs, call.place)


def _placed(call: Call, values: Mapping[str, Any], before: Sequence[Call]) -> Call:
    """Return `unsqueeze`, also of a value that is unsqueezed itself, as one call with all new dimensions."""
    if call.target != "aten::unsqueeze":
        return call
    value, dim = call.kwargs["self"], call.kwargs["dim"]
    places: list[Any] = [":"] * len(values[value.name].shape)
    inner = next((each for each in before if each.name == value.name and each.target == PLACED), None)
    if inner is not None:
        value, places = inner.kwargs["self"], [*inner.kwargs["places"]]
    places.insert(dim % (len(places) + 1), None)
    return Call(call.name, PLACED, (), {"self": value, "places": tuple(places)}, call.place)


_WINDOWS = ("aten::conv1d", "aten::conv2d", "aten::conv3d", "aten::max_pool", "aten::avg_pool", "aten::adaptive_")


def _is_even(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and isinstance(value[0], int) and len({*value}) == 1


def _copied(call: Call, values: Mapping[str, Any], before: Sequence[Call], masks: set[str]) -> str | None:
    """Return the name of the value that a call copies, None if it computes something."""
    first = call.kwargs.get("self") if call.kwargs else next(iter(call.args), None)
    if not isinstance(first, Ref):
        return None
    one, other = (_kind(values.get(name)) for name in (first.name, call.name))
    is_alike = one is not None and one == other
    if call.target in _COPIES:
        return first.name
    if call.target == "aten::slice.Tensor":
        is_whole = call.kwargs.get("start") in (None, 0) and call.kwargs.get("end") in (None, sys.maxsize)
        return first.name if is_whole and call.kwargs.get("step", 1) == 1 else None
    if call.target in ("aten::_to_copy", "aten::to.dtype_layout", "aten::type_as", "aten::expand", "aten::view"):
        return first.name if is_alike else None
    if _NEUTRAL.get(call.target) == call.kwargs.get("other", call):
        return first.name if is_alike else None
    if call.target in ("aten::pad", "aten::constant_pad_nd") and not any(call.kwargs["pad"]):
        return first.name
    if call.target == "operator.getitem" and call.args[1] == 0:
        of = next((each for each in before if each.name == first.name), None)
        if of is not None and of.target == DROPOUT and not key_of(of.target, of.kwargs):
            return of.kwargs["input"].name
        is_alone = of is not None and (of.target == BATCH_NORM or (of.target == DROPOUT and of.name not in masks))
        return first.name if is_alone else None
    return None


_NEUTRAL = {"aten::add.Tensor": 0, "aten::sub.Tensor": 0, "aten::mul.Tensor": 1, "aten::div.Tensor": 1}


def _kind(value: Any) -> Any:
    return (value.shape, value.dtype) if hasattr(value, "shape") else None


def _renamed(call: Call, same: Mapping[str, str]) -> Call:
    args, kwargs = tuple(_replaced(each, same) for each in call.args), _replaced(dict(call.kwargs), same)
    return Call(call.name, call.target, args, kwargs, call.place)


def _replaced(item: Any, same: Mapping[str, str]) -> Any:
    if isinstance(item, Ref):
        return Ref(same.get(item.name, item.name))
    if isinstance(item, tuple):
        return tuple(_replaced(each, same) for each in item)
    if isinstance(item, dict):
        return {name: _replaced(each, same) for name, each in item.items()}
    return item


def _used(calls: Sequence[Call], outputs: Sequence[Any]) -> list[Call]:
    """Return the calls that an output needs."""
    needed = {*names_in(list(outputs))}
    kept: list[Call] = []
    for call in reversed(calls):
        if call.name in needed:
            kept.append(call)
            needed |= {*names_in([call.args, call.kwargs])}
    return kept[::-1]
