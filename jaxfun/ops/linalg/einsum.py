"""Einstein summation with torch's checks and dtypes. Each pair of operands is contracted by one `jnp.einsum`.

Begin with `_einsum`. The name of a dimension is its letter; ellipsis dimensions are numbered from the last one.
"""

import string
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from ...core.dtypes import Category, as_dtype, canonical, int64
from ...core.errors import ArgumentTypeError, ArgumentValueError, ShapeError, describe
from ...core.op import op
from ...core.public import public
from ...core.record import Tensors, rows
from ..pointwise.arithmetic import mul
from ._matrices import as_one_dtype_where_empty, product

_LETTERS = string.ascii_uppercase + string.ascii_lowercase  # in torch's order
_ELLIPSIS = "..."

_CASES = rows(
    "equation operands",
    ("ij,jk->ik", "m k, k n"),
    ("ij,jk", "m k, k n"),
    ("ba", "m k"),
    ("ii->i", "m m"),
    ("ii", "m m"),
    ("ij->i", "m k"),
    ("ij->", "m k"),
    ("i,i->i", "m, m"),
    ("i,j", "m, n"),
    ("bij,bjk->bik", "b m k, b k n"),
    ("...ij,...jk->...ik", "b m k, k n"),
    ("...ij->...ji", "b m k"),
    ("i...->...", "m k"),
    ("ij,,jk->k", "1 k, , k n"),
    ("ij,jk->ik", "m 1, k n"),
    ("iij,jj->i", "m m k, k k"),
    ("ij,jk,kl->il", "m k, k n, n m"),
    ("ij,ik,i->jk", "m k, m n, m"),
)


@public
def einsum(*args: Any) -> jax.Array:
    """Return the Einstein summation of an equation: "ij,jk->ik" is the matrix product.

    A letter names a dimension. A letter that is not in the result is summed over. A letter that occurs twice in an
    operand takes the diagonal. `...` stands for dimensions that broadcast. Without `->` the result has the letters that
    occur once, in order. Instead of an equation, each tensor may be followed by a list of numbers for its dimensions.
    Dtypes: contracted tensors have one dtype; integers that are only summed become int64.
    Raises: RuntimeError for an equation that is invalid or does not fit the tensors.

    >>> import jaxfun as jf
    >>> jf.einsum("ij,j->i", jf.tensor([[1.0, 2.0], [3.0, 4.0]]), jf.tensor([1.0, 10.0]))
    Array([21., 43.], dtype=float32)
    """
    if len(args) < 2:
        raise ArgumentValueError("an equation and tensors, or tensors and lists of dimensions", describe(args))
    equation, operands = _equation_of_lists(args) if hasattr(args[0], "dtype") else (args[0], args[1:])
    if len(operands) == 1 and isinstance(operands[0], (list, tuple)):
        operands = operands[0]
    if not isinstance(equation, str):
        raise ArgumentTypeError("an equation as a string", describe(equation))
    if not operands:
        raise ArgumentValueError("at least one operand", "none")
    if len(operands) > 2:
        _refuse_as_opt_einsum(equation, operands)
    return _einsum(equation, tuple(operands))


def _refuse_as_opt_einsum(equation: str, operands: Sequence[Any]) -> None:
    """Raise torch's errors for three or more operands, which it passes to opt_einsum first."""
    terms = equation.partition("->")[0].count(",") + 1
    if terms != len(operands):
        raise ArgumentValueError(f"{terms} operands for {equation!r}", str(len(operands)))
    if any(item is None for item in operands):
        raise ArgumentValueError("tensors", "None")


def _equation_of_lists(args: Sequence[Any]) -> tuple[str, tuple[Any, ...]]:
    odd = len(args) % 2
    tensors, lists = (args[:-1] if odd else args)[::2], args[1::2]
    equation = ",".join("".join(map(_letter, each)) for each in lists)
    return equation + ("->" + "".join(map(_letter, args[-1])) if odd else ""), tuple(tensors)


