"""torch.autograd.functional: Jacobians, Hessians, and their products with vectors.

`inputs` is a tensor (or Variable) or a tuple of them. `func` takes them as positional arguments and returns a tensor or
a tuple of tensors. Results are nested as in torch: by output, then by input, with a level only where there is a tuple.

`create_graph` changes no result, because every result can be differentiated again. With `strict`, as in torch, it is an
error if the outputs do not depend on the inputs; with both, also if the derivative does not. For second derivatives,
the dependence is read off JAX's formula for the first derivative. `vectorize` does not change the speed: there is
always one batched pass. As in torch, it allows complex outputs, and `strategy="forward-mode"` requires it. Complex
gradients follow torch's convention.
"""

from .hessian import hessian as hessian
from .hessian import hvp as hvp
from .hessian import vhp as vhp
from .jacobian import jacobian as jacobian
from .jacobian import jvp as jvp
from .jacobian import vjp as vjp
