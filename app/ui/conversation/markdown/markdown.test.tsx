import { render, settled } from '../../../testing/render.ts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { seededRandom } from '../../../../engine/bench.ts';
import { t } from '../../../i18n/index.ts';
import { Markdown } from './markdown.tsx';
import * as inline from './inline.ts';
import { MarkdownStream } from './stream.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** Waits until KaTeX is loaded and has set the formulas. */
async function formulasSet(): Promise<void> {
  await import('katex');
  for (let turn = 0; turn < 5; turn++) await settled();
}

describe('Markdown of a model', () => {
  it('becomes headings, lists and tables', () => {
    const screen = render(<Markdown text={'# Birds\n\n3. Wren\n4. Linnet\n\n| a |\n|---|\n| b |\n'} />);
    expect(screen.get('heading', 'Birds')).toBeDefined();
    expect(screen.names('listitem')).toEqual(['Wren', 'Linnet']);
    expect(screen.get('list').getAttribute('start')).toBe('3');
    expect(screen.get('cell', 'b')).toBeDefined();
  });

  it('shows HTML as text, and makes no element of it', () => {
    const text =
      'a<b and c>d\n\nThe <title> is <img src="https://a.example/x.png" onerror="x()"> shown\n\n<script>x()</script>\n\n<!-- so is this -->\n';
    const screen = render(<Markdown text={text} />);
    expect(screen.root.querySelectorAll('script, img, iframe, style, title, b')).toHaveLength(0);
    expect(screen.text()).toBe(text.replaceAll(/\s+/g, ' ').trim());
  });

  it('opens links in a new tab without a referrer, only harmless addresses, and shows their hosts', () => {
    const text =
      '[bank](https://evil.example/a "and more") [b](javascript:x) [c](data:text/html,x) <mailto:a@b.example> https://b.example/x';
    const screen = render(<Markdown text={text} />);
    const links = screen.all('link') as HTMLAnchorElement[];
    expect(links.map((link) => link.getAttribute('href'))).toEqual([
      'https://evil.example/a',
      'mailto:a@b.example',
      'https://b.example/x',
    ]);
    expect(links[0]!.getAttribute('target')).toBe('_blank');
    expect(links[0]!.getAttribute('rel')).toBe('noopener noreferrer');
    expect(screen.text()).toContain('bank (evil.example · and more) [b](javascript:x) [c](data:text/html,x)');
    expect(screen.text()).toMatch(/https:\/\/b\.example\/x$/);
  });

  it('names a picture and links to it, and does not load it', () => {
    const screen = render(
      <Markdown text={'![A wren](https://a.example/x.png) ![](https://b.example/y.png)'} />,
    );
    expect(screen.root.querySelector('img')).toBeNull();
    expect(screen.names('link')).toEqual([`${t('answer-picture')}: A wren`, t('answer-picture')]);
    expect(screen.text()).toContain('(a.example)');
  });

  it('has a button that copies each code block, which names its language and runs from left to right', async () => {
    const writeText = vi.fn(async () => {});
    vi.stubGlobal('navigator', { clipboard: { writeText } });
    const screen = render(<Markdown text={'- first\n\n  ```js\n  one()\n  ```\n\n```\ntwo()\n```\n'} />);
    const buttons = screen.all('button', t('copy-code'));
    expect(buttons).toHaveLength(2);
    await screen.click(buttons[1]!);
    expect(writeText).toHaveBeenCalledWith('two()');
    expect(screen.root.querySelector('pre')!.parentElement!.dir).toBe('ltr');
    expect(screen.getText('js')).toBeDefined();
  });

  it('shows the state of tasks, with their texts as names', () => {
    const screen = render(<Markdown text={'- [x] Milk\n- [ ] **Bread**\n  - [x] Rye\n'} />);
    const boxes = screen.all('checkbox') as HTMLInputElement[];
    expect(
      boxes.map((box) => [box.closest('label')!.textContent, box.checked, box.hasAttribute('disabled')]),
    ).toEqual([
      ['Milk', true, true],
      ['Bread', false, true],
      ['Rye', true, true],
    ]);
  });

  it('keeps the numbers of a list as they are written, where they rise', () => {
    const screen = render(<Markdown text={'1. a\n\n5. b\n5. c\n1. d\n'} />);
    expect(screen.all('list')).toHaveLength(1);
    expect(screen.all('listitem').map((item) => item.getAttribute('value'))).toEqual([null, '5', null, null]);
  });

  it('lets a table scroll by keys, and keeps cells that its header lacks', () => {
    const screen = render(<Markdown text={'| a |\n|---|\n| b | c |\n'} />);
    expect(screen.get('region', t('answer-table')).tabIndex).toBe(0);
    expect(screen.names('cell')).toEqual(['b', 'c']);
  });

  it('renders only its last part again while it grows', () => {
    const screen = render(<Markdown text={'First.\n\nSec'} growing />);
    const first = screen.getText('First.');
    screen.rerender(<Markdown text={'First.\n\nSecond.'} growing />);
    expect(screen.getText('First.')).toBe(first);
    expect(screen.text()).toBe('First. Second.');
  });

  it('is not read again while another answer of its conversation grows', () => {
    const read = vi.spyOn(MarkdownStream.prototype, 'read');
    const answers = (newest: string) => (
      <div>
        <Markdown text="First." />
        <Markdown text={newest} growing />
      </div>
    );
    const screen = render(answers('Sec'));
    read.mockClear();
    screen.rerender(answers('Second.'));
    expect(read.mock.calls).toEqual([['Second.', true]]);
    expect(screen.text()).toBe('First. Second.');
  });

  it('adds items to one list while it grows', () => {
    const screen = render(<Markdown text={'1. One\n2. Tw'} growing />);
    const list = screen.get('list');
    screen.rerender(<Markdown text={'1. One\n2. Two\n\n3. Three\n4. Four'} growing />);
    expect(screen.get('list')).toBe(list);
    expect(screen.names('listitem')).toEqual(['One', 'Two', 'Three', 'Four']);
  });

  it('shows a part as it is written where showing it fails, and the others as they should be', () => {
    const read = inline.inlineOf;
    vi.spyOn(inline, 'inlineOf').mockImplementation((text, place) => {
      if (text.includes('bad')) throw new RangeError('Maximum call stack size exceeded');
      return read(text, place);
    });
    const screen = render(<Markdown text={'**good**\n\n- **bad**\n\n> **good**'} />);
    expect(screen.text()).toBe('good - **bad** good');
  });
});

