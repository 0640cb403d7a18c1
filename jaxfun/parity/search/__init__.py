"""Search for mismatches: draw cases, judge them, explain and shrink what fails. Begin with `search.py`."""
