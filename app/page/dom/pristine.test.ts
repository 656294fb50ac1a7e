import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { getAttribute, matches, parentElement, selectAll, textContent } from './pristine.ts';

describe('pristine DOM access', () => {
  it('does not take a property of the object for an accessor of its prototype, as fields of a form are', () => {
    const { document } = parseHTML('<html><body><form class="a"><b>word</b><input></form></body></html>');
    const form = document.querySelector('form')! as unknown as Element;
    const input = document.querySelector('input')! as unknown as Element;
    for (const name of ['parentElement', 'textContent', 'matches', 'getAttribute', 'querySelectorAll'])
      Object.defineProperty(form, name, { value: input });
    expect(form.parentElement).toBe(input);
    expect(parentElement(form)?.nodeName).toBe('BODY');
    expect(textContent(form)).toBe('word');
    expect(matches(form, '.a')).toBe(true);
    expect(getAttribute(form, 'class')).toBe('a');
    expect(selectAll(form, 'input')).toEqual([input]);
  });
});
