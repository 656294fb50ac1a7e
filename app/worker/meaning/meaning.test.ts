import { describe, expect, test, vi } from 'vitest';
import { type Embedder, EngineError, fail } from '../../../engine/index.ts';
import { storedModel } from '../../testing/builders.ts';
import { fakeEngine } from '../../testing/fake-engine.ts';
import { EmbedderService } from './embedder-service.ts';
import { askedText } from './liken.ts';
import { PageMeaning } from './page-meaning.ts';
import { MOST_PARTS, pageParts } from './page-parts.ts';
import { hasRoomBeside } from './room-beside.ts';

const search = storedModel({ id: 'search', name: 'MiniLM', embeds: { width: 64, maxTokens: 256 } });
const TEXT = [
  'The port of Rosedale is old.',
  'Members of the club meet on Mondays.',
  'A berth is forty pounds for each night.',
  'Fishermen live far away in Ashdale.',
].join('\n\n');

function setUp(taken = 0, limit = () => new AbortController().signal) {
  const engine = fakeEngine([search]);
  const embedder = new EmbedderService({
    engine,
    chosen: () => engine.stored[0],
    takenBytes: () => taken,
    memoryGiB: 4,
    idleMs: () => 0,
  });
  return { engine, embedder, meaning: new PageMeaning({ embedder, pace: () => 'full', limit }) };
}

/** The sentence that is nearest. */
async function nearest(meaning: PageMeaning, question: string, text = TEXT): Promise<string | undefined> {
  const likeness = (await meaning.likeness(text, [question], { as: 'question' }))?.[0];
  if (likeness === undefined) return undefined;
  const parts = pageParts(text);
  const best = parts.toSorted((one, other) => likeness.of(other) - likeness.of(one))[0]!;
  return text.slice(best.start, best.end).trim();
}

describe('the sentence that is nearest in meaning', () => {
  test('is found without its words, and across languages', async () => {
    const { meaning } = setUp();
    expect(await nearest(meaning, 'What does it cost?')).toBe('A berth is forty pounds for each night.');
    expect(await nearest(meaning, 'Wo ist der Hafen?')).toBe('The port of Rosedale is old.');
  });

  test('is told by vectors that are made once for each page', async () => {
    const { engine, meaning } = setUp();
    await meaning.readAhead(TEXT, new AbortController().signal);
    expect(engine.embedded).toHaveLength(4);
    await nearest(meaning, 'What does it cost?');
    await nearest(meaning, 'Where is it?');
    expect(engine.embedded.slice(4)).toEqual(['What does it cost?', 'Where is it?']);
    meaning.forget();
    await nearest(meaning, 'Where is it?');
    expect(engine.embedded).toHaveLength(6 + 5);
  });

  test('is not known without a model, without room for one, and where it cannot be loaded', async () => {
    const none = setUp();
    none.engine.stored = [];
    expect(await nearest(none.meaning, 'What does it cost?')).toBeUndefined();
    const full = setUp(3e9);
    expect(await nearest(full.meaning, 'What does it cost?')).toBeUndefined();
    expect(full.engine.embedders).toEqual([]);
    const broken = setUp();
    const load = vi.fn(
      async (): Promise<Embedder> => fail('gpu-limit', { who: 'search', message: 'no room' }),
    );
    broken.engine.loadEmbedder = load;
    expect(await nearest(broken.meaning, 'What does it cost?')).toBeUndefined();
    expect(await nearest(broken.meaning, 'What does it cost?')).toBeUndefined();
    expect(load).toHaveBeenCalledTimes(1);
  });

  test('is not known after a failure at work, and the model is off the GPU then', async () => {
    const { engine, embedder, meaning } = setUp();
    await nearest(meaning, 'What does it cost?');
    const [loaded] = engine.embedders;
    loaded!.embed = async () => {
      throw new EngineError('gpu-lost', { who: 'gpu', message: 'gone' });
    };
    expect(await nearest(meaning, 'Where is it?')).toBeUndefined();
    expect(embedder.usable()).toBeUndefined();
    await vi.waitFor(() => expect(engine.embedders).toEqual([]));
  });

  test('is that of the vectors that were there in time', async () => {
    const waited = new AbortController();
    const { engine, meaning } = setUp(0, () => waited.signal);
    const rest = Array.from({ length: 40 }, () => 'This is another line of them.').join('\n');
    const text = `A berth is forty pounds.\n${rest}`;
    await nearest(meaning, 'What does it cost?', 'Warm.');
    const [loaded] = engine.embedders;
    const { embed } = loaded!;
    let calls = 0;
    loaded!.embed = (texts, options) => {
      // The question, one batch, and no more.
      if (++calls === 3) waited.abort();
      return embed(texts, options);
    };
    expect(await nearest(meaning, 'What does it cost?', text)).toBe('A berth is forty pounds.');
    expect(calls).toBe(3);
  });

  test('is not told for a job that was stopped', async () => {
    const { meaning } = setUp();
    const asked = meaning.likeness(TEXT, ['What does it cost?'], {
      as: 'question',
      signal: AbortSignal.abort(),
    });
    expect(await asked).toBeUndefined();
  });
});

test('a model for search is loaded once, again after it made room, and anew for another one', async () => {
  const { engine, embedder } = setUp();
  const [one, two] = await Promise.all([embedder.ready('full'), embedder.ready('polite')]);
  expect(one).toBe(two);
  embedder.release();
  await vi.waitFor(() => expect(engine.embedders).toEqual([]));
  expect(await embedder.ready('full')).not.toBe(one);
  engine.stored = [{ ...search, id: 'other' }];
  await embedder.ready('full');
  await vi.waitFor(() => expect(engine.embedders.map(({ facts }) => facts.model.id)).toEqual(['other']));
});

test('a model that is released while it loads is disposed of', async () => {
  const { engine, embedder } = setUp();
  const asked = embedder.ready('full');
  embedder.release();
  expect(await asked).toBeUndefined();
  expect(engine.embedders).toEqual([]);
});

test('room beside a model is a share of the memory, and a little is always there', () => {
  expect(hasRoomBeside(26e6, 2e9, 4)).toBe(true);
  expect(hasRoomBeside(26e6, 2.6e9, 4)).toBe(false);
  expect(hasRoomBeside(330e6, 900e6, 4)).toBe(true);
  expect(hasRoomBeside(330e6, 1.5e9, 4)).toBe(false);
  expect(hasRoomBeside(26e6, 3e9, undefined)).toBe(true);
  expect(hasRoomBeside(330e6, 900e6, undefined)).toBe(false);
});

test('the parts of a very long page are runs of sentences', () => {
  expect(pageParts('One is here. Two is there.\n\n—\n\n')).toEqual([
    { start: 0, end: 13 },
    { start: 13, end: 28 },
  ]);
  const parts = pageParts('A linnet sings. '.repeat(20_000));
  expect(parts.length).toBeLessThanOrEqual(MOST_PARTS);
  expect(parts.length).toBeGreaterThan(MOST_PARTS / 2);
  expect(parts.at(-1)!.end).toBe(320_000);
});

test('a question with few words of its own is asked after the one before', () => {
  expect(askedText(['And who owns it?', 'Where is the old harbour?'])).toBe(
    'Where is the old harbour?\nAnd who owns it?',
  );
  expect(askedText(['Which ships carried wool to Rosedale?', 'Where is it?'])).toBe(
    'Which ships carried wool to Rosedale?',
  );
  expect(askedText(['Who?'])).toBe('Who?');
});
