"""What models are made of: activations, losses, layers as functions."""
