"""The decorator `op` makes a public function of a few lines of jnp: with torch's arguments, promotion, errors and name.

Begin with `op`. A call runs in three steps: `_placing` binds and converts the arguments, `_compiled` checks dtypes and
shapes, promotes the operands and runs the body, and `_public` puts the user's call into errors.
"""

import functools
import inspect
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, ParamSpec, TypeVar, get_args, get_origin

import jax
import jax.numpy as jnp
import numpy as np

from .annotations import public_signature, show
from .arguments import NORMALISE, as_tensor
from .dims import as_sizes, broadcast_shapes
from .dtypes import DTYPES, Category, DType, Kind, as_dtype, canonical, computed_in, float32, of, result_type
from .errors import JaxfunError, UnsupportedDTypeError, X64DisabledError, describe
from .public import as_positional, refuse_unbound
from .record import IN_JAXPR, REGISTRY, TRACED, Op, Role, Row
from .signatures import up_to_variadic
from .spelling import numpy_names, renamed

P = ParamSpec("P")
R = TypeVar("R")
_Arguments = tuple[list[Any], dict[str, Any]]


def op(
    kind: Kind | None = Kind.DEFAULT,
    *,
    torch: str = "",
    overload: str | tuple[str, ...] = "",
    aten: str = "",
    takes: Mapping[str, Any] | None = None,
    cases: tuple[Row, ...] = (),
    rejects: frozenset[DType] = frozenset(),
    operand_rejects: frozenset[DType] = frozenset(),
    takes_here: Callable[[Mapping[str, Any]], frozenset[DType]] | None = None,
    aliases: tuple[str, ...] = (),
    node: str | None = None,
    composite: bool = False,
    determines: Callable[[Any], Any] | None = None,
    before: Callable[..., None] | None = None,
    check: Callable[..., None] | None = None,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make an op of a function on arrays: a public function with a record.

    - `kind`: torch's promotion of the operands. None: no promotion.
    - `torch`: the reference, by default `torch.` and the function's name.
    - `overload`: the torch overloads that the op covers. The first gives the record its name.
    - `aten`: torch's name of the operator, if it is not that of the reference.
    - `before(*arguments)`, `check(result, *arguments)`: raise for numbers that torch refuses, before and after the
      compiled function runs. They ignore tracers.

    All other parameters are fields of the record: see `Op`.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function)
        reference = torch or f"torch.{function.__name__}"
        base = aten or _aten_name(reference)
        covered = (overload,) if isinstance(overload, str) else overload
        record = Op(
            aten=tuple(_overload_name(base, each) for each in covered),
            torch=reference,
            kind=kind,
            signature=signature,
            roles={name: _role(parameter) for name, parameter in signature.parameters.items()},
            takes=takes or {},
            cases=cases,
            rejects=rejects,
            operand_rejects=operand_rejects,
            takes_here=takes_here,
            aliases=aliases,
            node=_node_name(reference) if node is None else node,
            composite=composite,
            determines=determines,
        )
        REGISTRY[record.name] = record
        return _public(record, function, before, check)

    return decorate


def _aten_name(reference: str) -> str:
    """Return torch's own name for the operator of a Python function: `linalg_det` for torch.linalg.det."""
    path = reference.removeprefix("torch.")
    return path.removeprefix("Tensor.").removeprefix("nn.functional.").replace(".", "_")


def _overload_name(base: str, overload: str) -> str:
    if "." in overload:  # an overload of another operator: `maximum` covers `max.other`
        return overload.removesuffix(".default")
    return f"{base}.{overload}" if overload else base


def _role(parameter: inspect.Parameter) -> Role:
    annotation = parameter.annotation
    if get_origin(annotation) is Annotated:
        return next(item for item in get_args(annotation) if isinstance(item, Role))
    return Role.STATIC


def _node_name(base: str) -> str:
    words = base.rpartition(".")[2].split("_")
    return "".join(word.capitalize() for word in words) + "Backward0"


