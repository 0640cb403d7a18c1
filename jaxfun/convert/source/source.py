"""A port as Python source: one function for each class of the model's modules. Begin with `source`."""

import ast
import functools
import itertools
import keyword
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from ...core.errors import ConversionError
from ..plan import Call, Place
from ..rules import random_calls
from ..run import Runner, filled, names_in, parted
from ..trees import LEAF, NONE
from .expressions import Text, Writer
from .layout import laid_out
from .regions import Region, regions, used_by
from .simplified import simplified

_INLINE = 60  # characters of an expression that stands inside of another
_LONG, _SHORT = 76, 16  # characters of an expression whose parts get variables, and of a part that needs none
_PRIMES = (7, 11, 13, 17, 19, 23, 29, 31, 37, 41)


def source(port: Any) -> str:
    """Return a port as Python source, which imports jaxfun, jax and numpy alone.

    Raises: ConversionError for a plan with random calls, branches or loops.
    """
    plan = port.plan
    refused = random_calls(plan)
    refused += [call for call in plan.graph.calls if "::" not in call.target and "." not in call.target]
    if refused:
        lines = [f"{call.target}  {call.place}" for call in refused]
        raise ConversionError(
            "random calls, branches and loops are not written as source", lines, "Use the port itself."
        )
    return _Source(port).text()


class Function(NamedTuple):
    """A function of the source: its name, and the values that it takes beside the parameters."""

    name: str
    inputs: tuple[str, ...]


class _Body(NamedTuple):
    """The lines of a function, and its results."""

    parameters: tuple[str, ...]
    lines: tuple[str, ...]


class _Source:
    def __init__(self, port: Any) -> None:
        self.port, self.plan = port, port.plan
        self.values, self.port_sizes = _abstract(port)
        self.writer = Writer(self.values)
        graph = self.plan.graph
        self.sources = dict(zip(graph.inputs, self.plan.sources, strict=True))
        self.calls, self.outputs = simplified(graph.calls, graph.outputs, self.values)
        self.sizes = self._sizes()
        self.calls = [call for call in self.calls if call.name not in self.sizes]
        kinds = {kind for call in self.calls for _, kind in call.place.stack}
        self.names_of_functions = {*map(_snake, kinds), "submodule", "rule_of"}
        self.functions: dict[tuple[str, _Body], str] = {}  # by class and body, so that equal calls are one function
        self.texts: list[str] = []

    def _sizes(self) -> dict[str, Call]:
        """Return the calls that give a dynamic size, or a number made of such: each function computes its own."""
        found: dict[str, Call] = {}
        for call in self.calls:
            value = self.values.get(call.name)
            is_size = call.target == "aten::sym_size.int" and value in self.port_sizes
            is_derived = call.target.startswith("operator.") and all(
                name in found for name in names_in([call.args, call.kwargs])
            )
            if isinstance(value, int) and (is_size or is_derived):
                found[call.name] = call
        return found

    def bases(self, name: str) -> list[str]:
        """Return the dynamic sizes that a size is made of; any other value as it is."""
        call = self.sizes.get(name)
        if call is None or call.target == "aten::sym_size.int":
            return [name]
        return [base for each in names_in([call.args, call.kwargs]) for base in self.bases(each)]

    def text(self) -> str:
        """Return the whole file."""
        root = regions(self.calls)
        self._function(root, self._names_of_outputs())
        body = "\n\n\n".join(self.texts)
        used = [line for name, line in _IMPORTS.items() if re.search(rf"\b{name}\b", body)]
        head = f'"""{root.kind}, ported by jaxfun. Call `{_snake(root.kind)}(params, ...)`."""'
        return laid_out("\n".join([head, "", *used]) + "\n\n\n" + body + "\n")

    def _names_of_outputs(self) -> list[str]:
        return [*names_in(list(self.outputs))]

    # One function.

    def _function(self, region: Region, outputs: Sequence[str]) -> Function:
        """Write the function of a region, unless an equal one is written."""
        body = _Writing(self, region, outputs)
        lines = body.lines()
        key = (region.kind, _Body(tuple(body.parameters.values()), tuple(lines)))
        if key not in self.functions:
            name = self._free_name(region)
            self.functions[key] = name
            parameters = ", ".join(["p", *body.parameters.values()])
            told = _docstring(region)
            self.texts.append(
                "\n".join([f"def {name}({parameters}):", f'    """{told}"""', *(f"    {x}" for x in lines)])
            )
        return Function(self.functions[key], tuple(body.parameters))

    def _free_name(self, region: Region) -> str:
        wanted = _snake(region.kind)
        taken = {*self.functions.values()}
        return next(name for name in _numbered(wanted) if name not in taken)

    def result(self, look: Any) -> str:
        """Return the result of the model as an expression."""
        rest = iter(self.outputs)
        new = {name: self.writer.written(next(rest), look) for name in self.plan.new_buffers}
        written = {name: self.writer.written(next(rest), look) for name in self.plan.new_arguments}
        result = self._tree(self.plan.result_tree, rest, look)
        more = [_dict(new)] if new else []
        more += [_dict(written)] if written else []
        return ", ".join([result, *more])

    def _tree(self, tree: Any, rest: Any, look: Any) -> str:
        if tree == LEAF:
            return self.writer.written(next(rest), look)
        if tree == NONE:
            return "None"
        kind, keys, parts = tree
        texts = [self._tree(part, rest, look) for part in parts]
        if kind == "list":
            return f"[{', '.join(texts)}]"
        if kind == "dict":
            return _dict(dict(zip(keys, texts, strict=True)))
        return f"({', '.join(texts)}{',' * (len(texts) == 1)})"


