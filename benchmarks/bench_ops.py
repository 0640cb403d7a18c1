"""An op beside jnp written by hand with the same semantics: its optimised HLO, and what an eager call costs.

Targets: the same HLO, and at most 1.5 times the eager call of jnp's own function.
"""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from measure import holds, seconds_in_turn, show

import jaxfun as jf

ROUNDS, REPEATS = 25, 300
TARGET = 1.5

X = jax.random.normal(jax.random.key(0), (8, 8))
Y, V, MASK, INTEGERS = X + 1, X[0], X > 0, (X * 8).astype(jnp.int32)
mean_square = jf.nn.functional.mse_loss
full_matmul = jax.tree_util.Partial(jnp.matmul, precision="highest")  # torch's float32 is full float32


class Pair(NamedTuple):
    """An op and what one would write by hand; `jnps` is jnp's nearest call, where that has other semantics."""

    op: Callable[..., Any]
    by_hand: Callable[..., Any]
    args: tuple[Any, ...]
    jnps: Callable[..., Any] | None = None


PAIRS = {
    "add": Pair(jf.add, jnp.add, (X, Y)),
    "add, broadcast": Pair(jf.add, jnp.add, (X, V)),
    "add, a number": Pair(lambda x: jf.add(x, 2.0), lambda x: jnp.add(x, 2.0), (X,)),
    "mul": Pair(jf.mul, jnp.multiply, (X, Y)),
    "div": Pair(jf.div, jnp.divide, (X, Y)),
    "div, integers": Pair(jf.div, lambda x, y: x.astype(jnp.float32) / y.astype(jnp.float32), (INTEGERS, INTEGERS)),
    "pow, 2": Pair(lambda x: jf.pow(x, 2), lambda x: x * x, (X,), lambda x: jnp.power(x, 2)),
    "exp": Pair(jf.exp, jnp.exp, (X,)),
    "abs": Pair(jf.abs, jnp.abs, (X,)),
    "sqrt": Pair(jf.sqrt, jnp.sqrt, (X,)),
    "maximum": Pair(jf.maximum, jnp.maximum, (X, Y)),
    "eq": Pair(jf.eq, jnp.equal, (X, Y)),
    "clamp": Pair(
        lambda x: jf.clamp(x, -1.0, 1.0),
        lambda x: jnp.minimum(jnp.maximum(x, -1.0), 1.0),
        (X,),
        lambda x: jnp.clip(x, -1.0, 1.0),
    ),
    "where": Pair(jf.where, jnp.where, (MASK, X, Y)),
    "sum": Pair(jf.sum, jnp.sum, (X,)),
    "sum, dim": Pair(lambda x: jf.sum(x, 1), lambda x: jnp.sum(x, 1), (X,)),
    "mean": Pair(lambda x: jf.mean(x, 0), lambda x: jnp.mean(x, 0), (X,)),
    "prod": Pair(lambda x: jf.prod(x, 0), lambda x: jnp.prod(x, 0), (X,)),
    "std": Pair(lambda x: jf.std(x, 0), lambda x: jnp.std(x, 0, ddof=1), (X,)),
    "var": Pair(lambda x: jf.var(x, 0), lambda x: jnp.var(x, 0, ddof=1), (X,)),
    "amax": Pair(lambda x: jf.amax(x, 1), lambda x: jnp.max(x, 1), (X,)),
    "argmax": Pair(lambda x: jf.argmax(x, 1), lambda x: jnp.argmax(x, 1), (X,)),
    "matmul": Pair(jf.matmul, full_matmul, (X, Y), jnp.matmul),
    "mv": Pair(jf.mv, full_matmul, (X, V), jnp.matmul),
    "dot": Pair(jf.dot, jax.tree_util.Partial(jnp.dot, precision="highest"), (V, V), jnp.dot),
    "linear": Pair(
        jf.nn.functional.linear,
        lambda x, w, b: full_matmul(x, w.T) + b,
        (X, Y, V),
        lambda x, w, b: jnp.add(jnp.matmul(x, jnp.transpose(w)), b),
    ),
    "mse_loss": Pair(
        mean_square,
        lambda x, y: jnp.mean((x - y) * (x - y)),
        (X, Y),
        lambda x, y: jnp.mean(jnp.square(jnp.subtract(x, y))),
    ),
    "relu": Pair(jf.nn.functional.relu, lambda x: jnp.where(x <= 0, 0, x), (X,), jax.nn.relu),
    "cat": Pair(lambda x, y: jf.cat((x, y), 1), lambda x, y: jnp.concatenate((x, y), 1), (X, Y)),
    "stack": Pair(lambda x, y: jf.stack((x, y)), lambda x, y: jnp.stack((x, y)), (X, Y)),
    "reshape": Pair(lambda x: jf.reshape(x, (4, 16)), lambda x: jnp.reshape(x, (4, 16)), (X,)),
    "t": Pair(jf.t, jnp.transpose, (X,)),
    "getitem": Pair(lambda x: jf.getitem(x, (0, slice(1, 3))), lambda x: x[0, 1:3], (X,)),
}

_METADATA = re.compile(r", metadata=\{[^}]*\}|(FileNames|FunctionNames|FileLocations|StackFrames)\n(.+\n)*")
_NAME = re.compile(r"HloModule \S+|%?[A-Za-z_][\w.-]*\.\d+|%[\w.-]+")


def optimised(function: Callable[..., Any], args: tuple[Any, ...]) -> str:
    """The optimised HLO, with instructions numbered as they come in place of their names."""
    text = _METADATA.sub("", jax.jit(function).lower(*args).compile().as_text())
    numbers: dict[str, str] = {}
    return _NAME.sub(lambda found: numbers.setdefault(found.group().lstrip("%"), f"i{len(numbers)}"), text)


def row(name: str, pair: Pair) -> tuple[str, ...]:
    """The line of one op in the table."""
    ours, by_hand = (optimised(function, pair.args) for function in (pair.op, pair.by_hand))
    calls = [lambda: pair.op(*pair.args), lambda: (pair.jnps or pair.by_hand)(*pair.args)]
    seconds_in_turn(calls, 1)  # compiles
    eager, plain = map(min, seconds_in_turn(calls, ROUNDS, REPEATS))
    same = "[green]✓[/]" if ours == by_hand else "[red]✗[/]"
    ratio = eager / plain
    return (name, same, f"{eager * 1e6:.1f}", f"{plain * 1e6:.1f}", f"{ratio:.2f}", holds(ratio, TARGET))


def main() -> None:
    show(
        f"8 x 8, float32: the same HLO under jit, and an eager call (target: at most {TARGET} x)",
        ("", "same HLO", "eager µs", "jnp µs", "x jnp", ""),
        [row(name, pair) for name, pair in PAIRS.items()],
    )


if __name__ == "__main__":
    main()
