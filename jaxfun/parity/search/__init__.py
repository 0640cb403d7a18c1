"""What is decided: the search for a difference, its verdicts, and its smallest input."""
