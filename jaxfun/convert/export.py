"""From a PyTorch module to a plan: `torch.export`, and its functional graph as data. The only file here with torch.

Begin with `exported`.
"""

import collections
import contextlib
import inspect
import io
import itertools
import logging
import re
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import numpy as np
import torch
from torch.export import graph_signature
from torch.utils import _pytree

from ..core.errors import ArgumentTypeError, ConversionError, describe
from ..parity.run import torch_side
from .plan import Call, DTypeName, Graph, Input, Place, Plan, Ref, SubGraph
from .rules import ASSERTIONS
from .trees import LEAF, NONE, SEQUENCES

Arrays = dict[str, np.ndarray]
Dynamic = Sequence[str | None] | Mapping[str, Sequence[str | None]]

# where a tensor is stored, and how; JAX decides that by itself
_PLACEMENT = frozenset(
    (
        *("device", "layout", "pin_memory", "memory_format", "generator", "non_blocking"),
        *("implicit", "cudnn_enable", "cudnn_enabled", "path"),
    )
)
_TORCH, _HERE = str(Path(torch.__file__).parent), str(Path(__file__).parent)


class Exported(NamedTuple):
    """A plan, the arrays that it names (parameters, buffers, constants of the program), and what was exported."""

    plan: Plan
    params: Arrays
    state: Arrays
    constants: Arrays
    program: Any
    module: torch.nn.Module


def exported(
    module: Any,
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    dynamic: Dynamic,
    is_training: bool,
    has_rule: Callable[[str], bool],
) -> Exported:
    """Return the plan of a module or a function, for example arguments.

    An operator without a rule is decomposed alone, if torch has a decomposition.

    Raises: ConversionError where torch.export cannot follow the code.
    """
    wrapped = module if isinstance(module, torch.nn.Module) else _as_module(module)
    modes = {each: each.training for each in wrapped.modules()}
    changed: dict[str, Any] = {}
    wrapped.train(is_training)
    try:
        with _recorded(wrapped, changed), _quiet():
            args, kwargs = _apart(tuple(args), dict(kwargs))
            program, decomposed = _decomposed(_program(wrapped, args, kwargs, dynamic), has_rule)
    finally:
        for each, mode in modes.items():
            each.training = mode
    baked = tuple(f"{name} = {value!r}" for name, value in changed.items())
    return _as_plan(program, wrapped, dynamic, baked=baked, decomposed=decomposed, is_training=is_training)


def _apart(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Copy a tensor that stands in several places: torch.export would take it for one input."""
    seen: set[int] = set()

    def own(leaf: Any) -> Any:
        if not isinstance(leaf, torch.Tensor) or id(leaf) not in seen:
            seen.add(id(leaf))
            return leaf
        return leaf.detach().clone().requires_grad_(leaf.requires_grad)

    return _pytree.tree_map(own, (args, kwargs))


def _as_module(function: Callable[..., Any]) -> torch.nn.Module:
    """Return a function as a module of a class with the function's name."""
    name = getattr(function, "__name__", type(function).__name__).replace("<lambda>", "function")
    return type(name, (_Function,), {"__module__": getattr(function, "__module__", "")})(function)


class _Function(torch.nn.Module):
    """A function as a module without parameters, with the function's signature."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__()
        if not callable(function):
            raise ArgumentTypeError("a torch.nn.Module or a function", describe(function))
        self.forward = function


@contextlib.contextmanager
def _recorded(module: torch.nn.Module, changed: dict[str, Any]) -> Iterator[None]:
    """Record the numbers that modules change while the export runs their `forward`; torch.export sets them back."""
    paths = {each: name for name, each in module.named_modules()}
    set_attribute = torch.nn.Module.__setattr__

    def record(self: torch.nn.Module, name: str, value: Any) -> None:
        before = vars(self).get(name)
        if isinstance(before, (bool, int, float, str)) and before != value and self in paths:
            changed.setdefault(f"{paths[self]}.{name}".lstrip("."), before)
        set_attribute(self, name, value)

    with mock.patch.object(torch.nn.Module, "__setattr__", record):
        yield


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Hold back what torch.export prints and warns of: errors say it in a few lines."""
    before = logging.root.manager.disable
    logging.disable(max(before, logging.ERROR))
    try:
        held = io.StringIO()
        with warnings.catch_warnings(), contextlib.redirect_stdout(held), contextlib.redirect_stderr(held):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


def _program(module: torch.nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], dynamic: Dynamic) -> Any:
    shapes = _dynamic_shapes(module, args, kwargs, dynamic)
    try:
        raw = torch.export.export(module, args, kwargs, dynamic_shapes=shapes, strict=False)
        _detach_where_disabled(raw.graph_module)
        return raw.run_decompositions({})
    except Exception as error:  # whatever the tracing raises, the user's line is what helps
        raise _readable(error) from error


