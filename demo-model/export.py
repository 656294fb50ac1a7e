"""Writes a Hugging Face checkpoint from a training state: config, tokenizer, float16 weights and generation settings.

The weights are those that training computed with: matrices are rounded to the M0E4 grid. So the conversion to the
shipped 4-bit format (`linnet convert`) finds the same grid again.
"""

import argparse
import json
import shutil
from pathlib import Path

import torch

from model.checkpoint import ASSETS, hf_config, write_safetensors
from model.network import Config
from model.quant import quantise
from model.tokenizer import Tokenizer


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
