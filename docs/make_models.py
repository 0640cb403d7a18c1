"""Write `docs/flax_equinox_haiku.md`: a model in each library, judged, with what it printed.

`python -m docs.make_models` runs the scripts of `docs/layer_models`, in some minutes, and keeps what they print in
`docs/data/models.json`; with `--page` it writes the page alone. It needs the dependency group `layers`.
"""

import argparse
import ast
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

HERE = Path(__file__).parent
SCRIPTS = HERE / "layer_models"
DATA = HERE / "data" / "models.json"
PAGE = HERE / "flax_equinox_haiku.md"
TITLES = {"flax_nnx": "flax.nnx", "flax_linen": "flax.linen", "equinox_": "Equinox", "haiku_": "Haiku"}

HEAD = """# Checking a model of Flax, Equinox or Haiku

[`parity.module`](parity.md#modules) takes the parameters of a model as the library makes them: an `nnx.Module`, the
variables of `init`, an Equinox model. No conversion of PyTorch's `state_dict` is needed, and the initial values of the
parameters do not matter.

- It finds for each parameter of the model its tensor of the `state_dict`, and how the tensor is transposed, reshaped
  or reversed. `report.parameters` has this conversion as code. It is the code that you need to load PyTorch's weights.
- Layers correspond by their names. Layers with other names correspond by the shapes of their parameters and by their
  order. If several layouts are possible (a square matrix), it runs the model to choose one.
- If the model already has PyTorch's weights, the values decide. So a weight that was loaded in a wrong layout is
  found.
- If it finds no conversion, it raises an error. Then give a function from the `state_dict` to the pytree as `params`.
  That is the way for parameters that must be computed, such as the sum of an LSTM's two biases.
- The running statistics of batch normalisation are compared if the function returns them: `(result, statistics)`. With
  flax.linen, `functools.partial(model.apply, mutable=["batch_stats"])` is such a function.

[A table](layers.md) shows which layers agree with PyTorch's, and with which settings.

The examples compare this model with a port to each library:

```python
{original}
```
"""


def sections(printed: Mapping[str, str]) -> str:
    """Return a section for each script: its text, its code and what it printed."""
    return "".join(
        f"\n## {title}\n\n{text}\n\n```python\n{code}\n```\n\n```text\n{printed[name]}\n```\n"
        for name, title in TITLES.items()
        for text, code in [parts(name)]
    )


def parts(name: str) -> tuple[str, str]:
    """Return the docstring and the code of a script."""
    source = (SCRIPTS / f"{name}.py").read_text("utf-8")
    text, *_ = ast.parse(source).body
    code = "\n".join(source.splitlines()[text.end_lineno or 0 :]).strip()
    return (ast.get_docstring(ast.parse(source)) or ""), code


def page(printed: Mapping[str, str]) -> str:
    """Return the page."""
    return HEAD.format(original=parts("original")[1]) + sections(printed)


def run(name: str) -> str:
    """Return what a script prints."""
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent), "JAX_PLATFORMS": "cpu"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", f"{name}.py"],
        cwd=SCRIPTS,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def stored() -> dict[str, str]:
    """Return what the scripts printed."""
    return json.loads(DATA.read_text("utf-8"))


def main() -> None:
    """Run the scripts, and write both files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--page", action="store_true", help="write the page alone")
    if not parser.parse_args().page:
        DATA.write_text(json.dumps({name: run(name) for name in TITLES}, indent=1) + "\n", "utf-8")
    PAGE.write_text(page(stored()), "utf-8")


if __name__ == "__main__":
    main()
