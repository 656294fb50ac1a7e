import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { onlyWoff2 } from './katex-fonts.ts';

const published = readFileSync(createRequire(import.meta.url).resolve('katex/dist/katex.min.css'), 'utf8');

it('keeps one format of each font of the published style sheet', () => {
  const names = (css: string) => [...css.matchAll(/url\(([^)]*)\)/g)].map(([, name]) => name!);
  const kept = names(onlyWoff2(published));
  expect(kept.every((name) => name.endsWith('.woff2'))).toBe(true);
  expect(kept).toEqual(names(published).filter((name) => name.endsWith('.woff2')));
  expect(kept.length).toBe(published.split('@font-face').length - 1);
});

it('does not pass over a style sheet that has changed', () => {
  expect(() => onlyWoff2('@font-face{src:url(a.woff2)}')).toThrow(/no fonts to leave out/);
});