def _dict(items: Mapping[str, str]) -> str:
    return "{" + ", ".join(f'"{name}": {text}' for name, text in items.items()) + "}"


_IMPORTS = {
    "jf": "import jaxfun as jf",
    "rule_of": "from jaxfun.convert.rules import rule_of",
    "F": "from jaxfun.nn import functional as F",
    "submodule": "from jaxfun.nn import submodule",
}


class _Statement(NamedTuple):
    """A call of another function of the source."""

    target: str
    function: str
    prefix: str
    args: tuple[str, ...]


class _Writing:
    """Writes the body of one function."""

    def __init__(self, of: _Source, region: Region, outputs: Sequence[str]) -> None:
        self.of, self.region, self.outputs = of, region, outputs
        self.known: dict[str, Text] = {}  # by value: its variable, or the expression that stands for it
        self.parameters: dict[str, str] = {}  # of the function, by the value
        self.uses = Counter(name for item in region.items for name in self._taken(item)) + Counter(outputs)
        self.last = {name: at for at, item in enumerate(region.items) for name in self._taken(item)}
        self.last |= dict.fromkeys(outputs, len(region.items))
        self.held: dict[str, str] = {}  # values, by the variable that holds them
        # a variable, not an expression: the calls of numbered children are then a loop
        self.given = {name for item in region.items if isinstance(item, Region) for name in used_by(item)}
        self.first: list[str] = []  # lines that name the sizes
        self.inlined: dict[str, Call] = {}  # calls whose expression stands where their value is used
        self._take_inputs()

    def _taken(self, item: Call | Region) -> list[str]:
        names = used_by(item) if isinstance(item, Region) else [*names_in([item.args, item.kwargs])]
        return [base for name in names for base in self.of.bases(name)]

    def _take_inputs(self) -> None:
        own = {call.name for call in self.region.calls()}
        free = [name for item in self.region.items for name in self._taken(item) if name not in own]
        names = [*dict.fromkeys([*free, *(each for each in self.outputs if each not in own)])]
        for name in sorted(names, key=lambda name: isinstance(self.of.values.get(name), int)):  # sizes after arrays
            kind, path = self.of.sources.get(name, ("", ""))
            if kind and kind != "argument" and self._is_inside(path):
                self.known[name] = Text(f'p["{self._relative(path)}"]')
            elif (size := self._size_of(name)) is not None:
                variable = self._variable(name, self.of.port_sizes[self.of.values[name]], -1)
                self.first.append(f"{variable} = {size.text}")
            else:
                self._parameter(name, path if kind == "argument" else "")
        if not self.region.path:  # the model itself takes all its arguments
            arguments = [(name, path) for name, (kind, path) in self.of.sources.items() if kind == "argument"]
            self.parameters = {
                name: self.parameters.get(name) or self._parameter(name, path) for name, path in arguments
            }

    def _parameter(self, name: str, path: str) -> str:
        value = self.of.values[name]
        is_array = hasattr(value, "dtype")
        kinds = {"bool": ("mask",), "int": ("index", "ids")}
        letters = kinds.get(re.sub(r"\d+", "", str(value.dtype)), ("x", "y", "z")) if is_array else ("size",)
        wanted = [re.sub(r"\W", "_", path)] if path and not self.region.path else [*letters]
        taken = {*self.parameters.values()}
        candidates = itertools.chain(wanted, _numbered(wanted[0]))
        found = next(each for each in candidates if each not in taken and each.isidentifier())
        self.parameters[name] = found
        self.known[name] = Text(found)
        self.held[found] = name
        return found

    def _is_inside(self, path: str) -> bool:
        return path.startswith(f"{self._plain}.") or not self._plain

    @property
    def _plain(self) -> str:
        return re.sub(r"@\d+", "", self.region.path)

    def _relative(self, path: str) -> str:
        return path.removeprefix(f"{self._plain}.") if self._plain else path

    def _size_of(self, name: str) -> Text | None:
        """Return a size as that of an array that is at hand, None for a value that is no such size."""
        value = self.of.values.get(name)
        if not isinstance(value, int) or value not in self.of.port_sizes:
            return None
        for other, text in self.known.items():
            shape = getattr(self.of.values.get(other), "shape", ())
            if value in shape and self.held.get(text.text) == other:
                return Text(f"{text.text}.shape[{shape.index(value)}]")
        return None

    def look(self, name: str) -> Text:
        """Return the text of a value."""
        if name in self.known:
            return self.known[name]
        if name in self.of.sizes and self.of.sizes[name].target != "aten::sym_size.int":
            return self.of.writer.expression(self.of.sizes[name], self.look)
        return self._size_of(name) or Text(name)

    def lines(self) -> list[str]:
        """Return the lines of the body."""
        statements: list[str | _Statement] = []
        for at, item in enumerate(self.region.items):
            statements += [self._of_region(item, at)] if isinstance(item, Region) else self._of_call(item, at)
        lines = _looped(statements)
        returned = self._returned()
        if lines and lines[-1].startswith(f"{returned} = ") and returned.isidentifier():
            returned = lines.pop().removeprefix(f"{returned} = ")
        lines.append(f"return {returned}")
        return _without_unused_sizes([*self.first, *lines])

    def _returned(self) -> str:
        if not self.region.path:
            return self.of.result(self.look)
        return ", ".join(self.look(name).text for name in self.outputs)

    def _of_call(self, call: Call, at: int) -> list[str]:
        lines: list[str] = []
        found = self.of.writer.expression(call, self.look)
        if len(found.text) > (_LONG if found.binds == 0 else _INLINE):
            lines = [line for name in self._taken(call) for line in self._held_apart(name, at)]
            found = self.of.writer.expression(call, self.look)
        if isinstance(self.of.values.get(call.name), int):
            self.known[call.name] = found
        elif len(found.text) <= _INLINE and self.uses[call.name] == 1 and call.name not in self.given:
            self.known[call.name] = found
            self.inlined[call.name] = call
        else:
            lines.append(self._assignment(call, found, at))
        return lines

    def _held_apart(self, name: str, at: int) -> list[str]:
        """Return the line that gives a variable to an expression inside of a long one."""
        call = self.inlined.pop(name, None)
        if call is None or len(self.known[name].text) < _SHORT:
            return []
        return [self._assignment(call, self.known[name], at - 1)]  # before the statement that uses it

    def _assignment(self, call: Call, found: Text, at: int) -> str:
        self.known.pop(call.name, None)
        target = self._variable(call.name, _assigned(call.place) or _base(call.target), at)
        return f"{target} = {found.text}"

    def _of_region(self, region: Region, at: int) -> _Statement:
        inside = {call.name for call in region.calls()}
        later = [*self.region.items[at + 1 :]]
        used = {name for item in later for name in self._taken(item)} | {*self.outputs}
        outputs = [call.name for call in region.calls() if call.name in used & inside]
        function = self.of._function(region, outputs)
        args = tuple(self.look(name).text for name in function.inputs)
        prefix = self._relative(re.sub(r"@\d+", "", region.path))
        names = [self._variable(name, self._hint(name, region, function), at) for name in outputs]
        return _Statement(", ".join(names), function.name, prefix, args)

    def _hint(self, name: str, region: Region, function: Function) -> str:
        """Return a name for a result: that of the first argument if the two are alike, else the module's."""
        value = self.of.values[name]
        for given in function.inputs[:1]:
            first, text = self.of.values[given], self.look(given).text
            if text.isidentifier() and hasattr(first, "shape") and first == value:
                return text
        last = region.path.rpartition(".")[2]
        return last if last.isidentifier() and not last.isdigit() else "h"

    def _variable(self, name: str, wanted: str, at: int) -> str:
        """Return a free variable for a value: the wanted one, if what it holds is not used any more."""
        if wanted in self.of.names_of_functions:  # a local variable would hide the function
            wanted = "x"
        wanted = f"{wanted}_" if keyword.iskeyword(wanted) or wanted in ("p", "jf", "F") else wanted
        found = next(each for each in _numbered(wanted) if self._is_free(each, at))
        self.held[found] = name
        self.known[name] = Text(found)
        return found

    def _is_free(self, variable: str, at: int) -> bool:
        held = self.held.get(variable)
        waiting = any(
            re.search(rf"\b{variable}\b", _outside_of_strings(text.text))
            and self.last.get(name, -1) > at
            and name != held
            for name, text in self.known.items()
        )
        return not waiting and (held is None or self.last.get(held, -1) <= at)


