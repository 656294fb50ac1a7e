"""M0E4 fake quantisation: the 4-bit grid the product stores weights on, with a straight-through gradient.

Groups of 32 along K (the last dimension). Per group s = (max - min) * 16 / 15 and b = min - s, both rounded to fp16
as they will be stored; q = clamp(round((w - b) / s * 16 - 16), 0, 15); the weight becomes s * (1 + q / 16) + b.
"""

import torch

GROUP = 32


def quantise(w):
    """The values of `w` after a round trip through M0E4; every K here is a multiple of 32, so no short group occurs."""
    g = w.reshape(*w.shape[:-1], -1, GROUP)
    low, high = g.amin(-1, keepdim=True), g.amax(-1, keepdim=True)
    s = ((high - low) * (16 / 15)).half().float()
    b = (low - s).half().float()
    # A group of equal weights has s = 0; any q gives b back, so only the division needs care.
    q = torch.clamp(torch.round((g - b) / s.clamp_min(1e-7) * 16 - 16), 0, 15)
    return (s * (1 + q / 16) + b).reshape(w.shape)


def fake_quantise(w):
    """Quantised values forward, identity backward."""
    with torch.no_grad():
        delta = quantise(w) - w
    return w + delta
