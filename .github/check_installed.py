"""Check a jaxfun that was installed from its wheel: `python -P .github/check_installed.py core`, or `parity`.

`core` is for an environment that holds the wheel and what it requires; `parity` for one with that extra as well.
"""

import subprocess
import sys
import sysconfig
from collections.abc import Callable
from importlib import metadata, resources, util
from pathlib import Path

BIN = Path(sysconfig.get_path("scripts"))


def printed(*command: str) -> str:
    """Return what a command of the environment prints; it must succeed."""
    return subprocess.run([BIN / command[0], *command[1:]], check=True, capture_output=True, text=True).stdout


def is_the_installed_one() -> None:
    """The imported package is the wheel's, with its version and its data."""
    import jaxfun

    assert Path(jaxfun.__file__).is_relative_to(sysconfig.get_path("purelib")), jaxfun.__file__
    assert jaxfun.__version__ == metadata.version("jaxfun")
    assert printed("jaxfun", "--version") == f"jaxfun {jaxfun.__version__}\n"
    assert (resources.files(jaxfun) / "py.typed").is_file()
    told = printed("jaxfun", "differences", "std")
    assert {"torch.std", "jnp.std"} <= {*told.replace("(", " ").split()}, told


def core() -> None:
    """Everything but the extras works without them, and `parity` says what it needs."""
    present = [name for name in ("torch", "hypothesis", "rich", "pytest", "matplotlib") if util.find_spec(name)]
    assert not present, f"not a fresh environment: {present}"
    is_the_installed_one()
    import jaxfun as jf

    (slope,) = jf.autograd.grad(lambda v: jf.sum(v**2), (jf.Variable(jf.ones(1, 2)),))
    assert slope.tolist() == [[2.0, 2.0]]
    assert jf.train.fit, "optax is there, which is loaded on first use"
    refused = subprocess.run(
        [sys.executable, "-P", "-c", "from jaxfun import parity"], check=False, capture_output=True, text=True
    )
    assert refused.returncode, "expected an ImportError without torch"
    assert "pip install 'jaxfun[parity]'" in refused.stderr, refused.stderr


def parity() -> None:
    """`parity` separates a right port from a wrong one, and pytest has its options."""
    is_the_installed_one()
    import jax.numpy as jnp
    import torch

    from jaxfun import parity
    from jaxfun.porting.counterparts import counterparts

    right, wrong = parity.check(jnp.tanh, torch.tanh), parity.check(jnp.abs, torch.abs)
    assert right.ok, right
    assert wrong.answer == "differs", wrong
    assert counterparts()
    assert "--parity-profile" in printed("pytest", "--help")


CHECKS: dict[str, Callable[[], None]] = {"core": core, "parity": parity}

if __name__ == "__main__":
    CHECKS[sys.argv[1]]()
    print(f"{sys.argv[1]}: as it should be")
