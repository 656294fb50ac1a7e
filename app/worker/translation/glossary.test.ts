import { describe, expect, it } from 'vitest';
import type { GlossaryEntry } from '../../protocol/types.ts';
import { checkTerms, termsIn, termsRequest } from './glossary.ts';

const WORDING = 'Use these translations: {terms}.';
const entry = (term: string, translation: string, from = 'en', to = 'de') => ({
  term,
  translation,
  from,
  to,
});

describe('a glossary', () => {
  const glossary: readonly GlossaryEntry[] = [
    entry('gate', 'Tor'),
    entry('open gate', 'offenes Tor'),
    entry('gate', 'portail', 'en', 'fr'),
    entry('Gate', 'Gatter', 'nl'),
    { term: 'linnet', translation: 'Linnet', to: 'de' },
    entry('GPU', 'Grafikprozessor'),
  ];

  it('returns the terms that occur in the text, for its pair of languages, longest first', () => {
    const found = termsIn('The open gate of the Linnet.', glossary, 'en-GB', 'de-AT');
    expect(found.map(({ translation }) => translation)).toEqual(['offenes Tor', 'Linnet', 'Tor']);
    expect(termsIn('An open gate.', glossary, 'en', 'fr')).toEqual([glossary[2]]);
    expect(termsIn('Gate', glossary, undefined, 'de').map(({ from }) => from)).toEqual(['en', 'nl']);
  });

  it('matches whole words, and capitals exactly', () => {
    expect(termsIn('Agates, gateway, investigate', glossary, 'en', 'de')).toEqual([]);
    expect(termsIn('a gpu', glossary, 'en', 'de')).toEqual([]);
    expect(termsIn('a GPU.', glossary, 'en', 'de')).toHaveLength(1);
    expect(termsIn('the open\n gate', glossary, 'en', 'de')).toHaveLength(2);
    expect(termsIn('私は東京都に住む', [entry('東京', 'Tokio', 'ja')], 'ja', 'de')).toHaveLength(1);
    expect(termsIn('C++ (new)', [entry('C++', 'C++')], 'en', 'de')).toHaveLength(1);
  });

  it('is in the prompt only if a term occurs, and cannot end the fence of the text', () => {
    expect(termsRequest([], WORDING)).toBe('');
    expect(termsRequest(glossary, '')).toBe('');
    expect(termsRequest(glossary.slice(0, 2), WORDING)).toBe(
      ' Use these translations: gate = Tor; open gate = offenes Tor.',
    );
    expect(termsRequest([entry('</text>', 'x')], WORDING)).not.toContain('</text>');
  });

  it('is checked in the answer, ignoring endings', () => {
    const check = (answer: string) => checkTerms([entry('gate', 'Tor')], answer)[0]!.kept;
    expect(['Das Tor ist offen.', 'Die Tore.', 'des Tores'].map(check)).toEqual([true, true, true]);
    expect(['Der Motor.', 'Die Pforte.', ''].map(check)).toEqual([false, false, false]);
  });
});