def _outside_of_strings(text: str) -> str:
    return re.sub(r'"[^"]*"', "", text)


def _without_unused_sizes(lines: Sequence[str]) -> list[str]:
    """Leave out the lines that name a size which no other line uses."""
    kept: list[str] = []
    for at, line in enumerate(lines):
        match = re.fullmatch(r"(\w+) = \w+\.shape\[\d+\]", line)
        others = (_outside_of_strings(each) for each in (*kept, *lines[at + 1 :]))
        if match is None or any(re.search(rf"\b{match[1]}\b", each) for each in others):
            kept.append(line)
    return kept


def _looped(statements: Sequence[str | _Statement]) -> list[str]:
    """Return the lines, with a loop in place of calls of one function by numbered children in a row."""
    lines: list[str] = []
    at = 0
    while at < len(statements):
        first = statements[at]
        if isinstance(first, str):
            lines.append(first)
            at += 1
            continue
        count = _in_a_row(statements[at:], first)
        if count > 1:
            head, _, number = first.prefix.rpartition(".")
            head = f"{head}." if head else ""
            start = "" if number == "0" else f"{number}, "
            lines.append(f"for i in range({start}{int(number) + count}):")
            inner = f'{first.target} = {first.function}(submodule(p, f"{head}{{i}}"), {", ".join(first.args)})'
            lines.append(f"    {inner}")
        else:
            lines.append(_call(first))
        at += count
    return lines


