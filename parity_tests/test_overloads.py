"""The records against torch's operators: each record names overloads that exist in torch, with their arguments."""

import re
from collections import Counter

import jax
import jax.numpy as jnp
import pytest
import torch

import jaxfun as jf
from jaxfun.core.record import Op
from jaxfun.ops import record_of, records

RECORDS = [*records().values()]
# Python functions with one argument for two of the operator
TOGETHER = {
    "tensordot": "`dims` holds the dimensions of both tensors",
    "batch_norm": "`cudnn_enabled` is a setting of torch's",
    "instance_norm": "`cudnn_enabled` is a setting of torch's",
}
# functions that torch writes in Python, of other operators
WITHOUT_OPERATOR = {
    *("local_response_norm", "lp_pool1d", "lp_pool2d", "lp_pool3d", "max_unpool1d", "normalize", "softmin", "softsign"),
    "tanhshrink",
}


def overload_of(name: str) -> torch._ops.OpOverload | None:
    """Return torch's overload by its name in a record: `pow.Tensor_Scalar`, `exp`."""
    base, _, overload = name.partition(":")[0].partition(".")
    packet = getattr(torch.ops.aten, base, None)
    return getattr(packet, overload or "default", None) if packet is not None else None


@pytest.mark.parametrize("record", RECORDS, ids=str)
def test_each_name_of_a_record_is_a_torch_overload(record: Op) -> None:
    assert not [name for name in record.aten if (overload_of(name) is None) != (name in WITHOUT_OPERATOR)]


@pytest.mark.parametrize("record", RECORDS, ids=str)
def test_overload_requires_no_more_arguments_than_the_record(record: Op) -> None:
    most = len(record.signature.parameters)
    for name in {*record.aten} - WITHOUT_OPERATOR:
        overload = overload_of(name)
        assert overload is not None
        required = [each for each in overload._schema.arguments if not each.has_default_value()]
        assert len(required) <= most + (name in TOGETHER), f"{name}: {overload._schema}"


def test_no_overload_is_claimed_twice() -> None:
    counts = Counter(name for record in RECORDS for name in record.aten)
    assert not [name for name, count in counts.items() if count > 1]


def test_record_is_found_by_its_torch_name() -> None:
    for record in RECORDS:
        for name in record.aten:
            assert record_of(f"aten::{name}") is record
    assert record_of("aten::add.Tensor") is record_of("add.Scalar")
    assert record_of("aten::exp.default") is records()["exp"]
    assert record_of("aten::no_such") is None


@pytest.mark.parametrize("face", ["fft", "linalg", "special"])
def test_record_is_found_by_the_operators_of_a_namespace(face: str) -> None:
    names = {*dir(getattr(jf, face))} - {"fftfreq", "rfftfreq"}  # they take no tensor
    operators = [f"{face}_{name}" for name in names if hasattr(torch.ops.aten, f"{face}_{name}")]
    assert len(operators) > 7
    assert not [name for name in operators if not any(record_of(each) for each in _overloads(name))]


def test_record_is_found_by_the_operators_of_its_aliases() -> None:
    aliases = {alias for record in RECORDS for alias in record.aliases if hasattr(torch.ops.aten, alias)}
    assert len(aliases) > 50
    assert not [name for name in aliases if not any(record_of(each) for each in _overloads(name))]


def _overloads(operator: str) -> list[str]:
    return [f"{operator}.{name}" for name in getattr(torch.ops.aten, operator).overloads()]


def test_weakly_typed_array_selects_the_scalar_overload() -> None:
    tensor, scalar = jnp.ones(3), jnp.asarray(0.5)  # the scalar is weakly typed
    for weight, overload in [(tensor, "Tensor"), (scalar, "Scalar"), (tensor, "Tensor")]:
        assert f"name=jaxfun.lerp.{overload}" in str(jax.make_jaxpr(jf.lerp)(tensor, tensor, weight))


def test_missing_overloads_are_listed() -> None:
    covered, own, operators = coverage()
    print(f"{len(covered)} of the {len(own)} overloads of {len(operators)} operators are covered; the others:")
    print(*sorted(own - covered), sep="\n")
    assert len(covered) > len(own) * 0.8


def coverage() -> tuple[set[str], set[str], set[str]]:
    """Return the overloads that the records cover, all overloads of their ATen operators, and these operators."""
    covered = {name for record in RECORDS for name in record.aten} - WITHOUT_OPERATOR
    operators = {re.split("[.:]", name)[0] for name in covered}
    own = {
        f"{base}.{overload}".removesuffix(".default")
        for base in operators
        for overload in getattr(torch.ops.aten, base).overloads()
        if is_of_tensors(base, overload)
    }
    return own & covered, own, operators


def is_of_tensors(base: str, overload: str) -> bool:
    """Return whether an overload returns new tensors: no `out`, no named dimensions, no Python numbers."""
    schema = getattr(getattr(torch.ops.aten, base), overload)._schema
    text = str(schema)
    return "Tensor" in text and "Dimname" not in text and not any(each.is_out for each in schema.arguments)
