import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { replaceNodes } from './replace-nodes.ts';

function page() {
  const { document } = parseHTML('<!doctype html><html><body><p>One <b>two</b> three</p></body></html>');
  const doc = document as unknown as Document;
  return { doc, p: doc.querySelector('p')! };
}

describe('replaceNodes', () => {
  it('restores the very same nodes', () => {
    const { doc, p } = page();
    const before = [...p.childNodes];
    const undo = replaceNodes(before.slice(0, 2), [doc.createTextNode('Eins zwei')]);
    expect(p.textContent).toBe('Eins zwei three');
    undo();
    expect([...p.childNodes].every((node, i) => node === before[i])).toBe(true);
    undo();
    expect(p.innerHTML).toBe('One <b>two</b> three');
  });

  it('leaves a change that the page made meanwhile', () => {
    const { doc, p } = page();
    const undo = replaceNodes([...p.childNodes], [doc.createTextNode('Eins')]);
    p.textContent = 'New';
    undo();
    expect(p.innerHTML).toBe('New');
  });

  it('can be undone if the replacement is empty', () => {
    const { p } = page();
    const undo = replaceNodes([...p.childNodes], []);
    expect(p.textContent).toBe('');
    undo();
    expect(p.innerHTML).toBe('One <b>two</b> three');
  });
});
