# %% [markdown]
# # Real data
# The data: 442 patients with diabetes, ten measurements each, and the progression of the disease after a year. The
# table comes from scikit-learn. The fit is the tutorial's, on columns scaled to mean 0 and standard deviation 1. On the
# command line: `jaxfun fit examples/data/diabetes.csv --target progression`.

# %%
from pathlib import Path

import jax.numpy as jnp
import numpy as np

from jaxfun import regression, table

data = table.read(Path(__file__).parent / "data" / "diabetes.csv", "progression")
X = ((data.X - data.X.mean(0)) / data.X.std(0)).astype(np.float32)
y = ((data.y - data.y.mean()) / data.y.std()).astype(np.float32)
fit = regression.fit(regression.init(X.shape[1]), X, y, lr=0.1, epochs=20_000)

# %% [markdown]
# Gradient descent converges to the least squares solution, which has a closed form.

# %%
closed = np.linalg.lstsq(X, y, rcond=None)[0]
for name, found, exact in zip(data.features, np.asarray(fit.params["W"])[:, 0], closed[:, 0], strict=True):
    print(f"{name:<4} {found:8.4f}  {exact:8.4f}")
score = float(regression.r_squared(fit.params, jnp.asarray(X), jnp.asarray(y))[0])
print(f"R² {score:.4f}   loss {float(fit.losses[0]):.4f} to {float(fit.losses[-1]):.4f}")
assert np.abs(np.asarray(fit.params["W"]) - closed).max() < 5e-3
assert abs(score - 0.5177) < 1e-3
