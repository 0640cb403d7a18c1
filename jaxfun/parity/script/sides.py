"""Write what each side of a script prints at each level: the calls that a reader would write by hand.

Both sides use the same directions as the check: results are summed with `weights`, inputs move along a `direction`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ..run.case import Arguments, Slot, Written


class Answer(NamedTuple):
    """The expression to print, and the lines before it."""

    printed: str
    before: tuple[str, ...] = ()


class Result(NamedTuple):
    """A floating point result: its path in the function's output, and the weights for summing it."""

    path: str
    weights: str
    array: np.ndarray


@dataclass(frozen=True)
class Side:
    """One side of a program: its function, and how values are written for it."""

    function: str
    loss: str  # the name of the function to differentiate
    library: str
    arguments: Arguments
    placed: Callable[..., str]  # writes an array, given its name in the program
    text: Callable[[Any], str]  # writes any other value
    names: Sequence[str]  # of the tensors
    movable: Sequence[int]
    directions: Sequence[str]
    results: Sequence[Result]
    path: str  # of the result that differs
    at: int  # which gradient differs
    is_single: bool  # a single number is differentiated, so no weights are needed
    is_complex: bool  # the gradient is complex

    def call(self, names: Sequence[str] = ()) -> str:
        """Return the call of the function. Tensors in `names` are written as plain names."""
        tensors = [Written(name if name in names else self.placed(name)) for name in self.names]
        args, kwargs = self.arguments.filled(tensors, lambda dtype: Written(f"{self.library}.{dtype.name}"))
        given = [*map(self.text, args), *(f"{name}={self.text(value)}" for name, value in kwargs.items())]
        return f"{self.function}({', '.join(given)})"

    def of(self, names: Sequence[str], path: str = "") -> str:
        """Return the function as a function of only these tensors."""
        places = tuple(Slot(self.names.index(name)) for name in names)
        if self.arguments == Arguments(places, {}) and not path:
            return self.function
        return f"lambda {', '.join(names)}: {self.call(names)}{path}"

    @property
    def moving(self) -> list[str]:
        """The names of the differentiated tensors."""
        return [self.names[place] for place in self.movable]

    def summed(self, results: str) -> str:
        """Return the weighted sum of the results."""
        return " + ".join(
            _weighted(results + item.path, self.traced(item.weights), item.array) for item in self.results
        )

    def traced(self, name: str) -> str:
        """Return an array's name as an argument of a JAX transformation, which accepts NumPy arrays directly."""
        return name if self.library == "jnp" and self.placed(name) == f"jnp.asarray({name})" else self.placed(name)

    def differentiated(self) -> Answer:
        """Return the function to differentiate, and the lines that define it."""
        names = ", ".join(self.moving)
        if self.is_single:
            return Answer(self.of(self.moving, self.path))
        if len(self.results) == 1:
            return Answer(self.loss, (f"{self.loss} = lambda {names}: {self.summed(self.call(self.moving))}",))
        body = f"    results = {self.call(self.moving)}", f"    return {self.summed('results')}"
        return Answer(self.loss, (f"def {self.loss}({names}):", *body))

    def given(self, names: Sequence[str]) -> str:
        """Return arrays as the arguments of a transformed function."""
        return ", ".join(map(self.traced, names))


def _weighted(result: str, weights: str, array: np.ndarray) -> str:
    if array.dtype.kind == "c":
        return f"({result} * {weights}.conj()).real.sum()"
    return f"({result} * {weights}).sum()" if array.ndim else f"{result} * {weights}"


def _tuple(side: Side, names: Sequence[str]) -> str:
    return f"({side.given(names)}{',' if len(names) == 1 else ''})"


# JAX


def _value(side: Side) -> Answer:
    return Answer(side.call() + side.path)


def _jit(side: Side) -> Answer:
    return Answer(f"jax.jit({side.of(side.names)})({side.given(side.names)}){side.path}")


def _vmap(side: Side) -> Answer:
    return Answer(f"jax.vmap({side.of(side.names)})({side.given(side.names)}){side.path}")


def _grad(side: Side) -> Answer:
    loss, before = side.differentiated()
    number = f", {side.at}" if side.at else ""
    return _conjugated(side, Answer(f"jax.grad({loss}{number})({side.given(side.moving)})", before))


def _conjugated(side: Side, answer: Answer) -> Answer:
    remark = "# PyTorch's gradient of a complex number is the conjugate of JAX's"
    return Answer(f"{answer.printed}.conj()", (*answer.before, remark)) if side.is_complex else answer


def _jvp(side: Side) -> Answer:
    given, along = (_tuple(side, names) for names in (side.moving, side.directions))
    return Answer(f"{_JVP[side.library]}({side.of(side.moving)}, {given}, {along})[1]{side.path}")


_JVP = {"jnp": "jax.jvp", "torch": "torch.func.jvp"}


def _hvp(side: Side) -> Answer:
    loss, before = side.differentiated()
    given, along = (side.given(names) for names in (side.moving, side.directions))
    if side.is_single:
        return Answer(f"jax.grad(jax.grad({loss}))({given})", before)
    several = len(side.moving) > 1
    slope = f"jax.grad({loss}, {tuple(range(len(side.moving)))})" if several else f"jax.grad({loss})"
    along = f"({along})" if several else along
    return _conjugated(side, Answer(f"jax.vjp({slope}, {given})[1]({along})[{side.at}]", before))


# PyTorch


def _loops(side: Side) -> Answer:
    several = len(side.names) > 1
    rows = f"zip({side.given(side.names)})" if several else side.given(side.names)
    return Answer(f"[{side.call(side.names)}{side.path} for {', '.join(side.names)} in {rows}]")


def _backward(side: Side) -> Answer:
    name = side.moving[side.at]
    moving = f"{name} = {side.placed(name, moving=True)}"
    called = side.call([name])
    if side.is_single:
        return Answer(f"{name}.grad", (moving, f"{called}{side.path}.backward()"))
    named = (f"results = {called}",) if len(side.results) > 1 else ()
    summed = side.summed("results" if named else called)
    summed = summed if summed.startswith("(") and not named else f"({summed})"
    return Answer(f"{name}.grad", (moving, *named, f"{summed}.backward()"))


def _vhp(side: Side) -> Answer:
    loss, before = side.differentiated()
    given, along = (side.given(names) for names in (side.moving, side.directions))
    if side.is_single:
        return Answer(f"torch.autograd.functional.hessian({loss}, {given})", before)
    several = len(side.moving) > 1
    given, along = (f"({item})" if several else item for item in (given, along))
    number = f"[{side.at}]" if several else ""
    return Answer(f"torch.autograd.functional.vhp({loss}, {given}, {along})[1]{number}", before)


_OURS = {"value": _value, "errors": _value, "jit": _jit, "vmap": _vmap, "vjp": _grad, "jvp": _jvp, "hvp": _hvp}
_THEIRS = _OURS | {"jit": _value, "vmap": _loops, "vjp": _backward, "hvp": _vhp}


def answer_of(level: str, side: Side) -> Answer:
    """Return what a side prints at a level."""
    return (_OURS if side.library == "jnp" else _THEIRS)[level](side)
