"""The rules of a conversion: for each of torch's overloads, the jaxfun function with its arguments.

Begin with `rule_of`. Most rules are look-ups: an overload leads to its record, and the arguments pass by torch's names.
The tables hold what differs.
"""

import functools
import importlib
import inspect
import math
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from ..core.dtypes import DType, canonical, float32
from ..core.errors import ConversionError, UnsupportedArgumentError, describe
from ..core.sizes import is_open, larger, smaller
from ..ops import record_of
from .plan import Call, Plan

Rule = Callable[..., Any]
ASSERTIONS = ("aten::_assert", "aten::sym_constrain_range")  # they only check what the export has assumed
_MOST_SHOWN = 20

_PARTS: Mapping[str, str | None] = {"sections": "indices_or_sections", "indices": "indices_or_sections"}
# torch's names of arguments, and ours; None is dropped
_NAMES: Mapping[str, Mapping[str, str | None]] = {
    "nn.functional.pad": {"padding": "pad"},
    "isin": {"test_element": "test_elements", "element": "elements"},
    "nn.functional.elu": {"scale": None, "input_scale": None},
    "nn.functional.grid_sample": {"interpolation_mode": "mode"},
    "nn.functional.embedding": {"indices": "input", "weight": "weight"},
    "nn.functional.interpolate": {"output_size": "size", "scale_factors": "scale_factor"},
    "split": {"split_size": "split_size_or_sections"},
    **dict.fromkeys(("tensor_split", "hsplit", "vsplit", "dsplit"), _PARTS),
    "to": {"copy": None},
}
# arguments that torch's function chooses by its name
_FIXED: Mapping[str, Mapping[str, Any]] = {
    **{f"aten::reflection_pad{dims}d": {"mode": "reflect"} for dims in (1, 2, 3)},
    **{f"aten::replication_pad{dims}d": {"mode": "replicate"} for dims in (1, 2, 3)},
    **{f"aten::upsample_nearest{dims}d.vec": {"mode": "nearest"} for dims in (1, 2, 3)},
    **{f"aten::_upsample_nearest_exact{dims}d.vec": {"mode": "nearest-exact"} for dims in (1, 2, 3)},
    "aten::upsample_linear1d.vec": {"mode": "linear"},
    "aten::upsample_bilinear2d.vec": {"mode": "bilinear"},
    "aten::upsample_trilinear3d.vec": {"mode": "trilinear"},
    "aten::upsample_bicubic2d.vec": {"mode": "bicubic"},
    "aten::_upsample_bilinear2d_aa.vec": {"mode": "bilinear", "antialias": True},
    "aten::_upsample_bicubic2d_aa.vec": {"mode": "bicubic", "antialias": True},
    "aten::nuclear_norm": {"p": "nuc"},
    "aten::nuclear_norm.dim": {"p": "nuc"},
}
# torch's numbers, and our words
_WORDS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("", "reduction"): ("none", "mean", "sum"),
    ("nn.functional.grid_sample", "interpolation_mode"): ("bilinear", "nearest", "bicubic"),
    ("nn.functional.grid_sample", "padding_mode"): ("zeros", "border", "reflection"),
}
_ALIASES = {
    "__and__": "bitwise_and",
    "__or__": "bitwise_or",
    "__xor__": "bitwise_xor",
    "__lshift__": "bitwise_left_shift",
    "__rshift__": "bitwise_right_shift",
    "_unsafe_view": "view",
    "_softmax": "nn.functional.softmax",
    "_safe_softmax": "nn.functional.softmax",
    "lift_fresh_copy": "clone",
    "alias": "clone",
}


def rule_of(target: str) -> Rule | None:
    """Return the function for a call, with torch's names of the arguments; None if there is none."""
    if target in OWN:
        return OWN[target]
    if target.startswith("operator."):
        return getattr(operator, target.partition(".")[2], None)
    public = _public_of(target)
    function = public and _public(public)
    return functools.partial(_by_name, function, public, _FIXED.get(target, {})) if function else None


def is_known(own: Mapping[str, Rule], target: str) -> bool:
    """Return whether an overload has a rule: one of the user's, or one of jaxfun's, or needs none."""
    return target in own or rule_of(target) is not None or target.startswith(ASSERTIONS)


