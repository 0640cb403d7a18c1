"""PyTorch's tensors and autograd as pure JAX functions, each one proven against PyTorch."""
# fmt: off  (a family a line: the face is read as a table)

from importlib import import_module
from types import ModuleType

from . import autograd as autograd, nn as nn
from .core import dtypes as dtypes, errors as errors

# dtypes and promotion
from .core.dtypes import (
    DType as DType,
    DTYPES as DTYPES,
    bool as bool,
    uint8 as uint8,
    int8 as int8,
    short as short,
    int16 as int16,
    int as int,
    int32 as int32,
    long as long,
    int64 as int64,
    half as half,
    float16 as float16,
    bfloat16 as bfloat16,
    float as float,
    float32 as float32,
    double as double,
    float64 as float64,
    cfloat as cfloat,
    complex64 as complex64,
    cdouble as cdouble,
    complex128 as complex128,
    can_cast as can_cast,
    is_complex as is_complex,
    is_floating_point as is_floating_point,
    promote_types as promote_types,
    result_type as result_type,
)
from .core.limits import FInfo as FInfo, IInfo as IInfo, finfo as finfo, iinfo as iinfo

# making tensors
from .ops.creation.fill import (
    empty as empty,
    eye as eye,
    full as full,
    full_like as full_like,
    ones as ones,
    ones_like as ones_like,
    tensor as tensor,
    zeros as zeros,
    zeros_like as zeros_like,
)
from .ops.creation.spacing import arange as arange, linspace as linspace, logspace as logspace
from .ops.creation.random import rand as rand, randint as randint, randn as randn, randperm as randperm
from .ops.creation.bridge import from_dlpack as from_dlpack, from_numpy as from_numpy, to_numpy as to_numpy

# shapes
from .ops.shape.size import dim as dim, numel as numel, shape as shape, size as size, to as to, type as type
from .ops.shape.reshape import (
    atleast_1d as atleast_1d,
    atleast_2d as atleast_2d,
    atleast_3d as atleast_3d,
    flatten as flatten,
    ravel as ravel,
    reshape as reshape,
    reshape_as as reshape_as,
    squeeze as squeeze,
    unflatten as unflatten,
    unsqueeze as unsqueeze,
    view as view,
    view_as as view_as,
)
from .ops.shape.order import (
    adjoint as adjoint,
    flip as flip,
    fliplr as fliplr,
    flipud as flipud,
    H as H,
    mH as mH,
    moveaxis as moveaxis,
    movedim as movedim,
    mT as mT,
    permute as permute,
    roll as roll,
    rot90 as rot90,
    swapaxes as swapaxes,
    swapdims as swapdims,
    T as T,
    t as t,
    transpose as transpose,
)
from .ops.shape.join import (
    block_diag as block_diag,
    cat as cat,
    column_stack as column_stack,
    concat as concat,
    concatenate as concatenate,
    dstack as dstack,
    hstack as hstack,
    row_stack as row_stack,
    stack as stack,
    vstack as vstack,
)
from .ops.shape.split import (
    chunk as chunk,
    dsplit as dsplit,
    hsplit as hsplit,
    split as split,
    split_with_sizes as split_with_sizes,
    tensor_split as tensor_split,
    unbind as unbind,
    vsplit as vsplit,
)
from .ops.shape.repeat import repeat as repeat, repeat_interleave as repeat_interleave, tile as tile
from .ops.shape.broadcast import (
    broadcast_shapes as broadcast_shapes,
    broadcast_tensors as broadcast_tensors,
    broadcast_to as broadcast_to,
    cartesian_prod as cartesian_prod,
    combinations as combinations,
    expand as expand,
    expand_as as expand_as,
    meshgrid as meshgrid,
    sum_to_size as sum_to_size,
)
from .ops.shape.diagonals import (
    diag as diag,
    diag_embed as diag_embed,
    diagflat as diagflat,
    diagonal as diagonal,
    diagonal_scatter as diagonal_scatter,
    tril as tril,
    tril_indices as tril_indices,
    triu as triu,
    triu_indices as triu_indices,
    vander as vander,
)
from .ops.shape.windows import (
    narrow as narrow,
    narrow_copy as narrow_copy,
    select_scatter as select_scatter,
    slice_scatter as slice_scatter,
    unfold as unfold,
)

