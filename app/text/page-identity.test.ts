import { describe, expect, it } from 'vitest';
import { samePage, hasSameText, containsText } from './page-identity.ts';

describe('the address', () => {
  it('is the same page with another fragment, and another page with another route', () => {
    expect(samePage('https://a.example/x', 'https://a.example/x#notes')).toBe(true);
    expect(samePage('https://a.example/x#one', 'https://a.example/x#two')).toBe(true);
    expect(samePage('https://a.example/#/inbox', 'https://a.example/#/sent')).toBe(false);
    expect(samePage('https://a.example/#!inbox', 'https://a.example/')).toBe(false);
    expect(samePage('https://a.example/x?a=1', 'https://a.example/x?a=2')).toBe(false);
  });
});

describe('the text', () => {
  const lines = Array.from(
    { length: 20 },
    (_, i) => `Sentence number ${i} of this page says a thing of its own.`,
  );
  const text = lines.join('\n\n');

  it('may differ in white space, order and by a small share', () => {
    expect(hasSameText(text, `${text}\n`)).toBe(true);
    expect(hasSameText(text, lines.toReversed().join('\n'))).toBe(true);
    expect(hasSameText(`3 minutes ago\n${text}`, `5 minutes ago\n${text}`)).toBe(true);
  });

  it('has changed if much is new, much is missing, or lines are repeated more often', () => {
    expect(hasSameText(text, lines.with(3, 'News of today, which nobody has read yet.').join('\n'))).toBe(
      true,
    );
    const two = lines.with(3, lines[3]!.toUpperCase()).with(4, lines[4]!.toUpperCase());
    expect(hasSameText(text, two.join('\n'))).toBe(false);
    expect(hasSameText(text, lines.slice(0, 10).join('\n'))).toBe(false);
    expect(hasSameText(lines.slice(0, 10).join('\n'), text)).toBe(false);
    expect(hasSameText('Ha.', 'Ha.\nHa.')).toBe(false);
    expect(hasSameText('', 'Something')).toBe(false);
  });

  it('still contains a selection that begins and ends within lines', () => {
    expect(containsText(text, 'number 4 of this page')).toBe(true);
    expect(containsText(text, `${lines[2]}\n${lines[9]}`)).toBe(true);
    expect(containsText(text, 'number 40 of this page')).toBe(false);
  });
});
