"""Fixtures for every test: JAX under its strictest, and its settings as they were afterwards."""

from collections.abc import Iterator
from pathlib import Path

import jax
import pytest

_STRICT = (Path(__file__).parent / "parity_tests", Path(__file__).parent / "tests")
_SETTINGS = ("jax_enable_x64", "jax_numpy_dtype_promotion", "jax_default_matmul_precision", "jax_debug_nans")


@pytest.fixture(autouse=True)
def strict_jax(request: pytest.FixtureRequest) -> Iterator[None]:
    """Turn 64-bit types on and JAX's own promotion off, so that it decides no torch question; doctests run as is."""
    before = {name: getattr(jax.config, name) for name in _SETTINGS}
    if any(root in request.path.parents for root in _STRICT):
        with jax.enable_x64(True), jax.numpy_dtype_promotion("strict"):
            yield
    else:
        yield
    assert {name: getattr(jax.config, name) for name in _SETTINGS} == before, "a test left a JAX setting changed"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add how much the suite tries, and where."""
    group = parser.getgroup("parity")
    group.addoption("--parity-profile", choices=("quick", "thorough"), default="quick", help="how many examples")
    group.addoption("--parity-device", choices=("cpu", "cuda", "all"), default=_present(), help="where the suite runs")


def _present() -> str:
    return "all" if any(device.platform == "gpu" for device in jax.devices()) else "cpu"
