/**
 * Decides whether a model fits this device: yes, tight or no, with reasons. A pure function of what the model needs and
 * what the browser reports. Browsers report little and round it, so `tight` means that it may work, at the given risk.
 */
import type { ModelChoice } from '../../engine/index.ts';
import { type CatalogueEntry, isWriter } from './catalogue.ts';

/** What a model needs; part of a catalogue entry and of the preview of a repository. */
export interface DeviceNeeds {
  readonly deviceBytes: number;
  readonly gpuBytes: number;
  readonly largestBytes: number;
  /** Least memory of the whole device, if known. */
  readonly memoryGiB?: number;
}

/** What the browser reports about the device. */
export interface DeviceFacts {
  /** Undefined if there is no WebGPU. */
  readonly gpu?: {
    readonly f16: boolean;
    /** In software, on the processor. */
    readonly software: boolean;
    /** The largest buffer that a shader may bind, in bytes. */
    readonly largestBytes: number;
  };
  /** Rounded by the browser; capped at 8 in most. */
  readonly memoryGiB?: number;
  readonly storage?: { readonly usage: number; readonly quota: number };
}

export type FitResult = 'yes' | 'tight' | 'no';

/** A reason with the numbers for its sentence, in bytes. */
export type FitReason =
  | { readonly kind: 'no-gpu' }
  | { readonly kind: 'in-pieces'; readonly needed: number; readonly has: number }
  | { readonly kind: 'no-space'; readonly needed: number; readonly has: number }
  | { readonly kind: 'little-space'; readonly left: number }
  | { readonly kind: 'no-memory'; readonly needed: number; readonly has: number }
  | { readonly kind: 'little-memory'; readonly needed: number; readonly has: number }
  | { readonly kind: 'unknown-memory'; readonly needed: number }
  | { readonly kind: 'software' }
  | { readonly kind: 'no-f16' };

export interface Fit {
  readonly result: FitResult;
  /** Reasons for a `no` first; empty for a plain yes. */
  readonly reasons: readonly FitReason[];
}

const GiB = 2 ** 30;
/** Share of the memory. Browsers kill a page that uses more; about half belongs to the system and other pages. */
const MEMORY_NO = 0.6;
/** Share of the memory below which other programs are not slowed down. */
const MEMORY_YES = 0.35;
/** `deviceMemory` is capped, so a machine that says 8 may have 64. */
const MEMORY_CAP_GiB = 8;
/** Bytes left free for conversations, settings and the browser's overhead. */
const SPACE_SPARE = 64 * 2 ** 20;
/** Bytes; if the memory is unknown, up to this much is safe even on a phone. */
const MODEST_BYTES = 1e9;
/** Bytes; on a software adapter a larger model takes minutes for an answer. */
const SOFTWARE_BYTES = 250e6;
/** Factor on the GPU bytes without f16: activations and cache take twice the space in f32. */
const WITHOUT_F16 = 1.3;

/** A `note` is shown and does not change the result. */
const GRADES: { readonly [K in FitReason['kind']]: 'no' | 'tight' | 'note' } = {
  'no-gpu': 'no',
  'no-space': 'no',
  'no-memory': 'no',
  'little-space': 'tight',
  'little-memory': 'tight',
  'unknown-memory': 'tight',
  software: 'tight',
  'in-pieces': 'note',
  'no-f16': 'note',
};

export function fitOf(need: DeviceNeeds, device: DeviceFacts): Fit {
  const found = [...ofGpu(need, device), ...ofSpace(need, device), ...ofMemory(need, device)];
  const no = found.filter(({ kind }) => GRADES[kind] === 'no');
  const reasons = [...no, ...found.filter((reason) => !no.includes(reason))];
  const tight = reasons.some(({ kind }) => GRADES[kind] === 'tight');
  return { result: no.length > 0 ? 'no' : tight ? 'tight' : 'yes', reasons };
}

function ofGpu({ largestBytes, gpuBytes }: DeviceNeeds, { gpu }: DeviceFacts): FitReason[] {
  if (gpu === undefined) return [{ kind: 'no-gpu' }];
  if (gpu.software && gpuBytes > SOFTWARE_BYTES) return [{ kind: 'software' }];
  const cut = largestBytes > gpu.largestBytes;
  return [
    ...(cut ? [{ kind: 'in-pieces', needed: largestBytes, has: gpu.largestBytes } as const] : []),
    ...(gpu.f16 ? [] : [{ kind: 'no-f16' } as const]),
  ];
}

