/** Finds the models in a repository's list of files: quantisations in GGUF, folders of safetensors, WebLLM's files. Pure. */
import { GGML_READABLE } from '../../quant/ggml.ts';
import { isGgufModel, quantisationIn, wholeName } from '../sources/gguf-names.ts';
import type { ListedFile } from '../sources/hub/hub-files.ts';

/** One of the models in a repository. */
export interface ModelChoice {
  /** What tells it from the others: a quantisation, a folder, or the name of a file. */
  readonly label: string;
  /** Names this model alone; `httpFolder` opens it. */
  readonly address: string;
  readonly format: 'gguf' | 'safetensors' | 'mlc';
  /** As its file's name says, e.g. `Q4_K_M`. */
  readonly quantisation?: string;
  /** To download. */
  readonly bytes: number;
  /** In the store, estimated: a quantised file keeps its bits, others are converted. */
  readonly storedBytes: number;
  /** Whether its number format can be imported, as far as its name tells. */
  readonly readable: boolean;
  /** Files of weights. */
  readonly files: number;
}

/** Bits of a weight that is converted (m0e4, head and embedding in q8), with scales. */
const STORED_BITS = 5.5;

const FEW_BITS: Readonly<Record<string, number>> = { Q1_0: 1.125, TQ1_0: 1.6875, TQ2_0: 2.0625 };

/** Bits of a weight by the name of a number format: `Q4_K_M` 4.8, `BF16` 16. */
export function bitsOf(quantisation: string): number {
  const few = FEW_BITS[quantisation];
  if (few !== undefined) return few;
  const number = Number(/\d+/.exec(quantisation)?.[0] ?? 16);
  return number >= 16 ? number : number + (/^(?:UD-)?Q8/.test(quantisation) ? 0.5 : 0.8);
}

/** Whether the tensors of a file of this name can be read. Mixed names say only the most frequent type. */
export function isReadable(quantisation: string | undefined): boolean {
  if (quantisation === undefined) return true;
  const type = quantisation.replace(/^UD-/, '').replace(/^(Q\d_K).*$/, '$1');
  return GGML_READABLE.includes(type);
}

/** Makes an address of a path in the repository. */
type ToAddress = (path: string) => string;

/**
 * The models in these files, by their paths. `addressOf` makes an address of the path of a GGUF file or of a folder, which
 * is empty or ends with `/`; `repository` is the name of the whole. Quantisations ascend by size.
 */
export function choicesIn(
  files: readonly ListedFile[],
  addressOf: ToAddress,
  repository = '',
): ModelChoice[] {
  return [...folders(files, addressOf, repository), ...ggufs(files, addressOf)];
}

/** Names of folders and repositories whose safetensors have few bits, which stay. */
const PACKED =
  /(?:^|[-_./])(?:gptq|awq|int[48]|fp8|w[48]a16|w8a8|nf4|bnb|mlx|auto-?round|quantized|[2-8][-_]?bits?)(?=$|[-_./])/i;

function ggufs(files: readonly ListedFile[], addressOf: ToAddress): ModelChoice[] {
  const models = new Map<string, ListedFile[]>();
  for (const file of files) {
    if (!isGgufModel(file.path)) continue;
    const key = wholeName(file.path);
    models.set(key, [...(models.get(key) ?? []), file]);
  }
  const found = [...models].map(([path, parts]): ModelChoice => {
    const first = parts.toSorted((a, b) => (a.path < b.path ? -1 : 1))[0] as ListedFile;
    const bytes = sum(parts);
    const quantisation = quantisationIn(path);
    const bits = quantisation === undefined ? 16 : bitsOf(quantisation);
    return {
      label: quantisation ?? (path.split('/').pop() as string),
      address: addressOf(first.path),
      format: 'gguf',
      ...(quantisation === undefined ? {} : { quantisation }),
      bytes,
      storedBytes: bits < 16 ? bytes : Math.round((bytes * STORED_BITS) / bits),
      readable: isReadable(quantisation),
      files: parts.length,
    };
  });
  return distinct(found, [...models.keys()]).sort((a, b) => a.bytes - b.bytes);
}

/** Where two have the same label, their file names tell them apart. */
function distinct(choices: readonly ModelChoice[], paths: readonly string[]): ModelChoice[] {
  const labels = choices.map(({ label }) => label);
  return choices.map((choice, i) => {
    const twice = labels.filter((label) => label === choice.label).length > 1;
    return twice ? { ...choice, label: (paths[i] as string).replace(/\.gguf$/i, '') } : choice;
  });
}

function folders(files: readonly ListedFile[], addressOf: ToAddress, repository: string): ModelChoice[] {
  const byFolder = new Map<string, ListedFile[]>();
  for (const file of files) {
    const folder = file.path.slice(0, file.path.lastIndexOf('/') + 1);
    byFolder.set(folder, [...(byFolder.get(folder) ?? []), file]);
  }
  const found: ModelChoice[] = [];
  for (const [folder, inside] of byFolder) {
    const names = new Set(inside.map(({ path }) => path.slice(folder.length)));
    const mlc = names.has('mlc-chat-config.json');
    const weights = inside.filter(({ path }) =>
      (mlc ? /params_shard_\d+\.bin$/ : WEIGHTS).test(path.slice(folder.length)),
    );
    if ((!names.has('config.json') && !mlc) || weights.length === 0) continue;
    const whole = weights.filter(({ path }) => path.endsWith('model.safetensors'));
    const used = whole.length > 0 ? whole : weights;
    const bytes = sum(used);
    const packed = mlc || PACKED.test(`${repository}/${folder}`);
    found.push({
      label: folder.replace(/\/$/, '').split('/').pop() || 'safetensors',
      address: addressOf(folder),
      format: mlc ? 'mlc' : 'safetensors',
      bytes,
      storedBytes: packed ? bytes : Math.round((bytes * STORED_BITS) / 16),
      readable: true,
      files: used.length,
    });
  }
  return found;
}

/** Weights of a model; not of an adapter, nor the same ones in the form of their makers (`consolidated`). */
const WEIGHTS = /^model(?:-\d{5}-of-\d{5})?\.safetensors$/;

const sum = (files: readonly ListedFile[]): number => files.reduce((all, { bytes }) => all + bytes, 0);
