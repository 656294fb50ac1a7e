import { describe, expect, it } from 'vitest';
import { samePage, saysTheSame, stillSays } from './page-identity.ts';

describe('the address', () => {
  it('is the same page at another place, and another page on another route', () => {
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

  it('may differ in white space, order and a little', () => {
    expect(saysTheSame(text, `${text}\n`)).toBe(true);
    expect(saysTheSame(text, lines.toReversed().join('\n'))).toBe(true);
    expect(saysTheSame(`3 minutes ago\n${text}`, `5 minutes ago\n${text}`)).toBe(true);
  });

  it('has changed where much is new, much is gone, or the same is said more often', () => {
    expect(saysTheSame(text, lines.with(3, 'News of today, which nobody has read yet.').join('\n'))).toBe(
      true,
    );
    const two = lines.with(3, lines[3]!.toUpperCase()).with(4, lines[4]!.toUpperCase());
    expect(saysTheSame(text, two.join('\n'))).toBe(false);
    expect(saysTheSame(text, lines.slice(0, 10).join('\n'))).toBe(false);
    expect(saysTheSame(lines.slice(0, 10).join('\n'), text)).toBe(false);
    expect(saysTheSame('Ha.', 'Ha.\nHa.')).toBe(false);
    expect(saysTheSame('', 'Something')).toBe(false);
  });

  it('still has a selection that begins and ends within lines', () => {
    expect(stillSays(text, 'number 4 of this page')).toBe(true);
    expect(stillSays(text, `${lines[2]}\n${lines[9]}`)).toBe(true);
    expect(stillSays(text, 'number 40 of this page')).toBe(false);
  });
});
