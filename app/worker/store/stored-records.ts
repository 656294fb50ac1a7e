/** Records of the database that have fields beside those of the protocol. */
import type { AttachedText } from '../../protocol/files.ts';
import type { Conversation, Job, PageText } from '../../protocol/types.ts';

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

/** The text of a conversation's page, which is empty where it has none, and the texts attached to its questions. */
export interface StoredMaterial extends PageText {
  readonly attached?: readonly AttachedText[];
}
