/** Formats a conversation as a file: Markdown for people, JSON for programs. Pure. */
import { questionText } from '../../../text/question-text.ts';
import { date, t } from '../../../i18n/index.ts';
import type { Transcript } from '../../../protocol/requests.ts';
import type { Job, JobRequest } from '../../../protocol/types.ts';

/** Version of the JSON format; raised when a reader of older files would misread the new ones. */
const FORMAT_VERSION = 1;

/** Returns the branch that is shown, in the order of its questions. */
export function asMarkdown({ conversation, jobs }: Transcript): string {
  const { title, page, createdAt } = conversation;
  const byId = new Map(jobs.map((job) => [job.id, job]));
  const shown = conversation.jobs.map((id) => byId.get(id)).filter((job) => job !== undefined);
  const about = page === undefined ? [] : [`${t('export-page')}: ${link(page)}`];
  return `${[
    `# ${oneLine(title) || t('untitled-conversation')}`,
    [...about, date(createdAt)].join(' · '),
    ...shown.flatMap(turn),
  ].join('\n\n')}\n`;
}

function turn({ request, text, model }: Job): string[] {
  const answered = model === undefined ? t('export-answered') : `${t('export-answered')} (${oneLine(model)})`;
  const quoted = question(request)
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n');
  return [`**${t('export-asked')}**`, quoted, `**${answered}**`, text.trim() || '…'];
}

function question(request: JobRequest): string {
  if (request.kind === 'chat' && request.attached !== undefined) {
    const names = request.attached.map(({ name }) => oneLine(name ?? t('attached-paste')));
    return `${questionText(request)}\n\n(${t('attached-list')}: ${names.join(', ')})`;
  }
  if (request.kind !== 'summary') return questionText(request);
  return `${t(`type-${request.style.type}`)} · ${t(`length-${request.style.length}`)}`;
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

function link({ title, url }: { title: string; url: string }): string {
  const name = oneLine(title).replace(/[[\]\\]/g, '\\$&') || url;
  return `[${name}](<${url.replaceAll('>', '%3E')}>)`;
}

/** Returns every branch, without the text of the page. */
export function asJson({ conversation, jobs }: Transcript): string {
  const { title, page, createdAt, updatedAt } = conversation;
  const about = page === undefined ? undefined : { url: page.url, title: page.title };
  const file = {
    format: FORMAT_VERSION,
    title,
    page: about,
    createdAt: new Date(createdAt).toISOString(),
    updatedAt: new Date(updatedAt).toISOString(),
    shown: conversation.jobs,
    branches: conversation.branches ?? [conversation.jobs],
    turns: jobs.map(({ id, request, text, progress, model, tokens, createdAt: askedAt }) => ({
      id,
      ask: request,
      answer: text,
      status: progress.phase,
      model,
      tokens,
      askedAt: new Date(askedAt).toISOString(),
    })),
  };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

/** Returns a file name made from a title, without characters that any operating system forbids. */
export function fileName(title: string, ending: string): string {
  const name = oneLine(title.replace(/[\p{Cc}\p{Cf}<>:"/\\|?*]/gu, ' '))
    .slice(0, 80)
    .replace(/^\.+|[. ]+$/g, '');
  return `${name || 'linnet'}.${ending}`;
}
