"""The answers of a check (agrees, differs, not shown), its edges, and the checks of the reference itself."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import strategies as st
from jax import lax
from reported import RIGHT, rms_norm

from jaxfun import parity

pytestmark = pytest.mark.alternate

Check = Callable[[], parity.Report]


@pytest.fixture(autouse=True)
def plain_jax() -> Any:
    """Use JAX's defaults, as a user has them: 32 bits, its own promotion."""
    with jax.enable_x64(False), jax.numpy_dtype_promotion("standard"):
        yield


def check(candidate: Any, reference: Any, *inputs: Any, **options: Any) -> parity.Report:
    return parity.check(candidate, reference, *inputs, **({"examples": 200, "seed": 0} | options))


MATRIX = parity.tensors(shape="n m", finite=True)
KEY = jax.random.key(0)
LABELS = np.array([0, 4, 2])
TOKENS = np.array([[0, 1, 2], [3, 4, 0]])


def cross_entropy(logits: torch.Tensor) -> torch.Tensor:
    return F.cross_entropy(logits, torch.tensor(LABELS), reduction="none")


def leaky_relu(x: Any) -> Any:
    return jnp.where(x >= 0, x, 0.01 * x)


def normalized(x: Any, mean: Any, variance: Any) -> Any:
    return (x - mean) / jnp.sqrt(variance + 1e-5)


def batch_norm(x: torch.Tensor, mean: torch.Tensor, variance: torch.Tensor) -> torch.Tensor:
    return F.batch_norm(x, mean, variance)


STATISTICS = (
    parity.tensors(shape="b n"),
    parity.tensors(shape="n"),
    parity.tensors(shape="n", min_value=0.1, max_value=3),
)


