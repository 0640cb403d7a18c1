"""The tutorial's model: linear regression by mean squared error and gradient descent. `fit` is the entry.

`params` is a dict: `{"W": (features, outputs), "b": (outputs,)}`.
"""

from ..train import Fit as Fit
from .data import make_data as make_data
from .descent import fit as fit
from .model import Params as Params
from .model import init as init
from .model import linear as linear
from .model import mse as mse
from .model import r_squared as r_squared
from .moments import Moments as Moments
from .moments import merge as merge
from .moments import moments as moments
from .moments import mse_of_moments as mse_of_moments
from .plot import plot as plot
from .plot import plot_data as plot_data
