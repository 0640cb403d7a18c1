"""torch's optimisers, schedules, clipping and averages beside jaxfun's: the same numbers over many steps."""

import functools
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import jaxfun as jf
from jaxfun.parity.run.outcome import outcome
from jaxfun.parity.search.verdicts import raises_alike

pytestmark = pytest.mark.alternate

STEPS = 200
SHAPES = {"weight": (2, 3), "bias": (3,), "scale": ()}
FEW = 10  # an example compiles a program

lr = st.sampled_from([1e-3, 0.01, 0.1])
beta = st.sampled_from([0.0, 0.5, 0.9, 0.99])
second_beta = st.sampled_from([0.5, 0.9, 0.99, 0.999, 0.9999])
betas = st.tuples(beta, second_beta)
eps = st.sampled_from([1e-8, 1e-3, 1e-6])
decay = st.sampled_from([0.0, 0.01, 0.3])
flag = st.booleans()
ADAM = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": decay, "maximize": flag}
RULES: dict[str, tuple[str, dict[str, Any]]] = {
    "sgd": (
        "SGD",
        {"lr": lr, "momentum": beta, "dampening": st.sampled_from([0, 0.3]), "weight_decay": decay, "maximize": flag},
    ),
    "adam": ("Adam", {**ADAM, "amsgrad": flag, "decoupled_weight_decay": flag}),
    "adamw": ("AdamW", {**ADAM, "amsgrad": flag}),
    "adamax": ("Adamax", ADAM),
    "nadam": ("NAdam", {**ADAM, "momentum_decay": st.sampled_from([0.0, 4e-3]), "decoupled_weight_decay": flag}),
    # with 0.9999 torch's length of the average has lost eight digits
    "radam": (
        "RAdam",
        {
            **ADAM,
            "betas": st.tuples(beta, st.sampled_from([0.5, 0.9, 0.99, 0.999])),
            "decoupled_weight_decay": flag,
        },
    ),
    "adagrad": (
        "Adagrad",
        {
            "lr": lr,
            "lr_decay": st.sampled_from([0, 0.1]),
            "weight_decay": decay,
            "initial_accumulator_value": st.sampled_from([0, 0.1]),
            "eps": eps,
            "maximize": flag,
        },
    ),
    "rmsprop": (
        "RMSprop",
        {
            "lr": lr,
            "alpha": second_beta,
            "eps": st.sampled_from([1e-3, 1e-2]),  # a centred variance of rounding errors is neither side's number
            "weight_decay": decay,
            "momentum": beta,
            "centered": flag,
            "maximize": flag,
        },
    ),
    "adadelta": (
        "Adadelta",
        {"lr": st.sampled_from([1.0, 0.1]), "rho": second_beta, "eps": eps, "weight_decay": decay, "maximize": flag},
    ),
    "asgd": (
        "ASGD",
        {
            "lr": lr,
            "lambd": st.sampled_from([1e-4, 0.1]),
            "alpha": st.sampled_from([0.75, 1.0]),
            "t0": st.sampled_from([1e6, 3.0]),
            "weight_decay": decay,
            "maximize": flag,
        },
    ),
    "rprop": (
        "Rprop",
        {
            "lr": lr,
            "etas": st.sampled_from([(0.5, 1.2), (0.3, 1.5)]),
            "step_sizes": st.sampled_from([(1e-6, 50), (1e-3, 0.2)]),
            "maximize": flag,
        },
    ),
}
KINDS: dict[str, Callable[[np.ndarray, int, np.random.Generator], np.ndarray]] = {
    "usual": lambda grad, step, rng: grad,
    "sparse": lambda grad, step, rng: grad * (rng.random(grad.shape) < 0.1),
    "one sign": lambda grad, step, rng: np.abs(grad),
    "first alone": lambda grad, step, rng: grad * (step == 0),
    "sizes": lambda grad, step, rng: grad * 10.0 ** rng.integers(-6, 7, size=grad.shape),
}
problems = st.tuples(st.sampled_from([*KINDS]), st.integers(0, 2**16))


