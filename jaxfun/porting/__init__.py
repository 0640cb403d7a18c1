"""Where plain JAX and PyTorch part: the search behind the page of differences."""
