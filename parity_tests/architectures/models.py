"""The architectures: small random configurations of models that people use. Begin with `made`.

A builder's docstring is what the page says of it. Packages are imported by the builders, so that the table can be read
without them.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import nn

from .own import DETR, Tagger, UNet
from .packages import package


class Example(NamedTuple):
    """A module, and the arguments that it is converted with."""

    module: nn.Module
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


def _torchvision() -> Any:
    return package("torchvision").models


def _images(module: nn.Module, size: int) -> Example:
    return Example(module, (torch.randn(2, 3, size, size),), {})


def resnet18() -> Example:
    """residual blocks with batch normalisation."""
    return _images(_torchvision().resnet18(weights=None, num_classes=10), 64)


def mobilenet() -> Example:
    """MobileNetV3: depthwise convolutions, squeeze and excitation, hardswish."""
    return _images(_torchvision().mobilenet_v3_small(weights=None, num_classes=10), 64)


def efficientnet() -> Example:
    """EfficientNet-B0: 81 convolutions, whole blocks left out at random in training."""
    return _images(_torchvision().efficientnet_b0(weights=None, num_classes=10), 64)


def vit() -> Example:
    """Vision Transformer: patches as tokens."""
    return _images(_torchvision().VisionTransformer(32, 8, 2, 4, 64, 128, num_classes=10), 32)


def convnext() -> Example:
    """ConvNeXt: 7x7 depthwise convolutions, layer normalisation, a scale for each channel."""
    blocks = package("torchvision").models.convnext
    stages = [blocks.CNBlockConfig(24, 48, 2), blocks.CNBlockConfig(48, None, 2)]
    return _images(blocks.ConvNeXt(stages, num_classes=10), 32)


def swin() -> Example:
    """Swin Transformer: attention in shifted windows, a table of relative places."""
    return _images(_torchvision().SwinTransformer([4, 4], 24, [2, 2], [2, 4], [4, 4], num_classes=10), 32)


def deeplab() -> Example:
    """DeepLabV3: segmentation, dilated convolutions, bilinear interpolation."""
    build = _torchvision().segmentation.deeplabv3_mobilenet_v3_large
    return _images(build(weights=None, weights_backbone=None, num_classes=5), 64)


def detr() -> Example:
    """detection of objects: a ResNet, `nn.Transformer`, learned queries; a dict as the result."""
    whole = _torchvision().resnet18(weights=None)
    parts = (whole.conv1, whole.bn1, whole.relu, whole.maxpool, whole.layer1, whole.layer2)
    return _images(DETR(nn.Sequential(*parts), 128), 64)


WIDTHS = {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4}
WORDS = 99


def _language(model: str, config: str, **sizes: Any) -> nn.Module:
    """Return a model of transformers with a small configuration."""
    library = package("transformers")
    return getattr(library, model)(getattr(library, config)(vocab_size=WORDS, **sizes))


def _tokens(length: int) -> torch.Tensor:
    return torch.randint(0, WORDS, (2, length))


def bert() -> Example:
    """an encoder with a mask of padding."""
    mask = torch.tensor([[1] * 16, [1] * 10 + [0] * 6])
    return Example(_language("BertModel", "BertConfig", **WIDTHS), (_tokens(16),), {"attention_mask": mask})


def gpt2() -> Example:
    """GPT-2: a decoder whose head is its embedding."""
    sizes = {"n_embd": 64, "n_layer": 2, "n_head": 4, "n_positions": 64, "use_cache": False}
    return Example(_language("GPT2LMHeadModel", "GPT2Config", **sizes), (_tokens(16),), {})


def _decoder(name: str, **more: Any) -> Example:
    sizes = {**WIDTHS, "num_key_value_heads": 2, "use_cache": False, **more}
    return Example(_language(f"{name}ForCausalLM", f"{name}Config", **sizes), (_tokens(16),), {})


def llama() -> Example:
    """rotary places, keys and values shared by heads, RMS normalisation, SwiGLU."""
    return _decoder("Llama")


def qwen2() -> Example:
    """as Llama, with biases, and with the embedding as its head."""
    return _decoder("Qwen2", tie_word_embeddings=True)


def mistral() -> Example:
    """as Llama, with attention to the last 8 tokens alone."""
    return _decoder("Mistral", sliding_window=8)


def t5() -> Example:
    """an encoder and a decoder, places as a bias in buckets of distances."""
    sizes = {"d_model": 64, "d_ff": 128, "num_layers": 2, "num_heads": 4, "d_kv": 16, "use_cache": False}
    module = _language("T5ForConditionalGeneration", "T5Config", **sizes)
    return Example(module, (), {"input_ids": _tokens(12), "decoder_input_ids": _tokens(8)})


def clip() -> Example:
    """two encoders, of texts and of images, and their similarities."""
    library = package("transformers")
    text = {**WIDTHS, "vocab_size": WORDS, "max_position_embeddings": 32}
    image = {**WIDTHS, "image_size": 32, "patch_size": 8}
    config = library.CLIPConfig(text_config=text, vision_config=image, projection_dim=32)
    return Example(library.CLIPModel(config), (), {"input_ids": _tokens(10), "pixel_values": torch.randn(2, 3, 32, 32)})


def whisper() -> Example:
    """speech to text: convolutions over a spectrogram, an encoder and a decoder."""
    sides = [(f"{side}_{name}", size) for side in ("encoder", "decoder") for name, size in _WHISPER.items()]
    special = {"pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2, "decoder_start_token_id": 1}
    sizes = {"d_model": 64, "num_mel_bins": 16, "max_source_positions": 32, "max_target_positions": 32}
    module = _language(
        "WhisperForConditionalGeneration", "WhisperConfig", use_cache=False, **sizes, **special, **dict(sides)
    )
    return Example(module, (), {"input_features": torch.randn(2, 16, 64), "decoder_input_ids": _tokens(8)})


_WHISPER = {"layers": 2, "attention_heads": 4, "ffn_dim": 128}


def lstm() -> Example:
    """a tagger: two layers of an LSTM in both directions."""
    return Example(Tagger(nn.LSTM), (torch.randint(0, WORDS, (3, 11)),), {})


def gru() -> Example:
    """the same with a GRU."""
    return Example(Tagger(nn.GRU), (torch.randint(0, WORDS, (3, 11)),), {})


def unet() -> Example:
    """the U-Net of a diffusion model: group normalisation, a transposed convolution, attention over pixels."""
    return Example(UNet(), (torch.randn(2, 3, 16, 16), torch.tensor([10, 700])), {})


BUILDERS: dict[str, tuple[Callable[[], Example], ...]] = {  # by the package that they need, "" for PyTorch alone
    "torchvision": (resnet18, mobilenet, efficientnet, vit, convnext, swin, deeplab, detr),
    "transformers": (bert, gpt2, llama, qwen2, mistral, t5, clip, whisper),
    "": (lstm, gru, unet),
}
ARCHITECTURES = {build.__name__: build for builders in BUILDERS.values() for build in builders}
NEEDS = {build.__name__: name for name, builders in BUILDERS.items() for build in builders}


def made(name: str) -> Example:
    """Return a model by its name, always with the same numbers."""
    torch.manual_seed(0)
    example = ARCHITECTURES[name]()
    _unsettle(example.module)
    return example


def _unsettle(module: nn.Module) -> None:
    """Move all parameters and running statistics: those that are 0 or 1 at the start would hide mistakes."""
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.add_(0.02 * torch.randn_like(parameter))
        for name, buffer in module.named_buffers():
            if name.endswith("running_mean"):
                buffer.add_(0.1 * torch.randn_like(buffer))
            elif name.endswith("running_var"):
                buffer.mul_(0.5 + torch.rand_like(buffer))
