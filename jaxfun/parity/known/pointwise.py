"""Known differences: arithmetic, powers, logarithms and special functions."""

import functools
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..compare.arrays import Bound
from .difference import KnownDifference, anywhere, finite, not_finite, there, zero


def _wraps(arguments: Mapping[str, Any]) -> Any:
    value = arguments["value"]
    factors = [np.asarray(arguments[name]) for name in ("tensor1", "tensor2")]
    whole = [factor for factor in factors if factor.dtype.kind in "iu"] if isinstance(value, int) else []
    products = [(factor, factor.astype(np.float64) * other) for factor in whole for other in (value, factor)]
    bounds = [(np.iinfo(factor.dtype), product) for factor, product in products]
    wrapped = ((product < dtype.min) | (product > dtype.max) for dtype, product in bounds)
    return functools.reduce(np.logical_or, wrapped, np.zeros((), bool))


WRAPPED_FACTOR = KnownDifference(
    anywhere(_wraps),
    jaxfun="the derivative, in the result's dtype",
    torch="the derivative of what the integers are, multiplied by `value` or themselves and wrapped around",
    why="torch's derivatives multiply an integer factor in its own dtype, and the value is made in the result's",
    source="tools/autograd/derivatives.yaml: addcmul, addcdiv",
    levels=("vjp", "jvp", "hvp"),
    elements=there(_wraps),
    much="operands of two dtypes are drawn often",
)

HALF = KnownDifference(
    lambda arguments: all(getattr(tensor, "dtype", None) == "float16" for tensor in arguments.values()),
    jaxfun="an error",
    torch="a complex32 tensor",
    why="JAX has no complex numbers of 16-bit parts",
    source="aten/src/ATen/native/ComplexHelper.h; c10/core/ScalarType.h: ComplexHalf",
    levels=("errors",),
)


def _is_not_positive(arguments: Mapping[str, Any]) -> Any:
    return (np.asarray(arguments["abs"]) <= 0) | (np.zeros_like(arguments["angle"]) > 0)


POLAR = KnownDifference(
    anywhere(_is_not_positive),
    jaxfun="the tangent that goes with the gradient, by the sign of the result",
    torch="the cosine and the sine of the angle",
    why="where `abs` is not positive torch's forward mode does not agree with its own reverse mode",
    source="torch/csrc/autograd/FunctionsManual.cpp: polar_backward; tools/autograd/derivatives.yaml: polar",
    levels=("jvp",),
    elements=there(_is_not_positive),
    answer=finite,
    much="of the numbers drawn half are not positive",
)

BY_ZERO = KnownDifference(
    lambda arguments: bool((np.asarray(arguments["other"]) == 0).any()),
    jaxfun="the derivative of (dx - (x / y) dy) / y: infinite or NaN",
    torch="the derivatives of dx / y and of -((x / y) / y) dy, added: NaN or infinite",
    why="at a divisor of 0 the second derivative adds infinities, and its sign or NaN depends on their order",
    source="torch/csrc/autograd/FunctionsManual.cpp: div_tensor_self_backward, div_tensor_other_grad",
    levels=("hvp",),
    answer=not_finite,
    much="zeros are drawn often, and one divisor of 0 is enough",
)


def _is_beyond_its_integers(arguments: Mapping[str, Any]) -> Any:
    input, exponent = (np.asarray(arguments[name]) for name in ("input", "other"))
    if input.dtype.kind in "iub" or exponent.dtype.kind not in "iu":
        return False
    bits = np.iinfo(exponent.dtype).bits - (exponent.dtype.kind == "i")
    return (exponent.astype(np.int64) < 0) | (exponent.astype(np.int64) >= bits)


POWER_WRAPPED = KnownDifference(
    anywhere(_is_beyond_its_integers),
    jaxfun="2**other",
    torch="2**other in the dtype of `other`: 0 where that is negative, and wrapped around where it is large",
    why="torch's derivative of ldexp takes the power in integers, which gives another number than its value is made of",
    source="tools/autograd/derivatives.yaml: ldexp",
    levels=("vjp", "jvp", "hvp"),
    elements=there(_is_beyond_its_integers),
    much="most integers drawn as an exponent are too large for a power of 2 in integers",
)


def _has_no_result(arguments: Mapping[str, Any]) -> bool:
    input, exponent = (np.asarray(arguments[name]) for name in ("input", "exponent"))
    return exponent.size == 0 and bool((input == 0).any())


