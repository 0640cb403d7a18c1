"""Sizes that `jax.export` leaves open: one program of a port, and of the functions, serves every size."""

import operator
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

import jaxfun as jf
from jaxfun.cli.main import main
from jaxfun.core.errors import ConversionError
from jaxfun.core.sizes import span

pytestmark = pytest.mark.usefixtures("as_a_user")
# float32: an open size may be computed in another form, and sums in another order
ROUNDED = {"rtol": 1e-5, "atol": 1e-5}
ROUNDED_GRADIENT = {"rtol": 1e-4, "atol": 1e-4}  # of squares


class Images(nn.Module):
    """The forms of the convolution, pools and batch normalisation."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.depthwise = nn.Conv2d(3, 4, 3, 2, 1), nn.Conv2d(4, 4, 3, padding=1, groups=4)
        self.norm, self.up = nn.BatchNorm2d(4), nn.ConvTranspose2d(4, 4, 2, 2)
        self.out = nn.Linear(4, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = functional.max_pool2d(self.depthwise(self.norm(self.first(x)).relu()), 3, 2, 1)
        x = functional.adaptive_avg_pool2d(functional.avg_pool2d(self.up(x), 2), 1)
        return self.out(torch.flatten(x, 1))


class Attention(nn.Module):
    """Attention with a mask that is made from the length."""

    def __init__(self) -> None:
        super().__init__()
        self.attention, self.norm = nn.MultiheadAttention(8, 2, batch_first=True), nn.LayerNorm(8)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        mask = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).triu(1)
        x = self.norm(x + self.attention(x, x, x, attn_mask=mask, need_weights=False)[0])
        return functional.scaled_dot_product_attention(x, x, x, is_causal=True)


class Tokens(nn.Module):
    """An embedding, and the slice of a table of positions."""

    def __init__(self) -> None:
        super().__init__()
        self.embed, self.places = nn.Embedding(20, 4), nn.Parameter(torch.randn(16, 4))

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        x = self.embed(tokens) + self.places[: tokens.shape[1]]
        return torch.cat([x[:, -1], x[:, 1:].mean(1)], -1)


class Upsampled(nn.Module):
    """Interpolations."""

    def __init__(self) -> None:
        super().__init__()
        self.mix = nn.Conv2d(2, 2, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = functional.interpolate(self.mix(x), scale_factor=2.0, mode="nearest")
        return functional.interpolate(x, size=(5, 7), mode="bilinear", align_corners=False)


class Shapes(nn.Module):
    """The same elements in other shapes, with the sizes of the input."""

    def __init__(self) -> None:
        super().__init__()
        self.mix = nn.Linear(6, 6)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        batch, length, _ = x.shape
        one, other = self.mix(x).view(batch, length, 2, 3).transpose(1, 2).chunk(2, 1)
        x = torch.cat([one.reshape(batch, -1, 3), other.flatten(1, 2)], 1)
        return x.reshape(-1, 3).unflatten(0, (batch, -1)).expand(2, -1, -1, -1).repeat(1, 1, 2, 1)


class Made(nn.Module):
    """Tensors that are made from sizes."""

    def __init__(self) -> None:
        super().__init__()
        self.mix = nn.Linear(4, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        batch, length, _ = x.shape
        steps = torch.arange(length) * torch.full((batch, 1), 0.5)
        x = self.mix(x) * steps[..., None] / length + x.new_zeros(batch, 1, 4)
        return torch.cat([x, torch.ones(batch, length, 1)], -1).masked_fill(torch.eye(length, 5) > 0, -1.0)


class Tagger(nn.Module):
    """A recurrent network in two directions."""

    def __init__(self) -> None:
        super().__init__()
        self.recurrent, self.out = nn.LSTM(4, 3, batch_first=True, bidirectional=True), nn.Linear(6, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.out(self.recurrent(x)[0])


BOTH = ("batch", "length")
MODULES: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...], tuple[str, ...]]] = {
    "images": (Images, (2, 3, 8, 8), ("batch",)),
    "attention": (Attention, (2, 5, 8), BOTH),
    "tokens": (Tokens, (2, 5), BOTH),
    "upsampled": (Upsampled, (2, 2, 3, 4), ("batch",)),
    "shapes": (Shapes, (2, 5, 6), BOTH),
    "made": (Made, (2, 5, 4), BOTH),
    "tagger": (Tagger, (2, 5, 4), ("batch",)),
}


def drawn(shape: tuple[int, ...], name: str) -> torch.Tensor:
    return torch.randint(0, 20, shape) if name == "tokens" else torch.randn(shape)


def near(found: Any, wanted: Any, tolerance: dict[str, float]) -> None:
    assert jax.tree.structure(found) == jax.tree.structure(wanted)
    jax.tree.map(lambda one, other: np.testing.assert_allclose(one, other, **tolerance), found, wanted)


def squares(result: Any) -> Any:
    return sum(jnp.sum(jnp.square(leaf)) for leaf in jax.tree.leaves(result))


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize("name", MODULES)
def test_one_program_serves_every_size_with_its_gradient(name: str) -> None:
    torch.manual_seed(0)
    make, shape, names = MODULES[name]
    port = jf.from_torch(make().eval(), drawn(shape, name), dynamic=names, prove=False)
    program = jax.export.deserialize(bytearray(port.program().serialize(vjp_order=1)))
    x = jnp.asarray(drawn((3, 7, *shape)[: len(names)] + shape[len(names) :], name).numpy())

    def both(run: Callable[..., Any]) -> Any:
        return jax.jit(jax.value_and_grad(lambda params: (squares(result := run(params, x)), result), has_aux=True))

    runs = (lambda params, x: program.call(params, port.state, x), port)
    ((_, found), gradient), ((_, wanted), true) = (both(run)(port.params) for run in runs)
    near(found, wanted, ROUNDED)
    near(gradient, true, ROUNDED_GRADIENT)


class Trained(nn.Module):
    """Batch normalisation and dropout, for training."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4), nn.Dropout(0.5))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers(x)


