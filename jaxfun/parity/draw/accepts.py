"""What two functions take: each is asked once, the reference by a call, the candidate by its trace."""

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

# of a candidate that looks at values where it is traced: no matter of shapes
_OF_VALUES = (jax.errors.ConcretizationTypeError, jax.errors.TracerArrayConversionError)


class Refusals:
    """What each side raises for some arguments, None where it takes them; the candidate is asked when it matters."""

    def __init__(self, both: "BothFunctions", drawn: DrawnArguments) -> None:
        self._both, self._drawn = both, drawn
        self._theirs, self.reference = both.called(drawn)

    @functools.cached_property
    def _ours(self) -> tuple[Any, Exception | None]:
        return self._both.traced(self._drawn)

    @property
    def candidate(self) -> Exception | None:
        """What the candidate raises."""
        return self._ours[1]

    @property
    def is_taken(self) -> bool:
        """Whether both sides take the arguments."""
        return self.reference is None and self.candidate is None

    @property
    def is_refused(self) -> bool:
        """Whether neither side does."""
        return self.reference is not None and self.candidate is not None

    @property
    def is_alike(self) -> bool:
        """Whether both sides take the arguments, and give results of the same shapes."""
        return self.is_taken and [item.shape for item in jax.tree.leaves(self._ours[0])] == self._theirs


@dataclass(frozen=True)
class BothFunctions:
    """Both functions, to be asked what they take."""

    candidate: Callable[..., Any]
    reference: Callable[..., Any]
    device: str = "cpu"

    def refusals(self, drawn: DrawnArguments) -> Refusals:
        """Return what each side raises for arguments, NumPy arrays for tensors."""
        return Refusals(self, drawn)

    def called(self, drawn: DrawnArguments) -> tuple[list[tuple[int, ...]], Exception | None]:
        """Return the shapes that the reference gives, and what it raises for arguments."""
        sizes = [np.size(leaf.value) for leaf in leaves_of((drawn.args, drawn.kwargs))]
        args, kwargs = _placed(drawn, 2, lambda array: torch_side.tensor(np.asarray(array), self.device))
        with _unheard(), torch_side.threads_for(max(sizes, default=0)):
            results, error = outcome(lambda: torch_side.leaves(self.reference(*args, **kwargs)))
        torch_side.refuse_lost_device(error)
        return [tuple(item.shape) for item in results or ()], error

    def traced(self, drawn: DrawnArguments) -> tuple[Any, Exception | None]:
        """Return the candidate's results as shapes, and what it raises for arguments: nothing is computed."""

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
