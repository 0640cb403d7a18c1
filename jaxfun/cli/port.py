"""The command `jaxfun port`: convert a PyTorch module, show the proof, and write the port or its source."""

import inspect
import re
import sys
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ..convert.conversion import from_torch
from ..convert.source.check import check_source, in_words
from ..core.errors import JaxfunError
from ..parity.run import torch_side
from .parity import attribute_of

_COLUMNS = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
_FIRST_SIZE = 2  # of the first named size; torch.export takes 0 and 1 for fixed ones


def run(module: str, inputs: str, out: Path, html: Path | None, train: bool, prove: bool, remat: Sequence[str]) -> int:
    """Convert, print the proof, write the port, and return 0, or 1 if the port or its source differs.

    Raises: ValueError for invalid arguments, and for a module that cannot be converted.
    """
    if out.suffix not in ("", ".py"):
        raise ValueError(f"--out is a directory, or a .py file for the source; got {out}")
    model = _module(module)
    args, kwargs, dynamic = _example(_parsed(inputs), model)
    port = _converted(model, args, kwargs, dynamic=dynamic, train=train, prove=prove, remat=remat)
    print(port if port.report is None else port.report)
    is_written_right = _write(port, out)
    if html is not None and port.report is not None:
        port.report.to_html(html)
        print(f"written: {html}")
    return 0 if is_written_right and (port.report is None or port.report.ok) else 1


def _write(port: Any, out: Path) -> bool:
    """Write the port to a directory, or its source to a file; return whether the source gives the port's numbers.

    Raises: ValueError for a port that cannot be written as source.
    """
    if not out.suffix:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            port.save(out)
        for warning in caught:
            print(f"\nwarning: {warning.message}", file=sys.stderr)
        print(f"\nwritten: {out}/")
        return True
    try:
        text = port.source()
    except JaxfunError as error:
        raise ValueError(str(error)) from error
    checked = check_source(port, text)
    out.write_text(text, encoding="utf-8")
    print(f"  {'source':<15} {in_words(checked)}\n\nwritten: {out}")
    return all(each.ok for each in checked)


def _converted(model: Any, args: Any, kwargs: Any, **options: Any) -> Any:
    console = Console(stderr=True)
    with Progress(*_COLUMNS, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("torch.export", total=None)

        def progress(what: str, done: int, total: int) -> None:
            bar.update(task, description=what, completed=done, total=total or None)

        try:
            return from_torch(model, args, kwargs, progress=progress, **options)
        except JaxfunError as error:
            raise ValueError(str(error)) from error


def _module(name: str) -> Any:
    """Return the module that `package.module:factory` gives, or that stands there."""
    found = attribute_of(name)
    model = found() if isinstance(found, type) or inspect.isfunction(found) else found
    if not hasattr(model, "state_dict"):
        raise ValueError(f"{name} gives {type(model).__name__}: name a function without arguments that gives a Module")
    return model


# The inputs.


class Sized(NamedTuple):
    """One input: its keyword or "", dtype, sizes (a number, or a name with a number), and the bound of its integers."""

    keyword: str
    dtype: str
    sizes: tuple[tuple[str, int | None], ...]
    below: int


_INPUT = re.compile(r"(?:(\w+)=)?(\w+)\[([^\]]*)\](?:<(\d+))?")
_SIZE = re.compile(r"(?:([A-Za-z_]\w*):)?(\d+)|([A-Za-z_]\w*)")
_DTYPES = ("float32", "float64", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool")


def _parsed(text: str) -> list[Sized]:
    """Return the inputs of a text.

    >>> _parsed("float32[batch,3]; mask=int64[batch, length:16]<2")[1]
    Sized(keyword='mask', dtype='int64', sizes=(('batch', None), ('length', 16)), below=2)
    """
    found = []
    for part in filter(None, map(str.strip, text.split(";"))):
        match = _INPUT.fullmatch(part)
        if match is None or match[2] not in _DTYPES:
            raise ValueError(f'--inputs: expected such as "float32[batch,3,224,224]; int64[batch,16]<99", got {part!r}')
        sizes = tuple(_size(each.strip(), part) for each in match[3].split(",") if each.strip())
        found.append(Sized(match[1] or "", match[2], sizes, int(match[4] or 2)))
    return found


def _size(text: str, part: str) -> tuple[str, int | None]:
    match = _SIZE.fullmatch(text)
    if match is None:
        raise ValueError(f"--inputs: a size is a number, a name, or name:number; got {text!r} in {part!r}")
    return (match[3], None) if match[3] else (match[1] or "", int(match[2]))


def _example(inputs: Sequence[Sized], model: Any) -> tuple[tuple[Any, ...], dict[str, Any], dict[str, Any]]:
    """Return tensors for the inputs by position and by keyword, and the names of their dynamic sizes."""
    known = {name: size for each in inputs for name, size in each.sizes if name and size is not None}
    for name in dict.fromkeys(name for each in inputs for name, _ in each.sizes if name):
        known.setdefault(name, _FIRST_SIZE + len(known))
    rng = np.random.default_rng(0)
    tensors = [torch_side.tensor(_drawn(each, known, rng)) for each in inputs]
    args = tuple(tensor for tensor, each in zip(tensors, inputs, strict=True) if not each.keyword)
    kwargs = {each.keyword: tensor for tensor, each in zip(tensors, inputs, strict=True) if each.keyword}
    parameters = iter(inspect.signature(model.forward).parameters)
    names = {each.keyword or next(parameters, ""): [name or None for name, _ in each.sizes] for each in inputs}
    return args, kwargs, {name: each for name, each in names.items() if any(each)}


def _drawn(each: Sized, known: Mapping[str, int], rng: np.random.Generator) -> np.ndarray:
    shape = [known[name] if name else size or 0 for name, size in each.sizes]
    if each.dtype in ("float32", "float64", "float16", "bfloat16"):
        return rng.standard_normal(shape).astype(np.dtype(each.dtype))
    return rng.integers(0, each.below, shape).astype(each.dtype)
