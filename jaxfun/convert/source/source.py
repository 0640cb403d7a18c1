"""A port as Python source: one function for each class of the model's modules. Begin with `source`."""

import functools
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ...core.errors import ConversionError
from ..plan import Call, Place
from ..run import names_in
from ..trees import LEAF, NONE
from .differences import Argument, Differences
from .docstrings import Signature, docstring
from .expressions import Writer
from .folded import folded
from .layout import WIDTH, laid_out
from .names import is_line_of, numbered, snake
from .regions import Region, plain, regions
from .shapes import shapes_of
from .simplified import simplified
from .writing import Function, Writing


def source(port: Any, is_stacked: bool = False) -> str:
    """Return a port as Python source, which imports jaxfun, jax and numpy alone.

    Raises: ConversionError for a plan with branches or loops.
    """
    refused = [call for call in port.plan.graph.calls if "::" not in call.target and "." not in call.target]
    if refused:
        lines = [f"{call.target}  {call.place}" for call in refused]
        raise ConversionError("branches and loops are not written as source", lines, "Use the port itself.")
    return _Source(port, is_stacked).text()


class _Body(NamedTuple):
    """The lines of a function, and its results."""

    parameters: tuple[str, ...]
    lines: tuple[str, ...]


class _Written(NamedTuple):
    """A function that is written: its first lines, without the docstring, and all calls of it."""

    name: str
    region: Region
    body: _Body
    calls: list[Signature]


