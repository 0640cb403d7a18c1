"""Every recorded op against PyTorch: value, vjp, jvp and hvp, under jit and vmap, and its errors."""

import pytest

from jaxfun.core.dtypes import DType
from jaxfun.core.record import Op
from jaxfun.parity.draw.cover import cover, first_dtype
from jaxfun.parity.draw.invalid import refused
from parity_tests.days import is_of_the_day
from parity_tests.suite import (
    PAIRS,
    RECORDS,
    UNCHECKED,
    candidate_of,
    compared,
    covered,
    daily_cases,
    daily_pairs,
    is_optimised,
    report_of,
    search,
    search_errors,
)

REFUSING = [record for record in RECORDS if record.rejects | record.operand_rejects]


_WHOLE = ("uint8", "int8", "int16", "int32", "int64")
_COMPLEX = ("complex64", "complex128")
_NO_SORT = (_COMPLEX, "torch does not sort complex numbers, but accepts one element")
_CAST = (_COMPLEX, "torch accepts complex numbers only in an empty tensor, or cast to a real dtype")
_FLOATS_ALONE = (("bool", *_WHOLE), "torch accepts only floating point and complex numbers, and some empty tensors")
# dtypes without a value to compare, and why: the case that torch accepts there is drawn too rarely
NOTHING: dict[str, tuple[tuple[str, ...], str]] = {
    "sub.Tensor": (("bool",), "torch does not subtract bools, nor a bool from another dtype"),
    "rsub.Tensor": (("bool",), "torch does not subtract bools, nor a bool from another dtype"),
    "complex": (("float16",), "its result is complex32, which JAX does not have"),
    "max.dim": _NO_SORT,
    "min.dim": _NO_SORT,
    "gradient.scalarint": (("bool",), "torch does not subtract bools"),
    "gradient.tensorarrayint": (("bool",), "torch does not subtract bools"),
    "trapezoid.x": (("bool",), "torch accepts bools only if nothing is summed"),
    "cumulative_trapezoid.x": (("bool",), "torch accepts bools only if nothing is summed"),
    "cumulative_trapezoid.dx": (("bool",), "torch accepts bools only if nothing is summed"),
    "median.dim": (("bool", *_COMPLEX), "torch accepts them only in an empty tensor"),
    "nanmedian.dim": (("bool", *_COMPLEX), "torch accepts them only in an empty tensor"),
    **{
        f"{name}{overload}": _FLOATS_ALONE
        for name in ("var", "std", "var_mean", "std_mean")
        for overload in ("", ".dim", ".correction")
    },
    "nanmean": _FLOATS_ALONE,
    "norm.ScalarOpt_dim_dtype": _FLOATS_ALONE,
    "nuclear_norm.dim": (
        ("bool", *_WHOLE, "float16", "bfloat16"),
        "torch has no LAPACK routine for them",
    ),
    "renorm": _FLOATS_ALONE,
    "cross": (("bool",), "torch accepts bools only in an empty tensor"),
    "sort": _NO_SORT,
    "sort.stable": _NO_SORT,
    "argsort": _NO_SORT,
    "argsort.stable": _NO_SORT,
    "msort": _NO_SORT,
    "softmax.int": _CAST,
    "log_softmax.int": _CAST,
    "softmin": _CAST,
}


def test_equals_torch_on_every_choice_of_arguments(
    record: Op, dtype: DType, device: str, pytestconfig: pytest.Config
) -> None:
    report, profile = report_of(record), pytestconfig.getoption("--parity-profile") or "quick"
    try:
        covered(record, candidate_of(record), dtype, device, report, profile)
    finally:
        report.log()
    nothing, _ = NOTHING.get(record.name, ((), ""))
    # two-sided: a pair that is compared after all must leave the table
    assert bool(compared(report, "value")) != (dtype.name in nothing), (
        "is compared, take it out of NOTHING" if dtype.name in nothing else "no element of a value was compared"
    )


def test_equals_torch_on_random_cases(record: Op, dtype: DType, device: str) -> None:
    report = report_of(record)
    try:
        search(record, candidate_of(record), dtype, device, report)
    finally:
        report.log()
    assert compared(report), "nothing was compared"


RAISING = [record for record in RECORDS if record.name not in UNCHECKED]


@pytest.mark.parametrize("record", RAISING, ids=[record.name for record in RAISING])
def test_raises_exactly_when_torch_raises(record: Op) -> None:
    report = search_errors(record, candidate_of(record))
    assert compared(report), "nothing was compared"


@pytest.mark.parametrize("record", REFUSING, ids=[record.name for record in REFUSING])
def test_rejects_the_same_dtypes_as_torch(record: Op) -> None:
    report = search_errors(record, candidate_of(record), drawn=refused)
    assert compared(report), "nothing was compared"


def test_three_days_run_every_dtype_of_every_record() -> None:
    days = [{(record.name, dtype) for record, dtype in daily_pairs("quick", day)} for day in range(3)]
    assert set.union(*days) == {(record.name, dtype) for record, dtype in PAIRS}
    assert all(len(day) < len(PAIRS) * 0.6 for day in days)
    assert daily_pairs("thorough", 0) == PAIRS


def test_three_days_optimise_every_record() -> None:
    days = [{record.name for record in RECORDS if is_optimised(record, day)} for day in range(3)]
    assert set.union(*days) == {record.name for record in RECORDS}
    assert all(len(day) < len(RECORDS) * 0.4 for day in days)


def test_two_days_run_every_alternate_test() -> None:
    days = [{name for name in map(str, range(100)) if is_of_the_day(name, day)} for day in range(2)]
    assert set.union(*days) == {*map(str, range(100))}
    assert not set.intersection(*days)


def test_two_days_run_every_covering_case() -> None:
    record = next(record for record in RECORDS if record.name == "std.correction")
    dtype = first_dtype(record)
    days = [{case.seed for case in daily_cases(record, dtype, "quick", day)} for day in range(2)]
    every = {case.seed for case in cover(record, dtype)}
    assert set.union(*days) == every == {case.seed for case in daily_cases(record, dtype, "thorough", 0)}
    assert all(len(day) < len(every) * 0.7 for day in days)
