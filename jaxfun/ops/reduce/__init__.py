"""Reductions (`sums`, `extrema`, `moments`, `quantiles`, `norms`) and scans. Begin with `sums.py`."""
