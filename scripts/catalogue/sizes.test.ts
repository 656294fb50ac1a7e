import { describe, expect, it } from 'vitest';
import { parseCatalogue } from '../../app/catalogue/catalogue.ts';
import json from '../../assets/catalogue.json' with { type: 'json' };
import { SHAPES, sizesOf } from './sizes.ts';

const entries = parseCatalogue(json);

describe('the catalogue', () => {
  it.each(Object.entries(SHAPES))('has of %s the sizes of its config', async (id, shape) => {
    const entry = entries.find((each) => each.id === id)!;
    const { parameters, wireBytes, deviceBytes, gpuBytes, largestBytes, contextLength } = entry;
    const held = { parameters, wireBytes, deviceBytes, gpuBytes, largestBytes, contextLength };
    expect(held).toEqual(await sizesOf(shape));
  });
});
