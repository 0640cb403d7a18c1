"""The check of a function that a record describes: its cases against the torch function that the record names."""

from collections.abc import Callable
from typing import Any

from .._op import Op
from . import torch_side
from .case import Case
from .judge import Found, Terms, failure_of, judge, judge_signature
from .levels import Sides
from .report import Report


def check_case(record: Op, candidate: Callable[..., Any], case: Case, terms: Terms) -> Report:
    """Check one case at every level that applies."""
    return _checked(judge, record, candidate, case, terms)


def check_signature(record: Op, candidate: Callable[..., Any], case: Case, terms: Terms) -> Report:
    """Check that both raise alike on the case's first value set, and give the same shapes and dtypes."""
    return _checked(judge_signature, record, candidate, case, terms)


def _checked(
    how: Callable[[Sides, Terms], tuple[Report, list[Found]]],
    record: Op,
    candidate: Callable[..., Any],
    case: Case,
    terms: Terms,
) -> Report:
    sides = Sides(candidate, torch_side.resolve(record.torch), case, terms.device)
    report, found = how(sides, terms)
    report.failures += [failure_of(sides, terms, item) for item in found]
    return report
