"""A torch function of several overloads: one public function that chooses among ops by the arguments it is given.

torch's parser tries an operator's schemas one after the other and takes the first that the arguments fit; so does this.
"""

import functools
import inspect
import types
from collections.abc import Callable, Sequence
from typing import Any, Union, get_args, get_origin

import numpy as np

from .annotations import OMITTED, public_signature, show, union
from .arguments import TAKES
from .errors import ArgumentTypeError, JaxfunError
from .public import as_positional, describe_arguments, refuse_unbound
from .record import Op, Role
from .signatures import call_of, up_to_variadic
from .sizes import is_open
from .spelling import numpy_names, renamed

_Op = Callable[..., Any]


def overloads(*ops: _Op) -> Callable[..., Any]:
    """Return the public function of several ops: it calls the first whose signature the arguments fit.

    Its documentation is that of the first op. Its signature has the parameters of all ops, and errors name it.
    """
    records: list[Op] = [op.op for op in ops]  # type: ignore[attr-defined]  # set by the decorator
    public = records[0].public
    signature = merged([public_signature(record.signature, record.roles) for record in records])
    call = call_of(public, signature)
    names, leading = numpy_names(public, signature.parameters), up_to_variadic(signature)
    chosen: dict[tuple[Any, ...], _Op] = {}  # by the arguments' types
    type_of = _scalar_type if any(Role.SCALAR in record.roles.values() for record in records) else type

    @functools.wraps(ops[0])
    def choose(*args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True  # pytest shows the function and its caller
        try:
            if kwargs:
                args, kwargs = as_positional(leading, args, renamed(names, kwargs))
            op = chosen.get(key := (*map(type_of, args), *kwargs, *map(type_of, kwargs.values())))
            if op is None:
                op = chosen[key] = _chosen(ops, records, signature, args, kwargs)
            return op(*args, **kwargs)
        except JaxfunError as error:
            raise error.within(call) from None

    choose.__name__ = choose.__qualname__ = public.rpartition(".")[2]
    show(choose, signature)
    choose.ops = tuple(records)  # type: ignore[attr-defined]  # a function has no such field of its own
    del choose.op  # type: ignore[attr-defined]  # that of the first op, which functools.wraps copies
    return choose


def _scalar_type(value: Any) -> Any:
    """Return the type, a pair of it for an array that torch would treat as a Python number."""
    is_weak = getattr(value, "weak_type", False) and np.ndim(value) == 0
    return (type(value), "scalar") if is_weak else type(value)


def _chosen(
    ops: tuple[_Op, ...], records: Sequence[Op], signature: inspect.Signature, args: Any, kwargs: dict[str, Any]
) -> _Op:
    bound: list[_Op] = []
    for op, record in zip(ops, records, strict=True):
        given = _given(record, args, kwargs)
        if given is not None:
            if all(_takes(record, name, value) for name, value in given.items()):
                return op
            bound.append(op)
    if not bound:
        refuse_unbound(signature, args, kwargs)
        shown = " or ".join(f"({', '.join(record.roles)})" for record in records)
        raise ArgumentTypeError(f"arguments that fit one of {shown}", describe_arguments(args, kwargs))
    return bound[0]  # its error says which argument is wrong


def _given(record: Op, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any] | None:
    """Return the arguments by name, None if they do not fit the signature."""
    found = dict(zip(record.fixed, args, strict=False))
    if record.several:
        found[record.several] = args[len(record.fixed) :]
    elif len(args) > len(record.fixed):
        return None
    if not kwargs.keys() <= record.roles.keys() or not found.keys().isdisjoint(kwargs):
        return None
    found |= kwargs
    return found if record.required <= found.keys() else None


def _takes(record: Op, name: str, value: Any) -> bool:
    """Return whether an op accepts the type of an argument."""
    parameter, role = record.signature.parameters[name], record.roles[name]
    if value is parameter.default:
        return True
    if name == record.several:
        return all(TAKES[Role.TENSOR if role is Role.TENSORS else role](item) for item in value)
    return TAKES[role](value) and (role is not Role.STATIC or _is_of(value, parameter.annotation))


def _is_of(value: Any, annotation: Any) -> bool:
    """Return whether a value has the annotated type. An annotation other than plain types accepts every value."""
    value = value.item() if isinstance(value, np.generic) else value
    members = get_args(annotation) if get_origin(annotation) in (Union, types.UnionType) else (annotation,)
    plain = [get_origin(each) or each for each in members]
    if not all(isinstance(each, type) for each in plain):
        return True
    taken = (*plain, int) if float in plain else tuple(plain)  # an integer is a float to torch
    if is_open(value):
        return int in taken
    return isinstance(value, taken) and (not isinstance(value, bool) or bool in plain)


def merged(signatures: list[inspect.Signature]) -> inspect.Signature:
    """Return one signature with the parameters of several. A parameter that some of them lack is optional.

    >>> merged([inspect.signature(lambda x, *, dtype=None: 0), inspect.signature(lambda x, dim, *, dtype=None: 0)])
    <Signature (x, dim=..., *, dtype=None)>
    """
    longest = max(signatures, key=lambda each: len(each.parameters))
    found: dict[str, list[inspect.Parameter]] = {name: [] for name in longest.parameters}
    for signature in signatures:
        for name, each in signature.parameters.items():
            found.setdefault(name, []).append(each)
    parameters = [_merged(each, is_shared=len(each) == len(signatures)) for each in found.values()]
    result = union([signature.return_annotation for signature in signatures])
    return inspect.Signature(_in_order(parameters), return_annotation=result)


def _merged(parameters: list[inspect.Parameter], is_shared: bool) -> inspect.Parameter:
    merged = parameters[0].replace(annotation=union([each.annotation for each in parameters]))
    return merged if is_shared else _optional(merged)


def _optional(parameter: inspect.Parameter) -> inspect.Parameter:
    is_required = parameter.default is parameter.empty and parameter.kind is not parameter.VAR_POSITIONAL
    return parameter.replace(default=OMITTED) if is_required else parameter


def _in_order(parameters: list[inspect.Parameter]) -> list[inspect.Parameter]:
    """Return parameters ordered by kind. Every positional parameter after an optional one is optional."""
    result, is_optional = [], False
    for each in sorted(parameters, key=lambda each: each.kind):
        is_positional = each.kind is each.POSITIONAL_OR_KEYWORD
        is_optional |= is_positional and each.default is not each.empty
        result.append(_optional(each) if is_positional and is_optional else each)
    return result
