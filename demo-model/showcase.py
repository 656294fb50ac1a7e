"""Writes examples.json and article.json: held-out conversations that the quantised model of a checkpoint answers right.

The exported model has generated every answer. evaluate.py counts the answers that it gets wrong.
"""

import json
import sys
from pathlib import Path

import torch

from model.decode import Model
from model.checkpoint import ASSETS
from world.tasks import (HELLO, LANGUAGES, PROMPTS, SMALL_TALK, WHO, conversation, page, summary, translation)
from world.stories import NOT_SAID, StoryGenerator


def candidates(generator):
    """Returns about a dozen conversations, at least one per task: (name, messages without the answer, right answer)."""
    r = generator.r
    out = []

    def add(name, *turns):
        out.append((name, conversation(turns)[:-1], turns[-1][1]))

    for kind, length in (("key-points", "short"), ("key-points", "medium"), ("tldr", "short"), ("tldr", "medium"),
                         ("headline", "short")):
        s = generator.story()
        add(f"{kind}, {length}", (page(s, PROMPTS["summarise"][kind][length]), summary(s, kind, length)))
    s = next(x for x in iter(generator.story, None) if x.injected)
    add("injected instruction", (page(s, PROMPTS["summarise"]["key-points"]["short"]), summary(s, "key-points", "short")))
    for language in LANGUAGES:
        s = generator.story()
        add(f"translation, {language}", translation(s, language, [r.choice(s.order)]))
    s = generator.story()
    words, answer = r.choice(s.questions())
    add("question", (page(s, words[0]), answer))
    s = generator.story()
    add("question without an answer", (page(s, r.choice(s.unanswerable)[0]), NOT_SAID))
    s = generator.story()
    words, answer = r.choice(s.questions())
    add("summary, then a question", (page(s, PROMPTS["summarise"]["key-points"]["short"]), summary(s, "key-points", "short")),
        (words[0], answer))
    add("small talk", ("Hello", HELLO))
    add("small talk", ("Who are you?", WHO))
    return out


def checks_of(story):
    """Returns all requests that the start page may make about an article, with the right answers."""
    checks = []
    for kind in ("key-points", "tldr", "headline"):
        for length in ("short", "medium", "long"):
            checks.append({"task": "summarise", "type": kind, "length": length, "answer": summary(story, kind, length),
                           "messages": conversation([(page(story, PROMPTS["summarise"][kind][length]), None)])[:-1]})
    for sentence in story.order:
        for language in LANGUAGES:
            user, right = translation(story, language, [sentence])
            checks.append({"task": "translate", "language": language, "text": sentence[0], "answer": right,
                           "messages": conversation([(user, None)])[:-1]})
    asked = [(f.questions[0][0][0], f.questions[0][1]) for f in story.facts] + [(story.unanswerable[0][0], NOT_SAID)]
    for question, right in asked:
        checks.append({"task": "question", "question": question, "answer": right,
                       "messages": conversation([(page(story, question), None)])[:-1]})
    return checks


def article(model, tries=40):
    """Tries `tries` held-out articles with many facts. Returns the one with most right answers, and those answers."""
    generator, best = StoryGenerator(31, held_out=True), (-1, None, None, 0)
    while tries:
        s = generator.story()
        if s.injected or len(s.paragraphs) < 2 or len(s.facts) < 7 or not {"trip", "bio", "why", "buy"} <= {
                f.kind for f in s.facts}:
            continue
        tries -= 1
        checks = checks_of(s)
        good = [c for c, text in zip(checks, model.answers([c["messages"] for c in checks])) if text == c["answer"]]
        # The summary with three key points must be right, since it is the most likely first request.
        has_points = any(c.get("type") == "key-points" and c["length"] == "short" for c in good)
        if has_points and len(good) / len(checks) > best[0]:
            best = (len(good) / len(checks), s, good, len(checks))
        if best[0] == 1:
            break
    return best[1], [{k: v for k, v in c.items() if k != "messages"} for c in best[2]], best[3]


def write(name, data):
    (ASSETS / name).write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n")


def main():
    torch.set_num_threads(1)
    model = Model(Path(sys.argv[1]))
    generator, examples, have = StoryGenerator(17, held_out=True), [], set()
    for _ in range(6):
        rows = candidates(generator)
        for (name, messages, right), text in zip(rows, model.answers([m for _, m, _ in rows])):
            # Keep one conversation of each kind, and two of small talk.
            if text == right and (name, right if name == "small talk" else "") not in have:
                have.add((name, right if name == "small talk" else ""))
                examples.append({"name": name, "messages": messages, "answer": text})
    story, checks, asked = article(model)
    write("examples.json", examples)
    write("article.json", {"title": story.title[0], "paragraphs": story.paragraphs, "checks": checks})
    print(len(examples), "examples,", len(checks), "of", asked, "checks of the article are right")
    print(story.title[0] + "\n" + story.text)


if __name__ == "__main__":
    main()
