"""The inputs of a check: sizes by names, strata for each argument, custom strategies, structured tensors."""

import dataclasses
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import jaxfun as jf
from jaxfun import parity
from jaxfun.parity.draw.advice import advice_of
from jaxfun.parity.draw.cases import Cases
from jaxfun.parity.draw.layout import Layout
from jaxfun.parity.draw.plan import Plan, plan_of
from jaxfun.parity.draw.values import value_set
from jaxfun.parity.run.case import Case

F = torch.nn.functional
FEW = 90
PLAIN = {"levels": ["value"], "dtypes": ["float32"]}


@pytest.fixture(autouse=True)
def plain_jax() -> Any:
    with jax.enable_x64(False), jax.numpy_dtype_promotion("standard"):
        yield


def check(candidate: Any, reference: Any, *inputs: Any, **options: Any) -> parity.Report:
    return parity.check(candidate, reference, *inputs, **({"examples": FEW, "seed": 0} | options))


def cases(*inputs: Any, function: Any = None, sets: int = 60, **kwargs: Any) -> list[Case]:
    """Return the cases of a plan, of all configurations."""
    function = function or (lambda *args, **kwargs: 0.0)
    plan = planned(*inputs, function=function, **kwargs)
    drawn = Cases(function, plan.inputs, plan.kwargs)
    return [case for at, item in enumerate(plan.configurations) for case in drawn.drawn(item, sets, at)]


def planned(*inputs: Any, function: Any = None, **kwargs: Any) -> Plan:
    function = function or (lambda *args, **kwargs: 0.0)
    return plan_of(function, function, inputs, kwargs, ["float32"])


def shapes(some: list[Case], place: int = 0) -> list[tuple[int, ...]]:
    return [case.tensors[place].shape[1:] for case in some]


# sizes by names


def test_different_dimension_names_first_have_different_sizes() -> None:
    first, *others = shapes(cases(parity.tensors(shape="n c h w")))
    assert len({*first}) == 4
    assert any(len({*shape}) == 1 and shape[0] > 1 for shape in others), "equal sizes are a case of their own"
    assert any(1 in shape for shape in others)
    assert any(0 in shape for shape in others)


MEDIANS = {"no shape": (), "n m": (parity.tensors(shape="n m"),), "n c h w": (parity.tensors(shape="n c h w"),)}


@pytest.mark.parametrize("axis", [0, -1])
@pytest.mark.parametrize("given", MEDIANS)
def test_each_dimension_gets_an_even_and_an_odd_size(given: str, axis: int) -> None:
    # for an even number of elements PyTorch's median is the lower middle one, NumPy's is the mean of both
    def candidate(x: Any) -> Any:
        return jnp.median(x, axis)

    def reference(x: Any) -> Any:
        return torch.median(x, axis).values

    assert check(candidate, reference, *MEDIANS[given], levels=["value"]).answer == "differs"


def test_as_many_tensors_are_drawn_as_either_function_requires() -> None:
    def loss(predictions: Any, targets: Any = None) -> Any:
        return (predictions if targets is None else predictions - targets) ** 2

    assert check(loss, lambda x, y: F.mse_loss(x, y, reduction="none"), levels=["value"]).ok
    assert check(loss, lambda x, y: x**2, levels=["value"]).answer == "differs"
    assert check(loss, torch.square, levels=["value"]).ok  # without a signature


def test_one_dimension_name_has_one_size_across_arguments() -> None:
    for case in cases(parity.tensors(shape="n c"), {"w": parity.tensors(shape="c 3")}, parity.tensors(shape="n")):
        x, w, y = (stack.shape[1:] for stack in case.tensors)
        assert (x[1], x[0], w[1]) == (w[0], y[0], 3)


def test_mean_divided_by_another_dimension_is_found() -> None:
    wrong = check(lambda x: x.sum(-1) / x.shape[-2], lambda x: x.mean(-1), parity.tensors(shape="n c h w"), **PLAIN)
    assert not wrong.ok
    assert check(lambda x: x.sum(-1) / x.shape[-1], lambda x: x.mean(-1), parity.tensors(shape="n c h w"), **PLAIN).ok


# shapes that both functions accept


def conv(x: Any) -> Any:
    return jax.lax.conv_general_dilated(x, np.ones((4, 3, 3, 3), np.float32), (1, 1), "VALID")


