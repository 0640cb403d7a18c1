"""torch's dtypes, aliases and promotion rules, as data; the dtype of a value; casts.

A dtype is a value of its own (`jaxfun.float32`), equal to NumPy's and accepted wherever JAX takes a dtype. There is no
default dtype to set: functions take `dtype=`, and where torch would use its default they use float32.
"""

import builtins
import enum
from collections.abc import Callable
from functools import cache, reduce
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .errors import ArgumentTypeError, X64DisabledError, describe
from .public import public
from .sizes import is_open


class Category(enum.IntEnum):
    """torch's four categories, from low to high: in a promotion the highest wins."""

    BOOL = 0
    INTEGER = 1
    FLOAT = 2
    COMPLEX = 3


class Kind(enum.Enum):
    """What an op does to dtypes, in torch's own six words (`torch._prims_common`).

    DEFAULT promotes and computes 16-bit floats in float32; NO_OPMATH promotes only; INT_TO_FLOAT turns integers to
    float32 first; ALWAYS_BOOL gives bool; COMPLEX_TO_FLOAT gives the real dtype; BOOL_TO_LONG gives int64 for integers.
    """

    DEFAULT = "default"
    NO_OPMATH = "no_opmath"
    INT_TO_FLOAT = "int_to_float"
    ALWAYS_BOOL = "always_bool"
    COMPLEX_TO_FLOAT = "complex_to_float"
    BOOL_TO_LONG = "bool_to_long"


class DType:
    """One of torch's dtypes. A call casts an array: `jf.double(x)` is torch's `x.double()`.

    Torch: torch.dtype, and Tensor.double() and its kin.

    >>> import jaxfun as jf
    >>> jf.float32 == "float32", jf.float is jf.float32
    (True, True)
    >>> jf.int32(jf.tensor([1.9, -1.9]))
    Array([ 1, -1], dtype=int32)
    """

    __slots__ = ("category", "dtype", "itemsize", "name", "tensor_name")

    def __init__(self, name: str, category: Category, tensor_name: str) -> None:
        self.name, self.category, self.tensor_name = name, category, tensor_name
        self.dtype = jnp.dtype(name)  # NumPy and JAX accept an object with this attribute as a dtype
        self.itemsize = self.dtype.itemsize

    def __repr__(self) -> str:
        return f"jaxfun.{self.name}"

    def __hash__(self) -> builtins.int:
        return hash(self.dtype)

    def __eq__(self, other: object) -> builtins.bool:
        if isinstance(other, DType):
            return self.name == other.name
        try:
            return self.dtype == other
        except TypeError:
            return False

    def __call__(self, input: Any) -> jax.Array:
        """Return `input` cast to this dtype."""
        return cast(input, self)

    def __reduce__(self) -> tuple[Callable[[str], "DType"], tuple[str]]:
        return as_dtype, (self.name,)

    @property
    def is_floating_point(self) -> builtins.bool:
        """True for float16, bfloat16, float32 and float64. Torch: torch.dtype.is_floating_point."""
        return self.category is Category.FLOAT

    @property
    def is_complex(self) -> builtins.bool:
        """True for complex64 and complex128. Torch: torch.dtype.is_complex."""
        return self.category is Category.COMPLEX

    def to_real(self) -> "DType":
        """Return the dtype of a complex number's parts, or itself. Torch: torch.dtype.to_real."""
        return _TO_REAL.get(self.name, self)


bool = DType("bool", Category.BOOL, "BoolTensor")
uint8 = DType("uint8", Category.INTEGER, "ByteTensor")
int8 = DType("int8", Category.INTEGER, "CharTensor")
int16 = DType("int16", Category.INTEGER, "ShortTensor")
int32 = DType("int32", Category.INTEGER, "IntTensor")
int64 = DType("int64", Category.INTEGER, "LongTensor")
float16 = DType("float16", Category.FLOAT, "HalfTensor")
bfloat16 = DType("bfloat16", Category.FLOAT, "BFloat16Tensor")
float32 = DType("float32", Category.FLOAT, "FloatTensor")
float64 = DType("float64", Category.FLOAT, "DoubleTensor")
complex64 = DType("complex64", Category.COMPLEX, "ComplexFloatTensor")
complex128 = DType("complex128", Category.COMPLEX, "ComplexDoubleTensor")

