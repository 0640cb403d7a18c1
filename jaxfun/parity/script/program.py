"""Write a short program that reproduces a mismatch without jaxfun: both functions, the inputs, and both answers.

`script_of` is the entry.
"""

import functools
import keyword
import re
from collections.abc import Iterator, Sequence
from typing import Any

import jax
import numpy as np

from ..compare.arrays import is_inexact
from ..report.model import Mismatch
from ..run import torch_side
from ..run.candidate import Sides
from ..run.directions import cotangents, tangents
from ..run.outcome import outcome
from .definitions import Definitions
from .describe import Unwritten, where_made
from .literals import array_text, quoted, wrapped
from .sides import Answer, Result, Side, answer_of

_MOST_LINES = 24
_MOST_LINES_OF_AN_ARRAY = 6
_RESERVED = ("candidate", "reference", "ours", "theirs", "results", "error")


def script_of(sides: Sides, found: Mismatch) -> str:
    """Return a program of under 25 lines that prints both answers, or "" if there is none as short.

    A function that takes too many lines is imported. If it cannot be imported, the program has a gap to fill in.
    """
    attempts = (_Program(sides, found, brief, is_spaced) for brief, is_spaced in _ATTEMPTS)
    return next(("\n".join(lines) for item in attempts if len(lines := item.lines()) <= _MOST_LINES), "")


_BOTH = ("candidate", "reference")
_ATTEMPTS = (((), True), ((), False), (("reference",), False), (("candidate",), False), (_BOTH, False))


