"""
What transformers makes of configs with few keys, for engine/models/configs.test.ts.

    python scripts/goldens/configs.py > engine/conformance/published/configs.json

Each case has a config.json and what its class and its rotary embedding say: sizes, constants, the window of each layer,
frequencies (of layers without a window, and of those with one where they differ) and the scale of cosines and sines.
"""

import importlib
import json

import torch
from transformers import CONFIG_MAPPING

TINY = {
    "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 6, "num_attention_heads": 4,
    "num_key_value_heads": 2, "head_dim": 16, "vocab_size": 100, "max_position_embeddings": 512,
}
FAMILIES = ["llama", "mistral", "ministral", "ministral3", "smollm3", "qwen2", "qwen3", "gemma", "gemma2", "gemma3_text", "phi3", "glm", "glm4", "granite", "granite_swa", "hunyuan_v1_dense", "ernie4_5", "olmo2", "olmo3"]
YARN = {"type": "yarn", "factor": 4.0, "original_max_position_embeddings": 128}
WIDE = {"head_dim": 32, "hidden_size": 128}
CASES = [
    *[(f"{t}: sizes only", {"model_type": t, **TINY}) for t in FAMILIES],
    *[(f"{t}: nothing", {"model_type": t}) for t in FAMILIES],
    ("yarn", {"model_type": "qwen2", **TINY, **WIDE, "rope_theta": 1e6, "rope_scaling": YARN}),
    ("yarn of transformers 5", {"model_type": "qwen3", **TINY, **WIDE, "rope_parameters": {"rope_type": "yarn", "rope_theta": 1e6, "factor": 4.0, "original_max_position_embeddings": 128}}),
    ("yarn without the trained length", {"model_type": "llama", **TINY, **WIDE, "rope_scaling": {"type": "yarn", "factor": 2.0}}),
    ("yarn with its own bounds", {"model_type": "llama", **TINY, **WIDE, "rope_scaling": {**YARN, "beta_fast": 16, "beta_slow": 2}}),
    ("yarn with a scale", {"model_type": "llama", **TINY, **WIDE, "rope_scaling": {**YARN, "attention_factor": 1.25}}),
    ("yarn with mscale", {"model_type": "llama", **TINY, **WIDE, "rope_scaling": {**YARN, "mscale": 1.0, "mscale_all_dim": 0.8}}),
    ("yarn not truncated", {"model_type": "llama", **TINY, **WIDE, "rope_scaling": {**YARN, "truncate": False}}),
    ("yarn of a factor below 1", {"model_type": "llama", **TINY, **WIDE, "rope_scaling": {**YARN, "factor": 1.0}}),
    ("dynamic", {"model_type": "llama", **TINY, "rope_scaling": {"type": "dynamic", "factor": 2.0}}),
    ("linear", {"model_type": "llama", **TINY, "rope_scaling": {"type": "linear", "factor": 2.0}}),
    ("llama3", {"model_type": "llama", **TINY, **WIDE, "rope_theta": 5e5, "rope_scaling": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 256}}),
    ("longrope", {"model_type": "phi3", **TINY, "original_max_position_embeddings": 128, "rope_scaling": {"type": "longrope", "short_factor": [1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7], "long_factor": [1, 2, 3, 4, 5, 6, 7, 8.0]}}),
    ("mistral without a window", {"model_type": "mistral", **TINY, "sliding_window": None}),
    ("ministral by layers", {"model_type": "ministral", **TINY, "sliding_window": 8, "layer_types": ["sliding_attention"] * 3 + ["full_attention"] * 3}),
    ("qwen2 with windows", {"model_type": "qwen2", **TINY, "use_sliding_window": True, "sliding_window": 8, "max_window_layers": 2}),
    ("qwen3 with windows, the width left out", {"model_type": "qwen3", **TINY, "use_sliding_window": True, "max_window_layers": 1}),
    ("smollm3 with windows", {"model_type": "smollm3", **TINY, "use_sliding_window": True, "sliding_window": 8}),
    ("smollm3 with windows, every other layer", {"model_type": "smollm3", **TINY, "use_sliding_window": True, "sliding_window": 8, "no_rope_layer_interval": 2}),
    ("gemma2 with its own caps", {"model_type": "gemma2", **TINY, "attn_logit_softcapping": None, "final_logit_softcapping": 12.0}),
    ("gemma2, exact gelu", {"model_type": "gemma2", **TINY, "hidden_activation": "gelu"}),
    ("gemma3 with another pattern", {"model_type": "gemma3_text", **TINY, "sliding_window_pattern": 2}),
    ("gemma3, scaled", {"model_type": "gemma3_text", **TINY, "rope_scaling": {"rope_type": "linear", "factor": 8.0}}),
    ("gemma3 of transformers 5, one rope left out", {"model_type": "gemma3_text", **TINY, "rope_parameters": {"full_attention": {"rope_type": "linear", "factor": 4.0, "rope_theta": 500000.0}}}),
    ("hunyuan with alpha", {"model_type": "hunyuan_v1_dense", **TINY, "rope_scaling": {"type": "dynamic", "factor": 1.0, "alpha": 1000.0}}),
    ("olmo3, stretched", {"model_type": "olmo3", **TINY, **WIDE, "rope_theta": 500000.0, "sliding_window": 8, "rope_scaling": {"rope_type": "yarn", "factor": 8.0, "original_max_position_embeddings": 128, "attention_factor": 1.2}}),
    ("phi3, part of a head", {"model_type": "phi3", **TINY, "partial_rotary_factor": 0.75}),
]


def main():
    made = [{"name": name, "config": config, "expected": expected(dict(config))} for name, config in CASES]
    print(json.dumps({"cases": made}))


def expected(given):
    kind = given.pop("model_type")
    config = CONFIG_MAPPING[kind](**given)
    layers = config.num_hidden_layers
    types = getattr(config, "layer_types", None)
    window = getattr(config, "sliding_window", None)
    # Mistral and Phi-3 have no list of layers: all have the window.
    windows = [window if types is None or t == "sliding_attention" else None for t in (types or [None] * layers)]
    module = importlib.import_module(f"transformers.models.{kind.replace('_text', '')}.modeling_{kind.replace('_text', '')}")
    rotary = next(v for k, v in vars(module).items() if k.endswith("RotaryEmbedding"))
    rope = rotary(config)
    buffers = dict(rope.named_buffers())
    far = buffers["full_attention_inv_freq" if "full_attention_inv_freq" in buffers else "inv_freq"]
    near = buffers.get("sliding_attention_inv_freq")
    scaling = getattr(rope, "attention_scaling", None) or getattr(rope, "full_attention_attention_scaling", 1.0)
    act = getattr(config, "hidden_activation", None) or config.hidden_act
    return {
        "hidden": config.hidden_size,
        "ffn": config.intermediate_size,
        "heads": config.num_attention_heads,
        "kvHeads": config.num_key_value_heads,
        "headWidth": getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads,
        "layers": layers,
        "vocab": config.vocab_size,
        "positions": config.max_position_embeddings,
        "eps": config.rms_norm_eps,
        "tied": config.tie_word_embeddings,
        "windows": windows,
        "activation": {"gelu_pytorch_tanh": "gelu_tanh"}.get(act, act),
        "scoreCap": getattr(config, "attn_logit_softcapping", None),
        "logitCap": getattr(config, "final_logit_softcapping", None),
        "frequencies": far.to(torch.float32).tolist(),
        "near": None if near is None else near.to(torch.float32).tolist(),
        "scale": float(scaling),
    }


main()
