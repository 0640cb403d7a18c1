"""The NumPy and DLPack bridge: shared memory, copies, and values that never change."""

from collections.abc import Callable
from typing import Any

import jax
import ml_dtypes
import numpy as np
import pytest
import torch

import jaxfun as jf
from jaxfun.core.dtypes import DTYPES, DType
from jaxfun.parity.run import torch_side

NAMES = [dtype.name for dtype in DTYPES]


@pytest.mark.proves("from_numpy", "to_numpy")
@pytest.mark.parametrize("dtype", DTYPES, ids=NAMES)
def test_numpy_round_trip_keeps_values_and_dtype(dtype: DType) -> None:
    source = np.array([[0, 1], [1, 0]]).astype(dtype.dtype)
    back = jf.to_numpy(jf.from_numpy(source))
    assert back.dtype == source.dtype
    np.testing.assert_array_equal(back, source)


TAKERS: dict[str, Callable[[Any], jax.Array]] = {
    "from_numpy": jf.from_numpy,
    "tensor": jf.tensor,
    "an operand": jf.positive,
    "Variable": lambda x: jf.Variable(x).data,
    "another operand": lambda x: jf.add(x, 0),
}


@pytest.mark.parametrize("name", TAKERS)
@pytest.mark.parametrize("size", [3, 100_000])
def test_later_writes_to_the_numpy_source_do_not_change_the_array(name: str, size: int) -> None:
    source = np.ones(size, np.float32)
    taken = TAKERS[name](source)
    source += 1  # step 3 of the tutorial: in torch this changes both
    assert float(taken.min()) == float(taken.max()) == 1
    changed = jf.add(taken, 1)  # the pure counterpart of xx += 1
    assert float(changed.min()) == 2
    assert float(taken.min()) == 1


def test_later_writes_to_the_torch_source_do_not_change_the_array() -> None:
    source = torch.ones(1000)
    taken = [jf.tensor(source), jf.add(source, 0), jf.positive(source), jf.Variable(source).data]
    source += 1
    assert all(float(value.max()) == 1 for value in taken)


def test_to_numpy_shares_memory_and_is_read_only() -> None:
    x = jf.ones(4)
    view = jf.to_numpy(x)
    assert view.ctypes.data == x.unsafe_buffer_pointer()
    with pytest.raises(ValueError, match="read-only"):
        view += 1
    writable = view.copy()
    writable += 1
    assert float(x.max()) == 1


@pytest.mark.proves("from_dlpack")
def test_dlpack_shares_memory_both_ways_on_the_cpu() -> None:
    tensor = torch.arange(6.0).reshape(2, 3)
    array = jf.from_dlpack(tensor)
    assert array.unsafe_buffer_pointer() == tensor.data_ptr()
    assert torch.from_dlpack(array).data_ptr() == array.unsafe_buffer_pointer()
    np.testing.assert_array_equal(array, tensor)


def test_dlpack_shares_memory_on_cuda() -> None:
    if not (torch_side.sees_cuda() and jax.default_backend() == "gpu"):
        pytest.skip("JAX and PyTorch do not both see a CUDA device")
    tensor = torch.arange(6.0, device="cuda")
    array = jf.from_dlpack(tensor)
    assert array.unsafe_buffer_pointer() == tensor.data_ptr()
    assert torch.from_dlpack(array).data_ptr() == array.unsafe_buffer_pointer()


TENSORS = {
    "requires_grad": torch.tensor([1.0, 2.0], requires_grad=True),
    "not contiguous": torch.arange(6.0).reshape(2, 3).t(),
    "strided": torch.arange(6.0)[::2],
    "bfloat16": torch.tensor([1.5, 2.0], dtype=torch.bfloat16),
    "bool": torch.tensor([True, False]),
    "0-dim": torch.tensor(3.0),
    "empty": torch.zeros(0, 2),
    "conjugate view": torch.tensor([1 + 2j]).conj(),
    "negative view": torch.tensor([1 + 2j]).conj().imag,
    "expanded": torch.tensor([1.0]).expand(3),
}


@pytest.mark.parametrize("name", TENSORS)
@pytest.mark.parametrize("take", [jf.tensor, jf.from_dlpack], ids=["tensor", "from_dlpack"])
def test_every_kind_of_torch_tensor_is_accepted(name: str, take: Callable[[Any], jax.Array]) -> None:
    expected = torch_side.numpy(TENSORS[name])
    got = np.asarray(take(TENSORS[name]))
    assert got.dtype == expected.dtype
    np.testing.assert_array_equal(got, expected)


ARRAYS = {
    "negative strides": np.arange(4.0)[::-1],
    "big-endian": np.arange(4, dtype=">f4"),
    "Fortran order": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    "bfloat16": np.array([1.5], ml_dtypes.bfloat16),
    "read-only": np.broadcast_to(np.float32(1), (3,)),
    "0-dim": np.array(2.0),
}


@pytest.mark.parametrize("name", ARRAYS)
def test_every_kind_of_numpy_array_is_accepted(name: str) -> None:
    np.testing.assert_array_equal(np.asarray(jf.from_numpy(ARRAYS[name])), ARRAYS[name])


@pytest.mark.parametrize("value", [[1.0], 1.0, np.float64(1), "a"], ids=repr)
def test_from_numpy_of_another_type_raises_as_in_torch(value: Any) -> None:
    for take in (jf.from_numpy, torch.from_numpy):
        with pytest.raises(TypeError):
            take(value)
    with pytest.raises(TypeError):
        jf.from_dlpack("a")
    with pytest.raises(TypeError):
        jf.from_numpy(np.array(["a"]))


def test_torch_and_numpy_arrays_are_tensors_and_numpy_scalars_are_numbers() -> None:
    x = jf.ones(2, dtype=jf.float32)
    np.testing.assert_array_equal(jf.add(x, torch.ones(2)), [2, 2])
    np.testing.assert_array_equal(jf.mul(np.ones(2, np.float32), x), [1, 1])
    assert jf.add(x, np.float64(2)).dtype == torch.add(torch.ones(2), np.float64(2)).numpy().dtype == np.float32
