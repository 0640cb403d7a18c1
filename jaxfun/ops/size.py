"""How large a tensor is."""

import math
from typing import Any

from ..core.dims import wrap_dim
from ..core.errors import ArgumentTypeError, IndexRangeError, describe
from ..core.public import public


def _sizes(input: Any) -> tuple[int, ...]:
    if not hasattr(input, "shape"):
        raise ArgumentTypeError("a tensor", describe(input))
    return tuple(input.shape)


@public
def shape(input: Any) -> tuple[int, ...]:
    """Return the sizes of all dimensions. Torch: Tensor.shape.

    >>> import jaxfun as jf
    >>> jf.shape(jf.zeros(2, 3))
    (2, 3)
    """
    return _sizes(input)


@public
def size(input: Any, dim: int | None = None) -> Any:
    """Return the sizes of all dimensions, or that of one (a NumPy array's `size` is torch's `numel`).

    Raises: IndexError for a dimension out of range.
    Torch: Tensor.size.

    >>> import jaxfun as jf
    >>> jf.size(jf.zeros(2, 3)), jf.size(jf.zeros(2, 3), -1)
    ((2, 3), 3)
    """
    sizes = _sizes(input)
    if dim is None:
        return sizes
    if not sizes:
        raise IndexRangeError("a tensor with dimensions", describe(input))
    return sizes[wrap_dim(dim, len(sizes))]


@public
def numel(input: Any) -> int:
    """Return the number of elements. Torch: torch.numel.

    >>> import jaxfun as jf
    >>> jf.numel(jf.zeros(2, 3))
    6
    """
    return math.prod(_sizes(input))


@public
def dim(input: Any) -> int:
    """Return the number of dimensions. Torch: Tensor.dim.

    >>> import jaxfun as jf
    >>> jf.dim(jf.zeros(2, 3))
    2
    """
    return len(_sizes(input))
