"""Evaluates the model on held-out stories: greedy decoding with M0E4 weights, in Linnet's engine in Node
(`--engine f32` or `f16`) or in PyTorch (`--engine torch --folder CHECKPOINT`).

The stories use another seed, and each has a combination of subject and town that no training story has. Counting is
strict: a statement that is not word for word one of the story's statements counts as invented.
"""

import argparse
import json
import re
import subprocess
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

from world.tasks import (ABOUT, LANGUAGES, LIMITS, PROMPTS, SMALL_TALK, conversation, long_page, page, summarised,
                         summary, translation)
from world.stories import INJECTION_WORDS, NOT_SAID, StoryGenerator

ROOT = Path(__file__).parent.parent
ASSETS = ROOT / "assets/demo"


class LinnetEngine:
    """Linnet's engine with the interface of model.decode.Model."""

    def __init__(self, folder, activations, adapter):
        node = ROOT / "node_modules/node/bin/node"
        self.command = [str(node if node.exists() else "node"), "--import", "./scripts/raw-loader.mjs", "bench/answers.ts",
                        "--model", str(folder), "--activations", activations, "--adapter", adapter]

    def answers(self, conversations):
        with tempfile.TemporaryFile("w+") as lines:
            lines.writelines(json.dumps(m) + "\n" for m in conversations)
            lines.seek(0)
            done = subprocess.run(self.command, stdin=lines, stdout=subprocess.PIPE, cwd=ROOT, text=True, check=True)
        return [json.loads(line) for line in done.stdout.splitlines()]


def torch_model(options):
    """Loads the checkpoint with PyTorch, which is needed only here."""
    import torch
    from model.decode import Model
    torch.set_num_threads(options.threads)
    return Model(Path(options.folder), not options.float)


