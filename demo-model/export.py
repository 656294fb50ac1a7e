"""Writes a Hugging Face folder from a training state: config, tokenizer, weights in float16 and generation settings.

The weights are what training computed with: rounded to the M0E4 grid where they are matrices. The conversion into the
4-bit store form (`linnet convert`), which is what ships, therefore finds its own grid again.
"""

import argparse
import json
import shutil
import struct
from pathlib import Path

import torch

from model import Config
from quant import quantise
from tokenizer import Tokenizer

ASSETS = Path(__file__).parent.parent / "assets/demo"


def write_safetensors(path, tensors):
    """The whole format: length of the header, header, bytes."""
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
    """Only float16, which is all that is written here."""
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
    """config.json of LlamaForCausalLM."""
    ids = tokenizer.added
    return {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": c.vocab, "hidden_size": c.hidden,
            "intermediate_size": c.ffn, "num_hidden_layers": c.layers, "num_attention_heads": c.heads,
            "num_key_value_heads": c.kv_heads, "head_dim": c.head_dim, "hidden_act": "silu",
            "max_position_embeddings": c.positions, "rms_norm_eps": c.eps, "rope_theta": c.theta, "rope_scaling": None,
            "attention_bias": False, "attention_dropout": 0.0, "mlp_bias": False, "initializer_range": 0.02,
            "tie_word_embeddings": True, "torch_dtype": "float16", "use_cache": True,
            "bos_token_id": ids["<|bos|>"], "eos_token_id": ids["<|im_end|>"], "pad_token_id": ids["<|pad|>"]}


def config_from(data):
    """Our Config from a config.json."""
    return Config(vocab=data["vocab_size"], hidden=data["hidden_size"], layers=data["num_hidden_layers"],
                  heads=data["num_attention_heads"], kv_heads=data["num_key_value_heads"], head_dim=data["head_dim"],
                  ffn=data["intermediate_size"], theta=data["rope_theta"], eps=data["rms_norm_eps"],
                  positions=data["max_position_embeddings"])


def main():
    a = argparse.ArgumentParser()
    a.add_argument("state")
    a.add_argument("to", help="folder of the checkpoint")
    o = a.parse_args()
    state, out = torch.load(o.state), Path(o.to)
    out.mkdir(parents=True, exist_ok=True)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(ASSETS / name, out / name)
    tokenizer = Tokenizer(ASSETS / "tokenizer.json")
    config = Config(**state["config"])
    tensors = {n: (quantise(p) if p.dim() == 2 else p).half() for n, p in state["params"].items()}
    write_safetensors(out / "model.safetensors", tensors)
    (out / "config.json").write_text(json.dumps(hf_config(config, tokenizer), indent=1) + "\n")
    (out / "generation_config.json").write_text(json.dumps({
        "bos_token_id": tokenizer.added["<|bos|>"], "eos_token_id": tokenizer.added["<|im_end|>"],
        "pad_token_id": tokenizer.added["<|pad|>"], "do_sample": False, "max_new_tokens": 256}, indent=1) + "\n")
    print("step", state["step"], "tokens seen", state["seen"], "bytes", (out / "model.safetensors").stat().st_size)


if __name__ == "__main__":
    main()
