"""torch.nn.functional: layers, activations and losses as functions."""

from ..core.faces import lazy

__getattr__, __dir__ = lazy(
    __name__,
    {
        "ops.linalg.distances": "pdist",
        "ops.nn.activation": "celu elu gelu glu logsigmoid mish relu selu silu softplus softsign tanhshrink",
        "ops.nn.adaptive_pool": (
            "adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d adaptive_max_pool1d "
            "adaptive_max_pool1d_with_indices adaptive_max_pool2d adaptive_max_pool2d_with_indices "
            "adaptive_max_pool3d adaptive_max_pool3d_with_indices"
        ),
        "ops.nn.attention": "scaled_dot_product_attention",
        "ops.nn.avg_pool": "avg_pool1d avg_pool2d avg_pool3d",
        "ops.nn.batch_norm": "batch_norm instance_norm",
        "ops.nn.classification": (
            "binary_cross_entropy binary_cross_entropy_with_logits cross_entropy kl_div "
            "multilabel_soft_margin_loss nll_loss soft_margin_loss"
        ),
        "ops.nn.conv_transpose": "conv_transpose1d conv_transpose2d conv_transpose3d",
        "ops.nn.convolution": "conv1d conv2d conv3d",
        "ops.nn.ctc": "ctc_loss",
        "ops.nn.distances": "cosine_similarity pairwise_distance",
        "ops.nn.dropout": "alpha_dropout dropout dropout1d dropout2d dropout3d feature_alpha_dropout",
        "ops.nn.embedding": "embedding embedding_bag one_hot",
        "ops.nn.fold": "fold unfold",
        "ops.nn.fractional_pool": (
            "fractional_max_pool2d fractional_max_pool2d_with_indices fractional_max_pool3d "
            "fractional_max_pool3d_with_indices"
        ),
        "ops.nn.grid": "affine_grid grid_sample",
        "ops.nn.interpolate": "interpolate",
        "ops.nn.linear": "bilinear linear",
        "ops.nn.lp_pool": "lp_pool1d lp_pool2d lp_pool3d",
        "ops.nn.margins": (
            "cosine_embedding_loss hinge_embedding_loss margin_ranking_loss multi_margin_loss "
            "multilabel_margin_loss triplet_margin_loss triplet_margin_with_distance_loss"
        ),
        "ops.nn.max_pool": (
            "max_pool1d max_pool1d_with_indices max_pool2d max_pool2d_with_indices max_pool3d max_pool3d_with_indices"
        ),
        "ops.nn.multihead": "multi_head_attention_forward",
        "ops.nn.normalization": "group_norm layer_norm local_response_norm normalize rms_norm",
        "ops.nn.pad": "pad",
        "ops.nn.piecewise": (
            "hardshrink hardsigmoid hardswish hardtanh leaky_relu prelu relu6 rrelu softshrink threshold"
        ),
        "ops.nn.regression": "gaussian_nll_loss huber_loss l1_loss mse_loss poisson_nll_loss smooth_l1_loss",
        "ops.nn.shuffle": "channel_shuffle pixel_shuffle pixel_unshuffle",
        "ops.nn.softmax": "gumbel_softmax log_softmax softmax softmin",
        "ops.nn.unpool": "max_unpool1d max_unpool2d max_unpool3d",
        "ops.pointwise.powers": "sigmoid",
        "ops.pointwise.trigonometric": "tanh",
    },
)
