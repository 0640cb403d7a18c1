"""jaxfun on the command line: tour, fit."""


def main() -> int:
    """Run the command line."""
    return 0
