"""The engine's own tests check as it does by default, whatever the suite was asked for."""

from collections.abc import Iterator

import pytest

from jaxfun import parity

collect_ignore = ["typing"]  # read by pyright, never run


@pytest.fixture(autouse=True)
def plain_defaults() -> Iterator[None]:
    with parity.defaults():
        yield
