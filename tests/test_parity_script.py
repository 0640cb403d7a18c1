"""The script of a failure: it is short, does not use jaxfun, and prints the two answers that differ."""

import contextlib
import dataclasses
import functools
import logging
import math
import pickle
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from hypothesis import strategies as st
from jax import lax
from jaxtyping import Array, Float
from pairs import DIFFERENT

from jaxfun import parity
from jaxfun.parity.script.describe import describe_function

F = torch.nn.functional
SLOPE = 0.25


class Failing(NamedTuple):
    """A pair that differs at a level, the options of its check, and texts that its script must contain."""

    candidate: Callable[..., Any]
    reference: Callable[..., Any]
    level: str
    inputs: tuple[Any, ...] = ()
    dtype: str = "float32"
    kwargs: dict[str, Any] | None = None
    says: Sequence[str] = ()


class Answers(NamedTuple):
    """A failure, and the output of its script: the text of each side and, if it is an array, the array."""

    failure: Any
    texts: list[str]
    arrays: list[Any]


def helper(x: Any) -> Any:
    """Return the half; the script has no use for this docstring."""
    return x * 0.5


def dropped(key: jax.Array) -> Callable[[Any], Any]:
    return lambda x: x * jax.random.bernoulli(key, 0.5, x.shape)


def with_helper(x: jax.Array, by: float = SLOPE) -> jax.Array:
    y = helper(x)  # and none for this comment
    return jnp.where(x > 0, y, by * y)


def scaled(multiply: Any, by: float) -> Any:
    return lambda x: multiply(x, by)


def doubled(function: Any) -> Any:
    @functools.wraps(function)
    def call(*args: Any) -> Any:
        return 2 * function(*args)

    return call


def with_local(by: float) -> Any:
    def local(x: Any) -> Any:
        def inner(y: Any) -> Any:
            return y * by

        return inner(x) + 1

    return local


def with_gradient(backward: Callable[..., Any], function: Callable[..., Any]) -> Any:
    """Return a function with a custom gradient: `backward` of its value and the cotangent."""

    @jax.custom_vjp
    def own(x: Any) -> Any:
        return function(x)

    own.defvjp(lambda x: (function(x), function(x)), lambda y, g: (backward(y, g),))
    return own


@jax.custom_jvp
def cube(x: Any) -> Any:
    return x * x * x


@cube.defjvp
def _(primals: Any, tangents: Any) -> Any:
    return cube(*primals), 3 * lax.stop_gradient(primals[0]) ** 2 * tangents[0]


@functools.partial(jax.jit, static_argnames="power")
def powered(x: Any, power: int) -> Any:
    return x**power


def leaky(x: Any, slope: float, *, floor: float = 0.0) -> Any:
    return jnp.where(x > floor, x, slope * x)


class State(NamedTuple):
    mean: Any
    count: Any = 0


def while_doubling(x: Any) -> Any:
    return lax.while_loop(lambda state: state[0] < 3, lambda state: (state[0] + 1, state[1] * 2), (0, x))[1]


