"""The layers of flax.nnx beside PyTorch's."""

from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx

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
    function,
    last,
    packed,
    same,
    second,
    whole,
)

LIBRARY = "flax"


def layer(kind: Any, *args: Any, into: Any = same, out: Any = same, **always: Any) -> Any:
    """Return a port of a layer: the layer itself is the parameters."""

    def port(**settings: Any) -> Any:
        made = kind(*args, **always, **settings, rngs=nnx.Rngs(0))
        made.eval()
        return (lambda model, x: out(model(into(x)))), made

    return port


def images(kind: Any, *args: Any, **always: Any) -> Any:
    """Return a port of a layer whose channels are in the last dimension."""
    return layer(kind, *args, into=last, out=second, **always)


def batch_norm(*, is_unbiased: bool = False, **settings: Any) -> Any:
    """Return a port of batch normalisation in training mode, with the updated statistics."""
    made = nnx.BatchNorm(4, **settings, rngs=nnx.Rngs(0))

    def call(model: Any, x: Any) -> Any:
        old = model.var[...]
        result = model(x)
        new = model.var[...]
        variance = corrected(new, old, model.momentum, x.shape[0]) if is_unbiased else new
        return result, {"running_mean": model.mean[...], "running_var": variance}

    return call, made


def multi_head(**settings: Any) -> Any:
    """Return a port of self-attention."""
    made = nnx.MultiHeadAttention(2, 4, decode=False, rngs=nnx.Rngs(0), **settings)
    return (lambda model, x: model(x)), filled(made, attention("{}", "out"))


def lstm(kind: Any) -> Any:
    """Return a port of an LSTM cell with a dense layer for each gate."""

    def port(**settings: Any) -> Any:
        made = kind(4, 3, rngs=nnx.Rngs(0), **settings)
        sources = {}
        for part, gate in enumerate(("i", "f_", "g", "o")):  # `if` is a word of Python's
            sources[f"i{gate}.kernel"] = packed("weight_ih", part, 4, transposed=True)
            sources[f"h{gate[0]}.kernel"] = packed("weight_hh", part, 4, transposed=True)
            sources[f"h{gate[0]}.bias"] = added(packed("bias_ih", part, 4), packed("bias_hh", part, 4))
        sources |= {
            "dense_i.kernel": whole("weight_ih", transposed=True),
            "dense_h.kernel": whole("weight_hh", transposed=True),
            "dense_h.bias": added(whole("bias_ih"), whole("bias_hh")),
        }

        def call(model: Any, x: Any, state: Any) -> Any:
            (cell, hidden), _ = model((state[1], state[0]), x)
            return hidden, cell

        return call, filled(made, sources)

    return port


def gru(**settings: Any) -> Any:
    """Return a port of a GRU cell."""
    made = nnx.GRUCell(4, 3, rngs=nnx.Rngs(0), **settings)

    def bias(state: Any) -> Any:
        inputs, hidden = jnp.split(state["bias_ih"], 3), jnp.split(state["bias_hh"], 3)
        return jnp.concatenate([inputs[0] + hidden[0], inputs[1] + hidden[1], inputs[2]])

    sources = {
        "dense_i.kernel": whole("weight_ih", transposed=True),
        "dense_i.bias": bias,
        "dense_h.kernel": whole("weight_hh", transposed=True),
    }
    return (lambda model, x, hidden: model(hidden, x)[0]), filled(made, sources)


def prelu(**settings: Any) -> Any:
    """Return a port of PReLU with one learned slope."""
    made = nnx.PReLU(**settings)
    return (lambda model, x: model(x)), filled(made, {"negative_slope": whole("weight")})


EPSILON = {"epsilon": (1e-5,), "use_fast_variance": (False,)}