def drawn(kind: str, seed: int, dtype: str) -> tuple[dict[str, np.ndarray], list[dict[str, np.ndarray]]]:
    """Return parameters, some of them 0, and the gradients of all steps."""
    rng = np.random.default_rng(seed)

    def gradient(step: int, shape: tuple[int, ...]) -> np.ndarray:
        return np.asarray(KINDS[kind](np.asarray(rng.normal(size=shape)), step, rng), dtype)

    params = {name: np.asarray(rng.normal(size=shape) * (name != "bias"), dtype) for name, shape in SHAPES.items()}
    return params, [{name: gradient(step, shape) for name, shape in SHAPES.items()} for step in range(STEPS)]


def ours(tx: optax.GradientTransformation, params: Any, grads: Sequence[Any]) -> tuple[Any, Any]:
    """Return the parameters after every step, and the last state."""

    def step(carry: Any, grad: Any) -> Any:
        now, state = carry
        updates, state = tx.update(grad, state, now)
        now = optax.apply_updates(now, updates)
        return (now, state), now

    def run(params: Any, grads: Any) -> Any:
        return jax.lax.scan(step, (params, tx.init(params)), grads)

    stacked = jax.tree.map(lambda *each: np.stack(each), *grads)
    (_, state), path = jax.jit(run)(jax.tree.map(jnp.asarray, params), stacked)
    return jax.tree.map(np.asarray, path), state


def theirs(
    make: Callable[[list[torch.Tensor]], torch.optim.Optimizer], params: Any, grads: Sequence[Any], dtype: str
) -> tuple[Any, Any]:
    tensors = {name: torch.tensor(np.asarray(item, dtype), requires_grad=True) for name, item in params.items()}
    optimizer, path = make([*tensors.values()]), []
    for grad in grads:
        for name, tensor in tensors.items():
            tensor.grad = torch.tensor(np.asarray(grad[name], dtype))
        optimizer.step()
        path.append({name: tensor.detach().numpy().copy() for name, tensor in tensors.items()})
    state = {name: optimizer.state[tensor] for name, tensor in tensors.items()}
    return {name: np.stack([each[name] for each in path]) for name in tensors}, state


EPS = {"float32": 2.0**-23, "float64": 2.0**-52}
# a step has a dozen roundings of numbers as large as the parameter and the update; they add up over the steps
ULPS_OF_A_STEP = 16
CHAOS = 1e-4


def agree(ours: Any, theirs: Any, dtype: str, near: Any, lost: float) -> None:
    """Compare trajectories to rounding.

    `near` is a run of torch's that differs from `theirs` by roundings alone: four times their difference is allowed,
    beside a few ULP each step. `lost` is the relative error of torch's own bias correction.
    """
    for name, path in theirs.items():
        steps = np.arange(1, len(path) + 1).reshape(-1, *[1] * (path.ndim - 1))
        size = np.maximum(np.abs(path), np.abs(np.diff(path, axis=0, prepend=path[:1])))
        largest = np.maximum.accumulate(size, 0)
        grown = np.maximum.accumulate(np.abs(path - near[name]), 0)
        allowed = (ULPS_OF_A_STEP * EPS[dtype] + lost) * steps * largest + 4 * grown
        assert ours[name].dtype == dtype
        off = np.abs(ours[name].astype(float) - path)
        # where roundings have grown to this much, an optimiser swings about its minimum, and no two runs are alike
        wrong = (off > allowed) & (grown <= CHAOS * largest)
        assert not wrong.any(), (name, np.argwhere(wrong)[0].tolist(), float(off[wrong].max()))
        assert not np.isnan(ours[name]).any()


def nudged(value: Any) -> Any:
    """Return floating point numbers moved by four ULP."""
    if isinstance(value, tuple):
        return tuple(map(nudged, value))
    return value * (1 - 4 * EPS["float64"]) if isinstance(value, float | np.ndarray) else value


