"""torch.nn: its functional namespace."""

from . import functional as functional
