"""The tape: torch's graph of `grad_fn` nodes, read off the jaxpr of a pure function.

torch writes the tape while the program runs; here the program is traced, and each step of the trace that torch would
have recorded becomes a node. A jaxfun op stands in the jaxpr under its own name, so its record says what torch calls
it; a plain operator on JAX arrays (`v ** 2`) is named by a table.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import jax
import numpy as np

from ..core.dtypes import as_array
from ..core.record import REGISTRY, Op, Role
from .strides import Strides, dense, is_contiguous, propagated
from .variable import Variable


@dataclass(frozen=True, eq=False)
class Node:
    """A step of the tape: torch's name for it, and where its inputs' gradients go on to.

    `next_functions` are pairs of a node, None for an input that needs no gradient, and which output of that node the
    input was. A leaf is an `AccumulateGrad`, and `variable` is the position of its variable. Two nodes are equal only
    where they are the same node.
    Torch: torch.autograd.graph.Node.
    """

    name: str
    next_functions: tuple[tuple["Node | None", int], ...] = ()
    shape: tuple[int, ...] = field(default=(), kw_only=True)
    variable: int | None = field(default=None, kw_only=True)

    def __str__(self) -> str:
        return "\n".join(_lines(self))

    def __repr__(self) -> str:
        return f"<{self.name}>"

    def to_dot(self) -> str:
        """Return the graph in Graphviz's language."""
        from .drawing import to_dot

        return to_dot(self)

    def to_svg(self) -> str:
        """Return a picture of the graph as one self-contained SVG; no program is needed to draw it."""
        from .drawing import to_svg

        return to_svg(self)


def nodes_of(root: Node) -> list[Node]:
    """Return every node that a root leads to, itself first, each once."""
    found: dict[int, Node] = {}
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if id(node) not in found:
            found[id(node)] = node
            waiting.extend(child for child, _ in reversed(node.next_functions) if child is not None)
    return list(found.values())


def label(node: Node) -> str:
    """Return how a node is written in a tree or a picture: a leaf with the variable's position and shape."""
    return node.name if node.variable is None else f"{node.name} (input {node.variable}, {list(node.shape)})"


def _lines(root: Node) -> Iterator[str]:
    places = {id(node): place for place, node in enumerate(nodes_of(root), start=1)}
    seen: set[int] = set()
    waiting: list[tuple[Node | None, int]] = [(root, 0)]
    while waiting:
        node, depth = waiting.pop()
        again = node is not None and id(node) in seen and bool(node.next_functions)
        text = (
            "None" if node is None else f"{label(node)} (above, as step {places[id(node)]})" if again else label(node)
        )
        yield "  " * depth + text
        if node is not None and not again:
            seen.add(id(node))
            waiting.extend((child, depth + 1) for child, _ in reversed(node.next_functions))


