"""Describe functions for a reader: their importable names, and the source they were written in."""

import ast
import copy
import dis
import functools
import inspect
import linecache
import sys
import sysconfig
import types
import warnings
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

# public modules, searched first: a function's own module may be private
_PUBLIC = (
    "jax.numpy",
    "jax.nn",
    "jax.lax",
    "jax.numpy.linalg",
    "jax.numpy.fft",
    "jax.scipy.special",
    "jax",
    "torch",
    "torch.nn.functional",
    "torch.special",
    "torch.linalg",
    "torch.fft",
    "torch.func",
    "torch.nn",
    "numpy",
    "jaxfun",
    "jaxfun.nn.functional",
)
_OWN = __name__.partition(".")[0]


def imported_name(value: Any) -> tuple[str, str] | None:
    """Return the module and (dotted) name to import a function by, public ones first; None for a local function."""
    name, own = getattr(value, "__name__", None), getattr(value, "__module__", None)
    if not isinstance(name, str):
        return None
    places = [(module, name) for module in _PUBLIC]
    if own != "__main__" and str(own).replace(".", "").isidentifier():  # excludes "<run_path>"
        places += [("torch", f"Tensor.{name}"), (own, getattr(value, "__qualname__", name))]
        places += [(own, key) for key, item in vars(sys.modules.get(own or "", object)).items() if item is value]
    return next(((module, path) for module, path in places if module and _found(module, path) is value), None)


