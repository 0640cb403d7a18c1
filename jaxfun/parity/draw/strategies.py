"""The public Hypothesis strategies: `tensors`, structured tensors such as `labels` and `mask`, `dims`, `constant`.

A drawn tensor is a NumPy array with its layout attached (`Drawn`), so that the engine can fill the layout with many
value sets without Hypothesis. An array without layout, from a user's own strategy or a `map`, is drawn by Hypothesis
for each value set.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from ...core.errors import ArgumentTypeError, ArgumentValueError, describe
from ...core.public import public
from .layout import Layout
from .shapes import Example, current, narrowed, shapes
from .values import strata_of, value_set


class Drawn(np.ndarray):
    """A NumPy array with the layout that it was drawn with; views and results of it have none."""

    layout: Layout | None

    def __array_finalize__(self, source: Any) -> None:
        """Remove the layout; NumPy calls this for every view and result."""
        self.layout = None


def drawn_with(array: np.ndarray, layout: Layout) -> Drawn:
    """Attach a layout to an array."""
    result = np.asarray(array).view(Drawn)
    result.layout = layout
    return result


class Several(tuple[Any, ...]):
    """The values of a strategy for several positional arguments."""


@dataclass(frozen=True)
class Dependent:
    """A strategy for an argument that depends on the earlier arguments: `make(earlier)` returns the strategy."""

    make: Callable[[Sequence[Any]], st.SearchStrategy[Any]]


@dataclass(frozen=True)
class Constant:
    """An argument without derivative, as a value or a strategy."""

    value: Any


@dataclass(frozen=True)
class Kind:
    """The options of a strategy for tensors."""

    shape: Any = None
    dtype: str | None = None
    low: float | None = None
    high: Any = None  # a number; or the name of a size, which is an exclusive bound
    finite: bool = False
    distinct: bool = False
    subnormals: bool = False
    structure: str = ""
    ignored: int | None = None
    after: bool = False  # the shape is that of the first tensor without its second dimension (the classes)


@public(name="parity.tensors", runs_callbacks=True)
def tensors(
    n: int | None = None,
    *,
    shape: Any = None,
    dtype: str | None = None,
    same_shape: bool = False,
    broadcastable: bool = False,
    min_value: float | None = None,
    max_value: float | None = None,
    finite: bool = False,
    distinct: bool = False,
    subnormals: bool = False,
) -> st.SearchStrategy[Any]:
    """Return a strategy for one tensor, or for `n` tensors as `n` positional arguments.

    `shape` is a tuple of sizes, or names as in jaxtyping (`"batch dim"`): a name has the same size in all arguments, a
    number is a fixed size. By default the engine searches for shapes that both functions accept. `dtype` fixes the
    dtype (`"int64"` for an index); `"complex"` follows the precision of the check: complex64 for float32, complex128
    for float64. `n` tensors have the same shape, or, with `broadcastable`, shapes that broadcast. `finite` excludes NaN
    and infinity. `distinct` makes all numbers of a tensor different. `subnormals` includes subnormal numbers, which XLA
    on the CPU flushes to zero.

    Raises: ArgumentTypeError and ArgumentValueError for invalid or contradictory options.

    >>> from jaxfun import parity
    >>> two = parity.tensors(2, same_shape=True)
    >>> index = parity.tensors(shape=(3,), dtype="int64", min_value=0, max_value=4)
    >>> scores = parity.tensors(shape="n classes", finite=True, distinct=True)
    """
    if same_shape and broadcastable:
        raise ArgumentValueError("only one of `same_shape` and `broadcastable`", "both")
    if min_value is not None and max_value is not None and min_value > max_value:
        raise ArgumentValueError("`min_value` to be at most `max_value`", f"{min_value} and {max_value}")
    if n is not None and (not isinstance(n, int) or n < 1):
        raise ArgumentTypeError("`n` to be an integer, 1 or more", describe(n))
    _require_dtype(dtype)
    if distinct and dtype == "bool":
        raise ArgumentValueError("a `dtype` with more than two numbers for `distinct`", "'bool'")
    kind = Kind(_shape(shape), dtype, min_value, max_value, finite, distinct, subnormals)
    return _tensors(n, kind, broadcastable)


def _require_dtype(dtype: Any) -> None:
    try:
        known = dtype in (None, "complex") or np.dtype(dtype).kind in "biufcV"
    except TypeError:
        known = False
    if not known:
        raise ArgumentValueError('`dtype` to be a name such as "int64", or "complex"', repr(dtype))


def _shape(shape: Any) -> Any:
    """Validate a shape, and return it as names, as a tuple of sizes, or None.

    Raises: ArgumentTypeError if it is not a shape.
    """
    sizes = (shape,) if isinstance(shape, (int, np.integer)) else shape
    if shape is None or isinstance(shape, str):
        return shape
    if isinstance(sizes, (tuple, list)) and all(isinstance(size, (int, np.integer)) and size >= 0 for size in sizes):
        return tuple(map(int, sizes))
    raise ArgumentTypeError('`shape` to be sizes such as (3, 4), or names such as "n c h w"', describe(shape))


@public(name="parity.labels", runs_callbacks=True)
def labels(
    classes: int | str, *, shape: Any = None, ignore_index: int | None = None, dtype: str = "int64"
) -> st.SearchStrategy[Any]:
    """Return a strategy for class labels: integers from 0 to `classes` - 1.

    `classes` is a number, or the name of a size in another argument's `shape`. The default shape is that of the first
    tensor without its second dimension, as in torch's losses. With `ignore_index`, some labels have that value, and in
    some value sets all do.

    Raises: ArgumentTypeError and ArgumentValueError for invalid options.

    >>> from jaxfun import parity
    >>> inputs = parity.tensors(shape="n classes"), parity.labels("classes", ignore_index=-100)
    """
    if isinstance(classes, bool) or not isinstance(classes, (int, str)):
        raise ArgumentTypeError("`classes` to be an integer, or the name of a size", describe(classes))
    if isinstance(classes, int) and classes < 1:
        raise ArgumentValueError("`classes` to be 1 or more", str(classes))
    if ignore_index is not None and isinstance(classes, int) and 0 <= ignore_index < classes == 1:
        raise ArgumentValueError("an `ignore_index` other than the only label", f"{ignore_index} of {classes} class")
    if np.dtype(dtype).kind not in "iu":
        raise ArgumentValueError("`dtype` to be an integer dtype", repr(dtype))
    high = classes if isinstance(classes, str) else classes - 1
    structure = "labels" if ignore_index is None else "labels, some ignored"
    return _tensors(
        None, Kind(_shape(shape), dtype, 0, high, structure=structure, ignored=ignore_index, after=shape is None), False
    )


@public(name="parity.probabilities", runs_callbacks=True)
def probabilities(shape: Any = None, *, dtype: str | None = None) -> st.SearchStrategy[Any]:
    """Return a strategy for probabilities: numbers from 0 to 1 with a sum of 1 along the last dimension.

    They include exact zeros and ones, equal ones, and tiny ones.

    >>> from jaxfun import parity
    >>> target = parity.probabilities("n classes")
    """
    _require_dtype(dtype)
    return _tensors(None, Kind(_shape(shape), dtype, 0.0, 1.0, structure="probabilities"), False)


@public(name="parity.symmetric", runs_callbacks=True)
def symmetric(n: int | str = "n", *, batch: Any = (), dtype: str | None = None) -> st.SearchStrategy[Any]:
    """Return a strategy for symmetric matrices (complex: Hermitian) with `n` rows.

    `n` is a number or the name of a size. `batch` has the sizes or names of the batch dimensions.

    >>> from jaxfun import parity
    >>> matrix = parity.symmetric("n", batch="b")
    """
    return _matrices(n, batch, dtype, "symmetric")


@public(name="parity.positive_definite", runs_callbacks=True)
def positive_definite(n: int | str = "n", *, batch: Any = (), dtype: str | None = None) -> st.SearchStrategy[Any]:
    """Return a strategy for well-conditioned positive definite matrices with `n` rows; no eigenvalue is near 0.

    `n` is a number or the name of a size. `batch` has the sizes or names of the batch dimensions.

    >>> from jaxfun import parity
    >>> covariance = parity.positive_definite(4)
    """
    return _matrices(n, batch, dtype, "positive definite")


def _matrices(n: int | str, batch: Any, dtype: str | None, structure: str) -> st.SearchStrategy[Any]:
    _require_dtype(dtype)
    return _tensors(None, Kind(_and(batch, n, n), dtype, finite=True, structure=structure), False)


def _and(batch: Any, *sizes: Any) -> str:
    """Return a shape as words: the batch dimensions, then the sizes.

    Raises: ArgumentTypeError for an invalid size.
    """
    for size in sizes:
        if isinstance(size, bool) or not isinstance(size, (int, str)) or (isinstance(size, int) and size < 0):
            raise ArgumentTypeError("`n` to be an integer, 0 or more, or the name of a size", describe(size))
    before = _shape(batch)
    words = [before] if isinstance(before, str) else list(map(str, before or ()))
    return " ".join([*words, *map(str, sizes)])


@public(name="parity.mask", runs_callbacks=True)
def mask(shape: Any = None, *, empty_rows: bool = True) -> st.SearchStrategy[Any]:
    """Return a strategy for a bool tensor: random, with some rows all True, and with some rows all False.

    A row lies along the last dimension. `empty_rows=False` keeps a True in each row, as attention needs it.

    >>> from jaxfun import parity
    >>> attended = parity.mask("batch length", empty_rows=False)
    """
    structure = "mask" if empty_rows else "mask without empty rows"
    return _tensors(None, Kind(_shape(shape), "bool", 0, 1, structure=structure), False)


@public(name="parity.permutation", runs_callbacks=True)
def permutation(n: int | str = "n", *, batch: Any = (), dtype: str = "int64") -> st.SearchStrategy[Any]:
    """Return a strategy for permutations of 0, ..., `n` - 1 along the last dimension.

    `n` is a number or the name of a size in another argument's `shape`. `batch` has the sizes or names of the batch
    dimensions.

    >>> from jaxfun import parity
    >>> inputs = parity.tensors(shape="rows n"), parity.permutation("rows")
    """
    if np.dtype(dtype).kind not in "iu":
        raise ArgumentValueError("`dtype` to be an integer dtype", repr(dtype))
    return _tensors(None, Kind(_and(batch, n), dtype, structure="permutation"), False)


@public(name="parity.constant", runs_callbacks=True)
def constant(value: Any) -> Constant:
    """Mark an argument (a value or a strategy) as constant: no derivative is taken for it.

    >>> import numpy as np
    >>> from jaxfun import parity
    >>> inputs = parity.tensors(shape="n c"), parity.constant(parity.tensors(shape="c"))
    """
    return value if isinstance(value, Constant) else Constant(value)


@public(name="parity.dims", runs_callbacks=True)
def dims(of: int = 0) -> Dependent:
    """Return a strategy for a `dim`, positive or negative, of the positional argument number `of`, counted from 0.

    >>> from jaxfun import parity
    >>> inputs = parity.tensors(), parity.dims(of=0)
    """

    def make(drawn: Sequence[Any]) -> st.SearchStrategy[int]:
        if of >= len(drawn):
            raise ArgumentValueError(f"`of` to be an earlier argument, less than {len(drawn)}", str(of))
        limit = max(np.ndim(drawn[of]), 1)
        return st.integers(-limit, limit - 1)

    return Dependent(make)


_COMPLEX = {"float32": "complex64", "float64": "complex128", "complex64": "complex64", "complex128": "complex128"}


def _complex_of(dtype: str) -> str:
    if dtype not in _COMPLEX:
        expected = f"`dtypes` for a complex tensor to be among {', '.join(_COMPLEX)}"
        raise ArgumentValueError(expected, repr(dtype), "The parts of a complex number are float32 or float64.")
    return _COMPLEX[dtype]


@st.composite
def _tensors(draw: st.DrawFn, n: int | None, kind: Kind, broadcastable: bool) -> Any:
    example = current()
    dtype = example.dtype(kind.dtype)
    dtype = _complex_of(dtype) if kind.dtype == "complex" else dtype
    base, words = _after_the_first(kind, example) or draw(shapes(kind.shape))
    full = draw(st.integers(0, (n or 1) - 1)) if broadcastable else 0
    sizes = [base if not broadcastable or at == full else draw(narrowed(base)) for at in range(n or 1)]
    layouts = [_layout(kind, one, dtype, None if broadcastable else words, example) for one in sizes]
    example.shapes += sizes
    stratum = _stratum(draw, layouts, example)
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    arrays = value_set(stratum, layouts, example.constants, rng)
    drawn = [drawn_with(array, layout) for array, layout in zip(arrays, layouts, strict=True)]
    return drawn[0] if n is None else Several(drawn)


def _after_the_first(kind: Kind, example: Example) -> Any:
    """Return the shape of the first tensor without its second dimension, the classes."""
    if not kind.after:
        return None
    if not example.shapes:
        return (example.size("n"),), ("n",)
    first = example.shapes[0]
    return (first[:1] + first[2:] if len(first) > 1 else ()), None


def _layout(kind: Kind, shape: tuple[int, ...], dtype: str, words: tuple[str, ...] | None, example: Example) -> Layout:
    high = max(example.size(kind.high) - 1, 0) if isinstance(kind.high, str) else kind.high
    # a bound from a size's name is fixed here: shrinking the dimension of that name does not change it
    own = Layout(shape, dtype, kind.low, high, finite=kind.finite, distinct=kind.distinct, subnormals=kind.subnormals)
    return replace(own, structure=kind.structure, ignored=kind.ignored, words=words)


_ORDINARY = ("unit interval", "distinct")


def _stratum(draw: st.DrawFn, layouts: Sequence[Layout], example: Example) -> str:
    names = strata_of(layouts)
    if example.is_plain:
        return next(name for name in _ORDINARY if name in names)
    chosen = draw(st.sampled_from(names)) if example.number is None else names[example.number % len(names)]
    example.strata.append(chosen)
    return chosen
