# %% [markdown]
# # Linear regression, trained by hand
# Step 8: 30 points near a line, 2500 epochs of gradient descent on all points. In PyTorch this is a loop; here it is
# one compiled scan.
#
# ```python
# for epoch in range(2500):
#     loss = mse_loss(torch.matmul(X, W) + b, y)
#     loss.backward()
#     W.data -= 0.005 * W.grad.data
#     b.data -= 0.005 * b.grad.data
#     W.grad.data.zero_()
#     b.grad.data.zero_()
# ```

# %%
import jax

from jaxfun import regression

X, y = regression.make_data(jax.random.key(0), 30)
fit = regression.fit(regression.init(1), X, y, lr=0.005, epochs=2500)
W, b = float(fit.params["W"][0, 0]), float(fit.params["b"][0])
print(f"y = {W:.3f} X + {b:.3f}   loss {float(fit.losses[0]):.3f} to {float(fit.losses[-1]):.5f}")
assert abs(W - 2) < 0.05
assert abs(b - 1) < 0.05
assert fit.losses.shape == (2500,)

# %% [markdown]
# `regression.plot(X, y, fit, "fit.png")` draws the data, the line and the loss.