def pool(x: Any) -> Any:
    return jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 1, 2, 2), (1, 1, 2, 2), "VALID")


def attention(q: Any, k: Any, v: Any) -> Any:
    scores = jnp.einsum("bhld,bhsd->bhls", q, k, precision="highest") / jnp.sqrt(q.shape[-1])
    return jnp.einsum("bhls,bhsd->bhld", jax.nn.softmax(scores, -1), v, precision="highest")


def normed(x: Any) -> Any:
    mean, variance = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
    return (x - mean) / jnp.sqrt(variance + 1e-5)


SETTLED = {
    "convolution": (conv, lambda x: F.conv2d(x, torch.ones(4, 3, 3, 3)), 4),
    "seven channels": (lambda x: x[:, :7] * 1.0, lambda x: F.conv2d(x, torch.eye(7)[:, :, None, None]), 4),
    "pooling": (pool, lambda x: F.max_pool2d(x, 2), 4),
    "attention": (attention, F.scaled_dot_product_attention, 4),
    "matrix product": (lambda a, b: jnp.einsum("ij,jk->ik", a, b), torch.matmul, 2),
    "a size that a refusal names": (normed, lambda x: F.layer_norm(x, (7,)), 2),
    "square matrices": (jnp.linalg.inv, torch.linalg.inv, 2),
    "convolution with a kernel": (
        lambda x, k: jax.lax.conv_general_dilated(x, k, (1,), "VALID"),
        F.conv1d,
        3,
    ),
}


@pytest.mark.parametrize("name", SETTLED)
def test_without_strategies_shapes_accepted_by_both_sides_are_searched(name: str) -> None:
    candidate, reference, ndim = SETTLED[name]
    plan = plan_of(candidate, reference, (), {})
    assert not plan.refused
    drawn = Cases(candidate, plan.inputs, plan.kwargs).drawn(plan.configurations[0], 3, 0)
    assert {case.tensors[0].ndim - 1 for case in drawn} == {ndim}
    assert str(list(drawn[0].tensors[0].shape[1:])) in plan.lines[0], "the report says what was settled on"


@pytest.mark.parametrize("name", ["pooling", "attention", "a size that a refusal names"])
def test_function_of_images_is_compared_by_its_values(name: str) -> None:
    candidate, reference, _ = SETTLED[name]
    right = check(candidate, reference, **PLAIN)
    assert right.levels["value"].compared
    assert not [failure for failure in right.failures if failure.level != "value"], right
    assert not check(lambda *xs: candidate(*xs) * 1.01, reference, **PLAIN).ok


def test_inputs_refused_by_both_sides_are_not_drawn() -> None:
    over_rows = check(lambda x: jax.nn.softmax(x, 1), lambda x: torch.softmax(x, 1), levels=["value", "errors"])
    assert over_rows.ok, over_rows
    assert "[3]" not in over_rows.inputs[0]


def test_inputs_accepted_by_one_side_only_are_reported() -> None:
    plan = plan_of(lambda a, b: jnp.einsum("ij,jk->ik", a, b), torch.matmul, (), {})
    assert any(line.startswith("not drawn: 1-dim: only the candidate rejects it") for line in plan.lines)


def test_functions_of_integers_or_complex_numbers_get_matching_inputs() -> None:
    assert check(jnp.invert, torch.bitwise_not, levels=["value"]).levels["value"].compared
    parts = check(lambda x: jnp.stack([x.real, x.imag], -1), torch.view_as_real, levels=["value"])
    assert set(parts.by_dtype) == {"complex64"}


ADVICE = {
    "expected scalar type Long but found Float": "parity.labels(classes)",
    "Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got torch."
    "FloatTensor instead": "parity.labels(classes)",
    "linalg.cholesky: The factorization could not be completed because the input is not positive-definite":
        "parity.positive_definite(n)",
    "view_as_real is only supported for complex tensors": 'parity.tensors(dtype="complex")',
    "all elements of input should be between 0 and 1": "parity.tensors(min_value=0, max_value=1)",
    "Expected 3D (unbatched) or 4D (batched) input to conv2d, but got input of size: [4, 5]":
        'parity.tensors(shape="n c h w")',
    "linalg.inv: A must be batches of square matrices, but they are 4 by 5 matrices": 'parity.tensors(shape="n n")',
    "mat1 and mat2 shapes cannot be multiplied (4x5 and 7x3)": 'parity.tensors(shape="n m")',
}  # fmt: skip


