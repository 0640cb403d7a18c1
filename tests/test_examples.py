"""Each example runs, its assertions hold, and it prints the output of the tutorial."""

import os
import subprocess
import sys
from pathlib import Path

import pages
import pytest

ROOT = Path(__file__).parent.parent
PRINTED = {
    "01_tensors.py": [
        "zeros: float64 float32",
        "torch.FloatTensor torch.IntTensor",
        "[1.0, 1.0] [0.0, 0.0] [1.0, 1.0]",
    ],
    "02_variables.py": ["data: 2.0", "SumBackward0\n  PowBackward0\n    AccumulateGrad"],
    "03_gradients.py": [
        "grad: [[2.0, 2.0]]",
        "backward: [3.0, 3.0] [3.0]",
        "again: [6.0, 6.0] [6.0]",
        "abs at 0: 0.0 1.0",
    ],
    "04_linear_regression.py": ["y = 1.99"],
    "05_real_data.py": ["R² 0.5177"],
    "06_check_your_port.py": [
        "gelu: value differs",
        "the same approximation on both sides: agrees",
        "derivative at -3 and 3, numbers in the candidate's program",
        "import jax",
    ],
    "07_port_a_module.py": ["agrees with Block", "The two part at norm2."],
    "08_digits.py": ["perceptron, 10 steps: agrees", "convolutional, 10 steps: agrees"],
    "09_gpt.py": ["the same most likely character", "ACT I."],
    "10_port_a_language_model.py": [
        " of| true| love| never",
        "LlamaForCausalLM: the port agrees with PyTorch",
        "48 of 48 tokens are those of PyTorch's generate",
    ],
    "11_port_vision_models.py": ["VisionTransformer: the port agrees with PyTorch", "step 4: PyTorch"],
    "12_fine_tune_a_port.py": [
        "Sequential: the port agrees with PyTorch",
        "steps that the running statistics have seen: 600",
        "% after",
        "in PyTorch again: ",
    ],
    "13_shard_a_port.py": [
        "0.expand.weight    (256, 64) as (128, 64) on each device",
        "0.norm1.weight     (64,) as (64,) on each device",
        "sums over the devices in the forward program: 4",
        "(8, 16, 64) as (4, 16, 64) on each device",
    ],
    "14_keep_a_port.py": [
        "plan.json",
        "comparisons with PyTorch's numbers agree",
        "platforms: cpu cuda tpu",
        "def reader(",
    ],
}
PICTURES = {"08_digits.py": ["digits.png"], "09_gpt.py": ["gpt.png"]}
STEPS = {"STEPS": "40"}  # of the training, where an example takes their number


def run(example: Path, folder: Path) -> str:
    call, environment = [sys.executable, example], os.environ | STEPS
    ended = subprocess.run(call, capture_output=True, text=True, check=False, cwd=folder, env=environment)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.mark.parametrize("name", sorted(path.name for path in (ROOT / "examples").glob("*.py")))
def test_example_runs_and_prints_the_documented_output(name: str, tmp_path: Path) -> None:
    if absent := pages.missing(ROOT / "examples" / name):
        pytest.skip(f"not installed: {', '.join(absent)}")
    printed = run(ROOT / "examples" / name, tmp_path)
    for claim in PRINTED[name]:
        assert claim in printed
    assert sorted(path.name for path in tmp_path.iterdir()) == PICTURES.get(name, [])
