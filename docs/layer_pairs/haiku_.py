"""The layers of Haiku beside PyTorch's."""

from collections.abc import Callable, Sequence
from typing import Any

import haiku as hk
import jax
import jax.numpy as jnp

from .pair import (
    IMAGES,
    ROWS,
    SEQUENCE,
    STATE,
    TOKENS,
    Pair,
    added,
    filled,
    last,
    packed,
    same,
    second,
    whole,
)

KEY = jax.random.key(0)
NAMES = {"create_scale": True, "create_offset": True}


def transformed(call: Callable[..., Any], *inputs: Any) -> Any:
    """Return a function of parameters and inputs, and its initial parameters."""
    both = hk.without_apply_rng(hk.transform(call))
    return both.apply, both.init(KEY, *inputs)


def layer(kind: Any, *args: Any, x: Any = ROWS, into: Any = same, out: Any = same, **always: Any) -> Any:
    """Return a port of a layer: what `init` returns is the parameters, as they are."""
    return lambda **settings: transformed(lambda x: out(kind(*args, **always, **settings)(into(x))), x)


def images(kind: Any, *args: Any, **always: Any) -> Any:
    """Return a port of a layer whose channels are in the last dimension."""
    return layer(kind, *args, x=IMAGES, into=last, out=second, **always)


def batch_norm(*, is_training: bool) -> Any:
    """Return a port of batch normalisation; its statistics are in a second pytree."""

    def port(**settings: Any) -> Any:
        def normalised(x: Any, is_training: bool) -> Any:
            return hk.BatchNorm(decay_rate=0.9, **NAMES, **settings)(x, is_training)

        made = hk.transform_with_state(normalised)
        both = made.init(KEY, ROWS, is_training=True)
        sources: Any = {"0.batch_norm.scale": whole("weight"), "0.batch_norm.offset": whole("bias")}
        for name in ("mean", "var"):
            for kind in ("average", "hidden"):
                sources[f"1.batch_norm/~/{name}_ema.{kind}"] = whole(f"running_{name}")

        def call(both: Any, x: Any) -> Any:
            result, state = made.apply(*both, None, x, is_training)
            if not is_training:
                return result
            new = {name: state[f"batch_norm/~/{name}_ema"]["average"].reshape(4) for name in ("mean", "var")}
            return result, {f"running_{name}": item for name, item in new.items()}

        return call, filled(both, sources)

    return port


def multi_head(**settings: Any) -> Any:
    """Return a port of self-attention."""

    def attend(x: Any) -> Any:
        weights = hk.initializers.VarianceScaling()
        return hk.MultiHeadAttention(2, 2, model_size=4, w_init=weights, **settings)(x, x, x)

    call, params = transformed(attend, SEQUENCE)
    sources: Any = {
        "multi_head_attention/linear.w": whole("out_proj.weight", transposed=True),
        "multi_head_attention/linear.b": whole("out_proj.bias"),
    }
    for part, name in enumerate(("query", "key", "value")):
        sources[f"multi_head_attention/{name}.w"] = packed("in_proj_weight", part, 3, transposed=True)
        sources[f"multi_head_attention/{name}.b"] = packed("in_proj_bias", part, 3)
    return call, filled(params, sources)


def gates(source: Callable[[Any], Any], order: Sequence[int]) -> Callable[[Any], Any]:
    """Return the gates of a recurrent cell in another order."""
    return lambda state: jnp.concatenate([jnp.split(source(state), len(order))[at] for at in order])


def lstm(*, is_shifted: bool = False, **settings: Any) -> Any:
    """Return a port of an LSTM cell, whose gates are input, cell, forget and output."""

    def step(x: Any, state: Any) -> Any:
        hidden, state = hk.LSTM(3, **settings)(x, hk.LSTMState(*state))
        return hidden, state.cell

    call, params = transformed(step, ROWS, (STATE, STATE))
    bias = gates(added(whole("bias_ih"), whole("bias_hh")), (0, 2, 1, 3))

    def weights(state: Any) -> Any:
        both = jnp.concatenate([state["weight_ih"], state["weight_hh"]], 1)
        return gates(lambda state: both, (0, 2, 1, 3))(state).T

    def shifted(state: Any) -> Any:
        found = bias(state)
        return found.at[6:9].add(-1) if is_shifted else found

    return call, filled(params, {"lstm/linear.w": weights, "lstm/linear.b": shifted})


def gru(**settings: Any) -> Any:
    """Return a port of a GRU cell, whose gates are update, reset and new."""
    call, params = transformed(lambda x, hidden: hk.GRU(3, **settings)(x, hidden)[0], ROWS, STATE)
    order = (1, 0, 2)
    sources = {
        "gru.w_i": lambda state: gates(whole("weight_ih"), order)(state).T,
        "gru.w_h": lambda state: gates(whole("weight_hh"), order)(state).T,
        "gru.b": gates(added(whole("bias_ih"), whole("bias_hh")), order),
    }
    return call, filled(params, sources)


