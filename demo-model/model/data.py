"""Batches of conversations. They come from seeded chunks, never repeat, and are sorted by length to reduce padding."""

import random

import torch

from world.tasks import sample
from model.tokenizer import render
from world.stories import StoryGenerator

CHUNK = 8192


def encode(tokenizer, messages, whole_phrases=True):
    """Returns ids and a mask that is 1 for the assistant's tokens, including the end mark."""
    ids, mask = tokenizer.encode("<|bos|>"), [0]
    for m in messages:
        body = tokenizer.encode(render([m])[len("<|bos|>"):], whole_phrases)
        if m["role"] == "assistant":
            head = len(tokenizer.encode("<|im_start|>assistant\n"))
            # The last token is the newline after <|im_end|>, which the model never has to generate.
            mask += [0] * head + [1] * (len(body) - head - 1) + [0]
        else:
            mask += [0] * len(body)
        ids += body
    return ids[:-1], mask[:-1]


def pad(rows):
    """Returns ids and mask of a batch, each [rows, width], padded at the end with id 0 and mask 0."""
    width = max(len(ids) for ids, _ in rows)
    ids = torch.tensor([r + [0] * (width - len(r)) for r, _ in rows])
    return ids, torch.tensor([m + [0] * (width - len(m)) for _, m in rows])


def chunk(tokenizer, seed, index, held_out=False, size=CHUNK):
    """Returns the encoded conversations of one chunk."""
    generator = StoryGenerator(seed * 1_000_003 + index, held_out)
    return [encode(tokenizer, sample(generator), generator.r.random() > 0.03) for _ in range(size)]


def batches(tokenizer, seed, index, tokens):
    """Returns one chunk as batches of about `tokens` tokens, in random order."""
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
