import { describe, expect, it } from 'vitest';
import { blocksOf } from './blocks.ts';
import type { MarkdownBlock } from './tree.ts';

/** A short form of a tree: `ul(p(a)|p(b))`. */
const short = (blocks: readonly MarkdownBlock[]): string =>
  blocks
    .map((block) => {
      switch (block.kind) {
        case 'paragraph':
          return `p(${block.text.replaceAll('\n', '⏎')})`;
        case 'heading':
          return `h${block.level}(${block.text})`;
        case 'code':
          return `code${block.info && `:${block.info}`}(${block.text.replaceAll('\n', '⏎')})`;
        case 'quote':
          return `quote(${short(block.blocks)})`;
        case 'list': {
          const items = block.items.map(
            ({ number, done, blocks: within }) =>
              `${number ?? ''}${done === undefined ? '' : done ? '[x]' : '[ ]'}${short(within)}`,
          );
          return `${block.ordered ? 'ol' : 'ul'}(${items.join('|')})`;
        }
        case 'table':
          return `table(${[block.header, ...block.rows].map((row) => row.join(',')).join('|')})`;
        case 'formula':
          return `tex(${block.tex})`;
        case 'rule':
          return 'hr';
        default:
          return `plain(${block.text})`;
      }
    })
    .join(' ');

const read = (...lines: readonly string[]) => short(blocksOf(lines.join('\n')));

describe('blocks', () => {
  it.each([
    ['paragraphs', ['a', 'b', '', 'c'], 'p(a⏎b) p(c)'],
    [
      'headings',
      ['# a', '## b ##', 'c', '===', 'd', '---', '####### e', '#f'],
      'h1(a) h2(b) h1(c) h2(d) p(####### e⏎#f)',
    ],
    ['rules', ['***', '- - -', '___'], 'hr hr hr'],
    [
      'fenced code',
      ['```js title', ' a', '', 'b', '```', '~~~', '```', '~~~'],
      'code:js title( a⏎⏎b) code(```)',
    ],
    ['code without an end', ['```', 'a', '', '- b'], 'code(a⏎⏎- b)'],
    ['indented code', ['    a', '', '    b', 'c'], 'code(a⏎⏎b) p(c)'],
    ['quotes', ['> a', 'b', '> # c', '', 'd'], 'quote(p(a⏎b) h1(c)) p(d)'],
    [
      'HTML as text',
      ['<div>', 'a', '</div>', '', '<!-- b -->', '', '<title>'],
      'p(<div>⏎a⏎</div>) p(<!-- b -->) p(<title>)',
    ],
    ['definitions as text', ['[1]: https://a.example "t"'], 'p([1]: https://a.example "t")'],
  ])('%s', (_, lines, tree) => expect(read(...lines)).toBe(tree));
});

describe('lists', () => {
  it.each([
    ['items', ['- a', '- b', '', '- c', 'd', '', 'e'], 'ul(p(a)|p(b)|p(c⏎d)) p(e)'],
    ['numbers', ['3. a', '4) b'], 'ol(3p(a)) ol(4p(b))'],
    ['nested items', ['- a', '  - b', '    - c', '- d'], 'ul(p(a) ul(p(b) ul(p(c)))|p(d))'],
    ['bullets two blanks below a number', ['1. a', '  - b', '2. c'], 'ol(1p(a) ul(p(b))|2p(c))'],
    [
      'what is in such bullets, with its indentation',
      ['10. a', '  - b', '    - c', '      ```', '      d', '        e', '      ```', '  - f', '11. g'],
      'ol(10p(a) ul(p(b) ul(p(c) code(d⏎  e))|p(f))|11p(g))',
    ],
    [
      'blocks in items',
      ['- a', '', '  b', '', '  ```', '  - c', '  ```', '- d'],
      'ul(p(a) p(b) code(- c)|p(d))',
    ],
    ['code that ends a list', ['1. a', '```', 'b', '```', '2. c'], 'ol(1p(a)) code(b) ol(2p(c))'],
    ['tasks', ['- [ ] a', '- [x] b', '- [X]', '- [y] c'], 'ul([ ]p(a)|[x]p(b)|[x]|p([y] c))'],
    [
      'after a paragraph',
      ['a', '- b', 'c', '2. d', '', 'e', '1986. f'],
      'p(a) ul(p(b⏎c)) ol(2p(d)) p(e⏎1986. f)',
    ],
    ['different bullets', ['- a', '* b', '+ c'], 'ul(p(a)) ul(p(b)) ul(p(c))'],
    ['tabs', ['-\ta', '\t- b'], 'ul(p(a) ul(p(b)))'],
    ['an empty item', ['-', '- a'], 'ul(|p(a))'],
  ])('%s', (_, lines, tree) => expect(read(...lines)).toBe(tree));
});

