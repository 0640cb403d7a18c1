"""Whether a JAX function is a right port of a PyTorch function, proven on drawn inputs. Needs the extra `parity`."""

from ._exhaustive import Exhaustive as Exhaustive
from ._exhaustive import exhaustive as exhaustive
from .check import ParityError as ParityError
from .check import assert_parity as assert_parity
from .check import check as check
from .defaults import defaults as defaults
from .inputs import dims as dims
from .inputs import tensors as tensors
from .module import module as module
from .report import Report as Report
from .taps import tap as tap
