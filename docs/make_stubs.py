"""Write `jaxfun/__init__.pyi` and `jaxfun/nn/functional.pyi`: what editors and type checkers read of the public names.

The signatures are read off the records and the functions, so that each is written once, in the source.
`python docs/make_stubs.py` writes the files; a test holds them to it.
"""

import ast
import copy
import functools
import inspect
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import jaxfun
from jaxfun.core.dtypes import DType
from jaxfun.core.record import Op, Role

ROOT = Path(jaxfun.__file__).parent
FACES = {"__init__.pyi": jaxfun, "nn/functional.pyi": jaxfun.nn.functional}
HEAD = """{title}
# Written by docs/make_stubs.py: the types of the public names.

import builtins
from collections.abc import Callable, Mapping, Sequence
from types import EllipsisType, ModuleType
from typing import Any, Literal, overload

import numpy as np
from jax import Array
{imports}

__version__: builtins.str
DTypeLike = DType | np.dtype[Any] | builtins.str | builtins.type
"""
# what an argument of a role is to a caller, by the role's name
TYPES: Mapping[Role, str] = {
    Role.TENSOR: "ArrayLike",
    Role.OPERAND: "ArrayLike | Number",
    Role.TENSORS: "Sequence[ArrayLike]",
    Role.MASK: "ArrayLike",
    Role.SCALAR: "Number | Array",
    Role.DIM: "builtins.int",
    Role.DIMS: "builtins.int | Sequence[builtins.int]",
    Role.SIZES: "builtins.int | Sequence[builtins.int]",
    Role.DTYPE: "DTypeLike",
}
# names of unions and of tuples that the source abbreviates
ALIASES = {
    "Parts": "tuple[Array, ...]",
    "Sizes": "builtins.int | Sequence[builtins.int]",
}
# the types of parameters that the source leaves open, as it takes arrays of any library and dtypes of any spelling
NAMED = {"dtype": "DTypeLike | None", "input": "ArrayLike", "mask": "ArrayLike", "tensor": "ArrayLike"}
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
    of = getattr(value, "ops", None) or ((value.op,) if hasattr(value, "op") else ())
    if len(of) > 1:
        return "\n".join(f"@overload\n{_function(name, _of_record(record), value)}" for record in of)
    signature = _of_record(of[0]) if of else _of_source(value)
    return _function(name, signature, value)


def _function(name: str, signature: str, value: Callable[..., Any]) -> str:
    shown = re.split(r"\n\s*>>>", inspect.getdoc(value) or "")[0].rstrip()
    lines = f'"""{shown}\n"""'.splitlines() if "\n" in shown else [f'"""{shown}"""']
    body = "\n".join(f"    {line}".rstrip() for line in lines)
    return f"def {name}{signature}:\n{body}\n    ...\n"


def _of_record(record: Op) -> str:
    parts, is_marked = [], False
    for name, parameter in record.signature.parameters.items():
        is_marked = is_marked or parameter.kind is parameter.VAR_POSITIONAL
        if parameter.kind is parameter.KEYWORD_ONLY and not is_marked:
            parts.append("*")
            is_marked = True
        star = "*" if parameter.kind is parameter.VAR_POSITIONAL else ""
        parts.append(
            f"{star}{name}: {_argument_type(record, parameter, _text(parameter.annotation))}{_default(parameter)}"
        )
    return f"({', '.join(parts)}) -> {_text(record.signature.return_annotation)}"


def _argument_type(record: Op, parameter: inspect.Parameter, written: str) -> str:
    role = record.roles[parameter.name]
    if role is Role.TENSORS and parameter.kind is parameter.VAR_POSITIONAL:
        return "ArrayLike"
    kind = TYPES.get(role) or written
    takes_none = parameter.default is None or written.endswith("None")
    return f"{kind} | None" if takes_none and not kind.endswith("None") else kind


def _default(parameter: inspect.Parameter) -> str:
    default = parameter.default
    if default is parameter.empty:
        return ""
    return f" = {default!r}" if default is None or isinstance(default, (bool, int, str)) else " = ..."


@functools.cache
def _tree(module: str) -> ast.Module:
    return ast.parse(Path(sys.modules[module].__file__ or "").read_text())


def _of_source(function: Callable[..., Any]) -> str:
    """Return a signature as it is written, its types in the face's words."""
    plain = inspect.unwrap(function)
    nodes = (node for node in ast.walk(_tree(plain.__module__)) if isinstance(node, ast.FunctionDef))
    node = next(node for node in nodes if node.name == plain.__name__)
    arguments = copy.deepcopy(node.args)
    for each in _each_argument(arguments):
        each.annotation = _Words().visit(each.annotation) if each.annotation else None
        if each.arg in NAMED and each.annotation and ast.unparse(each.annotation) == "Any":
            each.annotation = ast.parse(NAMED[each.arg], mode="eval").body
    return f"({ast.unparse(arguments)}) -> {_plain(node.returns)}"


def _each_argument(arguments: ast.arguments) -> list[ast.arg]:
    variadic = [each for each in (arguments.vararg, arguments.kwarg) if each]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *variadic]


def _text(annotation: Any) -> str:
    """Return an annotation of a record's signature as the stub writes it."""
    text = inspect.formatannotation(annotation)
    text = re.sub(r"(?:\w+\.)+Array\b", "Array", text)
    text = re.sub(r"jaxfun\.[\w.]+\.(\w+)", r"\1", text)
    return re.sub(rf"(?<![\w.])({'|'.join(BUILTINS)})\b", r"builtins.\1", text)


class _Words(ast.NodeTransformer):
    """An annotation in the face's words: the builtins by name, where the face gives them another meaning."""

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in ALIASES:
            return ast.parse(ALIASES[node.id], mode="eval").body
        return ast.parse(f"builtins.{node.id}", mode="eval").body if node.id in BUILTINS else node

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        return ast.Name("Array") if ast.unparse(node) == "jax.Array" else node


def _plain(annotation: ast.expr | None) -> str:
    return ast.unparse(_Words().visit(copy.deepcopy(annotation))) if annotation else "Any"


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
