/**
 * The needle test: whether a model still finds what is in a text after rows of the text's cache were dropped, and how many
 * rows it can do without. Two texts of some 400 to 700 tokens in five languages have sentences with a number in between; the model
 * is asked for each number before and after its text is packed to fewer and fewer rows.
 *
 * A share of rows passes if the model then finds every number that it finds with all rows, and is as sure of them within
 * {@link MORE_LOSS}. A model that finds few of them with all rows cannot be tested, and keeps all rows.
 */
import texts from '../../calibrate/loss/texts.json' with { type: 'json' };
import { commonPrefix } from '../../kv/cache.ts';
import { score } from '../score/score.ts';
import { type Reading, readRest } from '../read-prompt.ts';
import type { NeedleResult, NeedleTest, Prompt } from '../types.ts';
import { packRows, type PackedReading, type Worth, worthOf } from './pack.ts';

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

/** What the test asks of a model. */
export interface NeedleModel extends PackedReading, Reading {
  encodePrompt(prompt: Prompt): number[];
}

/** Reads and overwrites the cache from row 0 on. Throws `request-aborted`, `prompt-too-long`, and the runtime's errors. */
export async function needleTest(model: NeedleModel, signal?: AbortSignal): Promise<NeedleTest> {
  const shares = [1, ...SHARES];
  const asked = shares.map(() => [] as Answered[]);
  const all = textsOf(model);
  const most = all.reduce((sum, { questions }) => sum + questions.length, 0);
  for (const { length, questions } of all) {
    if (length + model.packer.most > model.cache.capacity) break;
    model.cache.truncate(0);
    const ids = questions[0]?.ids.slice(0, length) ?? [];
    await readRest(model, ids, 'none', signal === undefined ? {} : { signal });
    let worth: Worth | undefined;
    for (const [i, share] of shares.entries()) {
      if (i === 1) worth = await worthOf(model, length, signal);
      if (worth !== undefined) worth = await packRows(model, worth, length, share, signal);
      else if (i > 0) break;
      for (const question of questions) asked[i]?.push(await ask(model, question, signal));
    }
    const missed = asked[0]?.filter(({ found }) => !found).length ?? 0;
    if (missed > (1 - LEAST_FOUND) * most) break;
  }
  model.cache.truncate(0);
  return judged(shares, asked, most);
}

interface Question {
  /** The text, the question and the beginning of the answer. */
  readonly ids: readonly number[];
  /** Ids of the number. */
  readonly answer: readonly number[];
}

interface Answered {
  readonly found: boolean;
  readonly loss: number;
}

/** The texts with their needles; the first `length` ids are the same for all questions about a text. */
function textsOf(
  model: Pick<NeedleModel, 'encode' | 'encodePrompt'>,
): { length: number; questions: readonly Question[] }[] {
  const perText = PASSAGES - 1;
  return Array.from({ length: Math.floor(texts.length / PASSAGES) }, (_, t) => {
    const passages = texts.slice(t * PASSAGES, (t + 1) * PASSAGES);
    const needles = PLACES.slice(t * perText, (t + 1) * perText).map((place, i) => {
      return { place, number: NUMBERS[t * perText + i] as string };
    });
    const said = passages.flatMap((passage, i) => [passage, ...needles.slice(i, i + 1).map(sentence)]);
    const questions = needles.map(({ place, number }): Question => {
      const begun = `The key of the ${place} has the number`;
      const content = `${said.join(' ')}\n\nWhich number has the key of the ${place}?`;
      const ids = model.encodePrompt({ kind: 'messages', messages: [{ role: 'user', content }], begun });
      return { ids, answer: model.encode(` ${number}`) };
    });
    const [first, ...others] = questions.map(({ ids }) => ids) as [number[], ...number[][]];
    return { length: Math.min(...others.map((ids) => commonPrefix(first, ids))), questions };
  });
}

const sentence = ({ place, number }: { place: string; number: string }) =>
  `The key of the ${place} has the number ${number}.`;

async function ask(
  model: NeedleModel,
  { ids, answer }: Question,
  signal: AbortSignal | undefined,
): Promise<Answered> {
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
  asked: readonly (readonly Answered[])[],
  needles: number,
): NeedleTest {
  const results = shares.map((share, i): NeedleResult => {
    const all = asked[i] ?? [];
    const loss = all.reduce((sum, one) => sum + one.loss, 0) / Math.max(1, all.length);
    return { share, found: all.filter((one) => one.found).length, loss };
  });
  const [whole] = results as [NeedleResult];
  const lost = results.findIndex(({ loss }, i) => {
    const all = asked[i] ?? [];
    const missesOne = asked[0]?.some(({ found }, j) => found && all[j]?.found !== true) === true;
    return i > 0 && (all.length < needles || missesOne || loss > whole.loss + MORE_LOSS);
  });
  const passed = lost < 0 ? results : results.slice(0, lost);
  const isTested = whole.found >= LEAST_FOUND * needles;
  return { needles, results, share: isTested ? (passed.at(-1)?.share ?? 1) : 1 };
}
