import { parseHTML } from 'linkedom';
import { expect, it } from 'vitest';
import { nodeVisits } from '../../testing/node-visits.ts';
import { declaredLanguage, isSameSelection, type Selected } from './selected.ts';

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

it('knows a field and editable text again by what begins around them or in them', () => {
  const doc = page('<div id="field"></div><div id="host"><p>Uno</p></div><p id="other">Uno</p>');
  const at = (kind: Selected['kind'], node: Node): Selected => ({
    kind,
    text: 'Uno',
    start: { node, offset: 0 },
    box: () => ({ left: 0, top: 0, right: 0, bottom: 0 }),
    replace: undefined,
  });
  const [field, host, other] = ['field', 'host', 'other'].map((id) => doc.getElementById(id)!);
  const written = at('written', host!);
  expect(isSameSelection(at('written', field!), at('page', doc.body))).toBe(true);
  expect(isSameSelection(written, at('written', host!.firstChild!))).toBe(true);
  expect(isSameSelection(written, at('page', other!.firstChild!))).toBe(false);
  // On a page, the same words begin somewhere else.
  expect(isSameSelection(at('page', doc.body), at('page', other!))).toBe(false);
});
