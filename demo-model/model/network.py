"""The network in plain PyTorch, equal to Hugging Face's LlamaForCausalLM.

RMSNorm, rotate-half RoPE, grouped-query attention, SwiGLU, no biases, tied embeddings. Parameters have the names of
the checkpoint, so export only copies them and any program that reads Llama checkpoints can read the result.
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F

from model.quant import fake_quantise


@dataclass
class Config:
    """Sizes of the network. Every matrix dimension is a multiple of 32, the group size of the 4-bit format."""

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
    """Returns the shape of every parameter by name, in the order of the checkpoint."""
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
    """Normal initialisation scaled by fan-in. Matrices that write to the residual stream start smaller."""
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
    """Returns cos and sin for rotate-half RoPE, each [length, head_dim]."""
    inv = 1.0 / (c.theta ** (torch.arange(0, c.head_dim, 2).float() / c.head_dim))
    angle = torch.outer(torch.arange(length).float(), inv)
    angle = torch.cat([angle, angle], dim=-1)
    return angle.cos().to(dtype), angle.sin().to(dtype)


def rotate(x, cos, sin):
    """Rotate-half RoPE: dimension i is paired with i + head_dim / 2."""
    half = x.shape[-1] // 2
    return x * cos + torch.cat([-x[..., half:], x[..., :half]], dim=-1) * sin


def rms_norm(x, weight, eps):
    """RMSNorm with its statistics in float32."""
    xf = x.float()
    return (xf * torch.rsqrt(xf.pow(2).mean(-1, keepdim=True) + eps)).to(x.dtype) * weight


class SwiGlu(torch.autograd.Function):
    """silu(gate) * up with a custom backward pass, since PyTorch's silu is slow in bfloat16 on a CPU."""

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
    """Returns the weights of a step, cast to `dtype`. Matrices are fake-quantised if `quantised`."""
    return {n: (fake_quantise(p) if quantised and p.dim() == 2 else p).to(dtype) for n, p in params.items()}


def hidden_states(c, w, ids, cache=None, start=0, padding=None, rows=None):
    """Returns the normalised final states, [batch, length, hidden], or [len(rows), hidden] with `rows`.

    `cache`: list with keys and values per layer, which this call extends, for decoding from position `start` on.
    `padding`: [batch] number of empty positions at the left. RoPE depends only on distances, so a row shifted to the
    right gives the same result.
    `rows`: indices into batch * length of the needed states. The end of the last layer is computed only for them,
    which saves a sixth of the work of training, since most tokens have no loss.
    """
    batch, length = ids.shape
    x = w["model.embed_tokens.weight"][ids]
    cos, sin = rope_tables(c, start + length, x.dtype)
    cos, sin = cos[start:, None, :], sin[start:, None, :]
    total = start + length
    mask = torch.full((length, total), float("-inf"), dtype=x.dtype).triu(1 + start)
    if padding is not None:
        # A finite value, so that padding rows do not become NaN.
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
        # Stacks the query heads of one key head along the rows, so keys and values need not be copied.
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
    """Returns float32 logits by the tied output matrix."""
    return F.linear(states, w["model.embed_tokens.weight"]).float()
