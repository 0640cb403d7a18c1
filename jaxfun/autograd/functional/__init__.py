"""Whole Jacobians and Hessians, and their products with vectors: torch.autograd.functional.

`inputs` is a tensor (or Variable) or a tuple of them, `func` takes them one by one and gives a tensor or a tuple of
tensors, and the results are nested as in torch: by output, then by input, a level only where there is a tuple.

`create_graph` changes no result, because every result can be differentiated again; with `strict` it asks, as in torch,
that the result depends on the inputs. `strict` raises where the dependence that it asks for does not exist; for second
derivatives that is read off JAX's formula for the first. `vectorize` changes no speed, one batched pass is made in any
case; as in torch it lets `func` give complex outputs, and `strategy="forward-mode"` wants it. Complex numbers follow
torch's convention.
"""

from .hessian import hessian as hessian
from .hessian import hvp as hvp
from .hessian import vhp as vhp
from .jacobian import jacobian as jacobian
from .jacobian import jvp as jvp
from .jacobian import vjp as vjp
