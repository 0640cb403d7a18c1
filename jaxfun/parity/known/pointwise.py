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
    torch="the derivative with an integer factor that is multiplied by `value`, or squared, and wraps around",
    why="torch's derivatives multiply an integer factor in its own dtype, its value in the dtype of the result",
    source="tools/autograd/derivatives.yaml: addcmul, addcdiv",
    levels=("vjp", "jvp", "hvp"),
    elements=there(_wraps),
    much="operands of two dtypes are drawn often",
)

HALF = KnownDifference(
    lambda arguments: all(getattr(tensor, "dtype", None) == "float16" for tensor in arguments.values()),
    jaxfun="an error",
    torch="a complex32 tensor",
    why="JAX has no complex32",
    source="aten/src/ATen/native/ComplexHelper.h; c10/core/ScalarType.h: ComplexHalf",
    levels=("errors",),
)


def _is_not_positive(arguments: Mapping[str, Any]) -> Any:
    return (np.asarray(arguments["abs"]) <= 0) | (np.zeros_like(arguments["angle"]) > 0)


POLAR = KnownDifference(
    anywhere(_is_not_positive),
    jaxfun="the tangent that matches the gradient",
    torch="the cosine and the sine of the angle",
    why="where `abs` is not positive, torch's forward mode of polar contradicts its reverse mode",
    source="torch/csrc/autograd/FunctionsManual.cpp: polar_backward; tools/autograd/derivatives.yaml: polar",
    levels=("jvp",),
    elements=there(_is_not_positive),
    answer=finite,
    much="half of the drawn numbers are not positive",
)

BY_ZERO = KnownDifference(
    lambda arguments: bool((np.asarray(arguments["other"]) == 0).any()),
    jaxfun="the derivative of (dx - (x / y) dy) / y: infinity or NaN",
    torch="the sum of the derivatives of dx / y and -((x / y) / y) dy: NaN or infinity",
    why="at a divisor of 0, the second derivative is a sum of infinities, whose order decides its sign or NaN",
    source="torch/csrc/autograd/FunctionsManual.cpp: div_tensor_self_backward, div_tensor_other_grad",
    levels=("hvp",),
    answer=not_finite,
    much="zeros are drawn often, and one divisor of 0 is enough",
)


def _is_beyond_its_integers(arguments: Mapping[str, Any]) -> Any:
    exponent = np.asarray(arguments["other"])
    bits = np.iinfo(exponent.dtype).bits - (exponent.dtype.kind == "i")
    return (exponent.astype(np.int64) < 0) | (exponent.astype(np.int64) >= bits)


POWER_WRAPPED = KnownDifference(
    anywhere(_is_beyond_its_integers),
    jaxfun="2**other",
    torch="2**other in the integer dtype of `other`: 0 for a negative exponent, wrapped around for a large one",
    why="torch's derivative of ldexp computes the power of 2 in integers, its value in floating point",
    source="tools/autograd/derivatives.yaml: ldexp",
    levels=("vjp", "jvp", "hvp"),
    elements=there(_is_beyond_its_integers),
    much="for most drawn exponents the power of 2 is not an integer of the dtype",
)


def _has_no_result(arguments: Mapping[str, Any]) -> bool:
    input, exponent = (np.asarray(arguments[name]) for name in ("input", "exponent"))
    return exponent.size == 0 and bool((input == 0).any())


OF_NOTHING = KnownDifference(
    _has_no_result,
    jaxfun="0: an empty result does not depend on the base",
    torch="NaN, although the sum is empty",
    why="for a base of 0 and an empty exponent, torch's second derivative is NaN",
    source="torch/csrc/autograd/FunctionsManual.cpp: pow_backward_self",
    levels=("hvp",),
    answer=zero,
)


_LARGE = 200  # from here on torch expands around the mean


def _is_expanded(arguments: Mapping[str, Any]) -> Any:
    a, x = arguments["input"], arguments["other"]
    inside = (a > 20) & (np.abs(x - a) < np.where(a < _LARGE, 0.3 * a, 4.5 * np.sqrt(np.maximum(a, 0))))
    return inside & ("float64" in (a.dtype, x.dtype))


PI = KnownDifference(
    anywhere(_is_expanded),
    jaxfun="all digits",
    torch="about nine digits",
    why="torch's expansion for large arguments uses pi rounded to float32, in float64 too",
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
    why="torch's log1p of a complex number with a subnormal part is NaN",
    source="aten/src/ATen/native/cpu/LogAddExp.h: _log_add_exp_helper",
    elements=there(_underflows),
)


def _overflows(arguments: Mapping[str, Any]) -> Any:
    away = -np.real(_apart(arguments))
    return away > np.log(np.finfo(away.dtype).max) - 1