SEVERAL = {"a": parity.tensors(shape="n m"), "b": parity.tensors(shape="m")}
INDEX = parity.tensors(shape=(2,), dtype="int64", min_value=0, max_value=2)
PYTREES = (st.fixed_dictionaries(SEVERAL),)
OF_PYTREES = (
    lambda params: {"y": jnp.sum(params["a"] * params["b"]), "z": [params["b"] * 2]},
    lambda params: {"y": torch.sum(params["a"] * params["b"]), "z": [params["b"] * 3]},
)
FAILING = {
    # each level
    "a value": Failing(
        jax.nn.gelu, F.gelu, "value", says=["from jax.nn import gelu as candidate", "x = np.array(1.0,"]
    ),
    "a gradient": Failing(jnp.abs, torch.abs, "vjp", says=["jax.grad(candidate)(x)", "reference(x).backward()"]),
    "forward mode": Failing(jnp.abs, torch.abs, "jvp", says=["torch.func.jvp(reference, "]),
    "a second derivative": Failing(cube, lambda x: x**3, "hvp", says=["jax.grad(jax.grad(candidate))(x)", "defjvp"]),
    "compiled": Failing(
        lambda x: x * (1 if isinstance(x, jax.Array) and not isinstance(x, jax.core.Tracer) else 2),
        lambda x: x * 1,
        "jit",
        says=["jax.jit(candidate)(x)"],
    ),
    "batched": Failing(
        lambda x: x * (3 if "Batch" in type(x).__name__ else 1),
        lambda x: x * 1,
        "vmap",
        says=["jax.vmap(candidate)(x)"],
    ),
    "raises alone": Failing(lambda x: jnp.reshape(x, (-1, -1)), lambda x: x * 1, "errors", says=["JAX     raises"]),
    "does not raise": Failing(lambda x: x * 1, lambda x: x.reshape(-1, -1), "errors", says=["PyTorch raises"]),
    "raises when compiled": Failing(
        lambda x: x if x.sum() > 0 else -x, lambda x: x if x.sum() > 0 else -x, "jit", says=["JAX     raises"]
    ),
    "no reverse mode": Failing(while_doubling, lambda x: x * 8, "vjp", says=["JAX     raises"]),
    "a custom_vjp": Failing(with_gradient(lambda y, g: 2 * g * y, jnp.exp), torch.exp, "vjp", says=["jax.custom_vjp("]),
    # kinds of failure
    "a dtype": Failing(lambda x: jnp.argmax(x).astype(jnp.int8), torch.argmax, "value", says=[").dtype)"]),
    "a shape": Failing(jnp.ravel, lambda x: x.reshape(1, -1), "value", says=[").shape)"]),
    "a structure": Failing(lambda x: (x * 1,), lambda x: x * 1, "value"),
    "a last digit": Failing(lambda x: jnp.tanh(x) * 1.00001, torch.tanh, "value", says=["floatmode"]),
    "NaN": Failing(
        jnp.nansum,
        torch.sum,
        "value",
        (np.array([1.5, np.nan], "float32"),),
        says=['np.array([np.nan, 0.0], "float32")'],
    ),
    # differences that a cotangent of ones would not show
    "softmax's gradient": Failing(
        with_gradient(lambda y, g: y * (g - g.mean(-1, keepdims=True)), lambda x: jax.nn.softmax(x, -1)),
        lambda x: torch.softmax(x, -1),
        "vjp",
        (parity.tensors(shape="n m"),),
        says=["weights = np.array"],
    ),
    "a permuted gradient": Failing(
        with_gradient(lambda y, g: jnp.flip(g), lambda x: x * 1), lambda x: x * 1, "vjp", says=["weights = np.array"]
    ),
    # functions
    "a lambda on several lines": Failing(
        lambda x: jnp.where(
            x > 0,
            x,
            0.1 * x,
        ),
        lambda x: torch.where(x > 0, x, 0.2 * x),
        "value",
        says=["candidate = lambda x: jnp.where(x > 0, x, 0.1 * x)"],
    ),
    "closures of one name": Failing(
        scaled(jnp.multiply, 2), scaled(torch.mul, 3), "value", says=["jnp.multiply(x, 2)"]
    ),
    "a local function": Failing(with_local(2.0), with_local(3.0), "value", says=["return y * 2.0", "return y * 3.0"]),
    "with a helper and a default": Failing(with_helper, F.relu, "value", says=["def helper(x):", "by=0.25"]),
    "wrapped": Failing(doubled(jnp.sin), doubled(torch.cos), "value", says=["2 * jnp.sin(*args)"]),
    "partial": Failing(functools.partial(leaky, slope=0.2), F.leaky_relu, "value", says=["partial(leaky, slope=0.2)"]),
    "compiled with a static argument": Failing(
        powered, torch.pow, "value", (parity.tensors(), st.just(2.5) | st.just(1.5)), says=["static_argnames"]
    )._replace(reference=lambda x, power: x**power + 1),
    "a method": Failing(jnp.abs, torch.Tensor.neg, "value", says=["reference = Tensor.neg"]),
    "a module of torch": Failing(
        jax.nn.gelu, torch.nn.GELU(approximate="none"), "value", says=["GELU(approximate='none')"]
    ),
    "an array in a closure": Failing(
        (lambda w: lambda x: x * w)(np.float32(3)), (lambda w: lambda x: x * w)(torch.tensor(2.0)), "value"
    ),
    # arguments and results
    "a random key in a closure": Failing(
        dropped(jax.random.key(7)), lambda x: x * 1, "value", says=["wrap_key_data", 'impl="threefry2x32"']
    ),
    "two arguments": Failing(jnp.arctan2, lambda x, y: torch.atan2(y, x), "vjp", (parity.tensors(2, same_shape=True),)),
    "the second argument": Failing(
        lambda x, y: x * lax.stop_gradient(y),
        lambda x, y: x * y,
        "vjp",
        (parity.tensors(2, same_shape=True),),
        says=["jax.grad(candidate, 1)(", "y.grad"],
    ),
    "two arguments, twice": Failing(
        lambda x, y: x * y + 0.5 * x**2, lambda x, y: x * y, "hvp", (parity.tensors(2, same_shape=True),)
    ),
    "a keyword of two names": Failing(
        jnp.cumsum,
        torch.cumprod,
        "value",
        (parity.tensors(shape="n m"),),
        kwargs={"axis|dim": st.sampled_from([0, 1])},
        says=["axis=", "dim="],
    ),
    "pytrees": Failing(*OF_PYTREES, "value", PYTREES, says=['["z"][0]', "'b': jnp.asarray(b)"]),
    "pytrees' gradients": Failing(*OF_PYTREES, "vjp", PYTREES, says=["def ours(a, b):"]),
    "named tuples": Failing(
        lambda state: State(state.mean * 2, state.count),
        lambda state: State(state.mean * 3, state.count),
        "vjp",
        (st.builds(State, parity.tensors(), parity.tensors()),),
        says=["namedtuple('State', ('mean', 'count'), defaults=[0])", "candidate(State(mean, count))"],
    ),
    "several results, forward": Failing(
        lambda x: (x * 2, jnp.argmax(x), jnp.abs(x)),
        lambda x: (x * 2, torch.argmax(x), x.abs()),
        "jvp",
        says=["[1][2]"],
    ),
    "an integer argument": Failing(
        lambda x, index: x[index] * 2, lambda x, index: x[index], "vjp", (parity.tensors(shape=(3, 2)), INDEX)
    ),
    "an integer argument, forward": Failing(
        lambda x, index: x[index] * 2, lambda x, index: x[index], "jvp", (parity.tensors(shape=(3, 2)), INDEX)
    ),
    "a number as an argument": Failing(
        lambda x, by: x**2 * by, lambda x, by: x**2 * by * 2, "hvp", (parity.tensors(), st.just(3.0))
    ),
    # dtypes
    "float64": Failing(
        lambda x: jnp.exp(x.astype(jnp.float32)).astype(x.dtype), torch.exp, "vjp", dtype="float64", says=["enable_x64"]
    ),
    "float16": Failing(lambda x: x * 2, lambda x: x * 3, "vjp", dtype="float16"),
    "bfloat16": Failing(lambda x: x * 2, lambda x: x * 3, "value", dtype="bfloat16", says=["dtype=torch.bfloat16"]),
    "bfloat16, twice": Failing(lambda x: x**3, lambda x: 2 * x**3, "hvp", dtype="bfloat16"),
    "bfloat16, forward": Failing(lambda x: x**3, lambda x: 2 * x**3, "jvp", dtype="bfloat16"),
    "complex": Failing(lambda x: x * 2j, lambda x: x * 3j, "value", dtype="complex64"),
    "a complex gradient": Failing(lambda x: x * 2j, lambda x: x * 3j, "vjp", dtype="complex64"),
    "complex, forward": Failing(lambda x: x * 2j, lambda x: x * 3j, "jvp", dtype="complex64"),
    "complex, twice": Failing(lambda x: 1j * x**3, lambda x: 2j * x**3, "hvp", dtype="complex64"),
    "a real gradient of a complex number": Failing(
        lambda x: jnp.real(x * x), lambda x: torch.real(x * x * 2), "vjp", dtype="complex64"
    ),
}


