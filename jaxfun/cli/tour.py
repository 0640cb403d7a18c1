"""The command `jaxfun tour`: run the tutorial step by step in JAX beside PyTorch, and print what was run."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import jax
import numpy as np
from rich.console import Console
from rich.text import Text

import jaxfun as jf

from .. import regression
from .tour_steps import NEXT, STEPS, Row, Step

TICK, CROSS, DIFFERS, ALONE = "[green]✓[/]", "[bold red]✗[/]", "[yellow]≠[/]", "[dim]·[/]"
EPOCHS, LR = 2500, 0.005


class Answer(NamedTuple):
    """The result of a line on one side: its value, or the error it raised."""

    value: Any
    error: Exception | None = None


def run(output: Path) -> int:
    """Run the tour, write its pictures into `output`, and return 1 if the two sides differ unexpectedly.

    Raises: OSError for a folder that cannot be written.
    """
    console = Console()
    torch = _torch()
    with jax.enable_x64(True), np.printoptions(precision=4, suppress=True):
        crosses = sum(_show(console, step, *_namespaces(torch)) for step in STEPS)
        X, y, fit, more = _regression(console, torch)
        crosses += more + _show(console, NEXT, *_namespaces(torch))
        _draw(console, X, y, fit, output)
    if torch is None:
        console.print("\nPyTorch is not installed, so nothing was compared: pip install torch, and run the tour again.")
    verdict = (
        f"[bold red]{crosses} lines differ unexpectedly[/]" if crosses else "[green]no line differs unexpectedly[/]"
    )
    console.print(f"\n{verdict}" if torch else "")
    return int(crosses > 0)


def _torch() -> Any:
    try:
        import torch
    except ImportError:
        return None
    return torch


def _namespaces(torch: Any) -> tuple[dict[str, Any], dict[str, Any] | None]:
    shared = {"np": np, "tape": tape}
    return shared | {"jf": jf, "jax": jax}, None if torch is None else shared | {"torch": torch}


def tape(root: Any) -> str:
    """Return the names of a graph's nodes, depth first. It takes torch's `grad_fn` and jaxfun's nodes alike."""
    name = root.name if isinstance(root.name, str) else root.name().rpartition("::")[2]
    children = [tape(child) for child, _ in root.next_functions if child is not None]
    if not children:
        return name
    return f"{name} ← {children[0]}" if len(children) == 1 else f"{name} ← ({', '.join(children)})"


def _show(console: Console, step: Step, ours: dict[str, Any], theirs: dict[str, Any] | None) -> int:
    """Print one step, and return how many of its lines differ unexpectedly."""
    console.print(f"\n[bold]{step.title}[/]")
    console.print(step.sentence, style="dim")
    exec(step.setup[1], ours)
    if theirs is not None:
        exec(step.setup[0], theirs)
    crosses = 0
    for row in step.rows:
        mine = _answer(row.ours, ours)
        other = None if theirs is None else _answer(row.theirs, theirs)
        crosses += _show_row(console, row, mine, other)
    return crosses


def _answer(source: str, names: dict[str, Any]) -> Answer:
    try:
        return Answer(eval(source, names))
    except Exception as error:  # an error is an answer too
        return Answer(None, error)


def _show_row(console: Console, row: Row, mine: Answer, other: Answer | None) -> int:
    same = other is not None and mine.error is None and other.error is None and agree(mine.value, other.value)
    mark = ALONE if other is None else TICK if same else DIFFERS if row.why else CROSS
    if other is not None:
        console.print(*_line(mark, "PyTorch", row.theirs, other), sep="", soft_wrap=True, highlight=False)
    console.print(*_line(" " if other else mark, "jaxfun ", row.ours, mine), sep="", soft_wrap=True, highlight=False)
    if row.why and not same:
        console.print(f"             [yellow]{row.why}[/]", soft_wrap=True)
    return int(mark == CROSS)


def _line(mark: str, side: str, source: str, answer: Answer) -> tuple[Any, ...]:
    shown = repr(answer.error) if answer.error else _shown(answer.value)
    return (
        Text.from_markup(f"  {mark} "),
        Text(f"{side}  ", style="dim"),
        Text(f"{source:<46} "),
        Text(shown, style="cyan"),
    )


def _shown(value: Any) -> str:
    if not _is_array(value):
        return f"({', '.join(map(_shown, value))})" if type(value) is tuple else str(value)
    array = _numpy(value)
    # rounded in float64: a rounded float32 has more digits as a Python number
    wide = array.astype(np.float64) if np.issubdtype(array.dtype, np.floating) else array
    return f"{np.round(wide, 4).tolist()} {str(value.dtype).removeprefix('torch.')}"


def _is_array(value: Any) -> bool:
    return hasattr(value, "dtype") and hasattr(value, "shape")


def _numpy(value: Any) -> np.ndarray:
    return np.asarray(value.detach() if hasattr(value, "detach") else value)


