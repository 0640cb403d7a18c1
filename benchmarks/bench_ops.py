"""jaxfun's ops beside the same in jax.numpy: the code that XLA makes of them under jit, and the eager call."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from _hlo import instructions
from _measure import holds, in_turn, show

import jaxfun as jf

TARGET, ROUNDS, TIMES = 1.5, 60, 200
ABOUT_CODE = (
    "The optimised HLO under jit, whatever its names, metadata and schedule, and its count of instructions: jaxfun's\n"
    "beside that of jax.numpy. Target: equal. The gradient's, where both have the same derivative everywhere."
)
ABOUT_CALLS = (
    f"The eager call on 8 x 8, compiled: the least mean of {TIMES} calls in a row, of {ROUNDS} rounds in turn.\n"
    f"Target: jaxfun at most {TARGET} x jax.numpy. `jitted` is jax.numpy's whole expression as one jitted function."
)

_random = np.random.default_rng(0)
X, Y, W = (jnp.asarray(_random.normal(size=(8, 8)), jnp.float32) for _ in range(3))
B, N, C = X[0] + 1, jnp.arange(64, dtype=jnp.int32).reshape(8, 8), X > Y
H, K = X.astype(jnp.float16), Y.astype(jnp.float16)

# written as torch defines them: a float32 product is full float32 on every device
matmul = partial(jnp.matmul, precision=jax.lax.Precision.HIGHEST)


def std(x: jax.Array) -> jax.Array:
    """Torch's deviation, which is exactly 0 for a constant: jnp.std rounds the mean first."""
    away = x - x[:1, :1]
    away = away - jnp.mean(away, keepdims=True)
    return jnp.sqrt(jnp.sum(away * away) / (x.size - 1))


class Case(NamedTuple):
    """A call of jaxfun and its counterpart by hand; arrays are traced under jit, the other arguments are known."""

    name: str
    jaxfun: Callable[..., jax.Array]
    by_hand: Callable[..., jax.Array]
    arguments: tuple[Any, ...]
    same_slope: bool = False  # the derivatives agree everywhere: at kinks, ties and NaN too


def in_float32(function: Callable[..., jax.Array]) -> Callable[..., jax.Array]:
    """16-bit floats as torch's kernels take them: computed in float32, rounded once."""
    return lambda *arrays: function(*(array.astype(jnp.float32) for array in arrays)).astype(jnp.float16)


CASES = [
    Case("add", jf.add, jnp.add, (X, Y), True),
    Case("add, a number", jf.add, jnp.add, (X, 2.5), True),
    Case("add, float32 and int32", jf.add, jnp.add, (X, N)),
    Case("add, float16", jf.add, in_float32(jnp.add), (H, K), True),
    Case("add, by keyword", lambda x, y: jf.add(input=x, other=y), jnp.add, (X, Y), True),
    Case("mul", jf.mul, jnp.multiply, (X, Y), True),
    Case("pow, 2", jf.pow, jnp.power, (X, 2), True),
    Case("exp", jf.exp, jnp.exp, (X,), True),
    Case("exp, float16", jf.exp, in_float32(jnp.exp), (H,), True),
    Case("exp, int32", jf.exp, lambda n: jnp.exp(n.astype(jnp.float32)), (N,)),
    Case("abs", jf.abs, jnp.abs, (X,)),
    Case("maximum", jf.maximum, jnp.maximum, (X, Y)),
    Case("clamp", jf.clamp, jnp.clip, (X, -1.0, 1.0)),
    Case("where", jf.where, jnp.where, (C, X, Y), True),
    Case("sum, dim 1", jf.sum, jnp.sum, (X, 1), True),
    Case("sum, dim 1, int32", jf.sum, jnp.sum, (N, 1)),
    Case("sum, all, float16", jf.sum, in_float32(jnp.sum), (H,), True),
    Case("sum, dim (0, 1)", jf.sum, jnp.sum, (X, (0, 1)), True),
    Case("mean", jf.mean, jnp.mean, (X,), True),
    Case("mean, dtype named", partial(jf.mean, dtype=jf.float32), partial(jnp.mean, dtype=jnp.float32), (X,), True),
    Case("std", jf.std, std, (X,)),
    Case("cat", lambda x, y: jf.cat((x, y)), lambda x, y: jnp.concatenate((x, y)), (X, Y), True),
    Case("matmul", jf.matmul, matmul, (X, Y), True),
    Case("linear", jf.nn.functional.linear, lambda x, w, b: b + matmul(x, w.T), (X, W, B), True),
    Case("mse_loss", jf.nn.functional.mse_loss, lambda x, y: jnp.mean(jnp.square(x - y)), (X, Y), True),
]


# The code under jit.


def of_arrays(function: Callable[..., jax.Array], arguments: tuple[Any, ...]) -> Callable[..., jax.Array]:
    """The function of the arrays alone, the other arguments known."""
    known = {place: value for place, value in enumerate(arguments) if not isinstance(value, jax.Array)}

    def call(*arrays: jax.Array) -> jax.Array:
        left = iter(arrays)
        return function(*(known[place] if place in known else next(left) for place in range(len(arguments))))

    return call


def slope_of(call: Callable[..., jax.Array]) -> Callable[..., Any]:
    """The gradient for a cotangent, which comes first."""
    return lambda cotangent, *arrays: jax.vjp(call, *arrays)[1](cotangent)


def compared(ours: Callable[..., Any], by_hand: Callable[..., Any], arrays: tuple[jax.Array, ...]) -> tuple[str, bool]:
    """The two counts of instructions, and whether the code is the same."""
    left, right = instructions(ours, *arrays), instructions(by_hand, *arrays)
    return f"{len(left) - 1} / {len(right) - 1}", left == right


def code_row(case: Case) -> tuple[str, ...]:
    arrays = tuple(value for value in case.arguments if isinstance(value, jax.Array))
    ours, by_hand = (of_arrays(function, case.arguments) for function in (case.jaxfun, case.by_hand))
    counts, equal = compared(ours, by_hand, arrays)
    if not case.same_slope:
        return case.name, counts, holds(equal), "", ""
    cotangent = jnp.ones_like(ours(*arrays))
    slope_counts, slope_equal = compared(slope_of(ours), slope_of(by_hand), (cotangent, *arrays))
    return case.name, counts, holds(equal), slope_counts, holds(slope_equal)


# The eager call.


def eager_row(case: Case) -> tuple[str, ...]:
    known = [place for place, value in enumerate(case.arguments) if not isinstance(value, jax.Array)]
    functions = (case.jaxfun, case.by_hand, jax.jit(case.by_hand, static_argnums=known))
    calls = [partial(function, *case.arguments) for function in functions]
    in_turn(calls, 2, TIMES)
    ours, by_hand, jitted = (min(seconds) for seconds in in_turn(calls, ROUNDS, TIMES))
    shown = [f"{1e9 * seconds:,.0f} ns" for seconds in (ours, by_hand, jitted)]
    return case.name, *shown, f"{ours / by_hand:.2f}", holds(ours / by_hand <= TARGET)


def main() -> None:
    show(("op", "instructions", "equal", "of the gradient", "equal"), map(code_row, CASES), ABOUT_CODE)
    _, same = compared(jf.exp, jnp.exp2, (X,))
    print(f"A control: exp and exp2 are seen to differ: {'no' if same else 'yes'}.\n")
    show(("op", "jaxfun", "jax.numpy", "jitted", "ratio", "holds"), map(eager_row, CASES), ABOUT_CALLS)


if __name__ == "__main__":
    main()
