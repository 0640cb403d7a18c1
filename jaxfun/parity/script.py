"""A short program that shows a disagreement without jaxfun."""

import builtins
import inspect
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
    """Return a program of under 25 lines that prints both answers, or "" where the inputs are too large to write."""
    args, kwargs = failure.inputs
    leaves = jax.tree.leaves((args, kwargs))
    if sum(np.size(leaf) for leaf in leaves) > 64:
        return ""
    lines = ["import jax, jax.numpy as jnp, numpy as np, torch", ""]
    if any(str(getattr(leaf, "dtype", "")) in ("float64", "int64", "complex128") for leaf in leaves):
        lines.insert(1, 'jax.config.update("jax_enable_x64", True)')
    lines += _definition("candidate", candidate) + _definition("reference", reference)
    lines += [f"args = {_written(args)}", f"kwargs = {_written(kwargs)}"]
    return "\n".join([*lines, *_SHOW.get(failure.level, _SHOW["value"])])


_TENSORS = [
    "place = lambda to, tree: jax.tree.map(lambda x: to(x) if isinstance(x, np.ndarray) else x, tree)",
    "theirs = place(torch.tensor, args)",
]
_SHOW = {
    "value": [
        *_TENSORS,
        "print(candidate(*place(jnp.asarray, args), **place(jnp.asarray, kwargs)))",
        "print(reference(*theirs, **place(torch.tensor, kwargs)))",
    ],
    "vjp": [
        *_TENSORS,
        "moved = [x.requires_grad_() for x in theirs if isinstance(x, torch.Tensor) and x.is_floating_point()]",
        "result = reference(*theirs, **place(torch.tensor, kwargs))",
        "seed = np.random.default_rng(0).normal(size=tuple(result.shape)).astype(str(result.dtype)[6:])",
        "print(jax.vjp(lambda *x: candidate(*x, **place(jnp.asarray, kwargs)), *place(jnp.asarray, args))[1](seed))",
        "print(torch.autograd.grad(result, moved, torch.tensor(seed), allow_unused=True))",
    ],
}


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
    """Return the module and name that a function can be imported by, None for one that is local."""
    own = (getattr(function, "__module__", None), getattr(function, "__name__", None))
    for module, name in (own, *((module, own[1]) for module in _MODULES)):
        holder = sys.modules.get(module or "")
        if name and holder is not builtins and getattr(holder, name, None) is function and module != "__main__":
            return str(module), str(name)
    return None


def describe_function(function: Callable[..., Any]) -> str:
    """Return a function's name as a reader knows it: `torch.nn.functional.gelu`."""
    found = imported_name(function)
    return ".".join(found) if found else str(getattr(function, "__qualname__", None) or repr(function))


def _written(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"np.array({np.asarray(value).tolist()!r}, {str(value.dtype)!r})".replace("nan", "np.nan").replace(
            "inf", "np.inf"
        )
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {_written(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (tuple, list)):
        inner = ", ".join(map(_written, value))
        return f"[{inner}]" if isinstance(value, list) else f"({inner},)" if value else "()"
    return repr(value)
