"""torch.nn: its functional namespace, and the initial values of parameters."""

from . import functional as functional
from . import init as init
from .submodule import join as join
from .submodule import stack as stack
from .submodule import submodule as submodule
