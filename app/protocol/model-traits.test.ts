import { expect, it } from 'vitest';
import { isPractice, packagedTraits, usesPlainPrompts } from './model-traits.ts';

it('reads the traits of a model, and those that earlier versions stored', () => {
  const asked = [{}, { traits: packagedTraits }, { traits: ['demo'] }, { traits: ['practice'] }].map(
    (model) => [isPractice(model), usesPlainPrompts(model)],
  );
  expect(asked).toEqual([
    [false, false],
    [true, true],
    [true, true],
    [true, false],
  ]);
});
