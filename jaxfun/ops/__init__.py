"""torch's functions, a folder a chapter of its documentation and a file a family.

Each is a decorator, a docstring and a few lines of jnp. `records` gives them all, `record_of` one by torch's
own name, `records_of` those of a function.
"""

import functools
import importlib
import pkgutil
from collections.abc import Mapping

from ..core.record import REGISTRY, Op


@functools.cache
def records() -> Mapping[str, Op]:
    """Return the record of every op by its name, once all files are loaded.

    >>> records()["pow.Tensor_Scalar"].torch
    'torch.pow'
    """
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        importlib.import_module(module.name)
    return REGISTRY


def record_of(overload: str) -> Op | None:
    """Return the record that serves an overload of torch's, None where none does.

    >>> record_of("aten::add.Scalar"), record_of("aten::no_such")
    (Op(add.Tensor), None)
    """
    return _by_overload().get(overload.removeprefix("aten::").removesuffix(".default"))


@functools.cache
def _by_overload() -> Mapping[str, Op]:
    return {name: record for record in records().values() for name in record.aten}


def records_of(name: str) -> tuple[Op, ...]:
    """Return the records of a public function, an overload each; none where it is not an op.

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
