"""Known differences: sums, products, variances, quantiles and norms."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..compare.arrays import PRECISION, Bound, Precision, part_of
from .difference import KnownDifference, finite, infinite, nan, not_finite, zero

SHAPE_ON_CUDA = KnownDifference(
    lambda arguments: arguments["dim"] is None and arguments["keepdim"] and bool(np.ndim(arguments["input"])),
    jaxfun="all dimensions kept, as in torch on the CPU",
    torch="a 0-dim result",
    why="torch's aminmax kernel for a GPU ignores keepdim if dim is None",
    source="aten/src/ATen/native/cuda/ReduceMinValuesKernel.cu: aminmax_allreduce_launch_kernel",
    devices=("cuda",),
)

UNORDERED = KnownDifference(
    lambda arguments: bool(np.isnan(arguments["input"].astype(np.float64)).any()),
    jaxfun="each NaN counts as a number of its own, sorted after the others",
    torch="a result that depends on the positions of the NaN",
    why="torch's mode sorts by `<`, which is not an order if there is a NaN",
    source="aten/src/ATen/native/cpu/TensorCompareKernel.cpp: mode_kernel_impl",
)

EMPTY_DIM = KnownDifference(
    lambda arguments: arguments["dim"] == () and np.ndim(arguments["input"]) > 0,
    jaxfun="the gradient of the variance over all dimensions, which is its value",
    torch="that gradient with 1 as the number of elements",
    why="with dim=(), torch's value reduces over all dimensions, its derivative over one element",
    source="torch/csrc/autograd/FunctionsManual.cpp: var_backward",
    levels=("vjp", "jvp", "hvp"),
    much="dim=() is one of a few values of `dim`",
)

# there is no number to compare with: jaxfun's tangent must be 0
OF_NOTHING = KnownDifference(
    lambda arguments: np.size(arguments["input"]) == 0,
    jaxfun="0: the deviation of an empty tensor is constant",
    torch="NaN, 0 divided by that deviation",
    why="in forward mode, torch divides the variance's tangent by the deviation of an empty tensor, which is 0",
    source="tools/autograd/derivatives.yaml: std",
    levels=("jvp",),
    answer=zero,
    much="empty tensors are drawn on purpose",
)

AFTER_INFINITY = KnownDifference(
    lambda arguments: bool(np.isinf(arguments["input"].astype(np.complex128)).any()),
    jaxfun="infinity, the same as `mean`",
    torch="NaN if a number follows the infinity",
    why="torch updates a running mean by each element's distance from it, and infinity minus infinity is NaN",
    source="aten/src/ATen/native/SharedReduceOps.h: WelfordOps",
    levels=("value",),
    answer=infinite,
)

LARGEST_OF_COMPLEX = KnownDifference(
    lambda arguments: arguments["p"] == math.inf and arguments["input"].dtype == np.complex64,
    jaxfun="the derivative for the largest element",
    torch="NaN if no absolute value in float32 equals the norm",
    why="torch's derivative computes the norm in float64 and looks for absolute values in float32 that equal it",
    source="torch/csrc/autograd/FunctionsManual.cpp: renorm_backward",
    levels=("vjp", "jvp", "hvp"),
    answer=finite,
)

AT_A_ZERO = KnownDifference(
    lambda arguments: arguments["p"] not in (1, math.inf) and bool((np.asarray(arguments["input"]) == 0).any()),
    jaxfun="0 for a slice that is not rescaled: its norm is not used",
    torch="NaN, or 0 in forward mode",
    why="torch also differentiates the norm of a slice that is not rescaled, and divides by 0",
    source="torch/csrc/autograd/FunctionsManual.cpp: renorm_backward, norm_backward",
    levels=("hvp",),
    much="zeros are drawn often, and one is enough",
)

NO_NUMBER = KnownDifference(
    lambda arguments: bool(np.isnan(arguments["input"]).all(arguments["dim"]).any()),
    jaxfun="NaN for the gradient of `q` where all elements are NaN",
    torch="0, NaN or another number for the gradient of `q`: it reads elements outside of the tensor",
    why="if all elements are NaN, torch's index is -q, before the first element",
    source="aten/src/ATen/native/Sorting.cpp: quantile_compute",
    levels=("vjp", "jvp", "hvp"),
    answer=nan,
    much="a tensor of one or two elements is often all NaN",
)


def _has_zero_and_nan(arguments: Mapping[str, Any]) -> bool:
    input = np.asarray(arguments["input"]).astype(complex)
    return bool((input == 0).any() and not np.isfinite(input).all())


ZERO_AND_NAN = KnownDifference(
    _has_zero_and_nan,
    jaxfun="NaN, as 0 times NaN is",
    torch="0 or another number if an element is 0, depending on its order of multiplication",
    why="the second derivative of a product with 0 and NaN depends on the order of multiplication",
    source="torch/csrc/autograd/FunctionsManual.cpp: prod_backward, cumprod_backward",
    levels=("hvp",),
    answer=nan,
)


def _overflows_beside_zero(arguments: Mapping[str, Any]) -> bool:
    input = np.asarray(arguments["input"])
    wide = np.abs(input.astype(np.complex128))
    digits = np.log10(wide, out=np.zeros_like(wide), where=wide > 1)
    _, computed = _precisions(arguments)
    largest = np.log10(computed.largest) if computed else np.inf
    return bool((input == 0).any() and (not np.isfinite(wide).all() or digits.sum() >= largest))


# each order of multiplication gives 0, or 0 times infinity or NaN: excuses no other number
OVERFLOW_BESIDE_ZERO = KnownDifference(
    _overflows_beside_zero,
    jaxfun="0, NaN or infinity",
    torch="0, NaN or infinity: torch multiplies 16-bit floats in 16 bits, jaxfun in 32",
    why="whether a product computes 0 times infinity or NaN depends on the order of multiplication",
    source="torch/csrc/autograd/FunctionsManual.cpp: prod_backward, prod_safe_zeros_backward",
    answer=lambda result, arguments: zero(result, arguments) | not_finite(result, arguments),
)


def _precisions(arguments: Mapping[str, Any]) -> list[Precision | None]:
    """Return the precisions of the input and of `dtype`, the input's if that is None; None for an integer dtype."""
    own, named = str(arguments["input"].dtype), arguments["dtype"]
    return [PRECISION.get(part_of(name)) for name in (own, named.name if named else own)]


