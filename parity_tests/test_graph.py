"""The tape beside PyTorch's graph: names, next_functions, indices and sharing, for random expressions."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import jaxfun as jf
from jaxfun.autograd.tape.node import Node
from jaxfun.autograd.tape.order import nodes_of
from jaxfun.autograd.tape.trace import graph
from jaxfun.parity.run import torch_side

JAXFUN = {
    **{name: getattr(jf, name) for name in dir(jf)},
    "linear": jf.nn.functional.linear,
    "mse_loss": jf.nn.functional.mse_loss,
    "np": np,
    "ints": np.array,
}
TORCH = {
    **{name: getattr(torch, name) for name in dir(torch)},
    "linear": torch.nn.functional.linear,
    "mse_loss": torch.nn.functional.mse_loss,
    "view": torch.Tensor.view,
    "expand": torch.Tensor.expand,
    "getitem": torch.Tensor.__getitem__,
    "double": torch.Tensor.double,
    **{
        name: torch_side.resolve(f"torch.Tensor.{name}")
        for name in ("view_as", "reshape_as", "expand_as", "sum_to_size", "repeat", "unfold", "T", "mT", "mH")
    },
    "ints": torch.tensor,
    "np": np,
}

# One source text for both libraries: `x` and `y` are earlier values.
# A matrix or vector times a batch has separate tests: torch's path depends on which operand requires a gradient.
NAMED = """
add(x, y); sub(x, y); mul(x, y); div(x, y); pow(x, y); maximum(x, y); minimum(x, y); where(gt(x, 0), x, y)
add(x, 1); sub(x, 1); mul(x, 2.0); div(x, 2); rsub(x, 1); rsub(x, y); pow(x, 2); pow(2, x); remainder(x, 2)
remainder(x, y); fmod(x, y); fmod(x, 2); mul(2, x); add(x, y, alpha=2); div(x, y, rounding_mode="floor")
where(gt(x, y), 1.0, x); square(x); sqrt(x); exp(x); log(x); abs(x); neg(x); reciprocal(x); sign(x); relu(x)
detach(x); clamp(x, 0, 1); clamp(x, min=0); clamp(x, y, y); clamp(x, y); sum(x); sum(x, 0); sum(x, -1, True)
mean(x); mean(x, 0); prod(x); prod(x, 0); amax(x); amin(x, 0); max(x); min(x); max(x, 0)[0]; min(x, -1)[0]
max(x, y); std(x); var(x, 0); argmax(x); all(x); any(x, 0); reshape(x, (-1,)); reshape(x, (1, -1))
reshape(x, (3, -1)); view(x, (-1,)); squeeze(x); squeeze(x, 0); unsqueeze(x, 0); unsqueeze(x, -1)
permute(x, (-1, -2)); permute(x, (1, 2, 0)); transpose(x, 0, -1); t(x); cat([x, y]); cat([x, x], -1); stack([x, y])
stack([x, x], -1); double(x)
getitem(x, (Ellipsis, slice(None, None, 2)))
getitem(x, [1, 0]); expand(x, (2, *x.shape)); broadcast_to(x, (2, *x.shape)); broadcast_tensors(x, y)[0]
matmul(x, y) if x.ndim < 3 > y.ndim else x; matmul(x, t(y)) if x.ndim < 3 else x; mm(x, t(y))
dot(x, y); bmm(unsqueeze(x, 0), unsqueeze(t(y), 0))
mse_loss(x, y); angle(x); sgn(x); view_as_real(complex(x, y)); angle(sgn(complex(x, y)))
abs(view_as_complex(stack([x, y], -1))); lgamma(x); digamma(x); polygamma(2, x); mvlgamma(x, 1); i0(x); logit(x)
logit(x, 0.1); nan_to_num(x); xlogy(x, y); xlogy(x, 2.0); xlogy(2.0, x); swapdims(x, 0, -1); repeat(x, (2, 1, 2))
block_diag(x, y); split(x, 1)[-1]; split(x, 2, -1)[0]
split(x, [1, 2], -1)[1]; split_with_sizes(x, [1, 1])[1]; unbind(x)[0]; unbind(x, -1)[-1]; flip(x, (0,)); roll(x, 1)
roll(x, 1, -1); rot90(x); rot90(x, 2); tril(x); triu(x, 1); diagonal(x); diag_embed(x)
diagonal_scatter(x, diagonal(y)); narrow_copy(x, 0, 0, 1)
linear(x, y, getitem(y, (slice(None), 0))) if x.ndim < 3 else x
reshape(split(x, 1, -1)[0], (-1,)); reshape(diagonal(x), (1, -1))
x + y; x - y; x * y; x / y; x + 1; 1 - x; 2 * x; x / 2; 1 / x; -x; x ** 2; x ** y; 2 ** x
"""
# Ops that torch records as several nodes, and that the tape shows as one node with jaxfun's name.
OWN_NAMES = """
positive(x); flatten(x); matmul(unsqueeze(x, 0), unsqueeze(t(y), 0)); real(x); conj(x); conj_physical(x)
resolve_conj(x); real(complex(x, y)); imag(polar(x, y)); abs(conj(complex(x, y))); abs(conj_physical(complex(x, y)))
view_as(x, y); reshape_as(x, y); reshape_as(t(x), y); unflatten(x, 0, (1, -1)); ravel(x); ravel(t(x)); T(x); mT(x)
mH(x); adjoint(x); movedim(x, 0, -1); movedim(x, (0, 1), (1, 0)); swapaxes(x, 0, 1); expand_as(x, y)
sum_to_size(x, (1, 3)); sum_to_size(x, (3,)); sum_to_size(x, ()); atleast_1d(x); atleast_2d(x); atleast_3d(x)
tile(x, (2,)); repeat_interleave(x, 2); repeat_interleave(x, 2, 0); hstack([x, y])
vstack([x, y]); dstack([x, y]); column_stack([x, y]); chunk(x, 2)[0]; tensor_split(x, 2)[1]
tensor_split(x, (1,), -1)[0]; hsplit(x, 3)[1]; vsplit(x, 2)[0]; dsplit(x, (1,))[0]; fliplr(x); flipud(x); diag(x)
diagflat(x); narrow(x, 0, 0, 1); narrow(x, -1, ints(1), 2); meshgrid(diagonal(x), getitem(y, 0), indexing="ij")[0]
meshgrid(getitem(x, 0), indexing="xy")[0]; cartesian_prod(getitem(x, 0), getitem(y, 0)); combinations(getitem(x, 0))
combinations(getitem(x, 0), 2, True); ravel(unbind(x, -1)[0]); ravel(diagonal(x)); ravel(rot90(t(x), 0))
ravel(rot90(x)); ravel(diagonal_scatter(t(x), diagonal(y))); ravel(narrow_copy(x, -1, 0, 2))
ravel(diag_embed(t(x), 0, 0, 1)); ravel(slice_scatter(t(x), t(y), 0, 0, 3)); ravel(diagonal(t(x), 1))
ravel(diag(x)); linear(x, y) if x.ndim < 3 else x
"""


def steps_of(text: str) -> list[str]:
    return [source.strip() for source in text.replace("\n", ";").split(";") if source.strip()]


STEPS = steps_of(NAMED)
SHAPES = [(2, 3), (2, 3), (3,), (1, 3), (2, 1, 3), ()]


def evaluate(steps: list[tuple[str, int, int]], variables: list[Any], names: dict[str, Any]) -> Any:
    """Run a program: each step computes a value from two earlier ones; the last value is the result."""
    values = list(variables)
    for source, first, second in steps:
        values.append(eval(source, dict(names), {"x": values[first], "y": values[second]}))
    return values[-1]


@st.composite
def programs(draw: st.DrawFn) -> tuple[list[tuple[str, int, int]], list[np.ndarray], list[bool]]:
    """Draw variables and steps; torch accepts each step."""
    shapes = draw(st.lists(st.sampled_from(SHAPES), min_size=2, max_size=3))
    wants = [draw(st.integers(0, 4)) > 0 for _ in shapes]
    arrays = [np.linspace(0.5, 1.5, int(np.prod(shape))).reshape(shape) for shape in shapes]
    values, steps = [torch.tensor(a, requires_grad=w) for a, w in zip(arrays, wants, strict=True)], []
    for _ in range(draw(st.integers(1, 7))):
        step = (draw(st.sampled_from(STEPS)), *(draw(st.integers(0, len(values) - 1)) for _ in range(2)))
        try:
            values.append(evaluate([step], values, TORCH))
        except (RuntimeError, IndexError, ValueError):
            continue  # the shapes do not fit: draw another step
        if not isinstance(values[-1], torch.Tensor) or values[-1].numel() > 64:
            values.pop()
            continue
        steps.append(step)
    return steps, arrays, wants


def described(root: Any, next_functions: Callable[[Any], Any], name: Callable[[Any], str]) -> list[Any]:
    """Return a graph as plain data: each node once, in order of discovery, with its edges as (position, index)."""
    places: dict[int, int] = {}
    rows: list[Any] = []

    def visit(node: Any) -> int | None:
        if node is None:
            return None
        if id(node) in places:
            return places[id(node)]
        place = places[id(node)] = len(rows)
        rows.append(None)
        keep.append(node)
        rows[place] = (name(node), [(visit(child), index) for child, index in next_functions(node)])
        return place

    keep: list[Any] = []  # PyTorch creates Python objects of nodes on demand: keep them, so that each id is used once
    visit(root)
    return rows


def theirs(node: Any) -> list[Any]:
    # a JAX array has no strides: each reshape of torch is a view here
    def children(node: Any) -> Any:
        return node.next_functions[0][0].next_functions if is_copied(node) else node.next_functions

    return described(node, children, lambda n: "ViewBackward0" if is_view(n) else plain(n))


def plain(node: Any) -> str:
    return node.name().rpartition("::")[2]


def is_copied(node: Any) -> bool:
    """Return whether a node is the second of torch's two nodes for a reshape that needs a copy."""
    return plain(node) == "UnsafeViewBackward0" and plain(node.next_functions[0][0]) == "CloneBackward0"


