/** Answers without a model: the page's own sentences, as the extension shows them first, or the page's first sentence. */
import { answersOf } from '../../app/text/extract/answers.ts';
import { sentences } from '../../app/text/sentences.ts';
import { newJob } from '../../app/worker/new-job.ts';
import { quotedEnd, withQuotes } from '../../app/worker/summary/quote-page.ts';
import type { AnswerItem } from './items.ts';
import type { WrittenAnswer } from './records.ts';
import type { AnswerWriter } from './writer.ts';

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

function quoted({ request, page }: AnswerItem): string | undefined {
  if (request.kind === 'chat') return answersOf(page, [request.text]).join('\n\n');
  if (request.kind !== 'summary') return undefined;
  return quotedEnd(withQuotes(newJob(request, Date.now(), {}), page))?.text ?? '';
}

/** The first line that is long enough and ends like a sentence, up to the end of its first sentence. */
export function leadOf(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  const line = lines.find((each) => each.length >= SENTENCE && /[.!?…。！？؟।]["”’»」』)）]*$/u.test(each));
  return sentences(line ?? '')[0]?.text.trim() ?? '';
}
