"""A port as Python source. Begin with `source.source`."""
