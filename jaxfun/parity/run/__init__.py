"""What is run: the candidate and the reference, at every level."""