class Scale:
    """A layer written by hand."""

    def __init__(self, by: float) -> None:
        self.by = jnp.asarray([by])

    def __call__(self, x: Any) -> Any:
        return self.forward(x)

    def forward(self, x: Any) -> Any:
        return helper(x) * self.by


class Child(Scale):
    offset = 1.0

    def forward(self, x: Any) -> Any:
        return super().forward(x) + self.offset

    @classmethod
    def shifted(cls, x: Any) -> Any:
        return x + cls.offset


@dataclasses.dataclass(frozen=True)
class Affine:
    slope: float
    offset: Any = 0.0

    def __call__(self, x: jax.Array) -> jax.Array:
        return self.slope * x + self.offset


class Own(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear = torch.nn.Linear(2, 2)

    def forward(self, x: Any) -> Any:
        return self.linear(x).relu()


def same(x: Any) -> Any:
    return x * 1


def annotated(x: Float[Array, "n m"]) -> Float[Array, "n m"]:  # noqa: F722  (jaxtyping)
    return x * 2


def summed(*xs: Any) -> Any:
    return 2 * sum(xs)


def with_inner(x: Any) -> Any:
    scale = jnp.exp(x)

    def inner(y: Any) -> Any:
        return y * scale

    return inner(x)


@jax.checkpoint
def rematerialized(x: Any) -> Any:
    return jnp.sin(x) * 2


PAIRS = (parity.tensors(shape="n 2"),)
NESTED = (st.fixed_dictionaries({"layers": st.tuples(st.fixed_dictionaries({"w": parity.tensors()}))}),)
FAILING |= {
    # keys
    "a quote in a key": Failing(
        lambda p: p["it's"] * 2,
        lambda p: p["it's"] * 1,
        "vjp",
        (st.fixed_dictionaries({"it's": parity.tensors()}),),
        says=['"it\'s"'],
    ),
    "both quotes in a result's key": Failing(
        lambda x: {"a\"b'c": x * 2}, lambda x: {"a\"b'c": x * 1}, "value", says=["'a\"b\\'c'"]
    ),
    "a quote in one of two keys": Failing(
        lambda x: {'a"b': x * 2, "c": x}, lambda x: {'a"b': x * 1, "c": x * 1}, "vjp", says=["results['a\"b']"]
    ),
    "a number as a key": Failing(lambda x: {1: x * 2}, lambda x: {1: x * 1}, "value", says=["[1])"]),
    "a nested dict": Failing(
        lambda p: p["layers"][0]["w"] ** 3, lambda p: 2 * p["layers"][0]["w"] ** 3, "hvp", NESTED, says=["'layers'"]
    ),
    # complex
    "complex to real, twice": Failing(
        lambda x: jnp.real(x * x * x), lambda x: 2 * torch.real(x * x * x), "hvp", dtype="complex64", says=["jax.vjp("]
    ),
    "a complex loss, twice": Failing(
        lambda x: jnp.sum(x**3, -1),
        lambda x: 2 * torch.sum(x**3, -1),
        "hvp",
        (parity.tensors(shape="n m"),),
        "complex64",
    ),
    "two complex arguments, twice": Failing(
        lambda x, y: x**2 * y,
        lambda x, y: 2 * x**2 * y,
        "hvp",
        (parity.tensors(2, same_shape=True),),
        "complex64",
    ),
    "complex and real results": Failing(
        lambda x: (x**3, jnp.real(x)), lambda x: (2 * x**3, torch.real(x)), "vjp", dtype="complex64"
    ),
    # functions from libraries
    "a gradient as a candidate": Failing(
        jax.grad(lambda x: x**3), lambda x: x**2, "value", (parity.tensors(shape=()),), says=["jax.grad("]
    ),
    "batched by hand": Failing(
        jax.vmap(lambda x, y: x * 2 + y, in_axes=(0, None)),
        lambda x, y: x + y,
        "value",
        (parity.tensors(shape=(3, 2)), parity.tensors(shape=(2,))),
        says=["in_axes=(0, None)"],
    ),
    "a Hessian": Failing(
        jax.hessian(lambda x: jnp.sum(x**3)), torch.diag, "value", (parity.tensors(shape=(2,)),), says=["jax.jacrev("]
    ),
    "a gradient of a partial": Failing(
        jax.grad(functools.partial(jnp.power, 2.0)), torch.exp2, "value", (parity.tensors(shape=()),)
    ),
    "torch's gradient": Failing(
        lambda x: x * 3,
        torch.func.grad(lambda x: x**2),
        "value",
        (parity.tensors(shape=()),),
        says=["from torch.func import grad"],
    ),
    "rematerialized": Failing(rematerialized, same, "value", says=["jax.checkpoint("]),
    "vectorized": Failing(jnp.vectorize(lambda x: x * 2), same, "value", says=["jnp.vectorize("]),
    # objects
    "an object": Failing(Scale(3.0), same, "value", says=["class Scale:", "Scale.__new__(Scale)"]),
    "a method of an object": Failing(Scale(3.0).forward, same, "value", says=["= scale.forward"]),
    "of a class below another": Failing(Child(2.0), same, "value", says=["class Child(Scale):"]),
    "a method of a class": Failing(Child.shifted, same, "value"),
    "a dataclass": Failing(
        Affine(2.0), same, "value", says=["Affine(slope=2.0, offset=0.0)", "@dataclasses.dataclass("]
    ),
    "a dataclass with an array": Failing(Affine(2.0, jnp.float32([1.0])), same, "value"),
    "a module with weights": Failing(lambda x: x * 9, torch.nn.Linear(2, 2), "value", PAIRS, says=["load_state_dict("]),
    "modules in a row": Failing(
        lambda x: x * 9, torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.ReLU()).eval(), "value", PAIRS
    ),
    "a module of one's own": Failing(lambda x: x * 9, Own(), "value", PAIRS, says=["class Own(torch.nn.Module):"]),
    # functions
    "annotated": Failing(annotated, same, "value", says=["def candidate(x):"]),
    "any number of arguments": Failing(
        summed, lambda x, y: x + y, "value", (parity.tensors(2, same_shape=True),), says=["def candidate(*xs):"]
    ),
    "a function in a function": Failing(with_inner, same, "vjp", says=["def inner(y):"]),
    "a name given on the way": Failing(lambda x: (y := x * 2) + y, same, "value", says=["(y := "]),
    "a loop's lambda": Failing([lambda x, i=i: x * (i + 2) for i in range(3)][1], same, "value", says=["i=1"]),
    "a loop of JAX's": Failing(
        lambda x: lax.scan(lambda c, e: (c + e, 2 * (c + e)), 0.0, x)[1],
        lambda x: torch.cumsum(x, 0),
        "value",
        (parity.tensors(shape=(3,)),),
    ),
    "a choice of JAX's": Failing(lambda x: lax.cond(x.sum() > 0, lambda x: 2 * x, lambda x: 3 * x, x), same, "value"),
    "nothing as an argument": Failing(lambda x, m: x * 2, lambda x, m: x * 1, "value", (parity.tensors(), st.none())),
    "a text as an argument": Failing(
        lambda x, m: x * 2, lambda x, m: x * 1, "value", (parity.tensors(), st.just('a"b')), says=["'a\"b'"]
    ),
    "several dots in an index": Failing(
        lambda x: x[..., ::2] * 2, lambda x: x[..., ::2] * 1, "value", (parity.tensors(shape=(4,)),)
    ),
    "a mask": Failing(
        lambda x, m: jnp.where(m, x, 0),
        lambda x, m: torch.where(m, x * 2, 0),
        "value",
        (parity.tensors(shape=(2,)), parity.tensors(shape=(2,), dtype="bool")),
    ),
}
SAMPLED = ("max over a dimension", "bce with logits, naive", "rows for columns", "keepdim forgotten")


