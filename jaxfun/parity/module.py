"""Whether a JAX function of `(params, *inputs)` is a right port of an `nn.Module`, and where the two first diverge."""

import difflib
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from ..core.errors import ArgumentTypeError, ArgumentValueError, describe
from ..core.public import public
from .check import finished, options_of, refuse, take
from .defaults import examples_of
from .draw.cases import Cases
from .draw.shapes import Configuration
from .draw.states import states, strategies
from .report.report import Report
from .run import torch_modules
from .run.isolation import isolated
from .run.options import Options
from .run.port import Port
from .script.describe import describe_function
from .search.large import Deadline, judge_large
from .search.search import Search, wide_enough
from .search.stretches import taps_of

EXAMPLES = 48
OPINION = 4  # times fewer of them for a second opinion
LARGE = 50_000  # numbers in a state


@public("parity.module(torch_module, jax_function, params, *inputs)")
def module(
    torch_module: Any,
    jax_function: Callable[..., Any],
    params: Any,
    *inputs: Any,
    kwargs: Mapping[str, Any] | None = None,
    buffers: bool | None = None,
    taps: Sequence[str] | None = None,
    levels: Sequence[str] | None = None,
    dtypes: Sequence[str] | None = None,
    devices: Sequence[str] | None = None,
    examples: int | None = None,
    seed: int | None = None,
    rtol: float | None = None,
    atol: float | None = None,
    strict: bool | None = None,
    allow: Sequence[str] = (),
    seconds: float = 60.0,
) -> Report:
    """Hold a JAX function of `(params, *inputs)` to an `nn.Module`: results, and gradients for inputs and parameters.

    `params` is a function from the module's `state_dict` (names to arrays) to whatever pytree `jax_function` takes: the
    conversion is checked along with the model, and gradients bear the names of the `state_dict`. Or it is a pytree of
    nested dicts whose keys, joined by dots, are those names. Parameters are drawn about the module's own numbers, so
    that a bias of 0 or a weight of 1 hides nothing, and in the module's own dtypes.

    `inputs` and `kwargs` are strategies, as in `check`, or arrays and tensors, also in tuples and dicts. An array
    stands for its shape; one of integers for its dtype and range, or for the whole table that it indexes. The name
    `"x|y"` is `x` for the JAX function and `y` for the module, `"x|"` and `"|y"` are given to one of them alone.

    In training mode a module writes buffers (running means). The port returns them as `(result, {name: array})`, by
    the names of the `state_dict`; else the report says that they are not compared. `buffers` says that the port does
    (True) or does not (False), where its results do not tell. A module that drops out gives no one answer: call
    `.eval()` on it, or hand both sides what is kept: with `kwargs={"keep|drop": np.ones(shape, bool)}` the JAX function
    takes a mask `keep`, and the submodule `drop` keeps the same elements.

    `taps` are names of submodules, each marked in the JAX function by `parity.tap(name, x)`; by default all that are,
    and those that are found by the parameters they use. The report's `taps` have the error at each, in the order of
    execution; `first_divergence` is the first of them that differs. Where something differs, each stretch between two
    taps is also run from the module's own value, forward and for the gradient: `divergences` are the taps that differ
    even then, each a mistake of its own.

    Of a large model (more than 50,000 numbers in its state) value sets are compared one by one, in the module's own
    dtype, for about `seconds`: values and gradients first, then the other levels. The report says what is left out.

    Raises: ArgumentTypeError and ArgumentValueError for what cannot be meant; never for what the two functions do.

    >>> import jax, numpy as np, torch
    >>> from jaxfun import parity
    >>> layer = torch.nn.Linear(3, 2)
    >>> port = lambda params, x: x @ params["weight"] + params["bias"]
    >>> transposed = lambda state: {"weight": state["weight"].T, "bias": state["bias"]}
    >>> parity.module(layer, port, transposed, np.ones((4, 3), np.float32), examples=8).ok
    True
    """
    refuse(jax_function, torch_module, levels, dtypes, devices, examples, allow)
    if not torch_modules.is_module(torch_module):
        raise ArgumentTypeError("`torch_module` to be an nn.Module", describe(torch_module), "See parity.check.")
    began = time.perf_counter()
    _require_submodules(taps or (), torch_modules.submodules_of(torch_module))
    report = Report(describe_function(jax_function), type(torch_module).__name__)
    with torch_modules.random_state_kept(), isolated():
        port = Port(torch_module, jax_function, params, buffers)
        subject = _Subject(port, *strategies(port, inputs, kwargs or {}), examples, seed, taps)
        for text in port.notes:
            report.note(text)
        for options in options_of(jax_function, levels, devices, rtol, atol, strict, allow):
            if sum(item.size for item in port.state.values()) > LARGE:
                _search_large(subject, options, report, Deadline(seconds, began))
                continue
            for dtype, is_opinion in _dtypes(port, dtypes, report):
                _search(subject, options, dtype, report, is_opinion)
    return finished(report, began)


