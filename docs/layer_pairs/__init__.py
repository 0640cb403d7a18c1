"""The layers of other JAX libraries beside PyTorch's, a module for each library: `PAIRS` of each is its table."""