def _is_near_the_largest(arguments: Mapping[str, Any]) -> bool:
    sizes, (_, computed) = np.abs(np.asarray(arguments["input"]).astype(np.complex128)), _precisions(arguments)
    if computed is None or not (np.iscomplexobj(arguments["input"]) or computed is PRECISION["float16"]):
        return False
    return bool(np.maximum(sizes, 1).prod() > computed.largest / _NEAR)


def _is_large(result: np.ndarray, arguments: Mapping[str, Any]) -> np.ndarray:
    precision = PRECISION[part_of(str(result.dtype))]
    return ~(np.abs(result.astype(np.complex128)) < precision.largest / _NEAR)


_NEAR = 16
# excuses large numbers, infinity and NaN of jaxfun; every other number must equal torch's
NEAR_THE_LARGEST = KnownDifference(
    _is_near_the_largest,
    jaxfun="a number near the largest, infinity or NaN",
    torch="a number near the largest, infinity or NaN",
    why="whether an intermediate product overflows depends on the order, and on computing float16 in 16 or 32 bits",
    source="torch/csrc/autograd/FunctionsManual.cpp: prod_backward",
    levels=("vjp", "jvp", "hvp"),
    answer=_is_large,
)


def _leaves_the_range(arguments: Mapping[str, Any]) -> bool:
    own, other = _precisions(arguments)
    if own is None or other is None:
        return False
    sizes = np.abs(np.asarray(arguments["input"]).astype(np.complex128))
    # the product of any of the numbers lies between these two; the factor of 16 is for a cotangent
    largest, smallest = np.maximum(sizes, 1).prod() * 16, np.minimum(sizes[sizes > 0], 1).prod() / 16
    return other.largest < own.largest and bool(largest > other.largest or smallest < other.smallest_normal)


# excuses the whole derivative: after an overflow, infinity and NaN depend on each library's order
IN_A_NARROWER_DTYPE = KnownDifference(
    _leaves_the_range,
    jaxfun="the derivative of the product; under jit XLA leaves out double rounding, 16-bit floats are float32",
    torch="infinity, NaN or 0, for a product or a gradient outside of the range of `dtype`",
    why="torch divides the product in `dtype`, and rounds its gradient to `dtype`, not only to the input's dtype",
    source="torch/csrc/autograd/FunctionsManual.cpp: prod_backward",
    levels=("vjp", "jvp", "hvp"),
    much="a narrower `dtype` is drawn often, and large and tiny numbers are drawn on purpose",
)


