/**
 * llama.cpp's formats on the same ids, by `llama_formats.py`. It runs in a Python in which a developer has installed
 * `llama-cpp-python`, which is no dependency of this project.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { at, Missing, run } from '../setup/machine.mjs';
import { type Deviation, deviationOf } from './compare.ts';

/** A format of llama.cpp; its reference is llama.cpp with the model's own values in f32. */
export interface LlamaRow {
  /** `own`: the reference itself. `published`: the file as it is. Others: a file type, with `+imatrix` weighted. */
  readonly form: string;
  /** Bytes of the tensors, in bits for each value. */
  readonly bitsPerWeight: number;
  /** The same of the matrices of layers. */
  readonly bitsBetween: number;
  readonly deviation: Deviation;
}

export interface LlamaJob {
  /** Path of a GGUF file. */
  readonly file: string;
  readonly texts: readonly (readonly number[])[];
  /** Ids of which an importance matrix is computed. */
  readonly calibration: readonly (readonly number[])[];
  readonly formats: readonly string[];
}

/** File types with 3 to 8 bits. An importance matrix changes nothing in Q8_0, and hardly anything in Q6_K. */
export const LLAMA_FORMATS: readonly string[] = [
  'published',
  ...['Q3_K_M', 'IQ4_NL', 'Q4_0', 'Q4_K_M', 'Q5_0', 'Q5_K_M'].flatMap((name) => [name, `${name}+imatrix`]),
  'Q6_K',
  'Q8_0',
];

const SCRIPT = at('scripts', 'fidelity', 'llama_formats.py');
const NEEDED = 'pip install llama-cpp-python==0.3.36 gguf==0.19.0 numpy';

/** Whether the script can run in this Python. */
export const hasLlama = async (python: string): Promise<boolean> =>
  (await run(python, ['-c', 'import gguf, llama_cpp, numpy'], { quiet: true })).code === 0;

/** Returns the row of llama.cpp's own f32 first; `onRow` gets the rows so far. Throws {@link Missing} where the Python or a format is unknown. */
export async function llamaRows(
  python: string,
  job: LlamaJob,
  onRow: (rows: readonly LlamaRow[]) => void = () => {},
): Promise<LlamaRow[]> {
  if (!(await hasLlama(python)))
    throw new Missing(`--llama ${python}: this Python has no llama_cpp, gguf and numpy: \`${NEEDED}\``);
  const folder = await mkdtemp(join(tmpdir(), 'linnet-fidelity-'));
  try {
    const path = join(folder, 'job.json');
    await writeFile(path, JSON.stringify(job));
    const tokens = job.texts.reduce((sum, ids) => sum + ids.length - 1, 0);
    const rows: LlamaRow[] = [];
    let line = '';
    const onStdout = (data: Buffer) => {
      const [first = '', ...others] = data.toString().split('\n');
      line += first;
      for (const next of others) {
        rows.push(llamaRow(line, tokens));
        onRow(rows);
        line = next;
      }
    };
    const { code } = await run(python, [SCRIPT, path], { onStdout });
    if (code !== 0) throw new Missing(`${SCRIPT} ended with code ${code}; its last line says why`);
    return rows;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface PrintedRow {
  readonly form: string;
  readonly bits: number;
  readonly between: number;
  readonly losses: number[];
  readonly divergences: number[];
  readonly same: number[];
}

/** A row from its line. Throws if it does not have a figure for each of `tokens`. */
export function llamaRow(line: string, tokens: number): LlamaRow {
  const { form, bits, between, losses, divergences, same } = JSON.parse(line) as PrintedRow;
  for (const list of [losses, divergences, same])
    if (list.length !== tokens)
      throw new Error(`llama.cpp, ${form}: expected figures of ${tokens} tokens, got ${list.length}`);
  const deviation = deviationOf({ losses, divergences, same: same.map((one) => one === 1) });
  return { form, bitsPerWeight: bits, bitsBetween: between, deviation };
}
