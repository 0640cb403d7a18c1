"""`grad`, `backward`, `Variable` and `gradcheck` beside torch.autograd, on random programs."""

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import jaxfun as jf
from jaxfun.core.errors import GradcheckError
from jaxfun.parity.compare.arrays import compare

EXAMPLES = settings().max_examples
many, some = settings(max_examples=12 * EXAMPLES), settings(max_examples=2 * EXAMPLES)

JAX = SimpleNamespace(
    sin=jnp.sin,
    conj=jnp.conj,
    real=jnp.real,
    floor=jnp.floor,
    detach=jf.detach,
    without=jf.no_grad(lambda x: x * x),
    integer=lambda x: x.astype(jnp.int64),
    floating=lambda x: x.astype(jnp.float64),
    constant=jnp.ones_like,
    imaginary=lambda x: jax.lax.complex(jnp.zeros_like(x), x),
    where=lambda x, y: jf.where(x > 0, x, y),  # jnp.where drops the other branch for an empty array
)
TORCH = SimpleNamespace(
    sin=torch.sin,
    conj=torch.conj,
    real=torch.real,
    floor=torch.floor,
    detach=torch.detach,
    without=torch.no_grad()(lambda x: x * x),
    integer=lambda x: x.to(torch.int64),
    floating=lambda x: x.to(torch.float64),
    constant=torch.ones_like,
    imaginary=lambda x: torch.complex(torch.zeros_like(x), x),
    where=lambda x, y: torch.where(x > 0, x, y),
)

# name: the number of operands, and the function
COMMON: dict[str, tuple[int, Callable[..., Any]]] = {
    "add": (2, lambda m, x, y: x + y),
    "sub": (2, lambda m, x, y: x - y),
    "mul": (2, lambda m, x, y: x * y),
    "square": (1, lambda m, x: x * x),
    "double": (1, lambda m, x: x * 2),
    "sin": (1, lambda m, x: m.sin(x)),
    "detach": (1, lambda m, x: m.detach(x)),
    "no_grad": (1, lambda m, x: m.without(x)),
    "constant": (1, lambda m, x: m.constant(x)),
}
STEPS = {
    "float64": COMMON
    | {
        "floor": (1, lambda m, x: m.floor(x)),
        "through integers": (1, lambda m, x: m.floating(m.integer(x))),
        "where": (2, lambda m, x, y: m.where(x, y)),
    },
    "complex128": COMMON | {"conj": (1, lambda m, x: m.conj(x))},
}
ENDS: dict[str, dict[str, Callable[..., Any]]] = {
    "float64": {
        "whole": lambda m, x: x,
        "sum": lambda m, x: x.sum(),
        "integer": lambda m, x: m.integer(x).sum(),
    },
    "complex128": {
        "whole": lambda m, x: x,
        "sum": lambda m, x: x.sum(),
        "real": lambda m, x: m.real(x).sum(),
    },
}


@dataclass(frozen=True)
class Program:
    """A function of several tensors that runs in either library: steps on earlier values, then the outputs."""

    dtype: str
    steps: tuple[tuple[str, tuple[int, ...]], ...]
    ends: tuple[tuple[str, int], ...]
    packed: bool

    def __call__(self, m: SimpleNamespace, *inputs: Any) -> Any:
        values = list(inputs)
        for name, operands in self.steps:
            values.append(STEPS[self.dtype][name][1](m, *(values[i % len(values)] for i in operands)))
        # the latest value first: a program of unused steps tests little
        outputs = [ENDS[self.dtype][end](m, values[-1 - i % len(values)]) for end, i in self.ends]
        return tuple(outputs) if self.packed or len(outputs) > 1 else outputs[0]


@st.composite
def programs(
    draw: st.DrawFn, dtypes: tuple[str, ...] = ("float64", "complex128"), ends: tuple[str, ...] = ()
) -> Program:
    dtype = draw(st.sampled_from(dtypes))
    step = st.sampled_from(sorted(STEPS[dtype])).flatmap(
        lambda name: st.tuples(st.just(name), st.tuples(*[st.integers(0, 6)] * STEPS[dtype][name][0]))
    )
    end = st.tuples(st.sampled_from(ends or sorted(ENDS[dtype])), st.integers(0, 2))
    steps = tuple(draw(st.lists(step, max_size=5)))
    return Program(dtype, steps, tuple(draw(st.lists(end, min_size=1, max_size=2))), draw(st.booleans()))


def tensors(shape: tuple[int, ...], dtype: str) -> st.SearchStrategy[np.ndarray]:
    size = int(np.prod(shape))
    parts = st.lists(st.integers(-16, 16), min_size=2 * size, max_size=2 * size)
    return parts.map(lambda numbers: _tensor(np.array(numbers, np.float64) / 8, shape, dtype))


