"""Whether a JAX function is a right port of a PyTorch function, proven on drawn inputs. Needs the extra `parity`."""

from . import installed as installed  # first: it says what is missing
from .check import ParityError as ParityError
from .check import assert_parity as assert_parity
from .check import check as check
from .defaults import defaults as defaults
from .draw.inputs import dims as dims
from .draw.inputs import tensors as tensors
from .exhaustive import Exhaustive as Exhaustive
from .exhaustive import exhaustive as exhaustive
from .module import module as module
from .report.report import Report as Report
from .run.taps import tap as tap
