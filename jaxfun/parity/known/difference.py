"""A place where jaxfun is known to differ from torch."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

Answer = Callable[[np.ndarray, Mapping[str, Any]], "np.ndarray | bool"]


@dataclass(frozen=True)
class KnownDifference:
    """A place where jaxfun is known to differ from torch: seen inside the region, equal outside of it.

    `region` takes the names and values of the arguments and says whether they lie in it. Of the results of a value set
    that does, `elements` says which may differ, as a mask that broadcasts to the array that is compared (all by
    default): the others are held to torch's. `answer` says of which elements jaxfun's own result is what `jaxfun` says
    in words: where an element may differ and does, it has to hold. Both are given the array that is compared and the
    arguments. `much` is the reason why the region holds more than a tenth of what is drawn, "" where it does not.
    `machines` says on which it is seen, "" where on all.
    """

    region: Callable[[Mapping[str, Any]], bool]
    jaxfun: str
    torch: str
    why: str
    source: str
    levels: tuple[str, ...] = ("value", "vjp", "jvp", "hvp")
    devices: tuple[str, ...] = ("cpu", "cuda")  # those whose kernels of torch's differ
    answer: Answer | None = None
    elements: Answer | None = None
    much: str = ""
    machines: str = ""

    def excuses(self, result: np.ndarray, arguments: Mapping[str, Any]) -> np.ndarray:
        """Return which elements of jaxfun's result may differ from torch's: as many as the result has.

        >>> KnownDifference(lambda arguments: True, "", "", "", "", answer=finite).excuses(np.array([1.0, np.nan]), {})
        array([ True, False])
        """
        asked = (ask for ask in (self.elements, self.answer) if ask is not None)
        with np.errstate(all="ignore"):
            masks = [np.broadcast_to(ask(result, arguments), result.shape) for ask in asked]
        return np.logical_and.reduce(masks) if masks else np.ones(result.shape, bool)


def anywhere(mask: Callable[[Mapping[str, Any]], Any]) -> Callable[[Mapping[str, Any]], bool]:
    """Return the region where a mask of the arguments holds somewhere."""
    return lambda arguments: bool(np.any(mask(arguments)))


def there(mask: Callable[[Mapping[str, Any]], Any]) -> Answer:
    """Return the `elements` that a mask of the arguments holds, of a result that has the shape of the arguments."""
    return lambda result, arguments: mask(arguments)


class Held(NamedTuple):
    """The known difference that holds a value set, with the arguments that it holds."""

    known: KnownDifference
    arguments: Mapping[str, Any]

    @property
    def why(self) -> str:
        """Why the two differ there."""
        return self.known.why

    @property
    def is_whole(self) -> bool:
        """Whether the difference excuses the whole result, with any numbers."""
        return self.known.answer is None and self.known.elements is None

    def excuses(self, result: np.ndarray) -> np.ndarray:
        """Return which elements of jaxfun's result, or of a derivative, may differ from torch's."""
        return self.known.excuses(result, self.arguments)


def finite(result: np.ndarray, arguments: Mapping[str, Any]) -> np.ndarray:
    """Return where a result is finite: an `answer`."""
    return np.isfinite(result.astype(np.complex128))


def nan(result: np.ndarray, arguments: Mapping[str, Any]) -> np.ndarray:
    """Return where a result is NaN: an `answer`."""
    return np.isnan(result.astype(np.complex128))


def zero(result: np.ndarray, arguments: Mapping[str, Any]) -> np.ndarray:
    """Return where a result is 0: an `answer`."""
    return result == 0


def infinite(result: np.ndarray, arguments: Mapping[str, Any]) -> np.ndarray:
    """Return where a result is infinite: an `answer`."""
    return np.isinf(result.astype(np.complex128))


def not_finite(result: np.ndarray, arguments: Mapping[str, Any]) -> np.ndarray:
    """Return where a result is infinite or NaN: an `answer`."""
    return ~finite(result, arguments)
