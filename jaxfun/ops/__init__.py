"""torch's functions, a folder a chapter of its documentation and a file a family.

Each is a decorator, a docstring and a few lines of jnp. `records` gives them all, `record_of` one by torch's own name.
"""

import importlib
import pkgutil
from collections.abc import Mapping

from ..core.record import REGISTRY, Op


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
    name = overload.removeprefix("aten::").removesuffix(".default")
    return next((record for record in records().values() if name in record.aten), None)
