"""Faults that a proof plants in a call to show that it would find them. Begin with `FAULTS`."""

import dataclasses
from collections.abc import Callable
from typing import Any, NamedTuple

from ..plan import Call, Ref


class Planted(NamedTuple):
    """A kind of fault: what it is, and the changed call, or None for a call that has no room for it."""

    what: str
    change: Callable[[Call], Call | None]


def _with(call: Call, **changed: Any) -> Call:
    return dataclasses.replace(call, kwargs={**call.kwargs, **changed})


def _base(call: Call) -> str:
    return call.target.removeprefix("aten::").partition(".")[0]


def _without_mask(call: Call) -> Call | None:
    for name in ("attn_mask", "mask"):
        if isinstance(call.kwargs.get(name), Ref) and _base(call) == "scaled_dot_product_attention":
            return _with(call, **{name: None})
    return _with(call, is_causal=False) if call.kwargs.get("is_causal") else None


def _with_another_eps(call: Call) -> Call | None:
    eps = call.kwargs.get("eps")
    return _with(call, eps=max(100 * eps, 1e-3)) if isinstance(eps, float) else None


def _with_the_other_gelu(call: Call) -> Call | None:
    if _base(call) != "gelu":
        return None
    return _with(call, approximate="none" if call.kwargs.get("approximate") == "tanh" else "tanh")


def _exchanged(call: Call) -> Call | None:
    """Exchange the operands where their order matters."""
    pairs = (("self", "other"), ("self", "mat2"), ("query", "key"))
    if _base(call) not in ("sub", "div", "pow", "bmm", "mm", "scaled_dot_product_attention"):
        return None
    for first, second in pairs:
        one, other = call.kwargs.get(first), call.kwargs.get(second)
        if isinstance(one, Ref) and isinstance(other, Ref) and one != other:
            return _with(call, **{first: other, second: one})
    return None


def _without_a_term(call: Call) -> Call | None:
    return (
        _with(call, alpha=0)
        if call.target == "aten::add.Tensor" and isinstance(call.kwargs.get("other"), Ref)
        else None
    )


def _without_bias(call: Call) -> Call | None:
    return _with(call, bias=None) if isinstance(call.kwargs.get("bias"), Ref) else None


FAULTS = (
    Planted("the mask left out", _without_mask),
    Planted("another eps", _with_another_eps),
    Planted("the other formula of gelu", _with_the_other_gelu),
    Planted("the operands exchanged", _exchanged),
    Planted("one term of a sum left out", _without_a_term),
    Planted("the bias left out", _without_bias),
)
