import { describe, expect, it } from 'vitest';
import type { PageText } from '../../protocol/types.ts';
import { type QuoteRequest, quotesOf } from './quotes.ts';
import { wordRuns } from './rank.ts';

const pageOf = (text: string, more: Partial<PageText> = {}): PageText => ({
  url: 'https://example.org/',
  title: '',
  dir: 'ltr',
  text,
  source: 'readability',
  ...more,
});
const points = (most: number): QuoteRequest => ({ kind: 'sentences', most });
const one = (text: string, more: Partial<PageText> = {}) => quotesOf(pageOf(text, more), points(1))[0];

const harbour = [
  'By Ann Lee',
  'The old harbour of Rosedale will be closed in May, the council said on Monday.',
  'It was a hard decision. Would the ships come back? The harbour was built in 1712 for ships that carried wool.',
  'Ships now use the larger harbour in Ashdale, and the old one stands empty on most days of the week.',
  'The council said on Monday that the old harbour of Rosedale will be closed in May.',
  'Fishermen protested in front of the town hall, because the harbour in Ashdale is far from their homes.',
  'We use cookies to improve this site. Subscribe to our newsletter. All rights reserved.',
  'Photo: the harbour of Rosedale in winter (Getty Images)',
].join('\n\n');

describe('the quotes of a page', () => {
  it('share no five words in a row', () => {
    const page = [
      'Quarks become free particles in the course of asymptotic freedom, as the theory says of them.',
      'The strong interaction becomes weaker in the course of asymptotic freedom, so the gluons part.',
      'Confinement returns when the temperature of the plasma falls below a value that is known.',
    ].join('\n\n');
    const runs = quotesOf(pageOf(page), points(3)).flatMap((quote) => [...wordRuns(quote)]);
    expect(runs.length).toBeGreaterThan(5);
    expect(new Set(runs).size).toBe(runs.length);
  });

  it('are whole sentences of the page, in its order, which say different things', () => {
    const quotes = quotesOf(pageOf(harbour, { title: 'Rosedale closes its harbour' }), points(3));
    expect(quotes).toEqual([
      'The old harbour of Rosedale will be closed in May, the council said on Monday.',
      'The harbour was built in 1712 for ships that carried wool.',
      'Ships now use the larger harbour in Ashdale, and the old one stands empty on most days of the week.',
    ]);
    for (const quote of quotes) expect(harbour).toContain(quote);
  });

  it('are never headings, questions, captions, bylines or notices of the site', () => {
    const heading = 'The harbour of Rosedale is closed by the council.';
    const text = `${heading}\n\n${harbour}`;
    const all = quotesOf(pageOf(text, { headings: [0] }), points(20)).join(' ');
    expect(all).not.toMatch(/By Ann|Would the|cookies|newsletter|rights|Photo|closed by the council/);
    expect(all).toMatch(/1712/);
  });

  it('are not what a caption says of its picture, but what it says after that', () => {
    const said = 'In return the council of Rosedale has said that it will build another harbour for them';
    const caption = `Fishermen of Rosedale at the old harbour on Monday. ${`${said}. `.repeat(4)}Credit Ann Lee/Example Press`;
    expect(quotesOf(pageOf(`${caption}\n\n${harbour}`), points(20))).toContain(`${said}.`);
    expect(quotesOf(pageOf(`${caption}\n\n${harbour}`), points(20)).join(' ')).not.toContain(
      'at the old harbour on',
    );
  });

  it('say the same each time, and no more than asked for', () => {
    const page = pageOf(harbour);
    expect(quotesOf(page, points(5))).toEqual(quotesOf(page, points(5)));
    expect(quotesOf(page, points(2))).toHaveLength(2);
  });

  it.each([
    [
      'German',
      'Deshalb wird er im Mai für immer geschlossen. Der alte Hafen von Rosedale wird im Mai geschlossen.',
      'Der alte',
    ],
    [
      'French',
      'Cependant, il sera fermé au mois de mai prochain. Le vieux port de Rosedale sera fermé en mai.',
      'Le vieux',
    ],
    [
      'Spanish',
      'Sin embargo, esto no gustó a los pescadores. El viejo puerto de Rosedale se cerrará en mayo.',
      'El viejo',
    ],
    [
      'Japanese',
      'しかし、それは五月に閉鎖されることになった。ローズデールの古い港は五月に閉鎖される。',
      'ローズ',
    ],
    ['Chinese', '但是它将在今年五月永久关闭。罗斯代尔的旧港口将在今年五月关闭。', '罗斯'],
    [
      'Arabic',
      'ولكن هذا القرار لم يعجب الصيادين في المدينة. سيغلق ميناء روزديل القديم في شهر مايو المقبل.',
      'سيغلق',
    ],
  ])('in %s begin with no word that refers back', (_, text, begins) => {
    expect(one(text)?.startsWith(begins)).toBe(true);
  });

  it('are sentences of more than 36 words only where there are too few others', () => {
    const harbours = Array.from({ length: 36 }, (_, n) => `quay${n}`);
    const long = `The old harbour of Rosedale will be closed with ${harbours.join(' ')}.`;
    const short = 'Fishermen protested in front of the town hall of Ashdale on Friday.';
    const page = pageOf(`${long}\n\n${short}`, { title: 'The old harbour of Rosedale will be closed' });
    expect(quotesOf(page, points(1))).toEqual([short]);
    expect(quotesOf(page, points(2))).toEqual([long, short]);
    expect(one(long)).toBe(long);
    // A list of enough points needs none.
    const list = pageOf(`${long}\n\n${harbour}`);
    expect(quotesOf(list, points(5)).join(' ')).not.toContain('quay9');
  });

  it('follow the words of the title', () => {
    const text =
      'The council met on Monday evening in the town hall. Wool was the wealth of the valley for long years.\n\n' +
      'A lighthouse keeper of Rosedale saved eleven sailors in the storm.';
    const [title, saved] = ['Lighthouse keeper saves eleven sailors', /^A lighthouse keeper/];
    const best = quotesOf(pageOf(text, { title: `${title} | Example News` }), points(2));
    expect(best.some((quote) => saved.test(quote))).toBe(true);
  });

  it('begin with the standfirst: a whole sentence above the article that is marked as a heading', () => {
    const standfirst =
      'The old harbour of Rosedale, which was built for ships that carried wool, will be closed in May.';
    const text = `${standfirst}\n\nFishermen of the town protested on Friday in front of the town hall.`;
    expect(one(text, { headings: [0] })).toBe(standfirst);
    // A title that is a sentence stands above the quotes anyway.
    expect(one(text, { headings: [0], title: standfirst })).toMatch(/^Fishermen/);
  });

  it('for a whole page are near its beginning and have the words of its title', () => {
    const text = [
      'For three hundred years the people of the valley have lived from the wool of their sheep.',
      'The council of Rosedale closes the old harbour, because the ships have become too large for it.',
      'The ships of the valley carried wool, and the people of the valley lived from the ships and the wool.',
    ].join('\n\n');
    expect(one(text, { title: 'Rosedale closes its old harbour' })).toMatch(/^The council of Rosedale/);
    expect(one(text)).toMatch(/^For three hundred/);
  });

  it('are entries of lists where a page has nothing else, without the sign before them', () => {
    const signs = ['-', '+', '*', '•'];
    const entries = signs.map((sign, n) => `${sign} Added block ${n} of granite for machine${n}`);
    expect(quotesOf(pageOf(entries.join('\n')), points(4))).toEqual(entries.map((entry) => entry.slice(2)));
  });

  it('are entries of lists where a page has nothing else', () => {
    const list =
      '- Added granite and andesite blocks\n- Added slime blocks for machines\n- Removed the herobrine once again';
    expect(quotesOf(pageOf(list), points(3))).toHaveLength(3);
    expect(quotesOf(pageOf('Home\n\nMenu\n\n{ x: 1 }'), points(3))).toEqual([]);
    expect(quotesOf(pageOf(''), points(3))).toEqual([]);
  });

  it('of a headline are the title without the name of the site, or a short sentence of a selection', () => {
    const request: QuoteRequest = { kind: 'headline', words: 17 };
    const title = 'Rosedale closes its harbour - Example News';
    expect(quotesOf(pageOf(harbour, { title }), request)).toEqual(['Rosedale closes its harbour']);
    expect(quotesOf(pageOf(harbour, { title, source: 'selection' }), request)[0]).toMatch(/^The old harbour/);
    expect(quotesOf(pageOf(''), request)).toEqual([]);
  });

  it.each([
    'Example News: Rosedale closes its harbour',
    'Rosedale closes its harbour | Local | Example News',
    'Example - Rosedale closes its harbour',
  ])('of a headline have no names of the site and its sections: %s', (title) => {
    const page = pageOf(harbour, { title, url: 'https://www.example-news.org/a' });
    expect(quotesOf(page, { kind: 'headline', words: 12 })).toEqual(['Rosedale closes its harbour']);
  });

  it('of a headline are no longer than asked for, whether of the title or of a sentence', () => {
    const request: QuoteRequest = { kind: 'headline', words: 12 };
    const title = 'Rosedale closes its old harbour: what fishermen, owners and the council say of it | News';
    expect(quotesOf(pageOf(harbour, { title }), request)).toEqual(['Rosedale closes its old harbour']);
    expect(quotesOf(pageOf(harbour), request)).toEqual(['The old harbour of Rosedale will be closed in May']);
  });

  it('come from the beginning and samples of a very long page', () => {
    const part = (n: number) =>
      `Keeper ${n} of lighthouse ${n} wrote in log ${n} of year ${n} that ship ${n} from port ${n} had passed.\n\n`;
    const text = Array.from({ length: 40_000 }, (_, n) => part(n)).join('');
    expect(text.length).toBeGreaterThan(3_000_000);
    const quotes = quotesOf(pageOf(text), points(7));
    expect(quotes).toHaveLength(7);
    for (const quote of quotes) expect(text).toContain(quote);
  });
});
