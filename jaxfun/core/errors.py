"""The exceptions and the form of their messages. Each exception is also the builtin one that torch raises."""

import copy
from collections.abc import Container, Sequence
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
        """Return a copy of the error that names the public call `call`."""
        said = copy.copy(self)  # with all other attributes of the error
        said.call = call
        return said


class ArgumentTypeError(JaxfunError, TypeError):
    """An argument has the wrong type (torch: TypeError)."""


class ArgumentValueError(JaxfunError, ValueError):
    """An argument has an invalid value (torch: ValueError)."""


class IndexRangeError(JaxfunError, IndexError):
    """A dimension or an index is out of range, or there are too many indices (torch: IndexError)."""


class PositionError(IndexRangeError, RuntimeError):
    """Indices are out of range or do not fit their tensor (torch: IndexError or RuntimeError, by kernel)."""


class ShapeError(JaxfunError, RuntimeError):
    """Shapes do not fit together (torch: RuntimeError)."""


class DTypeError(JaxfunError, RuntimeError):
    """The function does not support a dtype (torch: RuntimeError)."""


class LinearAlgebraError(JaxfunError, RuntimeError):
    """A matrix is singular, or has no such decomposition (torch: torch.linalg.LinAlgError)."""


class UnsupportedDTypeError(JaxfunError, NotImplementedError):
    """torch has no kernel for a dtype (torch: NotImplementedError)."""


class UnsupportedArgumentError(JaxfunError, NotImplementedError):
    """A combination of arguments that torch has not implemented (torch: NotImplementedError)."""


class ArgumentChoiceError(JaxfunError, AssertionError):
    """An argument is not one of the permitted values (torch: AssertionError)."""


class DivisionError(JaxfunError, ZeroDivisionError):
    """A size would be divided by 0 (torch: ZeroDivisionError)."""


class X64DisabledError(JaxfunError, RuntimeError):
    """A 64-bit dtype was requested while JAX's 64-bit types are disabled."""


class GradientError(JaxfunError, RuntimeError):
    """The requested gradient does not exist (torch: RuntimeError)."""


class GradcheckError(JaxfunError, RuntimeError):
    """A derivative differs from its finite difference (torch: torch.autograd.gradcheck.GradcheckError)."""


class ConversionError(JaxfunError, NotImplementedError):
    """A PyTorch model has code that cannot become a JAX function: what it is, the places in the code, what to do.

    >>> print(ConversionError("1 of 3 calls has no rule", ["aten::fft_rfft  net.py:7"], "Give `rules`."))
    1 of 3 calls has no rule:
      aten::fft_rfft  net.py:7
    Give `rules`.
    """

    def __init__(self, what: str, places: Sequence[str], advice: str = "", call: str = "") -> None:
        super().__init__(what, "\n".join(places), advice, call)

    def __str__(self) -> str:
        head = f"`jaxfun.{self.call}`: {self.expected}:" if self.call else f"{self.expected}:"
        lines = [head, *(f"  {line}" for line in self.got.split("\n")), *([self.advice] if self.advice else [])]
        return "\n".join(lines)


def no_attribute(module: str, name: str, known: Container[str], arguments: str = "x, ...") -> AttributeError:
    """Return the error for an unknown name of a module. For a function that works in place it gives the pure call.

    `arguments` are those of the pure call.

    >>> print(no_attribute("jaxfun", "add_", {"add"}))
    jaxfun has no add_: nothing changes in place. Write x = jaxfun.add(x, ...) for x.add_(...).
    """
    pure = name.removesuffix("_")
    if pure != name and pure in known and not name.startswith("_"):
        spelling = f"Write x = {module}.{pure}({arguments}) for x.{name}(...)."
        return AttributeError(f"{module} has no {name}: nothing changes in place. {spelling}", name=name)
    return AttributeError(f"module {module!r} has no attribute {name!r}", name=name)


def refuse_out(out: Any) -> None:
    """Raise ArgumentTypeError for an `out=` array."""
    if out is not None:
        raise ArgumentTypeError("no `out`", describe(out), "Arrays do not change: bind the result to a name.")


def describe(value: Any) -> str:
    """Return a value as messages show it: dtype and shape of an array, otherwise repr and type.

    >>> import numpy as np
    >>> describe(np.zeros((2, 3), np.float32)), describe("a")
    ('float32[2, 3]', "'a' (str)")
    """
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        return f"{str(value.dtype).removeprefix('torch.')}{list(value.shape)}"
    if isinstance(value, (list, tuple)) and any(hasattr(item, "dtype") for item in value):
        return f"({', '.join(map(describe, value))})"
    return f"{value!r} ({type(value).__name__})"
