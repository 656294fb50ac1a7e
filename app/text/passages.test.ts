import { describe, expect, it } from 'vitest';
import { Likeness } from './meaning/likeness.ts';
import { PassageSearch } from './passages.ts';
import { sentences } from './sentences.ts';

const page = [
  'On Tuesday, a new museum opened in Rosedale. The head of the museum is Anna, a teacher.',
  'The museum is open from 11 to 17 o’clock. Visitors pay 6 euros. 240 people came on the first day.',
  '- Rosedale needed a new museum because the old one was too small.\n- It was sunny that day.',
].join('\n\n');
const search = new PassageSearch(page);
const found = (point: string) => search.find(point)?.text;

describe('passages', () => {
  it.each([
    ['A new museum opened in Rosedale on Tuesday.', 'On Tuesday, a new museum opened in Rosedale.'],
    ['Anna, a teacher, heads the museum.', 'The head of the museum is Anna, a teacher.'],
    ['There were 240 people on the first day.', '240 people came on the first day.'],
    ['Opening hours: 11 to 17', 'The museum is open from 11 to 17 o’clock.'],
    [
      'The town needed another museum since the old one was small.',
      'Rosedale needed a new museum because the old one was too small.',
    ],
  ])('finds where the page says %j', (point, passage) => {
    expect(found(point)).toBe(passage);
  });

  it('returns the position of the passage', () => {
    const passage = search.find('It was sunny.')!;
    expect(page.slice(passage.start)).toBe('It was sunny that day.');
  });

  it.each([
    'The mayor of London resigned over a scandal.',
    'A ticket costs 900 dollars.',
    'Nobody visited.',
    'Visitors pay 60 euros.',
    '',
    '…',
  ])('finds none for %j', (point) => {
    expect(found(point)).toBeUndefined();
  });

  it('requires matching numbers, with any digit grouping', () => {
    const numbers = new PassageSearch('It cost 1,200 euros in May. It cost 1,300 euros in June.');
    expect(numbers.find('The cost was 1300 euros.')?.text).toBe('It cost 1,300 euros in June.');
  });

  it('finds other forms of a word', () => {
    const forms = new PassageSearch('The farmers were protesting against taxes. The sea is blue.');
    expect(forms.find('A farmer protested about a tax.')?.text).toMatch(/^The farmers/);
  });

  it('works without spaces between words', () => {
    const japanese = new PassageSearch('昨日、新しい博物館が開館した。天気は晴れだった。');
    expect(japanese.find('新しい博物館が開館')?.text).toBe('昨日、新しい博物館が開館した。');
    expect(japanese.find('市長が辞任した')).toBeUndefined();
  });

  it('finds nothing in an empty text', () => {
    expect(new PassageSearch('').find('A point.')).toBeUndefined();
  });
});

describe('the passage that is nearest in meaning', () => {
  const long = `${page}\n\n${'Nobody wrote more about it then. '.repeat(20)}`;
  const parts = sentences(long);
  const near = (wanted: string, cosine = 0.7) =>
    new Likeness(
      parts,
      parts.map(({ text }) => (text.includes(wanted) ? cosine : 0.1)),
    );
  const nearest = (point: string, likeness: Likeness) =>
    new PassageSearch(long).nearest(point, likeness)?.text;

  it('is found without common words', () => {
    expect(nearest('Der Eintritt kostet etwas.', near('Visitors pay'))).toBe('Visitors pay 6 euros.');
  });

  it('has the numbers of the point', () => {
    expect(nearest('Der Eintritt kostet 6 Euro.', near('Visitors pay'))).toBe('Visitors pay 6 euros.');
    expect(nearest('Der Eintritt kostet 9 Euro.', near('Visitors pay'))).toBeUndefined();
  });

  it('is none where no sentence stands out', () => {
    const some = new Likeness(
      parts,
      parts.map((_, i) => (i % 3) / 10),
    );
    expect(nearest('Der Eintritt kostet etwas.', some)).toBeUndefined();
  });
});
