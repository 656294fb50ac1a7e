"""
Makes `engine/conformance/published/*.torch.json`: what PyTorch in f32 computes for the published models.

    npm run weights
    python3 -m pip install torch transformers accelerate gguf
    python3 scripts/goldens/published/torch_goldens.py [MODEL_ID …]

For each prompt: its ids, the ids of the greedy answer, the text, the smallest distance between the best two logits on the
way, and of the logits after the prompt the 32 largest and every n-th. `transformers` reads the GGUF file itself and
computes with its values in f32, so that the file is the only thing that both engines share.
"""

import hashlib
import json
import os
import pathlib
import sys

import torch
import transformers

ROOT = pathlib.Path(__file__).resolve().parents[3]
FOLDER = ROOT / "engine/conformance/published"
WEIGHTS = pathlib.Path(os.environ.get("LINNET_WEIGHTS") or ROOT / ".cache/weights")
FILES = {
    "smollm2-135m-instruct": "SmolLM2-135M-Instruct.Q4_1.gguf",
    "gemma3-270m": "gemma-3-270m-q4_k_m.gguf",
}
TOP = 32


def rounded(value):
    return round(float(value), 5)


def golden_of(model, tokenizer, prompt, steps):
    if "messages" in prompt:
        text = tokenizer.apply_chat_template(prompt["messages"], tokenize=False, add_generation_prompt=True)
        ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    else:
        text = prompt["text"]
        ids = tokenizer(text)["input_ids"]
    greedy, margin, first = [], float("inf"), None
    cache, unread = None, ids
    with torch.inference_mode():
        for _ in range(steps):
            read = model(torch.tensor([unread]), past_key_values=cache, use_cache=True, logits_to_keep=1)
            cache, logits = read.past_key_values, read.logits[0, -1].float()
            first = logits if first is None else first
            best = torch.topk(logits, 2).values
            margin = min(margin, float(best[0] - best[1]))
            unread = [int(torch.argmax(logits))]
            greedy += unread
    top = torch.topk(first, TOP)
    every = first.numel() // TOP
    return {
        "name": prompt["name"],
        "text": text,
        "ids": ids,
        "greedy": greedy,
        "answer": tokenizer.decode(greedy),
        "margin": rounded(margin),
        "vocabulary": first.numel(),
        "top": [[int(i), rounded(x)] for i, x in zip(top.indices, top.values)],
        "every": every,
        "sample": [rounded(x) for x in first[::every]],
    }


def main():
    wanted = json.loads((FOLDER / "prompts.json").read_text())
    for name in sys.argv[1:] or FILES:
        file = WEIGHTS / FILES[name]
        sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
        load = {"gguf_file": file.name, "local_files_only": True}
        tokenizer = transformers.AutoTokenizer.from_pretrained(str(WEIGHTS), **load)
        model = transformers.AutoModelForCausalLM.from_pretrained(str(WEIGHTS), dtype=torch.float32, **load).eval()
        golden = {
            "model": name,
            "sha256": sha256,
            "note": f"PyTorch {torch.__version__.split('+')[0]}, transformers {transformers.__version__}, f32; "
            f"remade by: python3 scripts/goldens/published/torch_goldens.py {name}",
            "prompts": [golden_of(model, tokenizer, prompt, wanted["steps"]) for prompt in wanted["prompts"][name]],
        }
        out = FOLDER / f"{name}.torch.json"
        out.write_text(json.dumps(golden, ensure_ascii=False) + "\n")
        for prompt in golden["prompts"]:
            print(f"{name} {prompt['name']}: {len(prompt['ids'])} tokens, margin {prompt['margin']}: {prompt['answer']!r}")


main()
