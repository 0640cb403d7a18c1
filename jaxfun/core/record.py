"""The record of an op: its torch function, promotion, arguments, unsupported dtypes and name on the tape, as data.

Begin with `Op`. The decorator `op` makes a record. The casts, the parity suite's inputs and its reference, and the
documentation are all derived from it.
"""

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .dtypes import DTYPES, Category, DType, Kind
from .roles import TRACED as TRACED
from .roles import AnyDType as AnyDType
from .roles import Array as Array
from .roles import Dim as Dim
from .roles import Dims as Dims
from .roles import Factor as Factor
from .roles import Integer as Integer
from .roles import Mask as Mask
from .roles import Operand as Operand
from .roles import OptionalInteger as OptionalInteger
from .roles import Role as Role
from .roles import Sizes as Sizes
from .roles import Tensors as Tensors
from .signatures import call_of, variadic
from .types import Number as Number

# Descriptors of arguments, for what an annotation does not say.


@dataclass(frozen=True)
class Shape:
    """A tensor of named sizes: `"m k"` is a matrix; one name is one size across the arguments; `"*"` is any shape.

    A sequence of tensors has its items between commas: `"m k, m n"` is two matrices with as many rows.
    """

    names: str
    values: str = ""  # a property of its numbers: "sorted", "invertible"
    dtypes: tuple[str, ...] = ()  # if they differ from the dtype of the first tensor


@dataclass(frozen=True)
class Index:
    """Indices into the argument `into`, along its dimension `dim`, or into the flattened tensor if `dim` is "".

    `dim` names an argument, or is the dimension itself. `names` are sizes as in `Shape`. `distinct`: no index occurs
    twice along that dimension. In a sequence each tensor has indices of the next dimension. If `into` is an integer,
    the indices are below it.
    """

    names: str
    into: str
    dim: str | int = "dim"
    distinct: bool = False
    negative: bool = False  # -1 for the last index is accepted too
    ignored: int | None = None  # an index out of range that is accepted too and selects nothing
    values: str = ""  # "offsets": sorted, from 0; "offsets and end": with the size at the end;
    # "batch sizes": that do not increase, with the size as their sum
    dtypes: tuple[str, ...] = ("int64",)


@dataclass(frozen=True)
class Choice:
    """One of these values."""

    values: tuple[Any, ...]


@dataclass(frozen=True)
class Scalar:
    """A Python number between two bounds, or None where `optional`."""

    low: float = -3.0
    high: float = 3.0
    optional: bool = False


@dataclass(frozen=True)
class Size:
    """A size that fits the first tensor: for "reshape" (same number of elements), "expand" or "permute"."""

    of: str


# One case of `Op.cases`: for each argument the sizes of a tensor by name, a descriptor, or the value itself.
Row = Mapping[str, Any]


def rows(names: str, *values: Any) -> tuple[Row, ...]:
    """Return one case for each of `values`: the values of the named arguments. A single value needs no tuple.

    >>> rows("input dim", ("m n", 0), ("b m n", -1))
    ({'input': 'm n', 'dim': 0}, {'input': 'b m n', 'dim': -1})
    >>> rows("input", "m n", "n")
    ({'input': 'm n'}, {'input': 'n'})
    """
    each = (value if isinstance(value, tuple) else (value,) for value in values)
    return tuple(dict(zip(names.split(), row, strict=True)) for row in each)


