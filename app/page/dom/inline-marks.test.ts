import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { type CopyPlace, decode, encode } from './inline-marks.ts';

function paragraph(html: string) {
  const { document } = parseHTML(`<!doctype html><html><body><p>${html}</p></body></html>`);
  const nodes = [...document.querySelector('p')!.childNodes];
  return { document, encoded: encode(nodes as unknown as Node[]) };
}

function through(html: string, answer: string, place: CopyPlace = 'beside'): string {
  const { document, encoded } = paragraph(html);
  const box = document.createElement('div');
  (box as unknown as Element).append(...decode(encoded, answer, place, document as unknown as Document));
  return box.innerHTML;
}

describe('inline markup', () => {
  it('becomes marks in the text', () => {
    const { encoded } = paragraph('A  <a href="/x">red <b>cup</b></a>\n and <code>f()</code>.');
    expect(encoded).toMatchObject({ plain: 'A red cup and f().', opaque: false, wrappers: [] });
    expect(encoded.marked).toBe('A <1>red <2>cup</2></1> and <3>f()</3>.');
  });

  it('comes back in another order, as copies of the page’s own elements', () => {
    const html = '<a href="/x" id="link">Max</a> has a <b>red</b> cup.';
    expect(through(html, 'Eine <2>rote</2> Tasse hat <1>Max</1>.')).toBe(
      'Eine <b>rote</b> Tasse hat <a href="/x">Max</a>.',
    );
    expect(through(html, 'Eine <2>rote</2> Tasse hat <1>Max</1>.', 'instead')).toContain('id="link"');
  });

  it('is text again where the model lost it, except around words that are the same', () => {
    const html = '<a href="/x">Max</a> has a <b>red</b> cup.';
    expect(through(html, 'Max hat eine <2>rote Tasse.')).toBe('<a href="/x">Max</a> hat eine rote Tasse.');
    expect(through(html, 'Max und Max.')).toBe('Max und Max.');
    expect(through(html, 'Maxi hat eine Tasse.')).toBe('Maxi hat eine Tasse.');
  });

  it('around the whole paragraph needs no mark', () => {
    const { encoded } = paragraph(' <strong><a href="/x">All of it</a></strong> ');
    expect(encoded.marked).toBeUndefined();
    expect(encoded.wrappers.map((element) => element.nodeName)).toEqual(['STRONG', 'A']);
    expect(through('<strong><a href="/x">All of it</a></strong>', 'Alles')).toBe(
      '<strong><a href="/x">Alles</a></strong>',
    );
  });

  it('of elements in each other without other words is one mark', () => {
    expect(paragraph('See <b><i>this</i></b>.').encoded.marked).toBe('See <1>this</1>.');
    expect(through('See <b><i>this</i></b>.', 'Sieh <1>dies</1>.')).toBe('Sieh <b><i>dies</i></b>.');
  });

  it('leaves code and names as they are, whatever the model says', () => {
    expect(through('Call <code>open()</code> now.', 'Rufe jetzt <1>öffne()</1> auf.')).toBe(
      'Rufe jetzt <code>open()</code> auf.',
    );
    expect(through('By <span translate="no">Red Hat</span>.', 'Von <1>Roter Hut</1>.')).toContain('Red Hat');
  });

  it('keeps a picture in place of the original, and does not show it twice beside it', () => {
    const html = 'A bird <img src="b.png"> sings.';
    expect(paragraph(html).encoded.marked).toBe('A bird <1/> sings.');
    expect(through(html, 'Ein Vogel <1/> singt.')).toBe('Ein Vogel  singt.');
    expect(through(html, 'Ein Vogel <1/> singt.', 'instead')).toContain('<img');
    expect(through(html, 'Ein Vogel singt.', 'instead')).toBe('Ein Vogel singt.<img src="b.png">');
  });

  it('keeps formulas, of which the model is told nothing', () => {
    const html = 'As <span class="katex"><math><mi>x</mi></math>x</span> grows, <b>y</b> falls.';
    expect(paragraph(html).encoded.marked).toBe('As <1/> grows, <2>y</2> falls.');
    expect(through(html, 'Wenn <1/> wächst, fällt <2>y</2>.')).toContain('<math><mi>x</mi></math>');
  });

  it('reads the words of the page’s own elements, and leaves the elements where they are', () => {
    const { encoded } = paragraph('Seen <time-ago>two days</time-ago> ago <button>Like</button>');
    expect([encoded.plain, encoded.opaque]).toEqual(['Seen two days ago', true]);
  });

  it('never turns words of the model into elements', () => {
    const html = 'A <b>red</b> cup.';
    const evil = 'Eine <1>rote</1> <img src=x onerror=alert(1)> <script>alert(1)</script>';
    expect(through(html, evil)).toBe(
      'Eine <b>rote</b> &lt;img src=x onerror=alert(1)&gt; &lt;script&gt;alert(1)&lt;/script&gt;',
    );
  });

  it('is not marked where the text itself has something like marks', () => {
    expect(paragraph('Press &lt;1&gt; or <b>two</b>.').encoded.marked).toBeUndefined();
  });

  it('keeps line breaks and says what cannot be copied', () => {
    expect(paragraph('One <br> two').encoded.plain).toBe('One\ntwo');
    expect(through('One<br>two', 'Eins\nzwei')).toBe('Eins<br>zwei');
    expect(paragraph('One <button>two</button>').encoded.opaque).toBe(true);
    expect(paragraph('One<script>x()</script><style>y</style> two').encoded).toMatchObject({
      plain: 'One two',
      opaque: false,
    });
  });
});
