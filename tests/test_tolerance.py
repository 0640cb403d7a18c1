"""The constants in docs/tolerance.md are those of the comparison."""

import re
from pathlib import Path

from jaxfun.parity.compare.arrays import PRECISION, part_of

PAGE = Path(__file__).parent.parent / "docs" / "tolerance.md"


def test_documented_constants_match_the_code() -> None:
    rows = re.findall(r"^\| ([a-z0-9, ]+) \| (\d+) \| (\d+) \|$", PAGE.read_text(), re.M)
    told = {name: (float(ulps), float(multiple)) for names, ulps, multiple in rows for name in names.split(", ")}
    assert {part_of(name) for name in told} == set(PRECISION)
    assert told == {name: (PRECISION[part_of(name)].ulps, PRECISION[part_of(name)].multiple) for name in told}
