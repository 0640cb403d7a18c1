"""What a parameter is to an op: its role, and the annotations that op files write."""

import enum
from typing import Annotated, Any


class Role(enum.Enum):
    """What a parameter is to an op: the five traced roles first, then the static ones."""

    TENSOR = "tensor"  # an array; promoted with the other operands
    OPERAND = "operand"  # an array or a Python number; promoted with the others
    TENSORS = "tensors"  # a sequence of arrays, promoted together
    MASK = "mask"  # an array that takes no part in the promotion (a condition, an index)
    SCALAR = "scalar"  # a Python number that takes no part in the promotion (a factor), traced
    DIM = "dim"  # one dimension
    DIMS = "dims"  # None, one dimension or several
    SIZES = "sizes"  # integers one by one, or one tuple of them: the annotation of `*size`
    DTYPE = "dtype"  # a dtype or None
    STATIC = "static"  # anything else


# Any: arrays of JAX, NumPy and PyTorch come in, and a body always sees JAX's.
Array = Annotated[Any, Role.TENSOR]
Operand = Annotated[Any, Role.OPERAND]
Tensors = Annotated[Any, Role.TENSORS]
Mask = Annotated[Any, Role.MASK]
Factor = Annotated[Any, Role.SCALAR]
Dim = Annotated[int, Role.DIM]
Integer = Annotated[int, Role.DIM]  # an offset or a count: by default drawn as a dimension is
OptionalInteger = Annotated[int | None, Role.DIM]
Dims = Annotated[int | tuple[int, ...] | list[int] | None, Role.DIMS]
Sizes = Annotated[Any, Role.SIZES]
AnyDType = Annotated[Any, Role.DTYPE]

TRACED = frozenset({Role.TENSOR, Role.OPERAND, Role.TENSORS, Role.MASK, Role.SCALAR})
