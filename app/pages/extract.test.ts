import { readdirSync, readFileSync } from 'node:fs';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { describeWithAssets } from '../../scripts/testing/assets.ts';
import { blockText } from './block-text.ts';
import { extract, isRtlLanguage } from './extract.ts';

function page(html: string): Document {
  return parseHTML(html).document as unknown as Document;
}

const sentence = 'The linnet is a small finch that nests in gorse and sings from the highest twig. ';

describe('extract', () => {
  it('reads an article with its paragraphs, without navigation and scripts', () => {
    const doc = page(`<html lang="en-GB"><head><title>Linnet</title></head><body>
      <nav><a href="/">Home</a> <a href="/b">Birds</a></nav>
      <article><h1>The linnet</h1><p>${sentence.repeat(4)}</p><p>Second   paragraph,\n with <b>bold</b> words. ${sentence.repeat(4)}</p>
      <ul><li>One</li><li>Two</li></ul><script>alert(1)</script></article></body></html>`);
    const found = extract(doc, 'https://example.org/');
    expect(found).toMatchObject({ title: 'Linnet', lang: 'en-GB', dir: 'ltr', source: 'readability' });
    expect(found.text).toContain('\n\nSecond paragraph, with bold words.');
    expect(found.text).toContain('- One\n- Two');
    expect(found.text).not.toMatch(/Home|alert/);
    // The document itself stays as it was.
    expect(doc.querySelector('nav')).not.toBeNull();
  });

  it('falls back to the main part where there is no article', () => {
    const items = Array.from({ length: 12 }, (_, i) => `<div><span>Entry ${i}</span></div>`).join('');
    const doc = page(`<html dir="rtl"><body><main>${items}</main></body></html>`);
    const found = extract(doc, 'https://example.org/');
    expect(found.text).toContain('Entry 0');
    expect(found.text).toContain('Entry 11');
    expect(found.dir).toBe('rtl');
  });

  it('says so when there is no text', () => {
    const doc = page('<html><body><img src="x.png"><p>Log in</p></body></html>');
    expect(() => extract(doc, 'https://example.org/')).toThrow(
      expect.objectContaining({ code: 'page-empty' }),
    );
  });

  it('knows right-to-left languages', () => {
    expect([isRtlLanguage('ar-EG'), isRtlLanguage('he'), isRtlLanguage('de')]).toEqual([true, true, false]);
  });

  it('keeps line breaks of code', () => {
    const { document } = parseHTML('<html><body><p>See:</p><pre>a = 1\n  b = 2</pre></body></html>');
    expect(blockText(document.body as unknown as Node)).toBe('See:\n\na = 1\n  b = 2');
  });
});

describeWithAssets('real pages', ['pages/readability'], (folder) => {
  const words = (text: string) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

  /** Share of the expected words that were found, and of the found ones that were expected. */
  function score(found: string, expected: string): { recall: number; precision: number } {
    const counts = new Map<string, number>();
    for (const word of words(expected)) counts.set(word, (counts.get(word) ?? 0) + 1);
    const total = words(expected).length;
    let shared = 0;
    for (const word of words(found)) {
      const left = counts.get(word) ?? 0;
      if (left > 0) shared++;
      counts.set(word, left - 1);
    }
    return { recall: shared / total, precision: shared / Math.max(1, words(found).length) };
  }

  it.each(readdirSync(folder).slice(0, 30))('%s', (name) => {
    const html = readFileSync(`${folder}/${name}/source.html`, 'utf8');
    const expected = page(
      `<html><body>${readFileSync(`${folder}/${name}/expected.html`, 'utf8')}</body></html>`,
    );
    const wanted = blockText(expected.body);
    if (words(wanted).length < 50) return;
    const { recall, precision } = score(extract(page(html), 'https://example.org/').text, wanted);
    expect(recall, 'recall').toBeGreaterThan(0.9);
    expect(precision, 'precision').toBeGreaterThan(0.75);
  });
});