def _tensor(numbers: np.ndarray, shape: tuple[int, ...], dtype: str) -> np.ndarray:
    real, imaginary = numbers.reshape(2, *shape)
    return np.asarray(real + 1j * imaginary if dtype == "complex128" else real, dtype)


SHAPES = st.sampled_from([(), (1,), (3,), (2, 2), (0,)])


@dataclass(frozen=True)
class Call:
    """A program with the arguments of `grad`."""

    program: Program
    inputs: tuple[np.ndarray, ...]
    require: tuple[bool, ...]
    options: dict[str, Any]


@st.composite
def calls(draw: st.DrawFn) -> Call:
    program, shape = draw(programs()), draw(SHAPES)
    count = draw(st.integers(1, 3))
    inputs = tuple(draw(tensors(shape, program.dtype)) for _ in range(count))
    batched = draw(st.sampled_from([False, False, True]))
    # mostly valid calls, with one fault at a time: an error hides all later ones
    requires = st.just(True) if batched else st.sampled_from([True] * 9 + [False])
    require = tuple(draw(requires) for _ in range(count))
    options: dict[str, Any] = {
        "grad_outputs": draw(st.none() | grad_outputs(program, shape, (2,) if batched else ())),
        "is_grads_batched": batched,
        **draw(st.sampled_from([{}, {"allow_unused": True}, {"materialize_grads": True}, {"allow_unused": False}])),
    }
    return Call(program, inputs, require, options)


@st.composite
def grad_outputs(draw: st.DrawFn, program: Program, shape: tuple[int, ...], batch: tuple[int, ...]) -> Any:
    shapes = {"whole": shape}
    dtypes = {"real": "float64", "integer": "float64"}
    fitting = [draw(tensors(batch + shapes.get(end, ()), dtypes.get(end, program.dtype))) for end, _ in program.ends]
    spoil = draw(st.sampled_from(["nothing"] * 6 + ["none", "shape", "category", "too few", "single"]))
    return SPOILED[spoil](fitting)


OTHER_CATEGORY = {"float64": lambda x: x * 1j, "complex128": np.real}
SPOILED: dict[str, Callable[[list[np.ndarray]], Any]] = {
    "nothing": tuple,
    "none": lambda found: (None, *found[1:]),
    "shape": lambda found: (np.ones((2, *found[0].shape)), *found[1:]),
    "category": lambda found: (np.asarray(OTHER_CATEGORY[found[0].dtype.name](found[0])), *found[1:]),
    "too few": lambda found: tuple(found[:-1]),
    "single": lambda found: found[0],
}


def on_torch(value: Any) -> Any:
    if isinstance(value, (tuple, list)):
        return type(value)(map(on_torch, value))
    return torch.tensor(value) if isinstance(value, np.ndarray) else value


def outcome(run: Callable[[], Any]) -> Any:
    try:
        return run()
    except Exception as error:
        return error


def assert_same(ours: Any, theirs: Any) -> None:
    """Assert the same structure with the same arrays, or errors that the same handler catches."""
    if isinstance(theirs, Exception):
        assert isinstance(ours, type(theirs)), f"{ours!r} where torch raises {theirs!r}"
        assert "`jaxfun." in str(ours), f"no message of jaxfun: {ours!r}"
        return
    assert not isinstance(ours, Exception), f"{ours!r} where torch gives {theirs!r}"
    if isinstance(theirs, torch.Tensor):
        reference = theirs.detach().resolve_conj().numpy()
        verdict = compare(np.asarray(ours), reference, scale=64.0 * max(1.0, np.abs(reference).max(initial=0.0)))
        assert verdict.ok, f"{verdict.kind}: {verdict.detail}"
    elif isinstance(theirs, (tuple, list)):
        assert isinstance(ours, tuple)
        assert len(ours) == len(theirs)
        for one, other in zip(ours, theirs, strict=True):
            assert_same(one, other)
    else:
        assert theirs is None
        assert ours is None


def torch_leaves(call: Call) -> list[torch.Tensor]:
    return [torch.tensor(x, requires_grad=r) for x, r in zip(call.inputs, call.require, strict=True)]


def torch_grad(call: Call) -> Any:
    leaves = torch_leaves(call)
    options = {name: on_torch(value) for name, value in call.options.items()}
    return torch.autograd.grad(call.program(TORCH, *leaves), leaves, **options)


def jaxfun_grad(call: Call) -> Any:
    variables = tuple(jf.Variable(x, r) for x, r in zip(call.inputs, call.require, strict=True))
    return jf.autograd.grad(lambda *arrays: call.program(JAX, *arrays), variables, **call.options)


