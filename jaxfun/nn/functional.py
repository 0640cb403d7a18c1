"""torch.nn.functional: the functions that the tutorial's models are made of."""

from ..ops.nn.activation import relu as relu
from ..ops.nn.conv_transpose import conv_transpose1d as conv_transpose1d
from ..ops.nn.conv_transpose import conv_transpose2d as conv_transpose2d
from ..ops.nn.conv_transpose import conv_transpose3d as conv_transpose3d
from ..ops.nn.convolution import conv1d as conv1d
from ..ops.nn.convolution import conv2d as conv2d
from ..ops.nn.convolution import conv3d as conv3d
from ..ops.nn.linear import linear as linear
from ..ops.nn.loss import mse_loss as mse_loss
