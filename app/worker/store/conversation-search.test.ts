import { describe, expect, it } from 'vitest';
import type { Job } from '../../protocol/types.ts';
import { ConversationSearch, type SearchQuery } from './conversation-search.ts';
import type { StoredConversation } from './stored-records.ts';

interface Given {
  readonly title?: string;
  /** Of each job. */
  readonly texts?: readonly string[];
}

/** Conversations `c0`, `c1` …, newest first. */
function setUp(given: readonly Given[]) {
  const jobs = new Map<string, Job>();
  const reads: string[] = [];
  const conversations = given.map(({ title = '', texts = [] }, index): StoredConversation => {
    const ids = texts.map((text, part) => {
      const id = `c${index}-${part}`;
      jobs.set(id, { id, kind: 'chat', request: { kind: 'chat', text: '' }, text } as Job);
      return id;
    });
    return { id: `c${index}`, title, jobs: ids, createdAt: 0, updatedAt: given.length - index };
  });
  let lists = 0;
  const search = new ConversationSearch({
    conversations: async (ofPrivate) => {
      lists++;
      return ofPrivate ? [] : conversations;
    },
    job: async (id) => {
      reads.push(id);
      return jobs.get(id);
    },
  });
  /** Searches to the end; returns the ids, and what that took. */
  const all = async (find: string, limit = 50) => {
    const [scanned, read] = [search.scanned, reads.length];
    let calls = 0;
    let reply: Awaited<ReturnType<ConversationSearch['search']>>;
    do {
      reply = await search.search({ find, limit });
      calls++;
    } while (!reply.done);
    const ids = reply.found.map(({ id }) => id);
    return { ids, found: reply.found, calls, scanned: search.scanned - scanned, reads: reads.length - read };
  };
  return { search, jobs, all, lists: () => lists };
}

it('begins again after a read that failed, so that nothing is missing', async () => {
  const { search, jobs, all } = setUp([{ texts: ['one'] }, { texts: ['two'] }, { texts: ['linnet'] }]);
  const get = jobs.get.bind(jobs);
  jobs.get = (id) => {
    if (id === 'c1-0') throw new Error('the disk is gone');
    return get(id);
  };
  await expect(search.search({ find: 'linnet', limit: 9 })).rejects.toThrow('the disk is gone');
  jobs.get = get;
  expect((await all('linnet')).ids).toEqual(['c2']);
});

const birds = { title: 'Une soirée', texts: ['Der HÄNFLING singt.', 'Wer?'] };

describe('what is found', () => {
  it('has all words in title, question or answer, ignoring case and accents', async () => {
    const { all } = setUp([birds]);
    for (const words of ['soiree', 'hanfling', 'SINGT wer', '  soirée   der '])
      expect((await all(words)).ids, words).toEqual(['c0']);
    expect((await all('soirée wren')).ids).toEqual([]);
    expect((await all('')).ids).toEqual(['c0']);
  });

  it('has a snippet around the longest word that is not in the title', async () => {
    const { all } = setUp([birds]);
    expect((await all('soiree')).found[0]).not.toHaveProperty('snippet');
    expect((await all('der soiree hanfling')).found[0]!.snippet).toEqual({
      before: 'Der ',
      hit: 'HÄNFLING',
      after: ' singt.',
    });
  });

  it('is found wherever it is in a long text, also one without blanks', async () => {
    for (const filler of ['word and ', 'ABCDEF', '漢字仮名']) {
      for (const at of [0, 1821, 1822, 2731, 5000]) {
        const text = `${filler.repeat(at)}Hänfling${filler.repeat(6000)}`;
        expect((await setUp([{ texts: [text] }]).all('hanfling')).ids, `${filler} ${at}`).toEqual(['c0']);
      }
    }
  });

  it('is found by one letter, and by one character of Chinese', async () => {
    const { all } = setUp([{ texts: ['漢字'] }, { texts: ['a b c'] }]);
    await all('nothing');
    expect((await all('字')).ids).toEqual(['c0']);
    expect((await all('c')).ids).toEqual(['c1']);
    expect((await all('漢字')).ids).toEqual(['c0']);
  });
});

