"""Write objects and classes as lines of Python that recreate them: a layer with its numbers, a torch module."""

import ast
import dataclasses
import inspect
import sys
import textwrap
from typing import Any, Protocol

from ..run import torch_modules, torch_side
from .describe import Unwritten, bound_names, expression, free_values, imported_name, is_installed

_MOST_NUMBERS = 64  # elements of a torch module's state


class Program(Protocol):
    """Writes values as expressions, and collects the lines that define what they refer to."""

    lines: list[str]

    def text(self, value: Any) -> str:
        """Return an expression for a value."""
        ...

    def add(self, text: str) -> None:
        """Add a statement."""
        ...


def write_method(program: Program, name: str, method: Any) -> None:
    """Write a bound method as an attribute of its object."""
    program.add(f"{name} = {program.text(method.__self__)}.{method.__name__}")


def write_object(program: Program, name: str, value: Any) -> None:
    """Write an object by the call in its repr, as a torch module, by its dataclass fields, or by its attributes.

    Raises: Unwritten where none of these recreates the object.
    """
    for write in (_by_repr, _module, _by_fields, _by_attributes):
        if write(program, name, value):
            return
    raise Unwritten


def _by_repr(program: Program, name: str, value: Any) -> bool:
    """Write the call in an object's repr, if it makes an object with the same attributes."""
    call = _shown_call(value)
    if call is None or not _is_same(lambda: _called(value, call), value):
        return False
    program.add(f"{name} = {_call_text(program, value, call)}")
    return True


def _shown_call(value: Any) -> ast.Call | None:
    """Return the call in an object's repr, such as `GELU(approximate='none')`, or None."""
    if imported_name(type(value)) is None:
        return None
    try:
        call = expression(repr(value))
        for item in [*call.args, *(item.value for item in call.keywords)] if isinstance(call, ast.Call) else []:
            ast.literal_eval(item)
    except (Unwritten, ValueError):
        return None
    is_own = isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == type(value).__name__
    return call if isinstance(call, ast.Call) and is_own else None


def _given(call: ast.Call) -> tuple[list[Any], dict[str, Any]]:
    named = {item.arg or "": ast.literal_eval(item.value) for item in call.keywords}
    return [ast.literal_eval(item) for item in call.args], named


def _called(value: Any, call: ast.Call) -> Any:
    given, named = _given(call)
    return type(value)(*given, **named)


def _call_text(program: Program, value: Any, call: ast.Call) -> str:
    given, named = _given(call)
    texts = [*map(program.text, given), *(f"{key}={program.text(item)}" for key, item in named.items())]
    return f"{program.text(type(value))}({', '.join(texts)})"


def _is_same(make: Any, value: Any) -> bool:
    try:
        return bool(vars(make()) == vars(value))
    except Exception:  # any error of the class's constructor or comparison
        return False


def _module(program: Program, name: str, value: Any) -> bool:
    """Write a small torch module: its constructor call, then its state."""
    if not torch_modules.is_module(value):
        return False
    state = torch_modules.state_of(value)[0]
    if sum(array.size for array in state.values()) > _MOST_NUMBERS:
        return False
    program.add(f"{name} = {_made(program, value)}")
    if state:
        texts = ", ".join(f"{key!r}: torch.tensor({program.text(array)})" for key, array in state.items())
        program.add(f"{name}.load_state_dict({{{texts}}})")
    if not value.training:
        program.add(f"{name}.eval()")
    return True


def _made(program: Program, value: Any) -> str:
    """Return the constructor call of a module.

    Raises: Unwritten where the call is not known.
    """
    if type(value).__name__ == "Sequential" and is_installed(type(value).__module__):
        return f"{program.text(type(value))}({', '.join(_made(program, item) for item in value)})"
    call = _shown_call(value)
    call = ast.Call(ast.Name(type(value).__name__, ast.Load()), [], []) if call is None else call
    if not torch_side.is_like(lambda: _called(value, call), value):
        raise Unwritten
    return _call_text(program, value, call)


def _by_fields(program: Program, name: str, value: Any) -> bool:
    """Write a dataclass by its fields."""
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return False
    fields = [field for field in dataclasses.fields(value) if field.init]
    if {field.name for field in fields} != {*vars(value)}:
        return False
    texts = ", ".join(f"{field.name}={program.text(getattr(value, field.name))}" for field in fields)
    program.add(f"{name} = {program.text(type(value))}({texts})")
    return True


def _by_attributes(program: Program, name: str, value: Any) -> bool:
    """Write an object of a user's class by its attributes, without calling its `__init__`."""
    kind = type(value)
    if is_of_library(kind) or not hasattr(value, "__dict__") or torch_modules.is_module(value):
        return False
    known = program.text(kind)
    attributes = ", ".join(f"{key!r}: {program.text(item)}" for key, item in vars(value).items())
    program.add(f"{name} = {known}.__new__({known})")
    if attributes:
        program.add(f"vars({name}).update({{{attributes}}})")
    return True


# Classes


def is_of_library(kind: type) -> bool:
    """Return whether a class belongs to an installed library or to Python."""
    return kind.__module__ != "__main__" and is_installed(kind.__module__)


def class_source(kind: type) -> tuple[ast.ClassDef, dict[str, Any]]:
    """Return the syntax tree of a user's class, and the values of the names it uses.

    Raises: Unwritten where either is not available.
    """
    if is_of_library(kind):
        raise Unwritten
    try:
        (node,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    except (OSError, TypeError, SyntaxError, ValueError) as error:
        raise Unwritten from error
    if not isinstance(node, ast.ClassDef):
        raise Unwritten
    return node, _names(kind, node)


def _names(kind: type, node: ast.ClassDef) -> dict[str, Any]:
    methods = [getattr(item, "__func__", item) for item in vars(kind).values()]
    own = [item for item in methods if inspect.isfunction(item) and item.__module__ == kind.__module__]
    known = {
        name: value for item in own if item.__name__ in _defined(node) for name, value in free_values(item).items()
    }
    around = vars(sys.modules.get(kind.__module__, object))
    outside = [
        *node.decorator_list,
        *node.bases,
        *(item for item in node.body if not isinstance(item, ast.FunctionDef)),
    ]
    outside += [item for method in node.body if isinstance(method, ast.FunctionDef) for item in method.decorator_list]
    used = {item.id for part in outside for item in ast.walk(part) if isinstance(item, ast.Name)}
    known |= {name: around[name] for name in used - bound_names(node) if name in around}
    known.pop("__class__", None)
    return {name: value for name, value in known.items() if value is not kind}


def _defined(node: ast.ClassDef) -> set[str]:
    return {item.name for item in node.body if isinstance(item, ast.FunctionDef)}