def failure_of(failing: Failing) -> Any:
    report = parity.check(
        failing.candidate,
        failing.reference,
        *failing.inputs,
        kwargs=failing.kwargs,
        levels=["value" if failing.level == "vmap" else failing.level],  # all values are one batch
        dtypes=[failing.dtype],
        examples=20,
        seed=0,
    )
    return next(failure for failure in report.failures if failure.level == failing.level)


RUNNER = """
import pickle, sys, jax, numpy as np, torch
def plain(item):
    if isinstance(item, torch.Tensor):
        item = item.detach().resolve_conj()
        return (item.float() if item.dtype is torch.bfloat16 else item).numpy()
    return np.asarray(item, np.float32 if item.dtype == "bfloat16" else None) if isinstance(item, jax.Array) else None
options, answers = np.get_printoptions(), {}
for name, script in pickle.load(sys.stdin.buffer).items():
    np.set_printoptions(**options), torch.set_printoptions(profile="default")
    jax.config.update("jax_enable_x64", False)
    printed = []
    try:
        exec(script, {"print": lambda *items: printed.append(items)})
    except Exception as error:  # of one script: shown in its place, so that its test misses the two answers
        printed = repr(error)
    answers[name] = printed if isinstance(printed, str) else [(" ".join(map(str, x)), plain(x[1])) for x in printed]
pickle.dump(answers, sys.stdout.buffer)
"""


