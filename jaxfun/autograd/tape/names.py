"""Tables: torch's node names for JAX primitives, and the expansions of ops that torch records as several nodes."""

from collections.abc import Callable, Mapping
from typing import Any

# Primitives that torch does not record: implicit broadcasts and promotions.
TRANSPARENT = frozenset(
    ("broadcast_in_dim", "convert_element_type", "copy", "copy_p", "reduce_precision", "optimization_barrier")
)

PRIMITIVES: Mapping[str, str] = {
    "sub": "SubBackward0",
    "neg": "NegBackward0",
    "exp": "ExpBackward0",
    "log": "LogBackward0",
    "sqrt": "SqrtBackward0",
    "abs": "AbsBackward0",
    "sign": "SignBackward0",
    "sin": "SinBackward0",
    "cos": "CosBackward0",
    "tan": "TanBackward0",
    "tanh": "TanhBackward0",
    "logistic": "SigmoidBackward0",
    "log1p": "Log1PBackward0",
    "expm1": "Expm1Backward0",
    "floor": "FloorBackward0",
    "ceil": "CeilBackward0",
    "max": "MaximumBackward0",
    "min": "MinimumBackward0",
    "square": "PowBackward0",
    "integer_pow": "PowBackward0",
    "concatenate": "CatBackward0",
    "cumsum": "CumsumBackward0",
    "transpose": "PermuteBackward0",
    "reshape": "ViewBackward0",
    "slice": "SliceBackward0",
    "dynamic_slice": "SliceBackward0",
    "stop_gradient": "",
}


Edge = tuple[Any, int] | None  # a node and the number of its output; None without a gradient
Make = Callable[..., Edge]  # makes a node from its name and its edges


def row_times_matrix(node: Make, vector: Edge, matrix: Edge) -> Edge:
    """Return torch's nodes for a vector times a matrix: torch reshapes the vector to a matrix of one row."""
    return node("SqueezeBackward4", node("MmBackward0", node("UnsqueezeBackward0", vector), matrix))


# Ops that torch records as several nodes, by the record's name and the ranks of the tensors. Any other such op is shown
# with jaxfun's name.
EXPANSIONS: Mapping[tuple[str, tuple[int, ...]], Callable[..., Edge]] = {
    ("matmul", (1, 1)): lambda node, a, b: node("DotBackward0", a, b),
    ("matmul", (2, 1)): lambda node, a, b: node("MvBackward0", a, b),
    ("matmul", (2, 2)): lambda node, a, b: node("MmBackward0", a, b),
    ("matmul", (1, 2)): row_times_matrix,
    ("linear", (2, 2)): lambda node, x, weight: node("MmBackward0", x, node("TBackward0", weight)),
    ("linear", (2, 2, 1)): lambda node, x, weight, bias: node("AddmmBackward0", bias, x, node("TBackward0", weight)),
}
