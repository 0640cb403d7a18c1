"""NumPy's argument names (`axis`, `keepdims`, `x`, ...) are accepted where torch accepts them, and only there."""

import operator
import zlib
from typing import Any

import pytest
import torch

import jaxfun as jf
from jaxfun.ops import records

MATRIX = torch.tensor([[1.0, 2.0, 4.0], [3.0, 5.0, 0.5]])
NAMES = (("input", "x"), ("input", "a"), ("input", "x1"), ("other", "x2"), ("dim", "axis"), ("keepdim", "keepdims"))
GIVEN = {"input": MATRIX, "other": MATRIX + 1, "dim": 1, "keepdim": True}


def taken(function: Any, arguments: dict[str, Any]) -> bool:
    """Return whether a function accepts the names of the arguments, even if it raises for another reason."""
    try:
        function(**arguments)
    except TypeError:
        return False
    except Exception:
        return True
    return True


def calls() -> dict[str, tuple[str, dict[str, Any], str, str]]:
    """Return calls by keyword that torch accepts, each with one argument and NumPy's name for it."""
    public = {
        record.public: set()
        for record in records().values()
        if not record.torch.startswith(("Tensor.", "torch.Tensor."))
    }
    for record in records().values():
        public.get(record.public, set()).update(record.signature.parameters)
    drawn = {}
    for name, parameters in public.items():
        arguments = {each: GIVEN[each] for each in GIVEN if each in parameters}
        if name and arguments and taken(operator.attrgetter(name)(torch), arguments):
            names = [NAMES[zlib.crc32(name.encode()) % 3], *NAMES[3:]]  # one of the three names for `input`, in turn
            drawn |= {f"{name}({other}=)": (name, arguments, own, other) for own, other in names if own in arguments}
    return drawn


CALLS = calls()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("call", CALLS)
def test_numpy_spelling_is_accepted_where_torch_accepts_it(call: str) -> None:
    name, arguments, own, other = CALLS[call]
    renamed = {other if each == own else each: value for each, value in arguments.items()}
    ours, theirs = (operator.attrgetter(name)(module) for module in (jf, torch))
    assert taken(ours, renamed) == taken(theirs, renamed)


def test_every_kind_of_call_is_tested() -> None:
    assert {other for *_, other in CALLS.values()} == {other for _, other in NAMES}
    assert len(CALLS) > 200


def test_numpy_spelling_gives_the_same_result() -> None:
    assert (jf.sum(MATRIX, axis=0, keepdims=True) == jf.sum(MATRIX, dim=0, keepdim=True)).all()
    assert (jf.std(x=MATRIX, axis=1) == jf.std(MATRIX, 1)).all()


@pytest.mark.parametrize("arguments", [{"dim": 0, "axis": 0}, {"axis": 0, "input": MATRIX}, {"axes": 0}], ids=str)
def test_argument_given_under_both_names_raises(arguments: dict[str, Any]) -> None:
    for module in (jf, torch):
        with pytest.raises(TypeError):
            module.sum(MATRIX, **arguments)