describe('formulas', () => {
  it('are set by KaTeX, for eyes and for screen readers', async () => {
    const screen = render(<Markdown text={'Let $x^2$ and \\(y\\).\n\n\\[\\frac{1}{2}\\]\n\n$$\na\n$$\n'} />);
    expect(screen.text()).toContain('$x^2$');
    await formulasSet();
    expect(screen.root.querySelectorAll('.katex-html')).toHaveLength(4);
    expect(screen.root.querySelectorAll('math')).toHaveLength(4);
    expect(screen.root.querySelectorAll('.formula.display')).toHaveLength(2);
    expect(screen.text()).not.toContain('$x^2$');
  });

  it.each([
    '$\\frac{1}$',
    '$\\undefined{x}$',
    '$x\\phantom{hidden}$',
    '$\\color{white}{hidden}$',
    '$x % hidden$',
    '$\\def\\x{hidden}1$',
    '$\\href{https://a.example}{x}$',
    `$${'{'.repeat(1000)}x$`,
    `$${'x+'.repeat(1000)}x$`,
  ])('are shown as they are written where they cannot be set or would hide words: %s', async (text) => {
    const screen = render(<Markdown text={text} />);
    await formulasSet();
    expect(screen.text()).toBe(text);
    expect(screen.root.querySelector('.katex')).toBeNull();
  });

  it('are set a few at a time where there are many', async () => {
    const { root } = render(<Markdown text={'$x$ '.repeat(100)} />);
    await formulasSet();
    await vi.waitFor(() => expect(root.querySelectorAll('.katex-html')).toHaveLength(100));
  });
});

