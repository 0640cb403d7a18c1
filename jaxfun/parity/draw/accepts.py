"""Find out whether two functions accept some arguments: call the reference, trace the candidate."""

import contextlib
import functools
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..run import torch_side
from ..run.outcome import outcome
from .arguments import DrawnArguments, leaves_of, mapped_leaves, of_side

# errors of a candidate that branches on traced values: they do not depend on the shapes
_OF_VALUES = (jax.errors.ConcretizationTypeError, jax.errors.TracerArrayConversionError)


class Refusals:
    """The error of each side for some arguments, None if it accepts them. The candidate is traced lazily."""

    def __init__(self, both: "BothFunctions", drawn: DrawnArguments) -> None:
        self._both, self._drawn = both, drawn
        self._theirs, self.reference = both.called(drawn)

    @functools.cached_property
    def _ours(self) -> tuple[Any, Exception | None]:
        return self._both.traced(self._drawn)

    @property
    def candidate(self) -> Exception | None:
        """The error of the candidate, None if it accepts the arguments."""
        return self._ours[1]

    @property
    def is_taken(self) -> bool:
        """Whether both sides accept the arguments."""
        return self.reference is None and self.candidate is None

    @property
    def is_refused(self) -> bool:
        """Whether both sides raise."""
        return self.reference is not None and self.candidate is not None

    @property
    def is_alike(self) -> bool:
        """Whether both sides accept the arguments and return results of the same shapes."""
        return self.is_taken and [item.shape for item in jax.tree.leaves(self._ours[0])] == self._theirs


@dataclass(frozen=True)
class BothFunctions:
    """The candidate and the reference, with methods to try arguments on them."""

    candidate: Callable[..., Any]
    reference: Callable[..., Any]
    device: str = "cpu"

    def refusals(self, drawn: DrawnArguments) -> Refusals:
        """Return the errors of both sides for arguments whose tensors are NumPy arrays."""
        return Refusals(self, drawn)

    def called(self, drawn: DrawnArguments) -> tuple[list[tuple[int, ...]], Exception | None]:
        """Call the reference: return the shapes of its results, and its error or None."""
        sizes = [np.size(leaf.value) for leaf in leaves_of((drawn.args, drawn.kwargs))]
        args, kwargs = _placed(drawn, 2, lambda array: torch_side.tensor(np.asarray(array), self.device))
        with _unheard(), torch_side.threads_for(max(sizes, default=0)):
            results, error = outcome(lambda: torch_side.leaves(self.reference(*args, **kwargs)))
        torch_side.refuse_lost_device(error)
        return [tuple(item.shape) for item in results or ()], error

    def traced(self, drawn: DrawnArguments) -> tuple[Any, Exception | None]:
        """Trace the candidate without computing: return its results as shapes, and its error or None."""

        def called() -> Any:
            args, kwargs = _placed(drawn, 0, lambda array: jnp.asarray(np.asarray(array)))
            return self.candidate(*args, **kwargs)

        with _unheard():
            results, error = outcome(lambda: jax.eval_shape(called))
        return results, None if isinstance(error, _OF_VALUES) else error


def _placed(drawn: DrawnArguments, side: int, place: Callable[[Any], Any]) -> tuple[Any, dict[str, Any]]:
    def placed(leaf: Any) -> Any:
        return place(leaf) if isinstance(leaf, np.ndarray) else leaf

    kwargs = of_side(drawn.kwargs, side)
    return mapped_leaves(placed, drawn.args, marked=False), mapped_leaves(placed, kwargs, marked=False)


@contextlib.contextmanager
def _unheard() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
