"""torch.special: special functions. Some have another name in jaxfun itself, as in torch: `expit` is `sigmoid`."""

from .core.faces import lazy

__getattr__, __dir__ = lazy(
    __name__,
    {
        "ops.nn.softmax": "log_softmax",
        "ops.pointwise.gamma": (
            "digamma gammainc=igamma gammaincc=igammac gammaln=lgamma multigammaln=mvlgamma polygamma psi=digamma"
        ),
        "ops.pointwise.powers": "exp2 expit=sigmoid expm1 log1p",
        "ops.pointwise.rounding": "round",
        "ops.pointwise.special": "erf erfc erfinv i0 logit xlogy",
        "ops.pointwise.trigonometric": "sinc",
        "ops.reduce.sums": "logsumexp",
    },
)
