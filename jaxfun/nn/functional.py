"""torch.nn.functional: the functions that the tutorial's models are made of."""

from ..ops.nn.activation import relu as relu
from ..ops.nn.attention import scaled_dot_product_attention as scaled_dot_product_attention
from ..ops.nn.embedding import embedding as embedding
from ..ops.nn.embedding import embedding_bag as embedding_bag
from ..ops.nn.embedding import one_hot as one_hot
from ..ops.nn.grid import affine_grid as affine_grid
from ..ops.nn.grid import grid_sample as grid_sample
from ..ops.nn.interpolate import interpolate as interpolate
from ..ops.nn.linear import linear as linear
from ..ops.nn.loss import mse_loss as mse_loss
from ..ops.nn.multihead import multi_head_attention_forward as multi_head_attention_forward
from ..ops.nn.pad import pad as pad
from ..ops.nn.shuffle import channel_shuffle as channel_shuffle
from ..ops.nn.shuffle import pixel_shuffle as pixel_shuffle
from ..ops.nn.shuffle import pixel_unshuffle as pixel_unshuffle
