import { describe, expect, it } from 'vitest';
import { Likeness } from '../../text/meaning/likeness.ts';
import { sentences } from '../../text/sentences.ts';
import { chooseExcerpts, type ExcerptOptions, excerptText } from './excerpts.ts';

const count = (text: string) => text.split(/\s+/).filter(Boolean).length;
/** Words that occur in none of the questions below. */
const filler = 'Nothing much happened there, so nobody wrote anything down. ';

/** Sections with one heading each, and the offsets of the headings. */
function sectioned(sections: readonly (readonly [heading: string, ...paragraphs: string[]])[]) {
  const headings: number[] = [];
  let text = '';
  for (const section of sections) {
    if (text !== '') text += '\n\n';
    headings.push(text.length);
    text += section.join('\n\n');
  }
  return { text, headings };
}

const island = sectioned([
  ['The island', `It lies in the north. ${filler.repeat(3)}`],
  ...Array.from({ length: 20 }, (_, i) => [`Chapter ${i + 1}`, filler.repeat(4).trim()] as const),
  ['The lighthouse', filler.trim(), 'Its keeper was called Ingrid. She had a tame goose.'],
]);

const choose = (page: typeof island, question: string, more: Partial<ExcerptOptions> = {}) => {
  const options = { questions: [question], budget: 200, count, ...more };
  const excerpts = chooseExcerpts(page, options);
  return { ...excerpts, excerpts, text: excerptText(page, excerpts.ranges) };
};