@pytest.mark.proves("autograd.grad", "detach", "no_grad")
@many
@given(calls())
def test_grad_matches_torch_and_raises_where_torch_raises(call: Call) -> None:
    assert_same(outcome(lambda: jaxfun_grad(call)), outcome(lambda: torch_grad(call)))


@pytest.mark.proves("autograd.grad")
@some
@given(calls())
def test_grad_under_jit_matches_torch_and_raises_where_torch_raises(call: Call) -> None:
    def compiled() -> Any:
        variables = tuple(jf.Variable(x, r) for x, r in zip(call.inputs, call.require, strict=True))
        grad = jax.jit(lambda v: jf.autograd.grad(lambda *arrays: call.program(JAX, *arrays), v, **call.options))
        return grad(variables)

    assert_same(outcome(compiled), outcome(lambda: torch_grad(call)))


@pytest.mark.proves("autograd.grad")
@some
@given(programs(("float64",), ends=("sum",)), tensors((4, 3), "float64"))
def test_grad_under_vmap_is_the_gradient_of_each_row(program: Program, rows: np.ndarray) -> None:
    def gradient(row: Any) -> Any:
        return jf.autograd.grad(
            lambda x: program(JAX, x), (row,), tuple([jnp.ones(())] * len(program.ends)), allow_unused=True
        )

    def looped() -> Any:
        found = [
            torch.autograd.grad(program(TORCH, leaf), leaf, [torch.ones(())] * len(program.ends), allow_unused=True)
            for leaf in (torch.tensor(row, requires_grad=True) for row in rows)
        ]
        return tuple(None if column[0] is None else torch.stack(column) for column in zip(*found, strict=True))

    assert_same(outcome(lambda: jax.vmap(gradient)(rows)), outcome(looped))


@dataclass(frozen=True)
class Pass:
    """One step of a training loop: the program of the backward pass, and how the gradients are reset before it."""

    program: Program
    reset: str
    gradient: Any


RESETS = {
    "not": (lambda variables: variables, lambda leaves: None),
    "to None": (
        lambda variables: [jf.zero_grad(v) for v in variables],
        lambda leaves: torch.optim.SGD(leaves).zero_grad(),
    ),
    "to zeros": (
        lambda variables: [jf.zero_grad(v, set_to_none=False) for v in variables],
        lambda leaves: torch.optim.SGD(leaves).zero_grad(set_to_none=False),
    ),
}


REAL_SCALAR = {"float64": ("sum",), "complex128": ("real",)}


@st.composite
def passes(draw: st.DrawFn) -> tuple[tuple[np.ndarray, ...], tuple[bool, ...], list[Pass]]:
    dtype, shape, count = draw(st.sampled_from(sorted(STEPS))), draw(SHAPES), draw(st.integers(1, 3))
    made = []
    ends = draw(st.sampled_from([REAL_SCALAR[dtype]] * 3 + [()]))  # mostly scalars, which need no gradient argument
    for _ in range(draw(st.integers(1, 3))):
        program = draw(programs((dtype,), ends=ends))
        gradient = draw(st.none() if ends else st.none() | grad_outputs(program, shape, ()))
        made.append(Pass(program, draw(st.sampled_from(sorted(RESETS))), gradient))
    inputs = tuple(draw(tensors(shape, dtype)) for _ in range(count))
    return inputs, tuple(draw(st.sampled_from([True, True, False])) for _ in range(count)), made


def jaxfun_passes(inputs: Any, require: Any, made: list[Pass], wrap: Callable[..., Any]) -> Any:
    variables: Any = [jf.Variable(x, r) for x, r in zip(inputs, require, strict=True)]
    for step in made:
        variables = RESETS[step.reset][0](variables)
        program, gradient = step.program, step.gradient
        moved = wrap(lambda *v, p=program, g=gradient: jf.backward(lambda *a: p(JAX, *a), *v, gradient=g))(*variables)
        variables = list(moved) if len(variables) > 1 else [moved]
    return tuple((v.data, v.grad) for v in variables)


def torch_passes(inputs: Any, require: Any, made: list[Pass]) -> Any:
    leaves = [torch.tensor(x, requires_grad=r) for x, r in zip(inputs, require, strict=True)]
    for step in made:
        RESETS[step.reset][1](leaves)
        torch.autograd.backward(step.program(TORCH, *leaves), on_torch(step.gradient))
    return tuple((leaf, leaf.grad) for leaf in leaves)


@pytest.mark.proves("Variable", "backward", "zero_grad")
@many
@given(passes())
def test_backward_accumulates_as_torch_over_several_passes(drawn: Any) -> None:
    inputs, require, made = drawn
    assert_same(
        outcome(lambda: jaxfun_passes(inputs, require, made, wrap=lambda f: f)),
        outcome(lambda: torch_passes(inputs, require, made)),
    )


