"""Models of PyTorch's layers alone: a tagger with a recurrent network, a U-Net of a diffusion model."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional


class Tagger(nn.Module):
    """A label for each word: an embedding, a recurrent network in both directions, a linear layer."""

    def __init__(self, kind: type[nn.LSTM] | type[nn.GRU], words: int = 99, labels: int = 7):
        super().__init__()
        self.embed = nn.Embedding(words, 32)
        self.recurrent = kind(32, 24, num_layers=2, batch_first=True, bidirectional=True, dropout=0.1)
        self.out = nn.Linear(2 * 24, labels)

    def forward(self, words: Tensor) -> Tensor:
        hidden, _ = self.recurrent(self.embed(words))
        return self.out(hidden)


class Residual(nn.Module):
    """Two convolutions behind group normalisation, with the time added between them."""

    def __init__(self, width: int, wider: int, time: int):
        super().__init__()
        self.first, self.second = nn.GroupNorm(4, width), nn.GroupNorm(4, wider)
        self.up, self.mix = nn.Conv2d(width, wider, 3, padding=1), nn.Conv2d(wider, wider, 3, padding=1)
        self.time, self.drop = nn.Linear(time, wider), nn.Dropout(0.1)
        self.skip = nn.Conv2d(width, wider, 1) if width != wider else nn.Identity()

    def forward(self, x: Tensor, time: Tensor) -> Tensor:
        hidden = self.up(functional.silu(self.first(x)))
        hidden = hidden + self.time(functional.silu(time))[:, :, None, None]
        return self.skip(x) + self.mix(self.drop(functional.silu(self.second(hidden))))


class UNet(nn.Module):
    """The noise in an image: down, attention over the pixels, and up again."""

    def __init__(self, width: int = 16):
        super().__init__()
        self.width, time = width, 32
        self.time = nn.Sequential(nn.Linear(width, time), nn.SiLU(), nn.Linear(time, time))
        self.into, self.out = nn.Conv2d(3, width, 3, padding=1), nn.Conv2d(width, 3, 3, padding=1)
        self.high, self.low = Residual(width, width, time), Residual(2 * width, 2 * width, time)
        self.last = Residual(2 * width, width, time)
        self.down = nn.Conv2d(width, 2 * width, 3, stride=2, padding=1)
        self.up = nn.ConvTranspose2d(2 * width, width, 4, stride=2, padding=1)
        self.attention = nn.MultiheadAttention(2 * width, 4, batch_first=True)

    def forward(self, x: Tensor, step: Tensor) -> Tensor:
        time = self.time(self.waves(step))
        high = self.high(self.into(x), time)
        low = self.low(self.down(high), time)
        pixels = low.flatten(2).transpose(1, 2)
        pixels = pixels + self.attention(pixels, pixels, pixels, need_weights=False)[0]
        low = pixels.transpose(1, 2).reshape(low.shape)
        doubled = functional.interpolate(low, scale_factor=2, mode="nearest")
        return self.out(self.last(torch.cat([self.up(functional.avg_pool2d(doubled, 2)), high], 1), time))

    def waves(self, step: Tensor) -> Tensor:
        """Return sines and cosines of the step, from slow to quick."""
        half = self.width // 2
        rates = torch.exp(torch.arange(half, device=step.device) * (-math.log(10_000) / (half - 1)))
        angles = step[:, None].float() * rates[None]
        return torch.cat([angles.sin(), angles.cos()], -1)


class DETR(nn.Module):
    """Objects and their boxes: a convolutional backbone, a transformer, and learned queries."""

    def __init__(self, backbone: nn.Module, channels: int, classes: int = 5, width: int = 32):
        super().__init__()
        self.backbone, self.narrow = backbone, nn.Conv2d(channels, width, 1)
        self.transformer = nn.Transformer(width, 4, 2, 2, 64)
        self.classes, self.boxes = nn.Linear(width, classes + 1), nn.Linear(width, 4)
        self.queries = nn.Parameter(torch.rand(10, width))
        self.rows, self.columns = (nn.Parameter(torch.rand(50, width // 2)) for _ in range(2))

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        image = self.narrow(self.backbone(x))
        height, width = image.shape[-2:]
        columns = self.columns[:width].unsqueeze(0).repeat(height, 1, 1)
        rows = self.rows[:height].unsqueeze(1).repeat(1, width, 1)
        places = torch.cat([columns, rows], -1).flatten(0, 1).unsqueeze(1)
        pixels = places + 0.1 * image.flatten(2).permute(2, 0, 1)
        found = self.transformer(pixels, self.queries.unsqueeze(1).repeat(1, image.shape[0], 1)).transpose(0, 1)
        return {"classes": self.classes(found), "boxes": self.boxes(found).sigmoid()}
