"""One call as a Python expression. Begin with `Writer.expression`."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ...core.dtypes import DTYPES, canonical
from ..plan import Call, DTypeName, Ref
from ..rules import key_of, public_call
from .forms import LITERAL, PLACED

DROPOUT = "aten::native_dropout"
_ATOM, _UNARY, _PRODUCT, _SUM, _BITS, _COMPARED = range(6)


@dataclass(frozen=True)
class Named:
    """A number for which a name or another expression stands in the source."""

    text: str
    value: Any

    def __str__(self) -> str:
        return self.text


class Text(NamedTuple):
    """An expression as text, and how tightly it binds; a looser one stands in parentheses inside of an operator."""

    text: str
    binds: int = _ATOM

    def inside(self, binds: int) -> str:
        """Return the text as an operand of an operator."""
        return self.text if self.binds < binds or (self.binds == binds and binds == _ATOM) else f"({self.text})"


Look = Callable[[str], Text]  # the text of a value
_INFIX = {
    **{
        f"aten::{name}.{form}": sign
        for form in ("Tensor", "Scalar")
        for name, sign in (("add", ("+", _SUM)), ("sub", ("-", _SUM)))
    },
    **{f"aten::{name}.{form}": sign for form in ("Tensor", "Scalar") for name, sign in (("mul", ("*", _PRODUCT)),)},
    "aten::div.Tensor": ("/", _PRODUCT),
    "aten::div.Scalar": ("/", _PRODUCT),
    "aten::matmul": ("@", _PRODUCT),
    **{
        f"aten::{name}.{form}": (sign, _COMPARED)
        for form in ("Tensor", "Scalar")
        for name, sign in (("lt", "<"), ("le", "<="), ("gt", ">"), ("ge", ">="), ("eq", "=="), ("ne", "!="))
    },
    "aten::__and__.Tensor": ("&", _BITS),
    "aten::__or__.Tensor": ("|", _BITS),
    "aten::bitwise_and.Tensor": ("&", _BITS),
    "aten::bitwise_or.Tensor": ("|", _BITS),
    "operator.add": ("+", _SUM),
    "operator.sub": ("-", _SUM),
    "operator.mul": ("*", _PRODUCT),
    "operator.floordiv": ("//", _PRODUCT),
    "operator.truediv": ("/", _PRODUCT),
    "operator.mod": ("%", _PRODUCT),
}
_MOST = sys.maxsize
_BY_NAME = {dtype.name: dtype for dtype in DTYPES}


class Writer:
    """Writes calls, for the dtypes and shapes of all values."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values

    def expression(self, call: Call, look: Look, key: str = "") -> Text:
        """Return a call as an expression; `look` gives the text of the values that it takes, `key` that of its key."""
        if call.target == "operator.getitem":
            value, index = call.args
            return Text(f"{look(value.name).inside(_ATOM)}[{index}]")
        if call.target in _INFIX and (found := self._infix(call, look)):
            return found
        if call.target in _RANDOM and hasattr(self.values.get(call.name), "shape"):  # dropout without its mask
            return _RANDOM[call.target](self, call, look, key)
        if call.target in _OWN and _is_own(call):
            return _OWN[call.target](self, call, look)
        return self._public(call, look, key)

    def written(self, value: Any, look: Look) -> str:
        """Return an argument as text."""
        if isinstance(value, Ref):
            return look(value.name).text
        if isinstance(value, Named):
            return value.text
        if isinstance(value, DTypeName):
            return f"jf.{canonical(_BY_NAME[value.name]).name}"
        if isinstance(value, tuple):
            items = [self.written(each, look) for each in value]
            return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"
        if isinstance(value, float) and value in (float("inf"), -float("inf")):
            return f'{"-" if value < 0 else ""}float("inf")'
        if isinstance(value, float) and value != value:
            return 'float("nan")'
        return f'"{value}"' if isinstance(value, str) else repr(value).replace("e+", "e")

    def _infix(self, call: Call, look: Look) -> Text | None:
        """Return an operator, where JAX's promotion is torch's: equal dtypes, or a number that does not widen."""
        arguments = {**call.kwargs} or dict(zip(("self", "other"), call.args, strict=False))
        if arguments.get("alpha", 1) != 1 or not {"self", "other"} <= arguments.keys():
            return None
        pair = (arguments["self"], arguments["other"])
        kinds = [self._kind(each) for each in pair]
        if len({*kinds} - {"number"}) > 1:
            return None
        dtypes = [kind for kind in kinds if kind != "number"]
        if (
            dtypes
            and any(isinstance(_number(each), float) for each in pair)
            and not dtypes[0].startswith(("float", "bfloat"))
        ):
            return None
        if dtypes and call.target.startswith("aten::div") and not dtypes[0].startswith(("float", "bfloat")):
            return None
        if dtypes == ["bool", "bool"] and call.target.startswith(("aten::add", "aten::sub", "aten::mul")):
            return None
        sign, binds = _INFIX[call.target]
        one, other = (self._operand(each, look) for each in pair)
        left = one.text if one.binds == binds and binds in (_PRODUCT, _SUM) else one.inside(binds)
        return Text(f"{left} {sign} {other.inside(binds)}", binds)

    def _kind(self, value: Any) -> str:
        found: Any = self.values.get(value.name) if isinstance(value, Ref) else value
        return str(found.dtype) if hasattr(found, "dtype") else "number"

    def _operand(self, value: Any, look: Look) -> Text:
        if isinstance(value, Ref):
            return look(value.name)
        return Text(self.written(value, look), _UNARY if isinstance(value, (int, float)) and value < 0 else _ATOM)

    def _public(self, call: Call, look: Look, key: str) -> Text:
        """Return the call of a jaxfun function, without arguments that are its defaults."""
        found = public_call(call.target, call.kwargs)
        random = [f"{key_of(call.target, call.kwargs)}={key}"] if key else []
        if found is None:
            return self._by_rule(call, look, random)
        name = found.name.replace("nn.functional.", "F.") if found.name.startswith("nn.f") else f"jf.{found.name}"
        texts = [self.written(each, look) for each in found.variadic]
        is_positional = True
        for parameter in found.parameters.values():
            if parameter.kind is parameter.VAR_POSITIONAL:
                given = found.named.get(parameter.name)
                texts += [] if given is None else [self.written(given, look)]
                continue
            if parameter.name not in found.named or _is_default(found.named[parameter.name], parameter.default):
                is_positional = False
                continue
            is_positional &= parameter.kind is not parameter.KEYWORD_ONLY and parameter.name not in _SPOKEN
            text = self.written(found.named[parameter.name], look)
            texts.append(text if is_positional else f"{parameter.name}={text}")
        return Text(f"{name}({', '.join([*texts, *random])})")

    def _by_rule(self, call: Call, look: Look, random: Sequence[str]) -> Text:
        """Return a call by its rule's name, for an operator that is no function of jaxfun's."""
        given = [f"{name}={self.written(value, look)}" for name, value in call.kwargs.items()]
        given = [*(self.written(value, look) for value in call.args), *given, *random]
        return Text(f'rule_of("{call.target}")({", ".join(given)})')