/** Fragments of Markdown, of HTML and of neither; each `#` becomes a word of its own. */
const FRAGMENTS = [
  '#',
  '# # #',
  '**#**',
  '*# _#_ #*',
  '~~#~~',
  '`#`',
  '`` # ` # ``',
  '[#](https://a.example "#")',
  '![#](https://a.example)',
  '[#](javascript:#)',
  '[#][#]',
  '[#]: https://a.example "#"',
  '[# [#](https://a.example) #](https://b.example)',
  '<#',
  '<# and #>#',
  '<title>#',
  '</title>#',
  '<!-- # -->',
  '<script>#</script>',
  '<b onclick="#">#</b>',
  '<![CDATA[#]]>',
  '<?#?>',
  '&#;',
  '&lt;#&gt;',
  '\\#',
  '\\<#\\>',
  '$#$',
  '$$#$$',
  '\\(#\\)',
  '\\[#\\]',
  '$\\text{#}$',
  '$\\phantom{#}$',
  '$5 # $6',
  '*#',
  '**#',
  '_#',
  '`#',
  '[#',
  '![#',
  '](#',
  '~~#',
  '||#',
  '<br>#',
  ':#:',
  '***#** #*',
  '#_#_#',
  '"#"',
  '#\\',
];
const LINES = [
  '',
  '',
  '\n',
  '- ',
  '1. ',
  '> ',
  '>> - ',
  '  - ',
  '    ',
  '# ',
  '### ',
  '- [ ] ',
  '- [x] ',
  '```',
  '```js ',
  '~~~',
  '---',
  '===',
  '| ',
  '|---|---|',
  '| # | # |',
  '$$',
  '\\[',
  '\\]',
  '1986. ',
  '* * *',
  '\t',
  '<div>',
  '</div>',
  '1. 1. 1. ',
  '>>>>',
  ': ',
];

/** A text, and its words. */
function generate(seed: number): { text: string; words: readonly string[] } {
  const next = seededRandom(seed);
  const random = (n: number) => Math.floor(next() * n);
  const words: string[] = [];
  const lines: string[] = [];
  for (let line = 0; line < 14; line++) {
    const parts = Array.from({ length: random(4) }, () => FRAGMENTS[random(FRAGMENTS.length)]!);
    lines.push(LINES[random(LINES.length)]! + parts.join([' ', '', ' | '][random(3)]!));
  }
  // The number sign of a heading or an entity stays.
  const text = lines
    .join('\n')
    .replace(/(^ *)?#(?![# ]* )(;?)/gm, (all, start: string | undefined, after: string) => {
      if (start !== undefined && after === '') return all;
      const word = `w${words.length}w`;
      words.push(word);
      return (start ?? '') + word + after;
    });
  return { text, words };
}

describe('every word of an answer is visible', () => {
  const seeds = Array.from({ length: 60 }, (_, seed) => seed);

  it('in random texts, whole', async () => {
    for (const seed of seeds) {
      const { text, words } = generate(seed);
      const screen = render(<Markdown text={text} />);
      if (seed % 20 === 0) await formulasSet();
      const shown = screen.text();
      for (const word of words) expect(shown, `seed ${seed}: ${word} of\n${text}`).toContain(word);
      screen.unmount();
    }
  });

  it('in random texts, as they grow', () => {
    for (const seed of seeds.slice(0, 8)) {
      const { text, words } = generate(seed);
      const screen = render(<Markdown text="" growing />);
      for (let end = 1; end <= text.length; end += 3 + (seed % 7)) {
        const begun = text.slice(0, end);
        screen.rerender(<Markdown text={begun} growing />);
        // Where a long part has not been read to its end, a word may be in two elements.
        const shown = screen.root.textContent!;
        for (const word of words.filter((each) => begun.includes(each)))
          expect(shown, `seed ${seed}: ${word} of\n${begun}`).toContain(word);
      }
      screen.unmount();
    }
  });

  it.each([
    ['numbers', '1. '.repeat(2048)],
    ['quotes', '>'.repeat(4096)],
    ['emphasis', `${'*a **b '.repeat(2000)}${'** *'.repeat(2000)}`],
    ['brackets', '['.repeat(20_000)],
    ['tags', '<b>'.repeat(10_000)],
    ['bars', `${'|a'.repeat(800)}\n${'|-'.repeat(800)}\n${'|b'.repeat(800)}`],
  ])('where marks are many: %s', (_, marks) => {
    const screen = render(<Markdown text={`before\n\n${marks}word\n\nafter`} />);
    expect(screen.text()).toMatch(/^before .*word.* after$/);
  });
});