@pytest.mark.parametrize("refusal", ADVICE)
def test_advice_names_the_strategy_to_give(refusal: str) -> None:
    assert advice_of(refusal) == ADVICE[refusal]
    eval(ADVICE[refusal].replace("(classes)", "(5)").replace("(n)", "(3)"), {"parity": parity})


def test_report_gives_the_advice() -> None:
    report = check(lambda i: jnp.ones((7, 3))[i], lambda i: F.embedding(i, torch.ones(7, 3)), levels=["value"])
    assert not report.ok
    assert "parity.labels(classes)" in str(report)


# arguments


def test_keyword_is_drawn_from_a_dimension() -> None:
    kwargs = {"axis|dim": parity.dims(of=0)}
    right = check(jnp.sum, torch.sum, parity.tensors(shape="n m"), kwargs=kwargs, **PLAIN)
    assert right.ok, right
    assert right.inputs[1] == "axis: drawn"
    wrong = check(lambda x, axis: jnp.sum(x, 0), torch.sum, parity.tensors(shape="n m"), kwargs=kwargs, **PLAIN)
    assert not wrong.ok


def test_keyword_only_argument_is_passed_by_name() -> None:
    def scaled(x: Any, *, by: Any) -> Any:
        return x * by

    assert check(scaled, scaled, **PLAIN).ok
    assert not check(scaled, lambda x, *, by: x * by * by, **PLAIN).ok


def test_jaxfun_function_gets_the_inputs_of_its_record() -> None:
    report = check(jf.cummax, torch.cummax, examples=60)
    assert report.ok, report
    assert report.levels["vjp"].compared
    assert any(line.startswith("dim: 0, ") for line in report.inputs), report.inputs


def test_empty_results_are_no_evidence_for_a_compiled_call() -> None:
    report = check(jnp.eye, torch.eye, st.integers(0, 5))
    assert report.ok, report
    assert report.levels["jit"].compared


def test_accepted_inputs_are_drawn_before_refused_ones() -> None:
    def eye(n: int) -> jax.Array:
        return jnp.eye(n)

    report = check(eye, torch.eye)  # from -3 to 3; jnp.eye refuses negative numbers
    assert report.ok, report


def test_function_without_parameters_gets_no_tensor() -> None:
    assert not planned(function=lambda: jnp.eye(3)).inputs
    (case,) = cases(function=lambda: jnp.eye(3))
    assert not case.tensors


class Pair(NamedTuple):
    left: Any
    right: Any


@dataclasses.dataclass(frozen=True)
class Weights:
    w: Any
    b: Any
    rate: float = 0.5


NESTED = {
    "dict": {"left": parity.tensors(shape="n m"), "right": parity.tensors(shape="m")},
    "list": [parity.tensors(shape="n m"), parity.tensors(shape="m")],
    "tuple": (parity.tensors(shape="n m"), parity.tensors(shape="m")),
    "named tuple": Pair(parity.tensors(shape="n m"), parity.tensors(shape="m")),
    "dataclass": Weights(parity.tensors(shape="n m"), parity.tensors(shape="m")),
    "dict in a list": [{"left": parity.tensors(shape="n m")}, (parity.tensors(shape="m"), 0.5, None)],
}


def product(given: Any) -> Any:
    """Return the product of the first two tensors in a structure."""
    if dataclasses.is_dataclass(given):
        return given.w * given.b * given.rate
    items = jax.tree.leaves(given, is_leaf=lambda leaf: isinstance(leaf, torch.Tensor))
    return items[0] * items[1]


@pytest.mark.parametrize("name", NESTED)
def test_strategies_may_be_inside_any_container(name: str) -> None:
    right = check(product, product, NESTED[name], levels=["value", "vjp"], dtypes=["float32"])
    assert right.ok, right
    assert right.levels["vjp"].compared
    assert not check(product, lambda given: product(given) * 1.5, NESTED[name], **PLAIN).ok