@pytest.mark.proves("Variable", "backward", "zero_grad")
@some
@given(passes())
def test_backward_under_jit_accumulates_as_torch(drawn: Any) -> None:
    inputs, require, made = drawn
    assert_same(
        outcome(lambda: jaxfun_passes(inputs, require, made, wrap=jax.jit)),
        outcome(lambda: torch_passes(inputs, require, made)),
    )


X, Y = np.array([1.0, 2.0]), np.array([3.0, -1.0])
Z, COUNT = np.array([1.0 + 2.0j]), np.array([1, 2])


def square(x: Any) -> Any:
    return (x * x).sum()


def leaf(array: np.ndarray) -> torch.Tensor:
    return torch.tensor(array, requires_grad=True)


# calls that raise: in jaxfun, in torch, and a word of the message
REFUSED: dict[str, tuple[Callable[[], Any], Callable[[], Any], str]] = {
    "an integer Variable": (
        lambda: jf.Variable(COUNT),
        lambda: torch.autograd.Variable(torch.tensor(COUNT), requires_grad=True),
        "requires_grad=False",
    ),
    "a list for a Variable": (lambda: jf.Variable([1.0]), lambda: torch.autograd.Variable([1.0]), "list"),
    "a result of several elements": (
        lambda: jf.autograd.grad(lambda x: x * x, X),
        lambda: torch.autograd.grad((x := leaf(X)) * x, x),
        "`grad_outputs`",
    ),
    "a complex result": (
        lambda: jf.autograd.grad(square, Z),
        lambda: torch.autograd.grad(square(z := leaf(Z)), z),
        "complex128",
    ),
    "an unused input": (
        lambda: jf.autograd.grad(lambda x, y: square(x), (X, Y)),
        lambda: torch.autograd.grad(square(x := leaf(X)), (x, leaf(Y))),
        "allow_unused=True",
    ),
    "a constant result": (
        lambda: jf.autograd.grad(lambda x: jnp.ones(()), X),
        lambda: torch.autograd.grad(torch.ones(()), leaf(X)),
        "output 0",
    ),
    "an integer result": (
        lambda: jf.autograd.grad(lambda x: x.argmax(), X),
        lambda: torch.autograd.grad(leaf(X).argmax(), leaf(X)),
        "int64",
    ),
    "an input that does not require grad": (
        lambda: jf.autograd.grad(square, jf.Variable(X, requires_grad=False)),
        lambda: torch.autograd.grad(square(leaf(X)), torch.tensor(X)),
        "`inputs[0]`",
    ),
    "an integer input": (
        lambda: jf.autograd.grad(lambda n: square(n * 1.5), COUNT),
        lambda: torch.autograd.grad(square(leaf(X)), torch.tensor(COUNT)),
        "int64",
    ),
    "no inputs": (lambda: jf.autograd.grad(square, ()), lambda: torch.autograd.grad(square(leaf(X)), ()), "none"),
    "a number for an input": (
        lambda: jf.autograd.grad(square, (X, 1.0)),
        lambda: torch.autograd.grad(square(x := leaf(X)), (x, 1.0)),
        "1.0 (float)",
    ),
    "a number for the inputs": (
        lambda: jf.autograd.grad(square, 1.0),
        lambda: torch.autograd.grad(square(leaf(X)), 1.0),
        "1.0 (float)",
    ),
    "a number for a result": (
        lambda: jf.autograd.grad(lambda x: 1.0, X),
        lambda: torch.autograd.grad(1.0, leaf(X)),
        "1.0 (float)",
    ),
    "a number for grad_outputs": (
        lambda: jf.autograd.grad(square, X, 1.0),
        lambda: torch.autograd.grad(square(x := leaf(X)), x, 1.0),
        "`grad_outputs`",
    ),
    "numbers for grad_outputs": (
        lambda: jf.autograd.grad(square, X, (1.0,)),
        lambda: torch.autograd.grad(square(x := leaf(X)), x, (1.0,)),
        "`grad_outputs[0]`",
    ),
    "grad_outputs that would have to broadcast": (
        lambda: jf.autograd.grad(square, X, np.ones(1)),
        lambda: torch.autograd.grad(square(x := leaf(X)), x, torch.ones(1)),
        "[1]",
    ),
    "complex grad_outputs of a real result": (
        lambda: jf.autograd.grad(square, X, np.array(1j)),
        lambda: torch.autograd.grad(square(x := leaf(X)), x, torch.tensor(1j)),
        "complex128",
    ),
    "materialize_grads without allow_unused": (
        lambda: jf.autograd.grad(square, X, allow_unused=False, materialize_grads=True),
        lambda: torch.autograd.grad(square(x := leaf(X)), x, allow_unused=False, materialize_grads=True),
        "allow_unused=False",
    ),
    "a batch without a batch dimension": (
        lambda: jf.autograd.grad(square, X, np.array(1.0), is_grads_batched=True),
        lambda: torch.autograd.grad(square(x := leaf(X)), x, torch.tensor(1.0), is_grads_batched=True),
        "batch dimension",
    ),
    "no cotangents for a batch": (
        lambda: jf.autograd.grad(square, X, (), is_grads_batched=True),
        lambda: torch.autograd.grad(square(x := leaf(X)), x, (), is_grads_batched=True),
        "none",
    ),
    "an empty batch": (
        lambda: jf.autograd.grad(square, X, np.ones(0), is_grads_batched=True),
        lambda: torch.autograd.grad(square(x := leaf(X)), x, torch.ones(0), is_grads_batched=True),
        "batch dimension",
    ),
    "batches of two sizes": (
        lambda: jf.autograd.grad(lambda x: (square(x), x), X, (np.ones(2), np.ones((3, 2))), is_grads_batched=True),
        lambda: torch.autograd.grad(
            (square(x := leaf(X)), x), x, (torch.ones(2), torch.ones(3, 2)), is_grads_batched=True
        ),
        "one batch size",
    ),
    "a backward pass from constants": (
        lambda: jf.backward(square, jf.Variable(X, requires_grad=False)),
        lambda: square(torch.tensor(X)).backward(),
        "output 0",
    ),
    "a backward pass from several elements": (
        lambda: jf.backward(lambda x: x * x, jf.Variable(X)),
        lambda: ((x := leaf(X)) * x).backward(),
        "`gradient`",
    ),
    "a gradient of another shape": (
        lambda: jf.backward(lambda x: x * x, jf.Variable(X), gradient=np.ones(3)),
        lambda: ((x := leaf(X)) * x).backward(torch.ones(3)),
        "`gradient[0]`",
    ),
    "a grad of another shape": (
        lambda: jf.Variable(X, grad=np.ones(3)),
        lambda: setattr(leaf(X), "grad", torch.ones(3, dtype=torch.float64)),
        "float64[3]",
    ),
}


