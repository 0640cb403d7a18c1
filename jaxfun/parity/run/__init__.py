"""Run the candidate (JAX) and the reference (PyTorch) at every level. Begin with `case.py`, then `candidate.py`."""
