import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Script } from 'node:vm';
import { DOMParser, parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { at } from '../setup/machine.mjs';
import { withoutInnerHtml } from './no-inner-html.ts';

const require = createRequire(import.meta.url);
const published = ['preact', '@mozilla/readability/Readability.js'].map((name) => {
  const found = require.resolve(name);
  return [name, found, readFileSync(found, 'utf8')] as const;
});

type Reader = new (
  document: unknown,
) => { parse(): { title: string; content: string; textContent: string } | null };

/** Readability from its source, as a module of Node's old kind. */
function readerOf(code: string): Reader {
  const module = { exports: {} };
  new Script(`(function (module, DOMParser) {${code}\n})`).runInThisContext()(module, DOMParser);
  return module.exports as Reader;
}

const pages = {
  'is short, so that it is read in every way there is':
    '<main><h1>One</h1><p>A linnet is a finch, of the heath.</p></main>',
  'has its picture in <noscript>': `<article><h1>Two</h1>${'<p>It sings, from a bush, of the heath and the sea, all day.</p>'.repeat(20)}
    <figure><img src="data:image/gif;base64,R0"><noscript><img src="/bird.jpg" alt="A bird"></noscript></figure></article>`,
};

describe('the package without innerHTML', () => {
  it.each(published)('%s assigns none', (_, path, code) => {
    expect(code).toMatch(/\.innerHTML ?= ?[^=]/);
    expect(withoutInnerHtml(path, code)).not.toMatch(/\.innerHTML ?= ?[^=]/);
  });

  it('leaves other modules alone, and does not pass over a library that has changed', () => {
    expect(withoutInnerHtml('/app/ui/popup.tsx', 'a.innerHTML = b')).toBeUndefined();
    expect(() => withoutInnerHtml(published[0]![1], 'a.innerHTML = b')).toThrow(/0 times, not once/);
  });

  it.each(Object.entries(pages))('Readability reads the same where a page %s', (_, html) => {
    const [, path, code] = published[1]!;
    const [before, after] = [code, withoutInnerHtml(path, code)!].map((source) => {
      const { document } = parseHTML(`<html><head><title>A page</title></head><body>${html}</body></html>`);
      return new (readerOf(source))(document).parse();
    });
    expect(before?.textContent.length).toBeGreaterThan(20);
    expect(after).toEqual(before);
  });
});

it('is what the build uses', () => {
  expect(readFileSync(at('wxt.config.ts'), 'utf8')).toMatch(/plugins: \[[^\]]*\bnoInnerHtml\b/);
});
