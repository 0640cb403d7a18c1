"""PyTorch's own operator database (OpInfo) through jaxfun: sample inputs that this project did not write.

A cell is one operator in one dtype and one question: the value, the value under jit, the gradient, forward mode, the
second derivative. It passes if all samples agree within the defaults of `torch.testing.assert_close`, or, in narrower
dtypes than float64, if the result is no worse than PyTorch's beside PyTorch's in float64. Derivatives are compared in
float64 and complex128, as PyTorch's own tests do. Samples with random results are left out: `parity.distribution`
compares those. `--to FILE` keeps the cells of the operators that are named; those of other operators stay.
"""

import argparse
import csv
import functools
import itertools
import operator
import traceback
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import jax
import jax.numpy as jnp
import numpy as np
import torch
from _measure import keep, markdown, on_every_core, show
from torch.autograd import forward_ad
from torch.utils import _pytree

import jaxfun as jf
from jaxfun.parity.compare.arrays import compare
from jaxfun.parity.run import torch_side
from jaxfun.parity.run.outcome import outcome

DATA = Path(__file__).parent / "data" / "opinfo.csv"
DTYPES = (
    *("bool", "uint8", "int8", "int16", "int32", "int64"),
    *("float16", "bfloat16", "float32", "float64", "complex64", "complex128"),
)
DERIVED = ("float64", "complex128")  # PyTorch's own tests of derivatives use these
COMPILED = (*DERIVED, "int64")  # one dtype of each kind: each shape is compiled once more
VALUE, JIT, GRADIENT, FORWARD, SECOND = "value", "jit", "gradient", "forward mode", "second derivative"
MOST = 24  # samples of an operator in a dtype
MISSING = "missing"
LEFT_OUT: Mapping[str, str] = {
    "nn.functional.linear_cross_entropy": "new in torch 2.13: a product with a weight, then `cross_entropy`",
    "nn.functional.upsample_bilinear": "deprecated in torch for `interpolate`",
    "nn.functional.upsample_nearest": "deprecated in torch for `interpolate`",
}
# PyTorch's entries call these with the first two arguments swapped
SWAPPED = ("nn.functional.embedding", "nn.functional.embedding_bag", "polygamma", "special.polygamma")
SEEDS = 8
# why the samples of a cell do not all agree; an operator's name and a question
_NO_SPARSE = "`sparse=True` is refused: JAX has no sparse gradients"
_OVERWRITTEN = "two elements are written to one place: either one's tangent"
REASONS: Mapping[tuple[str, str], str] = {
    ("nn.functional.embedding", VALUE): _NO_SPARSE,
    ("nn.functional.embedding_bag", VALUE): _NO_SPARSE,
    ("nn.functional.one_hot", JIT): "`num_classes=-1` is the largest class, which is not known while JAX traces",
    **{(f"nn.functional.max_unpool{count}d", FORWARD): _OVERWRITTEN for count in (1, 2, 3)},
    (
        "nn.functional.fractional_max_pool2d",
        VALUE,
    ): "the windows are random and need a `key`; that every seed gives the same maxima is chance",
    ("linalg.cholesky", FORWARD): "the sample's tangent is not Hermitian: each library reads another part of it",
}
WIDE = {"float16": "float64", "bfloat16": "float64", "float32": "float64", "complex64": "complex128"}
OF_TORCH = ("", "nn.functional", "linalg", "special")  # the namespaces of which jaxfun has functions


class Cell(NamedTuple):
    """The samples of one operator in one dtype that were compared, and those that agree."""

    op: str
    variant: str
    dtype: str
    what: str
    samples: int
    agree: int
    first: str = ""  # the first sample that does not agree, and how

    @property
    def passes(self) -> bool:
        """Whether every sample agrees."""
        return 0 < self.samples == self.agree


