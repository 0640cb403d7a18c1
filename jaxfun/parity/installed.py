"""Check the dependencies of `jaxfun.parity`: the import raises if a package of the extra `parity` is missing."""

import importlib.util

_missing = [name for name in ("torch", "hypothesis") if importlib.util.find_spec(name) is None]
if _missing:
    _are = "are" if len(_missing) > 1 else "is"
    raise ImportError(
        f"jaxfun.parity needs {' and '.join(_missing)}, which {_are} not installed: pip install 'jaxfun[parity]'",
        name=_missing[0],
    )
