"""PyTorch's tensors and autograd as pure JAX functions, each one proven against PyTorch.

The public names, by the file that defines them. A file is loaded when one of its names is first used, so that an import
costs next to nothing. `__init__.pyi` says to editors and type checkers what each name is.
"""

from .core.faces import lazy

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
    # making tensors
    "ops.creation.bridge": "from_dlpack from_numpy item to_numpy",
    "ops.creation.fill": (
        "empty empty_like eye full full_like new_empty new_full new_ones new_zeros ones ones_like scalar_tensor tensor "
        "zeros zeros_like"
    ),
    "ops.creation.random": "rand randint randn randperm",
    "ops.creation.spacing": "arange linspace logspace",
    # pointwise
    "ops.pointwise.arithmetic": "abs absolute add mul multiply neg negative positive rsub sgn sign sub subtract",
    "ops.pointwise.bitwise": (
        "bitwise_and bitwise_left_shift bitwise_not bitwise_or bitwise_right_shift bitwise_xor gcd lcm"
    ),
    "ops.pointwise.blend": "addcdiv addcmul lerp",
    "ops.pointwise.comparison": (
        "allclose eq equal ge greater greater_equal gt isclose isfinite isinf isnan isneginf isposinf le less "
        "less_equal logical_and logical_not logical_or logical_xor lt ne not_equal"
    ),
    "ops.pointwise.complex": (
        "angle complex conj conj_physical imag isreal polar real resolve_conj resolve_neg view_as_complex "
        "view_as_complex_copy view_as_real view_as_real_copy"
    ),
    "ops.pointwise.division": "div divide floor_divide fmod reciprocal remainder true_divide",
    "ops.pointwise.floats": "copysign frexp ldexp nan_to_num nextafter signbit",
    "ops.pointwise.gamma": "digamma igamma igammac lgamma mvlgamma polygamma",
    "ops.pointwise.minmax": "clamp clamp_max clamp_min clip fmax fmin heaviside maximum minimum where",
    "ops.pointwise.powers": (
        "exp exp2 expm1 float_power log log10 log1p log2 logaddexp logaddexp2 pow rsqrt sigmoid sqrt square"
    ),
    "ops.pointwise.rounding": "ceil fix floor frac round trunc",
    "ops.pointwise.special": "erf erfc erfinv i0 logit xlogy",
    "ops.pointwise.trigonometric": (
        "acos acosh arccos arccosh arcsin arcsinh arctan arctan2 arctanh asin asinh atan atan2 atanh cos cosh "
        "deg2rad hypot rad2deg sin sinc sinh tan tanh"
    ),
    # reductions
    "ops.reduce.calculus": "cumulative_trapezoid diff gradient trapezoid trapz",
    "ops.reduce.extrema": "amax amin aminmax argmax argmin max min",
    "ops.reduce.histograms": "bincount histc histogram histogramdd",
    "ops.reduce.moments": "std std_mean var var_mean",
    "ops.reduce.norms": "dist norm renorm",
    "ops.reduce.quantiles": "median mode nanmedian nanquantile quantile",
    "ops.reduce.scans": "cummax cummin cumprod cumsum logcumsumexp",
    "ops.reduce.sums": "all any count_nonzero logsumexp mean nanmean nansum prod sum",
    # shapes
    "ops.shape.broadcast": (
        "broadcast_shapes broadcast_tensors broadcast_to cartesian_prod combinations expand expand_as expand_copy "
        "meshgrid sum_to_size"
    ),
    "ops.shape.diagonals": (
        "diag diag_embed diagflat diagonal diagonal_copy diagonal_scatter tril tril_indices triu triu_indices vander"
    ),
    "ops.shape.identity": "alias_copy clone contiguous detach_copy",
    "ops.shape.join": "block_diag cat column_stack concat concatenate dstack hstack row_stack stack vstack",
    "ops.shape.order": (
        "adjoint flip fliplr flipud H mH moveaxis movedim mT permute permute_copy roll rot90 swapaxes swapdims T t "
        "t_copy transpose transpose_copy"
    ),
    "ops.shape.repeat": "repeat repeat_interleave tile",
    "ops.shape.reshape": (
        "atleast_1d atleast_2d atleast_3d flatten ravel reshape reshape_as squeeze squeeze_copy unflatten "
        "unsqueeze unsqueeze_copy view view_as view_copy"
    ),
    "ops.shape.size": "dim numel shape size to type",
    "ops.shape.split": (
        "chunk dsplit hsplit split split_copy split_with_sizes split_with_sizes_copy tensor_split unbind unbind_copy "
        "unsafe_chunk unsafe_split unsafe_split_with_sizes vsplit"
    ),
    "ops.shape.windows": "narrow narrow_copy select_scatter slice_copy slice_scatter unfold unfold_copy",
    # indexing, sorting, searching
    "ops.index.gather": "gather index_select take take_along_dim",
    "ops.index.getitem": "getitem select select_copy",
    "ops.index.masks": "fill masked_fill masked_scatter masked_select",
    "ops.index.scatter": "scatter scatter_add scatter_reduce",
    "ops.index.search": "argwhere bucketize isin nonzero nonzero_static searchsorted unravel_index",
    "ops.index.setitem": "setitem",
    "ops.index.sort": "argsort kthvalue msort sort topk unique unique_consecutive",
    "ops.index.write": "index_add index_copy index_fill index_put index_reduce put",
    # linear algebra
    "ops.linalg.addmm": "addbmm addmm addmv addr baddbmm",
    "ops.linalg.covariance": "corrcoef cov",
    "ops.linalg.determinants": "det inverse logdet matrix_power slogdet trace",
    "ops.linalg.distances": "cdist pdist",
    "ops.linalg.einsum": "einsum",
    "ops.linalg.factor": "cholesky cholesky_inverse cholesky_solve qr svd",
    "ops.linalg.matmul": "bmm dot matmul mm mv",
    "ops.linalg.products": "chain_matmul cross ger inner kron outer tensordot vdot",
    # Fourier transforms
    "ops.fft.short_time": "istft stft",
    # nn
    "ops.nn.activation": "celu relu selu",
    "ops.nn.adaptive_pool": "adaptive_avg_pool1d",
    "ops.nn.avg_pool": "avg_pool1d",
    "ops.nn.batch_norm": "batch_norm instance_norm",
    "ops.nn.conv_transpose": "conv_transpose1d conv_transpose2d conv_transpose3d convolution",
    "ops.nn.convolution": "conv1d conv2d conv3d",
    "ops.nn.distances": "cosine_similarity pairwise_distance",
    "ops.nn.dropout": "alpha_dropout dropout feature_alpha_dropout native_dropout",
    "ops.nn.embedding": "embedding_renorm",
    "ops.nn.linear": "bilinear",
    "ops.nn.max_pool": "max_pool1d max_pool2d max_pool3d",
    "ops.nn.native_norms": "native_batch_norm native_group_norm native_layer_norm",
    "ops.nn.normalization": "group_norm layer_norm rms_norm",
    "ops.nn.pad": "constant_pad_nd",
    "ops.nn.piecewise": "hardshrink prelu rrelu threshold",
    "ops.nn.recurrent": "gru lstm rnn_relu rnn_tanh",
    "ops.nn.recurrent_cells": "gru_cell lstm_cell rnn_relu_cell rnn_tanh_cell",
    "ops.nn.shuffle": "channel_shuffle native_channel_shuffle pixel_shuffle pixel_unshuffle",
    "ops.nn.softmax": "log_softmax softmax",
    # gradients
    "autograd.gradient": "detach no_grad",
    "autograd.variable": "backward Variable zero_grad",
    # PyTorch models
    "convert.conversion": "from_torch",
    "convert.port": "Port load_port",
}
_MODULES = {
    "autograd": "autograd",
    "dtypes": "core.dtypes",
    "errors": "core.errors",
    "fft": "fft",
    "linalg": "linalg",
    "nn": "nn",
    "optim": "optim",
    "regression": "regression",
    "special": "special",
    "table": "table",
    "train": "train",
}
__getattr__, __dir__ = lazy(__name__, _NAMES, _MODULES)
