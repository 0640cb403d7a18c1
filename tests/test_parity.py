"""`parity.check` on other libraries' functions: its findings, how it shows them, and its errors for invalid input."""

import json
import random
import re
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from hypothesis import strategies as st
from jaxtyping import Array, Complex, Float

from jaxfun import parity

FEW = 90


@pytest.fixture(autouse=True)
def plain_jax() -> Any:
    """Use JAX's defaults, as a user has them: 32 bits, its own promotion."""
    with jax.enable_x64(False), jax.numpy_dtype_promotion("standard"):
        yield


def check(candidate: Any, reference: Any, *inputs: Any, **options: Any) -> parity.Report:
    return parity.check(candidate, reference, *inputs, **({"examples": FEW, "seed": 0} | options))


def test_correct_port_agrees_and_the_report_lists_what_was_tried() -> None:
    report = check(jnp.tanh, torch.tanh)
    assert report.ok, report
    assert report.examples >= FEW
    assert {"ties", "kinks", "zeros", "large", "NaN", "0-dim", "empty", "size 1"} <= set(report.strata)
    assert not report.not_reached
    assert all(report.levels[level].status == "pass" for level in ("value", "vjp", "jvp", "hvp"))
    assert all(all(level.planted.values()) for level in report.levels.values()), "a planted wrong result passed"
    assert "jax.numpy.tanh agrees with torch.tanh" in str(report)


def test_failure_is_the_smallest_input_at_its_level() -> None:
    report = check(jnp.abs, torch.abs)
    failure = report.failures[0]
    assert (failure.level, failure.kind) == ("vjp", "derivative at 0")
    (x,) = failure.inputs[0]
    assert x.size <= 3
    assert not x.any()
    assert not failure.reference.any()
    assert failure.candidate.any()


def test_differing_value_is_shrunk_to_one_simple_number() -> None:
    (x,) = check(jax.nn.gelu, torch.nn.functional.gelu).failures[0].inputs[0]
    assert x.size == 1
    assert float(x) == round(float(x), 1)


@pytest.mark.parametrize(
    ("candidate", "reference"),
    [(jax.nn.gelu, torch.nn.functional.gelu), (jnp.abs, torch.abs)],
    ids=["value", "vjp"],
)
def test_script_shows_the_disagreement_without_jaxfun(candidate: Any, reference: Any) -> None:
    script = check(candidate, reference).failures[0].script
    assert "jaxfun" not in script
    assert len(script.splitlines()) < 25
    printed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    ours, theirs = printed.splitlines()
    assert ours.startswith("JAX     ")
    assert theirs.startswith("PyTorch tensor(")
    assert len({float(re.search(r"-?\d+\.\d*", line).group()) for line in (ours, theirs)}) == 2


def test_input_that_raises_is_shrunk() -> None:
    def refuses(x: jax.Array) -> jax.Array:
        if x.ndim > 1:
            raise ValueError(f"no matrices: {x.shape}")
        return x

    (failure,) = check(refuses, torch.clone).failures
    assert failure.level == "errors"
    assert failure.inputs[0][0].shape == (1, 1)
    assert "no matrices: (1, 1)" in str(failure), "the message is that of the smaller input"
    assert not failure.inputs[0][0].any()


@pytest.mark.parametrize(
    ("candidate", "says"),
    [
        (lambda x: (x, x), "(array, array) where the reference gives array"),
        (lambda x: x if float(jnp.sum(x)) > 0 else x * 1, "the reference does not. Use jnp.where"),
        (lambda x: jnp.asarray(np.abs(np.asarray(x))), "the reference does not. It calls NumPy"),
    ],
    ids=["structure", "branches", "NumPy"],
)
def test_difference_for_every_number_is_shown_on_a_single_number(candidate: Any, says: str) -> None:
    (failure,) = check(candidate, torch.clone).failures
    assert failure.inputs[0][0] == np.zeros(())
    assert says in " ".join(str(failure).split())
    assert max(map(len, str(failure).splitlines())) <= 100