def _is_small_beside_what_is_added(arguments: Mapping[str, Any]) -> bool:
    input = arguments["input"]
    # infinity acts like a large number: the other exponentials are 0
    real = np.nan_to_num(input.real.astype(np.float64), posinf=1e4, neginf=-1e4)
    # real exponentials are relative to the largest, complex ones are not
    below = np.abs(real) if np.iscomplexobj(input) else real.max(initial=-np.inf) - real
    return bool((below > 12).any())


ADDED = KnownDifference(
    _is_small_beside_what_is_added,
    jaxfun="the derivative",
    torch="the derivative with 1e-13 added to the divisor, and 0 where the divisor is 0",
    why="torch's forward mode of logcumsumexp divides by sums that may be 0, and adds 1e-13 to all of them",
    source="torch/csrc/autograd/FunctionsManual.cpp: logcumsumexp_jvp",
    levels=("jvp",),
    much="the numbers that show what torch adds lie more than 12 apart",
)

ADDED_IN_FLOAT64 = KnownDifference(
    lambda arguments: arguments["input"].dtype in (np.float64, np.complex128),
    jaxfun="the derivative, with all its digits",
    torch="the derivative with 1e-13 added to the divisor: about ten digits",
    why="torch's forward mode of logcumsumexp adds 1e-13 to each sum that it divides by, more than float64's rounding",
    source="torch/csrc/autograd/FunctionsManual.cpp: logcumsumexp_jvp",
    levels=("jvp",),
    within=Bound(rtol=1e-7),
)


def _winds(arguments: Mapping[str, Any]) -> bool:
    input = np.asarray(arguments["input"])
    return np.iscomplexobj(input) and bool((np.abs(np.imag(input)) > 1).any())


def _is_so_but_for_turns(result: np.ndarray, arguments: Mapping[str, Any]) -> np.ndarray:
    """Return where a result is the logarithm of the sum, on some branch."""
    input = np.asarray(arguments["input"]).astype(np.complex128)
    largest = np.nan_to_num(input.real).max(initial=0)  # with NaN or infinity all comparisons below are False
    sums = np.cumsum(np.exp(input - largest), arguments["dim"] if input.ndim else None).reshape(result.shape)
    off = result - (np.log(sums) + largest)
    turns = np.abs(np.exp(1j * off.imag) - 1)
    return (np.abs(off.real) <= 1e-3 * (1 + np.abs(largest))) & (
        turns <= 1e-3 * (1 + np.abs(input.imag).max(initial=0))
    )


# excuses multiples of 2 pi in the imaginary part; the rest must equal NumPy's result
BRANCH = KnownDifference(
    _winds,
    jaxfun="the branch of the larger of each two sums, added in pairs",
    torch="the branch of the larger of each term and the sum before it",
    why="the imaginary part of a logarithm is unique up to multiples of 2 pi, and the order of summation selects one",
    source="aten/src/ATen/native/cpu/LogAddExp.h: _log_add_exp_helper",
    levels=("value",),
    answer=_is_so_but_for_turns,
    much="imaginary parts are drawn like all numbers",
)


def _has_constant_row(arguments: Mapping[str, Any]) -> bool:
    rows = np.atleast_2d(arguments["input"])
    if rows.shape[1] < 3 or rows.dtype.kind in "iub":
        return False
    inexact = (rows.sum(1) / rows.shape[1] != rows[:, 0]) | (
        rows.shape[1] > 7
    )  # longer rows are summed in another order
    return bool((inexact & (rows == rows[:, :1]).all(1)).any())


NO_SPREAD = KnownDifference(
    _has_constant_row,
    jaxfun="NaN for a constant row",
    torch="NaN, or 1 and -1 if the rounded mean is not the row's number",
    why="whether a constant row has a correlation depends on the rounding of its mean",
    source="aten/src/ATen/native/Correlation.cpp: cov, corrcoef",
    answer=nan,
)


def _weights_of(arguments: Mapping[str, Any]) -> np.ndarray | None:
    given = [arguments[name] for name in ("fweights", "aweights") if arguments[name] is not None]
    return np.prod(np.broadcast_arrays(*[np.asarray(item, np.float64) for item in given]), axis=0) if given else None


def _has_no_freedom(arguments: Mapping[str, Any]) -> bool:
    weights = _weights_of(arguments)
    if weights is None:
        return False
    of_a = 1.0 if arguments["aweights"] is None else np.asarray(arguments["aweights"], np.float64)
    total = weights.sum()
    freedom = total - arguments["correction"] * (weights * of_a).sum() / total
    return not freedom > 1e-5 * abs(total)


