"""`jacobian`, `hessian` and their products with vectors, beside torch.autograd.functional."""

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
from parity_tests.test_autograd import (
    JAX,
    TORCH,
    Program,
    assert_same,
    on_torch,
    outcome,
    programs,
    tensors,
    torch_rule,
)

# a warning of torch's forward mode about its own code
pytestmark = pytest.mark.filterwarnings("ignore:.torch.jit.script. is deprecated:DeprecationWarning")

EXAMPLES = settings().max_examples
many, some = settings(max_examples=6 * EXAMPLES), settings(max_examples=2 * EXAMPLES)

OURS, THEIRS = jf.autograd.functional, torch.autograd.functional
X, N, Z = np.array([1.0, 2.0]), np.array([1, 2]), np.array([1.0 + 2.0j])
ONE = np.array(2.0)

PRODUCTS = ["vjp", "jvp", "vhp", "hvp"]
MATRICES = ["jacobian", "hessian"]
SHAPES = st.sampled_from([(), (1,), (2,), (2, 2)])


def both(name: str, program: Callable[..., Any], *args: Any, **kwargs: Any) -> tuple[Any, Any]:
    """Return the results of both libraries for a program and the same arguments."""
    ours = outcome(lambda: getattr(OURS, name)(lambda *a: program(JAX, *a), *args, **kwargs))
    theirs = outcome(lambda: getattr(THEIRS, name)(lambda *a: program(TORCH, *a), *map(on_torch, args), **kwargs))
    return ours, theirs


@st.composite
def points(draw: st.DrawFn, program: Program) -> Any:
    """Draw inputs: a tensor, or a tuple of one or two."""
    shape, count = draw(SHAPES), draw(st.integers(0, 2))
    inputs = tuple(draw(tensors(shape, program.dtype)) for _ in range(max(count, 1)))
    return inputs if count else inputs[0]


