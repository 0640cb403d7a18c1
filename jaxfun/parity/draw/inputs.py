"""Inputs as Hypothesis strategies: tensors, dimensions, and what a candidate's own annotations ask for.

A drawn tensor is a NumPy array that remembers its layout, so that the engine can fill the same layout with many value
sets; an array that came out of a user's own strategy, or of a `map`, is taken as it is.
"""

import contextlib
import inspect
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

from ...errors import ArgumentTypeError, ArgumentValueError, describe, public
from .values import Layout, strata_of, value_set

SHAPES: dict[str, tuple[int, ...]] = {
    "2-dim": (4, 5),
    "1-dim": (3,),
    "size 1": (2, 3, 1),
    "0-dim": (),
    "empty": (0,),
}
# what a named size may be in a configuration of each kind
_SIZES = {
    "2-dim": (2, 3, 5),
    "1-dim": (3, 2),
    "size 1": (1,),
    "0-dim": (1, 2),
    "empty": (0, 2),
}


@dataclass(frozen=True)
class Configuration:
    """What the tensors of one configuration are drawn with."""

    dtype: str = "float32"
    shape: str = "2-dim"


_PLAIN = Configuration()
_CONFIGURATION: ContextVar[Configuration] = ContextVar("configuration", default=_PLAIN)


@contextlib.contextmanager
def configured(configuration: Configuration) -> Iterator[None]:
    """Draw tensors of one configuration inside of the block."""
    token = _CONFIGURATION.set(configuration)
    try:
        yield
    finally:
        _CONFIGURATION.reset(token)


class Drawn(np.ndarray):
    """A NumPy array that remembers the layout that it was drawn with; what is computed from it does not."""

    layout: Layout | None

    def __array_finalize__(self, source: Any) -> None:
        """Forget the layout: called for every view and result."""
        self.layout = None


def _drawn(array: np.ndarray, layout: Layout) -> Drawn:
    result = np.asarray(array).view(Drawn)
    result.layout = layout
    return result


class Several(tuple[Any, ...]):
    """The values of one strategy that gives several positional arguments."""


@dataclass(frozen=True)
class Dependent:
    """A strategy for an argument that is made once the earlier arguments are drawn."""

    make: Callable[[Sequence[Any]], st.SearchStrategy[Any]]


@public("parity.tensors(n, shape, dtype, same_shape, broadcastable, min_value, max_value, subnormals)")
def tensors(
    n: int | None = None,
    *,
    shape: Any = None,
    dtype: str | None = None,
    same_shape: bool = False,
    broadcastable: bool = False,
    min_value: float | None = None,
    max_value: float | None = None,
    subnormals: bool = False,
) -> st.SearchStrategy[Any]:
    """Return a strategy for one tensor, or for `n` of them, which are `n` positional arguments.

    `shape` is a tuple, or names as jaxtyping writes them (`"batch dim"`; one name is one size across the arguments, a
    number is itself); by default the engine goes through 0-dim, empty, size-1 and other shapes. `dtype` fixes a dtype
    that is not to vary (`"int64"` for an index); `"complex"` is the complex one of the precision in turn. Several
    tensors have one shape, unless they are `broadcastable`. `subnormals` are drawn only if asked for: XLA on the CPU
    takes them for zero.

    Raises: ArgumentValueError for contradicting options.

    >>> from jaxfun import parity
    >>> two = parity.tensors(2, same_shape=True)
    >>> index = parity.tensors(shape=(3,), dtype="int64", min_value=0, max_value=4)
    """
    if same_shape and broadcastable:
        raise ArgumentValueError("one of `same_shape` and `broadcastable`", "both")
    if min_value is not None and max_value is not None and min_value > max_value:
        raise ArgumentValueError("`min_value` to be at most `max_value`", f"{min_value} and {max_value}")
    if n is not None and (not isinstance(n, int) or n < 1):
        raise ArgumentTypeError("`n` to be an integer, 1 or more", describe(n))
    return _tensors(n, shape, dtype, broadcastable, (min_value, max_value), subnormals)


_COMPLEX = {"float32": "complex64", "float64": "complex128", "complex64": "complex64", "complex128": "complex128"}


def _complex_of(dtype: str) -> str:
    if dtype not in _COMPLEX:
        expected = f"`dtypes` for a complex tensor to be some of {', '.join(_COMPLEX)}"
        raise ArgumentValueError(expected, repr(dtype), "The parts of a complex number are float32 or float64.")
    return _COMPLEX[dtype]


