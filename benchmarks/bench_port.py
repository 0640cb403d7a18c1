"""Converted models beside PyTorch's eager call, torchax and a GPT-2 that was written in JAX by hand.

Each number is CPU time of the process, of one thread: the median of rounds in turn. PyTorch and the port run in one
process, the port and its peers in another one, because torchax alters torch; their ratios to PyTorch go through the
port. `--to FILE` keeps the figures as CSV; `docs/speed.md` has them as a table. It needs the dependency group `models`.
"""

import argparse
import csv
import json
import os
import re
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

# before JAX and PyTorch count the cores
if __name__ == "__main__":
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

import _gpt2
import _torchax
import jax
import jax.numpy as jnp
import numpy as np
import torch
from _measure import Call, in_turn, markdown, show_and_keep, timed

import jaxfun as jf
from parity_tests.architectures.judged import arrays_of
from parity_tests.architectures.models import Example, made
from parity_tests.architectures.own import Tagger, UNet
from parity_tests.architectures.packages import INSTALL, is_missing, package

DATA = Path(__file__).parent / "data" / "port.csv"
RESULT, GRADIENT = "result", "gradient"
TORCH, PORT, TORCHAX, HAND = "torch", "port", "torchax", "by hand"
ROUNDS, BLOCK = 15, 0.04  # seconds of one side in a round
BEHIND = 1.1  # times a peer's time: less is noise
WORDS, BATCH, LENGTH = 512, 4, 64
ABOUT = (
    "float32, one thread, CPU time: medians of rounds in turn, over PyTorch's eager call. Models in evaluation mode."
)


class Row(NamedTuple):
    """One side of one model: its time over PyTorch's, and the program that XLA made of it."""

    model: str
    what: str
    side: str
    over_torch: float
    over_port: float
    compile: float  # CPU seconds, with the trace
    dots: int
    fusions: int
    memory: float  # MB for intermediate results


# The models.


def _tokens(length: int = LENGTH) -> torch.Tensor:
    return torch.randint(0, WORDS, (BATCH, length))


def _of(model: str, config: str, **sizes: Any) -> torch.nn.Module:
    library = package("transformers")
    return getattr(library, model)(getattr(library, config)(vocab_size=WORDS, **sizes))


