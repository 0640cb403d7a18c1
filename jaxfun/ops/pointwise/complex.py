"""Complex numbers: construction, real and imaginary parts, angle and conjugate."""

from typing import Any

import jax
import jax.numpy as jnp

from ...core.checks import want_one_dtype
from ...core.dims import broadcast_shapes
from ...core.dtypes import Kind, bfloat16, float16
from ...core.errors import ShapeError, UnsupportedDTypeError, describe
from ...core.op import op
from ...core.record import BOOLS, FLOATS, INTEGERS, NOT_FLOATS, Array, rows
from .arithmetic import sgn

_NO_PARTS = frozenset({float16, bfloat16})


@op(kind=None, rejects=NOT_FLOATS | {bfloat16})
def complex(real: Array, imag: Array) -> jax.Array:
    """Return complex numbers with the given real and imaginary parts, both float32 or both float64.

    Raises: RuntimeError for other dtypes, and for two different dtypes.

    >>> import jaxfun as jf
    >>> jf.complex(jf.tensor([1.0, 2.0]), jf.tensor([0.0, -1.0]))
    Array([1.+0.j, 2.-1.j], dtype=complex64)
    """
    if real.dtype == imag.dtype == float16:
        raise UnsupportedDTypeError("float32 or float64", f"{describe(real)} and {describe(imag)}")
    return jax.lax.complex(*_both(real, imag))


@op(kind=None, rejects=NOT_FLOATS | _NO_PARTS)
def polar(abs: Array, angle: Array) -> jax.Array:
    """Return complex numbers with the given absolute values and angles (in radians), both float32 or both float64.

    Gradient: for `abs` it is 0 at 0, and has the wrong sign below 0, as in torch.
    Raises: RuntimeError for other dtypes, and for two different dtypes.

    >>> import jaxfun as jf
    >>> jf.polar(jf.tensor([1.0, 2.0]), jf.tensor([0.0, 0.5]))
    Array([1.       +0.j       , 1.7551651+0.9588511j], dtype=complex64)
    """
    return _polar(*_both(abs, angle))


def _both(one: jax.Array, other: jax.Array) -> list[jax.Array]:
    want_one_dtype(one, other)
    broadcast_shapes(one.shape, other.shape)
    return jnp.broadcast_arrays(one, other)


@jax.custom_jvp
def _polar(size: jax.Array, angle: jax.Array) -> jax.Array:
    return jax.lax.complex(size * jnp.cos(angle), size * jnp.sin(angle))


@_polar.defjvp
def _polar_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    # computed from the result, as torch's gradient is
    result = _polar(*primals)
    d_size, d_angle = (tangent.astype(result.dtype) for tangent in tangents)
    return result, d_size * sgn(result) + d_angle * (1j * result)


@op(
    kind=None,
    overload=("", "view_as_real_copy.default"),
    aliases=("view_as_real_copy",),
    rejects=BOOLS | INTEGERS | FLOATS,
)
def view_as_real(input: Array) -> jax.Array:
    """Return the real and imaginary parts of complex numbers as a new last dimension of size 2.

    Raises: NotImplementedError for dtypes that are not complex.

    >>> import jaxfun as jf
    >>> jf.view_as_real(jf.tensor([1 + 2j, 3 - 4j]))
    Array([[ 1.,  2.],
           [ 3., -4.]], dtype=float32)
    """
    return jnp.stack([input.real, input.imag], axis=-1)


view_as_real_copy = view_as_real


@op(
    kind=None,
    overload=("", "view_as_complex_copy.default"),
    aliases=("view_as_complex_copy",),
    cases=rows("input", ("2",), ("n 2",), ("m n 2",)),
    rejects=NOT_FLOATS | _NO_PARTS,
)
def view_as_complex(input: Array) -> jax.Array:
    """Return complex numbers from a last dimension of size 2: the real and imaginary parts.

    Raises: RuntimeError for another size, and for a dtype other than float32 and float64.

    >>> import jaxfun as jf
    >>> jf.view_as_complex(jf.tensor([[1.0, 2.0], [3.0, -4.0]]))
    Array([1.+2.j, 3.-4.j], dtype=complex64)
    """
    if input.ndim == 0 or input.shape[-1] != 2:
        raise ShapeError("a last dimension of size 2", describe(input))
    return jax.lax.complex(input[..., 0], input[..., 1])


