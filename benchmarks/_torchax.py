"""torchax's way from a PyTorch module to a JAX function. Use it in a process of its own: its import alters torch."""

import importlib.util
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

_OVERLOAD = re.compile(r"aten\.(\w+)\.(\w+)")


def is_installed() -> bool:
    return importlib.util.find_spec("torchax") is not None


def extracted(module: torch.nn.Module) -> tuple[dict[str, Any], Callable[..., Any]]:
    """Return the arrays by name, and a function of the arrays, the positional arguments and those by keyword."""
    _name_what_is_gone()
    import torchax  # here, because it alters torch

    return torchax.extract_jax(module)


def _name_what_is_gone() -> None:
    """Give torch the overloads of named tensors again, which its 2.13 no longer has: torchax 0.0.13 lists them.

    It uses them as keys of tables alone, so that any object will do.
    """
    spec = importlib.util.find_spec("torchax")
    assert spec is not None
    assert spec.origin is not None
    text = "".join(file.read_text("utf-8") for file in Path(spec.origin).parent.rglob("*.py"))
    for name, overload in sorted(set(_OVERLOAD.findall(text))):
        packet = getattr(torch.ops.aten, name, None)
        if packet is not None and not hasattr(packet, overload):
            setattr(packet, overload, f"aten::{name}.{overload}")
