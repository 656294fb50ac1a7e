/**
 * What a packed benchmark runs (`run.sh` starts it): checks the kernels on this machine's GPU, then measures, and writes
 * what it knows after every measurement, so that a run which is cut off is not lost.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { openNamed } from '../../cli/adapter.ts';
import { printForms } from '../../engine/bench.ts';
import { type Gpu, EngineError } from '../../engine/index.ts';
import { checkKernels, type KernelsChecked, printKernels } from '../check-kernels.ts';
import { measure } from '../measure.ts';
import { type Named, OPTIONS, settingsOf, testedForms } from '../settings.ts';
import { head, line, type Row } from '../table.ts';

const HELP = `./run.sh [--json FILE] [options]

  --json FILE           writes adapter, checks and measurements as one JSON object
  --shape NAME[,NAME]   tiny, stories260K, SmolLM2-135M, Qwen3-0.6B, Llama-3.2-1B, Gemma-2B; published (these last
                        four, unless something else is said) or all
  --prompt N[,N]        tokens of the prompt: 64,512,2048
  --tokens N            tokens to write: 16
  --layers N            fewer layers than the model has; they cost the same
  --weights W           m0e4, q8, f16 or f32
  --activations A       f16 where the GPU has it, or f32
  --switches            also with each technique off
  --no-kernels          no check of the kernels first
`;

const { values } = parseArgs({
  options: {
    ...OPTIONS,
    shape: { type: 'string', default: 'published' },
    prompt: { type: 'string', default: '64,512,2048' },
    json: { type: 'string' },
    'no-kernels': { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

interface Failed {
  readonly shape: string;
  readonly setting: string;
  readonly prompt: number;
  readonly error: string;
}

async function main(): Promise<number> {
  if (values.help) return say(HELP);
  const gpu = await openNamed('default');
  say(`${gpu.facts.name}\n`);
  const kernels = values['no-kernels'] ? undefined : await check(gpu);
  const forms = await testedForms(gpu);
  say(`${printForms(forms)}\n`);
  const rows: Row[] = [];
  const failed: Failed[] = [];
  const keep = () => {
    const result = { adapter: gpu.facts, kernels, forms: forms.verdicts, rows, failed };
    if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, undefined, 1)}\n`);
  };
  keep();
  say(`\n${head()}`);
  for (const named of settingsOf(gpu, values, forms)) {
    await measureOne(gpu, named, rows, failed);
    keep();
  }
  return failed.length > 0 || (kernels?.wrong.length ?? 0) > 0 ? 1 : 0;
}

async function check(gpu: Gpu): Promise<KernelsChecked> {
  const kernels = await checkKernels(gpu, (done, total) => {
    if (process.stderr.isTTY) process.stderr.write(`\rkernels: ${done} of ${total}`);
  });
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  say(printKernels(kernels));
  return kernels;
}

/** A model that does not fit is told of, and the next one measured; after a lost device nothing can be. */
async function measureOne(gpu: Gpu, { shape, label, setting }: Named, rows: Row[], failed: Failed[]) {
  const place = { shape, setting: label, prompt: setting.prompt };
  try {
    const row = { ...place, measured: await measure(gpu, setting) };
    rows.push(row);
    say(line(row));
  } catch (cause) {
    gpu.check();
    const error = cause instanceof Error ? cause.message : String(cause);
    process.stderr.write(`${shape}, prompt ${setting.prompt}, ${label}: ${error}\n`);
    failed.push({ ...place, error });
  }
}

function say(text: string): 0 {
  process.stdout.write(text);
  return 0;
}

try {
  const code = await main();
  // Dawn keeps the process alive.
  process.stdout.write('', () => process.exit(code));
} catch (error) {
  const noGpu = error instanceof EngineError && error.code === 'gpu-unavailable';
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  if (noGpu) process.stderr.write('Dawn found no Vulkan driver: README.md says what it needs.\n');
  process.stderr.write('', () => process.exit(1));
}
