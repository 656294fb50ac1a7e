import { describe, expect, it } from 'vitest';
import { type CacheForm, EngineError } from '../../../engine/index.ts';
import { loadInForm } from './cache-fallback.ts';

const fails = (code: 'request-invalid' | 'gpu-lost', from: CacheForm) => {
  const asked: CacheForm[] = [];
  const load = async (cache: CacheForm) => {
    asked.push(cache);
    if (cache === from) throw new EngineError(code, { who: 'cache', message: 'no' });
    return cache;
  };
  return { asked, load };
};

describe('the form of the KV cache', () => {
  it('is the chosen one', async () => {
    expect(await loadInForm('q8', async (cache) => cache)).toBe('q8');
  });

  it('is plain if the model’s heads allow no other', async () => {
    const { asked, load } = fails('request-invalid', 'q8');
    expect(await loadInForm('q8', load)).toBe('plain');
    expect(asked).toEqual(['q8', 'plain']);
  });

  it.each([
    ['request-invalid', 'plain'],
    ['gpu-lost', 'q8'],
  ] as const)('%s in the form %s stays an error', async (code, form) => {
    const { asked, load } = fails(code, form);
    await expect(loadInForm(form, load)).rejects.toMatchObject({ code });
    expect(asked).toEqual([form]);
  });
});
