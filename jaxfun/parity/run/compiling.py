"""Compilation for programs that run once: without optimisations it takes a half. Begin with `compiled_fast`."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import jax

from .constants import jaxprs_of

# the older code generator of XLA takes a third of the newer one's time
UNOPTIMISED = {
    "xla_backend_optimization_level": 0,
    "xla_cpu_use_fusion_emitters": False,
    "xla_cpu_parallel_codegen_split_count": 1,
}
# XLA's loops for convolutions are slow without optimisations: so many products take about a second
_MOST_PRODUCTS = 1e8


def is_worth_it(program: Any, times: int = 1) -> bool:
    """Return whether a program that runs so many times is small enough to be compiled without optimisations."""
    steps = [step for inner in jaxprs_of(program) for step in inner.jaxpr.eqns] if program else []
    convolutions = (step for step in steps if step.primitive.name == "conv_general_dilated")
    return times * sum(map(_products, convolutions)) < _MOST_PRODUCTS


def compiled_fast(function: Callable[..., Any], arguments: Sequence[Any]) -> Callable[..., Any]:
    """Return a function compiled for arguments like these, without optimisations if it is worth it."""
    traced = jax.jit(function).trace(*arguments)
    return traced.lower().compile(compiler_options=UNOPTIMISED if is_worth_it(traced.jaxpr) else None)


def _products(convolution: Any) -> int:
    """Return the number of products of a convolution: for each output element, the kernel of its feature."""
    kernel = convolution.invars[1].aval.shape
    features = kernel[convolution.params["dimension_numbers"].rhs_spec[0]]
    return math.prod(convolution.outvars[0].aval.shape) * math.prod(kernel) // max(features, 1)
