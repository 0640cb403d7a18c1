"""The judge is judged: bugs planted in ops are each found by the suite's own search, and a blind judge is caught."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import Phase

import jaxfun as jf
from jaxfun._record import REGISTRY
from jaxfun.dtypes import as_dtype
from jaxfun.parity.compare import arrays as compare
from jaxfun.parity.compare.arrays import Verdict
from jaxfun.parity.search import judge, verdicts
from parity_tests.suite import candidate_of, search, search_errors

Function = Callable[..., Any]


@jax.custom_jvp
def _flat_square(input: jax.Array) -> jax.Array:
    return jnp.square(input)


@_flat_square.defjvp
def _flat_square_jvp(primals: Any, tangents: Any) -> Any:
    # the first derivative is right, the second is lost
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


# what the bug is: the record it is planted in, a dtype in which it shows, and the wrong function
def _halved_relu(input: jax.Array) -> jax.Array:
    return jnp.maximum(input, jnp.zeros_like(input))


def _jnp_clip(input: jax.Array, min: Any = None, max: Any = None) -> jax.Array:
    return jnp.clip(input, *(None if bound is None else jnp.asarray(bound, input.dtype) for bound in (min, max)))


def _reversed_permutation(input: jax.Array, dims: tuple[int, ...]) -> jax.Array:
    return jnp.transpose(input, dims[::-1])


BUGS: dict[str, tuple[str, str, Function]] = {
    "wrong gradient at a kink: abs at 0": ("abs", "float32", jnp.abs),
    "wrong gradient at a kink: relu at 0": (
        "nn.functional.relu",
        "float32",
        lambda x: jnp.maximum(x, jnp.zeros_like(x)),
    ),
    "wrong gradient at a tie: maximum": ("maximum", "float32", _first_of_ties),
    "wrong gradient at a bound: clamp": (
        "clamp.scalar",
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
    "wrong dtype: integer division": ("div", "int32", _of_promoted(lambda x, y, rounding_mode=None: x // y)),
    "dropped NaN: amax": ("amax", "float32", _without_nan),
    "wrong default: std without correction": (
        "std",
        "float32",
        lambda x, dim=None, *, correction=1, keepdim=False: jf.std(x, dim, correction=0, keepdim=keepdim),
    ),
    "swapped arguments: sub": ("sub", "float32", lambda x, y, *, alpha=1: jf.sub(y, x, alpha=alpha)),
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

# whether a bug is found: shrinking says how it is shown, and costs a compilation for each shape
PHASES = (Phase.explicit, Phase.generate)


def finds(search_for: Callable[[], Any]) -> bool:
    """Whether a search ends in a disagreement."""
    try:
        search_for()
    except AssertionError:
        return True
    return False


def is_found(name: str) -> bool:
    record, dtype, wrong = BUGS[name]
    return finds(lambda: search(REGISTRY[record], wrong, as_dtype(dtype), phases=PHASES))


@pytest.mark.parametrize("name", BUGS)
def test_a_planted_bug_is_found(name: str) -> None:
    assert is_found(name)


@pytest.mark.parametrize("name", BUGS)
def test_without_the_bug_there_is_nothing_to_find(name: str) -> None:
    record, dtype, _ = BUGS[name]
    assert not finds(lambda: search(REGISTRY[record], candidate_of(REGISTRY[record]), as_dtype(dtype), phases=PHASES))


def _sum_of_all(input: jax.Array, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> jax.Array:
    return jf.sum(input)


def _xor(input: Any, other: Any, *, alpha: Any = 1) -> jax.Array:
    return jnp.bitwise_xor(input, other)


ERRORS = {
    "does not raise: sub of bools": ("sub", _xor),
    "clamps an index: sum over a missing dim": ("sum.dim", _sum_of_all),
}


@pytest.mark.parametrize("name", ERRORS)
def test_a_missing_error_is_found(name: str) -> None:
    record, wrong = ERRORS[name]
    assert finds(lambda: search_errors(REGISTRY[record], wrong, PHASES))


# A judge that lets a bug pass: what is wrong with it, and a planted bug that then goes unseen.


def _ignores_its_verdict(*args: Any, **kwargs: Any) -> Verdict:
    return replace(compare.compare(*args, **kwargs), difference="")


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
def test_a_blind_judge_is_caught_by_a_planted_bug(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    blind, bug = JUDGES[name]
    for file in (judge, verdicts):
        monkeypatch.setattr(file, "compare", blind)
    assert not is_found(bug), "with this judge the planted bug goes unseen, and test_a_planted_bug_is_found fails"
