"""The commands as data: help texts and options. Nothing heavy is imported, so `jaxfun --help` is quick."""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple


class Command(NamedTuple):
    """A command: its line in the list of commands, its help page, and the function that adds its options."""

    summary: str
    description: str
    examples: str
    add_options: Callable[[argparse.ArgumentParser], None]


_TOUR_DESCRIPTION = """Run the tutorial's steps in JAX beside PyTorch, compare the results, and draw the pictures.

The exit code is 1 if a line differs unexpectedly. Without PyTorch nothing is compared, and the tour says so."""
_FIT_DESCRIPTION = """Fit a linear model to a table's columns: mean squared error, full-batch gradient descent.

By default columns are standardised (mean 0, standard deviation 1), so that one learning rate suits all units. The
coefficients are printed in the table's own units. With --no-standardize the numbers are used unchanged."""
_FIT_EXAMPLES = """examples:
  jaxfun fit houses.csv --target price
  jaxfun fit houses.parquet --target price --features area,rooms --lr 0.05 --epochs 5000
  jaxfun fit houses.csv --target price --plot fit.png --save model.npz

to use a saved model:
  model = numpy.load("model.npz")
  y = X @ model["W"] + model["b"]                 the columns of X in the order of model["features"]
"""
_PARITY_DESCRIPTION = """Check that a JAX function is a correct port of a PyTorch function, on generated inputs.

The check compares value, gradient, forward mode and second derivative, also under jit and vmap. Inputs include ties,
kinks, NaN, infinity, 0-dim and empty tensors. Write a function as module:function. Your own modules are found in the
current folder: define there what neither library has, such as a layer with its weights or a function with options."""
_PARITY_EXAMPLES = """examples:
  jaxfun parity jax.nn:gelu torch.nn.functional:gelu
  jaxfun parity mymodule:layer_norm mymodule:torch_layer_norm --shape "batch 8; 8; 8" --html report.html
  jaxfun parity jax.numpy:exp torch:exp --dtypes float16,bfloat16 --levels value,vjp
  jaxfun parity jax.numpy:abs torch:abs --allow kinks

shapes: one per tensor, separated by semicolons. A name is a size that varies, equal wherever it occurs; a number is a
  fixed size; "" is a 0-dim tensor. To describe labels, masks or special matrices, use parity.check in Python: see
  docs/parity.md.

exit code:
  0  agrees      no mismatch, and every level was compared; edges (mismatches outside of ordinary use) are listed
  1  differs     the report shows the smallest failing input that was found, with a script that reproduces it
  3  not shown   something was not compared; the report says what, and which inputs to give
  2              a mistake in the call: one line on stderr explains it
"""
_DIFFERENCES_DESCRIPTION = """Show where the nearest JAX counterpart of a torch function deviates from PyTorch.

For each sort of deviation: the smallest input that the parity engine found, and the answers of JAX, PyTorch and jaxfun.
PyTorch is not needed: the answers are stored in jaxfun. docs/differences.md shows all of them on one page."""
_DIFFERENCES_EXAMPLES = """examples:
  jaxfun differences                              list all functions, one per line
  jaxfun differences std                          show one function, by its torch or JAX name (jnp.std)
"""


_PORT_DESCRIPTION = """Convert a PyTorch module to a pure JAX function, prove it, and write it: a directory, or source.

The proof compares each call alone, then the whole model, with PyTorch. In Python it is jaxfun.from_torch, and
jaxfun.load_port reads the directory where PyTorch is not installed."""
_PORT_EXAMPLES = """examples:
  jaxfun port torchvision.models:resnet18 --inputs "float32[batch,3,224,224]" --out resnet18
  jaxfun port mymodule:make --inputs "float32[batch,8]" --out model.py
  jaxfun port mymodule:make --inputs "int64[batch,length:16]<99; mask=bool[batch,length]" --out gpt --html proof.html

inputs: one per tensor, separated by semicolons, as they are passed; name= is a keyword. A number is a fixed size, a
  name a size that may change, name:number such a size with its value in the example. <99 bounds integers (<2).

exit code:
  0  the port agrees with the module
  1  it differs: the proof names the first call that does
  2  a mistake in the call, or a module that cannot be converted
"""
_CHECK_DESCRIPTION = """Check a saved port against the results of PyTorch that were written with it.

PyTorch is not needed: for a test of your own after a new jax, on a new machine, or after an edit of the plan. The exit
code is 1 if a result, a gradient or the value of a call is further off than rounding explains."""
_CHECK_EXAMPLES = """examples:
  jaxfun check resnet18
"""


