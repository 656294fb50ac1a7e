/**
 * Makes `engine/conformance/tokenizers/pre-tokenizers.json` again: how llama.cpp tokenises the hard texts, for each name
 * of `tokenizer.ggml.pre` that we know, with a tiny vocabulary (`engine/testing/pair-vocabulary.ts`).
 *
 *     node --import ./scripts/raw-loader.mjs scripts/goldens/pre-tokenizers.ts FOLDER
 *
 * FOLDER has `node_modules/node-llama-cpp` (3.22.1, llama.cpp v0.5.0). Names with the same ids share one entry.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { HARD_TEXTS, pairVocabularyGguf, PRE_TOKENIZERS } from '../../engine/testing/pair-vocabulary.ts';

const OUT = fileURLToPath(
  new URL('../../engine/conformance/tokenizers/pre-tokenizers.json', import.meta.url),
);
const entry = join(resolve(process.argv[2] ?? '.'), 'node_modules/node-llama-cpp/dist/index.js');

interface Vocabulary {
  tokenize(text: string, specialTokens: boolean): readonly number[];
  dispose(): Promise<void>;
}

const { getLlama } = (await import(pathToFileURL(entry).href)) as {
  getLlama(options: object): Promise<{ loadModel(options: object): Promise<Vocabulary> }>;
};
const llama = await getLlama({ gpu: false, build: 'never', logLevel: 'error' });

const folder = await mkdtemp(join(tmpdir(), 'linnet-pre-'));
const groups = new Map<string, { readonly names: string[]; readonly ids: number[][] }>();
try {
  for (const name of [...PRE_TOKENIZERS, '']) {
    const path = join(folder, `${name || 'none'}.gguf`);
    await writeFile(path, pairVocabularyGguf(name === '' ? undefined : name));
    const model = await llama.loadModel({ modelPath: path, vocabOnly: true });
    const ids = HARD_TEXTS.map((text) => [...model.tokenize(text, false)]);
    await model.dispose();
    const key = JSON.stringify(ids);
    const group = groups.get(key) ?? { names: [], ids };
    group.names.push(name);
    groups.set(key, group);
    process.stdout.write(`${name || '(none)'}\n`);
  }
} finally {
  await rm(folder, { recursive: true });
}
await writeFile(OUT, `${JSON.stringify([...groups.values()])}\n`);
process.exit(0);
