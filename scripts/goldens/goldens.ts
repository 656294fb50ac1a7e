/**
 * Makes the files of `engine/conformance/goldens/` and `engine/conformance/encoders/` again: what llama.cpp computes for the
 * tiny checkpoints of every family, for comparison in the tests. `npm run -s goldens`, or with names of families for these
 * only. Prints one line per family.
 */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { PASSAGES, TINY_ENCODERS } from '../../engine/testing/tiny-encoders.ts';
import {
  CAPACITY,
  PROMPT,
  STEPS,
  TINY_FAMILIES,
  type TinyFamily,
} from '../../engine/testing/tiny-families.ts';
import { GGUF_TYPES, ROUNDINGS, tinyFamilyGguf } from '../../engine/testing/tiny-family/files.ts';
import { tinyFamilyText } from '../../engine/testing/tiny-family/metadata.ts';
import { openOracle } from './llama-cpp.ts';

const only = process.argv.slice(2);
const isAsked = ({ name }: TinyFamily) => only.length === 0 || only.includes(name);

/** The prompt, and after each step. */
const PROMPTS = [0, ...STEPS.keys()].map((_, i) => tinyFamilyText([...PROMPT, ...STEPS.slice(0, i)]));

const oracle = await openOracle();
const by = `llama.cpp in @wllama/wllama ${oracle.version}`;

/** What `compute` makes of each file of a family, under `key`. */
async function formatsOf(
  family: TinyFamily,
  key: string,
  compute: (file: Uint8Array) => Promise<number[][]>,
) {
  const formats: Record<string, { sha256: string; [key: string]: number[][] | string }> = {};
  const files = [
    ...GGUF_TYPES.filter((type) => type !== 'F32').map(
      (type) => [type, tinyFamilyGguf(family, type)] as const,
    ),
    ...ROUNDINGS.map((to) => [`${to} as F32`, tinyFamilyGguf(family, 'F32', to)] as const),
  ];
  for (const [type, file] of files) {
    formats[type] = {
      sha256: createHash('sha256').update(file).digest('hex'),
      [key]: (await compute(file)).map((row) => row.map((x) => Number(x.toFixed(6)))),
    };
  }
  return formats;
}

/** Keeps what the scripts in Python added. */
async function write(
  { name, golden, config, gguf }: TinyFamily,
  made: { formats: object; [key: string]: unknown },
): Promise<void> {
  const { transformers } = JSON.parse(await readFile(golden, 'utf8'));
  const whole = { gguf, config, ...made, ...(transformers === undefined ? {} : { transformers }) };
  await writeFile(golden, `${JSON.stringify(whole)}\n`);
  process.stdout.write(`${name}: ${Object.keys(made.formats).join(', ')}\n`);
}

try {
  for (const family of TINY_FAMILIES.filter(isAsked)) {
    await write(family, {
      note: `${by}, cache f32; remade by: npm run -s goldens`,
      prompt: PROMPT,
      steps: STEPS,
      formats: await formatsOf(family, 'logProbabilities', (file) =>
        oracle.logProbabilities(file, PROMPTS, CAPACITY),
      ),
    });
  }
  for (const family of TINY_ENCODERS.filter((one) => isAsked(one) && one.gguf !== undefined)) {
    await write(family, {
      note: `${by}; remade by: npm run -s goldens`,
      formats: await formatsOf(family, 'vectors', (file) => oracle.vectors(file, PASSAGES, CAPACITY)),
    });
  }
} finally {
  await oracle.close();
}
