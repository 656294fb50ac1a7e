"""
Adds what transformers with PyTorch computes in f32 to the goldens of encoders, for engine/conformance/encoders.test.ts: the
vectors of the passages, each read alone, before they are divided by their lengths; of the weights as they are and rounded to
each format.

    node --import ./scripts/raw-loader.mjs scripts/goldens/encoder-folders.ts FOLDER
    python3 -m pip install torch transformers safetensors
    python3 scripts/goldens/torch_encoders.py FOLDER
"""

import json
import pathlib
import sys

import safetensors.torch
import torch
import transformers

GOLDENS = pathlib.Path(__file__).resolve().parents[2] / "engine/conformance/encoders"


def vectors_of(folder, passages):
    model = transformers.AutoModel.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager"
    ).eval()
    pooling = json.loads((folder / "1_Pooling/config.json").read_text())
    dense = [safetensors.torch.load_file(path) for path in sorted(folder.glob("*_Dense/model.safetensors"))]
    made = []
    with torch.inference_mode():
        for ids in passages:
            rows = model(torch.tensor([ids])).last_hidden_state[0]
            vector = rows[0] if pooling.get("pooling_mode_cls_token") else rows.mean(0)
            for layer in dense:
                vector = layer["linear.weight"] @ vector
            made.append([round(float(x), 6) for x in vector])
    return made


def main():
    folder = pathlib.Path(sys.argv[1])
    passages = json.loads((folder / "passages.json").read_text())
    for path in sorted(GOLDENS.glob("*.json")):
        golden = json.loads(path.read_text())
        formats = {own.name: vectors_of(own, passages) for own in sorted((folder / path.stem).iterdir())}
        golden["transformers"] = {"version": transformers.__version__, "formats": formats}
        path.write_text(json.dumps(golden, ensure_ascii=False) + "\n")
        print(path.stem, formats["F32"][1][:4], flush=True)


main()
