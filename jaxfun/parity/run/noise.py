"""Run PyTorch with random rounding: every operation's result is perturbed, to show how far rounding may spread.

Perturbed inputs are not enough. A saturated softmax (0 and 1) does not react to its inputs, but its gradient is a
difference of rounded numbers.
"""

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch._decomp import decomposition_table
from torch.utils._python_dispatch import TorchDispatchMode


class Rounded(TorchDispatchMode):
    """A dispatch mode: each operation that rounds returns its result with a random relative error of up to `step`.

    `digits` is the dtype whose numbers are exact: an arithmetic result that is representable in it is not perturbed.
    With `flushes`, every operation treats subnormal numbers of that dtype as 0, as XLA does.
    """

    def __init__(self, step: float, digits: torch.dtype, seed: int, flushes: bool = False) -> None:
        super().__init__()
        self._step, self._digits, self._generator = step, digits, torch.Generator().manual_seed(seed)
        self._least = torch.finfo(digits).smallest_normal if flushes else 0.0

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # else PyTorch imports its compiler, which takes two seconds

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Return the operation's result, perturbed.

        A kernel with several steps is decomposed, and each step is perturbed.
        """
        kwargs, steps = kwargs or {}, _steps_of(func)
        if (pure := _pure_of(func)) is not None:
            _write(args[0], self.__torch_dispatch__(pure, types, args, kwargs))
            return args[0] if func._schema.returns else None
        if func is torch.ops.aten._efficientzerotensor.default:  # arithmetic on it crashes the process here
            return torch.zeros(*args, **kwargs)
        if steps:
            with self:
                return steps(*args, **kwargs)
        if not _computes(func):
            return func(*args, **kwargs)
        args = _mapped(self._flushed, args) if self._least else args
        result = func(*args, **kwargs)
        name = _name_of(func)
        if name not in _SUMS or not _is_inexact(result):
            return _mapped(
                lambda item: self._moved(item, item, self._fits(item) if name in _ARITHMETIC else None), result
            )
        # a sum's error is relative to its terms, which may be larger than the sum
        sizes, grains = (func(*_mapped(of, args), **kwargs) for of in (torch.abs, _inverse_of_last_bit))
        return _mapped(
            lambda item, size, grain: self._moved(item, size, self._is_short(size * grain)), result, sizes, grains
        )

    def _flushed(self, item: torch.Tensor) -> torch.Tensor:
        return torch.where(item.abs() < self._least, 0, item) if _is_inexact(item) else item

    def _fits(self, item: torch.Tensor) -> torch.Tensor | None:
        """Return which numbers are representable in the dtype `digits`."""
        return None if item.is_complex() else item.to(self._digits).to(item.dtype) == item

    def _is_short(self, length: torch.Tensor) -> torch.Tensor:
        """Return which sums have so few digits that they are exact in every order."""
        return length < 2 / torch.finfo(self._digits).eps

    def _moved(self, item: torch.Tensor, size: torch.Tensor, exact: torch.Tensor | None) -> torch.Tensor:
        if not _is_inexact(item):
            return item
        off = size * self._random_errors(item)
        if exact is not None:
            off = torch.where(exact, 0, off)
        return torch.where(off.isfinite(), item + off, item)

    def _random_errors(self, like: torch.Tensor) -> torch.Tensor:
        parts = torch.view_as_real(like) if like.is_complex() else like
        by = torch.empty(parts.shape, dtype=parts.dtype).uniform_(-self._step, self._step, generator=self._generator)
        return (torch.view_as_complex(by) if like.is_complex() else by).to(like.device)


def _is_inexact(item: Any) -> bool:
    return not isinstance(item, torch.Tensor) or item.is_floating_point() or item.is_complex()


def _inverse_of_last_bit(item: torch.Tensor) -> torch.Tensor:
    """Return the inverse of each number's last nonzero bit: the unit in which a sum of such numbers is exact."""
    if not item.is_floating_point():
        return item.abs()
    mantissa, exponent = torch.frexp(item.double())
    whole = (mantissa * 2.0**53).long()
    grain = torch.ldexp((whole & -whole).double(), exponent - 53)
    return torch.where(grain > 0, 1 / grain, 0).to(item.dtype)


def _mapped(function: Callable[..., Any], item: Any, *others: Any) -> Any:
    """Apply a function to each tensor in tuples and lists."""
    if isinstance(item, (tuple, list)):
        return type(item)(_mapped(function, *parts) for parts in zip(item, *others, strict=True))
    return function(item, *others) if isinstance(item, torch.Tensor) else item