@pytest.mark.parametrize("name", ["jax", "torch", "numpy"])
def test_array_of_any_library_gives_its_shape(name: str) -> None:
    given = {"jax": jnp.ones((3, 4)), "torch": torch.ones(3, 4), "numpy": np.ones((3, 4), np.float32)}[name]
    assert check(jnp.exp, torch.exp, given, **PLAIN).ok
    wrong = check(jnp.abs, torch.abs, {"x": given}["x"], levels=["value", "vjp"], dtypes=["float32"])
    assert [failure.kind for failure in wrong.failures] == ["derivative at 0"]
    assert wrong.inputs == ["x: floating point [3, 4]"]


def test_drawn_array_resembles_the_given_array() -> None:
    rng = np.random.default_rng(0)
    positive, parts = np.exp(rng.normal(size=(3, 4))), rng.random((3, 4))
    matrix = np.cov(rng.normal(size=(3, 20)))
    for case in cases(positive, parts, matrix, parts / parts.sum(-1, keepdims=True)):
        first, second, third, fourth = (stack.astype(np.float64) for stack in case.tensors)
        assert (first > 0).all()
        assert ((second > 0) & (second < 1)).all()
        assert (np.linalg.eigvalsh(third) > 0).all()
        assert np.allclose(fourth.sum(-1), 1)


def test_arguments_without_a_tensor_are_fixed_and_reported() -> None:
    plan = planned(parity.tensors(shape=(2,)), 3, "sum", function=lambda x, k, how: x)
    assert plan.lines[1:] == ["k: fixed at 3", "how: fixed at 'sum'"]
    assert check(jnp.eye, torch.eye, 3, **PLAIN).levels["value"].compared


# integers


TABLE = np.arange(21, dtype=np.float32).reshape(7, 3)


def test_tokens_are_drawn_from_the_whole_table() -> None:
    def embedded(i: Any) -> Any:
        return jnp.asarray(TABLE)[i]

    plan = plan_of(embedded, lambda i: F.embedding(i, torch.tensor(TABLE)), (np.zeros((3, 6), int),), {})
    assert plan.lines == ["i: int64 [3, 6], from 0 to 6"]
    (case, *_) = Cases(embedded, plan.inputs, {}).drawn(plan.configurations[0], 20, 0)
    assert {*np.unique(case.tensors[0])} == {*range(7)}


@pytest.mark.parametrize(
    "given",
    [
        {"tokens": np.zeros((3, 6), int)},
        (np.zeros((3, 6), np.int32), None),
        [jnp.zeros((3, 6), int)],
        {"tokens": torch.zeros(3, 6, dtype=torch.int64)},
    ],
    ids=["dict", "tuple", "JAX", "PyTorch"],
)
def test_tokens_inside_a_structure_are_drawn_from_the_whole_table(given: Any) -> None:
    def leaf(item: Any) -> Any:
        return jax.tree.leaves(item, is_leaf=lambda x: isinstance(x, torch.Tensor))[0]

    def wrong(item: Any) -> Any:  # correct only for the token 0
        return jnp.asarray(TABLE)[leaf(item) * 0]

    assert not check(wrong, lambda item: F.embedding(leaf(item), torch.tensor(TABLE)), given, **PLAIN).ok


def test_labels_are_drawn_from_all_classes() -> None:
    plan = plan_of(lambda x, y: x, F.cross_entropy, (parity.tensors(shape=(4, 5)), np.array([0, 1, 1, 0])), {})
    assert plan.lines[1] == "y: int64 [4], from 0 to 4"


def test_jax_labels_are_64_bit_where_torch_requires_it() -> None:
    plan = plan_of(lambda x, y: x, F.cross_entropy, (parity.tensors(shape=(4, 5)), jnp.array([0, 1, 1, 0])), {})
    assert plan.lines[1] == "y: int64 [4], from 0 to 4"


def test_integers_that_are_not_indices_keep_their_range() -> None:
    plan = plan_of(lambda x, n: x * n, lambda x, n: x * n, (parity.tensors(shape=(2,)), np.array([1, 3])), {})
    assert plan.lines[1] == "n: int64 [2], from 1 to 3"


def test_mask_keeps_one_true_per_row_if_it_has_one() -> None:
    for case in cases(np.array([[True, False, True], [True, True, True]])):
        assert case.tensors[0].any(-1).all()
        assert not case.tensors[0].all()


# custom strategies


def hard_swish(x: Any) -> Any:
    return x * jnp.clip(x + 3, 0, 6) / 6


BOUNDED = hnp.arrays(np.float32, (4, 5), elements=st.floats(-10, 10, width=32))