def _public(
    record: Op, function: Callable[P, R], before: Callable[..., None] | None, check: Callable[..., None] | None
) -> Callable[P, R]:
    compiled, placed = _compiled(record, function), _placing(record)
    as_they_are: set[tuple[type, ...]] = set()  # types of arguments that need no conversion

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            given, named = args, kwargs
            if kwargs or (*map(type, args),) not in as_they_are:
                given, named = placed(args, kwargs)
                if not kwargs and _is_by_type(args, given):
                    as_they_are.add((*map(type, args),))
            if before is not None:
                before(*given, **named)
            try:
                result = compiled(*given, **named)
            except OverflowError:
                given, named = _in_32_bits(record, given, named)
                result = compiled(*given, **named)
            if check is not None:
                check(result, *given, **named)
            return result
        except JaxfunError as error:
            raise error.within(record.call) from None

    show(call, public_signature(record.signature, record.roles))
    call.op = record  # type: ignore[attr-defined]  # a function has no such field of its own
    return call


_BY_VALUE = (tuple, list, DType)  # their conversion depends on the value, not on the type alone


def _is_by_type(args: Sequence[Any], given: Sequence[Any]) -> bool:
    """Return whether arguments need no conversion, nor any others of the same types."""
    same = len(args) == len(given) and all(map(operator.is_, args, given))
    return same and not any(isinstance(value, _BY_VALUE) for value in args)


# Before the compiled function: the arguments in their places.


def _placing(record: Op) -> Callable[[tuple[Any, ...], dict[str, Any]], _Arguments]:
    """Return the function that binds a call's arguments and converts each by its role.

    Keywords become positional if possible: jit sorts keywords, and the tape reads the operands in torch's order. An
    omitted argument stays omitted. None is not converted where it is the default.
    """
    parameters = record.signature.parameters
    names = numpy_names(record.public, parameters)
    fixed, several, leading = record.fixed, record.several, up_to_variadic(record.signature)
    defaults = {name: each.default for name, each in parameters.items()}
    least = len(record.required.intersection(fixed))
    named = record.required.difference(fixed)

    def normalised(name: str, value: Any) -> Any:
        return value if value is None and defaults[name] is None else NORMALISE[record.roles[name]](name, value)

    def placed(args: tuple[Any, ...], kwargs: dict[str, Any]) -> _Arguments:
        if kwargs:
            args, kwargs = as_positional(leading, args, renamed(names, kwargs))
            args = (*args, *_taken(kwargs, fixed[len(args) :]))
        more, args = args[len(fixed) :], args[: len(fixed)]
        if len(args) < least or (more and not several) or kwargs.keys() - parameters.keys() or named - kwargs.keys():
            refuse_unbound(record.signature, (*args, *more), kwargs)
        given = [normalised(name, value) for name, value in zip(fixed, args, strict=False)]
        if record.sizes:
            given.append(as_sizes(more, several))
        elif several:
            given.extend(as_tensor(f"{several}[{place}]", item) for place, item in enumerate(more))
        return given, {name: normalised(name, value) for name, value in kwargs.items() if value is not defaults[name]}

    return placed


def _taken(kwargs: dict[str, Any], names: Sequence[str]) -> list[Any]:
    """Remove the keywords that follow the positional arguments without a gap, and return their values."""
    found = []
    for name in names:
        if name not in kwargs:
            break
        found.append(kwargs.pop(name))
    return found


# The compiled function: checks of dtypes and shapes, promotion, the body.


def _compiled(record: Op, function: Callable[..., Any]) -> Callable[..., Any]:
    signature = _inner_signature(record)

    def run(*args: Any, **kwargs: Any) -> Any:
        bound = signature.bind(*args, **kwargs)
        _check_dtypes(record, bound.arguments)
        _check_shapes(record, bound.arguments)
        restore = _promote(record, bound.arguments)
        given = (*bound.args[:-1], *bound.args[-1]) if record.sizes else bound.args
        return restore(function(*given, **bound.kwargs))

    run.__name__ = run.__qualname__ = f"{IN_JAXPR}{record.name}"
    run.__signature__ = signature  # type: ignore[attr-defined]  # jit resolves static_argnames by it
    return jax.jit(run, static_argnames=[name for name, role in record.roles.items() if role not in TRACED])


def _inner_signature(record: Op) -> inspect.Signature:
    """Return the signature of the compiled function: it has sizes as one static tuple."""
    inside = [
        each.replace(kind=each.POSITIONAL_OR_KEYWORD) if each.name == record.sizes else each
        for each in record.signature.parameters.values()
    ]
    return record.signature.replace(parameters=inside)


