/**
 * `npm run -s bench:drafts`: measures how many steps prompt lookup decoding saves on the demo model's examples, whose
 * answers quote the prompt. The generated tokens are the same with and without drafts. Step counts are exact on every
 * adapter; times are wall-clock times.
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { openNamed } from '../cli/adapter.ts';
import { adapterNamed } from '../cli/dawn.ts';
import { nodeFolder } from '../cli/node-files.ts';
import { type ChatMessage, importModel, loadModel, memoryStorage, openStore } from '../engine/index.ts';

const MODEL = 'assets/demo';
const MODES = ['off', 'auto', 'always'] as const;

const { values } = parseArgs({ options: { adapter: { type: 'string', default: 'swiftshader' } } });
const adapter = adapterNamed(values.adapter);
if (adapter === undefined) throw new Error(`--adapter ${values.adapter} is unknown`);
const examples = JSON.parse(await readFile(`${MODEL}/examples.json`, 'utf8')) as {
  name: string;
  messages: readonly ChatMessage[];
}[];
const store = openStore(memoryStorage());
const { id } = await importModel(await nodeFolder(MODEL), store, { weights: 'm0e4' });
const model = await loadModel(store, id, await openNamed(adapter));
process.stdout.write(
  '| example | drafts | tokens | steps | drafted | accepted | tok/s |\n|---|---|---|---|---|---|---|\n',
);
for (const { name, messages } of examples) {
  for (const speculation of MODES) {
    const prompt = { kind: 'messages', messages } as const;
    const { ids, timings, counters } = await model.generate({ prompt, maxTokens: 160, speculation });
    const { steps, draftedTokens, acceptedTokens } = counters;
    const cells = [name, speculation, ids.length, steps, draftedTokens, acceptedTokens];
    process.stdout.write(`| ${[...cells, timings.decodeTokensPerSecond.toFixed(1)].join(' | ')} |\n`);
  }
}
// Dawn keeps the process alive, so exit explicitly.
process.stdout.write('', () => process.exit(0));