class Call(NamedTuple):
    """One sample of an operator: the leaves of its arguments. The tensors at `varied` have derivatives."""

    ours: Callable[..., Any]
    theirs: Callable[..., Any]
    leaves: list[Any]
    spec: Any
    varied: list[int]

    @property
    def tensors(self) -> list[torch.Tensor]:
        """The tensors that are varied, as leaves of torch's tape."""
        return [self.leaves[position].detach().clone().requires_grad_() for position in self.varied]

    @property
    def arrays(self) -> list[jax.Array]:
        """The tensors that are varied, in JAX."""
        return [to_jax(self.leaves[position]) for position in self.varied]

    def in_torch(self, *tensors: torch.Tensor) -> list[torch.Tensor]:
        """Call torch's function with these tensors."""
        return results_of(self._call(self.theirs, self.leaves, tensors))

    def in_jax(self, *arrays: Any) -> list[jax.Array]:
        """Call jaxfun's function with these arrays."""
        return results_of(self._call(self.ours, [to_jax(leaf) for leaf in self.leaves], arrays))

    def wide(self) -> "Call":
        """Return the call with its floating point and complex tensors in 64 and 128 bits."""
        return self._replace(leaves=[_wide(leaf) for leaf in self.leaves])

    def _call(self, function: Callable[..., Any], leaves: Sequence[Any], values: Sequence[Any]) -> Any:
        filled = dict(enumerate(leaves)) | dict(zip(self.varied, values, strict=True))
        args, kwargs = _pytree.tree_unflatten(list(filled.values()), self.spec)
        return function(*args, **kwargs)


def results_of(result: Any) -> list[Any]:
    if hasattr(result, "running_mean"):  # torch writes new statistics into its arguments
        return [result.output]
    return list(result) if isinstance(result, (tuple, list)) else [result]


