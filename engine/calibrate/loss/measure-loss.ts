/**
 * Measures how far forms of a model are from the original: all of them read the same passages layer by layer, so that of
 * each form the weights of one layer are on the device at a time. The first form is the original.
 */
import { throwIfAborted } from '../../base/errors.ts';
import type { WeightSource } from '../../runtime/index.ts';
import type { CalibrationBackend, Calibrator, Window } from '../backend.ts';
import { compactEmbedding } from '../compact-embedding.ts';
import type { CalibrationStage } from '../stages.ts';
import { LONGEST } from '../windows.ts';
import { type FormAgreement, agreementMeter, type TopRow, topRow } from './agreement.ts';
import { tensorsOfStage } from './logits-stages.ts';
import texts from './texts.json' with { type: 'json' };

/** Passages of our own, in five languages; no model is calibrated on them. */
export const LOSS_TEXTS: readonly string[] = texts;

/** Ids of a passage that only give the others something to go by. */
const LEAD = 8;
/** Bytes of the logits of a passage at most; with a large vocabulary passages are cut shorter. */
const LOGITS_BYTES = 64 << 20;
const SHORTEST = 2 * LEAD;

/** A form of the model. All forms have the same nodes; types of weights differ. */
export interface ComparedForm {
  /** Of `logitsStages`. */
  readonly stages: readonly CalibrationStage[];
  readonly weights: WeightSource;
}

export interface LossPass {
  /** The original first. */
  readonly forms: readonly [ComparedForm, ...ComparedForm[]];
  readonly windows: readonly Window[];
  /** Opens the device, once for each form. */
  readonly device: Pick<Calibrator, 'open'>;
  /** Called before a stage with the tensors that it reads, which are not needed before. */
  before?(tensors: readonly string[]): Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

/** How the other forms differ from the first. */
export interface MeasuredLoss {
  /** Tokens after which they were compared. */
  readonly tokens: number;
  /** In the order of the forms. */
  readonly forms: readonly FormAgreement[];
}

/** The passages of the measurement, which no model is calibrated on. `encode` gives the ids of a text, from BOS on. */
export function lossWindows(
  encode: (text: string) => readonly number[],
  { vocab, contextLength }: { readonly vocab: number; readonly contextLength: number },
): Window[] {
  const room = Math.floor(LOGITS_BYTES / (4 * vocab));
  const longest = Math.max(SHORTEST, Math.min(LONGEST, contextLength, room));
  return LOSS_TEXTS.map((text) => encode(text).slice(0, longest)).filter(({ length }) => length >= SHORTEST);
}

/** Throws `request-aborted`, and the errors of the device and of the weights. */
export async function measureLoss({
  forms,
  windows,
  device,
  before,
  signal,
}: LossPass): Promise<MeasuredLoss> {
  const [original] = forms;
  const meters = forms.slice(1).map(agreementMeter);
  const rows: TopRow[][] = windows.map(() => []);
  const compared = forms.map(({ stages, weights }) => compactEmbedding(stages, windows, weights));
  const backends: CalibrationBackend[] = [];
  try {
    for (const { windows: own } of compared) backends.push(await device.open(own));
    for (const at of original.stages.keys()) {
      throwIfAborted(signal, 'loss');
      const isLast = at === original.stages.length - 1;
      await before?.(tensorsOfStage(original.stages[at] as CalibrationStage));
      for (const [i, { stages, weights }] of compared.entries()) {
        const stage = stages[at] as CalibrationStage;
        const backend = backends[i] as CalibrationBackend;
        const take = (window: number, logits: Float32Array) => {
          const own = rows[window] as TopRow[];
          for (const [row, one] of scoredRows(logits, windows[window] as Window).entries())
            if (i === 0) own.push(topRow(one));
            else meters[i - 1]?.add(one, own[row] as TopRow);
        };
        // Only the first stage has the embedding with fewer rows; a head may have the same tensor.
        const read = at === 0 ? weights : (forms[i] as ComparedForm).weights;
        await backend.run(stage, read, signal, isLast ? take : undefined);
        backend.drop(stage.drops);
      }
    }
  } finally {
    for (const backend of backends) backend.destroy();
  }
  const tokens = rows.reduce((sum, { length }) => sum + length, 0);
  return { tokens, forms: meters.map((meter) => meter.result()) };
}

/** The rows of logits f32[S, V] after the first {@link LEAD} ids. */
function scoredRows(logits: Float32Array, { length }: Window): Float32Array[] {
  const vocab = logits.length / length;
  return Array.from({ length: length - LEAD }, (_, i) =>
    logits.subarray((LEAD + i) * vocab, (LEAD + i + 1) * vocab),
  );
}