OF_NOTHING = KnownDifference(
    _has_no_result,
    jaxfun="0: nothing depends on the base",
    torch="NaN, the derivative of a sum of no slopes",
    why="a base of 0 beside no exponents has a second derivative of NaN, though there is no result",
    source="torch/csrc/autograd/FunctionsManual.cpp: pow_backward_self",
    levels=("hvp",),
    answer=zero,
)


_LARGE = 200  # from where on torch expands around the middle


def _is_expanded(arguments: Mapping[str, Any]) -> Any:
    a, x = arguments["input"], arguments["other"]
    inside = (a > 20) & (np.abs(x - a) < np.where(a < _LARGE, 0.3 * a, 4.5 * np.sqrt(np.maximum(a, 0))))
    return inside & ("float64" in (a.dtype, x.dtype))


PI = KnownDifference(
    anywhere(_is_expanded),
    jaxfun="all digits",
    torch="about nine digits",
    why="in its expansion for large arguments torch takes pi as a float32, in float64 too",
    source="aten/src/ATen/native/Math.h: _igam_helper_asymptotic_series",
    levels=("value",),
    elements=there(_is_expanded),
    within=Bound(rtol=1e-7),
)


def _apart(arguments: Mapping[str, Any]) -> np.ndarray:
    """Return the smaller of each two complex numbers less the larger; of real ones nothing."""
    x, y = np.asarray(arguments["input"]), np.asarray(arguments["other"])
    if not np.iscomplexobj(x) and not np.iscomplexobj(y):
        return np.zeros((), np.complex64)
    return np.where(np.real(x) < np.real(y), x - y, y - x)


def _underflows(arguments: Mapping[str, Any]) -> Any:
    smaller = np.exp(_apart(arguments))
    real, imaginary = (
        (part != 0) & (abs(part) < np.finfo(part.dtype).tiny) for part in (np.real(smaller), np.imag(smaller))
    )
    return real | imaginary


LOST_LOGARITHM = KnownDifference(
    anywhere(_underflows),
    jaxfun="the larger of the two",
    torch="NaN",
    why="torch's log1p of complex numbers is NaN of the smallest that there are",
    source="aten/src/ATen/native/cpu/LogAddExp.h: _log_add_exp_helper",
    elements=there(_underflows),
)


def _overflows(arguments: Mapping[str, Any]) -> Any:
    away = -np.real(_apart(arguments))
    return away > np.log(np.finfo(away.dtype).max) - 1


LOST_QUOTIENT = KnownDifference(
    anywhere(_overflows),
    jaxfun="0 to the one that is far the smaller, all to the other",
    torch="NaN",
    why="torch's derivative of complex numbers divides by 1 + exp(other - input), where that is infinite too",
    source="tools/autograd/derivatives.yaml: logaddexp",
    levels=("vjp", "jvp", "hvp"),
    elements=there(_overflows),
)


def _is_at_the_origin(arguments: Mapping[str, Any]) -> Any:
    y, x = (np.asarray(arguments[name]).astype(np.float64) for name in ("input", "other"))
    return (y == 0) & (x == 0)


AT_THE_ORIGIN = KnownDifference(
    anywhere(_is_at_the_origin),
    jaxfun="0, as the gradient is",
    torch="NaN, though the gradient is 0",
    why="at the origin torch's forward mode of atan2 does not agree with its own reverse mode",
    source="tools/autograd/derivatives.yaml: atan2",
    levels=("jvp",),
    elements=there(_is_at_the_origin),
    answer=zero,
    much="zeros are drawn often, and in both tensors",
)


def _planes_wrap(arguments: Mapping[str, Any]) -> Any:
    operands = [np.asarray(arguments[name]) for name in ("input", "other")]
    whole = [operand for operand in operands if operand.dtype.kind in "iu"]
    has_no_negative = (operands[0] != 0) & (operands[0].dtype.kind == "u")
    wrapped = (operand.astype(np.float64) ** 2 > np.iinfo(operand.dtype).max for operand in whole)
    return functools.reduce(np.logical_or, wrapped, has_no_negative)


PLANES_WRAPPED = KnownDifference(
    anywhere(_planes_wrap),
    jaxfun="the derivative",
    torch="that with the square or the negative of an integer operand as its own dtype holds it, wrapped around",
    why="torch squares the operands of atan2 for its derivative, and negates one, before it promotes them",
    source="torch/csrc/autograd/FunctionsManual.cpp: atan2_backward",
    levels=("vjp", "jvp", "hvp"),
    elements=there(_planes_wrap),
)


