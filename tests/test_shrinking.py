"""Shrinking: a counterexample keeps its kind and size of difference, and stays valid for the strategy."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch

from jaxfun import parity
from jaxfun.parity.report.model import Mismatch
from jaxfun.parity.run.candidate import Sides
from jaxfun.parity.run.case import Arguments, Case, Slot
from jaxfun.parity.run.options import Options
from jaxfun.parity.search.judge import judge
from jaxfun.parity.search.search import clear_ones
from jaxfun.parity.search.shrink import Shrinker

TERMS = Options(levels=frozenset({"value"}), plants=False, alone=False)


@pytest.fixture(autouse=True)
def plain_jax() -> Any:
    """Use JAX's defaults, as a user has them: 32 bits, its own promotion."""
    with jax.enable_x64(False), jax.numpy_dtype_promotion("standard"):
        yield


def shrunk(
    candidate: Callable[..., Any],
    reference: Callable[..., Any],
    rows: Sequence[Any],
    admits: Callable[[Sequence[np.ndarray]], bool] = lambda tensors: True,
) -> tuple[Mismatch, np.ndarray]:
    """Return the clearest disagreement of some value sets as found, and the shrunk input."""
    stack, arguments = np.asarray(rows, "float32"), Arguments((Slot(0),), {})
    case = Case((stack,), arguments, arguments, ("given",) * len(stack), admits=admits)
    sides = Sides(candidate, reference, case)
    (first,) = clear_ones(judge(sides, TERMS)[1], case)
    smallest, _ = Shrinker(TERMS, frozenset({"value"})).shrunk(sides, first)
    return first, smallest.case.row(0)[0]


def jumps(x: Any) -> Any:
    return x * 1.00001 + jnp.where(x > 2, 5.0, 0.0)


def same(x: Any) -> Any:
    return x * 1


def test_shrinking_keeps_the_larger_error() -> None:
    first, left = shrunk(jumps, same, [[0.5, 1.5], [3.7, 0.2], [1.25, -1.5]])
    assert first.row == 1
    assert left.max() > 2


def test_finite_input_is_preferred_to_nan() -> None:
    first, _ = shrunk(lambda x: jnp.nan_to_num(x) * 2, same, [[np.nan, 1.0], [1.5, 0.5]])
    assert first.row == 1


def test_missing_term_is_shown_where_it_is_nonzero() -> None:
    """As for an optimizer without weight decay: at a parameter of 0 only rounding differs."""
    step, decay = 1e-3, 1e-5
    _, left = shrunk(lambda x: x - step * 1.00001, lambda x: x - step - decay * x, [[0.7, -1.3], [2.2, 0.4]])
    assert left.any()


def test_shrinking_keeps_the_side_of_nan() -> None:
    def candidate(x: Any) -> Any:
        return jnp.where(x > 2, jnp.nan, jnp.where(x == 0, 0.0, x))

    _, left = shrunk(candidate, lambda x: torch.where(x == 0, torch.nan, x), [[2.5, 3.5], [1.0, 3.0]])
    assert left.max() > 2


@pytest.mark.parametrize(
    ("rows", "admits"),
    [
        ([[3.5, 2.25]], lambda tensors: bool((tensors[0] >= 2).all())),
        ([[0.25, 0.75]], lambda tensors: tensors[0].size == 2 and bool(abs(tensors[0].sum() - 1) < 1e-6)),
        (np.linspace(1, 2, 36).reshape(1, 1, 6, 6), lambda tensors: tensors[0].shape[-2:] == (6, 6)),
    ],
    ids=["at least 2", "a simplex", "a fixed size"],
)
def test_shrunk_input_stays_valid_for_the_strategy(rows: Any, admits: Callable[[Sequence[np.ndarray]], bool]) -> None:
    _, left = shrunk(lambda x: 1.5 * x, same, rows, admits)
    assert admits([left])
    _, free = shrunk(lambda x: 1.5 * x, same, rows)
    assert not admits([free]), "without a strategy it gets smaller"


def test_report_shows_the_jump_not_the_last_digits() -> None:
    report = parity.check(jumps, same, levels=["value"], dtypes=["float32"], seed=0)
    (failure,) = report.failures
    assert float(failure.inputs[0][0].max()) > 2
    assert float(np.abs(failure.candidate - failure.reference).max()) > 4