PAIRS = [
    Pair("nnx.Linear", "nn.Linear(4, 3)", layer(nnx.Linear, 4, 3), nnx.Linear),
    Pair("nnx.Embed", "nn.Embedding(7, 3)", layer(nnx.Embed, 7, 3), nnx.Embed, (TOKENS,)),
    Pair(
        "nnx.Conv",
        "nn.Conv2d(4, 3, 3)",
        images(nnx.Conv, 4, 3, (3, 3)),
        nnx.Conv,
        (IMAGES,),
        {"padding": ("VALID",)},
    ),
    Pair(
        "nnx.Conv, stride 2",
        "nn.Conv2d(4, 3, 3, stride=2, padding=1)",
        images(nnx.Conv, 4, 3, (3, 3), strides=2),
        nnx.Conv,
        (IMAGES,),
        {"padding": ("VALID", 1)},
    ),
    Pair(
        "nnx.Conv, 1-d",
        "nn.Conv1d(4, 2, 3, padding=1, groups=2)",
        images(nnx.Conv, 4, 2, (3,), feature_group_count=2),
        nnx.Conv,
        (LENGTHS,),
        {"padding": ("VALID", 1)},
    ),
    Pair(
        "nnx.ConvTranspose",
        "nn.ConvTranspose2d(4, 3, 3, stride=2)",
        images(nnx.ConvTranspose, 4, 3, (3, 3), strides=2),
        nnx.ConvTranspose,
        (IMAGES,),
        {"padding": ("VALID",), "transpose_kernel": (True,)},
    ),
    Pair("nnx.LayerNorm", "nn.LayerNorm(4)", layer(nnx.LayerNorm, 4), nnx.LayerNorm, (ROWS,), EPSILON),
    Pair(
        "nnx.RMSNorm",
        "nn.RMSNorm(4)",
        layer(nnx.RMSNorm, 4),
        nnx.RMSNorm,
        (ROWS,),
        {"epsilon": (1e-5, 2.0**-23)},
    ),
    Pair(
        "nnx.GroupNorm",
        "nn.GroupNorm(2, 4)",
        images(nnx.GroupNorm, 4, 2),
        nnx.GroupNorm,
        (IMAGES,),
        EPSILON,
    ),
    Pair(
        "nnx.InstanceNorm",
        "nn.InstanceNorm2d(4, affine=True)",
        images(nnx.InstanceNorm, 4),
        nnx.InstanceNorm,
        (IMAGES,),
        EPSILON,
        True,
    ),
    Pair("nnx.BatchNorm", "nn.BatchNorm1d(4)", layer(nnx.BatchNorm, 4), nnx.BatchNorm, (ROWS,), EPSILON),
    Pair(
        "nnx.BatchNorm",
        "nn.BatchNorm1d(4)",
        batch_norm,
        nnx.BatchNorm,
        (ROWS,),
        {"momentum": (0.9,), "use_fast_variance": (False,), "is_unbiased": (True,)},
        True,
    ),
    Pair(
        "nnx.MultiHeadAttention",
        "nn.MultiheadAttention(4, 2, batch_first=True)",
        multi_head,
        nnx.MultiHeadAttention,
        (SEQUENCE,),
    ),
    Pair("nnx.LSTMCell", "nn.LSTMCell(4, 3)", lstm(nnx.LSTMCell), nnx.LSTMCell, (ROWS, (STATE, STATE))),
    Pair(
        "nnx.OptimizedLSTMCell",
        "nn.LSTMCell(4, 3)",
        lstm(nnx.OptimizedLSTMCell),
        nnx.OptimizedLSTMCell,
        (ROWS, (STATE, STATE)),
    ),
    Pair(
        "nnx.GRUCell",
        "nn.GRUCell(4, 3)",
        gru,
        nnx.GRUCell,
        (ROWS, STATE),
        why="the new gate has no bias for the hidden state (`bias_hh[-hidden_size:]`)",
    ),
    Pair("nnx.Dropout", "nn.Dropout(0.5)", layer(nnx.Dropout, 0.5), nnx.Dropout),
    Pair(
        "nnx.max_pool",
        "nn.MaxPool2d(2)",
        function(lambda x, **settings: nnx.max_pool(x, (2, 2), **settings), last, second),
        nnx.max_pool,
        (IMAGES,),
        {"strides": ((2, 2),)},
    ),
    Pair(
        "nnx.avg_pool",
        "nn.AvgPool2d(2)",
        function(lambda x, **settings: nnx.avg_pool(x, (2, 2), **settings), last, second),
        nnx.avg_pool,
        (IMAGES,),
        {"strides": ((2, 2),)},
    ),
    Pair(
        "nnx.avg_pool, padded",
        "nn.AvgPool2d(3, stride=1, padding=1, count_include_pad=False)",
        function(lambda x, **settings: nnx.avg_pool(x, (3, 3), padding="SAME", **settings), last, second),
        nnx.avg_pool,
        (IMAGES,),
        {"count_include_pad": (False,)},
    ),
    Pair(
        "nnx.PReLU",
        "nn.PReLU()",
        prelu,
        nnx.PReLU,
        why="the gradient at 0 is 1, in PyTorch it is the slope for negative numbers",
    ),
    Pair("nnx.gelu", "nn.GELU()", function(nnx.gelu), jax.nn.gelu, (ROWS,), {"approximate": (False,)}),
    Pair("nnx.silu", "nn.SiLU()", function(nnx.silu), jax.nn.silu),
    Pair("nnx.elu", "nn.ELU()", function(nnx.elu), jax.nn.elu),
    Pair(
        "nnx.leaky_relu",
        "nn.LeakyReLU()",
        function(nnx.leaky_relu),
        jax.nn.leaky_relu,
        why="the gradient at 0 is 1, in PyTorch it is the slope for negative numbers",
    ),
    Pair("nnx.softplus", "nn.Softplus()", function(nnx.softplus), jax.nn.softplus),
    Pair("nnx.hard_sigmoid", "nn.Hardsigmoid()", function(jax.nn.hard_sigmoid), jax.nn.hard_sigmoid),
]
