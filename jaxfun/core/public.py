"""Public functions: errors that name the user's call, torch's other spellings of arguments, no `out=`."""

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, TypeVar, overload

from .annotations import public_signature, show
from .errors import ArgumentTypeError, JaxfunError, describe, refuse_out
from .signatures import call_of, up_to_variadic
from .spelling import numpy_names, renamed

P = ParamSpec("P")
R = TypeVar("R")


def refuse_unbound(signature: inspect.Signature, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
    """Raise ArgumentTypeError for arguments that do not fit a signature."""
    refuse_out(kwargs.get("out"))
    try:
        signature.bind(*args, **kwargs)
    except TypeError as error:
        raise ArgumentTypeError(f"arguments that fit ({error})", describe_arguments(args, kwargs)) from None


def describe_arguments(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
    """Return the arguments of a call as messages show them.

    >>> describe_arguments((2,), {"dim": "0"})
    "2 (int), dim='0' (str)"
    """
    named = (f"{name}={describe(value)}" for name, value in kwargs.items())
    return ", ".join([*map(describe, args), *named]) or "none"


@overload
def public(function: Callable[P, R]) -> Callable[P, R]: ...
@overload
def public(*, name: str = ..., runs_callbacks: bool = ...) -> Callable[[Callable[P, R]], Callable[P, R]]: ...
def public(function: Any = None, *, name: str = "", runs_callbacks: bool = False) -> Any:
    """Make a public function of one that is not an op.

    Errors name the call that the user wrote, also errors of jaxfun functions that it calls inside. With
    `runs_callbacks` an error keeps the call that it names: it may come from the user's own function. A parameter
    `*size` can be given by keyword, as torch allows. `help` shows the types that a caller gives.

    >>> from .errors import ArgumentValueError
    >>> @public
    ... def halve(n: int) -> int:
    ...     raise ArgumentValueError("an even `n`", describe(n))
    >>> halve(3)
    Traceback (most recent call last):
    ...
    jaxfun.core.errors.ArgumentValueError: `jaxfun.halve(n)`: expected an even `n`, got 3 (int).
    """
    if function is None:
        return functools.partial(public, name=name, runs_callbacks=runs_callbacks)
    signature = inspect.signature(function)
    call = call_of(name or function.__name__, signature)
    names, leading = numpy_names(call.partition("(")[0], signature.parameters), up_to_variadic(signature)

    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True  # pytest shows the function and its caller
        try:
            if kwargs:
                args, kwargs = as_positional(leading, args, renamed(names, kwargs))
                refuse_out(kwargs.get("out"))
            return function(*args, **kwargs)
        except JaxfunError as error:
            if error.call and runs_callbacks:
                raise
            raise error.within(call) from None
        except TypeError:
            try:
                refuse_unbound(signature, args, kwargs)
            except JaxfunError as error:
                raise error.within(call) from None
            raise

    show(wrapped, public_signature(signature))
    return wrapped


def as_positional(
    leading: tuple[str, ...], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return the arguments with a variadic parameter, and those before it, as positional ones if given by keyword.

    >>> as_positional(("input", "size"), (), {"size": (2, 3), "input": 1, "dtype": int})
    ((1, (2, 3)), {'dtype': <class 'int'>})
    """
    places = leading[len(args) :] or leading[-1:]
    if not places or not kwargs.keys() >= {*places}:
        return args, kwargs
    rest = {name: value for name, value in kwargs.items() if name not in places}
    return (*args, *(kwargs[name] for name in places)), rest
