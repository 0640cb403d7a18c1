"""Known differences: sums, products, variances, quantiles and norms."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..compare.arrays import PRECISION, Bound, Precision, part_of
from .difference import KnownDifference, infinite, nan, not_finite, zero

SHAPE_ON_CUDA = KnownDifference(
    lambda arguments: arguments["dim"] is None and arguments["keepdim"] and bool(np.ndim(arguments["input"])),
    jaxfun="as many dimensions as `input` has, as torch on the CPU",
    torch="a 0-dim result",
    why="torch's kernel of aminmax for a GPU does not keep the dimensions of all elements",
    source="aten/src/ATen/native/cuda/ReduceMinValuesKernel.cu: aminmax_allreduce_launch_kernel",
    devices=("cuda",),
)

UNORDERED = KnownDifference(
    lambda arguments: bool(np.isnan(arguments["input"].astype(np.float64)).any()),
    jaxfun="a NaN comes once, and after the numbers",
    torch="whatever the order was when the sort met the NaN",
    why="the mode's sort compares by <, which is no order where one is NaN",
    source="aten/src/ATen/native/cpu/TensorCompareKernel.cpp: mode_kernel_impl",
)

EMPTY_DIM = KnownDifference(
    lambda arguments: arguments["dim"] == () and np.ndim(arguments["input"]) > 0,
    jaxfun="the gradient of the variance over all dimensions, which is the value",
    torch="that gradient with 1 for the number of elements",
    why="with dim=() torch reduces over everything and differentiates as if over one element",
    source="torch/csrc/autograd/FunctionsManual.cpp: var_backward",
    levels=("vjp", "jvp", "hvp"),
    much="dim=() is one of the few values of `dim` that there are",
)

# there is no number to compare: jaxfun's tangent is held to 0
OF_NOTHING = KnownDifference(
    lambda arguments: np.size(arguments["input"]) == 0,
    jaxfun="0: nothing moves the deviation of no numbers",
    torch="NaN, of 0 that is divided by it",
    why="in forward mode torch divides the variance's tangent by a deviation of 0, where there are no numbers",
    source="tools/autograd/derivatives.yaml: std",
    levels=("jvp",),
    answer=zero,
    much="empty tensors are drawn on purpose",
)

AFTER_INFINITY = KnownDifference(
    lambda arguments: bool(np.isinf(arguments["input"].astype(np.complex128)).any()),
    jaxfun="the mean as `mean` has it: infinite",
    torch="NaN where a number comes after the infinity",
    why="torch moves the mean on by each element's distance from it, and infinity less infinity is NaN",
    source="aten/src/ATen/native/SharedReduceOps.h: WelfordOps",
    levels=("value",),
    answer=infinite,
)

LARGEST_OF_COMPLEX = KnownDifference(
    lambda arguments: arguments["p"] == math.inf and arguments["input"].dtype == np.complex64,
    jaxfun="the derivative by way of the largest element",
    torch="NaN where no size in float32 is the same as its size in float64",
    why="torch's derivative takes the norm in float64, and looks for the sizes in float32 that are equal to it",
    source="torch/csrc/autograd/FunctionsManual.cpp: renorm_backward",
    levels=("vjp", "jvp", "hvp"),
)

AT_A_ZERO = KnownDifference(
    lambda arguments: arguments["p"] not in (1, math.inf) and bool((np.asarray(arguments["input"]) == 0).any()),
    jaxfun="0 for a slice that is left alone, for nothing goes through its norm",
    torch="NaN, or 0 in forward mode",
    why="torch differentiates the norm's formula where it is not taken too, and divides by 0",
    source="torch/csrc/autograd/FunctionsManual.cpp: renorm_backward, norm_backward",
    levels=("hvp",),
    much="zeros are drawn often, and one is enough",
)

NO_NUMBER = KnownDifference(
    lambda arguments: bool(np.isnan(arguments["input"]).all(arguments["dim"]).any()),
    jaxfun="NaN for the gradient of `q` where all elements are NaN",
    torch="0, NaN or another number for the gradient of `q`, of elements that it takes from outside of the tensor",
    why="where no element is a number torch's place is -q, before the first one",
    source="aten/src/ATen/native/Sorting.cpp: quantile_compute",
    levels=("vjp", "jvp", "hvp"),
    answer=nan,
    much="a tensor of one or two elements is often NaN alone",
)


def _has_zero_and_nan(arguments: Mapping[str, Any]) -> bool:
    input = np.asarray(arguments["input"]).astype(complex)
    return bool((input == 0).any() and not np.isfinite(input).all())


ZERO_AND_NAN = KnownDifference(
    _has_zero_and_nan,
    jaxfun="NaN, as 0 times NaN is",
    torch="0 or another number where an element of the product is 0, as it multiplies them",
    why="the second derivative of a product with a 0 and a NaN in it depends on which is multiplied first",
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


# in each order of multiplication the element is 0, or what 0 times an infinity or NaN gives: no other number is excused
OVERFLOW_BESIDE_ZERO = KnownDifference(
    _overflows_beside_zero,
    jaxfun="0, NaN or infinite",
    torch="0, NaN or infinite: 16-bit floats are multiplied in 16 bits, in jaxfun in 32",
    why="whether 0 meets infinity or NaN depends on which elements of a product are multiplied first",
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
# excused is what is large, infinite or NaN in jaxfun: every other number is held to torch's
NEAR_THE_LARGEST = KnownDifference(
    _is_near_the_largest,
    jaxfun="a number near the largest, infinite or NaN",
    torch="a number near the largest, infinite or NaN",
    why="which numbers are multiplied first, float16 in 16 or 32 bits, decides whether a product overflows on the way",
    source="torch/csrc/autograd/FunctionsManual.cpp: prod_backward",
    levels=("vjp", "jvp", "hvp"),
    answer=_is_large,
)


def _leaves_the_range(arguments: Mapping[str, Any]) -> bool:
    own, other = _precisions(arguments)
    if own is None or other is None:
        return False
    sizes = np.abs(np.asarray(arguments["input"]).astype(np.complex128))
    # the product of any of the numbers lies between these two; a cotangent may be of some units
    largest, smallest = np.maximum(sizes, 1).prod() * 16, np.minimum(sizes[sizes > 0], 1).prod() / 16
    return other.largest < own.largest and bool(largest > other.largest or smallest < other.smallest_normal)


# excused is the whole derivative: where the product overflows, each library has infinity and NaN by its own order
IN_A_NARROWER_DTYPE = KnownDifference(
    _leaves_the_range,
    jaxfun="the derivative of the product: under jit XLA leaves out what is rounded twice, 16-bit floats are float32",
    torch="infinite, NaN or 0, of a product or a gradient that the named dtype does not hold",
    why="torch divides the product in the named dtype, and rounds its gradient to it on the way to the input",
    source="torch/csrc/autograd/FunctionsManual.cpp: prod_backward",
    levels=("vjp", "jvp", "hvp"),
    much="a narrower dtype is named often, and large and tiny numbers are drawn on purpose",
)


def _is_small_beside_what_is_added(arguments: Mapping[str, Any]) -> bool:
    input = arguments["input"]
    # an infinity is as a large number is: beside it torch's exponentials are 0, over what it adds
    real = np.nan_to_num(input.real.astype(np.float64), posinf=1e4, neginf=-1e4)
    # the exponentials of complex numbers are taken as they are, those of real ones beside the largest
    below = np.abs(real) if np.iscomplexobj(input) else real.max(initial=-np.inf) - real
    return bool((below > 12).any())


ADDED = KnownDifference(
    _is_small_beside_what_is_added,
    jaxfun="the derivative",
    torch="the derivative with 1e-13 added to the divisor, and 0 where that is all there is",
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
    largest = np.nan_to_num(input.real).max(initial=0)  # beside NaN or infinity nothing below is True
    sums = np.cumsum(np.exp(input - largest), arguments["dim"] if input.ndim else None).reshape(result.shape)
    off = result - (np.log(sums) + largest)
    turns = np.abs(np.exp(1j * off.imag) - 1)
    return (np.abs(off.real) <= 1e-3 * (1 + np.abs(largest))) & (
        turns <= 1e-3 * (1 + np.abs(input.imag).max(initial=0))
    )


# excused are whole turns of the imaginary part: the real part and the rest of it are held to NumPy's
BRANCH = KnownDifference(
    _winds,
    jaxfun="the logarithm on the branch of the larger of each two sums, as they are added up in pairs",
    torch="on that of the larger of each term and the sum before it",
    why="the imaginary part of a logarithm is determined but for whole turns, and which ones depends on the order",
    source="aten/src/ATen/native/cpu/LogAddExp.h: _log_add_exp_helper",
    levels=("value",),
    answer=_is_so_but_for_turns,
    much="imaginary parts are drawn from all numbers",
)


def _has_constant_row(arguments: Mapping[str, Any]) -> bool:
    rows = np.atleast_2d(arguments["input"])
    if rows.shape[1] < 3 or rows.dtype.kind in "iub":
        return False
    inexact = (rows.sum(1) / rows.shape[1] != rows[:, 0]) | (rows.shape[1] > 7)  # beyond that in another order
    return bool((inexact & (rows == rows[:, :1]).all(1)).any())


NO_SPREAD = KnownDifference(
    _has_constant_row,
    jaxfun="NaN for a row that does not vary, and no change of it",
    torch="NaN, or 1 and -1 where the rounded mean is not the row's number",
    why="whether a row that does not vary has a correlation hangs on how torch rounds its mean",
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
    jaxfun="infinite, NaN or very large",
    torch="infinite, NaN or very large",
    why="where the weights leave no freedom the covariance is divided by what rounding leaves of 0",
    source="aten/src/ATen/native/Correlation.cpp: cov",
    much="few observations are drawn, and corrections that use them up",
)


def _counts_one_observation(arguments: Mapping[str, Any]) -> bool:
    weights = _weights_of(arguments)
    return weights is not None and int(np.count_nonzero(weights)) == 1


def _is_a_rounded_zero(result: np.ndarray, arguments: Mapping[str, Any]) -> np.ndarray:
    """Return where a result is what rounding leaves of 0: of squares, or of the 1 of second derivatives."""
    largest = float(np.abs(np.asarray(arguments["input"], np.complex128)).max(initial=1.0))
    return np.abs(result.astype(np.complex128)) <= 1e-5 * largest**2


# the result is 0 by mathematics, in each formula but for its own roundings: jaxfun's is held to the size of these
ONE_OBSERVATION = KnownDifference(
    _counts_one_observation,
    jaxfun="0, or what rounding leaves of it",
    torch="0",
    why="the mean of the one observation that counts is itself, but for a rounding",
    source="aten/src/ATen/native/Correlation.cpp: cov",
    answer=_is_a_rounded_zero,
    much="few observations are drawn, and weights of 0 on purpose",
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


# excused is what is divided by 0, of numbers that differ in the last digit: with freedom left all is held to torch's
NO_FREEDOM_LEFT = KnownDifference(
    _has_but_a_digit_of_spread,
    jaxfun="a variance that is not 0, divided by 0, and its derivative",
    torch="NaN, of 0 divided by 0",
    why="whether numbers that differ in the last digit have a variance depends on how their mean is rounded",
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
