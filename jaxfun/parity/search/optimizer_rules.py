"""PyTorch's update rules in NumPy, with the conventions in which other libraries part from them as switches.

`path` computes a trajectory in float64. With PyTorch's conventions it is PyTorch's; with others it is a candidate's, if
that has just these.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

Memory = dict[str, Any]
# step from 1, gradient, memory -> what the learning rate multiplies
Direction = Callable[[int, np.ndarray, Memory], np.ndarray]


@dataclass(frozen=True)
class Setup:
    """An optimiser: torch's class, settings by torch's names, the learning rate of each step, and conventions.

    A convention that is not named is torch's. `first` is the factor of the learning rate before the first.
    """

    family: str
    settings: Mapping[str, Any]
    rates: np.ndarray
    conventions: Mapping[str, str] = field(default_factory=dict)
    first: float = 1.0

    def __getitem__(self, name: str) -> Any:
        return self.settings.get(name, 0)

    def has(self, topic: str, convention: str) -> bool:
        """Return whether a topic's convention is this one."""
        return self.conventions.get(topic, "") == convention

    def with_settings(self, **settings: Any) -> "Setup":
        """Return the setup with other settings."""
        return replace(self, settings={**self.settings, **settings})

    def with_convention(self, topic: str, convention: str) -> "Setup":
        """Return the setup with another convention."""
        return replace(self, conventions={**self.conventions, topic: convention})


LATE, EARLY = "that of the step before", "that of the step after"
COUPLED, DECOUPLED, FREE = "coupled", "decoupled", "decoupled, without the learning rate"
INSIDE, UNCORRECTED = "inside of the root", "added before the bias correction"
NONE, NO_FIRST, NO_SECOND = "missing", "missing for the first moment", "missing for the second moment"
AVERAGE, IN_BUFFER = "(1 - momentum) * gradient", "the learning rate multiplies the gradient in the buffer"
DAMPED = "the first step is damped too"
CORRECTED_MAX = "the maximum is taken after the bias correction"
ASCENT = "the other sign"
PRESENT = "present"
CONSTANT = "the first beta in every step, without the warm-up that torch has with any momentum_decay"
STALE = "that of the step before"

_ANY = {"weight decay": (COUPLED, DECOUPLED, FREE), "learning rate": (LATE, EARLY), "sign": (ASCENT,)}
_ADAM = {**_ANY, "eps": (INSIDE, UNCORRECTED), "bias correction": (NONE, NO_FIRST, NO_SECOND)}


def path(setup: Setup, params: np.ndarray, grads: np.ndarray) -> np.ndarray:
    """Return the parameters after each step. `grads` has the steps first, then whatever `params` broadcasts to."""
    rates = _rates(setup)
    direction, memory, now, found = FAMILIES[setup.family][0](setup), {}, params + 0 * grads[0], []
    is_coupled = _decay(setup) == COUPLED
    weight = setup["weight_decay"]
    sign = -1.0 if bool(setup["maximize"]) != setup.has("sign", ASCENT) else 1.0
    with np.errstate(all="ignore"):
        for at, grad in enumerate(grads):
            seen = sign * grad + (weight * now if is_coupled else 0)
            memory["lr"] = rates[at]
            change = rates[at] * direction(at + 1, seen, memory)
            shrunk = 0 if is_coupled else weight * now * (1 if _decay(setup) == FREE else rates[at])
            now = now - change - shrunk
            found.append(now)
    return np.stack(found)


def _rates(setup: Setup) -> np.ndarray:
    if setup.has("learning rate", LATE):
        return np.concatenate([setup.rates[:1] * setup.first, setup.rates[:-1]])
    if setup.has("learning rate", EARLY):
        return np.concatenate([setup.rates[1:], setup.rates[-1:]])
    return setup.rates


def _decay(setup: Setup) -> str:
    own = DECOUPLED if setup.family == "AdamW" or setup["decoupled_weight_decay"] else COUPLED
    return setup.conventions.get("weight decay", own)


def decay_of(setup: Setup) -> str:
    """Return how a setup's weight decay works."""
    return _decay(setup)


def _ema(memory: Memory, name: str, new: np.ndarray, decay: float) -> np.ndarray:
    memory[name] = decay * memory.get(name, np.zeros_like(new)) + (1 - decay) * new
    return memory[name]


