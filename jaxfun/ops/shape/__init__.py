"""The form of a tensor: its shape, the order of its dimensions, and how tensors are joined, split and repeated."""
