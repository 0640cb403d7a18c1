"""Options of the suite: how many cases it tries, and on which devices."""

from collections.abc import Iterator

import jax
import pytest
from hypothesis import settings

from jaxfun.parity.defaults import ABSENT, DEVICES, has_cuda
from parity_tests.days import today
from parity_tests.suite import daily_pairs, sampled_pairs


def pytest_configure(config: pytest.Config) -> None:
    today()  # before the processes of the run start
    settings.load_profile(str(config.getoption("--parity-profile")))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that takes `device` on the CPU and on CUDA; a missing device is a skip that says so.

    A test that takes a record's `dtype` runs for all dtypes of the record; random cases run for those of the profile.
    """
    if "device" in metafunc.fixturenames:
        metafunc.parametrize("device", _devices(metafunc.config.getoption("--parity-device") or _present()))
    if {"record", "dtype"} <= {*metafunc.fixturenames}:
        profile = metafunc.config.getoption("--parity-profile") or "quick"
        is_random = "random" in metafunc.function.__name__
        found = sampled_pairs(profile) if is_random else daily_pairs(profile, today())
        names = [f"{record.name}-{dtype.name}" for record, dtype in found]
        metafunc.parametrize(("record", "dtype"), found, ids=names)


@pytest.fixture
def as_a_user() -> Iterator[None]:
    """JAX's defaults: no 64-bit types, its own promotion."""
    with jax.enable_x64(False), jax.numpy_dtype_promotion("standard"):
        yield


@pytest.fixture
def stored() -> None:
    """Skip a test of ports on disk where the extra `port` is not installed."""
    for name in ("safetensors", "flatbuffers"):
        pytest.importorskip(name, reason="ports on disk need the extra port")


def _present() -> str:
    return "all" if any(device.platform == "gpu" for device in jax.devices()) else "cpu"


def _devices(wanted: str) -> list:
    missing = pytest.mark.skipif(not has_cuda(), reason=ABSENT)
    return [pytest.param(device, marks=missing if device == "cuda" else ()) for device in DEVICES[wanted]]
