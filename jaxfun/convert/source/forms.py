"""Short forms of constant arrays: a filled array, a range, a band such as a causal mask, a few numbers.

Begin with `form_of`. An array whose sizes change is given as several examples; the form must fit all of them.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..plan import Call, DTypeName, Ref

Size = int | str  # a number, or the name of a dynamic size
_FEW = 8  # numbers that are written one by one
_MASKED = -1e30  # a smaller number in front of a softmax is a masked place


@dataclass(frozen=True)
class Form:
    """A call that gives a constant array: the operator, its arguments (forms among them), the shape and the dtype."""

    target: str
    kwargs: Mapping[str, Any]
    shape: tuple[Size, ...]
    dtype: str

    @property
    def fill(self) -> Any:
        """The number that fills the array, None if there are several."""
        return self.kwargs["fill_value"] if self.target == "aten::full" else None

    @property
    def is_whole_range(self) -> bool:
        """Whether it counts from 0 on: as an index it takes a whole dimension."""
        return self.core.target == "aten::arange"

    @property
    def core(self) -> "Form":
        """The form without dimensions that only repeat it."""
        return self.kwargs["self"].core if self.target in ("aten::expand", PLACED) else self

    @property
    def is_causal(self) -> bool:
        """Whether it is a square mask of attention that shows each place the ones before it."""
        core = self.core
        if core.target == "aten::where.Scalar":
            return core.kwargs["self"] == 0 and core.kwargs["other"] < _MASKED and core.kwargs["condition"].is_causal
        is_whole = len(core.shape) == 2 and core.shape[0] == core.shape[1] and core.shape == self.shape[-2:]
        return (
            is_whole
            and core.target == "aten::tril"
            and core.kwargs["self"].fill is True
            and core.kwargs["diagonal"] == 0
        )


PLACED = "source::placed"  # an array with new dimensions of size 1
LITERAL = "source::literal"  # an array of a few numbers


def form_of(examples: Sequence[np.ndarray], size_of: Callable[[Sequence[int]], Size | None]) -> Form | None:
    """Return the short form of an array, None if it has none.

    `examples` are the array at some choices of the dynamic sizes; `size_of` names a size by its numbers in them.

    >>> ones = np.tril(np.ones((1, 3, 3), bool))
    >>> form_of([ones], lambda numbers: numbers[0]).is_causal
    True
    """
    if len({each.ndim for each in examples}) > 1 or any(not each.size for each in examples):
        return None
    shape = [size_of(sizes) for sizes in zip(*(each.shape for each in examples), strict=True)]
    if None in shape:
        return None
    sizes: tuple[Size, ...] = tuple(each for each in shape if each is not None)
    if (found := _filled(examples, sizes)) is not None:
        return found
    # the dimensions along which all is the same
    repeated = [axis for axis in range(len(sizes)) if all(np.array_equal(each, _flat(each, axis)) for each in examples)]
    core = [_core(each, repeated) for each in examples]
    own = tuple(size for axis, size in enumerate(sizes) if axis not in repeated)
    found = _vector(core, own) if len(own) == 1 else _band(core, own) if len(own) == 2 else None
    found = found or _few(core, own) or _two_valued(core, size_of)
    if found is None:
        return None
    if repeated:
        places = tuple(None if axis in repeated else ":" for axis in range(len(sizes)))
        thin = tuple(1 if axis in repeated else size for axis, size in enumerate(sizes))
        found = Form(PLACED, {"self": found, "places": places}, thin, found.dtype)
    return found if found.shape == sizes else Form("aten::expand", {"self": found, "size": sizes}, sizes, found.dtype)


def _flat(array: np.ndarray, axis: int) -> np.ndarray:
    return np.broadcast_to(array.take([0], axis), array.shape)


def _core(array: np.ndarray, repeated: Sequence[int]) -> np.ndarray:
    return array[tuple(0 if axis in repeated else slice(None) for axis in range(array.ndim))]


def _filled(examples: Sequence[np.ndarray], shape: tuple[Size, ...]) -> Form | None:
    fills = {each.item() for example in examples for each in (example.min(), example.max())}
    if len(fills) != 1 or (number := fills.pop()) != number:
        return None
    dtype = str(examples[0].dtype)
    return Form("aten::full", {"size": shape, "fill_value": number, "dtype": DTypeName(dtype)}, shape, dtype)


def _vector(examples: Sequence[np.ndarray], shape: tuple[Size, ...]) -> Form | None:
    """Return a range of integers from 0 on, times a step, plus a number."""
    dtype = str(examples[0].dtype)
    if examples[0].dtype.kind not in "iu":
        return None
    start, step = int(examples[0][0]), int(examples[0][1]) - int(examples[0][0])
    if not all(np.array_equal(each, start + step * np.arange(each.size)) for each in examples):
        return None
    found = Form(
        "aten::arange", {"end": shape[0], "dtype": None if dtype == "int32" else DTypeName(dtype)}, shape, dtype
    )
    if step != 1:
        found = Form("aten::mul.Scalar", {"self": found, "other": step}, shape, dtype)
    return Form("aten::add.Scalar", {"self": found, "other": start}, shape, dtype) if start else found


def _band(examples: Sequence[np.ndarray], shape: tuple[Size, ...]) -> Form | None:
    """Return a matrix of bools that is True on neighbouring diagonals."""
    if examples[0].dtype != bool:
        return None
    bounds = {_diagonals(each) for each in examples}
    if len(bounds) != 1 or (found := bounds.pop()) is None:
        return None
    lower, upper = found
    form = Form("aten::full", {"size": shape, "fill_value": True, "dtype": DTypeName("bool")}, shape, "bool")
    if upper is not None:
        form = Form("aten::tril", {"self": form, "diagonal": upper}, shape, "bool")
    return form if lower is None else Form("aten::triu", {"self": form, "diagonal": lower}, shape, "bool")


def _diagonals(matrix: np.ndarray) -> tuple[int | None, int | None] | None:
    """Return the lowest and the highest diagonal of True; None in place of one that is the matrix's own corner."""
    offsets = np.arange(matrix.shape[1]) - np.arange(matrix.shape[0])[:, None]
    inside = offsets[matrix]
    if not inside.size:
        return None
    lower, upper = int(inside.min()), int(inside.max())
    if not np.array_equal(matrix, (offsets >= lower) & (offsets <= upper)):
        return None
    return None if lower == offsets.min() else lower, None if upper == offsets.max() else upper


