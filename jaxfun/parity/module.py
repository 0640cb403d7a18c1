"""`parity.module`: compare a JAX function of `(params, *inputs)` with an `nn.Module`, and find the first divergence.

Begin at `module`. `_search` compares small modules in batches, `_search_large` compares large ones set by set.
"""

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
OPINION = 4  # a second opinion gets a quarter of the value sets
LARGE = 50_000  # numbers in the state of a large module


@public(name="parity.module", runs_callbacks=True)
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
    """Compare a JAX function of `(params, *inputs)` with an `nn.Module`: results, gradients of inputs and parameters.

    `params` is a function from the module's `state_dict` (names to arrays) to the pytree that `jax_function` takes: the
    conversion is checked with the model, and gradients have the names of the `state_dict`. Or it is the pytree itself,
    such as a Flax, Equinox or Haiku model's: the tensor and the layout of each leaf are found by values, names, shapes
    and, if several layouts are possible, by running the model. The report's `parameters` are the conversion as code. If
    the leaves have the module's values, these alone decide. A pytree of nested dicts whose keys, joined by dots, are
    the names of the `state_dict` must have the module's values.

    Parameters are drawn near the module's own values and in their dtypes. A parameter whose elements are all equal (a
    bias of 0, a weight of 1) would hide mistakes, so its elements are drawn to be different.

    `inputs` and `kwargs` are strategies, as in `check`, or arrays and tensors, also in tuples and dicts. An array is a
    template for its shape; an integer array for its dtype and range, or for all valid indices if it is an index. The
    name `"x|y"` is `x` in the JAX function and `y` in the module; `"x|"` and `"|y"` are passed to only one of them.

    In training mode a module updates buffers (running means). A port that returns `(result, {name: array})`, with names
    of the `state_dict` or of the pytree, has them compared; otherwise the report notes that they are not. `buffers`
    says explicitly whether the port returns them. A module with active dropout has random results: call `.eval()` on
    it, or pass the mask to both sides: with `kwargs={"keep|drop": np.ones(shape, bool)}` the JAX function takes a mask
    `keep`, and the submodule `drop` keeps the same elements.

    `taps` are names of submodules whose output the JAX function marks by `parity.tap(name, x)`. The default is all
    marked ones, and those that are identified by the parameters they use. The report's `taps` have the error at each
    tap, in execution order; `first_divergence` is the first tap that differs. If something differs, each stretch
    between two taps is also run alone, from the module's own values, forward and for the gradient: `divergences` are
    the taps that differ even then, each a mistake of its own.

    A large model (more than 50,000 numbers in its state) is compared one value set at a time, in the module's own
    dtype, for about `seconds`: values and gradients first, then the other levels. The report notes what is left out.

    Raises: ArgumentTypeError and ArgumentValueError for invalid arguments; never for errors of the two functions.

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
        raise ArgumentTypeError("`torch_module` to be an nn.Module", describe(torch_module), "Use parity.check.")
    began = time.perf_counter()
    _require_submodules(taps or (), torch_modules.submodules_of(torch_module))
    report = Report(describe_function(jax_function), type(torch_module).__name__)
    with torch_modules.random_state_kept(), isolated():
        port = Port(torch_module, jax_function, params, buffers)
        subject = _Subject(port, *strategies(port, inputs, kwargs or {}), examples, seed, taps)
        report.parameters = port.parameters.lines
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
    """A port to compare, its inputs, and the caller's options."""

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
    """Return the dtypes to check in, each with whether it is a second opinion: the module's own, then float64."""
    if asked is not None:
        return [(dtype, False) for dtype in asked]
    if port.is_narrow:
        report.opinions["float64"] = "not compared: the module computes in a narrower dtype even for float64 inputs"
    others = [] if port.is_narrow or port.dtype == "float64" else [("float64", True)]
    return [(port.dtype, False), *others]


def _search(subject: _Subject, options: Options, dtype: str, report: Report, is_opinion: bool) -> None:
    """Check the port in one dtype, and add the findings to the report."""
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
    """Check a large port in the module's own dtype, and add the findings to the report."""
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
        found.note(f"left out, to finish in {deadline.seconds:g} s: {text}; pass a larger `seconds` to compare more")
    report.add(found, port.dtype, options.device)


MOST_FOR_TAPS = 0.8  # share of the time


def _require_submodules(taps: Sequence[str], known: list[str]) -> None:
    for name in taps:
        if name not in known:
            close = difflib.get_close_matches(name, known, 1)
            raise ArgumentValueError(
                "`taps` to name submodules",
                repr(name),
                f"Did you mean {close[0]!r}?" if close else f"The submodules are {known}.",
            )
