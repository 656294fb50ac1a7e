/**
 * Makes the files of `engine/conformance/goldens/` again: what llama.cpp computes for the tiny checkpoints of every
 * family, for comparison in the tests. `npm run -s goldens`, or with names of families for these only. Prints one line
 * per family.
 */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { CAPACITY, PROMPT, STEPS, TINY_FAMILIES } from '../../engine/testing/tiny-families.ts';
import { GGUF_TYPES, ROUNDINGS, tinyFamilyGguf } from '../../engine/testing/tiny-family/files.ts';
import { tinyFamilyText } from '../../engine/testing/tiny-family/metadata.ts';
import { openOracle } from './llama-cpp.ts';

const only = process.argv.slice(2);

/** The prompt, and after each step. */
const PROMPTS = [0, ...STEPS.keys()].map((_, i) => tinyFamilyText([...PROMPT, ...STEPS.slice(0, i)]));

const oracle = await openOracle();
try {
  for (const family of TINY_FAMILIES.filter(({ name }) => only.length === 0 || only.includes(name))) {
    const formats: Record<string, { sha256: string; logProbabilities: number[][] }> = {};
    const files = [
      ...GGUF_TYPES.filter((type) => type !== 'F32').map(
        (type) => [type, tinyFamilyGguf(family, type)] as const,
      ),
      ...ROUNDINGS.map((to) => [`${to} as F32`, tinyFamilyGguf(family, 'F32', to)] as const),
    ];
    for (const [type, file] of files) {
      const rows = await oracle.logProbabilities(file, PROMPTS, CAPACITY);
      formats[type] = {
        sha256: createHash('sha256').update(file).digest('hex'),
        logProbabilities: rows.map((row) => row.map((x) => Number(x.toFixed(6)))),
      };
    }
    const { transformers } = JSON.parse(await readFile(family.golden, 'utf8'));
    const golden = {
      gguf: family.gguf,
      config: family.config,
      note: `llama.cpp in @wllama/wllama ${oracle.version}, cache f32; remade by: npm run -s goldens`,
      prompt: PROMPT,
      steps: STEPS,
      formats,
      // Added by torch_families.py.
      ...(transformers === undefined ? {} : { transformers }),
    };
    await writeFile(family.golden, `${JSON.stringify(golden)}\n`);
    process.stdout.write(`${family.name}: ${Object.keys(formats).join(', ')}\n`);
  }
} finally {
  await oracle.close();
}