def _two_valued(examples: Sequence[np.ndarray], size_of: Callable[[Sequence[int]], Size | None]) -> Form | None:
    """Return a float array of two numbers as a choice by a mask."""
    if str(examples[0].dtype) != "float32" or any(np.isnan(each).any() for each in examples):
        return None
    numbers = {number for each in examples for number in np.unique(each)[:3].tolist()}
    if len(numbers) != 2:
        return None
    low, high = sorted(numbers)
    mask = form_of([each == high for each in examples], size_of)
    if mask is None:
        return None
    return Form("aten::where.Scalar", {"condition": mask, "self": high, "other": low}, mask.shape, "float32")


def _few(examples: Sequence[np.ndarray], shape: tuple[Size, ...]) -> Form | None:
    is_fixed = all(isinstance(size, int) for size in shape)
    if not is_fixed or examples[0].size > _FEW or not np.isfinite(examples[0].astype(float)).all():
        return None
    dtype = str(examples[0].dtype)
    return Form(LITERAL, {"numbers": _nested(examples[0].tolist()), "dtype": DTypeName(dtype)}, shape, dtype)


def _nested(numbers: Any) -> Any:
    return tuple(map(_nested, numbers)) if isinstance(numbers, list) else numbers


def lowered(
    form: Form, name: str, like: Call, size_names: Mapping[str, str]
) -> list[tuple[Call, tuple[Size, ...], str]]:
    """Return the calls of a form with their shapes and dtypes; the last one has the name.

    They stand at the place of `like`; `size_names` has the values of the plan that give the dynamic sizes.
    """
    calls: list[tuple[Call, tuple[Size, ...], str]] = []

    def argument(key: str, value: Any) -> Any:
        if isinstance(value, Form):
            inner = f"{name}__{key}{len(calls)}"
            calls.extend(lowered(value, inner, like, size_names))
            return Ref(inner)
        if key in ("size", "end"):
            return (
                tuple(argument("end", each) for each in value) if isinstance(value, tuple) else _size(value, size_names)
            )
        return value

    kwargs = {key: argument(key, value) for key, value in form.kwargs.items()}
    return [*calls, (Call(name, form.target, (), kwargs, like.place), form.shape, form.dtype)]


def _size(size: Size, names: Mapping[str, str]) -> Any:
    return Ref(names[size]) if isinstance(size, str) else size


def count(shape: Sequence[int]) -> int:
    """Return how many numbers an array of a shape has."""
    return math.prod(shape)