class _Program:
    """The program for one mismatch. The functions named in `brief` are imported instead of written out."""

    def __init__(self, sides: Sides, found: Mismatch, brief: Sequence[str], is_spaced: bool) -> None:
        self.sides, self.found, self.case = sides, found, sides.case
        self.is_spaced = is_spaced
        self.definitions = Definitions(_RESERVED, is_spaced)
        self.gaps: list[str] = []
        for name, function in (("candidate", sides.candidate), ("reference", sides.reference)):
            self._define(name, function, name in brief)
        self.arguments: dict[int, str] = {}  # by `id`: arguments that cannot be written, which the user fills in
        self.arrays: dict[str, np.ndarray] = {}
        self.weights: dict[str, np.ndarray] = {}
        self.names = [self._known(self._spoken(place), item) for place, item in enumerate(self._tensors())]

    def lines(self) -> list[str]:
        """Return the lines of the program."""
        answers = [answer_of(self.found.level, side) for side in self._sides()]
        shown = [line for item in zip(_LABELS, answers, self._raises(), strict=True) for line in self._shown(*item)]
        used = {*re.findall(r"\w+", "\n".join(shown))}
        inputs = [line for name, array in self.arrays.items() if name in used for line in _assigned(name, array)]
        head = [_IMPORTS, *self.definitions.imports, *self._settings()]
        defined = "\n".join([*self.definitions.lines, *self.gaps]).strip()
        blocks = [head, defined.splitlines(), [*inputs, *shown]]
        space = [""] if self.is_spaced else []
        return [line for block in blocks if block for line in (*space, *block)][len(space) :]

    # The functions and their inputs

    def _define(self, name: str, function: Any, is_brief: bool) -> None:
        try:
            self.definitions.define(name, function, is_brief)
        except Unwritten:
            self.gaps.append(f"{name} = ...  # your function: {where_made(function)}")

    def _tensors(self) -> Sequence[np.ndarray]:
        row = self.found.row
        if self.found.level != "vmap":
            return self.case.row(row)
        rows = [row, (row + 1) % self.case.sets]  # a batch of one cannot show that rows are mixed up
        return [np.stack(items) for items in zip(*map(self.case.row, rows), strict=True)]

    def _spoken(self, place: int) -> str:
        """Return a name for a tensor that is a valid identifier: `W` for `params['W']`."""
        spoken = self.case.names[place] if place < len(self.case.names) else ""
        words = re.findall(r"[^\W\d]\w*", spoken.removeprefix("argument "))
        return words[-1] if words and not keyword.iskeyword(words[-1]) else "x"

    def _known(self, wanted: str, array: np.ndarray) -> str:
        name = self.definitions.unique(wanted)
        self.arrays[name] = array
        return name

    def _text(self, value: Any) -> str:
        try:
            return self.definitions.text(value)
        except Unwritten:
            return self._argument(value)

    def _argument(self, value: Any) -> str:
        if id(value) not in self.arguments:
            self.arguments[id(value)] = self.definitions.unique("argument")
            text = f"{self.arguments[id(value)]} = ...  # fill in: a value of type {type(value).__name__}"
            self.gaps.append(text)
        return self.arguments[id(value)]

    # Both sides

    def _sides(self) -> Iterator[Side]:
        level, at, row = self.found.level, self.found.leaf, self.found.row
        paths, ours, theirs = self._results()
        is_single = self._is_single([*ours, *theirs])
        smooth = [result.path for result in ours] if level == "jvp" else paths
        toward = tangents(self.case, row, self.case.row(row)) if level in ("jvp", "hvp") else []
        shared: dict[str, Any] = {
            "text": self._text,
            "names": self.names,
            "movable": self.case.movable,
            "directions": self._directions(toward),
            "path": smooth[at] if level not in ("vjp", "hvp") and at < len(smooth) else "",
            "at": at if level in ("vjp", "hvp") else 0,
            "is_single": is_single,
            "is_complex": level in ("vjp", "hvp") and self.case.tensors[self.case.movable[at]].dtype.kind == "c",
        }
        jax_placed = functools.partial(_of_jax, self.arrays)
        torch_placed = functools.partial(_of_torch, self.arrays, self.sides.device)
        yield Side("candidate", "ours", "jnp", self.case.ours, jax_placed, results=ours, **shared)
        yield Side("reference", "theirs", "torch", self.case.theirs, torch_placed, results=theirs, **shared)

    def _results(self) -> tuple[list[str], list[Result], list[Result]]:
        """Return the paths of all results and both sides' floating point ones; nothing if the calls themselves fail."""
        if self.found.level not in _DERIVATIVES and self.found.verdict.kind in ("structure", "raises"):
            return [], [], []
        shapes, result = self.sides.results(self.found.row)
        paths = [_path(path, shapes) for path, _ in jax.tree_util.tree_leaves_with_path(shapes)]
        theirs = [torch_side.numpy(item) for item in torch_side.leaves(result)]
        return paths, self._smooth(paths, jax.tree.leaves(shapes)), self._smooth(paths, theirs)

    def _smooth(self, paths: Sequence[str], leaves: Sequence[Any]) -> list[Result]:
        weights = cotangents(self.case, self.found.row, leaves)
        found = [item for item in zip(paths, weights, leaves, strict=False) if is_inexact(item[2])]
        return [Result(path, self._weights(item), item) for path, item, _ in found]

    def _weights(self, array: np.ndarray) -> str:
        same = [name for name, item in self.weights.items() if np.array_equal(item, array)]
        name = same[0] if same else self._known("weights", array)
        self.weights[name] = array
        return name

    def _directions(self, tangents: Sequence[np.ndarray]) -> list[str]:
        moving = [self.names[place] for place in self.case.movable]
        wanted = ["direction"] if len(moving) == 1 else [f"direction_{name}" for name in moving]
        return [self._known(name, item) for name, item in zip(wanted, tangents, strict=False)]

    def _is_single(self, results: Sequence[Result]) -> bool:
        """Return whether a single number is differentiated, so that the weights of results can be omitted."""
        is_one = len(results) == 2 and all(item.array.shape == () and item.array.dtype.kind != "c" for item in results)
        if self.found.level == "hvp":
            moving = [self.case.tensors[place] for place in self.case.movable]
            is_one = is_one and [(item.shape[1:], item.dtype.kind == "c") for item in moving] == [((), False)]
        return is_one and all(item.array != 0 for item in results) and _is_far(self.found)

    # Writing

    def _settings(self) -> Iterator[str]:
        for name, default in _SETTINGS.items():
            value = getattr(jax.config, name)
            if value != default:
                yield f"jax.config.update({name!r}, {value!r})".replace("'", '"')
        device = jax.devices(self.sides.device)[0]
        if device != jax.devices()[0]:
            yield f'jax.config.update("jax_default_device", jax.devices("{self.sides.device}")[0])'
        if self.found.verdict.kind == "number" and not _is_far(self.found):
            digits = 17 if self.found.reference is not None and self.found.reference.dtype.itemsize > 4 else 9
            yield 'np.set_printoptions(floatmode="unique")'
            yield f"torch.set_printoptions(precision={digits})"

    def _shown(self, label: str, answer: Answer, raises: bool) -> list[str]:
        printed = f'print("{label}", {answer.printed}{_ATTRIBUTE.get(self.found.verdict.kind, "")})'
        lines = [part for line in (*answer.before, printed) for part in wrapped(line)]
        if not raises:
            return lines
        caught = f'    print("{label} raises", type(error).__name__ + ":", error)'
        return ["try:", *(f"    {line}" for line in lines), "except Exception as error:", caught]

    def _raises(self) -> tuple[bool, bool]:
        """Return which sides raise."""
        tensors = self.case.row(self.found.row)
        if self.found.verdict.kind != "raises":
            return False, False
        ours = self.found.level != "errors" or outcome(lambda: self.sides.eager(tensors))[1] is not None
        return ours, self.sides.theirs.raises(self.found.row) is not None


