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

  it('reports the lines that it skipped', () => {
    const { entries, bad } = readGlossaryCsv(
      'en,de,gate,Tor\nen,,dog,Hund\nen,de,,x\nen,no tag!,a,b\nen,de,a,b,c\nfr,de,"broken\nline",z',
    );
    expect(entries.map(({ term }) => term)).toEqual(['gate', 'broken line']);
    expect(bad.map(({ n }) => n)).toEqual([2, 3, 4, 5]);
  });
});
