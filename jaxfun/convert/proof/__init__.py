"""The proof of a port beside PyTorch. `prove.prove` makes one; `proof.Proof` is what it is, without torch."""
