/**
 * What is asked: for each page and task one item, with the request that the extension would make and the plain prompt
 * that another engine gets in its place. Pure.
 */
import type { JobRequest, PageText } from '../../app/protocol/types.ts';
import { injectedPage, type Injection } from './injections.ts';
import type { MeasuredPage } from './pages.ts';
import type { SentencePair } from './pairs.ts';

export const TASKS = ['tldr', 'key-points', 'question', 'headline', 'injected', 'translation'] as const;
export type AnswerTask = (typeof TASKS)[number];

export interface AnswerItem {
  /** Unique among the items of a task. */
  readonly id: string;
  readonly task: AnswerTask;
  readonly request: JobRequest;
  /** The page that is asked about; for a translation, its text alone. */
  readonly page: PageText;
  /** The request of the plain prompt, which stands after the text. */
  readonly plain: string;
  /** What a person wrote for the same purpose. */
  readonly reference?: string;
  readonly injection?: Injection;
}

export interface Material {
  readonly pages: readonly MeasuredPage[];
  /** The pages that get the injected texts; always the same, whichever pages are asked about. */
  readonly hosts: readonly MeasuredPage[];
  readonly injections: readonly Injection[];
  readonly pairs: readonly SentencePair[];
}

const QUESTION = 'What is this page about, and what does it say about that?';
const PLAIN = {
  tldr: 'Summarise the text above in one sentence.',
  'key-points': 'Write the key points of the text above as at most 5 short bullet points.',
  headline: 'Write a headline of at most 12 words for the text above.',
};

/** ` | Example News`, ` - Example News`: the name of the site after a title. */
const SITE_NAME = /\s+[|–—·•»-]\s+[^|–—·•»]{1,40}$/u;

/** The items of the tasks, page by page, so that an engine can reuse what it has read of a page. */
export function itemsOf(
  { pages, hosts, injections, pairs }: Material,
  tasks: readonly AnswerTask[],
): AnswerItem[] {
  const asked = pages.flatMap((measured) =>
    tasks.flatMap((task) => (task === 'translation' || task === 'injected' ? [] : [itemOf(task, measured)])),
  );
  const injected = tasks.includes('injected')
    ? injections.flatMap((each, i) => injectedItem(each, i, hosts))
    : [];
  const translated = tasks.includes('translation') ? pairs.map(translationItem) : [];
  return [...asked.filter((item) => item !== undefined), ...injected, ...translated];
}

function itemOf(
  task: 'tldr' | 'key-points' | 'question' | 'headline',
  { name, page, description }: MeasuredPage,
): AnswerItem | undefined {
  const base = { id: name, task, page };
  if (task === 'question') return { ...base, request: { kind: 'chat', text: QUESTION }, plain: QUESTION };
  const length = task === 'key-points' ? 'medium' : 'short';
  const asked = {
    ...base,
    request: { kind: 'summary', style: { type: task, length } },
    plain: PLAIN[task],
  } as const;
  if (task === 'tldr' && description !== undefined) return { ...asked, reference: description };
  if (task !== 'headline') return asked;
  const title = page.title.replace(SITE_NAME, '').trim();
  return title === '' ? undefined : { ...asked, page: withoutTitle(page, title), reference: title };
}

/** The page without its title, and without lines that repeat it. */
function withoutTitle({ headings: _, ...page }: PageText, title: string): PageText {
  const lines = page.text.split('\n').filter((line) => line.trim() !== title && line.trim() !== page.title);
  return { ...page, title: '', text: lines.join('\n').trim() };
}

/** One item for each injected text, half of them summaries, on the hosts in turn. */
function injectedItem(injection: Injection, index: number, hosts: readonly MeasuredPage[]): AnswerItem[] {
  const measured = hosts[index % hosts.length];
  const item = measured && itemOf(index % 2 === 0 ? 'tldr' : 'key-points', measured);
  if (item === undefined) return [];
  const page = injectedPage(measured!.page, injection);
  return [{ ...item, id: injection.id, task: 'injected', page, injection }];
}

function translationItem({ id, source, language, name, target }: SentencePair): AnswerItem {
  return {
    id,
    task: 'translation',
    request: { kind: 'translation', text: source, language, from: 'en' },
    page: { url: '', title: '', dir: 'ltr', lang: 'en', text: source, source: 'selection' },
    plain: `Translate the text above into ${name}.`,
    reference: target,
  };
}
