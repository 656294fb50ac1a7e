/** Reads back all that the product lists, by the keys of the ledger. */
import type { Reply, RequestKind, Send } from '../../app/protocol/requests.ts';
import type { Job, Settings } from '../../app/protocol/types.ts';
import type { Outcome } from './in-page.ts';
import type { Ledger } from './ledger.ts';

export type Ask = <K extends RequestKind>(kind: K, send: Send<K>) => Promise<Outcome<Reply<K>>>;

export const jobKey = (conversation: string, job: string): string =>
  `conversation/${conversation}/job/${job}`;

/** What a person asked for. */
const askedFor = ({ request }: Pick<Job, 'request'>): string =>
  request.kind === 'chat' ? request.text : request.kind;

/** What a request asks for, as {@link askedFor} finds it. */
export function wordsOf(send: Send<'chat'> | Send<'summarise'> | Send<'edit'>): string {
  return 'request' in send ? askedFor(send) : send.text;
}

/** The title that a request gives to its new conversation. */
export function titleOf(send: Send<'chat'> | Send<'summarise'> | Send<'edit'>): string {
  if (!('request' in send)) return '';
  return send.request.kind === 'chat' ? send.request.text : (send.target.page?.title ?? '');
}

/** Sends a request that must be answered; throws if it is not. */
export async function must<K extends RequestKind>(ask: Ask, kind: K, send: Send<K>): Promise<Reply<K>> {
  const outcome = await ask(kind, send);
  if (outcome.kind === 'acknowledged') return outcome.value;
  throw new Error(`${kind}: ${outcome.kind === 'refused' ? outcome.message : 'the connection ended'}`);
}

/** Conversations with their jobs and complete answers, terms, settings and prompts; throws if a list is not answered. */
export async function listed(ask: Ask, ledger: Ledger): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const { id, title } of await must(ask, 'conversations', { limit: 100_000 })) {
    found.set(`conversation/${id}`, 'listed');
    found.set(`conversation/${id}/title`, title);
  }
  for (const { conversation, job } of await storedJobs(ask, ledger)) {
    const key = jobKey(conversation, job.id);
    found.set(key, askedFor(job));
    if (job.progress.phase === 'done') found.set(`${key}/answer`, job.text);
  }
  for (const { from = '', to, term, translation } of await must(ask, 'glossary', {}))
    found.set(`term/${from}>${to}/${term}`, translation);
  addSettings(found, await must(ask, 'settings', {}));
  return found;
}

/** The jobs of all conversations of the ledger; those of one that is refused are missing. */
export async function storedJobs(ask: Ask, ledger: Ledger): Promise<{ conversation: string; job: Job }[]> {
  const ids = ledger.keys('conversation/').flatMap((key) => {
    const [, id, ...rest] = key.split('/');
    return id === undefined || rest.length > 0 ? [] : [id];
  });
  const read = await Promise.all(ids.map((conversation) => ask('transcript', { conversation })));
  return read.flatMap((outcome, i) =>
    outcome.kind === 'acknowledged' ? outcome.value.jobs.map((job) => ({ conversation: ids[i]!, job })) : [],
  );
}

function addSettings(found: Map<string, string>, settings: Settings): void {
  const { taskPrompts = {}, ...rest } = settings;
  for (const [name, value] of Object.entries(rest)) found.set(`setting/${name}`, JSON.stringify(value));
  for (const [profile, tasks] of Object.entries(taskPrompts))
    for (const [task, text] of Object.entries(tasks)) found.set(`prompt/${profile}/${task}`, text as string);
}
