"""The record of an op: data about it, and nothing of how it is called or proven.

Which torch function an op mirrors, how it promotes, what it takes and refuses, and what the tape calls it. The casts,
the parity suite's inputs and its reference are all read off it.
"""

import enum
import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any

from .dtypes import DTYPES, Category, DType, Kind
from .public import call_of, variadic
from .types import Number as Number


class Role(enum.Enum):
    """What a parameter is to an op: the five traced roles first, then the static ones."""

    TENSOR = "tensor"  # an array; promoted with the other operands
    OPERAND = "operand"  # an array or a Python number; promoted with the others
    TENSORS = "tensors"  # a sequence of arrays, promoted together
    MASK = "mask"  # an array that takes no part in the promotion (a condition, an index)
    SCALAR = "scalar"  # a Python number that takes no part in the promotion (a factor), traced
    DIM = "dim"  # one dimension
    DIMS = "dims"  # None, one dimension or several
    SIZES = "sizes"  # integers one by one, or one tuple of them: the annotation of `*size`
    DTYPE = "dtype"  # a dtype or None
    STATIC = "static"  # anything else


# Any: arrays of JAX, NumPy and PyTorch come in, and a body always sees JAX's.
Array = Annotated[Any, Role.TENSOR]
Operand = Annotated[Any, Role.OPERAND]
Tensors = Annotated[Any, Role.TENSORS]
Mask = Annotated[Any, Role.MASK]
Factor = Annotated[Any, Role.SCALAR]
Dim = Annotated[int, Role.DIM]
Integer = Annotated[int, Role.DIM]  # an offset or a count: by default drawn as a dimension is
OptionalInteger = Annotated[int | None, Role.DIM]
Dims = Annotated[int | tuple[int, ...] | list[int] | None, Role.DIMS]
Sizes = Annotated[Any, Role.SIZES]
AnyDType = Annotated[Any, Role.DTYPE]

TRACED = frozenset({Role.TENSOR, Role.OPERAND, Role.TENSORS, Role.MASK, Role.SCALAR})


# Descriptors: what an argument looks like where its annotation does not say it.


@dataclass(frozen=True)
class Shape:
    """A tensor of named sizes: `"m k"` is a matrix; one name is one size across the arguments; `"*"` is any shape.

    A sequence of tensors has its items between commas: `"m k, m n"` is two matrices with as many rows.
    """

    names: str
    values: str = ""  # what its numbers are, where not any will do: "sorted", "invertible"
    dtypes: tuple[str, ...] = ()  # where it is none of the tensor that is drawn first


@dataclass(frozen=True)
class Index:
    """Integers that count along dimension `dim` of the argument `into`, or through all its elements where `dim` is "".

    `dim` names an argument, or is the dimension itself. The tensor is shaped as `Shape` says; `distinct`: none twice
    along that dimension, or at all. The tensors of a sequence count along a dimension each. Where `into` is an integer
    it is itself what they stay below.
    """

    names: str
    into: str
    dim: str | int = "dim"
    distinct: bool = False
    negative: bool = False  # -1 for the last is taken too
    ignored: int | None = None  # an index out of range that is taken too, and means none
    values: str = ""  # "offsets": in order, from 0; "offsets and end": and the size behind them
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
    """A size made for the first tensor; `of` is "reshape" (same number of elements), "expand" or "permute"."""

    of: str


# What a row of `Op.cases` holds for an argument: a tensor's sizes by name, a descriptor, or any other value itself.
Row = Mapping[str, Any]


def rows(names: str, *values: Any) -> tuple[Row, ...]:
    """Return cases: in each the named arguments have these values; of a single argument they need no tuple.

    >>> rows("input dim", ("m n", 0), ("b m n", -1))
    ({'input': 'm n', 'dim': 0}, {'input': 'b m n', 'dim': -1})
    >>> rows("input", "m n", "n")
    ({'input': 'm n'}, {'input': 'n'})
    """
    each = (value if isinstance(value, tuple) else (value,) for value in values)
    return tuple(dict(zip(names.split(), row, strict=True)) for row in each)


