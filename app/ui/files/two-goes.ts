/** Joins files of one model that were dropped or chosen in two goes. Pure. */
import type { PickedFiles } from './file-picker.ts';

const PART = /-\d{5}-of-(\d{5})\.(?:safetensors|gguf)$/i;

/** Whether files can be a whole model, by their names: configuration and weights, and every part of split weights. */
export function isWhole({ files }: Pick<PickedFiles, 'files'>): boolean {
  const names = files.map(({ path }) => path.split('/').pop() as string);
  const parts = names.filter((name) => PART.test(name));
  const wanted = Number(PART.exec(parts[0] ?? '')?.[1] ?? 0);
  if (parts.length < wanted) return false;
  if (names.some((name) => /\.gguf$/i.test(name))) return true;
  const weights = names.some((name) => /\.(?:safetensors|bin)$/i.test(name));
  const config = names.some((name) => /^(?:config|manifest|mlc-chat-config)\.json$/.test(name));
  const tokenizer = names.some((name) => /^(?:tokenizer\.(?:json|model)|manifest\.json)$/.test(name));
  return weights && config && tokenizer;
}

/** What is imported now: with the files of an earlier go if neither is whole alone. A later file replaces one of its name. */
export function withEarlier(earlier: PickedFiles | undefined, picked: PickedFiles): PickedFiles {
  if (earlier === undefined || isWhole(picked) || earlier.name !== picked.name) return picked;
  const paths = new Set(picked.files.map(({ path }) => path));
  return { ...picked, files: [...earlier.files.filter(({ path }) => !paths.has(path)), ...picked.files] };
}