def _is_complex_at_the_edge(arguments: Mapping[str, Any]) -> Any:
    base, exponent = (np.asarray(arguments[name]) for name in ("input", "exponent"))
    edge = ~np.isfinite(base) | ~np.isfinite(exponent) | (base == 0)
    return edge & (np.iscomplexobj(base) or np.iscomplexobj(exponent))


COMPLEX_EDGE = KnownDifference(
    anywhere(_is_complex_at_the_edge),
    jaxfun="exp(exponent * log(base)), 0 where the real part is -infinity",
    torch="that formula or std::pow, by how the elements fall into vectors",
    why="a complex power of 0, or with NaN or infinity in it, has no one answer in torch's own kernels",
    source="aten/src/ATen/native/cpu/PowKernel.cpp",
    elements=there(_is_complex_at_the_edge),
)


def _loses_the_step(arguments: Mapping[str, Any]) -> Any:
    exponent, base = np.asarray(arguments["exponent"]), np.asarray(arguments["input"])
    if exponent.dtype.kind == "i":
        return exponent == np.iinfo(exponent.dtype).min
    if exponent.dtype.name not in ("float16", "bfloat16"):
        return False
    step = exponent.astype(np.float32) - 1
    return (step.astype(exponent.dtype).astype(np.float32) != step) | (exponent.dtype != base.dtype)


STEP_IN_ITS_OWN_DTYPE = KnownDifference(
    anywhere(_loses_the_step),
    jaxfun="the slope with exponent - 1 in the dtype of the result",
    torch="the slope with exponent - 1 in the exponent's own dtype, wrapped around or rounded to 16 bits",
    why="torch subtracts 1 from the exponent before it promotes it",
    source="torch/csrc/autograd/FunctionsManual.cpp: pow_backward_self",
    levels=("vjp", "jvp", "hvp"),
    elements=there(_loses_the_step),
    much="operands of two dtypes are drawn often",
)

REAL_AND_COMPLEX = KnownDifference(
    lambda arguments: np.iscomplexobj(arguments["input"]) != np.iscomplexobj(arguments["exponent"]),
    jaxfun="the tangent that goes with the gradient",
    torch="another tangent",
    why="for one real and one complex operand torch's forward mode does not agree with its own reverse mode",
    source="torch/csrc/autograd/FunctionsManual.cpp: pow_backward_self, pow_backward_exponent",
    levels=("jvp",),
    much="operands of two dtypes are drawn often",
)


def _is_not_above_0(arguments: Mapping[str, Any]) -> Any:
    return np.asarray(arguments["input"]) <= 0


FLAT = KnownDifference(
    anywhere(_is_not_above_0),
    jaxfun="the derivative of the formula of the first one: 0 or NaN as its products give",
    torch="NaN or 0, by the order in which it multiplies 0 and the logarithm",
    why="the second derivative of a power at a base of 0 or below multiplies 0 by a logarithm that is not finite",
    source="torch/csrc/autograd/FunctionsManual.cpp: pow_backward_self, pow_backward_exponent",
    levels=("hvp",),
    elements=there(_is_not_above_0),
    much="of the numbers drawn half are not positive",
)


def _is_outside(arguments: Mapping[str, Any]) -> Any:
    x, eps = np.asarray(arguments["input"]).astype(np.float64), arguments["eps"]
    if eps is not None and eps >= 0:  # outside of the bounds both are 0
        return ((x == 0) | (x == 1)) & (eps == 0)
    return (x <= 0) | (x >= 1)


def _is_the_formula(result: np.ndarray, arguments: Mapping[str, Any]) -> np.ndarray:
    x = np.asarray(arguments["input"]).astype(np.float64)
    return np.isfinite(result.astype(np.float64)) | (x == 0) | (x == 1)


OUTSIDE = KnownDifference(
    anywhere(_is_outside),
    jaxfun="the derivative's formula, as torch gives it with create_graph=True",
    torch="NaN, and at 0 and 1 an infinity of another sign",
    why="where the logarithm is of no positive number, torch's plain backward pass and its second one differ",
    source="aten/src/ATen/native/cpu/BinaryOpsKernel.cpp: logit_backward_kernel; FunctionsManual.cpp: logit_backward",
    levels=("vjp",),
    elements=there(_is_outside),
    answer=_is_the_formula,
    much="most numbers are no probabilities",
)


