import { render } from '../../testing/render.ts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { t } from '../../i18n/index.ts';
import { Markdown } from './markdown.tsx';

afterEach(() => vi.unstubAllGlobals());

describe('Markdown of a model', () => {
  it('becomes headings, lists and tables', () => {
    const screen = render(<Markdown text={'# Birds\n\n3. Wren\n4. Linnet\n\n| a |\n|---|\n| b |\n'} />);
    expect(screen.get('heading', 'Birds')).toBeDefined();
    expect(screen.names('listitem')).toEqual(['Wren', 'Linnet']);
    expect(screen.get('list').getAttribute('start')).toBe('3');
    expect(screen.get('cell', 'b')).toBeDefined();
  });

  it('loses scripts, images, styles and handlers, but keeps its words', () => {
    const text =
      'A <b style="color:red" onclick="x()">bold</b> <img src="https://a.example/x.png" onerror="x()"> word\n\n<script>x()</script>\n\n<iframe src="https://a.example"></iframe>\n';
    const { root } = render(<Markdown text={text} />);
    expect(root.querySelectorAll('script, img, iframe, style, [style], [onclick], [onerror]')).toHaveLength(
      0,
    );
    expect(root.textContent).toContain('bold');
  });

  it('opens links in a new tab without a referrer, and only harmless addresses', () => {
    const text =
      '[a](https://a.example) [b](javascript:x) [c](data:text/html,x) [d](mailto:a@b.example) <a href="/popup.html">e</a>';
    const screen = render(<Markdown text={text} />);
    const links = screen.all('link') as HTMLAnchorElement[];
    expect(links.map((link) => link.getAttribute('href'))).toEqual([
      'https://a.example',
      'mailto:a@b.example',
    ]);
    expect(links[0]!.getAttribute('target')).toBe('_blank');
    expect(links[0]!.getAttribute('rel')).toBe('noopener noreferrer');
  });

  it('has a button that copies each code block, which runs from left to right', async () => {
    const writeText = vi.fn(async () => {});
    vi.stubGlobal('navigator', { clipboard: { writeText } });
    const screen = render(<Markdown text={'- first\n\n  ```js\n  one()\n  ```\n\n```\ntwo()\n```\n'} />);
    const buttons = screen.all('button', t('copy-code'));
    expect(buttons).toHaveLength(2);
    await screen.click(buttons[1]!);
    expect(writeText).toHaveBeenCalledWith('two()');
    expect(screen.root.querySelector('pre')!.parentElement!.dir).toBe('ltr');
  });

  it('renders only its last block again while it grows', () => {
    const screen = render(<Markdown text={'First.\n\nSec'} />);
    const first = screen.getText('First.');
    screen.rerender(<Markdown text={'First.\n\nSecond.'} />);
    expect(screen.getText('First.')).toBe(first);
    expect(screen.text()).toBe('First. Second.');
  });
});
