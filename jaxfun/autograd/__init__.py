"""torch.autograd as pure functions. Begin with `gradient.py` (`grad`) and `variable.py` (`Variable`, `backward`)."""

from . import functional as functional
from .gradcheck import gradcheck as gradcheck
from .gradcheck import gradgradcheck as gradgradcheck
from .gradient import grad as grad
from .gradient import no_grad as no_grad
from .tape.trace import graph as graph
from .variable import Variable as Variable
from .variable import backward as backward
