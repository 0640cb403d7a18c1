"""Names for the source: of functions, by the modules' classes, and of variables, by the user's lines."""

import ast
import builtins
import functools
import keyword
import re
from collections.abc import Iterator
from pathlib import Path

from ..plan import Place

RESERVED = ("p", "jf", "F", "jax", "jnp", "key", "keys", "new", "step", "each", "i")  # what any function may use


def numbered(name: str) -> Iterator[str]:
    """Yield a name, and then the name with a number.

    >>> names = numbered("x")
    >>> next(names), next(names)
    ('x', 'x2')
    """
    yield name
    number = 2
    while True:
        yield f"{name}{number}"
        number += 1


def snake(kind: str) -> str:
    """Return the name of a class as the name of a function.

    >>> snake("models.GPT2Block"), snake("GPT2MLP"), snake("Conv1D")
    ('gpt2_block', 'gpt2_mlp', 'conv1d')
    """
    name = kind.rpartition(".")[2]
    found = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z0-9])(?=[A-Z][a-z])|(?<=[0-9])(?=[A-Z]{2})", "_", name).lower()
    return as_variable(re.sub(r"\W", "", found) or "model")


def as_variable(name: str) -> str:
    """Return a name that is no word of Python's and no name that each function uses.

    >>> as_variable("lambda"), as_variable("x")
    ('lambda_', 'x')
    """
    return f"{name}_" if keyword.iskeyword(name) or name in RESERVED else name


def of_operator(target: str) -> str:
    """Return the name of an operator as the name of its result.

    >>> of_operator("aten::_softmax")
    'softmax'
    """
    name = target.removeprefix("aten::").partition(".")[0].strip("_")
    is_fit = target.startswith("aten::") and name.isidentifier() and name not in dir(builtins)
    return _SHORT.get(name, name) if is_fit else "h"


_SHORT = {
    "scaled_dot_product_attention": "attention",
    "native_batch_norm_legit_no_training": "normed",
    "native_batch_norm_legit_functional": "normed",
    "to_copy": "cast",
    "and": "both",
}


def is_line_of(place: Place, kind: str) -> bool:
    """Return whether a line is in the code of a class, and not in that of a module around it.

    A container of torch's, such as a Sequential, has no lines of the user's: its calls have the line that calls it.
    """
    others = [each for _, each in place.stack if each != kind]
    return place.file.endswith(_file_of(kind)) or not any(place.file.endswith(_file_of(each)) for each in others)


def _file_of(kind: str) -> str:
    return f"{kind.rpartition('.')[0].replace('.', '/')}.py"


def assigned(place: Place, index: int | None = None) -> str:
    """Return the name that the user's own line gives its value, or one of several values; "" if it gives none."""
    return _assigned_at(place.file, place.line, place.text, index)


@functools.cache
def _assigned_at(file: str, line: int, text: str, index: int | None) -> str:
    match = re.match(r"(\w+)\s*=(?!=)", text)
    if match and match[1].isidentifier():
        return match[1] if index is None else ""
    for node in ast.walk(tree) if (tree := _tree_of(file)) else ():
        if isinstance(node, ast.Assign) and node.lineno <= line <= (node.end_lineno or 0):
            targets = [node.targets[0]] if index is None else getattr(node.targets[0], "elts", [])
            target = targets[index or 0] if len(targets) > (index or 0) else None
            return target.id if isinstance(target, ast.Name) else ""
    return ""


@functools.cache
def _tree_of(file: str) -> ast.AST | None:
    try:
        return ast.parse(Path(file).read_text("utf-8")) if file else None
    except (OSError, SyntaxError, UnicodeDecodeError):
        return None
