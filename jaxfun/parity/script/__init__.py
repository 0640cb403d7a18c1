"""The reproduction of a failure as a script."""
