"""Suggest a strategy from the text of an error that the reference raises for the generated inputs."""

import re
from collections.abc import Mapping

_NAMES = {1: "n", 2: "n c", 3: "n c l", 4: "n c h w", 5: "n c d h w"}

# by regular expression of the error's text, the suggestion; the first match wins
_BY_WORDS: Mapping[str, str] = {
    r"positive[- ]definite|leading minor|cholesky": "parity.positive_definite(n)",
    r"symmetric|hermitian": "parity.symmetric(n)",
    r"out of bounds|out of range|[Cc]lass values|[Tt]arget \d+ is": "parity.labels(classes)",
    r"scalar type (Long|Int)|to be (long|int)|Long(Tensor)?\b|(int|long|integral|integer)s?\b.*(index|indices|tensor)|"
    r"(index|indices|indexers).*(int|long)|integer (type|dtype)|[Ii]ndexer": "parity.labels(classes)",
    r"\b(long|int(32|64)?|integral|integers?)\b": 'parity.tensors(dtype="int64", min_value=0, max_value=4)',
    r"\b[Cc]omplex": 'parity.tensors(dtype="complex")',
    r"\b[Bb]ool": "parity.mask()",
    r"between 0 and 1|in \[0, 1\]|>= ?0 and .*<= ?1": "parity.tensors(min_value=0, max_value=1)",
    r"[Pp]robabilit|[Ss]implex": "parity.probabilities()",
    r"non-?negative|negative (values|input)": "parity.tensors(min_value=0)",
    r"positive": "parity.tensors(min_value=0.1)",
    r"square": 'parity.tensors(shape="n n")',
    r"mat1 and mat2|same (dtype|size)|must match|broadcast|shapes? .* (and|\()": 'parity.tensors(shape="n m")',
}
_RANK = r"(\d)[ -]?(?:D\b|d\b|dim)|(?:dim\w*|ndim|rank)\D{0,12}(\d)"


def advice_of(refusal: str) -> str:
    """Return the strategy to suggest for an error text, as Python code.

    >>> advice_of("Expected 3D (unbatched) or 4D (batched) input to conv2d, but got input of size: [4, 5]")
    'parity.tensors(shape="n c h w")'
    >>> advice_of("expected scalar type Long but found Float")
    'parity.labels(classes)'
    """
    found = next((advice for words, advice in _BY_WORDS.items() if re.search(words, refusal)), None)
    ranks = [int(number) for pair in re.findall(_RANK, refusal) for number in pair if number in "12345" and number]
    if ranks and found is None:
        return f'parity.tensors(shape="{_NAMES[max(ranks[:2])]}")'
    return found or 'parity.tensors(shape="n c h w")'