def agree(ours: Any, theirs: Any) -> bool:
    """Return whether two answers are equal: numbers to a few ULP; shapes, dtypes and names exactly."""
    if isinstance(ours, (tuple, list)):
        return len(ours) == len(theirs) and all(map(agree, ours, theirs))
    if not _is_array(ours):
        return str(ours).rpartition(".")[2] == str(theirs).rpartition(".")[2]
    left, right = _numpy(ours), _numpy(theirs)
    if left.dtype != right.dtype or left.shape != right.shape:
        return False
    few = 16 * float(np.finfo(left.dtype).eps) if np.issubdtype(left.dtype, np.inexact) else 0.0
    # a few ULP: the libraries sum in different orders; also an absolute tolerance, for a sum near 0
    return bool(np.allclose(left, right, rtol=few, atol=few, equal_nan=True))


# Step 8


def _regression(console: Console, torch: Any) -> tuple[jax.Array, jax.Array, regression.Fit, int]:
    """Show step 8, and return its data, the fit and how many of its numbers differ unexpectedly."""
    console.print("\n[bold]8  Linear regression, trained by hand[/]")
    console.print("30 points near y = 2 X + 1; 2500 epochs: predict, squared error, backward, step.", style="dim")
    X, y = regression.make_data(jax.random.key(0), 30)
    start = regression.init(1)
    first, fit = _timed(lambda: regression.fit(start, X, y, lr=LR, epochs=EPOCHS))
    warm = min(_timed(lambda: regression.fit(start, X, y, lr=LR, epochs=EPOCHS))[0] for _ in range(20))
    crosses = 0
    if torch is None:
        console.print(f"  {ALONE} W {float(fit.params['W'][0, 0]):.6f}   b {float(fit.params['b'][0]):.6f}")
        console.print(f"\n2500 epochs   jaxfun, first call {first * 1e3:,.0f} ms   warm {warm * 1e3:,.2f} ms")
    else:
        zeros = np.zeros((1, 1), np.float32), np.zeros(1, np.float32)
        eager, theirs = _timed(lambda: torchs_loop(torch, *zeros, np.asarray(X), np.asarray(y), LR, EPOCHS))
        crosses = _compare_fits(console, fit, theirs)
        console.print(f"\n2500 epochs   PyTorch, eager      {eager * 1e3:9,.1f} ms")
        console.print(f"              jaxfun, first call  {first * 1e3:9,.1f} ms   (compilation included)")
        console.print(
            f"              jaxfun, warm        {warm * 1e3:9,.2f} ms   [bold]{eager / warm:,.0f} times faster[/]"
        )
    return X, y, fit, crosses


def _timed(call: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    result = jax.block_until_ready(call())
    return time.perf_counter() - began, result


def torchs_loop(
    torch: Any, W: np.ndarray, b: np.ndarray, X: np.ndarray, y: np.ndarray, lr: float, epochs: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Train like the tutorial's PyTorch loop, and return W, b and every epoch's loss."""
    weights, bias = torch.tensor(W, requires_grad=True), torch.tensor(b, requires_grad=True)
    inputs, targets, losses = torch.tensor(X), torch.tensor(y), []
    for _ in range(epochs):
        loss = torch.nn.functional.mse_loss(torch.matmul(inputs, weights) + bias, targets)
        loss.backward()
        weights.data -= lr * weights.grad
        bias.data -= lr * bias.grad
        weights.grad.zero_()
        bias.grad.zero_()
        losses.append(loss.item())
    return weights.detach().numpy(), bias.detach().numpy(), np.array(losses)


def _compare_fits(console: Console, fit: regression.Fit, theirs: tuple[np.ndarray, np.ndarray, np.ndarray]) -> int:
    """Print both fits, and return how many of W, b and the losses differ by more than rounding."""
    W, b, losses = theirs
    crosses = 0
    for name, mine, other in (("W", fit.params["W"], W), ("b", fit.params["b"], b), ("losses", fit.losses, losses)):
        gap = float(np.abs(np.asarray(mine) - other).max())
        near = gap <= 64 * float(np.finfo(np.float32).eps) * max(float(np.abs(other).max()), 1)
        crosses += not near
        shown = (
            "every epoch" if name == "losses" else f"{float(np.ravel(other)[0]):.6f} and {float(np.ravel(mine)[0]):.6f}"
        )
        console.print(f"  {TICK if near else CROSS} {name:<7}{shown:<26} largest deviation {gap:.1e}")
    return crosses


# Pictures


def _draw(console: Console, X: Any, y: Any, fit: regression.Fit, output: Path) -> None:
    output.mkdir(parents=True, exist_ok=True)
    v = jf.Variable(jf.ones(1, 2))
    pictures = {output / "graph.svg": "the graph of step 6"}
    (output / "graph.svg").write_text(jf.autograd.graph(lambda v: jf.sum(v**2))(v).to_svg())
    try:
        regression.plot_data(X, y, output / "data.png")
        regression.plot(X, y, fit, output / "fit.png")
        pictures |= {output / "data.png": "the data of step 8", output / "fit.png": "the fitted line and the loss"}
    except ModuleNotFoundError:
        console.print("\nmatplotlib is not installed: the data, the line and the loss were not drawn.")
    console.print("\nPictures")
    for path, what in pictures.items():
        console.print(f"  {path}   [dim]{what}[/]", soft_wrap=True, highlight=False)
