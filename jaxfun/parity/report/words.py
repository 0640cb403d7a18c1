"""Texts that several kinds of output share: arrays, ULP counts, kinds of failure, the words for one failure.

Begin at `message`, which describes one failure; terminal.py and page.py build on it.
"""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from .model import FailureData, ReportData

MOST_ULP = 1e12  # a larger ULP count means nothing: the reference is 0 or close to it
SMALL_ULP = 1000  # a passing element with a larger error is a sum that cancels: its tolerance follows the terms' size
_LEAST_ULP = 0.01
WIDTH = 100  # columns of the printed report
INDENT = 13  # the column at which the text of a row begins, after its name
_MOST_RESULTS = 24

# the shown text for each short name of a kind of failure; every other kind is shown by its own name
_SAID = {
    "number": "different number",
    "derivative": "different derivative",
    "dtype": "different dtype",
    "shape": "different shape",
    "shape or dtype": "different shape or dtype",
    "structure": "different structure",
    "raises": "",  # `detail` is a full sentence
}

# the vector that each derivative level multiplies the Jacobian or Hessian with: the shown numbers depend on it
_ALONG = {"vjp": "a random cotangent", "jvp": "a random direction", "hvp": "random directions"}


def ulps(count: float) -> str:
    """Format a ULP count with about three digits.

    >>> [ulps(count) for count in (1e-9, 0.5, 3.456, 1523.4, 8_388_608)]
    ['less than 0.01 ULP', '0.5 ULP', '3.46 ULP', '1,523 ULP', '8.39e6 ULP']
    """
    if count >= 1e6:
        return f"{count:.2e} ULP".replace("e+0", "e").replace("e+", "e")
    if 0 < count < _LEAST_ULP:
        return f"less than {_LEAST_ULP} ULP"
    return f"{count:,.0f} ULP" if count >= 1000 else f"{count:.3g} ULP"


def at_most(count: float, is_failing: bool) -> str:
    """Describe the largest error of a level; "" where a ULP count means nothing.

    >>> at_most(3.5, False), at_most(8e6, False), at_most(8e6, True), at_most(0.0, False)
    ('largest error 3.5 ULP', 'over 1,000 ULP only where terms cancel', 'largest error 8.00e6 ULP', '')
    """
    if count > SMALL_ULP and not is_failing:
        return f"over {ulps(SMALL_ULP)} only where terms cancel"
    return f"largest error {ulps(count)}" if 0 < count < MOST_ULP else ""


