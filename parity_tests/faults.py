"""Wrong functions made from correct ones: a table of faults that a port may have, each applied to any record.

A family takes a record and its correct function, and returns wrong functions by description; none if the fault does not
apply. A wrong function may be an equivalent mutant: `mutants` checks whether it changes an answer.
"""

import dataclasses
import functools
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from jaxfun import errors
from jaxfun.core.dtypes import DType
from jaxfun.core.record import COMPLEXES, FLOATS, Op, Role, Scalar

Function = Callable[..., Any]
Arguments = dict[str, Any]
Made = Mapping[str, Function]  # wrong functions by a description of the fault


@dataclasses.dataclass(frozen=True)
class Mutant:
    """A wrong function made from the correct function of a record."""

    record: Op
    family: str
    detail: str  # the argument or the error class; "" if there is only one
    function: Function
    level: str  # the level at which it shows: "value", "gradient" or "errors"

    def __str__(self) -> str:
        return f"{self.record.name}: {self.family}" + (f" ({self.detail})" if self.detail else "")


def mutants_of(record: Op, right: Function) -> Iterator[Mutant]:
    """Yield every mutant of a record."""
    for level, families in FAMILIES.items():
        for family, make in families.items():
            for detail, wrong in make(record, right).items():
                yield Mutant(record, family, detail, functools.wraps(right)(wrong), level)


# How a fault is applied.


def _of_arguments(record: Op, right: Function, change: Callable[[Arguments], Arguments | None]) -> Function:
    """Return the function with changed arguments; None changes nothing."""

    def call(*args: Any, **kwargs: Any) -> Any:
        bound = record.signature.bind(*args, **kwargs)
        bound.arguments.update(change(dict(bound.arguments)) or {})
        return right(*bound.args, **bound.kwargs)

    return call


def _of_tensors(record: Op, right: Function, change: Callable[[Any], Any], only: str = "") -> Function:
    """Return the function with changed arrays; `only` restricts the change to one argument."""

    def changed(arguments: Arguments) -> Arguments:
        names = [only] if only else list(arguments)
        return {name: _arrays(change, arguments[name]) for name in names if name in arguments}

    return _of_arguments(record, right, changed)


def _of_result(right: Function, change: Callable[[Any], Any]) -> Function:
    return lambda *args, **kwargs: _arrays(change, right(*args, **kwargs))


def _arrays(change: Callable[[Any], Any], tree: Any) -> Any:
    return jax.tree.map(lambda leaf: change(leaf) if isinstance(leaf, jax.Array) else leaf, tree)


def _is(kind: Any, array: Any) -> bool:
    return jnp.issubdtype(array.dtype, kind)


def _tensor_names(record: Op) -> list[str]:
    return [name for name, role in record.roles.items() if role in (Role.TENSOR, Role.OPERAND, Role.TENSORS)]


def _takes(record: Op, dtypes: frozenset[DType]) -> bool:
    return bool(dtypes - record.rejects)


# Faults of arguments.


def _dims(record: Op) -> list[str]:
    return [
        name
        for name, role in record.roles.items()
        if (role in (Role.DIM, Role.DIMS) and name.startswith("dim")) or name in ("dim", "dims", "axis")
    ]


def _each_dim(turn: Callable[[int, int], int]) -> Callable[[Op, Function], Made]:
    def make(record: Op, right: Function) -> Made:
        names = _dims(record)
        return {"": _of_arguments(record, right, functools.partial(_turned, names, turn))} if names else {}

    return make


def _turned(names: Sequence[str], turn: Callable[[int, int], int], arguments: Arguments) -> Arguments:
    rank = max(
        (item.ndim for item in jax.tree.leaves(list(arguments.values())) if isinstance(item, jax.Array)), default=0
    )
    given = {name: arguments[name] for name in names if name in arguments}
    return {name: jax.tree.map(lambda dim: turn(dim, max(rank, 1)), value) for name, value in given.items()}


def _ignored(record: Op, right: Function) -> Made:
    """Return functions that replace an argument by its default, or by the first value that is drawn."""
    found = {}
    for name, parameter in record.signature.parameters.items():
        plain = _plain_value(record, name, parameter)
        if plain is not _NONE:
            found[name] = _of_arguments(record, right, functools.partial(_put_in, name, plain))
    return found


