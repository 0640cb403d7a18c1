"""The exhaustive comparison: it tries every value, finds planted bugs, and reports functions it cannot compare."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import ml_dtypes
import numpy as np
import pytest
import torch

from jaxfun.core.errors import JaxfunError
from jaxfun.parity.exhaustive import exhaustive
from jaxfun.parity.report import histogram
from jaxfun.parity.report.every_value import Exhaustive

# the attribute of the package with that name is the function
module: Any = sys.modules["jaxfun.parity.search.patterns"]

# float16: 2 * 1023 subnormals; float32 in tests: the bit patterns around 1.0, or the given ones
AROUND_ONE = range(0x3F000000, 0x3F000000 + 2**16)
FIRST = range(2**24)  # the first 2**23 of them are subnormal


def same(x: Any) -> Any:
    return x


def at(where: float, wrong: float) -> Callable[[jax.Array], jax.Array]:
    """Return the identity, except for one input."""
    return lambda x: jnp.where(x == jnp.asarray(where, x.dtype), jnp.asarray(wrong, x.dtype), x)


def values(candidate: Any, reference: Any = same, dtype: str = "float16", **options: Any) -> Exhaustive:
    return exhaustive(candidate, reference, dtype, derivative=False, progress=False, **options)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("name", ["exp", "sqrt", "sin"])
def test_correct_port_agrees_on_every_value(name: str, dtype: str) -> None:
    found = exhaustive(getattr(jnp, name), getattr(torch, name), dtype)
    assert found.ok, found
    assert found.done == found.total == 2**16
    assert found.derivative is not None
    assert found.value.compared + found.value.subnormal == 2**16
    assert found.value.worst is not None
    assert 0.4 < found.value.worst.ulp < 1


def test_counts_of_the_identity_match_the_dtype() -> None:
    found = values(same)
    assert found.value.subnormal == 2 * 1023
    assert found.value.same == 2 * 1024
    assert found.value.counts[0] == 2**16 - 2 * 1023 - 2 * 1024
    assert found.value.worst is None
    assert values(same, subnormals=True).value.compared == 2**16


@pytest.mark.parametrize(("dtype", "patterns"), [("float16", None), ("bfloat16", None), ("float32", AROUND_ONE)])
def test_one_wrong_value_is_found_with_its_input(dtype: str, patterns: range | None) -> None:
    where = float(np.asarray(0.501, dtype))
    found = values(at(where, 0.75), dtype=dtype, patterns=patterns)
    assert not found.ok
    assert "number" in found.value.failure
    worst = found.value.worst
    assert worst is not None
    assert (worst.input, worst.candidate, worst.reference, worst.oracle) == (where, 0.75, where, where)
    assert worst.ulp == pytest.approx((0.75 - where) / (module.PRECISION[dtype].eps / 2))
    assert sum(found.value.counts[1:]) == 1


def test_wrong_derivative_of_a_correct_value_is_found() -> None:
    @jax.custom_jvp
    def bent(x: jax.Array) -> jax.Array:
        return x

    bent.defjvps(lambda tangent, _, x: jnp.where(x == 3, 2 * tangent, tangent))
    found = exhaustive(bent, same)
    assert not found.value.failure
    assert found.derivative is not None
    assert found.derivative.worst is not None
    assert (found.derivative.worst.input, found.derivative.worst.candidate) == (3, 2)
    assert not found.ok


@pytest.mark.parametrize("steps", [0, 1, 2, 3, 4, 5, 8, 9])
@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_distance_is_counted_in_its_bin(steps: int, dtype: str) -> None:
    one = np.asarray(1, dtype)
    there = one + np.asarray(steps * module.PRECISION[dtype].eps, dtype)
    patterns = range(int(one.view(f"uint{8 * one.itemsize}")), int(one.view(f"uint{8 * one.itemsize}")) + 1)
    counts = values(at(1.0, float(there)), dtype=dtype, patterns=patterns).value.counts
    expected = {0: "0", 1: "1", 2: "2", 3: "3-4", 4: "3-4", 5: "5-8", 8: "5-8", 9: "9-16"}[steps]
    assert {name: count for name, count in histogram.by_name(counts).items() if count} == {expected: 1}


def test_farthest_numbers_are_in_the_last_bin() -> None:
    top = int(np.float32(3.4028235e38).view(np.uint32))
    counts = values(jnp.negative, dtype="float32", patterns=range(top, top + 1)).value.counts
    assert counts[-1] == 1
    assert sum(counts) == 1
    assert len(histogram.labels(len(counts))) == module.BINS


def test_zeros_of_either_sign_are_equal() -> None:
    found = values(lambda x: jnp.where(x == 0, -x, x), subnormals=True)
    assert found.ok
    assert found.value.counts[0] == found.value.compared - found.value.same


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_nan_on_one_side_is_counted_with_its_first_input(dtype: str) -> None:
    one = int(np.asarray(1, dtype).view(f"uint{module.FORMATS[dtype].bits}"))
    found = values(at(1.0, float("nan")), dtype=dtype, patterns=range(one - 9, one + 9))
    assert not found.ok
    assert found.value.failure.startswith("NaN")
    assert found.value.nan_mismatches == 1
    assert found.value.first_nan is not None
    assert found.value.first_nan.input == 1
    assert np.isnan(found.value.first_nan.candidate)


@pytest.mark.parametrize("wrong", [float("inf"), float("-inf")])
def test_infinity_on_one_side_is_counted_with_its_first_input(wrong: float) -> None:
    found = values(at(2.0, wrong))
    assert not found.ok
    assert (found.value.nan_mismatches, found.value.infinity_mismatches) == (0, 1)
    assert found.value.first_infinity is not None
    assert (found.value.first_infinity.input, found.value.first_infinity.candidate) == (2, wrong)


def test_infinities_of_unlike_signs_do_not_match() -> None:
    assert values(lambda x: jnp.where(jnp.isinf(x), -x, x)).value.infinity_mismatches == 2


def test_subnormals_are_separate_unless_requested() -> None:
    doubled = values(lambda x: x * 1, lambda x: x * 1, "float32", patterns=FIRST)
    assert doubled.ok
    assert doubled.value.subnormal == 2**23 - 1
    asked = values(lambda x: x * 1, lambda x: x * 1, "float32", patterns=range(1, 2**10), subnormals=True)
    assert asked.value.subnormal == 0
    assert asked.value.compared == 2**10 - 1


def test_normal_number_for_a_subnormal_reference_is_not_a_flush() -> None:
    least = 2.0**-14
    found = values(
        lambda x: jnp.where(x == 1, 1.0, 0).astype(x.dtype), lambda x: torch.where(x == 1, least / 2, 0).to(x)
    )
    assert not found.ok
    assert found.value.worst is not None
    assert found.value.worst.input == 1


def at_one(value: float, wide: float | None = None) -> Callable[[torch.Tensor], torch.Tensor]:
    """Return the identity, except at 1, where float64 may have another number."""
    return lambda x: torch.where(x == 1, value if wide is None or x.dtype != torch.float64 else wide, x).to(x)


def test_subnormal_result_of_a_normal_input_is_excluded() -> None:
    assert values(at(1.0, 2.0**-15), at_one(2.0**-15)).value.subnormal == 2 * 1023 + 1
    assert values(at(1.0, 0.0), at_one(2.0**-15)).value.subnormal == 2 * 1023 + 1


def test_tiny_result_with_the_opposite_sign_is_not_a_flush() -> None:
    found = values(at(1.0, -(2.0**-14)), at_one(2.0**-14))
    assert found.value.subnormal == 2 * 1023
    assert not found.ok


def test_16_bit_distance_is_measured_from_float64_not_from_the_reference() -> None:
    found = values(same, at_one(1.5, wide=1.0))
    assert found.ok
    assert sum(found.value.counts[1:]) == 0


def test_infinity_on_both_sides_in_16_bits_is_equal() -> None:
    found = values(at(1.0, float("inf")), at_one(float("inf"), wide=1.0))
    assert found.ok
    assert found.value.infinity_mismatches == 0
    assert found.value.same == 2 * 1024 + 1


def test_worst_error_is_the_largest_in_its_bin() -> None:
    step, where = 2.0**-24, 0.5 + 100 * 2.0**-24
    found = values(
        lambda x: x + jnp.where(x == where, 4 * step, 3 * step).astype(x.dtype), same, "float32", patterns=AROUND_ONE
    )
    assert found.ok
    assert found.value.worst is not None
    assert (found.value.worst.input, found.value.worst.ulp) == (where, 4)


def test_small_failure_is_not_hidden_by_a_larger_error_of_the_reference() -> None:
    def reference(x: torch.Tensor) -> torch.Tensor:  # at 0.5 far off in float32, right in float64
        return torch.where(x == 0.5, x + (0.0 if x.dtype == torch.float64 else 0.2), x)

    assert values(same, reference, "float32", patterns=AROUND_ONE).ok
    wrong = float(np.float32(0.501)) + 12 * 2.0**-23
    found = values(at(float(np.float32(0.501)), wrong), reference, "float32", patterns=AROUND_ONE)
    assert not found.ok
    assert "0.501" in found.value.failure


def test_16_bit_error_is_measured_from_float64() -> None:
    found = values(lambda x: x * x * x, lambda x: (x.double() ** 3).to(x), patterns=range(0x3C00, 0x4000))
    x = np.arange(0x3C00, 0x4000, dtype=np.uint16).view(np.float16)
    exact = x.astype(np.float64) ** 3
    unit = 2.0 ** (np.floor(np.log2(exact)) - 10)
    ours = np.asarray(jax.jit(lambda x: x * x * x)(jnp.asarray(x))).astype(np.float64)
    assert found.value.worst is not None
    assert found.value.worst.ulp == pytest.approx((np.abs(ours - exact) / unit).max())


def interrupt(done: int, total: int) -> None:
    if done >= total // 2:
        raise KeyboardInterrupt


def test_interrupted_run_returns_partial_results_and_is_not_ok() -> None:
    found = exhaustive(jnp.exp, torch.exp, progress=interrupt)
    assert found.partial
    assert not found.ok
    assert (found.done, found.total) == (2**15, 2**16)
    for level in found.levels.values():
        assert level.compared + level.subnormal == found.done
    assert "32,768 of 65,536 values" in str(found)


def test_progress_that_raises_does_not_lose_results() -> None:
    def broken(done: int, total: int) -> None:
        raise ZeroDivisionError("a bug of the caller's")

    with pytest.warns(RuntimeWarning, match="`progress` raised ZeroDivisionError.*is not called again"):
        found = exhaustive(jnp.exp, torch.exp, progress=broken, derivative=False)
    assert found.ok
    assert found.done == found.total


def test_progress_is_called_for_every_chunk() -> None:
    told: list[tuple[int, int]] = []
    exhaustive(same, same, progress=lambda done, total: told.append((done, total)))
    assert told == [(2**14 * i, 2**16) for i in range(1, 5)]


def test_progress_bar_is_shown_only_on_request_or_on_a_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    exhaustive(same, same)
    assert capfd.readouterr() == ("", "")
    exhaustive(same, same, progress=True)
    assert "100%" in capfd.readouterr().err


def test_partial_chunk_is_compared() -> None:
    found = values(same, patterns=range(0x3C00, 0x3C00 + 2**14 + 5))
    assert found.done == found.value.compared == 2**14 + 5


@pytest.mark.parametrize("x64", [True, False])
def test_both_x64_settings_work_and_are_restored(x64: bool) -> None:
    with jax.enable_x64(x64):
        found = exhaustive(jnp.exp, torch.exp, "float32", patterns=AROUND_ONE)
        assert jax.config.jax_enable_x64 is x64
    assert found.ok
    assert found.value.compared == 2**16


def test_nan_does_not_raise_under_jax_debug_nans() -> None:
    with jax.debug_nans(True):
        assert exhaustive(jnp.sqrt, torch.sqrt, "bfloat16").ok
        assert jax.config.jax_debug_nans is True


def test_reference_without_a_derivative_is_reported_and_its_value_compared() -> None:
    found = exhaustive(same, lambda x: x.detach())
    assert found.derivative is None
    assert "does not require grad" in found.not_applicable
    assert found.ok
    assert found.value.compared > 60_000
    assert found.not_applicable in str(found)


def test_candidate_with_only_reverse_mode_is_compared() -> None:
    @jax.custom_vjp
    def doubled(x: jax.Array) -> jax.Array:
        return x + x

    doubled.defvjp(lambda x: (x + x, None), lambda _, g: (g + g,))
    assert exhaustive(doubled, lambda x: x + x).ok


def python_if(x: Any) -> Any:
    return x if x.sum() > 0 else -x


def looping(x: jax.Array) -> jax.Array:
    return jax.lax.while_loop(lambda y: jnp.all(y < 0), lambda y: y + 1, x)


def half_only(x: torch.Tensor) -> torch.Tensor:
    if x.dtype is torch.float64:
        raise NotImplementedError("no kernel")
    return x


REFUSED: dict[str, tuple[Any, Any, dict[str, Any], type[Exception], str]] = {
    "dtype": (
        same,
        same,
        {"dtype": "float64"},
        AssertionError,
        "`dtype` one of float16, bfloat16, float32, got 'float64'",
    ),
    "callable": (3, same, {}, TypeError, "a callable `candidate`, got 3 (int)"),
    "two arguments": (
        jnp.add,
        same,
        {},
        TypeError,
        "a `candidate` that JAX can trace with one float16 array, got TypeE",
    ),
    "not traceable": (python_if, same, {}, TypeError, "got TracerBoolConversionError"),
    "two arguments of the reference": (
        same,
        torch.add,
        {},
        TypeError,
        "a `reference` that accepts one float16 array, got",
    ),
    "shape": (jnp.sum, same, {}, RuntimeError, "a `candidate` that keeps the shape [64], got float16[]"),
    "shape of the reference": (same, torch.sum, {}, RuntimeError, "a `reference` that keeps the shape [64], got"),
    "dtype of the result": (
        jnp.isnan,
        same,
        {},
        RuntimeError,
        "a `candidate` that keeps the dtype float16, got bool[64]",
    ),
    "dtype of the reference": (
        same,
        torch.isnan,
        {},
        RuntimeError,
        "a `reference` that keeps the dtype float16, got bool",
    ),
    "wide reference": (same, torch.Tensor.double, {}, RuntimeError, "keeps the dtype float16, got float64[64]"),
    "a tuple": (
        lambda x: (x, x),
        same,
        {},
        TypeError,
        "a `candidate` that returns one array, got (float16[64], float16",
    ),
    "a tuple of the reference": (same, torch.frexp, {}, TypeError, "a `reference` that returns one array, got"),
    "softmax": (jax.nn.softmax, same, {}, ValueError, "an elementwise `candidate`, got one whose result"),
    "roll": (lambda x: jnp.roll(x, 2), same, {}, ValueError, "an elementwise `candidate`"),
    "sort": (same, lambda x: x.sort().values, {}, ValueError, "an elementwise `reference`"),
    "in place": (same, lambda x: x.mul_(2), {}, ValueError, "a `reference` that does not modify its input"),
    "no float64": (
        same,
        half_only,
        {},
        TypeError,
        "a `reference` that accepts float64 too, got NotImplementedError: no",
    ),
    "narrow": (
        same,
        torch.Tensor.half,
        {},
        RuntimeError,
        "a `reference` that returns float64 for float64, got float16",
    ),
    "cut short": (
        same,
        lambda x: x[:64],
        {},
        RuntimeError,
        "a `reference` that keeps the shape [16384], got float16[64]",
    ),
    "no gradient": (
        looping,
        same,
        {},
        RuntimeError,
        "a `candidate` with a gradient, like the reference, got ValueErr",
    ),
    "patterns past the end": (
        same,
        same,
        {"patterns": range(2**16 + 1)},
        ValueError,
        "`patterns` to be a range with step 1 in 0 to",
    ),
    "negative patterns": (
        same,
        same,
        {"patterns": range(-1, 5)},
        ValueError,
        "in 0 to 2**16, got range(-1, 5) (range)",
    ),
    "no patterns": (same, same, {"patterns": range(0)}, ValueError, "got an empty range"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_incomparable_functions_raise(name: str) -> None:
    candidate, reference, options, kind, text = REFUSED[name]
    with pytest.raises(kind) as caught:
        exhaustive(candidate, reference, **options)
    assert isinstance(caught.value, JaxfunError)
    assert str(caught.value).startswith("`jaxfun.parity.exhaustive(candidate, reference, ...)`: expected ")
    assert text in str(caught.value)


def test_report_states_the_findings() -> None:
    text = str(values(at(3.0, 1.0)))
    assert "float16: 65,536 values" in text.splitlines()[0]
    assert text.splitlines()[0].endswith("DIFFERS")
    assert "DIFFERS: number mismatch at 3.0: 1.0 where the reference has 3.0" in text
    assert "1025-2048       1   < 0.1 %  ▏" in text


def test_bar_length_is_proportional_to_its_share() -> None:
    lines = histogram.text((100, 50, 0, 25))
    assert [line.count("█") for line in lines] == [0, 40, 20, 0, 10]
    assert len({line.index("%") for line in lines[1:]}) == 1
    assert "..." in histogram.text((1, 0, 0, 0, 1))[2]


def test_files_contain_the_findings(tmp_path: Path) -> None:
    found = values(at(1.0, float("nan")))
    found.to_json(tmp_path / "found.json")
    read = json.loads((tmp_path / "found.json").read_text())
    assert (read["ok"], read["partial"], read["dtype"], read["derivative"]) == (False, False, "float16", None)
    assert read["value"]["first_nan"]["candidate"] == "nan"
    assert read["value"]["histogram"] == {"0": found.value.counts[0]}
    found.to_png(tmp_path / "found.png")
    assert (tmp_path / "found.png").read_bytes().startswith(b"\x89PNG")


def test_ordering_of_every_bfloat16_matches_its_value() -> None:
    x = np.arange(2**16, dtype=np.uint16).view(ml_dtypes.bfloat16)
    x = x[np.isfinite(x.astype(np.float32))]
    form = module.FORMATS["bfloat16"]
    place = np.asarray(module._place(jnp.asarray(x), module._magnitude(jnp.asarray(x), form), form)).astype(np.int64)
    order = np.argsort(x.astype(np.float64), kind="stable")
    assert set(np.diff(place[order])) == {0, 1}
    assert (np.diff(place[order]) == 0).sum() == 1, "the two zeros"