@dataclass(frozen=True, repr=False)
class Op:
    """One op: one formula for one or more overloads of a torch operator.

    - `aten`: torch's names of the overloads (`pow.Tensor_Scalar`; `exp` for a default overload). The first is the op's
      unique `name`. In a jaxpr the op is `jaxfun.pow.Tensor_Scalar`.
    - `torch`: the dotted name of the reference, a Python function. The public name follows: `torch.sum` gives
      `jaxfun.sum`.
    - `node`: the name of torch's `grad_fn`, "" for an op without gradient. A `composite` is several nodes in torch, and
      one node with jaxfun's name on the tape.
    - `determines`: a function of the results, for an op whose results are not unique (the signs of singular vectors).
      Its value is unique, and is compared.
    """

    aten: tuple[str, ...]
    torch: str
    kind: Kind | None
    signature: inspect.Signature
    roles: Mapping[str, Role]
    takes: Mapping[str, Any] = field(default_factory=dict)  # descriptors of arguments
    cases: tuple[Row, ...] = ()  # one row for each case: values that belong together
    rejects: frozenset[DType] = frozenset()  # unsupported dtypes of the promoted operands
    operand_rejects: frozenset[DType] = frozenset()  # unsupported dtypes of any operand
    takes_here: Callable[[Mapping[str, Any]], frozenset[DType]] | None = None  # exceptions for some arguments
    aliases: tuple[str, ...] = ()
    node: str = ""
    composite: bool = False
    determines: Callable[[Any], Any] | None = None  # equal for all correct results

    def __repr__(self) -> str:
        return f"Op({self.name})"

    @property
    def name(self) -> str:
        """The first of torch's names, unique among the records."""
        return self.aten[0]

    @functools.cached_property
    def positional(self) -> frozenset[str]:
        """The traced parameters that can be given by position."""
        return frozenset(name for name in (*self.fixed, self.several) if self.roles.get(name) in TRACED)

    @functools.cached_property
    def rows(self) -> tuple[Row, ...]:
        """The cases, with a descriptor for each tensor and a value for each other argument."""
        return tuple(map(self._full, self.cases or ({},) * bool(self._tensors)))

    @functools.cached_property
    def _tensors(self) -> dict[str, Any]:
        return {name: item for name, item in self.takes.items() if isinstance(item, (Shape, Index))}

    def _full(self, row: Row) -> Row:
        return self._tensors | {name: self._descriptor(name, item) for name, item in row.items()}

    def _descriptor(self, name: str, item: Any) -> Any:
        if not isinstance(item, str) or self.roles[name] not in TRACED:
            return item
        of_all = self._tensors.get(name)
        return Shape(item) if of_all is None else replace(of_all, names=item)

    def options(self, name: str) -> tuple[Any, ...]:
        """Return the values to try for an argument that is not a tensor, () if its annotation gives them."""
        if isinstance(self.takes.get(name), Choice):
            return self.takes[name].values
        return tuple(row[name] for row in self.rows if name in row and not isinstance(row[name], (Shape, Index)))

    @functools.cached_property
    def broadcasts(self) -> tuple[str, ...]:
        """The parameters that broadcast together, () for an op without promotion or with shapes of its own."""
        if self.kind is None or self.rows:
            return ()
        return tuple(name for name, role in self.roles.items() if role in (Role.TENSOR, Role.OPERAND, Role.MASK))

    @functools.cached_property
    def fixed(self) -> tuple[str, ...]:
        """The positional parameters in order, without a variadic one."""
        parameters = self.signature.parameters.items()
        return tuple(name for name, each in parameters if each.kind is each.POSITIONAL_OR_KEYWORD)

    @functools.cached_property
    def several(self) -> str:
        """The name of the parameter that takes any number of positional arguments, "" if there is none."""
        return variadic(self.signature)

    @functools.cached_property
    def required(self) -> frozenset[str]:
        """The parameters without a default."""
        parameters = self.signature.parameters.items()
        return frozenset(name for name, each in parameters if each.default is each.empty and name != self.several)

    @functools.cached_property
    def sizes(self) -> str:
        """The name of a variadic parameter of sizes (`*size`: integers, or one tuple), "" if there is none."""
        return self.several if self.roles.get(self.several) is Role.SIZES else ""

    def is_default(self, name: str, value: Any) -> bool:
        """Return whether an argument equals its default."""
        default = self.signature.parameters[name].default
        return default is not inspect.Parameter.empty and type(value) is type(default) and value == default

    @property
    def public(self) -> str:
        """The public function's dotted name in jaxfun: `sum`, `nn.functional.relu`."""
        return self.torch.removeprefix("torch.").removeprefix("Tensor.")

    @property
    def call(self) -> str:
        """The public call as messages write it: `sum(input, dim, keepdim, dtype)`."""
        return call_of(self.public, self.signature)


REGISTRY: dict[str, Op] = {}  # filled by the decorator as the op files load, read-only from then on
IN_JAXPR = "jaxfun."  # the prefix of an op's name in a jaxpr


def record_in(equation: Any) -> Op | None:
    """Return the record of the op that a jaxpr equation calls, None if it does not call an op."""
    name = str(equation.params.get("name", ""))
    return REGISTRY.get(name.removeprefix(IN_JAXPR)) if name.startswith(IN_JAXPR) else None


def where_empty(dtypes: frozenset[DType]) -> Callable[[Mapping[str, Any]], frozenset[DType]]:
    """Return a `takes_here` that accepts these dtypes if a tensor is empty: torch then needs no kernel for them."""

    def takes_here(arguments: Mapping[str, Any]) -> frozenset[DType]:
        sizes = (getattr(leaf, "size", 1) for value in arguments.values() for leaf in _leaves(value))
        return dtypes if 0 in sizes else frozenset()

    return takes_here


def _leaves(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def dtypes_of(*categories: Category) -> frozenset[DType]:
    """Return torch's dtypes of these categories, for the `rejects` of a record."""
    return frozenset(dtype for dtype in DTYPES if dtype.category in categories)


BOOLS, INTEGERS, FLOATS, COMPLEXES = (dtypes_of(category) for category in Category)
NOT_FLOATS = BOOLS | INTEGERS | COMPLEXES
HALVES = frozenset(dtype for dtype in FLOATS if dtype.itemsize == 2)
