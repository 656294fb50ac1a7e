"""Trains the tokenizer on a sample of conversations and writes it to assets/demo."""

import json
import sys
from pathlib import Path

from world.tasks import sample
from model.tokenizer import Tokenizer, render, tokenizer_config, tokenizer_json, train_merges
from world.stories import StoryGenerator

if __name__ == "__main__":
    out = Path(__file__).parent.parent / "assets/demo"
    out.mkdir(parents=True, exist_ok=True)
    generator = StoryGenerator(7)
    texts = [render(sample(generator)) for _ in range(12000)]
    merges = train_merges(texts, int(sys.argv[1]) if len(sys.argv) > 1 else 2048)
    (out / "tokenizer.json").write_text(json.dumps(tokenizer_json(merges), ensure_ascii=False, indent=1) + "\n")
    (out / "tokenizer_config.json").write_text(json.dumps(tokenizer_config(), indent=1) + "\n")
    t = Tokenizer(out / "tokenizer.json")
    lengths = [len(t.encode(x)) for x in texts[:2000]]
    print("vocabulary", t.size, "mean tokens", sum(lengths) / len(lengths), "longest", max(lengths))
