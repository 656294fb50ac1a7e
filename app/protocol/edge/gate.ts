/**
 * What every message from outside the worker passes before anything acts on it: may a sender of this role send it
 * (permissions.ts), does it have the form of such a message (request-schemas.ts), and does the sender own the job that it
 * names. On the way out, a web page receives the events of its own jobs and nothing else.
 */
import type * as v from 'valibot';
import { EngineError } from '../../../engine/index.ts';
import { AppError } from '../errors.ts';
import type { ClientRequest, RequestKind, ServerEvent, Topic, TopicKind } from '../requests.ts';
import { ownerOf, type Sender } from '../sender.ts';
import type { Gate } from '../server.ts';
import type { Job } from '../types.ts';
import { checked, described } from './check.ts';
import { requestAccess, topicAccess } from './permissions.ts';
import { requestSchemas, webPageSchemas } from './request-schemas.ts';

/** Resolves to the job with this id; to undefined if there is none. */
export type FindJob = (id: string) => Promise<Pick<Job, 'owner'> | undefined>;

export function createGate(find: FindJob): Gate {
  const owns = async (job: string, sender: Sender): Promise<boolean> => {
    const owner = ownerOf(sender);
    return owner !== undefined && (await find(job))?.owner === owner;
  };
  return {
    read,
    async admit(request, sender) {
      if (requestAccess[request.kind][sender.role] !== 'own-jobs' || !('job' in request)) return;
      // The same words for a job that does not exist: a page learns nothing about other ids.
      if (!(await owns(request.job, sender)))
        throw notAllowed(sender, request.kind, 'a job of this document');
    },
    async mayWatch(topic, sender) {
      const access = topicAccess[topicKind(topic)][sender.role];
      return access === 'own-jobs' ? owns(idOf(topic), sender) : access === 'all';
    },
    notAllowed,
    shown,
  };
}

function read(message: unknown, sender: Sender): ClientRequest {
  const kind = kindOf(message);
  if (requestAccess[kind][sender.role] === 'none') throw notAllowed(sender, kind, 'a page of Linnet');
  const narrower: { readonly [K in RequestKind]?: v.GenericSchema } =
    sender.role === 'own-page' ? {} : webPageSchemas;
  const schema = narrower[kind] ?? requestSchemas[kind];
  return { kind, ...(checked(schema, message, `the request ${kind}`) as object) } as ClientRequest;
}

function kindOf(message: unknown): RequestKind {
  const kind: unknown = typeof message === 'object' && message !== null && 'kind' in message && message.kind;
  if (typeof kind === 'string' && Object.hasOwn(requestSchemas, kind)) return kind as RequestKind;
  // For a moment after an update, a page of the older version may still send its requests.
  const got = typeof kind === 'string' ? kind.slice(0, 40) : described(message);
  throw new EngineError('request-invalid', { who: 'Linnet', message: 'there is no such request', got });
}

function notAllowed({ role }: Sender, what: string, expected: string): AppError {
  const message = `${ROLES[role]} may not ask for this: ${what}`;
  return new AppError('request-refused', { who: 'Linnet', message, expected, got: ROLES[role] });
}

const ROLES = {
  'own-page': 'a page of Linnet',
  'web-page': 'a web page',
  unknown: 'an unknown sender',
} as const;

/** The event as this sender receives it; undefined if it is not for it. */
function shown(event: ServerEvent, { role }: Sender): ServerEvent | undefined {
  if (role === 'own-page') return event;
  if (role === 'unknown') return undefined;
  if (event.kind === 'job') return { kind: 'job', job: forWebPage(event.job) };
  return event.kind === 'delta' || event.kind === 'languages' ? event : undefined;
}

/**
 * A job without what its page has no use for. Of a person's glossary it learns only which terms of its own text the
 * translation lacks; the host of a person's server, whether the window is private, or its site is never kept, it does not learn.
 */
function forWebPage({ owner: _, tab: __, conversation: ___, inMemory: ____, ...given }: Job): Job {
  const job: Job = given.server === undefined ? given : withoutHost(given);
  if (job.kind !== 'translation' || job.terms === undefined) return job;
  const missed = job.terms.filter(({ kept }) => !kept).map(({ term, kept }) => ({ term, kept }));
  return { ...job, terms: missed };
}

/** That text left the device a page learns, not for where; an error names the host, too. */
function withoutHost<J extends Job>(job: J): J {
  const { progress } = job;
  if (progress.phase !== 'failed') return { ...job, server: {} };
  const { code } = progress.error;
  return { ...job, server: {}, progress: { ...progress, error: { code, who: 'server', message: code } } };
}

const topicKind = (topic: Topic): TopicKind => topic.split(':', 1)[0] as TopicKind;
const idOf = (topic: Topic): string => topic.slice(topic.indexOf(':') + 1);
