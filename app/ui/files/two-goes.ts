/** Joins files of one model that were dropped or chosen in two goes, and says by their names what is missing. Pure. */
import type { PickedFiles } from './file-picker.ts';

const PART = /^(.+)-(\d{5})-of-(\d{5})(\.(?:safetensors|gguf))$/i;
/** Well above the number of parts of any published model. */
const MOST_PARTS = 1000;
/** Stands for weights whose names are not known. */
export const WEIGHTS = '*.safetensors';

const CONFIG = /^(?:config|manifest|mlc-chat-config)\.json$/;
const TOKENIZER = /^(?:tokenizer\.(?:json|model)|manifest\.json)$/;

/** Names of files without which these are no model; empty for a whole one. Everything is missing where nothing belongs to one. */
export function missingFrom({ files }: Pick<PickedFiles, 'files'>): string[] {
  const names = files.map(({ path }) => path.split('/').pop() as string);
  const ggufs = names.filter((name) => /\.gguf$/i.test(name) && !/mmproj/i.test(name));
  if (ggufs.length > 0) return missingParts(ggufs);
  const weights = names.filter((name) => /\.(?:safetensors|bin)$/i.test(name));
  return [
    ...(names.some((name) => CONFIG.test(name)) ? [] : ['config.json']),
    ...(names.some((name) => TOKENIZER.test(name)) ? [] : ['tokenizer.json']),
    ...(weights.length === 0 ? [WEIGHTS] : missingParts(weights)),
  ];
}

/** The parts that split weights lack; none if one of them is whole. */
function missingParts(names: readonly string[]): string[] {
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const [, start = '', , count = '', end = ''] = PART.exec(name) ?? [];
    const wanted = Math.min(Number(count), MOST_PARTS);
    const all = Array.from(
      { length: wanted },
      (_, i) => `${start}-${String(i + 1).padStart(5, '0')}-of-${count}${end}`,
    );
    groups.set(
      start === '' ? name : all.join(),
      all.filter((part) => !names.includes(part)),
    );
  }
  const lacking = [...groups.values()];
  return lacking.some((parts) => parts.length === 0) ? [] : lacking.flat();
}

/**
 * What is imported now: with the files of an earlier go where neither is whole alone. A later file replaces one of its
 * name. Loose files belong into the folder of the others.
 */
export function withEarlier(earlier: PickedFiles | undefined, picked: PickedFiles): PickedFiles {
  if (earlier === undefined || missingFrom(picked).length === 0) return picked;
  if (earlier.name !== '' && picked.name !== '' && earlier.name !== picked.name) return picked;
  const name = earlier.name || picked.name;
  const inFolder = ({ name: own, files }: PickedFiles) =>
    own === name ? files : files.map(({ path, file }) => ({ path: `${name}/${path}`, file }));
  const later = inFolder(picked);
  const paths = new Set(later.map(({ path }) => path));
  return { ...picked, name, files: [...inFolder(earlier).filter(({ path }) => !paths.has(path)), ...later] };
}
