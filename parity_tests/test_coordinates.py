"""`unravel_index`: integers of any dtype and shape, and its errors."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import jaxfun as jf
from jaxfun.parity.run import torch_side
from jaxfun.parity.run.outcome import outcome
from jaxfun.parity.search.verdicts import canonical, raises_alike

SHAPES: list[Any] = [(2, 3), [4], 6, (), (1, 5, 2), (3, 0), (2, -1), (2.0, 3), 2.5, None, True]
DTYPES = ["int64", "int32", "int16", "int8", "uint8", "bool", "float32", "complex64"]


@pytest.mark.proves("unravel_index")
@pytest.mark.parametrize("dtype", DTYPES)
def test_unravel_index_matches_torch(dtype: str) -> None:
    @settings(max_examples=8 * settings().max_examples)
    @given(hnp.arrays("int64", st.sampled_from([(), (3,), (2, 2), (0,)]), elements=st.integers(-9, 9)), st.data())
    def agrees(numbers: np.ndarray, data: st.DataObject) -> None:
        indices, shape = numbers.astype(dtype), data.draw(st.sampled_from(SHAPES))
        ours, our_error = outcome(lambda: jf.unravel_index(jnp.asarray(indices), shape))
        theirs, their_error = outcome(lambda: torch.unravel_index(torch_side.tensor(indices), shape))
        assert raises_alike(our_error, their_error).ok, (our_error, their_error)
        if their_error is None:
            assert len(ours) == len(theirs)
            for mine, item in zip(ours, theirs, strict=True):
                expected = canonical(torch_side.numpy(item))
                np.testing.assert_array_equal(mine, expected)
                assert mine.dtype == expected.dtype

    agrees()


def test_unravel_index_works_under_jit_and_vmap() -> None:
    indices = jnp.array([4, 1, -1])
    known = jf.unravel_index(indices, (2, 3))
    jax.tree.map(np.testing.assert_array_equal, jax.jit(lambda i: jf.unravel_index(i, (2, 3)))(indices), known)
    jax.tree.map(np.testing.assert_array_equal, jax.vmap(lambda i: jf.unravel_index(i, (2, 3)))(indices), known)


def test_stride_beyond_the_dtype_exceeds_every_index() -> None:
    places = jf.unravel_index(jnp.array([3, -1], jnp.int32), (2, 2**20, 2**20, 2**30))
    assert [place.tolist() for place in places] == [[0, 1], [0, 2**20 - 1], [0, 2**20 - 1], [3, 2**30 - 1]]