def test_shrinking_keeps_the_number_that_causes_the_difference() -> None:
    def loss(x: jax.Array) -> jax.Array:
        return jnp.where(x == 20.5, 0.0, x * x).sum()

    (first, *_) = check(loss, lambda x: (x * x).sum(), levels=["value"]).failures
    assert first.inputs[0][0].tolist() == 20.5


def test_levels_that_disagree_share_one_counterexample() -> None:
    failures = check(lambda x: 1.5 * x**3, lambda x: x**3, seed=1).failures
    assert {failure.level for failure in failures} == {"value", "vjp", "jvp", "hvp"}
    assert len({float(failure.inputs[0][0]) for failure in failures}) == 1


@pytest.mark.parametrize(
    ("candidate", "reference"),
    [(jnp.abs, torch.abs), (jnp.std, torch.std)],
    ids=["abs", "std"],
)
def test_same_seed_gives_the_same_run(candidate: Any, reference: Any) -> None:
    first, second = (check(candidate, reference, seed=5) for _ in range(2))
    assert [str(item) for item in first.failures] == [str(item) for item in second.failures]
    assert first.strata == second.strata


def settings_in_force() -> list[Any]:
    """Return settings that a program may have changed: JAX's, NumPy's and torch's, warnings, three random states."""
    numpy_state = [str(part) for part in np.random.get_state()]
    torch_state = [torch.get_num_threads(), torch.get_default_dtype(), torch.is_grad_enabled()]
    random_state = [random.getstate(), numpy_state, torch.get_rng_state().tolist()]
    return [dict(jax.config.values), np.geterr(), torch_state, [*warnings.filters], random_state]


def test_settings_are_restored_after_a_function_raises() -> None:
    def fails(x: Any) -> Any:
        raise KeyError("mine")

    before = settings_in_force()
    check(jnp.abs, torch.abs)
    assert settings_in_force() == before
    report = check(fails, torch.exp)
    assert settings_in_force() == before
    assert report.failures[0].level == "errors"
    assert "KeyError" in report.failures[0].message


def test_reports_are_written(tmp_path: Path) -> None:
    report = check(lambda x: jnp.where(x < 0, -x, x), torch.abs)
    report.to_json(tmp_path / "report.json")
    report.to_html(tmp_path / "report.html")
    assert json.loads((tmp_path / "report.json").read_text())["failures"][0]["level"] == "vjp"
    page = (tmp_path / "report.html").read_text()
    assert "jnp.where(x &lt; 0, -x, x)" in page
    assert "x < 0" not in page, "text from user code is escaped"
    assert "http" not in page.replace("http-equiv", "")


def test_constants_of_the_program_are_counted_and_untried_ones_named() -> None:
    def clipped(x: Any) -> Any:
        return jnp.minimum(x, 3.0)

    def reference(x: torch.Tensor) -> torch.Tensor:
        return torch.minimum(x, x.new_tensor(3.0))

    assert check(clipped, reference).strata["at ±3"] > 0
    below = check(clipped, reference, parity.tensors(min_value=0, max_value=2))
    assert "at ±3" in below.not_reached
    assert "not tried  at ±3" in str(below)


# inputs


def test_complex_annotation_is_used_in_both_precisions() -> None:
    def product(x: Complex[Array, "n"], y: Complex[Array, "n"]) -> Any:  # noqa: F821  (jaxtyping)
        return x * y

    right = check(product, torch.mul)
    assert right.ok, right
    assert {"float32", "float64"} == set(right.by_dtype)
    wrong = check(product, lambda x, y: x * y.conj())
    assert wrong.failures[0].dtype == "complex64"


def test_subnormal_numbers_are_drawn_on_request() -> None:
    assert "subnormal" not in check(jnp.sqrt, torch.sqrt, levels=["value"]).strata
    report = check(jnp.sqrt, torch.sqrt, parity.tensors(subnormals=True), levels=["value"])
    assert report.strata["subnormal"] > 0
    assert {failure.stratum for failure in report.failures} == {"subnormal"}, "XLA takes them for zero"


def test_complex_tensor_has_no_16_bit_parts() -> None:
    with pytest.raises(ValueError, match=r"complex tensor to be among float32.* got 'float16'"):
        check(jnp.square, torch.square, parity.tensors(dtype="complex"), dtypes=["float16"])


