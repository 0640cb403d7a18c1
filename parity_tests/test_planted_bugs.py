"""Tests of the judge: each bug planted in an op is found by the deterministic cases, and a blind judge is detected.

`test_ops` shows that nothing is found without a bug.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import Phase

import jaxfun as jf
from jaxfun.core.dtypes import as_dtype
from jaxfun.ops import records
from jaxfun.parity.compare import arrays as compare
from jaxfun.parity.compare.arrays import Verdict
from jaxfun.parity.search import verdicts
from parity_tests.suite import finds, search_errors

Function = Callable[..., Any]


@jax.custom_jvp
def _flat_square(input: jax.Array) -> jax.Array:
    return jnp.square(input)


@_flat_square.defjvp
def _flat_square_jvp(primals: Any, tangents: Any) -> Any:
    # the first derivative is correct, the second is lost
    return jnp.square(primals[0]), 2 * jax.lax.stop_gradient(primals[0]) * tangents[0]


def _last(input: jax.Array, dim: int | None = None, keepdim: bool = False) -> jax.Array:
    flipped = jnp.flip(input, dim)
    size = input.size if dim is None else input.shape[dim]
    return size - 1 - jnp.argmax(flipped, axis=dim, keepdims=keepdim)


def _without_nan(input: jax.Array, dim: Any = (), keepdim: bool = False) -> jax.Array:
    result = jf.amax(input, dim, keepdim)
    return jnp.where(jnp.isnan(result), 0, result)


def _first_of_ties(input: jax.Array, other: jax.Array) -> jax.Array:
    dtype = jf.result_type(input, other).dtype
    return jnp.where(jf.ge(input, other) | jnp.isnan(input), input.astype(dtype), other.astype(dtype))


def _of_promoted(function: Function) -> Function:
    """Cast two operands as torch would, so that the planted bug is the only one."""

    def call(input: Any, other: Any, **kwargs: Any) -> jax.Array:
        dtype = jf.result_type(input, other).dtype
        return function(jnp.asarray(input).astype(dtype), jnp.asarray(other).astype(dtype), **kwargs)

    return call


# Bugs that only show for a matrix, or in one precision.


def _mean_by_the_other_size(input: jax.Array, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    right = jf.mean(input, dim, keepdim, dtype=dtype)
    if not isinstance(dim, int) or input.ndim != 2:
        return right
    return right * jnp.asarray(input.shape[dim] / max(input.shape[1 - dim % 2], 1), right.dtype)


def _max_without_nan(input: jax.Array, dim: int, keepdim: bool = False) -> Any:
    return jf.max(
        jnp.where(jnp.isnan(input), -jnp.inf, input) if input.ndim == 2 and dim in (1, -1) else input, dim, keepdim
    )


def _argmax_in_columns(input: jax.Array, dim: Any = None, keepdim: bool = False) -> Any:
    return jf.argmax(input.T if input.ndim == 2 and dim is None and not keepdim else input, dim, keepdim)


def _cummax_with_indices_of_rows(input: jax.Array, dim: int) -> Any:
    return jf.cummax(input, dim)[0], jf.cummax(input, 0 if input.ndim == 2 else dim)[1]


def _nanmedian_over_whole_columns(input: jax.Array, dim: int = -1, keepdim: bool = False) -> Any:
    if input.ndim == 2 and dim in (1, -1):
        input = jnp.where(jnp.isnan(input).any(0), jnp.nan, input)
    return jf.nanmedian(input, dim, keepdim)


def _quantile_spoiled(
    input: jax.Array, q: Any, dim: Any = None, keepdim: bool = False, *, interpolation: str = "linear"
) -> Any:
    right = jf.quantile(input, q, dim, keepdim, interpolation=interpolation)
    return jnp.where(jnp.isnan(input).any(), jnp.nan, right)


@jax.custom_jvp
def _sharing(array: jax.Array) -> jax.Array:
    return array


@_sharing.defjvp
def _sharing_jvp(primals: Any, tangents: Any) -> Any:
    return primals[0], jnp.broadcast_to(jnp.mean(tangents[0]), tangents[0].shape)


def _norm_sharing_its_gradient(
    input: jax.Array, p: Any = 2, dim: Any = None, keepdim: bool = False, **rest: Any
) -> Any:
    is_planted = p == float("inf") and dim is not None and input.ndim == 2
    return jf.norm(_sharing(input) if is_planted else input, p, dim, keepdim, **rest)


def _matmul_of_wrong_batches(input: jax.Array, other: jax.Array) -> Any:
    return jf.matmul(input, jnp.roll(other, 1, 0) if input.ndim == other.ndim == 3 else other)


def _std_by_all_elements(input: jax.Array, dim: Any = None, *, correction: Any = 1, keepdim: bool = False) -> Any:
    right = jf.std(input, dim, correction=correction, keepdim=keepdim)
    if not isinstance(dim, int) or input.ndim != 2 or correction != 1:
        return right
    return right * jnp.asarray(((input.shape[dim] - 1) / max(input.size - 1, 1)) ** 0.5, right.dtype)


def _clamp_through_float32(input: jax.Array, min: Any = None, max: Any = None) -> Any:
    result = jf.clamp(input, min, max)
    return result.astype(jnp.float32).astype(result.dtype) if result.dtype == jnp.float64 else result


ON_MATRICES: dict[str, tuple[str, str, Function]] = {
    "divided by the wrong size: mean(x, 0)": ("mean.dim", "float32", _mean_by_the_other_size),
    "NaN skipped: max(x, 1)": ("max.dim", "float32", _max_without_nan),
    "counted in column order: argmax": ("argmax", "float32", _argmax_in_columns),
    "indices of dimension 0: cummax(x, 1)": ("cummax", "float32", _cummax_with_indices_of_rows),
    "NaN of other rows counted: nanmedian(x, 1)": ("nanmedian.dim", "float32", _nanmedian_over_whole_columns),
    "a NaN spoils every row: quantile(x, q, 1)": ("quantile", "float32", _quantile_spoiled),
    "gradient shared over the matrix: norm(x, inf, 1)": (
        "norm.ScalarOpt_dim_dtype",
        "float32",
        _norm_sharing_its_gradient,
    ),
    "wrong batches paired: matmul": ("matmul", "float32", _matmul_of_wrong_batches),
    "divided by all elements: std(x, 0)": ("std.correction", "float32", _std_by_all_elements),
    "scans dimension 0: logcumsumexp(x, 1)": (
        "logcumsumexp",
        "float32",
        lambda x, dim: jf.logcumsumexp(x, 0 if x.ndim == 2 else dim),
    ),
    "sorts the last dimension: sort(x, 0, descending=True)": (
        "sort",
        "float32",
        lambda x, dim=-1, descending=False, stable=False: jf.sort(
            x, dim=-1 if descending else dim, descending=descending, stable=stable
        ),
    ),
    "reversed: cat of equal matrices along 1": (
        "cat",
        "float32",
        lambda tensors, dim=0: jf.cat(tensors[::-1] if dim in (1, -1) else tensors, dim),
    ),
    "through float32: clamp of float64": ("clamp", "float64", _clamp_through_float32),
}


def _halved_relu(input: jax.Array) -> jax.Array:
    return jnp.maximum(input, jnp.zeros_like(input))


def _jnp_clip(input: jax.Array, min: Any = None, max: Any = None) -> jax.Array:
    return jnp.clip(input, *(None if bound is None else jnp.asarray(bound, input.dtype) for bound in (min, max)))


def _reversed_permutation(input: jax.Array, dims: tuple[int, ...]) -> jax.Array:
    return jnp.transpose(input, dims[::-1])


# description: the record, a dtype in which the bug shows, and the wrong function
BUGS: dict[str, tuple[str, str, Function]] = {
    "wrong gradient at a kink: abs at 0": ("abs", "float32", jnp.abs),
    "wrong gradient at a kink: relu at 0": (
        "relu",
        "float32",
        lambda x: jnp.maximum(x, jnp.zeros_like(x)),
    ),
    "wrong gradient at a tie: maximum": ("maximum", "float32", _first_of_ties),
    "wrong gradient at a bound: clamp": (
        "clamp",
        "float32",
        lambda x, min=None, max=None: jnp.clip(
            x, *(None if b is None else jnp.asarray(b, x.dtype) for b in (min, max))
        ),
    ),
    "second derivative lost: square": ("square", "float32", _flat_square),
    "missing conjugate: abs of complex": ("abs", "complex64", lambda x: jnp.sqrt((x * x).real)),
    "wrong dtype: sum of int32": (
        "sum",
        "int32",
        lambda x, dim=None, keepdim=False, *, dtype=None: jnp.sum(x, dim, dtype=dtype or x.dtype, keepdims=keepdim),
    ),
    "wrong dtype: integer division": ("div.Tensor", "int32", _of_promoted(lambda x, y, rounding_mode=None: x // y)),
    "dropped NaN: amax": ("amax", "float32", _without_nan),
    "wrong default: std without correction": (
        "std.correction",
        "float32",
        lambda x, dim=None, *, correction=1, keepdim=False: jf.std(x, dim, correction=0, keepdim=keepdim),
    ),
    "swapped arguments: sub": ("sub.Tensor", "float32", lambda x, y, *, alpha=1: jf.sub(y, x, alpha=alpha)),
    "last instead of first: argmax": ("argmax", "float32", _last),
    "an argument ignored: keepdim of mean": (
        "mean.dim",
        "float32",
        lambda x, dim=None, keepdim=False, *, dtype=None: jf.mean(x, dim, False, dtype=dtype),
    ),
    "scale wrong by 1e-5: exp": ("exp", "float32", lambda x: jf.exp(x) * jnp.asarray(1.00001, jf.exp(x).dtype)),
    "rounded through float16: mm": (
        "mm",
        "float32",
        lambda x, y: jf.mm(x.astype(jnp.float16).astype(x.dtype), y),
    ),
    "rows permuted: cat": ("cat", "float32", lambda tensors, dim=0: jf.cat(tensors[::-1], dim)),
    "transposed the wrong way: permute": ("permute", "float32", _reversed_permutation),
}

BUGS |= ON_MATRICES


def is_found(name: str) -> bool:
    record, dtype, wrong = BUGS[name]
    return finds(records()[record], wrong, as_dtype(dtype))


@pytest.mark.parametrize("name", BUGS)
def test_planted_bug_is_found(name: str) -> None:
    assert is_found(name)


def _sum_of_all(input: jax.Array, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> jax.Array:
    return jf.sum(input)


def _xor(input: Any, other: Any, *, alpha: Any = 1) -> jax.Array:
    return jnp.bitwise_xor(input, other)


ERRORS = {
    "does not raise: sub of bools": ("sub.Tensor", _xor),
    "clamps an index: sum over a missing dim": ("sum.dim_IntList", _sum_of_all),
}


@pytest.mark.parametrize("name", ERRORS)
def test_missing_error_is_found(name: str) -> None:
    record, wrong = ERRORS[name]
    with pytest.raises(AssertionError):
        search_errors(records()[record], wrong, (Phase.explicit, Phase.generate))


# A judge with one defect: its description, and a planted bug that it misses.


def _ignores_its_verdict(*args: Any, **kwargs: Any) -> Verdict:
    return replace(compare.compare(*args, **kwargs), kind="")


def _compares_nothing(candidate: np.ndarray, reference: np.ndarray, *args: Any, **kwargs: Any) -> Verdict:
    return compare.compare(candidate, reference, *args, **kwargs | {"only": np.zeros(reference.shape, bool)})


def _turns_nan_to_zero(candidate: np.ndarray, reference: np.ndarray, oracle: Any = None, **kwargs: Any) -> Verdict:
    clean = [np.nan_to_num(side) if side is not None else None for side in (candidate, reference, oracle)]
    return compare.compare(*clean, **kwargs)


def _takes_any_dtype(candidate: np.ndarray, reference: np.ndarray, *args: Any, **kwargs: Any) -> Verdict:
    return compare.compare(candidate.astype(reference.dtype), reference, *args, **kwargs)


def _tolerates_one_percent(candidate: np.ndarray, reference: np.ndarray, *args: Any, **kwargs: Any) -> Verdict:
    return compare.compare(candidate, reference, *args, **kwargs | {"scale": 1e45})


JUDGES = {
    "ignores its verdict": (_ignores_its_verdict, "swapped arguments: sub"),
    "compares nothing": (_compares_nothing, "swapped arguments: sub"),
    "turns NaN to zero": (_turns_nan_to_zero, "dropped NaN: amax"),
    "takes any dtype": (_takes_any_dtype, "wrong dtype: sum of int32"),
    "tolerates too much": (_tolerates_one_percent, "scale wrong by 1e-5: exp"),
}


@pytest.mark.parametrize("name", JUDGES)
def test_weakened_judge_misses_its_planted_bug(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    blind, bug = JUDGES[name]
    monkeypatch.setattr(verdicts, "compare", blind)
    assert not is_found(bug), "with this judge the planted bug goes unseen, and test_planted_bug_is_found fails"
