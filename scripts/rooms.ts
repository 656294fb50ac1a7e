/**
 * The rules of the repository as data: which room may import which, and through which doors the code reaches the
 * outside world. `check-rooms.ts` checks them; `docs/ARCHITECTURE.md` explains them.
 *
 * A room is a folder; a file belongs to the room with the longest matching path. To allow a new import
 * between rooms, add it here, but only if needed: inside the engine data flows downwards only.
 */

import type { Room } from './house/room.ts';
import { appRooms } from './rooms-app.ts';
import { appFloors, openToTools } from './rooms-floors.ts';

const door = 'engine/index.ts';
/** For benchmarks. */
const benchDoor = 'engine/bench.ts';
const storyTools = ['e2e/harness', 'e2e/cases', 'scripts/setup', 'scripts/testing', 'scripts/extraction'];
const foundations = ['engine/tensor', 'engine/symbolic', 'engine/base'];
const modelFoundations = ['engine/graph', 'engine/ops', ...foundations];
const weightRooms = [
  'engine/weights',
  'engine/weights/import',
  'engine/weights/store',
  'engine/weights/gguf',
  'engine/weights/formats',
  'engine/weights/integrity',
  'engine/weights/sources',
];
const engineRooms = [
  'engine/session',
  'engine/calibrate',
  'engine/runtime',
  'engine/models',
  'engine/text',
  'engine/sampling',
  'engine/kv',
  'engine/kernels',
  'engine/quant',
  'engine/gpu',
  ...weightRooms,
  ...modelFoundations,
];

