"""torch.autograd.functional: Jacobians, Hessians, and their products with vectors.

`inputs` is a tensor (or Variable) or a tuple of them. `func` takes them as positional arguments and returns a tensor or
a tuple of tensors. Results are nested as in torch: by output, then by input, with a level only where there is a tuple.

`create_graph` changes no result, because every result can be differentiated again. With `strict` it requires, as in
torch, that the result depends on the inputs. `strict` raises where a required dependence is missing; for second
derivatives the dependence is read off JAX's formula for the first derivative. `vectorize` does not change the speed:
there is always one batched pass. As in torch, it allows complex outputs, and `strategy="forward-mode"` requires it.
Complex gradients follow torch's convention.
"""

from .curvature import hessian as hessian
from .curvature import hvp as hvp
from .curvature import vhp as vhp
from .slopes import jacobian as jacobian
from .slopes import jvp as jvp
from .slopes import vjp as vjp
