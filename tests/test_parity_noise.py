"""Noise in the reference: each operation that rounds is perturbed by its rounding error, exact operations are not."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from jaxfun.parity.run import noise, torch_side
from jaxfun.parity.run.case import Arguments, Case, Slot
from jaxfun.parity.run.noise import Rounded
from jaxfun.parity.run.oracle import Oracle, _parts_beyond
from jaxfun.parity.run.reference import Reference, Theirs

STEP = 1e-6
F = torch.nn.functional


def moved(function: Callable[..., torch.Tensor], *numbers: list[float]) -> float:
    """Return the largest change of the result over a few runs."""
    tensors = [torch.tensor(item, dtype=torch.float64) for item in numbers]
    exact = function(*tensors)
    with Rounded(STEP, torch.float32, seed=0):
        return max(float((function(*tensors) - exact).abs().max()) for _ in range(8))


def slope(function: Callable[[torch.Tensor], torch.Tensor], number: list[float]) -> list[float]:
    x = torch.tensor(number, dtype=torch.float64, requires_grad=True)
    with Rounded(STEP, torch.float32, seed=0):
        return torch.autograd.grad(function(x).sum(), x)[0].tolist()


EXACT = {
    "a sum of halves": lambda x: x + 0.5,
    "a product by 2": lambda x: x * 2,
    "a quotient by 4": lambda x: x / 4,
    "a sum of whole numbers": lambda x: x.sum(),
    "a product of whole matrices": lambda x: x[:, None] @ x[None, :],
    "a choice": torch.relu,
    "an absolute value": torch.abs,
    "a sort": lambda x: torch.sort(x).values,
    "a concatenation": lambda x: torch.cat([x, x]),
    "a sum in place": lambda x: x.clone().add_(0.5),
    "a shape in place": lambda x: x[None].squeeze_().transpose_(0, 0),
    "a choice in place": lambda x: x.clone().relu_(),
}


@pytest.mark.parametrize("name", EXACT)
def test_exact_ops_get_no_noise(name: str) -> None:
    assert moved(EXACT[name], [1.0, -2.0, 3.0]) == 0


def _row_scaled(x: torch.Tensor) -> torch.Tensor:
    x[1].mul_(0.1)
    return x


def _each_scaled(tensors: list[torch.Tensor]) -> list[torch.Tensor]:
    torch._foreach_mul_(tensors, 0.1)
    return tensors


ROUNDED = {
    "an elementary function": torch.tanh,
    "a product": lambda x: x * 0.1,
    "a fused kernel": lambda x: F.layer_norm(x, (3,)),
    "a softmax": lambda x: torch.softmax(x, 0),
    "a product in place": lambda x: x.clone().mul_(0.1),
    "a power in place": lambda x: x.abs().pow_(1.1),
    "a part of a tensor in place": lambda x: _row_scaled(x.repeat(2, 1)),
    "several tensors in place": lambda x: _each_scaled([x.clone(), x.clone()])[1],
    "a complex product": lambda x: torch.view_as_real(torch.complex(x, x) * 0.1j),
}


@pytest.mark.parametrize("name", ROUNDED)
def test_rounding_ops_get_noise_of_about_one_ulp(name: str) -> None:
    assert 0.1 * STEP < moved(ROUNDED[name], [1.0, -2.0, 3.5]) < 50 * STEP


def test_noise_of_a_sum_scales_with_its_terms() -> None:
    assert 0.1 * 2e8 * STEP < moved(torch.sum, [1e8 + 0.125, -1e8, 1.0]) <= 3e8 * STEP


def test_fused_kernel_is_decomposed() -> None:
    assert moved(lambda x: F.layer_norm(x, (3,)), [1e6 + 0.3, 1e6 + 1.1, 1e6 + 2.7]) > 1e4 * STEP, "its mean rounds"


def test_mean_inside_variance_rounds_unless_numbers_are_equal() -> None:
    assert moved(torch.std, [1e6 + 0.3, 1e6 + 1.1, 1e6 + 2.7]) > 1e2 * STEP
    assert moved(lambda x: torch.var(torch.complex(x, x)), [1e6 + 0.3, 1e6 + 1.1, 1e6 + 2.7]) > 1e2 * STEP
    equal = [1 + 2.0**-20] * 7
    assert moved(torch.std, equal) == 0
    assert moved(lambda x: torch.var_mean(x, ())[0], equal) == 0


def test_saturated_softmax_has_a_noisy_gradient() -> None:
    weights = torch.tensor([1.0, 2.0], dtype=torch.float64)
    assert any(slope(lambda x: torch.softmax(x, 0) * weights, [0.0, 100.0]))


def test_noise_keeps_ties() -> None:
    assert slope(lambda x: torch.relu(x * 2 - 3), [1.5]) == [0.0]
    assert slope(lambda x: torch.amax(x * 0.5, 0), [3.0, 3.0]) == [0.25, 0.25]


def test_noise_ends_with_the_block_even_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), Rounded(STEP, torch.float32, seed=0):
        raise ZeroDivisionError
    assert moved(torch.tanh, [0.5]) > 0
    assert torch.tanh(torch.tensor(0.5)) == torch.tanh(torch.tensor(0.5))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # forward mode loads PyTorch's own scripts
def test_error_inside_vmap_restores_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    batched = torch_side.batched(lambda x: [torch.linalg.vector_norm(x, 3, 0)])
    x, forward = torch.ones(2, 8), torch.autograd.forward_ad
    # an operation that refuses its arguments: PyTorch fails again while it writes the message, inside a layer
    wrong = {torch.ops.aten.pow_.Scalar: torch.ops.aten.pow.Scalar}
    monkeypatch.setattr(noise, "_pure_of", wrong.get)
    with pytest.raises(RuntimeError), Rounded(STEP, torch.float32, seed=0), forward.dual_level():
        batched(forward.make_dual(x, x))
    torch.testing.assert_close(batched(x), [torch.full((2,), 2.0)])


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # forward mode loads PyTorch's own scripts
def test_each_scale_belongs_to_its_result() -> None:
    x = np.linspace(-2, 2, 7, dtype=np.float32)[None]
    arguments = Arguments((Slot(0),), {})
    case = Case((x,), arguments, arguments, ("given",))
    oracle = Oracle(Theirs(lambda x: (x.argmax(), torch.tanh(x)), case))
    oracle.results([0])
    assert [item.shape for item in oracle.rounding.scale_at("value", 0, "precisions")] == [(), (7,)]
    (of_tangent,) = oracle.rounding.scale_at("jvp", 0, "precisions")  # an index has no scale
    assert of_tangent.shape == (7,)
    assert of_tangent.any()


@pytest.mark.parametrize(("own", "wide", "is_another"), [(0.0, 1.6e-12, False), (0.0995, 0.278, True)])
def test_digits_lost_beside_the_largest_element_are_not_a_difference(own: float, wide: float, is_another: bool) -> None:
    plain, exact = np.float32([-5.5, own]), np.array([-5.5, wide])
    found = Reference({"value": [plain]}, {"value": [exact]}, True)
    assert _parts_beyond(found, {"value": [np.zeros(2)]}) == is_another
