"""Settings for the engine's tests: they check with the engine's defaults, whatever options the suite has."""

from collections.abc import Iterator

import pytest

from jaxfun import parity

collect_ignore = ["typing"]  # for pyright only, never run


@pytest.fixture(autouse=True)
def plain_defaults() -> Iterator[None]:
    with parity.defaults():
        yield
