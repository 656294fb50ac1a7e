/**
 * Writes the tiny checkpoint of every encoder as a folder, for `torch_encoders.py`, with the passages:
 * `node --import ./scripts/raw-loader.mjs scripts/goldens/encoder-folders.ts FOLDER`.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PASSAGES, TINY_ENCODERS, tinyEncoderFiles } from '../../engine/testing/tiny-encoders.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('name a folder to write to');
for (const encoder of TINY_ENCODERS) {
  for (const [name, content] of Object.entries(tinyEncoderFiles(encoder, 'F32'))) {
    const path = `${folder}/${encoder.name}/${name}`;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
}
await writeFile(`${folder}/passages.json`, JSON.stringify(PASSAGES));
