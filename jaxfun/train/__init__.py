"""Training as one compiled loop (`fit`): any pure loss, any pytree of parameters, any optax optimiser.

The data are arrays, which may be sharded over devices and processes, or a stream of chunks that is larger than memory.
"""

from .call import fit
from .checkpoint import CheckpointError
from .results import Best, DivergenceError, Fit, InterruptedFit, Progress

__all__ = ["Best", "CheckpointError", "DivergenceError", "Fit", "InterruptedFit", "Progress", "fit"]
