"""Strategies from a candidate's signature: one for each required parameter, by its annotation."""

import contextlib
import inspect
from collections.abc import Callable, Iterable
from typing import Any

from hypothesis import strategies as st

from .strategies import tensors

_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def inputs_of(candidate: Callable[..., Any], reference: Callable[..., Any]) -> list[st.SearchStrategy[Any]]:
    """Return a strategy for each positional argument that either function requires; without annotation a tensor."""
    parameters = _parameters(candidate)
    if parameters is None:  # a function without a signature
        return [tensors()]
    positional = [item for item in parameters if item.kind in _POSITIONAL]
    count = max(len(_required(positional)), len(_required(_parameters(reference) or ())))
    several = [item for item in parameters if item.kind is item.VAR_POSITIONAL] * getattr(candidate, "nin", 1)
    return [_annotated(item.annotation) for item in positional[:count] or several]


def _required(parameters: Iterable[inspect.Parameter]) -> list[inspect.Parameter]:
    return [item for item in parameters if item.kind in _POSITIONAL and item.default is item.empty]


def keywords_of(candidate: Callable[..., Any]) -> dict[str, st.SearchStrategy[Any]]:
    """Return a strategy for each required keyword-only parameter."""
    keyword_only = inspect.Parameter.KEYWORD_ONLY
    required = [item for item in _parameters(candidate) or () if item.kind is keyword_only]
    return {item.name: _annotated(item.annotation) for item in required if item.default is item.empty}


def parameters_of(function: Callable[..., Any]) -> list[str]:
    """Return the names of a function's positional parameters; an empty list if it has no signature."""
    return [parameter.name for parameter in _parameters(function) or () if parameter.kind in _POSITIONAL]


def _parameters(function: Callable[..., Any]) -> list[inspect.Parameter] | None:
    for are_read in (True, False):  # evaluating annotations in quotes fails if a name is unknown
        with contextlib.suppress(Exception):
            return [*inspect.signature(function, eval_str=are_read).parameters.values()]
    return None


def _annotated(annotation: Any) -> st.SearchStrategy[Any]:
    names = getattr(annotation, "dim_str", None)  # jaxtyping: Float[Array, "batch dim"]
    if names is None:
        return _BY_TYPE.get(annotation, tensors())
    return tensors(shape=names, dtype=_dtype_of(tuple(getattr(annotation, "dtypes", ()) or ())))


_BY_TYPE: dict[Any, st.SearchStrategy[Any]] = {
    bool: st.booleans(),
    int: st.integers(-3, 3),
    float: st.sampled_from([0.5, 1.0, -1.5, 0.0, 2.0, 1e-3]),
}


def _dtype_of(kinds: tuple[str, ...]) -> str | None:
    """Return the dtype of an annotation, "complex" for any complex one, None for any float one."""
    if len(kinds) > 1 and all(kind.startswith("complex") for kind in kinds):
        return "complex"
    if not kinds or any(kind.startswith(("float", "bfloat", "complex")) for kind in kinds):
        return None if len(kinds) != 1 else kinds[0]
    return "bool" if kinds == ("bool",) else "int32" if "int32" in kinds else kinds[0]
