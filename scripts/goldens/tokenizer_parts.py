"""
Ids of the Rust library `tokenizers` (0.23.3) for each part of tokenizer.json, for engine/conformance/tokenizers/rust.test.ts.

    python scripts/goldens/tokenizer_parts.py > engine/conformance/tokenizers/rust.json

`models` are tiny vocabularies trained on the texts; a case is one of them with other parts. `rows`: for each text its ids,
and the text that they decode to, where that is another one.
"""

import json
import random

from tokenizers import Tokenizer, models, pre_tokenizers, trainers

TEXTS = [
    "½ cup ¼ tsp ①② ³", "٣٤ १२ ๑๒ 12345 3.14", "日本語、テキスト。𠀀", "👩‍👩‍👧 👍🏽!!", "I'LL it'S don'T 'ſ It’s",
    "a  b   c\t\td\n\n\ne \r\n f  ", "   lead and trail   ", "\n", " ", "", "e\u0301 n\u0303 क्षि กำ", "\u00a0no\u2003em\u3000w\u0085x\ufeffy\u200bz",
    "aaaaaaa     !!!???", "ÉCOLE straße ΑΣ ΟΔΟΣ ǅ", "приветМир", "camelCaseHTTP snake_case x2y", "x=1;y==2&&z // c", "$100 €5 50% ±1 ^`|~",
    "«y» — … ¡Hola!", "ﬁ ﷺ ㎏ ™ Å", "<s>Hello</s> <unk> <mask>word [R]  the  ", "word.Word,word;sword the they", "▁under▁ ▁▁ <0x41>", "it is n't , you 're . do not",
]  # fmt: skip
_random = random.Random(5)
_letters = list("abetn TS019.,'!-_\n\t") + ["½", "٣", "é", "\u0301", "語", "の", "👍", "  ", "\u00a0", "Σ", "word", "<mask>", "[R]"]
TEXTS += ["".join(_random.choice(_letters) for _ in range(_random.randrange(3, 22))) for _ in range(24)]

BYTES = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}
GPT2 = {**BYTES, "use_regex": True, "add_prefix_space": True}
CL100K = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
BEHAVIOURS = ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"]


def split(regex, behavior="Isolated", invert=False):
    return {"type": "Split", "pattern": {"Regex": regex}, "behavior": behavior, "invert": invert}


def added(token_id, content, **flags):
    plain = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    return {"id": token_id, "content": content, **plain, **flags}


def train(model, trainer, pre, texts=TEXTS[:24] * 2):
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = pre
    tokenizer.train_from_iterator(texts, trainer)
    return json.loads(tokenizer.to_str())["model"]


def byte_tokens():
    return [f"<0x{byte:02X}>" for byte in range(256)]


quiet = {"show_progress": False}
words = pre_tokenizers.Whitespace()
MODELS = {
    "bytes": train(
        models.BPE(),
        trainers.BpeTrainer(vocab_size=330, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), special_tokens=["<s>", "</s>"], **quiet),
        pre_tokenizers.ByteLevel(add_prefix_space=False),
    ),
    "chars": train(models.BPE(unk_token="<unk>"), trainers.BpeTrainer(vocab_size=80, limit_alphabet=30, special_tokens=["<unk>"], **quiet), words),
    "suffix": train(
        models.BPE(unk_token="<unk>"),
        trainers.BpeTrainer(vocab_size=90, limit_alphabet=30, special_tokens=["<unk>"], end_of_word_suffix="</w>", **quiet),
        words,
    ),
    "fallback": train(
        models.BPE(unk_token="<unk>"),
        trainers.BpeTrainer(vocab_size=340, limit_alphabet=30, special_tokens=["<unk>", *byte_tokens()], **quiet),
        pre_tokenizers.Metaspace(),
    ),
    "pieces": train(
        models.WordPiece(unk_token="[UNK]"),
        trainers.WordPieceTrainer(vocab_size=100, limit_alphabet=30, special_tokens=["[UNK]"], **quiet),
        words,
    ),
    "level": train(models.WordLevel(unk_token="[UNK]"), trainers.WordLevelTrainer(vocab_size=40, special_tokens=["[UNK]"], **quiet), words),
    "unigram": train(
        models.Unigram(),
        trainers.UnigramTrainer(vocab_size=90, unk_token="<unk>", special_tokens=["<unk>"], **quiet),
        pre_tokenizers.Metaspace(),
        ["the word is in the text, and the words are there", "lead and trail it is n't you 're do not", "camel case Hello"] * 3,
    ),
}
MODELS["fallback"] |= {"byte_fallback": True, "fuse_unk": True}

decoder = {**BYTES, "use_regex": True, "add_prefix_space": True}
CASES = {}


def case(name, model="bytes", pre=None, **parts):
    if model == "bytes":
        steps = [pre, BYTES] if pre else [BYTES]
        parts = {"decoder": decoder, "pre_tokenizer": {"type": "Sequence", "pretokenizers": steps}, **parts}
    elif pre:
        parts = {"pre_tokenizer": pre, **parts}
    CASES[name] = {"model": model, "parts": parts}


for kind in ["Whitespace", "WhitespaceSplit", "BertPreTokenizer"]:
    case(kind, pre={"type": kind})
for single in [True, False]:
    case(f"Digits {single}", pre={"type": "Digits", "individual_digits": single})
