"""Known differences: sorting and selecting."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from .difference import KnownDifference


def has_equal_ones(arguments: Mapping[str, Any]) -> bool:
    """Return whether `input` has equal elements, NaN among them, along `dim`, or at all where that is None."""
    input, dim = np.asarray(arguments["input"]), arguments["dim"]
    if input.ndim == 0:
        return False
    lines = input.reshape(1, -1) if dim is None else np.moveaxis(input, dim, -1)
    in_order = np.sort(lines.astype(np.complex128 if np.iscomplexobj(lines) else np.float64), axis=-1)
    apart = in_order[..., 1:] != in_order[..., :-1]  # also NaN beside NaN
    return not bool(apart.all()) or bool((np.isnan(in_order).sum(-1) > 1).any())


ANY_ON_CUDA = KnownDifference(
    has_equal_ones,
    jaxfun="the element that torch's CPU kernel selects; it gets the whole gradient",
    torch="any of the equal elements, depending on its selection algorithm",
    why="torch does not define which of equal elements is selected",
    source="aten/src/ATen/native/cuda/Sorting.cpp: median_with_indices_impl, sort_cuda_kernel",
    devices=("cuda",),
)

UNSTABLE_ON_CUDA = KnownDifference(
    lambda arguments: not arguments.get("stable") and has_equal_ones({"dim": 0, **arguments}),
    jaxfun="equal elements in their original order",
    torch="equal elements in any order",
    why="torch's sort on a GPU is stable only with stable=True",
    source="aten/src/ATen/native/cuda/Sort.cpp: sort_cuda_kernel",
    devices=("cuda",),
)


def _selected(arguments: Mapping[str, Any]) -> np.ndarray:
    """Return the elements that topk or kthvalue select, in order, NaN as the largest number."""
    in_order, k = np.sort(_numbers(arguments), -1), arguments["k"]
    if "largest" not in arguments:
        return in_order[..., k - 1 : k]
    return in_order[..., ::-1][..., :k] if arguments["largest"] else in_order[..., :k]


def _numbers(arguments: Mapping[str, Any]) -> np.ndarray:
    """Return `input` with `dim` as its last dimension, in a dtype that NumPy sorts."""
    input = np.moveaxis(np.asarray(arguments["input"]), arguments["dim"], -1)
    return input if input.dtype.kind in "biu" else input.astype(np.float64)


def _is_a_selection(result: np.ndarray, arguments: Mapping[str, Any]) -> np.ndarray:
    """Return where a result is an index of a selected element, or that element itself."""
    selected, numbers = _selected(arguments), _numbers(arguments)
    found = np.moveaxis(result, arguments["dim"], -1) if result.ndim == numbers.ndim else result[..., None]
    if found.shape != selected.shape:
        return np.zeros(result.shape, bool)
    is_right = np.isclose(found.astype(np.float64), selected.astype(np.float64), 0, 0, equal_nan=True)
    if found.dtype.kind in "iu":
        indices = np.clip(found, 0, numbers.shape[-1] - 1).astype(np.int64)
        named = np.take_along_axis(numbers, indices, -1)
        is_right |= (indices == found) & ((named == selected) | (np.isnan(named) & np.isnan(selected)))
    return np.moveaxis(is_right, -1, arguments["dim"]) if result.ndim == numbers.ndim else is_right[..., 0]


# excuses only indices of equal elements; values must equal torch's
ANY_OF_EQUALS = KnownDifference(
    has_equal_ones,
    jaxfun="the index of the first of equal elements",
    torch="the index of any of them, depending on its selection algorithm",
    why="torch does not define which of equal elements is selected",
    source="aten/src/ATen/native/Sorting.cpp: kthvalue_out_impl_cpu; aten/src/ATen/native/TopKImpl.h: topk_impl_loop",
    levels=("value",),
    answer=_is_a_selection,
    much="ties are drawn on purpose",
)

GRADIENT_TO_ANY = dataclasses.replace(
    ANY_OF_EQUALS,
    jaxfun="the whole gradient goes to the first of equal elements",
    torch="the whole gradient goes to any of them, depending on its selection algorithm",
    why="torch does not define which of equal elements gets the gradient",
    levels=("vjp", "jvp", "hvp"),
    answer=None,
)

ANY_ORDER = KnownDifference(
    lambda arguments: not arguments["sorted"] and arguments["k"] > 1,
    jaxfun="the largest elements in order",
    torch="the largest elements in any order, depending on its selection algorithm",
    why="torch's documentation does not define the order if sorted=False",
    source="aten/src/ATen/native/TopKImpl.h: topk_impl_loop",
    levels=("value",),
    answer=_is_a_selection,
    much="sorted=False is one of two values of an option",
)

DERIVATIVE_IN_ANY_ORDER = dataclasses.replace(ANY_ORDER, levels=("vjp", "jvp", "hvp"), answer=None)


def _sorts_many_ties(arguments: Mapping[str, Any]) -> bool:
    input, dim = np.asarray(arguments["input"]), arguments["dim"]
    count = input.size if dim is None else input.shape[dim] if input.ndim else 1
    return count > _STABLE and len(np.unique(input)) < input.size


_STABLE = 16  # torch sorts up to so many numbers by insertion, which is stable

MANY_TIES = KnownDifference(
    _sorts_many_ties,
    jaxfun="the gradient goes to the first of the tied values",
    torch="the gradient goes to any of them",
    why="torch's sort of more than 16 numbers is not stable",
    source="aten/src/ATen/native/Sorting.cpp: quantile_compute; cpu/SortingKernel.cpp",
    levels=("vjp", "jvp", "hvp"),
    much="ties are drawn on purpose",
)


def _counts_many(arguments: Mapping[str, Any]) -> bool:
    input = np.asarray(arguments["input"])
    is_long = input.size and input.ndim and input.shape[arguments["dim"]] > _STABLE
    return bool(is_long) and has_equal_ones(arguments)


MODE_OF_MANY = KnownDifference(
    _counts_many,
    jaxfun="the last of equal elements",
    torch="any of the equal elements",
    why="torch's mode sorts more than 16 numbers by a sort that is not stable",
    source="aten/src/ATen/native/cpu/TensorCompareKernel.cpp: mode_kernel_impl",
)


def _is_all_nan(arguments: Mapping[str, Any]) -> bool:
    missing = np.isnan(np.asarray(arguments["input"]))
    return bool(missing.ndim and missing.shape[arguments["dim"]] and missing.all(arguments["dim"]).any())


ANY_NAN = KnownDifference(
    _is_all_nan,
    jaxfun="the index of the first NaN",
    torch="the index of any NaN",
    why="torch does not define which of several NaN is selected",
    source="aten/src/ATen/native/Sorting.cpp: median_with_indices_impl",
)


def _both_sets(arguments: Mapping[str, Any]) -> list[np.ndarray]:
    return [np.asarray(arguments[name]).astype(np.float64) for name in ("elements", "test_elements")]


def _is_not_unique(arguments: Mapping[str, Any]) -> bool:
    return bool(arguments["assume_unique"]) and any(len(np.unique(item)) < item.size for item in _both_sets(arguments))


def _is_among(result: np.ndarray, arguments: Mapping[str, Any]) -> np.ndarray:
    elements, others = _both_sets(arguments)
    return result == np.isin(elements, others, invert=bool(arguments["invert"]))


# only if the caller's promise of distinct numbers is broken; jaxfun's result must equal NumPy's there
NOT_UNIQUE = KnownDifference(
    _is_not_unique,
    jaxfun="whether the number is among `test_elements`",
    torch="True for all but one of equal `elements`",
    why="with `assume_unique`, torch sorts both tensors together and takes equal neighbors for one element of each",
    source="aten/src/ATen/native/TensorCompare.cpp: isin_sorting",
    levels=("value",),
    answer=_is_among,
    much="most drawn tensors contain some number twice",
)


def _in_their_order(result: np.ndarray, arguments: Mapping[str, Any]) -> np.ndarray:
    """Return where a result is the index of a stable sort: an `answer`."""
    input, dim = _ordered(arguments["input"]), arguments["dim"]
    if arguments.get("descending"):
        count = input.shape[dim]
        order = count - 1 - np.flip(np.argsort(np.flip(input, dim), dim, kind="stable"), dim)
    else:
        order = np.argsort(input, dim, kind="stable")
    return result == order if result.shape == order.shape else np.zeros(result.shape, bool)


def _ordered(input: Any) -> np.ndarray:
    """Return numbers in a dtype that NumPy sorts."""
    array = np.asarray(input)
    return array if array.dtype.kind in "biu" else array.astype(np.float64)


SORT_OF_MANY = KnownDifference(
    _counts_many,
    jaxfun="equal elements in their order",
    torch="equal elements in any order",
    why="torch's sort of more than 16 numbers is stable only with stable=True",
    source="aten/src/ATen/native/cpu/SortingKernel.cpp: sort_stable_kernel",
    levels=("value",),
    answer=_in_their_order,
)

KNOWN_DIFFERENCES: Mapping[str, tuple[KnownDifference, ...]] = {
    "isin.Tensor_Tensor": (NOT_UNIQUE,),
    "median.dim": (ANY_ON_CUDA,),
    "nanmedian.dim": (ANY_ON_CUDA, ANY_NAN),
    "quantile": (ANY_ON_CUDA,),
    "quantile.scalar": (ANY_ON_CUDA, MANY_TIES),
    "nanquantile": (ANY_ON_CUDA,),
    "nanquantile.scalar": (ANY_ON_CUDA, MANY_TIES),
    "sort": (UNSTABLE_ON_CUDA, SORT_OF_MANY),
    "sort.stable": (UNSTABLE_ON_CUDA,),
    "argsort": (UNSTABLE_ON_CUDA, SORT_OF_MANY),
    "argsort.stable": (UNSTABLE_ON_CUDA,),
    "msort": (UNSTABLE_ON_CUDA,),
    "topk": (
        ANY_OF_EQUALS,
        ANY_ORDER,
        GRADIENT_TO_ANY,
        DERIVATIVE_IN_ANY_ORDER,
    ),
    "kthvalue": (ANY_OF_EQUALS, GRADIENT_TO_ANY),
    "mode": (MODE_OF_MANY,),
}
