"""Sums of products by an equation, made of the same steps as torch's: so are its dtypes, its errors and its tape."""

import math
import string
from collections import Counter
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp

from ..core.errors import ArgumentTypeError, ArgumentValueError, ShapeError, describe
from ..core.op import op
from ..core.public import public
from ..core.record import Beside, Shape, Tensors
from .arithmetic import mul
from .matrix import bmm
from .reduction import sum
from .shape.diagonals import diagonal
from .shape.order import permute
from .shape.reshape import reshape, unsqueeze

_LETTERS = string.ascii_uppercase + string.ascii_lowercase  # in torch's order
_ELLIPSIS = "..."

_DRAWN = (
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
    """Return the sum of products that an equation says: "ij,jk->ik" is a product of matrices.

    A letter names a dimension; one that is not in the result is added up over, one that an operand has twice is its
    diagonal, and `...` stands for dimensions that broadcast. Without `->` the result has, in order, the letters that
    come once. In place of an equation, each tensor may be followed by a list of numbers for its dimensions.
    Dtypes: a product is of tensors of one dtype; integers that are only added up become int64.
    Raises: RuntimeError for an equation that says nothing, or does not fit the tensors.

    >>> import jaxfun as jf
    >>> jf.einsum("ij,j->i", jf.tensor([[1.0, 2.0], [3.0, 4.0]]), jf.tensor([1.0, 10.0]))
    Array([21., 43.], dtype=float32)
    """
    if len(args) < 2:
        raise ArgumentValueError("an equation and tensors, or tensors and lists of dimensions", describe(args))
    equation, operands = _of_lists(args) if hasattr(args[0], "dtype") else (args[0], args[1:])
    if len(operands) == 1 and isinstance(operands[0], (list, tuple)):
        operands = operands[0]
    if not isinstance(equation, str):
        raise ArgumentTypeError("an equation as a string", describe(equation))
    if not operands:
        raise ArgumentValueError("one operand at least", "none")
    if len(operands) > 2:
        _refuse_as_opt_einsum(equation, operands)
    return _einsum(equation, tuple(operands))


def _refuse_as_opt_einsum(equation: str, operands: Sequence[Any]) -> None:
    """Raise what torch raises from three operands on, where it asks opt_einsum first."""
    terms = equation.partition("->")[0].count(",") + 1
    if terms != len(operands):
        raise ArgumentValueError(f"{terms} operands for {equation!r}", str(len(operands)))
    if any(item is None for item in operands):
        raise ArgumentValueError("tensors", "None")


def _of_lists(args: Sequence[Any]) -> tuple[str, tuple[Any, ...]]:
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


@op(
    kind=None,
    torch="torch.einsum",
    composite=True,
    node="",
    takes={
        "equation": Beside(tuple(equation for equation, _ in _DRAWN)),
        "operands": Shape(tuple(shapes for _, shapes in _DRAWN)),
    },
)
def _einsum(equation: str, operands: Tensors) -> jax.Array:
    sides = equation.split("->", 1)
    names = [_parsed(text) for text in sides[0].split(",")]
    if len(names) != len(operands):
        raise ShapeError(f"{len(names)} operands for {equation!r}", str(len(operands)))
    names = [_spelled_out(name, operand) for name, operand in zip(names, operands, strict=True)]
    most = max((len([word for word in name if len(word) > 1]) for name in names), default=0)
    _check_sizes(names, operands)
    result = _result_names(names, sides[1] if len(sides) > 1 else None, most)
    order = result + sorted({word for name in names for word in name} - {*result})
    aligned = [_aligned(operand, name, order) for name, operand in zip(names, operands, strict=True)]
    return _contracted(aligned, len(result), _path(equation, operands))


def _path(equation: str, operands: Sequence[jax.Array]) -> list[tuple[int, int]]:
    """Return the two operands that each step contracts; its result then stands behind the operands that are left."""
    if len(operands) < 3:
        return [(0, 1)] * (len(operands) - 1)
    # the order that torch takes, of the fewest products: NaN and infinity depend on it
    return [(min(pair), max(pair)) for pair in jnp.einsum_path(equation, *operands, optimize="auto")[0]]


def _parsed(text: str) -> list[str]:
    """Return the letters of an operand, an ellipsis among them as one."""
    text = text.replace(" ", "")
    words = [*text.replace(_ELLIPSIS, ".", 1)]
    found = [_ELLIPSIS if word == "." else word for word in words]
    wrong = [word for word in found if word not in _LETTERS and word != _ELLIPSIS]
    if wrong or found.count(_ELLIPSIS) > 1 or (_ELLIPSIS in found and _ELLIPSIS not in text):
        raise ShapeError("letters, and `...` once for each operand", repr(text))
    return found


def _spelled_out(name: Sequence[str], operand: jax.Array) -> list[str]:
    """Return a name for each dimension: those of the ellipsis are numbered from the last."""
    more = operand.ndim - len(name) + (_ELLIPSIS in name)
    if more < 0 or (more and _ELLIPSIS not in name):
        raise ShapeError(f"as many dimensions as {''.join(name)!r} has letters", describe(operand))
    return [word for each in name for word in (_hidden(more) if each == _ELLIPSIS else [each])]


def _hidden(count: int) -> list[str]:
    return [f"{_ELLIPSIS}{place:02}" for place in range(count, 0, -1)]


def _check_sizes(names: Sequence[Sequence[str]], operands: Sequence[jax.Array]) -> None:
    known: dict[str, int] = {}
    for name, operand in zip(names, operands, strict=True):
        own: dict[str, int] = {}
        for word, size in zip(name, operand.shape, strict=True):
            if own.setdefault(word, size) != size:
                raise ShapeError(f"equal sizes where {word!r} is repeated", describe(operand))
            if known.get(word, 1) not in (1, size) and size != 1:
                raise ShapeError(f"{word!r} of the size {known[word]}", describe(operand))
            known[word] = size if known.get(word, 1) == 1 else known[word]


def _result_names(names: Sequence[Sequence[str]], text: str | None, most: int) -> list[str]:
    counts = Counter(word for name in names for word in name if len(word) == 1)
    if text is None:
        return _hidden(most) + sorted((word for word in counts if counts[word] == 1), key=_LETTERS.index)
    result = [word for each in _parsed(text) for word in (_hidden(most) if each == _ELLIPSIS else [each])]
    wrong = [word for word in result if result.count(word) > 1 or (len(word) == 1 and word not in counts)]
    if wrong:
        raise ShapeError("letters of the operands in the result, each once", repr(text))
    return result


def _aligned(operand: jax.Array, name: Sequence[str], order: Sequence[str]) -> jax.Array:
    """Return an operand with a dimension for each name in order, of size 1 where it has none."""
    for word in dict.fromkeys(name):
        while name.count(word) > 1:
            first, second = [at for at, each in enumerate(name) if each == word][:2]
            operand = diagonal(operand, 0, first, second)
            name = [*(each for at, each in enumerate(name) if at not in (first, second)), word]
    missing = [word for word in order if word not in name]
    for _ in missing:
        operand = unsqueeze(operand, operand.ndim)
    return permute(operand, tuple([*name, *missing].index(word) for word in order))


def _contracted(operands: Sequence[jax.Array], kept: int, path: Sequence[tuple[int, int]]) -> jax.Array:
    """Multiply the operands, and add up over the dimensions beyond the first ones, each as soon as only one has it."""
    left, *_ = waiting = [*operands]
    counts = Counter(dim for operand in operands for dim in range(kept, operand.ndim) if operand.shape[dim] != 1)
    summed = tuple(range(kept, left.ndim))
    if not path:
        return sum(left, summed) if summed else left
    for first, second in path:
        right, left = waiting.pop(second), waiting.pop(first)
        together, alone = [], ([], [])
        for dim in summed:
            has = [x.shape[dim] != 1 for x in (left, right)]
            if all(has):
                counts[dim] -= 1
                together += [dim] * (counts[dim] == 1)
                counts[dim] -= counts[dim] == 1
            elif any(has) and counts[dim] == 1:
                alone[has.index(True)].append(dim)
                counts[dim] = 0
        left, right = (sum(x, tuple(dims), True) if dims else x for x, dims in zip((left, right), alone, strict=True))
        waiting.append(_pair(left, right, together))
    return reshape(waiting[-1], waiting[-1].shape[:kept])


def _pair(left: jax.Array, right: jax.Array, summed: Sequence[int]) -> jax.Array:
    """Multiply two operands, and add up over these dimensions, which stay with size 1."""
    if not summed:
        return mul(left, right)
    rest = [dim for dim in range(left.ndim) if dim not in summed]
    both = [dim for dim in rest if left.shape[dim] != 1 != right.shape[dim]]
    ours = [dim for dim in rest if left.shape[dim] != 1 == right.shape[dim]]
    theirs = [dim for dim in rest if dim not in both and dim not in ours]
    order = [*both, *ours, *summed, *theirs]
    batch = _count(left, both)
    rows = reshape(permute(left, tuple(order)), (batch, _count(left, ours), _count(left, summed)))
    columns = permute(right, (*both, *summed, *theirs, *ours))
    columns = reshape(columns, (batch, _count(right, summed), _count(right, theirs)))
    sizes = [*(left.shape[dim] for dim in (*both, *ours)), *(1 for _ in summed), *(right.shape[dim] for dim in theirs)]
    return permute(reshape(bmm(rows, columns), tuple(sizes)), tuple(map(order.index, range(left.ndim))))


def _count(input: jax.Array, dims: Sequence[int]) -> int:
    return math.prod(input.shape[dim] for dim in dims)
