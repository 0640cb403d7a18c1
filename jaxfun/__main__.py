"""`python -m jaxfun`."""

import sys

from .cli.main import main

sys.exit(main())
