/**
 * Writes the tiny checkpoint of every family as a folder for each rounding of its weights, for `torch_families.py`, with the
 * prompt and the steps: `node --import ./scripts/raw-loader.mjs scripts/goldens/family-folders.ts FOLDER`.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { PROMPT, STEPS, TINY_FAMILIES } from '../../engine/testing/tiny-families.ts';
import { ROUNDINGS, tinyFamilyFiles } from '../../engine/testing/tiny-family/files.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('name a folder to write to');
for (const family of TINY_FAMILIES) {
  for (const rounding of ROUNDINGS) {
    const own = `${folder}/${family.name}/${rounding}`;
    await mkdir(own, { recursive: true });
    for (const [name, content] of Object.entries(tinyFamilyFiles(family, 'F32', rounding))) {
      await writeFile(`${own}/${name}`, content);
    }
  }
}
await writeFile(`${folder}/prompt.json`, JSON.stringify({ prompt: PROMPT, steps: STEPS }));