case("CharDelimiterSplit", pre={"type": "CharDelimiterSplit", "delimiter": "e"})
case("FixedLength", pre={"type": "FixedLength", "length": 3})
case("ByteLevel with words", pre_tokenizer=GPT2)
for behaviour in BEHAVIOURS:
    case(f"Punctuation {behaviour}", pre={"type": "Punctuation", "behavior": behaviour})
    case(f"Split {behaviour}", pre=split(r"[aeiou\s]", behaviour))
    case(f"Split {behaviour} inverted", pre=split(r"[aeiou\s]", behaviour, True))
for name, regex in {
    "cl100k_base": CL100K,
    "possessive": r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s",
    "sets": r"[\p{Han}]+|[\p{Ll}\p{M}&&[^aeiou]]+|[[:punct:]]+|[^\W\d_]|\h",
    "places": r"^.+$|\b\w|\A.|\s+\Z",
    "look": r"(?<=\d)(?=(\d{3})+(?!\d))|(?<!a)b",
    "atomic and lazy": r"(?>a|ab)c|\w{2,3}?|\s+?",
    "nothing": "",
}.items():
    case(f"expression: {name}", pre=split(regex))
for kind in ["NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents", "Nmt"]:
    case(kind, normalizer={"type": kind})
case("Strip", normalizer={"type": "Strip", "strip_left": True, "strip_right": False})
case("Prepend", normalizer={"type": "Prepend", "prepend": "▁"})
case("Replace", normalizer={"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": "$&$1▁"})
bert = {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": True}
case("BertNormalizer", normalizer=bert)
case("BertNormalizer cased", normalizer={**bert, "lowercase": False})
case("ByteLevel normalizer", normalizer={"type": "ByteLevel"}, pre_tokenizer=None)
case("ignore_merges", pre_tokenizer=GPT2, ignore_merges=True)
flags = [
    added(0, "<s>"), added(1, "</s>"), added(330, "<mask>", lstrip=True), added(331, "[R]", rstrip=True),
    added(332, "word", single_word=True, special=False), added(333, "hello", normalized=True, special=False),
    added(334, "they", normalized=True, special=False, single_word=True), added(335, "  ", special=False),
]  # fmt: skip
# The library gives a token of the vocabulary that id, whatever the file says, and others the next ones.
free = iter(range(len(MODELS["bytes"]["vocab"]), 400))
for flag in flags:
    known = MODELS["bytes"]["vocab"].get(flag["content"])
    flag["id"] = next(free) if known is None else known
case("added tokens", added_tokens=flags)
case("added tokens, normalised", added_tokens=flags, normalizer={"type": "Lowercase"})
surrounded = {"sep": ["</s>", 1], "cls": ["<s>", 0]}
case("BertProcessing", post_processor={"type": "BertProcessing", **surrounded})
case("RobertaProcessing", post_processor={"type": "RobertaProcessing", **surrounded, "trim_offsets": True, "add_prefix_space": True})
template = {
    "type": "TemplateProcessing",
    "single": [{"SpecialToken": {"id": "X", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
    "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
    "special_tokens": {"X": {"id": "X", "ids": [1, 0], "tokens": ["</s>", "<s>"]}},
}
case("TemplateProcessing", post_processor={"type": "Sequence", "processors": [GPT2, template]})
case("unknown characters", "chars", {"type": "Whitespace"})
case("unknown characters, fused", "chars", {"type": "WhitespaceSplit"}, fuse_unk=True)
case("BPEDecoder", "suffix", {"type": "Whitespace"}, decoder={"type": "BPEDecoder", "suffix": "</w>"})
for scheme in ["always", "first", "never"]:
    for splits in [True, False]:
        meta = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": scheme, "split": splits}
        case(f"Metaspace {scheme} {splits}", "fallback", meta, decoder=meta, added_tokens=[added(0, "<unk>"), added(340, "<mask>")])
llama = [
    {"type": "Replace", "pattern": {"String": "▁"}, "content": " "},
    {"type": "ByteFallback"}, {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0},
]  # fmt: skip
case("Llama 2", "fallback", None, normalizer={"type": "Replace", "pattern": {"String": " "}, "content": "▁"}, decoder={"type": "Sequence", "decoders": llama})
case("WordPiece", "pieces", {"type": "BertPreTokenizer"}, decoder={"type": "WordPiece", "prefix": "##", "cleanup": True})
case("WordLevel", "level", {"type": "Whitespace"})
case("Unigram", "unigram", {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True})
case("Unigram, one word", "unigram", None)

MODEL_FIELDS = ("fuse_unk", "ignore_merges")


def rows(name):
    parts = dict(CASES[name]["parts"])
    model = {**MODELS[CASES[name]["model"]], **{key: parts.pop(key) for key in MODEL_FIELDS if key in parts}}
    absent = {"added_tokens": [], "normalizer": None, "pre_tokenizer": None, "post_processor": None, "decoder": None}
    tokenizer = Tokenizer.from_str(json.dumps({"version": "1.0", **absent, **parts, "model": model}))
    made = []
    for text in TEXTS:
        ids = tokenizer.encode(text).ids
        back = tokenizer.decode(ids, skip_special_tokens=True)
        made.append([ids] if back == text else [ids, back])
    return made


golden = {"texts": TEXTS, "models": MODELS, "cases": {name: {**CASES[name], "rows": rows(name)} for name in CASES}}
print(json.dumps(golden, ensure_ascii=False, separators=(",", ":")))
