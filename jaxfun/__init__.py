"""PyTorch's tensors and autograd as pure JAX functions, each one proven against PyTorch."""

from importlib import import_module
from types import ModuleType

from . import autograd as autograd
from . import nn as nn
from .autograd import Variable as Variable
from .autograd import backward as backward
from .autograd import no_grad as no_grad
from .autograd.gradient import detach as detach
from .autograd.variable import zero_grad as zero_grad
from .bridge import from_dlpack as from_dlpack
from .bridge import from_numpy as from_numpy
from .bridge import to_numpy as to_numpy
from .creation import arange as arange
from .creation import empty as empty
from .creation import eye as eye
from .creation import full as full
from .creation import full_like as full_like
from .creation import linspace as linspace
from .creation import logspace as logspace
from .creation import ones as ones
from .creation import ones_like as ones_like
from .creation import tensor as tensor
from .creation import zeros as zeros
from .creation import zeros_like as zeros_like
from .dtypes import *
from .ops.activation import relu as relu
from .ops.arithmetic import abs as abs
from .ops.arithmetic import add as add
from .ops.arithmetic import div as div
from .ops.arithmetic import floor_divide as floor_divide
from .ops.arithmetic import fmod as fmod
from .ops.arithmetic import mul as mul
from .ops.arithmetic import neg as neg
from .ops.arithmetic import negative as negative
from .ops.arithmetic import positive as positive
from .ops.arithmetic import reciprocal as reciprocal
from .ops.arithmetic import remainder as remainder
from .ops.arithmetic import rsub as rsub
from .ops.arithmetic import sign as sign
from .ops.arithmetic import sub as sub
from .ops.arithmetic import true_divide as true_divide
from .ops.assignment import setitem as setitem
from .ops.broadcast import broadcast_shapes as broadcast_shapes
from .ops.broadcast import broadcast_tensors as broadcast_tensors
from .ops.broadcast import broadcast_to as broadcast_to
from .ops.broadcast import expand as expand
from .ops.casting import to as to
from .ops.casting import type as type
from .ops.comparison import eq as eq
from .ops.comparison import ge as ge
from .ops.comparison import greater as greater
from .ops.comparison import greater_equal as greater_equal
from .ops.comparison import gt as gt
from .ops.comparison import isfinite as isfinite
from .ops.comparison import isinf as isinf
from .ops.comparison import isnan as isnan
from .ops.comparison import le as le
from .ops.comparison import less as less
from .ops.comparison import less_equal as less_equal
from .ops.comparison import logical_and as logical_and
from .ops.comparison import logical_not as logical_not
from .ops.comparison import logical_or as logical_or
from .ops.comparison import logical_xor as logical_xor
from .ops.comparison import lt as lt
from .ops.comparison import ne as ne
from .ops.comparison import not_equal as not_equal
from .ops.extremum import amax as amax
from .ops.extremum import amin as amin
from .ops.extremum import argmax as argmax
from .ops.extremum import argmin as argmin
from .ops.extremum import max as max
from .ops.extremum import min as min
from .ops.indexing import getitem as getitem
from .ops.indexing import select as select
from .ops.matrix import addmm as addmm
from .ops.matrix import bmm as bmm
from .ops.matrix import dot as dot
from .ops.matrix import matmul as matmul
from .ops.matrix import mm as mm
from .ops.matrix import mv as mv
from .ops.powers import exp as exp
from .ops.powers import log as log
from .ops.powers import pow as pow
from .ops.powers import sqrt as sqrt
from .ops.powers import square as square
from .ops.reduction import all as all
from .ops.reduction import any as any
from .ops.reduction import mean as mean
from .ops.reduction import prod as prod
from .ops.reduction import std as std
from .ops.reduction import sum as sum
from .ops.reduction import var as var
from .ops.selection import clamp as clamp
from .ops.selection import clip as clip
from .ops.selection import maximum as maximum
from .ops.selection import minimum as minimum
from .ops.selection import where as where
from .ops.shape import cat as cat
from .ops.shape import flatten as flatten
from .ops.shape import permute as permute
from .ops.shape import reshape as reshape
from .ops.shape import squeeze as squeeze
from .ops.shape import stack as stack
from .ops.shape import t as t
from .ops.shape import transpose as transpose
from .ops.shape import unsqueeze as unsqueeze
from .ops.shape import view as view
from .ops.size import dim as dim
from .ops.size import numel as numel
from .ops.size import shape as shape
from .ops.size import size as size
from .random import rand as rand
from .random import randint as randint
from .random import randn as randn
from .random import randperm as randperm


def __getattr__(name: str) -> ModuleType:
    if name in ("train", "regression"):  # these need optax, which is loaded on first use
        return import_module(f".{name}", __name__)
    raise AttributeError(f"module 'jaxfun' has no attribute {name!r}")
