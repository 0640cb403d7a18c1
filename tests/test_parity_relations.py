"""Relations behind a difference: a relation is named if it holds on all value sets, and only then."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch

from jaxfun import parity
from jaxfun.parity.report.words import in_words
from jaxfun.parity.search.evidence import BothResults, Evidence, both
from jaxfun.parity.search.failing import place_of
from jaxfun.parity.search.relations import RELATIONS, relation_of

F = torch.nn.functional
Function = Callable[..., Any]
NAMES = ("x", "y")


def drawn(*shapes: tuple[int, ...], dtype: str = "float32", sets: int = 8) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(0)
    parts = [rng.normal(size=(2, sets, *shape)) for shape in shapes]
    return tuple((real + 1j * imag if "complex" in dtype else real).astype(dtype) for real, imag in parts)


def stacked(function: Function, tensors: Sequence[np.ndarray]) -> np.ndarray:
    return np.stack([np.asarray(function(*items)) for items in zip(*tensors, strict=True)])


def evidence(candidate: Function, reference: Function, tensors: Sequence[np.ndarray], level: str = "value") -> Evidence:
    """Return the evidence on two NumPy functions on some value sets, as the engine collects it."""

    def together(given: Sequence[np.ndarray]) -> BothResults:
        theirs = stacked(reference, [item.astype(WIDE.get(str(item.dtype), item.dtype)) for item in given])
        ours = stacked(candidate, given)
        dtype = ours.dtype if ours.dtype.kind in "fc" and theirs.dtype.kind in "fc" else theirs.dtype
        return both(ours, theirs.astype(dtype), theirs)

    wide = [item.astype(WIDE.get(str(item.dtype), item.dtype)) for item in tensors]
    return Evidence(
        level=level,
        dtypes=(str(stacked(candidate, tensors).dtype), str(stacked(reference, tensors).dtype)),
        results=together(tensors),
        inputs=tuple(tensors),
        names=NAMES,
        is_alone=level == "vjp",
        again=lambda given: stacked(reference, given),
        grown=lambda size: together([one_more(item, size) for item in tensors]),
        in_float64=lambda: both(stacked(candidate, wide), stacked(reference, wide)),
    )


WIDE = {"float32": np.dtype("float64"), "complex64": np.dtype("complex128")}


def one_more(stack: np.ndarray, size: int) -> np.ndarray:
    for axis in range(1, stack.ndim):
        if stack.shape[axis] == size:
            stack = np.concatenate([stack, np.roll(stack, 1, 0).take([0], axis)], axis)
    return stack


class Port(NamedTuple):
    """A port with one fault, its reference, and the name of the fault."""

    candidate: Function
    reference: Function
    says: str
    shapes: Sequence[tuple[int, ...]] = ((4,),)
    dtype: str = "float32"
    kind: str = "number"
    level: str = "value"


def same(x: Any) -> Any:
    return x


def with_nan(x: Any) -> Any:
    """Replace some elements, chosen by their values, by NaN and infinity."""
    return np.where(x > 1, np.nan, x)


def with_infinity(x: Any) -> Any:
    return np.where(x > 1, np.inf, x)


MATRIX, SQUARE = ((3, 4),), ((3, 3),)
TWO = ((4,), (4,))
PORTS: dict[str, Port] = {
    "zero everywhere": Port(lambda x: 0 * x, np.sin, "zero everywhere"),
    "a gradient lost for one argument": Port(
        lambda x: 0 * x, np.cos, "zero everywhere; all others agree", level="vjp"
    ),
    "negated": Port(lambda x: -np.sin(x), np.sin, "the negative of the reference"),
    "a factor": Port(lambda x: np.sin(x) * np.float32(1.5), np.sin, "1.5 times the reference everywhere"),
    "a third": Port(lambda x: np.sin(x) / 3, np.sin, "1/3 times the reference everywhere"),
    "a small factor": Port(lambda x: x * np.float32(1.00001), same, "1.00001 times the reference everywhere"),
    "an imaginary factor": Port(lambda x: 1j * x, same, "0+1j times the reference everywhere", dtype="complex64"),
    "log2 for log": Port(lambda x: np.log2(x * x), lambda x: np.log(x * x), "1 / log(2) times the reference"),
    "degrees": Port(np.degrees, same, "180 / pi times the reference everywhere"),
    "a sum for a mean": Port(
        lambda x: x.sum(-1), lambda x: x.mean(-1), "n times the reference, n = size of dimension 1 of x", MATRIX
    ),
    "a mean for a sum": Port(lambda x: x.mean(), lambda x: x.sum(), "1 / n times the reference, n = elements", MATRIX),
    "the wrong size": Port(
        lambda x: x.mean(-1) * x.shape[-1] / x.shape[0],
        lambda x: x.sum(-1),
        "1 / n times the reference, n = size of dimension 0 of x",
        MATRIX,
    ),
    "a factor that is a size by chance": Port(lambda x: x * 4, same, "4 times the reference everywhere"),
    "correction 0": Port(
        lambda x: x.var(-1), lambda x: x.var(-1, ddof=1), "(n - 1) / n times the reference, n = size of", MATRIX
    ),
    "correction 1": Port(
        lambda x: x.std(-1, ddof=1), lambda x: x.std(-1), "sqrt(n / (n - 1)) times the reference, n = size", MATRIX
    ),
    "an offset": Port(lambda x: x - np.float32(0.5), same, "0.5 below the reference everywhere"),
    "conjugated": Port(np.conj, same, "the conjugate of the reference", dtype="complex64"),
    "the opposite": Port(lambda x: x <= 0, lambda x: x > 0, "the logical negation of the reference everywhere"),
    "transposed": Port(lambda x: x.T, same, "the reference transposed", SQUARE),
    "transposed, of two sizes": Port(lambda x: x.T, same, "the reference transposed", MATRIX, kind="shape"),
    "two of three dimensions": Port(
        lambda x: x.swapaxes(1, 2), same, "the reference transposed, with dimensions 1 and 2 exchanged", ((2, 3, 3),)
    ),
    "flipped": Port(lambda x: x[:, ::-1], same, "the reference flipped along dimension 1", MATRIX),
    "rolled": Port(lambda x: np.roll(x, -1, 0), same, "the reference rolled by -1 along dimension 0", ((5, 2),)),
    "permuted": Port(
        lambda x: x[[0, 2, 1, 3]], same, "the reference with the elements of dimension 0 in another order: [0, 2, 1, 3]"
    ),
    "a last row left out": Port(
        lambda x: np.concatenate([np.cumsum(x[:-1], 0), x[-1:]]),
        lambda x: np.cumsum(x, 0),
        "correct except for the last element along dimension 0",
        MATRIX,
    ),
    "a first element": Port(
        lambda x: np.where(np.arange(x.size) > 0, x, 7), same, "correct except for the first element along dimension 0"
    ),
    "arguments exchanged": Port(np.arctan2, lambda x, y: np.arctan2(y, x), "the reference with x and y exchanged", TWO),
    "weights transposed": Port(
        lambda x, y: x @ y, lambda x, y: x @ y.T, "the reference with y transposed", ((2, 3), (3, 3))
    ),
    "through float16": Port(
        lambda x: np.exp(x).astype("float16").astype(x.dtype), np.exp, "rounded to float16"
    ),
    "through float32": Port(
        lambda x: np.exp(x.astype("float32")).astype(x.dtype), np.exp, "rounded to float32", dtype="float64"
    ),
    "inputs through float16": Port(
        lambda x: np.exp(x.astype("float16").astype(x.dtype)), np.exp, "the reference with inputs rounded to"
    ),
    "right in float64": Port(
        lambda x: (x + 1000) * (x + 1000) - 1000 * 1000,
        lambda x: x * x + 2000 * x,
        "correct in float64; the formula loses digits in float32",
    ),
    "NaN replaced": Port(
        lambda x: np.nan_to_num(with_nan(x)), with_nan, "NaN replaced by 0, correct elsewhere", kind="NaN"
    ),
    "infinity replaced": Port(
        lambda x: np.minimum(with_infinity(x), 1e6), with_infinity, "infinity replaced by 1e+06, ", kind="infinity"
    ),
    "keepdim": Port(
        lambda x: x.sum(-1, keepdims=True),
        lambda x: x.sum(-1),
        "correct numbers, with dimensions of size 1 kept, as with keepdim=True",
        MATRIX,
        kind="shape",
    ),
    "squeezed": Port(
        lambda x: x.sum(-1),
        lambda x: x.sum(-1, keepdims=True),
        "correct numbers, with dimensions of size 1 dropped, as with keepdim=False",
        MATRIX,
        kind="shape",
    ),
    "flattened": Port(np.ravel, same, "correct numbers in another shape", MATRIX, kind="shape"),
    "another dtype": Port(
        lambda x: np.argmax(x, -1).astype("int8"), lambda x: np.argmax(x, -1), "correct numbers in another dtype",
        MATRIX, kind="dtype",
    ),
}  # fmt: skip


def known(port: Port) -> Evidence:
    return evidence(port.candidate, port.reference, drawn(*port.shapes, dtype=port.dtype), port.level)


@pytest.mark.parametrize("name", PORTS)
def test_port_with_one_fault_gets_the_name_of_the_fault(name: str) -> None:
    port = PORTS[name]
    assert relation_of(known(port), port.kind).startswith(port.says)


def test_excluded_nan_inputs_are_named() -> None:
    tensors = drawn((4,))
    tensors[0][::2, 1] = np.nan
    found = relation_of(evidence(np.nansum, np.sum, tensors), "NaN")
    assert found == "the reference with NaN inputs replaced by 0"


WITHOUT = {
    "right": Port(np.sin, np.sin, ""),
    "another function": Port(np.sin, np.cos, ""),
    "another one of a matrix": Port(lambda x: np.sin(x) + x.T, np.cos, "", SQUARE),
    "two rows wrong": Port(lambda x: np.where(np.arange(4) < 2, x + np.sin(x), x), same, ""),
    "a factor for some": Port(lambda x: np.where(x > 0, 2 * x, x), same, ""),
    "of two arguments": Port(lambda x, y: x * np.sin(y), lambda x, y: np.cos(x) - y, "", TWO),
    "of bools": Port(lambda x: x > 0.5, lambda x: x > 0, ""),
    "NaN elsewhere": Port(lambda x: np.where(x < 0, np.nan, x), same, "", kind="NaN"),
    "other numbers in another shape": Port(np.cumsum, same, "", MATRIX, kind="shape"),
    "other numbers in another dtype": Port(lambda x: (9 * x).astype("int32"), same, "", kind="dtype"),
}


@pytest.mark.parametrize("name", WITHOUT)
def test_port_without_a_known_fault_is_not_named(name: str) -> None:
    port = WITHOUT[name]
    found = known(port)
    with np.errstate(all="ignore"):
        assert {row: text for row in RELATIONS if (text := RELATIONS[row].sentence(found))} == {}
    assert relation_of(found, port.kind) == ""


def test_each_relation_is_tested() -> None:
    """Every row of the table names a port, so that each relation is tested."""
    said = set()
    for port in PORTS.values():
        found = known(port)
        with np.errstate(all="ignore"):
            fitting = (name for name, row in RELATIONS.items() if port.kind in row.kinds and row.sentence(found))
            said.add(next(fitting))
    assert said == RELATIONS.keys() - {"NaN skipped"}, "which has a test of its own"


def test_relation_must_hold_on_all_value_sets() -> None:
    port = PORTS["a factor"]
    found = known(port)
    one = found.results.ours.copy()
    one[3, 2] += 0.1
    spoiled = dataclasses.replace(found, results=dataclasses.replace(found.results, ours=one))
    assert relation_of(found, "number") == "1.5 times the reference everywhere"
    assert relation_of(spoiled, "number") == ""


def test_zeros_are_not_evidence() -> None:
    zeros = (np.zeros((8, 4), "float32"),)
    assert relation_of(evidence(lambda x: 2 * x + 1, lambda x: x + 1, zeros), "number") == ""


# Where the two differ, and nowhere else.


def slopes(candidate: Function, reference: Function, *numbers: np.ndarray) -> Evidence:
    """Return the gradients of two functions as they give them."""
    return evidence(candidate, reference, numbers, "vjp")


LINE = np.linspace(-4, 4, 33, dtype="float32").reshape(11, 3)  # contains 0 and halves
TIED = np.stack([np.array([k, k + 1, k + 2 * (k % 2)], "float32") for k in range(1, 21)])
SOME_ZERO = np.array([[k % 4, 7, k + 1] for k in range(12)], "float32")
ALL_ZERO = np.array([[k % 4, k % 2, k % 4] for k in range(12)], "float32")
ZEROS = np.concatenate([LINE, np.array([[0, 0, 0], [0, 1, 2], [1, 0, 2]], "float32")])
PLACES = {
    "at 0": (slopes(lambda x: np.where(x == 0, 0.5, x), same, LINE), (), "0"),
    "at a number of the program": (
        slopes(lambda x: np.where(x == -3, 1.0, x), same, LINE), (3.0,), "-3, a number in the candidate's program",
    ),
    "at two": (
        slopes(lambda x: np.where(np.abs(x) == 3, 1.0, x), same, LINE), (3.0,),
        "-3 and 3, numbers in the candidate's program",
    ),
    "at 0 of one argument": (
        slopes(lambda x, y: np.where(x == 0, y + 1, y), lambda x, y: y, LINE, LINE[::-1] + 7), (), "x = 0",
    ),
    "where two arguments are equal": (
        slopes(lambda x, y: np.where(x == y, y + 1, y), lambda x, y: y, LINE, np.where(LINE > 0, LINE, 9)), (), "x = y",
    ),
    "at ties": (
        slopes(lambda x: x + [(x == number).sum() > 1 for number in x], same, TIED), (), "tied values",
    ),
    "at a 0 in a row": (
        slopes(lambda x: np.sum(x) + (x == 0).any(), np.sum, SOME_ZERO), (),
        "0, in any element",
    ),
    "at all zeros": (
        slopes(lambda x: np.sum(x) + (not x.any()), np.sum, ALL_ZERO), (),
        "0",
    ),
    # none
    "everywhere": (slopes(lambda x: 1.5 * x + 1, lambda x: x + 1, LINE), (1.5,), ""),
    "elsewhere too": (slopes(lambda x: np.where((x == 0) | (x > 3), 9, x), same, LINE), (), ""),
    "not at each 0": (slopes(lambda x: np.where((x == 0) & (np.arange(3) > 0), 9, x), same, ZEROS), (), ""),
    "below a number": (slopes(lambda x: np.where(x < -1, 0, x), same, LINE), (1.0,), ""),
    "at a number of no program": (slopes(lambda x: np.where(x == 2.5, 0, x), same, LINE), (1.0,), ""),
    "all numbers are 0": (slopes(lambda x: x + 1, same, 0 * LINE), (), ""),
    "right": (slopes(same, same, LINE), (), ""),
    "all of it judged to be rounding": (
        dataclasses.replace(slopes(lambda x: np.where(x == 3, 9, x), same, LINE), wrong=np.zeros(LINE.shape, bool)),
        (3.0,), "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PLACES)
def test_region_is_named_if_the_difference_is_only_there(name: str) -> None:
    found, constants, text = PLACES[name]
    assert place_of(found, constants) == text


# In a report.


class Check(NamedTuple):
    """A wrong port, and the start of its failure message at a level."""

    candidate: Function
    reference: Function
    level: str
    says: str
    inputs: Sequence[Any] = ()


M = (parity.tensors(shape="n m"),)
PAIR = (parity.tensors(2, same_shape=True),)
CHECKS = {
    "a factor": Check(lambda x: 1.5 * x, lambda x: x * 1, "vjp", "1.5 times the reference everywhere: "),
    "a mean": Check(lambda x: x.sum(-1), lambda x: x.mean(-1), "value", "n times the reference, n = size of dimen", M),
    "correction": Check(
        lambda x: jnp.var(x, -1),
        lambda x: torch.var(x, -1),
        "value",
        "(n - 1) / n times the reference, n = size of dimension 1 of x (correction=0 instead of 1): ",
        (parity.tensors(shape=(4, 5)),),
    ),
    "a lost gradient": Check(
        lambda x, y: x * jax.lax.stop_gradient(y), lambda x, y: x * y, "vjp", "zero everywhere; all others agree", PAIR
    ),
    "exchanged": Check(lambda x, y: x - 2 * y, lambda x, y: y - 2 * x, "value", "the reference with x and y ", PAIR),
    "NaN": Check(
        lambda x: jnp.where(jnp.isnan(x), 0.0, x), lambda x: x * 1, "value", "NaN replaced by 0, correct elsewhere: "
    ),
    "float16": Check(
        lambda x: jnp.tanh(x).astype(jnp.float16).astype(x.dtype), torch.tanh, "value", "rounded to float16"
    ),
    "a jump": Check(
        lambda x: x * 1.00001 + jnp.where(x > 2, 5.0, 0.0),
        lambda x: x * 1,
        "value",
        "different number: 9 where the reference has 4",
    ),
    "a kink": Check(jnp.abs, torch.abs, "vjp", "derivative at 0: "),
    "ties": Check(jnp.max, lambda x: x.flatten().max(0).values, "vjp", "derivative at tied values: ",
                  (parity.tensors(shape=(4,)),)),
    "no kink": Check(jax.nn.gelu, F.gelu, "vjp", "different derivative: "),
    "nor here": Check(jnp.sin, torch.cos, "vjp", "different derivative: "),
    "only at a number": Check(lambda x: jnp.heaviside(x, 1.0), lambda x: torch.heaviside(x, x.new_tensor(0.5)), "value",
                              "differs only at 0: 1 where the reference has 0.5"),
}  # fmt: skip


@pytest.mark.parametrize("name", CHECKS)
def test_failure_begins_with_its_explanation(name: str) -> None:
    found = CHECKS[name]
    with jax.enable_x64(False), jax.numpy_dtype_promotion("standard"):
        report = parity.check(
            found.candidate, found.reference, *found.inputs,
            levels=["value", found.level], dtypes=["float32"], examples=200, seed=0,
        )  # fmt: skip
    failure = next(failure for failure in report.failures if failure.level == found.level)
    assert in_words(failure).startswith(found.says), str(report)