def _gpt(layers: int, width: int) -> Example:
    sizes = {"n_embd": width, "n_layer": layers, "n_head": width // 32, "n_positions": LENGTH, "use_cache": False}
    return Example(_of("GPT2LMHeadModel", "GPT2Config", **sizes), (_tokens(),), {})


_WIDTHS = {"hidden_size": 128, "intermediate_size": 512, "num_hidden_layers": 4, "num_attention_heads": 4}


def _bert() -> Example:
    mask = (torch.arange(LENGTH) < torch.tensor([LENGTH, 50, 40, 30])[:, None]).long()
    return Example(_of("BertModel", "BertConfig", **_WIDTHS), (_tokens(),), {"attention_mask": mask})


def _llama() -> Example:
    sizes = {**_WIDTHS, "num_key_value_heads": 2, "use_cache": False}
    return Example(_of("LlamaForCausalLM", "LlamaConfig", **sizes), (_tokens(),), {})


def _t5() -> Example:
    sizes = {"d_model": 128, "d_ff": 512, "num_layers": 4, "num_heads": 4, "d_kv": 32, "use_cache": False}
    module = _of("T5ForConditionalGeneration", "T5Config", **sizes)
    return Example(module, (), {"input_ids": _tokens(), "decoder_input_ids": _tokens(32)})


def _vit() -> Example:
    module = package("torchvision").models.VisionTransformer(64, 8, 4, 4, 128, 512, num_classes=10)
    return Example(module, (torch.randn(BATCH, 3, 64, 64),), {})


def _swin() -> Example:
    module = package("torchvision").models.SwinTransformer([4, 4], 48, [2, 2], [2, 4], [4, 4], num_classes=10)
    return Example(module, (torch.randn(BATCH, 3, 64, 64),), {})


def _images(name: str) -> Example:
    return Example(made(name).module, (torch.randn(BATCH, 3, 64, 64),), {})


def _tagger(kind: type[torch.nn.LSTM] | type[torch.nn.GRU]) -> Example:
    return Example(Tagger(kind, WORDS), (torch.randint(0, WORDS, (16, 24)),), {})


MODELS: dict[str, Callable[[], Example]] = {
    "GPT-2, 4 x 128": lambda: _gpt(4, 128),
    "GPT-2, 6 x 384": lambda: _gpt(6, 384),
    "BERT": _bert,
    "ViT": _vit,
    "Llama": _llama,
    "T5": _t5,
    "Swin": _swin,
    "UNet": lambda: Example(UNet(32), (torch.randn(BATCH, 3, 32, 32), torch.tensor([10, 700, 3, 500])), {}),
    "LSTM": lambda: _tagger(torch.nn.LSTM),
    "GRU": lambda: _tagger(torch.nn.GRU),
    "resnet18": lambda: _images("resnet18"),
    "mobilenet": lambda: _images("mobilenet"),
    "convnext": lambda: _images("convnext"),
}


def example_of(name: str) -> Example:
    torch.manual_seed(0)
    example = MODELS[name]()
    example.module.eval()
    return example


# The sides: each gives a call for the result, and one for the gradient of all parameters along a direction.


class Side(NamedTuple):
    """A side: its calls, and what each costs to compile and has as its program."""

    calls: Mapping[str, Call]
    programs: Mapping[str, tuple[float, int, int, float]]


Loss = Callable[..., Any]


def along(leaves: Sequence[Any]) -> list[np.ndarray]:
    """Return a direction for each result."""
    rng = np.random.default_rng(0)
    return [rng.standard_normal(each.shape).astype(np.float32) for each in leaves]


def torch_side(example: Example) -> Side:
    parameters = [*example.module.parameters()]

    def result() -> list[torch.Tensor]:
        return _floats(example.module(*example.args, **example.kwargs))

    with torch.no_grad():
        directions = [torch.tensor(each) for each in along(result())]

    def without_tape() -> Any:
        with torch.no_grad():
            return result()

    def gradient() -> Any:
        loss = sum((one * other).sum() for one, other in zip(result(), directions, strict=True))
        return torch.autograd.grad(loss, parameters, allow_unused=True)

    return Side({RESULT: without_tape, GRADIENT: gradient}, {})


def _floats(found: Any) -> list[Any]:
    leaves = torch.utils._pytree.tree_leaves(found)
    return [leaf for leaf in leaves if isinstance(leaf, (torch.Tensor, jax.Array)) and "float" in str(leaf.dtype)]


def jax_side(function: Callable[..., Any], params: Any, *arrays: Any) -> Side:
    """Return a function of parameters and arrays as a side."""
    directions = [
        jnp.asarray(each) for each in along(jax.eval_shape(lambda *given: _floats(function(*given)), params, *arrays))
    ]

    def result(params: Any, *arrays: Any) -> Any:
        return _floats(function(params, *arrays))

    def loss(params: Any, *arrays: Any) -> Any:
        return sum(jnp.vdot(one, other) for one, other in zip(result(params, *arrays), directions, strict=True))

    calls, programs = {}, {}
    for what, of in ((RESULT, result), (GRADIENT, jax.grad(loss))):
        began = time.process_time()
        compiled = jax.jit(of).lower(params, *arrays).compile()
        programs[what] = (time.process_time() - began, *_counted(compiled))
        calls[what] = lambda compiled=compiled: compiled(params, *arrays)
    return Side(calls, programs)


def _counted(compiled: Any) -> tuple[int, int, float]:
    """Return the matrix products and convolutions of a program, its fusions, and its temporary memory in MB."""
    text = compiled.as_text()
    dots = len(re.findall(r" (?:dot|convolution)\(|custom_call_target=\"__(?:onednn|eigen)", text))
    return dots, len(re.findall(r" fusion\(", text)), compiled.memory_analysis().temp_size_in_bytes / 2**20


def port_side(example: Example) -> Side:
    port = jf.from_torch(example.module, example.args, example.kwargs, prove=False)
    args, kwargs = arrays_of(example)
    return jax_side(lambda params, args, kwargs: port(params, *args, **kwargs), port.params, args, kwargs)


def hand_side(example: Example) -> Side:
    config: Any = example.module.config
    state = {name: jnp.asarray(each.numpy()) for name, each in example.module.state_dict().items()}
    params = _gpt2.params_of(state, config.n_layer)
    return jax_side(lambda params, tokens: _gpt2.gpt2(params, tokens, config.n_head), params, *arrays_of(example)[0])


def torchax_side(example: Example) -> Side:
    args, kwargs = arrays_of(example)
    names = {name for name, _ in example.module.named_parameters()}
    states, function = _torchax.extracted(example.module)
    params = {name: each for name, each in states.items() if name in names}
    rest = {name: each for name, each in states.items() if name not in names}
    return jax_side(
        lambda params, rest, args, kwargs: function({**params, **rest}, args, kwargs), params, rest, args, kwargs
    )


# One process measures some sides of one model.


def sides_of(name: str, with_torch: bool) -> dict[str, Side]:
    example = example_of(name)
    sides = {PORT: port_side(example)}
    if with_torch:
        return {TORCH: torch_side(example), **sides}
    if name.startswith("GPT-2"):
        sides[HAND] = hand_side(example)
    if _torchax.is_installed():
        sides[TORCHAX] = torchax_side(example)  # the last one, because it alters torch
    return sides


def measured(name: str, with_torch: bool) -> dict[str, Any]:
    """Return the median seconds of each side, and its programs, after a look at whether their results are equal."""
    torch.set_num_threads(1)
    sides = sides_of(name, with_torch)
    wanted, *others = [[np.asarray(leaf) for leaf in side.calls[RESULT]()] for side in sides.values()]
    for other in others:
        for one, leaf in zip(wanted, other, strict=True):
            # only to refuse to time two different models; the proof compares closely
            np.testing.assert_allclose(one, leaf, rtol=1e-3, atol=1e-3 * float(np.abs(leaf).max()), err_msg=name)
    seconds = {what: _medians([side.calls[what] for side in sides.values()]) for what in (RESULT, GRADIENT)}
    return {
        side: {what: [seconds[what][at], *item.programs.get(what, ())] for what in seconds}
        for at, (side, item) in enumerate(sides.items())
    }


def _medians(calls: Sequence[Call]) -> list[float]:
    once = max(min(timed(call, 1, time.process_time) for _ in range(3)) for call in calls)
    times = max(1, round(BLOCK / once))
    return [statistics.median(each) for each in in_turn(calls, ROUNDS, times, time.process_time)]


def in_a_process(name: str, with_torch: bool) -> dict[str, Any]:
    command = [sys.executable, "-W", "ignore", __file__, "--one", name, *(["--with-torch"] if with_torch else [])]
    flags = f"{os.environ.get('XLA_FLAGS', '')} --xla_cpu_multi_thread_eigen=false"
    more = {"XLA_FLAGS": flags, "JAX_PLATFORMS": "cpu", "JAX_ENABLE_COMPILATION_CACHE": "0", "OMP_NUM_THREADS": "1"}
    root = str(Path(__file__).parent.parent)
    path = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH", "")])])
    environment = {**os.environ, **more, "PYTHONPATH": path, "TRANSFORMERS_VERBOSITY": "error"}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def rows(names: Sequence[str]) -> Iterator[Row]:
    """Yield the rows of each model: the port first, then its peers."""
    for name in names:
        beside_torch, beside_peers = in_a_process(name, True), in_a_process(name, False)
        for what in (RESULT, GRADIENT):
            ratio = beside_torch[PORT][what][0] / beside_torch[TORCH][what][0]
            own = beside_peers[PORT][what][0]
            for side, found in beside_peers.items():
                seconds, *program = found[what]
                yield Row(name, what, side, ratio * seconds / own, seconds / own, *program)


def read(file: Path = DATA) -> list[Row]:
    with file.open(newline="", encoding="utf-8") as opened:
        lines = list(csv.reader(opened))[1:]
    return [Row(*line[:3], *map(float, line[3:6]), int(line[6]), int(line[7]), float(line[8])) for line in lines]


# The page.


def behind(found: Sequence[Row]) -> dict[tuple[str, str], str]:
    """Return the rows in which a peer is quicker than the port by more than noise, with the peer."""
    return {(row.model, row.what): row.side for row in found if row.over_port < 1 / BEHIND}


REASONS: dict[tuple[str, str], str] = {
    (
        "Swin",
        RESULT,
    ): "the cause is not found yet: both programs have the same 27 products, the port has 31 fusions fewer",
    ("convnext", GRADIENT): (
        "probably the 7x7 depthwise convolutions: jaxfun's program sums over the kernel's taps in more fusions, "
        "torchax's has 12 convolutions of XLA's more; in the result jaxfun's is the quicker one"
    ),
    ("GRU", RESULT): (
        "jaxfun's layer is a loop over the 24 steps, torchax writes every step out. Written out, jaxfun's result takes "
        "0.44 of its time, but its gradient 1.6 times as long, and 16 s to compile instead of 2.3 s (torchax: 34 s)"
    ),
}
COLUMNS = ("model", "what", PORT, TORCHAX, HAND, "compiled in, s", "products", "fusions", "memory, MB")


def as_markdown(found: Sequence[Row]) -> str:
    """Return the table of a page. A cell with strokes has the port, torchax, and the model by hand if there is one."""
    keys = dict.fromkeys((row.model, row.what) for row in found)
    return markdown(COLUMNS, [_cells([row for row in found if row[:2] == key]) for key in keys], range(2, len(COLUMNS)))


def _cells(of_one: Sequence[Row]) -> Sequence[str]:
    by_side = {row.side: row for row in of_one}
    ordered = [by_side[side] for side in (PORT, TORCHAX, HAND) if side in by_side]
    model, what = of_one[0][:2]
    ratios = [_ratio(side, by_side) for side in (PORT, TORCHAX, HAND)]
    compiled, memory = (" / ".join(f"{row[at]:.1f}" for row in ordered) for at in (5, 8))
    dots, fusions = (" / ".join(str(row[at]) for row in ordered) for at in (6, 7))
    return model, what, *ratios, compiled, dots, fusions, memory


def _ratio(side: str, by_side: Mapping[str, Row]) -> str:
    if side not in by_side:
        return ""
    text = f"{by_side[side].over_torch:.2f}"
    quickest = min(row.over_port for row in by_side.values())
    return f"**{text}**" if side == PORT and quickest < 1 / BEHIND else text


def main() -> None:
    """Measure the models and print them, or one of them in this process."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="MODEL", help=f"models (all): {', '.join(MODELS)}")
    parser.add_argument("--to", type=Path, metavar="FILE", help="keep the figures as CSV")
    parser.add_argument("--one", metavar="MODEL", help="measure one model here, and print JSON: what each process runs")
    parser.add_argument("--with-torch", action="store_true", help="with --one: beside PyTorch, not beside the peers")
    options = parser.parse_args()
    if unknown := [name for name in [*options.names, *filter(None, [options.one])] if name not in MODELS]:
        parser.error(f"expected names of models, got {unknown[0]!r}. There are: {', '.join(MODELS)}")
    if options.one:
        warnings.simplefilter("ignore")
        print(json.dumps(measured(options.one, options.with_torch)))
        return
    if missing := [name for name in ("torchvision", "transformers") if is_missing(name)]:
        print(f"nothing is measured: {' and '.join(missing)} not installed. {INSTALL}", file=sys.stderr)
        return
    if not _torchax.is_installed():
        print("torchax is not installed: its columns stay empty", file=sys.stderr)

    def shown(row: Row) -> Sequence[str]:
        numbers = (f"{row.over_torch:.2f}", f"{row.over_port:.2f}", f"{row.compile:.1f}")
        return row.model, row.what, row.side, *numbers, str(row.dots), str(row.fusions), f"{row.memory:.1f}"

    columns = ("model", "what", "side", "over PyTorch", "over the port", "compiled in, s", "products", "fusions", "MB")
    show_and_keep(columns, rows(options.names or [*MODELS]), shown, ABOUT, options.to)


if __name__ == "__main__":
    main()
