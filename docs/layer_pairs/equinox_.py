"""The layers of Equinox beside PyTorch's. An Equinox layer takes one example: `jax.vmap` gives it the batch."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp

from .pair import (
    IMAGES,
    LENGTHS,
    ROWS,
    SEQUENCE,
    STATE,
    TOKENS,
    Pair,
    added,
    attention,
    corrected,
    filled,
    packed,
    whole,
)

KEY = jax.random.key(0)


def layer(kind: Any, *args: Any, **always: Any) -> Any:
    """Return a port of a layer: the layer itself is the parameters."""
    return lambda **settings: ((lambda model, x: jax.vmap(model)(x)), kind(*args, **always, **settings))


def batch_norm(*, is_unbiased: bool = False, **settings: Any) -> Any:
    """Return a port of batch normalisation in training mode; its statistics are in a second pytree."""
    both = eqx.nn.make_with_state(eqx.nn.BatchNorm)(4, "batch", **settings)
    mean, var = whole("running_mean"), whole("running_var")
    sources = {"0.weight": whole("weight"), "0.bias": whole("bias"), "1.1.0": mean, "1.1.1": var}

    def call(both: Any, x: Any) -> Any:
        model, state = both
        place = model.batch_state_index or model.ema_state_index
        _, old = state.get(place)
        batched = jax.vmap(model, axis_name="batch", in_axes=(0, None), out_axes=(0, None))
        result, state = batched(x, state)
        average, variance = state.get(place)
        variance = corrected(variance, old, model.momentum, x.shape[0]) if is_unbiased else variance
        return result, {"running_mean": average, "running_var": variance}

    return call, filled(both, sources)


def multi_head(*, has_biases: bool = False, **settings: Any) -> Any:
    """Return a port of self-attention."""
    biases = dict.fromkeys(("use_query_bias", "use_key_bias", "use_value_bias", "use_output_bias"), has_biases)
    made = eqx.nn.MultiheadAttention(2, 4, key=KEY, **biases, **settings)
    sources = attention("{}_proj", "output_proj", transposed=False)
    return (lambda model, x: jax.vmap(model)(x, x, x)), filled(made, sources)


def lstm(**settings: Any) -> Any:
    """Return a port of an LSTM cell."""
    made = eqx.nn.LSTMCell(4, 3, key=KEY, **settings)
    bias = added(whole("bias_ih"), whole("bias_hh"))
    sources = {"weight_ih": whole("weight_ih"), "weight_hh": whole("weight_hh"), "bias": bias}
    return (lambda model, x, state: jax.vmap(model)(x, state)), filled(made, sources)


def gru(**settings: Any) -> Any:
    """Return a port of a GRU cell."""
    made = eqx.nn.GRUCell(4, 3, key=KEY, **settings)

    def bias(state: Any) -> Any:
        return state["bias_ih"] + jnp.concatenate([state["bias_hh"][:6], jnp.zeros(3, state["bias_hh"].dtype)])

    sources = {
        "weight_ih": whole("weight_ih"),
        "weight_hh": whole("weight_hh"),
        "bias": bias,
        "bias_n": packed("bias_hh", 2, 3),
    }
    return (lambda model, x, hidden: jax.vmap(model)(x, hidden)), filled(made, sources)


def rms_norm(**settings: Any) -> Any:
    """Return a port of RMS normalisation; its bias, which PyTorch's has not, is 0."""
    sources = {"weight": whole("weight"), "bias": lambda state: jnp.zeros_like(state["weight"])}
    return (lambda model, x: jax.vmap(model)(x)), filled(eqx.nn.RMSNorm(4, **settings), sources)


def weight_norm(**settings: Any) -> Any:
    """Return a port of a linear layer with weight normalisation."""
    made = eqx.nn.WeightNorm(eqx.nn.Linear(4, 3, key=KEY), **settings)
    sources = {
        "layer.weight": whole("parametrizations.weight.original1"),
        "layer.bias": whole("bias"),
        "g": whole("parametrizations.weight.original0"),
    }
    return (lambda model, x: jax.vmap(model)(x)), filled(made, sources)


def spectral_norm(**settings: Any) -> Any:
    """Return a port of a linear layer with spectral normalisation; its two vectors are in a second pytree."""
    linear = eqx.nn.Linear(4, 3, key=KEY)
    both = eqx.nn.make_with_state(eqx.nn.SpectralNorm)(linear, "weight", inference=True, key=KEY, **settings)
    place = "parametrizations.weight"
    sources = {"0.layer.weight": whole(f"{place}.original"), "0.layer.bias": whole("bias")}
    sources |= {"1.0.0": whole(f"{place}.0._u"), "1.0.1": whole(f"{place}.0._v")}

    def call(both: Any, x: Any) -> Any:
        return jax.vmap(lambda row: both[0](row, both[1])[0])(x)

    return call, filled(both, sources)


