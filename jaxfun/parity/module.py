"""Whether a JAX function of `(params, *inputs)` is a right port of an `nn.Module`, and where the two first diverge."""

import difflib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..errors import ArgumentTypeError, ArgumentValueError, describe, public
from .check import finished, refuse, terms_of
from .defaults import examples_of
from .draw.inputs import Configuration
from .draw.states import states, strategies
from .report.report import Report
from .run import torch_modules
from .run.options import Options
from .run.port import Port
from .script.describe import describe_function
from .search.search import Search, wide_enough
from .search.stretches import taps_of

EXAMPLES = 48


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

    Raises: ArgumentTypeError and ArgumentValueError for what cannot be meant; never for what the two functions do.

    >>> import jax, numpy as np, torch
    >>> from jaxfun import parity
    >>> layer = torch.nn.Linear(3, 2)
    >>> port = lambda params, x: x @ params["weight"] + params["bias"]
    >>> transposed = lambda state: {"weight": state["weight"].T, "bias": state["bias"]}
    >>> parity.module(layer, port, transposed, np.ones((4, 3), np.float32), examples=8).ok
    True
    """
    refuse(jax_function, torch_module, levels, dtypes, devices, examples)
    if not torch_modules.is_module(torch_module):
        raise ArgumentTypeError("`torch_module` to be an nn.Module", describe(torch_module), "See parity.check.")
    began = time.perf_counter()
    _require_submodules(taps or (), torch_modules.submodules_of(torch_module))
    with torch_modules.random_state_kept():
        port = Port(torch_module, jax_function, params, buffers)
        given, named = strategies(port, inputs, kwargs or {})
        report = Report(describe_function(jax_function), type(torch_module).__name__)
        for text in port.notes:
            report.note(text)
        for terms in terms_of(jax_function, levels, devices, rtol, atol):
            for dtype in dtypes or _dtypes(port, report):
                _search(port, terms, Configuration(dtype), given, named, report, (examples, seed, taps))
    return finished(report, began)


def _dtypes(port: Port, report: Report) -> list[str]:
    """Return the module's own dtype, and float64, where it computes in that."""
    if port.is_narrow:
        report.note("not compared in float64: the module computes in a narrower dtype, whatever it is given")
        return [port.dtype]
    return [*dict.fromkeys([port.dtype, "float64"])]


def _search(
    port: Port,
    terms: Options,
    configuration: Configuration,
    inputs: Sequence[Any],
    kwargs: Mapping[str, Any],
    report: Report,
    asked: tuple[int | None, int | None, Sequence[str] | None],
) -> None:
    """Add to a report what one dtype shows."""
    examples, seed, taps = asked
    drawn = (states(port.state, port.buffers, configuration, port.dtype), *inputs)
    search = Search(port.candidate, port.reference, drawn, dict(kwargs), terms, shrinks=False, spoken=port.name)
    search.run([configuration], examples_of(examples, EXAMPLES), seed)
    search.report.failures = [replace(item, call=port.call(*item.inputs)) for item in search.report.failures]
    report.add(search.report)
    report.not_reached += search.not_reached()
    if search.first is not None and (not report.taps or report.first_divergence is None):
        with wide_enough(search.first.case.tensors):
            report.taps = taps_of(port, search.first, terms, taps, search.report)


def _require_submodules(taps: Sequence[str], known: list[str]) -> None:
    for name in taps:
        if name not in known:
            close = difflib.get_close_matches(name, known, 1)
            raise ArgumentValueError(
                "`taps` to name submodules",
                repr(name),
                f"Did you mean {close[0]!r}?" if close else f"There are {known}.",
            )