def _decomposed(program: Any, has_rule: Callable[[str], bool]) -> tuple[Any, tuple[str, ...]]:
    """Return a program in which operators without a rule are decomposed, and their names.

    If a part has no rule either, the program stays as it is: an error then names the user's own operators.
    """
    table, names, changed = torch.export.default_decompositions(), dict[str, None](), program
    while missing := [each for each in _overloads(changed) if not has_rule(each.name())]:
        chosen = {each: table[each] for each in missing if each in table and each.name() not in names}
        if len(chosen) < len(missing):
            return program, ()
        names |= dict.fromkeys(each.name() for each in missing)
        changed = changed.run_decompositions(chosen)
    return changed, tuple(names)


def _overloads(program: Any) -> set[Any]:
    parts = [part for part in program.graph_module.modules() if isinstance(part, torch.fx.GraphModule)]
    targets = {node.target for part in parts for node in part.graph.nodes}
    return {target for target in targets if isinstance(target, torch._ops.OpOverload)}


def _detach_where_disabled(module: torch.fx.GraphModule) -> None:
    """Detach the results of each `torch.no_grad()` block: the decompositions would drop the block's effect."""
    for part in module.modules():
        if isinstance(part, torch.fx.GraphModule):
            blocks = [node for node in part.graph.nodes if str(node.target) == "wrap_with_set_grad_enabled"]
            for item in [user for block in blocks if not block.args[0] for user in block.users]:
                _detach(part.graph, item)
            part.recompile()


def _detach(graph: torch.fx.Graph, item: torch.fx.Node) -> None:
    with graph.inserting_after(item):
        detached = graph.call_function(torch.ops.aten.detach.default, (item,))
    detached.meta = dict(item.meta)
    item.replace_all_uses_with(detached, lambda user: user is not detached)


def _dynamic_shapes(module: torch.nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], dynamic: Dynamic) -> Any:
    """Return torch's form of the dynamic sizes: for each tensor its dynamic axes."""
    if not dynamic:
        return None
    bound = inspect.signature(module.forward).bind(*args, **kwargs)

    def of(path: tuple[Any, ...], leaf: Any) -> Any:
        if not isinstance(leaf, torch.Tensor):
            return None
        named = _names_of(dynamic, _spelled(path))[: leaf.ndim]
        return {axis: torch.export.Dim.AUTO for axis, name in enumerate(named) if name is not None}

    return _pytree.tree_map_with_path(of, dict(bound.arguments))


def _names_of(dynamic: Dynamic, path: str) -> Sequence[str | None]:
    """Return the names of an argument's sizes; None is a fixed size."""
    if not isinstance(dynamic, Mapping):
        return dynamic
    return dynamic.get(path, dynamic.get(path.partition(".")[0], ()))


def _spelled(path: tuple[Any, ...]) -> str:
    return ".".join(str(getattr(key, "key", getattr(key, "idx", getattr(key, "name", key)))) for key in path)


# Errors.


def _readable(error: Exception) -> ConversionError:
    """Return an error with the line of the user's code at which torch.export stopped."""
    frames = [frame for frame in _frames(error) if not frame.filename.startswith(_TORCH)]
    place = Place("", "", frames[-1].filename, frames[-1].lineno, frames[-1].line) if frames else Place()
    kind, said = type(error).__name__, " ".join(str(error).split("\n")[0].split())
    called = " ".join(frame.name for frame in _frames(error))
    advice = next((advice for pattern, advice in _ADVICE if re.search(pattern, f"{called} {kind} {error}")), "")
    return ConversionError("torch.export cannot follow the code", [str(place), f"{kind}: {said}"], advice)


