"""Byte-level BPE: training, encoding, decoding, and the standard tokenizer.json.

The fixed prompts of the product are added tokens (not special tokens): the model reads "List the key points of the
page, at most 3." as one token. That keeps sequences short enough to train on a CPU.
"""

import json
import re
from collections import Counter
from pathlib import Path

from world.tasks import PROMPTS

# Words with the preceding space, single digits, runs of other characters, runs of white space. Lists letters instead of
# \p{L}, so that Python's re, JavaScript and Rust match alike.
LETTERS = "A-Za-zÀ-ÖØ-öø-ÿŒœ"
PATTERN = f"'(?:s|t|re|ve|m|ll|d)| ?[{LETTERS}]+| ?[0-9]| ?[^ \\n\\t\\r{LETTERS}0-9]+|[ \\n\\t\\r]+"
SPECIAL = ["<|pad|>", "<|bos|>", "<|im_start|>", "<|im_end|>"]
CHAT_TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + "
    "'<|im_end|>' + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}")


def phrases():
    """Returns the fixed parts of the product's prompts. Each becomes one token."""
    before, after = PROMPTS["translate"].split("{language}")
    page, selection = (re.split(r"\{[a-z]+\}", PROMPTS[k]) for k in ("page", "selection"))
    found = [PROMPTS["system"], before, after, page[0], page[2], selection[0], selection[1]]
    return found + [text for lengths in PROMPTS["summarise"].values() for text in lengths.values()]


def byte_alphabet():
    """Returns GPT-2's map from bytes to printable characters."""
    keep = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
    table, extra = {b: chr(b) for b in keep}, 0
    for b in range(256):
        if b not in table:
            table[b] = chr(256 + extra)
            extra += 1
    return table


BYTES = byte_alphabet()
UNBYTES = {c: b for b, c in BYTES.items()}


def visible(text):
    """Returns the UTF-8 bytes of `text` as printable characters."""
    return "".join(BYTES[b] for b in text.encode())


def train_merges(texts, vocabulary):
    """Trains BPE on the pre-tokenised words of `texts`, until `vocabulary` ids are used or no pair is left."""
    added = re.compile("|".join(re.escape(p) for p in sorted(phrases() + SPECIAL, key=len, reverse=True)))
    counts = Counter()
    for text in texts:
        for part in added.split(text):
            counts.update(visible(w) for w in re.findall(PATTERN, part))
    # Square roots of the counts, so that rare words become whole tokens before frequent words use up all merges.
    words = [([c for c in w], n ** 0.5) for w, n in counts.items()]
    merges = []
    while len(merges) < vocabulary - 256 - len(SPECIAL) - len(phrases()):
        pairs = Counter()
        for w, n in words:
            for pair in zip(w, w[1:]):
                pairs[pair] += n
        if not pairs:
            break
        best = max(pairs, key=lambda p: (pairs[p], p))
        merges.append(best)
        for w, _ in words:
            i = 0
            while i < len(w) - 1:
                if (w[i], w[i + 1]) == best:
                    w[i:i + 2] = ["".join(best)]
                i += 1
    return merges


def tokenizer_json(merges):
    """Returns tokenizer.json in the format of Hugging Face's `tokenizers`."""
    vocab = {t: i for i, t in enumerate(SPECIAL)}
    for c in BYTES.values():
        vocab[c] = len(vocab)
    for a, b in merges:
        vocab.setdefault(a + b, len(vocab))
    added = [(t, vocab[t], True) for t in SPECIAL]
    first = len(vocab)
    added += [(p, first + i, False) for i, p in enumerate(phrases())]
    return {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [{"id": i, "content": t, "single_word": False, "lstrip": False, "rstrip": False,
                          "normalized": False, "special": s} for t, i, s in added],
        "normalizer": None,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": PATTERN}, "behavior": "Isolated", "invert": False},
            {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}]},
        "post_processor": None,
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
                  "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False, "ignore_merges": False,
                  "vocab": vocab, "merges": [f"{a} {b}" for a, b in merges]},
    }


def tokenizer_config():
    return {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 1024, "bos_token": "<|bos|>",
            "eos_token": "<|im_end|>", "pad_token": "<|pad|>", "unk_token": None, "add_bos_token": False,
            "add_eos_token": False, "clean_up_tokenization_spaces": False, "chat_template": CHAT_TEMPLATE}


class Tokenizer:
    """A tokenizer read from a tokenizer.json that `tokenizer_json` has made."""

    def __init__(self, path):
        data = json.loads(Path(path).read_text())
        self.vocab = data["model"]["vocab"]
        self.ranks = {tuple(m.split(" ")): i for i, m in enumerate(data["model"]["merges"])}
        self.added = {t["content"]: t["id"] for t in data["added_tokens"]}
        self.pattern = re.compile(data["pre_tokenizer"]["pretokenizers"][0]["pattern"]["Regex"])
        by_length = sorted(self.added, key=len, reverse=True)
        self.split = re.compile("(" + "|".join(map(re.escape, by_length)) + ")")
        self.split_special = re.compile("(" + "|".join(map(re.escape, SPECIAL)) + ")")
        self.names = {i: t for t, i in self.vocab.items()}
        self.contents = {i: t for t, i in self.added.items()}
        self.size = max(max(self.names), max(self.contents)) + 1
        self.cache = {}

    def word(self, w):
        if w not in self.cache:
            parts = list(visible(w))
            while len(parts) > 1:
                rank, i = min((self.ranks.get(p, 1 << 30), i) for i, p in enumerate(zip(parts, parts[1:])))
                if rank == 1 << 30:
                    break
                parts[i:i + 2] = [parts[i] + parts[i + 1]]
            self.cache[w] = [self.vocab[p] for p in parts]
        return self.cache[w]

    def encode(self, text, whole_phrases=True):
        """Returns the ids of `text`. `whole_phrases=False` encodes the prompts as words, for robustness in training."""
        ids = []
        for part in (self.split if whole_phrases else self.split_special).split(text):
            if part in self.added and (whole_phrases or part in SPECIAL):
                ids.append(self.added[part])
            else:
                for w in self.pattern.findall(part):
                    ids.extend(self.word(w))
        return ids

    def decode(self, ids):
        """Returns the text of `ids` without special tokens."""
        out = b""
        for i in ids:
            if i in self.contents:
                out += b"" if self.contents[i] in SPECIAL else self.contents[i].encode()
            else:
                out += bytes(UNBYTES[c] for c in self.names[i])
        return out.decode(errors="replace")


def render(messages, generation=False):
    """Renders the chat template. check-tokenizer.mjs compares the result with the Jinja template's."""
    text = "<|bos|>" + "".join(f"<|im_start|>{m['role']}\n{m['content']}<|im_end|>\n" for m in messages)
    return text + ("<|im_start|>assistant\n" if generation else "")
