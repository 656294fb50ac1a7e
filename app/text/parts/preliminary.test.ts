import { describe, expect, it } from 'vitest';
import { summaryJob, wireError } from '../../testing/builders.ts';
import { hasPoint, preliminaryPoints, settled, showsPreliminary } from './preliminary.ts';

describe('the preliminary points', () => {
  const ends = [10, 20, 30];
  const order = [0, 2, 1];

  it('are those of the parts so far, in the order of the page', () => {
    const round = (...points: string[]) => [{ ends, order, points }];
    expect(preliminaryPoints('Birds', [], 3)).toEqual([]);
    expect(preliminaryPoints('Birds', round(''), 3)).toEqual([]);
    const two = round('- Linnets sing in gorse.', '- Herons stand in ponds.');
    expect(preliminaryPoints('Birds', two, 3)).toEqual(['Linnets sing in gorse.', 'Herons stand in ponds.']);
    const three = round('- Linnets sing.', '- Herons stand.', '- Owls hunt.');
    expect(preliminaryPoints('Birds', three, 3)).toEqual(['Linnets sing.', 'Owls hunt.', 'Herons stand.']);
  });

  it('are at most so many: the first of each part before its others, and none twice', () => {
    const points = [
      '- Linnets sing in gorse on the heath.\n- A map was printed.\n- Tea costs two coins.',
      '- Linnets sing in gorse on the heath today.\n- The gate is blue.',
      '- Farmers count linnets each spring.\n- A bus goes there.',
    ];
    expect(preliminaryPoints('Linnets', [{ ends, order, points }], 2)).toEqual([
      'Linnets sing in gorse on the heath.',
      'Farmers count linnets each spring.',
    ]);
  });

  it('are those of the newest round that is complete', () => {
    const first = { ends, points: ['- A.', '- B.', '- C.'] };
    const second = { ends: [8, 16], points: ['- All of A.'] };
    expect(preliminaryPoints('', [first, second], 5)).toEqual(['A.', 'B.', 'C.']);
    expect(preliminaryPoints('', [first, { ...second, points: ['- All of A.', '- C.'] }], 5)).toEqual([
      'All of A.',
      'C.',
    ]);
  });
});

describe('a summary with preliminary points', () => {
  const preliminary = { text: '- It sings.', passages: ['The linnet sings.'] };
  const rounds = [{ ends: [10, 20], points: ['- It sings.'] }];
  const job = (change: Parameters<typeof summaryJob>[0]) =>
    summaryJob({ preliminary, rounds, text: '', ...change });

  it('shows them until the model has written its first point', () => {
    expect(showsPreliminary(job({ progress: { phase: 'reading' } }))).toBe(true);
    expect(showsPreliminary(job({ progress: { phase: 'writing' }, text: '- Linnets' }))).toBe(true);
    expect(showsPreliminary(job({ progress: { phase: 'writing' }, text: '- Linnets sing.\n' }))).toBe(false);
    expect(showsPreliminary(job({ progress: { phase: 'queued' }, preliminary: undefined }))).toBe(false);
  });

  it.each([
    { phase: 'stopped' },
    { phase: 'interrupted' },
    { phase: 'failed', error: wireError() },
    { phase: 'done', onlyThought: true },
  ] as const)('has them as its answer where it ends without one: $phase', (progress) => {
    expect(settled(job({ progress, text: progress.phase === 'stopped' ? '- Linnets' : '' }))).toMatchObject({
      text: preliminary.text,
      passages: preliminary.passages,
      preliminary,
    });
  });

  it('drops them for the answer, and for a stopped one with a point', () => {
    const done = settled(job({ progress: { phase: 'done' }, text: 'Linnets sing' }));
    expect(done).toMatchObject({ text: 'Linnets sing', preliminary: undefined });
    const stopped = settled(job({ progress: { phase: 'stopped' }, text: '- One.\n- Tw' }));
    expect(stopped).toMatchObject({ text: '- One.\n- Tw', preliminary: undefined });
  });

  it('does not change while it is under way', () => {
    const reading = job({ progress: { phase: 'reading' } });
    expect(settled(reading)).toBe(reading);
  });
});

it.each([
  ['', false],
  ['- It sings', false],
  ['- It sings.\n', true],
  ['Here are the key points:\n', false],
  ['Here are the key points:\n- It sings.\n', true],
  ['It sings', false],
  ['It sings. It', true],
  ['鳥です。小', true],
])('a first point of %j is complete: %s', (text, complete) => {
  expect(hasPoint(text)).toBe(complete);
});