_ADVICE = (
    (
        "_detect_is_causal_mask",
        "torch.nn.TransformerEncoder looks whether its mask is causal. Pass is_causal=True or is_causal=False.",
    ),
    (
        "GuardOnDataDependent|data-dependent",
        "The value of a tensor decides what is computed. Write torch.where, or torch.cond for two branches.",
    ),
    (
        "Cache'>",
        "Pass use_cache=False. To decode with a cache, take and return its tensors in a small module around the model.",
    ),
    ("Unsupported input type", "Pass tensors, numbers, and tuples, lists and dicts of them."),
)


def _frames(error: Exception) -> list[Any]:
    return [frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith(_HERE)]


# The program as data.


def _as_plan(program: Any, module: torch.nn.Module, dynamic: Dynamic, **known: Any) -> Exported:
    """Return the program as data; `known` are the fields of the plan that it does not hold."""
    signature, module_graph = program.graph_signature, program.graph_module
    aliases, (params, state, constants) = _arrays(program, module)
    sources = tuple(_source(spec, aliases) for spec in signature.input_specs)
    placeholders = [node for node in module_graph.graph.nodes if node.op == "placeholder"]
    leaves = [
        (spec, node)
        for spec, node in zip(signature.input_specs, placeholders, strict=True)
        if spec.kind == graph_signature.InputKind.USER_INPUT
    ]
    in_spec, out_spec = program.module_call_graph[0].signature.in_spec, program.module_call_graph[0].signature.out_spec
    found = [_argument(path, spec, node) for path, (spec, node) in zip(_paths(in_spec), leaves, strict=True)]
    _warn_of_fixed(found, module, dynamic)
    names = _size_names(found, module, dynamic)
    arguments = tuple(each._replace(shape=tuple(_renamed(size, names) for size in each.shape)) for each in found)
    new = [spec for spec in signature.output_specs if spec.kind in _OVERWRITES]
    graph = _graph(module_graph, program)
    plan = Plan(
        graph=graph,
        sources=sources,
        arguments=arguments,
        arguments_trees=tuple(map(_tree, in_spec.children())),
        result_tree=_tree(out_spec),
        positional=_names(module, in_spec.children()[0].num_children),
        graphs={name: _graph(each, program) for name, each in module_graph.named_children()},
        new_buffers=_targets(new, _OVERWRITES[0], aliases),
        new_arguments=_targets(new, _OVERWRITES[1], {}),
        aliases=aliases,
        ranges={names.get(str(name), str(name)): _range(each) for name, each in program.range_constraints.items()},
        frozen=tuple(name for name, each in module.named_parameters() if not each.requires_grad),
        **known,
    )
    return Exported(plan, params, state, constants, program, module)


_OVERWRITES = (graph_signature.OutputKind.BUFFER_MUTATION, graph_signature.OutputKind.USER_INPUT_MUTATION)


