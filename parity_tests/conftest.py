"""How much the suite tries, and on which devices."""

import jax
import pytest
from hypothesis import HealthCheck, settings

from jaxfun.parity import torch_side

_COMMON = {
    "deadline": None,  # a first call compiles
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large],  # a case is many arrays
    "print_blob": True,
    "report_multiple_bugs": False,  # one smallest disagreement is what is read
}
settings.register_profile("quick", max_examples=6, derandomize=True, **_COMMON)
settings.register_profile("thorough", max_examples=200, **_COMMON)


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile(config.getoption("--parity-profile"))


def _has_gpu() -> bool:
    return any(device.platform == "gpu" for device in jax.devices())


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that takes `device` on the CPU, and on CUDA, where a device is missing as a skip that says so."""
    if "device" in metafunc.fixturenames:
        metafunc.parametrize("device", _devices(metafunc.config.getoption("--parity-device")))


def _devices(wanted: str) -> list:
    present = {"cpu": True, "cuda": _has_gpu() and torch_side.has_cuda()}
    asked = ["cpu", "cuda"] if wanted == "all" else ["cpu"] if wanted == "cpu" else ["cuda"]
    reason = "JAX and PyTorch do not both see a CUDA device"
    return [
        device if present[device] else pytest.param(device, marks=pytest.mark.skip(reason=reason)) for device in asked
    ]
