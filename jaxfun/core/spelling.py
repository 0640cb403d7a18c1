"""NumPy's names of arguments, which torch's functions accept too: `axis=` for `dim=`, `keepdims=` for `keepdim=`."""

from collections.abc import Container, Mapping
from typing import Any

_OF_NUMPY = {"axis": "dim", "keepdims": "keepdim", "x": "input", "a": "input", "x1": "input", "x2": "other"}
# torch functions written in Python accept only their own names; most of nn.functional are
_IN_PYTHON = frozenset(("norm", "split", "unique", "unique_consecutive"))
_FUNCTIONAL = "nn.functional."
_IN_C = frozenset(
    {
        *("adaptive_avg_pool1d", "avg_pool1d", "avg_pool2d", "avg_pool3d", "bilinear", "channel_shuffle", "conv_tbc"),
        *("conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d"),
        *("cosine_similarity", "gelu", "hardshrink", "linear", "logsigmoid", "native_channel_shuffle", "one_hot"),
        *("pairwise_distance", "pdist", "pixel_shuffle", "pixel_unshuffle", "prelu", "scaled_dot_product_attention"),
        *("softplus", "softshrink"),
    }
)


def numpy_names(function: str, parameters: Container[str]) -> Mapping[str, str]:
    """Return the parameters of a public function by their NumPy names.

    >>> numpy_names("sum", ("input", "dim"))
    {'axis': 'dim', 'x': 'input', 'a': 'input', 'x1': 'input'}
    """
    if function in _IN_PYTHON or _is_wrapper(function):
        return {}
    return {name: own for name, own in _OF_NUMPY.items() if own in parameters and name not in parameters}


def _is_wrapper(function: str) -> bool:
    return function.startswith(_FUNCTIONAL) and function.removeprefix(_FUNCTIONAL) not in _IN_C


def renamed(names: Mapping[str, str], kwargs: dict[str, Any]) -> dict[str, Any]:
    """Return keyword arguments under torch's names. One that is given under both keeps NumPy's: the call then fails.

    >>> renamed({"axis": "dim"}, {"axis": 0, "keepdim": True})
    {'dim': 0, 'keepdim': True}
    """
    if names.keys().isdisjoint(kwargs):
        return kwargs
    own = [names.get(name, name) for name in kwargs]
    return dict(zip(own if len({*own}) == len(own) else kwargs, kwargs.values(), strict=True))
