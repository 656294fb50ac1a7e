/** Texts that a person attached to a question: a paste too long for a field, or a file. */

/** What a conversation shows of an attached text. */
export interface AttachmentFacts {
  readonly id: string;
  /** Of the file; absent for a paste. */
  readonly name?: string;
  /** Length of the text. */
  readonly characters: number;
}

/** The text itself. Only the question that brings it carries it; from then on it is with the conversation. */
export interface AttachedText {
  readonly id: string;
  readonly name?: string;
  readonly text: string;
}

export function attachmentFacts({ id, name, text }: AttachedText): AttachmentFacts {
  return { id, ...(name === undefined ? {} : { name }), characters: text.length };
}
