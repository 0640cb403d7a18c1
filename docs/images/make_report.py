"""Draw `report.png`, the page of the report that the README speaks of: `python docs/images/make_report.py`.

It needs the extra `parity` and a Chromium or Chrome.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import jax
import jax.numpy as jnp
import torch

from jaxfun import parity

PICTURE = Path(__file__).with_name("report.png")
SIZE, SCALE = "1200,1010", 1.5  # in CSS pixels: the head, the matrix and the first failure
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


def hard_swish(x: jax.Array) -> jax.Array:  # noqa: D103  (it stands in the picture as the README has it)
    return x * jnp.clip(x + 3, 0, 6) / 6


def draw(page: Path, browser: str) -> None:
    """Draw the head of a page in light colors."""
    subprocess.run(
        [
            browser,
            *("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"),
            *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
            *(f"--force-device-scale-factor={SCALE}", f"--window-size={SIZE}"),
            *("--blink-settings=preferredColorScheme=1", f"--user-data-dir={page.parent / 'profile'}"),
            *(f"--screenshot={PICTURE}", page.as_uri()),
        ],
        check=True,
        capture_output=True,
    )


def main() -> None:
    """Check, write the page, and draw it."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        sys.exit(f"It needs a browser: one of {', '.join(BROWSERS)}.")
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "report.html")
        parity.check(hard_swish, torch.nn.functional.hardswish, seed=0).to_html(page)
        draw(page, browser)


if __name__ == "__main__":
    main()
