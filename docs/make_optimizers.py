"""Write `docs/optimizers.md`: which of optax's optimisers are torch.optim's, with which settings, as the engine finds.

`python docs/make_optimizers.py` runs `parity.optimizer` on each row, in a minute. It needs the extra `parity`.
"""

from collections.abc import Iterator
from pathlib import Path

import optax
import torch

from jaxfun import parity
from jaxfun.parity import StepsReport

PAGE = Path(__file__).with_name("optimizers.md")
# by torch's class, pairs of calls: optax's defaults first, then the settings that come nearest
ROWS = {
    "SGD": [
        ("optax.sgd(0.1)", "SGD(params, lr=0.1)"),
        ("optax.sgd(0.1, momentum=0.9)", "SGD(params, lr=0.1, momentum=0.9)"),
        ("optax.sgd(0.1, momentum=0.9, nesterov=True)", "SGD(params, lr=0.1, momentum=0.9, nesterov=True)"),
        (
            "optax.chain(optax.add_decayed_weights(0.01), optax.sgd(0.1, momentum=0.9))",
            "SGD(params, lr=0.1, momentum=0.9, weight_decay=0.01)",
        ),
    ],
    "Adam": [
        ("optax.adam(0.001)", "Adam(params)"),
        ("optax.chain(optax.add_decayed_weights(0.01), optax.adam(0.001))", "Adam(params, weight_decay=0.01)"),
        ("optax.adamw(0.001, weight_decay=0.01)", "Adam(params, weight_decay=0.01)"),
        ("optax.amsgrad(0.001)", "Adam(params, amsgrad=True)"),
        ("optax.amsgrad(0.001, bias_correction_nu=False)", "Adam(params, amsgrad=True)"),
    ],
    "AdamW": [
        ("optax.adamw(0.001)", "AdamW(params)"),
        ("optax.adamw(0.001, weight_decay=0.01)", "AdamW(params)"),
    ],
    "Adamax": [
        ("optax.adamax(0.002)", "Adamax(params)"),
        (
            "optax.chain(optax.add_decayed_weights(0.01), optax.adamax(0.002))",
            "Adamax(params, weight_decay=0.01)",
        ),
        ("optax.adamaxw(0.002, weight_decay=0.01)", "Adamax(params, weight_decay=0.01)"),
    ],
    "NAdam": [
        ("optax.nadam(0.002)", "NAdam(params)"),
        ("optax.nadam(0.002)", "NAdam(params, momentum_decay=0)"),
        ("optax.nadamw(0.002, weight_decay=0.01)", "NAdam(params, weight_decay=0.01, decoupled_weight_decay=True)"),
    ],
    "RAdam": [("optax.radam(0.001)", "RAdam(params)")],
    "Adagrad": [
        ("optax.adagrad(0.01)", "Adagrad(params)"),
        ("optax.adagrad(0.01, initial_accumulator_value=0.0, eps=1e-10)", "Adagrad(params)"),
    ],
    "RMSprop": [
        ("optax.rmsprop(0.01)", "RMSprop(params)"),
        ("optax.rmsprop(0.01, decay=0.99)", "RMSprop(params)"),
        ("optax.rmsprop(0.01, decay=0.99, eps_in_sqrt=False)", "RMSprop(params)"),
        ("optax.rmsprop(0.01, decay=0.99, eps_in_sqrt=False, momentum=0.9)", "RMSprop(params, momentum=0.9)"),
        ("optax.rmsprop(0.01, decay=0.99, eps_in_sqrt=False, centered=True)", "RMSprop(params, centered=True)"),
    ],
    "Adadelta": [
        ("optax.adadelta(1.0)", "Adadelta(params)"),
        ("optax.adadelta(1.0, weight_decay=0.01)", "Adadelta(params, weight_decay=0.01)"),
    ],
    "Rprop": [("optax.rprop(0.01)", "Rprop(params)")],
}
HEAD = """# optax's optimisers beside torch.optim's

Which optax optimiser is PyTorch's? `parity.optimizer` ran each pair on the same gradients: usual, zero, sparse, tiny,
huge, of one sign, and others, 60 steps of each, in float64 and float32, with optax {optax} and PyTorch {torch}.
`jaxfun.optim` has all of these rules with PyTorch's names, defaults and numbers.

- *agrees*: the parameters are equal to rounding after every step.
- *loses digits*: they are in float64. In float32, JAX's default, the update is off by up to the given part of the
  distance that the parameter has moved: optax computes 1 - b2**step in float32.
- *differs*: from the given step. *What it is* has the changes that turn PyTorch's optimiser into optax's. The engine
  found them by trying; with them the numbers are equal in all steps.

`python docs/make_optimizers.py` writes this page, and a test measures its rows.

| optax | torch.optim | | what it is |
| --- | --- | --- | --- |
"""


def report_of(ours: str, theirs: str) -> StepsReport:
    """Return the engine's report on a pair of calls."""
    made = eval(ours, {"optax": optax})
    return parity.optimizer(made, lambda params: eval(theirs, {**vars(torch.optim), "params": params}))


def row(ours: str, theirs: str) -> str:
    """Return the line of the table for a pair of calls."""
    report = report_of(ours, theirs)
    first = report.first_divergence
    if first is not None:
        answer, what = f"differs, step {first.step}", "; ".join(report.looks_like or report.notes)
    elif report.edges:
        answer, what = "loses digits", f"{report.errors['float32']:.0e} in float32"
    else:
        answer, what = "agrees", ""
    return f"| `{ours}` | `{theirs}` | {answer} | {what} |"


def lines() -> Iterator[str]:
    """Yield the lines of the table."""
    for pairs in ROWS.values():
        yield from (row(*pair) for pair in pairs)


def page() -> str:
    """Return the page."""
    head = HEAD.format(optax=optax.__version__, torch=torch.__version__.partition("+")[0])
    return head + "\n".join(lines()) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page())
