"""The public names of jaxfun, and the chapter of the reference for each, read from `chapters.toml`."""

import functools
import operator
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import jaxfun
from jaxfun import parity

TABLE = tomllib.loads(Path(__file__).with_name("chapters.toml").read_text("utf-8"))
# Modules in which only their own functions and classes are public, not those that they import.
OWN_ALONE = ("optim.lr_scheduler", "train", "table", "regression", "errors")
SPACES = (
    *("", "nn.functional", "nn.init", "linalg", "fft", "special", "autograd", "autograd.functional", "optim", "parity"),
    *OWN_ALONE,
)


@dataclass(frozen=True)
class Entry:
    """A function, class or dtype of a chapter, with all of its public names. It is listed by the first."""

    names: tuple[str, ...]
    value: Any

    @property
    def name(self) -> str:
        """The name in lists and headings."""
        return self.names[0]


@dataclass(frozen=True)
class Chapter:
    """One page of the reference."""

    file: str
    title: str
    intro: str
    names: tuple[str, ...]
    is_own: bool  # jaxfun's own: nothing in it mirrors torch

    @property
    def path(self) -> str:
        """The path of its page in the site."""
        return f"api/{self.file}.md"

    @functools.cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The entries; aliases of one function are one entry."""
        groups: dict[int, list[str]] = {}
        for name in self.names:
            groups.setdefault(id(named(name)), []).append(name)
        entries = [Entry(_listed(names), named(names[0])) for names in groups.values()]
        return tuple(sorted(entries, key=lambda entry: self.names.index(entry.name)))


@functools.cache
def chapters() -> tuple[Chapter, ...]:
    """Return the chapters of the reference, in order."""
    return tuple(
        Chapter(
            each["file"],
            each["title"],
            each["intro"].strip(),
            tuple(each["names"].split()),
            each.get("kind", "torch") == "own",
        )
        for each in TABLE["chapter"]
    )


def _listed(names: list[str]) -> tuple[str, ...]:
    # an alias such as `absolute` has the __name__ `abs`, which comes first
    own = getattr(named(names[0]), "name", getattr(named(names[0]), "__name__", ""))
    return tuple(sorted(names, key=lambda name: name.rpartition(".")[2] != own))


def named(name: str) -> Any:
    """Return the object with a public name."""
    return operator.attrgetter(name)(jaxfun)


def public() -> frozenset[str]:
    """Return all public names: of the package, of its namespaces, and of `parity`."""
    assert parity  # load it, so that `named` finds it
    return frozenset(name for space in SPACES for name in _of_space(space))


def _of_space(space: str) -> Iterator[str]:
    module = named(space) if space else jaxfun
    for name, value in ((each, getattr(module, each)) for each in dir(module)):
        if _is_public(name, value) and (space not in OWN_ALONE or _is_own(value, module)):
            yield f"{space}.{name}".lstrip(".")


def _is_public(name: str, value: Any) -> bool:
    is_ours = str(getattr(value, "__module__", "")).startswith("jaxfun")
    return is_ours and callable(value) and not name.startswith("_") and not isinstance(value, ModuleType)


def _is_own(value: Any, module: ModuleType) -> bool:
    # in the module of errors only the exception classes are public
    is_error = isinstance(value, type) and issubclass(value, jaxfun.errors.JaxfunError)
    is_inside = f"{value.__module__}.".startswith(f"{module.__name__}.")  # the module may be a package
    return is_inside and (module is not jaxfun.errors or is_error)


def mirror(name: str) -> str:
    """Return the name of the mirrored function in PyTorch's documentation, or "" if there is none."""
    return TABLE["mirrors"].get(name, f"torch.{name}")


def torch_page(mirrored: str) -> str:
    """Return the address of the page on a function in PyTorch's documentation."""
    pages: Mapping[str, str] = TABLE["pages"]
    return f"https://docs.pytorch.org/docs/stable/{pages.get(mirrored, f'generated/{mirrored}.html')}"


def where() -> dict[str, str]:
    """Return for each public name its page and anchor in the site: `api/pointwise.md#abs`."""
    return {
        name: f"{chapter.path}#{entry.name}"
        for chapter in chapters()
        for entry in chapter.entries
        for name in entry.names
    }
