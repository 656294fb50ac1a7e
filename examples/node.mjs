/**
 * `node node.mjs FOLDER QUESTION [TOKENS]`: imports a checkpoint from a folder on disk, and streams an answer.
 * Needs `npm install transformer-lite-webgpu webgpu`, and a graphics adapter with Vulkan, Metal or Direct3D 12.
 */
import { readdir, readFile } from 'node:fs/promises';
import {
  importModel,
  loadModel,
  memoryFolder,
  memoryStorage,
  openGpu,
  openStore,
} from 'transformer-lite-webgpu';
import { create, globals } from 'webgpu';

// WebGPU's constants (`GPUBufferUsage`, …) are globals in a browser.
Object.assign(globalThis, globals);

const [path = '.', question = 'Tell me a story.', maxTokens = '64'] = process.argv.slice(2);

const names = (await readdir(path)).filter((name) => /\.(json|jinja|safetensors|gguf|model)$/.test(name));
const files = await Promise.all(names.map(async (name) => [name, await readFile(`${path}/${name}`)]));

const store = openStore(memoryStorage());
const { id, name } = await importModel(memoryFolder(path, Object.fromEntries(files)), store);
const gpu = await openGpu(create([]));
const model = await loadModel(store, id, gpu);
console.error(`${name} on ${gpu.facts.name}`);

const messages = [{ role: 'user', content: question }];
const { timings } = await model.generate(
  { prompt: { kind: 'messages', messages }, maxTokens: Number(maxTokens) },
  { onEvent: (event) => event.kind === 'token' && process.stdout.write(event.text) },
);
console.error(`\n${timings.decodeTokensPerSecond.toFixed(1)} tokens/s`);

model.dispose();
gpu.dispose();
process.exit(); // Dawn keeps the process alive
