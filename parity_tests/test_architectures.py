"""Whole models: the kept results are of every model, the page is written from them, and a wrong port is seen.

The models themselves are judged by `python -m parity_tests.architectures`, not here: they take half an hour.
"""

import importlib
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

import jaxfun as jf
from jaxfun.convert import rules
from parity_tests.architectures import __main__ as command
from parity_tests.architectures import models, packages
from parity_tests.architectures.judged import AGREES, DIFFERS, EVALUATION, FAILS, TRAINING, Row, is_near, judged
from parity_tests.architectures.page import PAGE, page, rows_of, stored

pytestmark = pytest.mark.usefixtures("as_a_user")


def small() -> models.Example:
    """a small model"""
    torch.manual_seed(0)
    module = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.Tanh())
    return models.Example(module, (torch.randn(5, 4),), {})


def found(example: models.Example, mode: str = EVALUATION) -> Row:
    return judged("small", example, mode, True, lambda what, done, total: None)


def test_page_is_written_from_the_data() -> None:
    assert PAGE.read_text("utf-8") == page(stored())


def test_every_model_is_kept_and_agrees() -> None:
    rows = rows_of(stored())
    assert [row.name for row in rows if row.mode == EVALUATION] == [*models.ARCHITECTURES]
    assert {row.verdict for row in rows} == {AGREES}
    assert all(row.faults and row.value is not None for row in rows)


def test_kept_errors_are_near_to_those_of_torch() -> None:
    rows = rows_of(stored())
    assert any(row.gradient is not None and row.mode == TRAINING for row in rows)
    for row in rows:
        assert is_near(row.value, row.torchs_value), row.name
        assert is_near(row.gradient, row.torchs_gradient), row.name


@pytest.mark.parametrize("mode", [EVALUATION, TRAINING])
def test_right_port_agrees(mode: str) -> None:
    row = found(small(), mode)
    assert row.verdict == AGREES, row
    assert row.source_agrees
    assert row.gradient is not None
    assert row.gradient < 1e-5
    assert (row.parameters, row.sizes, row.buffers) == (21, "batch", 3 if mode == TRAINING else 0)


def test_wrong_port_differs(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(self: object) -> object:
        return jf.sigmoid(self)

    monkeypatch.setitem(rules.OWN, "aten::tanh", wrong)
    row = found(small())
    assert row.verdict == DIFFERS
    assert "aten::tanh" in row.note
    assert row.value is not None
    assert row.value > 0.1
    assert row.gradient is not None
    assert row.gradient > 0.1


def test_model_that_cannot_be_converted_is_a_row() -> None:
    class Branching(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x if x.sum() > 0 else -x

    row = found(models.Example(Branching(), (torch.ones(2),), {}))
    assert row.verdict == FAILS
    assert row.note.startswith("ConversionError")


def test_command_shows_and_keeps_rows(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setitem(models.ARCHITECTURES, "lstm", small)
    file = tmp_path / "rows.json"
    assert command.main(["lstm", "--train", "--to", str(file)]) == 0
    shown = capsys.readouterr().out
    assert shown.count(AGREES) == 2
    assert file.read_text().count('"verdict": "agrees"') == 2
    monkeypatch.setattr(command, "judged", lambda name, example, mode, *_: Row(name, mode, DIFFERS))
    assert command.main(["lstm", "--to", str(file)]) == 1
    assert file.read_text().count('"verdict": "agrees"') == 1


def test_missing_package_is_named_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "torchvision", None)
    assert command.main(["lstm", "resnet18"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("torchvision, which resnet18 needs, is not installed.")
    assert packages.INSTALL in said
    assert said.rstrip().endswith("lstm gru unet")
    with pytest.raises(ModuleNotFoundError, match=r"torchvision is not installed\..*--group models"):
        packages.package("torchvision")


def test_unknown_model_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["resnet19"]) == 2
    assert "got 'resnet19'. There are: resnet18" in capsys.readouterr().err


def test_operators_without_their_library_are_declared(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / "a_vision_package"
    folder.mkdir()
    folder.joinpath("__init__.py").write_text("from . import extension\nfrom . import _meta_registrations\n")
    folder.joinpath("extension.py").write_text("")
    folder.joinpath("_meta_registrations.py").write_text(
        'import torch\n\n@torch.library.register_fake("a_vision_package::nms")\ndef nms(boxes):\n    return boxes\n'
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    assert packages.package("a_vision_package").extension
    assert torch.ops.a_vision_package.nms.default