LOST_QUOTIENT = KnownDifference(
    anywhere(_overflows),
    jaxfun="0 for the much smaller one, the whole gradient for the other",
    torch="NaN",
    why="torch's derivative for complex numbers divides by 1 + exp(other - input), which may be infinite",
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
    torch="NaN, although the gradient is 0",
    why="at the origin, torch's forward mode of atan2 contradicts its reverse mode",
    source="tools/autograd/derivatives.yaml: atan2",
    levels=("jvp",),
    elements=there(_is_at_the_origin),
    answer=zero,
    much="zeros are drawn often, in both tensors",
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
    torch="the derivative with the square or the negative of an integer operand wrapped around in its own dtype",
    why="torch squares the operands of atan2 for its derivative, and negates one, before it promotes their dtypes",
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
    torch="that formula or std::pow, depending on whether the element is computed in a vectorized block",
    why="torch's kernels return different results for a complex power of 0, NaN or infinity",
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
    jaxfun="the derivative with exponent - 1 computed in the dtype of the result",
    torch="the derivative with exponent - 1 in the exponent's own dtype: wrapped around, or rounded to 16 bits",
    why="torch subtracts 1 from the exponent before it promotes the dtype",
    source="torch/csrc/autograd/FunctionsManual.cpp: pow_backward_self",
    levels=("vjp", "jvp", "hvp"),
    elements=there(_loses_the_step),
    much="operands of two dtypes are drawn often",
)

REAL_AND_COMPLEX = KnownDifference(
    lambda arguments: np.iscomplexobj(arguments["input"]) != np.iscomplexobj(arguments["exponent"]),
    jaxfun="the tangent that matches the gradient",
    torch="another tangent",
    why="for one real and one complex operand, torch's forward mode contradicts its reverse mode",
    source="torch/csrc/autograd/FunctionsManual.cpp: pow_backward_self, pow_backward_exponent",
    levels=("jvp",),
    much="operands of two dtypes are drawn often",
)


def _is_not_above_0(arguments: Mapping[str, Any]) -> Any:
    return np.asarray(arguments["input"]) <= 0


FLAT = KnownDifference(
    anywhere(_is_not_above_0),
    jaxfun="0 or NaN: the derivative of its formula for the first derivative",
    torch="NaN or 0, depending on the order in which it multiplies 0 and the logarithm",
    why="at a base of 0 or below, the second derivative of a power multiplies 0 by a logarithm that is not finite",
    source="torch/csrc/autograd/FunctionsManual.cpp: pow_backward_self, pow_backward_exponent",
    levels=("hvp",),
    elements=there(_is_not_above_0),
    much="half of the drawn numbers are not positive",
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
    jaxfun="the formula 1 / (x * (1 - x)), as in torch with create_graph=True",
    torch="NaN; at 0 and 1 infinity with the other sign",
    why="outside of (0, 1) torch's backward pass changes with create_graph=True",
    source="aten/src/ATen/native/cpu/BinaryOpsKernel.cpp: logit_backward_kernel; FunctionsManual.cpp: logit_backward",
    levels=("vjp",),
    elements=there(_is_outside),
    answer=_is_the_formula,
    much="most drawn numbers lie outside of (0, 1)",
)


def _is_beside_a_pole(arguments: Mapping[str, Any]) -> Any:
    x = np.asarray(arguments["input"])
    if x.dtype != np.float64:
        return np.zeros(x.shape, bool)
    return (np.round(x) <= 0) & (np.abs(x - np.round(x)) < 1e-9)


BESIDE_A_POLE = KnownDifference(
    anywhere(_is_beside_a_pole),
    jaxfun="XLA's digamma, correct to three digits",
    torch="its own digamma, with other wrong digits",
    why="within a few ULP of a pole, the reflection formula loses digits, different ones in each library",
    source="aten/src/ATen/native/Math.h: calc_digamma",
    elements=there(_is_beside_a_pole),
    within=Bound(rtol=1e-2),
    much="numbers near 0 and -1 are drawn on purpose",
)


def _is_of_tiny_order(arguments: Mapping[str, Any]) -> Any:
    return np.asarray(arguments["input"]) < 1e-4


TINY_ORDER = KnownDifference(
    anywhere(_is_of_tiny_order),
    jaxfun="about as many correct digits as torch",
    torch="other wrong digits",
    why="for orders near 0 both lose digits: the function subtracts two numbers near 1",
    source="aten/src/ATen/native/Math.h: calc_igammac",
    levels=("value",),
    elements=there(_is_of_tiny_order),
    within=Bound(rtol=1e-2, atol=1e-6),
    much="tiny numbers are drawn on purpose",
)