def rules_of(plan: Plan, own: Mapping[str, Rule]) -> dict[str, Rule]:
    """Return the rule of each overload in a plan.

    Raises: ConversionError, with all calls that have none.
    """
    targets = dict.fromkeys(call.target for call in plan.calls())
    found = {target: own.get(target) or rule_of(target) for target in targets}
    missing = [call for call in plan.calls() if call.target in found and found[call.target] is None]
    if missing:
        what = f"{len(missing)} of {len([*plan.calls()])} calls have no rule"
        raise ConversionError(what, _listed(missing), _ADVICE)
    return {target: rule for target, rule in found.items() if rule is not None}


_ADVICE = 'Give rules={"aten::name": function}; the function takes torch\'s arguments by name.'


def _listed(missing: Sequence[Call]) -> list[str]:
    lines = [f"{call.target}  {call.place}" for call in missing[:_MOST_SHOWN]]
    return lines + ([f"... and {len(missing) - _MOST_SHOWN} more"] if len(missing) > _MOST_SHOWN else [])


def _public(name: str) -> Any:
    """Return the public function of a name, or None."""
    try:
        return operator.attrgetter(name)(importlib.import_module("jaxfun"))
    except AttributeError:
        return None


def _public_of(target: str) -> str:
    """Return the public name of the function for one of torch's overloads."""
    record = record_of(target)
    if record is not None:
        return record.public
    if not target.startswith("aten::"):
        return ""
    base = target.removeprefix("aten::").partition(".")[0]
    return _ALIASES.get(base, base)


def _by_name(function: Rule, public: str, fixed: Mapping[str, Any], **given: Any) -> Any:
    tensors, arguments = _arguments(function, public, fixed, given)
    found = function(*tensors, **arguments)
    return getattr(found, "output", found)  # the new statistics are results of other overloads


def _arguments(
    function: Rule, public: str, fixed: Mapping[str, Any], given: Mapping[str, Any]
) -> tuple[Sequence[Any], dict[str, Any]]:
    """Return the variadic and the named arguments of a public function, for torch's arguments by name."""
    parameters = inspect.signature(function).parameters
    first = next(iter(parameters))
    renamed = {
        "self": "input" if "input" in parameters else first,
        "A": first,
        "tensors": first,
        **_NAMES.get(public, {}),
    }
    arguments = dict(fixed)
    for name, value in given.items():
        own = renamed.get(name, name)
        words = _WORDS.get((public, name)) or _WORDS.get(("", name))
        if own is not None:
            arguments[own] = words[value] if words and isinstance(value, int) else value
    variadic = next((name for name, each in parameters.items() if each.kind is each.VAR_POSITIONAL), "")
    return arguments.pop(variadic, ()) if variadic == "tensors" else (), arguments


class PublicCall(NamedTuple):
    """A call of a public function: its name in jaxfun, its signature, and the arguments."""

    name: str
    parameters: Mapping[str, inspect.Parameter]
    variadic: Sequence[Any]
    named: Mapping[str, Any]


def public_call(target: str, given: Mapping[str, Any]) -> PublicCall | None:
    """Return the call of a public function that an overload is; None if its rule is not one such call."""
    public = _public_of(target) if target not in OWN else ""
    function = public and _public(public)
    if not function:
        return None
    variadic, named = _arguments(function, public, _FIXED.get(target, {}), given)
    return PublicCall(public, inspect.signature(function).parameters, variadic, named)


# Rules of their own, by torch's names of the arguments.


def _dtype_of(dtype: DType | None, like: jax.Array | None = None) -> Any:
    if dtype is None:
        return float32.dtype if like is None else like.dtype
    return canonical(dtype).dtype


def _cast(self: jax.Array, dtype: DType | None = None) -> jax.Array:
    return self if dtype is None else _public("to")(self, dtype)


def _indexed(self: jax.Array, indices: tuple[Any, ...]) -> jax.Array:
    return _public("getitem")(self, tuple(slice(None) if each is None else each for each in indices))


def _put(self: jax.Array, indices: tuple[Any, ...], values: jax.Array, accumulate: bool = False) -> jax.Array:
    return _public("index_put")(self, [slice(None) if each is None else each for each in indices], values, accumulate)