# torch's aliases
short, int, long = int16, int32, int64
half, float, double = float16, float32, float64
cfloat, cdouble = complex64, complex128

DTYPES: tuple[DType, ...] = (
    bool,
    uint8,
    int8,
    int16,
    int32,
    int64,
    float16,
    bfloat16,
    float32,
    float64,
    complex64,
    complex128,
)
_ALIASES = {
    "short": short,
    "int": int,
    "long": long,
    "half": half,
    "float": float,
    "double": double,
    "cfloat": cfloat,
    "cdouble": cdouble,
}
_BY_NAME = {dtype.name: dtype for dtype in DTYPES} | _ALIASES
_TO_REAL = {"complex64": float32, "complex128": float64}
_TO_COMPLEX = {"float16": complex64, "bfloat16": complex64, "float32": complex64, "float64": complex128}
_SHORT: dict[str, DType] = dict(
    zip(("b1", "u1", "i1", "i2", "i4", "i8", "f2", "bf", "f4", "f8", "c8", "cx"), DTYPES, strict=True)
)

# row promoted with column, both in the order of DTYPES
_PROMOTION = {
    row: dict(zip(DTYPES, (_SHORT[cell] for cell in cells.split()), strict=True))
    for row, cells in zip(
        DTYPES,
        (
            "b1 u1 i1 i2 i4 i8 f2 bf f4 f8 c8 cx",  # bool
            "u1 u1 i2 i2 i4 i8 f2 bf f4 f8 c8 cx",  # uint8
            "i1 i2 i1 i2 i4 i8 f2 bf f4 f8 c8 cx",  # int8
            "i2 i2 i2 i2 i4 i8 f2 bf f4 f8 c8 cx",  # int16
            "i4 i4 i4 i4 i4 i8 f2 bf f4 f8 c8 cx",  # int32
            "i8 i8 i8 i8 i8 i8 f2 bf f4 f8 c8 cx",  # int64
            "f2 f2 f2 f2 f2 f2 f2 f4 f4 f8 c8 cx",  # float16
            "bf bf bf bf bf bf f4 bf f4 f8 c8 cx",  # bfloat16
            "f4 f4 f4 f4 f4 f4 f4 f4 f4 f8 c8 cx",  # float32
            "f8 f8 f8 f8 f8 f8 f8 f8 f8 f8 cx cx",  # float64
            "c8 c8 c8 c8 c8 c8 c8 c8 c8 cx c8 cx",  # complex64
            "cx cx cx cx cx cx cx cx cx cx cx cx",  # complex128
        ),
        strict=True,
    )
}

# the dtype of a Python number in a promotion, and of a Python type
_SCALARS = {builtins.bool: bool, builtins.int: int64, builtins.float: float32, complex: complex64}
_BY_NUMPY = {dtype.dtype: dtype for dtype in DTYPES}
_TYPES = {builtins.bool: bool, builtins.int: int64, builtins.float: float64, complex: complex128}


def as_dtype(dtype: Any) -> DType:
    """Return jaxfun's dtype for a name, an alias, a Python type or a dtype of NumPy, JAX or PyTorch.

    Python's `float` is float64 and `complex` complex128, as to torch; `jaxfun.float` is float32, as `torch.float` is.
    Raises: ArgumentTypeError for anything that is not one of torch's twelve dtypes.

    >>> as_dtype("double"), as_dtype(np.int8), as_dtype(builtins.float)
    (jaxfun.float64, jaxfun.int8, jaxfun.float64)
    """
    if isinstance(dtype, DType):
        return dtype
    if isinstance(dtype, np.dtype) and dtype in _BY_NUMPY:  # a dtype of another byte order is not in the table
        return _BY_NUMPY[dtype]
    if isinstance(dtype, builtins.type) and dtype in _TYPES:
        return _TYPES[dtype]
    name = dtype if isinstance(dtype, str) else str(dtype)
    found = _BY_NAME.get(name.removeprefix("torch."))
    if found is None and not isinstance(dtype, str):
        try:
            found = _BY_NAME.get(jnp.dtype(dtype).name)
        except TypeError:
            found = None
    if found is None:
        raise ArgumentTypeError(f"a dtype, one of {', '.join(_BY_NAME)}", describe(dtype))
    return found


