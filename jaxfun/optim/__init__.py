"""torch.optim's optimisers as optax transformations, its learning rate schedules, gradient clipping and averages.

Names, defaults and errors of the hyperparameters are torch's. Everything is pure: an optimiser is a pair of functions
(`init`, `update`), its state is a pytree, and all of it works under `jit`.
"""

from . import lr_scheduler as lr_scheduler
from .adam import adam as adam
from .adam import adamax as adamax
from .adam import adamw as adamw
from .adam import nadam as nadam
from .adam import radam as radam
from .averages import Average as Average
from .averages import ema as ema
from .averages import swa as swa
from .clipping import clip_grad_norm as clip_grad_norm
from .clipping import clip_grad_value as clip_grad_value
from .clipping import get_total_norm as get_total_norm
from .descent import asgd as asgd
from .descent import rprop as rprop
from .descent import sgd as sgd
from .groups import param_groups as param_groups
from .lbfgs import lbfgs as lbfgs
from .squares import adadelta as adadelta
from .squares import adagrad as adagrad
from .squares import rmsprop as rmsprop