# arguments that are given by name: a row of numbers says nothing
_SPOKEN = (
    *("stride", "padding", "dilation", "groups", "ceil_mode", "eps", "momentum", "training", "correction", "keepdim"),
    *("is_causal", "dropout_p", "has_biases", "num_layers", "dropout", "train", "bidirectional", "batch_first"),
)


def _number(value: Any) -> Any:
    return value.value if isinstance(value, Named) else value


def _is_default(value: Any, default: Any) -> bool:
    return type(value) is type(default) and value == default


def _is_own(call: Call) -> bool:
    """Return whether a call has the form that its writer knows."""
    if call.target == BATCH_NORM_IN_TRAINING:
        return call.kwargs["training"] is True and call.kwargs["running_mean"] is not None
    return True


def results_of(call: Call, value: Any) -> list[int]:
    """Return the numbers of the results of torch's that a call's expression gives, in its order; none for an array."""
    if call.target == BATCH_NORM_IN_TRAINING and _is_own(call):
        return [0, 3, 4]
    return [*range(len(value))] if isinstance(value, (tuple, list)) else []


# Operators whose rule is no single function of jaxfun.


def _size(writer: Writer, call: Call, look: Look) -> Text:
    return Text(f"{look(call.kwargs['self'].name).inside(_ATOM)}.shape[{call.kwargs['dim']}]")


