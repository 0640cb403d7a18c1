"""Find deviations of plain JAX from PyTorch: the search behind docs/differences.md. Begin with `plain_jax.py`."""
