import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { nodeVisits } from '../../../testing/node-visits.ts';
import { type CopyPlace, decode } from './inline-copies.ts';
import { encode } from './inline-marks.ts';

function paragraph(html: string) {
  const { document } = parseHTML(`<!doctype html><html><body><p>${html}</p></body></html>`);
  const nodes = [...document.querySelector('p')!.childNodes];
  return { document, encoded: encode(nodes as unknown as Node[]) };
}

function roundTrip(html: string, answer: string, place: CopyPlace = 'beside'): string {
  const { document, encoded } = paragraph(html);
  const box = document.createElement('div');
  (box as unknown as Element).append(
    ...decode(encoded, answer, { place, doc: document as unknown as Document }),
  );
  return box.innerHTML;
}

describe('inline markup', () => {
  it('becomes marks in the text', () => {
    const { encoded } = paragraph('A  <a href="/x">red <b>cup</b></a>\n and <code>f()</code>.');
    expect(encoded).toMatchObject({ plain: 'A red cup and f().', opaque: false, wrappers: [] });
    expect(encoded.marked).toBe('A <1>red <2>cup</2></1> and <3>f()</3>.');
  });

  it('is decoded in another order, as copies of the page’s own elements', () => {
    const html = '<a href="/x" id="link">Max</a> has a <b>red</b> cup.';
    expect(roundTrip(html, 'Eine <2>rote</2> Tasse hat <1>Max</1>.')).toBe(
      'Eine <b>rote</b> Tasse hat <a href="/x">Max</a>.',
    );
    expect(roundTrip(html, 'Eine <2>rote</2> Tasse hat <1>Max</1>.', 'instead')).toContain('id="link"');
  });

  it('becomes plain text if the model lost the marks, except around unchanged words', () => {
    const html = '<a href="/x">Max</a> has a <b>red</b> cup.';
    expect(roundTrip(html, 'Max hat eine <2>rote Tasse.')).toBe('<a href="/x">Max</a> hat eine rote Tasse.');
    expect(roundTrip(html, 'Max und Max.')).toBe('Max und Max.');
    expect(roundTrip(html, 'Maxi hat eine Tasse.')).toBe('Maxi hat eine Tasse.');
  });

  it('needs no mark around the whole paragraph', () => {
    const { encoded } = paragraph(' <strong><a href="/x">All of it</a></strong> ');
    expect(encoded.marked).toBeUndefined();
    expect(encoded.wrappers.map((element) => element.nodeName)).toEqual(['STRONG', 'A']);
    expect(roundTrip('<strong><a href="/x">All of it</a></strong>', 'Alles')).toBe(
      '<strong><a href="/x">Alles</a></strong>',
    );
  });

  it('has one mark for nested elements without other words', () => {
    expect(paragraph('See <b><i>this</i></b>.').encoded.marked).toBe('See <1>this</1>.');
    expect(roundTrip('See <b><i>this</i></b>.', 'Sieh <1>dies</1>.')).toBe('Sieh <b><i>dies</i></b>.');
  });

  it('leaves code and untranslatable names unchanged, whatever the model writes', () => {
    expect(roundTrip('Call <code>open()</code> now.', 'Rufe jetzt <1>öffne()</1> auf.')).toBe(
      'Rufe jetzt <code>open()</code> auf.',
    );
    expect(roundTrip('By <span translate="no">Red Hat</span>.', 'Von <1>Roter Hut</1>.')).toContain(
      'Red Hat',
    );
  });

  it('keeps a picture in place of the original, and does not repeat it beside the original', () => {
    const html = 'A bird <img src="b.png"> sings.';
    expect(paragraph(html).encoded.marked).toBe('A bird <1/> sings.');
    expect(roundTrip(html, 'Ein Vogel <1/> singt.')).toBe('Ein Vogel  singt.');
    expect(roundTrip(html, 'Ein Vogel <1/> singt.', 'instead')).toContain('<img');
    expect(roundTrip(html, 'Ein Vogel singt.', 'instead')).toBe('Ein Vogel singt.<img src="b.png">');
  });

  it('keeps formulas, whose content the model does not receive', () => {
    const html = 'As <span class="katex"><math><mi>x</mi></math>x</span> grows, <b>y</b> falls.';
    expect(paragraph(html).encoded.marked).toBe('As <1/> grows, <2>y</2> falls.');
    expect(roundTrip(html, 'Wenn <1/> wächst, fällt <2>y</2>.')).toContain('<math><mi>x</mi></math>');
  });

  it('reads the words of custom elements, and marks the paragraph as opaque', () => {
    const { encoded } = paragraph('Seen <time-ago>two days</time-ago> ago <button>Like</button>');
    expect([encoded.plain, encoded.opaque]).toEqual(['Seen two days ago', true]);
  });

  it('never turns words of the model into elements', () => {
    const html = 'A <b>red</b> cup.';
    const evil = 'Eine <1>rote</1> <img src=x onerror=alert(1)> <script>alert(1)</script>';
    expect(roundTrip(html, evil)).toBe(
      'Eine <b>rote</b> &lt;img src=x onerror=alert(1)&gt; &lt;script&gt;alert(1)&lt;/script&gt;',
    );
  });

  it('is not marked if the text itself contains something like marks', () => {
    expect(paragraph('Press &lt;1&gt; or <b>two</b>.').encoded.marked).toBeUndefined();
  });

  it('keeps line breaks and reports content that cannot be copied', () => {
    expect(paragraph('One <br> two').encoded.plain).toBe('One\ntwo');
    expect(roundTrip('One<br>two', 'Eins\nzwei')).toBe('Eins<br>zwei');
    expect(paragraph('One <button>two</button>').encoded.opaque).toBe(true);
    expect(paragraph('One<script>x()</script><style>y</style> two').encoded).toMatchObject({
      plain: 'One two',
      opaque: false,
    });
  });

  it('sends no characters that nobody sees', () => {
    const { document } = parseHTML('<p>Donau\u00ad<b>dam\u200bpfer</b></p>');
    const { plain, marked } = encode(document.querySelector('p')!.childNodes as unknown as Node[]);
    expect([plain, marked]).toEqual(['Donaudampfer', 'Donau<1>dampfer</1>']);
  });

  it('keeps the spaces around marks as a browser shows them', () => {
    const { plain, marked } = paragraph('A <b> c </b> d<br> <i> e</i> <img src="x"> f').encoded;
    expect([plain, marked]).toEqual(['A c d\ne f', 'A <1>c </1>d\n<2>e</2> <3/> f']);
  });

  it('reads the words of a form with fields of any name', () => {
    const { document } = parseHTML('<div>One <form class="x">two <b>three</b></form></div>');
    const form = document.querySelector('form')!;
    for (const name of ['childNodes', 'nodeName', 'getAttribute', 'matches', 'classList', 'textContent'])
      Object.defineProperty(form, name, { value: document.createElement('input') });
    const { plain, opaque } = encode(document.querySelector('div')!.childNodes as unknown as Node[]);
    expect([plain, opaque]).toEqual(['One two three', true]);
  });

  it.each([
    ['in each other', (n: number) => `${'<b>a '.repeat(n)}${'</b>'.repeat(n)}`],
    ['in each other, without words between', (n: number) => `a ${'<b>'.repeat(n)}x${'</b>'.repeat(n)}`],
    ['in each other, without any words', (n: number) => `a ${'<b>'.repeat(n)}${'</b>'.repeat(n)}`],
    ['side by side', (n: number) => '<b>a</b> <br>'.repeat(n)],
  ])('looks at twice as much of twice the elements %s', (_, html) => {
    const [one, two] = [1500, 3000].map((n) => {
      const { document } = parseHTML(`<p>${html(n)}</p>`);
      const nodes = [...document.querySelector('p')!.childNodes] as unknown as Node[];
      return nodeVisits(document as unknown as Document, () => encode(nodes));
    });
    expect(one).toBeGreaterThan(1500);
    expect(two! / one!).toBeLessThan(2.2);
  });

  it('has no greatest depth', () => {
    const depth = 20_000;
    const { plain, marked } = paragraph(`${'<b>a '.repeat(depth)}`).encoded;
    expect([plain.length, marked]).toEqual([2 * depth - 1, undefined]);
  });
});
