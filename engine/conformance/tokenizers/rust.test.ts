/** Each part of tokenizer.json, compared with the Rust library `tokenizers`. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createTokenizer } from '../../text/tokenizer.ts';

interface PartCase {
  readonly model: string;
  readonly parts: Readonly<Record<string, unknown>>;
  /** Ids, and what they decode to, where it is not the text. */
  readonly rows: readonly (readonly [readonly number[], string?])[];
}

/** Made by scripts/goldens/tokenizer_parts.py. */
const golden = JSON.parse(readFileSync(new URL('rust.json', import.meta.url), 'utf8')) as {
  readonly texts: readonly string[];
  readonly models: Readonly<Record<string, object>>;
  readonly cases: Readonly<Record<string, PartCase>>;
};

function tokenizerOf({ model, parts }: PartCase) {
  const { fuse_unk = false, ignore_merges = false, ...others } = parts;
  const flags = 'fuse_unk' in parts || 'ignore_merges' in parts ? { fuse_unk, ignore_merges } : {};
  return createTokenizer({ tokenizer: { ...others, model: { ...golden.models[model], ...flags } } });
}

describe('the ids of the Rust library, and its texts', () => {
  test.each(Object.entries(golden.cases))('%s', (_, part) => {
    const tokenizer = tokenizerOf(part);
    for (const [i, text] of golden.texts.entries()) {
      const [ids, back = text] = part.rows[i] as PartCase['rows'][number];
      expect(tokenizer.encode(text, { special: true }), JSON.stringify(text)).toEqual(ids);
      expect(tokenizer.decode(ids)).toBe(back);
      const stream = tokenizer.stream();
      expect(ids.map((id) => stream.push(id)).join('') + stream.flush()).toBe(back);
    }
  });
});
