"""Writes examples.json and article.json: held-out conversations that the quantised model answers rightly.

Everything here was really produced by the exported model, and is right; what it gets wrong is counted by evaluate.py.
"""

import json

import torch

from decode import Model
from export import ASSETS
from tasks import (HELLO, LANGUAGES, PROMPTS, SMALL_TALK, WHO, conversation, page, summary, translation)
from world import NOT_SAID, Maker


def wanted(maker):
    """About a dozen conversations that show every task; (name, messages without the last answer, right answer)."""
    r = maker.r
    out = []

    def add(name, *turns):
        out.append((name, conversation(turns)[:-1], turns[-1][1]))

    for kind, length in (("key-points", "short"), ("key-points", "medium"), ("tldr", "short"), ("tldr", "medium"),
                         ("headline", "short")):
        s = maker.story()
        add(f"{kind}, {length}", (page(s, PROMPTS["summarise"][kind][length]), summary(s, kind, length)))
    s = next(x for x in iter(maker.story, None) if x.injected)
    add("injected instruction", (page(s, PROMPTS["summarise"]["key-points"]["short"]), summary(s, "key-points", "short")))
    for language in LANGUAGES:
        s = maker.story()
        add(f"translation, {language}", translation(s, language, [r.choice(s.order)]))
    s = maker.story()
    words, answer = r.choice(s.questions())
    add("question", (page(s, words[0]), answer))
    s = maker.story()
    add("question without an answer", (page(s, r.choice(s.ghosts)[0]), NOT_SAID))
    s = maker.story()
    words, answer = r.choice(s.questions())
    add("summary, then a question", (page(s, PROMPTS["summarise"]["key-points"]["short"]), summary(s, "key-points", "short")),
        (words[0], answer))
    add("small talk", ("Hello", HELLO))
    add("small talk", ("Who are you?", WHO))
    return out


def article(model):
    """The first held-out article, rich enough to show, of which every check below comes out right."""
    maker = Maker(31, held_out=True)
    while True:
        s = maker.story()
        kinds = {f.kind for f in s.facts}
        if s.injected or len(s.paragraphs) < 2 or not {"trip", "bio", "why", "buy", "meet"} <= kinds or len(s.facts) < 7:
            continue
        checks = []
        for kind in ("key-points", "tldr", "headline"):
            for length in ("short", "medium", "long"):
                checks.append({"task": "summarise", "type": kind, "length": length,
                               "messages": conversation([(page(s, PROMPTS["summarise"][kind][length]), None)])[:-1],
                               "answer": summary(s, kind, length)})
        for sentence in s.order:
            for language in LANGUAGES:
                user, right = translation(s, language, [sentence])
                checks.append({"task": "translate", "language": language, "text": sentence[0],
                               "messages": conversation([(user, None)])[:-1], "answer": right})
        asked = [(f.questions[0][0][0], f.questions[0][1]) for f in s.facts] + [(s.ghosts[0][0], NOT_SAID)]
        for question, right in asked:
            checks.append({"task": "question", "question": question,
                           "messages": conversation([(page(s, question), None)])[:-1], "answer": right})
        got = model.answers([c["messages"] for c in checks])
        good = [c for c, text in zip(checks, got) if text == c["answer"]]
        if len(good) == len(checks):
            return s, [{k: v for k, v in c.items() if k != "messages"} for c in good]


def write(name, data):
    (ASSETS / name).write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n")


def main():
    torch.set_num_threads(1)
    model = Model()
    maker, examples, tried = Maker(17, held_out=True), [], 0
    for _ in range(6):
        rows = wanted(maker)
        for (name, messages, right), text in zip(rows, model.answers([m for _, m, _ in rows])):
            tried += 1
            if text == right and name not in [e["name"] for e in examples] or (text == right == WHO and
                                                                               not any(e["answer"] == WHO for e in examples)):
                examples.append({"name": name, "messages": messages, "answer": text})
    story, checks = article(model)
    write("examples.json", examples)
    write("article.json", {"title": story.title[0], "paragraphs": story.paragraphs, "checks": checks})
    print(len(examples), "examples,", len(checks), "checks of the article")
    print(story.title[0] + "\n" + story.text)


if __name__ == "__main__":
    main()
