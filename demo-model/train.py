"""Trains the model with Muon for the matrices of the layers, and Adam for the embedding and the norms.

The loss covers the assistant's tokens. During the first steps it also includes a sample of the other tokens with a
small weight, so that the model learns words and attention to the text sooner. The last part of the training uses 4-bit
weights (straight-through), so the stored format loses no quality. The state is saved after every chunk of data; the
same command resumes the training.
"""

import argparse
import json
import math
import time
from pathlib import Path

import torch
import torch.nn.functional as F

from model.data import batches, chunk, pad
from model.network import Config, hidden_states, initial_parameters, logits, working_weights
from model.tokenizer import Tokenizer


def orthogonal(g):
    """Muon's Newton-Schulz iteration on a stack of matrices with at most as many rows as columns. Returns approximately
    the nearest semi-orthogonal matrices. bfloat16 is precise enough."""
    x = (g / (g.norm(dim=(1, 2), keepdim=True) + 1e-7)).bfloat16()
    for _ in range(5):
        a = x @ x.transpose(1, 2)
        x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
    return x.float()


class Optimiser:
    """Muon and Adam over named parameters."""

    def __init__(self, params, muon_lr, adam_lr):
        self.muon_lr, self.adam_lr, self.step_count = muon_lr, adam_lr, 0
        self.m = {n: torch.zeros_like(p) for n, p in params.items()}
        self.v, self.groups = {}, {}
        # Without a bound, Muon lets query and key matrices grow until attention saturates and learning stops.
        self.max_norm = {n: 1.5 * p.detach().norm() for n, p in params.items() if "q_proj" in n or "k_proj" in n}
        for n, p in params.items():
            if p.dim() == 2 and "embed" not in n:
                # Matrices of one shape or its transpose are iterated together, as fewer and larger products.
                self.groups.setdefault(tuple(sorted(p.shape)), []).append(n)
            else:
                self.v[n] = torch.zeros_like(p)

    @torch.no_grad()
    def step(self, params, scale):
        self.step_count += 1
        for shape, group in self.groups.items():
            flat = []
            for n in group:
                g, m = params[n].grad, self.m[n]
                m.mul_(0.95).add_(g)
                g = g + 0.95 * m
                flat.append(g if g.shape == shape else g.T)
            for n, update in zip(group, orthogonal(torch.stack(flat))):
                p = params[n]
                p.mul_(1 - 0.1 * self.muon_lr * scale)
                p.add_(update if p.shape == shape else update.T,
                       alpha=-self.muon_lr * scale * max(1, p.shape[0] / p.shape[1]) ** 0.5)
                if n in self.max_norm:
                    p.mul_(min(1.0, self.max_norm[n].item() / p.norm().item()))
        for n, v in self.v.items():
            g, m = params[n].grad, self.m[n]
            m.mul_(0.9).add_(g, alpha=0.1)
            v.mul_(0.98).addcmul_(g, g, value=0.02)
            mh, vh = m / (1 - 0.9 ** self.step_count), v / (1 - 0.98 ** self.step_count)
            update = mh / (vh.sqrt() + 1e-8)
            if update.dim() == 2:
                # A component common to all embedding rows does not change probabilities but dominates the inputs.
                update = update - update.mean(0)
            params[n].add_(update, alpha=-self.adam_lr * scale)
        for p in params.values():
            p.grad = None


def losses(config, weights, ids, mask, other_share=0.0):
    """Returns the mean loss on assistant tokens, the mean loss on a random share of the others, and a tuple of the
    logits of assistant tokens, all targets, and the indices of assistant tokens."""
    # The last column has no target. Shifting the targets instead of cutting the states keeps the indices simple.
    target, own = F.pad(ids[:, 1:], (0, 1)).reshape(-1), F.pad(mask[:, 1:], (0, 1)).reshape(-1)
    at = own.nonzero()[:, 0]
    pick = at[:0]
    if other_share:
        pick = ((own == 0) & (target != 0) & (torch.rand(own.shape) < other_share)).nonzero()[:, 0]
    out = logits(weights, hidden_states(config, weights, ids, rows=torch.cat([at, pick])))
    out, rest = out[:len(at)], out[len(at):]
    loss = F.cross_entropy(out, target[at])
    other = F.cross_entropy(rest, target[pick]) if other_share else None
    return loss, other, (out, target, at)


