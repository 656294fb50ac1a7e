"""What mixtures of three to five bits cost a model: sizes of about 4.0 bits a weight, such as the smallest one (docs/ENGINE.md).

    python3 scripts/fidelity/smallest.py smollm2|gemma3 [TOKENS] [ARTICLES] [ROW …]

Published weights from .cache/weights (`npm run weights`), f32; needs torch, transformers, gguf, accelerate. Their values lie on the grids of
their own files, so that types with the same grid would seem exact: uniform noise of one step of each tensor's type is added, and the
noisy model is the reference. It reads articles of ../shared/assets/pages/readability. Weights are rounded as engine/quant/cells does,
with blocks that divide the rows. Printed: bits of feed-forward blocks, head and the rest, the perplexity's change with the error of a
difference between pairs of tokens, the divergence with its error, and how often the likeliest token is the same.
"""

import html
import json
import pathlib
import re
import sys

import gguf
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

ROOT = pathlib.Path(__file__).parents[2]
WEIGHTS = ROOT / ".cache/weights"
PAGES = ROOT.parent / "shared/assets/pages/readability"
FILES = {"smollm2": "SmolLM2-135M-Instruct.Q4_1.gguf", "gemma3": "gemma-3-270m-q4_k_m.gguf"}
ARTICLES = "ars-1 bbc-1 buzzfeed-1 dropbox-blog google-sre-book-1 lemonde-1 nytimes-1 seattletimes-1 wapo-2 wikipedia".split()
STEPS = {"Q4_1": 15, "Q4_K": 15, "Q5_0": 31, "Q6_K": 63, "Q8_0": 255}
BITS = {"q3_k": 3.5, "iq4_xs": 4.25, "q4_k": 4.5, "q5_k": 5.5}
TABLE = torch.tensor([-127.0, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113])
BOUNDS = (TABLE[1:] + TABLE[:-1]) / 2


def half(x):
    return x.half().float()


def safe(s):
    return torch.where(s == 0, torch.ones_like(s), s)


def nearest(kind, x):
    return x.round().clamp(-4, 3) if kind == "q3_k" else TABLE[torch.bucketize(x, BOUNDS)]


def fitted_scale(kind, x, v):
    """The scales [1, groups] of x [weights, groups] with the least squared error, weighted by v."""
    largest = x.gather(0, x.abs().argmax(0, keepdim=True))
    ends = (-4, 3) if kind == "q3_k" else (-127, 113)
    best, least = torch.zeros_like(largest), torch.full_like(largest, torch.inf)
    for start in (largest / ends[0], largest / ends[1], largest / ends[0] * (0.85 if kind == "q3_k" else 0.88)):
        s = safe(start)
        for _ in range(3):
            q = nearest(kind, x / s)
            error = (v * (q * s - x) ** 2).sum(0, keepdim=True)
            best, least = torch.where(error < least, s, best), torch.minimum(error, least)
            s = safe((v * q * x).sum(0, keepdim=True) / (v * q * q).sum(0, keepdim=True).clamp_min(1e-30))
    return best


def fitted_pair(x, v, most):
    """Scales and minima of the same."""
    low, high = x.amin(0, keepdim=True).clamp_max(0), x.amax(0, keepdim=True)
    best, least = (high * 0, high * 0), torch.full_like(high, torch.inf)
    n, w = v.sum(0, keepdim=True), (v * x).sum(0, keepdim=True)
    for width in (1, 0.85):
        s = ((high - low) / most * width).clamp_min(1e-12)
        b = (low + high) / 2 - s * most / 2
        for _ in range(3):
            q = ((x - b) / s).round().clamp(0, most)
            error = (v * (q * s + b - x) ** 2).sum(0, keepdim=True)
            better = error < least
            best, least = (torch.where(better, s, best[0]), torch.where(better, b, best[1])), torch.minimum(error, least)
            sq, sqq, swq = ((v * part).sum(0, keepdim=True) for part in (q, q * q, q * x))
            slope = (n * swq - w * sq) / (n * sqq - sq * sq).clamp_min(1e-30)
            lowest = (w - slope * sq) / n
            fits = (slope > 0) & (lowest <= 0)
            s, b = torch.where(fits, slope, s), torch.where(fits, lowest, b)
    return best


def signed_six(s, groups):
    s = s.view(-1, groups)
    d = half(s.gather(1, s.abs().argmax(1, keepdim=True)) / -32)
    return ((s / safe(d)).round().clamp(-32, 31) * d).view(1, -1)


