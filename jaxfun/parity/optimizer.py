"""`parity.optimizer`: compare an optax optimiser with one of torch.optim, step by step.

Begin at `optimizer`. Both sides run on the same gradients, which are of the kinds that tell optimisers apart.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import jax
import numpy as np

from ..core.errors import ArgumentTypeError, ArgumentValueError, describe
from ..core.public import public
from .compare.trajectories import relative, shares
from .draw.gradients import KINDS, gradients, start
from .report.steps import Parting, SettingRow, StepsReport
from .run import torch_optim
from .run.isolation import isolated
from .run.trajectory import Arrays, Trajectory, makers_of, settings_of, step_of, trajectory
from .search.optimizer_rules import FAMILIES, Setup
from .search.optimizer_variants import by_torch_name, explained, is_alike

STEPS = 60
# a larger relative error is more than lost digits; optax computes schedules in float32 for float64 parameters too
DIGITS = {"float64": 1e-5, "float32": 5e-2}


@public(name="parity.optimizer", runs_callbacks=True)
def optimizer(
    tx: Any,
    torch_optimizer: Callable[[list[Any]], Any],
    params: Any = None,
    *,
    steps: int = STEPS,
    dtypes: Sequence[str] = ("float64", "float32"),
    seed: int = 0,
    strict: bool = False,
) -> StepsReport:
    """Compare an optax optimiser with one of torch.optim: parameters after every step, in float64 and float32.

    `torch_optimizer` makes the optimiser of a list of tensors, one for each leaf of `params`; with a scheduler it
    returns both, and the scheduler steps after the optimiser. `params` is a pytree of arrays to start from. By default
    there are a few usual ones, and some that are 0.

    Both sides run `steps` steps on the same gradients: usual, zero, sparse, tiny, huge, of one sign, and others. The
    report names the first step and parameter where they part. `looks_like` has the settings and conventions that turn
    the torch optimiser into the optax one (decoupled weight decay, eps inside of the root, a missing bias correction,
    a learning rate one step late): each was tried and gives the candidate's numbers. `settings` has both sides'
    settings, those that are not alike in front, as far as the transformation's closures show them.

    float32 runs without 64-bit types, JAX's default. If the two agree in float64 and a formula loses digits in float32,
    that is an edge, and a failure with `strict`.

    Raises: ArgumentTypeError and ArgumentValueError for invalid arguments.

    >>> import optax, torch
    >>> from jaxfun import parity
    >>> report = parity.optimizer(optax.sgd(0.1), lambda params: torch.optim.SGD(params, 0.1), steps=5)
    >>> report.ok
    True
    >>> report = parity.optimizer(optax.adamw(1e-3), torch.optim.AdamW, steps=20)
    >>> report.answer, report.looks_like
    ('differs', ['weight_decay is 0.0001, not 0.01'])
    """
    _refuse(tx, torch_optimizer, steps, dtypes)
    began = time.perf_counter()
    report = StepsReport()
    with isolated(), jax.numpy_dtype_promotion("standard"):  # optax mixes dtypes by JAX's rules
        runs = _Runs(tx, torch_optimizer, params, steps, seed)
        report.reference, groups = torch_optim.settings(torch_optimizer, runs.params)
        report.candidate = _chain(tx)
        read = by_torch_name(settings_of(tx))
        report.settings = [*_rows(read, groups)]
        for dtype in dtypes:
            _compare(runs, dtype, report, strict)
        if report.failures and report.failures[0].dtype == "float64":
            _explain(runs, report, read, groups)
    report.seconds = time.perf_counter() - began
    return report


def _refuse(tx: Any, torch_optimizer: Any, steps: Any, dtypes: Sequence[str]) -> None:
    if not callable(getattr(tx, "init", None)) or not callable(getattr(tx, "update", None)):
        raise ArgumentTypeError("`tx` to be an optax transformation", describe(tx), "It has `init` and `update`.")
    if not callable(torch_optimizer):
        advice = "Pass a function such as `lambda params: torch.optim.AdamW(params, lr=0.1)`."
        raise ArgumentTypeError("a function that makes a torch optimiser", describe(torch_optimizer), advice)
    if not isinstance(steps, int) or steps < 1:
        raise ArgumentValueError("`steps` to be 1 or more", describe(steps))
    if not dtypes or {*dtypes} - {"float64", "float32"}:
        raise ArgumentValueError("`dtypes` among float64 and float32", describe(dtypes))


def _chain(tx: Any) -> str:
    inner = [name for name in makers_of(tx) if name not in ("chain", "wrapped_transform", "with_extra_args_support")]
    return ", ".join(inner) or "the transformation"


class _Runs:
    """Both sides on the same gradients; a run is computed once."""

    def __init__(self, tx: Any, factory: Callable[..., Any], params: Any, steps: int, seed: int) -> None:
        self.tx, self.factory, self.steps, self.seed = tx, factory, steps, seed
        given = start(seed) if params is None else params
        leaves, self.tree = jax.tree.flatten(given)
        self.params = [np.asarray(leaf, np.float64) for leaf in leaves]
        self.names = [
            jax.tree_util.keystr(path, simple=True, separator=".")
            for path, _ in jax.tree_util.tree_leaves_with_path(given)
        ]
        self._step = step_of(tx)

    def gradients(self, kind: str, dtype: str) -> list[Arrays]:
        """Return the gradients of a kind, rounded to a dtype."""
        made = gradients([item.shape for item in self.params], self.steps, kind, self.seed)
        return [[np.asarray(item, dtype) for item in step] for step in made]

    def start(self, dtype: str) -> Arrays:
        """Return the parameters to start from, rounded to a dtype."""
        return [np.asarray(item, dtype) for item in self.params]

    def candidate(self, kind: str, dtype: str) -> Trajectory:
        """Return the optax optimiser's trajectory. float32 runs as JAX does by default."""
        with jax.enable_x64(dtype == "float64"):
            return trajectory(self.tx, self._step, self.tree, self.start(dtype), self.gradients(kind, dtype))

    def reference(self, kind: str, dtype: str, inside: str = "", nudge: float = 0.0) -> Trajectory:
        """Return the torch optimiser's trajectory, in another dtype or from slightly moved numbers if asked."""
        to = inside or dtype
        begin = [np.asarray(item * (1 + nudge), to) for item in self.start(dtype)]
        grads = [[np.asarray(item * (1 + nudge), to) for item in step] for step in self.gradients(kind, dtype)]
        return torch_optim.trajectory(self.factory, begin, grads)

    def near(self, kind: str, dtype: str) -> Trajectory:
        """Return a run of torch's that differs by roundings alone: in float64, or from numbers moved by a few ULP."""
        return self.reference(kind, dtype, "float64", 2.0**-50 if dtype == "float64" else 0.0)


