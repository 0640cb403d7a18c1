"""Whether a JAX function is a right port of a PyTorch function, proven on drawn inputs. Needs the extra `parity`."""

from . import installed as installed  # first: it says what is missing
from .check import ParityError as ParityError
from .check import assert_parity as assert_parity
from .check import check as check
from .defaults import defaults as defaults
from .draw.strategies import constant as constant
from .draw.strategies import dims as dims
from .draw.strategies import labels as labels
from .draw.strategies import mask as mask
from .draw.strategies import permutation as permutation
from .draw.strategies import positive_definite as positive_definite
from .draw.strategies import probabilities as probabilities
from .draw.strategies import symmetric as symmetric
from .draw.strategies import tensors as tensors
from .exhaustive import exhaustive as exhaustive
from .module import module as module
from .report.every_value import Exhaustive as Exhaustive
from .report.report import Report as Report
from .run.taps import tap as tap