def to_jax(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return jnp.asarray(torch_side.numpy(value))
    return getattr(jf, str(value).removeprefix("torch.")) if isinstance(value, torch.dtype) else value


def to_torch(value: Any) -> torch.Tensor:
    return torch_side.tensor(np.asarray(value))


def _wide(leaf: Any) -> Any:
    name = WIDE.get(str(leaf.dtype).removeprefix("torch.")) if isinstance(leaf, torch.Tensor) else None
    return leaf if name is None else leaf.detach().to(torch_side.dtype(name))


def random_like(values: Sequence[torch.Tensor], seed: int) -> list[torch.Tensor]:
    drawn = torch.Generator().manual_seed(seed)
    return [torch.randn(value.shape, dtype=value.dtype, generator=drawn) for value in values]


def is_inexact(value: Any) -> bool:
    return isinstance(value, torch.Tensor) and (value.is_floating_point() or value.is_complex())


Answers = tuple[Sequence[Any], Sequence[torch.Tensor]] | None  # jaxfun's and torch's; None where torch has none


def value(call: Call) -> Answers:
    return call.in_jax(*call.arrays), call.in_torch(*(each.detach() for each in call.tensors))


def under_jit(call: Call) -> Answers:
    return jax.jit(call.in_jax)(*call.arrays), call.in_torch(*(each.detach() for each in call.tensors))


def gradient(call: Call) -> Answers:
    theirs = _gradient_in_torch(call, call.tensors)
    return None if theirs is None else (_gradient_in_jax(call)(*call.arrays), theirs)


def forward_mode(call: Call) -> Answers:
    directions = random_like(call.tensors, 1)
    with forward_ad.dual_level():
        pairs = zip(call.tensors, directions, strict=True)
        duals = call.in_torch(*(forward_ad.make_dual(each.detach(), direction) for each, direction in pairs))
        tangents = [forward_ad.unpack_dual(each).tangent for each in duals if is_inexact(each)]
    theirs = [each for each in tangents if each is not None]
    if not theirs or len(theirs) < len(tangents):
        return None
    return jax.jvp(_inexact(call), call.arrays, [to_jax(each) for each in directions])[1], theirs


def second_derivative(call: Call) -> Answers:
    tensors = call.tensors
    gradients = _gradient_in_torch(call, tensors)
    kept = [index for index, each in enumerate(gradients or ()) if each.requires_grad]
    if gradients is None or not kept:
        return None
    weights = random_like([gradients[index] for index in kept], 2)
    theirs = torch.autograd.grad([gradients[index] for index in kept], tensors, weights, materialize_grads=True)
    first = _gradient_in_jax(call)
    _, pullback = jax.vjp(lambda *arrays: [first(*arrays)[index] for index in kept], *call.arrays)
    return _conjugated(pullback(_conjugated([to_jax(each) for each in weights]))), theirs


def _gradient_in_torch(call: Call, tensors: Sequence[torch.Tensor]) -> Sequence[torch.Tensor] | None:
    results = [each for each in call.in_torch(*tensors) if is_inexact(each) and each.requires_grad]
    if not results:
        return None
    return torch.autograd.grad(results, tensors, random_like(results, 0), create_graph=True, materialize_grads=True)


def _gradient_in_jax(call: Call) -> Callable[..., list[jax.Array]]:
    """Return the gradient by torch's convention: the conjugate of JAX's for complex numbers."""

    def of(*arrays: jax.Array) -> list[jax.Array]:
        results, pullback = jax.vjp(_inexact(call), *arrays)
        weights = random_like([to_torch(np.zeros(each.shape, each.dtype)) for each in results], 0)
        return _conjugated(pullback(_conjugated([to_jax(each) for each in weights])))

    return of


def _inexact(call: Call) -> Callable[..., list[jax.Array]]:
    return lambda *arrays: [each for each in call.in_jax(*arrays) if jnp.issubdtype(each.dtype, jnp.inexact)]


def _conjugated(arrays: Sequence[jax.Array]) -> list[jax.Array]:
    return [jnp.conj(each) for each in arrays]


QUESTIONS: Mapping[str, tuple[Callable[[Call], Answers], Callable[[Any, str], bool]]] = {
    VALUE: (value, lambda info, dtype: True),
    JIT: (under_jit, lambda info, dtype: dtype in COMPILED),
    GRADIENT: (gradient, lambda info, dtype: dtype in DERIVED and info.supports_autograd),
    FORWARD: (forward_mode, lambda info, dtype: dtype in DERIVED and info.supports_forward_ad),
    SECOND: (second_derivative, lambda info, dtype: dtype in DERIVED and info.supports_gradgrad),
}


@functools.cache
def database() -> Mapping[tuple[str, str], Any]:
    """Return PyTorch's operators by name and variant. They need the package expecttest."""
    from torch.testing._internal.common_methods_invocations import op_db  # seconds, in each process

    return {(info.name, info.variant_test_name): info for info in op_db}


def function_of(name: str) -> Callable[..., Any] | None:
    try:
        function = operator.attrgetter(name)(jf)
    except AttributeError:
        return None
    return (lambda first, second, **options: function(second, first, **options)) if name in SWAPPED else function


def cells_of(key: tuple[str, str]) -> list[Cell]:
    """Ask every question of one operator."""
    warnings.simplefilter("ignore")
    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_disable_most_optimizations", True)  # the samples are small: compiling is what takes time
    torch.set_num_threads(1)
    info, ours = database()[key], function_of(key[0])
    if ours is None or key[0] in LEFT_OUT:
        return [Cell(*key, "", MISSING, 0, 0, LEFT_OUT.get(key[0], ""))]
    found = []
    for dtype in DTYPES:
        if torch_side.dtype(dtype) in info.supported_dtypes("cpu"):
            calls = list(calls_of(info, ours, dtype))
            asked = [what for what, (_, applies) in QUESTIONS.items() if applies(info, dtype)]
            found += [cell_of(key, dtype, what, calls) for what in asked]
    jax.clear_caches()
    return [each for each in found if each.samples]


def calls_of(info: Any, ours: Callable[..., Any], dtype: str) -> Iterator[Call]:
    """Yield the samples of an operator, without those that are random or that pass a function of torch's."""
    torch.manual_seed(0)
    of_derivatives = dtype in DERIVED and info.supports_autograd
    samples = info.sample_inputs("cpu", torch_side.dtype(dtype), requires_grad=of_derivatives)
    for sample in itertools.islice(samples, MOST):
        kwargs = {name: each for name, each in sample.kwargs.items() if name not in ("inplace", "device")}
        leaves, spec = _pytree.tree_flatten(((sample.input, *sample.args), kwargs))
        chosen = torch.is_tensor if of_derivatives else is_inexact
        varied = [at for at, leaf in enumerate(leaves) if chosen(leaf) and (not of_derivatives or leaf.requires_grad)]
        call = Call(ours, info.op, leaves, spec, varied)
        if not is_random(call) and not any(map(callable, leaves)):
            yield call


def is_random(call: Call) -> bool:
    """Return whether other seeds give another result; PyTorch's entries set a seed of their own."""
    seed, found = torch.manual_seed, []
    for added in range(SEEDS):
        with mock.patch.object(torch, "manual_seed", lambda number, added=added: seed(number + added)):
            found.append(outcome(lambda: call.in_torch(*(each.detach() for each in call.tensors)))[0] or [])
    return any(not all(map(_is_equal, found[0], other)) for other in found[1:])


def _is_equal(one: Any, other: Any) -> bool:
    """Return whether two results are the same to the bit, NaN too."""
    bits = [plain(each).reshape(-1).view(torch.uint8) for each in (one, other)]
    return plain(one).shape == plain(other).shape and torch.equal(*bits)


def cell_of(key: tuple[str, str], dtype: str, what: str, calls: Sequence[Call]) -> Cell:
    """Compare the samples; one that torch itself cannot answer does not count."""
    differences = [each for each in (difference(QUESTIONS[what][0], call) for call in calls) if each is not None]
    failures = [each for each in differences if each]
    return Cell(*key, dtype, what, len(differences), len(differences) - len(failures), next(iter(failures), ""))


def difference(question: Callable[[Call], Answers], call: Call) -> str | None:
    """Return how the answers differ, "" if they agree, None if torch has no answer."""
    try:
        answers = question(call)
    except Exception as error:  # whatever jaxfun raises is a difference
        return None if is_of_torch(error) else _described(call, error)
    if answers is None:
        return None
    ours, theirs = [to_torch(each) for each in answers[0]], [*map(plain, answers[1])]
    try:
        torch.testing.assert_close(ours, theirs, equal_nan=True)
    except AssertionError as error:
        return "" if question in (value, under_jit) and is_as_exact(ours, theirs, call) else _described(call, error)
    return ""


def is_as_exact(ours: Sequence[torch.Tensor], theirs: Sequence[torch.Tensor], call: Call) -> bool:
    """Return whether results are as close to torch's in float64 as torch's own; see docs/tolerance.md."""
    wide = call.wide()
    oracle = wide.in_torch(*(each.detach() for each in wide.tensors))
    sides = ([torch_side.numpy(plain(each)) for each in side] for side in (ours, theirs, oracle))
    return len(ours) == len(theirs) and all(_is_close(*each) for each in zip(*sides, strict=True))


def _is_close(mine: np.ndarray, its: np.ndarray, oracle: np.ndarray) -> bool:
    finite = np.abs(oracle[np.isfinite(oracle)])
    return compare(mine, its, oracle, scale=finite.max(initial=0)).ok  # in a sum, terms cancel


def plain(result: Any) -> torch.Tensor:
    tensor = result if isinstance(result, torch.Tensor) else to_torch(result)
    return tensor.detach().clone().resolve_conj().resolve_neg().contiguous()


def is_of_torch(error: Exception) -> bool:
    """Return whether torch's function raised the error, or its derivative."""
    frames = traceback.extract_tb(error.__traceback__)
    return any(frame.name == "in_torch" or "/torch/autograd/" in frame.filename for frame in frames)


def _described(call: Call, error: Exception) -> str:
    arguments = (f"{list(leaf.shape)}" if isinstance(leaf, torch.Tensor) else str(leaf) for leaf in call.leaves)
    return f"({', '.join(arguments)}): {' '.join(str(error).split())[:200]}"


def read(file: Path = DATA) -> list[Cell]:
    with file.open(newline="", encoding="utf-8") as opened:
        rows = list(csv.reader(opened))[1:]
        return [
            Cell(op, variant, dtype, what, int(samples), int(agree), first)
            for op, variant, dtype, what, samples, agree, first in rows
        ]


def namespace_of(cell: Cell) -> str:
    return cell.op.rpartition(".")[0]


def as_rows(cells: Sequence[Cell]) -> list[tuple[str, ...]]:
    """Return a row for each namespace: operators, those without a difference, and the same of cells and samples."""
    rows = []
    for namespace in OF_TORCH:
        inside = [each for each in cells if namespace_of(each) == namespace]
        if not inside:
            continue
        by_op: dict[tuple[str, str], list[Cell]] = defaultdict(list)
        for cell in inside:
            by_op[cell.op, cell.variant].append(cell)
        compared = [each for each in inside if each.what != MISSING]
        passing = sum(all(each.passes for each in its) for its in by_op.values())
        rows.append(
            (
                f"torch.{namespace}".removesuffix("."),
                f"{passing} of {len(by_op)}",
                str(sum(its[0].what == MISSING for its in by_op.values())),
                f"{sum(each.passes for each in compared):,} of {len(compared):,}",
                f"{sum(each.agree for each in compared):,} of {sum(each.samples for each in compared):,}",
            )
        )
    return rows


COLUMNS = ("namespace", "operators that agree", "not in jaxfun", "cells that agree", "samples that agree")
OF_REASONS = ("operator", "question", "samples that agree", "why")


def differing(cells: Sequence[Cell]) -> Mapping[tuple[str, str], tuple[int, int]]:
    """Return how many samples agree, of how many, by operator and question: those that do not all agree."""
    counts: dict[tuple[str, str], list[Cell]] = defaultdict(list)
    for cell in cells:
        if cell.what != MISSING and not cell.passes:
            counts[cell.op, cell.what].append(cell)
    return {name: (sum(each.agree for each in its), sum(each.samples for each in its)) for name, its in counts.items()}


def as_markdown(cells: Sequence[Cell]) -> str:
    """Return the two tables of the page: the namespaces, and what does not agree, with the reasons."""
    rows = [
        (f"`{op}`", what, f"{agree} of {samples}", REASONS[op, what])
        for (op, what), (agree, samples) in differing(cells).items()
    ]
    left_out = [(f"`{op}`", "all", "left out", why) for op, why in LEFT_OUT.items()]
    return markdown(COLUMNS, as_rows(cells), range(1, 5)) + "\n" + markdown(OF_REASONS, [*rows, *left_out], range(2, 3))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="operators or namespaces; all of torch's if none is named")
    parser.add_argument("--to", type=Path, metavar="FILE", help="keep the cells as CSV")
    given = parser.parse_args()
    names = given.names or OF_TORCH
    asked = [key for key in database() if key[0] in names or key[0].rpartition(".")[0] in names]
    found = [cell for cells in on_every_core(cells_of, asked, "Operators") for cell in cells]
    show(COLUMNS, as_rows(found))
    for cell in found:
        if cell.first and cell.what != MISSING:
            print(f"{cell.op} {cell.variant} {cell.dtype} {cell.what} {cell.agree}/{cell.samples}: {cell.first}")
    if given.to:
        others = [
            each for each in (read(given.to) if given.to.exists() else []) if (each.op, each.variant) not in asked
        ]
        keep(given.to, sorted([*others, *found]))


if __name__ == "__main__":
    main()
