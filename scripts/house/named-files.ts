/** Comments and docs name only files that exist: when a file is renamed, its mentions must change too. */
import { dirname, join, normalize } from 'node:path/posix';
import type { Breach, House } from './source.ts';
import { isCode, lineAt, parseSource } from './source.ts';

/** Files of models, of other projects and of builds, which are no files of this repository. */
const foreign: readonly RegExp[] = [
  // Checkpoints and what belongs to them.
  /(^|\/)(config|tokenizer|tokenizer_config|generation_config|special_tokens_map|vocab|added_tokens)\.json$/,
  /(^|\/)(model\.safetensors\.index|mlc-chat-config|ndarray-cache|tensor-cache|quantize_config|chat_template)\.json$/,
  /(^|\/)(preprocessor_config|processor_config|modules|sentence_bert_config|config_sentence_transformers|tinystories_300)\.json$/,
  // What commands and builds write.
  /(^|\/)(manifest|profile|messages|result|nvidia_icd|lvp|package-lock)\.json$/,
  /^app\/main\.mjs$/,
  // Sources of formulas in other projects.
  /(^|\/)(llama2|ggml-quants)\.c$/,
  /^docs\/gguf\.md$/,
  // Names that a reader replaces: foo.ts, ops/foo/index.ts, NAME.json.
  /(^|\/)(foo(\/[\w-]+)?|[A-Z]+)\.\w+$/,
];

const endings = 'ts|tsx|mjs|wgsl|md|json|css|html|py|sh|c';
const filePattern = new RegExp(
  `(?<![\\w/@.:*{}$~-])(?:\\.{1,2}/)*[\\w@.-]+(?:/[\\w@.-]+)*\\.(?:${endings})(?![\\w*/-]|\\.\\w)`,
  'g',
);
const addressPattern = /\b[a-z][\w+.-]*:\/\/\S+/g;

/** Notes on earlier versions may name files that existed then. */
const isHistory = (file: string) => file === 'CHANGELOG.md';

export function checkNamedFiles(house: House): Breach[] {
  const known = suffixes(house);
  return [...house].flatMap(([file, text]) => {
    if (isHistory(file)) return [];
    return proseOf(file, text).flatMap(({ start, value }) =>
      [...withoutAddresses(value).matchAll(filePattern)]
        .filter(([name]) => !exists(file, name, known))
        .map((match) => ({
          file,
          line: lineAt(text, start + match.index),
          what: `\`${match[0]}\` does not exist`,
          why: 'a comment that names a file sends its reader there',
          instead:
            'write the present name; if it is a file of something else, add it to the list in named-files.ts',
        })),
    );
  });
}

const withoutAddresses = (text: string) => text.replace(addressPattern, (found) => ' '.repeat(found.length));

/** Every path and every end of a path, so that `quant/m0e4.ts` and `m0e4.ts` are found; pages as the build names them. */
function suffixes(house: House): Set<string> {
  const all = new Set<string>();
  for (const file of house.keys()) {
    const parts = file.split('/');
    for (let i = 0; i < parts.length; i++) all.add(parts.slice(i).join('/'));
    const page = /^entrypoints\/([\w-]+)\/index\.html$/.exec(file);
    if (page !== null) all.add(`${page[1]}.html`);
  }
  return all;
}

function exists(file: string, name: string, known: ReadonlySet<string>): boolean {
  if (foreign.some((pattern) => pattern.test(name))) return true;
  // Python of other projects is where many formulas come from; our own is named in documents and in Python.
  if (name.endsWith('.py') && !/\.(py|md)$/.test(file)) return true;
  // Code samples in comments write the path from where their reader is.
  return known.has(normalize(join(dirname(file), name))) || known.has(name.replace(/^(\.{1,2}\/)+/, ''));
}

interface Prose {
  readonly start: number;
  readonly value: string;
}

/** The comments of code, the whole of a document. */
function proseOf(file: string, text: string): readonly Prose[] {
  if (isCode(file))
    return parseSource(file, text).comments.map(({ start, end }) => ({
      start,
      value: text.slice(start, end),
    }));
  if (file.endsWith('.md')) return [{ start: 0, value: text }];
  const pattern = commentPattern(file);
  if (pattern === undefined) return [];
  return [...text.matchAll(pattern)].map((match) => ({ start: match.index, value: match[0] }));
}

function commentPattern(file: string): RegExp | undefined {
  if (/\.(wgsl|c)$/.test(file)) return /\/\/.*|\/\*[\s\S]*?\*\//g;
  if (file.endsWith('.css')) return /\/\*[\s\S]*?\*\//g;
  if (/\.(py|sh)$|^\.ci\/run$/.test(file)) return /#.*|"""[\s\S]*?"""/g;
  return undefined;
}