def test_object_argument_is_shown_without_its_address() -> None:
    report = check(lambda x, thing: x + 1, lambda x, thing: x, parity.tensors(), st.just(object()))
    assert "<object object>" in report.failures[0].call


def test_reference_that_does_not_run_in_float64_is_its_own_oracle() -> None:
    def only_float32(x: torch.Tensor) -> torch.Tensor:
        if x.dtype is not torch.float32:
            raise TypeError("float32 alone")
        return torch.exp(x)

    right = check(jnp.exp, only_float32, dtypes=["float32"])
    assert right.ok, right
    assert any("does not run in float64" in note for note in right.notes)
    assert not check(lambda x: jnp.exp(x) * 1.00001, only_float32, dtypes=["float32"]).ok


def test_reference_without_batching_is_called_one_by_one() -> None:
    def branches(x: torch.Tensor) -> torch.Tensor:
        squared = x * x
        return torch.tanh(squared) if bool(torch.isnan(squared).any()) else torch.tanh(x * x)

    assert check(lambda x: jnp.tanh(x * x), branches).ok
    assert not check(lambda x: jnp.tanh(x * x) * 1.00001, branches).ok
    # the stub omits it
    assert torch._C._functorch._is_vmap_fallback_enabled()  # type: ignore[attr-defined]


def test_result_with_value_dependent_shape_is_a_difference_not_a_crash() -> None:
    report = check(lambda x: x, lambda x: x[x > 0])
    assert report.failures[0].kind == "shape"


def test_less_accurate_second_derivative_is_not_a_difference() -> None:
    @jax.custom_jvp
    def tanh(x: jax.Array) -> jax.Array:
        return jnp.tanh(x)

    tanh.defjvp(lambda primals, tangents: (tanh(*primals), (1 - tanh(*primals) ** 2) * tangents[0]))
    assert check(lambda x: tanh(x * x), lambda x: torch.tanh(x * x)).ok
    halved = jax.custom_jvp(jnp.tanh)
    halved.defjvp(
        lambda primals, tangents: (tanh(*primals), (1 - jax.lax.stop_gradient(tanh(*primals)) ** 2) * tangents[0])
    )
    assert {failure.level for failure in check(halved, torch.tanh).failures} == {"hvp"}


def test_dim_is_drawn_for_the_preceding_tensor() -> None:
    def ours(x: Any, dim: int) -> Any:
        return jnp.sum(x, dim) if x.ndim else x

    report = check(ours, torch.sum, parity.tensors(), parity.dims(of=0))
    assert report.ok, report


def test_keywords_may_have_two_names() -> None:
    right = check(jnp.mean, torch.mean, parity.tensors(shape="n m"), kwargs={"axis|dim": st.sampled_from([0, 1])})
    assert right.ok, right


def test_pytrees_are_accepted_and_returned() -> None:
    inputs = st.fixed_dictionaries({"W": parity.tensors(shape="n m"), "b": parity.tensors(shape="m")})

    def scaled(sum_of: Any, by: int) -> Any:
        return lambda params: {"y": sum_of(params["W"] * params["b"]), "z": params["b"] * by}

    assert check(scaled(jnp.sum, 2), scaled(torch.sum, 2), inputs).ok
    assert not check(scaled(jnp.sum, 2), scaled(torch.sum, 3), inputs).ok


def test_shapes_are_read_from_annotations() -> None:
    def affine(x: Float[Array, "batch n"], w: Float[Array, "n m"]) -> Any:  # noqa: F722  (jaxtyping)
        return x @ w

    report = check(affine, lambda x, w: x @ w)
    assert report.ok, report
    assert report.levels["value"].compared


def test_64_bit_results_of_the_reference_may_be_32_bit() -> None:
    assert check(jnp.argmax, torch.argmax, parity.tensors(shape=(3,)), dtypes=["float32"]).ok


def twice(x: Any, *others: Any, dim: Any = 0) -> Any:
    return x * 2


CALLS = {
    "tensor": ((), {}, "x = float32(1.0)"),
    "positions": (
        (parity.tensors(shape=()), 3, parity.tensors(shape=())),
        {},
        "x = float32(1.0), 3, argument 2 = float32(0.0)",
    ),
    "keywords": ((parity.tensors(shape=()),), {"dim": (0, 1)}, "x = float32(1.0), dim = (0, 1)"),
}