def as_tuple(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def drawn_like(draw: st.DrawFn, values: Any) -> Any:
    """Draw tensors with the shapes, dtypes and nesting of the given values."""
    found = tuple(draw(tensors(np.shape(value), np.asarray(value).dtype.name)) for value in as_tuple(values))
    return found if isinstance(values, tuple) else found[0]


SPOILED: dict[str, Callable[[Any], Any]] = {
    "nothing": lambda v: v,
    "none": lambda v: None,
    "shape": lambda v: np.ones((3, 3)),
    "number": lambda v: (*as_tuple(v), np.ones(())),
    "list": lambda v: list(as_tuple(v)),
    "single precision": lambda v: tuple(x.astype(LOW[x.dtype.name]) for x in as_tuple(v)),
}
LOW = {"float64": np.float32, "complex128": np.complex64}
# mostly valid calls: an error hides all later ones
SPOIL = st.sampled_from(["nothing"] * 8 + sorted(SPOILED))


@st.composite
def product_calls(draw: st.DrawFn) -> tuple[str, Program, Any, Any]:
    name = draw(st.sampled_from(PRODUCTS))
    scalar = name in ("vhp", "hvp")
    program = draw(programs(ends=("sum",) if scalar else ("whole", "sum")))
    # where only a single output is allowed, mostly draw one
    single = Program(program.dtype, program.steps, program.ends[: 1 if scalar else 2], not scalar and program.packed)
    inputs = draw(points(single))
    like = single(TORCH, *map(torch.tensor, as_tuple(inputs))) if name == "vjp" else inputs
    like = tuple(np.zeros(x.shape, single.dtype) for x in like) if isinstance(like, tuple) else like
    like = np.zeros(like.shape, single.dtype) if isinstance(like, torch.Tensor) else like
    return name, single, inputs, SPOILED[draw(SPOIL)](drawn_like(draw, like))


@pytest.mark.proves(*(f"autograd.functional.{name}" for name in PRODUCTS))
@many
@given(product_calls())
def test_products_match_torch_and_raise_where_torch_raises(drawn: Any) -> None:
    name, program, inputs, v = drawn
    assert_same(*both(name, program, inputs, v))


MATRIX_OPTIONS: dict[str, list[dict[str, Any]]] = {
    name: [{}, {"vectorize": True}, {"vectorize": True, strategy: "forward-mode"}]
    for name, strategy in (("jacobian", "strategy"), ("hessian", "outer_jacobian_strategy"))
}


@st.composite
def matrix_calls(draw: st.DrawFn) -> tuple[str, Program, Any, dict[str, Any]]:
    name = draw(st.sampled_from(MATRICES))
    ends = {"jacobian": ("whole", "sum"), "hessian": ("sum",)}[name]
    program = draw(programs(("float64",), ends=ends))
    options = draw(st.sampled_from(MATRIX_OPTIONS[name]))
    # torch's no_grad does not stop forward mode: it has its own test
    steps = tuple(step for step in program.steps if len(options) < 2 or step[0] != "no_grad")
    single = Program(program.dtype, steps, program.ends[: 2 if name == "jacobian" else 1], False)
    return name, single, draw(points(single)), options


def test_no_grad_stops_forward_mode_unlike_torch() -> None:
    options = {"vectorize": True, "strategy": "forward-mode"}
    np.testing.assert_array_equal(OURS.jacobian(JAX.without, X, **options), np.zeros((2, 2)))
    np.testing.assert_array_equal(THEIRS.jacobian(TORCH.without, torch.tensor(X), **options), np.diag(2 * X))


@pytest.mark.proves(*(f"autograd.functional.{name}" for name in MATRICES))
@many
@given(matrix_calls())
def test_jacobians_and_hessians_match_torch(drawn: Any) -> None:
    name, program, inputs, options = drawn
    assert_same(*both(name, program, inputs, **options))


@pytest.mark.proves("autograd.functional.jacobian")
@some
@given(programs(("complex128",)), st.sampled_from([{}, {"vectorize": True}]), st.data())
def test_complex_jacobians_match_torch(program: Program, options: Any, data: st.DataObject) -> None:
    assert_same(*both("jacobian", program, data.draw(points(program)), **options))


@pytest.mark.proves("autograd.functional.vjp", "autograd.functional.jvp", "autograd.functional.hessian")
@pytest.mark.parametrize("name", PRODUCTS + MATRICES)
@settings(max_examples=max(1, EXAMPLES // 4))
@given(data=st.data())
def test_results_are_the_same_under_jit(name: str, data: st.DataObject) -> None:
    program = data.draw(programs(("float64",), ends=("sum",)))
    single = Program(program.dtype, program.steps, program.ends[:1], False)
    inputs = (data.draw(tensors((2,), "float64")),)
    v = {"vjp": (np.array(0.5),), "jacobian": (), "hessian": ()}.get(name, (inputs,))
    theirs = outcome(lambda: getattr(THEIRS, name)(lambda *a: single(TORCH, *a), on_torch(inputs), *map(on_torch, v)))
    ours = outcome(lambda: jax.jit(lambda *a: getattr(OURS, name)(lambda *b: single(JAX, *b), *a))(inputs, *v))
    assert_same(ours, theirs)


# Functions with each kind of dependence that `strict` checks, in each library.
STRICT: dict[str, Callable[..., Any]] = {
    "constant": lambda m, x, y: m.constant(x).sum(),
    "detached": lambda m, x, y: m.detach(x * y).sum(),
    "linear": lambda m, x, y: (x * 2 + y * 3).sum(),
    "one unused": lambda m, x, y: (x * x * x).sum(),
    "separate": lambda m, x, y: (m.sin(x) + m.sin(y)).sum(),
    "product": lambda m, x, y: (x * y).sum(),
    "sine of a product": lambda m, x, y: m.sin(x * y).sum(),
    "tuple, one constant": lambda m, x, y: ((x * y).sum(), m.constant(x).sum()),
    "tuple, one of each": lambda m, x, y: (m.sin(x).sum(), m.sin(y).sum()),
    "complex": lambda m, x, y: m.imaginary((x * y).sum()),
    "complex constant": lambda m, x, y: m.imaginary(m.constant(x).sum()),
}


def vectors(name: str, function: Callable[..., Any]) -> tuple[Any, ...]:
    """Return the arguments of `name` after the inputs (X, X + 1): a vector v that fits, or none."""
    outputs = function(TORCH, torch.tensor(X), torch.tensor(X + 1))
    ones = tuple(np.ones((), str(output.dtype).removeprefix("torch.")) for output in as_tuple(outputs))
    vjp = ones if isinstance(outputs, tuple) else ones[0]
    return {"vjp": (vjp,), "jacobian": (), "hessian": ()}.get(name, ((X, X),))


@pytest.mark.proves(*(f"autograd.functional.{name}" for name in PRODUCTS + MATRICES))
@pytest.mark.parametrize("create_graph", [False, True])
@pytest.mark.parametrize("function", STRICT)
@pytest.mark.parametrize("name", PRODUCTS + MATRICES)
def test_strict_requires_the_same_dependence_as_torch(name: str, function: str, create_graph: bool) -> None:
    v = vectors(name, STRICT[function])
    assert_same(*both(name, STRICT[function], (X, X + 1), *v, strict=True, create_graph=create_graph))


@pytest.mark.parametrize("function", STRICT)
@pytest.mark.parametrize("name", PRODUCTS + MATRICES)
def test_without_strict_an_independent_output_has_derivative_zero(name: str, function: str) -> None:
    assert_same(*both(name, STRICT[function], (X, X + 1), *vectors(name, STRICT[function])))


@pytest.mark.parametrize("name", ["vjp", "jvp", "vhp", "hvp"])
def test_strict_names_the_unused_input(name: str) -> None:
    v = None if name == "vjp" else (X, X)
    with pytest.raises(RuntimeError, match="input 1"):
        getattr(OURS, name)(lambda x, y: (x * x * x).sum(), (X, X), v, strict=True)


@pytest.mark.proves("autograd.functional.vhp", "autograd.functional.hvp")
@pytest.mark.parametrize("name", ["vhp", "hvp"])
def test_asymmetric_hessian_is_multiplied_from_the_correct_side(name: str) -> None:
    def slope(x: Any, g: Any) -> Any:  # not the gradient of any function: its derivative is not symmetric
        return x * x.sum() * g

    f = jax.custom_vjp(lambda x: x.sum())
    f.defvjp(lambda x: (x.sum(), x), lambda x, g: (slope(x, g),))
    theirs = getattr(THEIRS, name)(torch_rule(lambda x: x.sum(), slope), torch.tensor(X), torch.tensor([1.0, 0.0]))
    assert_same(getattr(OURS, name)(f, X, np.array([1.0, 0.0])), theirs)


# jaxfun's ops: their derivatives have their names, and custom formulas
OPS: dict[str, Callable[..., Any]] = {
    "linear": lambda m, x, y: m.sum(m.add(x, m.mul(y, 2.0))),
    "scaled": lambda m, x, y: m.sum(m.add(m.div(x, 2.0), m.div(y, 4.0))),
    "product": lambda m, x, y: m.sum(m.mul(x, y)),
    "quotient": lambda m, x, y: m.sum(m.div(x, y)),
}


@pytest.mark.parametrize("name", ["vjp", *MATRICES])
@pytest.mark.parametrize("function", OPS)
def test_strict_follows_the_derivative_rules_of_ops(name: str, function: str) -> None:
    options = {"strict": True, "create_graph": True}
    ours = outcome(lambda: getattr(OURS, name)(lambda *a: OPS[function](jf, *a), (X, X + 1), **options))
    theirs = outcome(
        lambda: getattr(THEIRS, name)(lambda *a: OPS[function](torch, *a), on_torch((X, X + 1)), **options)
    )
    assert_same(ours, theirs)


# calls that raise: name, function, arguments, options, and a word of the message
REFUSED: dict[str, tuple[list[str], Callable[..., Any], tuple[Any, ...], dict[str, Any], str]] = {
    "a list of inputs": (PRODUCTS + MATRICES, lambda m, x: x.sum(), ([X],), {}, "list"),
    "a number for an input": (PRODUCTS + MATRICES, lambda m, x: x, (1.0,), {}, "1.0 (float)"),
    "an integer input": (PRODUCTS + MATRICES, lambda m, x: (x * 1.5).sum(), (N[0:1],), {}, "int64"),
    "no inputs": (["jacobian", "hessian", "vjp"], lambda m: m.sin(on(m, ONE)), ((),), {}, "none"),
    "no outputs": (["jacobian"], lambda m, x: (), (X,), {}, "none"),
    "a list of outputs": (PRODUCTS + MATRICES, lambda m, x: [x.sum()], (ONE,), {}, "to return"),
    "a number for an output": (PRODUCTS + MATRICES, lambda m, x: 1.0, (ONE,), {}, "1.0 (float)"),
    "a tuple from what must be one": (["hessian", "vhp", "hvp"], lambda m, x: (x * x,), (ONE,), {}, "single tensor"),
    "several elements from what must be one": (["hessian"], lambda m, x: x * x, (X,), {}, "single element"),
    "several elements to multiply": (["vhp", "hvp"], lambda m, x: x * x, (X, X), {}, "single element"),
    "no v for several elements": (PRODUCTS, lambda m, x: x * x, (X,), {}, "`v`"),
    "a v of another shape": (PRODUCTS, lambda m, x: (x * x).sum(), (X, np.ones(3)), {}, "[3]"),
    "two of v": (PRODUCTS, lambda m, x: x * x, (ONE, (ONE, ONE)), {}, "single tensor"),
    "a list for v": (PRODUCTS, lambda m, x: x * x, (ONE, [ONE]), {}, "list"),
    "a complex v": (PRODUCTS, lambda m, x: x * x, (ONE, np.array(1j)), {}, "complex128"),
    "a complex output without v": (["vjp"], lambda m, x: x * x, (Z,), {}, "`v`"),
    "a complex input without v": (["jvp", "vhp", "hvp"], lambda m, z: m.real(z * z).sum(), (Z,), {}, "`v`"),
    "a complex output": (["jacobian"], lambda m, x: x * x, (Z,), {}, "vectorize=True"),
    "a complex function": (["hessian", "vhp", "hvp"], lambda m, x: (x * x).sum(), (Z, Z), {}, "complex128"),
    "an integer output to push to": (["jvp"], lambda m, x: m.integer(x), (ONE,), {}, "int64"),
    "another strategy": (["jacobian"], lambda m, x: x, (X,), {"strategy": "sideways"}, "forward-mode"),
    "another outer strategy": (
        ["hessian"],
        lambda m, x: x,
        (X,),
        {"outer_jacobian_strategy": "sideways"},
        "forward-mode",
    ),
    "forward mode, row by row": (["jacobian"], lambda m, x: x, (X,), {"strategy": "forward-mode"}, "vectorize=True"),
    "forward mode with a graph": (
        ["jacobian"],
        lambda m, x: x,
        (X,),
        {"strategy": "forward-mode", "vectorize": True, "create_graph": True},
        "create_graph",
    ),
    "forward mode, strict": (
        ["jacobian"],
        lambda m, x: x,
        (X,),
        {"strategy": "forward-mode", "vectorize": True, "strict": True},
        "strict",
    ),
    "forward mode at integers": (
        ["jacobian"],
        lambda m, x: x * 1.5,
        (N,),
        {"strategy": "forward-mode", "vectorize": True},
        "int64",
    ),
    "outer forward mode at integers": (
        ["hessian"],
        lambda m, x: (x * 1.5).sum(),
        (N,),
        {"outer_jacobian_strategy": "forward-mode", "vectorize": True},
        "int64",
    ),
    "outer forward mode, row by row": (
        ["hessian"],
        lambda m, x: (x * x).sum(),
        (X,),
        {"outer_jacobian_strategy": "forward-mode"},
        "vectorize=True",
    ),
    "vectorize, strict": (MATRICES, lambda m, x: (x * x).sum(), (X,), {"vectorize": True, "strict": True}, "strict"),
}


def on(m: Any, array: np.ndarray) -> Any:
    return jnp.asarray(array) if m is JAX else torch.tensor(array)


@pytest.mark.proves(*(f"autograd.functional.{name}" for name in PRODUCTS + MATRICES))
@pytest.mark.parametrize(("case", "name"), [(case, name) for case, row in REFUSED.items() for name in row[0]])
def test_raises_where_torch_raises_and_shows_the_value(case: str, name: str) -> None:
    _, function, args, options, word = REFUSED[case]
    ours, theirs = both(name, function, *args, **options)
    assert isinstance(theirs, Exception), "torch does not refuse it"
    assert_same(ours, theirs)
    assert word in str(ours)
    assert str(ours).startswith(f"`jaxfun.autograd.functional.{name}(")


INTEGER_OUTPUT: dict[str, tuple[str, dict[str, Any]]] = {
    "jacobian": ("jacobian", {}),
    "vectorized jacobian": ("jacobian", {"vectorize": True}),
    "forward jacobian": ("jacobian", {"vectorize": True, "strategy": "forward-mode"}),
    "hessian": ("hessian", {}),
    "forward hessian": ("hessian", {"vectorize": True, "outer_jacobian_strategy": "forward-mode"}),
    "vjp": ("vjp", {"v": np.array(1.0)}),
    "vhp": ("vhp", {}),
    "hvp": ("hvp", {}),
}


@pytest.mark.parametrize("case", INTEGER_OUTPUT)
def test_derivative_of_an_integer_output_is_zero_as_in_torch(case: str) -> None:
    name, options = INTEGER_OUTPUT[case]
    ours = getattr(OURS, name)(JAX.integer, ONE, **options)
    theirs = getattr(THEIRS, name)(TORCH.integer, torch.tensor(ONE), **{k: on_torch(v) for k, v in options.items()})
    assert_same(ours, theirs)


def test_variables_are_accepted_as_tensors() -> None:
    found = OURS.jacobian(lambda x, y: x * y, (jf.Variable(X), X))
    np.testing.assert_array_equal(found[0], np.diag(X))


def test_jvp_works_with_a_reverse_mode_rule_only() -> None:
    square = jax.custom_vjp(lambda x: x * x)
    square.defvjp(lambda x: (x * x, x), lambda x, g: (2 * x * g,))
    np.testing.assert_array_equal(OURS.jvp(square, X, X)[1], 2 * X * X)