@pytest.mark.proves("Variable", "autograd.grad", "backward")
@pytest.mark.parametrize("case", REFUSED)
def test_raises_where_torch_raises_and_shows_the_value(case: str) -> None:
    ours, theirs, word = REFUSED[case]
    found, expected = outcome(ours), outcome(theirs)
    assert isinstance(expected, Exception), "torch does not refuse it"
    assert_same(found, expected)
    assert word in str(found)


@pytest.mark.proves("zero_grad", "backward")
@pytest.mark.parametrize("call", [lambda: jf.zero_grad(X), lambda: jf.backward(square, "x")])
def test_argument_that_is_not_a_variable_raises(call: Callable[[], Any]) -> None:
    with pytest.raises(TypeError, match="expected Variables"):
        call()


def test_op_with_derivative_zero_is_a_use_but_integer_cast_is_not() -> None:
    used = jf.autograd.grad(lambda x: jnp.floor(x).sum(), (X,))
    unused = jf.autograd.grad(
        lambda x, y: (x * y.astype(jnp.int64).astype(jnp.float64)).sum(), (X, Y), allow_unused=True
    )
    np.testing.assert_array_equal(used[0], [0, 0])
    assert unused[1] is None


@pytest.mark.parametrize(
    "f",
    [
        lambda x, y: jax.lax.scan(lambda c, row: ((c[0] * row, c[1] + 1), c[1]), (jnp.ones(()), y.sum()), x)[0][0],
        lambda x, y: jax.lax.cond(x[0] > 0, x.sum, x.prod),
        lambda x, y: jax.lax.fori_loop(0, 2, lambda i, c: c * x.sum(), jnp.ones(())),
        jax.checkpoint(lambda a, b: a.sum()),
        lambda x, y: jax.jit(lambda a, b: (a.sum(), b))(x, y)[0],
        lambda x, y: x.sum() if y.sum() > 0 else y.sum(),
        lambda x, y: x[y > 0].sum(),
        lambda x, y: jf.abs(x + jf.detach(y)).sum(),
        lambda x, y: (x * jax.lax.stop_gradient(y)).sum(),
    ],
    ids=[
        "scan",
        "cond",
        "loop",
        "checkpoint",
        "jit",
        "if on a value",
        "mask of a value",
        "op of a detached value",
        "JAX's own stop",
    ],
)
def test_dependence_is_followed_into_control_flow(f: Callable[..., Any]) -> None:
    gradients = jf.autograd.grad(f, (X, Y), allow_unused=True)
    assert [gradient is None for gradient in gradients] == [False, True]