class _Subject(NamedTuple):
    """A port to be compared, what it is given, and how much of a check the caller asked for."""

    port: Port
    inputs: Sequence[Any]
    kwargs: Mapping[str, Any]
    examples: int | None
    seed: int | None
    taps: Sequence[str] | None

    def cases(self, configuration: Configuration) -> Cases:
        """Return the cases of a configuration."""
        port = self.port
        drawn = (states(port.state, port.buffers, configuration, port.dtype), *self.inputs)
        return Cases(port.candidate, drawn, dict(self.kwargs), port.name)


def _dtypes(port: Port, asked: Sequence[str] | None, report: Report) -> list[tuple[str, bool]]:
    """Return the dtypes to check in, each with whether it is but a second opinion: float64, beside the module's own."""
    if asked is not None:
        return [(dtype, False) for dtype in asked]
    if port.is_narrow:
        report.opinions["float64"] = "not compared: the module computes in a narrower dtype, whatever it is given"
    others = [] if port.is_narrow or port.dtype == "float64" else [("float64", True)]
    return [(port.dtype, False), *others]


def _search(subject: _Subject, options: Options, dtype: str, report: Report, is_opinion: bool) -> None:
    """Add to a report what one dtype shows."""
    port, configuration = subject.port, Configuration(dtype)
    terms = options.of_opinion if is_opinion else options
    search = Search(port.candidate, port.reference, subject.cases(configuration), terms, shrinks=False)
    examples = math.ceil(examples_of(subject.examples, EXAMPLES) / (OPINION if is_opinion else 1))
    search.run([configuration], examples, subject.seed)
    found = search.report
    found.failures = [replace(item, call=port.call(*item.inputs)) for item in found.failures]
    found.edges = [replace(item, call=port.call(*item.inputs)) for item in found.edges]
    if search.first is not None and not is_opinion and report.first_divergence is None:
        with wide_enough(search.first.case.tensors):
            report.taps = taps_of(port, search.first, options, subject.taps, found, Deadline(math.inf))
    take(report, search, dtype, is_opinion)


def _search_large(subject: _Subject, options: Options, report: Report, deadline: Deadline) -> None:
    """Add to a report what a large module shows in its own dtype."""
    port, configuration = subject.port, Configuration(subject.port.dtype)
    found, shown = judge_large(
        subject.cases(configuration).one_by_one(configuration, subject.seed or 0),
        port.candidate,
        port.reference,
        options,
        deadline,
        examples_of(subject.examples, EXAMPLES),
    )
    found.failures = [replace(item, call=port.call(*item.inputs)) for item in found.failures]
    if shown is not None and (deadline.has(MOST_FOR_TAPS) or found.failures):
        report.taps = taps_of(port, shown, replace(options, plants=False), subject.taps, found, deadline)
    elif shown is not None:
        deadline.left("taps")
    if deadline.left_out:
        text = ", ".join(deadline.left_out)
        found.note(f"left out, to keep to {deadline.seconds:g} s: {text}; `seconds` says how long a check may take")
    report.add(found, port.dtype, options.device)


MOST_FOR_TAPS = 0.8  # of the time


def _require_submodules(taps: Sequence[str], known: list[str]) -> None:
    for name in taps:
        if name not in known:
            close = difflib.get_close_matches(name, known, 1)
            raise ArgumentValueError(
                "`taps` to name submodules",
                repr(name),
                f"Did you mean {close[0]!r}?" if close else f"There are {known}.",
            )
