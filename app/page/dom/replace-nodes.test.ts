import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { replaceNodes } from './replace-nodes.ts';

function page() {
  const { document } = parseHTML('<!doctype html><html><body><p>One <b>two</b> three</p></body></html>');
  const doc = document as unknown as Document;
  return { doc, p: doc.querySelector('p')! };
}

describe('swap', () => {
  it('puts the very same nodes back', () => {
    const { doc, p } = page();
    const before = [...p.childNodes];
    const back = replaceNodes(before.slice(0, 2), [doc.createTextNode('Eins zwei')]);
    expect(p.textContent).toBe('Eins zwei three');
    back();
    expect([...p.childNodes].every((node, i) => node === before[i])).toBe(true);
    back();
    expect(p.innerHTML).toBe('One <b>two</b> three');
  });

  it('leaves alone what the page has changed in between', () => {
    const { doc, p } = page();
    const back = replaceNodes([...p.childNodes], [doc.createTextNode('Eins')]);
    p.textContent = 'New';
    back();
    expect(p.innerHTML).toBe('New');
  });

  it('by nothing can be taken back too', () => {
    const { p } = page();
    const back = replaceNodes([...p.childNodes], []);
    expect(p.textContent).toBe('');
    back();
    expect(p.innerHTML).toBe('One <b>two</b> three');
  });
});
