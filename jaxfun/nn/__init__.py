"""torch.nn: its functional namespace."""
