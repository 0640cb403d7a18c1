"""Shapes: views, order of dimensions, joining, splitting, repeating, broadcasting. Begin with `reshape.py`."""
