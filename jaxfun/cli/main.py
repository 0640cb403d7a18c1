"""The entry point of the command line: reads the call, loads the command's module, and runs it."""

import argparse
import importlib
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from jaxfun import __version__

from .commands import COMMANDS

_DESCRIPTION = "PyTorch's tensors and autograd as pure JAX functions, each one proven against PyTorch."
_EXAMPLES = """examples:
  jaxfun tour                                     run the tutorial, each step in JAX beside PyTorch
  jaxfun fit prices.csv --target price            fit a linear model of one column on all others
  jaxfun parity jax.nn:gelu torch.nn.functional:gelu     check that the first is a correct port of the second
  jaxfun differences std                          show where jnp.std deviates from torch.std
  jaxfun port torchvision.models:resnet18 --inputs "float32[batch,3,224,224]" --out resnet18     convert a module
  jaxfun check resnet18                           check the converted one, without PyTorch
  jaxfun COMMAND --help                           show the options of a command
"""


class _Parser(argparse.ArgumentParser):
    """An argument parser that keeps the line breaks of help texts and reports a mistake in one line."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, formatter_class=argparse.RawDescriptionHelpFormatter, **kwargs)

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (try: {self.prog} --help)\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser("jaxfun", description=_DESCRIPTION, epilog=_EXAMPLES)
    parser.add_argument("--version", action="version", version=f"jaxfun {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_Parser)
    for name, each in COMMANDS.items():
        added = commands.add_parser(name, help=each.summary, description=each.description, epilog=each.examples)
        each.add_options(added)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code: 0, 1 for a mismatch (tour, parity), 2 for a wrong call."""
    options = vars(_parser().parse_args(argv))
    command = options.pop("command")
    try:
        return importlib.import_module(f".{command}", __package__).run(**options)
    except (ArithmeticError, ValueError, OSError, ImportError) as error:
        print(f"jaxfun {command}: {_one_line(error)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt as error:
        print(f"\njaxfun {command}: {error or 'stopped'}", file=sys.stderr)
        return 130


def _one_line(error: BaseException) -> str:
    if isinstance(error, ModuleNotFoundError):
        package = (error.name or "").partition(".")[0]
        extra = {
            "pyarrow": "data",
            "matplotlib": "plot",
            "rich": "parity",
            "safetensors": "port",
            "flatbuffers": "port",
        }.get(package, "all")
        return f"{package} is not installed: pip install 'jaxfun[{extra}]'"
    return " ".join(str(error).split())