def graph(func: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of variables that gives the tape of `func`: the node that torch's `grad_fn` would be.

    `func` is a pure function of arrays; the variables are `Variable`s or arrays, and a floating point or complex array
    requires a gradient. For several results it is a tuple of nodes, None for one that no gradient leads to.
    A plain operator that torch has no name for appears as JAX's, in angle brackets.

    >>> import jaxfun as jf
    >>> v = jf.Variable(jf.ones(1, 2))
    >>> print(jf.autograd.graph(lambda v: jf.sum(v**2))(v))
    SumBackward0
      PowBackward0
        AccumulateGrad (input 0, [1, 2])
    """

    def tape(*variables: Any) -> Any:
        arrays = [as_array(getattr(variable, "data", variable)) for variable in variables]
        traced, shapes = jax.make_jaxpr(func, return_shape=True)(*arrays)
        leaves = [_leaf(place, *pair) for place, pair in enumerate(zip(variables, arrays, strict=True))]
        results = _walk(traced.jaxpr, [_Value(None, dense(np.shape(c))) for c in traced.consts], leaves)
        found = tuple(None if value.edge is None else _made_by(value.edge[0]) for value in results)
        return found[0] if jax.tree.structure(shapes).num_leaves == 1 else found

    return tape


def _made_by(node: Node) -> Node | None:
    return None if node.variable is not None else node  # a variable that comes back as it is has no grad_fn


class _Value(NamedTuple):
    """What the walk knows of an array: the edge that its gradient takes, and the strides that torch would give it."""

    edge: tuple[Node, int] | None
    strides: Strides


def _leaf(place: int, variable: Any, array: jax.Array) -> _Value:
    wanted = variable.requires_grad if isinstance(variable, Variable) else _is_inexact(array)
    node = Node("AccumulateGrad", shape=array.shape, variable=place)
    return _Value((node, 0) if wanted else None, dense(array.shape))


def _is_inexact(aval: Any) -> bool:
    return jax.numpy.issubdtype(aval.dtype, jax.numpy.inexact)


def _walk(jaxpr: Any, consts: Sequence[_Value], inputs: Sequence[_Value]) -> list[_Value]:
    known: dict[Any, _Value] = dict(zip([*jaxpr.constvars, *jaxpr.invars], [*consts, *inputs], strict=True))

    def read(var: Any) -> _Value:
        return _Value(None, dense(np.shape(var.val))) if _is_number(var) else known[var]

    for equation in jaxpr.eqns:
        operands = [read(var) for var in equation.invars]
        known.update(zip(equation.outvars, _step(equation, operands), strict=True))
    return [read(var) for var in jaxpr.outvars]


def _step(equation: Any, operands: Sequence[_Value]) -> list[_Value]:
    inner = _inner_jaxpr(equation)
    record = REGISTRY.get(str(equation.params.get("name", "")).removeprefix("jaxfun."))
    is_op = str(equation.params.get("name", "")).startswith("jaxfun.") and record is not None
    if inner is not None and not (is_op and record is not None and not record.composite):
        consts = [_Value(None, dense(np.shape(const))) for const in inner.consts]
        return _walk(inner.jaxpr, consts, operands)
    strides = propagated(equation, [operand.strides for operand in operands])
    if is_op and record is not None:
        return _op_step(record, equation, operands, strides)
    return _primitive_step(equation, operands, strides)


def _inner_jaxpr(equation: Any) -> Any:
    return next((equation.params[name] for name in ("jaxpr", "call_jaxpr") if name in equation.params), None)


def _made(name: str, edges: Sequence[Any], equation: Any, strides: Sequence[Strides]) -> list[_Value]:
    """Return the outputs of a new node; there is none where no input requires a gradient, nor for integer outputs."""
    if not name or all(edge is None for edge in edges):
        return [_Value(None, stride) for stride in strides]
    node = Node(name, tuple(edge or (None, 0) for edge in edges), shape=equation.outvars[0].aval.shape)
    avals = [var.aval for var in equation.outvars]
    return [
        _Value((node, place) if _is_inexact(aval) else None, stride)
        for place, (aval, stride) in enumerate(zip(avals, strides, strict=True))
    ]


# jaxfun's ops


def _op_step(record: Op, equation: Any, operands: Sequence[_Value], strides: Sequence[Strides]) -> list[_Value]:
    edges = list(_op_edges(record, operands))
    if record.node == "ViewBackward0" and record.public == "reshape":
        return _reshaped(edges, equation, operands[0].strides, strides)
    if record.name == "contiguous" and is_contiguous(equation.outvars[0].aval.shape, operands[0].strides):
        return [operands[0]]  # torch spares itself the copy
    return _made(record.node, edges, equation, strides)


def _op_edges(record: Op, operands: Sequence[_Value]) -> Iterator[Any]:
    """Yield the edges of a record's differentiable arguments; torch keeps none for a number in a scalar overload."""
    takes_number = "Scalar" in record.name
    keeps = {Role.TENSOR, Role.TENSORS} if takes_number else {Role.TENSOR, Role.OPERAND, Role.TENSORS}
    waiting = list(operands)
    names = [name for name, role in record.roles.items() if role in _TRACED]
    several = len(waiting) - sum(record.roles[name] is not Role.TENSORS for name in names)
    for name in names:
        role = record.roles[name]
        count = several if role is Role.TENSORS else min(1, len(waiting))
        taken, waiting = waiting[:count], waiting[count:]
        if role in keeps and not (role is Role.TENSORS and record.kind is None):
            yield from [value.edge for value in taken] or [None]


_TRACED = (Role.TENSOR, Role.OPERAND, Role.TENSORS, Role.MASK, Role.SCALAR)


def _reshaped(edges: Sequence[Any], equation: Any, before: Strides, after: Sequence[Strides]) -> list[_Value]:
    """Name torch's reshape by what it does: a view, a view of what is not contiguous, or a copy."""
    shape = equation.invars[0].aval.shape
    if is_contiguous(shape, before):
        return _made("ViewBackward0", edges, equation, after)
    if after[0] is not None:
        return _made("ReshapeAliasBackward0", edges, equation, after)
    contiguous = [dense(equation.outvars[0].aval.shape)]
    copied = _made("CloneBackward0", edges, equation, contiguous)
    return _made("UnsafeViewBackward0", [copied[0].edge], equation, contiguous)


# plain operators


def _primitive_step(equation: Any, operands: Sequence[_Value], strides: Sequence[Strides]) -> list[_Value]:
    name = str(equation.primitive)
    edges = [operand.edge for operand in operands]
    if name in _TRANSPARENT:
        return [_Value(edges[0], strides[0])]
    if name in _RULES:
        return _RULES[name](equation, edges, strides)
    if name in _NAMES:
        return _made(_NAMES[name], edges, equation, strides)
    return _made(f"<{name}>", edges, equation, strides)


# what JAX needs and torch does not record: implicit broadcasts and promotions
_TRANSPARENT = {
    "broadcast_in_dim",
    "convert_element_type",
    "copy",
    "copy_p",
    "reduce_precision",
    "optimization_barrier",
}

_NAMES: Mapping[str, str] = {
    "sub": "SubBackward0",
    "neg": "NegBackward0",
    "exp": "ExpBackward0",
    "log": "LogBackward0",
    "sqrt": "SqrtBackward0",
    "abs": "AbsBackward0",
    "sign": "SignBackward0",
    "sin": "SinBackward0",
    "cos": "CosBackward0",
    "tan": "TanBackward0",
    "tanh": "TanhBackward0",
    "logistic": "SigmoidBackward0",
    "log1p": "Log1PBackward0",
    "expm1": "Expm1Backward0",
    "floor": "FloorBackward0",
    "ceil": "CeilBackward0",
    "max": "MaximumBackward0",
    "min": "MinimumBackward0",
    "square": "PowBackward0",
    "integer_pow": "PowBackward0",
    "concatenate": "CatBackward0",
    "cumsum": "CumsumBackward0",
    "transpose": "PermuteBackward0",
    "reshape": "ViewBackward0",
    "slice": "SliceBackward0",
    "dynamic_slice": "SliceBackward0",
    "gather": "IndexBackward0",
    "stop_gradient": "",
}


def _is_number(var: Any) -> bool:
    return hasattr(var, "val")


def _commutative(name: str) -> Callable[..., list[_Value]]:
    def rule(equation: Any, edges: Sequence[Any], strides: Sequence[Strides]) -> list[_Value]:
        # Python hands `2 * v` to v.__rmul__: torch sees v first
        ordered = edges[::-1] if _is_number(equation.invars[0]) else edges
        return _made(name, ordered, equation, strides)

    return rule


def _sub(equation: Any, edges: Sequence[Any], strides: Sequence[Strides]) -> list[_Value]:
    if _is_number(equation.invars[0]):
        return _made("RsubBackward1", edges[1:], equation, strides)
    return _made("SubBackward0", edges, equation, strides)


def _div(equation: Any, edges: Sequence[Any], strides: Sequence[Strides]) -> list[_Value]:
    if not _is_number(equation.invars[0]):
        return _made("DivBackward0", edges, equation, strides)
    inverse = _made("ReciprocalBackward0", edges[1:], equation, strides)
    return _made("MulBackward0", [inverse[0].edge, None], equation, strides)


def _pow(equation: Any, edges: Sequence[Any], strides: Sequence[Strides]) -> list[_Value]:
    if _is_number(equation.invars[1]):
        return _made("PowBackward0", edges[:1], equation, strides)
    if _is_number(equation.invars[0]):
        return _made("PowBackward2", edges[1:], equation, strides)
    return _made("PowBackward1", edges, equation, strides)


def _where(equation: Any, edges: Sequence[Any], strides: Sequence[Strides]) -> list[_Value]:
    # select_n lists the cases from False on, torch the other way round
    return _made("WhereBackward0", edges[:0:-1], equation, strides)


def _reduction(name: str, of_all: str, along: str) -> Callable[..., list[_Value]]:
    def rule(equation: Any, edges: Sequence[Any], strides: Sequence[Strides]) -> list[_Value]:
        full = len(equation.params["axes"]) == len(equation.invars[0].aval.shape)
        return _made(f"{name}{of_all if full else along}", edges[:1], equation, strides)

    return rule


def _squeeze(equation: Any, edges: Sequence[Any], strides: Sequence[Strides]) -> list[_Value]:
    # x[0] is a slice of one and a squeeze in JAX, a select in torch
    node = None if edges[0] is None else edges[0][0]
    if node is not None and node.name == "SliceBackward0":
        return _made("SelectBackward0", node.next_functions, equation, strides)
    return _made("SqueezeBackward1", edges, equation, strides)


def _dot_general(equation: Any, edges: Sequence[Any], strides: Sequence[Strides]) -> list[_Value]:
    dims = tuple(len(var.aval.shape) for var in equation.invars)
    if dims == (1, 2):
        row = _made("UnsqueezeBackward0", edges[:1], equation, strides)
        product = _made("MmBackward0", [row[0].edge, edges[1]], equation, strides)
        return _made("SqueezeBackward4", [product[0].edge], equation, strides)
    names: Mapping[tuple[int, ...], str] = {(1, 1): "DotBackward0", (2, 2): "MmBackward0", (2, 1): "MvBackward0"}
    return _made(names.get(dims, "BmmBackward0"), edges, equation, strides)


_RULES: Mapping[str, Callable[..., list[_Value]]] = {
    "add": _commutative("AddBackward0"),
    "add_any": _commutative("AddBackward0"),
    "mul": _commutative("MulBackward0"),
    "sub": _sub,
    "div": _div,
    "pow": _pow,
    "select_n": _where,
    "reduce_sum": _reduction("SumBackward", "0", "1"),
    "reduce_prod": _reduction("ProdBackward", "0", "1"),
    "reduce_max": _reduction("", "MaxBackward1", "AmaxBackward0"),
    "reduce_min": _reduction("", "MinBackward1", "AminBackward0"),
    "squeeze": _squeeze,
    "dot_general": _dot_general,
}
