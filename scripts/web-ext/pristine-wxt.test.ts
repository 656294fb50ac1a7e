import { readFileSync } from 'node:fs';
import { Script } from 'node:vm';
import { expect, it } from 'vitest';
import { at } from '../setup/machine.mjs';
import { pristineWxt, withPristineMethods } from './pristine-wxt.ts';

const path = at('node_modules/wxt/dist/utils/content-script-context.mjs');
const published = readFileSync(path, 'utf8');

it('leaves no call of a method of the document in the published wrapper', () => {
  const calls = /\bdocument\.\w+\(/;
  expect(published).toMatch(calls);
  expect(withPristineMethods(path, published)).not.toMatch(calls);
});

it('calls what the document had before a page put an element in its place', () => {
  class EventTarget {
    readonly heard: unknown[] = [];
    addEventListener(...given: unknown[]) {
      this.heard.push(given);
    }
  }
  const document = Object.assign(new EventTarget(), { addEventListener: 'an element' });
  const code = withPristineMethods(path, 'document.addEventListener("start", 7);')!;
  new Script(`(function (EventTarget, document) { ${code} })`).runInThisContext()(EventTarget, document);
  expect(document.heard).toEqual([['start', 7]]);
});

it('leaves other modules alone, and does not pass over a wrapper that has changed', () => {
  expect(withPristineMethods('/app/page/reader.ts', published)).toBeUndefined();
  expect(withPristineMethods(path.replaceAll('/', '\\'), published)).toBeDefined();
  expect(() => withPristineMethods(path, 'export {};')).toThrow(/calls no method of the document/);
});

it('knows the wrapper also by an address with a query', () => {
  expect(pristineWxt.transform(published, `${path}?v=1`)?.code).toBe(withPristineMethods(path, published));
});
