"""What is shown: the findings as data, as words, and as text, table, page and JSON."""