def is_view(node: Any) -> bool:
    return plain(node) == "ReshapeAliasBackward0" or is_copied(node)


def ours(node: Node | None) -> list[Any]:
    return described(node, lambda n: n.next_functions, lambda n: n.name)


def both(steps: list[tuple[str, int, int]], arrays: list[np.ndarray], wants: list[bool]) -> tuple[list, list]:
    tensors = [torch.tensor(array, requires_grad=want) for array, want in zip(arrays, wants, strict=True)]
    variables = [jf.Variable(array, requires_grad=want) for array, want in zip(arrays, wants, strict=True)]
    result = evaluate(steps, tensors, TORCH)
    root = graph(lambda *values: evaluate(steps, list(values), JAXFUN))(*variables)
    return ours(root), theirs(result.grad_fn)


@pytest.mark.proves("autograd.graph")
@settings(max_examples=settings.get_profile("quick").max_examples * 25)
@given(program=programs())
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_tape_matches_torch(program: Any) -> None:
    steps, arrays, wants = program
    if steps:
        mine, torchs = both(*program)
        assert mine == torchs, f"{steps} on {[a.shape for a in arrays]}, {wants}"


@pytest.mark.parametrize("source", STEPS)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_each_single_op_has_the_nodes_of_torch(source: str) -> None:
    tried = 0
    for shape in SHAPES:
        arrays = [np.linspace(0.5, 1.5, int(np.prod(shape))).reshape(shape)] * 2
        try:
            evaluate([(source, 0, 1)], [torch.tensor(array) for array in arrays], TORCH)
        except (RuntimeError, IndexError, ValueError):
            continue
        mine, torchs = both([(source, 0, 1)], arrays, [True, True])
        assert mine == torchs, shape
        tried += 1
    assert tried, "no shape fits this step"


