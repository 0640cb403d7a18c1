"""Derivatives held to finite differences: torch.autograd.gradcheck."""

from .check import gradcheck as gradcheck
from .check import gradgradcheck as gradgradcheck