def _found(module: str, path: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a module may warn when a name is looked up
        return functools.reduce(
            lambda holder, part: getattr(holder, part, None), path.split("."), sys.modules.get(module)
        )


def is_installed(module: str) -> bool:
    """Return whether a module belongs to a library (or to jaxfun), not to the user's own code."""
    file = getattr(sys.modules.get(module), "__file__", None)
    return file is None or module.partition(".")[0] == _OWN or is_library_file(file)


def is_library_file(file: str) -> bool:
    """Return whether a file belongs to an installed package or to Python itself."""
    return bool({"site-packages", "dist-packages"} & {*Path(file).parts}) or file.startswith(_STANDARD)


_STANDARD = sysconfig.get_paths()["stdlib"]


# The syntax tree of a function

Syntax = ast.Lambda | ast.FunctionDef


def syntax_of(function: types.FunctionType) -> Syntax | None:
    """Return a copy of the `lambda` or `def` node that a function was compiled from; None without its source."""
    code = function.__code__
    kind = ast.Lambda if code.co_name == "<lambda>" else ast.FunctionDef
    text = "".join(linecache.getlines(code.co_filename, function.__globals__))
    found = [node for node in _functions(text) if isinstance(node, kind) and _made(node, code)]
    # for nested lambdas, the inner one
    return copy.deepcopy(max(found, key=lambda node: (node.lineno, node.col_offset))) if found else None


@functools.lru_cache(maxsize=16)
def _functions(text: str) -> list[Syntax]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return []
    return [node for node in ast.walk(tree) if isinstance(node, Syntax)]


def _made(node: Syntax, code: types.CodeType) -> bool:
    """Return whether a code object was compiled from a node: all its instructions lie within the node's body."""
    if isinstance(node, ast.FunctionDef):
        first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        return (node.name, first) == (code.co_name, code.co_firstlineno)
    places = [((a, c), (b, d)) for a, b, c, d in map(_known, code.co_positions()) if (a, c) < (b, d)]
    start = node.body.lineno, node.body.col_offset
    end = node.body.end_lineno or 0, node.body.end_col_offset or 0
    return bool(places) and start <= min(places)[0] and max(stop for _, stop in places) <= end


def _known(position: tuple[int | None, int | None, int | None, int | None]) -> tuple[int, int, int, int]:
    a, b, c, d = position
    return (0, 0, 0, 0) if a is None or b is None or c is None or d is None else (a, b, c, d)


class Unwritten(Exception):
    """Raised for a value that cannot be written as a program of a few lines."""


_READS, _WRITES = ("LOAD_GLOBAL", "LOAD_NAME"), ("STORE_GLOBAL", "DELETE_GLOBAL", "STORE_DEREF", "DELETE_DEREF")


def free_values(function: types.FunctionType) -> dict[str, Any]:
    """Return a function's closure values and globals by name, without built-ins.

    Raises: Unwritten where one is not set, or where the function assigns to one.
    """
    code, known = function.__code__, function.__globals__
    cells = zip(code.co_freevars, function.__closure__ or (), strict=True)
    try:
        closed = {name: cell.cell_contents for name, cell in cells}
    except ValueError as error:
        raise Unwritten from error
    read = {name: known[name] for name in _globals(code, frozenset(closed)) if name in known}
    return closed | read


def _globals(code: types.CodeType, closed: frozenset[str]) -> Iterator[str]:
    for instruction in dis.get_instructions(code):
        if instruction.opname in _WRITES and ("GLOBAL" in instruction.opname or instruction.argval in closed):
            raise Unwritten
        if instruction.opname in _READS:
            yield instruction.argval
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            yield from _globals(inner, closed)


class Replaced(ast.NodeTransformer):
    """Replaces names in a syntax tree by expressions.

    Raises: Unwritten where a name has another meaning in a part of the tree.
    """

    def __init__(self, texts: dict[str, str]) -> None:
        self.nodes = {name: expression(text) for name, text in texts.items() if text != name}

    def of(self, tree: Any) -> Any:
        """Return the tree with its names replaced."""
        taken = {name.id for node in self.nodes.values() for name in ast.walk(node) if isinstance(name, ast.Name)}
        if bound_names(tree) & (taken | {*self.nodes}):
            raise Unwritten
        return self.visit(tree)

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Return the expression that replaces a name."""
        return self.nodes.get(node.id, node)


def bound_names(tree: ast.AST) -> set[str]:
    """Return the names that a tree itself binds."""
    nodes = list(ast.walk(tree))
    inner = {node.name for node in nodes if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node is not tree}
    stored = {node.id for node in nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
    return inner | stored | {node.arg for node in nodes if isinstance(node, ast.arg)}


def expression(text: str) -> ast.expr:
    """Parse a text as an expression.

    Raises: Unwritten where it is not an expression.
    """
    try:
        return ast.parse(text, mode="eval").body
    except SyntaxError as error:
        raise Unwritten from error


# Functions that a library made of another one: a gradient, a batched function


class Transformed(NamedTuple):
    """A function that `transform` made of `inner`, with the options that are not at their defaults."""

    transform: Callable[..., Any]
    inner: Callable[..., Any]
    options: dict[str, Any]


_PLAIN = (bool, int, float, str, tuple, list, dict)
_TRANSFORMS = ("jax", "jax.numpy", "torch.func", "torch")


def transformed(function: Any) -> Transformed | None:
    """Return how a function such as `jax.grad(f)` was made; None for any other function.

    >>> import jax
    >>> transformed(jax.vmap(abs, in_axes=1))[1:]
    (<built-in function abs>, {'in_axes': 1})
    """
    made = _without_boundary(function)
    if made is None:
        return None
    name = made.__code__.co_qualname.partition(".<locals>.")[0]
    found = (getattr(sys.modules.get(module), name, None) for module in _TRANSFORMS if _is_of(made, module))
    transform = next(filter(callable, found), None)
    if transform is None:
        return None
    first, *others = inspect.signature(transform).parameters.values()
    known = _closed_over(made, first.name)
    options = {item.name: known[item.name] for item in others if item.name in known}
    defaults = {item.name: item.default for item in others}
    changed = {key: value for key, value in options.items() if isinstance(value, _PLAIN) and value != defaults[key]}
    return Transformed(transform, known[first.name], changed) if first.name in known else None


def _without_boundary(function: Any) -> types.FunctionType | None:
    """Return a function that a library made, without JAX's wrapper that shortens tracebacks."""
    if not isinstance(function, types.FunctionType) or not is_library_file(function.__code__.co_filename):
        return None
    if function.__code__.co_qualname.startswith("api_boundary."):
        return _without_boundary(_closure(function)["fun"])
    return function if "<locals>" in function.__code__.co_qualname else None


def _is_of(function: types.FunctionType, module: str) -> bool:
    return f"{module.partition('.')[0]}" in Path(function.__code__.co_filename).parts


def _closure(function: types.FunctionType) -> dict[str, Any]:
    return dict(inspect.getclosurevars(function).nonlocals)


def _closed_over(function: types.FunctionType, wanted: str) -> dict[str, Any]:
    """Return a function's closure, extended by inner closures until it has the wanted name."""
    known = _closure(function)
    inner = (made for value in known.values() if (made := _without_boundary(value)) is not None)
    for made in [] if wanted in known else [*inner]:
        known |= _closed_over(made, wanted)
    return known


# Names for a reader

_LONGEST_TEXT = 72


def describe_function(function: Callable[..., Any]) -> str:
    """Return a readable name for a function, the same in every run.

    >>> import functools, jax, torch
    >>> describe_function(torch.nn.functional.gelu), describe_function(jax.jit(lambda x: x + 1))
    ('torch.nn.functional.gelu', 'lambda x: x + 1')
    >>> describe_function(functools.partial(jax.nn.gelu, approximate=False)), describe_function(jax.grad(jax.nn.relu))
    ('partial(jax.nn.gelu, approximate=False)', 'jax.grad(jax.nn.relu)')
    """
    found = imported_name(function)
    if found is not None:
        return ".".join(found)
    if isinstance(function, functools.partial):
        return _call_text("partial", [function.func, *function.args], function.keywords)
    if (made := transformed(function)) is not None:
        return _call_text(describe_function(made.transform), [made.inner], made.options)
    if isinstance(function, types.FunctionType):
        return _lambda_text(function) if function.__code__.co_name == "<lambda>" else _local_name(function)
    if isinstance(function, types.MethodType):
        return f"{type(function.__self__).__name__}.{function.__name__}"
    inner = getattr(function, "__wrapped__", None)
    return describe_function(inner) if inner is not None else type(function).__name__


def _call_text(name: str, args: Iterable[Any], named: dict[str, Any]) -> str:
    given = [*map(_described, args), *(f"{key}={_described(value)}" for key, value in named.items())]
    return f"{name}({', '.join(given)})"


def _local_name(function: types.FunctionType) -> str:
    inner = getattr(function, "__wrapped__", None)
    if inner is not None and is_library_file(function.__code__.co_filename):  # a library's wrapper
        return describe_function(inner)
    if inner is not None:  # its name is the wrapped function's
        return f"{function.__code__.co_name}({describe_function(inner)})"
    return function.__qualname__.rpartition("<locals>.")[2]


def _lambda_text(function: types.FunctionType) -> str:
    try:
        texts = {name: _described(value, name) for name, value in free_values(function).items()}
        node = syntax_of(function)
        text = "" if node is None else ast.unparse(Replaced(texts).of(node))
    except Unwritten:
        text = ""
    return text if 0 < len(text) <= _LONGEST_TEXT and "\n" not in text else where_made(function)


def where_made(function: Callable[..., Any]) -> str:
    """Return a function's name, with file and line of its definition where known."""
    code = getattr(function, "__code__", None)
    if code is None or is_library_file(code.co_filename) or isinstance(function, types.MethodType):
        return describe_function(function)
    return f"{_local_name(function)}, {Path(code.co_filename).name}:{code.co_firstlineno}"


def _described(value: Any, name: str | None = None) -> str:
    """Return a value as text; a value that has a `name` and no short text is shown by its name."""
    if isinstance(value, functools.partial) or getattr(value, "__name__", "") == "<lambda>":
        return describe_function(value)
    if value is None or isinstance(value, (bool, int, float, complex, str)):
        return repr(value)
    if name is not None:
        return name
    if isinstance(value, (np.ndarray, np.generic)) or hasattr(value, "dtype"):
        return f"{value.dtype}{list(value.shape)}"
    if isinstance(value, (tuple, list)):
        return f"({', '.join(map(_described, value))}{',' if len(value) == 1 else ''})"
    return describe_function(value) if callable(value) else type(value).__name__
