"""The order of the rows in an epoch: a bijection of the index, as even as a random permutation."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from jaxfun import train
from jaxfun.train import order

pytestmark = pytest.mark.usefixtures("as_users_have_it")
MANY = jax.jit(jax.vmap(order.bijection, (0, None, None)))
PADDED = jnp.arange(6000, dtype=jnp.uint32)


def orders(count: int, keys: int, seed: int = 0) -> np.ndarray:
    """Orders of `count` rows by several keys: (keys, count)."""
    rounds = jax.random.bits(jax.random.key(seed), (keys, 12), jnp.uint32)
    return np.asarray(MANY(rounds, PADDED[:count], jnp.uint32(count))).astype(int)


@jax.jit
def one(rounds: jax.Array, count: jax.Array) -> jax.Array:
    return order.bijection(rounds, jnp.minimum(PADDED, count - 1), count)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 6000), st.integers(0, 2**31))
def test_every_index_comes_once(count: int, seed: int) -> None:
    rounds = jax.random.bits(jax.random.key(seed), (12,), jnp.uint32)
    found = np.asarray(one(rounds, jnp.uint32(count)))[:count]
    np.testing.assert_array_equal(np.sort(found), np.arange(count))


@pytest.mark.parametrize("count", [2, 5, 10, 30, 100])
def test_places_and_differences_of_places_are_even(count: int) -> None:
    found = orders(count, 20_000, seed=count)
    for place in (0, count // 2, count - 1):
        chosen, next_one = found[:, place], found[:, (place + 1) % count]
        assert stats.chisquare(np.bincount(chosen, minlength=count)).pvalue > 1e-4
        if count > 2:
            differences = np.bincount((chosen - next_one) % count, minlength=count)[1:]
            assert stats.chisquare(differences).pvalue > 1e-4


def test_all_orders_of_five_rows_are_as_frequent() -> None:
    codes = orders(5, 40_000) @ 5 ** np.arange(5)
    _, counts = np.unique(codes, return_counts=True)
    assert len(counts) == 120
    assert stats.chisquare(counts).pvalue > 1e-4


def test_neighbours_of_many_rows_go_apart() -> None:
    (found,) = orders(5000, 1)
    assert abs(stats.spearmanr(np.arange(5000), found).statistic) < 0.06  # four standard errors
    assert stats.kstest(np.diff(found) / 5000, stats.triang(0.5, -1, 2).cdf).pvalue > 1e-4


def seen_rows(rows: int, *, held: int | None = None, epochs: int = 1, **given: int) -> np.ndarray:
    """Train with a buffer that counts how often each row was used; the padding is NaN."""
    index = np.arange(held or rows)
    weight = np.where(index < rows, 1, np.nan).astype(np.float32)

    def loss(params: jax.Array, buffers: jax.Array, index: jax.Array, weight: jax.Array) -> tuple:
        return jnp.sum(weight) + 0 * params, buffers.at[index].add(weight)

    data = (index.astype(np.int32), weight)
    fit = train.fit(
        loss,
        jnp.zeros(()),
        data,
        optax.sgd(0.1),
        epochs,
        key=jax.random.key(3),
        buffers=np.zeros(len(index), np.float32),
        rows=rows if held else None,
        **given,  # type: ignore[arg-type]
    )
    return np.asarray(fit.buffers)


@pytest.mark.parametrize(
    ("rows", "given"),
    [
        (120, {"batch_size": 10}),
        (5000, {"batch_size": 100}),
        (4800, {"batch_size": 100, "blocks": 4}),
        (4799, {"batch_size": 1, "held": 4800}),
        (60, {"batch_size": 6, "blocks": 3}),
    ],
    ids=["few", "many", "blocks", "padded", "few in blocks"],
)
def test_an_epoch_uses_every_row_once(rows: int, given: dict[str, int]) -> None:
    used = seen_rows(rows, **given)
    np.testing.assert_array_equal(used[:rows], 1)
    np.testing.assert_array_equal(used[rows:], 0)


def test_rows_left_over_are_others_in_each_epoch() -> None:
    used = seen_rows(4100, batch_size=1000, epochs=10)
    assert used.sum() == 40_000
    assert 500 < (used < 10).sum() < 1000, "each epoch leaves out another hundred"


def test_minibatches_of_blocks_do_not_depend_on_the_padding() -> None:
    def loss(params: jax.Array, part: jax.Array) -> jax.Array:
        return jnp.mean(part * jnp.arange(40)) + 0 * params

    rows = np.arange(4795, dtype=np.float32)
    padded = np.pad(rows, (0, 5), constant_values=np.nan)
    call = {"epochs": 3, "batch_size": 40, "blocks": 4, "key": jax.random.key(0), "rows": 4795}
    found = train.fit(loss, jnp.zeros(()), (padded,), optax.sgd(0.1), **call)  # type: ignore[arg-type]
    assert np.isfinite(found.losses).all()
    assert len(set(np.asarray(found.losses).tolist())) == 3


MISTAKES = {
    "blocks that do not divide the rows": ({"blocks": 7, "batch_size": 70}, RuntimeError, "7 blocks divide"),
    "blocks that do not divide the minibatch": ({"blocks": 4, "batch_size": 10}, RuntimeError, "4 blocks divide"),
    "a block that is all padding": ({"blocks": 4, "batch_size": 4, "rows": 60}, RuntimeError, "in each block"),
    "more rows than there are": ({"batch_size": 10, "rows": 101}, RuntimeError, "`rows` from 1"),
    "blocks of a full batch": ({"blocks": 2}, TypeError, "no `blocks` without `batch_size`"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_user_error_raises_a_clear_error(name: str) -> None:
    given, kind, text = MISTAKES[name]
    key = jax.random.key(0) if "batch_size" in given else None
    with pytest.raises(kind, match=text):
        train.fit(
            lambda w, x: jnp.sum(w * x), jnp.zeros(()), (np.ones(100, np.float32),), optax.sgd(0.1), 1, key=key, **given
        )