export const rooms: readonly Room[] = [
  // The engine, top to bottom.
  {
    path: door,
    imports: engineRooms,
    instead: 'The door only re-exports what the rooms of the engine offer.',
  },
  {
    path: benchDoor,
    imports: engineRooms,
    instead: 'The door only re-exports what the rooms of the engine offer.',
  },
  {
    path: 'engine/session',
    imports: engineRooms,
    instead: 'A session uses the rooms of the engine; what it needs from outside is handed in by the caller.',
  },
  {
    path: 'engine/calibrate',
    imports: ['wgsl', 'engine/runtime', 'engine/kernels', 'engine/quant', 'engine/gpu', ...modelFoundations],
    instead: 'Calibration knows graphs, numbers and the GPU; files and tokens are handed in by the session.',
  },
  {
    path: 'engine/runtime',
    imports: [
      'engine/gpu',
      'engine/kernels',
      'engine/kv',
      'engine/sampling',
      'engine/quant',
      ...modelFoundations,
    ],
    instead:
      'The runtime knows graphs and kernels; weights, tokens and requests are handed in by the session.',
  },
  {
    path: 'engine/models',
    imports: modelFoundations,
    instead: 'A model file only builds a graph from config.json; running it is for engine/runtime.',
  },
  {
    path: 'engine/weights',
    imports: [
      'engine/weights/gguf',
      'engine/weights/formats',
      'engine/weights/integrity',
      'engine/weights/sources',
      'engine/quant',
      'engine/base',
    ],
    instead: 'This room opens a checkpoint in any format; what each format is belongs to a room below.',
  },
  {
    path: 'engine/weights/import',
    imports: [
      'engine/weights',
      'engine/weights/formats',
      'engine/weights/store',
      'engine/weights/integrity',
      'engine/weights/sources',
      'engine/quant',
      'engine/tensor',
      'engine/base',
    ],
    instead: 'This room turns checkpoint tensors into stored ones; uploading them is for engine/runtime.',
  },
  {
    path: 'engine/weights/store',
    imports: ['engine/weights/integrity', 'engine/weights/sources', 'engine/tensor', 'engine/base'],
    instead: 'The store knows its own files only; formats and conversion are rooms above.',
  },
  {
    path: 'engine/weights/gguf',
    imports: ['engine/weights/formats', 'engine/weights/sources', 'engine/quant', 'engine/base'],
    instead: 'This room reads GGUF files; which format a checkpoint has is decided in engine/weights.',
  },
  {
    path: 'engine/weights/formats',
    imports: [
      'engine/weights/integrity',
      'engine/weights/sources',
      'engine/quant',
      'engine/tensor',
      'engine/base',
    ],
    instead:
      'A format turns files into tensor entries; which format a checkpoint has is decided in engine/weights.',
  },
  {
    path: 'engine/weights/integrity',
    imports: ['engine/weights/sources', 'engine/base'],
    instead: 'Hashes and checksums know bytes and sources only.',
  },
  {
    path: 'engine/weights/sources',
    imports: ['engine/base'],
    instead: 'A source delivers bytes; what they mean is for the rooms above.',
  },
  {
    path: 'engine/text',
    imports: ['engine/base'],
    instead: 'Text and tokens know nothing of tensors; join the two in engine/session.',
  },
  {
    path: 'engine/sampling',
    imports: ['engine/base'],
    instead: 'A sampler turns numbers into an id and knows no graph; the ops of engine/graph use it.',
  },
  {
    path: 'engine/kv',
    imports: ['engine/symbolic', 'engine/tensor', 'engine/base'],
    instead: 'The cache is layout and bookkeeping; its buffers are made by engine/runtime.',
  },
  {
    path: 'engine/graph',
    imports: ['engine/ops', 'engine/sampling', ...foundations],
    instead: 'A graph is plain data and knows what its ops mean; which kernels run it is for engine/runtime.',
  },
  {
    path: 'engine/ops',
    imports: ['wgsl', 'engine/kernels', 'engine/sampling', ...foundations],
    instead: 'An op is a meaning, cases and kernel records, and knows no graph; passes are for engine/graph.',
  },
  {
    path: 'engine/kernels',
    imports: ['wgsl', ...foundations],
    instead: 'A kernel is a record: describe the dispatch, and let engine/runtime encode it.',
  },
  {
    path: 'engine/quant',
    imports: ['engine/tensor', 'engine/base'],
    instead: 'A number format turns arrays into arrays; files are for engine/weights.',
  },
  {
    path: 'engine/gpu',
    imports: ['engine/tensor', 'engine/base'],
    instead: 'This room wraps WebGPU and knows no graphs; join the two in engine/runtime.',
  },
  {
    path: 'engine/tensor',
    imports: ['engine/symbolic', 'engine/base'],
    instead: 'Move what needs more to the room above.',
  },
  { path: 'engine/symbolic', imports: ['engine/base'], instead: 'Move what needs more to the room above.' },
  { path: 'engine/base', imports: [], instead: 'The lowest room imports nothing; pass it in as a value.' },
  { path: 'wgsl', imports: [], instead: 'Shaders import nothing.' },

  {
    path: 'engine/testing',
    imports: engineRooms,
    instead: 'Test material may use every room of the engine; shipped code must not import it.',
  },
  {
    path: 'engine/conformance',
    imports: ['engine/testing', ...engineRooms],
    instead: 'Whole models are compared with other engines here; code that ships belongs to another room.',
  },

  ...appRooms,

  // For developers.
  {
    path: 'cli',
    imports: [door, 'assets', 'scripts/setup', ...openToTools],
    instead: 'The command line uses the engine through engine/index.ts; export there what it needs.',
  },
  {
    path: 'bench',
    imports: [door, benchDoor, 'cli', 'scripts/setup', 'scripts/weights', ...openToTools],
    instead: 'Measure through engine/index.ts and engine/bench.ts; export there what is to be measured.',
  },
  {
    path: 'bench/ahead',
    imports: [
      door,
      benchDoor,
      'cli',
      'scripts',
      'scripts/setup',
      'scripts/testing',
      'app/protocol',
      'app/testing',
      'app/worker',
      'app/worker/store',
    ],
    instead: 'Sessions go through the worker’s requests, as a page of Linnet does.',
  },
  {
    path: 'bench/browser',
    imports: ['scripts/setup', 'e2e/harness'],
    instead: 'A browser for benchmarks knows nothing of what is measured in it.',
  },
  {
    path: 'bench/steps',
    imports: [door, benchDoor, 'bench', 'bench/browser', 'cli', 'scripts/setup'],
    instead: 'Measure through engine/index.ts and engine/bench.ts; export there what is to be measured.',
  },
  {
    path: 'bench/peers',
    imports: [door, benchDoor, 'bench', 'bench/browser', 'scripts/setup', 'e2e/harness'],
    instead: 'Linnet is one engine among others here: use it through engine/index.ts.',
  },
  {
    path: 'scripts',
    imports: [
      benchDoor,
      door,
      'cli',
      'scripts',
      'scripts/setup',
      'scripts/testing',
      'scripts/weights',
      'e2e/harness',
      'e2e/cases',
      'vitest.config.ts',
      ...openToTools,
    ],
    instead: 'Scripts use the engine through its two doors.',
  },
  {
    path: 'scripts/extraction',
    imports: [
      'app/page',
      'app/page/dom',
      'app/page/picture',
      'app/page/read',
      'e2e/harness',
      'e2e/cases',
      'scripts/setup',
      'scripts/testing',
    ],
    instead: 'The tables about pages compare what is read, translated and shown; they know no engine.',
  },
  {
    path: 'scripts/catalogue',
    imports: [door, benchDoor, 'app/catalogue', 'assets'],
    instead: 'Sizes follow from a config; what the list says besides is for assets/catalogue.json.',
  },
  {
    path: 'scripts/goldens',
    imports: ['engine/session', 'engine/models', 'engine/testing', 'scripts/setup', 'scripts/weights'],
    instead: 'Code that runs other engines uses the checkpoints of the tests, and nothing else of ours.',
  },
  {
    path: 'scripts/setup',
    imports: [],
    instead: 'This runs before anything is installed: import Node only.',
  },
  {
    path: 'scripts/weights',
    imports: ['scripts/setup'],
    instead: 'This brings files before anything is installed: import Node and scripts/setup only.',
  },
  {
    path: 'scripts/web-ext',
    imports: ['scripts/setup'],
    instead: 'Code that makes and checks packages knows their files, not their content.',
  },
  {
    path: 'scripts/testing',
    imports: [door, 'cli/dawn.ts', 'scripts/setup', 'scripts/weights'],
    instead: 'Test helpers open adapters and find data; what they test is for the tests.',
  },
  {
    path: 'e2e',
    imports: [door, ...storyTools, 'scripts/start/article.ts', ...openToTools],
    instead: 'Stories control the built extension through e2e/harness and import none of its code.',
  },
  {
    path: 'e2e/faults',
    imports: [
      door,
      'e2e',
      'engine/testing',
      'engine/tensor/random.ts',
      'app/testing',
      ...storyTools,
      ...openToTools,
    ],
    instead: 'The campaign of faults knows the product by its protocol, and in Node by its stores.',
  },
  {
    path: 'e2e/harness',
    imports: ['scripts/setup', 'scripts/testing', 'scripts/weights'],
    instead: 'The harness knows browsers, not Linnet.',
  },
  {
    path: 'demo-model',
    imports: [door, 'engine/text', 'cli', 'assets', 'scripts/setup', ...openToTools],
    instead:
      'What makes the demo model uses the engine through engine/index.ts; its tokenizer is checked alone.',
  },
  {
    path: 'examples',
    imports: [],
    instead: 'Examples import the package by its name, as its users do.',
  },
  { path: 'assets', imports: [], instead: 'Assets are data.' },
  {
    path: '',
    imports: ['scripts/web-ext', 'scripts/testing/speed.mjs'],
    instead: 'A configuration file at the top imports packages only, and what changes them.',
  },
];

