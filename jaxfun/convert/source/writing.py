"""The body of one function of the source. Begin with `Writing`."""

import itertools
import keyword
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from ..plan import Call
from ..rules import key_of
from ..run import names_in
from .differences import Differences
from .expressions import Text, Writer, results_of
from .names import RESERVED, as_variable, assigned, is_line_of, numbered, of_operator, snake
from .regions import Region, is_inside, plain, relative, used_by
from .statements import Keys, Statement, joined

_INLINE = 60  # characters of an expression that stands inside of another
_LONG, _SHORT = 76, 16  # characters of an expression whose parts get variables, and of a part that needs none


class Function(NamedTuple):
    """A function of the source: its name, and the values that it takes beside the parameters."""

    name: str
    inputs: tuple[str, ...]


class Whole(Protocol):
    """What the body of a function needs to know of the whole source."""

    values: dict[str, Any]
    port_sizes: dict[int, str]
    sizes: dict[str, Call]
    sources: dict[str, tuple[str, str]]
    names_of_functions: set[str]
    writer: Writer
    differences: Differences
    arrays: dict[str, Any]
    is_stacked: bool
    new: dict[str, str]

    def bases(self, name: str) -> list[str]:
        """Return the dynamic sizes that a size is made of; any other value as it is."""
        ...

    def function(self, region: Region, outputs: Sequence[str]) -> Function:
        """Return the function of a region."""
        ...

    def result(self, look: Any) -> str:
        """Return the result of the model as an expression."""
        ...