def _root(setup: Setup, square: np.ndarray, correction: float = 1.0) -> np.ndarray:
    eps = setup["eps"]
    if setup["eps_root"]:  # optax has an eps in each place
        return np.sqrt(square / correction + setup["eps_root"]) + eps
    if setup.has("eps", INSIDE):
        return np.sqrt(square / correction + eps)
    if setup.has("eps", UNCORRECTED):
        return (np.sqrt(square) + eps) / np.sqrt(correction)
    return np.sqrt(square / correction) + eps


def _corrections(setup: Setup, step: int) -> tuple[float, float]:
    has_first = not (setup.has("bias correction", NONE) or setup.has("bias correction", NO_FIRST))
    has_second = not (setup.has("bias correction", NONE) or setup.has("bias correction", NO_SECOND))
    return (
        1 - setup["betas[0]"] ** step if has_first else 1.0,
        1 - setup["betas[1]"] ** step if has_second else 1.0,
    )


def _sgd(setup: Setup) -> Direction:
    momentum, dampening = setup["momentum"], setup["dampening"]
    weight = 1 - momentum if setup.has("momentum", AVERAGE) else 1 - dampening

    def direction(step: int, grad: np.ndarray, memory: Memory) -> np.ndarray:
        if not momentum:
            return grad
        by = memory["lr"] if setup.has("momentum", IN_BUFFER) else 1.0
        is_free = step == 1 and not setup.has("dampening", DAMPED) and not setup.has("momentum", AVERAGE)
        before = memory.get("buffer", np.zeros_like(grad))
        memory["buffer"] = momentum * before + (1.0 if is_free else weight) * by * grad
        used = by * grad + momentum * memory["buffer"] if setup["nesterov"] else memory["buffer"]
        return used / by

    return direction


def _adam(setup: Setup) -> Direction:
    def direction(step: int, grad: np.ndarray, memory: Memory) -> np.ndarray:
        first = _ema(memory, "first", grad, setup["betas[0]"])
        second = _ema(memory, "second", grad * grad, setup["betas[1]"])
        one, two = _corrections(setup, step)
        if setup["amsgrad"]:
            two = 1.0 if setup.has("amsgrad", CORRECTED_MAX) else two
            second = second / (1 - setup["betas[1]"] ** step) if setup.has("amsgrad", CORRECTED_MAX) else second
            second = memory["largest"] = np.maximum(memory.get("largest", 0 * second), second)
        if setup.has("nesterov", PRESENT):
            beta = setup["betas[0]"]
            first, one = beta * first / (1 - beta ** (step + 1)) + (1 - beta) * grad / (1 - beta**step), 1.0
        return first / one / _root(setup, second, two)

    return direction


def _adamax(setup: Setup) -> Direction:
    def direction(step: int, grad: np.ndarray, memory: Memory) -> np.ndarray:
        first = _ema(memory, "first", grad, setup["betas[0]"])
        eps, before = setup["eps"], memory.get("largest", 0 * grad)
        is_outside = setup.has("eps", "outside of the maximum")
        memory["largest"] = np.maximum(setup["betas[1]"] * before, np.abs(grad) + (0 if is_outside else eps))
        return first / _corrections(setup, step)[0] / (memory["largest"] + (eps if is_outside else 0))

    return direction


def _nadam(setup: Setup) -> Direction:
    beta, decay = setup["betas[0]"], setup["momentum_decay"]

    def momentum(step: int) -> float:
        return beta * (1 - 0.5 * 0.96 ** (step * decay))

    def direction(step: int, grad: np.ndarray, memory: Memory) -> np.ndarray:
        second = _ema(memory, "second", grad * grad, setup["betas[1]"])
        first = _ema(memory, "first", grad, beta)
        if setup.has("momentum", CONSTANT):
            blend = beta * first / (1 - beta ** (step + 1)) + (1 - beta) * grad / (1 - beta**step)
        else:
            before = memory.get("product", np.float32(1))
            product = memory["product"] = np.float32(before * np.float32(momentum(step)))
            mu, following = momentum(step), momentum(step + 1)
            blend = grad * (1 - mu) / (1 - float(product)) + first * following / (1 - float(product) * following)
        return blend / _root(setup, second, _corrections(setup, step)[1])

    return direction


def _radam(setup: Setup) -> Direction:
    longest = 2 / (1 - setup["betas[1]"]) - 1

    def direction(step: int, grad: np.ndarray, memory: Memory) -> np.ndarray:
        beta = setup["betas[1]"]
        first = _ema(memory, "first", grad, setup["betas[0]"])
        second = _ema(memory, "second", grad * grad, beta)
        one, two = 1 - setup["betas[0]"] ** step, 1 - beta**step
        length = longest - 2 * step * beta**step / two
        if length <= 5:
            return first / one
        rect = np.sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length))
        is_after = setup.has("eps", "added after the bias correction")
        within = replace(setup, conventions={} if is_after else {"eps": UNCORRECTED})
        return first / one * rect / _root(within, second, two)

    return direction


