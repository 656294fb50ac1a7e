import { effect, signal } from '@preact/signals';
import { expect, test, vi } from 'vitest';
import { bubbleShape } from '../bubble/bubble-model.ts';
import { translationShape } from '../translation-bar/translation-model.ts';
import { callAction, createMirror, kindOf, type ModelShape, stateOf } from './mirror.ts';

interface Bird {
  readonly name: ReturnType<typeof signal<string>>;
  readonly age: ReturnType<typeof signal<number>>;
  sing(song: string): void;
  rest(): void;
}

const shape: ModelShape<Bird> = {
  fields: { name: '', age: 0 },
  actions: { sing: 'guarded', rest: 'harmless' },
};

const bird = () => ({
  name: signal('Linnet'),
  age: signal(3),
  sing: vi.fn(),
  rest: vi.fn(),
  secret: vi.fn(),
});

test('what the signals hold arrives at the mirror, and calls of its methods come back', () => {
  const original = bird();
  const { model, update } = createMirror(shape, (name, args) => callAction(original, shape, name, args));
  expect([model.name.value, model.age.value]).toEqual(['', 0]);
  const stop = effect(() => update(structuredClone(stateOf(original, shape))));
  original.age.value = 4;
  expect([model.name.value, model.age.value]).toEqual(['Linnet', 4]);
  model.sing('twitter');
  model.rest();
  expect([original.sing.mock.calls, original.rest.mock.calls]).toEqual([[['twitter']], [[]]]);
  stop();
});

test('only actions of the shape can be called by name', () => {
  const original = bird();
  for (const name of ['secret', 'name', 'toString', 'constructor', '__proto__', '']) {
    expect([name, kindOf(shape, name)]).toEqual([name, undefined]);
    callAction(original, shape, name, ['x']);
  }
  expect([original.secret.mock.calls, original.sing.mock.calls]).toEqual([[], []]);
});

test('what can store, translate, write or open something is guarded in both views', () => {
  const harmless = [bubbleShape, translationShape].flatMap(({ actions }) =>
    Object.entries(actions)
      .filter(([, kind]) => kind === 'harmless')
      .map(([name]) => name),
  );
  expect(harmless.sort()).toEqual(['close', 'moveBy', 'restore', 'stop', 'stop']);
});
