# %% [markdown]
# # A language model of Hugging Face in JAX
#
# `transformers` has the PyTorch code of most language models. Here one of them, Llama, becomes a JAX function: from a
# text to tokens, to the same logits as in PyTorch, to the same continuation.
#
# The model is small and its weights are random, so that nothing is downloaded. A few seconds of training make words of
# what it writes. With `LlamaForCausalLM.from_pretrained(name)` the other lines stay as they are. The example needs
# PyTorch and transformers: `pip install "jaxfun[parity]" transformers`.

# %%
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import optax
import torch
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

import jaxfun as jf
from jaxfun.nn import functional as F

DATA = Path(__file__).parent / "data"

# %% [markdown]
# ## Text to tokens
#
# The tokenizer is a file in the format of Hugging Face: byte pairs, learned from *A Midsummer Night's Dream*. Two texts
# of different lengths are padded, and the attention mask says where the padding is.

# %%
tokenizer = PreTrainedTokenizerFast(
    tokenizer_file=str(DATA / "midsummer_tokenizer.json"),
    pad_token="<pad>",
    model_input_names=["input_ids", "attention_mask"],
)
texts = ["The course of true love never did run smooth.", "Lord, what fools these mortals be!"]
batch = tokenizer(texts, padding=True, return_tensors="pt")
print(f"{len(tokenizer)} tokens in the vocabulary")
print("|".join(tokenizer.decode([each]) for each in tokenizer(texts[0])["input_ids"]))
print("lengths:", batch["attention_mask"].sum(1).tolist())

# %% [markdown]
# ## The model as a function
#
# `use_cache=False`: without it the model returns the keys and values of the attention in an object of its own. The
# sizes that `dynamic` names stay open, so the port serves other batches and other lengths.

# %%
torch.manual_seed(0)
config = LlamaConfig(
    vocab_size=len(tokenizer),
    hidden_size=64,
    intermediate_size=128,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    max_position_embeddings=128,
    pad_token_id=tokenizer.pad_token_id,
    bos_token_id=None,
    eos_token_id=None,
    use_cache=False,
)
model = LlamaForCausalLM(config).eval()
sizes = ("batch", "length")
port = jf.from_torch(model, (), dict(batch), dynamic={"input_ids": sizes, "attention_mask": sizes})
print(port)
print(port.report)
assert port.report.ok

# %% [markdown]
# ## The same logits
#
# The port is called as the model is, with the parameters in front. It returns a dict with the model's fields. Where the
# mask is 0 there is only padding, so these logits are left out.

# %%
result = jax.jit(port)(port.params, **{name: each.numpy() for name, each in batch.items()})
with torch.no_grad():
    theirs = model(**batch).logits.numpy()
mask = batch["attention_mask"].numpy().astype(bool)
difference = np.abs(np.asarray(result["logits"]) - theirs)[mask].max()
print(f"logits {result['logits'].shape}, the largest difference {difference:.1e}")
assert difference < 1e-5

# %% [markdown]
# ## A little training
#
# The port is a function of its parameters, so it can be trained. The play, cut into pieces of 33 tokens, is the data:
# in each piece the model learns the token that follows. Then the weights go back into the PyTorch model.

# %%
text = (DATA / "midsummer_nights_dream.txt").read_text("utf-8")
play = tokenizer(text, return_tensors="np")["input_ids"][0]
pieces = play[: len(play) // 33 * 33].reshape(-1, 33).astype(np.int32)


def loss(params, pieces):
    given, following = pieces[:, :-1], pieces[:, 1:]
    logits = port(params, input_ids=given, attention_mask=jnp.ones_like(given))["logits"]
    return F.cross_entropy(jf.flatten(logits, 0, 1), jf.flatten(following))


fit = jf.train.fit(
    loss,
    port.params,
    (pieces,),
    optax.adamw(4e-3),
    epochs=8,
    batch_size=32,
    key=jax.random.key(0),
)
print(f"{len(pieces)} pieces; loss in each epoch:", " ".join(f"{each:.2f}" for each in fit.losses))
weights = {name: torch.from_numpy(np.array(each)) for name, each in fit.params.items()}
print(model.load_state_dict(weights))

# %% [markdown]
# ## The same continuation
#
# `generate` of transformers is PyTorch code, so the loop is written here. The tokens stand in an array of fixed length:
# a later token does not change the logits of an earlier one, because the attention is causal. So the whole loop is one
# compiled program.

# %%
LENGTH = 48


@jax.jit
def continued(params, tokens, count):
    """Put the most likely next token after the first `count` ones, up to the end: (1, LENGTH)."""
    everywhere = jnp.ones_like(tokens)

    def following(at, tokens):
        logits = port(params, input_ids=tokens, attention_mask=everywhere)["logits"]
        return tokens.at[0, at].set(jnp.argmax(logits[0, at - 1]))

    return jax.lax.fori_loop(count, LENGTH, following, tokens)


start = tokenizer("I know a bank where the wild thyme blows", return_tensors="pt")
given = start["input_ids"].numpy()
padded = np.zeros((1, LENGTH), np.int32)
padded[:, : given.shape[1]] = given
ours = np.asarray(continued(fit.params, padded, given.shape[1]))
theirs = model.generate(**start, max_length=LENGTH, do_sample=False).numpy()
print(tokenizer.decode(ours[0]))
print(f"{(ours == theirs).sum()} of {LENGTH} tokens are those of PyTorch's generate")
assert (ours == theirs).all()
