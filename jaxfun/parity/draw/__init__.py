"""What is drawn: shapes, values, and the arguments of records."""
