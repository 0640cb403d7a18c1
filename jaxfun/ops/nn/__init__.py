"""Functions for neural networks: activations, losses and linear layers."""