_ARITHMETIC = ("add", "sub", "rsub", "mul", "div")  # IEEE 754 defines their results exactly
_SUMS = (
    *("sum", "mean", "cumsum", "mm", "bmm", "mv", "dot", "addmm", "baddbmm", "addmv", "addbmm"),
    *("convolution", "convolution_backward", "index_add", "scatter_add"),
)
# operations that do not round: they move numbers, select among them or return integers
# (_efficientzerotensor: forward mode's zero tensor, which has no storage)
_EXACT = frozenset(
    """
    clone _to_copy _efficientzerotensor copy lift_fresh contiguous zeros ones full eye arange zeros_like ones_like
    full_like new_zeros new_full fill where masked_fill relu hardtanh threshold_backward abs neg positive sign sgn floor
    ceil round trunc frac fmod floor_divide copysign heaviside nextafter nan_to_num conj_physical maximum minimum fmax
    fmin clamp clamp_min clamp_max max min amax amin aminmax cummax cummin sort topk kthvalue median nanmedian mode
    max_pool2d_with_indices cat stack flip roll rot90 repeat tril triu constant_pad_nd gather index take index_select
    masked_select scatter index_fill index_copy diag_embed select_backward slice_backward select_scatter slice_scatter
    diagonal_scatter as_strided_scatter resize set
    """.split()  # noqa: SIM905  (easier to read)
)
# operations whose torch._refs decomposition has several rounding steps; nearly all others have a single one
_SEVERAL = (
    *("native_layer_norm", "native_group_norm", "logsumexp", "var", "var_mean", "std", "std_mean", "vector_norm"),
    *("gelu", "mish", "softplus", "elu", "celu", "selu", "logaddexp", "logaddexp2", "sinc", "logit"),
)

# the decomposition's second result differs from the kernel's, and the backward kernel needs the kernel's
_NOT_DECOMPOSED = ("_scaled_dot_product_flash_attention_for_cpu",)


def _name_of(func: Any) -> str:
    """Return an operation's name, without the prefix of operations on lists of tensors."""
    return func.overloadpacket.__name__.removeprefix("_foreach_")


@functools.cache
def _computes(func: Any) -> bool:
    """Return whether an operation rounds: it computes new numbers, returns no view and writes to no argument."""
    return _name_of(func) not in _EXACT and not any(item.alias_info for item in func._schema.returns)


@functools.cache
def _pure_of(func: Any) -> Any:
    """Return the out-of-place variant of an in-place operation that rounds; None for any other operation."""
    writes = [item.alias_info is not None and item.alias_info.is_write for item in func._schema.arguments]
    name = func.overloadpacket.__name__
    if not name.endswith("_") or writes[:1] != [True] or any(writes[1:]):
        return None
    packet = getattr(torch.ops.aten, name[:-1], None)
    variants = [getattr(packet, overload) for overload in packet.overloads()] if packet is not None else []
    # match by arguments: `pow_.Scalar` corresponds to `pow.Tensor_Scalar`; `pow.Scalar` is the power of a number
    pure = next((item for item in variants if _arguments(item) == _arguments(func)), None)
    return pure if pure is not None and _computes(pure) and len(pure._schema.returns) == 1 else None


def _arguments(func: Any) -> list[tuple[str, str]]:
    return [(item.name, str(item.type)) for item in func._schema.arguments]


def _write(into: Any, results: Any) -> None:
    for item, result in zip(into, results, strict=True) if isinstance(into, list) else ((into, results),):
        item.copy_(result)


@functools.cache
def _steps_of(func: Any) -> Callable[..., Any] | None:
    """Return the decomposition of a kernel into steps that round separately; None for a single step."""
    if func is torch.ops.prims.var.default:
        return _variance
    if func.overloadpacket.__name__ in _NOT_DECOMPOSED:
        return None
    steps = decomposition_table.get(func) if _computes(func) else None
    is_one = steps is None or (steps.__module__.startswith("torch._refs") and steps.__name__ not in _SEVERAL)
    return None if is_one else steps


def _variance(input: torch.Tensor, dims: Sequence[int] | None, correction: float = 1, **dtype: Any) -> torch.Tensor:
    """Return the variance in steps (mean, squared distances, sum); PyTorch has it as one operation.

    The mean is computed relative to the first number, so that the mean of equal numbers is exact.
    """
    if input.is_complex():
        return _variance(input.real, dims, correction) + _variance(input.imag, dims, correction)
    dims = dims or range(input.dim())  # no dims: all of them
    count = math.prod(input.shape[dim] for dim in dims)
    if not count:
        return torch.ops.prims.var(input, dims, correction, **dtype)
    first = input
    for dim in dims:
        first = first.narrow(dim, 0, 1)
    beyond = (input - first).mean(list(dims), keepdim=True)
    around = input - torch.where(beyond == 0, first, first + beyond)
    return (around * around).sum(list(dims)) / max(count - correction, 0)
