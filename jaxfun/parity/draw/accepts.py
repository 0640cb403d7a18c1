"""What two functions take: each is asked once, the reference by a call, the candidate by its trace."""

import contextlib
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..run import torch_side
from ..run.outcome import outcome
from .arguments import Arguments, leaves_of, mapped, named

# of a candidate that looks at values where it is traced: no matter of shapes
_OF_VALUES = (jax.errors.ConcretizationTypeError, jax.errors.TracerArrayConversionError)


@dataclass(frozen=True)
class Refusals:
    """What each side raised, None where it takes the arguments."""

    reference: Exception | None
    candidate: Exception | None

    @property
    def is_taken(self) -> bool:
        """Whether both sides take the arguments."""
        return self.reference is None and self.candidate is None

    @property
    def is_refused(self) -> bool:
        """Whether neither side does."""
        return self.reference is not None and self.candidate is not None


@dataclass(frozen=True)
class Both:
    """Both functions, to be asked what they take."""

    candidate: Callable[..., Any]
    reference: Callable[..., Any]
    device: str = "cpu"

    def refusals(self, drawn: Arguments) -> Refusals:
        """Return what each side raises for arguments, NumPy arrays for tensors."""
        return Refusals(self.refused_by_reference(drawn), self._refused_by_candidate(drawn))

    def refused_by_reference(self, drawn: Arguments) -> Exception | None:
        """Return what the reference raises for arguments."""
        sizes = [
            leaf.value.size for leaf in leaves_of((drawn.args, drawn.kwargs)) if isinstance(leaf.value, np.ndarray)
        ]
        args, kwargs = _placed(drawn, 2, lambda array: torch_side.tensor(np.asarray(array), self.device))
        with _unheard(), torch_side.threads_for(max(sizes, default=0)):
            error = outcome(lambda: self.reference(*args, **kwargs))[1]
        torch_side.refuse_lost_device(error)
        return error

    def _refused_by_candidate(self, drawn: Arguments) -> Exception | None:
        def called() -> Any:
            args, kwargs = _placed(drawn, 0, lambda array: jnp.asarray(np.asarray(array)))
            return self.candidate(*args, **kwargs)

        with _unheard():
            error = outcome(lambda: jax.eval_shape(called))[1]
        return None if isinstance(error, _OF_VALUES) else error


def _placed(drawn: Arguments, side: int, place: Callable[[Any], Any]) -> tuple[Any, dict[str, Any]]:
    def placed(leaf: Any) -> Any:
        return place(leaf) if isinstance(leaf, np.ndarray) else leaf

    return mapped(placed, drawn.args, marked=False), mapped(placed, named(drawn.kwargs, side), marked=False)


@contextlib.contextmanager
def _unheard() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
