"""Find which settings and conventions turn PyTorch's optimiser into the candidate, by trying them.

Begin at `explained`. Single changes are tried first, then pairs and triples.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from ..compare.trajectories import shares
from ..run.trajectory import Setting
from .optimizer_rules import FAMILIES, Setup, decay_of, path

# the names of settings in optax and in jaxfun, and torch's; a name that depends on its maker stands below
_NAMES = {
    "learning_rate": "lr",
    "b1": "betas[0]",
    "b2": "betas[1]",
    "beta1": "betas[0]",
    "beta2": "betas[1]",
    "eta_minus": "etas[0]",
    "eta_plus": "etas[1]",
    "min_step_size": "step_sizes[0]",
    "max_step_size": "step_sizes[1]",
}
_SAME = {
    *("lr", "eps", "weight_decay", "momentum", "dampening", "nesterov", "amsgrad", "centered", "alpha", "rho", "lambd"),
    *("betas[0]", "betas[1]", "t0", "lr_decay", "momentum_decay", "initial_accumulator_value"),
    *("initial_scale", "eps_root", "eps_in_sqrt", "max_norm", "clip_value"),
}
_OF_MAKER = {
    ("trace", "decay"): "momentum",
    ("scale_by_rms", "decay"): "alpha",
    ("scale_by_stddev", "decay"): "alpha",
    ("scale", "step_size"): "lr",
}


def by_torch_name(found: Sequence[Setting]) -> dict[str, Any]:
    """Return the settings of a transformation by torch's names; each with the first value that it has."""
    read: dict[str, Any] = {}
    for maker, name, value in found:
        own = _OF_MAKER.get((maker, name)) or _NAMES.get(name) or (name if name in _SAME else "")
        if own and own not in read:
            read[own] = -value if own == "lr" and name == "step_size" else value
    return read


def is_alike(one: Any, other: Any) -> bool:
    """Return whether two settings are the same number. One side may have read its own from float32."""
    if isinstance(one, int | float) and isinstance(other, int | float):
        return bool(np.isclose(float(one), float(other), rtol=1e-6, atol=0))
    return one == other


_OPTAX_ALONE = {"initial_scale": 0.0, "nesterov": False}  # settings that torch has not, and what its rule amounts to


class Change(NamedTuple):
    """One way in which a candidate may part from PyTorch: its topic, a text, and the setup that has it."""

    topic: str
    text: str
    apply: Callable[[Setup], Setup]


def _changes(setup: Setup, read: Mapping[str, Any]) -> Iterator[Change]:
    known = {**_OPTAX_ALONE, **setup.settings}
    for name, value in {**read, "weight_decay": read.get("weight_decay", 0)}.items():
        if name in known and not is_alike(known[name], value) and isinstance(value, int | float):
            yield _setting(name, value, known[name])
    for name in ("nesterov", "amsgrad", "centered"):
        if name in setup.settings and name not in read:
            yield _setting(name, not setup.settings[name], setup.settings[name])
    if not isinstance(read.get("lr"), int | float) and not np.isclose(setup.first, 1):
        yield _setting("lr", setup.first * setup.rates[0], setup.rates[0])
    if read.get("eps_root"):
        yield Change("eps", f"an eps of {read['eps_root']:g} inside of the root", _inside(read["eps_root"]))
    for topic, choices in FAMILIES[setup.family][1].items():
        for choice in choices:
            if topic != "weight decay" or choice != decay_of(setup):
                yield Change(topic, _text(topic, choice, setup), _convention(topic, choice))


def _setting(name: str, value: Any, own: Any) -> Change:
    said = f"{value:g}" if not isinstance(value, bool) else str(value)
    theirs = f"{own:g}" if not isinstance(own, bool) else str(own)

    def apply(setup: Setup) -> Setup:
        if name == "lr":
            return replace(setup, rates=setup.rates * (value / own if own else 1.0))
        return setup.with_settings(**{name: value})

    return Change(f"setting {name}", f"{name} is {said}, not {theirs}", apply)


def _convention(topic: str, choice: str) -> Callable[[Setup], Setup]:
    return lambda setup: setup.with_convention(topic, choice)


def _inside(eps: float) -> Callable[[Setup], Setup]:
    return lambda setup: setup.with_settings(eps_root=eps)


_TEXTS = {
    "weight decay": "weight decay is {choice}, not {own}",
    "learning rate": "the learning rate of a step is {choice}",
    "sign": "the updates have the other sign (maximize)",
    "eps": "eps is {choice}",
    "bias correction": "the bias correction is {choice}",
    "momentum": "momentum: {choice}",
    "dampening": "dampening: {choice}",
    "amsgrad": "amsgrad: {choice}",
    "nesterov": "Nesterov's momentum is {choice}",
    "update": "the update of a step is {choice}",
}


def _text(topic: str, choice: str, setup: Setup) -> str:
    own = decay_of(setup) if topic == "weight decay" else ""
    return _TEXTS[topic].format(choice=choice, own=own)


class Explanation(NamedTuple):
    """The changes that give the candidate, if some do; and how many combinations were tried."""

    texts: list[str]
    tried: int


_MOST_CHANGES = 3
_MOST_TRIES = 1500


def explained(
    setup: Setup, read: Mapping[str, Any], start: np.ndarray, grads: np.ndarray, wanted: np.ndarray, own: np.ndarray
) -> Explanation | None:
    """Return what turns PyTorch's trajectory `own` into the candidate's `wanted`; None where its rule is not known."""
    if setup.family not in FAMILIES or not _agrees(path(setup, start, grads), own, start):
        return None
    setup = replace(setup, first=_factor(start, own[0], wanted[0]))
    plain = path(setup, start, grads)
    changes = [each for each in _changes(setup, read) if not _agrees(_with(setup, [each], start, grads), plain, start)]
    sets, nearly = [*_combinations(changes)], None
    for tried, chosen in enumerate(sets, 1):
        found = _with(setup, chosen, start, grads)
        if _agrees(found, wanted, start):
            return Explanation([change.text for change in chosen], tried)
        if nearly is None and _agrees(found, wanted, start, "float32"):
            nearly = Explanation([*(change.text for change in chosen), "some of it is computed in float32"], tried)
    return nearly or Explanation([], len(sets))


def _combinations(changes: Sequence[Change]) -> Iterator[tuple[Change, ...]]:
    """Yield the sets of changes to try, small ones first, with one change of each topic."""
    sets = (chosen for size in range(1, _MOST_CHANGES + 1) for chosen in itertools.combinations(changes, size))
    fitting = (chosen for chosen in sets if len({change.topic for change in chosen}) == len(chosen))
    return itertools.islice(fitting, _MOST_TRIES)


def _with(setup: Setup, chosen: Sequence[Change], start: np.ndarray, grads: np.ndarray) -> np.ndarray:
    for change in chosen:
        setup = change.apply(setup)
    return path(setup, start, grads)


def _factor(start: np.ndarray, own: np.ndarray, wanted: np.ndarray) -> float:
    """Return how many times as long the candidate's first step is, where it is one factor for all numbers."""
    with np.errstate(all="ignore"):
        ratios = (wanted - start) / (own - start)
    known = ratios[np.isfinite(ratios)]
    return float(np.median(known)) if known.size else 1.0


def _agrees(found: np.ndarray, wanted: np.ndarray, start: np.ndarray, digits: str = "float64") -> bool:
    # without the last step: a learning rate one step early would need one more
    return bool((shares(found[:-1], wanted[:-1], start, wanted[:-1], digits) <= 1).all())
