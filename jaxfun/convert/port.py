"""A converted model as a pure function of its parameters and inputs. Begin with `Port`; it needs no torch."""

import difflib
import fnmatch
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..core.dtypes import as_array, as_dtype
from ..core.errors import ArgumentTypeError, ArgumentValueError, ConversionError, DTypeError, ShapeError, describe
from ..core.numbers import is_traced
from ..core.public import public
from .plan import Input, Plan
from .program import program, serialised, without_program
from .proof.proof import Proof, from_json
from .proof.recorded import Checked, check
from .rules import Rule, random_calls, rules_of
from .run import Runner, inputs_of, rematerialised
from .source.check import check_source
from .source.source import source
from .storage import PARTS, Held, read, write
from .trees import flatten, unflatten

Arrays = dict[str, jax.Array]


@dataclass(frozen=True, eq=False, repr=False)  # equal by identity, as functions are, so that jit takes it
class Port:
    """A converted model: call it as the PyTorch module, with the parameters in front.

    - `params`: the parameters by the names of the `state_dict`; one of several names for a shared one.
    - `state`: the buffers by name: running statistics, tables.
    - `plan`: the calls, as data.
    - `report`: the proof: how the port compares with the PyTorch model. None if it was left out.
    - `recorded`: PyTorch's results for the example, with which `check` compares the port where torch is not installed.
    - `remat`: patterns of modules, such as `"layers.*"`, whose values the gradient computes anew (jax.checkpoint).
    """

    params: Arrays
    state: Arrays
    plan: Plan
    constants: Arrays
    rules: Mapping[str, Rule]
    remat: tuple[str, ...] = ()
    report: Proof | None = None
    recorded: Mapping[str, np.ndarray] = field(default_factory=dict)

    def __repr__(self) -> str:
        mode = "training" if self.plan.is_training else "evaluation"
        arguments = ", ".join(_shown(each) for each in self.plan.arguments if each.dtype)
        return f"Port({len(self.params)} parameters, {len(self.state)} buffers, {mode}: {arguments})"

    def __call__(
        self,
        params: Mapping[str, Any],
        *args: Any,
        state: Mapping[str, Any] | None = None,
        key: jax.Array | None = None,
        **kwargs: Any,
    ) -> Any:
        """Return the model's result; from a port with `train=True` the result and the new state.

        `state` is the port's own by default. Arguments that the model overwrites come back as a dict, last.
        Raises: TypeError for arguments of another structure than the example's, and for a missing or a needless `key`;
        RuntimeError for another kind of dtype, and for sizes that the conversion has fixed otherwise.
        """
        self._check_key(key)
        leaves = self._leaves(args, kwargs)
        held = self.state if state is None else state
        outputs = Runner(self.plan, self.rules, self.remat).outputs(self.inputs(params, leaves, held), key)
        return self._result(outputs, held)

    def inputs(self, params: Mapping[str, Any], leaves: Sequence[Any], state: Mapping[str, Any]) -> list[Any]:
        """Return the inputs of the plan's graph, for the leaves of the arguments."""
        trained = {**params, **{name: jax.lax.stop_gradient(params[name]) for name in self.plan.frozen}}
        return inputs_of(self.plan, {"parameter": trained, "buffer": state, "constant": self.constants}, leaves)

    def params_from(self, state_dict: Mapping[str, Any]) -> Arrays:
        """Return the parameters of another state_dict of the same model, in the port's dtypes.

        Raises: ArgumentValueError for a missing or an unknown name, and for another shape.
        """
        return self._taken(state_dict, self.params)

    def state_from(self, state_dict: Mapping[str, Any]) -> Arrays:
        """Return the buffers of another state_dict. Non-persistent buffers are not in it, and stay the port's own.

        Raises: ArgumentValueError for an unknown name, and for another shape.
        """
        held = {name: each for name, each in self.state.items() if name in state_dict}
        return {**self.state, **self._taken(state_dict, held)}

    def _taken(self, state_dict: Mapping[str, Any], own: Arrays) -> Arrays:
        known = {*self.params, *self.state, *self.plan.aliases}
        if unknown := [name for name in state_dict if name not in known]:
            close = difflib.get_close_matches(unknown[0], known, 1)
            advice = f"Did you mean {close[0]!r}?" if close else ""
            raise ArgumentValueError("names of the converted model's state_dict", repr(unknown[0]), advice)
        # of a shared parameter a file may have any of the names
        given = {self.plan.aliases.get(name, name): each for name, each in state_dict.items()} | dict(state_dict)
        if missing := [name for name in own if name not in given]:
            raise ArgumentValueError("every name of the converted model's state_dict", f"no {missing[0]!r}")
        taken = {name: _as_array(given[name]) for name in own}
        for name, array in taken.items():
            if array.shape != own[name].shape:
                raise ArgumentValueError(f"{describe(own[name])} at {name!r}", describe(array))
        return {name: array.astype(own[name].dtype) for name, array in taken.items()}

    def check(self) -> list[Checked]:
        """Compare the port with the recorded results, gradients and call values of PyTorch, for the example.

        It needs no torch: for a test of your own, after a new jax, a new machine, or an edit of the plan.
        Raises: ArgumentValueError for a port that was converted with `prove=False`, or that is random.
        """
        if not self.recorded:
            raise ArgumentValueError("a port with PyTorch's results", "a port without them", _NOT_RECORDED)
        return check(self, self.recorded)

    def source(self, *, stacked: bool = False) -> str:
        """Return the port as Python source to keep: a function for each class of the model's modules.

        The file imports jaxfun and JAX alone. Its last function takes the arrays by name, `{**port.params,
        **port.state, **port.constants}`, the arguments, and a `key` if the port takes one. `stacked` runs equal
        numbered modules as a `jax.lax.scan` over their stacked parameters, which compiles faster.
        Raises: ConversionError for branches and loops.
        """
        return source(self, stacked)

    def check_source(self, *, stacked: bool = False) -> list[Checked]:
        """Compare the source with the port in value and gradient, on the example and on other sizes.

        The source is executed. It needs no torch. Without an example, after `prove=False`, it draws the arguments.
        Raises: ConversionError as `source` does.
        """
        return check_source(self, self.source(stacked=stacked))

    def program(self, sizes: Mapping[str, int] | None = None) -> jax.export.Exported:
        """Return the port as a program of `jax.export`: it runs without jaxfun, on CPU, CUDA and TPU.

        Its `call` takes the parameters, the buffers and the arguments; in front of these the key's data
        (`jax.random.key_data`) where something is random. Named tuples are tuples, and a constant among the arguments
        is None. It serves every dynamic size of at least 1, but for those that `sizes` fixes by their names.
        Raises: ConversionError where a function cannot be computed without knowing a size.
        """
        return program(self, bool(random_calls(self.plan)), sizes or {})

    def save(self, directory: str | Path, *, with_program: bool = True) -> None:
        """Write the port to a directory, which `load_port` reads: JSON and safetensors, no pickle.

        With the program `program.jax_export`, which `jax.export.deserialize` reads: it runs without jaxfun, and has
        its gradient. An earlier port there is replaced only when all is written. Rules of your own are not written:
        give them to `load_port` again.
        Raises: ArgumentValueError for a directory with other files.
        Warns: where `jax.export` cannot write the program. All else is written.
        """
        exported = b""
        if with_program:
            try:
                exported = serialised(self, bool(random_calls(self.plan)))
            except ConversionError as error:
                warnings.warn(without_program(directory, error), UserWarning, stacklevel=2)
        proof = "" if self.report is None else self.report.to_json()
        write(directory, Held(self.plan, {part: getattr(self, part) for part in PARTS}, self.recorded, proof, exported))

    def shardings(self, mesh: jax.sharding.Mesh, specs: Mapping[str, Any]) -> dict[str, jax.sharding.NamedSharding]:
        """Return a sharding for each parameter: that of the first pattern that fits its name, else replicated.

        `specs` has partition specs by patterns such as `"*.q_proj.weight"`, as in the shell. The axes of the mesh that
        they name are automatic ones: XLA decides where intermediate results lie.
        Raises: ArgumentValueError for a pattern that fits no parameter, and for an axis that is not automatic.
        """
        _check_automatic(mesh, specs.values())
        for pattern in specs:
            if not fnmatch.filter(self.params, pattern):
                raise ArgumentValueError(
                    "patterns that fit a parameter's name", repr(pattern), "`port.params` has them."
                )
        chosen = {name: [spec for key, spec in specs.items() if fnmatch.fnmatchcase(name, key)] for name in self.params}
        replicated = jax.sharding.PartitionSpec()
        return {
            name: jax.sharding.NamedSharding(mesh, found[0] if found else replicated) for name, found in chosen.items()
        }

    def _result(self, outputs: Sequence[Any], state: Mapping[str, Any]) -> Any:
        buffers, arguments = self.plan.new_buffers, self.plan.new_arguments
        count = len(buffers) + len(arguments)
        result = unflatten(self.plan.result_tree, iter(outputs[count:]))
        more: list[Any] = []
        if self.plan.is_training or buffers:
            more.append({**state, **dict(zip(buffers, outputs, strict=False))})
        if arguments:
            more.append(dict(zip(arguments, outputs[len(buffers) : count], strict=True)))
        return (result, *more) if more else result

    def _leaves(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
        """Return the arrays of the arguments, checked against the example's."""
        trees = zip(self.plan.arguments_trees, self._bound(args, kwargs), strict=True)
        given = [leaf for tree, each in trees for _, leaf in flatten(tree, each)]
        sizes: dict[str, int] = {}
        for wanted, value in zip(self.plan.arguments, given, strict=True):
            _check_argument(wanted, value, sizes)
        for name, size in sizes.items():
            least, most = self.plan.ranges.get(name, (0, None))
            if size < least or (most is not None and size > most):
                raise ShapeError(f"a size {name} from {least} to {most}", str(size), "The PyTorch model fixes it.")
        return [_as_leaf(wanted, value) for wanted, value in zip(self.plan.arguments, given, strict=True)]

    def _bound(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return the arguments as the example gave them: by position or by keyword."""
        names = self.plan.positional
        if len(args) > len(names) or not {*names[len(args) :]} <= kwargs.keys():
            return args, kwargs
        given = {**dict(zip(names, args, strict=False)), **kwargs}
        return tuple(given.pop(name) for name in names), given

    def _check_key(self, key: Any) -> None:
        random = random_calls(self.plan)
        if random and key is None:
            advice = "Pass key=jax.random.key(0), another one at each step."
            raise ArgumentTypeError(
                f"a `key`, because {random[0].target} at {random[0].place} is random", "None", advice
            )
        if key is not None and not random:
            raise ArgumentTypeError("no `key`, because nothing in the model is random", describe(key))


def _check_automatic(mesh: jax.sharding.Mesh, specs: Iterable[Any]) -> None:
    """Raise for an explicit mesh axis in a spec: JAX would want an output sharding at each matrix product."""
    automatic = jax.sharding.AxisType.Auto
    types = dict(zip(mesh.axis_names, mesh.axis_types, strict=True))
    for name in jax.tree.leaves([tuple(spec) for spec in specs]):
        if types.get(name, automatic) != automatic:
            advice = "Give jax.make_mesh axis_types=(jax.sharding.AxisType.Auto,), once for each axis."
            raise ArgumentValueError(f"automatic axes in the mesh, {name!r} among them", str(types[name]), advice)


_FIXED = "Name its axes in `dynamic` for other sizes, if the PyTorch code allows them."
_NOT_RECORDED = "Convert with prove=True. A port with a key keeps none: its draws are not PyTorch's."


def _as_array(value: Any) -> jax.Array:
    """Return a tensor as an array. A counter of 64 bits becomes one of 32 while JAX's 64-bit types are off."""
    if isinstance(value, jax.Array):
        return value
    return jnp.asarray(np.asarray(value)) if str(value.dtype).endswith("64") else as_array(value)


def _as_leaf(wanted: Input, value: Any) -> Any:
    return jnp.asarray(value) if wanted.dtype else value


def _check_argument(wanted: Input, value: Any, sizes: dict[str, int]) -> None:
    """Raise where an argument is not like the example's: the dtype, the sizes, the value of a constant."""
    if not wanted.dtype:
        if is_traced(value):
            advice = "Do not pass it through jit: it is a constant of the port."
            raise ArgumentTypeError(f"{wanted.constant!r} for the argument {wanted.path}", describe(value), advice)
        if value != wanted.constant:
            advice = "The conversion holds it as a constant: convert again with this value."
            raise ArgumentValueError(f"{wanted.constant!r} for the argument {wanted.path}", describe(value), advice)
        return
    shape, dtype = np.shape(value), as_dtype(jnp.result_type(value))
    if dtype.category != as_dtype(wanted.dtype).category:
        raise DTypeError(f"{_shown(wanted)} for the argument {wanted.path}", describe(value))
    if len(shape) != len(wanted.shape):
        raise ShapeError(f"{_shown(wanted)} for the argument {wanted.path}", describe(value))
    for size, expected in zip(shape, wanted.shape, strict=True):
        known = sizes.setdefault(expected, size) if isinstance(expected, str) and expected.isidentifier() else expected
        if isinstance(known, int) and size != known:
            expected_text = f"{_shown(wanted)} for the argument {wanted.path}"
            raise ShapeError(expected_text, describe(value), _FIXED)


def _shown(wanted: Input) -> str:
    return f"{wanted.dtype}[{', '.join(map(str, wanted.shape))}]"


@public(name="load_port", runs_callbacks=True)
def load_port(
    directory: str | Path, *, rules: Mapping[str, Callable[..., object]] | None = None, remat: Sequence[str] = ()
) -> Port:
    """Read a port that `Port.save` has written. It needs safetensors, and no torch.

    Each call is looked up again in jaxfun. `rules` and `remat` are as in `from_torch`.
    Raises: ArgumentValueError for a directory of another format; ConversionError for calls without a rule.

    >>> import tempfile, torch, jaxfun as jf
    >>> port = jf.from_torch(torch.nn.Linear(3, 2), torch.ones(4, 3))
    >>> with tempfile.TemporaryDirectory() as directory:
    ...     port.save(directory)
    ...     again = jf.load_port(directory)
    >>> again(again.params, jf.ones(4, 3)).shape
    (4, 2)
    """
    held = read(directory)
    plan, parts = held.plan, held.parts
    return Port(
        parts["params"],
        parts["state"],
        plan,
        parts["constants"],
        rules_of(plan, rules or {}),
        patterns_of(plan, remat),
        from_json(held.proof) if held.proof else None,
        held.recorded,
    )


def patterns_of(plan: Plan, remat: Sequence[str]) -> tuple[str, ...]:
    """Return patterns of modules. Raises: ArgumentValueError for one that no call of a plan belongs to."""
    for pattern in remat:
        if not any(rematerialised(call, [pattern]) for call in plan.calls()):
            raise ArgumentValueError("patterns of modules in `remat`", repr(pattern), "No call belongs to one.")
    return tuple(remat)