describe('a search of many conversations', () => {
  const filler = 'Some words about nothing at all, again and again. ';
  const many = (count: number, texts: (index: number) => readonly string[]) =>
    setUp(Array.from({ length: count }, (_, index) => ({ title: `T${index}`, texts: texts(index) })));
  const two = () =>
    many(2000, (index) => [
      `${filler.repeat(20)}number${index} ${index % 100 === 7 ? 'linnet' : ''}`,
      filler.repeat(20),
    ]);
  const total = 2000 * 2 * 20 * filler.length;

  it('returns the first results soon, and the others by and by', async () => {
    const { search, all } = two();
    const first = await search.search({ find: 'linnet', limit: 50 });
    expect(first.done).toBe(false);
    expect(first.found.length).toBeGreaterThan(0);
    // A call reads about a million characters, and a job counts for two thousand more.
    expect(search.scanned).toBeLessThan(1_050_000);
    const rest = await all('linnet');
    expect(rest.ids).toHaveLength(20);
    expect(rest.ids.slice(0, first.found.length)).toEqual(first.found.map(({ id }) => id));
  });

  it('stops at as many as are wanted, and goes on from there for more', async () => {
    const { all } = two();
    const some = await all('linnet', 3);
    expect(some.ids).toHaveLength(3);
    expect(some.scanned).toBeLessThan(total / 5);
    const more = await all('linnet', 6);
    expect(more.ids.slice(0, 3)).toEqual(some.ids);
    expect(more.scanned).toBeLessThan(total / 5);
  });

  it('reads nothing again but what may have the words', async () => {
    const { all, lists } = two();
    const first = await all('l');
    const all1 = await all('nowhere');
    expect(all1.ids).toEqual([]);
    const again = await all('linnet');
    expect(first.ids).toHaveLength(50);
    // 20 conversations have it; a signature lets some others through.
    expect(again.scanned).toBeLessThan(total / 20);
    expect((await all('number1234')).scanned).toBeLessThan(total / 20);
    expect(lists()).toBe(1);
  });

  it('narrows what a shorter query found', async () => {
    const { all } = two();
    const shorter = await all('linn', 50);
    expect(shorter.scanned).toBeGreaterThan(0.9 * total);
    const longer = await all('linnet', 50);
    expect(longer.ids).toEqual(shorter.ids);
    expect(longer.scanned).toBeLessThan(total / 50);
    expect((await all('linnet number107', 50)).ids).toEqual(['c107']);
  });

  it('reads a conversation of 50 MB in many calls, once', async () => {
    const huge = filler.repeat(1_000_000);
    const { all, search } = setUp([{ texts: [`${huge}linnet`] }, { texts: ['a linnet'] }]);
    const found = await all('linnet');
    expect(found.ids).toEqual(['c0', 'c1']);
    expect(found.calls).toBeGreaterThan(40);
    expect((await all('nowhere')).scanned).toBeGreaterThan(huge.length);
    expect((await all('absent')).scanned).toBe(0);
    expect(search.scanned).toBeLessThan(2.1 * huge.length);
  });
});

describe('changes', () => {
  const set = (jobs: Map<string, Job>, id: string, text: string) =>
    jobs.set(id, { ...jobs.get(id)!, text } as Job);

  it('of a text are found once it is known to have changed', async () => {
    const { search, jobs, all } = setUp([{ texts: ['a wren'] }]);
    expect((await all('linnet')).ids).toEqual([]);
    set(jobs, 'c0-0', 'a linnet');
    search.changed('c0');
    search.listChanged();
    expect((await all('linnet')).ids).toEqual(['c0']);
  });

  it('of the list are seen by the next call', async () => {
    const { search, all, lists } = setUp([birds]);
    await all('singt');
    search.listChanged();
    await all('singt');
    expect(lists()).toBe(2);
  });

  it('while a text is read leave no signature of the text before', async () => {
    const { search, jobs, all } = setUp([{ texts: ['word '.repeat(300_000), 'a wren'] }]);
    const query: SearchQuery = { find: 'linnet', limit: 5 };
    expect((await search.search(query)).done).toBe(false);
    set(jobs, 'c0-0', 'a linnet');
    search.changed('c0');
    await all('linnet');
    search.listChanged();
    expect((await all('linnet')).ids).toEqual(['c0']);
  });

  it('do not disturb searches of two pages at once', async () => {
    const { search } = setUp(Array.from({ length: 40 }, () => ({ texts: ['word '.repeat(50_000)] })));
    let done = { a: false, b: false };
    let calls = 0;
    while (!(done.a && done.b)) {
      const [a, b] = await Promise.all([
        search.search({ find: 'linnet', limit: 5 }),
        search.search({ find: 'wren', limit: 5 }),
      ]);
      done = { a: a.done, b: b.done };
      expect(++calls).toBeLessThan(60);
    }
  });
});
