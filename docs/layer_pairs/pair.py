"""A layer of another library beside PyTorch's, with the settings to try; and the conversion of parameters by paths."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

State = Mapping[str, Any]
Port = tuple[Callable[..., Any], Any]  # a function of the parameters and the inputs, and the parameters

ROWS = np.zeros((6, 4), np.float32)
IMAGES = np.zeros((3, 4, 6, 5), np.float32)
LENGTHS = np.zeros((3, 4, 7), np.float32)
TOKENS = np.array([[0, 3, 6], [1, 1, 5]], np.int32)
STATE = np.zeros((6, 3), np.float32)
SEQUENCE = np.zeros((2, 5, 4), np.float32)


class Pair(NamedTuple):
    """A layer, its counterpart as an expression of `nn`, and the values to try for its settings.

    `port(**settings)` returns the function and its parameters: a pytree of the library, or a conversion.
    """

    layer: str
    torch: str
    port: Callable[..., Port]
    signature: Callable[..., Any]
    inputs: Sequence[np.ndarray] = (ROWS,)
    settings: Mapping[str, Sequence[Any]] = {}
    is_training: bool = False
    why: str = ""  # the difference that no setting removes

    def default(self, setting: str) -> Any:
        """Return the layer's default of a setting, or None if it has no such setting."""
        made = self.signature.__init__ if inspect.isclass(self.signature) else self.signature
        parameter = inspect.signature(made).parameters.get(setting)
        return None if parameter is None or parameter.default is inspect.Parameter.empty else parameter.default


def last(x: jax.Array) -> jax.Array:
    """Move the channels from the second dimension to the last."""
    return jnp.moveaxis(x, 1, -1)


def second(x: jax.Array) -> jax.Array:
    """Move the channels from the last dimension to the second."""
    return jnp.moveaxis(x, -1, 1)


def same(x: Any) -> Any:
    """Return the argument."""
    return x


def function(call: Callable[..., Any], into: Callable[..., Any] = same, out: Callable[..., Any] = same) -> Any:
    """Return a port of a layer without parameters."""
    return lambda **settings: (lambda params, x: out(call(into(x), **settings)), {})


def filled(tree: Any, sources: Mapping[str, Callable[[State], Any]]) -> Callable[[State], Any]:
    """Return a conversion of a state_dict to a pytree: each floating point leaf is computed, all others are kept."""
    pairs, structure = jax.tree_util.tree_flatten_with_path(tree)
    paths = [jax.tree_util.keystr(path, simple=True, separator=".").removesuffix(".value") for path, _ in pairs]

    def converted(state: State) -> Any:
        leaves = [
            sources[path](state).reshape(leaf.shape) if _is_parameter(leaf) else leaf
            for path, (_, leaf) in zip(paths, pairs, strict=True)
        ]
        return jax.tree.unflatten(structure, leaves)

    return converted


def _is_parameter(leaf: Any) -> bool:
    return isinstance(leaf, jax.Array) and jnp.issubdtype(leaf.dtype, jnp.floating)


def packed(name: str, part: int, parts: int, *, transposed: bool = False) -> Callable[[State], Any]:
    """Return a part of a packed tensor: the weights of a gate, or of a query, key or value."""

    def source(state: State) -> Any:
        array = jnp.split(state[name], parts)[part]
        return array.T if transposed else array

    return source


def whole(name: str, *, transposed: bool = False) -> Callable[[State], Any]:
    """Return a tensor of the state_dict."""
    return packed(name, 0, 1, transposed=transposed)


def added(*sources: Callable[[State], Any]) -> Callable[[State], Any]:
    """Return the sum of sources: torch's recurrent cells have two biases."""
    return lambda state: sum(source(state) for source in sources[1:]) + sources[0](state)


def attention(query: str, out: str, *, transposed: bool = True, bias: str = "bias") -> dict[str, Any]:
    """Return the sources of multi-head attention; `query` has `{}` for the part's name."""
    weights = "kernel" if transposed else "weight"
    found = {
        f"{query.format(name)}.{kind}": packed(f"in_proj_{torch}", part, 3, transposed=transposed and torch == "weight")
        for part, name in enumerate(("query", "key", "value"))
        for kind, torch in ((weights, "weight"), (bias, "bias"))
    }
    return found | {
        f"{out}.{weights}": whole("out_proj.weight", transposed=transposed),
        f"{out}.{bias}": whole("out_proj.bias"),
    }


def corrected(new: Any, old: Any, kept: float, count: int) -> Any:
    """Return a running variance as torch updates it, from one that uses the batch's biased variance."""
    return kept * old + (new - kept * old) * count / (count - 1)