def _adagrad(setup: Setup) -> Direction:
    def direction(step: int, grad: np.ndarray, memory: Memory) -> np.ndarray:
        before = memory.get("sum", np.full_like(grad, setup["initial_accumulator_value"]))
        total = memory["sum"] = before + grad * grad
        found = grad / _root(setup, total)
        return np.where(total > 0, found, 0) / (1 + (step - 1) * setup["lr_decay"])

    return direction


def _rmsprop(setup: Setup) -> Direction:
    def direction(step: int, grad: np.ndarray, memory: Memory) -> np.ndarray:
        alpha = setup["alpha"]
        memory.setdefault("square", np.full_like(grad, setup["initial_scale"]))
        square = _ema(memory, "square", grad * grad, alpha)
        correction = 1 - alpha**step if setup.has("bias correction", PRESENT) else 1.0
        if setup["centered"]:
            square = square - _ema(memory, "mean", grad, alpha) ** 2
        used = grad / _root(setup, square, correction)
        if not setup["momentum"]:
            return used
        by = memory["lr"] if setup.has("momentum", IN_BUFFER) else 1.0
        before = memory.get("buffer", 0 * grad)
        memory["buffer"] = setup["momentum"] * before + by * used
        return (by * used + setup["momentum"] * memory["buffer"] if setup["nesterov"] else memory["buffer"]) / by

    return direction


def _adadelta(setup: Setup) -> Direction:
    def direction(step: int, grad: np.ndarray, memory: Memory) -> np.ndarray:
        rho, eps = setup["rho"], setup["eps"]
        square = _ema(memory, "square", grad * grad, rho)
        before = memory.get("delta", 0 * grad)
        is_outside = setup.has("eps", "outside of the roots")
        top, bottom = (np.sqrt(each) + eps if is_outside else np.sqrt(each + eps) for each in (before, square))
        delta = top / bottom * grad
        memory.setdefault("delta", 0 * grad)
        _ema(memory, "delta", delta * delta, rho)
        return delta

    return direction


def _rprop(setup: Setup) -> Direction:
    minus, plus, least, most = (setup[name] for name in ("etas[0]", "etas[1]", "step_sizes[0]", "step_sizes[1]"))

    def direction(step: int, grad: np.ndarray, memory: Memory) -> np.ndarray:
        sign = np.sign(grad * memory.get("prev", 0 * grad))
        factor = np.where(sign > 0, plus, np.where(sign < 0, minus, 1.0))
        size = memory["size"] = np.clip(memory.get("size", memory["lr"]) * factor, least, most)
        memory["prev"] = np.where(sign < 0, 0, grad)
        update = np.sign(memory["prev"]) * size / memory["lr"]
        before, memory["update"] = memory.get("update", 0 * grad), update
        return np.where(sign < 0, 0, before) if setup.has("update", STALE) else update

    return direction


Conventions = Mapping[str, tuple[str, ...]]
FAMILIES: dict[str, tuple[Callable[[Setup], Direction], Conventions]] = {
    "SGD": (_sgd, {**_ANY, "momentum": (AVERAGE, IN_BUFFER), "dampening": (DAMPED,)}),
    "Adam": (_adam, {**_ADAM, "amsgrad": (CORRECTED_MAX,), "nesterov": (PRESENT,)}),
    "AdamW": (_adam, {**_ADAM, "amsgrad": (CORRECTED_MAX,), "nesterov": (PRESENT,)}),
    "Adamax": (_adamax, {**_ANY, "eps": ("outside of the maximum",), "bias correction": (NONE,)}),
    "NAdam": (_nadam, {**_ADAM, "momentum": (CONSTANT,)}),
    "RAdam": (_radam, {**_ANY, "eps": ("added after the bias correction",)}),
    "Adagrad": (_adagrad, {**_ANY, "eps": (INSIDE,)}),
    "RMSprop": (_rmsprop, {**_ANY, "eps": (INSIDE,), "bias correction": (PRESENT,), "momentum": (IN_BUFFER,)}),
    "Rprop": (_rprop, {"sign": (ASCENT,), "update": (STALE,)}),
    "Adadelta": (_adadelta, {**_ANY, "eps": ("outside of the roots",)}),
}
