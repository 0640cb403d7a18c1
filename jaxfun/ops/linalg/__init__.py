"""Linear algebra: products of matrices and tensors, determinants and inverses, factors, distances, covariances."""
