"""Write `docs/data/layers.json` and `docs/layers.md`: the layers of other JAX libraries beside PyTorch's, judged.

`python -m docs.make_layers` judges all of them, in some 20 minutes on two cores; with names of layers (`nnx.LayerNorm`)
only these; with `--page` it writes the page alone. It needs the extra `parity` and the dependency group `layers`.
"""

import argparse
import importlib
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import jax
import numpy as np
import torch
from torch import nn

from jaxfun import parity

from .layer_pairs.pair import Pair

DATA = Path(__file__).parent / "data" / "layers.json"
PAGE = Path(__file__).with_name("layers.md")
LIBRARIES = {
    "flax_nnx": ("flax.nnx", "flax"),
    "flax_linen": ("flax.linen", "flax"),
    "equinox_": ("Equinox", "equinox"),
    "haiku_": ("Haiku", "dm-haiku"),
}
EXAMPLES = 48
LEVELS = ("value", "vjp")

HEAD = """# Layers of Flax, Equinox and Haiku beside PyTorch's

Does a layer of another JAX library compute what PyTorch's layer computes? [`parity.module`](parity.md#modules) judged
each pair: first with the library's default settings, then with other settings, until the two agreed. Of {count} layers,
{agree} agree with their defaults, {mended} agree with the settings in the last column, {kinks} agree except for the
gradient at a kink, and {never} agreed with none of the settings that were tried.

- The values and the gradients of inputs and parameters are compared, in float32. In training mode the running
  statistics are compared too.
- *differs in*: the results and gradients that differ, with the largest error divided by PyTorch's largest number.
- Parameters are converted from PyTorch's `state_dict`. How to do that for a whole model:
  [Checking a model of Flax, Equinox or Haiku](flax_equinox_haiku.md).
- Layers with the channels in the last dimension receive transposed inputs.

`python -m docs.make_layers` writes this page. The tests judge some rows again if the libraries are installed.
The versions: {versions}.
"""
HEADS = ("layer", "PyTorch", "with the defaults", "differs in", "why", "settings that agree")

# how a setting's default differs from PyTorch, in words
WHY = {
    "epsilon": "epsilon is {default}",
    "eps": "epsilon is {default}",
    "use_fast_variance": "the variance is computed as the mean of squares minus the squared mean, which loses digits",
    "momentum": "the running statistics keep {default} of the old value",
    "decay_rate": "the running statistics keep {default} of the old value",
    "is_unbiased": "the running variance is that of the population, without Bessel's correction",
    "padding": "padding is {default}",
    "strides": "the stride is 1, not the size of the window",
    "stride": "the stride is {default}, not the size of the window",
    "count_include_pad": "padded zeros count in the mean",
    "approximate": "GELU is approximated by tanh",
    "use_bias": "there is a bias",
    "transpose_kernel": "the kernel is not transposed",
    "mode": "the first batch replaces the running statistics, which also normalise in training (mode {default})",
    "is_shifted": "1 is added to the forget gate's bias",
    "has_biases": "there are no biases",
    "axis": "the axis is the last one",
}
# settings that are no argument of the layer: what the port does
BESIDE = {
    "is_unbiased": "the batch's variance times n / (n - 1)",
    "is_shifted": "1 subtracted from the forget gate's bias",
    "has_biases": "`use_query_bias`, `use_key_bias`, `use_value_bias` and `use_output_bias` True",
}

Row = dict[str, Any]


def judged(pair: Pair, settings: Mapping[str, Any], allow: Sequence[str] = ()) -> parity.Report:
    """Return the report on a layer with some settings."""
    torch.manual_seed(0)
    module = eval(pair.torch, {"nn": nn})
    module.train(pair.is_training)
    function, params = pair.port(**settings)
    reference = _SelfAttention(module) if isinstance(module, nn.MultiheadAttention) else module
    with jax.enable_x64(False):
        return parity.module(
            reference,
            function,
            _renamed(params, reference is not module),
            *pair.inputs,
            levels=LEVELS,
            dtypes=["float32"],
            examples=EXAMPLES,
            seed=0,
            allow=allow,
        )


class _SelfAttention(nn.Module):
    """Attention of a sequence to itself, without the weights as a second result."""

    def __init__(self, attention: nn.Module) -> None:
        super().__init__()
        self.attention = attention

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.attention(x, x, x, need_weights=False)[0]


def _renamed(params: Any, is_wrapped: bool) -> Any:
    """Return a conversion that is given the names of the wrapped module."""
    if not is_wrapped:
        return params
    return lambda state: params({name.removeprefix("attention."): item for name, item in state.items()})


def choices(pair: Pair) -> Iterator[dict[str, Any]]:
    """Yield the settings to try: the defaults, and then more and more other values."""
    options = [[(name, value) for value in values] for name, values in pair.settings.items()]
    for count in range(len(options) + 1):
        for names in itertools.combinations(options, count):
            yield from map(dict, itertools.product(*names))


def found(pair: Pair) -> Row:
    """Return what the engine finds for a layer: with its defaults, and with the fewest other settings that agree."""
    first = judged(pair, {})
    others = ((item, judged(pair, item)) for item in choices(pair) if item and not first.ok)
    settings, last = ({}, first) if first.ok else next((each for each in others if each[1].ok), (None, first))
    return {
        "layer": pair.layer,
        "torch": pair.torch,
        "mode": "training" if pair.is_training else "",
        "answer": first.answer,
        "differs": differences(first),
        "parameters": last.parameters,
        "settings": None if settings is None else {name: shown(value) for name, value in settings.items()},
        "is_kink": settings is None and judged(pair, {}, ["kinks"]).ok,
        **reasons(pair, settings),
    }


