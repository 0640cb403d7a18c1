"""Cases with one invalid or unusual argument, to compare the errors of both sides."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from hypothesis import strategies as st

from ...core.dtypes import DTYPES, DType, as_dtype
from ...core.record import Op, Role
from ..run.case import Case
from .choices import by_hypothesis
from .cover import configurations, first_dtype
from .operands import ANY_SHAPE, RecordLayout, makes_complex_half
from .records import arguments_of, case_of, cases, filled
from .stacks import stacks


def spoiled(record: Op) -> st.SearchStrategy[Case]:
    """Return a strategy for cases of one value set, in any dtypes, with one argument replaced by an unusual one."""
    return _spoiled(record).filter(lambda case: not _is_complex_half(case))


def _is_complex_half(case: Case) -> bool:
    # torch promotes to complex32, which JAX does not have and few torch kernels support
    dtypes = [as_dtype(item.dtype) for item in case.tensors]
    return any(makes_complex_half(one, other) for one in dtypes for other in dtypes)


def refused(record: Op) -> st.SearchStrategy[Case]:
    """Return a strategy for cases of one value set in a dtype that the record rejects; empty if it rejects none."""
    dtypes = [dtype for dtype in DTYPES if dtype in record.rejects | record.operand_rejects]
    drawn = st.sampled_from(dtypes).flatmap(lambda dtype: cases(record, dtype, sets=1)) if dtypes else st.nothing()
    return drawn.filter(lambda case: not _is_complex_half(case))


def wrong(record: Op) -> list[Case]:
    """Return the cases that are always tried: the simplest one, with each argument in turn replaced in each way."""
    chosen = next(configurations(record, first_dtype(record)))
    arguments, strata, seed = filled(chosen, 0, sets=1)
    changed = [
        {**arguments, name: odd}
        for name, value in arguments.items()
        for odd in _odd(record.roles[name], value, SHAPES_TRIED, DTYPES_TRIED)
    ]
    found = [case_of(record, item, strata, seed) for item in changed]
    return [case for case in found if not _is_complex_half(case)]


@st.composite
def _spoiled(draw: st.DrawFn, record: Op) -> Case:
    taken = [dtype for dtype in DTYPES if dtype not in record.rejects | record.operand_rejects]
    chosen = arguments_of(by_hypothesis(draw), record, draw(st.sampled_from(taken)))
    arguments, strata, seed = filled(chosen, draw(st.integers(0, 2**16)), sets=1)
    name = draw(st.sampled_from(list(arguments)))
    odd = _odd(record.roles[name], arguments[name], ANY_SHAPE, DTYPES)
    changed = {**arguments, name: draw(st.sampled_from(odd))}
    return case_of(record, changed, strata, seed)


# one shape of each rank and one dtype of each category: an op rejects all of a rank or category alike
SHAPES_TRIED = ((3,), (), (2, 3, 1), (0,), (5, 2))
DTYPES_TRIED = tuple(as_dtype(name) for name in ("bool", "uint8", "int64", "bfloat16", "complex64"))
_NO_TENSORS: tuple[Any, ...] = (None, "x", [1.0])


def _odd(role: Role, value: Any, shapes: Sequence[tuple[int, ...]], dtypes: Sequence[DType]) -> list[Any]:
    """Return invalid or unusual replacements for an argument; the argument itself if none are known."""
    if isinstance(value, np.ndarray):
        dtype = as_dtype(value.dtype).name
        odd_shapes = [stacks([RecordLayout(shape, dtype)], ("kinks",), (), 0)[0] for shape in shapes]
        return [*_NO_TENSORS, *odd_shapes, *(value.real.astype(dtype.dtype) for dtype in dtypes)]
    if isinstance(value, tuple) and value and isinstance(value[0], np.ndarray):
        return [(), *((*value, item) for item in _odd(role, value[0], shapes, dtypes))]
    if isinstance(value, tuple) and all(type(item) is int for item in value):
        return [(), (0,), (-1,), (3, 2), (-2, 1), (0, 0), (5,), (1, -3), (2, 2, 2)]
    if role in (Role.DIM, Role.DIMS):
        return [5, -5, 2, -3, 0, *([(0, 0), (0, 5), (-4,), ()] if role is Role.DIMS else [])]
    return [1j, True, 0.5, "x"] if role is Role.SCALAR else [value]
