"""`from_torch`: a PyTorch module or function as a `Port`. It imports torch; the face loads it on first use."""

import dataclasses
import functools
from collections.abc import Callable, Mapping, Sequence

import jax.numpy as jnp

from ..core.public import public
from .export import exported
from .port import Port, patterns_of
from .proof.prove import prove as proved
from .rules import is_known, rules_of


@public(name="from_torch", runs_callbacks=True)
def from_torch(
    module: Callable[..., object],
    example_inputs: object,
    example_kwargs: Mapping[str, object] | None = None,
    *,
    dynamic: Sequence[str | None] | Mapping[str, Sequence[str | None]] = (),
    train: bool = False,
    rules: Mapping[str, Callable[..., object]] | None = None,
    remat: Sequence[str] = (),
    prove: bool = True,
    progress: Callable[[str, int, int], None] | None = None,
) -> Port:
    """Convert a PyTorch module or function to a pure JAX function.

    `example_inputs` are the positional arguments: a tuple, or one tensor. `dynamic` names the axes whose sizes may
    change: `("batch",)` is the first axis of each tensor, and a dict has names for each argument. `train=True` converts
    the training mode: the port then returns the result and the new buffers, and takes a `key` where something is
    random. `rules` has your own functions for calls without one, by torch's name of the overload; they take torch's
    arguments by name. `remat` has patterns of modules, such as `"layers.*"`: the gradient computes their values anew
    and does not keep them (jax.checkpoint).

    `prove` compares the port with the module: `print(port.report)`. It takes up to a minute, mostly some seconds;
    `progress(what, done, total)` is called meanwhile.

    Raises: ConversionError for code that torch.export cannot follow, and for calls without a rule, all at once;
    ArgumentValueError for a pattern of modules that fits none.

    >>> import torch, jaxfun as jf
    >>> port = jf.from_torch(torch.nn.Linear(3, 2), torch.ones(4, 3), dynamic=("batch",))
    >>> port(port.params, jf.ones(5, 3)).shape, sorted(port.params)
    ((5, 2), ['bias', 'weight'])
    """
    args = example_inputs if isinstance(example_inputs, tuple) else (example_inputs,)
    own = rules or {}
    has_rule = functools.partial(is_known, own)
    found = exported(module, args, example_kwargs or {}, dynamic, train, has_rule)
    parts = (found.params, found.state, found.constants)
    params, state, constants = ({name: jnp.asarray(each) for name, each in part.items()} for part in parts)
    port = Port(params, state, found.plan, constants, rules_of(found.plan, own), patterns_of(found.plan, remat))
    if not prove:
        return port
    name = getattr(module, "__name__", type(module).__name__)
    report, recorded = proved(port, found, args, example_kwargs or {}, name, progress)
    return dataclasses.replace(port, report=report, recorded=recorded)