view_as_complex_copy = view_as_complex


@op(kind=None, composite=True)
def real(input: Array) -> jax.Array:
    """Return the real part of each element; a real tensor is returned unchanged.

    >>> import jaxfun as jf
    >>> jf.real(jf.tensor([1 + 2j, 3 - 4j]))
    Array([1., 3.], dtype=float32)
    """
    return input.real


@op(kind=None, composite=True, rejects=BOOLS | INTEGERS | FLOATS)
def imag(input: Array) -> jax.Array:
    """Return the imaginary part of each element.

    Raises: RuntimeError for a dtype that is not complex.

    >>> import jaxfun as jf
    >>> jf.imag(jf.tensor([1 + 2j, 3 - 4j]))
    Array([ 2., -4.], dtype=float32)
    """
    return input.imag


@op(kind=None, composite=True)
def conj(input: Array) -> jax.Array:
    """Return the complex conjugate of each element; a real tensor is returned unchanged.

    >>> import jaxfun as jf
    >>> jf.conj(jf.tensor([1 + 2j, 3 - 4j]))
    Array([1.-2.j, 3.+4.j], dtype=complex64)
    """
    return jnp.conj(input) if jnp.iscomplexobj(input) else input


@op(kind=None, composite=True)
def conj_physical(input: Array) -> jax.Array:
    """Return the complex conjugate of each element, like `conj`: JAX has no lazy conjugation.

    >>> import jaxfun as jf
    >>> jf.conj_physical(jf.tensor([1 + 2j, 3 - 4j]))
    Array([1.-2.j, 3.+4.j], dtype=complex64)
    """
    return jnp.conj(input) if jnp.iscomplexobj(input) else input


@op(kind=None, composite=True)
def resolve_conj(input: Array) -> jax.Array:
    """Return `input` unchanged: JAX has no lazy conjugation.

    >>> import jaxfun as jf
    >>> jf.resolve_conj(jf.tensor([1 + 2j]))
    Array([1.+2.j], dtype=complex64)
    """
    return input


@op(kind=None, composite=True)
def resolve_neg(input: Array) -> jax.Array:
    """Return `input` unchanged: JAX has no lazy negation.

    >>> import jaxfun as jf
    >>> jf.resolve_neg(jf.tensor([1.0]))
    Array([1.], dtype=float32)
    """
    return input


@op(kind=Kind.INT_TO_FLOAT)
def angle(input: Array) -> jax.Array:
    """Return the angle of each element in radians. For a real element: pi if negative, else 0; NaN for NaN.

    Gradient: 0 at 0, and for real elements.

    >>> import jaxfun as jf
    >>> jf.angle(jf.tensor([1 + 1j, -1j])), jf.angle(jf.tensor([-1.5, 0.0]))
    (Array([ 0.7853982, -1.5707964], dtype=float32), Array([3.1415927, 0.       ], dtype=float32))
    """
    if jnp.iscomplexobj(input):
        return _angle(input)
    flat = jax.lax.stop_gradient(input)
    return jnp.where(jnp.isnan(flat), flat, jnp.where(flat < 0, jnp.asarray(jnp.pi, flat.dtype), 0))


@jax.custom_jvp
def _angle(input: jax.Array) -> jax.Array:
    return jnp.arctan2(input.imag, input.real)


@_angle.defjvp
def _angle_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    # d arg z = Im(conj(z) dz) / |z|²
    (input,), (tangent,) = primals, tangents
    size = (input.real * input.real + input.imag * input.imag).astype(input.dtype)
    return _angle(input), (jnp.where(input == 0, 0, jnp.conj(input) / size) * tangent).imag


@op(kind=Kind.ALWAYS_BOOL, node="")
def isreal(input: Array) -> jax.Array:
    """Return whether the imaginary part of each element is 0.

    >>> import jaxfun as jf
    >>> jf.isreal(jf.tensor([1 + 0j, 1j]))
    Array([ True, False], dtype=bool)
    """
    return jnp.isreal(input)
