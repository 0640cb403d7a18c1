"""torch.linalg: the functions of linear algebra under the names, arguments and defaults that torch.linalg has."""

from .ops.linalg.determinants import matrix_power as matrix_power
from .ops.linalg.matmul import matmul as matmul
from .ops.linalg.namespace import cholesky as cholesky
from .ops.linalg.namespace import cross as cross
from .ops.linalg.namespace import det as det
from .ops.linalg.namespace import diagonal as diagonal
from .ops.linalg.namespace import inv as inv
from .ops.linalg.namespace import slogdet as slogdet
