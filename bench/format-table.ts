/**
 * `npm run -s bench:formats -- [--model DIR --text FILE --limit N]`: prints the comparison of number formats
 * (`formats.ts`).
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { seededRandom } from '../engine/bench.ts';
import { importModel, loadModel, memoryFolder, memoryStorage, openStore } from '../engine/index.ts';
import { openNamed } from '../cli/adapter.ts';
import { adapterNamed } from '../cli/dawn.ts';
import { FORMATS, relativeError, type WeightFormat } from './formats.ts';

const { values } = parseArgs({
  options: {
    model: { type: 'string' },
    text: { type: 'string' },
    limit: { type: 'string', default: '40' },
    adapter: { type: 'string', default: 'default' },
  },
});

/** Normal numbers (Box–Muller). `tail` is the probability of an outlier, four times as large, as in trained weights. */
function normal(length: number, tail: number): Float32Array {
  const random = seededRandom(1);
  return Float32Array.from({ length }, () => {
    const z = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return (0.02 * z) / (tail > 0 && random() < tail ? 0.25 : 1);
  });
}

interface CheckpointFiles {
  readonly files: Record<string, Uint8Array>;
}

/** Reads files into plain arrays, since `slice` of a Node Buffer shares its memory. */
async function readFolder(folder: string): Promise<CheckpointFiles> {
  const names = (await readdir(folder)).filter((n) => /\.(json|safetensors)$/.test(n));
  const entries = await Promise.all(
    names.map(async (n) => [n, Uint8Array.from(await readFile(join(folder, n)))] as const),
  );
  return { files: Object.fromEntries(entries) };
}

/** Returns the checkpoint with its f32 matrices rounded to a format; all other bytes are unchanged. */
function rounded({ files }: CheckpointFiles, format: WeightFormat | undefined): CheckpointFiles {
  const file = (files['model.safetensors'] as Uint8Array).slice();
  const view = new DataView(file.buffer);
  const headerBytes = Number(view.getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + headerBytes)));
  for (const tensor of Object.values(header) as {
    dtype: string;
    shape: number[];
    data_offsets: number[];
  }[]) {
    if (tensor.shape?.length !== 2 || format === undefined) continue;
    if (tensor.dtype !== 'F32')
      throw new Error(`the comparison needs an f32 checkpoint; this one has ${tensor.dtype}`);
    const [from = 0, to = 0] = tensor.data_offsets;
    const bytes = file.subarray(8 + headerBytes + from, 8 + headerBytes + to);
    const weights = new Float32Array(bytes.slice().buffer);
    bytes.set(new Uint8Array(format.round(weights, tensor.shape[1] as number).buffer));
  }
  return { files: { ...files, 'model.safetensors': file } };
}

async function perplexities(model: string, text: string): Promise<Map<string, number>> {
  const adapter = adapterNamed(values.adapter);
  if (adapter === undefined) throw new Error(`--adapter ${values.adapter} is unknown`);
  const gpu = await openNamed(adapter);
  const checkpoint = await readFolder(model);
  const texts = (JSON.parse(await readFile(text, 'utf8')) as string[]).slice(0, Number(values.limit));
  const result = new Map<string, number>();
  for (const format of [undefined, ...FORMATS]) {
    const store = openStore(memoryStorage());
    const folder = memoryFolder('rounded', rounded(checkpoint, format).files);
    const { id } = await importModel(folder, store, { weights: 'f32' });
    const loaded = await loadModel(store, id, gpu, { activations: 'f32' });
    result.set(format?.name ?? 'f32', (await loaded.perplexity(texts)).perplexity);
    loaded.dispose();
  }
  return result;
}

const K = 1024;
const gaussian = normal(512 * K, 0);
const tailed = normal(512 * K, 0.01);
const ppl =
  values.model === undefined || values.text === undefined
    ? undefined
    : await perplexities(values.model, values.text);
const percent = (x: number) => `${(100 * x).toFixed(3)} %`;
const row = (cells: readonly string[]) => process.stdout.write(`| ${cells.join(' | ')} |\n`);
row(['format', 'bits per weight', 'error, Gaussian', 'error, with outliers', ...(ppl ? ['perplexity'] : [])]);
row(['---', '---', '---', '---', ...(ppl ? ['---'] : [])]);
if (ppl) row(['f32', '32', '0', '0', ppl.get('f32')?.toFixed(4) ?? '']);
for (const f of FORMATS) {
  const errors = [gaussian, tailed].map((w) => percent(relativeError(w, f.round(w, K))));
  row([f.name, f.bitsPerWeight.toFixed(3), ...errors, ...(ppl ? [ppl.get(f.name)?.toFixed(4) ?? ''] : [])]);
}
process.exit(0);