_NONE = object()


def _plain_value(record: Op, name: str, parameter: inspect.Parameter) -> Any:
    described, role = record.takes.get(name), record.roles[name]
    if options := record.options(name):
        default = parameter.default
        return options[0] if default is parameter.empty else default
    if isinstance(described, Scalar):
        return 0.5 if described.low <= 0.5 <= described.high else described.low
    if parameter.annotation is bool:
        return False
    if role in (Role.DIMS, Role.DTYPE, Role.SCALAR) and parameter.default is not parameter.empty:
        return parameter.default
    return _NONE


def _put_in(name: str, value: Any, arguments: Arguments) -> Arguments:
    return {name: value} if name in arguments else {}


def _flags_turned(record: Op, right: Function) -> Made:
    flags = [name for name, parameter in record.signature.parameters.items() if parameter.annotation is bool]

    def turned(name: str, arguments: Arguments) -> Arguments:
        return {name: not arguments.get(name, record.signature.parameters[name].default)}

    return {name: _of_arguments(record, right, functools.partial(turned, name)) for name in flags}


def _exchanged(record: Op, right: Function) -> Made:
    names = [
        name for name, role in record.roles.items() if role in (Role.TENSOR, Role.OPERAND) and name in record.positional
    ][:2]

    def change(arguments: Arguments) -> Arguments:
        one, other = (arguments.get(name) for name in names)
        if not (isinstance(one, jax.Array) and isinstance(other, jax.Array)):
            return {}
        alike = (one.shape, one.dtype) == (other.shape, other.dtype)
        return dict(zip(names, (other, one), strict=True)) if alike else {}

    return {"": _of_arguments(record, right, change)} if len(names) == 2 else {}


def _in_reverse(record: Op, right: Function) -> Made:
    names = [name for name, role in record.roles.items() if role is Role.TENSORS]
    return {
        name: _of_arguments(
            record, right, lambda arguments, name=name: {name: tuple(reversed(arguments.get(name) or ()))}
        )
        for name in names
    }


def _tensors(change: Callable[[Any], Any], needs: frozenset[DType] = FLOATS) -> Callable[[Op, Function], Made]:
    def make(record: Op, right: Function) -> Made:
        return {"": _of_tensors(record, right, change)} if _takes(record, needs) and _tensor_names(record) else {}

    return make


