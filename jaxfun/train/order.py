"""The order of the rows in an epoch: a keyed bijection of the index, computed where a minibatch is taken.

A random permutation sorts, and its result must be stored. The bijection is a Feistel network on pairs `(high, low)`: a
round adds to one of the two a hash of the other, so that it can be inverted. The ranges of the pair are the integers
nearest the square root of the count, not powers of two, so that few pairs lie outside of the count; these go through
the network again (cycle walking).
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, NamedSharding
from jax.sharding import PartitionSpec as P

from ..core.errors import ShapeError

_FEWEST = 4096  # rows; below, a sorted permutation costs as little
_ROUNDS = 12


class Blocks(NamedTuple):
    """Rows as blocks of equal length `held`, of which the last may end in padding: `counts` are the true rows of each.

    `size` rows of each block are one minibatch, `steps` minibatches one epoch.
    """

    held: int
    counts: tuple[int, ...]
    size: int
    steps: int
    sharding: NamedSharding | None

    @property
    def is_sorted(self) -> bool:
        """Whether the order is a sorted permutation, because the rows are few."""
        return len(self.counts) == 1 and self.counts[0] < _FEWEST


def blocks_of(held: int, rows: int, count: int, batch_size: int, sharding: NamedSharding | None) -> Blocks:
    """Divide `held` rows, of which `rows` are true, into `count` blocks.

    Raises: ShapeError where the rows or the minibatch cannot be divided, or no minibatch is left.
    """
    if held % count or batch_size % count:
        raise ShapeError(
            f"rows and a `batch_size` that {count} blocks divide",
            f"{held} rows and {batch_size}",
            "Pad the rows at the end and give `rows`, or choose another batch_size or `blocks`.",
        )
    each = held // count
    counts = tuple(min(max(rows - each * block, 0), each) for block in range(count))
    size = batch_size // count
    if min(counts) < size:
        raise ShapeError(
            "at least one minibatch in each block", f"{min(counts)} rows of {size}", "Use a smaller batch_size."
        )
    return Blocks(each, counts, size, min(counts) // size, sharding)


def rounds_of(key: jax.Array, blocks: Blocks) -> jax.Array:
    """Return the random bits of an epoch, which `places` takes: of each block, or the sorted permutation itself."""
    if blocks.is_sorted:
        used = blocks.steps * blocks.size
        return jax.random.permutation(key, blocks.counts[0])[:used].reshape(1, blocks.steps, blocks.size)
    keys = jax.vmap(lambda block: jax.random.fold_in(key, block))(jnp.arange(len(blocks.counts)))
    return jax.vmap(lambda each: jax.random.bits(each, (_ROUNDS,), jnp.uint32))(keys)


def places(rounds: jax.Array, blocks: Blocks, step: jax.Array) -> jax.Array:
    """Return the rows of a minibatch in each block: (blocks, size)."""
    if blocks.is_sorted:
        return jax.lax.dynamic_index_in_dim(rounds, step, 1, keepdims=False)
    index = jnp.asarray(step, jnp.uint32) * blocks.size + jnp.arange(blocks.size, dtype=jnp.uint32)
    counts = jnp.asarray(np.asarray(blocks.counts, np.uint32))

    def in_blocks(rounds: jax.Array, counts: jax.Array, index: jax.Array) -> jax.Array:
        return jax.vmap(bijection, (0, None, 0))(rounds, index, counts)

    if blocks.sharding is not None:  # on each device its own blocks: a loop over all would communicate
        rows = P(blocks.sharding.spec[0])
        mesh = blocks.sharding.mesh
        assert isinstance(mesh, Mesh)
        in_blocks = jax.shard_map(in_blocks, mesh=mesh, in_specs=(rows, rows, P()), out_specs=rows, check_vma=False)
    return in_blocks(rounds, counts, index).astype(jnp.int32)


def minibatch(data: tuple, blocks: Blocks, rounds: jax.Array, step: jax.Array) -> tuple:
    """Gather one minibatch of a tuple of arrays."""
    chosen = places(rounds, blocks, step)
    if len(blocks.counts) == 1:
        return jax.tree.map(lambda part: part[chosen[0]], data)

    def gathered(part: jax.Array) -> jax.Array:
        parts = part.reshape(len(blocks.counts), blocks.held, *part.shape[1:])
        return jax.vmap(lambda block, at: block[at])(parts, chosen).reshape(-1, *part.shape[1:])

    return jax.tree.map(gathered, data)


def bijection(rounds: jax.Array, index: jax.Array, count: jax.Array) -> jax.Array:
    """Map indices below `count` to other indices below `count`, no two to the same. Shapes: (12,), (n,), () -> (n,).

    `index` and `count` are uint32, `count` is at least 1 and below 2**31.
    """
    high, low = _ranges(count)

    def once(value: jax.Array) -> jax.Array:
        first, second = value // low, value % low
        for round in range(0, _ROUNDS, 2):
            first = _moved(first, second, rounds[round], high)
            second = _moved(second, first, rounds[round + 1], low)
        return first * low + second

    return jax.lax.while_loop(
        lambda value: jnp.any(value >= count),
        lambda value: jnp.where(value >= count, once(value), value),
        once(index),
    )


def _ranges(count: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Return two numbers whose product is at least `count` and exceeds it by less than the second."""
    low = jnp.ceil(jnp.sqrt(count.astype(jnp.float32))).astype(jnp.uint32)
    return (count + low - 1) // low, low


def _moved(value: jax.Array, other: jax.Array, bits: jax.Array, range: jax.Array) -> jax.Array:
    # the upper 16 bits of the hash, scaled to the range: a product that 32 bits hold, and no division
    moved = value + (((_hash(other + bits) >> 16) * range) >> 16)
    return jnp.where(moved >= range, moved - range, moved)


def _hash(value: jax.Array) -> jax.Array:
    """Return MurmurHash3's finaliser of 32 bits."""
    value = (value ^ (value >> 16)) * jnp.uint32(0x85EBCA6B)
    value = (value ^ (value >> 13)) * jnp.uint32(0xC2B2AE35)
    return value ^ (value >> 16)