def computed_in(dtype: DType) -> DType:
    """Return the dtype that torch's kernels compute in: float32 for 16-bit floats. The result is rounded once."""
    return float32 if dtype.is_floating_point and dtype.itemsize == 2 else dtype


def widened(input: jax.Array) -> jax.Array:
    """Return an array in the dtype that torch's kernels compute in."""
    return input.astype(computed_in(as_dtype(input.dtype)).dtype)


def x64_enabled() -> builtins.bool:
    """Return whether 64-bit types are enabled in JAX (`jax_enable_x64`, also as a context manager)."""
    return jax.dtypes.canonicalize_dtype(np.int64) == np.int64


def canonical(dtype: DType) -> DType:
    """Return `dtype`, or its 32-bit counterpart while JAX's 64-bit types are disabled."""
    return dtype if dtype.itemsize < 8 else as_dtype(jax.dtypes.canonicalize_dtype(dtype.dtype))


def required(dtype: Any) -> DType:
    """Return the dtype that a user asked for.

    Raises: X64DisabledError where it has 64 bits and JAX's 64-bit types are off.
    """
    wanted = as_dtype(dtype)
    if canonical(wanted) != wanted:
        raise X64DisabledError(
            "JAX's 64-bit types to be on",
            f"{wanted.name} with jax_enable_x64 off",
            f'Turn it on with jax.config.update("jax_enable_x64", True) before the first array, '
            f"or ask for {canonical(wanted).name}.",
        )
    return wanted


def as_array(value: Any) -> jax.Array:
    """Return a JAX array for an array of JAX, NumPy, PyTorch or any DLPack library, dtype kept.

    Raises: X64DisabledError for 64 bits with JAX's 64-bit types off; ArgumentTypeError for what is not an array.
    """
    if isinstance(value, jax.Array):
        return value
    if isinstance(value, (np.ndarray, np.generic)):
        required(value.dtype)
        # a copy by NumPy, in native byte order: JAX may share the buffer or read it later, and would see a write
        return jnp.asarray(np.array(value, value.dtype.newbyteorder("="), copy=True))
    if not hasattr(value, "__dlpack__"):
        raise ArgumentTypeError("a tensor (a JAX, NumPy or PyTorch array)", describe(value))
    required(value.dtype)
    return _from_dlpack(value)


# the lazy properties of a torch tensor that are resolved before an export, in this order
_PLAIN = ("detach", "resolve_conj", "resolve_neg", "contiguous")


def plain(tensor: Any) -> Any:
    """Return another library's tensor without gradient, lazy conjugation or negation, contiguous in memory."""
    return reduce(lambda value, name: getattr(value, name, lambda: value)(), _PLAIN, tensor)


def _from_dlpack(value: Any) -> jax.Array:
    # a copy: only jaxfun.from_dlpack shares memory
    return jnp.array(jnp.from_dlpack(plain(value)), copy=True).block_until_ready()


@cache
def _converter(dtype: DType) -> Callable[[jax.Array], jax.Array]:
    def convert(input: jax.Array) -> jax.Array:
        if dtype.category is Category.BOOL:
            return input.astype(builtins.bool) if not jnp.iscomplexobj(input) else (input.real != 0) | (input.imag != 0)
        real = input.real if jnp.iscomplexobj(input) and not dtype.is_complex else input
        return jax.lax.convert_element_type(real, dtype.dtype)

    convert.__name__ = "jaxfun.to.dtype"  # the tape reads the step's name off the jaxpr
    return jax.jit(convert)


