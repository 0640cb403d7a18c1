"""The packages that models come from: `torchvision` and `transformers`. Begin with `package`."""

import importlib
import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import torch

INSTALL = "python -m pip install --constraint constraints.txt --group models"
_REGISTERED = re.compile(r'register_(?:fake|meta|autograd)\(\s*"(?:\w+::)?(\w+)"')
_DECLARED: list[torch.library.Library] = []  # the declarations end with their library


def package(name: str) -> ModuleType:
    """Return an installed package.

    Raises: ModuleNotFoundError, which says how to install it.
    """
    if is_missing(name):
        raise ModuleNotFoundError(f"{name} is not installed. In a copy of the repository: {INSTALL}", name=name)
    if name == "transformers" and not is_missing("torchvision"):
        package("torchvision")  # which it imports itself where it is installed
    try:
        return importlib.import_module(name)
    except RuntimeError as error:
        if f"operator {name}::" not in str(error):
            raise
    # torchvision of PyPI is compiled for PyTorch with CUDA. Beside a build for the CPU its library does not load, and
    # the import stops at the first of its operators, which no model here calls. Declared, they need no library.
    for part in [each for each in sys.modules if each == name or each.startswith(f"{name}.")]:
        del sys.modules[part]
    _declare(name)
    return importlib.import_module(name)


def is_missing(name: str) -> bool:
    """Return whether a package is not installed."""
    return importlib.util.find_spec(name) is None


def _declare(name: str) -> None:
    """Declare the operators that a package registers something for, without a kernel."""
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    text = "".join(file.read_text("utf-8") for file in sorted(Path(spec.origin).parent.glob("_*_registrations.py")))
    library = torch.library.Library(name, "FRAGMENT")
    for operator in dict.fromkeys(_REGISTERED.findall(text)):
        library.define(f"{operator}(Tensor input) -> Tensor")
    _DECLARED.append(library)
