/**
 * Takes the address out of what a person copied: a command line of another program, a link in Markdown, an address in
 * quotes or brackets, a call of `from_pretrained`.
 */

/** What a copied text names. */
export interface Copied {
  readonly address: string;
  readonly revision?: string;
  /** A file in the repository. */
  readonly file?: string;
}

/** Programs whose command lines name models. */
const PROGRAM =
  /^(?:ollama|llama(?:[-.]\w+)*|huggingface-cli|hf|hfd(?:\.sh)?|git|vllm|sglang|lms|modelscope|wget|curl|aria2c|mlx_lm(?:\.\w+)?|docker|transformers|litert-lm)(?:\.exe)?$/i;
/** Options whose value is the model. */
const MODEL = /^(?:-hf|-hfr|--hf-repo|--model|--model-path|--repo-id|--hf-path|-m)$/;
const REVISION = /^(?:--revision|--branch|-b)$/;
const FILE = /^(?:-hff|--hf-file|--include|--filename)$/;
/** Other options that are followed by a value, which may look like a model. */
const VALUED =
  /^(?:--local-dir|--local_dir|--cache-dir|--cache_dir|--token|--hf-token|-hft|-o|--output|-O|-p|--prompt|-H|--header|--port|--host|-c|-n|-ngl|--depth|-d|--dir|--exclude|--repo-type|--max-workers|--max-model-len|-P|-x|-s)$/;

/** The address in `text`, or `text` itself, trimmed. */
export function fromCommand(text: string): Copied {
  const trimmed = unwrapped(text);
  const call = /from_pretrained\(\s*["']([^"']+)["'](?:.*?revision\s*=\s*["']([^"']+)["'])?/s.exec(trimmed);
  if (call?.[1] !== undefined) return copied(call[1], call[2], undefined);
  const words = trimmed.split(/\s+/).map(unwrapped);
  while (/^(?:\$|sudo|>|!|%|time|[A-Z_]+=\S*)$/.test(words[0] ?? '')) words.shift();
  words[0] = (words[0] ?? '').replace(/^[!%]/, '');
  const program = words[0].split(/[\\/]/).pop() ?? '';
  if (words.length < 2 || (!PROGRAM.test(program) && !/^python3?$/.test(program)))
    return { address: trimmed };
  // The module that Python runs is no model.
  const first = /^python3?$/.test(program) && words[1] === '-m' ? 3 : 1;
  return ofWords(words.slice(first)) ?? { address: trimmed };
}

function ofWords(words: readonly string[]): Copied | undefined {
  const values: Record<'model' | 'revision' | 'file', string | undefined> = {
    model: undefined,
    revision: undefined,
    file: undefined,
  };
  const plain: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const [option = '', joined] = (words[i] as string).split(/=(.*)/s);
    if (!option.startsWith('-')) plain.push(words[i] as string);
    else if (MODEL.test(option)) values.model = joined ?? words[++i];
    else if (REVISION.test(option)) values.revision = joined ?? words[++i];
    else if (FILE.test(option)) values.file = joined ?? words[++i];
    else if (VALUED.test(option) && joined === undefined && words[i + 1]?.includes('://') !== true) i++;
  }
  const at = plain.findIndex((word) => word.includes('/'));
  const address = values.model ?? plain[at];
  if (address === undefined) return undefined;
  const next = values.model === undefined ? plain[at + 1] : undefined;
  const file = values.file ?? (/\.gguf$/i.test(next ?? '') ? next : undefined);
  return copied(address, values.revision, file?.includes('*') === true ? undefined : file);
}

function copied(address: string, revision: string | undefined, file: string | undefined): Copied {
  return {
    address,
    ...(revision === undefined ? {} : { revision }),
    ...(file === undefined ? {} : { file }),
  };
}

/** Without the marks around it; of a link in Markdown, its address. */
function unwrapped(text: string): string {
  // Invisible marks come with a copy from a page.
  const clean = text.replace(/[\u200b-\u200f\u2060\ufeff]/g, '').trim();
  const link = /^\[[^\]]*\]\(\s*(\S+?)\s*\)$/.exec(clean)?.[1] ?? clean;
  const bare = /^(["'`<“‘«])(.*)(["'`>”’»])[.,;]?$/s.exec(link)?.[2]?.trim() ?? link;
  return bare.replace(/(?<=[\w/])[.,;]$/, '');
}
