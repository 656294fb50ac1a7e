/** What became of probe dialogues: how a model's template treats the parts of a dialogue, or why it cannot run. */
import { EngineError } from '../../base/errors.ts';
import { placeOf } from '../jinja/place.ts';
import type { TemplateMessage } from '../mark-content.ts';
import { ANSWER, NEXT, PROBE, QUESTION } from './probe.ts';

/** A part of a dialogue that a template leaves out or refuses: the system text, or earlier questions and answers. */
export type DialoguePart = 'system' | 'earlier';

/** Plain data, which is stored with the model. */
export interface TemplateOutcome {
  /**
   * The model's own template: rendered the probe dialogue; refused a plain question by its own words; failed, since the
   * interpreter cannot run it; or is absent.
   */
  readonly own: 'rendered' | 'refused' | 'failed' | 'absent';
  /** Name of the known format that is used in place of a template that failed or is absent. Absent: contents are joined. */
  readonly standIn?: string;
  /** What the template in use has no place for. */
  readonly without?: readonly DialoguePart[];
  /** The words of the refusal or of the interpreter. */
  readonly problem?: string;
  /** Where in the template, from 1, and what stands there. */
  readonly line?: number;
  readonly near?: string;
}

/** What a model's files say of dialogues. */
export interface DialogueReport extends TemplateOutcome {
  /** Neither the files nor the template name a token that ends an answer. */
  readonly endless?: true;
}

const LONGEST = 300;
const SYSTEM: TemplateMessage = { role: 'system', content: 'Zq7system' };

type Render = (messages: readonly TemplateMessage[]) => string;

/** Tries a template on a plain question. `render` throws as the interpreter does. Throws `model-limit`. */
export function tryTemplate(
  render: Render,
  isRefusal: (error: unknown) => boolean,
): Pick<TemplateOutcome, 'own' | 'problem' | 'line' | 'near'> {
  try {
    render([QUESTION]);
    return { own: 'rendered' };
  } catch (error) {
    if (error instanceof EngineError) throw error;
    const problem = (error instanceof Error ? error.message : String(error)).slice(0, LONGEST);
    return { own: isRefusal(error) ? 'refused' : 'failed', problem, ...placeOf(error) };
  }
}

/** The parts that a template which renders a plain question has no place for. Throws `model-limit`. */
export function partsLeftOut(render: Render): DialoguePart[] {
  const shows = (messages: readonly TemplateMessage[], words: readonly string[]) => {
    try {
      const text = render(messages);
      return words.every((word) => text.includes(word));
    } catch (error) {
      if (error instanceof EngineError) throw error;
      return false;
    }
  };
  const system = shows([SYSTEM, QUESTION], [SYSTEM.content, PROBE.question]);
  const earlier = shows([QUESTION, ANSWER, NEXT], [PROBE.question, PROBE.answer, PROBE.next]);
  return [...(system ? [] : (['system'] as const)), ...(earlier ? [] : (['earlier'] as const))];
}

const OWN: readonly unknown[] = ['rendered', 'refused', 'failed', 'absent'];
const PARTS: readonly unknown[] = ['system', 'earlier'];

/** Reads a stored report; undefined for anything else. */
export function readReport(stored: unknown): DialogueReport | undefined {
  if (typeof stored !== 'object' || stored === null) return undefined;
  const { own, standIn, without, problem, line, near, endless } = stored as Readonly<Record<string, unknown>>;
  const isText = (x: unknown): boolean => x === undefined || (typeof x === 'string' && x.length <= LONGEST);
  const isFit =
    OWN.includes(own) &&
    [standIn, problem, near].every(isText) &&
    (line === undefined || Number.isSafeInteger(line)) &&
    (without === undefined || (Array.isArray(without) && without.every((part) => PARTS.includes(part)))) &&
    (endless === undefined || endless === true);
  return isFit ? (stored as DialogueReport) : undefined;
}
