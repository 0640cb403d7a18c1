"""The layers of flax.linen beside PyTorch's."""

from typing import Any

import flax.linen as nn
import jax

from .pair import (
    IMAGES,
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

KEY = jax.random.key(0)


def layer(kind: Any, *args: Any, x: Any = ROWS, into: Any = same, out: Any = same, **always: Any) -> Any:
    """Return a port of a layer: the variables of `init` are the parameters, as they are."""

    def port(**settings: Any) -> Any:
        made = kind(*args, **always, **settings)
        return (lambda variables, x: out(made.apply(variables, into(x)))), made.init(KEY, into(x))

    return port


def images(kind: Any, *args: Any, **always: Any) -> Any:
    """Return a port of a layer whose channels are in the last dimension."""
    return layer(kind, *args, x=IMAGES, into=last, out=second, **always)


def batch_norm(*, is_unbiased: bool = False, **settings: Any) -> Any:
    """Return a port of batch normalisation in training mode: `apply` returns the updated statistics."""
    made = nn.BatchNorm(use_running_average=False, **settings)

    def call(variables: Any, x: Any) -> Any:
        result, updated = made.apply(variables, x, mutable=["batch_stats"])
        if is_unbiased:
            old, new = variables["batch_stats"]["var"], updated["batch_stats"]["var"]
            updated["batch_stats"]["var"] = corrected(new, old, made.momentum, x.shape[0])
        return result, updated

    return call, made.init(KEY, ROWS)


def multi_head(**settings: Any) -> Any:
    """Return a port of self-attention."""
    made = nn.MultiHeadDotProductAttention(2, **settings)
    return made.apply, filled(made.init(KEY, SEQUENCE), attention("params.{}", "params.out"))


def lstm(kind: Any) -> Any:
    """Return a port of an LSTM cell."""

    def port(**settings: Any) -> Any:
        made = kind(3, **settings)
        sources = {}
        for part, gate in enumerate("ifgo"):
            sources[f"params.i{gate}.kernel"] = packed("weight_ih", part, 4, transposed=True)
            sources[f"params.h{gate}.kernel"] = packed("weight_hh", part, 4, transposed=True)
            sources[f"params.h{gate}.bias"] = added(packed("bias_ih", part, 4), packed("bias_hh", part, 4))

        def call(variables: Any, x: Any, state: Any) -> Any:
            (cell, hidden), _ = made.apply(variables, (state[1], state[0]), x)
            return hidden, cell

        return call, filled(made.init(KEY, (STATE, STATE), ROWS), sources)

    return port


def gru(**settings: Any) -> Any:
    """Return a port of a GRU cell."""
    made = nn.GRUCell(3, **settings)
    sources = {"params.hn.bias": packed("bias_hh", 2, 3), "params.in.bias": packed("bias_ih", 2, 3)}
    for part, gate in enumerate("rzn"):
        sources[f"params.i{gate}.kernel"] = packed("weight_ih", part, 3, transposed=True)
        sources[f"params.h{gate}.kernel"] = packed("weight_hh", part, 3, transposed=True)
    for part, gate in enumerate("rz"):
        sources[f"params.i{gate}.bias"] = added(packed("bias_ih", part, 3), packed("bias_hh", part, 3))
    return (lambda variables, x, hidden: made.apply(variables, hidden, x)[0]), filled(
        made.init(KEY, STATE, ROWS), sources
    )


def rnn(**settings: Any) -> Any:
    """Return a port of a plain recurrent cell."""
    made = nn.SimpleCell(3, **settings)
    sources = {
        "params.i.kernel": whole("weight_ih", transposed=True),
        "params.i.bias": added(whole("bias_ih"), whole("bias_hh")),
        "params.h.kernel": whole("weight_hh", transposed=True),
    }
    return (lambda variables, x, hidden: made.apply(variables, hidden, x)[0]), filled(
        made.init(KEY, STATE, ROWS), sources
    )


def weight_norm(**settings: Any) -> Any:
    """Return a port of a dense layer with weight normalisation."""
    made = nn.WeightNorm(nn.Dense(3), **settings)
    sources = {
        "params.layer_instance.bias": whole("bias"),
        "params.layer_instance.kernel": whole("parametrizations.weight.original1", transposed=True),
        "params.layer_instance/kernel/scale": whole("parametrizations.weight.original0"),
    }
    return made.apply, filled(made.init(KEY, ROWS), sources)


def spectral_norm(**settings: Any) -> Any:
    """Return a port of a dense layer with spectral normalisation, in evaluation."""
    made = nn.SpectralNorm(nn.Dense(3), **settings)
    place, kept = "parametrizations.weight", "batch_stats.layer_instance/kernel"

    def sigma(state: Any) -> Any:
        return state[f"{place}.0._u"] @ state[f"{place}.original"] @ state[f"{place}.0._v"]

    sources = {
        "params.layer_instance.bias": whole("bias"),
        "params.layer_instance.kernel": whole(f"{place}.original", transposed=True),
        f"{kept}/u": whole(f"{place}.0._u"),
        f"{kept}/sigma": sigma,
    }
    variables = made.init(KEY, ROWS, update_stats=False)
    return (lambda variables, x: made.apply(variables, x, update_stats=False)), filled(variables, sources)


EPSILON = {"epsilon": (1e-5,), "use_fast_variance": (False,)}

PAIRS = [
    Pair("linen.Dense", "nn.Linear(4, 3)", layer(nn.Dense, 3), nn.Dense),
    Pair("linen.Embed", "nn.Embedding(7, 3)", layer(nn.Embed, 7, 3, x=TOKENS), nn.Embed, (TOKENS,)),
    Pair(
        "linen.Conv",
        "nn.Conv2d(4, 3, 3)",
        images(nn.Conv, 3, (3, 3)),
        nn.Conv,
        (IMAGES,),
        {"padding": ("VALID",)},
    ),
    Pair(
        "linen.Conv, stride 2",
        "nn.Conv2d(4, 3, 3, stride=2, padding=1)",
        images(nn.Conv, 3, (3, 3), strides=2),
        nn.Conv,
        (IMAGES,),
        {"padding": ("VALID", 1)},
    ),
    Pair(
        "linen.ConvTranspose",
        "nn.ConvTranspose2d(4, 3, 3, stride=2)",
        images(nn.ConvTranspose, 3, (3, 3), (2, 2)),
        nn.ConvTranspose,
        (IMAGES,),
        {"padding": ("VALID",), "transpose_kernel": (True,)},
    ),
    Pair("linen.LayerNorm", "nn.LayerNorm(4)", layer(nn.LayerNorm), nn.LayerNorm, (ROWS,), EPSILON),
    Pair(
        "linen.RMSNorm",
        "nn.RMSNorm(4)",
        layer(nn.RMSNorm),
        nn.RMSNorm,
        (ROWS,),
        {"epsilon": (1e-5, 2.0**-23)},
    ),
    Pair("linen.GroupNorm", "nn.GroupNorm(2, 4)", images(nn.GroupNorm, 2), nn.GroupNorm, (IMAGES,), EPSILON),
    Pair(
        "linen.InstanceNorm",
        "nn.InstanceNorm2d(4, affine=True)",
        images(nn.InstanceNorm),
        nn.InstanceNorm,
        (IMAGES,),
        EPSILON,
        True,
    ),
    Pair(
        "linen.BatchNorm",
        "nn.BatchNorm1d(4)",
        layer(nn.BatchNorm, use_running_average=True),
        nn.BatchNorm,
        (ROWS,),
        EPSILON,
    ),
    Pair(
        "linen.BatchNorm",
        "nn.BatchNorm1d(4)",
        batch_norm,
        nn.BatchNorm,
        (ROWS,),
        {"momentum": (0.9,), "use_fast_variance": (False,), "is_unbiased": (True,)},
        True,
    ),
    Pair("linen.WeightNorm", "nn.utils.parametrizations.weight_norm(nn.Linear(4, 3))", weight_norm, nn.WeightNorm),
    Pair(
        "linen.SpectralNorm",
        "nn.utils.parametrizations.spectral_norm(nn.Linear(4, 3))",
        spectral_norm,
        nn.SpectralNorm,
        why="evaluation makes a power iteration too; PyTorch uses the stored vectors",
    ),
    Pair(
        "linen.MultiHeadDotProductAttention",
        "nn.MultiheadAttention(4, 2, batch_first=True)",
        multi_head,
        nn.MultiHeadDotProductAttention,
        (SEQUENCE,),
    ),
    Pair("linen.LSTMCell", "nn.LSTMCell(4, 3)", lstm(nn.LSTMCell), nn.LSTMCell, (ROWS, (STATE, STATE))),
    Pair(
        "linen.OptimizedLSTMCell",
        "nn.LSTMCell(4, 3)",
        lstm(nn.OptimizedLSTMCell),
        nn.OptimizedLSTMCell,
        (ROWS, (STATE, STATE)),
    ),
    Pair("linen.GRUCell", "nn.GRUCell(4, 3)", gru, nn.GRUCell, (ROWS, STATE)),
    Pair("linen.SimpleCell", "nn.RNNCell(4, 3)", rnn, nn.SimpleCell, (ROWS, STATE)),
    Pair("linen.Dropout", "nn.Dropout(0.5)", layer(nn.Dropout, 0.5, deterministic=True), nn.Dropout),
    Pair(
        "linen.PReLU",
        "nn.PReLU()",
        lambda **settings: (
            nn.PReLU(**settings).apply,
            lambda state: {"params": {"negative_slope": state["weight"][0]}},
        ),
        nn.PReLU,
        why="the gradient at 0 is 1, in PyTorch it is the slope for negative numbers",
    ),
    Pair(
        "linen.max_pool",
        "nn.MaxPool2d(2)",
        function(lambda x, **settings: nn.max_pool(x, (2, 2), **settings), last, second),
        nn.max_pool,
        (IMAGES,),
        {"strides": ((2, 2),)},
    ),
    Pair(
        "linen.avg_pool",
        "nn.AvgPool2d(2)",
        function(lambda x, **settings: nn.avg_pool(x, (2, 2), **settings), last, second),
        nn.avg_pool,
        (IMAGES,),
        {"strides": ((2, 2),)},
    ),
    Pair("linen.gelu", "nn.GELU()", function(nn.gelu), jax.nn.gelu, (ROWS,), {"approximate": (False,)}),
    Pair(
        "linen.gelu, tanh",
        'nn.GELU(approximate="tanh")',
        function(nn.gelu),
        jax.nn.gelu,
    ),
    Pair("linen.softmax", "nn.Softmax(dim=1)", function(nn.softmax), jax.nn.softmax, (IMAGES,), {"axis": (1,)}),
]
