"""The functional copies of views, `new_*`, `clone` and `item`: several names of one function, called as torch's are."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch

import jaxfun as jf
from jaxfun.ops import records
from parity_tests.test_shape_family import ARRAYS, _Torch, assert_alike

# x: 2 by 3 matrix; v: vector; s: 0-dim; c: 3-dim
CALLS = """
alias_copy(x); clone(x); contiguous(x); clone(s); detach_copy(x); view_copy(x, (3, 2)); view_copy(x, [-1])
view_copy(x, (4, 2)); view_copy(x, size=(6,)); expand_copy(x, (2, 2, 3)); expand_copy(x, (5, 3))
permute_copy(x, (1, 0)); permute_copy(x, (0, 0)); permute_copy(x, dims=(1, 0))
transpose_copy(x, 0, -1); transpose_copy(x, 0, 2); t_copy(x)
transpose_copy(input=x, dim0=0, dim1=1); t_copy(c); squeeze_copy(x[:1]); squeeze_copy(x[:1], 0); squeeze_copy(x, 5)
squeeze_copy(x[:1, :1], (0, 1)); unsqueeze_copy(x, -1); unsqueeze_copy(x, 4); diagonal_copy(x); diagonal_copy(x, 1)
diagonal_copy(x, offset=1, dim1=1, dim2=0); diagonal_copy(x, 0, 1, 1); select_copy(x, 0, -1); select_copy(x, 1, 3)
unbind_copy(x); unbind_copy(x, 1); unbind_copy(s); unfold_copy(v, 0, 2, 1); unfold_copy(x, 0, 3, 1)
split_copy(x, 1); split_copy(x, split_size=2, dim=1); split_copy(x, -1); split_with_sizes_copy(x, (1, 2), 1)
split_with_sizes_copy(x, (1, 1), 1); unsafe_split(x, 1); unsafe_split(x, 2, -1); unsafe_split(x, 0); unsafe_chunk(x, 2)
unsafe_chunk(x, 2, dim=1); unsafe_chunk(x, 0); unsafe_split_with_sizes(x, (1, 1)); unsafe_split_with_sizes(x, (1, 3))
slice_copy(x); slice_copy(x, 1, -2); slice_copy(x, 1, None, 2); slice_copy(x, 1, 0, 3, 2); slice_copy(x, 0, 0, 1, 0)
slice_copy(s); slice_copy(x, 2); view_as_real_copy(view_as_complex_copy(c[..., :2])); view_as_real_copy(x)
view_as_complex_copy(x); native_channel_shuffle(c[None], 2); native_channel_shuffle(c[None], 3)
fill(x, 2); fill(x, v[:1]); fill(x, 1j); fill(x, 'a'); fill(x, None); fill(h, 1e6); fill(s, s)
new_zeros(x, 2, 3); new_zeros(x, (2, 3)); new_zeros(x, ()); new_zeros(x); new_zeros(x, -1); new_zeros(x, 2.0)
new_zeros(x, size=(2,)); new_zeros(h, 2); new_zeros(x, 2, dtype=int8); new_ones(x, 2, 3); new_ones(h, [2]); new_ones(x)
new_ones(x, 2, dtype=bool); new_full(x, (2,), 3); new_full(h, (2,), 1e6); new_full(x, 2, 3); new_full(x, (2,), 1j)
new_full(x, (2,), 1j, dtype=complex64); new_full(x, (2,), 2.5, dtype=int32); new_full(x, (), True)
scalar_tensor(2); scalar_tensor(True); scalar_tensor(1j); scalar_tensor(2.5, dtype=int32); scalar_tensor('a')
scalar_tensor(300, dtype=uint8); scalar_tensor(s=3); scalar_tensor(1j, dtype=complex64); scalar_tensor(v)
item(s); item(x); item(v[:1]); item(v[:0]); item(v[:1] > 9)
"""
SOURCES = [source.strip() for line in CALLS.strip().splitlines() for source in line.split(";")]


@pytest.mark.proves("new_zeros", "new_ones", "new_full", "scalar_tensor", "item")
@pytest.mark.parametrize("source", SOURCES)
def test_call_matches_torch(source: str) -> None:
    ours = {name: getattr(jf, name) for name in dir(jf)} | {name: jnp.asarray(array) for name, array in ARRAYS.items()}
    theirs = _Torch({name: torch.tensor(np.asarray(array)) for name, array in ARRAYS.items()})
    assert_alike(lambda: eval(source, dict(ours)), lambda: eval(source, theirs))


COPIES = [name for name in dir(torch) if name.endswith("_copy") or name.startswith("unsafe_")]


@pytest.mark.parametrize("name", [name for name in COPIES if hasattr(jf, name)])
def test_a_copy_has_a_record_under_torchs_name(name: str) -> None:
    overloads = {f"{name}.{each}".removesuffix(".default") for each in getattr(torch.ops.aten, name).overloads()}
    known = {each for record in records().values() for each in record.aten}
    in_another_form = {"view_copy.dtype"}
    assert {each for each in overloads - in_another_form if not each.endswith("out")} <= known


@pytest.mark.proves("new_empty", "empty_like")
@pytest.mark.parametrize("dtype", ["float32", "float16", "int64"])
def test_empty_tensors_have_the_size_and_dtype(dtype: str) -> None:
    like: Any = jnp.ones((2, 3), dtype)
    assert (jf.empty_like(like).shape, jf.empty_like(like).dtype) == ((2, 3), dtype)
    assert jf.empty_like(like, dtype=jf.int8).dtype == "int8"
    assert (jf.new_empty(like, 4).shape, jf.new_empty(like, (4,)).dtype) == ((4,), dtype)
    with pytest.raises(RuntimeError):
        jf.new_empty(like, -1)


def test_a_tracer_has_no_item() -> None:
    with pytest.raises(NotImplementedError, match="known value"):
        jax.jit(jf.item)(jnp.ones(()))
