"""Write functions and values as lines of Python that recreate them, with everything they refer to.

`Definitions.define` is the entry.
"""

import ast
import builtins
import collections
import copy
import functools
import types
from collections.abc import Callable, Iterable
from typing import Any

import jax
import numpy as np

from ..run import torch_side
from ..run.case import Written
from ..run.pytrees import is_key
from .classes import class_source, write_method, write_object
from .describe import (
    Replaced,
    Syntax,
    Unwritten,
    expression,
    free_values,
    imported_name,
    is_installed,
    is_library_file,
    syntax_of,
    transformed,
)
from .literals import array_text, number_text, wrapped

_MOST_LINES = 14  # lines of a single function
_MOST_NUMBERS = 64  # elements of an array that a function refers to
# attributes of a class statement that namedtuple() does not leave, the last two since Python 3.13
_OF_A_CLASS = ("__annotations__", "__orig_bases__", "__firstlineno__", "__static_attributes__")
IMPORTED = {"jax": "jax", "jax.numpy": "jnp", "numpy": "np", "torch": "torch"}  # imported by every program


class Definitions:
    """Lines that define functions, each once and after its dependencies.

    `is_spaced`: blank lines between definitions.
    """

    def __init__(self, taken: Iterable[str] = (), is_spaced: bool = True) -> None:
        self.is_spaced = is_spaced
        self.imports: list[str] = []
        self.lines: list[str] = []
        self.taken = {*taken, *IMPORTED.values(), *dir(builtins)} - {"input"}  # torch's name for a tensor
        self._names: dict[int, str] = {}
        self._kept: list[Any] = []  # keeps values alive, so that no other value gets the same `id`

    def define(self, name: str, function: Any, is_brief: bool = False) -> None:
        """Add the lines that define a function: an import for a library's, else its source, unless `is_brief`.

        Raises: Unwritten where neither is possible; nothing is added then.
        """
        found = imported_name(function)
        is_writable = not is_brief and (found is None or not is_installed(found[0]))
        if is_writable and self._is_written(name, function):
            return
        if found is None:
            raise Unwritten
        self._remember(name, function)
        self._import(name, *found)

    def _is_written(self, name: str, function: Any) -> bool:
        before = {key: copy.copy(item) for key, item in vars(self).items()}
        self._remember(name, function)
        try:
            self._write(name, function)
        except Unwritten:
            vars(self).update(before)
            return False
        return True

    def add(self, text: str) -> None:
        """Add a statement, in lines of readable width."""
        self._add(wrapped(text))

    def unique(self, wanted: str) -> str:
        """Return a name that is not taken, and take it: `wanted`, or `wanted` with a number."""
        names = [wanted, *(f"{wanted}_{number}" for number in range(2, len(self.taken) + 3))]
        name = next(name for name in names if name not in self.taken)
        self.taken.add(name)
        return name

    def text(self, value: Any) -> str:
        """Return an expression for a value, and define the functions it refers to.

        Raises: Unwritten where there is no such expression.
        """
        if type(value) in _TEXTS:
            return _TEXTS[type(value)](self, value)
        if isinstance(value, (np.ndarray, np.generic)):
            return self._numbers(value)
        if is_key(value):
            data, kind = self._numbers(jax.random.key_data(value)), jax.random.key_impl(value)
            return f'jax.random.wrap_key_data(jnp.asarray({data}), impl="{kind}")'
        if isinstance(value, jax.Array):
            return f"jnp.asarray({self._numbers(value)})"
        if torch_side.is_tensor(value):
            return f"torch.tensor({self._numbers(torch_side.numpy(value))})"
        if torch_side.is_dtype(value):
            return str(value)
        if isinstance(value, tuple):  # a named tuple
            return f"{self.text(type(value))}({', '.join(map(self.text, value))})"
        return self._named(value, getattr(value, "__name__", type(value).__name__.lower()))

    @staticmethod
    def _numbers(array: Any) -> str:
        plain = np.asarray(array)
        if plain.size > _MOST_NUMBERS or plain.dtype.kind == "V":
            raise Unwritten
        return array_text(plain)

    def _remember(self, name: str, value: Any) -> None:
        self._names[id(value)] = name
        self._kept.append(value)
        self.taken.add(name)

    def _named(self, value: Any, wanted: str) -> str:
        if id(value) in self._names:
            return self._names[id(value)]
        if isinstance(value, types.ModuleType):
            return IMPORTED.get(value.__name__) or self._module(value, wanted)
        module, path = imported_name(value) or ("", "")
        if module in IMPORTED:
            return f"{IMPORTED[module]}.{path}"
        name = self.unique(wanted if wanted.isidentifier() and wanted != "_" else "function")
        self.define(name, value)
        return name

    def _module(self, module: types.ModuleType, wanted: str) -> str:
        name = self.unique(wanted.rpartition(".")[2])
        parent, _, last = module.__name__.rpartition(".")
        whole = f"import {module.__name__} as {name}" if name != module.__name__ else f"import {name}"
        self.imports.append(f"from {parent} import {last}" if parent and last == name else whole)
        self._remember(name, module)
        return name

    def _import(self, name: str, module: str, path: str) -> None:
        root, _, rest = path.partition(".")
        known = self.unique(root) if rest else name
        self.imports.append(f"from {module} import {root}" + (f" as {known}" if known != root else ""))
        if rest:
            self.lines.append(f"{name} = {known}.{rest}")

    def _write(self, name: str, value: Any) -> None:
        write = next((write for kind, write in _WRITERS.items() if isinstance(value, kind)), write_object)
        write(self, name, value)

    def _function(self, name: str, function: Any) -> None:
        made = transformed(function)
        if made is not None:
            self._applied(name, self.text(made.transform), made.inner, made.options.items())
            return
        node = syntax_of(function)
        if node is None or is_library_file(function.__code__.co_filename):
            raise Unwritten
        node = _stripped(node)
        used = {item.id for item in ast.walk(node) if isinstance(item, ast.Name)}
        free = {key: value for key, value in free_values(function).items() if key in used}
        node = Replaced({key: self._referred(key, value) for key, value in free.items()}).of(node)
        self._set_defaults(node, function)
        if isinstance(node, ast.FunctionDef):
            node.name = name
        text = ast.unparse(node)
        lines = wrapped(text if isinstance(node, ast.FunctionDef) else f"{name} = {text}")
        if len(lines) > _MOST_LINES:
            raise Unwritten
        self._add(lines)

    def _add(self, lines: list[str]) -> None:
        is_block = lines[0].startswith(("def ", "class ", "@"))
        if is_block and self.is_spaced:
            lines = [*([""] if self.lines and self.lines[-1] else []), *lines, ""]
        if is_block and not self.is_spaced and len(lines) == 2:
            lines = [f"{lines[0]} {lines[1].strip()}"]
        self.lines += lines

    def _referred(self, name: str, value: Any) -> str:
        if isinstance(value, types.ModuleType):
            return self._named(value, name)
        if not (callable(value) or isinstance(value, (np.ndarray, jax.Array)) or torch_side.is_tensor(value)):
            return self.text(value)
        if callable(value) or id(value) in self._names:
            return self._named(value, name)
        text, name = self.text(value), self.unique(name)
        self.lines += wrapped(f"{name} = {text}")
        self._remember(name, value)
        return name

    def _set_defaults(self, node: Syntax, function: types.FunctionType) -> None:
        # write the default values: the source expression may mean something else by now
        node.args.defaults = [expression(self.text(value)) for value in function.__defaults__ or ()]
        named = function.__kwdefaults__ or {}
        node.args.kw_defaults = [
            expression(self.text(named[item.arg])) if item.arg in named else None for item in node.args.kwonlyargs
        ]

    def _jitted(self, name: str, function: Any) -> None:
        info = getattr(function, "_jit_info", None)
        if info is None:
            raise Unwritten
        static = [(key, getattr(info, key, ())) for key in ("static_argnames", "static_argnums")]
        # jax.jit derives each of the two from the other where it knows the function's signature
        self._applied(name, "jax.jit", function.__wrapped__, [item for item in static if item[1]][:1])

    def _applied(self, name: str, transform: str, inner: Any, options: Iterable[tuple[str, Any]]) -> None:
        texts = [self.text(inner), *(f"{key}={self.text(value)}" for key, value in options)]
        self.lines += wrapped(f"{name} = {transform}({', '.join(texts)})")

    def _custom_jvp(self, name: str, function: Any) -> None:
        self._applied(name, "jax.custom_jvp", function.fun, _given(function))
        self.lines.append(f"{name}.defjvp({self._named(function.jvp, 'rule')})")

    def _custom_vjp(self, name: str, function: Any) -> None:
        self._applied(name, "jax.custom_vjp", function.fun, _given(function))
        forward, backward = self._named(function.fwd, "forward"), self._named(function.bwd, "backward")
        self.lines.append(f"{name}.defvjp({forward}, {backward})")

    def _partial(self, name: str, function: Any) -> None:
        given = [*map(self.text, function.args), *(f"{k}={self.text(v)}" for k, v in function.keywords.items())]
        called = self.text(functools.partial)
        self.lines += wrapped(f"{name} = {called}({', '.join([self.text(function.func), *given])})")

    def _named_tuple(self, name: str, kind: Any) -> None:
        fields = getattr(kind, "_fields", ())
        plain = collections.namedtuple(kind.__name__, fields)
        if kind.__bases__ != (tuple,) or set(vars(kind)) - {*vars(plain), *_OF_A_CLASS}:
            raise Unwritten
        defaults = [self.text(value) for value in kind._field_defaults.values()]
        given = [repr(kind.__name__), repr(fields), *([f"defaults=[{', '.join(defaults)}]"] if defaults else [])]
        self.lines += wrapped(f"{name} = {self.text(collections.namedtuple)}({', '.join(given)})")

    def _class(self, name: str, kind: Any) -> None:
        if hasattr(kind, "_fields"):
            self._named_tuple(name, kind)
            return
        node, known = class_source(kind)
        node = _Bare().visit(node)
        texts = {key: self._referred(key, value) for key, value in known.items()}
        node = Replaced(texts).of(node)
        node.name = name
        lines = wrapped(ast.unparse(node))
        if len(lines) > _MOST_LINES:
            raise Unwritten
        self._add(lines)


