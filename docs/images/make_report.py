"""Draw report.png, the README's picture of a report, with a headless Chromium."""

import shutil
import subprocess
import tempfile
from pathlib import Path

import jax
import jax.numpy as jnp
import torch

from jaxfun import parity


def hard_swish(x: jax.Array) -> jax.Array:
    """The README's port, which is wrong at two numbers."""
    return x * jnp.clip(x + 3, 0, 6) / 6


def main() -> None:
    """Check the port, write its page, and take a picture of the page's beginning."""
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        raise SystemExit("no Chromium was found: install the package chromium")
    report = parity.check(hard_swish, torch.nn.functional.hardswish, seed=0)
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "report.html"
        report.to_html(page)
        options = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            f"--user-data-dir={folder}/profile",
        ]
        picture = Path(__file__).with_name("report.png")
        size = "--window-size=1160,860"
        subprocess.run([browser, *options, size, f"--screenshot={picture}", page.as_uri()], check=True)


if __name__ == "__main__":
    main()
