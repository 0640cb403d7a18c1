"""Whole models of PyTorch, torchvision and transformers, converted and proven.

`python -m parity_tests.architectures --help` says more.
"""