def _above_0(kind: type, name: str) -> Any:
    """Return an argument type of argparse: a number above 0. argparse shows `name` in its message."""

    def convert(text: str) -> object:
        number = kind(text)
        if not 0 < number < float("inf"):
            raise argparse.ArgumentTypeError(f"{text} is not above 0")
        return number

    convert.__name__ = name
    return convert


_NUMBER, _INTEGER = _above_0(float, "number"), _above_0(int, "integer")


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",")]


def _tour(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--output", type=Path, default=Path("tour"), metavar="DIR", help="folder for the pictures (tour)")


def _fit(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("file", type=Path, metavar="FILE", help="a CSV or Parquet file with a header")
    add("--target", required=True, metavar="COLUMN", help="the column to predict")
    add("--features", default="", metavar="A,B", help="the columns to predict it from (all others)")
    add("--lr", type=_NUMBER, default=0.1, help="the learning rate (%(default)s)")
    add("--epochs", type=_INTEGER, default=20_000, help="number of steps (%(default)s)")
    add("--standardize", action=argparse.BooleanOptionalAction, default=True, help="scale the columns")
    add("--plot", type=Path, metavar="FILE", help="draw the fit and its loss (.png, .svg, .pdf)")
    add("--save", type=Path, metavar="FILE", help="save the model (.npz)")


_ALLOW = "permitted mismatches: some of kinks,ties,NaN,infinity,empty,dtype,errors (none)"


def _parity(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("candidate", metavar="CANDIDATE", help="the JAX function, as module:function")
    add("reference", metavar="REFERENCE", help="the PyTorch function, as module:function")
    add("--shape", metavar="NAMES", help='the tensors\' shapes, such as "batch 8; 8 3" (varied)')
    add("--dtypes", "--dtype", type=_names, metavar="A,B", help="input dtypes (float32,float64)")
    add("--levels", type=_names, metavar="A,B", help="some of value,vjp,jvp,hvp,jit,vmap,errors (all)")
    add("--strict", action="store_true", help="count edges as failures")
    add("--allow", type=_names, default=(), metavar="A,B", help=_ALLOW)
    add("--examples", type=_INTEGER, metavar="N", help="value sets to evaluate (1200)")
    add("--devices", type=_names, metavar="A,B", help="cpu, cuda, or both (cpu)")
    add("--seed", type=int, default=0, metavar="N", help="the same seed gives the same run (0)")
    add("--html", type=Path, metavar="FILE", help="write the report as one HTML file")


def _differences(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("name", nargs="?", metavar="NAME", help="a function, by its torch or JAX name (all)")


def _port(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("module", metavar="MODULE", help="package.module:factory, a function or class that gives the nn.Module")
    add("--inputs", required=True, metavar="TYPES", help='such as "float32[batch,3,224,224]"')
    add("--out", required=True, type=Path, metavar="DIR", help="the directory to write, or a .py file for the source")
    add("--train", action="store_true", help="convert the training mode (evaluation)")
    add("--prove", action=argparse.BooleanOptionalAction, default=True, help="compare with PyTorch")
    add("--remat", type=_names, default=(), metavar="A,B", help="modules to compute anew in the gradient, as layers.*")
    add("--html", type=Path, metavar="FILE", help="write the proof as one HTML file")


def _check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("directory", type=Path, metavar="DIR", help="what Port.save or jaxfun port has written")


# A command's name is also that of its module, whose `run` takes the options by name.
COMMANDS: Mapping[str, Command] = {
    "tour": Command("run the tutorial, step by step", _TOUR_DESCRIPTION, "", _tour),
    "fit": Command("fit one column of a table on others", _FIT_DESCRIPTION, _FIT_EXAMPLES, _fit),
    "parity": Command(
        "check that a JAX function is a correct port of a PyTorch function",
        _PARITY_DESCRIPTION,
        _PARITY_EXAMPLES,
        _parity,
    ),
    "differences": Command(
        "where the nearest JAX function deviates from PyTorch",
        _DIFFERENCES_DESCRIPTION,
        _DIFFERENCES_EXAMPLES,
        _differences,
    ),
    "port": Command("convert a PyTorch module, with proof", _PORT_DESCRIPTION, _PORT_EXAMPLES, _port),
    "check": Command("check a saved port, without PyTorch", _CHECK_DESCRIPTION, _CHECK_EXAMPLES, _check),
}
