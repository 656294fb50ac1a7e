/** What the names of GGUF files tell: which are models, the quantisation, and the parts of a split file. */
const GGUF = /\.gguf$/i;
const PART = /-(\d{5})-of-(\d{5})(?=\.(?:gguf|safetensors)$)/i;
const QUANTISATION =
  /(?:^|[-._/])((?:UD-)?(?:I?Q[1-8](?:_[0-9KSMLX]+)*(?:_(?:XXS|XS|NL|XL))?|TQ[12]_0|MXFP4(?:_MOE)?|NVFP4|BF16|F?P?16|F?P?32))(?=[-._/]|$)/gi;
/** Files beside a model that are none themselves. */
const BESIDE = /(?:^|[-._/])(?:mmproj|imatrix|draft|lora|adapter)/i;

/** Whether a file is a model in GGUF, or a part of one. */
export const isGgufModel = (path: string): boolean => GGUF.test(path) && !BESIDE.test(path);

/** Whether a file is in GGUF, also one that lies beside a model. */
export const isGguf = (path: string): boolean => GGUF.test(path);

/** `x/Qwen3-0.6B-Q4_K_M-00001-of-00002.gguf` → `Q4_K_M`; the last that the path names. */
export function quantisationIn(path: string): string | undefined {
  const found = [
    ...wholeName(path)
      .replace(/\.gguf$/i, '')
      .matchAll(QUANTISATION),
  ].at(-1)?.[1];
  return found?.toUpperCase().replace(/^FP/, 'F');
}

/** The name without that of a part. */
export const wholeName = (path: string): string => path.replace(PART, '');

/** `models/Qwen3-0.6B-Q8_0.gguf` → `Qwen3-0.6B-Q8_0`, also of one part of it; undefined for other names. */
export function ggufName(path: string): string | undefined {
  const name = path.split(/[\\/]/).pop() ?? '';
  return GGUF.test(name) ? wholeName(name).replace(GGUF, '') : undefined;
}

/** More parts than any published model has. */
const MOST_PARTS = 1000;

/** The names of all parts of the model that a file belongs to, in order: of a split model, or the file alone. */
export function partNames(file: string): string[] {
  const count = Math.min(Number(PART.exec(file)?.[2] ?? 0), MOST_PARTS);
  if (count === 0) return [file];
  const digits = (n: number) => String(n).padStart(5, '0');
  return Array.from({ length: count }, (_, i) => file.replace(PART, `-${digits(i + 1)}-of-${digits(count)}`));
}

/**
 * The first file of the quantisation with this name; undefined if there is none. As with ollama and llama.cpp, case does
 * not matter, and `UD-` may be left out.
 */
export function fileOfQuantisation(paths: readonly string[], name: string): string | undefined {
  const plain = (text: string | undefined) => text?.toUpperCase().replace(/^UD-/, '');
  const models = paths.filter(isGgufModel).toSorted();
  return (
    models.find((path) => quantisationIn(path) === name.toUpperCase()) ??
    models.find((path) => plain(quantisationIn(path)) === plain(name))
  );
}