class Writing:
    """Writes the body of one function."""

    def __init__(self, of: Whole, region: Region, outputs: Sequence[str]) -> None:
        self.of, self.region, self.outputs = of, region, outputs
        self.known: dict[str, Text] = {}  # by value: its variable, or the expression that stands for it
        self.parameters: dict[str, str] = {}  # of the function, by the value
        self.uses = Counter(name for item in region.items for name in self._taken(item)) + Counter(outputs)
        self.last = {name: at for at, item in enumerate(region.items) for name in self._taken(item)}
        self.last |= dict.fromkeys(outputs, len(region.items))
        self.held: dict[str, str] = {}  # values, by the variable that holds them
        # a variable, not an expression: the calls of numbered children are then a loop
        self.given = {name for item in region.items if isinstance(item, Region) for name in used_by(item)}
        self.first: list[str] = []  # lines that name the sizes
        self.inlined: dict[str, Call] = {}  # calls whose expression stands where their value is used
        self.random = random_names(region)
        self.parts = self._parts()  # by the name of a call with several results: the calls that take one, by number
        self.reserved = {*of.names_of_functions, *(each.name for each in of.differences.arguments(region))}
        self._take_inputs()

    def _parts(self) -> dict[str, dict[int, str]]:
        calls = [item for item in self.region.items if isinstance(item, Call)]
        found: dict[str, dict[int, str]] = {}
        for call in calls:
            if call.target == "operator.getitem":
                found.setdefault(call.args[0].name, {}).setdefault(call.args[1], call.name)
        return {
            call.name: found[call.name]
            for call in calls
            if len(found.get(call.name, ())) > 1
            and self.uses[call.name] == len(found[call.name])
            and {*found[call.name]} <= {*results_of(call, self.of.values.get(call.name))}
        }

    @property
    def takes_key(self) -> str:
        """The name of the argument for the keys, "" if nothing in the function is random."""
        if not self.random:
            return ""
        return "keys" if len(self.random) > 1 and self.region.path else "key"

    def _taken(self, item: Call | Region) -> list[str]:
        names = used_by(item) if isinstance(item, Region) else [*names_in([item.args, item.kwargs])]
        return [base for name in names for base in self.of.bases(name)]

    def _take_inputs(self) -> None:
        own = {call.name for call in self.region.calls()}
        free = [name for item in self.region.items for name in self._taken(item) if name not in own]
        names = [*dict.fromkeys([*free, *(each for each in self.outputs if each not in own)])]
        for name in sorted(names, key=lambda name: isinstance(self.of.values.get(name), int)):  # sizes after arrays
            kind, path = self.of.sources.get(name, ("", ""))
            if kind and kind != "argument" and is_inside(path, self.region):
                self.known[name] = Text(f'p["{relative(path, self.region)}"]')
            elif (size := self._size_of(name)) is not None:
                variable = self._variable(name, self.of.port_sizes[self.of.values[name]], -1)
                self.first.append(f"{variable} = {size.text}")
            else:
                self._parameter(name, path if kind == "argument" else "")
        if not self.region.path:  # the model itself takes all its arguments
            arguments = [(name, path) for name, (kind, path) in self.of.sources.items() if kind == "argument"]
            self.parameters = {
                name: self.parameters.get(name) or self._parameter(name, path) for name, path in arguments
            }

    def _parameter(self, name: str, path: str) -> str:
        value = self.of.values[name]
        is_array = hasattr(value, "dtype")
        kinds = {"bool": ("mask",), "int": ("index", "ids")}
        letters = kinds.get(re.sub(r"\d+", "", str(value.dtype)), ("x", "y", "z")) if is_array else ("size",)
        wanted = [re.sub(r"\W", "_", path)] if path and not self.region.path else [*letters]
        taken = {*self.parameters.values(), *RESERVED}
        candidates = itertools.chain(wanted, numbered(wanted[0] if wanted[0].isidentifier() else "x"))
        found = next(each for each in candidates if each not in taken and _is_name(each))
        self.parameters[name] = found
        self.known[name] = Text(found)
        self.held[found] = name
        return found

    def _size_of(self, name: str) -> Text | None:
        """Return a size as that of an array that is at hand, None for a value that is no such size."""
        value = self.of.values.get(name)
        if not isinstance(value, int) or value not in self.of.port_sizes:
            return None
        for other, text in self.known.items():
            shape = getattr(self.of.values.get(other), "shape", ())
            if value in shape and self.held.get(text.text) == other:
                return Text(f"{text.text}.shape[{shape.index(value)}]")
        return None

    def look(self, name: str) -> Text:
        """Return the text of a value."""
        if name in self.known:
            return self.known[name]
        if name in self.of.sizes and self.of.sizes[name].target != "aten::sym_size.int":
            return self.of.writer.expression(self.of.sizes[name], self.look)
        return self._size_of(name) or Text(name)

    def lines(self) -> list[str]:
        """Return the lines of the body."""
        statements: list[str | Statement] = ["new = {}"] if self.has_new else []
        for at, item in enumerate(self.region.items):
            statements += [self._of_region(item, at)] if isinstance(item, Region) else self._of_call(item, at)
        lines = joined(statements, self.of.is_stacked)
        returned = self._returned()
        if lines and lines[-1].startswith(f"{returned} = ") and returned.isidentifier():
            returned = lines.pop().removeprefix(f"{returned} = ")
        lines.append(f"return {returned}")
        return _without_unused_sizes([*self._keys(), *self.first, *lines])

    def canonical(self, lines: Sequence[str]) -> tuple[str, ...]:
        """Return lines with numbers in place of the variables, so that equal functions have equal lines."""
        numbers: dict[str, str] = {name: f"v{at}" for at, name in enumerate(self.parameters.values())}

        def number(match: re.Match[str]) -> str:
            word = match[0]
            if word not in self.held:
                return word
            return numbers.setdefault(word, f"v{len(numbers)}")

        return tuple(re.sub(r'f?"[^"]*"|(?<![.\w])[A-Za-z_]\w*', number, line) for line in lines)

    def _keys(self) -> list[str]:
        """Return the line of the model itself that makes the keys of the port's random calls."""
        if self.region.path or not self.random:
            return []
        names = ", ".join(f'"{name}"' for name in self.random)
        return [f"keys = call_keys(key, {names})" if len(self.random) > 1 else f"key = call_keys(key, {names})[0]"]

    def _key(self, call: Call) -> str:
        """Return the key of a random call as text, "" for another call."""
        if call.name not in self.random:
            return ""
        return "key" if len(self.random) == 1 else f"keys[{self.random.index(call.name)}]"

    def _returned(self) -> str:
        if not self.region.path:
            return self.of.result(self.look)
        return ", ".join([*(self.look(name).text for name in self.outputs), *(["new"] if self.has_new else [])])

    @property
    def has_new(self) -> bool:
        """Whether the function returns new buffers."""
        return any(call.name in self.of.new for call in self.region.calls())

    def _expression(self, call: Call) -> Text:
        return self.of.writer.expression(self.of.differences.call(self.region, call), self.look, self._key(call))

    def _of_call(self, call: Call, at: int) -> list[str]:
        lines: list[str] = []
        found = self._expression(call)
        if len(found.text) > (_LONG if found.binds == 0 else _INLINE):
            lines = [line for name in self._taken(call) for line in self._held_apart(name, at)]
            found = self._expression(call)
        if call.target == "operator.getitem" and call.args[0].name in self.parts:
            return []
        if call.name in self.parts:
            return [*lines, f"{self._unpacked(call, at)} = {found.text}"]
        if isinstance(self.of.values.get(call.name), int):
            self.known[call.name] = found
        elif self._is_inlined(call, found):
            self.known[call.name] = found
            self.inlined[call.name] = call
        else:
            lines.append(self._assignment(call, found, at))
        return lines

    def _is_inlined(self, call: Call, found: Text) -> bool:
        is_short = len(found.text) <= _INLINE and self.uses[call.name] == 1
        return is_short and call.name not in self.given and call.name not in self.of.new

    def _held_apart(self, name: str, at: int) -> list[str]:
        """Return the line that gives a variable to an expression inside of a long one."""
        call = self.inlined.pop(name, None)
        if call is None or len(self.known[name].text) < _SHORT:
            return []
        return [self._assignment(call, self.known[name], at - 1)]  # before the statement that uses it

    def _assignment(self, call: Call, found: Text, at: int) -> str:
        self.known.pop(call.name, None)
        return f"{self._target(call.name, self._name_of(call, at), at)} = {found.text}"

    def _target(self, name: str, wanted: str, at: int) -> str:
        """Return where a value is put: the dict of the new buffers, or a variable."""
        if name not in self.of.new:
            return self._variable(name, wanted, at)
        self.known[name] = Text(f'new["{relative(self.of.new[name], self.region)}"]')
        return self.known[name].text

    def _unpacked(self, call: Call, at: int) -> str:
        """Return variables for the results of a call."""
        parts, names = self.parts[call.name], []
        for number in results_of(call, self.of.values.get(call.name)):
            name = parts.get(number, "")
            wanted = assigned(call.place, number) or (self._name_of(call, at) if number == 0 else "h")
            names.append(self._target(name, wanted, at) if name else "_")
        return ", ".join(names)

    def _name_of(self, call: Call, at: int) -> str:
        """Return a name for the result of a call.

        It is that of the user's own line, of the inner module that makes the call, of an argument that is not used any
        more, or of the operator.
        """
        if is_line_of(call.place, self.region.kind) and (name := assigned(call.place)):
            return name
        name = call.place.module.rpartition(".")[2]
        if plain(call.place.module) != plain(self.region.path) and name.isidentifier():
            return name if name.islower() else snake(name)
        first = self.known.get(next(iter(self._taken(call)), ""), Text(""))
        if first.text in _GENERAL and first.text in self.held and self.last.get(self.held[first.text], -1) <= at:
            return first.text
        return of_operator(call.target)

    def _of_region(self, region: Region, at: int) -> Statement:
        inside = {call.name for call in region.calls()}
        later = [*self.region.items[at + 1 :]]
        used = {name for item in later for name in self._taken(item)} | {*self.outputs}
        outputs = [call.name for call in region.calls() if call.name in (used & inside) - {*self.of.new}]
        function = self.of.function(region, outputs)
        args = tuple(self.look(name).text for name in function.inputs)
        given = self.of.differences.passed(self.region, region)
        kwargs = tuple(f"{name}={self.of.writer.written(value, self.look)}" for name, value in given)
        values = [self.of.values[name] for name in (*function.inputs[:1], *outputs)]
        names = [self._variable(name, self._hint(name, region, function), at) for name in outputs]
        return Statement(
            ", ".join(names),
            function.name,
            relative(region.path, self.region),
            args,
            self._keys_of(region),
            kwargs,
            has_new=any(name in self.of.new for name in inside),
            can_scan=len(values) == 2 and values[0] == values[1],
            shapes=self._arrays_of(region),
        )

    def _keys_of(self, region: Region) -> Keys | None:
        names = random_names(region)
        return Keys(self.random.index(names[0]), len(names), len(self.random)) if names else None

    def _arrays_of(self, region: Region) -> tuple[tuple[str, tuple[int, ...], str], ...]:
        return tuple(
            (relative(path, region), each.shape, str(each.dtype))
            for path, each in self.of.arrays.items()
            if is_inside(path, region)
        )

    def _hint(self, name: str, region: Region, function: Function) -> str:
        """Return a name for a result: that of the first argument if the two are alike, else the module's."""
        value = self.of.values[name]
        for given in function.inputs[:1]:
            first, text = self.of.values[given], self.look(given).text
            if text.isidentifier() and hasattr(first, "shape") and first == value:
                return text
        last = plain(region.path).rpartition(".")[2]
        return (last if last.islower() else snake(last)) if last.isidentifier() else "h"

    def _variable(self, name: str, wanted: str, at: int) -> str:
        """Return a free variable for a value: the wanted one, if what it holds is not used any more."""
        wanted = as_variable(wanted) if wanted.isidentifier() else "x"
        if wanted in self.reserved:  # a local variable would hide the function
            wanted = "x"
        found = next(each for each in numbered(wanted) if each not in self.reserved and self._is_free(each, at))
        self.held[found] = name
        self.known[name] = Text(found)
        return found

    def _is_free(self, variable: str, at: int) -> bool:
        held = self.held.get(variable)
        waiting = any(
            re.search(rf"\b{variable}\b", _outside_of_strings(text.text))
            and self.last.get(name, -1) > at
            and name != held
            for name, text in self.known.items()
        )
        return not waiting and (held is None or self.last.get(held, -1) <= at)


_GENERAL = ("x", "y", "z", "h", "out", "input", "output", "result")  # names that may stand for the next value too


def random_names(region: Region) -> list[str]:
    """Return the names of the calls in a region that take a random key, in order."""
    return [call.name for call in region.calls() if key_of(call.target, call.kwargs)]


def _is_name(text: str) -> bool:
    return text.isidentifier() and not keyword.iskeyword(text)


def _outside_of_strings(text: str) -> str:
    return re.sub(r'"[^"]*"', "", text)


def _without_unused_sizes(lines: Sequence[str]) -> list[str]:
    """Leave out the lines that name a size which no other line uses."""
    kept: list[str] = []
    for at, line in enumerate(lines):
        match = re.fullmatch(r"(\w+) = \w+\.shape\[\d+\]", line)
        others = (_outside_of_strings(each) for each in (*kept, *lines[at + 1 :]))
        if match is None or any(re.search(rf"\b{match[1]}\b", each) for each in others):
            kept.append(line)
    return kept