def test_program_of_the_training_mode_serves_every_batch() -> None:
    port = jf.from_torch(Trained(), torch.randn(8, 4), dynamic=("batch",), train=True, prove=False)
    x, key = jnp.asarray(torch.randn(5, 4).numpy()), jax.random.key(3)
    found = port.program().call(port.params, port.state, jax.random.key_data(key), x)
    near(found, port(port.params, x, key=key), ROUNDED)


# The functions themselves, some of which torch.export gives fixed sizes.

F = jf.nn.functional
KERNEL = jnp.asarray(np.random.default_rng(0).standard_normal((4, 3, 3, 3)), jnp.float32)
FAMILIES: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "ranges": (
        "b, l",
        lambda x: (
            x * jf.arange(x.shape[1]),
            x * jf.arange(x.shape[1] - 1, -1, -1),
            x * jf.arange(0, x.shape[1], dtype=jf.float32) * jf.linspace(-1, 1, x.shape[1]),
            x @ jf.eye(x.shape[1]),
            jf.mul(x, x.shape[1]) + jf.clamp(x, max=x.shape[0]),
        ),
    ),
    "parts": (
        "b, 2*l",
        lambda x: (
            jf.getitem(x, (slice(None), slice(1, -1))),
            jf.getitem(x, (slice(None), slice(None, x.shape[1] // 2, 2))),
            jf.select(x, 1, x.shape[1] - 1),
            jf.narrow(x, 1, 1, x.shape[1] - 1),
            jf.slice_scatter(x, x[:, 1:] * 2, 1, 1),
            jf.chunk(x, 2, 1),
            jf.tensor_split(x, (1, -1), 1),
            jf.squeeze(x[:, None]),
            jf.repeat_interleave(x[0], x.shape[0]),
        ),
    ),
    "padding": (
        "b, 3, l + 3",
        lambda x: (
            F.pad(x, (-1, 2)),
            F.pad(x, (0, x.shape[2])),
            F.pad(x, (1, 2), "reflect"),
            F.pad(x, (1, 2), "replicate"),
            F.pad(x, (2, 1), "circular"),
            jf.unfold(x, 2, 3, 2),
            jf.roll(x, 1, 2),
        ),
    ),
    "matrices": ("b, l, l", lambda x: (jf.tril(x), jf.triu(x, 1), jf.diagonal(x, 0, 1, 2), jf.diag_embed(x))),
    "reductions": (
        "b, l",
        lambda x: (jf.var(x, 1), jf.std(x), jf.cumsum(x, 1), jf.logsumexp(x, 1), jf.amax(x, 1), jf.diff(x)),
    ),
    "orders": (
        "b, l + 3",
        lambda x: (
            jf.sort(x, 1).values,
            jf.topk(x, 2, 1).values,
            jf.gather(x, 1, jf.argsort(x, 1)),
            jf.scatter_add(jf.zeros_like(x), 1, jf.argsort(x, 1), x),
            x * jf.searchsorted(jnp.sort(x[0]), x),
        ),
    ),
    "convolutions": (
        "b, 3, h, w",
        lambda x: (F.conv2d(x, KERNEL, None, 1, "same"), F.conv2d(x, KERNEL, None, 2, 1)),
    ),
    "pools": (
        "b, 3, h + 3, w + 3",
        lambda x: (
            F.max_pool2d(x, 3, 2, 1),
            F.avg_pool2d(x, 3, 2, 1, count_include_pad=False),
            F.adaptive_avg_pool2d(x, 3),
            F.adaptive_max_pool2d(x, 2),
        ),
    ),
    "images": (
        "b, 3, 2*h, 2*w",
        lambda x: (
            F.interpolate(x, scale_factor=2.0),
            F.interpolate(x, scale_factor=0.5, mode="area"),
            F.interpolate(x, size=(5, 7), mode="bilinear", align_corners=True),
            F.interpolate(x, scale_factor=2, mode="bicubic"),
            F.grid_sample(x, F.affine_grid(jf.full((x.shape[0], 2, 3), 0.3), x.shape)),
        ),
    ),
}
SIZES = {"b": 3, "l": 5, "h": 4, "w": 5}


@pytest.mark.parametrize("name", FAMILIES)
def test_functions_take_open_sizes(name: str) -> None:
    spec, function = FAMILIES[name]
    symbols = jax.ShapeDtypeStruct(jax.export.symbolic_shape(spec), jnp.float32)
    both = jax.jit(jax.value_and_grad(lambda x: (squares(result := function(x)), result), has_aux=True))
    shape = tuple(eval(each, {}, SIZES) for each in spec.split(","))
    x = jnp.asarray(np.random.default_rng(1).standard_normal(shape), jnp.float32)
    ((_, found), gradient), ((_, wanted), true) = (run(x) for run in (jax.export.export(both)(symbols).call, both))
    near(found, wanted, ROUNDED)
    near(gradient, true, ROUNDED_GRADIENT)


SYMBOLIC = {"floordiv": operator.floordiv, "mod": operator.mod, "max": max, "min": min}


@pytest.mark.parametrize(
    "bounds", [(None, None, None), (1, None, 2), (-2, None, 1), (None, -1, 1), (0, 2**63 - 1, 3), (2, 1, 1), (-1, 3, 1)]
)
def test_slices_of_open_sizes_are_those_of_python(bounds: tuple[Any, ...]) -> None:
    part, (symbol,) = slice(*bounds), jax.export.symbolic_shape("n")
    for size in (1, 2, 3, 8):
        found = [eval(str(each), SYMBOLIC, {"n": size}) for each in span(symbol, part)]
        known = range(size)[part]
        assert found == [known.start, len(known)], size
        assert span(size, part) == (known.start, len(known))


# Ports on disk.


class Running(nn.Module):
    """A product along the batch, whose derivative needs its size."""

    def __init__(self) -> None:
        super().__init__()
        self.mix = nn.Linear(3, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.mix(x).cumprod(0)


def test_size_that_cannot_be_left_open_is_named_and_may_be_fixed() -> None:
    rules = {"aten::relu": lambda self: self * int(self.shape[0])}  # a rule that needs a number
    port = jf.from_torch(nn.ReLU(), torch.ones(2, 3), dynamic=("batch",), rules=rules, prove=False)
    with pytest.raises(ConversionError, match=r"in aten::relu, (.|\n)*port.program\(sizes=\{'batch': 8\}\)"):
        port.program()
    np.testing.assert_array_equal(port.program({"batch": 5}).call({}, {}, jnp.ones((5, 3))), jnp.full((5, 3), 5))


def test_constants_and_named_tuples_among_the_arguments_are_none_and_tuples() -> None:
    def function(pair: Any, times: int, *, mode: str) -> torch.Tensor:
        return pair.one * times + pair.other if mode == "both" else pair.one

    given = (Pair(torch.ones(2, 3), torch.ones(2, 3)), 2)
    port = jf.from_torch(function, given, {"mode": "both"}, dynamic=("batch",), prove=False)
    program = jax.export.deserialize(bytearray(port.program().serialize(vjp_order=1)))
    found = program.call({}, {}, (jnp.ones((5, 3)), jnp.ones((5, 3))), None, mode=None)
    np.testing.assert_array_equal(found, jnp.full((5, 3), 3))


class Pair(NamedTuple):
    """Two tensors."""

    one: torch.Tensor
    other: torch.Tensor


@pytest.mark.usefixtures("stored")
def test_port_without_a_program_is_saved_with_a_warning(tmp_path: Path) -> None:
    torch.manual_seed(0)
    port, x = jf.from_torch(Running(), torch.randn(4, 3), dynamic=("batch",), prove=False), jnp.ones((5, 3))
    with pytest.warns(UserWarning, match="is not written(.|\n)*in aten::cumprod(.|\n)*with_program=False") as caught:
        port.save(tmp_path / "port")
    assert caught[0].filename == __file__
    assert not (tmp_path / "port" / "program.jax_export").exists()
    again = jf.load_port(tmp_path / "port")
    near(again(again.params, x), port(port.params, x), ROUNDED)
    port.save(tmp_path / "other", with_program=False)  # warns of nothing
    assert {each.name for each in (tmp_path / "other").iterdir()} == {"arrays.safetensors", "plan.json"}


MODULE = """
import torch

def fits():
    return torch.nn.Linear(3, 2)

class Running(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(3))

    def forward(self, x):
        return (x * self.weight).cumprod(0)
"""


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize(("name", "has_program"), [("fits", True), ("Running", False)])
def test_command_writes_the_program_or_says_why_not(
    name: str, has_program: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "open_module.py").write_text(MODULE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    call = ["port", f"open_module:{name}", "--inputs", "float32[batch,3]", "--no-prove"]
    assert main([*call, "--out", "port"]) == 0
    assert Path("port/program.jax_export").exists() is has_program
    assert ("warning: port/program.jax_export is not written" in capsys.readouterr().err) is not has_program
    assert jf.load_port("port").plan.ranges == {"batch": (0, None)}
