import { describe, expect, it } from 'vitest';
import type { ChatJob, PageText } from '../../protocol/types.ts';
import { attachedTo, readingText, withAttached } from './attached.ts';

const page: PageText = {
  url: 'https://example.org/',
  title: 'Wren',
  lang: 'en',
  dir: 'ltr',
  text: 'One\n\nA wren.',
  headings: [0],
  source: 'main',
};
const log = { id: 'a', name: 'a\nb.log', text: 'line 1\nline 2\n' };
const paste = { id: 'b', text: 'pasted' };

describe('the material of a conversation', () => {
  it('is the page alone where nothing is attached, and stays where nothing is brought', () => {
    expect(withAttached(undefined, page)).toBe(page);
    expect(withAttached({ ...page, attached: [log] }, undefined)).toBeUndefined();
  });

  it('gathers attached texts, with and without a page', () => {
    const alone = withAttached(undefined, undefined, [log])!;
    expect(alone).toMatchObject({ text: '', attached: [log] });
    expect(withAttached(alone, page, [])).toEqual({ ...page, attached: [log] });
    expect(withAttached({ ...page, attached: [log] }, undefined, [paste])!.attached).toEqual([log, paste]);
  });
});

describe('what a model reads', () => {
  const material = { ...page, attached: [log, paste] };
  const all = new Set(['a', 'b']);

  it('is the page, then each attached text under its name', () => {
    const { text, headings, ...facts } = readingText(material, { withPage: true, ids: all })!;
    expect(text).toBe('One\n\nA wren.\n\na b.log\n\nline 1\nline 2\n\nAttached text\n\npasted');
    expect(headings!.map((at) => text.slice(at).split('\n')[0])).toEqual(['One', 'a b.log', 'Attached text']);
    expect(facts).toEqual({ url: page.url, title: 'Wren', lang: 'en', dir: 'ltr', source: 'main' });
  });

  it('leaves places in the text as they are when more is attached', () => {
    const before = readingText(material, { withPage: true, ids: new Set(['a']) })!;
    expect(readingText(material, { withPage: true, ids: all })!.text.startsWith(before.text)).toBe(true);
  });

  it('has the name of the text as its title where the question is not about the page', () => {
    expect(readingText(material, { withPage: false, ids: new Set(['b']) })).toMatchObject({
      title: 'Attached text',
      text: 'Attached text\n\npasted',
    });
    expect(readingText(material, { withPage: false, ids: new Set() })).toBeUndefined();
    expect(readingText(material, { withPage: true, ids: new Set() })).toEqual(page);
  });

  it('knows what was attached to questions', () => {
    const job = {
      kind: 'chat',
      request: { kind: 'chat', text: '?', attached: [{ id: 'a', characters: 3 }] },
    } as unknown as ChatJob;
    const summary = { kind: 'summary', request: { kind: 'summary' } } as never;
    expect([...attachedTo([summary, job])]).toEqual(['a']);
  });
});
