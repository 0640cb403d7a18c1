"""Linear algebra: products, determinants, inverses, factorizations, distances, covariance. Begin with `matmul.py`."""
