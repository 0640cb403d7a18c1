"""The command `jaxfun parity`: check a JAX function against a PyTorch function, both named on the command line."""

import difflib
import importlib
import math
import re
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from .. import parity
from ..core.errors import JaxfunError

_COLUMNS = (
    TextColumn("{task.description}"),
    BarColumn(),
    MofNCompleteColumn(),
    TextColumn("value sets"),
    TimeElapsedColumn(),
)
_CODES = {"agrees": 0, "differs": 1, "not shown": 3}
_LARGEST = 2**24  # elements of a tensor: a check holds dozens of such tensors at a time


def run(candidate: str, reference: str, shape: str | None, html: Path | None, **options: Any) -> int:
    """Check, print the report, and return 0 for "agrees", 1 for "differs", 3 for "not shown".

    Raises: ValueError for invalid arguments.
    """
    functions = _functions(candidate, reference)
    inputs = _inputs(shape)
    if html is not None:
        _require_place(html)
    report = _checked(functions, inputs, options)
    print(report)
    if html is not None:
        report.to_html(html)
        print(f"\nwritten: {html}")
    return _CODES[report.answer]


def _checked(functions: list[Callable[..., Any]], inputs: list[Any], options: dict[str, Any]) -> Any:
    console = Console(stderr=True)
    with Progress(*_COLUMNS, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("checking", total=None)
        try:
            return parity.check(
                *functions,
                *inputs,
                progress=lambda done, total: bar.update(task, completed=done, total=total),
                **options,
            )
        except JaxfunError as error:
            raise ValueError(str(error.within(""))) from error
        except Exception as error:  # any other error becomes a one-line message too
            raise ValueError(f"the check ended early: {_said(error)}") from error


# Functions


def _functions(candidate: str, reference: str) -> list[Callable[..., Any]]:
    if re.match(r"torch\b", candidate):
        raise ValueError(
            f"{candidate} is from PyTorch: the JAX function comes first, as in jax.nn:gelu torch.nn.functional:gelu"
        )
    return [named(name) for name in (candidate, reference)]


def named(name: str) -> Callable[..., Any]:
    """Return the function that `module:function` names.

    Raises: ValueError where it does not exist.

    >>> named("math:sqrt")(4.0)
    2.0
    """
    found = attribute_of(name)
    if isinstance(found, type):
        raise ValueError(f"{name} is a class: name a function, or an instance of the class in a module of your own")
    if not callable(found):
        raise ValueError(f"{name} is not a function but of type {type(found).__name__}")
    return found


def attribute_of(name: str) -> Any:
    """Return what `module:name` names. Raises: ValueError where it does not exist."""
    module, _, attribute = name.partition(":")
    if not module or not attribute or module.startswith("."):
        raise ValueError(f"{name!r} does not have the form module:function, such as jax.nn:gelu")
    found = _module(module)
    for part in attribute.split("."):
        found = _attribute(found, part, name)
    return found


def _module(name: str) -> Any:
    """Import a module like `python -m`, also from the current folder.

    Raises: ValueError for any error of the import.
    """
    if "" not in sys.path:
        sys.path.insert(0, "")
    try:
        return importlib.import_module(name)
    except (Exception, SystemExit) as error:
        if isinstance(error, ModuleNotFoundError) and error.name and f"{name}.".startswith(f"{error.name}."):
            raise ValueError(f"there is no module {error.name} in this folder or among the installed ones") from None
        raise ValueError(f"importing {name} raised {_said(error)}{_place(error)}") from error


def _attribute(owner: Any, name: str, whole: str) -> Any:
    try:
        return getattr(owner, name)
    except Exception as error:  # any error: a module may compute its attributes
        near = difflib.get_close_matches(name, dir(owner), 1)
        hint = f". Did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"{whole}: {error}{hint}") from None


def _said(error: BaseException) -> str:
    return ": ".join(part for part in (type(error).__name__, str(error)) if part)


def _place(error: BaseException) -> str:
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "importlib" not in frame.filename]
    return f" at {frames[-1].filename}:{frames[-1].lineno}" if len(frames) > 1 else ""


# Options


def _inputs(shape: str | None) -> list[Any]:
    """Return a strategy for each shape.

    Raises: ValueError for an invalid shape, or one that is too large.
    """
    if shape is None:
        return []
    shapes = shape.split(";")
    for words in shapes:
        _require_shape(words.split())
    return [parity.tensors(shape=words) for words in shapes]


def _require_shape(words: list[str]) -> None:
    for word in words:
        if not re.fullmatch(r"[0-9]+|[^\W\d]\w*", word, re.ASCII):
            raise ValueError(f'--shape: expected names and numbers, as in "batch 8; 8 3", got {word!r}')
    numbers = math.prod(int(word) for word in words if word.isdigit())
    if numbers > _LARGEST:
        raise ValueError(f"--shape: {' '.join(words)} has {numbers:,} elements, above the limit of {_LARGEST:,}")


def _require_place(path: Path) -> None:
    """Raise before a long check if its file cannot be written.

    Raises: ValueError.
    """
    if path.is_dir():
        raise ValueError(f"--html: expected a file, got the directory {path}")
    if not path.parent.is_dir():
        raise ValueError(f"--html: there is no directory {path.parent}")