def _is_beside_a_pole(arguments: Mapping[str, Any]) -> Any:
    x = np.asarray(arguments["input"])
    if x.dtype != np.float64:
        return np.zeros(x.shape, bool)
    return (np.round(x) <= 0) & (np.abs(x - np.round(x)) < 1e-9)


BESIDE_A_POLE = KnownDifference(
    anywhere(_is_beside_a_pole),
    jaxfun="what XLA's digamma gives, to three digits",
    torch="what its own gives",
    why="a few ULP beside a pole the two libraries lose other digits of the reflection",
    source="aten/src/ATen/native/Math.h: calc_digamma",
    elements=there(_is_beside_a_pole),
    within=Bound(rtol=1e-2),
    much="numbers beside 0 and -1 are drawn on purpose",
)


def _is_of_tiny_order(arguments: Mapping[str, Any]) -> Any:
    return np.asarray(arguments["input"]) < 1e-4


TINY_ORDER = KnownDifference(
    anywhere(_is_of_tiny_order),
    jaxfun="about as many digits as torch",
    torch="other digits",
    why="for orders near 0 both lose digits: the function is a difference of two numbers near 1",
    source="aten/src/ATen/native/Math.h: calc_igammac",
    levels=("value",),
    elements=there(_is_of_tiny_order),
    within=Bound(rtol=1e-2, atol=1e-6),
    much="tiny numbers are drawn on purpose",
)

# excused are elements that are not finite, of a sum whose order over a broadcast dimension is each compiler's own
SUM_AT_A_POLE = KnownDifference(
    anywhere(lambda arguments: np.asarray(arguments["tensor2"]) == 0),
    jaxfun="NaN, of infinite terms of both signs",
    torch="infinite, of their sum that is multiplied by infinity",
    why="the second derivative at a divisor of 0 is a sum of infinite terms, in another order",
    source="tools/autograd/derivatives.yaml: addcdiv",
    levels=("hvp",),
    answer=not_finite,
    much="zeros are drawn on purpose",
)


def _is_a_real_pole(arguments: Mapping[str, Any]) -> bool:
    tensors = [np.asarray(arguments[name]) for name in ("input", "tensor1", "tensor2")]
    return any(map(np.iscomplexobj, tensors)) and not np.iscomplexobj(tensors[2]) and bool((tensors[2] == 0).any())


# excused are elements that are not finite, of complex results at a real divisor of 0: every number is held to torch's
REAL_POLE = KnownDifference(
    _is_a_real_pole,
    jaxfun="NaN or infinite: the quotient is one of complex numbers",
    torch="infinite or NaN: the quotient is one of real numbers, converted to complex afterwards",
    why="torch divides real tensors in their own dtype, jaxfun in the promoted complex one, and at 0 these differ",
    source="tools/autograd/derivatives.yaml: addcdiv",
    levels=("vjp", "jvp", "hvp"),
    answer=not_finite,
)


def _is_empty_at_a_pole(arguments: Mapping[str, Any]) -> bool:
    tensors = [np.asarray(arguments[name]) for name in ("input", "tensor1", "tensor2")]
    return not all(tensor.size for tensor in tensors[:2]) and bool((tensors[2] == 0).any())


# excused is a 0: every other number is held to torch's
EMPTY_AT_A_POLE = KnownDifference(
    _is_empty_at_a_pole,
    jaxfun="0, a sum over nothing",
    torch="NaN, that 0 times infinity",
    why="torch adds up over a broadcast dimension before it multiplies by the divisor's own factor, infinite at 0",
    source="tools/autograd/derivatives.yaml: addcdiv",
    levels=("hvp",),
    answer=zero,
)


def _is_tiny_in_half(arguments: Mapping[str, Any]) -> Any:
    input = np.asarray(arguments["input"])
    return (np.abs(input.astype(np.float64)) < 1e-3) & (input.dtype.name in ("float16", "bfloat16"))


def _is_a_line(result: np.ndarray, arguments: Mapping[str, Any]) -> np.ndarray:
    line = 2 / np.sqrt(np.pi) * np.asarray(arguments["input"]).astype(np.float64)
    least = 2.0**-14 if result.dtype == np.float16 else 2.0**-126  # below it are subnormal numbers, of fewer digits
    return np.abs(result.astype(np.float64) - line) <= 0.01 * np.maximum(np.abs(line), least)


