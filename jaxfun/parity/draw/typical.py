"""Typical shapes (matrix products, images, attention), tried if a function rejects the ordinary ones."""

from collections.abc import Mapping

_ALIKE = ("n n", "n c l", "n c h w", "b n n", "n c d h w")

# by the number of tensors, in the order in which they are tried
_TYPICAL: Mapping[int, tuple[tuple[str, ...], ...]] = {
    2: (
        ("m k", "k n"),
        ("m k", "n k"),
        ("m k", "k"),
        ("b m k", "b k n"),
        ("n c l", "o c 3"),
        ("n c h w", "o c 3 3"),
        ("n c h w", "c o 3 3"),
        ("n n", "n m"),
        ("n n", "n"),
        ("n c", "n"),
        ("n c l", "c"),
        ("n c h w", "c"),
        ("n", "m"),
        ("n c h w", "n y x 2"),
    ),
    3: (
        ("m k", "n k", "n"),
        ("m k", "k n", "n"),
        ("m n", "m k", "k n"),
        ("b h l d", "b h s d", "b h s d"),
        ("b l d", "b s d", "b s d"),
        ("n c l", "o c 3", "o"),
        ("n c h w", "o c 3 3", "o"),
        ("n c h w", "c o 3 3", "o"),
        ("n c", "c", "c"),
        ("n c l", "c", "c"),
        ("n c h w", "c", "c"),
        ("b m n", "b m k", "b k n"),
        ("m n", "m", "n"),
        ("n a", "n b", "o a b"),
    ),
    4: (("b h l d", "b h s d", "b h s d", "l s"),),
    5: (("n c", "c", "c", "c", "c"), ("n c h w", "c", "c", "c", "c")),
}
# one shape of each rank, into which sizes from error messages are put
RANKS = ("n c", "n c h w", "n c l", "n", "n c d h w")


def typical_of(count: int) -> list[tuple[str, ...]]:
    """Return typical shapes of `count` tensors, as names, in the order to try them.

    >>> typical_of(2)[0], typical_of(1)[0]
    (('m k', 'k n'), ('n n',))
    """
    alike = [(words,) * count for words in _ALIKE]
    return alike if count == 1 else [*_TYPICAL.get(count, ()), *alike]