@contextlib.contextmanager
def as_a_user_has_it() -> Iterator[None]:
    """Use JAX's defaults, and do not list the reports: their bugs are planted."""
    logger = logging.getLogger("jaxfun.parity")
    before = logger.level
    logger.setLevel(logging.WARNING)
    with jax.enable_x64(False), jax.numpy_dtype_promotion("standard"):
        yield
    logger.setLevel(before)


@pytest.fixture(scope="module")
def answers() -> dict[str, Answers]:
    """Return the output of all scripts, run in one process: a process start costs more than all of them."""
    with as_a_user_has_it():
        failures = {name: failure_of(failing) for name, failing in FAILING.items()}
        for name in SAMPLED:
            pair = DIFFERENT[name]
            report = parity.check(pair.candidate, pair.reference, *pair.inputs, examples=60, seed=0)
            failures |= {f"{name}: {failure.level}": failure for failure in report.failures}
    scripts = pickle.dumps({name: failure.script for name, failure in failures.items()})
    ended = subprocess.run([sys.executable, "-c", RUNNER], input=scripts, capture_output=True, check=False)
    assert ended.returncode == 0, ended.stderr.decode()
    found = {}
    for name, printed in pickle.loads(ended.stdout).items():
        texts, arrays = ([printed], []) if isinstance(printed, str) else zip(*printed, strict=True)
        found[name] = Answers(failures[name], list(texts), list(arrays))
    return found