@pytest.mark.parametrize("name", CALLS)
def test_inputs_are_shown_by_name(name: str) -> None:
    inputs, kwargs, text = CALLS[name]
    report = check(twice, lambda x, *others, dim=0: x * 3, *inputs, kwargs=kwargs, levels=["value"], examples=20)
    assert report.failures[0].call == text


def test_large_inputs_have_one_line_each() -> None:
    def raises(x: Any, y: Any) -> Any:
        if x.size == 8:
            raise KeyError("mine")
        return x * y

    call = check(raises, torch.mul, parity.tensors(2, shape=(2, 4))).failures[0].call
    first, second, *_ = call.splitlines()
    assert first.startswith("x = float32[[")
    assert second.index("[") == first.index("[[") + 1, "rows are below one another"
    assert sum(line.startswith("y = float32[[") for line in call.splitlines()) == 1


# no agreement


def test_zero_derivative_is_evidence_if_compared_often() -> None:
    assert check(jnp.floor, torch.floor).ok
    few = check(jnp.floor, torch.floor, st.just(np.float32([1.5, 2.5])))
    assert few.answer == "not shown"
    assert "vjp: only zeros on both sides" in " ".join(str(few).split())


def test_too_wide_tolerance_gives_not_shown() -> None:
    report = check(jnp.exp, torch.exp, rtol=1e6)
    assert any("the tolerance is too wide" in text for text in report.missing)
    assert report.levels["value"].status == "not shown"
    assert report.answer == "not shown"
    assert "is NOT SHOWN to agree with" in str(report)


def test_inapplicable_level_says_why() -> None:
    report = check(lambda x: x > 0, lambda x: x > 0)
    assert report.ok, report
    assert report.levels["vjp"].status == "not applicable"
    assert "gradient" in report.levels["vjp"].reason


BAD = {
    "not traceable": (lambda x: x if x.sum() > 0 else -x, lambda x: x if x.sum() > 0 else -x, "jit", "jax.lax.cond"),
    "returns NumPy": (lambda x: np.exp(np.asarray(x)), torch.exp, "jit", "It calls NumPy"),
    "other keys": (
        lambda x: {"a": x * 1},
        lambda x: {"b": x * 1},
        "value",
        "{'a': array} where the reference gives {'b'",
    ),
    "a tuple of one": (lambda x: (x * 1,), lambda x: x * 1, "value", "(array,) where the reference gives array"),
    "another structure": (lambda x: (x, x), lambda x: x * 1, "value", "(array, array) where the reference gives array"),
    "another shape": (jnp.ravel, lambda x: x.reshape(-1)[None], "value", "where the reference has"),
    "raises alone": (lambda x: jnp.reshape(x, (-1, -1)), lambda x: x * 1, "errors", "where the reference does not"),
}


@pytest.mark.parametrize("name", BAD)
def test_invalid_input_is_described(name: str) -> None:
    candidate, reference, level, text = BAD[name]
    report = check(candidate, reference)
    assert not report.ok
    assert text in {failure.level: " ".join(failure.message.split()) for failure in report.failures}[level]


def test_reference_that_always_raises_gives_not_shown() -> None:
    def refuses(x: torch.Tensor) -> torch.Tensor:
        return x.reshape(-1, -1)

    assert check(lambda x: x * 1, refuses).answer == "not shown"
    (failure,) = check(lambda x: x * 1, refuses, levels=["errors"]).failures
    assert "does not raise" in failure.message


def test_inputs_refused_by_the_reference_do_not_pass() -> None:
    sizes = iter(range(2, 10**6))
    uneven = st.builds(lambda: np.ones(next(sizes), np.float32))
    report = check(jnp.add, torch.add, uneven, uneven)
    assert not report.ok
    assert not report.failures
    assert report.answer == "not shown"
    assert "raised for every generated input (RuntimeError: The size of tensor a" in " ".join(str(report).split())
    assert check(jnp.add, torch.add, uneven, uneven, levels=["errors"]).ok


