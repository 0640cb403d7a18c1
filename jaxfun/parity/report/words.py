"""Failures in words: arrays as a reader types them, counts of ULP, what kind of difference it is."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from .model import FailureData, ReportData

MOST_ULP = 1e12  # beside a reference of 0 a count of ULP says nothing
SMALL_ULP = 1000  # more, and an element that is right is beside 0: rounding is then relative to what it is made of
_LEAST_ULP = 0.01
WIDTH = 100  # columns of what is printed
INDENT = 13  # where a fact begins, its name before it
_MOST_RESULTS = 24

# kinds that a verdict names in one word, as a reader says them; another says itself
_SAID = {
    "number": "another number",
    "derivative": "another derivative",
    "dtype": "another dtype",
    "shape": "another shape",
    "shape or dtype": "another shape or dtype",
    "structure": "another structure",
    "raises": "",  # the detail says it
}

# what a derivative is multiplied by, which its numbers have in them
_ALONG = {"vjp": "a random cotangent", "jvp": "a random direction", "hvp": "random directions"}


def ulps(count: float) -> str:
    """Return a count of ULP with about three digits.

    >>> [ulps(count) for count in (1e-9, 0.5, 3.456, 1523.4, 8_388_608)]
    ['less than 0.01 ULP', '0.5 ULP', '3.46 ULP', '1,523 ULP', '8.39e6 ULP']
    """
    if count >= 1e6:
        return f"{count:.2e} ULP".replace("e+0", "e").replace("e+", "e")
    if 0 < count < _LEAST_ULP:
        return f"less than {_LEAST_ULP} ULP"
    return f"{count:,.0f} ULP" if count >= 1000 else f"{count:.3g} ULP"


def at_most(count: float, is_failing: bool) -> str:
    """Return the worst that a level met, "" where a count of ULP says nothing.

    >>> at_most(3.5, False), at_most(8e6, False), at_most(8e6, True), at_most(0.0, False)
    ('at most 3.5 ULP', 'more than 1,000 ULP only where terms cancel', 'at most 8.00e6 ULP', '')
    """
    if count > SMALL_ULP and not is_failing:
        return f"more than {ulps(SMALL_ULP)} only where terms cancel"
    return f"at most {ulps(count)}" if 0 < count < MOST_ULP else ""


def written(array: Any, index: tuple[int, ...] = (), most: int = 64) -> str:
    """Return an array as a reader types it; a large one by its shape, and its element at `index`.

    >>> written(np.float32([0.1, 2])), written(np.array(1 + 2j)), written(np.zeros((9, 9)), (1, 2))
    ('float32[0.1, 2.0]', 'complex128(1+2j)', 'float64 of shape [9, 9], 0.0 at [1, 2]')
    """
    array = np.asarray(array)
    if not array.ndim:
        return f"{array.dtype}({_digits(array).strip('()')})"
    if array.size > most or not array.size:
        there = f", {_digits(array[index])} at {list(index)}" if index and len(index) == array.ndim else ""
        return f"{array.dtype} of shape {list(array.shape)}{there}"
    texts = np.array([_digits(item) for item in array.flat], object).reshape(array.shape)
    wide = max(map(len, texts.flat)) if array.ndim > 1 else 0
    return str(array.dtype) + _nested(texts, wide, len(str(array.dtype)) + 1)


def _digits(number: Any) -> str:
    return str(np.asarray(number)[()])


def _nested(texts: np.ndarray, wide: int, at: int) -> str:
    """Return the texts in brackets, each row on its own line from the second dimension on; `at` is where it stands."""
    line = "\n" + " " * at
    if texts.ndim > 1:
        return f"[{f',{line}'.join(_nested(row, wide, at + 1) for row in texts)}]"
    return f"[{listed([text.rjust(wide) for text in texts], line)}]"


def listed(items: Iterable[str], line: str = "\n") -> str:
    """Return a list with commas, where it is long on several lines; each begins as `line` says, and no item is cut."""
    kept = ", ".join(item.replace(" ", _KEPT) for item in items)
    wrapped = textwrap.wrap(kept, WIDTH - INDENT - len(line), break_long_words=False, break_on_hyphens=False)
    return line.join(wrapped).replace(_KEPT, " ")


def first_of(items: Sequence[str], most: int) -> str:
    """Return the first items of a list, and how many more there are.

    >>> first_of(["a", "b", "c"], 2)
    'a, b and 1 more'
    """
    more = f" and {len(items) - most} more" if len(items) > most else ""
    return ", ".join(items[:most]) + more


_KEPT = "\0"  # in the place of a blank at which no line may break


# what a kind of edge is, as a reader says it
_EDGES = {
    "NaN": "at a NaN input",
    "infinity": "at an infinite input",
    "overflow": "where the square of an input overflows",
    "empty": "at a 0-dim or empty tensor",
    "validation": "an input that one side alone refuses",
    "compiler": "where XLA's compiler drops NaN and the plain call keeps it",
    "rounding": "where PyTorch's own rounding decides between NaN, infinity and a number",
    "order": "an order of tied values that PyTorch leaves open",
    "LAPACK": "NaN or infinity given to LAPACK",
    "decomposition": "the sign of a vector, or what rounding of the matrix decides, which PyTorch leaves open",
    "digits": "digits lost",
    "kinks": "at a kink, which is allowed",
    "ties": "at tied values, which is allowed",
    "dtype": "another dtype, which is allowed",
    "errors": "an error, which is allowed",
}


def edge_in_words(failure: FailureData) -> str:
    """Return an edge in a line: the kind, the level, and both answers.

    >>> from jaxfun.parity.report.report import Failure
    >>> edge_in_words(Failure("vjp", "number", "0 where the reference has 1", "(nan)", leaf="x", edge="NaN"))
    'at a NaN input, gradient of x: another number: 0 where the reference has 1'
    """
    what, _ = place(failure)
    of = f"gradient of {failure.leaf}" if failure.level == "vjp" and failure.leaf else what
    return f"{_EDGES.get(failure.edge, failure.edge)}, {of}: {difference(failure)}"


def headline(report: ReportData) -> str:
    """Return the answer in a line: with what differs, and what agrees but for an edge.

    >>> headline(ReportData("f", "g"))
    'f is NOT SHOWN to agree with g'
    """
    if report.failures:
        first = report.failures[0]
        return f"{report.headline}: {place(first)[0]}: {difference(first)}"
    edges = [edge for edge in report.edges if edge.edge not in report.opinions]
    if not report.ok or not edges:
        return report.headline
    more = f" (and {len(edges) - 1} more)" if len(edges) > 1 else ""
    return f"{report.headline}, but for {edge_in_words(edges[0])}{more}"


def place(failure: "FailureData") -> tuple[str, str]:
    """Return the level, with the result or gradient, and the dtype and device."""
    of = f" of {failure.leaf}" if failure.leaf else ""
    return failure.level + of, f"{failure.dtype or 'any dtype'}, {failure.device}"


def difference(failure: "FailureData") -> str:
    """Return what kind of difference it is, and both answers where it is.

    >>> from jaxfun.parity.report.report import Failure
    >>> difference(Failure("value", "number", "1 where the reference has 2", "(0)"))
    'another number: 1 where the reference has 2'
    """
    kind = failure.relation or _SAID.get(failure.difference, failure.difference)
    if "where the reference" in failure.difference:  # it names both answers itself
        where = failure.difference + (f", at {list(failure.index)}" if failure.index else "")
        return ": ".join(part for part in (failure.relation, where) if part)
    return ": ".join(part for part in (kind, failure.detail) if part)


def in_short(failure: "FailureData") -> str:
    """Return what kind of difference it is, and how far apart the two are.

    >>> from jaxfun.parity.report.report import Failure
    >>> in_short(Failure("value", "number", "1 where the reference has 2", "(0)", ulp=4.2e6))
    'another number, 4.20e6 ULP'
    """
    kind = failure.relation or _SAID.get(failure.difference, failure.difference) or failure.detail
    return f"{kind}, {ulps(failure.ulp)}" if 0 < failure.ulp < MOST_ULP else kind


def facts(failure: "FailureData") -> dict[str, str]:
    """Return what there is to know of a failure, by name."""
    found = {"inputs": failure.call}
    found |= {"along": _ALONG[failure.level]} if failure.level in _ALONG else {}
    found |= {"found at": failure.stratum} if failure.stratum else {}
    if failure.candidate is not None and failure.reference is not None:
        for name in ("candidate", "reference"):
            found[name] = written(getattr(failure, name), failure.index, _MOST_RESULTS)
    return found | ({"error": text} if (text := "".join(_error(failure))) else {})


def _error(failure: "FailureData") -> Iterator[str]:
    """Yield the parts of what is said of the error at the worst index: in ULP, and beside the reference's number."""
    if not failure.ulp or failure.candidate is None or failure.reference is None:
        return
    ours, theirs = (_there(array, failure.index) for array in (failure.candidate, failure.reference))
    error, size = abs(ours - theirs), abs(theirs)
    if failure.ulp < MOST_ULP:
        yield ulps(failure.ulp)
        yield f", a relative error of {error / size:.2g}" if size and error else ""
    else:
        yield f"absolute {error:.3g} (the reference is {size:.3g}, so ULP do not apply)"
    yield f", at {list(failure.index)}" if failure.index else ""


def _there(array: Any, index: tuple[int, ...]) -> complex:
    array = np.asarray(array)
    return complex(array[index]) if array.size and len(index) == array.ndim else complex("nan")


def no_script(at: int) -> str:
    """Return what stands in a script's place: where the inputs of that failure are."""
    return f"There is no script of under 25 lines; the inputs are in `.failures[{at}].inputs` of the report."


def message(failure: "FailureData") -> str:
    """Return the failure in words: where, what differs, and a line for each fact."""
    what, where = place(failure)
    first = f"{what} ({where}): {difference(failure)}"
    if len(first) > WIDTH:
        wrapped = textwrap.wrap(difference(failure), WIDTH - 2, break_long_words=False, break_on_hyphens=False)
        first = "\n  ".join([f"{what} ({where}):", *wrapped])
    return "\n".join([first, *(row(name, text) for name, text in facts(failure).items())])


def row(name: str, text: str) -> str:
    """Return a name and what there is to say of it, below one another where that has several lines."""
    return f"  {name:<{INDENT - 2}}" + text.replace("\n", "\n" + " " * INDENT)