@pytest.mark.parametrize(
    "f",
    [
        lambda x, y: jax.lax.scan(lambda c, row: ((c[1], c[0] + row), row), (jnp.zeros(()), y.sum()), x)[0][0],
        lambda x, y: jax.lax.cond(x[0] > 0, x.sum, y.sum),
        lambda x, y: jax.lax.fori_loop(0, 2, lambda i, c: (c[1], c[0]), (x.sum(), y.sum()))[0],
    ],
    ids=["carried twice around", "one branch", "swapped in a loop"],
)
def test_dependence_in_one_iteration_or_branch_counts(f: Callable[..., Any]) -> None:
    assert all(gradient is not None for gradient in jf.autograd.grad(f, (X, Y), allow_unused=True))


def test_jitted_function_named_like_an_op_is_followed() -> None:
    @jax.jit
    def abs(x: Any) -> Any:
        return jax.lax.stop_gradient(x)

    gradients = jf.autograd.grad(lambda x, y: (jf.abs(x) + abs(y)).sum(), (X, Y), allow_unused=True)
    assert [gradient is None for gradient in gradients] == [False, True]


def test_inputs_may_be_a_dict() -> None:
    ours = jf.autograd.grad(lambda p: (p["w"] * p["b"]).sum(), {"w": jf.Variable(X), "b": Y})
    theirs = torch.autograd.grad(((w := leaf(X)) * (b := leaf(Y))).sum(), {"w": w, "b": b})
    assert list(ours) == list(theirs)
    assert_same(tuple(ours.values()), tuple(theirs.values()))


def test_each_position_is_a_separate_variable() -> None:
    shared = jf.Variable(X)
    total = torch.autograd.grad(((x := leaf(X)) * x * x).sum(), x)[0].numpy()
    parts = jf.autograd.grad(lambda a, b: (a * a * b).sum(), (shared, shared))
    np.testing.assert_allclose(parts[0] + parts[1], total)
    np.testing.assert_allclose(jf.autograd.grad(lambda a: (a * a * a).sum(), (shared,))[0], total)


def test_grad_of_grad_is_the_second_derivative() -> None:
    def slope(x: Any) -> Any:
        return jf.autograd.grad(lambda a: (a * a * a).sum(), (x,))[0].sum()

    np.testing.assert_allclose(jf.autograd.grad(slope, (X,))[0], 6 * X)


def test_grad_is_the_conjugate_of_jax_grad() -> None:
    def f(z: Any) -> Any:
        return jnp.real(z * z).sum()

    np.testing.assert_array_equal(jf.autograd.grad(f, (Z,))[0], np.conj(jax.grad(f)(Z)))
    assert np.imag(jax.grad(f)(Z)).all()


def test_variable_is_frozen_and_is_a_pytree() -> None:
    variable = jf.Variable(X, grad=Y)
    with pytest.raises(AttributeError):
        variable.data = Y  # type: ignore[misc]  # the assignment is what must fail
    doubled = jax.jit(lambda v: jax.tree.map(lambda leaf: 2 * leaf, v))(variable)
    assert isinstance(doubled, jf.Variable)
    assert doubled.requires_grad
    np.testing.assert_array_equal(doubled.data, 2 * X)
    np.testing.assert_array_equal(doubled.grad, 2 * Y)
    assert [jax.tree_util.keystr(path) for path, _ in jax.tree_util.tree_leaves_with_path(variable)] == [
        ".data",
        ".grad",
    ]
    rows = jax.vmap(lambda v: jf.backward(square, v))(jf.Variable(np.stack([X, Y])))
    np.testing.assert_array_equal(rows.grad, 2 * np.stack([X, Y]))


def test_variable_does_not_share_memory_with_its_array() -> None:
    source = X.copy()
    variable = jf.Variable(source)
    source += 1
    np.testing.assert_array_equal(variable.data, X)


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        (lambda: jf.Variable(np.ones((1, 2), np.float32)), "Variable([[1., 1.]], requires_grad=True)"),
        (lambda: jf.Variable(np.float16([1.5]), False), "Variable([1.5], dtype=float16)"),
        (lambda: jf.Variable(X, grad=Y), "Variable([1., 2.], grad=[ 3., -1.], dtype=float64, requires_grad=True)"),
        (lambda: jf.detach(jf.Variable(X, grad=Y)), "Variable([1., 2.], dtype=float64)"),
        (lambda: jax.tree.map(lambda leaf: "leaf", jf.Variable(X)), "Variable('leaf', requires_grad=True)"),
    ],
)
def test_variable_prints_like_a_tensor(variable: Callable[[], Any], text: str) -> None:
    assert repr(variable()) == text


def test_variable_prints_under_jit() -> None:
    seen = []
    jax.jit(lambda v: seen.append(repr(v)))(jf.Variable(X))
    assert "float64[2]" in seen[0]