def written(array: Any, index: tuple[int, ...] = (), most: int = 64) -> str:
    """Format an array as dtype and numbers; if it has more than `most` elements, as shape and element at `index`.

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
    """Return nested brackets of texts, one line for each row; `at` is the column of the opening bracket."""
    line = "\n" + " " * at
    if texts.ndim > 1:
        return f"[{f',{line}'.join(_nested(row, wide, at + 1) for row in texts)}]"
    return f"[{listed([text.rjust(wide) for text in texts], line)}]"


def listed(items: Iterable[str], line: str = "\n") -> str:
    """Join items with commas and wrap long lists: lines are joined by `line`, and no item is split."""
    kept = ", ".join(item.replace(" ", _KEPT) for item in items)
    lines = textwrap.wrap(kept, WIDTH - INDENT - len(line), break_long_words=False, break_on_hyphens=False)
    return line.join(lines).replace(_KEPT, " ")


def wrapped(text: str, width: int = WIDTH - INDENT) -> str:
    """Break a text into lines, by default those of a row, without breaking a word."""
    return textwrap.fill(text, width, break_long_words=False, break_on_hyphens=False)


def first_of(items: Sequence[str], most: int) -> str:
    """Join the first `most` items of a list, and add the number of the others.

    >>> first_of(["a", "b", "c"], 2)
    'a, b and 1 more'
    """
    more = f" and {len(items) - most} more" if len(items) > most else ""
    return ", ".join(items[:most]) + more


_KEPT = "\0"  # replaces a space at which no line may break


# the shown text for each kind of edge
_EDGES = {
    "NaN": "at a NaN input",
    "infinity": "at an infinite input",
    "overflow": "where the square of an input overflows",
    "empty": "for a 0-dim or empty tensor",
    "validation": "an input that only one side rejects",
    "compiler": "NaN lost under jit (not in the plain call)",
    "rounding": "where PyTorch's rounding error decides between NaN, infinity and a number",
    "order": "order of tied values (PyTorch does not define it)",
    "LAPACK": "NaN or infinity passed to LAPACK",
    "decomposition": "not unique in the decomposition (sign of a vector, or a choice that rounding makes)",
    "digits": "fewer correct digits (the formula is right in float64)",
    "kinks": "at a kink (allowed)",
    "ties": "at tied values (allowed)",
    "dtype": "different dtype (allowed)",
    "errors": "an error (allowed)",
}


def edge_in_words(failure: FailureData) -> str:
    """Describe an edge in one line: its kind, the level, and both results.

    >>> from jaxfun.parity.report.report import Failure
    >>> edge_in_words(Failure("vjp", "number", "0 where the reference has 1", "(nan)", leaf="x", edge="NaN"))
    'at a NaN input, gradient of x: different number: 0 where the reference has 1'
    """
    what, _ = place(failure)
    of = f"gradient of {failure.leaf}" if failure.level == "vjp" and failure.leaf else what
    return f"{_EDGES.get(failure.edge, failure.edge)}, {of}: {in_words(failure)}"


def headline(report: ReportData) -> str:
    """Return the first line of a report: the answer, then the first failure or the first edge.

    >>> headline(ReportData("f", "g"))
    'f is NOT SHOWN to agree with g'
    """
    if report.failures:
        first = report.failures[0]
        return f"{report.headline}: {place(first)[0]}: {in_words(first)}"
    edges = [edge for edge in report.edges if edge.edge not in report.opinions]
    if not report.ok or not edges:
        return report.headline
    more = f" (and {len(edges) - 1} more)" if len(edges) > 1 else ""
    return f"{report.headline}, except for an edge: {edge_in_words(edges[0])}{more}"


def place(failure: "FailureData") -> tuple[str, str]:
    """Return where a failure was found: the level with its result or gradient, and the dtype with the device."""
    of = f" of {failure.leaf}" if failure.leaf else ""
    return failure.level + of, f"{failure.dtype or 'any dtype'}, {failure.device}"


def in_words(failure: "FailureData") -> str:
    """Describe a failure: its kind, and both results at the worst element.

    >>> from jaxfun.parity.report.report import Failure
    >>> in_words(Failure("value", "number", "1 where the reference has 2", "(0)"))
    'different number: 1 where the reference has 2'
    """
    kind = failure.relation or _SAID.get(failure.kind, failure.kind)
    if "where the reference" in failure.kind:  # the kind names both results itself
        where = failure.kind + (f", at {list(failure.index)}" if failure.index else "")
        return ": ".join(part for part in (failure.relation, where) if part)
    return ": ".join(part for part in (kind, failure.detail) if part)


def in_short(failure: "FailureData") -> str:
    """Describe a failure in a few words: its kind, and the error in ULP.

    >>> from jaxfun.parity.report.report import Failure
    >>> in_short(Failure("value", "number", "1 where the reference has 2", "(0)", ulp=4.2e6))
    'different number, 4.20e6 ULP'
    """
    kind = failure.relation or _SAID.get(failure.kind, failure.kind) or failure.detail
    return f"{kind}, {ulps(failure.ulp)}" if 0 < failure.ulp < MOST_ULP else kind


def facts(failure: "FailureData") -> dict[str, str]:
    """Return the facts of a failure, by name: inputs, where it was found, both results, the error."""
    found = {"inputs": failure.call}
    found |= {"along": _ALONG[failure.level]} if failure.level in _ALONG else {}
    found |= {"found at": failure.stratum} if failure.stratum else {}
    if failure.candidate is not None and failure.reference is not None:
        for name in ("candidate", "reference"):
            found[name] = written(getattr(failure, name), failure.index, _MOST_RESULTS)
    return found | ({"error": text} if (text := "".join(_error(failure))) else {})


def _error(failure: "FailureData") -> Iterator[str]:
    """Yield the parts of the text for the error at the worst element: in ULP, relative or absolute, and its index."""
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
    """Return the text shown if a failure has no script: where to find its inputs."""
    return f"No script: it would have 25 lines or more. The inputs are in `.failures[{at}].inputs` of the report."


def message(failure: "FailureData") -> str:
    """Describe a failure: where it was found, what differs, and a line for each fact."""
    what, where = place(failure)
    first = f"{what} ({where}): {in_words(failure)}"
    if len(first) > WIDTH:
        lines = wrapped(in_words(failure), WIDTH - 2).splitlines()
        first = "\n  ".join([f"{what} ({where}):", *lines])
    return "\n".join([first, *(row(name, text) for name, text in facts(failure).items())])


def row(name: str, text: str) -> str:
    """Return a row of the report: the name, then the text, with its further lines aligned below the first."""
    return f"  {name:<{INDENT - 2}}" + text.replace("\n", "\n" + " " * INDENT)