describe('tables', () => {
  it.each([
    ['with and without bars at the edges', ['a | b', '--|:-:', '| c | d |'], 'table(a,b|c,d)'],
    ['with more cells than columns', ['| a |', '|---|', '| b | c |', '| d |'], 'table(a|b,c|d)'],
    ['with bars in cells', ['| a |', '|---|', '| b \\| c |'], 'table(a|b | c)'],
    ['end at a line without a bar', ['|a|', '|-|', '|b|', 'c'], 'table(a|b) p(c)'],
    ['after a paragraph', ['x', '|a|', '|-|'], 'p(x) table(a)'],
    ['need as many columns as they mark', ['|a|b|', '|-|'], 'p(|a|b|⏎|-|)'],
  ])('%s', (_, lines, tree) => expect(read(...lines)).toBe(tree));

  it('align their columns', () => {
    const [table] = blocksOf('|a|b|c|d|\n|-|:-|:-:|-:|\n');
    expect(table).toMatchObject({ align: [undefined, 'left', 'center', 'right'] });
  });
});

describe('formulas', () => {
  it.each([
    [
      'on lines of their own',
      ['$$', 'a', '- b', '$$', '\\[', 'c', '\\]', '$$d$$'],
      'tex(a⏎- b) tex(c) tex(d)'.replaceAll('⏎', '\n'),
    ],
    ['after a paragraph', ['a', '$$b$$'], 'p(a) tex(b)'],
    ['within a sentence are read with it', ['$$a$$ is b'], 'p($$a$$ is b)'],
    ['without an end are text', ['$$', 'a', '', '$$'], 'p($$⏎a) p($$)'],
  ])('%s', (_, lines, tree) => expect(read(...lines)).toBe(tree));
});

describe('hostile texts', () => {
  const depth = (blocks: readonly MarkdownBlock[]): number =>
    Math.max(
      0,
      ...blocks.map((block) => {
        if (block.kind === 'quote') return 1 + depth(block.blocks);
        return block.kind === 'list' ? 1 + Math.max(...block.items.map((item) => depth(item.blocks))) : 0;
      }),
    );

  it.each([
    ['numbers in one line', '1. '.repeat(2048)],
    ['quotes in one line', '>'.repeat(4096)],
    ['mixed marks', '> 1. - '.repeat(3000)],
    ['a staircase of items', Array.from({ length: 400 }, (_, i) => `${'  '.repeat(i)}- a`).join('\n')],
    ['formulas without an end', '\\[\n'.repeat(3000)],
    ['bullets less and less indented', `100000. a\n${'    - a\n   - a\n  - a\n'.repeat(1000)}`],
    ['a staircase of quotes', Array.from({ length: 400 }, (_, i) => `${'>'.repeat(i)} a`).join('\n')],
    ['empty lines in a list', `- a\n${'\n'.repeat(50_000)}- b`],
  ])('have a bounded depth, and keep their words: %s', (_, text) => {
    const blocks = blocksOf(`${text}x`);
    expect(depth(blocks)).toBeLessThanOrEqual(10);
    const letters = (of: string) => of.replace(/[^ax]/g, '');
    expect(letters(short(blocks).replaceAll('plain', ''))).toBe(letters(`${text}x`));
  });
});
