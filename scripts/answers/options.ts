/** The options of `npm run answers`. */
import { existsSync, readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type AdapterName, adapterNamed } from '../../cli/dawn.ts';
import { at, Missing } from '../setup/machine.mjs';
import { type AnswerTask, TASKS } from './items.ts';

export const WRITERS = ['page', 'linnet', 'asked', 'llama'] as const;
/** What computes the answers of the extension. */
export const ENGINES = ['linnet', 'llama'] as const;
export type WriterName = (typeof WRITERS)[number];

export interface MeasureOptions {
  readonly tasks: readonly AnswerTask[];
  readonly writers: readonly WriterName[];
  readonly engine: (typeof ENGINES)[number];
  /** GGUF files and folders of checkpoints. */
  readonly models: readonly string[];
  /** Names of pages; all where absent. */
  readonly names?: readonly string[];
  /** Threads of the other engine; it spins where it has more than there are cores free. */
  readonly threads?: number;
  /** Pages at most; all where absent. */
  readonly pages?: number;
  /** Characters of a page at most; a slow machine measures short pages only. */
  readonly characters?: number;
  readonly adapter?: AdapterName;
  /** Folder in which node-llama-cpp is installed. */
  readonly llama: string;
  /** Name of this version of the code in the records. */
  readonly label: string;
  /** Answer again what has an answer. */
  readonly again: boolean;
}

const list = { type: 'string', multiple: true } as const;

/** Throws {@link Missing} for an option that is unknown or has a value that cannot be. */
export function readOptions(args: readonly string[]): MeasureOptions {
  const { values } = parse(args);
  const adapter = values.adapter === undefined ? undefined : adapterNamed(values.adapter);
  if (values.adapter !== undefined && adapter === undefined)
    throw new Missing(`--adapter ${values.adapter}: choose from lavapipe, swiftshader, default`);
  return {
    tasks: chosen('--task', values.task, TASKS),
    writers: chosen('--writer', values.writer, WRITERS),
    engine: chosen('--engine', [values.engine ?? 'linnet'], ENGINES)[0]!,
    models: values.model ?? modelsAtHand(),
    names: values.page?.flatMap((value) => value.split(',')),
    threads: count('--threads', values.threads),
    pages: count('--pages', values.pages),
    characters: count('--characters', values.characters),
    adapter,
    llama: values.llama ?? process.env.LINNET_LLAMA ?? at('.cache/llama'),
    label: values.label ?? 'linnet',
    again: values.again === true,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        task: list,
        writer: list,
        engine: { type: 'string' },
        model: list,
        page: list,
        pages: { type: 'string' },
        threads: { type: 'string' },
        characters: { type: 'string' },
        adapter: { type: 'string' },
        llama: { type: 'string' },
        label: { type: 'string' },
        again: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new Missing(`${(error as Error).message}\nThe options are listed in scripts/answers/answers.ts.`);
  }
}

/** Values may be given one by one or with commas between them; all where none is given. */
function chosen<T extends string>(
  option: string,
  given: readonly string[] | undefined,
  all: readonly T[],
): T[] {
  const names = (given ?? all).flatMap((value) => value.split(','));
  return names.map((name) => {
    const found = all.find((each) => each === name);
    if (found === undefined) throw new Missing(`${option} ${name}: choose from ${all.join(', ')}`);
    return found;
  });
}

function count(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Missing(`${option} ${text}: must be a whole number above 0`);
}

/** The demo model, and the published weights in `.cache/weights`. */
function modelsAtHand(): string[] {
  const folder = process.env.LINNET_WEIGHTS || at('.cache/weights');
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.gguf')) : [];
  return [at('assets/demo'), ...files.sort().map((name) => `${folder}/${name}`)];
}
