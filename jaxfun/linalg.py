"""torch.linalg: the functions of linear algebra under the names, arguments and defaults that torch.linalg has."""

from .core.faces import lazy

__getattr__, __dir__ = lazy(
    __name__,
    {
        "ops.linalg.determinants": "matrix_power",
        "ops.linalg.matmul": "matmul",
        "ops.linalg.namespace": "cholesky cross det diagonal inv slogdet",
    },
)
