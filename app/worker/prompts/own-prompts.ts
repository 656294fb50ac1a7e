/**
 * The requests of a profile as a person reads and changes them. A change belongs to a profile and a task; what is not
 * changed stays as the profile has it, also after an update. Pure.
 */
import { fail } from '../../../engine/index.ts';
import type { TaskPromptText } from '../../protocol/task-prompts.ts';
import type { SummaryLength, SummaryType, ChangedPrompts, TaskName } from '../../protocol/types.ts';
import type { TaskProfile, TaskPrompt } from './task-profile.ts';

/** What a request must contain. */
const PLACES: Readonly<Partial<Record<TaskName, string>>> = { translation: '{language}' };

/** All requests of a profile but that of chats, which is the person's question. */
export function taskPrompts(
  profile: TaskProfile,
  changed: ChangedPrompts[string] = {},
): readonly TaskPromptText[] {
  return [...originals(profile)].map(([task, original]) => {
    const text = changed[task];
    const place = PLACES[task];
    const known = place === undefined ? { task } : { task, place };
    return text === undefined ? { ...known, text: original } : { ...known, text, original };
  });
}

/** The profile with the person's words in place of its own. */
export function withOwnPrompts(profile: TaskProfile, changed: ChangedPrompts[string] = {}): TaskProfile {
  if (Object.keys(changed).length === 0) return profile;
  const worded = <P extends Pick<TaskPrompt, 'request'>>(task: TaskName, prompt: P): P => ({
    ...prompt,
    request: changed[task] ?? prompt.request,
  });
  const byLength = (type: SummaryType) =>
    mapped(profile.summary[type], (prompt, length: SummaryLength) => worded(`${type}.${length}`, prompt));
  // A person's own words take the place of those in Chinese too.
  const { chinese: _, ...alone } = profile.translation;
  return {
    ...profile,
    summary: mapped(profile.summary, (_, type: SummaryType) => byLength(type)),
    notes: worded('notes', profile.notes),
    translation: changed.translation === undefined ? profile.translation : worded('translation', alone),
  };
}

/**
 * The changes with one more; `text` undefined: the profile's own request again. Throws `request-invalid` for an empty
 * request, or one that lacks its place.
 */
export function changePrompt(
  changed: ChangedPrompts,
  profile: TaskProfile,
  task: TaskName,
  text: string | undefined,
): ChangedPrompts {
  const { [task]: _, ...rest } = changed[profile.id] ?? {};
  const trimmed = text?.trim();
  if (trimmed === undefined || trimmed === originals(profile).get(task))
    return { ...changed, [profile.id]: rest };
  const place = PLACES[task] ?? '';
  if (trimmed === '' || !trimmed.includes(place)) {
    fail('request-invalid', {
      who: 'prompts',
      message: 'this request cannot be used',
      expected: place === '' ? 'some words' : `a text with ${place}`,
      got: trimmed,
      where: task,
    });
  }
  return { ...changed, [profile.id]: { ...rest, [task]: trimmed } };
}

function originals({ summary, notes, translation }: TaskProfile): Map<TaskName, string> {
  const found = new Map<TaskName, string>();
  for (const [type, lengths] of Object.entries(summary) as [SummaryType, (typeof summary)[SummaryType]][])
    for (const [length, { request }] of Object.entries(lengths) as [SummaryLength, TaskPrompt][])
      found.set(`${type}.${length}`, request);
  return found.set('notes', notes.request).set('translation', translation.request);
}

const mapped = <K extends string, A, B>(of: Readonly<Record<K, A>>, change: (value: A, key: K) => B) =>
  Object.fromEntries(Object.entries(of).map(([key, value]) => [key, change(value as A, key as K)])) as Record<
    K,
    B
  >;
