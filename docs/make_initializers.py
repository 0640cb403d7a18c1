"""Write the table of initialisers in docs/parity.md: which of JAX's draw from the distribution of torch's.

`python docs/make_initializers.py` measures each pair by `parity.distribution` and writes the rows. A test repeats it.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import torch
from jax.nn import initializers

from jaxfun import parity

PAGE = Path(__file__).parent / "parity.md"
MARKERS = ("<!-- initializers: begin -->", "<!-- initializers: end -->")
LINEAR, KERNEL = (8, 16), (6, 4, 3, 3)  # torch's shapes: (out, in) and (out, in, h, w)
TRUNCATED = "JAX truncates at two standard deviations"
# JAX's initialiser, torch's call on the weight `w`, and why they differ
PAIRS = [
    ("he_uniform()", "kaiming_uniform_(w, nonlinearity='relu')", ""),
    ("he_normal()", "kaiming_normal_(w, nonlinearity='relu')", TRUNCATED),
    ("variance_scaling(2, 'fan_in', 'normal')", "kaiming_normal_(w, nonlinearity='relu')", ""),
    ("lecun_uniform()", "kaiming_uniform_(w, nonlinearity='linear')", ""),
    ("lecun_normal()", "kaiming_normal_(w, nonlinearity='linear')", TRUNCATED),
    ("variance_scaling(1, 'fan_in', 'normal')", "kaiming_normal_(w, nonlinearity='linear')", ""),
    ("variance_scaling(1 / 3, 'fan_in', 'uniform')", "kaiming_uniform_(w, a=5**0.5)", ""),
    ("glorot_uniform()", "xavier_uniform_(w)", ""),
    ("glorot_normal()", "xavier_normal_(w)", TRUNCATED),
    ("variance_scaling(1, 'fan_avg', 'normal')", "xavier_normal_(w)", ""),
    ("orthogonal()", "orthogonal_(w)", ""),
    ("normal()", "normal_(w)", "the default is 0.01 in JAX, 1 in PyTorch"),
    ("normal(1)", "normal_(w)", ""),
    ("uniform()", "uniform_(w)", "the default bound is 0.01 in JAX, 1 in PyTorch"),
    ("uniform(1)", "uniform_(w)", ""),
    ("truncated_normal(1)", "trunc_normal_(w)", ""),
    ("truncated_normal(0.02)", "trunc_normal_(w, std=0.02)", "PyTorch's bounds are numbers, -2 and 2"),
    ("truncated_normal(0.02)", "trunc_normal_(w, std=0.02, a=-0.04, b=0.04)", ""),
]


def samplers(of_jax: str, of_torch: str, shape: tuple[int, ...]) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Return the samplers of a pair. JAX's kernel is (in, out) or (h, w, in, out): it is transposed."""
    initialize = eval(of_jax, vars(initializers) | {})

    def ours(key: Any) -> jax.Array:
        kernel = initialize(key, (*shape[2:], shape[1], shape[0]), "float32")
        return kernel.transpose(kernel.ndim - 1, kernel.ndim - 2, *range(kernel.ndim - 2))

    def theirs() -> torch.Tensor:
        return eval(of_torch, {**vars(torch.nn.init), "w": torch.empty(shape)})

    return ours, theirs


def verdict(of_jax: str, of_torch: str) -> str:
    """Return the answer on a pair, with the first statistic that differs."""
    shapes = [LINEAR] if "orthogonal" in of_jax else [LINEAR, KERNEL]
    reports = [parity.distribution(*samplers(of_jax, of_torch, shape)) for shape in shapes]
    first = next((report.failures[0].what for report in reports if report.failures), "")
    return f"differs: {first}" if first else " ".join(sorted({report.answer for report in reports}))


def row(of_jax: str, of_torch: str, why: str) -> str:
    """Return a row of the table."""
    return f"| `{of_jax}` | `{of_torch}` | {verdict(of_jax, of_torch)} | {why} |"


def main() -> None:
    """Write the table into the page."""
    head = ["| `jax.nn.initializers` | `torch.nn.init` | answer | why |", "| --- | --- | --- | --- |"]
    table = "\n".join([MARKERS[0], "", *head, *(row(*pair) for pair in PAIRS), "", MARKERS[1]])
    PAGE.write_text(re.sub("(?s){}.*{}".format(*MARKERS), lambda _: table, PAGE.read_text()))


if __name__ == "__main__":
    main()
