"""The decorator that makes an op of a few lines of jnp: recorded, cast by torch's rules, and named in the jaxpr."""

import functools
import inspect
import itertools
from collections.abc import Callable, Mapping
from typing import Annotated, Any, NamedTuple, ParamSpec, TypeVar, get_args, get_origin

import jax
import jax.numpy as jnp
import numpy as np

from ._dims import broadcast_shapes
from ._record import KEYWORD_ONLY, REGISTRY, TRACED, Op, Role
from ._spelling import numpy_names, renamed
from .dtypes import (
    DTYPES,
    Category,
    DType,
    Kind,
    as_array,
    as_dtype,
    canonical,
    float32,
    of,
    required,
    result_type,
)
from .errors import ArgumentTypeError, JaxfunError, UnsupportedDTypeError, X64DisabledError, describe, refuse_out

P = ParamSpec("P")
R = TypeVar("R")


def op(
    kind: Kind | None = Kind.DEFAULT,
    *,
    torch: str = "",
    overload: str | tuple[str, ...] = "",
    aten: str = "",
    step: str = "",
    takes: Mapping[str, Any] | None = None,
    rejects: frozenset[DType] = frozenset(),
    operand_rejects: frozenset[DType] = frozenset(),
    takes_here: Callable[[Mapping[str, Any]], frozenset[DType]] | None = None,
    aliases: tuple[str, ...] = (),
    node: str | None = None,
    composite: bool = False,
    determines: Callable[[Any], Any] | None = None,
    check: Callable[..., None] | None = None,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make an op of a function on arrays: recorded, cast by torch's rules, and named in the jaxpr.

    `kind` None leaves every dtype alone. The reference is `torch.` and the function's name, unless `torch` says
    otherwise. `overload` names torch's overloads that the op covers, of which the first names the record; `aten` is
    torch's own name for the operator where it is not that of the reference. A `step` is a name on the tape for what
    only other functions take: it is not public, and proven by their proofs.

    `check(result, *arguments)` raises for numbers that torch refuses; of a tracer it says nothing.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function)
        reference = "" if step else torch or f"torch.{function.__name__}"
        base = step or aten or _aten_name(reference)
        covered = (overload,) if isinstance(overload, str) else overload
        record = Op(
            aten=tuple(_overload_name(base, each) for each in covered),
            torch=reference,
            kind=kind,
            signature=signature,
            roles={name: _role(parameter) for name, parameter in signature.parameters.items()},
            takes=takes or {},
            rejects=rejects,
            operand_rejects=operand_rejects,
            takes_here=takes_here,
            aliases=aliases,
            node=_node_name(base if step else reference) if node is None else node,
            composite=composite,
            determines=determines,
        )
        REGISTRY[record.name] = record
        return _public(record, function, check)

    return decorate


def _aten_name(reference: str) -> str:
    """Return torch's own name for the operator of a Python function: `linalg_det` for torch.linalg.det."""
    path = reference.removeprefix("torch.")
    return path.removeprefix("Tensor.").removeprefix("nn.functional.").replace(".", "_")


def _overload_name(base: str, overload: str) -> str:
    return f"{base}{overload}" if overload.startswith(":") else f"{base}.{overload}" if overload else base


def _role(parameter: inspect.Parameter) -> Role:
    annotation = parameter.annotation
    if get_origin(annotation) is Annotated:
        return next(item for item in get_args(annotation) if isinstance(item, Role))
    return Role.STATIC


def _node_name(base: str) -> str:
    words = base.rpartition(".")[2].split("_")
    return "".join(word.capitalize() for word in words) + "Backward0"