describe('excerpts of a page', () => {
  it('contain its beginning and the answer at its end, in the order of the page', () => {
    const { by, text, ranges } = choose(island, 'Who was the keeper of the lighthouse?');
    expect(by).toBe('question');
    expect(text.startsWith('The island\n\nIt lies in the north.')).toBe(true);
    expect(text.endsWith('Its keeper was called Ingrid. She had a tame goose.')).toBe(true);
    expect(text).toContain('\n\n[…]\n\n');
    expect(count(text)).toBeLessThanOrEqual(200);
    expect(ranges.flat()).toEqual(ranges.flat().toSorted((a, b) => a - b));
    expect(ranges[0]![0]).toBe(0);
  });

  it('leave out pieces without a word of the question, even if they fit', () => {
    const { ranges, text } = choose(island, 'The keeper Ingrid?');
    expect(ranges).toHaveLength(2);
    expect(text).not.toContain('Chapter');
  });

  it('contain weak matches too if a model has room for them', () => {
    const page = sectioned([
      ['Start', filler.repeat(4)],
      ['The keeper', 'The keeper of the goose fed the goose. The goose thanked the keeper.'],
      ['The shed', `${filler.repeat(12)}A goose.`],
      ...Array.from({ length: 12 }, (_, i) => [`Part ${i}`, filler.repeat(20)] as const),
    ]);
    const asked = 'Which keeper fed the goose and thanked it?';
    expect(choose(page, asked).text).not.toContain('The shed');
    const roomy = choose(page, asked, { budget: 1100 }).text;
    expect(roomy).toContain('The shed');
    expect(roomy).not.toContain('Part 1');
  });

  it('are reproducible; of equal pieces the earlier comes first', () => {
    const page = sectioned([
      ['Start', filler.repeat(4)],
      ...Array.from({ length: 9 }, (_, i) => [`Part ${i}`, `${filler.repeat(3)}A goose.`] as const),
      ...Array.from({ length: 11 }, (_, i) => [`Part ${i + 9}`, filler.repeat(4)] as const),
    ]);
    const first = choose(page, 'goose');
    expect(first.ranges).toHaveLength(1);
    expect(first.text).toContain('Part 0');
    expect(first.text).not.toContain('Part 8');
    expect(choose(page, 'goose').ranges).toEqual(first.ranges);
  });

  it('begin with the heading of their section', () => {
    const page = sectioned([
      ['Start', filler.repeat(20)],
      ['The keepers', filler.repeat(20), `The first one was Ingrid. ${filler.repeat(3)}`, filler.repeat(20)],
    ]);
    expect(choose(page, 'Ingrid', { budget: 110 }).text).toMatch(/\[…\]\n\nThe keepers\n\n[^[]*Ingrid/);
  });

  it('are parts of a paragraph that is longer than the budget', () => {
    const text = `${filler.repeat(60)}Ingrid kept the light. ${filler.repeat(60)}`;
    const { text: read } = choose({ text, headings: [] }, 'Who is Ingrid?');
    expect(read).toContain('Ingrid kept the light.');
    expect(count(read)).toBeLessThanOrEqual(200);
    const endless = `${'word '.repeat(900)}Ingrid ${'word '.repeat(900)}`;
    expect(choose({ text: endless, headings: [] }, 'Ingrid').text).toContain('Ingrid');
  });

  it('keep to the budget by the tokens of the joined text', () => {
    // A tokenizer for which a joined text has more tokens than its pieces.
    const dear = (text: string) => count(text) + Math.floor(text.length / 40);
    for (const budget of [64, 100, 333]) {
      for (const question of ['Ingrid', 'nothing', 'chapter 7', '']) {
        expect(dear(choose(island, question, { budget, count: dear }).text)).toBeLessThanOrEqual(budget);
      }
    }
  });
});

describe('a question that matches no piece', () => {
  it.each(['', 'What is this page about?', 'Any pelicans?'])(
    '%j reads openings from all over the page',
    (question) => {
      const { by, text } = choose(island, question);
      expect(by).toBe('spread');
      expect(text.startsWith('The island\n\nIt lies in the north.')).toBe(true);
      const chapters = [...text.matchAll(/Chapter (\d+)/g)].map(([, n]) => Number(n));
      expect(chapters.length).toBeGreaterThan(4);
      expect(chapters.at(-1)).toBeGreaterThan(12);
      expect(count(text)).toBeLessThanOrEqual(200);
      expect(count(text)).toBeGreaterThan(150);
    },
  );
});

describe('the next question', () => {
  const first = choose(island, 'Who was the keeper of the lighthouse?');

  it('keeps an earlier choice that covers it', () => {
    const next = choose(island, 'Did Ingrid have a goose?', { last: first.excerpts });
    expect(next.excerpts).toBe(first.excerpts);
    const short = choose(island, 'And why?', {
      questions: ['And why?', 'Who was the keeper of the lighthouse?'],
      last: first.excerpts,
    });
    expect(short.excerpts).toBe(first.excerpts);
  });

  it('chooses again if the earlier choice does not cover it, or the model reads less', () => {
    const other = choose(island, 'What is in chapter 9?', { last: first.excerpts });
    expect(other.text).toContain('Chapter 9\n');
    const broad = choose(island, 'Chapter 7? Chapter 8? Chapter 9?');
    const less = choose(island, 'Chapter 8?', { last: broad.excerpts, budget: 120 });
    expect(count(broad.text)).toBeGreaterThan(120);
    expect(count(less.text)).toBeLessThanOrEqual(120);
    expect(less.text).toContain('Chapter 8\n');
  });

  it('does not keep a spread choice as one by the question', () => {
    const last = choose(island, 'What is this page about?').excerpts;
    expect(choose(island, 'The island?', { last }).by).toBe('question');
  });
});

describe('excerpts of a page of which it is known how near its sentences are', () => {
  /** These sentences are near the question, and no others. */
  const near = (page: typeof island, ...texts: readonly string[]) => {
    const parts = sentences(page.text);
    return new Likeness(
      parts,
      parts.map(({ text }) => (texts.some((wanted) => text.includes(wanted)) ? 0.6 : 0.1)),
    );
  };

  it('have what is near, without a word of the question', () => {
    const asked = 'Which pet did he own?';
    expect(choose(island, asked)).toMatchObject({ by: 'spread' });
    const found = choose(island, asked, { likeness: near(island, 'a tame goose') });
    expect(found.by).toBe('question');
    expect(found.text).toContain('She had a tame goose.');
    // The rest of the page is sampled, in case that nearness misleads.
    expect(found.text).toContain('Chapter');
  });

  it('have what shares its words too', () => {
    const page = sectioned([
      ['Start', filler.repeat(2)],
      ['One', `Ingrid had a tame goose. ${filler.repeat(5)}`],
      ['Two', filler.repeat(5)],
      ['Three', `The pet shop is near. ${filler.repeat(5)}`],
      ...Array.from({ length: 12 }, (_, i) => [`Part ${i}`, filler.repeat(5)] as const),
    ]);
    const found = choose(page, 'Which pet?', { likeness: near(page, 'Ingrid had') });
    expect(found.text).toContain('pet shop');
    expect(found.text).toContain('Ingrid had');
    expect(found.text).not.toContain('Part');
  });

  it('are those that words find where nothing is near', () => {
    const parts = sentences(island.text);
    const alike = new Likeness(
      parts,
      parts.map(() => 0.3),
    );
    const asked = 'Who was the keeper of the lighthouse?';
    expect(choose(island, asked, { likeness: alike }).ranges).toEqual(choose(island, asked).ranges);
  });
});