def test_kink_is_found_with_arrays_of_hypothesis() -> None:
    report = check(hard_swish, F.hardswish, BOUNDED, examples=200)
    kink = "derivative at -3 and 3, numbers in the candidate's program"
    assert kink in {item.kind for item in report.failures}, report
    assert report.examples >= 100


def test_arrays_of_hypothesis_stay_within_their_bounds() -> None:
    strategy = hnp.arrays(np.float32, (4,), elements=st.floats(0.125, 10, width=32))
    for case in cases(strategy, function=lambda x: x - 3.0, sets=200):
        (stack,) = case.tensors
        assert ((stack >= 0.125) & (stack <= 10)).all()
        assert (stack == 3.0).any(), "a number in the program"
        assert "given" in case.strata, "some are as Hypothesis draws them"


def test_mapped_strategy_draws_many_distinct_values() -> None:
    doubled = BOUNDED.map(lambda array: array * 2)
    (case,) = cases(doubled, sets=300)
    assert case.sets == 300
    assert len(np.unique(case.tensors[0][:, 0, 0])) > 30


def test_values_derived_from_tensors_get_their_strata() -> None:
    squared = parity.tensors(shape=(3, 4)).map(lambda array: np.asarray(array) ** 2)
    (case,) = cases(squared, sets=400)
    assert {"NaN", "infinity", "ties", "zeros"} <= {*case.strata}
    assert np.isnan(case.tensors[0]).any()
    assert not (case.tensors[0] < 0).any()


def test_value_sets_are_batched_by_shape_and_static_arguments() -> None:
    some = cases(hnp.arrays(np.float32, st.sampled_from([(2,), (3,)])), st.sampled_from(["sum", "mean"]))
    assert len({(case.tensors[0].shape[1:], case.ours.args[1]) for case in some}) == len(some) == 4


def test_custom_arrays_get_the_second_dtype() -> None:
    report = check(lambda x, w: x @ w, lambda x, w: x @ w, np.ones((4, 3), np.float32), BOUNDED.map(lambda a: a[:3]))
    assert report.ok, report
    assert {"float32", "float64"} == set(report.by_dtype)


def test_double_precision_arrays_are_not_narrowed() -> None:
    plan = plan_of(jnp.exp, torch.exp, (BOUNDED.map(lambda array: array.astype(np.float64)),), {})
    assert [item.dtype for item in plan.configurations] == ["float64"]


# strata


def test_each_argument_has_its_own_strata() -> None:
    some = cases(parity.tensors(shape=(3, 4)), parity.labels(4), function=lambda logits, labels: 0.0)
    assert np.isnan(some[0].tensors[0]).any()
    assert np.isinf(some[0].tensors[0]).any()
    assert {"NaN", "infinity"} <= {*some[0].strata}


def test_infinite_logit_is_drawn_with_labels() -> None:
    def cross_entropy(x: Any, y: Any) -> Any:
        return -(jax.nn.one_hot(y, 5) * (x - jax.nn.logsumexp(x, -1, keepdims=True))).sum(-1).mean()

    report = check(cross_entropy, F.cross_entropy, parity.tensors(shape=(4, 5)), parity.labels(5), **PLAIN)
    assert [failure.stratum for failure in report.failures] == ["infinity"]


def test_some_value_sets_have_special_values_in_one_argument_only() -> None:
    (case,) = cases(parity.tensors(shape=(2, 3)), parity.tensors(shape=(3,)), function=lambda x, y: 0.0, sets=80)
    row = case.strata.index("NaN in x")
    assert np.isnan(case.tensors[0][row]).any()
    assert np.isfinite(case.tensors[1][row]).all()
    assert {"NaN in x", "NaN in y", "NaN"} <= {*case.strata}


# tensors with a structure


def drawn(*inputs: Any, **options: Any) -> list[np.ndarray]:
    """Return the value sets of the last input, for all cases with elements."""
    found = [case.tensors[-1] for case in cases(*inputs, **options)]
    return [stack.astype(np.complex128 if stack.dtype.kind == "c" else np.float64) for stack in found if stack.size]


def test_labels_are_below_the_number_of_classes() -> None:
    for stack in drawn(parity.tensors(shape="n c"), parity.labels("c", shape="n")):
        assert stack.min() == 0
    logits, labels = cases(parity.tensors(shape="n c"), parity.labels("c"))[0].tensors
    assert labels.shape == logits.shape[:2]
    assert labels.max() == logits.shape[2] - 1
    assert labels.dtype == np.int64