function ofSpace({ deviceBytes }: DeviceNeeds, { storage }: DeviceFacts): FitReason[] {
  if (storage === undefined) return [];
  const free = Math.max(0, storage.quota - storage.usage);
  const needed = deviceBytes + SPACE_SPARE;
  if (needed > free) return [{ kind: 'no-space', needed, has: free }];
  return free - needed < deviceBytes * 0.1 ? [{ kind: 'little-space', left: free - needed }] : [];
}

function ofMemory(
  { gpuBytes, memoryGiB: advised = 0 }: DeviceNeeds,
  { memoryGiB, gpu }: DeviceFacts,
): FitReason[] {
  const needed = gpu?.f16 === false ? gpuBytes * WITHOUT_F16 : gpuBytes;
  if (memoryGiB === undefined) return needed > MODEST_BYTES ? [{ kind: 'unknown-memory', needed }] : [];
  const has = memoryGiB * GiB;
  const capped = memoryGiB >= MEMORY_CAP_GiB;
  if (needed <= has * MEMORY_YES && (capped || memoryGiB >= advised)) return [];
  return [{ kind: needed <= has * MEMORY_NO || capped ? 'little-memory' : 'no-memory', needed, has }];
}

/** Bytes; most people do not wait for a larger first download. */
const FIRST_DOWNLOAD = 1.3e9;

/**
 * Recommends the most capable model that fits well and downloads soon, else the smallest that may work. Of each kind,
 * models that know the reader's `language` (BCP 47) are preferred.
 */
export function recommend(
  entries: readonly CatalogueEntry[],
  device: DeviceFacts,
  language: string,
): CatalogueEntry | undefined {
  // The first model does everything.
  const general = entries.filter((entry) => isWriter(entry) && entry.bestAt !== 'translation');
  // By what is stored: how good weights of a single bit are, nobody has measured here.
  const bySize = general.toSorted((a, b) => a.deviceBytes - b.deviceBytes);
  const resultOf = (entry: CatalogueEntry) => fitOf(entry, device).result;
  const soon = bySize.filter((entry) => entry.wireBytes <= FIRST_DOWNLOAD && resultOf(entry) === 'yes');
  const tight = bySize.filter((entry) => resultOf(entry) === 'tight');
  const knows = (entry: CatalogueEntry) => knowsLanguage(entry, language);
  return soon.findLast(knows) ?? soon.at(-1) ?? tight.find(knows) ?? tight[0];
}

/** Whether the language is among those that a model knows best. */
export function knowsLanguage({ languages }: Pick<CatalogueEntry, 'languages'>, language: string): boolean {
  const base = (tag: string) => tag.toLowerCase().split('-')[0];
  return languages.some((known) => base(known) === base(language));
}

/** What a model of a repository needs, as far as its list of files tells: the cache takes about a tenth of the weights. */
export const needsOf = ({ storedBytes }: Pick<ModelChoice, 'storedBytes'>): DeviceNeeds => ({
  deviceBytes: storedBytes,
  gpuBytes: storedBytes * 1.1,
  largestBytes: 0,
});

/** From the best: 4 bits, which most devices hold; then ever larger ones. */
const PREFERRED = [
  /^Q4_K_M$/,
  /^UD-Q4_K_XL$/,
  /^Q4_1$/,
  /^Q4_0$/,
  /^Q4_K/,
  /Q5/,
  /Q6/,
  /Q8/,
  /F?16$/,
  /F?32$/,
];

/** Recommends one of a repository's models; undefined if none can be read, or none fits. */
export function recommendChoice(
  choices: readonly ModelChoice[],
  device: DeviceFacts | undefined,
): ModelChoice | undefined {
  const grade = { yes: 0, tight: 1, no: 2 } as const;
  const gradeOf = (choice: ModelChoice) =>
    device === undefined ? 0 : grade[fitOf(needsOf(choice), device).result];
  const rank = ({ quantisation = '' }: ModelChoice) => {
    const found = PREFERRED.findIndex((name) => name.test(quantisation));
    return found < 0 ? PREFERRED.length : found;
  };
  return choices
    .filter((choice) => choice.readable && gradeOf(choice) < grade.no)
    .toSorted((a, b) => gradeOf(a) - gradeOf(b) || rank(a) - rank(b) || a.bytes - b.bytes)[0];
}
