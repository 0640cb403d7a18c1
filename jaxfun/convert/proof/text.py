"""The proof of a port as text. Begin with `lines`."""

import math
from collections import Counter
from collections.abc import Sequence

from .data import AGREES, DIFFERS, LEFT, CallProof, ProofData, WholeProof


def lines(proof: ProofData) -> list[str]:
    """Return the lines of a proof: the answer first, then what was compared, then the first difference."""
    lines = [f"{proof.headline} (compared in {proof.seconds:.1f} s)"]
    counts = Counter(call.answer for call in proof.calls)
    kinds = len({call.target for call in proof.calls})
    lines += _row("calls", f"{len(proof.calls)}, of {kinds} operators")
    lines += _row("alone", ", ".join(f"{counts[each]} {_SPOKEN[each]}" for each in _SPOKEN if counts[each]))
    left = Counter(call.detail for call in proof.calls if call.answer == LEFT and call.detail)
    lines += [f"    not compared: {why} ({count})" for why, count in left.items()]
    for each in proof.whole:
        lines += _row("whole", in_words(each))
    if proof.faults:
        found = sum(fault.is_found for fault in proof.faults)
        lines += _row("planted faults", f"{found} of {len(proof.faults)} found")
        lines += [f"    not found: {fault.what} at {fault.place}" for fault in proof.faults if not fault.is_found]
    for name, items in (("decomposed", proof.decomposed), ("baked in", proof.baked), ("constants", proof.constants)):
        lines += _row(name, ", ".join(items)) if items else []
    lines += [f"  {note}" for note in proof.notes]
    if first := proof.first_difference:
        lines += ["", f"first difference: {first.target} at {first.place}", f"    {_error_of(first)}"]
        lines += [f"also differs alone: {call.target} at {call.place}" for call in proof.differing[1:_MOST_SHOWN]]
    return lines


_SPOKEN = {AGREES: "agree in value and gradient", DIFFERS: "DIFFER", LEFT: "are not compared"}
_MOST_SHOWN = 10


def _row(name: str, text: str) -> list[str]:
    return [f"  {name:<15} {text}"]


def in_words(whole: WholeProof) -> str:
    """Return one line on the whole model with one example."""
    if not whole.answers:
        return f"{whole.title}: not compared, {whole.note}"
    wrong = [level for level, answer in whole.answers.items() if answer == DIFFERS]
    right = [level for level, answer in whole.answers.items() if answer == AGREES]
    counted = f" ({whole.numbers:,} numbers, {whole.gradients} gradients)"
    parts = [f"{_listed(right)} agree{counted}"] if right and not wrong else []
    parts += [f"{_listed(wrong)} DIFFER: {', '.join(whole.differing[:_MOST_SHOWN])}"] if wrong else []
    return f"{whole.title}: {'; '.join([*parts, *([whole.note] if whole.note else [])])}"


_LEVELS = {"value": "value", "vjp": "gradient", "vmap": "vmap", "jit": "jit"}


def _listed(levels: Sequence[str]) -> str:
    return ", ".join(_LEVELS.get(level, level) for level in levels)


def _error_of(call: CallProof) -> str:
    if call.detail:
        return call.detail
    own = f" (torch's own: {call.torchs:.1e})" if not math.isnan(call.torchs) else ""
    return f"its value in the run is off by {call.inside:.1e}{own}"
