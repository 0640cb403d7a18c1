"""torch's functions, a file a family: pure, a decorator and a few lines of jnp each."""
