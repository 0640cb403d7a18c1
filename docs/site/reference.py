"""The pages of the reference: each function by its signature, its docstring, its record and its known differences."""

import functools
import inspect
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, get_origin

from chapters import TABLE, Chapter, Entry, chapters, mirror, torch_page

import jaxfun
from jaxfun import ops
from jaxfun.core.dtypes import DType, Kind
from jaxfun.core.record import BOOLS, COMPLEXES, FLOATS, HALVES, INTEGERS, Op, Role, Shape
from jaxfun.parity.known import known_differences
from jaxfun.parity.known.difference import KnownDifference
from jaxfun.porting.differences import stored

SECTIONS = ("Shapes", "Dtypes", "Gradient", "Raises", "Warns", "Memory", "Differs", "Torch")
FAMILIES = {"bool": BOOLS, "integers": INTEGERS, "floating point numbers": FLOATS, "complex numbers": COMPLEXES}
# The effect of each kind of promotion, and the dtypes that it concerns: it is shown if the op accepts one of them.
PROMOTES = {
    Kind.DEFAULT: ("16-bit floats are computed in float32", HALVES),
    Kind.INT_TO_FLOAT: ("integers become float32", INTEGERS),
    Kind.ALWAYS_BOOL: ("the result is bool", frozenset()),
    Kind.COMPLEX_TO_FLOAT: ("the result of complex numbers is real", COMPLEXES),
    Kind.BOOL_TO_LONG: ("the result of bools and integers is int64", INTEGERS),
}
MODULES = re.compile(r"\b(?:[a-z_]+\.)+(?=[A-Z])")  # `jax.jaxlib._jax.Array` is `Array`
SORTS = {"derivative": "the derivative", "accepts": "what it accepts", "refuses": "what it refuses"}
LINE = 88  # the longest signature on one line


@dataclass(frozen=True)
class Doc:
    """The parts of a docstring."""

    text: str
    sections: Mapping[str, str]
    example: str


def doc_of(value: Any) -> Doc:
    """Return the parts of the docstring of a function or class."""
    prose, _, example = (inspect.getdoc(value) or "").partition("\n>>> ")
    parts = re.split(rf"(?:^|(?<=\. ))({'|'.join(SECTIONS)}): ", prose, flags=re.MULTILINE)
    pairs = zip(parts[1::2], parts[2::2], strict=True)
    sections = {name: _capital(" ".join(text.split())) for name, text in pairs}
    return Doc(parts[0].strip(), sections, example and f">>> {example}")


def _capital(text: str) -> str:
    # an ordinary word; names such as `float32` and torch.dtype stay as they are
    return text[0].upper() + text[1:] if re.match(r"[a-z]+(?=[ ,;]|$)", text) else text


# One function.


def signature(name: str, value: Any) -> str:
    """Return the signature of a function as a call, with one argument a line if it is long."""
    parameters = inspect.signature(value).parameters.values()
    texts = [*_with_markers(parameters)]
    line = f"{name}({', '.join(texts)})"
    return line if len(line) <= LINE else f"{name}(\n" + "".join(f"    {text},\n" for text in texts) + ")"


def _with_markers(parameters: Iterable[inspect.Parameter]) -> Iterator[str]:
    has_star = False
    for each in parameters:
        if each.kind is each.KEYWORD_ONLY and not has_star:
            yield "*"
            has_star = True
        has_star |= each.kind is each.VAR_POSITIONAL
        yield _parameter(each)


def _parameter(each: inspect.Parameter) -> str:
    stars = {each.VAR_POSITIONAL: "*", each.VAR_KEYWORD: "**"}.get(each.kind, "")
    annotation = _annotation(each.annotation)
    typed = f"{stars}{each.name}: {annotation}" if annotation else f"{stars}{each.name}"
    if each.default is each.empty:
        return typed
    default = "..." if each.default is ... else repr(each.default)
    return f"{typed} = {default}" if annotation else f"{typed}={default}"


def _annotation(annotation: Any) -> str:
    # arrays are the rule, so they are not annotated
    if annotation in (Any, inspect.Parameter.empty) or get_origin(annotation) is Annotated:
        return ""
    text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    return MODULES.sub("", text).replace("typing.", "").replace("collections.abc.", "")


