"""The base of every op. Begin with `op.py` (the decorator) and `record.py` (the data about an op)."""
