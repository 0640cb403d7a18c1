"""Whether a JAX function of `(params, *inputs)` is a right port of an `nn.Module`, and where the two first diverge."""

import difflib
import re
import time
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import strategies as st

from ..errors import ArgumentTypeError, ArgumentValueError, describe, public
from .check import finished, options_of, refuse
from .defaults import examples_of
from .draw.inputs import Configuration, like, near, parameters_of
from .report.model import Tap
from .report.report import Report
from .run import torch_side
from .run.candidate import Sides
from .run.options import Options
from .run.outcome import outcome
from .run.taps import gathered, numbered
from .script.describe import describe_function
from .search.search import Search, wide_enough
from .search.verdicts import verdicts

State = dict[str, Any]
DTYPES = ("float32", "float64")
EXAMPLES = 48


@public("parity.module(torch_module, jax_function, params, *inputs)")
def module(
    torch_module: Any,
    jax_function: Callable[..., Any],
    params: Any,
    *inputs: Any,
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
    that a bias of 0 or a weight of 1 hides nothing. `inputs` are strategies, as in `check`; a floating point array
    stands for its shape, one of integers for its shape, dtype and range.

    `taps` are names of submodules, each marked in the JAX function by `parity.tap(name, x)`; by default all that are.
    The report's `taps` have the error at each, in the order of execution, and `first_divergence` is the first of them
    that differs. The module is run in the mode that it is in: call `.eval()` where it drops out.

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
    if not torch_side.is_module(torch_module):
        raise ArgumentTypeError("`torch_module` to be an nn.Module", describe(torch_module), "See parity.check.")
    began = time.perf_counter()
    port = _Port(torch_module, jax_function, params)
    port.require_one_answer(inputs)
    report = Report(describe_function(jax_function), type(torch_module).__name__)
    _require_submodules(taps or (), torch_side.submodules_of(torch_module))
    for terms in options_of(jax_function, levels, devices, rtol, atol):
        drawn = (port.drawn(), *(like(item) if isinstance(item, np.ndarray) else item for item in inputs))
        search = Search(port.candidate, port.reference, drawn, {}, terms, shrinks=False, spoken=port.name)
        search.run([Configuration(dtype) for dtype in dtypes or DTYPES], examples_of(examples, EXAMPLES), seed)
        report.add(search.report)
        report.not_reached += search.not_reached()
        if search.first is not None:
            with wide_enough(search.first.case.tensors):
                report.taps += _tapped(port, search.first, terms, taps, report)
    return finished(report, began)


def _require_submodules(taps: Sequence[str], known: list[str]) -> None:
    for name in taps:
        if name not in known:
            close = difflib.get_close_matches(name, known, 1)
            raise ArgumentValueError(
                "`taps` to name submodules",
                repr(name),
                f"Did you mean {close[0]!r}?" if close else f"There are {known}.",
            )


class _Port:
    """Both models as functions of the state and the inputs."""

    def __init__(self, torch_module: Any, jax_function: Callable[..., Any], params: Any) -> None:
        self.torch_module, self.jax_function = torch_module, jax_function
        self.state, self.kept = torch_side.state_of(torch_module)
        self.params = params if callable(params) else _by_name(params, self._whole(self.state))

    def candidate(self, state: State, *inputs: Any) -> Any:
        """Return what the JAX function gives for a state."""
        return self.jax_function(self.params(self._whole(state)), *inputs)

    def reference(self, state: State, *inputs: Any) -> Any:
        """Return what the module gives for a state."""
        return torch_side.called(self.torch_module, state, inputs)

    def name(self, path: str) -> str:
        """Return what a tensor is called: by its name in the state_dict, or as the JAX function calls it."""
        if path.startswith("state["):
            return path.removeprefix("state['").removesuffix("']")
        number = re.findall(r"\d+", path)[0]
        known = dict(enumerate(parameters_of(self.jax_function)))
        return known.get(int(number), f"input {int(number) - 1}") + path.removeprefix(f"argument {number}")

    def drawn(self) -> st.SearchStrategy[State]:
        """Return a strategy for states about the module's own."""
        buffers = torch_side.buffers_of(self.torch_module)
        return st.fixed_dictionaries({name: near(item, name in buffers) for name, item in self.state.items()})

    def require_one_answer(self, inputs: Sequence[Any]) -> None:
        """Raise where the module's answer is left to chance, as far as arrays among the inputs can tell."""
        if not all(isinstance(item, np.ndarray) for item in inputs):
            return
        state = {name: torch_side.tensor(item) for name, item in self.state.items()}
        given = list(map(torch_side.tensor, inputs))
        (first, error), (second, _) = (
            outcome(lambda: list(map(torch_side.numpy, torch_side.leaves(self.reference(state, *given)))))
            for _ in range(2)
        )
        if error is None and not all(map(_same, first, second)):
            raise ArgumentValueError(
                "a module that gives one answer", "two that differ for the same input", "Call `.eval()` on it first."
            )

    def _whole(self, state: State) -> State:
        return {name: state[first] for name, first in self.kept.items()}


def _same(left: np.ndarray, right: np.ndarray) -> bool:
    return np.array_equal(left, right, equal_nan=left.dtype.kind in "fc")


def _by_name(params: Any, state: State) -> Callable[[State], Any]:
    """Return the function from a state to the pytree `params`, whose leaves are found by their paths."""
    paths, tree = jax.tree_util.tree_flatten_with_path(params)
    names = [jax.tree_util.keystr(path, simple=True, separator=".") for path, _ in paths]
    advice = "Give a function from the state_dict to the parameters instead."
    if unknown := [name for name in names if name not in state]:
        close = difflib.get_close_matches(unknown[0], state, 1)
        near_to = f"; the nearest is {close[0]!r}" if close else ""
        raise ArgumentValueError("`params` with the names of the state_dict", f"{unknown[0]!r}{near_to}", advice)
    learned = [name for name, item in state.items() if item.dtype.kind in "fcV"]
    if missing := [name for name in learned if name not in names]:
        raise ArgumentValueError("`params` with every name of the state_dict", f"no {missing[0]!r}", advice)
    for name, (_, leaf) in zip(names, paths, strict=True):
        if np.shape(leaf) != state[name].shape or not np.array_equal(np.asarray(leaf), state[name], equal_nan=True):
            raise ArgumentValueError(
                f"`params` with the module's own numbers, {describe(state[name])} at {name!r}",
                f"{describe(leaf)} with others",
                "Copy them from its state_dict; where they are laid out differently, give a function that does that.",
            )
    return lambda state: jax.tree.unflatten(tree, [state[name] for name in names])


# taps


def _tapped(port: _Port, sides: Sides, terms: Options, asked: Sequence[str] | None, report: Report) -> list[Tap]:
    """Return what each tap shows on the value sets of a case, in the order of execution."""
    case = sides.case
    known = torch_side.submodules_of(port.torch_module)
    marked = _marked(sides)
    for name in asked or ():
        if name not in {tap.partition(" (")[0] for tap in marked}:
            raise ArgumentValueError(f'`parity.tap("{name}", x)` inside of `jax_function`', f"{marked or 'no tap'}")
    for name in marked:
        if name.partition(" (")[0] not in known:
            report.note(f"tap {name}: the module has no submodule of that name")
    listened = [name for name in known if asked is None or name in asked]
    if not marked or not listened:
        return []

    def reference(*args: Any) -> dict[str, Any]:
        seen = torch_side.listened(port.torch_module, listened, lambda: port.reference(*args))
        return dict(zip(numbered(name for name, _ in seen), (value for _, value in seen), strict=True))

    given = [torch_side.tensor(item, terms.device) for item in case.row(0)]
    order, error = outcome(lambda: reference(*case.theirs.filled(given, lambda dtype: dtype)[0]))
    both = [name for name in order or () if name in marked]
    if error is not None or not both:
        return []

    def candidate(*args: Any) -> list[Any]:
        _, seen = gathered(port.candidate, *args)
        values = dict(zip(numbered(name for name, _ in seen), (value for _, value in seen), strict=True))
        return [values[name] for name in both]

    def ordered(*args: Any) -> list[Any]:
        values = reference(*args)
        return [values[name] for name in both]

    return _compared(Sides(candidate, ordered, case, terms.device), terms, both)


def _marked(sides: Sides) -> list[str]:
    """Return the names of the taps that the candidate meets."""
    names: list[str] = []

    def run(tensors: list[Any]) -> None:
        args, _ = sides.case.ours.filled(tensors, lambda dtype: dtype)
        names.extend(name for name, _ in gathered(sides.candidate, *args)[1])

    outcome(lambda: jax.eval_shape(run, list(map(jnp.asarray, sides.case.row(0)))))
    return list(numbered(names))


def _compared(sides: Sides, terms: Options, names: list[str]) -> list[Tap]:
    taps = [Tap(name) for name in names]
    rows = [row for row in range(sides.case.sets) if sides.theirs.raises(row) is None]
    stacks = sides.ours({"value"})["value"] if rows else []
    for row, reference in sides.theirs.results(rows).items() if rows else ():
        parts = [stack[row] for stack in stacks]
        judged = verdicts(sides, terms, row, "value", parts, reference, measured=True)
        if len(judged) == len(taps):
            for at, verdict in enumerate(judged):
                taps[at] = taps[at].with_verdict(verdict, parts[at], reference.plain["value"][at])
    return taps
