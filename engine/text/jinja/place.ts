/**
 * Where in a template an error is. The library's tokens and nodes have no place, so tokens are looked up in the source in
 * their order, and nodes are counted: a template is a sequence of texts, comments and tags, each of which begins a node or
 * ends one. Computed for an error only.
 */
import type { tokenize } from '@huggingface/jinja';

export interface TemplatePlace {
  /** From 1. */
  readonly line: number;
  /** What stands there, of at most {@link NEAR} characters. */
  readonly near: string;
}

type Token = ReturnType<typeof tokenize>[number];

const NEAR = 80;
/** Most blanks between two tokens of a tag. */
const WINDOW = 4096;
/** Tags of transformers' own; the library removes them before it reads tokens. */
const GENERATION = /\{%-?\s*(?:end)?generation\s*-?%\}/g;
/** Words after `{%` of tags that begin no statement. */
const NO_STATEMENT = /^(?:else|end\w+)$/;
const PARTS = ['body', 'defaultBlock', 'alternate'] as const;

const places = new WeakMap<object, TemplatePlace>();

/** The place of an error that was given one; undefined for others. */
export const placeOf = (error: unknown): TemplatePlace | undefined =>
  typeof error === 'object' && error !== null ? places.get(error) : undefined;

/** Gives an error its place, and returns it. */
export function withPlace(error: unknown, place: TemplatePlace | undefined): unknown {
  if (typeof error === 'object' && error !== null && place !== undefined) places.set(error, place);
  return error;
}

/** The place of a token of `tokens`, all of the template's: its tag, or its line in a tag of several. */
export function placeOfToken(
  source: string,
  tokens: readonly Token[],
  token: Token,
): TemplatePlace | undefined {
  const offsets = offsetsOf(source, tokens);
  const index = tokens.indexOf(token);
  const at = offsets[index];
  if (at === undefined) return undefined;
  const tag = offsets[tokens.findLastIndex(({ type }, i) => i <= index && isOpening(type))] ?? at;
  return placeAt(source, source.slice(tag, at).includes('\n') ? source.lastIndexOf('\n', at) + 1 : tag);
}

const isOpening = (type: string): boolean => type === 'OpenExpression' || type === 'OpenStatement';

/** The place of a statement or output of a parsed template; undefined where its tag cannot be told. */
export function placeOfNode(source: string, tokens: readonly Token[], program: object, node: object) {
  const offsets = offsetsOf(source, tokens);
  const tags = tokens.flatMap(({ type }, i) => {
    const ends = type === 'OpenStatement' && NO_STATEMENT.test(tokens[i + 1]?.value ?? '');
    const begins = type === 'Text' || type === 'Comment' || isOpening(type);
    return begins && !ends ? [offsets[i] as number] : [];
  });
  const nodes = statementsIn(program);
  const at = nodes.length === tags.length ? tags[nodes.indexOf(node)] : undefined;
  return at === undefined ? undefined : placeAt(source, at);
}

/** The line in which a text stops being readable: the last of the shortest beginning for which `fails` holds. */
export function placeOfFailure(source: string, fails: (beginning: string) => boolean): TemplatePlace {
  const lines = source.split('\n');
  let [low, high] = [1, lines.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (fails(lines.slice(0, middle).join('\n'))) high = middle;
    else low = middle + 1;
  }
  return { line: low, near: shortened(lines[low - 1] ?? '') };
}

/** Nodes that a text, a comment or a tag begins, in the order of the source. */
function statementsIn(program: object): object[] {
  const found: object[] = [];
  const left: object[] = [program];
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    const { type } = node as { type?: string };
    if (type !== 'Program') found.push(node);
    const parts = node as Readonly<Record<string, unknown>>;
    const inner = PARTS.flatMap((part) => (Array.isArray(parts[part]) ? (parts[part] as object[]) : []));
    left.push(...inner.reverse());
  }
  return found;
}

/** Where each token begins in the source. */
function offsetsOf(source: string, tokens: readonly Token[]): number[] {
  const text = source.replace(GENERATION, (tag) => tag.replace(/[{%}]/g, ' '));
  let at = 0;
  return tokens.map(({ type, value }) => {
    if (type === 'Text') return at;
    if (type === 'StringLiteral') {
      const quote = at + text.slice(at, at + WINDOW).search(/["']/);
      if (quote < at) return at;
      at = endOfLiteral(text, quote);
      return quote;
    }
    const isComment = type === 'Comment';
    const word = isComment ? '{#' : value;
    const found =
      isComment || isOpening(type)
        ? text.indexOf(word, at)
        : at + text.slice(at, at + WINDOW + value.length).indexOf(word);
    if (found < at) return at;
    at = found + word.length;
    if (isComment) at = Math.max(at, text.indexOf('#}', at));
    return found;
  });
}

/** After the closing quote; the value of a literal is not what stands in the source, for `\\n` is a line's end. */
function endOfLiteral(text: string, quote: number): number {
  let at = quote + 1;
  while (at < text.length && text[at] !== text[quote]) at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function placeAt(source: string, offset: number): TemplatePlace {
  const before = source.slice(0, offset);
  const end = source.slice(offset).search(/\n|[%}]\}/);
  const tag = end < 0 ? source.slice(offset) : source.slice(offset, offset + end + 2);
  return { line: before.split('\n').length, near: shortened(tag) };
}

function shortened(text: string): string {
  const trimmed = text.trim();
  return trimmed.length > NEAR ? `${trimmed.slice(0, NEAR - 1)}…` : trimmed;
}