def numbers(text: str) -> list[tuple[float, float]]:
    """Return the printed numbers, each with half a unit of its last digit."""
    shown = re.sub(r"dtype=\S+|grad_fn=\S+|device=\S+", "", text.partition(" ")[2])
    found = []
    for digits, exponent, other in re.findall(r"(-?\d+\.?\d*)(e[+-]?\d+)?j?|(nan|inf)", shown):
        power, decimals = int(exponent[1:] or 0) if exponent else 0, len(digits.partition(".")[2])
        # both libraries write "2." for exactly 2
        found.append((float(other or digits + exponent), 0.51 * 10.0 ** (power - decimals) if decimals else 0.0))
    return found


def are_told_apart(ours: str, theirs: str, kind: str) -> bool:
    """Return whether two printed answers differ by more than the number of digits."""
    if kind == "structure":
        ours, theirs = (re.sub(r"dtype=\S+|Array|tensor|[\s\d.,e-]", "", text) for text in (ours, theirs))
    pairs = list(zip(numbers(ours), numbers(theirs), strict=False))
    if len(numbers(ours)) != len(numbers(theirs)) or not pairs:
        return ours.removeprefix("JAX").strip() != theirs.removeprefix("PyTorch").strip().replace("torch.", "")
    return any(math.isnan(a) != math.isnan(b) or abs(a - b) > max(da, db) for (a, da), (b, db) in pairs)