def _cast(writer: Writer, call: Call, look: Look) -> Text:
    dtype = call.kwargs.get("dtype")
    value = look(call.kwargs["self"].name)
    return value if dtype is None else Text(f"jf.to({value.text}, {writer.written(dtype, look)})")


def _cast_like(writer: Writer, call: Call, look: Look) -> Text:
    one, other = (look(call.kwargs[name].name) for name in ("self", "other"))
    return Text(f"{one.inside(_ATOM)}.astype({other.inside(_ATOM)}.dtype)")


def _index(writer: Writer, call: Call, look: Look) -> Text:
    parts = [":" if each is None else writer.written(each, look) for each in call.kwargs["indices"]]
    return Text(f"{look(call.kwargs['self'].name).inside(_ATOM)}[{', '.join(parts)}]")


def _slice(writer: Writer, call: Call, look: Look) -> Text:
    arguments, value = call.kwargs, call.kwargs["self"]
    dim = arguments.get("dim", 0)
    rank = len(writer.values[value.name].shape)
    start, end, step = (arguments.get(name) for name in ("start", "end", "step"))
    texts = ["" if start in (None, 0) else writer.written(start, look)]
    texts.append("" if end is None or end == _MOST else writer.written(end, look))
    texts += [] if step in (None, 1) else [writer.written(step, look)]
    places = [":"] * (dim % rank) + [":".join(texts)]
    return Text(f"{look(value.name).inside(_ATOM)}[{', '.join(places)}]")


def _select(writer: Writer, call: Call, look: Look) -> Text:
    rank = len(writer.values[call.kwargs["self"].name].shape)
    places = [":"] * (call.kwargs["dim"] % rank) + [writer.written(call.kwargs["index"], look)]
    return Text(f"{look(call.kwargs['self'].name).inside(_ATOM)}[{', '.join(places)}]")


def _reshape(writer: Writer, call: Call, look: Look) -> Text:
    sizes = ", ".join(writer.written(each, look) for each in call.kwargs["size"])
    return Text(f"{look(call.kwargs['self'].name).inside(_ATOM)}.reshape({sizes})")


def _batch_norm(writer: Writer, call: Call, look: Look) -> Text:
    names = ("input", "running_mean", "running_var", "weight", "bias")
    texts = [writer.written(call.kwargs[name], look) for name in names]
    return Text(f"F.batch_norm({', '.join(texts)}{_unless(', eps={}', call.kwargs['eps'], 1e-5)})")


def _batch_norm_in_training(writer: Writer, call: Call, look: Look) -> Text:
    names = ("input", "running_mean", "running_var", "weight", "bias")
    texts = [writer.written(call.kwargs[name], look) for name in names]
    momentum, eps = call.kwargs["momentum"], call.kwargs["eps"]
    more = f"{_unless(', momentum={}', momentum, 0.1)}{_unless(', eps={}', eps, 1e-5)}"
    return Text(f"F.batch_norm({', '.join(texts)}, training=True{more})")


def _unless(text: str, value: Any, default: Any) -> str:
    return "" if value == default else text.format(value)


def _arange(writer: Writer, call: Call, look: Look) -> Text:
    dtype = call.kwargs.get("dtype")
    more = f", dtype={writer.written(dtype, look)}" if dtype is not None else ""
    return Text(f"jf.arange({writer.written(call.kwargs['end'], look)}{more})")


