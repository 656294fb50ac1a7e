"""The network: exactly what Hugging Face calls LlamaForCausalLM, in plain PyTorch.

RMSNorm, rotate-half RoPE, grouped-query attention, SwiGLU, no biases, tied embeddings. Parameter names are the
checkpoint's names, so that export is a copy and any other program that reads Llama reads this.
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F

from quant import fake_quantise


@dataclass
class Config:
    """Sizes; every matrix dimension is a multiple of 32, the group of the 4-bit format."""

    vocab: int = 1536
    hidden: int = 192
    layers: int = 4
    heads: int = 6
    kv_heads: int = 3
    head_dim: int = 32
    ffn: int = 512
    theta: float = 10000.0
    eps: float = 1e-5
    positions: int = 1024


def parameter_shapes(c):
    """Name and shape of every parameter, in the order of the checkpoint."""
    shapes = {"model.embed_tokens.weight": (c.vocab, c.hidden)}
    for i in range(c.layers):
        p = f"model.layers.{i}."
        shapes[p + "input_layernorm.weight"] = (c.hidden,)
        shapes[p + "self_attn.q_proj.weight"] = (c.heads * c.head_dim, c.hidden)
        shapes[p + "self_attn.k_proj.weight"] = (c.kv_heads * c.head_dim, c.hidden)
        shapes[p + "self_attn.v_proj.weight"] = (c.kv_heads * c.head_dim, c.hidden)
        shapes[p + "self_attn.o_proj.weight"] = (c.hidden, c.heads * c.head_dim)
        shapes[p + "post_attention_layernorm.weight"] = (c.hidden,)
        shapes[p + "mlp.gate_proj.weight"] = (c.ffn, c.hidden)
        shapes[p + "mlp.up_proj.weight"] = (c.ffn, c.hidden)
        shapes[p + "mlp.down_proj.weight"] = (c.hidden, c.ffn)
    shapes["model.norm.weight"] = (c.hidden,)
    return shapes


def initial_parameters(c, seed):
    """Normal(0, 0.02)-like start, scaled by width; what writes to the residual stream starts smaller."""
    gen = torch.Generator().manual_seed(seed)
    params = {}
    for name, shape in parameter_shapes(c).items():
        if len(shape) == 1:
            params[name] = torch.ones(shape)
        else:
            std = 0.05 if "embed" in name else 1.0 / math.sqrt(shape[1])
            if "o_proj" in name or "down_proj" in name:
                std /= math.sqrt(2 * c.layers)
            params[name] = torch.randn(shape, generator=gen) * std
    return {name: p.requires_grad_() for name, p in params.items()}


def rope_tables(c, length, dtype):
    """cos and sin for rotate-half RoPE, shape [length, head_dim]."""
    inv = 1.0 / (c.theta ** (torch.arange(0, c.head_dim, 2).float() / c.head_dim))
    angle = torch.outer(torch.arange(length).float(), inv)
    angle = torch.cat([angle, angle], dim=-1)
    return angle.cos().to(dtype), angle.sin().to(dtype)


def rotate(x, cos, sin):
    """Rotate-half form: the pair of dimension i is i + head_dim / 2."""
    half = x.shape[-1] // 2
    return x * cos + torch.cat([-x[..., half:], x[..., :half]], dim=-1) * sin


def rms_norm(x, weight, eps):
    """RMSNorm with its statistics in float32."""
    xf = x.float()
    return (xf * torch.rsqrt(xf.pow(2).mean(-1, keepdim=True) + eps)).to(x.dtype) * weight


class SwiGlu(torch.autograd.Function):
    """silu(gate) * up with its own backward: PyTorch's silu is slow in bfloat16 on a processor."""

    @staticmethod
    def forward(ctx, gate, up):
        s = torch.sigmoid(gate)
        act = gate * s
        ctx.save_for_backward(s, act, up)
        return act * up

    @staticmethod
    def backward(ctx, grad):
        s, act, up = ctx.saved_tensors
        # d silu = s + gate * s * (1 - s) = s + act - act * s
        return (torch.addcmul(s + act, act, s, value=-1)).mul_(up).mul_(grad), grad * act


def working_weights(params, quantised, dtype):
    """The weights a step computes with: matrices fake-quantised if asked, everything cast to `dtype`."""
    return {n: (fake_quantise(p) if quantised and p.dim() == 2 else p).to(dtype) for n, p in params.items()}


def hidden_states(c, w, ids, cache=None, start=0, padding=None, rows=None):
    """Final normed states [batch, length, hidden].

    `cache`: list per layer that keys and values are appended to, for decoding from position `start` on.
    `padding`: [batch] number of positions at the left that hold nothing. RoPE sees only distances, so a row that is
    shifted to the right computes the same.
    `rows`: indices into batch * length; only these states are wanted, so the end of the last layer is computed for
    them alone (a sixth of the work of training, as most tokens carry no loss).
    """
    batch, length = ids.shape
    x = w["model.embed_tokens.weight"][ids]
    cos, sin = rope_tables(c, start + length, x.dtype)
    cos, sin = cos[start:, None, :], sin[start:, None, :]
    total = start + length
    mask = torch.full((length, total), float("-inf"), dtype=x.dtype).triu(1 + start)
    if padding is not None:
        # Finite, so that the rows of the padding itself do not become NaN.
        mask = mask + (torch.arange(total) < padding[:, None]).to(x.dtype)[:, None, None, None, :] * -1e9
    scale = 1 / math.sqrt(c.head_dim)
    for i in range(c.layers):
        p = f"model.layers.{i}."
        h = rms_norm(x, w[p + "input_layernorm.weight"], c.eps)
        q = F.linear(h, w[p + "self_attn.q_proj.weight"]).view(batch, length, c.heads, c.head_dim)
        k = F.linear(h, w[p + "self_attn.k_proj.weight"]).view(batch, length, c.kv_heads, c.head_dim)
        v = F.linear(h, w[p + "self_attn.v_proj.weight"]).view(batch, length, c.kv_heads, c.head_dim)
        q, k = rotate(q, cos, sin) * scale, rotate(k, cos, sin)
        q, k, v = q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2)
        if cache is not None:
            if len(cache) > i:
                k, v = torch.cat([cache[i][0], k], 2), torch.cat([cache[i][1], v], 2)
                cache[i] = (k, v)
            else:
                cache.append((k, v))
        group = c.heads // c.kv_heads
        # Query heads of one key head are stacked along the rows, so that keys and values need no copying.
        q = q.reshape(batch, c.kv_heads, group * length, c.head_dim)
        scores = (q @ k.transpose(-1, -2)).view(batch, c.kv_heads, group, length, total) + mask
        attn = torch.softmax(scores, -1).view(batch, c.kv_heads, group * length, total) @ v
        attn = attn.view(batch, c.heads, length, c.head_dim).transpose(1, 2).reshape(batch, length, -1)
        if rows is not None and i == c.layers - 1:
            x, attn = x.reshape(-1, c.hidden)[rows], attn.reshape(-1, attn.shape[-1])[rows]
        x = x + F.linear(attn, w[p + "self_attn.o_proj.weight"])
        h = rms_norm(x, w[p + "post_attention_layernorm.weight"], c.eps)
        gate = F.linear(h, w[p + "mlp.gate_proj.weight"])
        up = F.linear(h, w[p + "mlp.up_proj.weight"])
        x = x + F.linear(SwiGlu.apply(gate, up), w[p + "mlp.down_proj.weight"])
    return rms_norm(x, w["model.norm.weight"], c.eps)


def logits(w, states):
    """The tied output matrix."""
    return F.linear(states, w["model.embed_tokens.weight"]).float()
