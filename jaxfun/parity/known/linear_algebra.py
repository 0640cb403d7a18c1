"""Known differences: products, determinants, factors and distances."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from .difference import KnownDifference, nan, not_finite, reduced


def _is_not_diagonal(arguments: Mapping[str, Any]) -> bool:
    factor = np.asarray(arguments["input"])
    return bool((factor != factor * np.eye(factor.shape[-1], dtype=factor.dtype)).any())


FORWARD = KnownDifference(
    _is_not_diagonal,
    jaxfun="the tangent that matches the gradient",
    torch="another tangent: X dL X Lᴴ and its adjoint instead of X dL Lᴴ X",
    why="torch's forward mode of cholesky_inverse multiplies in an order that is correct only for a diagonal factor",
    source="torch/csrc/autograd/FunctionsManual.cpp: cholesky_inverse_jvp",
    levels=("jvp",),
    much="an ordinary factor is not diagonal",
)

NOT_FINITE = KnownDifference(
    lambda arguments: not np.isfinite(arguments["input"]).all(),
    jaxfun="NaN where the triangular solve multiplies NaN by a zero of the identity",
    torch="a number there: LAPACK inverts the triangle without that product",
    why="jaxfun solves against the identity, torch inverts the triangle, so NaN reaches other elements",
    source="aten/src/ATen/native/BatchLinearAlgebraKernel.cpp: cholesky_inverse_kernel_impl",
    answer=not_finite,
    much="NaN and infinities are drawn on purpose",
)


def _has_infinity(result: np.ndarray, arguments: Mapping[str, Any]) -> np.ndarray:
    """Return which elements of a solution, or of a derivative, depend on a column or a factor that is not finite."""
    columns, factor = (np.isfinite(arguments[name]) for name in ("input", "input2"))
    mask = ~columns.all(-2, keepdims=True) | ~factor.all((-2, -1), keepdims=True)
    # the factor's derivative is a sum over the columns
    return reduced(mask.any(-1, keepdims=True) if result.shape == factor.shape else mask, result.shape)


INFINITE_SOLUTION = KnownDifference(
    lambda arguments: not all(np.isfinite(arguments[name]).all() for name in ("input", "input2")),
    jaxfun="NaN where the OpenBLAS kernel that JAX calls multiplies infinity by the zeros that pad a block",
    torch="infinity",
    why="the result of a substitution with infinity depends on the kernel, which OpenBLAS selects by CPU",
    source="aten/src/ATen/native/BatchLinearAlgebraKernel.cpp: cholesky_solve_kernel",
    answer=nan,
    elements=_has_infinity,
    much="NaN and infinities are drawn on purpose",
    machines="CPUs for which OpenBLAS selects its Haswell kernels: those with AVX2 and no AVX-512, and AMD's",
)


def _is_nearly_singular(arguments: Mapping[str, Any]) -> bool:
    input = np.asarray(arguments["input"])
    wide = input[np.isfinite(input).all((-2, -1))].astype(np.complex128)
    size = np.maximum(np.prod(np.linalg.norm(wide, axis=-1), -1), 1)
    return bool((np.abs(np.linalg.det(wide)) < 100 * np.finfo(input.dtype).eps * size).any())


SINGULAR = KnownDifference(
    _is_nearly_singular,
    jaxfun="the first derivative by cofactors; 0 where the determinant is exactly 0",
    torch="the same, or by singular vectors with create_graph=True; its determinant may be rounded to 0",
    why="where a determinant is nearly 0, its derivatives depend on its rounding, and on create_graph",
    source="torch/csrc/autograd/FunctionsManual.cpp: linalg_det_jvp, linalg_det_backward",
    levels=("vjp", "jvp", "hvp"),
    much="most small matrices that are drawn for ties, zeros and constants are singular",
)

INFINITY = KnownDifference(
    lambda arguments: bool(np.isinf(arguments["input"]).any()),
    jaxfun="infinity or NaN, depending on the order of elimination",
    torch="NaN or infinity, depending on its own order of elimination",
    why="the determinant of a matrix with infinity is NaN if the elimination computes infinity times 0",
    source="aten/src/ATen/native/BatchLinearAlgebraKernel.cpp: lu_factor_kernel",
    levels=("value",),
    much="infinities are drawn on purpose, and one is enough",
    answer=not_finite,
)

NAN_ON_CUDA = KnownDifference(
    lambda arguments: not bool(np.isfinite(arguments["input"]).all()),
    jaxfun="NaN, as torch on the CPU",
    torch="0 or another number, if its factorization does not use the NaN",
    why="the result of a factorization with NaN depends on the library: cuSOLVER or MAGMA on a GPU",
    source="aten/src/ATen/native/cuda/linalg/BatchLinearAlgebra.cpp: lu_factor_kernel",
    devices=("cuda",),
)

NAN_LOST = KnownDifference(
    lambda arguments: (
        arguments["p"] == math.inf and not all(np.isfinite(arguments[name]).all() for name in ("x1", "x2"))
    ),
    jaxfun="NaN if any difference is NaN",
    torch="the largest of the other differences, in code that is not vectorized",
    why="torch finds the largest difference by `>`, which is false for NaN",
    source="aten/src/ATen/native/cpu/DistanceOpsKernel.cpp: idist_calc",
)


def _nothing_of_no_number(arguments: Mapping[str, Any]) -> bool:
    factors = [np.asarray(value) for name, value in arguments.items() if name not in ("input", "beta", "alpha")]
    return arguments["alpha"] == 0 and not all(np.isfinite(factor.astype(complex)).all() for factor in factors)


NO_PRODUCT = KnownDifference(
    _nothing_of_no_number,
    jaxfun="NaN, as 0 times NaN is",
    torch="NaN, or the scaled input alone, depending on dtype and size",
    why="with alpha=0, some kernels skip the product",
    source="aten/src/ATen/native/CPUBlas.cpp: gemm, gemv",
    levels=("value", "jvp"),
    answer=nan,
)


def _stays_small(arguments: Mapping[str, Any]) -> bool:
    shape, matrix = np.shape(arguments["input"]), np.shape(arguments["mat"])
    return len(matrix) == 2 and 0 in matrix and shape != matrix[:1]


NOT_STRETCHED = KnownDifference(
    _stays_small,
    jaxfun="the input broadcast to (m,)",
    torch="the input in its own shape, with a warning",
    why="torch's addmv does not broadcast its input if the matrix is empty",
    source="aten/src/ATen/native/Blas.cpp: addmv_out_cpu",
    levels=("value", "vjp", "jvp", "hvp", "errors"),
    much="empty matrices and inputs of another shape are drawn often",
)


def _lacks_rank(arguments: Mapping[str, Any]) -> bool:
    input, dims = np.asarray(arguments["input"]), arguments["dim"] or (-2, -1)
    if input.ndim < 2 or dims[0] % input.ndim == dims[1] % input.ndim:  # which torch refuses
        return False
    matrices = np.moveaxis(input, dims, (-2, -1))
    values = np.linalg.svd(matrices[np.isfinite(matrices).all((-2, -1))].astype(np.complex128), compute_uv=False)
    bound = 10 * max(matrices.shape[-2:]) * np.finfo(input.dtype).eps
    return bool((values.min(-1, initial=np.inf) <= bound * values.max(-1, initial=0)).any())


def _is_subgradient(result: np.ndarray, arguments: Mapping[str, Any]) -> np.ndarray:
    """Return where a result is a subgradient of the nuclear norm of A, times a number.

    A subgradient is a matrix G with singular values of at most 1 and <G, A> the norm of A. A tangent, which has another
    shape, has to be finite.
    """
    if result.shape != np.shape(arguments["input"]):
        return np.isfinite(result)
    dims = arguments["dim"] or (-2, -1)
    matrices, gradients = (
        np.moveaxis(np.asarray(item).astype(np.complex128), dims, (-2, -1)) for item in (arguments["input"], result)
    )
    finite = (np.isfinite(matrices) & np.isfinite(gradients)).all((-2, -1), keepdims=True)
    matrices, gradients = np.where(finite, matrices, 0), np.where(finite, gradients, 0)
    norms = np.linalg.svd(matrices, compute_uv=False).sum(-1)
    cotangents = (gradients.conj() * matrices).sum((-2, -1)).real / np.where(norms == 0, 1, norms)
    sizes = np.linalg.svd(gradients, compute_uv=False).max(-1, initial=0)
    is_within = (sizes <= 1.001 * np.abs(cotangents)) | (norms == 0)
    return np.moveaxis(np.broadcast_to(finite & is_within[..., None, None], matrices.shape), (-2, -1), dims)


# excuses subgradients at the kink; every other number, and full rank, must equal torch's
NULL_VECTORS = KnownDifference(
    _lacks_rank,
    jaxfun="a subgradient, from the singular vectors of 0 that its LAPACK returns",
    torch="another subgradient, from its own singular vectors",
    why="where a singular value is 0, its vectors and the gradient of the nuclear norm are not unique",
    source="torch/csrc/autograd/FunctionsManual.cpp: svd_backward",
    levels=("vjp", "jvp"),
    answer=_is_subgradient,
    much="most matrices that are drawn for ties, zeros and constants are rank deficient",
)

# a sum of singular values has a kink where one of them is 0, so it has no second derivative
NO_RANK = KnownDifference(
    _lacks_rank,
    jaxfun="NaN, or a number from singular vectors whose directions depend on rounding",
    torch="NaN, or a number from other singular vectors",
    why="where a singular value is 0 up to rounding, the directions of its vectors depend on rounding",
    source="torch/csrc/autograd/FunctionsManual.cpp: svd_backward",
    levels=("hvp",),
    much="most matrices that are drawn for ties, zeros and constants are rank deficient",
)


KNOWN_DIFFERENCES: Mapping[str, tuple[KnownDifference, ...]] = {
    "addmm": (NO_PRODUCT,),
    "addmv": (NOT_STRETCHED, NO_PRODUCT),
    "addbmm": (NO_PRODUCT,),
    "det": (
        SINGULAR,
        INFINITY,
        NAN_ON_CUDA,
    ),
    "slogdet": (NAN_ON_CUDA,),
    "logdet": (NAN_ON_CUDA,),
    "cholesky_solve": (INFINITE_SOLUTION,),
    "cholesky_inverse": (
        FORWARD,
        NOT_FINITE,
    ),
    "cdist": (NAN_LOST,),
    "nuclear_norm.dim": (NO_RANK, NULL_VECTORS),
}
