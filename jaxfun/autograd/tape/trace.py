"""`graph`: the tape of a pure function, read off its jaxpr. Begin at `graph`, then `_walk`.

torch records the tape while the program runs. Here the program is traced, and each equation of the jaxpr becomes a
node. A jaxfun op has its own name in the jaxpr, so its record gives torch's name. A plain operator on JAX arrays (`v **
2`) is named by the tables in `names`.
"""

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import jax

from ...core.dtypes import as_array
from ...core.record import TRACED, Op, Role, record_in
from ..dependence import is_differentiable
from ..variable import Variable
from .names import EXPANSIONS, PRIMITIVES, TRANSPARENT, Edge, row_times_matrix
from .node import Node


def graph(func: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of variables that returns the tape of `func`: the node that would be `grad_fn` in torch.

    `func` is a pure function of arrays. The variables are `Variable`s or arrays; floating point and complex arrays
    require a gradient. For several results the tape is a tuple of nodes, with None for a result without a gradient.

    Names in angle brackets are not torch's: `<jaxfun.einsum>` is an op that torch records as several nodes, `<scan>` is
    a JAX primitive without a counterpart in torch. A loop, a `jax.checkpoint` and a function with a custom derivative
    rule are one node each.

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
        results = _walk(traced.jaxpr, leaves)
        found = tuple(None if edge is None else _made_by(edge[0]) for edge in results)
        return found[0] if jax.tree.structure(shapes).num_leaves == 1 else found

    return tape


def _made_by(node: Node) -> Node | None:
    return None if node.variable is not None else node  # a variable returned unchanged has no grad_fn


def _leaf(place: int, variable: Any, array: jax.Array) -> Edge:
    wanted = variable.requires_grad if isinstance(variable, Variable) else is_differentiable(array)
    return (Node("AccumulateGrad", shape=array.shape, variable=place), 0) if wanted else None


def _walk(jaxpr: Any, inputs: Sequence[Edge]) -> list[Edge]:
    """Return the edges of a jaxpr's results, given the edges of its inputs."""
    known: dict[Any, Edge] = dict(zip(jaxpr.invars, inputs, strict=True))

    def read(var: Any) -> Edge:
        return None if _is_number(var) else known.get(var)  # a constant has no edge

    for equation in jaxpr.eqns:
        known.update(zip(equation.outvars, _step(equation, [read(var) for var in equation.invars]), strict=True))
    return [read(var) for var in jaxpr.outvars]


def _step(equation: Any, edges: Sequence[Edge]) -> Sequence[Edge]:
    if not equation.outvars:
        return ()
    record = record_in(equation)
    if record is not None:
        return _op(record, equation, edges)
    if "jaxpr" in equation.params and str(equation.primitive) in ("jit", "pjit"):
        return _walk(equation.params["jaxpr"].jaxpr, edges)
    return _primitive(equation, edges)


def _made(name: str, edges: Sequence[Edge], equation: Any) -> list[Edge]:
    """Return the edges to a new node; None if no input requires a gradient, and for an integer output."""
    avals = [var.aval for var in equation.outvars]
    edge = _node(avals[0].shape, name, *edges) if name else None
    return [(edge[0], place) if edge and is_differentiable(aval) else None for place, aval in enumerate(avals)]


def _node(shape: tuple[int, ...], name: str, *edges: Edge) -> Edge:
    if all(edge is None for edge in edges):
        return None
    return Node(name, tuple(edge or (None, 0) for edge in edges), shape=shape), 0


# jaxfun's ops


def _op(record: Op, equation: Any, edges: Sequence[Edge]) -> Sequence[Edge]:
    ranks = tuple(len(var.aval.shape) for var in equation.invars)
    expand = EXPANSIONS.get((record.name, ranks))
    if expand is not None:
        return [expand(functools.partial(_node, equation.outvars[0].aval.shape), *edges)]
    indices = [
        edge is None and not is_differentiable(var.aval) for edge, var in zip(edges, equation.invars, strict=True)
    ]
    own = list(_op_edges(record, edges, indices))
    return _made(f"<jaxfun.{record.public}>" if record.composite else record.node, own, equation)


def _op_edges(record: Op, edges: Sequence[Edge], indices: Sequence[bool]) -> Iterator[Edge]:
    """Yield the edges of a record's differentiable arguments.

    torch records no edge for the number of a scalar overload, and none for a sequence of index tensors.
    """
    takes_number = "Scalar" in record.name
    keeps = {Role.TENSOR, Role.TENSORS} if takes_number else {Role.TENSOR, Role.OPERAND, Role.TENSORS}
    waiting = list(zip(edges, indices, strict=True))
    names = [name for name, role in record.roles.items() if role in TRACED]
    several = len(waiting) - sum(record.roles[name] is not Role.TENSORS for name in names)
    for name in names:
        role = record.roles[name]
        count = several if role is Role.TENSORS else min(1, len(waiting))
        taken, waiting = waiting[:count], waiting[count:]
        if role in keeps and not (role is Role.TENSORS and all(is_index for _, is_index in taken)):
            yield from [edge for edge, _ in taken] or [None]


# plain operators


def _primitive(equation: Any, edges: Sequence[Edge]) -> Sequence[Edge]:
    name = str(equation.primitive)
    if name in TRANSPARENT:
        return edges[:1]
    if name in _RULES:
        return _RULES[name](equation, edges)
    return _made(PRIMITIVES.get(name, f"<{name}>"), edges, equation)


def _is_number(var: Any) -> bool:
    return hasattr(var, "val")  # a literal; its class is in jax.extend, which is slow to load


def _commutative(name: str) -> Callable[..., list[Edge]]:
    def rule(equation: Any, edges: Sequence[Edge]) -> list[Edge]:
        # Python calls v.__rmul__ for `2 * v`, so torch has v first
        return _made(name, edges[::-1] if _is_number(equation.invars[0]) else edges, equation)

    return rule


def _sub(equation: Any, edges: Sequence[Edge]) -> list[Edge]:
    if _is_number(equation.invars[0]):
        return _made("RsubBackward1", edges[1:], equation)
    return _made("SubBackward0", edges, equation)


def _div(equation: Any, edges: Sequence[Edge]) -> list[Edge]:
    if not _is_number(equation.invars[0]):
        return _made("DivBackward0", edges, equation)
    return _made("MulBackward0", [*_made("ReciprocalBackward0", edges[1:], equation), None], equation)


def _pow(equation: Any, edges: Sequence[Edge]) -> list[Edge]:
    if _is_number(equation.invars[1]):
        return _made("PowBackward0", edges[:1], equation)
    if _is_number(equation.invars[0]):
        return _made("PowBackward2", edges[1:], equation)
    return _made("PowBackward1", edges, equation)


def _where(equation: Any, edges: Sequence[Edge]) -> list[Edge]:
    # select_n has the case for False first, torch the case for True
    return _made("WhereBackward0", edges[:0:-1], equation)


def _gather(equation: Any, edges: Sequence[Edge]) -> list[Edge]:
    return _made("IndexBackward0", edges[:1], equation)  # torch records no edge for the indices


def _reduction(of_all: str, along: str) -> Callable[..., list[Edge]]:
    def rule(equation: Any, edges: Sequence[Edge]) -> list[Edge]:
        full = len(equation.params["axes"]) == len(equation.invars[0].aval.shape)
        return _made(of_all if full else along, edges[:1], equation)

    return rule


def _squeeze(equation: Any, edges: Sequence[Edge]) -> list[Edge]:
    # x[0] is a slice of size 1 and a squeeze in JAX, a select in torch
    node = None if edges[0] is None else edges[0][0]
    if node is not None and node.name == "SliceBackward0":
        return _made("SelectBackward0", node.next_functions, equation)
    return _made("SqueezeBackward1", edges, equation)


def _dot_general(equation: Any, edges: Sequence[Edge]) -> list[Edge]:
    ranks = tuple(len(var.aval.shape) for var in equation.invars)
    if ranks == (1, 2):
        return [row_times_matrix(functools.partial(_node, equation.outvars[0].aval.shape), *edges)]
    names: Mapping[tuple[int, ...], str] = {(1, 1): "DotBackward0", (2, 2): "MmBackward0", (2, 1): "MvBackward0"}
    return _made(names.get(ranks, "BmmBackward0"), edges, equation)


_RULES: Mapping[str, Callable[..., list[Edge]]] = {
    "add": _commutative("AddBackward0"),
    "add_any": _commutative("AddBackward0"),
    "mul": _commutative("MulBackward0"),
    "sub": _sub,
    "div": _div,
    "pow": _pow,
    "select_n": _where,
    "reduce_sum": _reduction("SumBackward0", "SumBackward1"),
    "reduce_prod": _reduction("ProdBackward0", "ProdBackward1"),
    "reduce_max": _reduction("MaxBackward1", "AmaxBackward0"),
    "reduce_min": _reduction("MinBackward1", "AminBackward0"),
    "gather": _gather,
    "squeeze": _squeeze,
    "dot_general": _dot_general,
}
