"""Read the stored deviations of JAX from PyTorch: `differences.json`, which docs/make_differences.py writes."""

import json
from pathlib import Path
from typing import Any

DATA = Path(__file__).with_name("differences.json")


def stored() -> dict[str, Any]:
    """Return the stored deviations: the versions, and for each torch function its JAX counterpart and its deviations.

    >>> stored()["functions"]["std"]["jax"]
    'jnp.std(input, axis=dim, keepdims=keepdim, ddof=correction)'
    """
    return json.loads(DATA.read_text("utf-8"))
