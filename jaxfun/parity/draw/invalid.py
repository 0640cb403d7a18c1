"""Hypothesis strategies for cases with one thing about them made wrong, or merely odd."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from ..._record import Op, Role
from ...dtypes import DTYPES, as_dtype
from ..run.case import Case
from .choices import drawing
from .layouts import ANY_SHAPE, RecordLayout, makes_complex_half
from .records import arguments_of, case_of, cases, filled
from .stacks import stacks


def spoiled(record: Op) -> st.SearchStrategy[Case]:
    """Return a strategy for cases of one value set, any dtypes, with one argument replaced by something unlikely."""
    return _spoiled(record).filter(lambda case: not _is_complex_half(case))


def _is_complex_half(case: Case) -> bool:
    # torch goes on in complex32, which JAX has not and few of torch's own kernels take
    dtypes = [as_dtype(item.dtype) for item in case.tensors]
    return any(makes_complex_half(one, other) for one in dtypes for other in dtypes)


def refused(record: Op) -> st.SearchStrategy[Case]:
    """Return a strategy for cases of one value set in a dtype that the record refuses, if there is one."""
    dtypes = [dtype for dtype in DTYPES if dtype in record.rejects | record.operand_rejects]
    drawn = st.sampled_from(dtypes).flatmap(lambda dtype: cases(record, dtype, sets=1)) if dtypes else st.nothing()
    return drawn.filter(lambda case: not _is_complex_half(case))


@st.composite
def _spoiled(draw: st.DrawFn, record: Op) -> Case:
    taken = [dtype for dtype in DTYPES if dtype not in record.rejects | record.operand_rejects]
    chosen = arguments_of(drawing(draw), record, draw(st.sampled_from(taken)))
    arguments, strata, seed = filled(chosen, draw(st.integers(0, 2**16)), sets=1)
    name = draw(st.sampled_from(list(arguments)))
    changed = {**arguments, name: draw(_odd(record.roles[name], arguments[name]))}
    return case_of(record, changed, strata, seed)


def _odd(role: Role, value: Any) -> st.SearchStrategy[Any]:
    if isinstance(value, np.ndarray):
        dtype = as_dtype(value.dtype).name
        odd_shape = st.sampled_from(ANY_SHAPE).map(
            lambda shape: stacks([RecordLayout(shape, dtype)], ("kinks",), (), 0)[0]
        )
        odd_dtype = st.sampled_from(DTYPES).map(lambda dtype: value.real.astype(dtype.dtype))
        return st.one_of(odd_shape, odd_dtype, st.sampled_from([None, "x", [1.0]]))
    if isinstance(value, tuple) and value and isinstance(value[0], np.ndarray):
        odd_item = _odd(role, value[0]).map(lambda item: (*value, item))
        return odd_item | st.just(())
    if isinstance(value, tuple) and all(type(item) is int for item in value):
        return st.lists(st.integers(-2, 3), max_size=3).map(tuple)
    if role in (Role.DIM, Role.DIMS):
        several = st.lists(st.integers(-4, 4), max_size=3).map(tuple)
        return st.one_of(st.integers(-5, 5), several if role is Role.DIMS else st.nothing())
    return st.just(value)
