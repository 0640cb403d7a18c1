"""torch.autograd as pure functions of functions."""