# excuses NaN and infinity alone: each compiler chooses the order of the sum over a broadcast dimension
SUM_AT_A_POLE = KnownDifference(
    anywhere(lambda arguments: np.asarray(arguments["tensor2"]) == 0),
    jaxfun="NaN: the sum of infinities of both signs",
    torch="infinity: a sum that is multiplied by infinity",
    why="at a divisor of 0, the second derivative is a sum of infinities, in another order",
    source="tools/autograd/derivatives.yaml: addcdiv",
    levels=("hvp",),
    answer=not_finite,
    much="zeros are drawn on purpose",
)


def _is_a_real_pole(arguments: Mapping[str, Any]) -> bool:
    tensors = [np.asarray(arguments[name]) for name in ("input", "tensor1", "tensor2")]
    return any(map(np.iscomplexobj, tensors)) and not np.iscomplexobj(tensors[2]) and bool((tensors[2] == 0).any())


# excuses NaN and infinity alone, in complex results at a real divisor of 0; every number must equal torch's
REAL_POLE = KnownDifference(
    _is_a_real_pole,
    jaxfun="NaN or infinity, from a quotient of complex numbers",
    torch="infinity or NaN, from a quotient of real numbers that is then converted to complex",
    why="torch divides real tensors in their own dtype, jaxfun in the promoted complex one, which differs at 0",
    source="tools/autograd/derivatives.yaml: addcdiv",
    levels=("vjp", "jvp", "hvp"),
    answer=not_finite,
)


def _is_empty_at_a_pole(arguments: Mapping[str, Any]) -> bool:
    tensors = [np.asarray(arguments[name]) for name in ("input", "tensor1", "tensor2")]
    return not all(tensor.size for tensor in tensors[:2]) and bool((tensors[2] == 0).any())


# excuses 0 alone; every other number must equal torch's
EMPTY_AT_A_POLE = KnownDifference(
    _is_empty_at_a_pole,
    jaxfun="0, an empty sum",
    torch="NaN, 0 times infinity",
    why="torch sums over a broadcast dimension before it multiplies by a factor that is infinite at a divisor of 0",
    source="tools/autograd/derivatives.yaml: addcdiv",
    levels=("hvp",),
    answer=zero,
)


def _is_tiny_in_half(arguments: Mapping[str, Any]) -> Any:
    input = np.asarray(arguments["input"])
    return (np.abs(input.astype(np.float64)) < 1e-3) & (input.dtype.name in ("float16", "bfloat16"))


def _is_a_line(result: np.ndarray, arguments: Mapping[str, Any]) -> np.ndarray:
    line = 2 / np.sqrt(np.pi) * np.asarray(arguments["input"]).astype(np.float64)
    least = 2.0**-14 if result.dtype == np.float16 else 2.0**-126  # smaller numbers are subnormal and have fewer digits
    return np.abs(result.astype(np.float64) - line) <= 0.01 * np.maximum(np.abs(line), least)


# excuses tiny numbers where jaxfun returns the first term of the series; all others must equal torch's
COARSE = KnownDifference(
    anywhere(_is_tiny_in_half),
    jaxfun="2 / sqrt(pi) times the number",
    torch="that with an error of up to 3e-7: no correct digit for the smallest numbers",
    why="torch's kernel for 16-bit floats computes erf as 1 - polynomial * exp(-x * x) in float32",
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


# excuses torch's infinities where jaxfun returns the number
LAST_FINITE = KnownDifference(
    anywhere(_is_last_finite),
    jaxfun="the number, up to the largest of the dtype",
    torch="infinity where exp(|input|) overflows but half of it does not; or the number, depending on the size",
    why="torch's kernel for long tensors overflows before the result does, its kernel for short ones does not",
    source="aten/src/ATen/cpu/vec/vec512/vec512_double.h: sinh, cosh",
    elements=there(_is_last_finite),
    answer=finite,
)


def _is_wider_number(arguments: Mapping[str, Any]) -> bool:
    input, other = (np.asarray(arguments[name]) for name in ("input", "other"))
    is_wider = input.dtype.name in ("float16", "bfloat16") and other.dtype.name in ("float32", "float64")
    return is_wider and input.ndim > 0 == other.ndim


# excuses finite derivatives of 16-bit floats with a wider 0-dim divisor; values must equal torch's
WIDER_DIVISOR = KnownDifference(
    _is_wider_number,
    jaxfun="the quotient by the divisor rounded to the 16-bit dtype of the result",
    torch="the quotient by the divisor in its own dtype",
    why="torch divides 16-bit floats by the 0-dim float32 tensor, and computes the remainder with its rounded value",
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
    "ldexp.Tensor:whole": (POWER_WRAPPED,),
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
