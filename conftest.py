"""Fixtures for every test: JAX under its strictest, and its settings as they were afterwards."""

import logging
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import jax
import pytest

pytest_plugins = ["pytester"]

_SUITE = Path(__file__).parent / "parity_tests"
_STRICT = (_SUITE, Path(__file__).parent / "tests")
_SETTINGS = ("jax_enable_x64", "jax_numpy_dtype_promotion", "jax_default_matmul_precision", "jax_debug_nans")


def pytest_configure(config: pytest.Config) -> None:
    """Set JAX up for thousands of small programs, in this process and in those that the tests start."""
    # to shorten a traceback takes longer than to raise, and thousands of calls here raise
    jax.config.update("jax_traceback_filtering", "off")
    if "cacheprovider" in _plugins(config):
        for name, value in _compiled_in(config.cache.mkdir("jax")).items():
            os.environ[name.upper()] = str(value)
            jax.config.update(name, value)


def _plugins(config: pytest.Config) -> set[str]:
    return {name for name, plugin in config.pluginmanager.list_name_plugin() if plugin}


def _compiled_in(folder: Path) -> dict[str, str | int]:
    """Return the settings by which a program that was compiled before, in whatever process, is loaded from a folder."""
    return {
        "jax_compilation_cache_dir": str(folder),
        "jax_persistent_cache_min_compile_time_secs": 0,
        "jax_persistent_cache_min_entry_size_bytes": 0,
    }


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


@pytest.fixture(autouse=True)
def unlisted(request: pytest.FixtureRequest) -> Iterator[None]:
    """Keep out of the table at the end what is no proof: examples, and the bugs that the engine's tests plant."""
    logger = logging.getLogger("jaxfun.parity")
    before = logger.level
    if _SUITE not in request.path.parents:
        logger.setLevel(logging.WARNING)
    yield
    logger.setLevel(before)


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let Ctrl-C raise, also where the process was started with it ignored, as one in the background is."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