def _operands(record: Op, arguments: Mapping[str, Any]) -> list[Any]:
    found: list[Any] = []
    for name, value in arguments.items():
        role = record.roles[name]
        if role is Role.TENSORS:
            found.extend(value)
        elif role in (Role.TENSOR, Role.OPERAND) and value is not None:
            found.append(value)
    return found


def _check_dtypes(record: Op, arguments: Mapping[str, Any]) -> None:
    operands = _operands(record, arguments)
    taken = record.takes_here(arguments) if record.takes_here else frozenset()
    if record.rejects and result_type(*operands) in record.rejects - taken:
        raise _unsupported(record.rejects, operands)
    if record.operand_rejects and any(of(operand) in record.operand_rejects - taken for operand in operands):
        raise _unsupported(record.operand_rejects, operands)


def _check_shapes(record: Op, arguments: Mapping[str, Any]) -> None:
    if record.broadcasts:
        broadcast_shapes(*(np.shape(arguments[name]) for name in record.broadcasts if arguments.get(name) is not None))


def _unsupported(rejected: frozenset[DType], operands: list[Any]) -> UnsupportedDTypeError:
    names = ", ".join(dtype.name for dtype in DTYPES if dtype in rejected)
    return UnsupportedDTypeError(f"a dtype other than {names}", ", ".join(map(describe, operands)))


def _promote(record: Op, arguments: dict[str, Any]) -> Callable[[Any], Any]:
    """Cast the operands in place, by the op's kind, and return the function that casts the result."""
    operands = _operands(record, arguments)
    if record.kind is None or not operands:
        return _identity
    dtype = canonical(result_type(*operands))
    if record.kind is Kind.INT_TO_FLOAT and dtype.category <= Category.INTEGER:
        dtype = float32
    computed = dtype if record.kind in (Kind.NO_OPMATH, Kind.ALWAYS_BOOL) else computed_in(dtype)
    for name, value in arguments.items():
        role = record.roles[name]
        if role is Role.TENSORS:
            arguments[name] = tuple(_astype(item, computed) for item in value)
        elif role in (Role.TENSOR, Role.OPERAND) and value is not None:
            arguments[name] = _astype(value, computed)
    if computed == dtype or record.kind is Kind.ALWAYS_BOOL:
        return _identity
    return functools.partial(jax.tree.map, lambda result: _narrow(result, computed, dtype))


def _identity(result: Any) -> Any:
    return result


def _astype(value: Any, dtype: DType) -> jax.Array:
    array = jnp.asarray(value)
    if array.dtype == bool and dtype.category > Category.INTEGER:
        array = array.astype(np.uint8)  # in XLA a bool, converted, times NaN is 0
    return jax.lax.convert_element_type(array, dtype.dtype)


def _narrow(result: jax.Array, computed: DType, dtype: DType) -> jax.Array:
    return _astype(result, dtype) if as_dtype(result.dtype) == computed else result


# Integers beyond 32 bits, while 64-bit types are disabled.


def _in_32_bits(record: Op, args: Any, kwargs: Any) -> _Arguments:
    """Return a call's arguments with integers beyond 32 bits converted: JAX refuses them without 64-bit types.

    They become floats if the op computes floats, and wrap around beside integer tensors.
    Raises: X64DisabledError in other cases.
    """
    bound = _inner_signature(record).bind(*args, **kwargs)
    dtype = canonical(result_type(*_operands(record, bound.arguments)))
    is_float = dtype.category > Category.INTEGER or record.kind is Kind.INT_TO_FLOAT
    for name, value in bound.arguments.items():
        if type(value) is not int or -(2**31) <= value < 2**31:
            continue
        if not is_float and (record.kind is None or record.roles[name] is not Role.OPERAND):
            advice = 'Give a float, or turn 64 bits on with jax.config.update("jax_enable_x64", True).'
            raise X64DisabledError(f"`{name}` to be an integer that fits in 32 bits", describe(value), advice)
        bound.arguments[name] = float(value) if is_float else (value + 2**31) % 2**32 - 2**31
    return [*bound.args], bound.kwargs
