import { readFile } from 'node:fs/promises';
import { expect, it, vi } from 'vitest';
import { at } from '../../scripts/setup/machine.mjs';
import { nearestTexts } from './all-locales.ts';

it('reads the texts of the first supported language from their file', async () => {
  vi.stubGlobal('fetch', async (address: string) => new Response(await readFile(at(`.${address}`))));
  try {
    expect(await nearestTexts(['tlh', 'de-AT'])).toMatchObject({
      language: 'de',
      texts: { close: 'Schließen' },
    });
    expect(await nearestTexts(['tlh'])).toEqual({ language: 'en', texts: {} });
    vi.stubGlobal('fetch', async () => new Response('', { status: 404 }));
    await expect(nearestTexts(['fr'])).rejects.toThrow(/not there/);
  } finally {
    vi.unstubAllGlobals();
  }
});
