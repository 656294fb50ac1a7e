"""
Adds what transformers with PyTorch computes in f32 to the goldens of families, for engine/conformance/families.test.ts.

    node --import ./scripts/raw-loader.mjs scripts/goldens/family-folders.ts FOLDER
    python3 -m pip install torch transformers
    python3 scripts/goldens/torch_families.py FOLDER [FAMILY …]

Families whose code is beside their published checkpoints only are left out. `npm run -s goldens` keeps what this adds.
"""

import json
import pathlib
import sys

import torch
import transformers

GOLDENS = pathlib.Path(__file__).resolve().parents[2] / "engine/conformance/goldens"
NOT_IN_TRANSFORMERS = {"chatglm", "minicpm"}


# transformers 5 refuses whole numbers here, which published files have.
FLOATS = ("attn_logit_softcapping", "final_logit_softcapping")


def rows_of(folder, prompt, steps):
    path = pathlib.Path(folder) / "config.json"
    config = json.loads(path.read_text())
    config.update({key: float(config[key]) for key in FLOATS if config.get(key) is not None})
    # The default of some families is beyond the tiny vocabulary.
    config.setdefault("pad_token_id", 0)
    path.write_text(json.dumps(config))
    model = transformers.AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager"
    ).eval()
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
        if path.stem in NOT_IN_TRANSFORMERS or (only and path.stem not in only):
            continue
        golden = json.loads(path.read_text())
        golden["transformers"] = {
            "version": transformers.__version__,
            "logProbabilities": rows_of(f"{folder}/{path.stem}", given["prompt"], given["steps"]),
        }
        path.write_text(json.dumps(golden, ensure_ascii=False) + "\n")
        print(path.stem)


main()
