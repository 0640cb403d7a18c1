"""torch.nn.functional: layers, activations and losses as functions."""

from ..core.faces import lazy

__getattr__, __dir__ = lazy(
    __name__,
    {
        "ops.linalg.distances": "pdist",
        "ops.nn.activation": "celu elu gelu glu logsigmoid mish relu selu silu softplus softsign tanhshrink",
        "ops.nn.batch_norm": "batch_norm instance_norm",
        "ops.nn.classification": (
            "binary_cross_entropy binary_cross_entropy_with_logits cross_entropy kl_div "
            "multilabel_soft_margin_loss nll_loss soft_margin_loss"
        ),
        "ops.nn.ctc": "ctc_loss",
        "ops.nn.distances": "cosine_similarity pairwise_distance",
        "ops.nn.dropout": "alpha_dropout dropout dropout1d dropout2d dropout3d feature_alpha_dropout",
        "ops.nn.linear": "linear",
        "ops.nn.margins": (
            "cosine_embedding_loss hinge_embedding_loss margin_ranking_loss multi_margin_loss "
            "multilabel_margin_loss triplet_margin_loss triplet_margin_with_distance_loss"
        ),
        "ops.nn.normalization": "group_norm layer_norm local_response_norm normalize rms_norm",
        "ops.nn.piecewise": (
            "hardshrink hardsigmoid hardswish hardtanh leaky_relu prelu relu6 rrelu softshrink threshold"
        ),
        "ops.nn.regression": "gaussian_nll_loss huber_loss l1_loss mse_loss poisson_nll_loss smooth_l1_loss",
        "ops.nn.softmax": "gumbel_softmax log_softmax softmax softmin",
        "ops.pointwise.powers": "sigmoid",
        "ops.pointwise.trigonometric": "tanh",
    },
)