def six(s, groups):
    s = s.view(-1, groups)
    d = half(s.amax(1, keepdim=True) / 63)
    return ((s / safe(d)).round().clamp(0, 63) * d).view(1, -1)


def rounded(weights, kind, columns=None):
    """`columns`: how much the error of each column counts."""
    rows, k = weights.shape
    block = next(size for size in (256, 192, 128, 320, 64) if k % size == 0)
    group = 16 if kind == "q3_k" else 32
    out = torch.empty_like(weights)
    step = max(1, 400_000 // k)
    for at in range(0, rows, step):
        part = weights[at : at + step]
        x = part.reshape(-1, group).T.contiguous()
        v = torch.ones_like(x) if columns is None else columns.view(-1, group).T.repeat(1, len(part))
        if kind in ("q3_k", "iq4_xs"):
            s = signed_six(fitted_scale(kind, x, v), block // group)
            y = nearest(kind, x / safe(s)) * s
        else:
            most = 2 ** int(kind[1]) - 1
            s, b = fitted_pair(x, v, most)
            s, b = six(s, block // group), -six(-b, block // group)
            y = ((x - b) / safe(s)).round().clamp(0, most) * s + b
        out[at : at + step] = y.T.reshape(part.shape)
    return out


def article(name):
    text = re.sub(r"</(?:p|h\d|li|div|figure)>", "\n\n", (PAGES / name / "expected.html").read_text())
    return re.sub(r"\s*\n\s*", "\n\n", html.unescape(re.sub(r"[^\S\n]+", " ", re.sub(r"<[^>]*>", "", text)))).strip()


def role(name):
    """gate, up, down, q, k, v, o or head; and the layer."""
    found = re.search(r"layers\.(\d+)\..*\.(\w+)_proj", name)
    return (found[2], int(found[1])) if found else ("head", -1)


def whole(head, rest, low, high, gets_high):
    """All matrices: `high` where gets_high(part, layer / layers), `low` in what is left of feed-forward blocks."""
    inner = lambda part, at: (high if gets_high(part, at) else low) if part in ("gate", "up", "down") else rest
    return lambda part, at: head if part == "head" else inner(part, at)


def only(kind, *parts):
    return lambda part, at: kind if part in parts else None


last_gates = lambda part, at: part != "down" and at >= 0.14
# At E2B's shares the first takes 1,139 MB of weights, those in IQ4_XS 1,145 and those in Q4_K 1,143.
ROWS = {
    "before": whole("q5_k", "q4_k", "q3_k", "q3_k", lambda part, at: False),
    "gates": whole("iq4_xs", "iq4_xs", "q3_k", "iq4_xs", last_gates),
    "last layers": whole("iq4_xs", "iq4_xs", "q3_k", "iq4_xs", lambda part, at: at >= 0.43),
    "down first": whole("iq4_xs", "iq4_xs", "q3_k", "iq4_xs", lambda part, at: part == "down" or part == "up" and at >= 0.29),
    "down, first layers": whole("iq4_xs", "iq4_xs", "q3_k", "iq4_xs", lambda part, at: part == "down" or at < 0.35),
    "down, last layers": whole("iq4_xs", "iq4_xs", "q3_k", "iq4_xs", lambda part, at: part == "down" or at >= 0.65),
    "gates in Q4_K": whole("q4_k", "q4_k", "q3_k", "q4_k", lambda part, at: part != "down" and at >= 0.53),
    "before, weighted": whole("q5_k", "q4_k*", "q3_k*", "q3_k*", lambda part, at: False),
    "gates, weighted": whole("iq4_xs", "iq4_xs*", "q3_k*", "iq4_xs*", last_gates),
    "down, weighted": whole("iq4_xs", "iq4_xs*", "q3_k*", "iq4_xs*", lambda part, at: part == "down" or at < 0.35),
    "first layers": whole("iq4_xs", "iq4_xs", "q3_k", "iq4_xs", lambda part, at: at < 0.57),
    "gate, up Q3_K": only("q3_k", "gate", "up"),
    "down Q3_K": only("q3_k", "down"),
    "head Q5_K": only("q5_k", "head"),
    "head IQ4_XS": only("iq4_xs", "head"),
}


def main():
    torch.set_grad_enabled(False)
    name, *rest = sys.argv[1:]
    tokens, articles = (int(rest[i]) if len(rest) > i else default for i, default in ((0, 100), (1, 8)))
    load = {"gguf_file": FILES[name], "local_files_only": True}
    tokenizer = AutoTokenizer.from_pretrained(WEIGHTS, **load)
    model = AutoModelForCausalLM.from_pretrained(WEIGHTS, dtype=torch.float32, **load).eval()
    begin = [tokenizer.bos_token_id] if name == "gemma3" else []
    encode = lambda text: begin + tokenizer(text, add_special_tokens=False)["input_ids"]
    texts = [encode(article(one))[:tokens] for one in ARTICLES[:articles]]
    matrices = {key: p for key, p in model.named_parameters() if p.dim() == 2 and not key.startswith("lm_head")}
    add_noise(matrices, FILES[name])
    own = {key: p.clone() for key, p in matrices.items()}
    inputs = None
    layers = model.config.num_hidden_layers

    def read(of=None):
        losses, others, same = [], [], []
        for i, ids in enumerate(texts):
            log = model(torch.tensor([ids])).logits[0, :-1].log_softmax(-1)
            losses.append(-log.gather(1, torch.tensor(ids[1:])[:, None])[:, 0])
            if of is None:
                others.append(log.half())
                continue
            exact = of[i].float()
            others.append((exact.exp() * (exact - log)).sum(1))
            same.append((exact.argmax(1) == log.argmax(1)).float())
        return torch.cat(losses), others, same

    exact, logs, _ = read()
    print(f"{name}, {len(exact)} tokens, own perplexity {exact.mean().exp():.3f}", flush=True)
    for row in rest[2:] or ROWS:
        bits = {}
        if "weighted" in row and inputs is None:
            restore(matrices, own)
            inputs = mean_squares(model, [encode(text)[:256] for text in passages()], 1500)
        for key, p in matrices.items():
            part, layer = role(key)
            kind = ROWS[row](part, layer / layers)
            plain = kind and kind.rstrip("*")
            p.copy_(own[key] if plain is None else rounded(own[key], plain, inputs[key] if plain != kind else None))
            place = "ffn" if part in ("gate", "up", "down") else "head" if part == "head" else "rest"
            sums = bits.setdefault(place, [0, 0])
            sums[0] += p.numel() * BITS.get(plain, 32)
            sums[1] += p.numel()
        losses, divergences, same = read(logs)
        change, divergence = losses - exact, torch.cat(divergences)
        error = lambda x: x.std() / len(x) ** 0.5
        shown = " ".join(f"{place} {sum_ / count:.2f}" for place, (sum_, count) in sorted(bits.items()))
        print(
            f"{row:18} {shown:34} {change.mean().exp() * 100 - 100:+.1f} % ± {error(change) * 100:.1f}  "
            f"divergence {divergence.mean():.3f} ± {error(divergence):.3f}  same {torch.cat(same).mean() * 100:.1f} %",
            flush=True,
        )


def restore(matrices, own):
    for key, p in matrices.items():
        p.copy_(own[key])


def add_noise(matrices, file):
    torch.manual_seed(1)
    types = {tensor.name: tensor.tensor_type.name for tensor in gguf.GGUFReader(WEIGHTS / file).tensors}
    names = {"q": "attn_q", "k": "attn_k", "v": "attn_v", "o": "attn_output", "gate": "ffn_gate", "up": "ffn_up", "down": "ffn_down"}
    for key, p in matrices.items():
        part, layer = role(key)
        steps = STEPS[types["token_embd.weight" if part == "head" else f"blk.{layer}.{names[part]}.weight"]]
        x = p.view(-1, 32)
        x += (torch.rand_like(x) - 0.5) * (x.amax(1, keepdim=True) - x.amin(1, keepdim=True)) / steps


def passages():
    """The passages that an import calibrates with."""
    return json.loads((ROOT / "engine/calibrate/texts.json").read_text())


def mean_squares(model, texts, tokens):
    """Of each column of the inputs of products, by the matrix; first tokens are left out."""
    sums, hooks, count = {}, [], 0
    for key, module in model.model.named_modules():
        if not isinstance(module, torch.nn.Linear):
            continue
        name = f"model.{key}.weight"
        add = lambda _, x, name=name: sums.__setitem__(name, sums.get(name, 0) + x[0][0, 1:].pow(2).sum(0))
        hooks.append(module.register_forward_pre_hook(add))
    for ids in texts:
        if count >= tokens:
            break
        model.model(torch.tensor([ids]))
        count += len(ids)
    for hook in hooks:
        hook.remove()
    return {name: total / count + 1e-12 for name, total in sums.items()}


if __name__ == "__main__":
    main()
