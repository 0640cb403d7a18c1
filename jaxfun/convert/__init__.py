"""From PyTorch models to pure JAX functions. Begin with `conversion.from_torch`."""
