"""Making tensors: filled, evenly spaced, random, and taken over from other libraries."""
