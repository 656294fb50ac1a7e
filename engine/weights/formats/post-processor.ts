/** Builds the post-processor of tokenizer.json that puts special tokens around a text. */
/** A special token: its id and its text. */
export interface SpecialToken {
  readonly id: number;
  readonly content: string;
}

/** Returns a `TemplateProcessing` that adds `before` and `after` to each text. */
export function postProcessor(before: readonly SpecialToken[], after: readonly SpecialToken[]): unknown {
  const all = (tokens: readonly SpecialToken[], type_id: number) =>
    tokens.map(({ content }) => ({ SpecialToken: { id: content, type_id } }));
  const text = (id: string, type_id: number) => [
    ...all(before, type_id),
    { Sequence: { id, type_id } },
    ...all(after, type_id),
  ];
  return {
    type: 'TemplateProcessing',
    single: text('A', 0),
    pair: [...text('A', 0), ...text('B', 1)],
    special_tokens: Object.fromEntries(
      [...before, ...after].map(({ id, content }) => [
        content,
        { id: content, ids: [id], tokens: [content] },
      ]),
    ),
  };
}