# excused are tiny numbers, where jaxfun's is the first term of the series: all others are held to torch's
COARSE = KnownDifference(
    anywhere(_is_tiny_in_half),
    jaxfun="2 / sqrt(pi) times the number",
    torch="that to within 3e-7, so that the smallest numbers have no digit",
    why="torch's kernel for 16-bit floats takes erf as 1 less a polynomial times exp(-x * x), in float32",
    source="aten/src/ATen/cpu/vec/vec512/vec512_float.h: erf",
    levels=("value",),
    elements=there(_is_tiny_in_half),
    answer=_is_a_line,
    much="tiny numbers are drawn on purpose",
)


def _is_last_finite(arguments: Mapping[str, Any]) -> Any:
    input = np.asarray(arguments["input"])
    most = np.log(np.finfo(np.float64 if input.dtype == np.float64 else np.float32).max)
    size = np.abs(np.real(input).astype(np.float64))
    return (size > (1 - 1e-6) * most) & (size < most + np.log(2)) & (not np.iscomplexobj(input))


# excused are infinities of torch's where jaxfun has the number
LAST_FINITE = KnownDifference(
    anywhere(_is_last_finite),
    jaxfun="the number, up to the largest of the dtype",
    torch="infinite where exp(|input|) is, though half of that is not, or the number, by the size of the tensor",
    why="torch's kernel for long tensors overflows before the result does, its kernel for short ones with it",
    source="aten/src/ATen/cpu/vec/vec512/vec512_double.h: sinh, cosh",
    elements=there(_is_last_finite),
    answer=finite,
)


def _is_wider_number(arguments: Mapping[str, Any]) -> bool:
    input, other = (np.asarray(arguments[name]) for name in ("input", "other"))
    is_wider = input.dtype.name in ("float16", "bfloat16") and other.dtype.name in ("float32", "float64")
    return is_wider and input.ndim > 0 == other.ndim


# excused are finite derivatives of 16-bit floats beside a wider 0-dim divisor: values are held to torch's
WIDER_DIVISOR = KnownDifference(
    _is_wider_number,
    jaxfun="the quotient by the divisor in the dtype of the result, of 16 bits",
    torch="the quotient by the divisor as it is",
    why="torch divides 16-bit floats by a 0-dim tensor of float32 as it is; what is left it takes of the rounded one",
    source="aten/src/ATen/native/cpu/BinaryOpsKernel.cpp: div_trunc_kernel, div_floor_kernel, remainder_kernel",
    levels=("vjp", "jvp"),
    answer=finite,
)


KNOWN_DIFFERENCES: Mapping[str, tuple[KnownDifference, ...]] = {
    "erf": (COARSE,),
    "sinh": (LAST_FINITE,),
    "cosh": (LAST_FINITE,),
    "addcmul": (WRAPPED_FACTOR,),
    "addcdiv": (WRAPPED_FACTOR, REAL_POLE, EMPTY_AT_A_POLE, SUM_AT_A_POLE),
    "pow.Tensor_Tensor": (
        COMPLEX_EDGE,
        FLAT,
        STEP_IN_ITS_OWN_DTYPE,
        REAL_AND_COMPLEX,
    ),
    "pow.Scalar": (COMPLEX_EDGE,),
    "remainder.Tensor": (WIDER_DIVISOR,),
    "fmod.Tensor": (WIDER_DIVISOR,),
    "complex": (HALF,),
    "polar": (POLAR,),
    "view_as_complex": (HALF,),
    "div.Tensor": (BY_ZERO,),
    "ldexp.Tensor": (POWER_WRAPPED,),
    "float_power.Tensor_Tensor": (OF_NOTHING,),
    "float_power.Scalar": (COMPLEX_EDGE,),
    "igamma": (PI,),
    "igammac": (PI, TINY_ORDER),
    "logit": (OUTSIDE,),
    "lgamma": (BESIDE_A_POLE,),
    "digamma": (BESIDE_A_POLE,),
    "polygamma": (BESIDE_A_POLE,),
    "logaddexp": (
        LOST_LOGARITHM,
        LOST_QUOTIENT,
    ),
    "atan2": (
        AT_THE_ORIGIN,
        PLANES_WRAPPED,
    ),
}
