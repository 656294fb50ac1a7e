/** Turns the sampling of a task profile into the engine's options. */
import type { SamplingOptions } from '../../../engine/index.ts';
import type { Answerer } from '../answerer/answerer.ts';
import type { TaskPrompt } from './task-profile.ts';

/** `model`: what the model's makers recommend in its files; greedy where they recommend nothing. Values are used as they are. */
export function samplingFor(
  sampling: TaskPrompt['sampling'],
  { facts }: Pick<Answerer, 'facts'>,
): SamplingOptions {
  if (typeof sampling === 'object') return sampling;
  const own = sampling === 'model' ? facts.sampling : undefined;
  return own ?? { temperature: 0 };
}