@dataclass(frozen=True, repr=False)
class Op:
    """One op: the overloads of a torch operator that one formula serves.

    `aten` are torch's own names of the overloads (`pow.Tensor_Scalar`; the default overload has none: `exp`). The first
    is the op's `name`, unique here, and stands in the jaxpr as `jaxfun.pow.Tensor_Scalar`. `torch` is the dotted name
    of the Python function that is the reference: it is the public name here too (`torch.sum` is `jaxfun.sum`). `node`
    is the name of torch's `grad_fn`, "" for an op with no gradient. A `composite` is several nodes in torch: the tape
    shows it by its name here.
    `determines` maps the results to what the arguments determine of them, where torch leaves something open (the signs
    of singular vectors): that is compared.
    """

    aten: tuple[str, ...]
    torch: str
    kind: Kind | None
    signature: inspect.Signature
    roles: Mapping[str, Role]
    takes: Mapping[str, Any] = field(default_factory=dict)  # a descriptor for an argument
    cases: tuple[Row, ...] = ()  # arguments that belong together, a row for each case
    rejects: frozenset[DType] = frozenset()  # of the promoted operands
    operand_rejects: frozenset[DType] = frozenset()  # of any one operand
    takes_here: Callable[[Mapping[str, Any]], frozenset[DType]] | None = None  # those it takes of some arguments
    aliases: tuple[str, ...] = ()
    node: str = ""
    composite: bool = False
    determines: Callable[[Any], Any] | None = None  # of the results, what is right for all right answers alike

    def __repr__(self) -> str:
        return f"Op({self.name})"

    @property
    def name(self) -> str:
        """The first of torch's names: unique among the records."""
        return self.aten[0]

    @functools.cached_property
    def positional(self) -> frozenset[str]:
        """The traced parameters that have a place: keyword-only ones have none."""
        return frozenset(name for name in (*self.fixed, self.several) if self.roles.get(name) in TRACED)

    @functools.cached_property
    def rows(self) -> tuple[Row, ...]:
        """The cases in full: for each tensor that is named its descriptor, for other arguments their values."""
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
        """Return the values that are tried for an argument that is no tensor; none where its annotation says them."""
        if isinstance(self.takes.get(name), Choice):
            return self.takes[name].values
        return tuple(row[name] for row in self.rows if name in row and not isinstance(row[name], (Shape, Index)))

    @functools.cached_property
    def broadcasts(self) -> tuple[str, ...]:
        """The parameters that broadcast together; none where an op promotes nothing or says the shapes itself."""
        if self.kind is None or self.rows:
            return ()
        return tuple(name for name, role in self.roles.items() if role in (Role.TENSOR, Role.OPERAND, Role.MASK))

    @functools.cached_property
    def fixed(self) -> tuple[str, ...]:
        """The parameters that have a place and are given once, in order."""
        parameters = self.signature.parameters.items()
        return tuple(name for name, each in parameters if each.kind is each.POSITIONAL_OR_KEYWORD)

    @functools.cached_property
    def several(self) -> str:
        """The name of the parameter that takes any number of positional arguments, "" if there is none."""
        return variadic(self.signature)

    @functools.cached_property
    def required(self) -> frozenset[str]:
        """The parameters that a call cannot leave out."""
        parameters = self.signature.parameters.items()
        return frozenset(name for name, each in parameters if each.default is each.empty and name != self.several)

    @functools.cached_property
    def sizes(self) -> str:
        """The name of the parameter that takes integers one by one or as one tuple, "" if there is none."""
        return self.several if self.roles.get(self.several) is Role.SIZES else ""

    def is_default(self, name: str, value: Any) -> bool:
        """Return whether an argument is what it would be if it were left out."""
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
IN_JAXPR = "jaxfun."  # an op stands in the jaxpr under its name behind this


def record_in(equation: Any) -> Op | None:
    """Return the record of the op that an equation of a jaxpr calls; None where it calls another function, or none."""
    name = str(equation.params.get("name", ""))
    return REGISTRY.get(name.removeprefix(IN_JAXPR)) if name.startswith(IN_JAXPR) else None


def where_empty(dtypes: frozenset[DType]) -> Callable[[Mapping[str, Any]], frozenset[DType]]:
    """Return an op's `takes_here` where torch needs no kernel for these dtypes once a tensor is empty."""

    def takes_here(arguments: Mapping[str, Any]) -> frozenset[DType]:
        sizes = (getattr(leaf, "size", 1) for value in arguments.values() for leaf in _leaves(value))
        return dtypes if 0 in sizes else frozenset()

    return takes_here


def _leaves(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def dtypes_of(*categories: Category) -> frozenset[DType]:
    """Return torch's dtypes of these categories: what a record's `rejects` is usually made of."""
    return frozenset(dtype for dtype in DTYPES if dtype.category in categories)


BOOLS, INTEGERS, FLOATS, COMPLEXES = (dtypes_of(category) for category in Category)
HALVES = frozenset(dtype for dtype in FLOATS if dtype.itemsize == 2)