@pytest.mark.parametrize("source", steps_of(OWN_NAMES))
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_op_of_several_torch_nodes_has_the_name_of_jaxfun(source: str) -> None:
    found = []
    for shape in SHAPES:
        arrays = [np.linspace(0.5, 1.5, int(np.prod(shape))).reshape(shape)] * 2
        try:
            found += [name for name, _ in both([(source, 0, 1)], arrays, [True, True])[0]]
        except (RuntimeError, IndexError, ValueError):
            continue
    assert any(name.startswith("<jaxfun.") for name in found)


def loop(x: jax.Array) -> jax.Array:
    return jax.lax.scan(lambda carry, item: (carry + item, carry * item), x[0], x)[1]


def printed(x: jax.Array) -> jax.Array:
    jax.debug.print("{}", x)
    return jf.exp(x)


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (loop, "<scan>"),
        (lambda x: jax.lax.while_loop(lambda s: s[0] < 3, lambda s: (s[0] + 1, s[1] * 2), (0, x))[1], "<while>"),
        (lambda x: jax.lax.cond(x[0] > 0, jnp.sin, jnp.cos, x), "<cond>"),
        (jax.checkpoint(jnp.sin), "<remat2>"),
        (jax.nn.relu, "<custom_jvp_call>"),
        (printed, "ExpBackward0"),
    ],
)
def test_loop_checkpoint_and_custom_rule_are_one_node(function: Callable[..., Any], name: str) -> None:
    assert graph(function)(jf.ones(3)).name == name


