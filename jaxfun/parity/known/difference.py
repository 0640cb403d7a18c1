"""A place where jaxfun is known to differ from torch."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ..compare.arrays import Bound, distance

Answer = Callable[[np.ndarray, Mapping[str, Any]], "np.ndarray | bool"]


@dataclass(frozen=True)
class KnownDifference:
    """A region of inputs in which jaxfun is known to differ from torch. Outside of the region both must agree.

    `region(arguments)` returns whether the arguments, by name, lie in the region. For inputs in the region the others
    narrow down what may differ; by default the whole result may:

    - `elements`: a mask of the elements that may differ. It broadcasts to the compared array.
    - `answer`: a mask of the elements at which jaxfun's result is what the text in `jaxfun` says.
    - `within`: the tolerance of an element that may differ.

    `elements` and `answer` are called with the compared array and the arguments. `much` is the reason why the region
    holds more than a tenth of the drawn inputs, or "". `machines` names the machines on which the difference occurs, or
    is "" if it occurs on all.
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
    within: Bound | None = None
    much: str = ""
    machines: str = ""

    def excuses(self, result: np.ndarray, target: np.ndarray, arguments: Mapping[str, Any]) -> np.ndarray:
        """Return a mask of the elements of jaxfun's result that may differ from torch's result, the target.

        >>> known = KnownDifference(lambda arguments: True, "", "", "", "", answer=finite)
        >>> known.excuses(np.array([1.0, np.nan]), np.array([2.0, 2.0]), {})
        array([ True, False])
        """
        asked = (ask for ask in (self.elements, self.answer) if ask is not None)
        with np.errstate(all="ignore"):
            masks: list[Any] = [np.broadcast_to(ask(result, arguments), result.shape) for ask in asked]
            if self.within is not None:
                allowed = self.within.atol + self.within.rtol * np.abs(target.astype(np.complex128))
                masks.append(distance(result, target) <= allowed)
        return np.logical_and.reduce(masks) if masks else np.ones(result.shape, bool)


def anywhere(mask: Callable[[Mapping[str, Any]], Any]) -> Callable[[Mapping[str, Any]], bool]:
    """Return the region where a mask of the arguments holds somewhere."""
    return lambda arguments: bool(np.any(mask(arguments)))


def there(mask: Callable[[Mapping[str, Any]], Any]) -> Answer:
    """Return the `elements` that a mask of the arguments holds, of a result of an elementwise function.

    A gradient for an operand that was broadcast is a sum: an element may differ if the mask holds one of its terms.
    """
    return lambda result, arguments: reduced(np.asarray(mask(arguments)), result.shape)


def reduced(mask: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Return whether a mask holds anywhere along the dimensions that broadcasting adds to a shape.

    >>> reduced(np.array([[True, False], [False, False]]), (2, 1))
    array([[ True],
           [False]])
    """
    mask = np.asarray(mask.any(tuple(range(mask.ndim - len(shape)))))
    sizes = shape[len(shape) - mask.ndim :]
    return np.asarray(mask.any(tuple(axis for axis, size in enumerate(sizes) if size == 1), keepdims=True))


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
        return self.known.answer is None and self.known.elements is None and self.known.within is None

    def excuses(self, result: np.ndarray, target: np.ndarray) -> np.ndarray:
        """Return which elements of jaxfun's result, or of a derivative, may differ from torch's, the target."""
        return self.known.excuses(result, target, self.arguments)


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
