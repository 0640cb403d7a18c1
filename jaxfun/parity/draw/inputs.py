"""The names that describe inputs, in one place for the entry points."""

from .given import like as like
from .given import near as near
from .shapes import SHAPES as SHAPES
from .shapes import Configuration as Configuration
from .shapes import configured as configured
from .shapes import narrowed as narrowed
from .signature import inputs_of as inputs_of
from .signature import parameters_of as parameters_of
from .strategies import Drawn as Drawn
from .strategies import dims as dims
from .strategies import tensors as tensors
