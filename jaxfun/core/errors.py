"""The exception classes, each also the builtin that torch raises, and the one place where messages are shaped."""

import copy
from collections.abc import Container
from typing import Any, Self


class JaxfunError(Exception):
    """The base of every error that jaxfun raises on purpose.

    `expected` and `got` say what was wrong, `advice` the way out; `call` names the public function and
    is filled in once, where the user's call enters jaxfun.

    >>> print(JaxfunError("`dim` in [-2, 1]", "3", call="cat(tensors, dim)"))
    `jaxfun.cat(tensors, dim)`: expected `dim` in [-2, 1], got 3.
    """

    def __init__(self, expected: str, got: str, advice: str = "", call: str = "") -> None:
        super().__init__(expected, got, advice, call)
        self.expected, self.got, self.advice, self.call = expected, got, advice, call

    def __str__(self) -> str:
        place = f"`jaxfun.{self.call}`: " if self.call else ""
        advice = f" {self.advice}" if self.advice else ""
        return f"{place}expected {self.expected}, got {self.got}.{advice}"

    def within(self, call: str) -> Self:
        """Return the same error, said of the public function `call`."""
        said = copy.copy(self)  # with whatever else the error carries
        said.call = call
        return said


class ArgumentTypeError(JaxfunError, TypeError):
    """An argument is of a kind that the function does not take (torch: TypeError)."""


class ArgumentValueError(JaxfunError, ValueError):
    """An argument has a value that the function does not take (torch: ValueError)."""


class IndexRangeError(JaxfunError, IndexError):
    """A dimension or an index is out of range, or there are too many of them (torch: IndexError)."""


class PositionError(IndexRangeError, RuntimeError):
    """Indices are out of range or do not fit their tensor (torch: IndexError or RuntimeError, by kernel)."""


class ShapeError(JaxfunError, RuntimeError):
    """Shapes do not fit together (torch: RuntimeError)."""


class DTypeError(JaxfunError, RuntimeError):
    """A dtype that the function does not take (torch: RuntimeError)."""


class LinearAlgebraError(JaxfunError, RuntimeError):
    """A matrix is singular, or no such as a decomposition needs (torch: torch.linalg.LinAlgError)."""


class UnsupportedDTypeError(JaxfunError, NotImplementedError):
    """A dtype that torch has no kernel for (torch: NotImplementedError)."""


class UnsupportedArgumentError(JaxfunError, NotImplementedError):
    """A combination of arguments that torch has not implemented (torch: NotImplementedError)."""


class ArgumentChoiceError(JaxfunError, AssertionError):
    """An argument is none of the values that exist (torch: AssertionError)."""


class DivisionError(JaxfunError, ZeroDivisionError):
    """A size would be divided by 0 (torch: ZeroDivisionError)."""


class X64DisabledError(JaxfunError, RuntimeError):
    """A 64-bit dtype was asked for while JAX's 64-bit types are off."""


class GradientError(JaxfunError, RuntimeError):
    """A gradient was asked for that does not exist (torch: RuntimeError)."""


class GradcheckError(JaxfunError, RuntimeError):
    """A derivative differs from what finite differences measure (torch: torch.autograd.gradcheck.GradcheckError)."""


def no_attribute(name: str, known: Container[str]) -> AttributeError:
    """Return the error for a name that jaxfun has not; of what works in place it says the pure spelling.

    >>> print(no_attribute("add_", {"add"}))
    jaxfun has no add_: nothing changes in place. Write x = jaxfun.add(x, ...) for x.add_(...).
    """
    pure = name.removesuffix("_")
    if pure != name and pure in known and not name.startswith("_"):
        spelling = f"Write x = jaxfun.{pure}(x, ...) for x.{name}(...)."
        return AttributeError(f"jaxfun has no {name}: nothing changes in place. {spelling}", name=name)
    return AttributeError(f"module 'jaxfun' has no attribute {name!r}", name=name)


def refuse_out(out: Any) -> None:
    """Raise ArgumentTypeError for an array that a result is to be written to."""
    if out is not None:
        raise ArgumentTypeError("no `out`", describe(out), "Arrays do not change: bind the result to a name.")


def describe(value: Any) -> str:
    """Return how a value is named in a message: dtype and shape of an array, else its repr and type.

    >>> import numpy as np
    >>> describe(np.zeros((2, 3), np.float32)), describe("a")
    ('float32[2, 3]', "'a' (str)")
    """
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        return f"{str(value.dtype).removeprefix('torch.')}{list(value.shape)}"
    if isinstance(value, (list, tuple)) and any(hasattr(item, "dtype") for item in value):
        return f"({', '.join(map(describe, value))})"
    return f"{value!r} ({type(value).__name__})"