def beside_torch(name: str, options: dict[str, Any], kind: str, seed: int, dtype: str) -> None:
    """Run both libraries on the same gradients, and compare the parameters after every step."""
    params, grads = drawn(kind, seed, dtype)
    path, _ = ours(getattr(jf.optim, name)(**options), params, grads)

    def run(options: dict[str, Any], params: Any, grads: Any, dtype: str) -> Any:
        return theirs(lambda tensors: getattr(torch.optim, RULES[name][0])(tensors, **options), params, grads, dtype)[0]

    if dtype == "float32":
        near = run(options, params, grads, "float64")
    else:
        moved = [{key: nudged(item) for key, item in each.items()} for each in (params, *grads)]
        near = run({key: nudged(item) for key, item in options.items()}, moved[0], moved[1:], dtype)
    # 0.9999**2 is rounded to the ULP of 1, and so 1 - 0.9999**2 has four digits less
    lost = 2 * EPS["float64"] / (1 - max(options.get("betas", (0.0,))))
    agree(path, run(options, params, grads, dtype), dtype, near, lost)


@pytest.mark.proves("optim.sgd", "optim.adam", "optim.adamw", "optim.adamax", "optim.nadam", "optim.radam")
@pytest.mark.proves("optim.adagrad", "optim.rmsprop", "optim.adadelta", "optim.asgd", "optim.rprop")
@pytest.mark.parametrize("name", RULES)
@settings(max_examples=FEW)
@given(data=st.data())
def test_two_hundred_steps_match_torch(name: str, data: st.DataObject) -> None:
    options = data.draw(st.fixed_dictionaries(RULES[name][1]))
    if name == "sgd":
        options["nesterov"] = options["momentum"] > 0 and options["dampening"] == 0 and data.draw(flag)
    beside_torch(name, options, *data.draw(problems), data.draw(st.sampled_from([*EPS])))


@pytest.mark.parametrize("name", RULES)
def test_state_has_the_names_and_numbers_of_torch(name: str) -> None:
    options = {"sgd": {"momentum": 0.9, "dampening": 0.1}, "rmsprop": {"centered": True}, "adam": {"amsgrad": True}}
    params, grads = drawn("usual", 0, "float64")
    tx = getattr(jf.optim, name)(**options.get(name, {}))
    _, state = ours(tx, params, grads[:5])
    (found,) = [each for each in jax.tree.leaves(state, is_leaf=is_rule) if is_rule(each)]
    make = functools.partial(getattr(torch.optim, RULES[name][0]), **options.get(name, {}))
    _, wanted = theirs(make, params, grads[:5], "float64")
    held = {"step", "eta", "mu"} if name == "asgd" else {"step"}
    assert {*found.buffers} == {*wanted["weight"]} - held
    assert int(found.step) == 5
    for buffer, tree in found.buffers.items():
        for parameter in SHAPES:
            np.testing.assert_allclose(tree[parameter], wanted[parameter][buffer], rtol=1e-7)


def is_rule(value: Any) -> bool:
    return hasattr(value, "buffers")


# optax's optimisers with the same buffers; its rprop keeps another
NAMESAKES = {
    "sgd": ({"momentum": 0.9}, optax.sgd(0.1, momentum=0.9)),
    "adam": ({}, optax.adam(1e-3)),
    "adamw": ({}, optax.adamw(1e-3)),
    "adamax": ({}, optax.adamax(2e-3)),
    "nadam": ({}, optax.nadam(2e-3)),
    "radam": ({}, optax.radam(1e-3)),
    "adagrad": ({}, optax.adagrad(0.01)),
    "rmsprop": ({"momentum": 0.9}, optax.rmsprop(0.01, momentum=0.9)),
    "adadelta": ({}, optax.adadelta(1.0)),
}


@pytest.mark.parametrize("name", NAMESAKES)
def test_a_step_costs_no_more_than_that_of_optax(name: str) -> None:
    options, tx = NAMESAKES[name]
    with jax.enable_x64(False), jax.numpy_dtype_promotion("standard"):
        mine, own = (cost(each) for each in (getattr(jf.optim, name)(**options), tx))
    assert mine["bytes accessed"] <= 1.1 * own["bytes accessed"]
    assert mine["flops"] <= 1.1 * own["flops"]


