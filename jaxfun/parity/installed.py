"""What `jaxfun.parity` stands on: importing this raises where a package of the extra is not installed."""

import importlib.util

_missing = [name for name in ("torch", "hypothesis") if importlib.util.find_spec(name) is None]
if _missing:
    _are = "are" if len(_missing) > 1 else "is"
    raise ImportError(
        f"jaxfun.parity needs {' and '.join(_missing)}, which {_are} not installed: pip install 'jaxfun[parity]'",
        name=_missing[0],
    )
