"""torch.nn.functional: the functions that the tutorial's models are made of."""

from ..ops.nn.activation import celu as celu
from ..ops.nn.activation import elu as elu
from ..ops.nn.activation import gelu as gelu
from ..ops.nn.activation import glu as glu
from ..ops.nn.activation import logsigmoid as logsigmoid
from ..ops.nn.activation import mish as mish
from ..ops.nn.activation import relu as relu
from ..ops.nn.activation import selu as selu
from ..ops.nn.activation import silu as silu
from ..ops.nn.activation import softplus as softplus
from ..ops.nn.activation import softsign as softsign
from ..ops.nn.activation import tanhshrink as tanhshrink
from ..ops.nn.linear import linear as linear
from ..ops.nn.loss import mse_loss as mse_loss
from ..ops.nn.piecewise import hardshrink as hardshrink
from ..ops.nn.piecewise import hardsigmoid as hardsigmoid
from ..ops.nn.piecewise import hardswish as hardswish
from ..ops.nn.piecewise import hardtanh as hardtanh
from ..ops.nn.piecewise import leaky_relu as leaky_relu
from ..ops.nn.piecewise import prelu as prelu
from ..ops.nn.piecewise import relu6 as relu6
from ..ops.nn.piecewise import softshrink as softshrink
from ..ops.nn.piecewise import threshold as threshold
from ..ops.pointwise.powers import sigmoid as sigmoid
from ..ops.pointwise.trigonometric import tanh as tanh