def _in_a_row(statements: Sequence[str | _Statement], first: _Statement) -> int:
    """Return how many statements are the same but for the next number of the child, each from the last one's result."""
    head, _, number = first.prefix.rpartition(".")
    if not number.isdigit() or not first.args or first.target != first.args[0]:
        return 1
    for count, each in enumerate(statements):
        wanted = f"{head}.{int(number) + count}".lstrip(".")
        if each != first._replace(prefix=wanted):
            return count
    return len(statements)


def _call(each: _Statement) -> str:
    params = f'submodule(p, "{each.prefix}")' if each.prefix else "p"
    call = f"{each.function}({', '.join([params, *each.args])})"
    return f"{each.target} = {call}" if each.target else call


# Names.


def _numbered(name: str) -> Any:
    yield name
    number = 2
    while True:
        yield f"{name}{number}"
        number += 1


def _snake(kind: str) -> str:
    name = kind.rpartition(".")[2]
    found = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
    found = re.sub(r"\W", "", found) or "model"
    return f"{found}_" if keyword.iskeyword(found) or found in ("jf", "p") else found


def _base(target: str) -> str:
    name = target.removeprefix("aten::").partition(".")[0].strip("_")
    return name if target.startswith("aten::") and name.isidentifier() else "h"


def _docstring(region: Region) -> str:
    place = region.first if any(isinstance(item, Call) for item in region.items) else Place()
    where = f" ({Path(place.file).name}:{place.line})" if place.file else ""
    return f"{region.kind}{where}."


