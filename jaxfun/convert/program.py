"""A port as a program of `jax.export`: it runs without jaxfun, and has its gradient. Begin with `program`."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
from jax import export

from ..core.errors import ConversionError
from .plan import Input, Plan
from .trees import LEAF, NONE, SEQUENCES, flatten, unflatten

PLATFORMS = ("cpu", "cuda", "tpu")
PROGRAM = "program.jax_export"  # the file of a saved port


def program(port: Any, is_random: bool, sizes: Mapping[str, int]) -> export.Exported:
    """Return the exported program of a port, for all sizes that it serves (but for fixed ones) and for each platform.

    Its `call` takes the parameters, the buffers, the key's data (`jax.random.key_data`) where something is random, and
    the arguments. Named tuples in its result are tuples.
    """

    def run(params: Any, state: Any, *args: Any, **kwargs: Any) -> Any:
        key = jax.random.wrap_key_data(args[0]) if is_random else None
        return _plain(port.plan, port(params, *args[is_random:], state=state, key=key, **kwargs))

    leaves = iter(_specs(port.plan, sizes))
    args, kwargs = (unflatten(tree, leaves) for tree in port.plan.arguments_trees)
    state, params = (jax.tree.map(_spec, part) for part in (port.state, port.params))
    keys = [_spec(jax.random.key_data(jax.random.key(0)))] if is_random else []
    try:
        return export.export(jax.jit(run), platforms=PLATFORMS)(params, state, *keys, *args, **kwargs)
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
    except Exception as error:  # of a rule of the user's, or of the derivative of a function
        raise _refused("jax.export cannot write the port as a program", error, [*port.plan.ranges]) from error


def without_program(directory: str | Path, error: ConversionError) -> str:
    """Return the warning for a saved port whose program cannot be written."""
    return f"{Path(directory) / PROGRAM} is not written: the port itself is. {error} Or save it with_program=False."


def _refused(what: str, error: Exception, free: Sequence[str]) -> ConversionError:
    lines = [" ".join(str(error).split("\n")[0].split()), *getattr(error, "__notes__", ())]
    fixed = f"{{{', '.join(f'{name!r}: 8' for name in free)}}}"
    return ConversionError(what, lines, f"Fix the sizes: port.program(sizes={fixed})." if free else "")


def _spec(array: Any) -> jax.ShapeDtypeStruct:
    return jax.ShapeDtypeStruct(array.shape, array.dtype)


def _specs(plan: Plan, sizes: Mapping[str, int]) -> list[Any]:
    """Return the arguments as shapes and dtypes; a dynamic size is a symbol, with its range."""
    fixed = [each._replace(shape=tuple(sizes.get(str(size), size) for size in each.shape)) for each in plan.arguments]
    scope = export.SymbolicScope(_constraints(plan.ranges, fixed))
    return [_spec_of(each, scope) if each.dtype else each.constant for each in fixed]


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
