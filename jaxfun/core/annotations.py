"""The types that a public signature shows: in `help`, in `inspect.signature`, in an editor and in the stubs.

Begin with `public_signature`. Inside of jaxfun an annotation names a role (`Annotated[Any, Role.TENSOR]`), and an array
of any library is `Any`. A reader sees the type that a caller gives instead: `ArrayLike`.
"""

import functools
import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .roles import Role


@dataclass(frozen=True)
class Shown:
    """An annotation that prints as its text: `inspect` prints the repr of what is no type."""

    text: str

    def __repr__(self) -> str:
        return self.text


class Omitted:
    """The shown default of an optional argument without a default value: torch has an overload that lacks it."""

    def __repr__(self) -> str:
        return "..."


OMITTED = Omitted()

# What a caller gives for an argument of a role.
BY_ROLE: Mapping[Role, str] = {
    Role.TENSOR: "ArrayLike",
    Role.OPERAND: "ArrayLike | Number",
    Role.TENSORS: "Sequence[ArrayLike]",
    Role.MASK: "ArrayLike",
    Role.SCALAR: "Number | Array",
    Role.DIM: "int",
    Role.DIMS: "int | tuple[int, ...] | list[int]",
    Role.SIZES: "int | Sequence[int]",
    Role.DTYPE: "DTypeLike",
}
# What a caller gives for a parameter that the source annotates with `Any`.
_BY_TYPE = {
    "ArrayLike": "A a b bias ext_tensor indices input mask matrices target tensor weight weights x",
    "ArrayLike | Number": "end fill_value gradient high low max min other start step value values",
    "DTypeLike": "dtype from_ to type type1 type2",
    "ArrayLike | Sequence[ArrayLike]": "tensors",
    "int | tuple[int, ...] | list[int]": "dim",
    "int | Sequence[int] | ArrayLike": "indices_or_sections repeats",
    "int | Sequence[int] | ArrayLike | Sequence[ArrayLike]": "bins",
    "int | Sequence[Sequence[int]]": "dims",
    "Number | Sequence[Number] | Sequence[ArrayLike]": "spacing",
    "Number | str": "p",
    "Sequence[float]": "range",
}
BY_NAME: Mapping[str, str] = {name: text for text, names in _BY_TYPE.items() for name in names.split()}

_MODULES = re.compile(r"\b(?:jax|jaxfun|typing|collections)\.(?:\w+\.)*(?=\w)")
_NUMBER = "bool | int | float | complex"


def public_signature(signature: inspect.Signature, roles: Mapping[str, Role] | None = None) -> inspect.Signature:
    """Return a signature with the types that a caller gives and gets; `roles` are those of an op's parameters.

    >>> def scale(input: Any, factor: float | None = None, *, dtype: Any = None) -> tuple[Any, ...]: ...
    >>> print(public_signature(inspect.signature(scale)))
    (input: ArrayLike, factor: float | None = None, *, dtype: DTypeLike | None = None) -> tuple[Any, ...]
    """
    parameters = [_parameter(each, (roles or {}).get(each.name)) for each in signature.parameters.values()]
    result = _plain(signature.return_annotation)
    return inspect.Signature(parameters, return_annotation=result, __validate_parameters__=False)


def show(function: Callable[..., Any], signature: inspect.Signature) -> None:
    """Give a function the signature that readers, editors and type checkers see."""
    function.__signature__ = signature  # type: ignore[attr-defined]  # a function has no such field of its own
    function.__annotations__ = {each.name: each.annotation for each in signature.parameters.values()}
    function.__annotations__["return"] = signature.return_annotation


def union(annotations: Sequence[Any]) -> Any:
    """Return one annotation for several: each member once, None last.

    >>> union([Shown("ArrayLike | None"), int, Shown("ArrayLike")])
    ArrayLike | int | None
    """
    if len({*annotations}) == 1:
        return annotations[0]
    texts = [text for each in annotations for text in _MEMBERS.split(inspect.formatannotation(each))]
    return _shown(" | ".join(sorted(dict.fromkeys(texts), key=lambda text: text == "None")))


_MEMBERS = re.compile(r" \| (?![^\[]*\])")  # a bar that stands in no brackets


def _parameter(parameter: inspect.Parameter, role: Role | None) -> inspect.Parameter:
    default = OMITTED if parameter.default is ... else parameter.default
    return inspect.Parameter(parameter.name, parameter.kind, default=default, annotation=_annotation(parameter, role))


def _annotation(parameter: inspect.Parameter, role: Role | None) -> Any:
    if role is Role.TENSORS and parameter.kind is parameter.VAR_POSITIONAL:
        return _shown("ArrayLike")
    text = BY_ROLE.get(role) if role else None
    if text is None and parameter.annotation is Any:
        text = BY_NAME.get(parameter.name)
    if text is None:
        return _plain(parameter.annotation)
    return _shown(f"{text} | None" if parameter.default is None else text)


_shown = functools.cache(Shown)


@functools.cache
def _plain(annotation: Any) -> Any:
    """Return an annotation that prints without the names of modules; itself where it prints so already."""
    written = inspect.formatannotation(annotation)
    text = _MODULES.sub("", written).replace(_NUMBER, "Number").replace("ArrayImpl", "Array")
    return annotation if text == written else Shown(text)
