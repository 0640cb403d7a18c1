"""Whether a JAX function is a right port of a PyTorch function, proven on drawn inputs. Needs the extra `parity`."""

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
from .exhaustive import Exhaustive as Exhaustive
from .exhaustive import exhaustive as exhaustive
from .module import module as module
from .report.report import Report as Report
from .run.taps import tap as tap
