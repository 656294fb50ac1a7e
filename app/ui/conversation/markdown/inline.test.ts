import { describe, expect, it } from 'vitest';
import { inlineOf } from './inline.ts';
import type { MarkdownInline } from './tree.ts';

/** A short form of a tree: `em(a)`. */
const short = (nodes: readonly MarkdownInline[]): string =>
  nodes
    .map((node) => {
      if (typeof node === 'string') return node;
      if (node.kind === 'break') return '⏎';
      if (node.kind === 'code') return `code(${node.text})`;
      if (node.kind === 'formula') return `${node.display ? 'display' : 'tex'}(${node.tex})`;
      if (node.kind === 'link')
        return `${node.picture ? 'picture' : 'link'}(${short(node.children)}→${node.href})`;
      return `${node.kind}(${short(node.children)})`;
    })
    .join('');

const read = (text: string, place?: 'cell') => short(inlineOf(text, place));

describe('emphasis', () => {
  it.each([
    ['*a* _b_ **c** __d__ ~~e~~', 'em(a) em(b) strong(c) strong(d) del(e)'],
    ['***a***', 'em(strong(a))'],
    ['**a *b* c**', 'strong(a em(b) c)'],
    ['*a **b** c*', 'em(a strong(b) c)'],
    ['***a** b*', 'em(strong(a) b)'],
    ['a * b * c', 'a * b * c'],
    ['snake_case_name and __init__.py', 'snake_case_name and strong(init).py'],
    ['2*3*4', '2em(3)4'],
    ['**a', '**a'],
    ['a**', 'a**'],
    ['*a _b* c_', 'em(a _b) c_'],
    ['~5 and ~~~x~~~', '~5 and ~~~x~~~'],
    ['**「中文」**字', 'strong(「中文」)字'],
    ['\\*a\\*', '*a*'],
  ])('%s', (text, tree) => expect(read(text)).toBe(tree));
});

describe('code, breaks and entities', () => {
  it.each([
    ['`a*b*`', 'code(a*b*)'],
    ['`` a ` b ``', 'code(a ` b)'],
    ['`a', '`a'],
    ['a\nb', 'a⏎b'],
    ['a  \nb\\\nc', 'a⏎b⏎c'],
    ['&lt;b&gt; &amp;amp; &#8364; &#x41; &unknown; AT&T', '<b> &amp; € A &unknown; AT&T'],
    ['&#0;&#xd800;&#x202e;', '&#0;&#xd800;&#x202e;'],
  ])('%s', (text, tree) => expect(read(text)).toBe(tree));

  it('breaks lines in cells by a tag, and shows it elsewhere', () => {
    expect(read('a<br>b<BR/>c', 'cell')).toBe('a⏎b⏎c');
    expect(read('<br>', 'cell')).toBe('<br>');
    expect(read('a<br>b')).toBe('a<br>b');
  });
});

describe('HTML is text', () => {
  it.each([
    'a<b and c>d',
    'A <title>title</title> and <script>x()</script>',
    '<!-- hidden --> <?php ?> <a href="/x">',
  ])('%s', (text) => expect(read(text)).toBe(text));
});

describe('links', () => {
  it.each([
    ['[a *b*](https://a.example/x)', 'link(a em(b)→https://a.example/x)'],
    ['[a](<https://a.example/x> "t")', 'link(a→https://a.example/x)'],
    ['[a](https://a.example/x_(y))', 'link(a→https://a.example/x_(y))'],
    ['[a](mailto:a@b.example)', 'link(a→mailto:a@b.example)'],
    [
      '[a](javascript:x) [b](data:text/html,x) [c](/popup.html)',
      '[a](javascript:x) [b](data:text/html,x) [c](/popup.html)',
    ],
    [
      'see https://a.example/x, (https://b.example/y).',
      'see link(https://a.example/x→https://a.example/x), (link(https://b.example/y→https://b.example/y)).',
    ],
    ['**https://a.example**', 'strong(link(https://a.example→https://a.example/))'],
    ['<https://a.example>', 'link(https://a.example→https://a.example/)'],
    ['![a](https://a.example/x.png)', 'picture(a→https://a.example/x.png)'],
    [
      '[![a](https://a.example/x.png)](https://b.example)',
      'link(picture(a→https://a.example/x.png)→https://b.example/)',
    ],
    [
      '[a [b](https://a.example) c](https://b.example)',
      '[a link(b→https://a.example/) c](link(https://b.example→https://b.example/))',
    ],
    ['*a [b* c](https://a.example)', '*a link(b* c→https://a.example/)'],
    ['[1]: https://a.example "words"', '[1]: link(https://a.example→https://a.example/) "words"'],
    ['[x] and [y][z]', '[x] and [y][z]'],
    ['[a]() and ![b]()', '[a]() and ![b]()'],
    ['见https://a.example。然后', '见link(https://a.example→https://a.example/)。然后'],
    ['ftp://a.example www.a.example a@b.example', 'ftp://a.example www.a.example a@b.example'],
  ])('%s', (text, tree) => expect(read(text)).toBe(tree));
});

describe('formulas', () => {
  it.each([
    ['$x^2$ and \\(y\\)', 'tex(x^2) and tex(y)'],
    ['$$a$$ and \\[b\\]', 'display(a) and display(b)'],
    ['$n$, $10$, $f(x)$', 'tex(n), tex(10), tex(f(x))'],
    ['*a $x_1*y_1$ b*', 'em(a tex(x_1*y_1) b)'],
  ])('%s', (text, tree) => expect(read(text)).toBe(tree));

  it.each([
    '$5 and $6',
    'from $5-$6 to US$7',
    '$20,000 (or $30)',
    'costs 5$ and 6$ more',
    '$HOME and $PATH',
    '$HOME/bin:$PATH',
    'pay $5 or 10$ now',
    'a $ b $ c',
    '$5/month before and $6/month after$',
    'A$AP and Ke$ha',
    'only $x',
  ])('are not prices: %s', (text) => expect(read(text)).toBe(text));
});

describe('hostile texts', () => {
  const depth = (nodes: readonly MarkdownInline[]): number =>
    Math.max(
      0,
      ...nodes.map((node) => (typeof node === 'object' && 'children' in node ? 1 + depth(node.children) : 0)),
    );

  it.each([
    ['nested emphasis', `${'*a **b '.repeat(4000)}${'** *'.repeat(4000)}`],
    ['nested pictures', `${'!['.repeat(2000)}x${'](https://a.example)'.repeat(2000)}`],
    ['openers', '*a '.repeat(8000)],
    ['brackets', '['.repeat(90_000)],
    ['half links', '[a](https://a'.repeat(1500)],
    ['backticks', Array.from({ length: 400 }, (_, i) => '`'.repeat(i + 1)).join(' ')],
    ['dollars', '$a '.repeat(30_000)],
    ['formulas without an end', '\\('.repeat(40_000)],
    ['addresses that are none', 'http://999.999.999.999/'.repeat(4000)],
    ['angles', '<https:'.repeat(12_000)],
    ['mixed marks', '*_~~'.repeat(4000)],
  ])('keep every word, and a bounded depth: %s', (_, text) => {
    const tree = inlineOf(text);
    expect(depth(tree)).toBeLessThan(12);
    const letters = (of: string) => of.replace(/[^abx]/g, '').length;
    expect(letters(short(tree).replaceAll('https://a.example/', ''))).toBeGreaterThanOrEqual(
      letters(text.replaceAll('https://a.example', '')),
    );
  });
});
