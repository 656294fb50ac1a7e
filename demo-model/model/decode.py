"""Greedy decoding in batches, with weights as in the 4-bit format."""

import json

import torch

from model.checkpoint import ASSETS, config_from, read_safetensors
from model.network import hidden_states, logits, working_weights
from model.tokenizer import Tokenizer, render


class Model:
    """An exported checkpoint. Computes in float32 with M0E4 weights, or with unrounded ones if `quantised` is False."""

    def __init__(self, folder, quantised=True):
        self.tokenizer = Tokenizer(ASSETS / "tokenizer.json")
        self.config = config_from(json.loads((folder / "config.json").read_text()))
        with torch.no_grad():
            self.weights = working_weights(read_safetensors(folder / "model.safetensors"), quantised, torch.float32)
        self.end = self.tokenizer.added["<|im_end|>"]

    @torch.no_grad()
    def batch(self, prompts, limit):
        """Returns the ids generated for each prompt, without the end mark; at most `limit` each."""
        width = max(map(len, prompts))
        padding = torch.tensor([width - len(p) for p in prompts])
        ids = torch.tensor([[0] * (width - len(p)) + p for p in prompts])
        cache, start, out = [], 0, [[] for _ in prompts]
        open_rows = set(range(len(prompts)))
        for _ in range(limit):
            states = hidden_states(self.config, self.weights, ids, cache, start, padding)[:, -1]
            start += ids.shape[1]
            best = logits(self.weights, states).argmax(-1)
            for i in list(open_rows):
                token = best[i].item()
                if token == self.end:
                    open_rows.discard(i)
                else:
                    out[i].append(token)
            if not open_rows:
                break
            ids = best[:, None]
        return out

    def answers(self, conversations, limit=160, size=48):
        """Returns the assistant's next message for each list of messages."""
        prompts = [self.tokenizer.encode(render(m, True)) for m in conversations]
        result = [None] * len(prompts)
        order = sorted(range(len(prompts)), key=lambda i: len(prompts[i]))
        for at in range(0, len(order), size):
            part = order[at:at + size]
            for i, ids in zip(part, self.batch([prompts[i] for i in part], limit)):
                result[i] = self.tokenizer.decode(ids)
        return result
