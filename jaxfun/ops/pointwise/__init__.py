"""Pointwise functions: torch's chapter of that name, a file a family."""
