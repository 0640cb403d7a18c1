"""Questions about a signature: how a message writes the call, and which parameter takes any number of arguments."""

import inspect

_MOST_SHOWN = 6


def call_of(name: str, signature: inspect.Signature) -> str:
    """Return a call as messages write it. A call with many parameters shows only the required ones.

    >>> call_of("view", inspect.signature(lambda input, *size: None))
    'view(input, *size)'
    """
    parameters = [each for each in signature.parameters.values() if each.name != "self"]
    shown = [each for each in parameters if len(parameters) <= _MOST_SHOWN or each.default is each.empty]
    names = [f"*{each.name}" if each.kind is each.VAR_POSITIONAL else each.name for each in shown]
    return f"{name}({', '.join([*names, '...'] if len(shown) < len(parameters) else names)})"


def variadic(signature: inspect.Signature) -> str:
    """Return the name of the parameter that takes any number of positional arguments, "" if there is none."""
    return next((each.name for each in signature.parameters.values() if each.kind is each.VAR_POSITIONAL), "")


def up_to_variadic(signature: inspect.Signature) -> tuple[str, ...]:
    """Return the names of the positional parameters up to the variadic one, () if there is none.

    >>> up_to_variadic(inspect.signature(lambda input, *size, dtype=None: None))
    ('input', 'size')
    """
    names = [each.name for each in signature.parameters.values() if each.kind is not each.KEYWORD_ONLY]
    return tuple(names) if variadic(signature) else ()