def test_labels_have_the_shape_of_the_logits_without_the_classes() -> None:
    logits, labels = cases(parity.tensors(shape=(2, 5, 3)), parity.labels(5))[0].tensors
    assert labels.shape[1:] == (2, 3)
    assert logits.shape[1:] == (2, 5, 3)


def test_some_value_sets_have_ignored_labels_and_some_only_ignored_ones() -> None:
    (case,) = cases(parity.labels(3, shape=(4,), ignore_index=-100))
    (stack,) = case.tensors
    ignored = (stack == -100).sum(1)
    assert 4 in ignored
    assert 0 in ignored
    assert {1, 2, 3} & {*ignored.tolist()}
    assert {"ignored labels", "all labels ignored"} <= {*case.strata}


def test_probabilities_sum_to_one_with_exact_zeros() -> None:
    for stack in drawn(parity.probabilities("n c")):
        assert np.allclose(stack.sum(-1), 1, atol=1e-6)
        assert (stack >= 0).all()
        assert stack.shape[-1] == 1 or (stack == 0).any()


def test_symmetric_matrices_are_symmetric() -> None:
    for stack in drawn(parity.symmetric("n", batch="b")):
        assert np.array_equal(stack, np.swapaxes(stack, -1, -2))
        assert np.isfinite(stack).all()
    for stack in drawn(parity.symmetric(3, dtype="complex")):
        assert np.array_equal(stack, np.conj(np.swapaxes(stack, -1, -2)))


def test_positive_definite_matrices_are_positive_definite() -> None:
    for stack in drawn(parity.positive_definite("n")):
        assert (np.linalg.eigvalsh(stack) > 0.5).all()
    right = check(jnp.linalg.cholesky, torch.linalg.cholesky, parity.positive_definite(3), levels=["value", "errors"])
    assert right.ok, right


def test_masks_have_rows_of_all_true_and_of_all_false() -> None:
    (case,) = cases(parity.mask((3, 4)))
    assert case.tensors[0].dtype == bool
    assert case.tensors[0].all(-1).any()
    assert (~case.tensors[0]).all(-1).any()
    (without,) = cases(parity.mask((3, 4), empty_rows=False))
    assert without.tensors[0].any(-1).all()
    assert {"rows of all True", "rows of all False"} <= {*case.strata}


def test_permutations_contain_each_number_once() -> None:
    for case in cases(parity.tensors(shape="rows m"), parity.permutation("rows")):
        rows, order = case.tensors
        assert np.array_equal(np.sort(order, -1), np.broadcast_to(np.arange(rows.shape[1]), order.shape))


def test_finite_tensors_are_finite_and_distinct_ones_have_no_duplicates() -> None:
    (finite,) = drawn(parity.tensors(shape=(3, 4), finite=True))
    assert np.isfinite(finite).all()
    for dtype in ("float32", "bfloat16", "int32"):
        (distinct,) = drawn(parity.tensors(shape=(5, 6), dtype=dtype, distinct=True))
        assert all(len(np.unique(row)) == row.size for row in distinct), dtype
    (within,) = drawn(parity.tensors(shape=(5,), dtype="int64", min_value=0, max_value=4, distinct=True))
    assert {*within.ravel()} == {*range(5)}


def test_constants_are_not_differentiated() -> None:
    (case, *_) = cases(parity.tensors(shape=(3,)), parity.constant(parity.tensors(shape=(3,))))
    assert case.movable == [0]
    (fixed, *_) = cases(parity.tensors(shape=(3,)), parity.constant({"scale": np.arange(3.0, dtype=np.float32)}))
    assert fixed.movable == [0]
    assert (fixed.tensors[1] == np.arange(3)).all()
    stopped = check(
        lambda x, m: x * jax.lax.stop_gradient(m),
        lambda x, m: x * m,
        parity.tensors(shape=(3,)),
        parity.constant(parity.tensors(shape=(3,))),
        dtypes=["float32"],
    )
    assert stopped.ok, stopped


