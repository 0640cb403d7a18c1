"""Lazy modules: the files behind a namespace are loaded when one of its names is first used."""

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from types import MappingProxyType

from .errors import no_attribute


def lazy(
    module: str,
    files: Mapping[str, str],
    modules: Mapping[str, str] = MappingProxyType({}),
    *,
    arguments: str = "x, ...",
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """Return `__getattr__` and `__dir__` of a module whose names are defined in other files of jaxfun.

    `files` has the names of each file: `expit=sigmoid` is the name `expit` for the file's `sigmoid`. `modules` has the
    files that are names themselves. `arguments` are those that the error for a name like `add_` shows.
    """
    places = {each.partition("=")[0]: (file, each.rpartition("=")[2]) for file in files for each in files[file].split()}

    def load(name: str) -> object:
        if name in modules:
            value = import_module(f"jaxfun.{modules[name]}")
        elif name in places:
            file, own = places[name]
            value = getattr(import_module(f"jaxfun.{file}"), own)
        else:
            raise no_attribute(module, name, places, arguments)
        setattr(sys.modules[module], name, value)  # the next time it is found without this function
        return value

    return load, lambda: sorted([*places, *modules])
