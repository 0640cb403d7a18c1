"""How the rows of arrays, their first dimension, lie on devices."""

from jax.sharding import NamedSharding, PartitionSpec, Sharding

from .errors import ArgumentValueError


def parts_of_rows(sharding: Sharding) -> int:
    """Return the number of parts into which the sharding of a matrix divides its rows.

    Raises: ArgumentValueError for a sharding that is not one of matrices.

    >>> import jax
    >>> parts_of_rows(jax.sharding.SingleDeviceSharding(jax.devices()[0]))
    1
    """
    devices = len(sharding.device_set)
    try:
        return devices // sharding.shard_shape((devices, devices))[0]
    except ValueError as error:
        raise ArgumentValueError("a sharding of arrays with 2 dimensions", f"{sharding} ({error})") from None


def rows_alone(sharding: NamedSharding) -> NamedSharding:
    """Return the sharding that divides the rows in the same way, and no other dimension."""
    return NamedSharding(sharding.mesh, PartitionSpec(*sharding.spec[:1]))
