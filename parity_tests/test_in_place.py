"""No in-place operations: `out=` and torch's in-place functions raise, and the error names the pure function."""

import inspect

import pytest
import torch

import jaxfun as jf
from jaxfun.core.errors import ArgumentTypeError

FUNCTIONS = [name for name in dir(jf) if inspect.isfunction(getattr(jf, name)) and hasattr(torch, name)]
WRITING = [name for name in FUNCTIONS if "out" in (getattr(torch, name).__doc__ or "")]
IN_PLACE = [f"{name}_" for name in FUNCTIONS if hasattr(torch.Tensor, f"{name}_")]


@pytest.mark.parametrize("name", WRITING)
def test_out_argument_raises_and_names_the_alternative(name: str) -> None:
    with pytest.raises(ArgumentTypeError, match=r"jaxfun\.[\w.]+\(.*no `out`, got float32\[1\].*bind the result"):
        getattr(jf, name)(out=jf.ones(1))


@pytest.mark.parametrize("name", IN_PLACE)
def test_in_place_function_raises_and_names_the_pure_function(name: str) -> None:
    pure = name.removesuffix("_")
    with pytest.raises(AttributeError, match=rf"Write x = jaxfun\.{pure}\(x, \.\.\.\)"):
        getattr(jf, name)


def test_unknown_in_place_name_raises_without_advice() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nonsense_'"):
        getattr(jf, "nonsense" + "_")