def _letter(number: Any) -> str:
    if number is ...:
        return _ELLIPSIS
    if not 0 <= number < len(_LETTERS):
        raise ArgumentValueError(f"dimensions numbered in [0, {len(_LETTERS)})", describe(number))
    return _LETTERS[number]


@op(kind=None, torch="torch.einsum", composite=True, cases=_CASES)
def _einsum(equation: str, operands: Tensors) -> jax.Array:
    inputs, output, sizes = _parsed(equation, operands)
    named = [_diagonal(operand, names) for operand, names in zip(operands, inputs, strict=True)]
    result, names = _contracted(named, output, _path(equation, operands))
    ordered = jnp.transpose(result, [names.index(name) for name in output if name in names])
    return ordered.reshape([sizes[name] for name in output])


# The equation.

_Names = list[str]  # one name per dimension


def _parsed(equation: str, operands: Sequence[jax.Array]) -> tuple[list[_Names], _Names, dict[str, int]]:
    """Return the dimension names of each operand and of the result, and the size of each name.

    Raises: ShapeError for an equation that is invalid or does not fit the operands.
    """
    left, arrow, right = equation.partition("->")
    terms = [_letters(text) for text in left.split(",")]
    if len(terms) != len(operands):
        raise ShapeError(f"{len(terms)} operands for {equation!r}", str(len(operands)))
    inputs = [_names_of_term(term, operand) for term, operand in zip(terms, operands, strict=True)]
    hidden = max((sum(len(name) > 1 for name in names) for names in inputs), default=0)
    sizes = _sizes(inputs, operands)
    output = _explicit_output(right, hidden, sizes) if arrow else _implicit_output(inputs, hidden)
    return inputs, output, sizes


def _letters(text: str) -> list[str]:
    """Return the letters of a term. An ellipsis counts as one letter."""
    text = text.replace(" ", "")
    found = [_ELLIPSIS if word == "." else word for word in text.replace(_ELLIPSIS, ".", 1)]
    wrong = [word for word in found if word not in _LETTERS and word != _ELLIPSIS]
    if wrong or found.count(_ELLIPSIS) > 1 or (_ELLIPSIS in found and _ELLIPSIS not in text):
        raise ShapeError("letters, and `...` once for each operand", repr(text))
    return found


def _names_of_term(term: Sequence[str], operand: jax.Array) -> _Names:
    more = operand.ndim - len(term) + (_ELLIPSIS in term)
    if more < 0 or (more and _ELLIPSIS not in term):
        raise ShapeError(f"as many dimensions as {''.join(term)!r} has letters", describe(operand))
    return _without_ellipsis(term, more)


def _without_ellipsis(term: Iterable[str], count: int) -> _Names:
    """Return a term with its ellipsis replaced by `count` names."""
    hidden = [f"{_ELLIPSIS}{place:02}" for place in range(count, 0, -1)]
    return [name for word in term for name in (hidden if word == _ELLIPSIS else [word])]


def _sizes(inputs: Sequence[_Names], operands: Sequence[jax.Array]) -> dict[str, int]:
    """Return the size of each name. A size of 1 broadcasts to another."""
    known: dict[str, int] = {}
    for names, operand in zip(inputs, operands, strict=True):
        own: dict[str, int] = {}
        for name, size in zip(names, operand.shape, strict=True):
            if own.setdefault(name, size) != size:
                raise ShapeError(f"equal sizes where {name!r} is repeated", describe(operand))
            if known.get(name, 1) not in (1, size) and size != 1:
                raise ShapeError(f"{name!r} of size {known[name]}", describe(operand))
            known[name] = size if known.get(name, 1) == 1 else known[name]
    return known


def _explicit_output(text: str, hidden: int, known: Collection[str]) -> _Names:
    output = _without_ellipsis(_letters(text), hidden)
    if len({*output}) < len(output) or any(len(name) == 1 and name not in known for name in output):
        raise ShapeError("letters of the operands in the result, each once", repr(text))
    return output


