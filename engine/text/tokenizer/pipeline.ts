/**
 * tokenizer.json at work: added tokens, normalizer, pre-tokenizer, model, post-processor, and the decoder for the way
 * back. The ids are those of the Rust library `tokenizers` 0.23, which published models were trained with; the tests
 * compare them (`engine/conformance/tokenizers`). Own code, since the library's JavaScript port has other ids for many
 * texts, and runs any regular expression of a file on the platform's matcher, which some texts take years.
 */
import { type AddedToken, addedToken, TokenFinder } from './added-tokens.ts';
import { bpeModel, type WordModel } from './bpe.ts';
import { type Decoder, readDecoder } from './decoders.ts';
import { type Normalizer, readNormalizer } from './normalizers.ts';
import { type PartJson, wrongPart } from './part-fields.ts';
import { readPostProcessor } from './post-processors.ts';
import { type PreTokenizer, readPreTokenizer } from './pre-tokenizers.ts';
import type { TokenizerJson } from './tokenizer-json.ts';
import { unigramModel } from './unigram.ts';
import { wordLevelModel, wordPieceModel } from './word-models.ts';

const MODELS: Readonly<Record<string, (model: PartJson, vocab: ReadonlyMap<string, number>) => WordModel>> = {
  BPE: bpeModel,
  Unigram: unigramModel,
  WordPiece: wordPieceModel,
  WordLevel: wordLevelModel,
};

export class TextPipeline {
  /** Added tokens by id. */
  readonly added: ReadonlyMap<number, AddedToken>;
  /** Exclusive upper bound of the ids. */
  readonly size: number;
  readonly #vocab: ReadonlyMap<string, number>;
  readonly #addedIds: ReadonlyMap<string, number>;
  readonly #tokens: (string | undefined)[] = [];
  readonly #finders: readonly [TokenFinder, TokenFinder];
  readonly #normalizer: Normalizer | undefined;
  readonly #preTokenizer: PreTokenizer | undefined;
  readonly #model: WordModel;
  readonly #postProcess: ((ids: readonly number[]) => number[]) | undefined;
  readonly #decoder: Decoder | undefined;

  /** Throws `tokenizer-damaged` for parts that are damaged or unknown, `model-limit` for a regular expression. */
  constructor(json: TokenizerJson) {
    const added = (json.added_tokens as readonly PartJson[]).map(addedToken);
    const vocab = vocabOf(json.model);
    // The model knows its own vocabulary only; an added token is found before.
    this.#vocab = vocab;
    this.#addedIds = new Map(added.map((token) => [token.content, token.id]));
    for (const [token, id] of vocab) this.#tokens[id] ??= token;
    for (const { id, content } of added) this.#tokens[id] = content;
    this.added = new Map(added.map((token) => [token.id, token]));
    this.size = this.#tokens.length;
    this.#normalizer = readNormalizer(json.normalizer);
    this.#finders = [
      new TokenFinder(added.filter((token) => !token.normalized)),
      new TokenFinder(
        added.filter((token) => token.normalized),
        this.#normalizer,
      ),
    ];
    this.#preTokenizer = readPreTokenizer(json.pre_tokenizer);
    const type = (json.model.type ?? 'BPE') as string;
    this.#model = (MODELS[type] ?? wrongPart('model.type', Object.keys(MODELS).join(', '), type))(
      json.model,
      vocab,
    );
    this.#postProcess = readPostProcessor(json.post_processor, (token) => this.id(token));
    this.#decoder = readDecoder(json.decoder, (token) => this.#addedIds.has(token));
  }

  /** The spelling of a token. */
  token(id: number): string | undefined {
    return this.#tokens[id];
  }

  id(token: string): number | undefined {
    return this.#addedIds.get(token) ?? this.#vocab.get(token);
  }

  /** `special`: adds the tokens that the post-processor puts around a text. */
  encode(text: string, special: boolean): number[] {
    const ids: number[] = [];
    const [asSpelt, normalised] = this.#finders;
    for (const section of asSpelt.split(wellFormed(text))) {
      if ('id' in section) {
        ids.push(section.id);
        continue;
      }
      const made = this.#normalizer?.(section.text) ?? section.text;
      for (const inner of normalised.split(made)) {
        if ('id' in inner) ids.push(inner.id);
        else this.#encodeText(inner.text, section.start === 0 && inner.start === 0, ids);
      }
    }
    return special && this.#postProcess !== undefined ? this.#postProcess(ids) : ids;
  }

  /** Ids without a token, and those that `skipped` is true for, give no text. */
  decode(ids: readonly number[], skipped: (id: number) => boolean): string {
    const tokens = ids.flatMap((id) => (skipped(id) ? [] : (this.#tokens[id] ?? [])));
    return this.#decoder?.(tokens).join('') ?? tokens.join(' ');
  }

  #encodeText(text: string, first: boolean, ids: number[]): void {
    const words = this.#preTokenizer?.({ text, first }) ?? [{ text, first }];
    for (const { text: word } of words) for (const id of this.#model(word)) ids.push(id);
  }
}

function vocabOf(model: PartJson): Map<string, number> {
  const { vocab } = model;
  if (Array.isArray(vocab)) return new Map(vocab.map(([text], id) => [text as string, id]));
  const ids = new Map<string, number>();
  const own = vocab as Readonly<Record<string, number>>;
  for (const token of Object.keys(own)) ids.set(token, own[token] as number);
  return ids;
}

/** Half a pair of surrogates is no character: it becomes U+FFFD, as in UTF-8. */
function wellFormed(text: string): string {
  return text.isWellFormed() ? text : text.toWellFormed();
}