class _Source:
    def __init__(self, port: Any, is_stacked: bool) -> None:
        self.port, self.plan, self.is_stacked = port, port.plan, is_stacked
        shapes = shapes_of(port)
        self.values, self.port_sizes = dict(shapes.values), {size: name for name, size in shapes.sizes.items()}
        self.writer = Writer(self.values)
        graph = self.plan.graph
        self.sources = dict(zip(graph.inputs, self.plan.sources, strict=True))
        calls = folded(port, graph.calls, graph.outputs, self.values, shapes)
        self.calls, self.outputs = simplified(calls, graph.outputs, self.values)
        self.sizes = self._sizes()
        self.new = self._new()
        self.calls = [call for call in self.calls if call.name not in self.sizes]
        kinds = {kind for call in self.calls for _, kind in call.place.stack}
        self.names_of_functions = {*map(snake, kinds), *_IMPORTS, *_HELPERS}
        self.arrays = {**port.params, **port.state, **port.constants}
        self.root = regions(self.calls)
        paths = {name: path for name, (kind, path) in self.sources.items() if kind != "argument"}
        self.differences = Differences(self.root, {name: each.shape for name, each in self.arrays.items()}, paths)
        # by class and body, whatever the names of the variables are, so that equal calls are one function
        self.written: dict[tuple[Any, ...], _Written] = {}

    def _new(self) -> dict[str, str]:
        """Return the buffers whose new values the functions give, by the value."""
        own = {call.name: call for call in self.calls}
        results = {*names_in(list(self.outputs[len(self.plan.new_buffers) :]))}
        found: dict[str, str] = {}
        for path, output in zip(self.plan.new_buffers, self.outputs, strict=False):
            call = own.get(getattr(output, "name", ""))
            module = plain(call.place.module) if call else ""
            if call and path.startswith(f"{module}." if module else "") and call.name not in results:
                found.setdefault(call.name, path)
        return found

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
        self.function(self.root, self._returned())
        body = "\n\n\n".join(self._text(each) for each in self.written.values())
        head = f'"""{self.root.kind}, ported by jaxfun. Call `{snake(self.root.kind)}(params, ...)`."""'
        head = head if len(head) <= WIDTH else head.replace(" Call", "\n\nCall").replace('`."""', '`.\n"""')
        return laid_out("\n".join([head, "", *_imports(_code(body))]) + "\n\n\n" + body + "\n")

    def _returned(self) -> list[str]:
        return [name for name in names_in(list(self.outputs)) if name not in self.new]

    def function(self, region: Region, outputs: Sequence[str]) -> Function:
        """Return the function of a region. It is written, unless an equal one is."""
        writing = Writing(self, region, outputs)
        lines = writing.lines()
        arguments = [self._default(each) for each in self.differences.arguments(region)]
        keys = [writing.takes_key] if writing.takes_key else []
        body = _Body((*writing.parameters.values(), *keys, *arguments), tuple(lines))
        key = (region.kind, writing.canonical(body.lines), body.parameters[len(writing.parameters) :])
        if key not in self.written:
            self.written[key] = _Written(self._free_name(region), region, body, [])
        written = self.written[key]
        arrays = tuple(self.values[name] for name in writing.parameters)
        new = ["new"] if writing.has_new and region.path else []
        written.calls.append(Signature(arrays, (*(self.values[name] for name in outputs), *new)))
        return Function(written.name, tuple(writing.parameters))

    def _default(self, each: Argument) -> str:
        return f"{each.name}={self.writer.written(each.default, lambda name: NotImplemented)}"

    def _text(self, each: _Written) -> str:
        """Return a function with its docstring."""
        parameters = ", ".join(["p", *each.body.parameters])
        names = each.body.parameters[: len(each.calls[0].arguments)]
        results = {} if each.region.path else {"results": self._shown}
        told = docstring(_head(each.region), names, each.calls, self.port_sizes, **results)
        return "\n".join(
            [f"def {each.name}({parameters}):", *(f"    {line}".rstrip() for line in (*told, *each.body.lines))]
        )

    def _shown(self, texts: Sequence[str]) -> str:
        """Return the structure of the model's result, for the shapes of the arrays in it."""
        shapes = dict(zip(self._returned(), texts, strict=True))
        return self._result(lambda item: shapes[next(names_in([item]))] if [*names_in([item])] else repr(item), "state")

    def _free_name(self, region: Region) -> str:
        taken = {each.name for each in self.written.values()}
        return next(name for name in numbered(snake(region.kind)) if name not in taken)

    def result(self, look: Any) -> str:
        """Return the result of the model as an expression."""
        written = functools.partial(self.writer.written, look=look)
        pairs = zip(self.plan.new_buffers, self.outputs, strict=False)
        new = {path: each for path, each in pairs if self.new.get(getattr(each, "name", "")) != path}
        rest = [name for name in self.port.state if name not in self.plan.new_buffers]
        others = {**{name: f'p["{name}"]' for name in rest}, **{name: written(each) for name, each in new.items()}}
        joined = "join(new)" if self.new else ""
        items = [*(f'"{name}": {text}' for name, text in others.items()), *([f"**{joined}"] if joined else [])]
        return self._result(written, f"{{{', '.join(items)}}}" if others or not joined else joined)

    def _result(self, written: Any, state: str) -> str:
        """Return the result of the model; `written` gives the text of one leaf."""
        rest = iter(self.outputs[len(self.plan.new_buffers) :])
        changed = {name: written(next(rest)) for name in self.plan.new_arguments}
        result = self._tree(self.plan.result_tree, rest, written)
        more = [state] if self.plan.is_training or self.plan.new_buffers else []
        more += [_dict(changed)] if changed else []
        return ", ".join([result, *more])

    def _tree(self, tree: Any, rest: Any, written: Any) -> str:
        if tree == LEAF:
            return written(next(rest))
        if tree == NONE:
            return "None"
        kind, keys, parts = tree
        texts = [self._tree(part, rest, written) for part in parts]
        if kind == "list":
            return f"[{', '.join(texts)}]"
        if kind == "dict":
            return _dict(dict(zip(keys, texts, strict=True)))
        return f"({', '.join(texts)}{',' * (len(texts) == 1)})"


def _head(region: Region) -> str:
    own = [item.place for item in region.items if isinstance(item, Call) and is_line_of(item.place, region.kind)]
    place = own[0] if own else Place()
    return f"{region.kind} ({Path(place.file).name}:{place.line})" if place.file else region.kind


def _dict(items: Mapping[str, str]) -> str:
    return "{" + ", ".join(f'"{name}": {text}' for name, text in items.items()) + "}"


def _code(text: str) -> str:
    """Return a text without its strings."""
    return re.sub(r'"""(?s:.*?)"""|"[^"\n]*"', "", text)


def _imports(code: str) -> list[str]:
    """Return the imports that a text needs."""
    found = [line for name, line in _IMPORTS.items() if re.search(rf"\b{name}\b", code)]
    helpers = [name for name in _HELPERS if re.search(rf"\b{name}\(", code)]
    return found + ([f"from jaxfun.nn import {', '.join(helpers)}"] if helpers else [])


_IMPORTS = {
    "jax": "import jax",
    "jnp": "import jax.numpy as jnp",
    "jf": "import jaxfun as jf",
    "rule_of": "from jaxfun.convert.rules import rule_of",
    "call_keys": "from jaxfun.convert.run import call_keys",
    "F": "from jaxfun.nn import functional as F",
}
_HELPERS = ("join", "stack", "submodule")  # of jaxfun.nn
