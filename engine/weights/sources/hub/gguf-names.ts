/** What the names of GGUF files tell: the quantisation, and the parts of a split file. */
const PART = /-(\d{5})-of-(\d{5})(?=\.(?:gguf|safetensors)$)/i;
const QUANTISATION =
  /(?:^|[-._/])((?:UD-)?(?:I?Q[1-8](?:_[0-9KSMLX]+)*(?:_(?:XXS|XS|NL|XL))?|TQ[12]_0|MXFP4(?:_MOE)?|NVFP4|BF16|F?P?16|F?P?32))(?=[-._/]|$)/gi;
/** Files beside a model that are none themselves. */
const BESIDE = /(?:^|[-._/])(?:mmproj|imatrix|draft|lora|adapter)/i;

/** Whether a file is a model in GGUF, or a part of one. */
export const isGgufModel = (path: string): boolean => /\.gguf$/i.test(path) && !BESIDE.test(path);

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

/** Whether a file is one part of a split one. */
export const isPart = (file: string): boolean => PART.test(file);

/** Of these names, the parts of the model that a file begins: a split file's, or the file alone. */
export function partsOf(file: string, names: readonly string[]): string[] {
  if (!PART.test(file)) return [file];
  const parts = names.filter((name) => PART.test(name) && wholeName(name) === wholeName(file));
  return parts.length > 0 ? parts : [file];
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
