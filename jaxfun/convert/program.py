"""A port as a program of `jax.export`: it runs without jaxfun, and has its gradient. Begin with `program`."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import export

from ..core.errors import ConversionError
from .plan import Input, Plan
from .trees import LEAF, NONE, SEQUENCES, flatten, unflatten

PLATFORMS = ("cpu", "cuda", "tpu")
PROGRAM = "program.jax_export"  # the file of a saved port


class _Traced(NamedTuple):
    """A function, and the shapes and dtypes of its arguments by position and by keyword."""

    run: Callable[..., Any]
    args: Sequence[Any]
    kwargs: Mapping[str, Any]


def program(port: Any, is_random: bool, sizes: Mapping[str, int]) -> export.Exported:
    """Return the exported program of a port, for all sizes that it serves (but for fixed ones) and for each platform.

    Its `call` takes the parameters, the buffers, the key's data (`jax.random.key_data`) where something is random, and
    the arguments, with None for the constants among them. Named tuples are tuples.
    """
    run, args, kwargs = _traced(port, is_random, sizes)
    try:
        return export.export(jax.jit(run), platforms=PLATFORMS)(*args, **kwargs)
    except Exception as error:  # jaxfun's functions and JAX's raise in many ways where a size is a symbol
        free = [name for name in port.plan.ranges if name not in sizes]
        if not free:
            raise
        raise _refused("jax.export cannot leave a size open", error, free) from error


def serialised(port: Any, is_random: bool) -> bytes:
    """Return the program of a port as bytes, with that of its gradient.

    Raises: ConversionError where `jax.export` cannot write it, for whatever reason.
    """
    try:
        return bytes(program(port, is_random, {}).serialize(vjp_order=1))
    except ConversionError:
        raise
    except Exception as error:  # in the derivative of a function, or in a rule of the user's
        named = _error_of_gradient(_traced(port, is_random, {})) or error
        raise _refused("jax.export cannot write the gradient of the port", named, [*port.plan.ranges]) from error


def without_program(directory: str | Path, error: ConversionError) -> str:
    """Return the warning for a saved port whose program cannot be written."""
    return f"{Path(directory) / PROGRAM} is not written: the port itself is. {error} Or save it with_program=False."


def _refused(what: str, error: Exception, free: Sequence[str]) -> ConversionError:
    places = [note for note in getattr(error, "__notes__", ()) if note.startswith("in ")]  # JAX adds notes too
    lines = [" ".join(str(error).split("\n")[0].split()), *places]
    fixed = f"{{{', '.join(f'{name!r}: 8' for name in free)}}}"
    return ConversionError(what, lines, f"Fix the sizes: port.program(sizes={fixed})." if free else "")


def _error_of_gradient(traced: _Traced) -> Exception | None:
    """Return the error of the derivative of a function that is not compiled: it names the call in the user's code."""
    try:
        jax.eval_shape(lambda *both: jax.vjp(lambda args, kwargs: traced.run(*args, **kwargs), *both)[0], *traced[1:])
    except Exception as error:  # of any kind, as in `program`
        return error
    return None


def _traced(port: Any, is_random: bool, sizes: Mapping[str, int]) -> _Traced:
    plan = port.plan

    def run(params: Any, state: Any, *args: Any, **kwargs: Any) -> Any:
        key = jax.random.wrap_key_data(args[0]) if is_random else None
        args, kwargs = _with_constants(plan, args[is_random:], kwargs)
        return _plain(plan, port(params, *args, state=state, key=key, **kwargs))

    leaves = iter(_specs(plan, sizes))
    args, kwargs = (unflatten(_without_names(tree), leaves) for tree in plan.arguments_trees)
    state, params = (jax.tree.map(_spec, part) for part in (port.state, port.params))
    keys = [_spec(jax.random.key_data(jax.random.key(0)))] if is_random else []
    return _Traced(run, (params, state, *keys, *args), kwargs)


def _with_constants(plan: Plan, args: Any, kwargs: Any) -> list[Any]:
    """Return the arguments with the plan's constants in their places, and with named tuples."""
    each = zip(plan.arguments_trees, (args, kwargs), strict=True)
    given = [leaf for tree, arguments in each for _, leaf in flatten(tree, arguments)]
    known = zip(plan.arguments, given, strict=True)
    leaves = iter([leaf if wanted.dtype else wanted.constant for wanted, leaf in known])
    return [unflatten(tree, leaves) for tree in plan.arguments_trees]


def _spec(array: Any) -> jax.ShapeDtypeStruct:
    return jax.ShapeDtypeStruct(array.shape, array.dtype)


def _specs(plan: Plan, sizes: Mapping[str, int]) -> list[Any]:
    """Return the arguments as shapes and dtypes; a dynamic size is a symbol, with its range, and a constant is None."""
    fixed = [each._replace(shape=tuple(sizes.get(str(size), size) for size in each.shape)) for each in plan.arguments]
    scope = export.SymbolicScope(_constraints(plan.ranges, fixed))
    return [_spec_of(each, scope) if each.dtype else None for each in fixed]


def _spec_of(each: Input, scope: Any) -> jax.ShapeDtypeStruct:
    shape = export.symbolic_shape(", ".join(map(str, each.shape)), scope=scope)
    return jax.ShapeDtypeStruct(shape, jax.dtypes.canonicalize_dtype(jnp.dtype(each.dtype)))


def _constraints(ranges: Mapping[str, tuple[int, int | None]], arguments: Sequence[Input]) -> list[str]:
    used = {size for each in arguments for size in each.shape if isinstance(size, str)}
    bounds = [(name, *bound) for name, bound in ranges.items() if name in used]
    lower = [f"{name} >= {least}" for name, least, _ in bounds if least > 1]
    return lower + [f"{name} <= {most}" for name, _, most in bounds if most is not None]


def _plain(plan: Plan, found: Any) -> Any:
    """Return what a port returns, with tuples in place of named ones: these cannot be serialised."""
    result, *more = found if plan.returns_more else (found,)
    leaves = iter([leaf for _, leaf in flatten(plan.result_tree, result)])
    plain = unflatten(_without_names(plan.result_tree), leaves)
    return (plain, *more) if more else plain


def _without_names(tree: Any) -> Any:
    if tree in (LEAF, NONE):
        return tree
    kind, keys, parts = tree
    inner = [_without_names(part) for part in parts]
    return [kind, keys, inner] if kind == "dict" or kind in SEQUENCES else ["tuple", None, inner]
