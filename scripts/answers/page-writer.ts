/** Answers without a model: the page's own sentences, as the extension shows them first, or the page's first sentence. */
import { quotesOf } from '../../app/text/extract/quotes.ts';
import { asList } from '../../app/text/key-points.ts';
import { sentences } from '../../app/text/sentences.ts';
import type { AnswerItem } from './items.ts';
import type { WrittenAnswer } from './records.ts';
import type { AnswerWriter } from './writer.ts';

/** As many as the summary of the same length has. */
const POINTS = 5;
const HEADLINE_WORDS = 12;
/** Letters; a shorter line is a heading or a byline. */
const SENTENCE = 40;

export const quotingWriter = (): AnswerWriter => writer('page', quoted);
export const leadWriter = (): AnswerWriter =>
  writer('lead', (item) => (item.task === 'tldr' ? leadOf(item.page.text) : undefined));

function writer(name: string, answer: (item: AnswerItem) => string | undefined): AnswerWriter {
  return {
    name,
    model: '',
    async write(item): Promise<WrittenAnswer | undefined> {
      const text = answer(item);
      return text === undefined ? undefined : { text, raw: text, stop: 'form', tokens: 0, instructions: '' };
    },
    close: async () => {},
  };
}

function quoted({ task, request, page }: AnswerItem): string | undefined {
  if (request.kind !== 'summary' || task === 'injected') return undefined;
  if (request.style.type === 'headline')
    return quotesOf(page, { kind: 'headline', words: HEADLINE_WORDS })[0] ?? '';
  if (request.style.type === 'key-points') return asList(quotesOf(page, { kind: 'sentences', most: POINTS }));
  return quotesOf(page, { kind: 'sentences', most: 1 })[0] ?? '';
}

/** The first line that is long enough and ends like a sentence, up to the end of its first sentence. */
export function leadOf(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  const line = lines.find((each) => each.length >= SENTENCE && /[.!?…。！？؟।]["”’»」』)）]*$/u.test(each));
  return sentences(line ?? '')[0]?.text.trim() ?? '';
}
