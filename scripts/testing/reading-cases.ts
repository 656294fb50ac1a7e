/** What a person expects to be read of each page of ../shared/cases/pages that is about reading. */
export interface ReadingCase {
  readonly file: string;
  /** In this order. */
  readonly has: readonly string[];
  readonly lacks?: readonly string[];
  /** Lines that are headings. */
  readonly headings?: readonly string[];
  /** The code of the refusal. */
  readonly refused?: string;
  /** Selectors of what a layout cannot tell from the main column, and of what a person closes before reading. */
  readonly beside?: string;
  readonly closed?: string;
}

const ferry =
  'The ferry to the northern islands leaves the small harbour twice a day, and in winter only when the wind allows it.';
const boats = 'Old wooden boats are kept in a shed behind the church';
const pier = 'A new pier of steel was planned for years';
const replies = (count: number, text: (n: number) => string) =>
  Array.from({ length: count }, (_, index) => text(index + 1));

export const readingCases: readonly ReadingCase[] = [
  {
    file: '01-consent-aria-hidden.html',
    has: [ferry, boats, pier],
    lacks: ['privacy', 'Accept'],
    closed: '.veil, .box',
  },
  {
    file: '02-display-contents-root.html',
    has: [
      'Which rope for a small boat?',
      'ana',
      'I moor',
      'bo',
      'Nylon, three strands',
      'cem',
      'Polyester for halyards',
      'dia',
      'Do not forget',
      'eli',
      'I would add',
    ],
  },
  {
    file: '03-aspnet-form.html',
    has: [
      '3 May',
      'The crane',
      '7 May',
      'Visitors',
      '9 May',
      'The fuel pontoon',
      '15 May',
      'Dogs',
      '21 May',
      'Water',
    ],
    lacks: ['Copyright'],
    beside: '#header, #footer',
  },
  {
    file: '04-shadow-main.html',
    has: ['A lighthouse keeper started', 'The shed', ferry, boats, 'The pier', pier],
    headings: ['The shed', 'The pier'],
  },
  {
    file: '05-formulas.html',
    has: [
      'the distance is d = \\sqrt{2 r h} as long',
      'written as D\\approx 3.57{\\sqrt {H}}, with D',
      ferry,
    ],
    lacks: ['d=√2rh'],
  },
  { file: '05b-formula-mathjax.html', has: [ferry, 'With MathJax: d=√(2rh) is the distance.', boats] },
  {
    file: '06-ruby.html',
    has: ['北の島へ渡る船は、一日に二度だけ小さな港を出る。', '古い木の舟は'],
    lacks: ['きた', '（'],
  },
  {
    file: '07-css-hidden.html',
    has: [ferry, 'timetable', boats, pier],
    lacks: ['circus', 'parrot', 'opens new tab'],
  },
  {
    file: '08-iframe-article.html',
    has: ['About the ferry', 'Iris works as a musician.', ferry, boats],
    headings: ['About the ferry'],
  },
  {
    file: '10-faq-details.html',
    has: [
      'May I bring a bicycle?',
      'Yes, bicycles travel',
      'What if the wind',
      'Then the ferry stays',
      'Are dogs allowed?',
      'Dogs travel free',
      'How long does it take?',
      'Seventy minutes',
    ],
  },
  {
    file: '11-discourse-thread.html',
    has: [
      'Engine does not start after winter',
      'user1',
      'Answer number 1',
      ...replies(5, (n) => `user${n + 1}`),
    ],
  },
  {
    file: '12-hn-table.html',
    has: [
      'Show: a tide clock made of wood',
      '↳ user1',
      'I built one',
      '↳↳ user2',
      'The moon needs',
      'user3',
      'Nearly right',
      '↳ user4',
      'Beech or maple',
      '↳↳ user5',
      'Maple.',
      'user6',
      'I would buy',
    ],
  },
  {
    file: '13-code-lines.html',
    has: [
      ferry,
      'def level(raw):\n    if raw < 0:\n        return None\n    return raw * 0.01',
      boats,
      'port = open("/dev/tide")\nfor line in port:\n    print(level(int(line)))',
      pier,
    ],
    lacks: ['\n1\n', '1def'],
  },
  {
    file: '14-old-toc.html',
    has: ['Chapter 1', 'In watch 1 the crew', 'Chapter 2', 'In watch 2 the crew', 'Chapter 8', 'In watch 8'],
    lacks: ['Chapter 7: how sailors'],
    beside: 'ul',
  },
  {
    file: '15-first-section.html',
    has: [
      '"A harbour without a town"',
      'It is hard to read',
      'The saying lives on',
      boats,
      'What the census says',
      pier,
    ],
  },
  {
    file: '17-card-in-dialog.html',
    has: [
      'Repair the winch',
      'The port winch slips',
      'Parts cost about 40 euros',
      'Activity',
      'Cem: I have the springs',
    ],
    lacks: ['Paint the hull', 'Sell the dinghy'],
    beside: '#board',
  },
  { file: '18-transcript.html', has: ['This is a transcript'] },
  { file: '19-canvas-doc.html', has: [], refused: 'page-painted' },
  { file: '20-spa.html', has: [ferry] },
  {
    file: '22-role-main-infinite.html',
    has: ['First entry', ferry, boats, 'Entry 2', 'painted in colour 2', 'Entry 3'],
    headings: ['First entry', 'Entry 2', 'Entry 3'],
  },
  {
    file: '23-plain.txt',
    has: [
      'Notice of the harbour office\n\nThe crane on the east quay is closed until the end of the month.\nA bearing',
      '\n\nVisitors berths 12 to 20',
    ],
  },
  { file: '24-data.json', has: ['The crane on the east quay is closed', 'Berths 12 to 20'] },
  {
    file: '25-encyclopedia.html',
    has: [
      'Saltby is a harbour on the northern coast. The ferry',
      'whether to come.\n\nHistory\n\nOld wooden boats',
      'The depth is 7.5 m at low water.',
    ],
    lacks: ['[1]', '[2]', 'edit', 'citation needed', 'Harbour yearbook', 'Millbrook'],
    headings: ['History'],
  },
  {
    file: '26-nested-components.html',
    has: [
      'Which glue for a tide clock?',
      'The dial is of maple',
      'ana',
      'Epoxy for brass',
      'bo',
      'Shellac works',
      'cem',
      'Only if the wall',
      'dia',
      'Use screws',
      'eli',
      'Whatever you take',
    ],
    lacks: ['menu'],
  },
  {
    file: '27a-thread-contents.html',
    has: [
      'Which glue holds brass?',
      'user1',
      'Reply 1',
      'user3',
      ferry,
      ...replies(4, (n) => `Reply ${n + 3}`),
    ],
  },
  {
    file: '27b-thread-plain.html',
    has: [
      'Which glue holds brass?',
      'user1',
      'Reply 1',
      'user3',
      ferry,
      ...replies(4, (n) => `Reply ${n + 3}`),
    ],
  },
  { file: '28a-shadow-contents.html', has: [ferry, boats, pier] },
  { file: '28b-shadow-plain.html', has: [ferry, boats, pier] },
  {
    file: '51-prewrap.html',
    has: [
      'Iris works as a musician.\nIris met Max, a doctor.',
      'She wanted to find a new job.\n- a red chair\n- a brown hen',
    ],
    lacks: ['doctor. She', 'doctor.\nShe'],
  },
  {
    file: '61-pre-page.html',
    has: [
      "Iris works as a musician.\nShe wanted to find a new job.\n\nIris met Max, a doctor.\n\n> She came home at 5 o'clock.",
    ],
  },
];

/** What is wrong with a text that was read; empty if nothing is. */
export function faultsOf(
  wanted: ReadingCase,
  read: {
    readonly title?: string;
    readonly text: string;
    readonly headings?: readonly number[];
    readonly code?: string;
  },
): string[] {
  if (wanted.refused !== undefined)
    return read.code === wanted.refused ? [] : [`not refused as ${wanted.refused}`];
  if (read.code !== undefined) return [`refused: ${read.code}`];
  const faults: string[] = [];
  const text = `${read.title ?? ''}\n\n${read.text}`;
  let from = 0;
  for (const words of wanted.has) {
    const at = text.indexOf(words, from);
    if (at < 0)
      faults.push(
        `${text.includes(words) ? 'out of order' : 'missing'}: ${JSON.stringify(words.slice(0, 60))}`,
      );
    else from = at;
  }
  for (const words of wanted.lacks ?? [])
    if (read.text.includes(words)) faults.push(`has: ${JSON.stringify(words)}`);
  const lines = (read.headings ?? []).map((at) => read.text.slice(at).split('\n')[0]);
  for (const heading of wanted.headings ?? [])
    if (!lines.includes(heading)) faults.push(`no heading: ${heading}`);
  return faults;
}
