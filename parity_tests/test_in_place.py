"""Nothing is written to: `out=` and torch's functions in place are refused, with the pure spelling."""

import inspect

import pytest
import torch

import jaxfun as jf
from jaxfun.core.errors import ArgumentTypeError

FUNCTIONS = [name for name in dir(jf) if inspect.isfunction(getattr(jf, name)) and hasattr(torch, name)]
WRITING = [name for name in FUNCTIONS if "out" in (getattr(torch, name).__doc__ or "")]
IN_PLACE = [f"{name}_" for name in FUNCTIONS if hasattr(torch.Tensor, f"{name}_")]


@pytest.mark.parametrize("name", WRITING)
def test_out_is_refused_with_the_way_to_do_without(name: str) -> None:
    with pytest.raises(ArgumentTypeError, match=r"jaxfun\.\w+\(.*no `out`, got float32\[1\].*bind the result"):
        getattr(jf, name)(out=jf.ones(1))


@pytest.mark.parametrize("name", IN_PLACE)
def test_a_function_in_place_is_refused_with_the_pure_one(name: str) -> None:
    pure = name.removesuffix("_")
    with pytest.raises(AttributeError, match=rf"Write x = jaxfun\.{pure}\(x, \.\.\.\)"):
        getattr(jf, name)


def test_a_name_that_is_no_function_is_no_advice() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nonsense_'"):
        getattr(jf, "nonsense" + "_")