def facts(entry: Entry, doc: Doc, ops: Sequence[Op], is_own: bool) -> Iterator[tuple[str, str]]:
    """Yield the facts about a function, each with its title."""
    said = doc.sections
    yield "Shapes", said.get("Shapes", "") or _sentence(_shapes(ops))
    yield "Dtypes", said.get("Dtypes", "") or _sentence(_promotion(ops))
    yield "Not defined for", _sentence([_refused(ops)])
    yield "Gradient", said.get("Gradient", "") or _gradient(ops)
    yield "grad_fn", _nodes(ops)
    for name in ("Raises", "Warns", "Memory", "Differs"):
        yield name, said.get(name, "")
    yield "In JAX", _in_jax(entry)
    if not is_own:
        yield "PyTorch", _in_torch(entry, said.get("Torch", ""))


def _sentence(parts: Iterable[str]) -> str:
    text = "; ".join(dict.fromkeys(part for part in parts if part))
    return f"{_capital(text)}." if text else ""


def _shapes(ops: Sequence[Op]) -> Iterator[str]:
    for record in ops:
        for name, described in record.takes.items():
            # several shapes, or shapes with numbers, are only cases to try: they do not describe the argument
            if isinstance(described, Shape) and re.fullmatch(r"[a-z ]+", str(described.names)):
                yield f"`{name}` is `({', '.join(str(described.names).split())})`"
        if len(record.broadcasts) > 1:
            yield f"{_listed([f'`{name}`' for name in record.broadcasts])} broadcast"


def _promotion(ops: Sequence[Op]) -> Iterator[str]:
    for record in ops:
        roles = [*record.roles.values()]
        if record.kind is not None and (roles.count(Role.TENSOR) + roles.count(Role.OPERAND) > 1):
            yield "the arguments are promoted together"
        text, matters = PROMOTES.get(record.kind, ("", frozenset()))
        yield "" if matters and matters <= record.rejects | record.operand_rejects else text


def _refused(ops: Sequence[Op]) -> str:
    refused = [record.rejects | record.operand_rejects for record in ops]
    dtypes: frozenset[DType] = frozenset.intersection(*refused) if refused else frozenset()
    whole = {name: family for name, family in FAMILIES.items() if family <= dtypes}
    left = dtypes.difference(*whole.values())
    return _listed([*whole, *sorted(dtype.name for dtype in left)])


def _listed(names: Sequence[str], word: str = "and") -> str:
    *first, last = names or [""]
    return f"{', '.join(first)} {word} {last}" if first else last


def _gradient(ops: Sequence[Op]) -> str:
    if any(record.node or record.composite for record in ops):
        return "PyTorch's."
    return "None, as in PyTorch." if ops else ""


def _nodes(ops: Sequence[Op]) -> str:
    return _listed([f"`{node}`" for node in dict.fromkeys(record.node for record in ops if record.node)], "or")


_deviations = functools.cache(stored)  # read the file once


def _in_jax(entry: Entry) -> str:
    fields = _deviations()["functions"].get(entry.name)
    if fields is None:
        return ""
    if not fields["jax"]:
        return "JAX has no counterpart."
    sorts = dict.fromkeys(row["sort"] for row in fields["deviations"])
    if not sorts:
        return f"`{fields['jax']}`: no deviation was found."
    titles = [SORTS.get(sort, f"the {sort}") for sort in sorts]
    return f"`{fields['jax']}` deviates in [{_listed(titles)}](../differences.md#{entry.name})."


def _in_torch(entry: Entry, said: str) -> str:
    mirrored = mirror(entry.name)
    if not mirrored:
        return said or "PyTorch does not document it."
    link = f"[`{mirrored}`]({torch_page(mirrored)})"
    return link if said.rstrip(".") in ("", mirrored, mirrored.removeprefix("torch.")) else f"{link}. {said}"


def known_lines(ops: Sequence[Op]) -> Iterator[str]:
    """Yield the lines of the known differences of a function, in a block that is folded at first."""
    found = {_said(known): known for record in ops for known in known_differences(record)}
    if found:
        yield f'\n??? known "Known differences: {len(found)}"'
    for each in found.values():
        levels = ", ".join(each.levels) + ("" if "cpu" in each.devices else ", on CUDA")
        yield f"\n    - {inline(each.why)} ({levels}).<br>"
        yield f"      jaxfun: {inline(each.jaxfun)}.<br>"
        yield f"      PyTorch: {inline(each.torch)}.<br>"
        yield f"      Source: {inline(each.source)}."


def _said(known: KnownDifference) -> tuple[object, ...]:
    return known.devices, known.levels, known.jaxfun, known.torch, known.why


