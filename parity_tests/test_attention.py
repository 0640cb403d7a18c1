"""Dropout in attention with a random key: torch's result without drops, else its mean and scale."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch

import jaxfun as jf

KEY = jax.random.key(0)
HEADS, LENGTH = 4, 64
QUERY, KEYS, VALUE = (np.random.default_rng(seed).normal(size=(2, HEADS, LENGTH, 8)) for seed in range(3))
EMBEDDING = 4
WEIGHTS = (np.random.default_rng(4).normal(size=(3 * EMBEDDING, EMBEDDING)), np.eye(EMBEDDING))


def attention(p: float, key: Any = KEY, value: Any = VALUE) -> jax.Array:
    return jf.nn.functional.scaled_dot_product_attention(QUERY, KEYS, value, dropout_p=p, dropout_key=key)


def heads(p: float, key: Any = KEY, training: bool = True, query: Any = QUERY[0, :, :, :EMBEDDING]) -> Any:
    forward = jf.nn.functional.multi_head_attention_forward
    return forward(
        *(query, query, query, EMBEDDING, 2, WEIGHTS[0], None, None, None, False, p, WEIGHTS[1], None),
        training=training,
        dropout_key=key,
    )


def weights(p: float, key: Any = KEY) -> np.ndarray:
    """Return the dropped weights of attention: the result for the identity as the values."""
    return np.asarray(attention(p, key, np.broadcast_to(np.eye(LENGTH), (2, HEADS, LENGTH, LENGTH))))


def test_dropped_weights_are_zero_or_scaled() -> None:
    kept, full = weights(0.3), weights(0.0)
    is_kept = kept != 0
    np.testing.assert_allclose(kept[is_kept], full[is_kept] / 0.7, rtol=1e-12)
    # the share of 32,768 independent samples differs from 0.7 by more than 0.015 in 1 of 10⁷ cases
    assert abs(is_kept.mean() - 0.7) < 0.015


def test_mean_over_keys_is_the_result_without_dropout() -> None:
    drawn = jax.vmap(lambda key: attention(0.5, key))(jax.random.split(KEY, 2000))
    error = np.asarray(drawn.mean(0) - attention(0.0))
    # six standard deviations of a mean of 2,000 samples: none of the 4,096 elements exceeds them
    assert (np.abs(error) < 6 * np.asarray(drawn.std(0)) / np.sqrt(2000)).all()


def test_gradient_uses_the_kept_weights() -> None:
    gradient = jax.grad(lambda value: attention(0.4, value=value).sum())(jnp.asarray(VALUE))
    np.testing.assert_allclose(gradient, np.broadcast_to(weights(0.4).sum(-2)[..., None], VALUE.shape), rtol=1e-9)


def test_result_depends_only_on_the_key() -> None:
    np.testing.assert_array_equal(attention(0.5), attention(0.5))
    np.testing.assert_allclose(jax.jit(lambda: attention(0.5))(), attention(0.5), rtol=1e-9)
    assert (attention(0.5) != attention(0.5, jax.random.key(1))).any()


def test_all_weights_are_dropped_with_probability_one() -> None:
    theirs = torch.nn.functional.scaled_dot_product_attention(
        *(torch.tensor(each) for each in (QUERY, KEYS, VALUE)), dropout_p=1.0
    )
    np.testing.assert_array_equal(attention(1.0, None), theirs)


def test_heads_drop_weights_only_in_training() -> None:
    output, dropped = heads(0.5)
    np.testing.assert_array_equal(heads(0.5, None, training=False)[0], heads(0.0, None)[0])
    full = heads(0.0, None)[1]
    kept = np.asarray(dropped / full)  # of two heads: none, one or both of them
    assert ((kept < 2 + 1e-9) & (kept >= 0)).all()
    assert abs(kept.mean() - 1) < 0.05
    assert output.shape == heads(0.0, None)[0].shape


MISSING: dict[str, Callable[[], Any]] = {
    "scaled_dot_product_attention": lambda: attention(0.5, None),
    "multi_head_attention_forward": lambda: heads(0.5, None),
}


@pytest.mark.parametrize("name", MISSING)
def test_missing_key_raises_with_advice(name: str) -> None:
    with pytest.raises(TypeError, match=r"dropout_key=jax\.random\.key\(0\)"):
        MISSING[name]()


def test_probability_above_one_raises_as_in_torch() -> None:
    with pytest.raises(RuntimeError):
        attention(1.5)
    with pytest.raises(RuntimeError):
        torch.nn.functional.scaled_dot_product_attention(
            *(torch.tensor(x) for x in (QUERY, KEYS, VALUE)), dropout_p=1.5
        )
