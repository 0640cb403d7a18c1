"""The proof of a port beside PyTorch: each call alone, then the whole model. Begin with `prove`."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ...parity.run import torch_modules
from ...parity.run.isolation import isolated
from ...parity.search.judge import without_warnings
from ...parity.search.large import Deadline
from ..port import Port
from .calls import judge_calls
from .proof import Proof
from .subject import Progress, Subject
from .whole import judge_whole

SECONDS = 60.0  # the time limit


def _silent(what: str, done: int, total: int) -> None:
    return None


@without_warnings
def prove(
    port: Port,
    exported: Any,
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    name: str,
    progress: Progress | None = None,
    seconds: float = SECONDS,
) -> tuple[Proof, dict[str, np.ndarray]]:
    """Return the proof of a port for the example that it was converted with, and PyTorch's results to keep.

    `exported` is what `export.exported` returned. After `seconds` what is left is not compared, and the proof says so.
    """
    deadline = Deadline(seconds)
    with torch_modules.random_state_kept(), isolated():
        subject = Subject(port, exported, args, kwargs, deadline, progress or _silent)
        calls, faults = judge_calls(subject)
        whole = judge_whole(subject)
    if deadline.left_out:
        subject.notes.append(f"left out, to finish in {seconds:g} s: {', '.join(deadline.left_out)}")
    constants = (f"{each.path} = {each.constant!r}" for each in port.plan.arguments if not each.dtype)
    proof = Proof(
        name,
        tuple(calls),
        tuple(whole),
        tuple(faults),
        decomposed=port.plan.decomposed,
        baked=port.plan.baked,
        constants=tuple(constants),
        notes=tuple(subject.notes),
        seconds=time.perf_counter() - deadline.began,
    )
    return proof, subject.recorded
