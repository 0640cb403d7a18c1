"""`Variable`, a tensor with an accumulated gradient, and `backward` and `zero_grad` over Variables."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import jax
import jax.numpy as jnp
import numpy as np

from ..core.dtypes import as_array, float32
from ..core.errors import ArgumentTypeError, DTypeError, ShapeError, describe
from ..core.public import public
from .dependence import is_differentiable
from .pullback import gradients


@jax.tree_util.register_pytree_with_keys_class
@dataclass(frozen=True, init=False, eq=False, repr=False)
class Variable:
    """A tensor that accumulates its gradient: `data`, `grad` (None at first) and `requires_grad`.

    A Variable is an immutable container. `backward` returns new Variables, and the functions it differentiates get
    `data`, a plain array. It is a pytree (`requires_grad` is static), so jit and vmap accept and return it. Unlike in
    torch, `requires_grad` is True by default. JAX, NumPy and PyTorch arrays are accepted and keep their dtype.

    Raises: DTypeError for an integer or bool tensor, unless `requires_grad=False`; ShapeError for a `grad` that does
    not fit `data`.
    Torch: torch.autograd.Variable.

    >>> import jaxfun as jf
    >>> jf.Variable(jf.ones(1, 2))
    Variable([[1., 1.]], requires_grad=True)
    """

    data: jax.Array
    grad: jax.Array | None
    requires_grad: bool

    @public(name="Variable")
    def __init__(self, data: Any, requires_grad: bool = True, grad: Any = None) -> None:
        data, grad = as_array(data), None if grad is None else as_array(grad)
        if requires_grad and not is_differentiable(data):
            raise DTypeError("a floating point or complex tensor", describe(data), "Or pass requires_grad=False.")
        if grad is not None and (grad.shape, grad.dtype) != (data.shape, data.dtype):
            raise ShapeError(f"`grad` to be {describe(data)}, like `data`", describe(grad))
        self._fill(data, grad, requires_grad)

    def _fill(self, data: Any, grad: Any, requires_grad: bool) -> Self:
        for name, value in (("data", data), ("grad", grad), ("requires_grad", requires_grad)):
            object.__setattr__(self, name, value)
        return self

    def __repr__(self) -> str:
        parts = [_numbers(self.data), "" if self.grad is None else f"grad={_numbers(self.grad)}"]
        dtype = getattr(self.data, "dtype", float32)
        parts += ["" if dtype == float32 else f"dtype={dtype}", "requires_grad=True" if self.requires_grad else ""]
        return f"Variable({', '.join(filter(None, parts))})"

    def tree_flatten_with_keys(self) -> tuple[tuple[tuple[Any, Any], ...], bool]:
        """Return the named children and the static data, as JAX requires of a pytree."""
        key = jax.tree_util.GetAttrKey
        return ((key("data"), self.data), (key("grad"), self.grad)), self.requires_grad

    @classmethod
    def tree_unflatten(cls, requires_grad: bool, children: tuple[Any, ...]) -> Self:
        """Return a Variable with JAX's objects in place of the arrays."""
        return object.__new__(cls)._fill(children[0], children[1], requires_grad)


def _numbers(value: Any) -> str:
    try:
        return np.array2string(np.asarray(value, dtype=value.dtype), separator=", ", prefix="Variable(")
    except (jax.errors.TracerArrayConversionError, AttributeError):  # inside of jit, or not an array
        return repr(value)


def arrays_of(variables: tuple[Any, ...], error: type[Exception] = ArgumentTypeError) -> tuple[jax.Array, ...]:
    """Return the arrays inside of Variables; plain arrays stay as they are.

    Raises: `error` for anything else.
    """
    for variable in variables:
        if not isinstance(variable, Variable) and not hasattr(variable, "dtype"):
            raise error("Variables or tensors", describe(variable))
    return tuple(item.data if isinstance(item, Variable) else as_array(item) for item in variables)


@public(runs_callbacks=True)
def backward(f: Callable[..., Any], *variables: Any, gradient: Any = None) -> Any:
    """Differentiate `f(*variables)` and return the Variables with the gradients added to their `grad`.

    `f` is a pure function of arrays that returns a scalar. Otherwise `gradient` is the cotangent, as in torch, or a
    sequence of cotangents if `f` returns several tensors. Variables with `requires_grad=False` and plain arrays are
    constants and are returned unchanged, as is a Variable that `f` does not use. One Variable is returned as it is,
    several as a tuple. Each position is a separate variable: to share one, pass it once.

    Raises: GradientError for a result that is not a scalar without `gradient`, and for one that depends on no Variable;
    ShapeError and DTypeError for a `gradient` that does not fit.
    Torch: Tensor.backward and torch.autograd.backward.

    >>> import jaxfun as jf
    >>> v1, v2 = jf.Variable(jf.tensor([1.0, 2.0])), jf.Variable(jf.tensor([3.0]))
    >>> v1, v2 = jf.backward(lambda v1, v2: jf.sum(v1 * v2), v1, v2)
    >>> v1.grad, v2.grad
    (Array([3., 3.], dtype=float32), Array([3.], dtype=float32))
    """
    arrays = arrays_of(variables)
    active = [position for position, item in enumerate(variables) if getattr(item, "requires_grad", False)]

    def of_active(*values: jax.Array) -> Any:
        given = dict(zip(active, values, strict=True))
        return f(*(given.get(position, array) for position, array in enumerate(arrays)))

    found = dict(zip(active, gradients(of_active, [arrays[i] for i in active], gradient, name="gradient"), strict=True))
    result = tuple(_accumulated(variable, found.get(position)) for position, variable in enumerate(variables))
    return result if len(result) != 1 else result[0]


def _accumulated(variable: Any, gradient: jax.Array | None) -> Any:
    if gradient is None:
        return variable
    return Variable(variable.data, grad=gradient if variable.grad is None else variable.grad + gradient)


@public(runs_callbacks=True)
def zero_grad(*variables: Variable, set_to_none: bool = True) -> Any:
    """Return the Variables without their gradients, or with zeros instead if `set_to_none` is False.

    A `grad` that is None stays None, as in torch. One Variable is returned as it is, several as a tuple.

    Raises: ArgumentTypeError for anything but Variables.
    Torch: torch.optim.Optimizer.zero_grad and torch.nn.Module.zero_grad.

    >>> import jaxfun as jf
    >>> v = jf.backward(lambda v: jf.sum(v**2), jf.Variable(jf.tensor([1.0, 2.0])))
    >>> jf.zero_grad(v), jf.zero_grad(v, set_to_none=False).grad
    (Variable([1., 2.], requires_grad=True), Array([0., 0.], dtype=float32))
    """
    for variable in variables:
        if not isinstance(variable, Variable):
            raise ArgumentTypeError("Variables", describe(variable))
    result = tuple(
        Variable(item.data, item.requires_grad, None if set_to_none or item.grad is None else jnp.zeros_like(item.grad))
        for item in variables
    )
    return result if len(result) != 1 else result[0]
