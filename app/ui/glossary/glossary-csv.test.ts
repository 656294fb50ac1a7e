import { describe, expect, it } from 'vitest';
import { glossaryCsv, readGlossaryCsv } from './glossary-csv.ts';

const entry = (term: string, translation: string, from = 'en', to = 'de') => ({
  from,
  to,
  term,
  translation,
});

describe('glossary CSV', () => {
  it('reads what it has written', () => {
    const entries = [
      entry('gate', 'Tor'),
      { term: 'a "quoted", comma; word', translation: 'x', to: 'zh-Hans' },
      entry('-able', '=bar'),
    ];
    expect(readGlossaryCsv(glossaryCsv(entries))).toEqual({ entries, bad: [] });
  });

  it('escapes cells that a spreadsheet would evaluate', () => {
    expect(glossaryCsv([entry('=1+1', '@x')])).toContain("en,de,'=1+1,'@x");
  });

  it('reads what spreadsheets write', () => {
    const { entries } = readGlossaryCsv(
      '\uFEFFFrom;To;Term;Translation\r\nen;de;gate;Tor\r\n\r\nen;de;"a;b";c',
    );
    expect(entries).toEqual([entry('gate', 'Tor'), entry('a;b', 'c')]);
    expect(readGlossaryCsv('en\tde\tgate\tTor').entries).toEqual([entry('gate', 'Tor')]);
    expect(readGlossaryCsv('')).toEqual({ entries: [], bad: [] });
  });

  it('takes the most frequent separator of the first line, in a tie the comma before the semicolon', () => {
    expect(readGlossaryCsv('en,de,gate,a;b;c').entries).toEqual([entry('gate', 'a;b;c')]);
    expect(readGlossaryCsv('en;de;gate;a,b').entries).toEqual([entry('gate', 'a,b')]);
    expect(readGlossaryCsv('en,de,gate,a;b;c;d').entries).toEqual([entry('gate', 'a;b;c;d')]);
    expect(readGlossaryCsv('en;de;gate;a\tb\tc\td').entries).toEqual([entry('gate', 'a b c d')]);
    expect(readGlossaryCsv('term').bad).toEqual([{ n: 1, line: 'term' }]);
  });

  it('reads doubled quotes, quoted line endings, and quotes inside of words', () => {
    expect(readGlossaryCsv('en,de,"say ""hi""",x\nen,de,5" pipe,y').entries).toEqual([
      entry('say "hi"', 'x'),
      entry('5" pipe', 'y'),
    ]);
  });

  it('accepts terms of up to 200 characters', () => {
    expect(readGlossaryCsv(`en,de,${'a'.repeat(200)},x`).entries).toHaveLength(1);
    expect(readGlossaryCsv(`en,de,${'a'.repeat(201)},x`).bad).toHaveLength(1);
  });

  it('reports the lines that it skipped', () => {
    const { entries, bad } = readGlossaryCsv(
      'en,de,gate,Tor\nen,,dog,Hund\nen,de,,x\nen,no tag!,a,b\nen,de,a,b,c\nfr,de,"broken\nline",z',
    );
    expect(entries.map(({ term }) => term)).toEqual(['gate', 'broken line']);
    expect(bad.map(({ n }) => n)).toEqual([2, 3, 4, 5]);
  });
});
