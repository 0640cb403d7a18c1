"""Default options of all checks, set by the context manager `parity.defaults`: number of value sets, and devices."""

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, NoReturn

import jax

from ..core.errors import ArgumentValueError
from ..core.public import public
from .run import torch_side
from .run.outcome import outcome

ABSENT = "JAX and PyTorch do not both see a CUDA device"
PROFILES = {"quick": 1, "thorough": 30}  # factor of the usual number of value sets
DEVICES = {"cpu": ("cpu",), "cuda": ("cuda",), "all": ("cpu", "cuda")}


def refuse_cuda(reason: str) -> NoReturn:
    """Raise because CUDA was requested and is not available.

    Raises: ArgumentValueError.
    """
    raise ArgumentValueError("a CUDA device that JAX and PyTorch both see", reason, "Use the device 'cpu'.")


@dataclass(frozen=True)
class _Defaults:
    times: int = 1
    device: str = "cpu"
    absent: Callable[[str], Any] = refuse_cuda


_USUAL = _Defaults()
_CHOSEN: ContextVar[_Defaults] = ContextVar("chosen", default=_USUAL)


@public(name="parity.defaults", runs_callbacks=True)
def defaults(
    profile: str = "quick", device: str = "cpu", absent: Callable[[str], Any] = refuse_cuda
) -> contextlib.AbstractContextManager[None]:
    """Return a context manager that sets the default `examples` and `devices` of the checks inside.

    `profile` is "quick", or "thorough" for thirty times as many value sets. `device` is "cpu", "cuda", or "all" for
    every available one. If `device` is "cuda" and no CUDA device is available, a check calls `absent` with the reason:
    `pytest.skip`, for example. By default it raises ArgumentValueError.

    Raises: ArgumentValueError for another profile or device.

    >>> from jaxfun import parity
    >>> import jax, torch
    >>> with parity.defaults(device="all"):
    ...     report = parity.assert_parity(jax.numpy.exp, torch.exp, examples=40)
    """
    for name, given, known in (("profile", profile, PROFILES), ("device", device, DEVICES)):
        if given not in known:
            raise ArgumentValueError(f"`{name}` to be one of {', '.join(known)}", repr(given))
    return _within(_Defaults(PROFILES[profile], device, absent))


@contextlib.contextmanager
def _within(chosen: _Defaults) -> Iterator[None]:
    token = _CHOSEN.set(chosen)
    try:
        yield
    finally:
        _CHOSEN.reset(token)


def examples_of(given: int | None, usual: int) -> int:
    """Return the number of value sets: the given one, else the usual one times the factor of the profile."""
    return given or usual * _CHOSEN.get().times


def devices_of(given: Any) -> tuple[str, ...]:
    """Return the given devices, else those of the context."""
    chosen = _CHOSEN.get()
    if given or chosen.device == "cpu" or has_cuda():
        return tuple(given or DEVICES[chosen.device])
    if chosen.device == "cuda":
        chosen.absent(ABSENT)
    return ("cpu",)


def has_cuda() -> bool:
    """Return whether JAX and PyTorch both see a CUDA device."""
    return torch_side.sees_cuda() and outcome(lambda: jax.devices("cuda"))[1] is None
