"""Tables of numbers from Parquet and CSV files: read in parts, checked by column and row. Begin with `rows`.

`files` finds the files, `sources` reads them in batches, `survey` is the pass before their use, `numbers` and
`encoding` make features of columns, and `reading` has the range of rows over all of it.
"""

from .encoding import Encoding as Encoding
from .errors import TableError as TableError
from .reading import Chunks as Chunks
from .reading import Rows as Rows
from .reading import Table as Table
from .reading import read as read
from .reading import rows as rows
