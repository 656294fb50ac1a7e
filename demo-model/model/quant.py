"""M0E4 fake quantisation: rounds weights to the product's 4-bit format, with a straight-through gradient.

Groups of 32 along K (the last dimension). Per group s = (max - min) * 16 / 15 and b = min - s, both rounded to fp16
as in the stored format; q = clamp(round((w - b) / s * 16 - 16), 0, 15); the weight becomes s * (1 + q / 16) + b.
"""

import torch

GROUP = 32


def quantise(w):
    """Returns `w` after a round trip through M0E4. K must be a multiple of 32."""
    g = w.reshape(*w.shape[:-1], -1, GROUP)
    low, high = g.amin(-1, keepdim=True), g.amax(-1, keepdim=True)
    s = ((high - low) * (16 / 15)).half().float()
    b = (low - s).half().float()
    # A group of equal weights has s = 0. Any q then gives b, so only the division must avoid zero.
    q = torch.clamp(torch.round((g - b) / s.clamp_min(1e-7) * 16 - 16), 0, 15)
    return (s * (1 + q / 16) + b).reshape(w.shape)


def fake_quantise(w):
    """Quantises in the forward pass; the backward pass is the identity."""
    with torch.no_grad():
        delta = quantise(w) - w
    return w + delta
