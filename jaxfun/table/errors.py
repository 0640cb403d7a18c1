"""The error for a table that cannot be used, and texts of a file as messages show them."""

from ..core.errors import ArgumentValueError


class TableError(ArgumentValueError):
    """A table that cannot be used: where, and what is wrong. Its message is one line without control characters."""

    def __str__(self) -> str:
        return printable(f"{self.expected}: {self.got}." + (f" {self.advice}" if self.advice else ""))


class CellError(Exception):
    """A value that cannot be used: its column, its index in what was being read, and what is wrong with it."""

    def __init__(self, index: int, what: str, advice: str = "", column: str = "") -> None:
        super().__init__(index, what, advice, column)
        self.index, self.what, self.advice, self.column = index, what, advice, column

    def located(self, before: int, path: str) -> TableError:
        """Return the error with the row in a table that has `before` rows before this file. A path "" is not shown."""
        row = self.index + 1
        place = f"row {before + row}" + (f" (row {row} of {path})" if path else "")
        return TableError(f"column {self.column!r}, {place}", self.what, self.advice)


def printable(text: str) -> str:
    r"""Return `text` with escapes in place of control characters, which would move a terminal's cursor or its colours.

    >>> print(printable("price\x1b[2J\n"))
    price\x1b[2J\n
    """
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


def shortened(value: object) -> str:
    """Return the repr of a value, cut after 60 characters.

    >>> shortened("x" * 100)[-5:]
    'xx...'
    """
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


MISSING = "Fill it in, or choose to drop such rows or to fill in the mean (`missing`)."
EXCLUDE = "Leave the column out of the features, or make it categorical."
