"""Reductions: many elements to one (`sums`, `extrema`, `moments`, `quantiles`, `norms`), and their running forms."""
