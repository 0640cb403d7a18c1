"""`python -m jaxfun`."""

import sys

from .cli import main

sys.exit(main())