def test_reference_without_a_derivative_is_reported() -> None:
    report = check(lambda x: x * 2, lambda x: x.detach() * 2)
    assert report.levels["vjp"].status == "not applicable"
    assert "does not require a gradient" in report.levels["vjp"].reason
    assert report.levels["value"].status == "pass"


def test_reference_that_cannot_be_differentiated_is_reported() -> None:
    def raises(x: torch.Tensor) -> torch.Tensor:
        return torch.tensor(np.exp(x.numpy()))

    report = check(jnp.exp, raises)
    assert report.levels["vjp"].status == "not applicable"
    assert "requires grad" in report.levels["vjp"].reason
    assert report.ok, report


def test_candidate_without_forward_mode_is_reported() -> None:
    @jax.custom_vjp
    def square(x: jax.Array) -> jax.Array:
        return x * x

    square.defvjp(lambda x: (x * x, x), lambda x, cotangent: (2 * x * cotangent,))
    report = check(square, torch.square)
    assert report.ok, report
    assert report.levels["jvp"].status == "not applicable"
    assert "no forward mode" in report.levels["jvp"].reason
    assert report.levels["vjp"].status == report.levels["hvp"].status == "pass"


def test_candidate_without_a_derivative_fails_if_the_reference_has_one() -> None:
    def next_number(x: jax.Array) -> jax.Array:  # JAX has no derivative rule for it
        return jnp.nextafter(x, jnp.full_like(x, jnp.inf))

    report = check(next_number, lambda x: x * 1, levels=["value", "vjp"])
    assert [failure.level for failure in report.failures] == ["vjp"]
    assert "where the reference has a derivative" in " ".join(report.failures[0].message.split())


def test_at_a_pole_a_derivative_may_be_infinite_or_nan() -> None:
    report = check(jnp.divide, torch.div, parity.tensors(2))
    assert report.ok, report
    assert not check(lambda x: jnp.sqrt(x * x), torch.abs).ok, "the reference's is finite"


def test_progress_is_reported() -> None:
    heard: list[tuple[int, int]] = []
    check(jnp.exp, torch.exp, progress=lambda done, total: heard.append((done, total)))
    assert [done for done, _ in heard] == sorted(done for done, _ in heard)
    assert heard[-1][0] >= heard[-1][1] == FEW


@pytest.mark.parametrize(
    ("options", "text"),
    [({"levels": ["grad"]}, "`levels`"), ({"dtypes": ["float33"]}, "`dtypes`"), ({"examples": 0}, "`examples`")],
)
def test_meaningless_option_raises(options: Any, text: str) -> None:
    with pytest.raises((TypeError, ValueError), match=text):
        check(jnp.exp, torch.exp, **options)


def test_assert_parity_raises_with_the_report() -> None:
    with pytest.raises(AssertionError, match="derivative at 0") as raised:
        parity.assert_parity(jnp.abs, torch.abs, examples=FEW, seed=0)
    assert raised.value.report.failures


def run(*call: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "jaxfun", "parity", *call], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("call", "code", "text"),
    [
        (("jax.numpy:tanh", "torch:tanh", "--examples", "30"), 0, "agrees with torch.tanh"),
        (("jax.numpy:abs", "torch:abs", "--examples", "90", "--levels", "vjp"), 1, "derivative at 0"),
        (("jax.numpy:nothing", "torch:abs"), 2, "no attribute"),
        (("jax.numpy.abs", "torch:abs"), 2, "module:function"),
    ],
)
def test_command_line_prints_the_answer_and_sets_the_exit_code(call: tuple[str, ...], code: int, text: str) -> None:
    ended = run(*call)
    assert ended.returncode == code, ended.stderr
    assert text in ended.stdout + ended.stderr
    assert code != 2 or len(ended.stderr.strip().splitlines()) == 1


def test_lost_gpu_ends_the_check() -> None:
    def lost(x: torch.Tensor) -> torch.Tensor:
        raise torch.AcceleratorError("CUDA error: device-side assert triggered")

    # not "both raise", as in every later call
    with pytest.raises(RuntimeError, match="this process can check nothing more on the GPU"):
        check(jnp.exp, lost)
