"""What is equal: arrays, how large rounding may be, and which elements are compared. NumPy alone."""
