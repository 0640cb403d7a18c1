"""Check what a build holds: `python .github/check_dist.py dist`.

The sdist holds the files that git tracks, the wheel those of the package and the pytest plugin; each has the metadata
that the build adds, and nothing else.
"""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

IN_THE_WHEEL = ("jaxfun/", "_jaxfun_pytestplugin.py")
METADATA = ("METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE")
# data that must lie beside the code, named here because the two lists would also agree if git did not track it
DATA = {"jaxfun/py.typed", "jaxfun/porting/differences.json", "jaxfun/porting/counterparts.toml"}


def only(folder: Path, pattern: str) -> Path:
    """Return the one file of that pattern."""
    found = [*folder.glob(pattern)]
    if len(found) != 1:
        sys.exit(f"expected one {pattern} in {folder}, got {len(found)}")
    return found[0]


def in_wheel(file: Path) -> set[str]:
    """Return the names of a wheel's files, those of its metadata without the folder, which has the version."""
    with zipfile.ZipFile(file) as archive:
        return {name.partition(".dist-info/")[2] or name for name in archive.namelist()}


def in_sdist(file: Path) -> set[str]:
    """Return the names of an sdist's files, without the folder that holds them all."""
    with tarfile.open(file) as archive:
        return {member.name.partition("/")[2] for member in archive if member.isfile()}


def told(what: str, got: set[str], wanted: set[str]) -> bool:
    """Print the names that are missing and those that are not expected; return whether there are none."""
    for sign, names in (("missing", wanted - got), ("not expected", got - wanted)):
        for name in sorted(names):
            print(f"{what}: {sign}: {name}")
    return got == wanted


def main(folder: Path) -> int:
    """Check the sdist and the wheel of a folder; the exit code is 1 where one of them is not what it should be."""
    listed = subprocess.run(["git", "ls-files"], check=True, capture_output=True, text=True)
    tracked = set(listed.stdout.splitlines())
    package = {name for name in tracked if name.startswith(IN_THE_WHEEL)}
    wheel, sdist = only(folder, "*.whl"), only(folder, "*.tar.gz")
    same = [
        told(wheel.name, in_wheel(wheel), package | DATA | {*METADATA}),
        told(sdist.name, in_sdist(sdist), tracked | DATA | {"PKG-INFO"}),
    ]
    if all(same):
        print(
            f"{wheel.name}: {len(package)} files of the package; {sdist.name}: {len(tracked)} files of the repository"
        )
    return 0 if all(same) else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
