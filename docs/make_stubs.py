"""Write `jaxfun/__init__.pyi` and `jaxfun/nn/functional.pyi`: what editors and type checkers read of the public names.

The signatures are read off the records and the functions, so that each is written once, in the source.
`python docs/make_stubs.py` writes the files; a test holds them to it.
"""

import ast
import enum
import inspect
import operator
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import jaxfun
from jaxfun.core.dtypes import DType
from jaxfun.core.record import Op, Role

ROOT = Path(jaxfun.__file__).parent
HEAD = '''"""{title}

Written by `docs/make_stubs.py`: the types of the public names.
"""

import builtins
from collections.abc import Callable, Mapping, Sequence
from types import EllipsisType, ModuleType
from typing import Any, Literal, overload

import numpy as np
from jax import Array
'''
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
BUILTINS = ("bool", "int", "float", "complex", "type")  # names that the face gives another meaning


def stub_of(name: str, value: Any) -> str:
    """Return the stub of one public name."""
    if isinstance(value, DType):
        return f"{name}: DType"
    records = getattr(value, "ops", None) or ((value.op,) if hasattr(value, "op") else ())
    if len(records) > 1:
        return "\n".join(f"@overload\n{_function(name, _of_record(record), value)}" for record in records)
    if records:
        return _function(name, _of_record(records[0]), value)
    return _function(name, _of_source(value), value)


def _function(name: str, signature: str, value: Callable[..., Any]) -> str:
    text = inspect.getdoc(value) or ""
    shown = re.split(r"\n\s*>>>", text)[0].rstrip()
    body = "\n    ".join(line for line in f'"""{shown}\n"""'.splitlines()) if "\n" in shown else f'"""{shown}"""'
    body = re.sub(r"[ \t]+$", "", body, flags=re.M)
    quote = "r" if "\\" in body else ""
    return f"def {name}{signature}:\n    {quote}{body}\n    ...\n"


def _of_record(record: Op) -> str:
    source = _annotations(_source_of(record))
    parts, keyword_only = [], False
    for name, parameter in record.signature.parameters.items():
        if parameter.kind is parameter.KEYWORD_ONLY and not keyword_only:
            keyword_only = True
            parts += ["*"] if not any(part.startswith("*") for part in parts) else []
        star = "*" if parameter.kind is parameter.VAR_POSITIONAL else ""
        kind = _argument_type(record, name, parameter, source.get(name, "Any"))
        parts.append(f"{star}{name}: {kind}{_default(parameter)}")
    return f"({', '.join(parts)}) -> {_plain(source.get('return', 'Any'))}"


def _argument_type(record: Op, name: str, parameter: inspect.Parameter, written: str) -> str:
    role = record.roles[name]
    if role is Role.TENSORS and parameter.kind is parameter.VAR_POSITIONAL:
        return "ArrayLike"
    kind = TYPES.get(role) or _plain(written)
    takes_none = parameter.default is None or "None" in written or role is Role.DIMS and parameter.default is None
    return f"{kind} | None" if takes_none and "None" not in kind else kind


def _default(parameter: inspect.Parameter) -> str:
    default = parameter.default
    if default is parameter.empty:
        return ""
    if default is None or isinstance(default, (bool, int, float, str)) and repr(default) not in ("inf", "nan"):
        return f" = {default!r}"
    return " = ..."


def _source_of(record: Op) -> ast.FunctionDef:
    return FUNCTIONS[record.name]


def _functions() -> dict[str, ast.FunctionDef]:
    """Return the source of every op's function, by the record's name."""
    found: dict[str, ast.FunctionDef] = {}
    for name in dir(jaxfun):
        value = getattr(jaxfun, name)
        for module in {sys.modules.get(getattr(value, "__module__", "") or "")} - {None}:
            found |= _ops_in(module)
    return found


def _ops_in(module: Any) -> dict[str, ast.FunctionDef]:
    path = getattr(module, "__file__", None)
    if not path or not str(path).endswith(".py") or module.__name__ in SEEN:
        return {}
    SEEN.add(module.__name__)
    tree = ast.parse(Path(path).read_text())
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    return {
        value.op.name: functions[name]
        for name, value in vars(module).items()
        if name in functions and hasattr(value, "op") and value.__module__ == module.__name__
    }


SEEN: set[str] = set()


def _of_source(function: Callable[..., Any]) -> str:
    """Return the signature as it is written, its types in the face's words."""
    node = _definition(inspect.unwrap(function))
    if node is None:
        return "(*args: Any, **kwargs: Any) -> Any"
    return f"({_plain(ast.unparse(node.args))}) -> {_plain(ast.unparse(node.returns)) if node.returns else 'Any'}"


def _definition(function: Callable[..., Any]) -> ast.FunctionDef | None:
    tree = ast.parse(Path(inspect.getsourcefile(function) or "").read_text())
    return next(
        (node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == function.__name__), None
    )


def _annotations(node: ast.FunctionDef) -> dict[str, str]:
    arguments = [*node.args.args, *node.args.kwonlyargs, *([node.args.vararg] if node.args.vararg else [])]
    found = {each.arg: ast.unparse(each.annotation) for each in arguments if each.annotation}
    return found | ({"return": ast.unparse(node.returns)} if node.returns else {})


def _plain(annotation: str) -> str:
    """Return an annotation as the stub writes it: `jax.Array` as Array, the builtins by name."""
    text = annotation.replace("jax.Array", "Array").replace("Parts", "tuple[Array, ...]")
    return re.sub(rf"(?<![\w.])({'|'.join(BUILTINS)})(?![\w(=])", r"builtins.\1", text)
