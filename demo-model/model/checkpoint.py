"""The files of a Hugging Face checkpoint: safetensors in float16, and config.json of LlamaForCausalLM."""

import json
import struct
from pathlib import Path

import torch

from model.network import Config

ASSETS = Path(__file__).parent.parent.parent / "assets/demo"


def write_safetensors(path, tensors):
    """Writes float16 tensors as header length (u64), JSON header, and data."""
    header, at, blobs = {"__metadata__": {"format": "pt"}}, 0, []
    for name, t in tensors.items():
        blob = t.contiguous().numpy().tobytes()
        header[name] = {"dtype": "F16", "shape": list(t.shape), "data_offsets": [at, at + len(blob)]}
        blobs.append(blob)
        at += len(blob)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def read_safetensors(path):
    """Reads float16 tensors as float32. Other types are not supported."""
    data = path.read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + size])
    header.pop("__metadata__", None)
    out = {}
    for name, h in header.items():
        begin, end = (8 + size + x for x in h["data_offsets"])
        out[name] = torch.frombuffer(bytearray(data[begin:end]), dtype=torch.float16).view(h["shape"]).float()
    return out


def hf_config(c, tokenizer):
    """Returns config.json of LlamaForCausalLM."""
    ids = tokenizer.added
    return {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": c.vocab, "hidden_size": c.hidden,
            "intermediate_size": c.ffn, "num_hidden_layers": c.layers, "num_attention_heads": c.heads,
            "num_key_value_heads": c.kv_heads, "head_dim": c.head_dim, "hidden_act": "silu",
            "max_position_embeddings": c.positions, "rms_norm_eps": c.eps, "rope_theta": c.theta, "rope_scaling": None,
            "attention_bias": False, "attention_dropout": 0.0, "mlp_bias": False, "initializer_range": 0.02,
            "tie_word_embeddings": True, "torch_dtype": "float16", "use_cache": True,
            "bos_token_id": ids["<|bos|>"], "eos_token_id": ids["<|im_end|>"], "pad_token_id": ids["<|pad|>"]}


def config_from(data):
    """Returns the Config of a parsed config.json."""
    return Config(vocab=data["vocab_size"], hidden=data["hidden_size"], layers=data["num_hidden_layers"],
                  heads=data["num_attention_heads"], kv_heads=data["num_key_value_heads"], head_dim=data["head_dim"],
                  ffn=data["intermediate_size"], theta=data["rope_theta"], eps=data["rms_norm_eps"],
                  positions=data["max_position_embeddings"])
