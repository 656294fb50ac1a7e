"""Training conversations: the prompts that Linnet sends, and the right answers.

The prompts are read from app/worker/prompts/profiles/demo.json, so that training always uses the product's prompts.
"""

import json
import re
from pathlib import Path

from world import lexicon as L
from world.stories import NOT_SAID, StoryGenerator, reserved



def read_prompts():
    """Returns the sentences of the demo model's task profile that it is trained on."""
    path = Path(__file__).parent.parent.parent / "app/worker/prompts/profiles/demo.json"
    profile = json.loads(path.read_text())
    trained = ("key-points", "tldr", "headline")
    summarise = {kind: {length: task["request"] for length, task in profile["summary"][kind].items()}
                 for kind in trained}
    return {"system": profile["system"], "page": profile["page"], "selection": profile["text"],
            "summarise": summarise, "translate": profile["translation"]["request"]}


PROMPTS = read_prompts()
LIMITS = {"short": 3, "medium": 5, "long": 7}
LANGUAGES = {"French": 1, "German": 2}

WHO = ("I am the small demo model of Linnet. I know short made-up stories only. "
       "You can choose a real model in Models.")
CAN = ("I can summarise a short story, translate its sentences into French or German and answer questions about it. "
       "For more, choose a real model in Models.")
HELLO = "Hello! I am the small demo model of Linnet. Open a story and ask me about it."
OUTSIDE = "I am only a small demo model and know short made-up stories only. You can choose a real model in Models."
THANKS = "You are welcome!"
BYE = "Goodbye!"
SMALL_TALK = {
    HELLO: ["hello", "hi", "hey", "good morning", "good evening", "hello there", "hi Linnet", "hello Linnet"],
    WHO: ["who are you", "what are you", "what is your name", "are you a real model", "which model are you",
          "tell me about you", "what is Linnet", "who made you"],
    CAN: ["what can you do", "help", "how can you help me", "what do you know", "can you translate",
          "can you summarise a page", "what languages do you know", "how does this work"],
    THANKS: ["thanks", "thank you", "thank you very much", "great, thanks"],
    BYE: ["bye", "goodbye", "see you", "good night"],
    OUTSIDE: ["what is the capital of France", "who won the match", "how old is the earth",
              "who is the president", "what is 12 times 7", "write a poem",
              "tell me a joke", "write an email to my boss", "what time is it", "explain how a car works", "write some code", "tell me a story", "what is the weather today",
              "give me a recipe", "what is love", "sing a song"],
}
ABOUT = ["What is this page about?", "What is the text about?", "What is this about?", "What happens in this story?"]

# Requests for a summary in free wording, as people write in a chat.
IN_WORDS = {"lead": ["Summarise this page.", "Summarise the text", "Give me a short summary.", "What does the text say?",
                     "summarise this", "Summary please"],
            "points": ["What are the key points?", "Give me the key points.", "What are the main points", "key points please"]}


def page(story, request):
    return PROMPTS["page"].format(title=story.title[0], text=story.text, request=request)


def summary(story, kind, length):
    """Returns the right answer to a summary request."""
    if kind == "key-points":
        return "\n".join("- " + p for p in story.points(LIMITS[length]))
    if kind == "tldr":
        return story.summary({"short": 0, "medium": 2, "long": 4}[length])
    return story.headlines[list(LIMITS).index(length)]


def conversation(turns, system=True):
    """Returns the messages of (user, assistant) pairs."""
    messages = [{"role": "system", "content": PROMPTS["system"]}] if system else []
    for user, assistant in turns:
        messages += [{"role": "user", "content": user}, {"role": "assistant", "content": assistant}]
    return messages


def casual(r, text):
    """Returns the text as people may type it: sometimes without the capital letter or the question mark."""
    if r.random() < 0.12:
        text = text[0].lower() + text[1:]
    return text[:-1] if text.endswith("?") and r.random() < 0.12 else text


