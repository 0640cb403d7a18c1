"""The gradients of the incomplete gamma functions. torch has only one of them, but the generic suite needs both."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch

import jaxfun as jf

ORDERS, ARGUMENTS = map(np.ravel, np.meshgrid([0.3, 1.0, 2.5, 40.0, 300.0], [0.05, 0.9, 3.0, 38.0, 310.0]))


@pytest.mark.parametrize("name", ["igamma", "igammac"])
def test_gradient_for_other_matches_torch(name: str) -> None:
    function, x = getattr(jf, name), torch.tensor(ARGUMENTS, requires_grad=True)
    (slope,) = torch.autograd.grad(getattr(torch, name)(torch.tensor(ORDERS), x).sum(), x, create_graph=True)
    (bend,) = torch.autograd.grad(slope.sum(), x)
    first = jax.grad(lambda x: jnp.sum(function(jnp.asarray(ORDERS), x)))
    second = jax.grad(lambda x: jnp.sum(first(x)))
    np.testing.assert_allclose(first(jnp.asarray(ARGUMENTS)), slope.detach().numpy(), rtol=1e-10)
    np.testing.assert_allclose(second(jnp.asarray(ARGUMENTS)), bend.numpy(), rtol=1e-10)


@pytest.mark.parametrize("name", ["igamma", "igammac"])
def test_gradient_for_input_matches_finite_differences_of_torch(name: str) -> None:
    step, is_exact = 1e-4, ORDERS < 20  # above, torch itself is accurate to nine digits
    orders, arguments = ORDERS[is_exact], ARGUMENTS[is_exact]
    above, below = (
        getattr(torch, name)(torch.tensor(orders + move), torch.tensor(arguments)).numpy() for move in (step, -step)
    )
    got = jax.grad(lambda a: jnp.sum(getattr(jf, name)(a, jnp.asarray(arguments))))(jnp.asarray(orders))
    np.testing.assert_allclose(got, (above - below) / (2 * step), rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize(("dtype", "digits"), [("float32", 2e-6), ("float64", 3e-8)])  # torch has nine: see the record
@pytest.mark.parametrize("name", ["igamma", "igammac"])
def test_every_region_is_as_accurate_as_torch(name: str, dtype: str, digits: float) -> None:
    a, x = map(np.ravel, np.meshgrid(*[np.geomspace(1e-2, 2e3, 120).astype(dtype)] * 2))
    wide = [torch.tensor(item).double() for item in (a, x)]
    want = getattr(torch, name)(*wide).numpy()
    got = np.asarray(getattr(jf, name)(jnp.asarray(a), jnp.asarray(x)))
    # one ULP of either argument changes the result by as much
    moved = torch.exp(wide[0] * torch.log(wide[1]) - wide[1] - torch.lgamma(wide[0])).numpy()
    np.testing.assert_array_less(np.abs(got - want), 1e-30 + digits * want + 8 * np.finfo(dtype).eps * moved)
