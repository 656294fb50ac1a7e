"""Compares the tokenizer and the chat template with the npm packages that the product uses (check-tokenizer.mjs)."""

import json
import subprocess
import sys
from pathlib import Path

from world.tasks import sample
from model.tokenizer import Tokenizer, render
from world.stories import StoryGenerator

OTHER_TEXTS = [" ", "  two  spaces\t\ttab\r\n", "Zażółć gęślą jaźń 😀😀 42nd 3.14", "don't it's l'été Œuf œuf Ÿ",
           "日本語のテキスト", "<page> </page>", "a<|im_end|>b", "\u00a0nbsp\u2009thin", "UPPER lower 1234567890 ---***"]

if __name__ == "__main__":
    here = Path(__file__).parent
    tokenizer = Tokenizer(here.parent / "assets/demo/tokenizer.json")
    generator, lines = StoryGenerator(99), []
    for i in range(300):
        messages = sample(generator)
        if i % 2:
            messages = messages[:-1]
        text = render(messages, i % 2)
        lines.append({"messages": messages, "text": text, "ids": tokenizer.encode(text)})
    lines += [{"text": t, "ids": tokenizer.encode(t)} for t in OTHER_TEXTS]
    run = subprocess.run(["node", here / "check-tokenizer.mjs"], text=True, input="\n".join(map(json.dumps, lines)))
    sys.exit(run.returncode)
