/**
 * Returns the `model` of a tokenizer.json for a byte-level BPE vocabulary without an unknown token: every byte is a
 * token. With `ignoreMerges` a word that is a token is taken as it is.
 */
export function byteLevelBpe(
  vocab: Readonly<Record<string, number>>,
  merges: readonly unknown[],
  ignoreMerges: boolean,
) {
  return {
    type: 'BPE',
    dropout: null,
    unk_token: null,
    continuing_subword_prefix: null,
    end_of_word_suffix: null,
    fuse_unk: false,
    byte_fallback: false,
    ignore_merges: ignoreMerges,
    vocab,
    merges,
  };
}