/** The floors of the engine, top to bottom. */
const engineFloors: readonly (readonly string[])[] = [
  ['engine/conformance'],
  ['engine/session'],
  ['engine/calibrate'],
  ['engine/runtime'],
  ['engine/models', 'engine/text', 'engine/kv', ...weightRooms],
  ['engine/graph'],
  ['engine/ops'],
  ['engine/kernels', 'engine/quant', 'engine/gpu'],
  ['engine/tensor', 'engine/sampling'],
  ['engine/symbolic'],
  ['engine/base'],
];

/** A test may import everything on the floors below its own. */
export const ladders: readonly (readonly (readonly string[])[])[] = [engineFloors, appFloors];

/** What every test may import in addition. */
export const testImports: readonly string[] = [
  'engine/testing',
  'app/testing',
  'scripts/testing',
  'scripts/setup',
  'cli/dawn.ts',
  benchDoor,
  'assets',
];

/** A test on a GPU compares a kernel with its meaning on a device, so it sees the whole of that floor. */
export const gpuTestImports: readonly string[] = engineFloors.slice(4).flat();

/** Files longer than this have more than one subject. */
export const maximumLines = 400;
/** Files whose length is their data. */
export const mayBeLonger: readonly RegExp[] = [/\.json$/, /\.svg$/];