def _given(function: Any) -> list[tuple[str, Any]]:
    """Return the options of a custom_jvp or custom_vjp function."""
    return [("nondiff_argnums", function.nondiff_argnums)] if function.nondiff_argnums else []


def _sequence(brackets: str) -> Callable[[Definitions, Any], str]:
    def text(definitions: Definitions, values: Any) -> str:
        inside = ", ".join(map(definitions.text, values))
        return brackets[0] + inside + ("," if len(values) == 1 and brackets == "()" else "") + brackets[1]

    return text


def _mapping(definitions: Definitions, values: dict[Any, Any]) -> str:
    return "{" + ", ".join(f"{definitions.text(key)}: {definitions.text(item)}" for key, item in values.items()) + "}"


_TEXTS: dict[type, Callable[[Definitions, Any], str]] = {
    **dict.fromkeys((bool, int, str, bytes, type(None), type(...), range, slice), lambda _, value: repr(value)),
    Written: lambda _, value: str(value),
    **dict.fromkeys((float, complex), lambda _, value: number_text(value)),
    tuple: _sequence("()"),
    list: _sequence("[]"),
    dict: _mapping,
}
_WRITERS: dict[type, Callable[[Definitions, str, Any], None]] = {
    types.FunctionType: Definitions._function,
    type(jax.jit(len)): Definitions._jitted,
    jax.custom_jvp: Definitions._custom_jvp,
    jax.custom_vjp: Definitions._custom_vjp,
    functools.partial: Definitions._partial,
    type: Definitions._class,
    types.MethodType: write_method,
}


class _Bare(ast.NodeTransformer):
    """Strips docstrings and annotations from functions and classes."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        self.generic_visit(node)
        node.returns = None
        body = node.body[1:] if ast.get_docstring(node) is not None else node.body
        node.body = body or [ast.Pass()]
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        self.generic_visit(node)
        body = node.body[1:] if ast.get_docstring(node) is not None else node.body
        node.body = body or [ast.Pass()]
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AnnAssign:
        node.annotation = ast.Name("object", ast.Load())  # a dataclass field needs some annotation
        return node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        return ast.arg(node.arg)


def _stripped(node: Syntax) -> Any:
    bare = _Bare().visit(node)
    if isinstance(bare, ast.FunctionDef):
        bare.decorator_list = []  # the function is its body; a decorated function is another object
    bare.args.defaults, bare.args.kw_defaults = [], []
    return bare