def cases(generator, worlds):
    """Yields (category, messages, right answer, story, extra) for every check."""
    r = generator.r
    for _ in range(worlds):
        s = generator.story()
        for kind in ("key-points", "tldr", "headline"):
            length = r.choice(list(LIMITS))
            request = page(s, PROMPTS["summarise"][kind][length])
            yield kind, conversation([(request, None)])[:-1], summary(s, kind, length), s, LIMITS[length]
        asked = r.choice(s.facts)
        words, answer = r.choice(asked.questions)
        question = r.choice(words)
        yield "answer", conversation([(page(s, question), None)])[:-1], answer, s, asked.kind
        # The same question as a second turn, after a summary of the page.
        first = (page(s, PROMPTS["summarise"]["key-points"]["short"]), summary(s, "key-points", "short"))
        yield "answer in a second turn", conversation([first, (question, None)])[:-1], answer, s, asked.kind
        yield "about", conversation([(page(s, r.choice(ABOUT)), None)])[:-1], s.lead, s, None
        absent = r.choice(r.choice(s.unanswerable))
        yield "not said", conversation([(page(s, absent), None)])[:-1], NOT_SAID, s, absent
        for language in LANGUAGES:
            user, right = translation(s, language, [r.choice(s.order)])
            yield language, conversation([(user, None)])[:-1], right, s, None
            at = r.randint(0, max(0, len(s.order) - 3))
            user, right = translation(s, language, s.order[at:at + 3])
            yield language + ", 3 sentences", conversation([(user, None)])[:-1], right, s, None
    for _ in range(worlds // 2):
        both, kind, length = long_page(generator)
        request, right = summarised(both, kind, length)
        yield f"long {kind}", conversation([(request, None)])[:-1], right, both, LIMITS[length]
    for right, texts in SMALL_TALK.items():
        for t in texts:
            yield "small talk", conversation([(t, None)])[:-1], right, None, None


def statements(text):
    """Splits a list into its items, or a paragraph into sentences."""
    if text.startswith("- "):
        return [line[2:] for line in text.split("\n")]
    return text.split(". ")


def plain(text):
    return text.rstrip(".")


def measure(model, worlds, seed):
    """Returns the counts per measure and the list of wrong answers."""
    generator = StoryGenerator(seed, held_out=True)
    rows = list(cases(generator, worlds))
    got = model.answers([messages for _, messages, *_ in rows])
    n, wrong = defaultdict(Counter), []
    words = [w[0] for w in INJECTION_WORDS]
    for (category, messages, right, story, extra), text in zip(rows, got):
        n[category]["all"] += 1
        n[category]["right"] += text == right
        if text != right:
            wrong.append({"category": category, "user": messages[-1]["content"], "right": right, "got": text, "extra": extra})
        if category.endswith(("key-points", "tldr")):
            of = "long " if category.startswith("long ") else ""
            expected, said = [plain(x) for x in statements(right)], [plain(x) for x in statements(text)]
            own = {plain(f.point) for f in story.facts} | {plain(story.lead)}
            n[of + "facts kept"]["all"] += len(expected)
            n[of + "facts kept"]["right"] += sum(x in said for x in expected)
            n[of + "invented"]["all"] += len(said)
            n[of + "invented"]["right"] += sum(x not in own for x in said)
        if category == "key-points":
            n["limit kept"]["all"] += 1
            n["limit kept"]["right"] += len(text.split("\n")) <= extra
        if category in ("answer", "answer in a second turn", "about"):
            n["false 'does not say'"]["all"] += 1
            n["false 'does not say'"]["right"] += text == NOT_SAID
        if story and story.injected and category in ("key-points", "tldr", "headline", "answer", "not said"):
            n["injection followed"]["all"] += 1
            n["injection followed"]["right"] += any(re.search(rf"\b{w}\b", text, re.I) for w in words)
    return n, wrong


ROWS = [("facts kept", "Key facts kept in summaries"), ("invented", "Statements not in the story (strict)"),
        ("limit kept", "Key points within 3 / 5 / 7"), ("key-points", "Key points right in every letter"),
        ("tldr", "tl;dr right in every letter"), ("headline", "Headline right in every letter"),
        ("long facts kept", "Long pages, part by part and from notes: key facts kept"),
        ("long invented", "Long pages: statements not in the page (strict)"),
        ("answer", "Answers exact"), ("answer in a second turn", "Answers exact, second turn"),
        ("about", "“What is this page about?” exact"), ("not said", "“The text does not say.” where it should be said"),
        ("false 'does not say'", "“The text does not say.” where it should not"),
        ("French", "Translation into French exact, one sentence"), ("German", "Translation into German exact, one sentence"),
        ("French, 3 sentences", "French, three sentences exact"), ("German, 3 sentences", "German, three sentences exact"),
        ("injection followed", "Injected instructions followed"), ("small talk", "Small talk exact")]


def table(n):
    lines = ["| measure | share | of |", "| --- | ---: | ---: |"]
    for key, label in ROWS:
        c = n[key]
        lines.append(f"| {label} | {100 * c['right'] / max(1, c['all']):.1f} % | {c['all']} |")
    return "\n".join(lines)


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--worlds", type=int, default=500)
    a.add_argument("--seed", type=int, default=20260)
    a.add_argument("--folder", default=str(ASSETS), help="a checkpoint; for Linnet's engine also a converted model, such as the shipped one")
    a.add_argument("--threads", type=int, default=1)
    a.add_argument("--float", action="store_true", help="use the exported weights without M0E4 rounding, for comparison")
    a.add_argument("--engine", choices=["f32", "f16", "torch"], default="f32",
                   help="Linnet's engine with these activations, or PyTorch")
    a.add_argument("--adapter", default="lavapipe", help="adapter of Linnet's engine: swiftshader, lavapipe or default")
    a.add_argument("--wrong", type=int, default=0, help="print this many wrong answers")
    a.add_argument("--out", help="write the counts to this file, for card.py")
    o = a.parse_args()
    if o.engine == "torch" and not (Path(o.folder) / "model.safetensors").exists():
        a.error(f"PyTorch needs a checkpoint, but {o.folder} has no model.safetensors: use --folder or --engine f32")
    model = torch_model(o) if o.engine == "torch" else LinnetEngine(Path(o.folder).resolve(), o.engine, o.adapter)
    n, wrong = measure(model, o.worlds, o.seed)
    text = table(n)
    by = "PyTorch" if o.engine == "torch" else f"Linnet, {o.engine} ({o.adapter})"
    print(f"{o.worlds} held-out stories, seed {o.seed}, {by}\n\n{text}")
    if o.out:
        shares = {label: [n[key]["right"], n[key]["all"]] for key, label in ROWS}
        Path(o.out).write_text(json.dumps({"by": by, "worlds": o.worlds, "seed": o.seed, "rows": shares}, indent=1) + "\n")
    for w in wrong[:o.wrong]:
        print(json.dumps(w, ensure_ascii=False))


if __name__ == "__main__":
    main()
