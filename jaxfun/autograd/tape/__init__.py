"""The tape: torch's graph of `grad_fn` nodes, read off the jaxpr of a pure function. Begin with `trace`."""