def ask(r, story):
    """Returns a random question with its answer. The text answers about seven in ten."""
    x = r.random()
    if x < 0.03:
        return casual(r, r.choice(ABOUT)), story.lead
    if x < 0.05:
        return r.choice(IN_WORDS["lead"]), story.lead
    if x < 0.07:
        return r.choice(IN_WORDS["points"]), summary(story, "key-points", "short")
    if x < 0.08:
        # A question that no story answers.
        return casual(r, r.choice(SMALL_TALK[OUTSIDE][:5]) + "?"), NOT_SAID
    if x < 0.48 and story.unanswerable:
        absent = r.choice(r.choice(story.unanswerable))
        if not names_reserved_pair(absent):
            return casual(r, absent), NOT_SAID
    fact = r.choice(story.facts)
    words, answer = r.choice(fact.questions)
    return casual(r, r.choice(words)), answer


# Subjects of questions. Replacing a subject by another of the same list makes a question that the text does not answer.
SUBJECTS = [L.FEMALE + L.MALE, L.TOWNS, [h[0] for h in L.HOUSES], [a[0] for a in L.ANIMALS], [a[1] for a in L.ANIMALS],
            [g[0] for g in L.GOODS], [t[0] for t in L.THINGS]]


def near_miss(r, story, question):
    """Returns the question with one subject replaced by another that is not in the story, or None without a subject."""
    found = [(word, words) for words in SUBJECTS for word in words if re.search(rf"\b{word}\b", question)]
    if not found:
        return None
    word, words = r.choice(found)
    others = [w for w in words if not re.search(rf"\b{w}", story.text)]
    return re.sub(rf"\b{word}\b", r.choice(others), question) if others else None


def names_reserved_pair(question):
    """True if the question has a subject and town that are reserved for evaluation. No training story has that pair, so
    training on it with the answer "does not say" would teach the model to always give that answer for it."""
    towns = [t for t in L.TOWNS if re.search(rf"\b{t}\b", question)]
    others = [w for words in SUBJECTS[:1] + SUBJECTS[2:4] for w in words if re.search(rf"\b{w}\b", question)]
    return any(reserved(w, t) for w in others for t in towns)


def quiz(r, story):
    """Returns many short questions about one page. Half are near misses: the same question about another subject, or a
    question that the text does not answer. A question and its near miss are in the same conversation, so that the model
    must learn to distinguish them by the subject."""
    turns, asked = [], set()
    facts = r.sample(story.facts, min(len(story.facts), r.choice([2, 3, 4, 5])))
    for fact in facts:
        words, answer = r.choice(fact.questions)
        pair = [(r.choice(words), answer)]
        other = near_miss(r, story, r.choice(words))
        if other and r.random() < 0.85:
            pair.append((other, NOT_SAID))
        if story.unanswerable and r.random() < 0.8:
            pair.append((r.choice(r.choice(story.unanswerable)), NOT_SAID))
        turns += pair
    r.shuffle(turns)
    turns = [(q, a) for q, a in turns if a != NOT_SAID or not names_reserved_pair(q)]
    turns = [(casual(r, q), a) for q, a in turns if not (q in asked or asked.add(q))]
    return [(page(story, turns[0][0]), turns[0][1])] + turns[1:]


def page_chat(generator, story):
    """Returns a summary with optional questions after it, or only questions. Only the first message has the page."""
    r = generator.r
    turns = []
    if r.random() < 0.45:
        kind = r.choices(["key-points", "tldr", "headline"], [0.5, 0.3, 0.2])[0]
        length = r.choice(list(LIMITS))
        turns.append((PROMPTS["summarise"][kind][length], summary(story, kind, length)))
        count = r.choice([0, 1, 1, 2])
    else:
        count = r.choice([1, 2, 3, 4, 5])
    asked = set()
    for _ in range(count):
        turn = ask(r, story)
        if turn[0] not in asked:
            asked.add(turn[0])
            turns.append(turn)
    turns[0] = (page(story, turns[0][0]), turns[0][1])
    return turns