@torch.no_grad()
def held_out(config, params, rows, quantised, dtype):
    """Returns, for held-out stories, the loss and the share of answers with all tokens right (teacher forcing)."""
    weights = working_weights(params, quantised, dtype)
    total = right = answers = 0.0
    for start in range(0, len(rows), 32):
        ids, mask = pad(rows[start:start + 32])
        loss, _, (out, target, at) = losses(config, weights, ids, mask)
        total += loss.item() * 32
        wrong = torch.zeros(ids.numel())
        wrong[at] = (out.argmax(-1) != target[at]).float()
        own = F.pad(mask[:, 1:], (0, 1)).reshape(-1).tolist()
        wrong, inside, clean = wrong.tolist(), False, True
        for o, w in zip(own, wrong):
            if o:
                inside, clean = True, clean and not w
            elif inside:
                answers, right, inside, clean = answers + 1, right + clean, False, True
        if inside:
            answers, right = answers + 1, right + clean
    return total / len(rows), right / answers


def schedule(step, steps):
    """Learning rate factor: short warm-up, plateau, then a linear decay to 0.01 over the last 62 per cent."""
    if step < 60:
        return (step + 1) / 60
    return max(0.01, min(1.0, (steps - step) / (0.62 * steps)))


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--steps", type=int, default=40000)
    a.add_argument("--tokens", type=int, default=4096)
    a.add_argument("--seed", type=int, default=3)
    a.add_argument("--threads", type=int, default=2)
    a.add_argument("--out", default="/tmp/linnet-demo-model")
    a.add_argument("--quantise-from", type=float, default=0.55, help="fraction of the steps after which 4-bit weights are used")
    a.add_argument("--muon-lr", type=float, default=0.01)
    a.add_argument("--adam-lr", type=float, default=3e-3)
    a.add_argument("--float32", action="store_true", help="compute in float32 instead of bfloat16")
    a.add_argument("--minutes", type=float, default=1e9, help="stop and save after this many minutes")
    for name in ("hidden", "layers", "heads", "kv_heads", "ffn"):
        a.add_argument("--" + name.replace("_", "-"), type=int, default=getattr(Config, name))
    o = a.parse_args()
    torch.set_num_threads(o.threads)
    torch.manual_seed(o.seed)
    dtype = torch.float32 if o.float32 else torch.bfloat16
    tokenizer = Tokenizer(Path(__file__).parent.parent / "assets/demo/tokenizer.json")
    config = Config(vocab=tokenizer.size, hidden=o.hidden, layers=o.layers, heads=o.heads, kv_heads=o.kv_heads, ffn=o.ffn)
    params = initial_parameters(config, o.seed)
    optimiser = Optimiser(params, o.muon_lr, o.adam_lr)
    out = Path(o.out)
    out.mkdir(parents=True, exist_ok=True)
    step = index = seen = 0
    if (out / "state.pt").exists():
        state = torch.load(out / "state.pt")
        params = {n: p.requires_grad_() for n, p in state["params"].items()}
        optimiser.m, optimiser.v, optimiser.step_count = state["m"], state["v"], state["step"]
        step, index, seen = state["step"], state["index"], state["seen"]
    print(sum(p.numel() for p in params.values()), "parameters", config, "from step", step, flush=True)
    check = chunk(tokenizer, 424242, 0, held_out=True, size=512)
    log = (out / "log.jsonl").open("a")
    begin = last = time.time()
    recent, since = [], 0

    def save():
        torch.save({"params": {n: p.detach() for n, p in params.items()}, "m": optimiser.m, "v": optimiser.v,
                    "step": step, "index": index, "seen": seen, "config": vars(config)}, out / "state.new")
        (out / "state.new").rename(out / "state.pt")

    while step < o.steps and time.time() - begin < o.minutes * 60:
        for ids, mask in batches(tokenizer, o.seed, index, o.tokens):
            if step >= o.steps:
                break
            quantised = step >= o.quantise_from * o.steps
            early = step < 800
            weights = working_weights(params, quantised, dtype)
            loss, other, _ = losses(config, weights, ids, mask, 0.15 if early else 0.0)
            (loss + 0.2 * other if early else loss).backward()
            optimiser.step(params, schedule(step, o.steps))
            step, seen, since = step + 1, seen + ids.numel(), since + ids.numel()
            recent.append(loss.item())
            if step % 100 == 0 or step == o.steps:
                entry = {"step": step, "seen": seen, "loss": sum(recent) / len(recent), "rate": since / (time.time() - last),
                         "other": other.item() if other is not None else None, "quantised": quantised}
                if step % 500 == 0 or step == 200:
                    entry["held_out"], entry["right"] = held_out(config, params, check, quantised, dtype)
                last, since, recent = time.time(), 0, []
                log.write(json.dumps(entry) + "\n")
                log.flush()
                print({k: round(v, 4) if isinstance(v, float) else v for k, v in entry.items()}, flush=True)
                if not math.isfinite(entry["loss"]):
                    raise SystemExit("the loss is not finite")
        # Saves only between chunks, so that a resumed run gets the same data as an uninterrupted one.
        index += 1
        save()
    save()


if __name__ == "__main__":
    main()