def cost(tx: optax.GradientTransformation) -> Any:
    params = {"weight": jnp.ones(4096, "float32")}

    def step(grads: Any, state: Any, params: Any) -> Any:
        updates, state = tx.update(grads, state, params)
        return optax.apply_updates(params, updates), state

    return jax.jit(step).lower(params, tx.init(params), params).compile().cost_analysis()


COMPLEX = {"adam": {"amsgrad": True}, "adagrad": {}, "rmsprop": {"centered": True, "momentum": 0.5}, "rprop": {}}


@pytest.mark.parametrize("name", COMPLEX)
def test_complex_parameters_are_pairs_of_real_ones(name: str) -> None:
    rng = np.random.default_rng(0)
    start, *grads = ({"z": rng.normal(size=3) + 1j * rng.normal(size=3)} for _ in range(8))
    path, _ = ours(getattr(jf.optim, name)(**COMPLEX[name]), start, grads)
    wanted, _ = theirs(
        lambda tensors: getattr(torch.optim, RULES[name][0])(tensors, **COMPLEX[name]), start, grads, "complex128"
    )
    np.testing.assert_allclose(path["z"], wanted["z"], rtol=1e-12)


@pytest.mark.parametrize("name", ["adam", "adamax", "radam", "nadam"])
def test_first_steps_have_all_digits_without_64_bit_types(name: str) -> None:
    params, grads = drawn("usual", 0, "float32")
    params = {key: 0 * item for key, item in params.items()}  # so that the updates' digits are seen
    with jax.enable_x64(False):
        path, _ = ours(getattr(jf.optim, name)(), params, grads[:12])
    wanted, _ = theirs(getattr(torch.optim, RULES[name][0]), params, grads[:12], "float64")
    for key in SHAPES:
        largest = np.abs(wanted[key]).max()
        np.testing.assert_allclose(path[key], wanted[key], rtol=0, atol=32 * EPS["float32"] * largest)


def updated(tx: optax.GradientTransformation, *args: Any) -> Any:
    return tx.update(*args)


def test_a_parameter_without_a_gradient_is_skipped() -> None:
    params = {"kept": jnp.ones(2), "moved": jnp.ones(2)}
    tx = jf.optim.adamw(0.1)
    updates, state = updated(tx, {"kept": None, "moved": jnp.ones(2)}, tx.init(params), params)
    assert updates["kept"] is None
    updates, _ = updated(tx, {"kept": jnp.ones(2), "moved": None}, state, params)
    assert updates["moved"] is None


def test_hyperparameters_can_be_scheduled() -> None:
    options = {"lr": lambda step: 0.1 / (step + 1), "momentum": lambda step: 0.5 + 0.1 * step}
    params, grads = drawn("usual", 0, "float64")
    with jax.numpy_dtype_promotion("standard"):  # optax mixes dtypes by JAX's rules
        path, _ = ours(optax.inject_hyperparams(jf.optim.sgd)(**options), params, grads[:4])

    tensor = torch.tensor(params["weight"], requires_grad=True)
    optimizer = torch.optim.SGD([tensor], momentum=0.5)
    for step, grad in enumerate(grads[:4]):
        optimizer.param_groups[0].update({name: value(step) for name, value in options.items()})
        tensor.grad = torch.tensor(grad["weight"])
        optimizer.step()
        np.testing.assert_allclose(path["weight"][step], tensor.detach(), rtol=1e-12)