def is_near(printed: Any, known: Any) -> bool:
    wide = np.asarray(known).astype(complex)
    # a script calls both sides without a batch, which may round the last digits differently
    return printed.shape == wide.shape and np.allclose(printed, wide, rtol=1e-5, atol=1e-6, equal_nan=True)


def test_every_script_is_short_and_shows_the_two_answers_of_the_check(answers: dict[str, Answers]) -> None:
    for name, (failure, texts, arrays) in answers.items():
        script = failure.script
        assert len(script.splitlines()) < 25, name
        assert max(map(len, script.splitlines())) <= 100, name
        assert "jaxfun" not in script, name
        assert [text.split()[0] for text in texts] == ["JAX", "PyTorch"], f"{name}: {texts}\n{script}"
        assert are_told_apart(*texts, failure.kind), f"{name}: {texts}\n{script}"
        is_scaled = failure.level in ("vjp", "hvp") and "weights" not in script  # along 1, which is plainer
        for printed, known in zip(arrays, (failure.candidate, failure.reference), strict=True):
            if not is_scaled and failure.level != "vmap" and known is not None and printed is not None:
                assert is_near(printed, known), f"{name}: {printed} where the check found {known}\n{script}"


@pytest.mark.parametrize("name", FAILING)
def test_script_contains_the_expected_text(name: str, answers: dict[str, Answers]) -> None:
    script = answers[name].failure.script
    for text in FAILING[name].says:
        assert text in script, script


# Values that cannot be written.


class Model:
    """It has more numbers than a script can show."""

    def __init__(self) -> None:
        self.weights = np.arange(100.0)

    def __call__(self, x: Any) -> Any:
        return x * 2

    def forward(self, x: Any) -> Any:
        return x * 2


def long(x: Any) -> Any:
    y = x + 1
    y = y * 2
    y = y + 3
    y = y * 4
    y = y + 5
    y = y * 6
    y = y + 7
    y = y * 8
    y = y + 9
    y = y * 10
    y = y + 11
    y = y * 12
    y = y + 13
    return y * 14


def counted() -> Any:
    count = 0

    def call(x: Any) -> Any:
        nonlocal count
        count += 1
        return x * 2

    return call


def unfinished() -> Any:
    def call(x: Any) -> Any:
        return later(x)

    if call is unfinished:
        later = call
    return lambda x: later(x) + 1


GAPS = {
    "a method of an object": (Model().forward, "candidate = ...  # your function: Model.forward"),
    "an object": (Model(), "candidate = ...  # your function: Model"),
    "a closure over an object": (
        (lambda model: lambda x: model(x) + 1)(Model()),
        "candidate = ...  # your function: <lambda>",
    ),
    "a function that changes what it closes over": (
        counted(),
        "candidate = ...  # your function: call, test_parity_script.py:",
    ),
    "a function of a library's making": (
        jax.named_scope("scope")(lambda x: x * 2),
        "candidate = ...  # your function: lambda x: x * 2",
    ),
    "a long function": (long, "import long as candidate"),
}


@pytest.mark.parametrize("name", GAPS)
def test_unwritable_value_is_imported_or_a_described_placeholder(name: str) -> None:
    candidate, text = GAPS[name]
    with as_a_user_has_it():
        report = parity.check(
            candidate, torch.neg, parity.tensors(shape=(2,)), levels=["value"], dtypes=["float32"], examples=10, seed=0
        )
    script = report.failures[0].script
    assert text in script.replace("\n", " "), script
    assert len(script.splitlines()) < 25
    with pytest.raises((TypeError, ImportError), match="ellipsis") if "..." in text else contextlib.nullcontext():
        exec(script, {"print": lambda *items: None})


def test_unwritable_argument_is_a_placeholder() -> None:
    with as_a_user_has_it():
        given = parity.tensors(shape=(2,)), Model()
        report = parity.check(lambda x, model: x, lambda x, model: model(x), *given, levels=["value"], seed=0)
    assert "argument = ...  # fill in: a value of type Model" in report.failures[0].script
    assert "reference(torch.tensor(x), argument)" in report.failures[0].script


