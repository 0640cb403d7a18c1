"""Make the links of README.md absolute, for PyPI: `python .github/pypi_readme.py`, in a checkout of GitHub Actions.

PyPI shows no picture with a relative path. GitHub needs relative paths, so that each branch shows its own files.
"""

import os
import re
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"


def absolute(text: str, repository: str, commit: str) -> str:
    """Return Markdown with absolute links to the files and pictures of one commit.

    `repository` is `owner/name`, as in the variable GITHUB_REPOSITORY.
    """
    pictures = f"https://raw.githubusercontent.com/{repository}/{commit}/"
    pages = f"https://github.com/{repository}/blob/{commit}/"
    text = re.sub(r'(?<= src=")(?!https?:)', pictures, text)
    return re.sub(r"(?<=\]\()(?!https?:|#)", pages, text)


if __name__ == "__main__":
    README.write_text(absolute(README.read_text("utf-8"), os.environ["GITHUB_REPOSITORY"], os.environ["GITHUB_SHA"]))