class _Found(NamedTuple):
    """The first difference in one run, and the largest relative error."""

    parting: Parting
    error: float


def _compare(runs: _Runs, dtype: str, report: StepsReport, strict: bool) -> None:
    """Compare both sides for all kinds of gradients, and add the first parting to the report."""
    found = {kind: _parting(runs, kind, dtype, report) for kind in KINDS}
    apart = {kind: each for kind, each in found.items() if each is not None}
    report.steps += runs.steps * len(KINDS)
    name = f"params, {dtype}"
    report.errors[dtype] = max((each.error for each in apart.values()), default=0.0)
    if not apart:
        report.agreeing[name] = f"agrees in all {runs.steps} steps, for all kinds of gradients"
        return
    error = report.errors[dtype]
    first = min(apart.values(), key=lambda each: (each.parting.step, [*KINDS].index(each.parting.gradients)))
    is_edge = not report.failures and error < DIGITS[dtype] and not strict
    (report.edges if is_edge else report.failures).append(first.parting)
    report.agreeing[name] = f"differs by up to {error:.1e} of the distance moved; {_by_step(apart)}"


def _by_step(apart: Mapping[str, _Found]) -> str:
    """Return the kinds of gradients by the step from which they differ."""
    steps = sorted({each.parting.step for each in apart.values()})
    texts = [
        f"from step {step}: {', '.join(kind for kind, each in apart.items() if each.parting.step == step)}"
        for step in steps
    ]
    same = [kind for kind in KINDS if kind not in apart]
    return "; ".join([*texts, *([f"not for {', '.join(same)}"] if same else [])])


