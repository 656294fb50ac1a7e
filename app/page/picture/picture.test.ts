import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { readBlocks } from '../dom/block-text.ts';
import { finish, inSlices, type Sliced } from '../dom/slices.ts';
import { MOST_CHARACTERS, takePicture } from './picture.ts';

const documentOf = (body: string) =>
  parseHTML(`<html><head><title>Page</title></head><body>${body}</body></html>`)
    .document as unknown as Document;
const read = (body: string) => readBlocks(finish(takePicture(documentOf(body))).doc.body);

/** How often a work could be interrupted: it does a bounded part between two of these. */
function steps(work: Sliced<unknown>): number {
  let count = 0;
  while (work.next().done !== true) count++;
  return count;
}

describe('a picture of a page', () => {
  it.each([
    ['styles', '<p style="display:none">x</p><p style="visibility: hidden">x</p><p style="opacity:0">x</p>'],
    [
      'sizes',
      '<p style="font-size:0px">x</p><p style="text-indent:-9999px">x</p><p style="left: -5000px">x</p>',
    ],
    ['clips', '<p style="clip: rect(0 0 0 0)">x</p><p style="clip-path:inset(50%)">x</p>'],
    ['attributes', '<p hidden>x</p><div><b aria-hidden="true">x</b></div>'],
    [
      'elements',
      '<script>x</script><style>x</style><noscript>x</noscript><template>x</template><select><option>x</select>',
    ],
    ['an own translation', '<linnet-translation>x</linnet-translation>'],
  ])('leaves out what attributes hide: %s', (_, hidden) => {
    expect(read(`<p>Seen.</p>${hidden}`).text).toBe('Seen.');
  });

  it.each([
    ['a page behind a dialog', '<div aria-hidden="true"><p>Seen.</p></div>', 'Seen.'],
    ['a closed part', '<details><summary>Why?</summary><p>So.</p></details>', 'Why?\n\nSo.'],
    ['what a search may open', '<p hidden="until-found">Seen.</p>', 'Seen.'],
    ['half opacity', '<p style="opacity:0.5">Seen.</p>', 'Seen.'],
    ['words without readings', '<p><ruby>北<rp>(</rp><rt>きた</rt><rp>)</rp></ruby>へ</p>', '北へ'],
    ['soft hyphens', '<p>Donau\u00addampfer</p>', 'Donaudampfer'],
    ['numbers of a list', '<ol start="3"><li>c</li><li value="7">g</li><li>h</li></ol>', '3. c\n7. g\n8. h'],
    ['a list that counts down', '<ol reversed><li>b</li><li>a</li></ol>', '2. b\n1. a'],
    [
      'letters and Roman numbers',
      '<ol type="a" start="27"><li>x</li></ol><ol type="I" start="4"><li>y</li></ol>',
      'aa. x\nIV. y',
    ],
    [
      'a formula',
      '<p>Let <span class="katex"><math><annotation encoding="application/x-tex">x^2</annotation></math><b>x2</b></span> be.</p>',
      'Let x^2 be.',
    ],
    [
      'MathML',
      '<p><math><mfrac><mn>1</mn><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow></mfrac></math></p>',
      '1/(a+b)',
    ],
    [
      'lines of code',
      '<pre><div class="line"><i class="ln">1</i>a = 1</div><div class="line"><i class="ln">2</i>  b</div></pre>',
      'a = 1\n  b',
    ],
    [
      'no marks of notes',
      '<p>Saltby<sup class="reference"><a href="#n1">[1]</a></sup> is a port.</p>',
      'Saltby is a port.',
    ],
    ['a power', '<p>10<sup>2</sup> m</p>', '102 m'],
    ['elements with names that are none', '<p><a"b>Seen.</a"b></p>', 'Seen.'],
  ])('has %s', (_, html, text) => {
    expect(read(html).text).toBe(text);
  });

  it('frees headings from their wrappers, and knows those that are headings by role', () => {
    const html =
      '<div class="mw-heading"><h2>History</h2><span class="mw-editsection">[<a href="#">edit</a>]</span></div><p>Old.</p><div role="heading" aria-level="3">Trade</div>';
    const { text, headings } = read(html);
    expect(text).toBe('History\n\nOld.\n\nTrade');
    expect(headings).toEqual([0, 15]);
  });

  it('ends at a number of characters, and says so', () => {
    const { characters, cut } = finish(takePicture(documentOf(`<p>${'word '.repeat(300_000)}</p>`)));
    expect([characters, cut]).toEqual([MOST_CHARACTERS, true]);
  });

  it('is flat, whatever the depth of the page', () => {
    const depth = 3000;
    const picture = finish(takePicture(documentOf(`${'<div>a '.repeat(depth)}${'</div>'.repeat(depth)}`)));
    let deepest = 0;
    for (let at: Element | null = picture.doc.body; at !== null; at = at.lastElementChild) deepest++;
    expect(deepest).toBeLessThan(220);
    expect(readBlocks(picture.doc.body).text.match(/a/g)).toHaveLength(depth);
  });

  it('takes program text in steps too, and ends in it', () => {
    const lines = (count: number) => documentOf(`<pre>${'<b>a = 1\n</b>'.repeat(count)}</pre>`);
    expect(steps(takePicture(lines(5000)))).toBeGreaterThan(40);
    const { characters, cut, doc } = finish(takePicture(documentOf(`<pre>${'word '.repeat(300_000)}</pre>`)));
    expect([characters, cut, doc.body.textContent?.length]).toEqual([MOST_CHARACTERS, true, MOST_CHARACTERS]);
  });

  it('takes twice the steps for twice the page', () => {
    const rows = (count: number) => `<table>${'<tr><td>1</td><td>Two words</td></tr>'.repeat(count)}</table>`;
    const [one, two] = [500, 1000].map((count) => steps(takePicture(documentOf(rows(count)))));
    expect(one).toBeGreaterThan(5);
    expect(two! / one!).toBeLessThan(2.2);
  });

  it('gives the page its turn after each slice of time', async () => {
    let time = 0;
    let pauses = 0;
    const slicing = { now: () => ++time, pause: async () => void pauses++, slice: 3 };
    const html = '<p>One.</p>'.repeat(2000);
    const all = steps(takePicture(documentOf(html)));
    const { characters } = await inSlices(takePicture(documentOf(html)), slicing);
    expect(characters).toBe(8000);
    expect(pauses).toBeGreaterThanOrEqual(Math.floor(all / 4));
  });
});