# wrong ports, and the level of the difference
DIFFERENT: dict[str, tuple[str, Check]] = {
    "a batched reference that is wrong from its second row on": (
        "vjp",
        lambda: check(
            lambda w, i: w[i],
            lambda w, i: F.embedding(i, w, padding_idx=0),
            parity.tensors(shape=(7, 3)),
            parity.constant(TOKENS),
        ),
    ),
    "the plain call, where the compiled one is right": (
        "value",
        lambda: check(
            lambda x: -(jax.nn.one_hot(LABELS, 5) * jax.nn.log_softmax(x)).sum(-1),
            cross_entropy,
            parity.tensors(shape=(3, 5)),
        ),
    ),
    "a lost gradient, beside arguments that PyTorch does not differentiate": (
        "vjp",
        lambda: check(lambda *xs: lax.stop_gradient(normalized(*xs)), batch_norm, *STATISTICS),
    ),
    "an eps, where the reference reads its own off the dtype": (
        "value",
        lambda: check(rms_norm(1e-6), lambda x: F.rms_norm(x, (4,)), parity.tensors(shape=(3, 4))),
    ),
    "NaN in an infinity's place": ("value", lambda: check(lambda x: 2 * x + 0 * x, lambda x: 2 * x)),
    "NaN in the place of every result that an infinite weight has part in": (
        "value",
        lambda: check(
            lambda x, w: jnp.where(jnp.isinf(w).any(), jnp.nan, x @ w),
            lambda x, w: x @ w,
            parity.tensors(shape=(2, 3)),
            parity.tensors(shape=(3, 4)),
        ),
    ),
    "a gradient at a kink": ("vjp", lambda: check(leaky_relu, F.leaky_relu)),
    "a batched call alone": ("vmap", lambda: check(jax.nn.gelu, F.gelu, levels=["vmap"])),
    "a compiled call alone": ("jit", lambda: check(jax.nn.gelu, F.gelu, levels=["jit"])),
    "the last of tied values": (
        "value",
        lambda: check(
            lambda x: x.shape[-1] - 1 - jnp.argmax(x[..., ::-1], -1),
            lambda x: torch.argmax(x, -1),
            parity.tensors(shape=(3, 5)),
        ),
    ),
    "eigenvectors in the other order": (
        "value",
        lambda: check(
            lambda x: [item[..., ::-1] for item in jnp.linalg.eigh(x)],
            lambda x: list(torch.linalg.eigh(x)),
            parity.symmetric("n"),
        ),
    ),
    "singular vectors transposed": (
        "value",
        lambda: check(lambda x: jnp.linalg.svd(x)[2].mT, lambda x: torch.linalg.svd(x).Vh, parity.tensors(shape="n n")),
    ),
    "a solution of the transposed equations": (
        "value",
        lambda: check(
            lambda a, b: jnp.linalg.solve(a.T, b),
            torch.linalg.solve,
            parity.tensors(shape="n n"),
            parity.tensors(shape="n m"),
        ),
    ),
    "a gradient of eigenvalues that is twice as large": (
        "vjp",
        lambda: check(
            lambda x: 2 * jnp.linalg.eigvalsh(x) - lax.stop_gradient(jnp.linalg.eigvalsh(x)),
            torch.linalg.eigvalsh,
            parity.symmetric("n"),
        ),
    ),
    "a rank with a tolerance of 0.1": (
        "value",
        lambda: check(
            lambda x: jnp.linalg.matrix_rank(x, tol=0.1).astype(jnp.int64),
            torch.linalg.matrix_rank,
            parity.tensors(shape="n n"),
        ),
    ),
    "an inverse negated": ("value", lambda: check(lambda x: -jnp.linalg.inv(x), torch.linalg.inv)),
    "a matrix put together of the vectors of another sign": (
        "value",
        lambda: check(
            lambda x: -(x * 1),
            lambda x: (lambda u, s, v: (u * s) @ v)(*torch.linalg.svd(x, full_matrices=False)),
            MATRIX,
        ),
    ),
    "an inverse that a ridge keeps from the edge": (
        "value",
        lambda: check(
            lambda x: jnp.linalg.inv(x + 1e-4 * jnp.eye(x.shape[-1], dtype=x.dtype)),
            torch.linalg.inv,
            parity.positive_definite("n"),
        ),
    ),
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_difference_is_found_at_its_level(name: str) -> None:
    level, run = DIFFERENT[name]
    report = run()
    assert report.answer == "differs", report
    assert level in {failure.level for failure in report.failures}, report


def in_float32(x: Any) -> Any:
    wide = x.astype(jnp.float32)
    return (wide * lax.rsqrt(jnp.mean(wide * wide, -1, keepdims=True) + 1e-6)).astype(x.dtype)


def reference_in_float32(x: torch.Tensor) -> torch.Tensor:
    wide = x.float()
    return (wide * torch.rsqrt((wide * wide).mean(-1, keepdim=True) + 1e-6)).to(x.dtype)


def fast_layer_norm(x: Any) -> Any:
    mean = jnp.mean(x, -1, keepdims=True)
    variance = jnp.maximum(jnp.mean(x * x, -1, keepdims=True) - mean * mean, 0)
    return (x - mean) * lax.rsqrt(variance + 1e-5)


def cumulative(library: Any, x: Any) -> Any:
    softmax = jax.nn.softmax if library is jnp else torch.softmax
    return library.cumsum(softmax(x, -1), -1)


def layer_norm(x: Any, weight: Any, bias: Any) -> Any:
    centred = x - x.mean(-1, keepdims=True)
    return centred / jnp.sqrt((centred * centred).mean(-1, keepdims=True) + 1e-5) * weight + bias


def negated_eigenvectors(x: Any) -> Any:
    values, vectors = jnp.linalg.eigh(x)
    return values, -vectors


# correct ports, and the kinds of edges that are listed
AGREEING: dict[str, tuple[set[str], Check]] = {
    "relu, whose gradient at NaN is another": ({"NaN"}, lambda: check(jax.nn.relu, F.relu)),
    "an axis that a 0-dim tensor has not": (
        {"empty"},
        lambda: check(lambda x: jnp.sum(x, -1), lambda x: torch.sum(x, -1)),
    ),
    "fewer digits, by a formula that is right in float64": (
        {"digits"},
        lambda: check(fast_layer_norm, lambda x: F.layer_norm(x, (5,)), parity.tensors(shape=(4, 5), finite=True)),
    ),
    "squares that overflow": (
        {"overflow"},
        lambda: check(
            lambda x: jnp.sqrt(jnp.sum(x * x, -1)),
            lambda x: torch.hypot(x[..., 0], x[..., 1]),
            parity.tensors(shape=(5, 2)),
            levels=["value"],
        ),
    ),
    "an order of equals that is left open": (
        {"order"},
        lambda: check(
            lambda x: jnp.argsort(-x, -1)[..., ::-1],
            lambda x: torch.sort(x, -1).indices,
            parity.tensors(shape=(3, 5), finite=True),
            levels=["value"],
        ),
    ),
    "a NaN that XLA's compiler drops from a sum of maxima, and the plain call keeps": (
        {"compiler"},
        lambda: check(
            lambda x: jax.nn.relu(x).mean(-1),
            lambda x: F.relu(x).mean(-1),
            parity.tensors(shape=(2, 3, 4, 5)),
        ),
    ),
    "a layer norm, whose infinite weight multiplies what rounding leaves of 0": (
        {"rounding"},
        lambda: check(
            layer_norm,
            lambda x, w, b: F.layer_norm(x, (3,), w, b),
            *map(
                st.just, (np.full((2, 3), np.float32(5.5499787)), np.float32([np.inf, -np.inf, 1.7]), np.zeros(3, "f"))
            ),
            levels=["value"],
        ),
    ),
    "a convolution, whose infinite weight meets the padding": (
        {"rounding"},
        lambda: check(
            lambda x, w: lax.conv_general_dilated(x, w, (1,), "SAME"),
            lambda x, w: F.conv1d(x, w, padding=1),
            parity.tensors(shape=(2, 3, 5)),
            parity.tensors(shape=(4, 3, 3)),
            levels=["value"],
        ),
    ),
    "an infinity times a subnormal number, which is 0 to XLA": (
        {"rounding"},
        lambda: check(
            lambda x, y: x * x * y,
            lambda x, y: x * x * y,
            *map(st.just, (np.float32([1e-21, 1]), np.float32([np.inf, 2]))),
            levels=["value"],
        ),
    ),
    "a convolution, whose kernel may not be larger than what it runs over": (
        set(),
        lambda: check(
            lambda x, w: lax.conv_general_dilated(x, w, (1,), "VALID"),
            F.conv1d,
            parity.tensors(shape="b c l"),
            parity.tensors(shape="o c k"),
            levels=["value"],
        ),
    ),
    "eigenvectors, whose sign is left open": (
        {"decomposition"},
        lambda: check(negated_eigenvectors, lambda x: tuple(torch.linalg.eigh(x)), parity.symmetric("n")),
    ),
    "singular vectors of equal singular values": (
        {"decomposition"},
        lambda: check(
            lambda x: (lambda u, s, v: (-u, s, -v))(*jnp.linalg.svd(x, full_matrices=False)),
            lambda x: tuple(torch.linalg.svd(x, full_matrices=False)),
            parity.tensors(shape="n m"),
        ),
    ),
    "the sign of a determinant that is 0 but for rounding": (
        set(),
        lambda: check(jnp.linalg.slogdet, torch.linalg.slogdet, levels=["value"]),
    ),
    "a rank that rounding decides": (
        set(),
        lambda: check(
            lambda x: jnp.linalg.matrix_rank(x).astype(jnp.int64),
            torch.linalg.matrix_rank,
            st.just(
                np.float32(
                    [
                        [100, 100.00097, 100.00019, 100.00007, 100.00013],
                        [100, 0, 100, 100, 100],
                        [99.99969, 100.000145, 100.00009, 100.0005, 100.0005],
                        [99.999794, 100, 99.9996, 100.00056, 100.00049],
                    ]
                )
            ),
        ),
    ),
    "infinity on the right of linear equations": (
        {"LAPACK"},
        lambda: check(
            lambda a, b: jnp.nan_to_num(jnp.linalg.solve(a, b)),  # differs at infinity on any CPU
            torch.linalg.solve,
            parity.positive_definite("n"),
            parity.tensors(shape="n m"),
            levels=["value"],
        ),
    ),
    "a random key that the candidate closes over": (
        set(),
        lambda: check(lambda x: x + 0 * jax.random.bits(KEY, (), "uint8"), lambda x: x * 1, levels=["value"]),
    ),
    "a random key that one side is given": (
        set(),
        lambda: parity.module(
            torch.nn.Linear(3, 2),
            lambda p, x, key: x @ p["weight"].T + p["bias"] + 0 * jax.random.normal(key, (), x.dtype),
            dict,
            np.ones((4, 3), np.float32),
            kwargs={"key|": KEY},
            levels=["value"],
        ),
    ),
    "a mean of nothing, whose derivative is NaN": (
        {"empty"},
        lambda: check(
            lambda x: ((x - x.mean(-1, keepdims=True)) ** 2).mean(-1),
            lambda x: torch.var(x, -1, correction=0),
        ),
    ),
    "a sum of changes that cancel": (
        set(),
        lambda: check(lambda x: cumulative(jnp, x), lambda x: cumulative(torch, x)),
    ),
    "a kink that is allowed": ({"kinks"}, lambda: check(leaky_relu, F.leaky_relu, allow=("kinks", "ties"))),
    "attention by a kernel that has no second derivative": (
        set(),
        lambda: check(
            *RIGHT["attention of heads"][:2],
            *[parity.tensors(shape=(2, 3, 4, 5), finite=True)] * 3,
        ),
    ),
    "a Python number among the results": (
        set(),
        lambda: check(lambda x: (x * 2, x.ndim, 0.5), lambda x: (x * 2, x.ndim, 0.5)),
    ),
    "buffers that PyTorch does not differentiate": (set(), lambda: check(normalized, batch_norm, *STATISTICS)),
    "an eps that is read off the dtype": (
        set(),
        lambda: check(rms_norm(2.0**-23), lambda x: F.rms_norm(x, (4,)), parity.tensors(shape=(3, 4), finite=True)),
    ),
    "labels of 64 bits that the candidate holds": (
        set(),
        lambda: check(
            *RIGHT["cross-entropy, some labels ignored"][:2],
            parity.tensors(shape=(4, 5), finite=True),
        ),
    ),
    "a reference that computes in float32 whatever it is given": (
        set(),
        lambda: check(in_float32, reference_in_float32, parity.tensors(shape=(3, 4)), dtypes=["float64"]),
    ),
    "the same in float64 throughout": (
        set(),
        lambda: check(rms_norm(1e-6), reference_in_float32, parity.tensors(shape=(3, 4)), dtypes=["float64"]),
    ),
}


@pytest.mark.parametrize("name", AGREEING)
def test_correct_port_agrees_and_its_edges_are_listed(name: str) -> None:
    kinds, run = AGREEING[name]
    report = run()
    assert report.ok, report
    assert kinds <= {edge.edge for edge in report.edges}, report
    if kinds:
        assert "except for an edge" in " ".join(str(report).split())


def test_strict_counts_an_edge_as_a_difference() -> None:
    assert check(jax.nn.relu, F.relu, strict=True).answer == "differs"


def test_unknown_allow_name_raises_and_lists_valid_names() -> None:
    with pytest.raises(ValueError, match="`allow` to be a list of names among kinks, ties"):
        check(jnp.exp, torch.exp, allow=("kink",))


def test_arguments_without_a_gradient_are_reported() -> None:
    report = check(normalized, batch_norm, *STATISTICS)
    assert "gradient of mean: not compared" in " ".join(str(report).split())


def test_gradient_is_that_of_backward_without_create_graph() -> None:
    singular = st.just(np.float32([[1, 2], [2, 4]]))  # PyTorch's plain backward gives 0, with a graph cofactors
    report = check(jnp.linalg.det, torch.det, singular, levels=["vjp", "hvp"])
    (failure,) = [failure for failure in report.failures if failure.level == "vjp"]
    assert not failure.reference.any()
    assert "changes with create_graph=True" in " ".join(str(report).split())


CONTEXTS: dict[str, Callable[[], Any]] = {
    "no_grad": torch.no_grad,
    "inference_mode": torch.inference_mode,
    "disable_jit": jax.disable_jit,
    "debug_nans": lambda: jax.debug_nans(True),
    "transfer_guard": lambda: jax.transfer_guard("disallow"),
}


@pytest.mark.parametrize("name", CONTEXTS)
def test_answer_does_not_depend_on_the_settings_of_the_caller(name: str) -> None:
    with CONTEXTS[name]():
        wrong, right = check(leaky_relu, F.leaky_relu), check(jnp.tanh, torch.tanh)
    assert {failure.level for failure in wrong.failures} >= {"vjp", "jvp"}, wrong
    assert right.ok, right
    assert right.levels["vjp"].compared


def test_answer_does_not_depend_on_the_default_dtype() -> None:
    torch.set_default_dtype(torch.float64)
    try:
        report = check(lambda x: x * jnp.ones(5), lambda x: x * torch.ones(5), parity.tensors(shape=(4, 5)))
        assert torch.get_default_dtype() is torch.float64
    finally:
        torch.set_default_dtype(torch.float32)
    assert report.ok, report


def test_forward_mode_is_compared_with_reverse_mode_for_several_cotangents() -> None:
    # torch's cholesky along asymmetric directions: its two modes may agree along one cotangent by chance
    report = check(jnp.linalg.cholesky, torch.linalg.cholesky, parity.positive_definite("n"), examples=800)
    assert report.ok, report
    assert report.levels["jvp"].compared, "symmetric directions are"


def test_reference_that_contradicts_itself_is_not_compared() -> None:
    class Halved(torch.autograd.Function):
        """A function whose forward mode gives half of its reverse mode."""

        generate_vmap_rule = True

        @staticmethod
        def forward(x: torch.Tensor) -> torch.Tensor:
            return x.exp()

        @staticmethod
        def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
            ctx.save_for_backward(output)
            ctx.save_for_forward(output)

        @staticmethod
        def backward(ctx: Any, gradient: torch.Tensor) -> torch.Tensor:
            return gradient * ctx.saved_tensors[0]

        @staticmethod
        def jvp(ctx: Any, tangent: torch.Tensor) -> torch.Tensor:
            return tangent * ctx.saved_tensors[0] / 2

    report = check(jnp.exp, Halved.apply, parity.tensors(shape=(4,), min_value=-3, max_value=3))
    assert not report.failures, report
    assert "PyTorch's derivatives contradict each other" in str(report)
    wrong = check(lambda x: jnp.exp(x) * 2, Halved.apply, parity.tensors(shape=(4,), min_value=-3, max_value=3))
    assert {failure.level for failure in wrong.failures} >= {"value", "vjp"}


def test_reference_that_refuses_a_perturbed_input_is_not_called_again() -> None:
    def up_to_one(x: torch.Tensor) -> torch.Tensor:
        if (x > 1).any():
            raise ValueError("larger than 1")
        return x**3

    ones = st.just(np.ones(3, np.float32))
    assert check(lambda x: 2 * x**3, up_to_one, ones).answer == "differs"


def test_cause_of_a_missing_reference_gradient_is_reported() -> None:
    def without_gradient(x: torch.Tensor) -> torch.Tensor:
        if x.requires_grad:
            raise TypeError("takes no tensor that requires a gradient")
        return x + 1

    report = check(lambda x: x + 1, without_gradient, parity.tensors(shape=(3,)))
    assert report.ok, report
    assert "takes no tensor that requires a gradient" in report.levels["vjp"].reason


def test_difference_in_another_dtype_is_a_second_opinion() -> None:
    def through_float32(x: Any) -> Any:
        return jnp.exp(x.astype(jnp.float32)).astype(x.dtype)

    report = check(through_float32, torch.exp)
    assert report.ok, report
    assert report.opinions["float64"].startswith("differs")
    assert check(through_float32, torch.exp, dtypes=["float64"]).answer == "differs"


@pytest.mark.parametrize("reference", [lambda x: F.dropout(x, 0.5), lambda x: x + torch.randn_like(x)])
def test_random_reference_is_not_compared(reference: Any) -> None:
    report = check(lambda x: x, reference)
    assert report.answer == "not shown", report
    assert "is random" in report.missing[0]
    assert "a dropout mask" in report.advice
    assert check(lambda x: x * 1, lambda x: x + 0 * torch.rand(())).ok, "what it draws may change nothing"


def test_requested_but_uncompared_level_is_not_agreement() -> None:
    def raises(x: torch.Tensor) -> torch.Tensor:
        raise ValueError("nothing suits me")

    report = check(jnp.exp, raises)
    assert report.answer == "not shown"
    assert "nothing suits me" in " ".join(str(report).split())
    with pytest.raises(parity.ParityError, match="NOT SHOWN"):
        parity.assert_parity(jnp.exp, raises, examples=40)
