"""torch's functions: one folder per chapter of torch's documentation, one file per family.

An op is a decorator, a docstring and a few lines of jnp. Begin with `pointwise/arithmetic.py`. `records` returns all
records, `record_of` the record of a torch overload, and `records_of` the records of a public function.
"""

import functools
import importlib
import pkgutil
from collections.abc import Mapping

from ..core.record import REGISTRY, Op


@functools.cache
def records() -> Mapping[str, Op]:
    """Return all records by name. This loads every file of the chapters.

    >>> records()["pow.Tensor_Scalar"].torch
    'torch.pow'
    """
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        importlib.import_module(module.name)
    return REGISTRY


def record_of(overload: str) -> Op | None:
    """Return the record of a torch overload, or None.

    >>> record_of("aten::add.Scalar"), record_of("aten::no_such")
    (Op(add.Tensor), None)
    """
    return _by_overload().get(overload.removeprefix("aten::").removesuffix(".default"))


@functools.cache
def _by_overload() -> Mapping[str, Op]:
    return {name: record for record in records().values() for name in record.aten}


def records_of(name: str) -> tuple[Op, ...]:
    """Return the records of a public function, one per overload; an empty tuple if it is not an op.

    >>> records_of("addcdiv"), records_of("nn.functional.relu"), records_of("no_such")
    ((Op(addcdiv),), (Op(relu),), ())
    """
    return _by_function().get(name, ())


@functools.cache
def _by_function() -> Mapping[str, tuple[Op, ...]]:
    found: dict[str, list[Op]] = {}
    for record in records().values():
        found.setdefault(record.public, []).append(record)
    return {name: tuple(each) for name, each in found.items()}
