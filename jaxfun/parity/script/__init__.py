"""Write a mismatch as a standalone program, and functions by readable names. Begin with `program.py`."""
