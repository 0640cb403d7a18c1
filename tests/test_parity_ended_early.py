"""Checks that end early (Ctrl-C, a progress that raises, `sys.exit`), and files that a check leaves."""

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import jax.numpy as jnp
import pytest
import torch

from jaxfun import parity

pytestmark = pytest.mark.usefixtures("interruptible")
ONE = {"levels": ["value"], "dtypes": ["float32"], "seed": 0}


class Pressed:
    """A PyTorch function that presses Ctrl-C at its n-th call."""

    def __init__(self, function: Callable[..., Any], at: int) -> None:
        self.function, self.left = function, at

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        self.left -= 1
        if self.left == 0:
            signal.raise_signal(signal.SIGINT)
        return self.function(x)


def calls_of(function: Callable[..., Any], **options: Any) -> int:
    counted = Pressed(function, -1)
    parity.check(jnp.exp, counted, **options)
    return -1 - counted.left


def test_ctrl_c_returns_the_report_so_far() -> None:
    at = calls_of(torch.exp, **ONE, examples=60) * 2 // 3
    report = parity.check(jnp.exp, Pressed(torch.exp, at), **ONE, examples=60)
    assert report.is_interrupted
    assert not report.ok, "what was not looked at is not acquitted"
    assert report.levels["value"].compared
    assert report.not_reached, "it says what was left out"
    assert "(interrupted)" in str(report).splitlines()[0]


def test_immediate_ctrl_c_still_returns_a_report() -> None:
    report = parity.check(jnp.exp, Pressed(torch.exp, 1), **ONE)
    assert not report.ok
    assert not report.levels
    assert "(interrupted)" in str(report).splitlines()[0]


def test_ctrl_c_while_shrinking_keeps_the_failure() -> None:
    found: list[int] = []

    def off(x: torch.Tensor) -> torch.Tensor:
        found.append(1)
        return torch.where(x > 2, x + 1, x)

    parity.check(lambda x: x * 1, off, **ONE)
    report = parity.check(lambda x: x * 1, Pressed(off, len(found) - 2), **ONE)
    assert [failure.level for failure in report.failures] == ["value"]
    assert "DIFFERS" in report.headline
    assert "(interrupted)" in report.headline


def test_assert_parity_raises_for_an_interrupted_check() -> None:
    with pytest.raises(parity.ParityError, match="interrupted"):
        parity.assert_parity(jnp.exp, Pressed(torch.exp, 1), **ONE)


def broken(done: int, total: int) -> NoReturn:
    raise ZeroDivisionError("a bug of the caller's")


def test_progress_that_raises_is_reported_and_called_once() -> None:
    report = parity.check(jnp.exp, torch.exp, examples=30, progress=broken)
    assert report.ok, report
    assert [note for note in report.notes if "progress" in note] == [
        "`progress` raised ZeroDivisionError: a bug of the caller's. It was not called again."
    ]


def exits(x: Any) -> NoReturn:
    sys.exit(3)


def test_candidate_that_exits_counts_as_raising() -> None:
    report = parity.check(exits, torch.exp, seed=0, examples=30)
    assert report.failures[0].level == "errors"
    assert "SystemExit" in str(report)


def test_reference_that_exits_counts_as_refusing_its_input() -> None:
    report = parity.check(jnp.exp, exits, seed=0, examples=30)
    assert not report.ok
    assert "SystemExit" in str(report)


FOLDERS = {
    "a script": ("", []),
    "a script that uses Hypothesis": ("hypothesis.given(st.integers())(lambda number: None)()", [".hypothesis"]),
}


@pytest.mark.parametrize("name", FOLDERS)
def test_no_folder_is_left_except_that_of_hypothesis(name: str, tmp_path: Path) -> None:
    own, left = FOLDERS[name]
    program = f"""
    import hypothesis, jax.numpy as jnp, torch
    from hypothesis import strategies as st
    from jaxfun import parity
    hypothesis.settings.load_profile("default")  # on CI, Hypothesis keeps no database
    parity.check(jnp.exp, torch.exp, examples=10)
    {own}
    parity.check(lambda x, text: jnp.abs(x), lambda x, text: torch.abs(x), parity.tensors(), st.text(), examples=10)
    """
    call = [sys.executable, "-c", textwrap.dedent(program)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    subprocess.run(call, cwd=tmp_path, env=environment, check=True, capture_output=True)
    assert [path.name for path in tmp_path.iterdir()] == left
