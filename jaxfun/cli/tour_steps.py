"""The tutorial's steps as data: each line in PyTorch and in jaxfun, and the reason for each intended deviation."""

from typing import NamedTuple


class Row(NamedTuple):
    """One line on both sides. `why` gives the reason if the answers must differ."""

    theirs: str
    ours: str
    why: str = ""


class Step(NamedTuple):
    """A step of the tutorial: the setup code of each side (PyTorch, jaxfun), and the lines to compare."""

    title: str
    sentence: str
    setup: tuple[str, str]
    rows: tuple[Row, ...]


STEPS: tuple[Step, ...] = (
    Step(
        "1  Zeros",
        "Create a tensor of a shape. The default dtype is float64 in NumPy, and float32 in PyTorch and jaxfun.",
        ("", ""),
        (
            Row("torch.zeros(2, 3)", "jf.zeros(2, 3)"),
            Row("torch.zeros((2, 3)).dtype", "jf.zeros((2, 3)).dtype"),
            Row("np.zeros((2, 3)).dtype", "np.zeros((2, 3)).dtype"),
            Row("torch.empty(2).shape", "jf.empty(2).shape"),
        ),
    ),
    Step(
        "2  Casts and dtypes",
        "float32 with NumPy's float64 gives float64. A Python number changes the dtype only from integer to float.",
        (
            "x = torch.ones(2); n = torch.tensor([1, 2], dtype=torch.int8)",
            "x = jf.ones(2); n = jf.tensor([1, 2], dtype=jf.int8)",
        ),
        (
            Row("x + torch.from_numpy(np.ones(2))", "jf.add(x, jf.from_numpy(np.ones(2)))"),
            Row("x.double()", "jf.double(x)"),
            Row("x.double().float()", "jf.float(jf.double(x))"),
            Row("x.type()", "jf.type(x)"),
            Row("n + 1", "jf.add(n, 1)"),
            Row("n + 1.5", "jf.add(n, 1.5)"),
            Row("n / 2", "jf.div(n, 2)"),
            Row("n.sum()", "jf.sum(n)"),
            Row("torch.tensor(1.9).int()", "jf.int(jf.tensor(1.9))"),
        ),
    ),
    Step(
        "3  Shared memory",
        "In PyTorch, from_numpy shares memory: `xx += 1` changes both. A JAX array never changes.",
        (
            "xx = np.zeros(2, np.float32); x = torch.from_numpy(xx); xx += 1",
            "xx = np.zeros(2, np.float32); x = jf.from_numpy(xx); xx += 1",
        ),
        (
            Row("x", "x", "jaxfun's from_numpy copies: the tensor keeps its value"),
            Row("torch.zeros(2).add_(1)", "jf.add(jf.zeros(2), 1)"),
            Row("torch.ones(2).numpy()", "jf.to_numpy(jf.ones(2))"),
        ),
    ),
    Step(
        "4  Indexing and broadcasting",
        "Brackets become getitem. A row times a matrix broadcasts. shape and size are equal. `dim` is NumPy's axis.",
        (
            "a = torch.tensor([3, 2]); b = torch.tensor([[0, 1], [4, 2]])",
            "a = jf.tensor([3, 2]); b = jf.tensor([[0, 1], [4, 2]])",
        ),
        (
            Row("a * b", "jf.mul(a, b)"),
            Row("b[1, 0]", "jf.getitem(b, (1, 0))"),
            Row("b[:, 1]", "jf.getitem(b, (slice(None), 1))"),
            Row("b[b > 1]", "jf.getitem(b, jf.gt(b, 1))"),
            Row("tuple(b.shape)", "b.shape"),
            Row("b.size(0)", "jf.size(b, 0)"),
            Row("b.sum(dim=0)", "jf.sum(b, dim=0)"),
            Row("b.float().std(dim=1)", "jf.std(jf.float(b), dim=1)"),
        ),
    ),
    Step(
        "5  Variables",
        "A Variable holds data and accumulates a gradient. A result's graph node is the operation that made it.",
        (
            "v = torch.ones(1, 2, requires_grad=True); v_fn = torch.sum(v ** 2)",
            "v = jf.Variable(jf.ones(1, 2)); f = lambda v: jf.sum(v ** 2)",
        ),
        (
            Row("v.data", "v.data"),
            Row("v.grad", "v.grad"),
            Row("v.requires_grad", "v.requires_grad"),
            Row("v_fn.data", "f(v.data)"),
            Row("v_fn.grad_fn.name()", "jf.autograd.graph(f)(v).name"),
            Row("tape(v_fn.grad_fn)", "tape(jf.autograd.graph(f)(v))"),
        ),
    ),
    Step(
        "6  The gradient of a function",
        "autograd.grad takes a function, torch's takes a result: jaxfun has no hidden tape.",
        (
            "v = torch.ones(1, 2, requires_grad=True); z = torch.zeros(1, requires_grad=True)",
            "v = jf.Variable(jf.ones(1, 2)); z = jf.Variable(jf.zeros(1))",
        ),
        (
            Row("torch.autograd.grad(torch.sum(v ** 2), v)", "jf.autograd.grad(lambda v: jf.sum(v ** 2), (v,))"),
            Row("torch.autograd.grad(z.abs().sum(), z)", "jf.autograd.grad(lambda z: jf.sum(jf.abs(z)), (z,))"),
            Row(
                "torch.autograd.grad(z.clamp(0, 1).sum(), z)",
                "jf.autograd.grad(lambda z: jf.sum(jf.clamp(z, 0, 1)), (z,))",
            ),
        ),
    ),
    Step(
        "7  Backward",
        "backward adds to each Variable's grad. In jaxfun it returns new Variables.",
        (
            "v1 = torch.tensor([1., 2.], requires_grad=True); v2 = torch.tensor([3.], requires_grad=True)\n"
            "torch.sum(v1 * v2).backward(); once = v1.grad.clone(), v2.grad.clone(); torch.sum(v1 * v2).backward()",
            "v1 = jf.Variable(jf.tensor([1., 2.])); v2 = jf.Variable(jf.tensor([3.]))\n"
            "f = lambda v1, v2: jf.sum(v1 * v2)\n"
            "v1, v2 = jf.backward(f, v1, v2); once = v1.grad, v2.grad; v1, v2 = jf.backward(f, v1, v2)",
        ),
        (
            Row("once[0]", "once[0]"),
            Row("once[1]", "once[1]"),
            Row("v1.grad", "v1.grad"),
            Row("v2.grad", "v2.grad"),
            Row("tape(torch.sum(v1 * v2).grad_fn)", "tape(jf.autograd.graph(f)(v1, v2))"),
        ),
    ),
)

