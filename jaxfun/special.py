"""torch.special: special functions, some of which torch has under two names (`expit` is `sigmoid`)."""

from .ops.pointwise.gamma import digamma as digamma
from .ops.pointwise.gamma import polygamma as polygamma
from .ops.pointwise.powers import exp2 as exp2
from .ops.pointwise.powers import expm1 as expm1
from .ops.pointwise.powers import log1p as log1p
from .ops.pointwise.rounding import round as round
from .ops.pointwise.special import erf as erf
from .ops.pointwise.special import erfc as erfc
from .ops.pointwise.special import erfinv as erfinv
from .ops.pointwise.special import i0 as i0
from .ops.pointwise.special import logit as logit
from .ops.pointwise.special import xlogy as xlogy
from .ops.pointwise.trigonometric import sinc as sinc
from .ops.reduce.sums import logsumexp as logsumexp