def translation(story, language, sentences, joint=" "):
    """Returns one translation turn for some sentences of the article."""
    user = PROMPTS["selection"].format(text=joint.join(s[0] for s in sentences),
                                       request=PROMPTS["translate"].format(language=language))
    return user, joint.join(s[LANGUAGES[language]] for s in sentences)


def translate_some(generator, story):
    """Returns a translation of one to four consecutive sentences, or of the title."""
    r = generator.r
    language = r.choice(list(LANGUAGES))
    if r.random() < 0.04:
        return [translation(story, language, [story.title])]
    n = min(len(story.order), r.choice([1, 1, 1, 1, 2, 2, 3, 4]))
    at = r.randint(0, len(story.order) - n)
    return [translation(story, language, story.order[at:at + n], "\n\n" if r.random() < 0.1 else " ")]


class Collection:
    """Several stories on one page, or the key points of the parts of a longer page: the inputs of map and reduce.

    Has the interface of a Story. A summary takes the main point of each story, then the next point of each, and so on.
    The points are in page order.
    """

    def __init__(self, stories, notes, r):
        self.stories = stories
        self.title = stories[0].title
        if notes:
            self.parts = [s.points(r.choice([3, 5])) for s in stories]
            blocks = ["\n".join("- " + p for p in part) for part in self.parts]
        else:
            self.parts = [s.points(7) for s in stories]
            blocks = [(f"{s.title[0]}\n\n" if i or r.random() < 0.5 else "") + s.text for i, s in enumerate(stories)]
        self.text = "\n\n".join(blocks)
        self.headlines = stories[0].headlines
        self.facts = [f for s in stories for f in s.facts]
        self.injected = "".join(s.injected for s in stories)

    def points(self, limit):
        rows = []
        for at, (story, part) in enumerate(zip(self.stories, self.parts)):
            main = self.main(story)
            ranked = [main] + [p for p in part if p != main]
            rows += [(rank, at, part.index(p)) for rank, p in enumerate(ranked)]
        return [self.parts[at][place] for _, at, place in sorted(sorted(rows)[:limit], key=lambda row: row[1:])]

    def summary(self, extra):
        return " ".join(self.main(s) for s in self.stories[:extra + 1])

    @property
    def lead(self):
        return self.main(self.stories[0])

    @staticmethod
    def main(story):
        return next(f.point for f in story.facts if f.kind == story.kind)


def long_page(generator):
    """Returns part of a long page, or the key points of all its parts, with the kind and length of the summary."""
    r = generator.r
    stories = [generator.story() for _ in range(r.choice([2, 2, 3, 3, 4, 5]))]
    both = Collection(stories, r.random() < 0.5, r)
    kind = r.choices(["key-points", "tldr", "headline"], [0.6, 0.25, 0.15])[0]
    return both, kind, r.choice(list(LIMITS))


def summarised(story, kind, length):
    """Returns one turn: the summary request for a page, and its answer."""
    return page(story, PROMPTS["summarise"][kind][length]), summary(story, kind, length)


def sample(generator):
    """Returns one training conversation."""
    r = generator.r
    system = r.random() > 0.04
    x = r.random()
    if x < 0.025:
        answer = r.choice(list(SMALL_TALK))
        text = r.choice(SMALL_TALK[answer])
        text = text[0].upper() + text[1:] if r.random() < 0.5 else text
        return conversation([(text + r.choice(["", "", "?", "!", "."]), answer)], system)
    story = generator.story()
    if x < 0.14:
        return conversation(translate_some(generator, story), system)
    if x < 0.20:
        return conversation([summarised(*long_page(generator))], system)
    if x < 0.80:
        return conversation(quiz(r, story), system)
    return conversation(page_chat(generator, story), system)


if __name__ == "__main__":
    m = StoryGenerator(3)
    for _ in range(8):
        print(json.dumps(sample(m)[1:], ensure_ascii=False, indent=1))
