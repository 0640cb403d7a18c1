"""The forms of a convolution: XLA's own, matrix products, sums over taps. Each gives torch's values and gradients."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch

import jaxfun as jf
from jaxfun.ops.nn import convolution
from jaxfun.ops.nn.convolution import Windows

FORMS = {
    "XLA": convolution._by_xla,
    "columns": convolution._by_columns,
    "taps": convolution._by_taps,
}
# the shapes of input and kernels, and the windows
CASES: dict[str, tuple[tuple[int, ...], tuple[int, ...], Windows]] = {
    "one dimension": ((2, 3, 9), (4, 3, 3), Windows((2,), [(1, 2)], (2,), 1)),
    "images": ((2, 3, 7, 6), (4, 3, 3, 2), Windows((1, 2), [(1, 1), (0, 2)], (2, 1), 1)),
    "groups": ((2, 4, 5, 6), (6, 2, 2, 3), Windows((2, 1), [(0, 0), (1, 0)], (1, 2), 2)),
    "depthwise": ((2, 3, 6, 7), (6, 1, 3, 2), Windows((2, 1), [(1, 0), (2, 1)], (1, 2), 3)),
    "depthwise volumes": ((1, 2, 4, 5, 3), (2, 1, 2, 3, 2), Windows((1, 2, 1), [(1, 1), (0, 0), (1, 0)], (2, 1, 1), 2)),
    "smaller than the kernel": ((1, 2, 2, 2), (3, 2, 3, 3), Windows((1, 1), [(1, 1), (1, 1)], (1, 1), 1)),
}
PAIRS = [(form, case) for form in FORMS for case in CASES if form != "taps" or case.startswith("depthwise")]


def drawn(*shapes: tuple[int, ...]) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [rng.standard_normal(shape) for shape in shapes]


def in_torch(input: torch.Tensor, weight: torch.Tensor, windows: Windows) -> torch.Tensor:
    pads = [size for pad in reversed(windows.pads) for size in pad]
    padded = torch.nn.functional.pad(input, pads)
    dims = len(windows.stride)
    no = (0,) * dims
    return torch.convolution(padded, weight, None, windows.stride, no, windows.dilation, False, no, windows.groups)


@pytest.mark.parametrize(("form", "case"), PAIRS)
def test_each_form_and_its_gradient_match_torch(form: str, case: str) -> None:
    shape, kernel, windows = CASES[case]
    x, w = drawn(shape, kernel)
    inputs = [torch.tensor(item, requires_grad=True) for item in (x, w)]
    expected = in_torch(*inputs, windows)
    (cotangent,) = drawn(tuple(expected.shape))
    expected.backward(torch.tensor(cotangent))
    found, pull = jax.vjp(lambda x, w: FORMS[form](windows, x, w), jnp.asarray(x), jnp.asarray(w))
    np.testing.assert_allclose(found, expected.detach(), rtol=1e-11, atol=1e-12)
    for ours, theirs in zip(pull(jnp.asarray(cotangent)), inputs, strict=True):
        np.testing.assert_allclose(ours, theirs.grad, rtol=1e-11, atol=1e-12)


def test_fastest_form_is_selected_on_the_cpu() -> None:
    def form(shape: Any, kernel: Any, groups: int = 1, stride: int = 1, pad: int = 1) -> Any:
        return convolution._fastest_on_cpu(shape, kernel, Windows((stride,) * 2, [(pad, pad)] * 2, (1, 1), groups))

    assert form((1, 64, 56, 56), (64, 64, 3, 3)) is convolution._by_xla
    assert form((1, 512, 2, 2), (512, 512, 3, 3)) is convolution._by_columns
    assert form((1, 128, 28, 28), (128, 4, 3, 3), groups=32) is convolution._by_columns
    assert form((8, 64, 56, 56), (256, 64, 1, 1), pad=0) is convolution._by_columns
    assert form((1, 3, 224, 224), (192, 3, 16, 16), stride=16, pad=0) is convolution._by_columns
    assert form((1, 96, 28, 28), (96, 1, 7, 7), groups=96, pad=3) is convolution._by_taps
    assert form((1, 96, 28, 28), (96, 1, 9, 9), groups=96, pad=4) is convolution._by_columns


LARGE = ((1, 3, 64, 64), (8, 3, 3, 3))


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64", "complex64", "int64"])
def test_large_convolution_matches_torch(dtype: str) -> None:
    shape, kernel = LARGE
    assert convolution._fastest_on_cpu(shape, kernel, Windows((1, 1), [(1, 1)] * 2, (1, 1), 1)) is convolution._by_xla
    x, w = (torch.tensor(item * 4).to(getattr(torch, dtype)) for item in drawn(*LARGE))
    expected = torch.nn.functional.conv2d(x.to(_wide(x)), w.to(_wide(x)), padding=1)
    ours = jf.nn.functional.conv2d(*(jf.tensor(_numbers(item), dtype=dtype) for item in (x, w)), padding=1)
    assert ours.dtype.name == dtype
    wide, eps = _numbers(expected), EPS.get(dtype, 0)
    np.testing.assert_allclose(np.asarray(ours, wide.dtype), wide, rtol=eps, atol=40 * eps)


EPS = {"float16": 2**-10, "bfloat16": 2**-7, "float32": 2**-19, "float64": 2**-48, "complex64": 2**-18}


def _wide(tensor: torch.Tensor) -> torch.dtype:
    return torch.complex128 if tensor.is_complex() else torch.float64 if tensor.is_floating_point() else torch.int64


def _numbers(tensor: torch.Tensor) -> np.ndarray:
    return tensor.to(_wide(tensor)).numpy()


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_16_bit_convolution_accumulates_in_float32_on_any_device(dtype: str) -> None:
    # other devices run XLA's convolution and its gradient
    shape, kernel, windows = CASES["images"]
    x, w = (jnp.asarray(item, dtype) for item in drawn(shape, kernel))
    found, pull = jax.vjp(lambda x, w: convolution._by_xla(windows, x, w), x, w)
    assert found.dtype == jnp.float32
    expected, wide_pull = jax.vjp(
        lambda x, w: convolution._by_xla(windows, x, w), x.astype(jnp.float64), w.astype(jnp.float64)
    )
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)
    for ours, wide in zip(pull(jnp.ones_like(found)), wide_pull(jnp.ones_like(expected)), strict=True):
        assert ours.dtype == dtype
        np.testing.assert_allclose(ours.astype(jnp.float64), wide, rtol=EPS[dtype], atol=10 * EPS[dtype])
