# pyright: strict
"""Wrong uses of the functions, each of which pyright has to find."""

import jax

import jaxfun as jf

x = jf.ones(2, 3)

jf.exp("1.0")  # wrong: a string is no tensor
jf.exp()  # wrong: an argument is missing
jf.exp(x, 2)  # wrong: one argument too many
jf.sum(x, dim="0")  # wrong: a dimension is an integer
jf.sum(x, axes=0)  # wrong: there is no such keyword
jf.softplus_(x)  # wrong: there is no such function
values = jf.max(x, 0).value  # wrong: the result's fields are values and indices
jf.cat(x)  # wrong: a sequence of tensors is wanted
jf.reshape(x, "3")  # wrong: sizes are integers
jf.topk(x, k=1.5)  # wrong: a count is an integer
jf.zeros(2, 3, dtype=32)  # wrong: a number is no dtype
number: int = jf.mean(x)  # wrong: the result is an array
jf.transpose(x, 0)  # wrong: two dimensions are exchanged
jf.nn.functional.mse_loss(x, x, reduction=0)  # wrong: a reduction is named by a string
right: jax.Array = jf.matmul(x, jf.t(x))