ADMITTED = {
    "bounds": (parity.tensors(shape=(2,), min_value=2), [[2, 3]], [[1, 2], [np.nan, 2]]),
    "a number in the shape": (parity.tensors(shape="n 2"), [[[1, 2]]], [[[1], [2]], [1, 2]]),
    "probabilities": (parity.probabilities("n"), [[0, 1], [0.5, 0.5]], [[0.0], [1, 1]]),
    "positive definite": (parity.positive_definite("n"), [[[1, 0], [0, 1]], [[1]]], [[[0]], [[1, 2], [0, 1]]]),
    "finite": (parity.tensors(finite=True), [[1, 2], 3], [[np.inf]]),
    "distinct": (parity.tensors(distinct=True), [[1, 2]], [[1, 1]]),
    "arrays of Hypothesis": (BOUNDED, [np.zeros((4, 5))], [np.zeros((1, 1)), np.full((4, 5), 11)]),
    "an array that is fixed": (st.just(np.ones(2, np.float32)), [[1, 1]], [[0, 0], [1]]),
    "a plain array": (np.ones((2,), np.float32), [[0, 0]], [[1]]),
}  # fmt: skip


@pytest.mark.parametrize("name", ADMITTED)
def test_case_admits_inputs_that_its_strategies_could_draw(name: str) -> None:
    strategy, right, wrong = ADMITTED[name]
    case = cases(strategy)[0]
    assert all(case.admits(case.row(row)) for row in range(case.sets)), "what was drawn"
    assert all(case.admits([np.asarray(item, np.float32)]) for item in right)
    assert not any(case.admits([np.asarray(item, np.float32)]) for item in wrong)


def test_case_admits_one_size_per_dimension_name() -> None:
    case = cases(parity.tensors(shape="n m"), parity.tensors(shape="m"))[0]
    one = np.float32
    assert case.admits([np.zeros((1, 2), one), np.zeros(2, one)])
    assert not case.admits([np.zeros((1, 2), one), np.zeros(1, one)])


WRONG = {
    "no classes": (lambda: parity.labels(0), "`classes` to be 1 or more, got 0"),
    "bool classes": (lambda: parity.labels(True), "`classes` to be an integer, or the name"),
    "no label left": (lambda: parity.labels(1, ignore_index=0), "an `ignore_index` other than the only label"),
    "float labels": (lambda: parity.labels(3, dtype="float32"), "`dtype` to be an integer dtype"),
    "bounds": (lambda: parity.tensors(min_value=2, max_value=1), "`min_value` to be at most `max_value`"),
    "both": (lambda: parity.tensors(2, same_shape=True, broadcastable=True), "only one of `same_shape`"),
    "shape": (lambda: parity.tensors(shape=2.5), "`shape` to be sizes"),
    "dtype": (lambda: parity.tensors(dtype="float33"), "`dtype` to be a name"),
    "distinct bools": (lambda: parity.tensors(dtype="bool", distinct=True), "more than two numbers"),
    "negative matrix": (lambda: parity.positive_definite(-1), "`n` to be an integer, 0 or more"),
    "no room": (
        lambda: cases(parity.tensors(shape=(9,), dtype="int64", min_value=0, max_value=4, distinct=True)),
        "bounds with room for 9 distinct numbers",
    ),
}  # fmt: skip


def test_decomposition_that_may_hang_gets_finite_numbers_only() -> None:
    # LAPACK's SVD of a matrix with infinity would not return
    x = parity.tensors(shape="m n")
    assert not all(np.isfinite(case.tensors[0]).all() for case in cases(x))
    drawn = cases(x, function=lambda x: jax.jit(jnp.linalg.svd)(x)[1])
    assert all(np.isfinite(case.tensors[0]).all() for case in drawn)
    report = check(lambda x: jnp.linalg.svd(x, compute_uv=False), torch.linalg.svdvals, x, levels=["value"])
    assert report.ok, report
    assert "NaN and infinity were not drawn" in str(report)


@pytest.mark.parametrize("name", WRONG)
def test_contradictory_options_raise(name: str) -> None:
    call, text = WRONG[name]
    with pytest.raises((TypeError, ValueError), match=text):
        call()


def test_one_nan_and_several_nans_are_drawn() -> None:
    layout, rng = Layout((4, 5), "float32"), np.random.default_rng(0)
    counts = {int(np.isnan(value_set("NaN", [layout], (), rng)[0]).sum()) for _ in range(20)}
    assert 1 in counts
    assert max(counts) > 3
