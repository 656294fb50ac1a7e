import { describe, expect, it } from 'vitest';
import { parseCatalogue } from '../../app/catalogue/catalogue.ts';
import json from '../../assets/catalogue.json' with { type: 'json' };
import { SHAPES, sizesOf } from './sizes.ts';

const entries = parseCatalogue(json);

/** A GGUF file of one bit a weight, which `sizesOf` cannot compute: its size is the published one. */
const PUBLISHED_SIZE = 'bonsai-1.7b';

describe('the catalogue', () => {
  it('has no entry whose sizes are not computed but one', () => {
    const computed = entries.filter(({ id }) => Object.hasOwn(SHAPES, id)).map(({ id }) => id);
    expect(entries.map(({ id }) => id).filter((id) => !computed.includes(id))).toEqual([PUBLISHED_SIZE]);
  });

  it.each(Object.entries(SHAPES))('has of %s the sizes of its config', async (id, shape) => {
    const entry = entries.find((each) => each.id === id)!;
    const { parameters, wireBytes, deviceBytes, gpuBytes, largestBytes, contextLength } = entry;
    const held = { parameters, wireBytes, deviceBytes, gpuBytes, largestBytes, contextLength };
    expect(held).toEqual(await sizesOf(shape));
  });
});