# functions
from .ops.activation import relu as relu
from .ops.arithmetic import (
    abs as abs,
    absolute as absolute,
    add as add,
    mul as mul,
    multiply as multiply,
    neg as neg,
    negative as negative,
    positive as positive,
    rsub as rsub,
    sgn as sgn,
    sign as sign,
    sub as sub,
    subtract as subtract,
)
from .ops.assignment import setitem as setitem
from .ops.bitwise import (
    bitwise_and as bitwise_and,
    bitwise_left_shift as bitwise_left_shift,
    bitwise_not as bitwise_not,
    bitwise_or as bitwise_or,
    bitwise_right_shift as bitwise_right_shift,
    bitwise_xor as bitwise_xor,
    gcd as gcd,
    lcm as lcm,
)
from .ops.blending import addcdiv as addcdiv, addcmul as addcmul, lerp as lerp
from .ops.bounding import (
    clamp_max as clamp_max,
    clamp_min as clamp_min,
    fmax as fmax,
    fmin as fmin,
    heaviside as heaviside,
)
from .ops.cholesky_factors import cholesky_inverse as cholesky_inverse, cholesky_solve as cholesky_solve
from .ops.closeness import allclose as allclose, equal as equal, isclose as isclose
from .ops.comparison import (
    eq as eq,
    ge as ge,
    greater as greater,
    greater_equal as greater_equal,
    gt as gt,
    isfinite as isfinite,
    isinf as isinf,
    isnan as isnan,
    le as le,
    less as less,
    less_equal as less_equal,
    logical_and as logical_and,
    logical_not as logical_not,
    logical_or as logical_or,
    logical_xor as logical_xor,
    lt as lt,
    ne as ne,
    not_equal as not_equal,
)
from .ops.complexes import (
    angle as angle,
    complex as complex,
    conj as conj,
    conj_physical as conj_physical,
    imag as imag,
    isreal as isreal,
    polar as polar,
    real as real,
    resolve_conj as resolve_conj,
    resolve_neg as resolve_neg,
    view_as_complex as view_as_complex,
    view_as_real as view_as_real,
)
from .ops.coordinates import unravel_index as unravel_index
from .ops.covariance import corrcoef as corrcoef, cov as cov
from .ops.decompositions import cholesky as cholesky, qr as qr, svd as svd
from .ops.determinants import (
    det as det,
    inverse as inverse,
    logdet as logdet,
    matrix_power as matrix_power,
    slogdet as slogdet,
    trace as trace,
)
from .ops.distances import cdist as cdist, pdist as pdist
from .ops.division import (
    div as div,
    divide as divide,
    floor_divide as floor_divide,
    fmod as fmod,
    reciprocal as reciprocal,
    remainder as remainder,
    true_divide as true_divide,
)
from .ops.einsum import einsum as einsum
from .ops.exponentials import (
    exp2 as exp2,
    expm1 as expm1,
    log10 as log10,
    log1p as log1p,
    log2 as log2,
    rsqrt as rsqrt,
    sigmoid as sigmoid,
)
from .ops.extremum import (
    amax as amax,
    amin as amin,
    aminmax as aminmax,
    argmax as argmax,
    argmin as argmin,
    max as max,
    min as min,
)
from .ops.finite import isneginf as isneginf, isposinf as isposinf, nan_to_num as nan_to_num
from .ops.finite_differences import diff as diff, gradient as gradient
from .ops.float_parts import (
    copysign as copysign,
    frexp as frexp,
    ldexp as ldexp,
    nextafter as nextafter,
    signbit as signbit,
)
from .ops.float_power import float_power as float_power
from .ops.gamma import digamma as digamma, lgamma as lgamma, mvlgamma as mvlgamma, polygamma as polygamma
from .ops.gathering import (
    gather as gather,
    index_select as index_select,
    take as take,
    take_along_dim as take_along_dim,
)
from .ops.histograms import bincount as bincount, histc as histc, histogram as histogram
from .ops.hyperbolic import (
    acosh as acosh,
    arccosh as arccosh,
    arcsinh as arcsinh,
    arctanh as arctanh,
    asinh as asinh,
    atanh as atanh,
    cosh as cosh,
    sinh as sinh,
    tanh as tanh,
)
from .ops.incomplete_gamma import igamma as igamma, igammac as igammac
from .ops.index_writing import (
    index_add as index_add,
    index_copy as index_copy,
    index_fill as index_fill,
    index_reduce as index_reduce,
)
from .ops.indexing import getitem as getitem, select as select
from .ops.integrals import cumulative_trapezoid as cumulative_trapezoid, trapezoid as trapezoid, trapz as trapz
from .ops.joint_histograms import histogramdd as histogramdd
from .ops.logarithms import logaddexp as logaddexp, logaddexp2 as logaddexp2, logsumexp as logsumexp
from .ops.masks import masked_fill as masked_fill, masked_scatter as masked_scatter, masked_select as masked_select
from .ops.matrix import bmm as bmm, dot as dot, matmul as matmul, mm as mm, mv as mv
from .ops.medians import median as median, mode as mode, nanmedian as nanmedian
from .ops.moments import std as std, std_mean as std_mean, var as var, var_mean as var_mean
from .ops.nan_sums import nanmean as nanmean, nansum as nansum
from .ops.nonzero import argwhere as argwhere, nonzero as nonzero, nonzero_static as nonzero_static
from .ops.norms import dist as dist, norm as norm, renorm as renorm
from .ops.planes import arctan2 as arctan2, atan2 as atan2, hypot as hypot
from .ops.powers import exp as exp, log as log, pow as pow, sqrt as sqrt, square as square
from .ops.products import (
    chain_matmul as chain_matmul,
    cross as cross,
    ger as ger,
    inner as inner,
    kron as kron,
    outer as outer,
    tensordot as tensordot,
    vdot as vdot,
)
from .ops.putting import index_put as index_put, put as put
from .ops.quantiles import nanquantile as nanquantile, quantile as quantile
from .ops.reduction import (
    all as all,
    any as any,
    count_nonzero as count_nonzero,
    mean as mean,
    prod as prod,
    sum as sum,
)
from .ops.rounding import ceil as ceil, fix as fix, floor as floor, frac as frac, round as round, trunc as trunc
from .ops.scaled_products import addbmm as addbmm, addmm as addmm, addmv as addmv, addr as addr, baddbmm as baddbmm
from .ops.scans import (
    cummax as cummax,
    cummin as cummin,
    cumprod as cumprod,
    cumsum as cumsum,
    logcumsumexp as logcumsumexp,
)
from .ops.scattering import scatter as scatter, scatter_add as scatter_add, scatter_reduce as scatter_reduce
from .ops.searching import bucketize as bucketize, isin as isin, searchsorted as searchsorted
from .ops.selection import clamp as clamp, clip as clip, maximum as maximum, minimum as minimum, where as where
from .ops.sorting import argsort as argsort, kthvalue as kthvalue, msort as msort, sort as sort, topk as topk
from .ops.special import erf as erf, erfc as erfc, erfinv as erfinv, i0 as i0, logit as logit, xlogy as xlogy
from .ops.trigonometry import (
    acos as acos,
    arccos as arccos,
    arcsin as arcsin,
    arctan as arctan,
    asin as asin,
    atan as atan,
    cos as cos,
    deg2rad as deg2rad,
    rad2deg as rad2deg,
    sin as sin,
    sinc as sinc,
    tan as tan,
)
from .ops.uniqueness import unique as unique, unique_consecutive as unique_consecutive

# gradients
from .autograd import Variable as Variable, backward as backward, no_grad as no_grad
from .autograd.gradient import detach as detach
from .autograd.variable import zero_grad as zero_grad


def __getattr__(name: str) -> ModuleType:
    if name in ("train", "regression"):  # these need optax, which is loaded on first use
        return import_module(f".{name}", __name__)
    raise errors.no_attribute(name, globals())
