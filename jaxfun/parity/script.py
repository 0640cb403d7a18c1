"""A short program that shows a disagreement without jaxfun."""

import inspect
import re
import sys
import textwrap
from collections.abc import Callable
from typing import Any

import jax
import numpy as np

from .report import Failure

_MODULES = ("jax.numpy", "jax.nn", "jax.lax", "jax.scipy.special", "torch", "torch.nn.functional", "torch.special")
_LONGEST_SOURCE = 8


def script_of(candidate: Callable[..., Any], reference: Callable[..., Any], failure: Failure) -> str:
    """Return a program of under 25 lines that prints both answers, or "" where the inputs cannot be written shortly."""
    args, kwargs = failure.inputs
    tensors = [leaf for leaf in jax.tree.leaves((args, kwargs)) if isinstance(leaf, np.ndarray)]
    if sum(item.size for item in tensors) > _MOST_NUMBERS or any(item.dtype.kind == "V" for item in tensors):
        return ""
    wide = any((item.dtype.itemsize == 8 and item.dtype.kind != "c") or item.dtype.itemsize > 8 for item in tensors)
    return "\n".join(
        [
            "import jax, jax.numpy as jnp, numpy as np, torch",
            *(['jax.config.update("jax_enable_x64", True)'] if wide else []),
            *_definition("candidate", candidate),
            *_definition("reference", reference),
            f"x = {_written(args)}",
            f"ours = lambda *x: candidate(*x{_keywords(kwargs)})",
            f"theirs = lambda *x: reference(*x{_keywords(kwargs)})",
            "place = lambda to: [to(item) if isinstance(item, np.ndarray) else item for item in x]",
            *_SHOW.get(failure.level, _SHOW["value"]),
        ]
    )


_MOST_NUMBERS = 64
_RESULT = [
    "moved = [item.requires_grad_() for item in place(torch.tensor) if item.is_floating_point() or item.is_complex()]",
    "y = theirs(*moved)",
]
# along ones, which is enough to show a disagreement that was found along random directions in most cases
_SHOW = {
    "value": ["print(ours(*place(jnp.asarray)))", "print(theirs(*place(torch.tensor)))"],
    "jit": ["print(jax.jit(ours)(*place(jnp.asarray)))", "print(theirs(*place(torch.tensor)))"],
    "vmap": [
        "print(jax.vmap(ours)(*(item[None] for item in place(jnp.asarray))))",
        "print(theirs(*place(torch.tensor)))",
    ],
    "vjp": [
        "print(jax.grad(lambda *x: ours(*x).sum(), range(len(x)))(*place(jnp.asarray)))",
        *_RESULT,
        "print(torch.autograd.grad(y.sum(), moved, allow_unused=True))",
    ],
    "jvp": [
        "print(jax.jvp(ours, place(jnp.asarray), place(jnp.ones_like))[1])",
        "x, ones = (tuple(map(f, place(torch.tensor))) for f in (torch.clone, torch.ones_like))",
        "print(torch.func.jvp(theirs, x, ones)[1])",
    ],
    "hvp": [
        "slope = lambda *x: jax.grad(lambda *x: ours(*x).sum())(*x).sum()",
        "print(jax.grad(slope)(*place(jnp.asarray)))",
        *_RESULT,
        "first = torch.autograd.grad(y.sum(), moved[0], create_graph=True)[0]",
        "print(torch.autograd.grad(first.sum(), moved[0]))",
    ],
}


def _keywords(kwargs: dict[str, Any]) -> str:
    return "".join(f", {name}={_written(value)}" for name, value in kwargs.items())


def _definition(name: str, function: Callable[..., Any]) -> list[str]:
    """Return the lines that give a function its name: an import, its source, or a gap to be filled."""
    found = imported_name(function)
    if found is not None:
        module, attribute = found
        return [f"from {module} import {attribute} as {name}"]
    try:
        source = textwrap.dedent(inspect.getsource(function)).strip().splitlines()
    except (OSError, TypeError):
        source = []
    if source and source[0].startswith("def ") and len(source) <= _LONGEST_SOURCE:
        return [*source, f"{name} = {function.__name__}"]
    return [f"{name} = ...  # {describe_function(function)}"]


def imported_name(function: Callable[..., Any]) -> tuple[str, str] | None:
    """Return the module and name that a function can be imported by, the public ones first; None for a local one."""
    name, own = getattr(function, "__name__", None), getattr(function, "__module__", None)
    for module in (*_MODULES, own):
        holder = sys.modules.get(module or "")
        if name and module != "__main__" and getattr(holder, name, None) is function:
            return str(module), str(name)
    return None


def describe_function(function: Callable[..., Any]) -> str:
    """Return a function's name as a reader knows it: `torch.nn.functional.gelu`."""
    found = imported_name(function)
    return ".".join(found) if found else str(getattr(function, "__qualname__", None) or repr(function))


def _written(value: Any) -> str:
    if isinstance(value, np.ndarray):
        numbers = re.sub(r"\b(nan|inf)\b", r"np.\1", repr(np.asarray(value).tolist()))
        return f"np.array({numbers}, {str(value.dtype)!r})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {_written(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    if isinstance(value, tuple):
        return f"({', '.join(map(_written, value))}{',' if len(value) == 1 else ''})"
    return repr(value)
