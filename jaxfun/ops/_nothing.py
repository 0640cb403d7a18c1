"""Empty tensors of dtypes that an op refuses: torch notices only where there is something to compute."""

from collections.abc import Mapping
from typing import Any

import jax
import numpy as np

from .._record import Difference
from ..dtypes import DType, as_dtype


def is_one_of(dtypes: frozenset[DType], value: Any) -> bool:
    """Return whether a value is an array of one of the dtypes."""
    return isinstance(value, np.ndarray) and as_dtype(value.dtype) in dtypes


def refused_of_nothing(dtypes: frozenset[DType]) -> Difference:
    """Return the difference of an op that refuses dtypes of empty tensors too, where torch needs no kernel."""

    def region(arguments: Mapping[str, Any]) -> bool:
        values = jax.tree.leaves(dict(arguments))
        return any(is_one_of(dtypes, value) for value in values) and any(0 in np.shape(value) for value in values)

    return Difference(
        region,
        jaxfun="NotImplementedError, as for tensors that are not empty",
        torch="a result, or the error for something else that is wrong",
        why="torch finds that it has no kernel for the dtype only where there is something to compute",
        source="aten/src/ATen/Dispatch.h: AT_DISPATCH_SWITCH",
        levels=("errors",),
    )