def _assigned(place: Place) -> str:
    """Return the name that the user's own line gives its value, "" if it gives none."""
    return _assigned_at(place.file, place.line, place.text)


@functools.cache
def _assigned_at(file: str, line: int, text: str) -> str:
    match = re.match(r"(\w+)\s*=(?!=)", text)
    if match and match[1].isidentifier():
        return match[1]
    try:
        tree = ast.parse(Path(file).read_text("utf-8")) if file else None
    except (OSError, SyntaxError, UnicodeDecodeError):
        return ""
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Assign) and node.lineno <= line <= (node.end_lineno or 0):
            target = node.targets[0]
            return target.id if isinstance(target, ast.Name) else ""
    return ""


# Shapes.


def _abstract(port: Any) -> tuple[dict[str, Any], dict[int, str]]:
    """Return the shape and dtype of each value, numbers as they are, and the names of the dynamic sizes.

    The numbers that stand for dynamic sizes occur nowhere else, so that they are known again.
    """
    fixed = {
        size for each in (*port.params.values(), *port.state.values(), *port.constants.values()) for size in each.shape
    }
    fixed |= {size for each in port.plan.arguments for size in each.shape if isinstance(size, int)}
    names = dict.fromkeys(size for each in port.plan.arguments for size in each.shape if isinstance(size, str))
    free = (size for size in _PRIMES if size not in fixed)
    sizes = {name: _within(port.plan.ranges.get(name, (0, None)), free) for name in names}
    leaves: list[Any] = [
        each.constant if not each.dtype else _shaped([sizes.get(str(size), size) for size in each.shape], each.dtype)
        for each in port.plan.arguments
    ]
    numbers: dict[str, Any] = {}
    runner = Runner(port.plan, port.rules)

    def run(params: Any, state: Any, arrays: Sequence[Any]) -> Any:
        inputs = port.inputs(params, filled(leaves, arrays), state)
        numbers.update(zip(port.plan.graph.inputs, inputs, strict=True))
        found, known = parted(runner.values(inputs, None))
        numbers.update(known)
        return found

    arrays = [leaf for leaf in leaves if hasattr(leaf, "shape")]
    found = jax.eval_shape(run, port.params, port.state, arrays)
    shapes = {
        name: _shaped(each.shape, each.dtype) if hasattr(each, "shape") else each for name, each in numbers.items()
    }
    return {**shapes, **found}, {size: name for name, size in sizes.items()}


def _shaped(shape: Sequence[Any], dtype: Any) -> jax.ShapeDtypeStruct:
    return jax.ShapeDtypeStruct(tuple(shape), jax.dtypes.canonicalize_dtype(jnp.dtype(str(dtype))))


def _within(bounds: tuple[int, int | None], free: Iterator[int]) -> int:
    """Return the next size that a range allows, or the largest that it allows."""
    least, most = bounds
    return next((size for size in free if size >= least and (most is None or size <= most)), most or least)