def cast(input: Any, dtype: Any) -> jax.Array:
    """Return `input` cast to `dtype`: towards zero from float to integer, the real part from complex to real."""
    wanted = required(dtype)
    array = jnp.asarray(input) if isinstance(input, _PYTHON) else as_array(input)
    return array if as_dtype(array.dtype) == wanted else _converter(wanted)(array)


_PYTHON = (builtins.bool, builtins.int, builtins.float, complex)
_NUMBERS = (*_PYTHON, np.generic)


def is_scalar(value: Any) -> builtins.bool:
    """Return whether torch would treat `value` as a Python number: one, a 0-dim weakly typed array, an open size."""
    if isinstance(value, _NUMBERS):
        return True
    return (builtins.bool(getattr(value, "weak_type", False)) and np.ndim(value) == 0) or is_open(value)


def of(value: Any) -> DType:
    """Return the dtype of a value in a promotion. For a Python number it is torch's default of its category."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, _PYTHON):
        return _SCALARS[builtins.type(value)]
    if is_open(value):
        return int64
    if is_scalar(value):
        return _SCALARS[_PYTHON[as_dtype(value.dtype).category]]
    if not hasattr(value, "dtype"):
        raise ArgumentTypeError("tensors or numbers", describe(value))
    return as_dtype(value.dtype)


@public
def promote_types(type1: Any, type2: Any) -> DType:
    """Return the smallest dtype that can represent both. Torch: torch.promote_types.

    >>> promote_types(int64, float16), promote_types(uint8, int8)
    (jaxfun.float16, jaxfun.int16)
    """
    return _PROMOTION[as_dtype(type1)][as_dtype(type2)]


@public
def result_type(*tensors: Any) -> DType:
    """Return the dtype of an arithmetic operation on tensors and Python numbers. Torch: torch.result_type.

    A tensor with dimensions outranks a 0-dim tensor, which outranks a number, unless the other's category is higher.
    torch has complex32 and JAX has not: where torch answers complex32, this answers complex64.

    >>> import jaxfun as jf
    >>> result_type(jf.ones(2, dtype=jf.int8), 1), result_type(jf.ones(2, dtype=jf.int8), 1.0)
    (jaxfun.int8, jaxfun.float32)
    """
    ranks: tuple[list[DType], list[DType], list[DType]] = ([], [], [])  # numbers, 0-dim tensors, tensors
    for value in tensors:
        ranks[0 if is_scalar(value) else 1 if np.ndim(value) == 0 else 2].append(of(value))
    return reduce(_combine, (reduce(promote_types, rank) for rank in reversed(ranks) if rank))


def _combine(higher: DType, lower: DType) -> DType:
    # a lower rank matters only if its category is higher
    if lower.category <= higher.category:
        return higher
    return _TO_COMPLEX[higher.name] if lower.is_complex and higher.is_floating_point else lower


@public
def can_cast(from_: Any, to: Any) -> builtins.bool:
    """Return whether torch's rules let `from_` be cast to `to` in place. Torch: torch.can_cast.

    >>> can_cast(double, float), can_cast(float, int)
    (True, False)
    """
    source, target = as_dtype(from_).category, as_dtype(to).category
    if target is Category.BOOL:
        return source is Category.BOOL
    return source <= target or target is Category.INTEGER >= source


@public
def is_floating_point(input: Any) -> builtins.bool:
    """Return whether the tensor's dtype is a floating point one. Torch: torch.is_floating_point.

    >>> is_floating_point(np.zeros(2))
    True
    """
    return _tensor_dtype(input).is_floating_point


@public
def is_complex(input: Any) -> builtins.bool:
    """Return whether the tensor's dtype is complex. Torch: torch.is_complex.

    >>> is_complex(np.zeros(2, np.complex64))
    True
    """
    return _tensor_dtype(input).is_complex


def _tensor_dtype(input: Any) -> DType:
    if not hasattr(input, "dtype") or not hasattr(input, "shape"):
        raise ArgumentTypeError("a tensor", describe(input))
    return as_dtype(input.dtype)