def test_large_array_is_a_placeholder() -> None:
    large = np.arange(3000, dtype="float32")
    with as_a_user_has_it():
        candidate = lambda x: x[::-1] if x.size == large.size else x * 1  # noqa: E731  (its text is in the script)
        report = parity.check(candidate, lambda x: x * 1, large, levels=["value"], examples=10, seed=0)
    assert "x = ...  # fill in: float32 of shape [3000]" in report.failures[0].script


# The names by which functions are called.

NAMES = {
    "a function of a library": (torch.nn.functional.gelu, "torch.nn.functional.gelu"),
    "a compiled function of a library": (jnp.clip, "jax.numpy.clip"),
    "a method": (torch.Tensor.relu_, "torch.Tensor.relu_"),
    "a function of one's own": (helper, f"{__name__}.helper"),
    "a local one": (with_local(2.0), "local"),
    "a short lambda": (lambda x: jnp.clip(x, -1, 1), "lambda x: jnp.clip(x, -1, 1)"),
    "a lambda with a closure": (scaled(jnp.multiply, 2), "lambda x: multiply(x, 2)"),
    "a lambda in a lambda": ((lambda by: lambda x: x * by)(2), "lambda x: x * 2"),
    "one of two lambdas on a line": ([lambda x: x + 1, lambda x: x + 2][1], "lambda x: x + 2"),
    "a long lambda": (
        lambda x: jnp.where(x > 0, jnp.where(x > 1, 1.0 * x, 2.0 * x), jnp.where(x < -1, 3.0 * x, 4.0 * x)),
        "<lambda>, test_parity_script.py:",
    ),
    "a partial": (functools.partial(leaky, slope=1e-06), f"partial({__name__}.leaky, slope=1e-06)"),
    "a partial of a local": (functools.partial(with_local(1.0), Model()), "partial(local, Model)"),
    "a partial with an array": (functools.partial(jnp.add, np.ones(3)), "partial(jax.numpy.add, float64[3])"),
    "a compiled lambda": (jax.jit(lambda x: x + 1), "lambda x: x + 1"),
    "a custom derivative": (with_gradient(lambda y, g: g, jnp.exp), "own"),
    "a wrapped function": (doubled(jnp.sin), "call(jax.numpy.sin)"),
    "a gradient": (jax.grad(helper), f"jax.grad({__name__}.helper)"),
    "a gradient of the second argument": (jax.grad(jnp.power, 1), "jax.grad(jax.numpy.power, argnums=1)"),
    "a gradient of a gradient": (jax.grad(jax.grad(jnp.sin)), "jax.grad(jax.grad(jax.numpy.sin))"),
    "a value and its gradient": (jax.value_and_grad(jnp.sin), "jax.value_and_grad(jax.numpy.sin)"),
    "batched": (jax.vmap(lambda x: x + 1), "jax.vmap(lambda x: x + 1)"),
    "batched along another axis": (jax.vmap(jnp.sort, in_axes=(1,)), "jax.vmap(jax.numpy.sort, in_axes=(1,))"),
    "a compiled, batched gradient": (jax.jit(jax.vmap(jax.grad(jnp.sin))), "jax.vmap(jax.grad(jax.numpy.sin))"),
    "a Jacobian": (jax.jacrev(jnp.sin), "jax.jacrev(jax.numpy.sin)"),
    "torch's gradient": (torch.func.grad(torch.sin), "torch.func.grad(torch.sin)"),
    "batched by torch": (torch.vmap(torch.sin, in_dims=1), "torch.vmap(torch.sin, in_dims=1)"),
    "in a context": (torch.no_grad()(helper), f"{__name__}.helper"),
    "a call of an object": (Model().__call__, "Model.__call__"),
    "a method of an object": (Model().forward, "Model.forward"),
    "an object": (Model(), "Model"),
    "a module": (torch.nn.GELU(), "GELU"),
    "an unfinished closure": (unfinished(), "<lambda>, test_parity_script.py:"),
}


@pytest.mark.parametrize("name", NAMES)
def test_function_is_called_by_its_public_name(name: str) -> None:
    function, text = NAMES[name]
    described = describe_function(function)
    assert described == text or (text.endswith(":") and described.startswith(text))
    assert not re.search("0x[0-9a-f]", described)