_IMPORTS = "import jax, jax.numpy as jnp, numpy as np, torch"
_LABELS = ("JAX    ", "PyTorch")
_DERIVATIVES = ("vjp", "jvp", "hvp")
_ATTRIBUTE = {"dtype": ".dtype", "shape": ".shape"}
_SETTINGS = {"jax_enable_x64": False, "jax_numpy_dtype_promotion": "standard", "jax_default_matmul_precision": None}


def _path(path: Sequence[Any], result: Any) -> str:
    """Return the index expression of one array in a result: `["loss"]`, `[0]`; in a named tuple by position."""
    text = ""
    for key in path:
        name = getattr(key, "name", None)
        index = result._fields.index(name) if name is not None else getattr(key, "key", getattr(key, "idx", None))
        text, result = f"{text}[{quoted(index)}]", result[index]
    return text


def _of_jax(arrays: dict[str, np.ndarray], name: str) -> str:
    dtype = arrays[name].dtype
    return f'jnp.asarray({name}, "{dtype}")' if dtype.kind == "V" else f"jnp.asarray({name})"


def _of_torch(arrays: dict[str, np.ndarray], device: str, name: str, *, moving: bool = False) -> str:
    dtype = arrays[name].dtype
    options = [f"dtype=torch.{dtype}"] if dtype.kind == "V" else []
    options += [f'device="{device}"'] if device != "cpu" else []
    return f"torch.tensor({', '.join([name, *options, *(['requires_grad=True'] if moving else [])])})"


def _assigned(name: str, array: np.ndarray) -> list[str]:
    lines = wrapped(f"{name} = {array_text(array)}")
    gap = f"{name} = ...  # fill in: {array.dtype} of shape {list(array.shape)}, from the failure's `inputs`"
    return lines if len(lines) <= _MOST_LINES_OF_AN_ARRAY else [gap]


# error relative to the largest number, or to 1 if larger: torch prints four decimals
_FAR = 1e-3


def _is_far(found: Mismatch) -> bool:
    """Return whether the answers differ by so much that the default number of printed digits shows it."""
    if found.candidate is None or found.reference is None or found.candidate.shape != found.reference.shape:
        return True
    both = [np.asarray(item).astype(complex) for item in (found.candidate, found.reference)]
    finite = np.isfinite(both[0]) & np.isfinite(both[1])
    if (finite != np.isfinite(both[0])).any() or (finite != np.isfinite(both[1])).any():
        return True
    error = np.abs(both[0] - both[1])[finite]
    largest = np.abs(both[1])[finite].max(initial=1.0)
    return bool(error.max(initial=0.0) > _FAR * largest)
