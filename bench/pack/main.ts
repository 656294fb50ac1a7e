/**
 * The entry point of a packed benchmark, started by `run.sh`. Checks the kernels on this machine's GPU, then measures.
 * Writes the results after every measurement, so an aborted run keeps them.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { openNamed } from '../../cli/adapter.ts';
import { printVariants } from '../../engine/bench.ts';
import { EngineError, type Gpu } from '../../engine/index.ts';
import { checkKernels, type KernelReport, printKernels } from '../check-kernels.ts';
import { measure } from '../measure.ts';
import { activationsOf, type NamedSetting, OPTIONS, settingsOf, testedVariants } from '../settings.ts';
import { type BenchRow, tableHead, tableRow } from '../table.ts';

const HELP = `./run.sh [--json FILE] [options]

  --json FILE           writes adapter, checks and measurements as one JSON object
  --shape NAME[,NAME]   tiny, stories260K, SmolLM2-135M, Qwen3-0.6B, Llama-3.2-1B, Gemma-2B; published (the last
                        four, the default) or all
  --prompt N[,N]        tokens of the prompt (default 64,512,2048)
  --tokens N            tokens to generate (default 16)
  --layers N            use fewer layers than the model has; every layer costs the same
  --weights W           m0e4 (default), q8, f16 or f32
  --activations A       f16 (default if the GPU supports it) or f32
  --switches            measure also with each technique turned off
  --no-kernels          skip the check of the kernels
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

interface FailedSetting {
  readonly shape: string;
  readonly setting: string;
  readonly prompt: number;
  readonly error: string;
}

async function main(): Promise<number> {
  if (values.help) return print(HELP);
  const gpu = await openNamed('default');
  print(`${gpu.facts.name}\n`);
  const kernels = values['no-kernels'] ? undefined : await check(gpu);
  const variants = await testedVariants(gpu, activationsOf(gpu, values));
  print(`${printVariants(variants)}\n`);
  const rows: BenchRow[] = [];
  const failed: FailedSetting[] = [];
  const writeResults = () => {
    const result = { adapter: gpu.facts, kernels, variants: variants.results, rows, failed };
    if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, undefined, 1)}\n`);
  };
  writeResults();
  print(`\n${tableHead()}`);
  for (const named of settingsOf(gpu, values, variants)) {
    await measureOne(gpu, named, rows, failed);
    writeResults();
  }
  return failed.length > 0 || (kernels?.failures.length ?? 0) > 0 ? 1 : 0;
}

async function check(gpu: Gpu): Promise<KernelReport> {
  const kernels = await checkKernels(gpu, (done, total) => {
    if (process.stderr.isTTY) process.stderr.write(`\rkernels: ${done} of ${total}`);
  });
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  print(printKernels(kernels));
  return kernels;
}

/** Records a failure, such as a model that does not fit, and returns. Throws `gpu-lost` if the device is lost. */
async function measureOne(
  gpu: Gpu,
  { shape, label, setting }: NamedSetting,
  rows: BenchRow[],
  failed: FailedSetting[],
) {
  const key = { shape, setting: label, prompt: setting.prompt };
  try {
    const row = { ...key, measured: await measure(gpu, setting) };
    rows.push(row);
    print(tableRow(row));
  } catch (cause) {
    gpu.check();
    const error = cause instanceof Error ? cause.message : String(cause);
    process.stderr.write(`${shape}, prompt ${setting.prompt}, ${label}: ${error}\n`);
    failed.push({ ...key, error });
  }
}

function print(text: string): 0 {
  process.stdout.write(text);
  return 0;
}

try {
  const code = await main();
  // Dawn keeps the process alive, so exit explicitly.
  process.stdout.write('', () => process.exit(code));
} catch (error) {
  const noGpu = error instanceof EngineError && error.code === 'gpu-unavailable';
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  if (noGpu) process.stderr.write('Dawn found no Vulkan driver: see "Requirements" in README.md.\n');
  process.stderr.write('', () => process.exit(1));
}
