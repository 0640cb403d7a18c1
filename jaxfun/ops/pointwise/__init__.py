"""Pointwise operations, one file per family. Begin with `arithmetic.py`."""
