/** The post-processors of tokenizer.json, which put special tokens around the ids of a text. */
import { PartFields, wrongPart } from './part-fields.ts';

/** The id of a token by its text. */
type IdOf = (token: string) => number | undefined;

/** Returns the ids with those of the special tokens. */
export type PostProcessor = (ids: readonly number[]) => number[];

const POST_PROCESSORS: Readonly<Record<string, (part: PartFields, idOf: IdOf) => PostProcessor>> = {
  Sequence: (part, idOf) => {
    const all = part.parts('processors').map((inner) => postProcessorOf(inner, idOf));
    return (ids) => all.reduce<number[]>((now, next) => next(now), [...ids]);
  },
  // It changes places in the text only.
  ByteLevel: () => (ids) => [...ids],
  BertProcessing: surrounding,
  RobertaProcessing: surrounding,
  TemplateProcessing: template,
};

/** Throws `tokenizer-damaged` for an unknown or damaged part. */
function postProcessorOf(part: PartFields, idOf: IdOf): PostProcessor {
  const make = Object.hasOwn(POST_PROCESSORS, part.type) ? POST_PROCESSORS[part.type] : undefined;
  return make === undefined ? part.unknown('post-processor', Object.keys(POST_PROCESSORS)) : make(part, idOf);
}

/** The post-processor in tokenizer.json; undefined for null. `idOf`: for tokens that it names without their ids. */
export function readPostProcessor(json: unknown, idOf: IdOf): PostProcessor | undefined {
  if (json === null || json === undefined) return undefined;
  return postProcessorOf(new PartFields(json, 'post_processor'), idOf);
}

function surrounding(part: PartFields): PostProcessor {
  const [before, after] = [idOfPair(part, 'cls'), idOfPair(part, 'sep')];
  return (ids) => [before, ...ids, after];
}

/** Reads `["[CLS]", 101]`. */
function idOfPair(part: PartFields, key: string): number {
  const id = part.list(key)[1];
  return isId(id) ? id : part.wrong(key, '[text, id]', part.any(key));
}

function template(part: PartFields, idOf: IdOf): PostProcessor {
  const special = part.any('special_tokens');
  // The ids of each item; undefined stands for the text.
  const items = part.list('single').map((item, i) => {
    const where = `${part.where}.single[${i}]`;
    const { Sequence: sequence, SpecialToken: token } = (item ?? {}) as Record<string, unknown>;
    if (nameOf(sequence) === 'A') return undefined;
    const name = nameOf(token);
    if (name === undefined) return wrongPart(where, 'a special token or the sequence A', item);
    const entry = (special ?? {}) as Record<string, { readonly ids?: unknown } | undefined>;
    const ids = Object.hasOwn(entry, name) ? entry[name]?.ids : [idOf(name)];
    const isList = Array.isArray(ids) && ids.every(isId) && ids.length <= 16;
    return isList ? (ids as number[]) : wrongPart(`${part.where}.special_tokens["${name}"]`, 'its ids', ids);
  });
  return (ids) => {
    const made: number[] = [];
    for (const item of items) for (const id of item ?? ids) made.push(id);
    return made;
  };
}

function nameOf(item: unknown): string | undefined {
  const id = typeof item === 'object' && item !== null ? (item as { id?: unknown }).id : undefined;
  return typeof id === 'string' ? id : undefined;
}

function isId(x: unknown): x is number {
  return Number.isInteger(x) && (x as number) >= 0 && (x as number) < 2 ** 24;
}
