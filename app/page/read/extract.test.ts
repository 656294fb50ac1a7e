import { readdirSync, readFileSync } from 'node:fs';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { describeWithAssets } from '../../../scripts/testing/assets.ts';
import { wordScore, wordsOf } from '../../../scripts/testing/word-score.ts';
import { blockText } from '../dom/block-text.ts';
import { finish } from '../dom/slices.ts';
import { takePicture } from '../picture/picture.ts';
import { isRtlLanguage } from '../../text/characters/direction.ts';
import { extract as extractSteps } from './extract.ts';

function page(html: string): Document {
  return parseHTML(html).document as unknown as Document;
}

const extract = (doc: Document, url: string) => finish(extractSteps(doc, url));
const textOf = (doc: Document) => blockText(finish(takePicture(doc)).doc.body);

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
    // The document itself is unchanged.
    expect(doc.querySelector('nav')).not.toBeNull();
  });

  it('falls back to the main part if there is no article', () => {
    const items = Array.from({ length: 12 }, (_, i) => `<div><span>Entry ${i}</span></div>`).join('');
    const doc = page(`<html dir="rtl"><body><main>${items}</main></body></html>`);
    const found = extract(doc, 'https://example.org/');
    expect(found.text).toContain('Entry 0');
    expect(found.text).toContain('Entry 11');
    expect(found.dir).toBe('rtl');
  });

  it('reads all posts of a thread, and a page of documentation with its headings', () => {
    const posts = Array.from(
      { length: 6 },
      (_, i) => `<div class="post"><b>User ${i}</b><p>${i}: ${sentence.repeat(2)}</p></div>`,
    );
    const thread = extract(
      page(`<html><body><h1>Finches?</h1><div>${posts.join('')}</div></body></html>`),
      'https://example.org/',
    );
    for (let i = 0; i < 6; i++) expect(thread.text).toContain(`${i}: The linnet`);

    const sections = ['Nests', 'Songs']
      .map((title) => `<h2>${title}</h2><p>${sentence.repeat(4)}</p>`)
      .join('');
    const docs = extract(page(`<html><body><main>${sections}</main></body></html>`), 'https://example.org/');
    const lines = docs.headings!.map((at) => docs.text.slice(at).split('\n')[0]);
    expect(lines).toEqual(['Nests', 'Songs']);
  });

  it('takes an article, not the comments below it', () => {
    const comments = Array.from(
      { length: 9 },
      (_, i) => `<div class="comment"><p>Comment ${i}. ${'I saw one too. '.repeat(9)}</p></div>`,
    );
    const html = `<html><body><article><h1>Finches</h1>${`<p>${sentence.repeat(3)}</p>`.repeat(6)}</article><div id="comments">${comments.join('')}</div></body></html>`;
    const { text, source } = extract(page(html), 'https://example.org/');
    expect(source).toBe('readability');
    expect(text).not.toContain('Comment 3');
  });

  it('throws page-empty if there is no text', () => {
    const doc = page('<html><body><img src="x.png"><p>Log in</p></body></html>');
    expect(() => extract(doc, 'https://example.org/')).toThrow(
      expect.objectContaining({ code: 'page-empty' }),
    );
  });

  it('counts a Japanese character as several letters', () => {
    const said = 'ムネアカヒワは小さな鳥です。春になると、低い木の上でよく歌います。冬は群れで暮らします。';
    const doc = page(`<html lang="ja"><body><main><p>${said}</p></main></body></html>`);
    expect(extract(doc, 'https://example.org/').text).toBe(said);
  });

  it('recognises right-to-left languages', () => {
    expect([isRtlLanguage('ar-EG'), isRtlLanguage('he'), isRtlLanguage('de')]).toEqual([true, true, false]);
  });

  it('keeps line breaks of code', () => {
    const { document } = parseHTML('<html><body><p>See:</p><pre>a = 1\n  b = 2</pre></body></html>');
    expect(textOf(document as unknown as Document)).toBe('See:\n\na = 1\n  b = 2');
  });
});

describeWithAssets('real pages', ['pages/readability'], (folder) => {
  it.each(readdirSync(folder).slice(0, 30))('%s', (name) => {
    const html = readFileSync(`${folder}/${name}/source.html`, 'utf8');
    const expected = page(
      `<html><body>${readFileSync(`${folder}/${name}/expected.html`, 'utf8')}</body></html>`,
    );
    const wanted = textOf(expected);
    if (wordsOf(wanted).length < 50) return;
    const { recall, precision } = wordScore(extract(page(html), 'https://example.org/').text, wanted);
    expect(recall, 'recall').toBeGreaterThan(0.9);
    expect(precision, 'precision').toBeGreaterThan(0.75);
  });
});
