"""Writes engine/quant/goldens/ggml-blocks.json: random blocks of each quantised type of ggml, and the f32 numbers that the
Python package gguf (0.19.0, `gguf.quants.dequantize`) makes of them. Both as base64, little-endian.

    pip install gguf==0.19.0 && python scripts/goldens/ggml_blocks.py && npm run lint:fix
"""

import base64
import json
import pathlib

import numpy as np
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType
from gguf.quants import dequantize

# Byte offsets of the halves of a block, which must be finite.
HALVES = {
    "Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "Q8_0": [0],
    "Q2_K": [80, 82], "Q3_K": [108], "Q4_K": [0, 2], "Q5_K": [0, 2], "Q6_K": [208],
    "IQ4_NL": [0], "IQ4_XS": [0], "MXFP4": [], "TQ1_0": [52], "TQ2_0": [64], "Q1_0": [0],
}
# Weights of a type in the file.
COUNT = 512

random = np.random.default_rng(7)


def one_bit(blocks: np.ndarray) -> np.ndarray:
    """Q1_0, which gguf-py lists and does not convert: `dequantize_row_q1_0` of ggml, d or −d by bit i % 8 of byte i / 8."""
    d = blocks[:, :2].copy().view("<f2").astype(np.float32)
    bits = np.unpackbits(blocks[:, 2:], axis=1, bitorder="little")
    return np.where(bits == 1, d, -d)


def golden(name: str) -> dict[str, str]:
    kind = GGMLQuantizationType[name]
    weights, size = GGML_QUANT_SIZES[kind]
    blocks = random.integers(0, 256, (COUNT // weights, size), dtype=np.uint8)
    for at in HALVES[name]:
        # Of both signs; every other block has a subnormal half, as small weights have in published files.
        blocks[:, at + 1] &= 0xBF
        blocks[1::2, at + 1] &= 0x83
    if name == "MXFP4":
        blocks[:, 0] = blocks[:, 0] % 24 + 112
    numbers = (one_bit(blocks) if name == "Q1_0" else dequantize(blocks, kind)).astype("<f4")
    assert np.isfinite(numbers).all()
    text = lambda data: base64.b64encode(data.tobytes()).decode()
    return {"blocks": text(blocks), "weights": text(numbers)}


path = pathlib.Path(__file__).parents[2] / "engine/quant/goldens/ggml-blocks.json"
path.parent.mkdir(exist_ok=True)
path.write_text(json.dumps({name: golden(name) for name in HALVES}, indent=2) + "\n")
