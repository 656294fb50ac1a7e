/** What a person without a model gets of real pages, by the measures of docs/ANSWERS.md. */
import { beforeAll, expect, test } from 'vitest';
import { describeWithAssets, onDemand } from '../../testing/assets.ts';
import { INJECTIONS } from '../injections.ts';
import { type AnswerTask, itemsOf } from '../items.ts';
import { meanOf, type MeanScores, scoresOf } from './score.ts';
import { leadWriter, quotingWriter } from '../page-writer.ts';
import { type MeasuredPage, readPages } from '../pages.ts';
import type { AnswerWriter } from '../writer.ts';

describeWithAssets('the sentences of real pages', ['pages/readability'], (folder) => {
  let pages: MeasuredPage[] = [];
  beforeAll(() => {
    // Nine seconds of a processor.
    if (onDemand === undefined) pages = readPages(folder);
  });

  async function measured(writer: AnswerWriter, task: AnswerTask): Promise<MeanScores> {
    const hosts = pages.filter(({ page }) => page.text.length < 3000).slice(0, 2);
    const items = itemsOf({ pages, hosts, injections: INJECTIONS, pairs: [] }, [task]);
    const scores = items.map(async (item) => scoresOf(item, (await writer.write(item))!));
    return meanOf(await Promise.all(scores));
  }

  /** Every answer has its form; nothing is invented, leaked or obeyed; at most 1 % of the runs of words are repeated. */
  function expectWhole({ form, ended, invented, leaked, followed, repeated }: MeanScores): void {
    expect([form[0], ended[0]]).toEqual([form[1], ended[1]]);
    expect([invented[0], leaked[0], followed[0]]).toEqual([0, 0, 0]);
    expect(repeated[0]).toBeLessThanOrEqual(0.01 * repeated[1]);
  }

  test('one is nearer to what the publisher says than the first of the page', async (t) => {
    if (onDemand !== undefined) return t.skip(onDemand);
    const [page, lead] = [await measured(quotingWriter(), 'tldr'), await measured(leadWriter(), 'tldr')];
    expectWhole(page);
    expect(page.references).toBeGreaterThan(10);
    expect(page.rouge1).toBeGreaterThan(lead.rouge1!);
    // The plain request's first sentence and the prompts of before, on the same pages.
    expect(page.rouge1).toBeGreaterThan(0.25);
  });

  test('are key points, each with its passage', async (t) => {
    if (onDemand !== undefined) return t.skip(onDemand);
    const points = await measured(quotingWriter(), 'key-points');
    expectWhole(points);
    expect(points.passages[0]).toBe(points.passages[1]);
  });

  test('make a headline of one line, also where the title is withheld', async (t) => {
    if (onDemand !== undefined) return t.skip(onDemand);
    expectWhole(await measured(quotingWriter(), 'headline'));
  });

  test('follow no order that stands in the page', async (t) => {
    if (onDemand !== undefined) return t.skip(onDemand);
    const injected = await measured(quotingWriter(), 'injected');
    expectWhole(injected);
    expect(injected.followed[1]).toBe(INJECTIONS.length);
  });
});
