import { parseHTML } from 'linkedom';
import { expect, it } from 'vitest';
import { nodeVisits } from '../../testing/node-visits.ts';
import { declaredLanguage } from './selected.ts';

const META = '<meta http-equiv="Content-Language" content="it, en">';

function page(html: string, head = META) {
  const { document } = parseHTML(`<html><head>${head}</head><body>${html}</body></html>`);
  return document as unknown as Document;
}

it('declares the nearest language, else that of the head', () => {
  const doc = page('<p lang="de-AT"><b>Eins</b></p><i>Uno</i>');
  expect(declaredLanguage(doc.querySelector('b')!.firstChild!)).toBe('de-AT');
  expect(declaredLanguage(doc.querySelector('i')!)).toBe('it');
  expect(declaredLanguage(page('<i>One</i>', '').querySelector('i')!)).toBeUndefined();
});

it('looks at no more of a larger page, since every paragraph asks', () => {
  const [small, large] = [10, 1000].map((n) => {
    const doc = page('<p>Uno</p>'.repeat(n));
    return nodeVisits(doc, () => declaredLanguage(doc.querySelector('p')!));
  });
  expect(large).toBe(small);
});