def _float(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda array: change(array) if _is(jnp.floating, array) else array


def _through(dtype: str, *of: str) -> Callable[[Any], Any]:
    kept = jnp.finfo(dtype)  # XLA may leave out a cast to a narrower dtype and back
    return lambda array: jax.lax.reduce_precision(array, kept.nexp, kept.nmant) if str(array.dtype) in of else array


def _spoiled(array: Any) -> Any:
    return jnp.where(jnp.isnan(array).any(), jnp.asarray(jnp.nan, array.dtype), array)


def _clipped(size: float) -> Callable[[Any], Any]:
    return _float(lambda array: jnp.where(jnp.isfinite(array), jnp.clip(array, -size, size), array))


def _second_rolled(record: Op, right: Function) -> Made:
    names = _tensor_names(record)[1:2]
    of_batches = 3

    def roll(array: Any) -> Any:
        return jnp.roll(array, 1, 0) if array.ndim >= of_batches else array

    return {name: _of_tensors(record, right, roll, name) for name in names}


def _first_rows(array: Any) -> Any:
    return jnp.flip(array, 0) if array.ndim > 1 else array


# Faults of results.


def _results(change: Callable[[Any], Any]) -> Callable[[Op, Function], Made]:
    return lambda record, right: {"": _of_result(right, change)}


def _of_rank(least: int, change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda array: change(array) if array.ndim >= least and array.size else array


def _in_columns(array: Any) -> Any:
    return jnp.reshape(jnp.ravel(array, order="F"), array.shape)


def _divided(array: Any) -> Any:
    size = max(array.size, 2)
    return array * jnp.asarray((size + 1) / size, array.dtype) if _is(jnp.inexact, array) else array


def _one_more(array: Any) -> Any:
    return array + jnp.asarray(1, array.dtype) if _is(jnp.integer, array) else array


def _last_lost(array: Any) -> Any:
    flat = jnp.ravel(array)
    return jnp.reshape(jnp.concatenate([flat[:-1], flat[:1]]), array.shape)


def _negated(array: Any) -> Any:
    return ~array if array.dtype == bool else -array


_WIDER = {"float32": "float64", "int64": "int32", "complex64": "complex128", "float16": "float32", "bool": "uint8"}


def _other_dtype(array: Any) -> Any:
    return array.astype(_WIDER.get(str(array.dtype), array.dtype))


def _without_nan(array: Any) -> Any:
    return jnp.where(jnp.isnan(array), jnp.zeros_like(array), array) if _is(jnp.inexact, array) else array


def _complex(change: Callable[[Any], Any]) -> Callable[[Op, Function], Made]:
    def of_complex(array: Any) -> Any:
        return change(array) if _is(jnp.complexfloating, array) else array

    return lambda record, right: {"": _of_result(right, of_complex)} if _takes(record, COMPLEXES) else {}


# Faults of gradients: the value is right.


def _along(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return the identity with changed tangents, and so with changed gradients."""

    @jax.custom_jvp
    def identity(array: Any) -> Any:
        return array

    @identity.defjvp
    def _jvp(primals: Any, tangents: Any) -> Any:
        return primals[0], change(tangents[0])

    return lambda array: identity(array) if _is(jnp.inexact, array) else array


@jax.custom_vjp
def _with_ones(array: Any) -> Any:
    return array


_with_ones.defvjp(lambda array: (array, array), lambda array, cotangent: (jnp.ones_like(array),))


def _gradients(
    change: Callable[[Any], Any], needs: frozenset[DType] = FLOATS, each: bool = False
) -> Callable[[Op, Function], Made]:
    """Return a family: the fault in all arguments at once, or in each one of several."""

    def make(record: Op, right: Function) -> Made:
        if not (_takes(record, needs) and record.node is not None):
            return {}
        names = list(_tensor_names(record)) if each else [""]
        return {name if len(names) > 1 else "": _of_tensors(record, right, change, name) for name in names}

    return make


def _inexact(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda array: change(array) if _is(jnp.inexact, array) else array


def _shared(tangent: Any) -> Any:
    count = max(tangent.size, 1)
    return jnp.broadcast_to(jnp.sum(tangent) / jnp.asarray(count, tangent.dtype), tangent.shape)


def _lost_where(condition: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return _inexact(lambda array: jnp.where(condition(array), jax.lax.stop_gradient(array), array))


def _is_tied(array: Any) -> Any:
    flat = jnp.ravel(array)
    alike = (flat[:, None] == flat[None]).sum(1) > 1
    return jnp.reshape(alike, array.shape)


def _second_lost(record: Op, right: Function) -> Made:
    """Return the function with a correct first derivative and a lost second derivative."""

    def call(*args: Any, **kwargs: Any) -> Any:
        leaves, tree = jax.tree.flatten((args, kwargs))
        places = [at for at, leaf in enumerate(leaves) if isinstance(leaf, jax.Array) and _is(jnp.inexact, leaf)]

        def of(moving: Sequence[Any]) -> Any:
            filled = list(leaves)
            for place, item in zip(places, moving, strict=True):
                filled[place] = item
            given, named = jax.tree.unflatten(tree, filled)
            return right(*given, **named)

        flat = jax.custom_jvp(of)
        flat.defjvp(lambda primals, tangents: jax.jvp(of, jax.lax.stop_gradient(primals), tangents))
        return flat([leaves[place] for place in places])

    return {"": call} if _takes(record, FLOATS) else {}


# Faults of errors.

_ERRORS = (
    errors.ArgumentTypeError,
    errors.ArgumentValueError,
    errors.IndexRangeError,
    errors.ShapeError,
    errors.DTypeError,
    errors.UnsupportedDTypeError,
)


def _swallowed(record: Op, right: Function) -> Made:
    """Return functions that return a tensor where one class of error should be raised."""

    def of_kind(kind: type[Exception]) -> Function:
        def call(*args: Any, **kwargs: Any) -> Any:
            try:
                return right(*args, **kwargs)
            except kind:
                return jnp.zeros(())

        return call

    return {kind.__name__: of_kind(kind) for kind in _ERRORS}


def _refused(is_so: Callable[[Any], bool]) -> Callable[[Op, Function], Made]:
    def make(record: Op, right: Function) -> Made:
        def call(*args: Any, **kwargs: Any) -> Any:
            leaves = [leaf for leaf in jax.tree.leaves((args, kwargs)) if isinstance(leaf, jax.Array)]
            if leaves and is_so(leaves[0]):
                raise errors.ShapeError("another shape", "this one")
            return right(*args, **kwargs)

        return {"": call}

    return make


FAMILIES: Mapping[str, Mapping[str, Callable[[Op, Function], Made]]] = {
    "value": {
        "another dim": _each_dim(lambda dim, rank: (dim + 1) % rank),
        "always the first dim": _each_dim(lambda dim, rank: 0),
        "always the last dim": _each_dim(lambda dim, rank: -1),
        "an argument ignored": _ignored,
        "a flag inverted": _flags_turned,
        "two arguments swapped": _exchanged,
        "a sequence reversed": _in_reverse,
        "NaN in the input replaced by 0": _tensors(_float(_without_nan)),
        "one NaN makes all NaN": _tensors(_float(_spoiled)),
        "infinity clipped": _tensors(_float(lambda array: jnp.nan_to_num(array, nan=jnp.nan))),
        "numbers beyond 10 clipped": _tensors(_clipped(10.0)),
        "numbers below 1e-5 flushed to 0": _tensors(
            _float(
                lambda array: jnp.where(jnp.abs(array) < jnp.asarray(1e-5, array.dtype), jnp.zeros_like(array), array)
            )
        ),
        "rounded to float32": _tensors(_through("float32", "float64")),
        "rounded to bfloat16": _tensors(_through("bfloat16", "float32", "float64")),
        "second argument's batches rolled": _second_rolled,
        "rows of the input reversed": _tensors(_first_rows),
        "rows rolled": _results(_of_rank(2, lambda array: jnp.roll(array, 1, 0))),
        "order reversed": _results(_of_rank(1, lambda array: jnp.flip(array, -1))),
        "in column-major order": _results(_of_rank(2, _in_columns)),
        "first row everywhere": _results(_of_rank(2, lambda array: jnp.broadcast_to(array[:1], array.shape))),
        "divisor off by one": _results(_divided),
        "integers off by one": _results(_one_more),
        "last element lost": _results(_of_rank(1, _last_lost)),
        "negated": _results(_negated),
        "another dtype": _results(_other_dtype),
        "NaN in the result replaced by 0": _results(_without_nan),
        "0-dim returned as a vector": _results(jnp.atleast_1d),
        "dimensions of size 1 dropped": _results(jnp.squeeze),
        "imaginary part dropped": _complex(lambda array: jnp.real(array).astype(array.dtype)),
        "conjugate missing or extra": _complex(jnp.conj),
        "0-dim refused": _refused(lambda array: array.ndim == 0),
        "empty refused": _refused(lambda array: array.size == 0),
    },
    "gradient": {
        "gradient missing": _gradients(jax.lax.stop_gradient, each=True),
        "gradient averaged": _gradients(_along(_shared)),
        "gradient of ones": _gradients(_inexact(_with_ones)),
        "gradient doubled": _gradients(_along(lambda tangent: tangent + tangent), each=True),
        "gradient reversed": _gradients(
            _along(lambda tangent: jnp.reshape(jnp.flip(jnp.ravel(tangent)), tangent.shape))
        ),
        "gradient conjugated": _gradients(
            lambda array: _conjugating(array) if _is(jnp.complexfloating, array) else array, COMPLEXES
        ),
        "gradient lost at 0": _gradients(_lost_where(lambda array: array == 0)),
        "gradient lost at ties": _gradients(_lost_where(_is_tied)),
        "second derivative lost": _second_lost,
    },
    "errors": {"an error swallowed": _swallowed},
}


@jax.custom_vjp
def _conjugating(array: Any) -> Any:
    return array


_conjugating.defvjp(lambda array: (array, None), lambda _, cotangent: (jnp.conj(cotangent),))
