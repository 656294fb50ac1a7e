/** Which guides an answer gets, and how many tokens it may have. */
import type { GenerateRequest, Guide } from '../../../engine/index.ts';
import { type Answerer, type AnswerHooks, type TokenCoder, coderOf } from '../answerer/answerer.ts';
import type { AnswerForm } from '../prompts/task-profile.ts';
import { sentences } from '../../text/sentences.ts';
import { type AnswerGround, claimsGuide } from './answer-check.ts';
import { combine } from './combine.ts';
import { LineGuide } from './line-guide.ts';
import { ListGuide } from './list-guide.ts';
import { LoopGuide } from './loop-guide.ts';
import { MarkupGuide } from './markup-guide.ts';
import { ProseGuide } from './prose-guide.ts';
import { RepeatGuide } from './repeat-guide.ts';
import { SentencesGuide } from './sentences-guide.ts';
import { textLimit } from './text/text-limits.ts';

/** Tokens of a point, a line and a sentence: about 30, 22 and 40 words of English. */
const POINT = 45;
const LINE = 48;
const SENTENCE = 60;

/** Tokens of a small model's answer about a page: about 150 words of English. */
const PROSE = 200;
/** Tokens of an answer without a form. */
const ANY = 1024;

/** Most tokens of an answer of this form. */
export function tokensOfForm(form: AnswerForm): number {
  if (form.kind === 'list') return form.points * POINT;
  if (form.kind === 'line') return LINE;
  if (form.kind === 'prose') return PROSE;
  return form.kind === 'sentences' ? form.count * SENTENCE : ANY;
}

/** The parts of a request for a summary that decide its guide. */
export interface Guided {
  readonly request: GenerateRequest;
  /** The form of the answer, and the request in the user's turn, which the answer should not repeat. */
  readonly asked: { readonly form: AnswerForm; readonly request: string };
  /** What was read: quotations of it may come twice. */
  readonly material: string;
}

/** Keeps a summary in its form, without markup, circles and repetitions. */
export function summaryGuide(
  model: TokenCoder,
  { request: { prompt, maxTokens }, asked: { form, request }, material }: Guided,
): Guide {
  const begun = (prompt.kind === 'messages' ? prompt.begun : undefined) ?? '';
  // One token before the limit, so that what is too long ends where it is whole.
  const tokens = Math.max(1, maxTokens - 1);
  const forms: Guide[] =
    form.kind === 'list'
      ? [new ListGuide({ points: form.points, words: form.words, tokens, begun }, model)]
      : form.kind === 'line'
        ? [new LineGuide(form.words, tokens)]
        : form.kind === 'sentences'
          ? [new SentencesGuide(form.count, tokens)]
          : [];
  return combine([
    ...forms,
    new LoopGuide(),
    new MarkupGuide(sentences(request).map(({ text }) => text.trim())),
    new RepeatGuide(model, material),
  ]);
}

/** A question about a page. `begun`: the part of the answer that is given to the model; `tokens`: most of it. */
export interface PageQuestion {
  readonly ground: AnswerGround;
  readonly form: AnswerForm;
  readonly begun: string;
  readonly tokens: number;
}

/** Ends an answer that goes in circles. Prose about a page says nothing twice; other talk and code may. */
export function chatGuide(model: TokenCoder, about: PageQuestion | undefined): Guide {
  if (about === undefined) return new LoopGuide();
  const { ground, form, begun, tokens } = about;
  const guides = [new LoopGuide(), claimsGuide(ground, begun)];
  if (form.kind !== 'prose') return combine(guides);
  const most = Math.max(1, Math.min(tokensOfForm(form), tokens - 1));
  return combine([new ProseGuide(most), new MarkupGuide([]), new RepeatGuide(model, ground.text), ...guides]);
}

/** What may be written in an answer: by guides where tokens can be chosen, else as far as its text shows. */
export type AnswerLimits = Pick<AnswerHooks, 'guide' | 'ends'>;

/** `claims`: the guide that looks numbers and names up. */
export function summaryLimits(model: Answerer, guided: Guided, claims: Guide): AnswerLimits {
  const coder = coderOf(model);
  return coder === undefined
    ? { ends: textLimit(guided.asked.form) }
    : { guide: combine([summaryGuide(coder, guided), claims]) };
}

/** `about`: absent for an answer without a page. */
export function chatLimits(model: Answerer, about: PageQuestion | undefined): AnswerLimits {
  const coder = coderOf(model);
  return coder === undefined ? { ends: textLimit({ kind: 'free' }) } : { guide: chatGuide(coder, about) };
}