def _public(record: Op, function: Callable[P, R], check: Callable[..., None] | None) -> Callable[P, R]:
    compiled = _compiled(record, function)
    plans: dict[Any, _Plan] = {}  # by the arguments' types
    names = numpy_names(record.public, record.signature.parameters)

    def placed(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        types = (*map(type, args), *kwargs, *map(type, kwargs.values()))
        plan = plans.get(types) or plans.setdefault(types, _plan(record, args, kwargs))
        return args if plan is _AS_THEY_ARE else plan.placed(args, kwargs)

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            try:
                if not kwargs and plans.get((*map(type, args),)) is _AS_THEY_ARE:
                    result = compiled(*args)  # most calls, the quickest way: a twentieth of a microsecond counts here
                else:
                    kwargs = renamed(names, kwargs)  # type: ignore[assignment]  # another spelling of the same
                    args = placed(args, kwargs)
                    result = compiled(*args, **kwargs)
            except OverflowError:
                args, kwargs = _in_32_bits(record, args, kwargs)
                result = compiled(*args, **kwargs)
            if check is not None:
                check(result, *args, **kwargs)
            return result
        except JaxfunError as error:
            raise error.within(record.call) from None

    call.op = record  # type: ignore[attr-defined]  # a function has no such field of its own
    return call


def _in_32_bits(record: Op, args: Any, kwargs: Any) -> tuple[Any, Any]:
    """Return a call's arguments, integers beyond 32 bits as torch takes them: JAX refuses them without 64-bit types.

    They become floats where floats are computed, and wrap around beside integer tensors.
    Raises: X64DisabledError in other places.
    """
    bound = record.signature.bind(*args, **kwargs)
    dtype = canonical(result_type(*_operands(record, bound.arguments)))
    is_float = dtype.category > Category.INTEGER or record.kind is Kind.INT_TO_FLOAT
    for name, value in bound.arguments.items():
        if type(value) is not int or -(2**31) <= value < 2**31:
            continue
        if not is_float and (record.kind is None or record.roles[name] is not Role.OPERAND):
            advice = 'Give a float, or turn 64 bits on with jax.config.update("jax_enable_x64", True).'
            raise X64DisabledError(f"`{name}` to be an integer that fits in 32 bits", describe(value), advice)
        bound.arguments[name] = float(value) if is_float else (value + 2**31) % 2**32 - 2**31
    return bound.args, bound.kwargs


def _compiled(record: Op, function: Callable[..., Any]) -> Callable[..., Any]:
    def run(*args: Any, **kwargs: Any) -> Any:
        bound = record.signature.bind(*args, **kwargs)
        _check_dtypes(record, bound.arguments)
        _check_shapes(record, bound.arguments)
        restore = _promote(record, bound.arguments)
        return restore(function(*bound.args, **bound.kwargs))

    run.__name__ = run.__qualname__ = f"jaxfun.{record.name}"
    run.__signature__ = record.signature  # type: ignore[attr-defined]  # jit resolves static_argnames by it
    return jax.jit(run, static_argnames=[name for name, role in record.roles.items() if role not in TRACED])


_DIRECT_TYPES: dict[Role, tuple[type, ...]] = {
    Role.TENSORS: (),
    Role.SCALAR: (bool, int, float, complex),
    Role.DIM: (int,),
    Role.DIMS: (int, type(None)),
    Role.DTYPE: (type(None),),  # any other is asked for by name: it must be there
    Role.STATIC: (bool, int, float, complex, str, type(None), DType),
}


class _Plan(NamedTuple):
    """What is done to a call's arguments, of known types, before the compiled function takes them."""

    moved: tuple[
        str, ...
    ]  # keywords that have a place: jit sorts keywords, and the tape reads operands in torch's order
    places: tuple[tuple[int, str, Callable[[str, Any], Any]], ...]
    keywords: tuple[tuple[str, Callable[[str, Any], Any]], ...]

    def placed(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
        """Return the positional arguments, and normalise the others where they are."""
        found = [*args, *(kwargs.pop(name) for name in self.moved)]
        for place, name, normalise in self.places:
            found[place] = normalise(name, found[place])
        for name, normalise in self.keywords:
            kwargs[name] = normalise(name, kwargs[name])
        return found


_AS_THEY_ARE = _Plan((), (), ())


def _plan(record: Op, args: tuple[Any, ...], kwargs: dict[str, Any]) -> _Plan:
    bound = _bind(record, args, kwargs).arguments
    order = [name for name, parameter in record.signature.parameters.items() if parameter.kind is not KEYWORD_ONLY]
    if order and _is_variadic(record, order[-1]):
        order += [order[-1]] * (len(args) - len(order))
    moved = tuple(itertools.takewhile(kwargs.__contains__, order[len(args) :]))
    rough = {
        name: _tensor if _is_variadic(record, name) else _NORMALISE[record.roles[name]]
        for name, value in bound.items()
        if not (_is_left_out(record, name, value) or _is_direct_argument(record.roles[name], value))
    }
    placed = order[: len(args) + len(moved)]
    places = tuple((place, name, rough[name]) for place, name in enumerate(placed) if name in rough)
    keywords = tuple((name, normalise) for name, normalise in rough.items() if name not in placed)
    return _Plan(moved, places, keywords) if moved or places or keywords else _AS_THEY_ARE


def _is_variadic(record: Op, name: str) -> bool:
    return record.signature.parameters[name].kind is inspect.Parameter.VAR_POSITIONAL


def _is_left_out(record: Op, name: str, value: Any) -> bool:
    return value is None and record.signature.parameters[name].default is None


def _is_direct_argument(role: Role, value: Any) -> bool:
    if role in (Role.TENSOR, Role.MASK):
        return isinstance(value, jax.Array)
    if role is Role.OPERAND:
        return isinstance(value, jax.Array) or type(value) in (bool, int, float, complex)
    return type(value) in _DIRECT_TYPES[role]


def _bind(record: Op, args: tuple[Any, ...], kwargs: dict[str, Any]) -> inspect.BoundArguments:
    refuse_out(kwargs.get("out"))
    try:
        return record.signature.bind(*args, **kwargs)
    except TypeError as error:
        got = ", ".join([*map(describe, args), *(f"{name}={describe(value)}" for name, value in kwargs.items())])
        raise ArgumentTypeError(f"arguments that fit ({error})", got or "none") from None


def _tensor(name: str, value: Any) -> jax.Array:
    if isinstance(value, jax.Array):
        return value
    if isinstance(value, (bool, int, float, complex, np.generic)) or not hasattr(value, "dtype"):
        raise ArgumentTypeError(f"`{name}` to be a tensor", describe(value), "Make one with jaxfun.tensor.")
    return as_array(value)


def _operand(name: str, value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()  # torch takes a NumPy scalar for a Python number
    return value if isinstance(value, (bool, int, float, complex)) else _tensor(name, value)


def _tensors(name: str, value: Any) -> tuple[jax.Array, ...]:
    if not isinstance(value, (tuple, list)):
        raise ArgumentTypeError(f"`{name}` to be a tuple or a list of tensors", describe(value))
    if all(isinstance(item, jax.Array) for item in value):
        return tuple(value)
    return tuple(_tensor(f"{name}[{position}]", item) for position, item in enumerate(value))


def _static(name: str, value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        if any(isinstance(item, float) for item in value):  # jit takes (2, 3.0) for the (2, 3) that it has compiled
            raise ArgumentTypeError(f"`{name}` to hold integers", describe(value))
        return tuple(_static(name, item) for item in value)
    return value.item() if isinstance(value, np.generic) else value


def _number(name: str, value: Any) -> Any:
    value = value.item() if isinstance(value, np.generic) else value
    if not isinstance(value, (bool, int, float, complex, jax.Array)):
        raise ArgumentTypeError(f"`{name}` to be a number", describe(value))
    return value


def _integers(name: str, value: Any) -> Any:
    if type(value) is tuple and {int}.issuperset(map(type, value)):
        return value
    value = _static(name, value)
    items = value if isinstance(value, tuple) else () if value is None else (value,)
    if not all(isinstance(item, int) and not isinstance(item, bool) for item in items):
        raise ArgumentTypeError(f"`{name}` to be an integer or integers", describe(value))
    return value


def _integer(name: str, value: Any) -> int:
    value = value.item() if isinstance(value, np.integer) else value
    if not isinstance(value, int) or isinstance(value, bool):
        raise ArgumentTypeError(f"`{name}` to be an integer", describe(value))
    return value


def _dtype(name: str, value: Any) -> DType | None:
    if value is None or (type(value) is DType and value.itemsize < 8):  # what is there in any case
        return value
    return required(value)


_NORMALISE: dict[Role, Callable[[str, Any], Any]] = {
    Role.TENSOR: _tensor,
    Role.MASK: _tensor,
    Role.OPERAND: _operand,
    Role.TENSORS: _tensors,
    Role.SCALAR: _number,
    Role.DIM: _integer,
    Role.DIMS: _integers,
    Role.DTYPE: _dtype,
    Role.STATIC: _static,
}


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
    """Cast the operands in place, by the op's kind, and return what its result then goes through."""
    operands = _operands(record, arguments)
    if record.kind is None or not operands:
        return _identity
    dtype = canonical(result_type(*operands))
    if record.kind is Kind.INT_TO_FLOAT and dtype.category <= Category.INTEGER:
        dtype = float32
    computed = _computed_in(record.kind, dtype)
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


def _computed_in(kind: Kind, dtype: DType) -> DType:
    # torch's CPU and CUDA kernels compute 16-bit floats in float32 and round once, at the end
    narrow = dtype.is_floating_point and dtype.itemsize == 2
    return float32 if narrow and kind not in (Kind.NO_OPMATH, Kind.ALWAYS_BOOL) else dtype


def _astype(value: Any, dtype: DType) -> jax.Array:
    array = jnp.asarray(value)
    if array.dtype == bool and dtype.category > Category.INTEGER:
        array = array.astype(np.uint8)  # XLA turns a converted bool times NaN into 0
    return jax.lax.convert_element_type(array, dtype.dtype)


def _narrow(result: jax.Array, computed: DType, dtype: DType) -> jax.Array:
    return _astype(result, dtype) if as_dtype(result.dtype) == computed else result
