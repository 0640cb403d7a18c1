"""Reports: the findings as data (`model`), in words (`words`), and as terminal text, table, HTML page and JSON."""