def _normalised_in_training(
    input: jax.Array,
    weight: Any,
    bias: Any,
    running_mean: Any,
    running_var: Any,
    training: bool,
    momentum: float,
    eps: float,
) -> tuple[Any, ...]:
    found = _public("nn.functional.batch_norm")(input, running_mean, running_var, weight, bias, training, momentum, eps)
    if training and running_mean is not None:
        return found.output, None, None, found.running_mean, found.running_var
    return found, None, None, running_mean, running_var


def _normalised(
    input: jax.Array, weight: Any, bias: Any, running_mean: Any, running_var: Any, momentum: float, eps: float
) -> tuple[Any, ...]:
    return (
        _public("nn.functional.batch_norm")(input, running_mean, running_var, weight, bias, False, momentum, eps),
        None,
        None,
    )


def _normalised_without_statistics(
    input: jax.Array, weight: Any, bias: Any, training: bool, momentum: float, eps: float
) -> tuple[Any, ...]:
    return _normalised_in_training(input, weight, bias, None, None, training, momentum, eps)[:3]


def _zero(self: jax.Array) -> jax.Array:
    return jnp.zeros_like(self)


def _bag(weight: jax.Array, indices: jax.Array, offsets: jax.Array, mode: int = 0, **options: Any) -> tuple[Any, ...]:
    options = {name: value for name, value in options.items() if name != "sparse"}
    padding = options.pop("padding_idx", None)
    options["padding_idx"] = None if padding == -1 else padding
    word = ("sum", "mean", "max")[mode]
    return _public("nn.functional.embedding_bag")(indices, weight, offsets, mode=word, **options), None, None, None


def _of_shape(draw: Callable[..., jax.Array]) -> Rule:
    def rule(size: tuple[int, ...], dtype: DType | None = None, *, key: jax.Array) -> jax.Array:
        return draw(key, size, _dtype_of(dtype))

    return rule


def _like(draw: Callable[..., jax.Array]) -> Rule:
    def rule(self: jax.Array, dtype: DType | None = None, *, key: jax.Array) -> jax.Array:
        return draw(key, self.shape, _dtype_of(dtype, self))

    return rule


def _bernoulli(self: jax.Array, p: Any = None, *, key: jax.Array) -> jax.Array:
    return jax.random.bernoulli(key, self if p is None else p, self.shape).astype(self.dtype)


def _copied(self: jax.Array, src: jax.Array) -> jax.Array:
    return jnp.broadcast_to(src, self.shape).astype(self.dtype)


def _number(self: jax.Array) -> Any:
    return _public("item")(self)


def _vector_norm(
    self: jax.Array, ord: float = 2, dim: Any = None, keepdim: bool = False, dtype: DType | None = None
) -> jax.Array:
    return _public("norm")(self, ord, dim, keepdim, dtype=dtype)


# Sizes. One that jax.export leaves open stays exact as a float too: twice a height is a height.


def _as_float(size: Any) -> Any:
    return size if is_open(size) else float(size)


def _times(one: Any, other: Any) -> Any:
    return _whole(one) * _whole(other) if is_open(one) or is_open(other) else one * other


def _whole(number: Any) -> Any:
    return int(number) if isinstance(number, float) and number.is_integer() else number


# Control flow: the graphs are functions of their inputs.


def _branch(predicate: Any, yes: Callable[..., Any], no: Callable[..., Any], operands: Sequence[Any] = ()) -> Any:
    return jax.lax.cond(predicate, yes, no, *operands)


def _loop(
    condition: Callable[..., Any], body: Callable[..., Any], carried: Sequence[Any], others: Sequence[Any] = ()
) -> Any:
    def is_on(state: Sequence[Any]) -> Any:
        return condition(*state, *others)[0].reshape(())

    return jax.lax.while_loop(is_on, lambda state: body(*state, *others), tuple(carried))


