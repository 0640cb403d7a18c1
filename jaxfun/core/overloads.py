"""A torch function of several overloads: one public function that chooses among ops by the arguments it is given.

torch's parser tries an operator's schemas one after the other and takes the first that the arguments fit; so does this.
"""

import functools
import inspect
import types
from collections.abc import Callable, Mapping
from typing import Any, Union, get_args, get_origin

import numpy as np

from .arguments import TAKES
from .errors import ArgumentTypeError, JaxfunError, describe
from .public import as_positional, call_of, refuse_unbound, up_to_variadic, variadic
from .record import Op, Role
from .spelling import numpy_names, renamed

_Op = Callable[..., Any]


def overloads(*ops: _Op) -> Callable[..., Any]:
    """Return the public function of several ops: it calls the first whose signature the arguments fit.

    Its documentation is that of the first op, its signature holds the arguments of all. An error names this signature.
    """
    records: list[Op] = [op.op for op in ops]  # type: ignore[attr-defined]  # set by the decorator
    public = records[0].public
    signature = merged([record.signature for record in records])
    call = call_of(public, signature)
    names, leading = numpy_names(public, signature.parameters), up_to_variadic(signature)
    forms = [_Form(record) for record in records]
    by_type: dict[tuple[Any, ...], _Op] = {}  # an array may stand for a number: then its type says too little
    is_by_type = all(Role.SCALAR not in record.roles.values() for record in records)

    @functools.wraps(ops[0])
    def choose(*args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True  # pytest shows the function and its caller
        try:
            if kwargs:
                args, kwargs = as_positional(leading, args, renamed(names, kwargs))
            op = by_type.get((*map(type, args), *kwargs, *map(type, kwargs.values())))
            if op is None:
                op = _chosen(ops, forms, signature, args, kwargs)
                if is_by_type:
                    by_type[(*map(type, args), *kwargs, *map(type, kwargs.values()))] = op
            return op(*args, **kwargs)
        except JaxfunError as error:
            raise error.within(call) from None

    choose.__name__ = choose.__qualname__ = public.rpartition(".")[2]
    choose.__signature__ = signature  # type: ignore[attr-defined]  # what `help` and editors show
    choose.ops = tuple(records)  # type: ignore[attr-defined]  # a function has no such field of its own
    del choose.op  # type: ignore[attr-defined]  # that of the first op, which functools.wraps copies
    return choose


def _chosen(
    ops: tuple[_Op, ...], forms: "list[_Form]", signature: inspect.Signature, args: Any, kwargs: dict[str, Any]
) -> _Op:
    bound: list[_Op] = []
    for op, form in zip(ops, forms, strict=True):
        given = form.given(args, kwargs)
        if given is not None:
            if form.takes(given):
                return op
            bound.append(op)
    if not bound:
        refuse_unbound(signature, args, kwargs)
        got = ", ".join([*map(describe, args), *(f"{name}={describe(value)}" for name, value in kwargs.items())])
        shown = " or ".join(f"({', '.join(form.parameters)})" for form in forms)
        raise ArgumentTypeError(f"arguments that fit one of {shown}", got)
    return bound[0]  # it says what it does not take


class _Form:
    """The arguments of an op, as the choice looks at them."""

    def __init__(self, record: Op) -> None:
        self.parameters: Mapping[str, inspect.Parameter] = record.signature.parameters
        self.roles = record.roles
        several = variadic(record.signature)
        self.order = [name for name, each in self.parameters.items() if each.kind is each.POSITIONAL_OR_KEYWORD]
        self.several = several
        self.required = {
            name for name, each in self.parameters.items() if each.default is each.empty and name != several
        }

    def given(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any] | None:
        """Return the arguments by name, None where they do not fit the signature."""
        found = dict(zip(self.order, args, strict=False))
        if self.several:
            found[self.several] = args[len(self.order) :]
        elif len(args) > len(self.order):
            return None
        if not kwargs.keys() <= self.parameters.keys() or not found.keys().isdisjoint(kwargs):
            return None
        found |= kwargs
        return found if self.required <= found.keys() else None

    def takes(self, given: dict[str, Any]) -> bool:
        """Return whether each argument is of a type that the op takes."""
        return all(self._takes(name, value) for name, value in given.items())

    def _takes(self, name: str, value: Any) -> bool:
        parameter, role = self.parameters[name], self.roles[name]
        if value is parameter.default:
            return True
        if name == self.several:
            return all(TAKES[Role.TENSOR if role is Role.TENSORS else role](item) for item in value)
        return TAKES[role](value) and (role is not Role.STATIC or _is_of(value, parameter.annotation))


def _is_of(value: Any, annotation: Any) -> bool:
    """Return whether a value is of an annotation of plain types; of any other annotation everything is."""
    value = value.item() if isinstance(value, np.generic) else value
    members = get_args(annotation) if get_origin(annotation) in (Union, types.UnionType) else (annotation,)
    plain = [get_origin(each) or each for each in members]
    if not all(isinstance(each, type) for each in plain):
        return True
    taken = (*plain, int) if float in plain else tuple(plain)  # an integer is a float to torch
    return isinstance(value, taken) and (not isinstance(value, bool) or bool in plain)


def merged(signatures: list[inspect.Signature]) -> inspect.Signature:
    """Return one signature with the parameters of several; one that some of them have not may be left out.

    >>> merged([inspect.signature(lambda x, *, dtype=None: 0), inspect.signature(lambda x, dim, *, dtype=None: 0)])
    <Signature (x, dim=Ellipsis, *, dtype=None)>
    """
    longest = max(signatures, key=lambda each: len(each.parameters))
    found = dict(longest.parameters)
    for signature in signatures:
        found = {**found, **{name: each for name, each in signature.parameters.items() if name not in found}}
    shared = {name: all(name in each.parameters for each in signatures) for name in found}
    parameters = [_optional(each) if not shared[name] else each for name, each in found.items()]
    return inspect.Signature(_in_order(parameters), return_annotation=longest.return_annotation)


def _optional(parameter: inspect.Parameter) -> inspect.Parameter:
    is_required = parameter.default is parameter.empty and parameter.kind is not parameter.VAR_POSITIONAL
    return parameter.replace(default=...) if is_required else parameter


def _in_order(parameters: list[inspect.Parameter]) -> list[inspect.Parameter]:
    """Return parameters by kind; behind one that may be left out, every positional one may."""
    ordered, optional = sorted(parameters, key=lambda each: each.kind), False
    result = []
    for each in ordered:
        optional = optional or (each.default is not each.empty and each.kind is each.POSITIONAL_OR_KEYWORD)
        positional = each.kind is each.POSITIONAL_OR_KEYWORD
        result.append(each.replace(default=...) if optional and positional and each.default is each.empty else each)
    return result