def _implicit_output(inputs: Sequence[_Names], hidden: int) -> _Names:
    letters = [name for names in inputs for name in names if len(name) == 1]
    once = sorted((name for name in letters if letters.count(name) == 1), key=_LETTERS.index)
    return _without_ellipsis([_ELLIPSIS, *once], hidden)


# The contraction.

_Named = tuple[jax.Array, _Names]


def _path(equation: str, operands: Sequence[jax.Array]) -> list[tuple[int, int]]:
    """Return the pair of operands that each step contracts; its result is appended to the remaining operands."""
    if len(operands) < 3:
        return [(0, 1)] * (len(operands) - 1)
    # torch's order, with the fewest multiplications: it decides where NaN and infinity appear
    return [(min(pair), max(pair)) for pair in jnp.einsum_path(equation, *operands, optimize="auto")[0]]


def _contracted(named: Sequence[_Named], output: _Names, path: Sequence[tuple[int, int]]) -> _Named:
    """Return the product of all operands. A name is summed over as soon as no other operand has it."""
    if not path:
        return _summed(*named[0], kept=output)
    waiting = [_squeezed(*item) for item in named]
    for first, second in path:
        right, left = waiting.pop(second), waiting.pop(first)
        others = {name for _, names in waiting for name in names}
        waiting.append(_pair(left, right, output, others))
    return waiting[0]


def _pair(left: _Named, right: _Named, output: _Names, others: Collection[str]) -> _Named:
    kept = {*output, *others}
    (x, ours), (y, theirs) = _summed(*left, kept=kept | {*right[1]}), _summed(*right, kept=kept | {*left[1]})
    names = [*dict.fromkeys([*ours, *theirs])]
    result = [name for name in names if name in kept]
    if not others:  # the last step
        result = [name for name in output if name in result]
    if len(result) == len(names) and (x.dtype != y.dtype or x.dtype == bool):  # no sum: torch promotes
        return mul(_aligned(x, ours, result), _aligned(y, theirs, result)), result
    number = {name: place for place, name in enumerate(names)}
    dims = [[number[name] for name in item] for item in (ours, theirs, result)]

    def multiply(x: jax.Array, y: jax.Array, **options: Any) -> jax.Array:
        return jnp.einsum(x, dims[0], y, dims[1], dims[2], **options)

    return product(as_one_dtype_where_empty(x, y), y, multiply), result


def _aligned(operand: jax.Array, names: _Names, result: _Names) -> jax.Array:
    """Return an operand with one dimension for each name of the result, of size 1 if it does not have the name."""
    ordered = jnp.transpose(operand, [names.index(name) for name in result if name in names])
    return jnp.expand_dims(ordered, [place for place, name in enumerate(result) if name not in names])


def _diagonal(operand: jax.Array, names: _Names) -> _Named:
    """Return an operand with each name once: take the diagonal over dimensions with the same name."""
    for name in dict.fromkeys(names):
        while names.count(name) > 1:
            first = names.index(name)
            second = names.index(name, first + 1)
            operand = jnp.diagonal(operand, 0, first, second)
            names = [*(each for place, each in enumerate(names) if place not in (first, second)), name]
    return operand, names


def _squeezed(operand: jax.Array, names: _Names) -> _Named:
    """Return an operand without its dimensions of size 1: they broadcast, and torch does not sum over them."""
    ones = tuple(place for place, size in enumerate(operand.shape) if size == 1)
    return jnp.squeeze(operand, ones), [name for place, name in enumerate(names) if place not in ones]


def _summed(operand: jax.Array, names: _Names, kept: Collection[str]) -> _Named:
    """Return an operand summed over the names that are not kept; integers are summed in int64."""
    axes = tuple(place for place, name in enumerate(names) if name not in kept)
    if not axes:
        return operand, names
    is_whole = as_dtype(operand.dtype).category <= Category.INTEGER
    dtype = canonical(int64).dtype if is_whole else operand.dtype
    return jnp.sum(operand, axes, dtype=dtype), [name for name in names if name in kept]
