/** A fake model for search: texts that share words, or words of the same {@link SENSES}, have vectors in like directions. */
import { type Embedder, type EmbedderFacts, fail, type StoredModel } from '../../../engine/index.ts';

/** Words of one meaning, in any language. */
const SENSES: readonly (readonly string[])[] = [
  ['cost', 'costs', 'price', 'pounds', 'kostet', 'expensive'],
  ['harbour', 'port', 'hafen', 'docks'],
  ['shut', 'closed', 'geschlossen', 'close'],
  ['old', 'built', 'age', 'alt'],
];
const WIDTH = 64;

/** `embedded` gets each text. */
export function fakeEmbedder(model: StoredModel, embedded: string[], disposed: () => void): Embedder {
  return {
    facts: { model, width: WIDTH, maxTokens: 256, weightBytes: 1 } as EmbedderFacts,
    async embed(texts, { signal } = {}) {
      await Promise.resolve();
      if (signal?.aborted === true) fail('request-aborted', { who: 'vectors', message: 'it was stopped' });
      embedded.push(...texts);
      return { vectors: texts.map(vectorOf), tokens: texts.map(() => 1), cut: [] };
    },
    setPace() {},
    inspect: () => '',
    dispose: disposed,
  };
}

function vectorOf(text: string): Float32Array {
  const vector = new Float32Array(WIDTH);
  for (const word of text.toLowerCase().match(/\p{L}+/gu) ?? []) {
    const sense = SENSES.findIndex((words) => words.includes(word));
    if (sense >= 0) vector[sense]! += 3;
    else vector[SENSES.length + (hash(word) % (WIDTH - SENSES.length))]! += 0.3;
  }
  const length = Math.hypot(...vector);
  return length === 0 ? vector : vector.map((x) => x / length);
}

const hash = (word: string): number =>
  [...word].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)!) % 65_521, 7);