def prelu(**settings: Any) -> Any:
    """Return a port of PReLU with one learned slope."""
    made = eqx.nn.PReLU(**settings)
    return (lambda model, x: model(x)), filled(made, {"negative_slope": whole("weight")})


STRIDE = {"stride": (2,)}

PAIRS = [
    Pair("eqx.nn.Linear", "nn.Linear(4, 3)", layer(eqx.nn.Linear, 4, 3, key=KEY), eqx.nn.Linear),
    Pair(
        "eqx.nn.Embedding",
        "nn.Embedding(7, 3)",
        lambda **settings: (
            (lambda model, tokens: jax.vmap(jax.vmap(model))(tokens)),
            eqx.nn.Embedding(7, 3, key=KEY, **settings),
        ),
        eqx.nn.Embedding,
        (TOKENS,),
    ),
    Pair("eqx.nn.Conv2d", "nn.Conv2d(4, 3, 3)", layer(eqx.nn.Conv2d, 4, 3, 3, key=KEY), eqx.nn.Conv2d, (IMAGES,)),
    Pair(
        "eqx.nn.Conv2d, stride 2",
        "nn.Conv2d(4, 3, 3, stride=2, padding=1)",
        layer(eqx.nn.Conv2d, 4, 3, 3, stride=2, padding=1, key=KEY),
        eqx.nn.Conv2d,
        (IMAGES,),
    ),
    Pair(
        "eqx.nn.Conv1d",
        "nn.Conv1d(4, 2, 3, padding=1, groups=2)",
        layer(eqx.nn.Conv1d, 4, 2, 3, padding=1, groups=2, key=KEY),
        eqx.nn.Conv1d,
        (LENGTHS,),
    ),
    Pair(
        "eqx.nn.ConvTranspose2d",
        "nn.ConvTranspose2d(4, 3, 3, stride=2)",
        layer(eqx.nn.ConvTranspose2d, 4, 3, 3, stride=2, key=KEY),
        eqx.nn.ConvTranspose2d,
        (IMAGES,),
    ),
    Pair("eqx.nn.LayerNorm", "nn.LayerNorm(4)", layer(eqx.nn.LayerNorm, 4), eqx.nn.LayerNorm),
    Pair("eqx.nn.RMSNorm", "nn.RMSNorm(4)", rms_norm, eqx.nn.RMSNorm, (ROWS,), {"eps": (1e-6, 2.0**-23)}),
    Pair("eqx.nn.GroupNorm", "nn.GroupNorm(2, 4)", layer(eqx.nn.GroupNorm, 2, 4), eqx.nn.GroupNorm, (IMAGES,)),
    Pair(
        "eqx.nn.BatchNorm",
        "nn.BatchNorm1d(4)",
        batch_norm,
        eqx.nn.BatchNorm,
        (ROWS,),
        {"mode": ("batch",), "momentum": (0.9,), "is_unbiased": (True,)},
        True,
    ),
    Pair("eqx.nn.WeightNorm", "nn.utils.parametrizations.weight_norm(nn.Linear(4, 3))", weight_norm, eqx.nn.WeightNorm),
    Pair(
        "eqx.nn.SpectralNorm",
        "nn.utils.parametrizations.spectral_norm(nn.Linear(4, 3))",
        spectral_norm,
        eqx.nn.SpectralNorm,
    ),
    Pair(
        "eqx.nn.MultiheadAttention",
        "nn.MultiheadAttention(4, 2, batch_first=True)",
        multi_head,
        eqx.nn.MultiheadAttention,
        (SEQUENCE,),
        {"has_biases": (True,)},
    ),
    Pair("eqx.nn.LSTMCell", "nn.LSTMCell(4, 3)", lstm, eqx.nn.LSTMCell, (ROWS, (STATE, STATE))),
    Pair("eqx.nn.GRUCell", "nn.GRUCell(4, 3)", gru, eqx.nn.GRUCell, (ROWS, STATE)),
    Pair("eqx.nn.Dropout", "nn.Dropout(0.5)", layer(eqx.nn.Dropout, 0.5, inference=True), eqx.nn.Dropout),
    Pair(
        "eqx.nn.PReLU",
        "nn.PReLU()",
        prelu,
        eqx.nn.PReLU,
        why="the gradient at 0 is 1, in PyTorch it is the slope for negative numbers",
    ),
    Pair("eqx.nn.MaxPool2d", "nn.MaxPool2d(2)", layer(eqx.nn.MaxPool2d, 2), eqx.nn.MaxPool2d, (IMAGES,), STRIDE),
    Pair("eqx.nn.AvgPool2d", "nn.AvgPool2d(2)", layer(eqx.nn.AvgPool2d, 2), eqx.nn.AvgPool2d, (IMAGES,), STRIDE),
]