def _einsum(writer: Writer, call: Call, look: Look) -> Text:
    tensors: Sequence[Any] = call.kwargs["tensors"]
    return Text(f"jf.einsum({', '.join(writer.written(each, look) for each in (call.kwargs['equation'], *tensors))})")


def _dropout(writer: Writer, call: Call, look: Look, key: str) -> Text:
    given = writer.written(call.kwargs["input"], look)
    return Text(f"F.dropout({given}, {call.kwargs['p']}, key={key})")


def _drawn(name: str, has_shape_of: bool) -> Callable[[Writer, Call, Look, str], Text]:
    """Return the writer of a draw of jax.random, with a size or with the shape of an array."""

    def text(writer: Writer, call: Call, look: Look, key: str) -> Text:
        dtype = writer.values[call.name].dtype
        if has_shape_of:
            shape = f"{look(call.kwargs['self'].name).inside(_ATOM)}.shape"
        else:
            shape = writer.written(tuple(call.kwargs["size"]), look)
        return Text(f"jax.random.{name}({key}, {shape}{_unless(', jnp.{}', str(dtype), 'float32')})")

    return text


_RANDOM: Mapping[str, Callable[[Writer, Call, Look, str], Text]] = {
    DROPOUT: _dropout,
    "aten::rand": _drawn("uniform", False),
    "aten::randn": _drawn("normal", False),
    "aten::rand_like": _drawn("uniform", True),
    "aten::randn_like": _drawn("normal", True),
}


def _placed(writer: Writer, call: Call, look: Look) -> Text:
    places = [*call.kwargs["places"]]
    while places[-1] == ":":
        places.pop()
    return Text(f"{look(call.kwargs['self'].name).inside(_ATOM)}[{', '.join(map(str, places))}]")


def _literal(writer: Writer, call: Call, look: Look) -> Text:
    dtype = call.kwargs["dtype"]
    numbers = repr(call.kwargs["numbers"]).replace(",)", ")").replace("(", "[").replace(")", "]")
    is_own = dtype.name in ("bool", "float32", "int32")
    return Text(f"jf.tensor({numbers}{'' if is_own else f', dtype={writer.written(dtype, look)}'})")


def _full(writer: Writer, call: Call, look: Look) -> Text:
    size, fill = (writer.written(call.kwargs[name], look) for name in ("size", "fill_value"))
    dtype = call.kwargs.get("dtype")
    is_own = dtype is None or (type(call.kwargs["fill_value"]), dtype.name) in _OF_NUMBERS
    return Text(f"jf.full({size}, {fill}{'' if is_own else f', dtype={writer.written(dtype, look)}'})")


_OF_NUMBERS = ((bool, "bool"), (float, "float32"), (int, "int32"))  # the dtypes that a number has


def _permuted(writer: Writer, call: Call, look: Look) -> Text:
    value = look(call.kwargs["self"].name).inside(_ATOM)
    dims = call.kwargs.get("dims", (1, 0))
    return Text(f"{value}.T") if dims == (1, 0) else Text(f"jf.permute({value}, {writer.written(dims, look)})")


BATCH_NORM_IN_TRAINING = "aten::_native_batch_norm_legit_functional"
BATCH_NORM = "aten::_native_batch_norm_legit_no_training"
_OWN: Mapping[str, Callable[[Writer, Call, Look], Text]] = {
    "aten::sym_size.int": _size,
    "aten::_to_copy": _cast,
    "aten::to.dtype_layout": _cast,
    "aten::type_as": _cast_like,
    "aten::index.Tensor": _index,
    "aten::slice.Tensor": _slice,
    "aten::select.int": _select,
    "aten::view": _reshape,
    "aten::arange": _arange,
    "aten::einsum": _einsum,
    BATCH_NORM: _batch_norm,
    BATCH_NORM_IN_TRAINING: _batch_norm_in_training,
    PLACED: _placed,
    LITERAL: _literal,
    "aten::full": _full,
    "aten::t": _permuted,
    "aten::permute": _permuted,
}
