/**
 * Answers many dialogues one after the other, for external evaluation scripts:
 *
 *     node --import ./scripts/raw-loader.mjs bench/answers.ts --model DIR [--activations f16] < dialogues.jsonl
 *
 * Each line of standard input is a JSON list of messages. Each line of standard output is the answer as a JSON string.
 * Decoding is greedy, weights are M0E4. Not here: scoring of answers.
 */
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { openNamed } from '../cli/adapter.ts';
import { adapterNamed } from '../cli/dawn.ts';
import { nodeFolder } from '../cli/node-files.ts';
import { type ChatMessage, importModel, loadModel, memoryStorage, openStore } from '../engine/index.ts';

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'assets/demo' },
    activations: { type: 'string', default: 'f32' },
    adapter: { type: 'string', default: 'lavapipe' },
    'max-tokens': { type: 'string', default: '160' },
  },
});

const adapter = adapterNamed(values.adapter);
if (adapter === undefined) throw new Error(`--adapter ${values.adapter} is unknown`);
const activations = values.activations === 'f16' ? 'f16' : 'f32';
const store = openStore(memoryStorage());
const { id } = await importModel(await nodeFolder(values.model), store, { weights: 'm0e4' });
const model = await loadModel(store, id, await openNamed(adapter), { activations });
for await (const line of createInterface({ input: process.stdin })) {
  const messages = JSON.parse(line) as ChatMessage[];
  const { text } = await model.generate({
    prompt: { kind: 'messages', messages },
    maxTokens: Number(values['max-tokens']),
    sampling: { temperature: 0, topK: 0, topP: 1 },
  });
  process.stdout.write(`${JSON.stringify(text)}\n`);
}
// Dawn keeps the process alive, so exit explicitly once standard output is flushed.
process.stdout.write('', () => process.exit(0));
