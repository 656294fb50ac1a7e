"""Batches: conversations drawn from seeded chunks, never repeated, sorted by length so that little is padding."""

import random

import torch

from tasks import sample
from tokenizer import render
from world import Maker

CHUNK = 8192


def encode(tokenizer, messages, whole_phrases=True):
    """Ids and a mask that is 1 where the assistant's own tokens (its end mark included) stand."""
    ids, mask = tokenizer.encode("<|bos|>"), [0]
    for m in messages:
        body = tokenizer.encode(render([m])[len("<|bos|>"):], whole_phrases)
        if m["role"] == "assistant":
            head = len(tokenizer.encode("<|im_start|>assistant\n"))
            # The last token is the newline after <|im_end|>: the model never has to write it.
            mask += [0] * head + [1] * (len(body) - head - 1) + [0]
        else:
            mask += [0] * len(body)
        ids += body
    return ids[:-1], mask[:-1]


def pad(rows):
    """Tensors of one batch: ids and mask, padded at the end with id 0, which the mask keeps out of the loss."""
    width = max(len(ids) for ids, _ in rows)
    ids = torch.tensor([r + [0] * (width - len(r)) for r, _ in rows])
    return ids, torch.tensor([m + [0] * (width - len(m)) for _, m in rows])


def chunk(tokenizer, seed, index, held_out=False, size=CHUNK):
    """The conversations of one chunk, encoded."""
    maker = Maker(seed * 1_000_003 + index, held_out)
    return [encode(tokenizer, sample(maker), maker.r.random() > 0.03) for _ in range(size)]


def batches(tokenizer, seed, index, tokens):
    """One chunk as batches of about `tokens` tokens, in random order."""
    rows = sorted(chunk(tokenizer, seed, index), key=lambda r: len(r[0]))
    groups, at = [], 0
    while at < len(rows):
        end = at + 1
        while end < len(rows) and (end + 1 - at) * len(rows[end][0]) <= tokens:
            end += 1
        groups.append(rows[at:end])
        at = end
    random.Random(seed + index).shuffle(groups)
    return [pad(g) for g in groups]
