/** Joins a conversation's page and the texts attached to its questions into the one text that a model reads. */
import { type AttachedText, attachmentFacts } from '../../protocol/files.ts';
import type { Conversation, Job, JobRequest, PageText } from '../../protocol/types.ts';
import type { Store } from './store.ts';
import type { StoredMaterial } from './stored-records.ts';

/** In the place of a page, where a conversation has attached texts only. */
const NO_PAGE: PageText = { url: '', title: '', dir: 'ltr', text: '', source: 'body' };
/** Heads a text without a name; a model reads it, so it is English as prompts are. */
const UNNAMED = 'Attached text';

/**
 * The material of a conversation after `page` and `attached` were brought into it. Undefined if nothing was, so that nothing
 * is stored again.
 */
export function withAttached(
  before: StoredMaterial | undefined,
  page: PageText | undefined,
  attached: readonly AttachedText[] = [],
): StoredMaterial | undefined {
  if (attached.length === 0 && (before?.attached === undefined || page === undefined)) return page;
  return { ...(page ?? before ?? NO_PAGE), attached: [...(before?.attached ?? []), ...attached] };
}

/** The ids of the texts attached to these questions. */
export const attachedTo = (jobs: readonly Job[]): ReadonlySet<string> =>
  new Set(
    jobs
      .flatMap(({ request }) => (request.kind === 'chat' ? (request.attached ?? []) : []))
      .map(({ id }) => id),
  );

/**
 * What a model reads: the page, if the question is about it, and then the attached texts in their order, each under its name.
 * What is attached later stands later, so that places in the text before it stay the same.
 */
export function readingText(
  { attached = [], ...page }: StoredMaterial,
  { withPage, ids }: { withPage: boolean; ids: ReadonlySet<string> },
): PageText | undefined {
  const texts = attached.filter(({ id }) => ids.has(id));
  if (texts.length === 0) return withPage ? page : undefined;
  const base = withPage ? page : { ...NO_PAGE, title: texts[0]!.name ?? UNNAMED };
  let text = base.text;
  const headings = [...(base.headings ?? [])];
  for (const { name = UNNAMED, text: more } of texts) {
    if (text !== '') text += '\n\n';
    headings.push(text.length);
    text += `${name.replace(/\s+/g, ' ')}\n\n${more.trim()}`;
  }
  return { ...base, text, headings };
}

/** The request with the facts of what is attached to it, in the place of those that a page gives. */
export function withFacts(request: JobRequest, attached: readonly AttachedText[] = []): JobRequest {
  if (request.kind !== 'chat') return request;
  const { attached: _, ...asked } = request;
  return attached.length === 0 ? asked : { ...asked, attached: attached.map(attachmentFacts) };
}

/** What a model reads for the last of these jobs: the page unless it is asked without, and what was attached up to it. */
export async function textFor(
  store: Pick<Store, 'material'>,
  { id, page }: Pick<Conversation, 'id' | 'page'>,
  jobs: readonly Job[],
): Promise<PageText | undefined> {
  const request = jobs.at(-1)?.request;
  const withPage = page !== undefined && !(request?.kind === 'chat' && request.alone === true);
  const ids = attachedTo(jobs);
  const material = withPage || ids.size > 0 ? await store.material(id) : undefined;
  return material && readingText(material, { withPage, ids });
}