def rnn(**settings: Any) -> Any:
    """Return a port of a plain recurrent cell, with ReLU."""
    call, params = transformed(lambda x, hidden: hk.VanillaRNN(3, **settings)(x, hidden)[0], ROWS, STATE)
    sources = {
        "vanilla_rnn/linear.w": whole("weight_ih", transposed=True),
        "vanilla_rnn/linear.b": whole("bias_ih"),
        "vanilla_rnn/linear_1.w": whole("weight_hh", transposed=True),
        "vanilla_rnn/linear_1.b": whole("bias_hh"),
    }
    return call, filled(params, sources)


def pool(call: Callable[..., Any]) -> Any:
    """Return a port of a pooling function."""
    return lambda **settings: ((lambda params, x: second(call(last(x), 2, padding="VALID", **settings))), {})


PAIRS = [
    Pair("hk.Linear", "nn.Linear(4, 3)", layer(hk.Linear, 3), hk.Linear),
    Pair("hk.Embed", "nn.Embedding(7, 3)", layer(hk.Embed, 7, 3, x=TOKENS), hk.Embed, (TOKENS,)),
    Pair(
        "hk.Conv2D",
        "nn.Conv2d(4, 3, 3)",
        images(hk.Conv2D, 3, 3),
        hk.Conv2D,
        (IMAGES,),
        {"padding": ("VALID",)},
    ),
    Pair(
        "hk.Conv2D, stride 2",
        "nn.Conv2d(4, 3, 3, stride=2, padding=1)",
        images(hk.Conv2D, 3, 3, stride=2),
        hk.Conv2D,
        (IMAGES,),
        {"padding": ("VALID", (1, 1))},
    ),
    Pair(
        "hk.Conv2DTranspose",
        "nn.ConvTranspose2d(4, 3, 3, stride=2)",
        images(hk.Conv2DTranspose, 3, 3, stride=2),
        hk.Conv2DTranspose,
        (IMAGES,),
        {"padding": ("VALID",)},
    ),
    Pair("hk.LayerNorm", "nn.LayerNorm(4)", layer(hk.LayerNorm, -1, **NAMES), hk.LayerNorm),
    Pair("hk.RMSNorm", "nn.RMSNorm(4)", layer(hk.RMSNorm, -1), hk.RMSNorm, (ROWS,), {"eps": (1e-6, 2.0**-23)}),
    Pair("hk.GroupNorm", "nn.GroupNorm(2, 4)", images(hk.GroupNorm, 2), hk.GroupNorm, (IMAGES,)),
    Pair(
        "hk.InstanceNorm",
        "nn.InstanceNorm2d(4, affine=True)",
        images(hk.InstanceNorm, **NAMES),
        hk.InstanceNorm,
        (IMAGES,),
        is_training=True,
    ),
    Pair("hk.BatchNorm", "nn.BatchNorm1d(4)", batch_norm(is_training=False), hk.BatchNorm),
    Pair(
        "hk.BatchNorm, decay rate 0.9",
        "nn.BatchNorm1d(4)",
        batch_norm(is_training=True),
        hk.BatchNorm,
        is_training=True,
        why="the running statistics are corrected for their start at 0, as Adam's moments are, "
        "and the running variance has no Bessel's correction",
    ),
    Pair(
        "hk.MultiHeadAttention",
        "nn.MultiheadAttention(4, 2, batch_first=True)",
        multi_head,
        hk.MultiHeadAttention,
        (SEQUENCE,),
    ),
    Pair("hk.LSTM", "nn.LSTMCell(4, 3)", lstm, hk.LSTM, (ROWS, (STATE, STATE)), {"is_shifted": (True,)}),
    Pair(
        "hk.GRU",
        "nn.GRUCell(4, 3)",
        gru,
        hk.GRU,
        (ROWS, STATE),
        why="the reset gate multiplies the hidden state before the matrix product, in PyTorch after it",
    ),
    Pair("hk.VanillaRNN", 'nn.RNNCell(4, 3, nonlinearity="relu")', rnn, hk.VanillaRNN, (ROWS, STATE)),
    Pair(
        "hk.max_pool, strides 2",
        "nn.MaxPool2d(2)",
        pool(lambda x, size, **o: hk.max_pool(x, size, 2, **o)),
        hk.max_pool,
        (IMAGES,),
    ),
    Pair(
        "hk.avg_pool, strides 2",
        "nn.AvgPool2d(2)",
        pool(lambda x, size, **o: hk.avg_pool(x, size, 2, **o)),
        hk.avg_pool,
        (IMAGES,),
    ),
]