@st.composite
def _tensors(
    draw: st.DrawFn,
    n: int | None,
    shape: Any,
    dtype: str | None,
    broadcastable: bool,
    bounds: tuple[Any, Any],
    subnormals: bool,
) -> Any:
    configuration = _CONFIGURATION.get()
    base = draw(_shapes(shape, configuration))
    kind = _complex_of(configuration.dtype) if dtype == "complex" else dtype or configuration.dtype
    full = draw(st.integers(0, (n or 1) - 1)) if broadcastable else 0
    shapes = [base if not broadcastable or i == full else draw(narrowed(base)) for i in range(n or 1)]
    layouts = [Layout(one, kind, *bounds, subnormals=subnormals) for one in shapes]
    stratum = draw(st.sampled_from(strata_of(layouts)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    arrays = [_drawn(a, layout) for a, layout in zip(value_set(stratum, layouts, (), rng), layouts, strict=True)]
    return arrays[0] if n is None else Several(arrays)


def _shapes(shape: Any, configuration: Configuration) -> st.SearchStrategy[tuple[int, ...]]:
    if shape is None:
        return st.just(SHAPES[configuration.shape])
    if not isinstance(shape, str):
        return st.just((shape,) if isinstance(shape, int) else tuple(shape))
    return st.tuples(*(_size(word, configuration) for word in shape.split()))


def _size(word: str, configuration: Configuration) -> st.SearchStrategy[int]:
    if word.isdigit():
        return st.just(int(word))
    # one strategy object for a name, so that every tensor of an example gets one size
    return st.shared(st.sampled_from(_SIZES[configuration.shape]), key=f"size of {word}")


@st.composite
def narrowed(draw: st.DrawFn, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return a strategy for shapes that broadcast to `shape`, half of the time itself."""
    if draw(st.booleans()):
        return shape
    ones = tuple(1 if draw(st.booleans()) else size for size in shape)
    return ones[draw(st.integers(0, len(shape))) :]


@public("parity.dims(of)")
def dims(of: int = 0) -> Dependent:
    """Return a strategy for one dimension, positive or negative, of the positional argument number `of`.

    >>> from jaxfun import parity
    >>> inputs = parity.tensors(), parity.dims(of=0)
    """

    def make(drawn: Sequence[Any]) -> st.SearchStrategy[int]:
        if of >= len(drawn):
            raise ArgumentValueError(f"`of` to be an earlier argument, below {len(drawn)}", str(of))
        limit = max(np.ndim(drawn[of]), 1)
        return st.integers(-limit, limit - 1)

    return Dependent(make)


def like(array: np.ndarray) -> st.SearchStrategy[Any]:
    """Return a strategy for tensors of an array's shape: of a floating point dtype any, else its own, and its range."""
    if array.dtype.kind in "fcV":
        return tensors(shape=array.shape)
    bounds = (int(array.min()), int(array.max())) if array.size and array.dtype.kind in "iu" else (None, None)
    return tensors(shape=array.shape, dtype=str(array.dtype), min_value=bounds[0], max_value=bounds[1])


def near(array: np.ndarray, is_constant: bool = False) -> st.SearchStrategy[Any]:
    """Return a strategy for tensors whose numbers are close to an array's, where they are floating point."""
    if array.dtype.kind not in "fcV":
        return st.just(array)

    def draw() -> Drawn:
        dtype = _CONFIGURATION.get().dtype
        around = array.astype(np.complex128 if array.dtype.kind == "c" else np.float64)
        return _drawn(
            around.astype(np.dtype(dtype)), Layout(array.shape, dtype, around=around, is_constant=is_constant)
        )

    return st.builds(draw)


def inputs_of(candidate: Callable[..., Any]) -> list[st.SearchStrategy[Any]]:
    """Return a strategy for each required positional parameter: by its annotation, else one float tensor."""
    required = [p for p in _positional(candidate) if p.default is p.empty]
    return [_annotated(parameter.annotation) for parameter in required] or [tensors()]


def parameters_of(function: Callable[..., Any]) -> list[str]:
    """Return the names of a function's positional parameters, none where it has no signature."""
    return [parameter.name for parameter in _positional(function)]


def _positional(function: Callable[..., Any]) -> list[inspect.Parameter]:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return []
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [parameter for parameter in parameters if parameter.kind in positional]


def _annotated(annotation: Any) -> st.SearchStrategy[Any]:
    names = getattr(annotation, "dim_str", None)  # jaxtyping: Float[Array, "batch dim"]
    if names is None:
        return _BY_TYPE.get(annotation, tensors())
    words = [word for word in names.split() if word != "..."]
    kinds = tuple(getattr(annotation, "dtypes", ()) or ())
    return tensors(shape=" ".join(words), dtype=_dtype_of(kinds))


_BY_TYPE: dict[Any, st.SearchStrategy[Any]] = {
    bool: st.booleans(),
    int: st.integers(-3, 3),
    float: st.sampled_from([0.5, 1.0, -1.5, 0.0, 2.0, 1e-3]),
}


def _dtype_of(kinds: tuple[str, ...]) -> str | None:
    """Return the one dtype that an annotation leaves room for, None where it is a kind of float."""
    if len(kinds) > 1 and all(kind.startswith("complex") for kind in kinds):
        return "complex"
    if not kinds or any(kind.startswith(("float", "bfloat", "complex")) for kind in kinds):
        return None if len(kinds) != 1 else kinds[0]
    return "bool" if kinds == ("bool",) else "int32" if "int32" in kinds else kinds[0]


@st.composite
def arguments(draw: st.DrawFn, inputs: Sequence[Any], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return a strategy for positional and keyword arguments, drawn in order."""
    drawn: list[Any] = []
    for given in inputs:
        strategy = given.make(drawn) if isinstance(given, Dependent) else given
        value = draw(strategy) if isinstance(strategy, st.SearchStrategy) else strategy
        drawn.extend(value if isinstance(value, Several) else (value,))
    named = {name: draw(item) if isinstance(item, st.SearchStrategy) else item for name, item in kwargs.items()}
    return tuple(drawn), named
