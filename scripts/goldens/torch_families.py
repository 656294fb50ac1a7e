"""
Adds what transformers with PyTorch computes in f32 to the goldens of families, for engine/conformance/families.test.ts, of
the weights as they are and rounded to each format.

    node --import ./scripts/raw-loader.mjs scripts/goldens/family-folders.ts FOLDER
    python3 -m pip install torch transformers
    python3 scripts/goldens/torch_families.py FOLDER [FAMILY …]

Two families have their code beside their published checkpoints only. Their layers are those of others under other names:
MiniCPM computes its multipliers from its sizes, which Granite has in its config, and GLM is ChatGLM after its conversion.
`npm run -s goldens` keeps what this adds.
"""

import json
import pathlib
import sys

import safetensors.torch
import torch
import transformers

GOLDENS = pathlib.Path(__file__).resolve().parents[2] / "engine/conformance/goldens"

# transformers 5 refuses whole numbers here, which published files have.
FLOATS = ("attn_logit_softcapping", "final_logit_softcapping")


def as_granite(config, tensors):
    layers, hidden = config["num_hidden_layers"], config["hidden_size"]
    return {
        **config,
        "model_type": "granite",
        "embedding_multiplier": config["scale_emb"],
        "residual_multiplier": config["scale_depth"] / layers**0.5,
        "attention_multiplier": config["head_dim"] ** -0.5,
        "logits_scaling": hidden / config["dim_model_base"],
    }, tensors


def as_glm(config, tensors):
    heads, width = config["num_attention_heads"], config["kv_channels"]
    groups = config["multi_query_group_num"]
    names = {
        "transformer.embedding.word_embeddings": "model.embed_tokens",
        "transformer.encoder.layers": "model.layers",
        "transformer.encoder.final_layernorm": "model.norm",
        "transformer.output_layer": "lm_head",
        "self_attention.dense": "self_attn.o_proj",
        "dense_h_to_4h": "gate_up_proj",
        "dense_4h_to_h": "down_proj",
    }
    made = {}
    for name, tensor in tensors.items():
        for old, new in names.items():
            name = name.replace(old, new)
        if "query_key_value" not in name:
            made[name] = tensor
            continue
        parts = tensor.split([heads * width, groups * width, groups * width])
        for part, rows in zip("qkv", parts):
            own = name.replace("self_attention.query_key_value", f"self_attn.{part}_proj")
            made[own] = rows.contiguous()
    return {
        "model_type": "glm",
        "vocab_size": config["padded_vocab_size"],
        "hidden_size": config["hidden_size"],
        "intermediate_size": config["ffn_hidden_size"],
        "num_hidden_layers": config["num_layers"],
        "num_attention_heads": heads,
        "num_key_value_heads": groups,
        "head_dim": width,
        "max_position_embeddings": config["seq_length"],
        "rms_norm_eps": config["layernorm_epsilon"],
        "rope_theta": 10000.0 * config["rope_ratio"],
        "partial_rotary_factor": 0.5,
        "attention_bias": config["add_qkv_bias"],
        "tie_word_embeddings": False,
        "bos_token_id": config["bos_token_id"],
        "eos_token_id": config["eos_token_id"],
    }, made


BY_OTHERS = {"minicpm": as_granite, "chatglm": as_glm}


def prepare(folder, family):
    path = folder / "config.json"
    config = json.loads(path.read_text())
    if family in BY_OTHERS:
        weights = folder / "model.safetensors"
        config, tensors = BY_OTHERS[family](config, safetensors.torch.load_file(weights))
        safetensors.torch.save_file(tensors, weights, metadata={"format": "pt"})
    config.update({key: float(config[key]) for key in FLOATS if config.get(key) is not None})
    # The default of some families is beyond the tiny vocabulary.
    config.setdefault("pad_token_id", 0)
    path.write_text(json.dumps(config))


def rows_of(folder, prompt, steps):
    model, info = transformers.AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager", output_loading_info=True
    )
    assert not info["missing_keys"] and not info["unexpected_keys"], info
    model.eval()
    cache, rows = None, []
    with torch.inference_mode():
        for ids in [prompt, *([step] for step in steps)]:
            read = model(torch.tensor([ids]), past_key_values=cache, use_cache=True)
            cache = read.past_key_values
            row = torch.log_softmax(read.logits[0, -1].double(), -1)
            rows.append([round(float(x), 6) for x in row])
    return rows


def main():
    folder, *only = sys.argv[1:]
    given = json.loads((pathlib.Path(folder) / "prompt.json").read_text())
    for path in sorted(GOLDENS.glob("*/*.json")):
        if only and path.stem not in only:
            continue
        formats = {}
        for own in sorted((pathlib.Path(folder) / path.stem).iterdir()):
            prepare(own, path.stem)
            formats[own.name] = rows_of(own, given["prompt"], given["steps"])
        golden = json.loads(path.read_text())
        golden["transformers"] = {"version": transformers.__version__, "formats": formats}
        path.write_text(json.dumps(golden, ensure_ascii=False) + "\n")
        print(path.stem, flush=True)


main()