def inline(text: str) -> str:
    """Escape all markup in a text, except backticks."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(part if part.startswith("`") else _escaped(part) for part in parts)


def _escaped(text: str) -> str:
    return re.sub(r"([\\*_\[\]])", r"\\\1", text).replace("<", "&lt;").replace("->", "→")


def section(entry: Entry, ops: Sequence[Op], is_own: bool) -> Iterator[str]:
    """Yield the lines of one function or class."""
    doc = doc_of(entry.value)
    yield f"\n## {entry.name} {{ #{entry.name} }}\n"
    if not _is_bare(entry.value, doc.example):
        yield f"```python\n{signature(f'jaxfun.{entry.name}', entry.value)}\n```\n"
    if len(entry.names) > 1:
        yield f"Also {_listed([f'`jaxfun.{name}`' for name in entry.names[1:]])}.\n"
    yield inline(doc.text)
    for title, text in facts(entry, doc, ops, is_own):
        if text:
            yield f"\n{title}\n:   {text if title in ('In JAX', 'PyTorch') else inline(text)}"
    yield from known_lines(ops)
    yield from _members(entry)
    if doc.example:
        yield f"\n```pycon\n{doc.example}\n```"


def _is_bare(value: Any, example: str) -> bool:
    # users do not construct a class that its example does not call, so its signature is not shown
    return isinstance(value, type) and f"{value.__name__}(" not in example


def _members(entry: Entry) -> Iterator[str]:
    members = TABLE["members"].get(entry.name) or dict(_documented(entry.value))
    if members:
        yield "\n| member | |\n| --- | --- |"
    for name, text in members.items():
        yield f"| `{name}` | {inline(' '.join(text.partition('>>>')[0].split()))} |"


def _documented(value: Any) -> Iterator[tuple[str, str]]:
    for name in dir(value) if isinstance(value, type) and not issubclass(value, Exception) else ():
        member = inspect.getattr_static(value, name)
        made = getattr(member, "fget", getattr(member, "__func__", member))
        is_ours = str(getattr(made, "__module__", "")).startswith("jaxfun")
        if not name.startswith("_") and is_ours and (text := inspect.getdoc(made)):
            yield name, text


# The pages.


def page(chapter: Chapter) -> str:
    """Return the page of a chapter."""
    names = [dtype for dtype in chapter.entries if isinstance(dtype.value, DType)]
    lines = [f"# {chapter.title}\n", f"{chapter.intro}\n", *_dtype_table(names)]
    for entry in chapter.entries:
        if entry not in names:
            of_all = [record for name in entry.names for record in ops.records_of(name)]
            lines += section(entry, of_all, chapter.is_own)
    return "\n".join(lines) + "\n"


def _dtype_table(entries: Sequence[Entry]) -> Iterator[str]:
    if not entries:
        return
    yield "## The dtypes { #dtypes }\n"
    yield "Each is a dtype for NumPy and JAX too; called with a tensor it casts: `jf.double(x)`.\n"
    yield "| dtype | also | tensor type |\n| --- | --- | --- |"
    for entry in entries:
        first, *others = [f"`jaxfun.{name}`" for name in entry.names]
        yield f'| <span id="{entry.name}"></span>{first} | {", ".join(others)} | `{entry.value.tensor_name}` |'


INDEX = """# Reference

{functions} functions and classes, by the chapters of PyTorch's documentation. `import jaxfun as jf` makes all of them
available, except `jaxfun.parity`: import it with `from jaxfun import parity`.

A function that mirrors a PyTorch function has its name, arguments, order of arguments and defaults. It takes and
returns JAX arrays, also under `jit`, `grad` and `vmap`. It raises an error where PyTorch does, and its gradient is
PyTorch's.
"""


def index() -> str:
    """Return the first page of the reference: every name, by chapter."""
    total = sum(len(chapter.entries) for chapter in chapters())
    lines = [INDEX.format(functions=total)]
    for chapter in chapters():
        file = chapter.path.partition("/")[2]
        links = [f"[`{name}`]({file}#{entry.name})" for entry in chapter.entries for name in entry.names]
        lines += [f"## [{chapter.title}]({file})\n", " ".join(links) + "\n{ .names }\n"]
    return "\n".join(lines)


def pages() -> dict[str, str]:
    """Return the pages of the reference by their path in the site."""
    assert jaxfun.train  # load it: a page describes it
    return {"api/index.md": index()} | {chapter.path: page(chapter) for chapter in chapters()}
