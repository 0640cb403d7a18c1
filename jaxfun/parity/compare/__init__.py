"""Compare two arrays, estimate the allowed rounding error, and mask elements. Uses only NumPy; start at `arrays`."""
