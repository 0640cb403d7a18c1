"""Tensor creation: filled, evenly spaced, random, or from NumPy and other libraries. Begin with `fill.py`."""
