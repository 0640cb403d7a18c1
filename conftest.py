"""Fixtures for every test: JAX under its strictest, and its settings as they were afterwards."""

import gc
import logging
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import jax
import pytest

from parity_tests.days import is_of_the_day, today

pytest_plugins = ["pytester"]

_SUITE = Path(__file__).parent / "parity_tests"
_STRICT = (_SUITE, Path(__file__).parent / "tests")
# of what is compiled, also the small programs that take no time
_KEEP_ALL = {"jax_persistent_cache_min_compile_time_secs": 0, "jax_persistent_cache_min_entry_size_bytes": 0}
_SETTINGS = ("jax_enable_x64", "jax_numpy_dtype_promotion", "jax_default_matmul_precision", "jax_debug_nans")
_UNOPTIMISED = "jax_disable_most_optimizations"
_LOGGER = logging.getLogger("jaxfun.parity")
_LEVEL = pytest.StashKey[int]()  # of the log, before a test
_WHOLE = "JAXFUN_SUITE_WHOLE"  # set for the processes of a run of everything, which is given no path


def pytest_configure(config: pytest.Config) -> None:
    """Set JAX up for thousands of small programs, in this process and in those that the tests start."""
    # to shorten a traceback takes longer than to raise, and thousands of calls here raise
    jax.config.update("jax_traceback_filtering", "off")
    os.environ.setdefault(_WHOLE, str(config.args_source is pytest.Config.ArgsSource.TESTPATHS))
    if config.pluginmanager.has_plugin("cacheprovider"):
        # JAX does not write a file at once: of two workers one could read what the other has half written
        folder = config.cache.mkdir(f"jax_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}")
        for name, value in {"jax_compilation_cache_dir": str(folder), **_KEEP_ALL}.items():
            os.environ[name.upper()] = str(value)
            jax.config.update(name, value)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out half of the tests marked `alternate` from a run of everything: the other half of them the next day."""
    if os.environ[_WHOLE] != "True" or config.getoption("--parity-profile", None) == "thorough":
        return
    kept, left = [], []
    for item in items:
        runs = not item.get_closest_marker("alternate") or is_of_the_day(item.nodeid, today())
        (kept if runs else left).append(item)
    config.hook.pytest_deselected(items=left)
    items[:] = kept


def pytest_collection_finish() -> None:
    """Keep the tests themselves, which live to the end, out of every later search for garbage."""
    gc.collect()
    gc.freeze()
    # JAX makes many objects and few cycles: by default a sixth of the time is the search for them
    gc.set_threshold(50_000, 10, 10)


@pytest.fixture(autouse=True)
def strict_jax(request: pytest.FixtureRequest) -> Iterator[None]:
    """Turn 64-bit types on and JAX's own promotion off, so that it decides no torch question; doctests run as is.

    LLVM's optimisations, half of what a program costs that runs once, are left out but where a test is of them
    (suite.py, `optimised`), in doctests, and with `--parity-profile thorough`.
    """
    before = {name: getattr(jax.config, name) for name in _SETTINGS}
    is_strict = any(root in request.path.parents for root in _STRICT)
    jax.config.update(_UNOPTIMISED, is_strict and request.config.getoption("--parity-profile", None) != "thorough")
    if is_strict:
        with jax.enable_x64(True), jax.numpy_dtype_promotion("strict"):
            yield
    else:
        yield
    assert {name: getattr(jax.config, name) for name in _SETTINGS} == before, "a test left a JAX setting changed"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    """Keep examples, and bugs that the engine's tests plant, out of the table at the end: it shows proofs.

    A hook, as a fixture of a module is set up before every fixture of a function.
    """
    item.stash[_LEVEL] = _LOGGER.level
    if _SUITE not in item.path.parents:
        _LOGGER.setLevel(logging.WARNING)
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """Set the level of the engine's log again."""
    try:
        return (yield)
    finally:
        _LOGGER.setLevel(item.stash[_LEVEL])


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let Ctrl-C raise, also where the process was started with it ignored, as one in the background is."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
