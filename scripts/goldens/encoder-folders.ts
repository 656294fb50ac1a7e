/**
 * Writes the tiny checkpoint of every encoder as a folder for each rounding of its weights, for `torch_encoders.py`, with the passages:
 * `node --import ./scripts/raw-loader.mjs scripts/goldens/encoder-folders.ts FOLDER`.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ROUNDINGS } from '../../engine/testing/tiny-family/files.ts';
import { PASSAGES, TINY_ENCODERS, tinyEncoderFiles } from '../../engine/testing/tiny-encoders.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('name a folder to write to');
for (const encoder of TINY_ENCODERS) {
  for (const rounding of ROUNDINGS) {
    for (const [name, content] of Object.entries(tinyEncoderFiles(encoder, 'F32', rounding))) {
      const path = `${folder}/${encoder.name}/${rounding}/${name}`;
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
    }
  }
}
await writeFile(`${folder}/passages.json`, JSON.stringify(PASSAGES));
