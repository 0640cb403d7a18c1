"""torch.nn.init: initial values of parameters, from a random key. Nothing is filled in place."""

from ..core.faces import lazy

__getattr__, __dir__ = lazy(
    __name__,
    {
        "ops.nn.fans": "calculate_fan_in_and_fan_out calculate_gain",
        "ops.nn.init": (
            "constant dirac eye kaiming_normal kaiming_uniform normal ones orthogonal sparse trunc_normal uniform "
            "xavier_normal xavier_uniform zeros"
        ),
    },
    arguments="key, x, ...",
)
