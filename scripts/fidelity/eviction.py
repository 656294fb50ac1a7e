"""Whether a sentence is still found after rows of the cache were evicted by reconstruction attention (KVzip, arXiv 2505.23416).

    python3 scripts/fidelity/eviction.py [TOKENS] [TEXTS]

SmolLM2-135M-Instruct from .cache/weights (`npm run weights`), f32, greedy; needs torch, transformers, gguf, accelerate. Each text is
made of sentences of this repository's documents, with a number in one of them; afterwards it is asked for. KVzip reads the text
once more after "Repeat the previous context:" and keeps, over all layers and heads together, the rows that got the most attention.
Beside it: the rows with the most attention in the prefill, random ones, the newest. The first four rows are always kept. Printed: how often
every token of the number is the likeliest, the mean of the number's negative log likelihood, and the time of the readings.
"in pieces" is what the engine does: pieces of 100 tokens, each after the whole text and with the last eight of the piece before;
"as many in each" keeps the same number of rows in each head.
"""

import pathlib
import random
import re
import sys
import time

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, DynamicCache
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

ROOT = pathlib.Path(__file__).parents[2]
LOAD = {"gguf_file": "SmolLM2-135M-Instruct.Q4_1.gguf", "local_files_only": True}
SHARES = [0.7, 0.5, 0.3]
PLACES = ["lighthouse", "museum", "harbour", "library", "garden", "station", "castle", "bakery", "mill", "chapel"]
SINKS = 4
PIECE, LEAD = 100, 8

kept = {}  # by layer: bool [key-value heads, rows]
seen = None  # by layer: the most attention that a row got, [key-value heads, rows]
rows = 0


def attention(module, query, key, value, mask, scaling=None, **_):
    _, heads, count, width = query.shape
    groups, length = key.shape[1], key.shape[2]
    scores = torch.einsum("bkgsd,bknd->bkgsn", query.view(1, groups, heads // groups, count, width), key) * scaling
    earlier = torch.arange(length)[None, :] <= torch.arange(length - count, length)[:, None]
    scores = scores.masked_fill(~earlier, -1e30)
    if module.layer_idx in kept:
        scores[..., :rows] = scores[..., :rows].masked_fill(~kept[module.layer_idx][None, :, None, None, :], -1e30)
    weights = scores.softmax(-1)
    if seen is not None:
        seen[module.layer_idx] = weights[0, :, :, :, :rows].amax((1, 2))
    out = torch.einsum("bkgsn,bknd->bkgsd", weights, value)
    return out.reshape(1, heads, count, width).transpose(1, 2).contiguous(), None


def sentences():
    names = ["docs/ARCHITECTURE.md", "PRIVACY.md", "docs/MEASUREMENTS.md"]
    text = "".join((ROOT / name).read_text() for name in names)
    text = re.sub(r"```.*?```", "", text, flags=re.S)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"\s+", " ", re.sub(r"[|#*`]+", " ", text))
    return [one for one in re.split(r"(?<=[.!?])\s", text) if 40 < len(one) < 200]


def best(scores, share):
    """The share of all rows of all layers and heads with the highest scores, and the first rows."""
    stacked = torch.stack([scores[layer] for layer in range(len(scores))])
    least = stacked.flatten().topk(int(stacked.numel() * share)).values[-1]
    chosen = stacked >= least
    chosen[:, :, :SINKS] = True
    return dict(enumerate(chosen))


def best_of_each(scores, share):
    """The same share of the rows of each head."""
    chosen = {}
    for layer, one in scores.items():
        first = torch.cat([torch.full_like(one[:, :SINKS], 2), one[:, SINKS:]], 1)
        places = first.topk(int(one.shape[1] * share), 1).indices
        chosen[layer] = torch.zeros_like(one, dtype=torch.bool).scatter(1, places, True)
    return chosen


def main():
    global kept, seen, rows
    tokens = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    texts = int(sys.argv[2]) if len(sys.argv) > 2 else 10
    tokenizer = AutoTokenizer.from_pretrained(ROOT / ".cache/weights", **LOAD)
    model = AutoModelForCausalLM.from_pretrained(ROOT / ".cache/weights", dtype=torch.float32, **LOAD).eval()
    ALL_ATTENTION_FUNCTIONS["kept"] = attention
    model.config._attn_implementation = "kept"
    encode = lambda text: tokenizer(text)["input_ids"]
    draw, all_sentences = random.Random(7), sentences()
    results, reading, repeating, in_pieces = {}, 0.0, 0.0, 0.0

    def run(ids, cache):
        begun = time.process_time()
        with torch.no_grad():
            logits = model(input_ids=torch.tensor([ids]), past_key_values=cache, use_cache=True).logits[0]
        return logits, time.process_time() - begun

    for number_of_text in range(texts):
        place, number = PLACES[number_of_text % len(PLACES)], str(draw.randint(1000, 9999))
        first, said = draw.randrange(len(all_sentences) - 80), []
        while len(encode(" ".join(said))) < tokens - 25:
            said.append(all_sentences[first + len(said)])
        said.insert(int((number_of_text + 0.5) / texts * len(said)), f"The key of the {place} has the number {number}.")
        begin, text = encode("<|im_start|>user\n"), encode(" ".join(said))
        rows, kept, seen, cache = len(begin + text), {}, {}, DynamicCache()
        reading += run(begin + text, cache)[1]
        prefill, seen = seen, {}
        again = encode("\n\nRepeat the previous context:") + text
        repeating += run(again, cache)[1]
        repeated = seen
        cache.crop(-len(again))
        pieces = {}
        for at in range(0, len(text), PIECE):
            again, seen = encode("\n\nRepeat the previous context:") + text[max(0, at - LEAD) : at + PIECE], {}
            in_pieces += run(again, cache)[1]
            cache.crop(-len(again))
            pieces = {layer: torch.maximum(pieces.get(layer, one), one) for layer, one in seen.items()}
        seen = None
        turn = f"<|im_end|>\n<|im_start|>assistant\nThe key of the {place} has the number"
        question = encode(f"\n\nWhich number has the key of the {place}?{turn}")
        answer = encode(f" {number}")

        def ask(name, keep):
            global kept
            kept = keep
            logits, _ = run(question + answer, cache)
            cache.crop(-len(question + answer))
            likely = logits[len(question) - 1 : len(question) - 1 + len(answer)].log_softmax(-1)
            right = all(likely[i].argmax().item() == token for i, token in enumerate(answer))
            loss = -sum(likely[i, token].item() for i, token in enumerate(answer))
            results.setdefault(name, []).append((right, loss))

        ask("all rows", {})
        shape = repeated[0].shape
        for share in SHARES:
            torch.manual_seed(number_of_text)
            by_chance = {layer: torch.rand(shape) for layer in repeated}
            by_age = {layer: torch.arange(rows).float().expand(shape) for layer in repeated}
            ask(f"{share:.0%} by KVzip, as many in each", best_of_each(repeated, share))
            ways = {"KVzip": repeated, "KVzip in pieces": pieces, "prefill's attention": prefill}
            ways |= {"chance": by_chance, "newest": by_age}
            for name, scores in ways.items():
                ask(f"{share:.0%} by {name}", best(scores, share))
    print(f"{texts} texts of {tokens} tokens; read {reading:.0f} s, repeated {repeating:.0f} s, in pieces {in_pieces:.0f} s")
    for name, found in results.items():
        print(f"{name:32} {sum(right for right, _ in found):3} {sum(loss for _, loss in found) / len(found):7.2f}")


main()
