"""The cases of an op that are always tried: each option of each choice once (each-choice coverage).

Begin at `cover`. The first case is the simplest: a matrix of two different sizes, `dim` 0. On that matrix follow every
alternative of the record, every static value and every `dim`, several new options in each case; then every other shape
and size.
"""

import itertools
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from ...core.dtypes import DTYPES, DType, as_dtype
from ...core.record import Op
from ..run.case import Case
from .choices import Choose, What
from .records import arguments_of, case_of, filled

T = TypeVar("T")

# shapes that a reduction turns into a matrix; the second has a size of 1
_OF_RANK_3 = ((2, 3, 4), (2, 3, 1))
_ALL_ALIKE = (2, 1, 0)  # one size for all names: shows exchanged arguments, and gives results of size 1 and 0
_EMPTY = {"shape": (2, 0), "narrowed": (2, 1)}  # an argument that is broadcast to an empty tensor has a gradient of 0
_IDLE = 8  # stop after this many rounds without a new option: each round takes another alternative
_FEW = 4  # arguments with at most so many options (flags): combine each option with `dim` 0 and -1
_STATIC_DIM = What("static", "dim")
_OF_SIZE = ("shape", "size")  # sorts of choices that are varied last
# sorts of choices that work alike for all ops (dtypes, numbers): how many options an op tries beside the two simplest
_SHARE: Mapping[str, int] = {"dtype": 1, "named dtype": 1, "number": 1, "factor": 1, "own dtype": 0}


def cover(record: Op, dtype: DType) -> list[Case]:
    """Return the cases of a record in a dtype: all cases in its first dtype, only the simplest in the others."""
    return [*itertools.islice(every_case(record, dtype), None if dtype == first_dtype(record) else 1)]


def every_case(record: Op, dtype: DType) -> Iterator[Case]:
    """Yield a case for each configuration of a record."""
    for number, arguments in enumerate(configurations(record, dtype)):
        seed = zlib.crc32(f"{record.name} {number}".encode()) % 2**16
        yield case_of(record, *filled(arguments, seed))


def configurations(record: Op, dtype: DType) -> Iterator[dict[str, Any]]:
    """Yield unique arguments, with layouts for tensors, that together take every option of every choice."""
    seen = set[str]()
    for arguments in _configurations(record, dtype):
        if (key := _key(arguments)) not in seen:
            seen.add(key)
            yield arguments


def _configurations(record: Op, dtype: DType) -> Iterator[dict[str, Any]]:
    def build(choose: Choose) -> dict[str, Any]:
        return arguments_of(choose, record, dtype)

    yield from covering(build, zlib.crc32(record.name.encode()))
    first = _Fixed({})
    build(first)
    if sum(what.sort == "size" for what in first.met) > 1:
        yield from (build(_Fixed({"size": size})) for size in _ALL_ALIKE)
    for full in first.met.get(What("full"), ()):
        yield build(_Fixed({"full": full, **_EMPTY}))
    for dim in (0, -1):  # for an op whose `dim` is a choice among fixed values
        if dim in first.met.get(_STATIC_DIM, ()):
            yield build(_Fixed({_STATIC_DIM: dim}))
    if not any(what.sort == "dim" for what in first.met):
        return
    yield build(_Fixed({}, -1))
    for dim in (0, -1):
        for what, options in first.met.items():
            if what.sort == "static" and len(options) <= _FEW:
                yield from (build(_Fixed({what: option}, dim)) for option in options[1:])
        if "shape" in {what.sort for what in first.met}:
            yield from (build(_Fixed({"shape": shape}, dim)) for shape in _OF_RANK_3)


class _Fixed:
    """Chooses fixed options, by subject or sort; for a `dim` the given one, then its opposite; else the first one."""

    def __init__(self, fixed: Mapping[Any, Any], dim: int = 0) -> None:
        self.fixed: Mapping[Any, Any] = fixed
        self.dims = itertools.cycle((dim, -1 - dim))
        self.met: dict[What, Sequence[Any]] = {}

    def __call__(self, what: What, options: Sequence[Any]) -> Any:
        """Choose one of the options."""
        self.met[what] = options
        if what.sort == "dim":
            return next(self.dims)
        wanted = self.fixed.get(what, self.fixed.get(what.sort, options[0]))
        return options[0] if what.sort == "size" and wanted not in options else wanted


def first_dtype(record: Op) -> DType:
    """Return the dtype in which all cases of a record are tried: float32 if it accepts that."""
    plain = [as_dtype(name) for name in ("float32", "complex64", "int64", "bool")]
    return next(dtype for dtype in (*plain, *DTYPES) if dtype not in record.rejects)


def covering(build: Callable[[Choose], T], turn: int = 0) -> Iterator[T]:
    """Yield the results of a builder, until its choices have taken every option.

    `turn` selects the options of the sorts of which only some are taken. Shapes and sizes are varied last, because
    their first option, a matrix, is the best to show everything else.

    >>> [*covering(lambda choose: (choose(What("dim"), (0, -1)), choose(What("flag"), (False, True))))]
    [(0, False), (-1, True)]
    """
    taken: dict[What, set[str]] = {}
    for is_of_size in (False, True):
        last_new = -1
        for number in itertools.count():
            chooser = _Covering(taken, number, turn, is_of_size)
            built = build(chooser)
            if chooser.found_new:
                last_new = number
                yield built
            elif number - last_new == _IDLE:
                break


class _Covering:
    """Chooses an option that has not been taken; if there is none, the options in turn."""

    def __init__(self, taken: dict[What, set[str]], number: int, turn: int, is_of_size: bool) -> None:
        self.taken, self.number, self.turn, self.is_of_size = taken, number, turn, is_of_size
        self.found_new = False
        self.alike: list[Sequence[Any]] = []

    def __call__(self, what: What, options: Sequence[Any]) -> Any:
        """Choose one of the options."""
        if what.sort in _OF_SIZE and not self.is_of_size:
            self.taken.setdefault(what, set()).add(_key(options[0]))
            return options[0]
        if what.sort == "narrowed" and self.is_of_size:
            return options[0]
        options = self._turned(what, options)
        place = [*self.taken, what].index(what)
        taken = self.taken.setdefault(what, set())
        wanted = self._share(what, options, place)
        left = [option for option in wanted if _key(option) not in taken]
        if not left:
            return options[0] if what.sort in _SHARE else wanted[(self.number + place) % len(wanted)]
        self.found_new = True
        taken.add(_key(left[0]))
        return left[0]

    def _turned(self, what: What, options: Sequence[Any]) -> Sequence[Any]:
        """Rotate the options of a further argument with the same options, so that the arguments get different ones."""
        if what.sort not in ("static", "dim") or len(options) <= 2:
            return options
        start = self.alike.count(options) % len(options)
        self.alike.append(options)
        return [*options[start:], *options[:start]]

    def _share(self, what: What, options: Sequence[Any], place: int) -> Sequence[Any]:
        """Return the options to take: the simplest, then all others or a share, rotated differently by argument."""
        most = _SHARE.get(what.sort)
        first = 1 if most is None else 2
        rest = [*options[first:]]
        start = (place + (self.turn if most is not None else 0)) % max(len(rest), 1)
        return [*options[:first], *(rest[start:] + rest[:start])[:most]]


def _key(option: Any) -> str:
    return repr(option)  # True is not 1, and 2.0 is not 2