NO_FREEDOM = KnownDifference(
    _has_no_freedom,
    jaxfun="infinity, NaN or a very large number",
    torch="infinity, NaN or a very large number",
    why="where the weights leave no degree of freedom, the covariance is divided by 0 up to rounding",
    source="aten/src/ATen/native/Correlation.cpp: cov",
    much="few observations are drawn, and corrections as large as their number",
)


def _counts_one_observation(arguments: Mapping[str, Any]) -> bool:
    weights = _weights_of(arguments)
    return weights is not None and int(np.count_nonzero(weights)) == 1


def _is_a_rounded_zero(result: np.ndarray, arguments: Mapping[str, Any]) -> np.ndarray:
    """Return where a result is what rounding leaves of 0: of squares, or of the 1 of second derivatives."""
    largest = float(np.abs(np.asarray(arguments["input"], np.complex128)).max(initial=1.0))
    return np.abs(result.astype(np.complex128)) <= 1e-5 * largest**2


# the exact result is 0: jaxfun's may be as large as rounding errors
ONE_OBSERVATION = KnownDifference(
    _counts_one_observation,
    jaxfun="0 up to rounding",
    torch="0",
    why="the mean of the only observation with a weight is that observation, up to rounding",
    source="aten/src/ATen/native/Correlation.cpp: cov",
    answer=_is_a_rounded_zero,
    much="few observations are drawn, and weights of 0 are drawn on purpose",
)


def _has_but_a_digit_of_spread(arguments: Mapping[str, Any]) -> bool:
    input, dims = np.asarray(arguments["input"]), arguments["dim"]
    given = range(input.ndim) if dims in (None, ()) else np.atleast_1d(dims)
    axes = tuple({dim % max(input.ndim, 1) for dim in given}) if input.ndim else ()
    count = math.prod(input.shape[axis] for axis in axes)
    if not input.size or count > (1 if arguments["correction"] is None else arguments["correction"]):
        return False
    numbers = input.astype(np.complex128)
    far = np.abs(numbers - numbers.mean(axes, keepdims=True)).max(axes)
    return bool(((far > 0) & (far <= 4 * PRECISION[part_of(str(input.dtype))].eps * np.abs(numbers).max(axes))).any())


# excuses a division by 0, for numbers that differ in the last digit; with a degree of freedom all must equal torch's
NO_FREEDOM_LEFT = KnownDifference(
    _has_but_a_digit_of_spread,
    jaxfun="a variance that is not 0, divided by 0; also its derivative",
    torch="NaN, 0 divided by 0",
    why="whether numbers that differ in the last digit have a variance of 0 depends on the rounding of their mean",
    source="aten/src/ATen/native/SharedReduceOps.h: WelfordOps",
)


KNOWN_DIFFERENCES: Mapping[str, tuple[KnownDifference, ...]] = {
    "aminmax": (SHAPE_ON_CUDA,),
    "cumprod": (ZERO_AND_NAN,),
    "logcumsumexp": (ADDED, ADDED_IN_FLOAT64, BRANCH),
    "mode": (UNORDERED,),
    "prod": (OVERFLOW_BESIDE_ZERO, NEAR_THE_LARGEST, IN_A_NARROWER_DTYPE),
    "prod.dim_int": (OVERFLOW_BESIDE_ZERO, IN_A_NARROWER_DTYPE),
    "var.dim": (EMPTY_DIM,),
    "var.correction": (EMPTY_DIM, NO_FREEDOM_LEFT),
    "std.dim": (EMPTY_DIM,),
    "std.correction": (EMPTY_DIM, OF_NOTHING, NO_FREEDOM_LEFT),
    "var_mean": (AFTER_INFINITY,),
    "var_mean.dim": (EMPTY_DIM, AFTER_INFINITY),
    "var_mean.correction": (
        EMPTY_DIM,
        NO_FREEDOM_LEFT,
        AFTER_INFINITY,
    ),
    "std_mean": (AFTER_INFINITY,),
    "std_mean.dim": (EMPTY_DIM, AFTER_INFINITY),
    "std_mean.correction": (
        EMPTY_DIM,
        OF_NOTHING,
        NO_FREEDOM_LEFT,
        AFTER_INFINITY,
    ),
    "renorm": (
        LARGEST_OF_COMPLEX,
        AT_A_ZERO,
    ),
    "corrcoef": (NO_SPREAD,),
    "cov": (NO_FREEDOM, ONE_OBSERVATION),
    "nanquantile": (NO_NUMBER,),
}