def _targets(specs: Sequence[Any], kind: Any, aliases: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(aliases.get(spec.target, spec.target) for spec in specs if spec.kind == kind)


def _range(each: Any) -> tuple[int, int | None]:
    """Return the bounds of a size. torch.export assumes 2 at least; a plan serves 0 and 1 too."""
    least, most = (int(bound) if bound.is_Integer else None for bound in (each.lower, each.upper))
    return 0 if least is None or least <= 2 else least, most if most is None or most < 2**31 else None


def _named_sizes(
    arguments: Sequence[Input], module: torch.nn.Module, dynamic: Dynamic
) -> Iterator[tuple[Input, Sequence[str | None]]]:
    """Yield each argument with the user's names of its sizes."""
    positions = _names(module, len(arguments)) if isinstance(dynamic, Mapping) else ()
    for each in arguments:
        first, _, rest = each.path.partition(".")
        own = positions[int(first)] if first.isdigit() and int(first) < len(positions) else first
        yield each, _names_of(dynamic, f"{own}.{rest}".rstrip("."))


def _size_names(arguments: Sequence[Input], module: torch.nn.Module, dynamic: Dynamic) -> dict[str, str]:
    """Return the user's names of the symbols that torch has chosen for the dynamic sizes."""
    found: dict[str, str] = {}
    for each, names in _named_sizes(arguments, module, dynamic):
        for name, size in zip(names, each.shape, strict=False):
            if name is not None and isinstance(size, str) and size.isidentifier():
                found.setdefault(size, name)
    return found


def _names(module: torch.nn.Module, count: int) -> tuple[str, ...]:
    """Return the names of the first `count` parameters, up to a variadic one."""
    parameters = list(inspect.signature(module.forward).parameters.values())[:count]
    named = itertools.takewhile(lambda each: each.kind is each.POSITIONAL_OR_KEYWORD, parameters)
    return tuple(each.name for each in named)


def _renamed(size: int | str, names: Mapping[str, str]) -> int | str:
    return re.sub(r"\w+", lambda word: names.get(word[0], word[0]), size) if isinstance(size, str) else size


def _arrays(program: Any, module: torch.nn.Module) -> tuple[dict[str, str], list[Arrays]]:
    """Return the other names of shared tensors; and the parameters, buffers and constants by name."""
    names = {spec.target: spec.kind for spec in program.graph_signature.input_specs if spec.target}
    parameters = dict(module.named_parameters(remove_duplicate=False))
    buffers = {
        name: buffer
        for name, buffer in module.named_buffers(remove_duplicate=False)
        if name in names or name in program.state_dict
    }
    first: dict[Any, str] = {}
    aliases: dict[str, str] = {}
    for name, each in (parameters | buffers).items():
        key = (each.data_ptr(), each.shape, each.stride(), each.dtype) if each.numel() else name
        if first.setdefault(key, name) != name:
            aliases[name] = first[key]
    constants = {name: each for name, each in program.constants.items() if name in names and name not in buffers}
    return aliases, [
        {name: torch_side.numpy(each) for name, each in found.items() if name not in aliases}
        for found in (parameters, buffers, constants)
    ]


_KINDS = {
    graph_signature.InputKind.PARAMETER: "parameter",
    graph_signature.InputKind.BUFFER: "buffer",
    graph_signature.InputKind.CONSTANT_TENSOR: "constant",
    graph_signature.InputKind.USER_INPUT: "argument",
}


def _source(spec: Any, aliases: Mapping[str, str]) -> tuple[str, str]:
    if spec.kind not in _KINDS:
        raise ConversionError(
            "an input is not a parameter, buffer, tensor or number", [f"{spec.kind.name}: {spec.target}"]
        )
    name = spec.target or spec.arg.name
    return _KINDS[spec.kind], aliases.get(name, name)


def _argument(path: str, spec: Any, node: Any) -> Input:
    if isinstance(spec.arg, graph_signature.ConstantArgument):
        return Input(path, constant=spec.arg.value)
    value = node.meta["val"]
    if not isinstance(value, torch.Tensor):
        return Input(path, type(value).__name__)
    sizes = tuple(_size(size) for size in value.shape)
    return Input(path, str(value.dtype).removeprefix("torch."), sizes)


def _size(size: Any) -> int | str:
    """Return a size as a number, or as the name of a symbol. torch may have fixed a size that should be dynamic."""
    text = str(size) if isinstance(size, int) else str(size.node.expr)
    return int(text) if text.isdigit() else text


def _warn_of_fixed(arguments: Sequence[Input], module: torch.nn.Module, dynamic: Dynamic) -> None:
    """Warn of the sizes that `dynamic` names and torch.export has fixed: a branch or a loop depends on them."""
    for each, names in _named_sizes(arguments, module, dynamic):
        for name, size in zip(names, each.shape, strict=False):
            if name is not None and isinstance(size, int):
                what = f"from_torch: torch.export fixes the size {name!r} of argument {each.path!r} at {size}"
                warnings.warn(f"{what}, because the PyTorch code depends on it", stacklevel=4)


def _tree(spec: Any) -> Any:
    """Return a structure of torch's as data; of a class, such as a ModelOutput, its fields as a dict."""
    if spec.is_leaf():
        return LEAF
    if spec.type is None or spec.type is type(None):
        return NONE
    parts = [_tree(child) for child in spec.children()]
    if spec.type in SEQUENCES.values():
        return [spec.type.__name__, None, parts]
    if spec.type is collections.namedtuple:
        return [spec.context.__name__, list(spec.context._fields), parts]
    return ["dict", [str(key) for key in _keys(spec.context)], parts]


def _keys(context: Any) -> Sequence[Any]:
    """Return the keys of a structure: torch's registries of classes keep them alone, or beside others."""
    if isinstance(context, (list, tuple)) and context and isinstance(context[0], (list, tuple)):
        return context[0]
    return context


def _paths(spec: Any) -> Iterator[str]:
    args, kwargs = spec.children()
    yield from (path for at, child in enumerate(args.children()) for path in _paths_in(child, str(at)))
    yield from (
        path
        for key, child in zip(kwargs.context, kwargs.children(), strict=True)
        for path in _paths_in(child, str(key))
    )


def _paths_in(spec: Any, path: str) -> Iterator[str]:
    if spec.is_leaf():
        yield path
    elif spec.children():
        tree = _tree(spec)
        for name, child in zip(tree[1] or map(str, range(len(tree[2]))), spec.children(), strict=True):
            yield from _paths_in(child, f"{path}.{name}")


def _graph(module: Any, program: Any) -> Graph:
    inputs, calls, outputs = [], [], ()
    for node in module.graph.nodes:
        if node.op == "placeholder":
            inputs.append(node.name)
        elif node.op == "call_function" and not _is_assertion(node):
            calls.append(_call(node))
        elif node.op == "output":
            outputs = _encoded(node.args[0])
    return Graph(tuple(inputs), tuple(calls), outputs if isinstance(outputs, tuple) else (outputs,))


def _is_assertion(node: Any) -> bool:
    """Return whether a call only checks what the export has assumed."""
    name = node.target.name() if isinstance(node.target, torch._ops.OpOverload) else ""
    return name.startswith(ASSERTIONS)


def _call(node: Any) -> Call:
    target = node.target
    if isinstance(target, torch._ops.OpOverload):
        arguments = {each.name: value for each, value in zip(target._schema.arguments, node.args, strict=False)}
        given = {**arguments, **node.kwargs}
        kwargs = {name: _encoded(value) for name, value in given.items() if name not in _PLACEMENT}
        return Call(node.name, target.name(), (), kwargs, _place(node))
    name = target.name() if isinstance(target, torch._ops.HigherOrderOperator) else _dotted(target)
    args = tuple(map(_encoded, node.args))
    return Call(node.name, name, args, {key: _encoded(value) for key, value in node.kwargs.items()}, _place(node))


def _dotted(function: Any) -> str:
    return f"{function.__module__.strip('_')}.{function.__name__}"


def _encoded(value: Any) -> Any:
    if isinstance(value, torch.fx.Node):
        return SubGraph(str(value.target)) if value.op == "get_attr" else Ref(value.name)
    if isinstance(value, torch.dtype):
        return DTypeName(str(value).removeprefix("torch."))
    if isinstance(value, (list, tuple)):
        return tuple(map(_encoded, value))
    if isinstance(value, dict):
        return {key: _encoded(each) for key, each in value.items()}
    if value is None or isinstance(value, (bool, int, float, complex, str)):
        return value
    return str(value)


_NO_MODULE = "_empty_nn_module_stack_from_metadata_hook"  # torch's path for a call that it adds itself
_FRAME = re.compile(r'File "(.*?)", line (\d+), in .*\n\s*(.*)')


def _place(node: Any) -> Place:
    """Return the module and the line of the user's code: the last frame outside of torch's own files."""
    stack = [each for each in (node.meta.get("nn_module_stack") or {}).values() if each[0] != _NO_MODULE]
    path, kind = stack[-1] if stack else ("", "")
    frames = _FRAME.findall(node.meta.get("stack_trace") or "")
    own = [frame for frame in frames if not frame[0].startswith((_TORCH, _HERE))]
    file, line, text = own[-1] if own else ("", 0, "")
    around = tuple((each, _class_name(of)) for each, of in stack)
    return Place(path.split("@")[0], _class_name(kind), file, int(line), text.strip(), around)


def _class_name(kind: Any) -> str:
    return kind if isinstance(kind, str) else f"{kind.__module__}.{kind.__qualname__}"
