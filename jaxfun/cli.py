"""The command line: `jaxfun tour`, `jaxfun fit`, `jaxfun parity` and `jaxfun differences`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from jaxfun import __version__

_DESCRIPTION = "PyTorch's tensors and autograd as pure JAX functions, each one proven against PyTorch."
_EXAMPLES = """examples:
  jaxfun tour                                     run the tutorial, each step in JAX beside PyTorch
  jaxfun fit prices.csv --target price            fit a linear model of one column on all others
  jaxfun parity jax.nn:gelu torch.nn.functional:gelu     check that the first is a correct port of the second
  jaxfun differences std                          show where jnp.std deviates from torch.std
  jaxfun COMMAND --help                           show the options of a command
"""
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


class _Parser(argparse.ArgumentParser):
    """An argument parser that keeps the line breaks of help texts and reports a mistake in one line."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, formatter_class=argparse.RawDescriptionHelpFormatter, **kwargs)

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (try: {self.prog} --help)\n")


def _positive(kind: type, name: str) -> object:
    def convert(text: str) -> object:
        number = kind(text)
        if not 0 < number < float("inf"):
            raise argparse.ArgumentTypeError(f"{text} is not above 0")
        return number

    convert.__name__ = name  # argparse shows this name in its message
    return convert


def _parser() -> argparse.ArgumentParser:
    parser = _Parser("jaxfun", description=_DESCRIPTION, epilog=_EXAMPLES)
    parser.add_argument("--version", action="version", version=f"jaxfun {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_Parser)
    tour = commands.add_parser("tour", help="run the tutorial, step by step", description=_TOUR_DESCRIPTION)
    tour.add_argument("--output", type=Path, default=Path("tour"), metavar="DIR", help="folder for the pictures (tour)")
    fit = commands.add_parser(
        "fit", help="fit one column of a table on others", description=_FIT_DESCRIPTION, epilog=_FIT_EXAMPLES
    )
    fit.add_argument("file", type=Path, metavar="FILE", help="a CSV or Parquet file with a header")
    fit.add_argument("--target", required=True, metavar="COLUMN", help="the column to predict")
    fit.add_argument("--features", default="", metavar="A,B", help="the columns to predict it from (all others)")
    fit.add_argument("--lr", type=_positive(float, "number"), default=0.1, help="the learning rate (%(default)s)")  # type: ignore[arg-type]  # argparse's stub wants a class
    fit.add_argument("--epochs", type=_positive(int, "integer"), default=20_000, help="number of steps (%(default)s)")  # type: ignore[arg-type]  # argparse's stub wants a class
    fit.add_argument("--standardize", action=argparse.BooleanOptionalAction, default=True, help="scale the columns")
    fit.add_argument("--plot", type=Path, metavar="FILE", help="draw the fit and its loss (.png, .svg, .pdf)")
    fit.add_argument("--save", type=Path, metavar="FILE", help="save the model (.npz)")
    _add_parity(commands)
    differences = commands.add_parser(
        "differences",
        help="where the nearest JAX function deviates from PyTorch",
        description=_DIFFERENCES_DESCRIPTION,
        epilog=_DIFFERENCES_EXAMPLES,
    )
    differences.add_argument("name", nargs="?", metavar="NAME", help="a function, by its torch or JAX name (all)")
    return parser


def _add_parity(commands: Any) -> None:
    parity = commands.add_parser(
        "parity",
        help="check that a JAX function is a correct port of a PyTorch function",
        description=_PARITY_DESCRIPTION,
        epilog=_PARITY_EXAMPLES,
    )
    parity.add_argument("candidate", metavar="CANDIDATE", help="the JAX function, as module:function")
    parity.add_argument("reference", metavar="REFERENCE", help="the PyTorch function, as module:function")
    parity.add_argument("--shape", metavar="NAMES", help='the tensors\' shapes, such as "batch 8; 8 3" (varied)')
    parity.add_argument("--dtypes", "--dtype", type=_names, metavar="A,B", help="input dtypes (float32,float64)")
    parity.add_argument("--levels", type=_names, metavar="A,B", help="some of value,vjp,jvp,hvp,jit,vmap,errors (all)")
    parity.add_argument("--strict", action="store_true", help="count edges as failures")
    parity.add_argument(
        "--allow",
        type=_names,
        default=(),
        metavar="A,B",
        help="permitted mismatches: some of kinks,ties,NaN,infinity,empty,dtype,errors (none)",
    )
    parity.add_argument("--examples", type=_positive(int, "integer"), metavar="N", help="value sets to evaluate (1200)")
    parity.add_argument("--devices", type=_names, metavar="A,B", help="cpu, cuda, or both (cpu)")
    parity.add_argument("--seed", type=int, default=0, metavar="N", help="the same seed gives the same run (0)")
    parity.add_argument("--html", type=Path, metavar="FILE", help="write the report as one HTML file")


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",")]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code: 0, 1 for a mismatch (tour, parity), 2 for a wrong call."""
    arguments = vars(_parser().parse_args(argv))
    command = arguments.pop("command")
    try:
        return _COMMANDS[command](**arguments)
    except (ArithmeticError, ValueError, OSError, ImportError) as error:
        print(f"jaxfun {command}: {_one_line(error)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt as error:
        print(f"\njaxfun {command}: {error or 'stopped'}", file=sys.stderr)
        return 130


def _one_line(error: BaseException) -> str:
    if isinstance(error, ModuleNotFoundError):
        package = (error.name or "").partition(".")[0]
        extra = {"pyarrow": "data", "matplotlib": "plot", "rich": "parity"}.get(package, "all")
        return f"{package} is not installed: pip install 'jaxfun[{extra}]'"
    return " ".join(str(error).split())


def _tour(output: Path) -> int:
    from . import tour

    return tour.run(output)


def _fit(**options: object) -> int:
    from . import fit_command

    return fit_command.run(**options)  # type: ignore[arg-type]  # argparse has checked their types


def _parity(**options: object) -> int:
    from . import parity_command

    return parity_command.run(**options)  # type: ignore[arg-type]  # argparse has checked their types


def _differences(name: str | None) -> int:
    from . import differences_command

    return differences_command.run(name)


_COMMANDS = {"tour": _tour, "fit": _fit, "parity": _parity, "differences": _differences}
