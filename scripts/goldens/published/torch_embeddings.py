"""
Makes `engine/conformance/published/all-minilm-l6-v2.torch.json`: ids and vectors of texts by PyTorch in f32, as
sentence-transformers makes them (mean of all rows, length 1).

    npm run weights
    python3 -m pip install torch transformers
    python3 scripts/goldens/published/torch_embeddings.py
"""

import json
import os
import pathlib

import torch
import transformers

ROOT = pathlib.Path(__file__).resolve().parents[3]
WEIGHTS = pathlib.Path(os.environ.get("LINNET_WEIGHTS") or ROOT / ".cache/weights")
FOLDER = WEIGHTS / "all-MiniLM-L6-v2"
TEXTS = [
    "Where do ships dock?",
    "The harbour of Førde was built in 1874; its keeper counted 3,017 ships in the first year.",
    " Naïve café 世界 — unaffable!\n[SEP] is text here.",
    "a",
]


def main():
    tokenizer = transformers.AutoTokenizer.from_pretrained(FOLDER)
    model = transformers.AutoModel.from_pretrained(FOLDER, dtype=torch.float32).eval()
    texts = []
    for text in TEXTS:
        # The text is content: what it spells gives no control tokens.
        ids = tokenizer(text, split_special_tokens=True)["input_ids"]
        with torch.inference_mode():
            mean = model(torch.tensor([ids])).last_hidden_state[0].mean(0)
        vector = mean / mean.norm()
        texts.append({"text": text, "ids": ids, "vector": [round(float(x), 6) for x in vector]})
    golden = {
        "model": "all-minilm-l6-v2",
        "note": f"PyTorch {torch.__version__.split('+')[0]}, transformers {transformers.__version__}, f32; "
        "remade by: python3 scripts/goldens/published/torch_embeddings.py",
        "texts": texts,
    }
    out = ROOT / "engine/conformance/published/all-minilm-l6-v2.torch.json"
    out.write_text(json.dumps(golden, ensure_ascii=False) + "\n")
    for one in texts:
        print(one["ids"], one["vector"][:3])


main()
