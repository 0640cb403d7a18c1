"""The namespaces `linalg`, `special` and `fft`: each function against PyTorch's function of the same name."""

import dataclasses
import inspect
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

import jaxfun as jf
from jaxfun.core.record import Op
from jaxfun.ops import records_of
from jaxfun.parity.draw.cover import cover, first_dtype
from parity_tests.suite import LESS, checked, compared, covered

FACES = {"special": jf.special, "linalg": jf.linalg, "fft": jf.fft}
# The function of jaxfun whose record describes the arguments, where the names differ.
RECORD_OF = {"linalg.inv": "inverse"}


def names_of(face: ModuleType) -> list[str]:
    return dir(face)


def records_for(path: str) -> tuple[Op, ...]:
    """The records of the function with this name."""
    function, (_, _, name) = attribute(path), path.rpartition(".")
    of_an_op = getattr(function, "ops", ()) or [each for each in [getattr(function, "op", None)] if each]
    return tuple(of_an_op) or records_of(RECORD_OF.get(path, name))


def attribute(path: str) -> Callable[..., Any]:
    space, _, name = path.rpartition(".")
    return getattr(FACES[space], name)


NAMES = [f"{space}.{name}" for space, face in FACES.items() for name in names_of(face)]
OF_THE_FACE = ("linalg.cholesky", "linalg.cross", "linalg.det", "linalg.diagonal", "linalg.inv", "linalg.slogdet")
OF_CREATION = ("layout", "device", "pin_memory")  # where the memory of a new tensor lies
SOME = 4  # cases
# the records of torch.fft are the namespace's own: test_ops.py has them
CASES = [(path, record) for path in NAMES if path.partition(".")[0] != "fft" for record in records_for(path)]


@pytest.mark.proves("linalg.cholesky", "linalg.cross", "linalg.det", "linalg.diagonal", "linalg.inv", "linalg.slogdet")
@pytest.mark.parametrize(("path", "record"), CASES, ids=[f"{path}-{record.name}" for path, record in CASES])
def test_namespace_function_matches_torch(path: str, record: Op) -> None:
    beside = dataclasses.replace(record, torch=f"torch.{path}", signature=signature_in(path, record))
    if path in OF_THE_FACE:
        assert compared(covered(beside, attribute(path), first_dtype(record)), "value")
        return
    # the function is the record's own, which is compared on every choice elsewhere: here only torch's side is another
    for case in cover(beside, first_dtype(record))[:SOME]:
        assert not checked(beside, attribute(path), case, levels=LESS).failures


def signature_in(path: str, record: Op) -> inspect.Signature:
    """The record's signature, with the kinds and the defaults of the parameters in the namespace."""
    own = inspect.signature(attribute(path)).parameters if path in OF_THE_FACE else {}
    parameters = [
        each.replace(kind=own[name].kind, default=own[name].default) if name in own else each
        for name, each in record.signature.parameters.items()
    ]
    return record.signature.replace(parameters=parameters)


@pytest.mark.parametrize("path", NAMES)
def test_parameters_match_the_schemas_of_torch(path: str) -> None:
    space, _, name = path.rpartition(".")
    schemas = getattr(torch.ops.aten, f"{space}_{name}")
    of_torch = {
        ("input" if each.name == "self" else each.name, each.kwarg_only)
        for overload in schemas.overloads()
        for each in getattr(schemas, overload)._schema.arguments
        if not each.is_out and each.name not in OF_CREATION
    }
    parameters = inspect.signature(attribute(path)).parameters.values()
    assert {(each.name, each.kind is each.KEYWORD_ONLY) for each in parameters} == of_torch


@pytest.mark.proves("fft.fftfreq", "fft.rfftfreq")
@pytest.mark.parametrize("name", ["fftfreq", "rfftfreq"])
@pytest.mark.parametrize("dtype", [None, "float16", "bfloat16", "float64"])
@pytest.mark.parametrize("arguments", [(0,), (1,), (7, 0.3), (8, -2), (5, 0.0), (1001, 0.1)])
def test_frequencies_match_torch(name: str, dtype: str | None, arguments: tuple[Any, ...]) -> None:
    ours = getattr(jf.fft, name)(*arguments, dtype=dtype)
    theirs = getattr(torch.fft, name)(*arguments, dtype=dtype and getattr(torch, dtype))
    assert ours.dtype == (dtype or "float32")
    np.testing.assert_array_equal(ours.astype("float64"), theirs.double().numpy())


@pytest.mark.parametrize("name", ["fftfreq", "rfftfreq"])
@pytest.mark.parametrize(
    ("arguments", "dtype", "error"),
    [
        ((4.0,), None, TypeError),
        ((-4,), None, RuntimeError),
        ((4,), "int32", RuntimeError),
        ((4,), "complex64", NotImplementedError),
    ],
)
def test_frequencies_raise_as_torch_does(
    name: str, arguments: tuple[Any, ...], dtype: str | None, error: type[Exception]
) -> None:
    with pytest.raises(error):
        getattr(torch.fft, name)(*arguments, dtype=dtype and getattr(torch, dtype))
    with pytest.raises(error):
        getattr(jf.fft, name)(*arguments, dtype=dtype)


def test_namespace_has_every_function_shared_with_torch() -> None:
    # those of these namespaces have other parameters
    elsewhere = {"linalg": {"norm", "qr", "svd", "vander"}, "special": {"softmax"}}
    for space, face in FACES.items():
        of_torch = {name for name in dir(getattr(torch, space)) if not name.startswith("_")}
        assert of_torch & {*dir(jf)} - {"Tensor"} - {*names_of(face)} == elsewhere.get(space, set())
