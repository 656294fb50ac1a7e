"""
What Python's Jinja makes of chat templates, with the settings of transformers, for engine/text/jinja/python-interpreter.test.ts.

    python scripts/goldens/templates.py ../shared/assets/chat-templates > engine/conformance/published/templates.json

`snippets` are features that a template may use; `published` are hashes of what real templates write for a few dialogues.
An entry of null is a template that fails on that dialogue.
"""

import hashlib
import json
import pathlib
import sys

from transformers.utils.chat_template_utils import _compile_jinja_template

USER = {"role": "user", "content": "Hi there"}
ANSWER = {"role": "assistant", "content": "Hello. How can I help?"}
DIALOGUES = [
    [USER],
    [{"role": "system", "content": "Be brief."}, USER],
    [USER, ANSWER, {"role": "user", "content": "What is 2 + 2?"}],
    [{"role": "system", "content": "Be brief."}, USER, ANSWER, USER, ANSWER, USER],
]
SNIPPETS = r"""
{% set d = {0: 'none', 512: 'short'} %}{{ d[0] }} {{ d[512] }} {{ d[7] is defined }} {{ 0 in d }} {{ '0' in d }} {{ d.get(0) }} {{ d.get(1, 'x') }}
{% set d = {1: 'a', '1': 'b', 2.5: 'c', true: 'd'} %}{{ d }} {{ d|length }}
{% for k, v in {2: 'b', 1: 'a'}.items() %}{{ k + 1 }}{{ v }} {% endfor %}{{ {2: 'b'} | tojson }}
{% for k in {3: 1} %}{{ k * 2 }}{% endfor %}
{{ none | selectattr('type', 'equalto', 'code') | list | length }}
{{ none | select | list }} {{ none | rejectattr('a') | list }} {{ none | map(attribute='x') | list }}
{{ missing | length }} {{ missing | list }} {{ missing | join(',') }} {{ missing | first is defined }} [{{ missing | upper }}] [{{ missing | trim }}] [{{ missing | string }}]
{% for x in missing %}{{ x }}{% else %}nothing{% endfor %}
{% for c in 'abc' %}{{ c }}-{% endfor %} {{ 'abc' | list }} {{ 'abc' | first }}{{ 'abc' | last }} {{ 'abc' | reverse }} {{ 'abc' | join('.') }} {{ 'abc' | length }}
{{ 7 % 3 }} {{ -7 % 3 }} {{ 7 % -3 }} {{ 7.5 % 2 }} {{ -7 // 2 }} {{ 7 / 2 }} {{ 2 ** 3 }}
{{ '%s and %d: %.2f%%' % ('a', 3, 1.5) }} {{ '%s' % 'x' }} {{ '%(k)s' % {'k': 1} }}
{{ 'ab' * 3 }} {{ 3 * 'ab' }} {{ [1, 2] * 2 }} {{ 'ab' * 0 }}
{{ true }} {{ false }} {{ none }} {{ [] }} {{ {} }} {{ [1, 'a', none, true, 1.0] }} {{ {'a': 'b', 'c': [1]} }} {{ (1, 2) }} {{ 'a' ~ none ~ true ~ 1 }}
{{ ["it's", 'say "x"', 'a\nb', 'back\\slash'] }}
{{ 1 == '1' }} {{ 0 == '' }} {{ none == false }} {{ true == 1 }} {{ [] == [] }} {{ [1, [2]] == [1, [2]] }} {{ {'a': 1} == {'a': 1} }} {{ none == missing }} {{ 1 == 1.0 }} {{ 'a' != 'b' }}
{{ 'a' < 'b' }} {{ 'b' >= 'ba' }} {{ 1 < 2 < 3 }} {{ [1, 2] < [1, 3] }} {{ 1 < 1.5 }}
{{ none in [none] }} {{ 1 in [1.0] }} {{ 'b' in 'abc' }} {{ 'x' not in missing }} {{ [1] in [[1]] }} {{ 'a' in {'a': 1} }} {{ 'a' in ('a', 'b') }}
{{ 4 is divisibleby 2 }} {{ 4 is divisibleby(3) }} {{ 4 is not divisibleby 3 }} {{ 3 is eq 3 }} {{ 3 is not eq(3) }} {{ 3 is gt 2 and 2 is lt 3 }} {{ 'a' is in ['a'] }} {{ 'a' is not in 'bc' }} {{ 5 is sameas 5 }} {{ 3 is ne 4 }}
{{ true is number }} {{ {} is iterable }} {{ 'a' is iterable }} {{ 1 is iterable }} {{ [] is sequence }} {{ {} is mapping }} {{ none is defined }} {{ 1.0 is float }} {{ 2 is even }} {{ 3 is odd }} {{ true is true }} {{ 1 is true }}
{{ [3, 1, 2] | sort }} {{ [3, 1, 2] | sort(reverse=true) }} {{ [1, 2, 3] | sum }} {{ [1, 5, 2] | max }} {{ [4, 1] | min }} {{ [1, 2, 1] | unique | list }} {{ ['a', 'A', 'b'] | unique | list }}
{{ [1, '1', 1.0, true, 'True', none, 'None', 0, false, ''] | unique | list }} {{ [{'a': 1}, {'a': '1'}, {'a': 1.0}] | unique(attribute='a') | list | length }}
{{ [{'a': 1}, {'a': 2}] | map(attribute='a') | list }} {{ [{'a': 1}, {}] | map(attribute='a', default=0) | list }} {{ ['a', 'b'] | map('upper') | join }} {{ [{'a': 1}, {'a': 2}] | sum(attribute='a') }} {{ ['a-b'] | map('replace', '-', '+') | list }}
{{ [1, 2, 3, 4] | select('even') | list }} {{ [1, 2, 3] | reject('eq', 2) | list }} {{ [0, 1, ''] | select | list }} {{ [{'a': {'b': 1}}] | selectattr('a.b', 'eq', 1) | list | length }} {{ [{'a': 1}, {'b': 2}] | rejectattr('a', 'defined') | list }} {{ [{'a': 1}] | selectattr('a', 'in', [1, 2]) | list | length }}
{% for k, items in [{'k': 2, 'v': 'x'}, {'k': 1, 'v': 'y'}, {'k': 2, 'v': 'z'}] | groupby('k') %}{{ k }}:{{ items | map(attribute='v') | join('') }} {% endfor %}
{{ [1, 2, 3, 4, 5] | batch(2) | list }} {{ {'b': 1, 'a': 2} | dictsort }} {{ {'b': 1, 'a': 2} | dictsort(by='value') }} {{ {'a': 1} | items | list }}
{{ ' xx a xx ' | trim }} {{ 'xxaxx' | trim('x') }} {{ 'xxaxx'.strip('x') }} {{ 'xxa'.lstrip('x') }} {{ 'a\n\n'.rstrip('\n') }} {{ 'aXbX'.rstrip('X') }}
{{ 'a,b,c'.split(',') }} {{ 'a b  c'.split() }} {{ 'a,b,c'.split(',', 1) }} {{ 'a,b,c'.rsplit(',', 1) }} {{ 'a\nb\n'.splitlines() }} {{ 'a=b=c'.partition('=') | list }} {{ 'a=b=c'.rpartition('=') | list }}
{{ ', '.join(['a', 'b']) }} {{ 'hello'.find('l') }} {{ 'hello'.rfind('l') }} {{ 'hello'.count('l') }} {{ 'hello'.index('e') }} {{ 'prefix-x'.removeprefix('prefix-') }} {{ 'x.txt'.removesuffix('.txt') }}
{{ '12'.isdigit() }} {{ 'a1'.isalpha() }} {{ 'a1'.isalnum() }} {{ ' '.isspace() }} {{ 'AB'.isupper() }} {{ 'ab'.islower() }} {{ '7'.zfill(3) }} {{ 'a'.ljust(3) }}| {{ 'a'.rjust(3, '.') }}
{{ '{} {}'.format('a', 1) }} {{ '{1} {0}'.format('a', 'b') }} {{ '{x}'.format(x=3) }} {{ '{{}}'.format() }}
{{ 'hello WORLD' | capitalize }} {{ 'hello WORLD'.capitalize() }} {{ 'hello world' | title }} {{ 'a b c' | wordcount }} {{ '<a & "b">' | e }} {{ 'a b/c' | urlencode }} {{ '%s-%s' | format('a', 'b') }}
{{ '3' | int }} {{ 'x' | int }} {{ 'x' | int(7) }} {{ '3.9' | int }} {{ -3.7 | int }} {{ '2.5' | float }} {{ 3 | float }} {{ 2.5 | round }} {{ 3.14159 | round(2) }} {{ 2.1 | round(0, 'ceil') }} {{ -3 | abs }}
{{ missing | default('x') }} {{ '' | default('x', true) }} {{ none | default('x') }} {{ missing | d('y') }} {{ none | default('x', boolean=true) }}
{{ {'a': [1, none, true], 'b': 'é'} | tojson }} {{ {'b': 1, 'a': 2} | tojson(indent=2) }}
{{ [1, 2, 3][-1] }} {{ [1, 2, 3][1:] }} {{ 'hello'[1:3] }} {{ 'hello'[::-1] }} {{ [1, 2, 3].index(2) }} {{ [1, 1].count(1) }} {{ [1, 2, 3][::-1] }} {{ 'hello'[-2:] }}
{{ {'a': 1}.get('b') is none }} {{ {'a': 1}['b'] is defined }} {{ {'a': {'b': 2}}.a.b }} {{ {'a': 1} | list }} {{ {'items': 1}['items'] }} {{ {'x': 1}.keys() | list }} {{ {'x': 1}.values() | list }}
{% for a, b in [(1, 2), [3, 4]] %}{{ a + b }} {% endfor %}{% for a, b in {'k': 'v'} | items %}{{ a }}{{ b }}{% endfor %}
{% set ns = namespace(n=0) %}{% for x in [1, 2, 3] if x is odd %}{% set ns.n = ns.n + x %}{{ loop.index }}{{ loop.last }} {% endfor %}{{ ns.n }}
{% macro m(a, b=2) %}{{ a }}{{ b }}{% endmacro %}{{ m(1) }} {{ m(1, b=3) }}
{% set x %}block {{ 1 }}{% endset %}{{ x }} {{ 'a' if gone else 'b' }}
{{ [true, false] | string }} {{ 1.0 }} {{ 0.1 + 0.2 }} {{ 10 | string + 'x' }} {{ (1, 2) | length }} {{ true and 'x' }} {{ '' or 'y' }} {{ not none }}
{{ messages[0]['role'] }} {{ messages | length }} {{ messages[-1].content }} {{ tools is none }} {{ documents is none }} {{ tools is defined }} {{ tools | length if tools else 0 }}
""".strip("\n").split("\n")


def rendered(source, **more):
    try:
        made = _compile_jinja_template(source).render(add_generation_prompt=True, tools=None, documents=None, **more)
    except Exception:
        return None
    return made


def hashed(made):
    return None if made is None else hashlib.sha256(made.encode()).hexdigest()[:16]


def main(folder):
    tokens = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>"}
    snippets = [{"source": s, "expected": rendered(s, messages=[USER], **tokens)} for s in SNIPPETS]
    published = {
        path.name: [hashed(rendered(path.read_text(), messages=d, **tokens)) for d in DIALOGUES]
        for path in sorted(pathlib.Path(folder).glob("*.jinja"))
        if "strftime_now" not in path.read_text()
    }
    print(json.dumps({"tokens": tokens, "snippets": snippets, "dialogues": DIALOGUES, "published": published}))


main(sys.argv[1])
