/**
 * Added tokens that tokenizer_config.json and special_tokens_map.json name and tokenizer.json lacks, as transformers
 * adds them: entries of `added_tokens_decoder` with their flags, which win over those of tokenizer.json; and special
 * tokens by name that the vocabulary has as ordinary ones. A named token without an id is left out, since the model has
 * no row for it.
 */
import { fail } from '../../base/errors.ts';
import { checkAddedTokens, isObject, TOKEN_LIMITS, type TokenizerJson } from './tokenizer-json.ts';

type Config = Readonly<Record<string, unknown>>;
type Entry = Record<string, unknown>;

/** Throws `tokenizer-damaged` for an id that another token has, `model-limit` for too many tokens. */
export function withConfigTokens(json: TokenizerJson, config: Config): TokenizerJson {
  const listed = decoderTokens(config);
  const named = namedTokens(config);
  if (listed.length === 0 && named.length === 0) return json;
  const known = new Map(
    (json.added_tokens as readonly Entry[]).map((token) => [token.content as string, token]),
  );
  const taken = new Map([...known.values()].map((token) => [token.id as number, token.content as string]));
  const vocab = vocabularyId(json.model);
  for (const { id: stated, ...token } of listed) {
    const content = token.content as string;
    const id = known.get(content)?.id ?? vocab.idOf(content) ?? stated;
    const owner = taken.get(id as number) ?? vocab.tokenOf(id as number);
    if (owner !== undefined && owner !== content) {
      fail('tokenizer-damaged', {
        who: 'tokenizer_config.json',
        where: `added_tokens_decoder["${id}"]`,
        message: 'two tokens have the same id',
        expected: owner.slice(0, 80),
        got: content.slice(0, 80),
      });
    }
    known.set(content, { ...token, id });
    taken.set(id as number, content);
  }
  for (const token of named) {
    const content = token.content as string;
    const id = known.has(content) ? undefined : vocab.idOf(content);
    if (id !== undefined) known.set(content, { normalized: false, ...token, special: true, id });
  }
  const added = [...known.values()];
  checkAddedTokens(added);
  return { ...json, added_tokens: added };
}

/** Entries of `added_tokens_decoder`: `{ "32000": { "content": … } }`. */
function decoderTokens(config: Config): (Entry & { readonly id: number })[] {
  const { added_tokens_decoder: all } = config;
  if (!isObject(all)) return [];
  return Object.entries(all).flatMap(([key, token]) => {
    const id = /^\d{1,8}$/.test(key) ? Number(key) : -1;
    const isToken = isObject(token) && typeof token.content === 'string' && token.content !== '';
    return isToken && id >= 0 ? [{ ...token, id }] : [];
  });
}

/**
 * Tokens that the config names: `bos_token`, `additional_special_tokens` and the like, as texts or objects. Plain words
 * are none: ChatGLM's `sop` is not found in texts, only put before them.
 */
function namedTokens(config: Config): Entry[] {
  if (/^ChatGLM\d?Tokenizer$/.test(String(config.tokenizer_class))) return [];
  const { additional_special_tokens: more, extra_special_tokens: extra } = config;
  const lists = [more, extra].flatMap((list) =>
    Array.isArray(list) ? list.slice(0, TOKEN_LIMITS.added) : isObject(list) ? Object.values(list) : [],
  );
  const byName = Object.entries(config).flatMap(([key, token]) =>
    /^[a-z_]+_token$/.test(key) ? [token] : [],
  );
  return [...byName, ...lists].flatMap((token) => {
    const entry = typeof token === 'string' ? { content: token } : token;
    const isMark =
      isObject(entry) && typeof entry.content === 'string' && /[^\p{L}\p{N}\s]/u.test(entry.content);
    return isMark ? [entry] : [];
  });
}

/** Ids and tokens of the model's own vocabulary. */
function vocabularyId({ vocab }: Readonly<Record<string, unknown>>) {
  const ids = Array.isArray(vocab) ? new Map(vocab.map(([text]: [string], id) => [text, id])) : undefined;
  const own = vocab as Readonly<Record<string, number>>;
  const idOf = (token: string) =>
    ids === undefined ? (Object.hasOwn(own, token) ? own[token] : undefined) : ids.get(token);
  let tokens: Map<number, string> | undefined;
  const tokenOf = (id: number) => {
    tokens ??= ids
      ? new Map([...ids].map(([text, at]) => [at, text]))
      : new Map(Object.entries(own).map(([text, at]) => [at, text]));
    return tokens.get(id);
  };
  return { idOf, tokenOf };
}