_START = "start = {'0.weight': [[1.0], [-1.0]], '0.bias': [-1.0, -1.0], '2.weight': [[1.0, 1.0]], '2.bias': [1.0]}"
# Shown after step 8, which is no list of lines.
NEXT = Step(
    "9  Next: a model and its optimiser",
    "A step of torch.optim changes the module: 1 and 19 steps are 20. In JAX, a step returns new parameters.",
    (
        f"""
{_START}
x = torch.linspace(-1, 1, 5).reshape(5, 1); y = x ** 2
model = torch.nn.Sequential(torch.nn.Linear(1, 2), torch.nn.Tanh(), torch.nn.Linear(2, 1))
model.load_state_dict({{name: torch.tensor(value) for name, value in start.items()}})
loss = lambda: torch.nn.functional.mse_loss(model(x), y)
optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
def train(steps):
    for _ in range(steps):
        optimizer.zero_grad(); loss().backward(); optimizer.step()
    return {{name: value.clone() for name, value in model.state_dict().items()}}
""",
        f"""
{_START}
x = jf.reshape(jf.linspace(-1, 1, 5), (5, 1)); y = x ** 2
F = jf.nn.functional
p = {{name: jf.tensor(value) for name, value in start.items()}}
model = lambda p, x: F.linear(jf.tanh(F.linear(x, p['0.weight'], p['0.bias'])), p['2.weight'], p['2.bias'])
loss = lambda p: F.mse_loss(model(p, x), y)
optimizer = jf.optim.adam(lr=0.1)
def train(p, steps):
    state = optimizer.init(p)
    for _ in range(steps):
        updates, state = optimizer.update(jax.grad(loss)(p), state, p)
        p = jax.tree.map(jf.add, p, updates)
    return p
""",
    ),
    (
        Row("model(x)", "model(p, x)"),
        Row("loss()", "loss(p)"),
        Row("torch.autograd.grad(loss(), model[0].weight)[0]", "jax.grad(loss)(p)['0.weight']"),
        Row("train(1)['0.weight']", "train(p, 1)['0.weight']"),
        Row("train(19)['0.weight']", "train(p, 20)['0.weight']"),
        Row("loss()", "loss(train(p, 20))"),
    ),
)
