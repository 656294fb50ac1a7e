/**
 * Builds the messages for a model, in the words of its task profile.
 *
 * The page comes first and whole in the conversation's first question, so all requests about it share one prefix in the
 * engine's cache. The text of a page or selection is untrusted: the engine encodes it so that it cannot become control
 * tokens. Where a profile marks it off by <page> or <text>, look-alikes of those marks inside it are broken too.
 */
import type { ChatMessage } from '../../../engine/index.ts';
import { fillTemplate } from '../../text/fill-template.ts';
import type { SummaryStyle } from '../../protocol/types.ts';
import { UNKNOWN } from './page-language.ts';
import type { TaskProfile, TaskPrompt } from './task-profile.ts';

export interface PromptPage {
  readonly title: string;
  readonly text: string;
}

/** A question and its answer; the last one has none. */
export interface PromptTurn {
  readonly request: string;
  readonly answer?: string;
}

/** Stands in a request for the page's text, which then is read in this place and not before the request. */
export const PAGE_PLACE = '{page}';

/** `language`: BCP 47, or {@link UNKNOWN} for the page's language; if absent, the request names none. */
export function summaryPrompt(
  profile: TaskProfile,
  { type, length }: SummaryStyle,
  language?: string,
): TaskPrompt {
  return inLanguage(profile, profile.summary[type][length], language);
}

/** A prompt whose request names the language of the answer. */
export function inLanguage(profile: TaskProfile, prompt: TaskPrompt, language?: string): TaskPrompt {
  if (language === undefined) return prompt;
  const named =
    language === UNKNOWN
      ? profile.unknownLanguage
      : fillTemplate(profile.language, { language: languageName(language) });
  return { ...prompt, request: named === '' ? prompt.request : `${prompt.request} ${named}` };
}

/** The request of a chat. */
export const questionRequest = ({ chat }: TaskProfile, question: string): string =>
  fillTemplate(chat.request, { question });

export function chatMessages(
  profile: TaskProfile,
  turns: readonly PromptTurn[],
  page?: PromptPage,
): ChatMessage[] {
  const messages = systemTurn(profile);
  turns.forEach(({ request, answer }, index) => {
    const content = index === 0 && page !== undefined ? pageQuestion(profile, page, request) : request;
    messages.push({ role: 'user', content });
    if (answer !== undefined) messages.push({ role: 'assistant', content: answer });
  });
  return messages;
}

/** The profile and the name of the language as a translation is asked for: in Chinese where its model wants that. */
export function translationWords(
  profile: TaskProfile,
  { language, from }: { readonly language: string; readonly from?: string | undefined },
): { readonly profile: TaskProfile; readonly language: string } {
  const { chinese: request } = profile.translation;
  const isChinese = [language, from].some((tag) => tag?.split('-')[0] === 'zh');
  if (request === undefined || !isChinese) return { profile, language: languageName(language) };
  const translation = { ...profile.translation, request };
  return { profile: { ...profile, translation }, language: languageName(language, 'zh') };
}

/** `language`: the name of the target language. `more`: appended to the request; begins with a space. */
export function translationMessages(
  profile: TaskProfile,
  text: string,
  language: string,
  more = '',
): ChatMessage[] {
  const request = fillTemplate(profile.translation.request, { language }) + more;
  const content = fillTemplate(profile.text, { text: material(profile, text), request });
  return [...systemTurn(profile), { role: 'user', content }];
}

/** `language`: the English name of the target language. `more`: appended to the request; begins with a space. */
export function wordMessages(
  profile: TaskProfile,
  {
    word,
    sentence,
    language,
  }: { readonly word: string; readonly sentence: string; readonly language: string },
  more = '',
): ChatMessage[] {
  const request = fillTemplate(profile.word.request, { word: material(profile, word), language }) + more;
  const content = fillTemplate(profile.text, { text: material(profile, sentence), request });
  return [...systemTurn(profile), { role: 'user', content }];
}

/** An answer with its beginning; after a dash is one blank, and a model that repeats the dash gets one. */
export function withBegun(begun: string, text: string): string {
  if (begun === '' || text.trim() === '') return text;
  if (!begun.endsWith('-')) return (begun + text).trimStart();
  return `${begun} ${text.replace(/^\s*(?:-\s+)?/, '')}`.trimStart();
}

const systemTurn = ({ system }: TaskProfile): ChatMessage[] =>
  system === '' ? [] : [{ role: 'system', content: system }];

function pageQuestion(profile: TaskProfile, page: PromptPage, request: string): string {
  const title = material(profile, page.title);
  const text = material(profile, page.text);
  if (!request.includes(PAGE_PLACE)) return fillTemplate(profile.page, { title, text, request });
  return fillTemplate(request, { page: `${title}\n\n${text}` });
}

const material = ({ tags }: TaskProfile, text: string): string => (tags ? fence(text) : text);

/**
 * Breaks everything that looks like a fence mark, also one with spaces, attributes, full-width brackets or invisible
 * characters: replaces its bracket by ‹.
 */
export function fence(text: string): string {
  return text.replace(
    /[<＜﹤](?=[\s\p{Cf}]*[/／]?[\s\p{Cf}]*(?:p[\s\p{Cf}]*a[\s\p{Cf}]*g[\s\p{Cf}]*e|t[\s\p{Cf}]*e[\s\p{Cf}]*x[\s\p{Cf}]*t)(?![\p{L}\p{N}]))/giu,
    '‹',
  );
}

const NAMES = {
  en: new Intl.DisplayNames(['en'], { type: 'language' }),
  zh: new Intl.DisplayNames(['zh-Hans'], { type: 'language' }),
};

/** `pt-BR` → `Brazilian Portuguese`; a tag that the platform does not know stays as it is. */
export function languageName(tag: string, within: keyof typeof NAMES = 'en'): string {
  try {
    return NAMES[within].of(tag) ?? tag;
  } catch {
    return tag;
  }
}
