/** Records of the database that have fields beside those of the protocol. */
import type { Conversation, Job } from '../../protocol/types.ts';

export interface StoredConversation extends Conversation {
  /** Milliseconds since 1970; a deleted conversation is in no list, and is removed for good a little later. */
  readonly deletedAt?: number;
}

export type StoredJob = Job & {
  /** `updatedAt` of a job that belongs to no conversation: only such jobs are in the index of this key. */
  readonly looseAt?: number;
};

export const toStoredJob = (job: Job): StoredJob =>
  job.conversation === undefined ? { ...job, looseAt: job.updatedAt } : job;
