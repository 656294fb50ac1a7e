/** Sends requests that write something, and enters in the ledger how they ended. */
import type { Reply, RequestKind, Send } from '../../app/protocol/requests.ts';
import type { Ledger, Write } from './ledger.ts';
import { type Ask, jobKey, titleOf, wordsOf } from './listing.ts';

/** Sends a request that writes `values`; returns the reply where there was one. */
export async function write<K extends RequestKind>(
  ask: Ask,
  ledger: Ledger,
  values: Write,
  [kind, send]: readonly [K, Send<K>],
): Promise<Reply<K> | undefined> {
  ledger.begin(values);
  const outcome = await ask(kind, send);
  if (outcome.kind !== 'acknowledged') return undefined;
  ledger.acknowledge(values);
  return outcome.value;
}

export type JobKind = 'chat' | 'summarise' | 'edit';

/** Asks for a job in a conversation, and enters both where the request was acknowledged. */
export async function startJob(
  ask: Ask,
  ledger: Ledger,
  kind: JobKind,
  send: Send<JobKind>,
): Promise<{ job: string; conversation: string } | undefined> {
  const outcome = await ask(kind, send as Send<'chat'>);
  if (outcome.kind !== 'acknowledged') return undefined;
  const { job, conversation = '' } = outcome.value;
  const key = `conversation/${conversation}`;
  const begun = ledger.value(key) === undefined ? { [key]: 'listed', [`${key}/title`]: titleOf(send) } : {};
  ledger.acknowledge({ ...begun, [jobKey(conversation, job)]: wordsOf(send) });
  return { job, conversation };
}
