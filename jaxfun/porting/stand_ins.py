"""Records for functions that have none, used only in the search for deviations of JAX.

These functions have results whose shape depends on values, or take no tensor. The suite's compiled batches cannot test
them, so they have tests of their own.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .. import ops
from ..core.record import Choice, Op, Role, Shape

_SIZE = Choice((0, 1, 2, 3))
_TAKEN: Mapping[str, Mapping[str, Any]] = {
    "argwhere": {"input": Role.TENSOR},
    "bincount": {"input": Role.TENSOR},
    "broadcast_tensors": {"tensors": Role.TENSORS},
    "chain_matmul": {"matrices": Role.TENSORS},
    "histogram": {"input": Role.TENSOR, "bins": Choice((1, 2, 5))},
    "histogramdd": {"input": Role.TENSOR, "bins": Choice((1, 2, 5))},
    "masked_select": {"input": Role.TENSOR, "mask": Role.MASK},
    "nonzero": {"input": Role.TENSOR},
    "tril_indices": {"row": _SIZE, "col": _SIZE, "offset": Choice((0, 1, -1))},
    "triu_indices": {"row": _SIZE, "col": _SIZE, "offset": Choice((0, 1, -1))},
    "unravel_index": {"indices": Role.TENSOR, "shape": Choice(((2, 3), (4,), (1, 5, 2)))},
    "unique": {"input": Role.TENSOR},
}
_SHAPES: Mapping[str, Mapping[str, Shape]] = {
    "bincount": {"input": Shape("n")},
    "histogramdd": {"input": Shape("m n")},
    "chain_matmul": {"matrices": Shape("m k, k n, n l")},
}


def records_of(name: str, function: Callable[..., Any]) -> Sequence[Op]:
    """Return the records of a public function, or its stand-in; nothing if there is neither."""
    return ops.records_of(name) or ([_stand_in(name, function)] if name in _TAKEN else [])


def is_recorded(record: Op) -> bool:
    """Return whether the record belongs to the op itself, and the suite's compiled batches test it."""
    return ops.records().get(record.name) is record


def _stand_in(name: str, function: Callable[..., Any]) -> Op:
    taken = _TAKEN[name]
    parameters = inspect.signature(function).parameters
    return Op(
        aten=(name,),
        torch=f"torch.{name}",
        kind=None,
        signature=inspect.Signature([parameters[each] for each in taken]),
        roles={each: item if isinstance(item, Role) else Role.STATIC for each, item in taken.items()},
        takes={each: item for each, item in taken.items() if not isinstance(item, Role)} | {**_SHAPES.get(name, {})},
    )
