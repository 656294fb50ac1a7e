/** Joins records with the items that they answer. Pure. */
import type { AnswerItem } from './items.ts';
import { type AnswerScores, scoresOf } from './metrics/score.ts';
import type { AnswerRecord } from './records.ts';

/** A record with its item and its scores. */
export interface ScoredAnswer {
  readonly record: AnswerRecord;
  readonly item: AnswerItem;
  readonly scores: AnswerScores;
}

export function scoredAnswers(
  records: readonly AnswerRecord[],
  items: readonly AnswerItem[],
): ScoredAnswer[] {
  const known = new Map(items.map((item) => [`${item.task} ${item.id}`, item]));
  return records.flatMap((record) => {
    const item = known.get(`${record.task} ${record.item}`);
    return item === undefined ? [] : [{ record, item, scores: scoresOf(item, record) }];
  });
}
