"""torch.nn.functional: the functions that the tutorial's models are made of."""

from ..ops.linalg.distances import pdist as pdist
from ..ops.nn.activation import relu as relu
from ..ops.nn.classification import binary_cross_entropy as binary_cross_entropy
from ..ops.nn.classification import binary_cross_entropy_with_logits as binary_cross_entropy_with_logits
from ..ops.nn.classification import cross_entropy as cross_entropy
from ..ops.nn.classification import kl_div as kl_div
from ..ops.nn.classification import multilabel_soft_margin_loss as multilabel_soft_margin_loss
from ..ops.nn.classification import nll_loss as nll_loss
from ..ops.nn.classification import soft_margin_loss as soft_margin_loss
from ..ops.nn.ctc import ctc_loss as ctc_loss
from ..ops.nn.distances import cosine_similarity as cosine_similarity
from ..ops.nn.distances import pairwise_distance as pairwise_distance
from ..ops.nn.linear import linear as linear
from ..ops.nn.margins import cosine_embedding_loss as cosine_embedding_loss
from ..ops.nn.margins import hinge_embedding_loss as hinge_embedding_loss
from ..ops.nn.margins import margin_ranking_loss as margin_ranking_loss
from ..ops.nn.margins import multi_margin_loss as multi_margin_loss
from ..ops.nn.margins import multilabel_margin_loss as multilabel_margin_loss
from ..ops.nn.margins import triplet_margin_loss as triplet_margin_loss
from ..ops.nn.margins import triplet_margin_with_distance_loss as triplet_margin_with_distance_loss
from ..ops.nn.regression import gaussian_nll_loss as gaussian_nll_loss
from ..ops.nn.regression import huber_loss as huber_loss
from ..ops.nn.regression import l1_loss as l1_loss
from ..ops.nn.regression import mse_loss as mse_loss
from ..ops.nn.regression import poisson_nll_loss as poisson_nll_loss
from ..ops.nn.regression import smooth_l1_loss as smooth_l1_loss