@pytest.mark.proves("optim.param_groups")
def test_groups_have_hyperparameters_of_their_own() -> None:
    params, grads = drawn("usual", 0, "float64")
    groups = {"decayed": jf.optim.adamw(0.1, weight_decay=0.5), "others": jf.optim.sgd(0.01, momentum=0.9)}
    path, _ = ours(
        jf.optim.param_groups(groups, lambda path: "decayed" if path == "weight" else "others"), params, grads
    )
    wanted, _ = theirs(lambda tensors: torch.optim.AdamW(tensors[:1], 0.1, weight_decay=0.5), params, grads, "float64")
    np.testing.assert_allclose(path["weight"], wanted["weight"], rtol=1e-10)
    wanted, _ = theirs(lambda tensors: torch.optim.SGD(tensors[1:], 0.01, 0.9), params, grads, "float64")
    np.testing.assert_allclose(path["bias"], wanted["bias"], rtol=1e-10)
    with pytest.raises(ValueError, match="others"):
        jf.optim.param_groups(groups, lambda path: path).init(params)


WRONG = {
    "sgd": [{"lr": -1.0}, {"momentum": -0.1}, {"weight_decay": -1.0}, {"nesterov": True}],
    "adam": [{"lr": -1.0}, {"eps": -1.0}, {"betas": (1.0, 0.9)}, {"betas": (0.9, -0.1)}, {"betas": (0, 0.9)}],
    "adamw": [{"weight_decay": -1.0}, {"betas": (0.9, 1.0)}],
    "adamax": [{"lr": float("nan")}, {"betas": (0, 0)}, {"eps": -1.0}],
    "nadam": [{"momentum_decay": -1.0}, {"lr": -1.0}],
    "radam": [{"weight_decay": -1.0}, {"betas": (0.9, 1)}],
    "adagrad": [{"lr_decay": -1}, {"initial_accumulator_value": -1}, {"eps": -1}, {"lr": -1}, {"weight_decay": -1}],
    "rmsprop": [{"alpha": -1}, {"alpha": 2}, {"momentum": -1}, {"eps": -1}],
    "adadelta": [{"rho": 2}, {"rho": 1}, {"rho": -1}, {"eps": -1}, {"lr": -1}],
    "asgd": [{"lr": -1}, {"weight_decay": -1}, {"lambd": -1}],
    "rprop": [{"lr": -1}, {"etas": (0.5, 0.9)}, {"etas": (1.5, 2)}],
}


@pytest.mark.parametrize(("name", "options"), [(name, each) for name, rows in WRONG.items() for each in rows])
def test_errors_match_torch(name: str, options: dict[str, Any]) -> None:
    _, error = outcome(lambda: getattr(jf.optim, name)(**options))
    _, their_error = outcome(lambda: getattr(torch.optim, RULES[name][0])([torch.ones(1)], **options))
    assert raises_alike(error, their_error).ok, (error, their_error)


def rosenbrock(x: Any) -> Any:
    return ((1 - x[:-1]) ** 2).sum() + (100 * (x[1:] - x[:-1] ** 2) ** 2).sum()


def quartic(x: Any) -> Any:
    return ((x - 1) ** 4).sum() + 0.1 * (x[1:] * x[:-1]).sum()


SEARCHES = [
    (rosenbrock, {"line_search_fn": "strong_wolfe", "history_size": 3}),
    (rosenbrock, {"line_search_fn": "strong_wolfe", "lr": 0.3, "max_iter": 7}),
    (rosenbrock, {"lr": 1e-3, "max_iter": 4}),
    (quartic, {"history_size": 2}),
]


@pytest.mark.proves("optim.lbfgs")
@pytest.mark.parametrize(("loss", "options"), SEARCHES)
def test_lbfgs_takes_the_iterations_and_evaluations_of_torch(loss: Callable[..., Any], options: dict[str, Any]) -> None:
    start = np.random.default_rng(0).normal(size=5)
    x, tensor = jnp.asarray(start), torch.tensor(start, requires_grad=True)
    tx: Any = jf.optim.lbfgs(**options)
    state, theirs = tx.init(x), torch.optim.LBFGS([tensor], **options)

    @jax.jit
    def step(x: jax.Array, state: Any) -> Any:
        updates, state = tx.update(None, state, x, value_fn=loss)
        return x + updates, state

    def closure() -> torch.Tensor:
        theirs.zero_grad()
        value = loss(tensor)
        value.backward()
        return value

    for _ in range(6):
        x, state = step(x, state)
        theirs.step(closure)  # pyright: ignore[reportArgumentType]
        # the search for a minimum in a narrow valley enlarges roundings
        np.testing.assert_allclose(x, tensor.detach(), rtol=0, atol=1e-10)
    held = theirs.state[tensor]
    assert (int(state.n_iter), int(state.func_evals)) == (held["n_iter"], held["func_evals"])


