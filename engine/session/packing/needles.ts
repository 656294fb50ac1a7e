/**
 * The needle test: whether a model still finds what is in a text after rows of the text's cache were dropped, and how many
 * rows it can do without. Texts of some 500 tokens in five languages have sentences with a number in between; the model
 * is asked for each number before and after its text is packed to fewer and fewer rows.
 *
 * A share of rows passes if the model then finds every number that it finds with all rows, and is as sure of them within
 * {@link MORE_LOSS}. A model that finds few of them with all rows cannot be tested, and keeps all rows.
 */
import texts from '../../calibrate/loss/texts.json' with { type: 'json' };
import { commonPrefix } from '../../kv/cache.ts';
import { score } from '../score/score.ts';
import { type Reading, readRest } from '../read-prompt.ts';
import type { Prompt } from '../types.ts';
import { packRows, type PackedReading, worthOf } from './pack.ts';

/** Shares of the rows that are tried, the most first: each text is packed further and further. */
const SHARES = [0.7, 0.5, 0.3] as const;
/** Passages of a text; a needle follows each but the last. */
const PASSAGES = 4;
const PLACES = ['lighthouse', 'museum', 'harbour', 'library', 'bakery', 'chapel'] as const;
const NUMBERS = ['4821', '7305', '2968', '5147', '8630', '3492'] as const;
/** Share of the needles that must be found with all rows. */
const LEAST_FOUND = 0.8;
/** Nats a needle by which the mean loss may grow. */
const MORE_LOSS = 0.05;

/** What the model answered with a share of the rows. */
export interface NeedleResult {
  readonly share: number;
  /** Needles of which each token was the likeliest. */
  readonly found: number;
  /** Mean negative log-likelihood of a needle, in nats. */
  readonly loss: number;
}

export interface NeedleTest {
  /** Number of needles. */
  readonly needles: number;
  /** With all rows first, then with fewer and fewer. */
  readonly results: readonly NeedleResult[];
  /** The smallest share that passed; 1 where none did. */
  readonly share: number;
}

/** What the test asks of a model. */
export interface NeedleModel extends PackedReading, Reading {
  encodePrompt(prompt: Prompt): number[];
}

/** Reads and overwrites the cache from row 0 on. Throws `request-aborted`, `prompt-too-long`, and the runtime's errors. */
export async function needleTest(
  model: NeedleModel,
  signal?: AbortSignal,
  onStep?: (done: number, total: number) => void,
): Promise<NeedleTest> {
  const shares = [1, ...SHARES];
  const asked = shares.map(() => [] as { found: boolean; loss: number }[]);
  const count = Math.floor(texts.length / PASSAGES);
  const perText = PASSAGES - 1;
  let done = 0;
  for (let t = 0; t < count; t++) {
    const needles = PLACES.slice(t * perText, (t + 1) * perText).map((place, i) => {
      return { place, number: NUMBERS[t * perText + i] as string };
    });
    const passages = texts.slice(t * PASSAGES, (t + 1) * PASSAGES);
    const said = passages.flatMap((passage, i) => [passage, ...needles.slice(i, i + 1).map(sentence)]);
    const questions = needles.map(({ place, number }) => {
      const begun = `The key of the ${place} has the number`;
      const content = `${said.join(' ')}\n\nWhich number has the key of the ${place}?`;
      const ids = model.encodePrompt({ kind: 'messages', messages: [{ role: 'user', content }], begun });
      return { ids, answer: model.encode(` ${number}`) };
    });
    const [first, second] = questions as [(typeof questions)[number], (typeof questions)[number]];
    const length = commonPrefix(first.ids, second.ids);
    model.cache.truncate(0);
    await readRest(model, first.ids.slice(0, length), 'none', {
      ...(signal === undefined ? {} : { signal }),
    });
    let worth = await worthOf(model, length, signal);
    for (const [i, share] of shares.entries()) {
      if (worth === undefined) break;
      if (share < 1) worth = await packRows(model, worth, length, share, signal);
      for (const question of questions) asked[i]?.push(await ask(model, question, signal));
      onStep?.(++done, count * shares.length);
    }
  }
  model.cache.truncate(0);
  return judged(shares, asked);
}

const sentence = ({ place, number }: { place: string; number: string }) =>
  `The key of the ${place} has the number ${number}.`;

async function ask(
  model: NeedleModel,
  { ids, answer }: { ids: readonly number[]; answer: readonly number[] },
  signal: AbortSignal | undefined,
): Promise<{ found: boolean; loss: number }> {
  const logits = await score(model, [...ids, ...answer.slice(0, -1)], ids.length - 1, signal);
  let [found, loss] = [true, 0];
  answer.forEach((id, i) => {
    const row = logits[i] as Float32Array;
    const largest = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    const sum = row.reduce((all, x) => all + Math.exp(x - largest), 0);
    found &&= row[id] === largest;
    loss += Math.log(sum) + largest - (row[id] as number);
  });
  return { found, loss };
}

function judged(
  shares: readonly number[],
  asked: readonly (readonly { found: boolean; loss: number }[])[],
): NeedleTest {
  const results = shares.flatMap((share, i): NeedleResult[] => {
    const all = asked[i] ?? [];
    if (all.length === 0) return [];
    const loss = all.reduce((sum, one) => sum + one.loss, 0) / all.length;
    return [{ share, found: all.filter((one) => one.found).length, loss }];
  });
  const needles = asked[0]?.length ?? 0;
  const [whole, ...fewer] = results;
  if (whole === undefined || whole.found < LEAST_FOUND * needles) return { needles, results, share: 1 };
  const lost = fewer.findIndex(
    (_, i) => !passes(asked[0] ?? [], asked[i + 1] ?? [], (fewer[i]?.loss ?? 0) - whole.loss),
  );
  const passed = lost < 0 ? fewer : fewer.slice(0, lost);
  return { needles, results, share: passed.at(-1)?.share ?? 1 };
}

function passes(
  whole: readonly { found: boolean }[],
  fewer: readonly { found: boolean }[],
  more: number,
): boolean {
  return more <= MORE_LOSS && whole.every(({ found }, i) => !found || fewer[i]?.found === true);
}