def _grouped_product(self: Any, mat2: Any, offs: Any = None, bias: Any = None, out_dtype: Any = None) -> Any:
    """Return the products of groups of rows, each with its own matrix; `offs` are the ends of the groups."""
    if offs is None or self.ndim != 2 or mat2.ndim != 3 or bias is not None:
        shapes = f"{describe(self)}, {describe(mat2)}"
        raise UnsupportedArgumentError("groups of rows (n, k) of matrices (groups, k, m), without a bias", shapes)
    sizes = jnp.diff(offs.astype(jnp.int32), prepend=0)
    found = jax.lax.ragged_dot(self, mat2, sizes)
    return found if out_dtype is None else found.astype(canonical(out_dtype).dtype)


OWN: Mapping[str, Rule] = {
    "aten::_grouped_mm": _grouped_product,
    "transformers::grouped_mm_fallback": lambda input, weight, offs: _grouped_product(
        self=input, mat2=weight, offs=offs
    ),
    "cond": _branch,
    "while_loop": _loop,
    "aten::einsum": lambda equation, tensors: _public("einsum")(equation, *tensors),
    "aten::linalg_vector_norm": _vector_norm,
    "aten::type_as": lambda self, other: self.astype(other.dtype),
    "aten::zero": _zero,
    "aten::embedding_bag": _bag,
    "aten::embedding_bag.padding_idx": _bag,
    "aten::arange": lambda end, dtype=None: _public("arange")(end, dtype=dtype),
    "aten::_to_copy": _cast,
    "aten::to.dtype_layout": _cast,
    "aten::index.Tensor": _indexed,
    "aten::index_put": _put,
    "aten::copy": _copied,
    "aten::_native_batch_norm_legit_functional": _normalised_in_training,
    "aten::_native_batch_norm_legit_no_training": _normalised,
    "aten::_native_batch_norm_legit.no_stats": _normalised_without_statistics,
    "aten::sym_size.int": lambda self, dim: self.shape[dim],
    "aten::sym_numel": lambda self: math.prod(self.shape),
    "aten::bernoulli": _bernoulli,
    "aten::bernoulli.p": _bernoulli,
    "aten::rand": _of_shape(jax.random.uniform),
    "aten::randn": _of_shape(jax.random.normal),
    "aten::rand_like": _like(jax.random.uniform),
    "aten::randn_like": _like(jax.random.normal),
    "aten::_local_scalar_dense": _number,
    "aten::item": _number,
    "torch.sym_max": larger,
    "torch.sym_min": smaller,
    "torch.sym_float": _as_float,
    "operator.mul": _times,
    "torch.sym_int": int,
    "torch.sym_not": operator.not_,
    "math.ceil": lambda number: number if is_open(number) else math.ceil(number),
    "math.floor": lambda number: number if is_open(number) else math.floor(number),
    "math.trunc": lambda number: number if is_open(number) else math.trunc(number),
}


# Random calls.


def key_of(target: str, arguments: Mapping[str, Any]) -> str:
    """Return the name of the argument for a random key, "" if the call is not random."""
    name = _base(target)
    probability = hidden_draw(target)
    if name == "native_dropout" or probability == "p":
        return "key" if arguments.get("p") and arguments.get("train") is not False else ""
    if probability == "dropout":
        return "key" if arguments["train"] and arguments["dropout"] and arguments["num_layers"] > 1 else ""
    if probability:
        return "dropout_key" if arguments.get(probability) else ""
    return "key" if name in _RANDOM else ""


def random_calls(plan: Plan) -> list[Call]:
    """Return the calls of a plan that need a random key."""
    return [call for call in plan.calls() if key_of(call.target, call.kwargs)]


def hidden_draw(target: str) -> str:
    """Return the name of the probability of a dropout inside of a function, whose mask is no result; "" without one."""
    return _HIDDEN.get(_base(target), "")


def _base(target: str) -> str:
    return target.removeprefix("aten::").partition(".")[0]


_HIDDEN = {
    **dict.fromkeys(("dropout", "alpha_dropout", "feature_dropout", "feature_alpha_dropout"), "p"),
    **dict.fromkeys(("lstm", "gru", "rnn_tanh", "rnn_relu"), "dropout"),
    "scaled_dot_product_attention": "dropout_p",
}
_RANDOM = frozenset(("bernoulli", "rand", "randn", "rand_like", "randn_like", "randint", "randperm"))
