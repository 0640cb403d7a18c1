"""Functions of torch.nn.functional: convolutions, pooling, normalization, attention, activations and losses."""