def test_no_grad_accepts_parentheses_and_ignores_non_tensors() -> None:
    @jf.no_grad()
    def named(x: Any, *, name: str) -> Any:
        """Double."""
        return {"value": 2 * x, "name": name, "variable": jf.Variable(x)}

    found = named(jnp.asarray(X), name="x")
    assert found["name"] == "x"
    assert not found["variable"].requires_grad
    assert named.__doc__ == "Double."
    assert jf.autograd.grad(lambda x: square(x) + named(x, name="x")["value"].sum(), (X,))[0].tolist() == [2.0, 4.0]


# gradcheck: correct derivative rules, and rules with one error each


def with_rule(value: Callable[..., Any], backward: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function with a custom derivative rule, in JAX."""
    f = jax.custom_vjp(value)
    f.defvjp(lambda x: (value(x), x), lambda x, g: (backward(x, g),))
    return f


def torch_rule(value: Callable[..., Any], backward: Callable[..., Any]) -> Callable[..., Any]:
    """Return the same function in torch."""

    class Rule(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(x)
            return value(x)

        @staticmethod
        def backward(ctx: Any, *grad_outputs: Any) -> Any:
            return backward(ctx.saved_tensors[0], *grad_outputs)

    return Rule.apply


# value, backward rule, point, and whether the first and the second derivative are correct
RULES: dict[str, tuple[Callable[..., Any], Callable[..., Any], np.ndarray, bool, bool]] = {
    "right": (lambda x: x * x, lambda x, g: 2 * x * g, X, True, True),
    "twice too small": (lambda x: x * x, lambda x, g: x * g, X, False, True),
    "of the wrong sign": (lambda x: x * x * x, lambda x, g: -3 * x * x * g, X, False, True),
    "transposed": (lambda x: x.T * 1.0, lambda x, g: g * 1.0, np.arange(4.0).reshape(2, 2), False, True),
    "with a constant added": (lambda x: x * x, lambda x, g: 2 * x * g + 1, X, False, True),
    "only a constant added": (lambda x: x * 1.0, lambda x, g: g + 1e-6, X, False, True),
    "complex, right": (lambda z: z * z, lambda z, g: 2 * z.conj() * g, Z, True, True),
    "complex, not conjugated": (lambda z: z * z, lambda z, g: 2 * z * g, Z, False, True),
    "empty": (lambda x: x * 2, lambda x, g: 3 * g, np.zeros(0), True, True),
    "not a number": (lambda x: x * x, lambda x, g: x * g * float("nan"), X, False, False),
    "not a number but for 0": (lambda x: x * x, lambda x, g: (-g) ** 0.5, X, False, False),
    "one wrong entry": (lambda x: x * x, lambda x, g: 2 * x * g * (x - 1), X, False, True),
    "second derivative lost": (lambda x: x * x, lambda x, g: 2 * detached(x) * g, X, True, False),
}


def detached(x: Any) -> Any:
    return x.detach() if isinstance(x, torch.Tensor) else jf.detach(x)


# torch's convention is the conjugate of JAX's
def conjugated(backward: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x, g: jnp.conj(backward(x, jnp.conj(g)))


@pytest.mark.proves("autograd.gradcheck")
@pytest.mark.parametrize("name", RULES)
def test_gradcheck_rejects_the_same_wrong_rules_as_torch(name: str) -> None:
    value, backward, point, right, _ = RULES[name]
    ours = jf.autograd.gradcheck(with_rule(value, conjugated(backward)), point, raise_exception=False)
    theirs = torch.autograd.gradcheck(torch_rule(value, backward), leaf(point), raise_exception=False)
    assert ours is theirs is right


@pytest.mark.proves("autograd.gradgradcheck")
@pytest.mark.parametrize("name", RULES)
def test_gradgradcheck_rejects_the_same_wrong_rules_as_torch(name: str) -> None:
    value, backward, point, _, right = RULES[name]
    torch.manual_seed(0)  # torch draws random cotangents, and along some of them a wrong rule looks correct
    ours = jf.autograd.gradgradcheck(with_rule(value, conjugated(backward)), point, raise_exception=False)
    theirs = torch.autograd.gradgradcheck(torch_rule(value, backward), leaf(point), raise_exception=False)
    assert ours is theirs is right


# functions that detach their input, and whether their value depends on it
CUT: dict[str, tuple[Callable[..., Any], bool]] = {
    "constant": (lambda m, x: m.constant(x), True),
    "integer": (lambda m, x: m.integer(x), True),
    "detached": (lambda m, x: m.detach(x), False),
    "detached beside one that is not": (lambda m, x: (m.detach(x), m.sin(x)), True),
}


@pytest.mark.proves("autograd.gradcheck")
@pytest.mark.parametrize("name", CUT)
def test_gradcheck_requires_detached_inputs_to_have_no_effect(name: str) -> None:
    function, right = CUT[name]
    point = X + 0.5
    ours = jf.autograd.gradcheck(lambda x: function(JAX, x), point, raise_exception=False)
    theirs = torch.autograd.gradcheck(lambda x: function(TORCH, x), leaf(point), raise_exception=False)
    assert ours is theirs is right


# calls that gradcheck refuses, in both libraries
UNCHECKED: dict[str, tuple[str, Any, dict[str, Any], str]] = {
    "nothing to differentiate": ("gradcheck", COUNT, {}, "int64[2]"),
    "no mode": ("gradcheck", X, {"check_backward_ad": False}, "check_forward_ad"),
    "batched without backward": (
        "gradcheck",
        X,
        {"check_backward_ad": False, "check_forward_ad": True, "check_batched_grad": True},
        "check_batched_grad",
    ),
    "batched without forward": ("gradcheck", X, {"check_batched_forward_grad": True}, "check_batched_forward_grad"),
    "no order": ("gradgradcheck", X, {"check_rev_over_rev": False}, "check_fwd_over_rev"),
    "undefined without backward": (
        "gradgradcheck",
        X,
        {"check_rev_over_rev": False, "check_fwd_over_rev": True},
        "check_undefined_grad",
    ),
}


@pytest.mark.proves("autograd.gradcheck", "autograd.gradgradcheck")
@pytest.mark.parametrize("case", UNCHECKED)
def test_gradcheck_raises_where_torch_raises(case: str) -> None:
    name, point, options, word = UNCHECKED[case]
    ours = outcome(lambda: getattr(jf.autograd, name)(square, point, **options))
    given = torch.tensor(point, requires_grad=point.dtype == np.float64)
    theirs = outcome(lambda: getattr(torch.autograd, name)(square, given, **options))
    assert isinstance(theirs, Exception), "torch does not refuse it"
    assert_same(ours, theirs)
    assert word in str(ours)


@pytest.mark.proves("autograd.gradcheck")
def test_gradcheck_warns_of_single_precision_unless_allowed() -> None:
    with pytest.warns(UserWarning, match="float32"):
        assert jf.autograd.gradcheck(square, X.astype(np.float32), eps=1e-2, atol=1e-2, rtol=1e-1)


@pytest.mark.proves("autograd.gradcheck", "autograd.gradgradcheck")
def test_gradcheck_ignores_inputs_without_requires_grad() -> None:
    wrong_for_its_second = jax.custom_vjp(lambda x, y, n: x * y * n)
    wrong_for_its_second.defvjp(lambda x, y, n: (x * y * n, (x, y, n)), lambda r, g: (g * r[1] * r[2], g, None))
    fixed = jf.Variable(Y, requires_grad=False)
    assert jf.autograd.gradcheck(wrong_for_its_second, (X, fixed, 2.0))
    assert jf.autograd.gradgradcheck(wrong_for_its_second, (X, fixed, 2.0))
    assert not jf.autograd.gradcheck(wrong_for_its_second, (X, Y, 2.0), raise_exception=False)


@pytest.mark.proves("autograd.gradcheck", "autograd.gradgradcheck")
@settings(max_examples=max(1, EXAMPLES // 2))
@given(programs(ends=("whole", "sum")), st.data())
def test_gradcheck_passes_derivatives_of_jax(program: Program, data: st.DataObject) -> None:
    # away from the jumps of floor, of the cast and of where
    smooth = Program(program.dtype, tuple(step for step in program.steps if step[0] in ALLOWED), program.ends, True)
    inputs = tuple(data.draw(tensors((2,), program.dtype)) for _ in range(2))
    both = {"check_forward_ad": True, "check_batched_grad": True, "check_batched_forward_grad": True}
    assert jf.autograd.gradcheck(lambda *a: smooth(JAX, *a), inputs, **both)
    assert jf.autograd.gradgradcheck(lambda *a: smooth(JAX, *a), inputs, check_fwd_over_rev=True)


ALLOWED = {"add", "sub", "mul", "square", "double", "sin", "conj"}


@pytest.mark.proves("autograd.gradcheck")
def test_gradcheck_names_the_worst_entry_and_both_values() -> None:
    wrong = with_rule(lambda x: x * x, lambda x, g: jnp.asarray([2.0, 5.0]) * x * g)
    with pytest.raises(GradcheckError) as caught:
        jf.autograd.gradcheck(lambda n, x: (x.sum(), wrong(x)), (COUNT, X))
    assert str(caught.value) == (
        "`jaxfun.autograd.gradcheck(func, inputs, ...)`: expected the backward-mode derivative of output 1 (real part, "
        "entry 1) for input 0 (entry 1) to be the finite difference 4, got 10. "
        "This is the worst of 1 wrong entries out of 4."
    )
