/**
 * Builds the messages for the model. The sentences in prompts.json must not change: the demo model was trained on them.
 * Sentences that it was not trained on are in prompts-general.json.
 *
 * The page comes first and whole in the conversation's first question, so all requests about it share one prefix in the
 * engine's cache. The text of a page or selection is untrusted: it is put between <page> or <text> marks, and
 * look-alikes of those marks inside it are broken, so that it cannot end its own fence.
 */
import type { ChatMessage } from '../../../engine/index.ts';
import type { SummaryStyle } from '../../protocol/types.ts';
import { UNKNOWN } from './page-language.ts';
import general from './prompts-general.json' with { type: 'json' };
import prompts from './prompts.json' with { type: 'json' };

export interface PromptPage {
  readonly title: string;
  readonly text: string;
}

/** A question and its answer; the last one has none. */
export interface PromptTurn {
  readonly request: string;
  readonly answer?: string;
}

/** `language`: BCP 47, or {@link UNKNOWN} for the page's language; if absent, the request names none. */
export function summaryRequest({ type, length }: SummaryStyle, language?: string): string {
  const asked = type === 'teaser' ? general.teaser[length] : prompts.summarise[type][length];
  if (language === undefined) return asked;
  if (language === UNKNOWN) return `${asked} ${general['same-language']}`;
  return `${asked} ${fillTemplate(general.language, { language: languageName(language) })}`;
}

export function chatMessages(turns: readonly PromptTurn[], page?: PromptPage): ChatMessage[] {
  const messages: ChatMessage[] = [{ role: 'system', content: prompts.system }];
  turns.forEach(({ request, answer }, index) => {
    const content = index === 0 && page !== undefined ? pageQuestion(page, request) : request;
    messages.push({ role: 'user', content });
    if (answer !== undefined) messages.push({ role: 'assistant', content: answer });
  });
  return messages;
}

/** `language`: the English name of the target language. `more`: appended to the request; begins with a space. */
export function translationMessages(text: string, language: string, more = ''): ChatMessage[] {
  const request = fillTemplate(prompts.translate, { language }) + more;
  return [
    { role: 'system', content: prompts.system },
    { role: 'user', content: fillTemplate(prompts.selection, { text: fence(text), request }) },
  ];
}

function pageQuestion({ title, text }: PromptPage, request: string): string {
  return fillTemplate(prompts.page, { title: fence(title), text: fence(text), request });
}

/** Replaces all placeholders in one pass, so that `{text}` inside a title stays as it is. */
export function fillTemplate(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

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

const names = new Intl.DisplayNames(['en'], { type: 'language' });

/** `pt-BR` → `Brazilian Portuguese`; a tag that the platform does not know stays as it is. */
export function languageName(tag: string): string {
  try {
    return names.of(tag) ?? tag;
  } catch {
    return tag;
  }
}
