"""PyTorch's tensors and autograd as pure JAX functions, each one proven against PyTorch.

The public names, by the file that defines them. A file is loaded when one of its names is first used, so that an import
costs next to nothing. `__init__.pyi` says to editors and type checkers what each name is.
"""

from importlib import import_module
from typing import Any

from .core.errors import no_attribute

__version__ = "0.1.0"  # the one place: pyproject.toml reads it from here

_NAMES = {
    # dtypes and promotion
    "core.dtypes": (
        "DType DTYPES bool uint8 int8 short int16 int int32 long int64 half float16 bfloat16 float float32 double "
        "float64 cfloat complex64 cdouble complex128 can_cast is_complex is_floating_point promote_types "
        "result_type"
    ),
    "core.limits": "FInfo finfo IInfo iinfo",
    "core.types": "ArrayLike",
    # shapes
    "ops.shape": "cat concat concatenate flatten permute reshape squeeze stack swapdims t transpose unsqueeze view",
    # indexing, sorting, searching
    "ops.index_writing": "index_add index_copy index_fill index_reduce",
    "ops.indexing": "getitem select",
    # gradients
    "autograd.gradient": "detach no_grad",
    "autograd.variable": "backward Variable zero_grad",
    "bridge": "from_dlpack from_numpy to_numpy",
    "creation": "empty eye full full_like ones ones_like tensor zeros zeros_like",
    "ops.activation": "relu",
    "ops.arithmetic": "abs absolute add mul multiply neg negative positive rsub sgn sign sub subtract",
    "ops.assignment": "setitem",
    "ops.bitwise": "bitwise_and bitwise_left_shift bitwise_not bitwise_or bitwise_right_shift bitwise_xor gcd lcm",
    "ops.blending": "addcdiv addcmul lerp",
    "ops.bounding": "clamp_max clamp_min fmax fmin heaviside",
    "ops.broadcast": "broadcast_shapes broadcast_tensors broadcast_to expand expand_as sum_to_size",
    "ops.casting": "to type",
    "ops.cholesky_factors": "cholesky_inverse cholesky_solve",
    "ops.closeness": "allclose equal isclose",
    "ops.comparison": (
        "eq ge greater greater_equal gt isfinite isinf isnan le less less_equal logical_and logical_not "
        "logical_or logical_xor lt ne not_equal"
    ),
    "ops.complexes": (
        "angle complex conj conj_physical imag isreal polar real resolve_conj resolve_neg view_as_complex view_as_real"
    ),
    "ops.coordinates": "unravel_index",
    "ops.covariance": "corrcoef cov",
    "ops.decompositions": "cholesky qr svd",
    "ops.determinants": "det inverse logdet matrix_power slogdet trace",
    "ops.diagonals": "diag diag_embed diagflat diagonal diagonal_scatter",
    "ops.dimensions": "adjoint H mH moveaxis movedim mT swapaxes T",
    "ops.distances": "cdist pdist",
    "ops.division": "div divide floor_divide fmod reciprocal remainder true_divide",
    "ops.einsum": "einsum",
    "ops.exponentials": "exp2 expm1 log10 log1p log2 rsqrt sigmoid",
    "ops.extremum": "amax amin aminmax argmax argmin max min",
    "ops.finite": "isneginf isposinf nan_to_num",
    "ops.finite_differences": "diff gradient",
    "ops.flipping": "flip fliplr flipud roll rot90",
    "ops.float_parts": "copysign frexp ldexp nextafter signbit",
    "ops.float_power": "float_power",
    "ops.gamma": "digamma lgamma mvlgamma polygamma",
    "ops.gathering": "gather index_select take take_along_dim",
    "ops.grids": "cartesian_prod combinations meshgrid",
    "ops.histograms": "bincount histc histogram",
    "ops.hyperbolic": "acosh arccosh arcsinh arctanh asinh atanh cosh sinh tanh",
    "ops.incomplete_gamma": "igamma igammac",
    "ops.integrals": "cumulative_trapezoid trapezoid trapz",
    "ops.joining": "block_diag column_stack dstack hstack row_stack vstack",
    "ops.joint_histograms": "histogramdd",
    "ops.logarithms": "logaddexp logaddexp2 logsumexp",
    "ops.masks": "masked_fill masked_scatter masked_select",
    "ops.matrix": "bmm dot matmul mm mv",
    "ops.medians": "median mode nanmedian",
    "ops.moments": "std std_mean var var_mean",
    "ops.nan_sums": "nanmean nansum",
    "ops.nonzero": "argwhere nonzero nonzero_static",
    "ops.norms": "dist norm renorm",
    "ops.planes": "arctan2 atan2 hypot",
    "ops.powers": "exp log pow sqrt square",
    "ops.products": "chain_matmul cross ger inner kron outer tensordot vdot",
    "ops.putting": "index_put put",
    "ops.quantiles": "nanquantile quantile",
    "ops.reduction": "all any count_nonzero mean prod sum",
    "ops.repeating": "repeat repeat_interleave tile",
    "ops.reshaping": "atleast_1d atleast_2d atleast_3d ravel reshape_as unflatten view_as",
    "ops.rounding": "ceil fix floor frac round trunc",
    "ops.scaled_products": "addbmm addmm addmv addr baddbmm",
    "ops.scans": "cummax cummin cumprod cumsum logcumsumexp",
    "ops.scattering": "scatter scatter_add scatter_reduce",
    "ops.searching": "bucketize isin searchsorted",
    "ops.selection": "clamp clip maximum minimum where",
    "ops.size": "dim numel shape size",
    "ops.sorting": "argsort kthvalue msort sort topk",
    "ops.special": "erf erfc erfinv i0 logit xlogy",
    "ops.splitting": "chunk dsplit hsplit split split_with_sizes tensor_split unbind vsplit",
    "ops.triangles": "tril tril_indices triu triu_indices",
    "ops.trigonometry": "acos arccos arcsin arctan asin atan cos deg2rad rad2deg sin sinc tan",
    "ops.uniqueness": "unique unique_consecutive",
    "ops.vandermonde": "vander",
    "ops.windows": "narrow narrow_copy select_scatter slice_scatter unfold",
    "random": "rand randint randn randperm",
    "spacing": "arange linspace logspace",
}
_MODULES = {
    "autograd": "autograd",
    "dtypes": "core.dtypes",
    "errors": "core.errors",
    "nn": "nn",
    "regression": "regression",
    "train": "train",
}
_FILE_OF = {name: file for file, names in _NAMES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        value = import_module(f".{_MODULES[name]}", __name__)
    elif name in _FILE_OF:
        value = getattr(import_module(f".{_FILE_OF[name]}", __name__), name)
    else:
        raise no_attribute(name, _FILE_OF)
    globals()[name] = value  # the next time it is found without this function
    return value


def __dir__() -> list[str]:
    return sorted([*_FILE_OF, *_MODULES])