def test_lbfgs_says_what_it_needs() -> None:
    x = jnp.zeros(2)
    with pytest.raises(TypeError, match="value_fn"):
        jf.optim.lbfgs().update(x, jf.optim.lbfgs().init(x), x)
    for wrong in ({"lr": -1.0}, {"line_search_fn": "armijo"}):
        with pytest.raises(ValueError, match=r"lr|line_search_fn"):
            jf.optim.lbfgs(**wrong)


def clipped_by_torch(clip: Callable[..., Any], grads: Any, *args: Any) -> tuple[Any, Any]:
    tensors = {name: torch.zeros(item.shape, dtype=torch.float64) for name, item in grads.items()}
    for name, tensor in tensors.items():
        tensor.grad = torch.tensor(grads[name])
    norm = clip([*tensors.values()], *args)
    return {name: tensor.grad for name, tensor in tensors.items()}, norm


@pytest.mark.proves("optim.clip_grad_norm", "optim.clip_grad_value", "optim.get_total_norm")
@pytest.mark.parametrize("args", [(1.0,), (0.5, 1.0), (0.5, float("inf")), (100.0,), (1.0, 0.0)], ids=str)
def test_clipping_matches_torch(args: tuple[float, ...]) -> None:
    _, (grads, *_) = drawn("usual", 0, "float64")
    wanted, norm = clipped_by_torch(torch.nn.utils.clip_grad_norm_, grads, *args)
    found, _ = updated(jf.optim.clip_grad_norm(*args), grads, optax.EmptyState())
    np.testing.assert_allclose(jf.optim.get_total_norm(grads, *args[1:]), norm, rtol=1e-14)
    for name in SHAPES:
        np.testing.assert_allclose(found[name], wanted[name], rtol=1e-13)
    wanted, _ = clipped_by_torch(torch.nn.utils.clip_grad_value_, grads, args[0])
    found, _ = updated(jf.optim.clip_grad_value(args[0]), grads, optax.EmptyState())
    for name in SHAPES:
        np.testing.assert_array_equal(found[name], wanted[name])


def test_total_norm_raises_for_infinity_only_if_asked() -> None:
    grads = [jnp.array([jnp.inf])]
    assert jnp.isinf(jf.optim.get_total_norm(grads))
    with pytest.raises(RuntimeError, match="finite norm"):
        jf.optim.get_total_norm(grads, error_if_nonfinite=True)
    assert jf.optim.get_total_norm([]) == 0


AVERAGES = {
    "swa": (jf.optim.swa, {}),
    "ema": (lambda: jf.optim.ema(0.9), {"multi_avg_fn": torch.optim.swa_utils.get_ema_multi_avg_fn(0.9)}),
}


@pytest.mark.proves("optim.swa", "optim.ema")
@pytest.mark.parametrize("name", AVERAGES)
def test_averages_match_torch(name: str) -> None:
    make, options = AVERAGES[name]
    average, model = make(), torch.nn.Linear(3, 1, dtype=torch.float64)
    state = average.init({"weight": jnp.zeros((1, 3))})
    wanted = torch.optim.swa_utils.AveragedModel(model, **options)
    for _ in range(6):
        torch.nn.init.normal_(model.weight)
        wanted.update_parameters(model)
        state = jax.jit(average.update)(state, {"weight": jf.from_numpy(model.weight.detach().numpy().copy())})
        np.testing.assert_allclose(state.params["weight"], wanted.module.weight.detach(), rtol=1e-14)
    with pytest.raises(ValueError, match="decay"):
        jf.optim.ema(1.5)