def reasons(pair: Pair, settings: Iterable[str] | None) -> Row:
    """Return what the table says of a difference: the layer's defaults, or the reason without a setting."""
    return {
        "why": pair.why if settings is None else "",
        "defaults": {name: shown(pair.default(name)) for name in settings or ()},
    }


def shown(value: Any) -> str:
    """Return a setting's value as code."""
    return f"{value:.4g}" if isinstance(value, float) else repr(value)


def differences(report: parity.Report) -> list[str]:
    """Return the results and gradients that differ, with the largest relative error of each level."""
    return [
        f"{'gradient' if level == 'vjp' else level} of {_leaves(report, level)}{_error(report, level)}"
        for level in LEVELS
        if level in report.levels and report.levels[level].failures
    ]


def _leaves(report: parity.Report, level: str) -> str:
    names = [name for name, leaf in report.levels[level].leaves.items() if leaf.failures]
    short = [name.rpartition("['")[2].removesuffix("']") if "['" in name else name for name in names]
    is_only = "result[1]" not in short  # else a pair of statistics, which have names
    return ", ".join("the result" if is_only and name in ("", "result[0]") else name for name in short) or "the result"


def _error(report: parity.Report, level: str) -> str:
    failures = [item for item in report.failures if item.level == level]
    errors = [_relative(item.candidate, item.reference) for item in failures]
    known = [error for error in errors if error is not None]
    if failures and not known:
        return ": another shape"
    return f" ({max(known):.1g})" if known else ""


def _relative(ours: Any, theirs: Any) -> float | None:
    if ours is None or theirs is None or np.shape(ours) != np.shape(theirs):
        return None
    kept = np.isfinite(ours) & np.isfinite(theirs)
    largest = np.abs(theirs[kept]).max(initial=0.0)
    return float(np.abs(ours[kept] - theirs[kept]).max(initial=0.0) / largest) if largest else None


def pairs() -> dict[str, list[Pair]]:
    """Return the pairs of each library. The libraries must be installed."""
    return {name: importlib.import_module(f".layer_pairs.{name}", "docs").PAIRS for name in LIBRARIES}


def stored() -> dict[str, Any]:
    """Return the stored rows."""
    return json.loads(DATA.read_text("utf-8"))


# The page


def page(data: Mapping[str, Any]) -> str:
    """Return the page for the stored rows."""
    rows = [row for library in data["libraries"].values() for row in library]
    agree = sum(row["answer"] == "agrees" for row in rows)
    kinks = sum(row["is_kink"] for row in rows)
    mended = sum(row["answer"] != "agrees" and row["settings"] is not None for row in rows)
    versions = ", ".join(f"{name} {version}" for name, version in data["versions"].items())
    never = len(rows) - agree - mended - kinks
    head = HEAD.format(count=len(rows), agree=agree, mended=mended, kinks=kinks, never=never, versions=versions)
    return head + "".join(
        f"\n## {LIBRARIES[name][0]}\n\n{_table(items)}\n" for name, items in data["libraries"].items()
    )


def _table(rows: Iterable[Row]) -> str:
    lines = [HEADS, ["---"] * len(HEADS), *map(cells, rows)]
    return "\n".join(f"| {' | '.join(item.replace('|', chr(92) + '|') for item in line)} |" for line in lines)


def cells(row: Row) -> Sequence[str]:
    """Return a row of the table."""
    mode = " (training)" if row["mode"] else ""
    why = row["why"] or "; ".join(WHY[name].format(default=row["defaults"][name]) for name in row["settings"] or ())
    name, comma, rest = row["layer"].partition(",")
    layer = f"`{name}`{comma}{rest}{mode}"
    return (layer, f"`{row['torch']}`", row["answer"], "; ".join(row["differs"]), why, _settings(row))


def _settings(row: Row) -> str:
    if row["answer"] == "agrees":
        return "the defaults"
    if row["settings"] is None:
        return "all, except at the kink" if row["is_kink"] else "none found"
    return ", ".join(BESIDE.get(name, f"`{name}={value}`") for name, value in row["settings"].items())


def written(data: Mapping[str, Any]) -> str:
    """Return the data as it stands in its file."""
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """Judge the layers, and write both files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="LAYER", help="layers to judge again (all)")
    parser.add_argument("--page", action="store_true", help="write the page alone")
    arguments = parser.parse_args()
    if not arguments.page:
        _judge_all(arguments.names)
    PAGE.write_text(page(stored()), "utf-8")


def _judge_all(names: Sequence[str]) -> None:
    before = stored()["libraries"] if DATA.exists() else {}
    packages = ("jax", "torch", *dict.fromkeys(package for _, package in LIBRARIES.values()))
    versions = {name: metadata.version(name).partition("+")[0] for name in packages}
    libraries: dict[str, list[Row]] = {}
    for library, items in pairs().items():
        known = {(row["layer"], row["torch"], row["mode"]): row for row in before.get(library, [])}
        rows = libraries.setdefault(library, [])
        for pair in items:
            key = (pair.layer, pair.torch, "training" if pair.is_training else "")
            is_kept = names and key in known and not any(pair.layer.startswith(name) for name in names)
            row = known[key] if is_kept else found(pair)
            rows.append({**row, **reasons(pair, row["settings"])})
            DATA.write_text(written({"versions": versions, "libraries": before | libraries}), "utf-8")
            print(library, pair.layer, rows[-1]["answer"], rows[-1]["settings"], flush=True)
    DATA.write_text(written({"versions": versions, "libraries": libraries}), "utf-8")


if __name__ == "__main__":
    main()