def _parting(runs: _Runs, kind: str, dtype: str, report: StepsReport) -> _Found | None:
    ours, theirs = runs.candidate(kind, dtype), runs.reference(kind, dtype)
    near = runs.near(kind, dtype)
    if dtype == "float64" and kind == "usual":
        report.agreeing |= _states(runs, ours, theirs, near)
    found: list[tuple[int, int, np.ndarray]] = []
    trio = zip(ours.stacked(), theirs.stacked(), near.stacked(), runs.start(dtype), strict=True)
    errors = []
    for at, (one, other, moved, begin) in enumerate(trio):
        share = shares(one, other, begin, moved, dtype)
        bad = (share > 1).reshape(len(share), -1).any(1)
        errors.append(relative(one, other, begin) if bad.any() else 0.0)
        if bad.any():
            found.append((int(np.argmax(bad)), at, share))
    if not found:
        return None
    step, at, share = min(found, key=lambda item: item[:2])
    index = tuple(int(i) for i in np.unravel_index(int(np.argmax(share[step])), share[step].shape))
    one, other = (float(side.params[step][at][index]) for side in (ours, theirs))
    worst = float(share[(step, *index)])
    return _Found(Parting(step + 1, runs.names[at], index, one, other, dtype, kind, worst), max(errors))


def _states(runs: _Runs, ours: Trajectory, theirs: Trajectory, near: Trajectory) -> Iterator[tuple[str, str]]:
    """Yield for each buffer of torch's state how far the candidate's of the same name agrees."""
    mine, own, moved = ours.buffers(), theirs.buffers(), near.buffers()
    for name in dict.fromkeys(name for name, _ in own):
        known = name if (name, 0) in mine else _ALSO.get(name, name)
        pairs = [(mine.get((known, at)), own[name, at], moved[name, at]) for at in range(len(runs.params))]
        if any(one is None or one.shape != other.shape for one, other, _ in pairs):
            yield f"state {name}", "no counterpart was found"
            continue
        bad = [np.argwhere(shares(*_of_state(*pair), "float64") > 1) for pair in pairs]
        first = min((int(places[0][0]) + 1 for places in bad if len(places)), default=0)
        yield f"state {name}", f"differs from step {first}" if first else "agrees"


# buffers that optax calls mu and nu in every optimiser
_ALSO = {"square_avg": "exp_avg_sq", "exp_inf": "exp_avg_sq", "grad_avg": "exp_avg"}


def _of_state(one: Any, other: np.ndarray, near: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    return one, other, np.zeros(other.shape[1:]), near


# settings


def _rows(read: Mapping[str, Any], groups: Sequence[Mapping[str, Any]]) -> Iterator[SettingRow]:
    """Yield the settings of both sides. Several groups of torch's stand side by side."""
    for name in dict.fromkeys([*(key for group in groups for key in group), *read]):
        theirs = [group[name] for group in groups if name in group]
        mine = read.get(name)
        is_off = (mine is None or not theirs) and not any([mine, *theirs])
        alike = is_off or (len(groups) == 1 and bool(theirs) and is_alike(mine, theirs[0]))
        yield SettingRow(name, _said(mine), " / ".join(filter(None, map(_said, theirs))) or None, alike)


def _said(value: Any) -> str | None:
    if value is None:
        return None
    return f"{value:g}" if isinstance(value, float) else str(value)


# what it looks like


def _explain(runs: _Runs, report: StepsReport, read: Mapping[str, Any], groups: Sequence[Mapping[str, Any]]) -> None:
    """Try candidate variants of torch's rule, and add to the report those that give the candidate's numbers."""
    if len(groups) > 1 or report.reference not in FAMILIES:
        report.notes.append(f"no variants of {report.reference} are known to try, or it has several groups")
        return
    both = [(runs.candidate(kind, "float64"), runs.reference(kind, "float64")) for kind in KINDS]
    ours, theirs = (np.stack([_flat(pair[side]) for pair in both], 1) for side in (0, 1))
    begin = np.concatenate([item.ravel() for item in runs.params])
    grads = np.stack([_joined(runs.gradients(kind, "float64")) for kind in KINDS], 1)
    setup = Setup(report.reference, groups[0], both[0][1].rates[:, 0])
    found = explained(setup, read, begin, grads, ours, theirs)
    if found is None:
        report.notes.append("no variants were tried: the known rule is not what this torch optimiser does")
    elif found.texts:
        report.looks_like = found.texts
    else:
        report.notes.append(f"none of {found.tried} combinations of settings and conventions gives the candidate")


def _flat(side: Trajectory) -> np.ndarray:
    return _joined(side.params)


def _joined(steps: Sequence[Arrays]) -> np.ndarray:
    return np.stack([np.concatenate([item.ravel() for item in step]) for step in steps])
