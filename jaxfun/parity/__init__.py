"""The judge of ports: whether a JAX function agrees with the PyTorch function behind it."""
