"""What the README and the documents say is so: their code, the table of differences, and the list of known ones."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch

import jaxfun as jf
from jaxfun._op import REGISTRY

ROOT = Path(__file__).parent.parent
README, SEMANTICS = ROOT / "README.md", ROOT / "docs" / "semantics.md"
NAN, INF = float("nan"), float("inf")


def blocks(file: Path) -> str:
    return "\n".join(re.findall(r"```python\n(.*?)```", file.read_text(), re.S))


@pytest.mark.parametrize("file", [README, SEMANTICS], ids=lambda file: file.name)
def test_the_code_prints_what_its_comments_say(file: Path) -> None:
    code = blocks(file)
    claims = [claim.strip() for claim in re.findall(r"^ *print\(.*\)  # (.*)$", code, re.M)]
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert ended.returncode == 0, ended.stderr
    assert len(claims) == code.count("print(") > 0
    assert ended.stdout.splitlines() == claims


def jax_gradient(f: Callable[..., Any], x: Any) -> Any:
    return jax.grad(lambda x: jnp.sum(f(x)))(jnp.asarray(x, complex if isinstance(x, complex) else "float32"))


def torch_gradient(f: Callable[..., Any], x: Any) -> Any:
    leaf = torch.tensor(x).requires_grad_()
    return torch.autograd.grad(f(leaf).sum(), leaf)[0]


def our_gradient(f: Callable[..., Any], x: Any) -> Any:
    return jf.autograd.grad(lambda x: jf.sum(f(x)), (jf.tensor(x),))[0]


def half_and_single(make: Any, add: Callable[..., Any], half: Any, single: Any) -> Any:
    return add(make([1.0, 2.0], dtype=half), make(1.5, dtype=single)).dtype


# by the first cell of a row in the README: JAX's answer, PyTorch's and jaxfun's
ROWS: dict[str, tuple[Callable[[], Any], Callable[[], Any], Callable[[], Any]]] = {
    "gradient of `abs` at 0": (
        lambda: jax_gradient(jnp.abs, 0.0),
        lambda: torch_gradient(torch.abs, 0.0),
        lambda: our_gradient(jf.abs, 0.0),
    ),
    "gradient of `clip(x, 0, 1)` at 0": (
        lambda: jax_gradient(lambda x: jnp.clip(x, 0, 1), 0.0),
        lambda: torch_gradient(lambda x: torch.clip(x, 0, 1), 0.0),
        lambda: our_gradient(lambda x: jf.clip(x, 0, 1), 0.0),
    ),
    "gradient of `maximum(x, 0)` (relu) at 0": (
        lambda: jax_gradient(lambda x: jnp.maximum(x, 0), 0.0),
        lambda: torch_gradient(torch.relu, 0.0),
        lambda: our_gradient(jf.relu, 0.0),
    ),
    "gradient of `max(x, 0)` at `[2, 2]`": (
        lambda: jax_gradient(lambda x: jnp.max(x, 0), [2.0, 2.0]),
        lambda: torch_gradient(lambda x: torch.max(x, 0).values, [2.0, 2.0]),
        lambda: our_gradient(lambda x: jf.max(x, 0).values, [2.0, 2.0]),
    ),
    "gradient of `maximum(x, 1)` at NaN": (
        lambda: jax_gradient(lambda x: jnp.maximum(x, 1), NAN),
        lambda: torch_gradient(lambda x: torch.maximum(x, torch.tensor(1.0)), NAN),
        lambda: our_gradient(lambda x: jf.maximum(x, jf.tensor(1.0)), NAN),
    ),
    "gradient of `std` at `[3, 3]`": (
        lambda: jax_gradient(jnp.std, [3.0, 3.0]),
        lambda: torch_gradient(torch.std, [3.0, 3.0]),
        lambda: our_gradient(jf.std, [3.0, 3.0]),
    ),
    "gradient of `abs(z) ** 2` at `1 + 2j`": (
        lambda: jax_gradient(lambda z: jnp.abs(z) ** 2, 1 + 2j),
        lambda: torch_gradient(lambda z: torch.abs(z) ** 2, 1 + 2j),
        lambda: our_gradient(lambda z: jf.pow(jf.abs(z), 2), 1 + 2j),
    ),
    "`std([1, 2])`": (
        lambda: jnp.std(jnp.array([1.0, 2.0])),
        lambda: torch.std(torch.tensor([1.0, 2.0])),
        lambda: jf.std(jf.tensor([1.0, 2.0])),
    ),
    "`sign(nan)`": (
        lambda: jnp.sign(jnp.array(NAN)),
        lambda: torch.sign(torch.tensor(NAN)),
        lambda: jf.sign(jf.tensor(NAN)),
    ),
    "`power(-inf, 0.5)`": (
        lambda: jnp.power(jnp.array(-INF), 0.5),
        lambda: torch.pow(torch.tensor(-INF), 0.5),
        lambda: jf.pow(jf.tensor(-INF), 0.5),
    ),
    "dtype of float16 tensor + 0-dim float32": (
        lambda: half_and_single(jnp.array, lambda x, y: x + y, jnp.float16, jnp.float32),
        lambda: half_and_single(torch.tensor, torch.add, torch.float16, torch.float32),
        lambda: half_and_single(jf.tensor, jf.add, jf.float16, jf.float32),
    ),
    "dtype of a tensor made from `np.ones(2)`": (
        lambda: jnp.array(np.ones(2)).dtype,
        lambda: torch.from_numpy(np.ones(2)).dtype,
        lambda: jf.from_numpy(np.ones(2)).dtype,
    ),
    "`x[5]` of two elements": (
        lambda: jnp.array([0.0, 1.0])[5],
        lambda: torch.tensor([0.0, 1.0])[5],
        lambda: jf.getitem(jf.tensor([0.0, 1.0]), 5),
    ),
    "`7 // 0`, integers": (
        lambda: jnp.array(7) // jnp.array(0),
        lambda: torch.tensor(7) // torch.tensor(0),
        lambda: jf.floor_divide(jf.tensor(7), jf.tensor(0)),
    ),
}
TABLE = {
    cells[0]: cells[1:3]
    for cells in (
        [cell.strip() for cell in line.split("|")[1:-1]] for line in README.read_text().splitlines() if line[:2] == "| "
    )
    if len(cells) == 4 and cells[1] != "JAX" and not cells[1].startswith("---")
}


def answer(ask: Callable[[], Any]) -> Any:
    """What is given, as NumPy's or as a dtype's name; what is raised, as an exception."""
    try:
        found = ask()
    except (IndexError, RuntimeError) as error:
        return error
    if isinstance(found, (torch.dtype, np.dtype, jf.DType, type)):
        return str(np.dtype(found) if isinstance(found, type) else found).removeprefix("torch.")
    return found.detach().resolve_conj().numpy() if isinstance(found, torch.Tensor) else np.asarray(found)


def says(cell: str, found: Any) -> bool:
    if isinstance(found, Exception):
        return cell in {base.__name__ for base in type(found).__mro__}
    if isinstance(found, str):
        return cell == found
    expected = eval(cell, {"nan": NAN, "inf": INF})
    return np.shape(expected) == found.shape and np.allclose(found, expected, rtol=1e-7, atol=0, equal_nan=True)


def test_the_table_and_its_evaluation_have_the_same_rows() -> None:
    assert list(TABLE) == list(ROWS)


@pytest.mark.parametrize("name", ROWS)
def test_a_row_of_the_table_is_so(name: str) -> None:
    with jax.enable_x64(False), jax.numpy_dtype_promotion("standard"):  # as a user finds JAX
        jaxs, torchs, ours = map(answer, ROWS[name])
    cells = TABLE[name]
    assert says(cells[0], jaxs), jaxs
    assert says(cells[1], torchs), torchs
    if "np.ones" in name:
        assert "jax_enable_x64" in str(ours)
    else:
        assert says(cells[1], ours), ours


def known_differences() -> str:
    lines = []
    for record in sorted(REGISTRY.values(), key=lambda record: record.name):
        for known in record.differences:
            lines += [f"- **{record.name}** ({', '.join(known.levels)}): {known.why}.", f"  jaxfun: {known.jaxfun}."]
            lines += [f"  PyTorch: {known.torch}.", f"  ({known.source})"]
    return "\n".join(lines)


def with_differences(text: str) -> str:
    head, rest = text.split("<!-- differences -->\n")
    return f"{head}<!-- differences -->\n{known_differences()}\n<!-- end -->{rest.split('<!-- end -->')[1]}"


def test_the_list_of_known_differences_is_that_of_the_records() -> None:
    assert SEMANTICS.read_text() == with_differences(SEMANTICS.read_text()), "run `python tests/test_docs.py`"


if __name__ == "__main__":
    SEMANTICS.write_text(with_differences(SEMANTICS.read_text()))
