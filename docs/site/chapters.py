"""Which public names jaxfun has, and in which chapter of the reference each stands: `chapters.toml`."""

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
# Of a module that is no face only its own functions and classes are public: it also holds what it imports.
OWN_ALONE = ("train", "regression", "errors")
SPACES = ("", "nn.functional", "linalg", "special", "autograd", "autograd.functional", "parity", *OWN_ALONE)


@dataclass(frozen=True)
class Entry:
    """One function, class or dtype of a chapter, with all of its public names: the first is the one it is listed by."""

    names: tuple[str, ...]
    value: Any

    @property
    def name(self) -> str:
        """The name that it is listed by."""
        return self.names[0]


@dataclass(frozen=True)
class Chapter:
    """One page of the reference."""

    file: str
    title: str
    intro: str
    names: tuple[str, ...]
    is_own: bool  # of jaxfun alone: nothing in it mirrors torch

    @property
    def path(self) -> str:
        """Where its page is in the site."""
        return f"api/{self.file}.md"

    @functools.cached_property
    def entries(self) -> tuple[Entry, ...]:
        """What stands in it, aliases together."""
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
    # `absolute` is `abs`, which knows its name; a dtype knows it too
    own = getattr(named(names[0]), "name", getattr(named(names[0]), "__name__", ""))
    return tuple(sorted(names, key=lambda name: name.rpartition(".")[2] != own))


def named(name: str) -> Any:
    """Return what a public name stands for."""
    return operator.attrgetter(name)(jaxfun)


def public() -> frozenset[str]:
    """Return all public names: of the face, of the namespaces, and of the judge."""
    assert parity  # loaded, so that it is found by its name
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
    # of the errors only the errors: the rest of their module shapes messages
    is_error = isinstance(value, type) and issubclass(value, jaxfun.errors.JaxfunError)
    return value.__module__ == module.__name__ and (module is not jaxfun.errors or is_error)


def mirror(name: str) -> str:
    """Return the name under which PyTorch documents what a public name mirrors, "" where it does not."""
    return TABLE["mirrors"].get(name, f"torch.{name}")


def torch_page(mirrored: str) -> str:
    """Return the address of PyTorch's page on one of its functions."""
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
