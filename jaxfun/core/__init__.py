"""What every op stands on: errors, dtypes, the record of an op, and the decorator that makes one."""
