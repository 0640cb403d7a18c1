"""Test whether a JAX function is a correct port of a PyTorch function, on generated inputs. Needs the extra `parity`.

Begin at `check` (two functions), `module` (an nn.Module), `exhaustive` (every value of a dtype), `distribution` (two
random functions), or `optimizer`, `schedule` and `training` (runs step by step).
"""

from . import installed as installed  # first: its error names the packages that are missing
from .check import ParityError as ParityError
from .check import assert_parity as assert_parity
from .check import check as check
from .defaults import defaults as defaults
from .distribution import assert_distribution as assert_distribution
from .distribution import distribution as distribution
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
from .optimizer import optimizer as optimizer
from .report.distribution import Distribution as Distribution
from .report.every_value import Exhaustive as Exhaustive
from .report.report import Report as Report
from .report.steps import StepsReport as StepsReport
from .run.taps import tap as tap
from .schedule import schedule as schedule
from .training import training as training
