"""Write the stubs of the faces (`jaxfun/__init__.pyi`, ...): what editors and type checkers read of the public names.

The signatures are read off the records and the functions, so that each is written once, in the source.
`python docs/make_stubs.py` writes the files; a test holds them to it.
"""

import inspect
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType, NoneType
from typing import Any

import jaxfun
from jaxfun.core.annotations import OMITTED, public_signature
from jaxfun.core.dtypes import DType

ROOT = Path(jaxfun.__file__).parent
FACES = {
    "__init__.pyi": jaxfun,
    "fft.pyi": jaxfun.fft,
    "linalg.pyi": jaxfun.linalg,
    "nn/functional.pyi": jaxfun.nn.functional,
    "nn/init.pyi": jaxfun.nn.init,
    "special.pyi": jaxfun.special,
}
HEAD = """{title}
# Written by docs/make_stubs.py: the types of the public names.

import builtins
import pathlib
from collections.abc import Callable, Mapping, Sequence
from types import EllipsisType, ModuleType
from typing import Any, Literal, overload

import numpy
from jax import Array
{imports}

__version__: builtins.str
DTypeLike = DType | numpy.dtype[Any] | builtins.str | builtins.type
"""
LITERAL = (bool, int, float, str, tuple, NoneType)
BUILTINS = ("bool", "int", "float", "complex", "type")  # names that the face gives another meaning


def stub(face: ModuleType) -> str:
    """Return the stub of a face: its modules, its classes by import, and each function in full."""
    values = {name: getattr(face, name) for name in dir(face) if not name.startswith("_")}
    functions = {name: value for name, value in values.items() if inspect.isroutine(value)}
    text = "\n\n".join(stub_of(name, value) for name, value in functions.items())
    dtypes = "\n".join(f"{name}: DType" for name, value in values.items() if isinstance(value, DType))
    classes = {name: value for name, value in values.items() if inspect.isclass(value)}
    needed = classes | _classes_in(text, functions) | {"DType": DType, "ArrayLike": jaxfun.ArrayLike}
    imports = [_import(face, name, value) for name, value in sorted(needed.items())]
    imports += [_import(face, name, value) for name, value in values.items() if inspect.ismodule(value)]
    if "Number" in text:
        imports.append(f"from {_relative(face, 'jaxfun.core.types')} import Number")
    rest = [f"{name}: Any" for name in values if not (name in functions or name in needed or _has_place(values[name]))]
    title = f'"""{(face.__doc__ or "").splitlines()[0]}"""'
    return "\n".join([HEAD.format(title=title, imports="\n".join(imports)), dtypes, *rest, "", text])


def _has_place(value: Any) -> bool:
    return isinstance(value, DType) or inspect.ismodule(value)


def _classes_in(text: str, functions: Mapping[str, Any]) -> dict[str, type]:
    """Return the classes of jaxfun that signatures name, by the modules of their functions."""
    scopes = {inspect.unwrap(function).__module__ for function in functions.values()}
    known = {
        name: value
        for scope in scopes
        for name, value in vars(sys.modules[scope]).items()
        if inspect.isclass(value) and value.__module__.startswith("jaxfun")
    }
    return {name: value for name, value in known.items() if re.search(rf"\b{name}\b", text)}


def _import(face: ModuleType, name: str, value: Any) -> str:
    if inspect.ismodule(value):
        package, _, module = value.__name__.rpartition(".")
        return f"from {_relative(face, package)} import {module} as {name}"
    home = "jaxfun.core.types" if name == "ArrayLike" else value.__module__
    return f"from {_relative(face, home)} import {name} as {name}"


def _relative(face: ModuleType, module: str) -> str:
    package = face.__name__ if hasattr(face, "__path__") else face.__name__.rpartition(".")[0]
    dots = "." * (package.count(".") + 1)
    return dots + module.removeprefix("jaxfun").removeprefix(".")


def stub_of(name: str, value: Any) -> str:
    """Return the stub of one public function."""
    signatures = [public_signature(record.signature, record.roles) for record in getattr(value, "ops", ())]
    if len(signatures) > 1:
        return "\n".join(f"@overload\n{_function(name, each, value)}" for each in signatures)
    return _function(name, public_signature(inspect.signature(value)), value)


def _function(name: str, signature: inspect.Signature, value: Callable[..., Any]) -> str:
    shown = re.split(r"\n\s*>>>", inspect.getdoc(value) or "")[0].rstrip()
    lines = f'"""{shown}\n"""'.splitlines() if "\n" in shown else [f'"""{shown}"""']
    body = "\n".join(f"    {line}".rstrip() for line in lines)
    return f"def {name}{text_of(signature)}:\n{body}\n    ...\n"


def text_of(signature: inspect.Signature) -> str:
    """Return a public signature as the stub writes it.

    >>> text_of(inspect.signature(jaxfun.numel))
    '(input: ArrayLike) -> builtins.int'
    """
    parameters = [each.replace(default=_default(each.default)) for each in signature.parameters.values()]
    text = str(signature.replace(parameters=parameters))
    return re.sub(rf"(?<=[\[ ])({'|'.join(BUILTINS)})(?=[\[\] ,)|]|$)", r"builtins.\1", text)


def _default(default: Any) -> Any:
    return default if default is inspect.Parameter.empty or isinstance(default, LITERAL) else OMITTED


def formatted(text: str) -> str:
    """Return a stub as ruff formats it."""
    command = [sys.executable, "-m", "ruff", "format", "--stdin-filename", "stub.pyi", "-"]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout


def main() -> None:
    """Write the stubs."""
    for name, face in FACES.items():
        (ROOT / name).write_text(formatted(stub(face)))


if __name__ == "__main__":
    main()