def test_picture_of_many_nodes_is_complete() -> None:
    def long(x: jax.Array) -> jax.Array:
        for _ in range(1500):
            x = x * 2 + x
        return x

    root = graph(long)(jf.ones(2))
    assert root.to_svg().count("<text") == len(nodes_of(root)) == 3001


@pytest.mark.parametrize(
    ("index", "name"),
    [(0, "SelectBackward0"), (slice(0, 1), "SliceBackward0"), ([1, 0], "IndexBackward0")],
)
def test_indexing_is_the_node_of_torch(index: Any, name: str) -> None:
    # brackets become plain slices here: two indices give one node, and a full slice gives none
    assert graph(lambda x: jf.getitem(x, index))(jf.ones(2, 3)).name == name


def test_unfold_is_one_node() -> None:
    mine, torchs = both([("unfold(x, -1, 2, 1)", 0, 1)], [np.linspace(0.5, 1.5, 6).reshape(2, 3)] * 2, [True, True])
    assert mine == torchs


def test_tape_of_the_tutorial() -> None:
    v = jf.Variable(jf.ones(1, 2))
    root = jf.autograd.graph(lambda v: jf.sum(v**2))(v)
    assert str(root) == "SumBackward0\n  PowBackward0\n    AccumulateGrad (input 0, [1, 2])"
    v1, v2 = jf.Variable(jf.tensor([1.0, 2.0])), jf.Variable(jf.tensor([3.0]))
    root = jf.autograd.graph(lambda a, b: jf.sum(a * b))(v1, v2)
    assert [node.name for node in nodes_of(root)] == ["SumBackward0", "MulBackward0", *["AccumulateGrad"] * 2]


def test_tape_works_under_jit_and_for_several_results() -> None:
    seen = []

    @jax.jit
    def traced(x: jax.Array) -> jax.Array:
        seen.append(graph(lambda x: (jf.exp(x), jf.argmax(x)))(x))
        return x

    traced(jf.ones(2))
    (first, second) = seen[0]
    assert first.name == "ExpBackward0"
    assert second is None


def test_pictures_are_complete_and_escaped() -> None:
    root = jf.autograd.graph(lambda a, b: jf.mul(jf.add(a, b), a))(jf.ones(2), jf.ones(2))
    svg, dot = root.to_svg(), root.to_dot()
    assert svg.count("<text") == len(nodes_of(root)) == 4
    assert svg.count("marker-end") == dot.count("->") == 4
    assert "&lt;odd&gt;" in Node("<odd>").to_svg()
