"""Indexing and sorting: brackets, gather and scatter, masks, searches, sorts. Begin with `getitem.py`."""
