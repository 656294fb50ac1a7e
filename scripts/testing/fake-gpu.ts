/**
 * A WebGPU object that computes nothing: every number that is read back is 0. It counts the calls made to it and is lost
 * at a chosen one, in one of the ways in which browsers lose a device. Its pipelines can be held back.
 */
import type { Gpu } from '../../engine/index.ts';

/** How calls fail after the loss. */
export type LossManner =
  /** Promises reject; the device says so a moment later. */
  | 'reject'
  /** Promises resolve as if nothing had happened, but nothing can be read; the device says so a little later. */
  | 'resolve'
  /** Objects count as invalid and memory as out, and the device reports errors before it says that it is lost. */
  | 'invalid'
  /** Promises never settle. */
  | 'hang';

export interface FakeGpu {
  readonly provider: GPU;
  /** Names of all calls so far. */
  readonly calls: readonly string[];
}

const LIMITS = {
  maxBufferSize: 2 ** 28,
  maxStorageBufferBindingSize: 2 ** 27,
  maxStorageBuffersPerShaderStage: 10,
  maxComputeWorkgroupStorageSize: 16384,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupSizeX: 256,
  maxComputeWorkgroupSizeY: 256,
  minUniformBufferOffsetAlignment: 256,
};

/** WebGPU's constants, which a page has as globals. */
export const GPU_CONSTANTS = {
  GPUBufferUsage: { MAP_READ: 1, COPY_SRC: 4, COPY_DST: 8, UNIFORM: 64, STORAGE: 128 },
  GPUShaderStage: { COMPUTE: 4 },
  GPUMapMode: { READ: 1 },
};

/** `lostAt`: the number of the call, from 1, during which the device is lost; never if absent. */
export function fakeGpu(lostAt = Number.POSITIVE_INFINITY, manner: LossManner = 'reject'): FakeGpu {
  const calls: string[] = [];
  const events = new EventTarget();
  let lose: (info: object) => void = () => {};
  const lost = new Promise<object>((resolve) => {
    lose = resolve;
  });
  let gone = false;
  const happen = (name: string): void => {
    calls.push(name);
    if (gone || calls.length < lostAt) return;
    gone = true;
    const turns = manner === 'reject' ? 1 : 3;
    void (async () => {
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setTimeout(resolve));
      if (manner === 'invalid') {
        const error = { message: 'A valid external Instance reference no longer exists.' };
        events.dispatchEvent(Object.assign(new Event('uncapturederror'), { error }));
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      lose({ reason: 'unknown', message: 'the process ended' });
    })();
  };
  /** A call that returns nothing of interest. */
  const plain = (name: string) => () => happen(name);
  /** A call that returns an object with these methods. */
  const making =
    (name: string, object: object = {}) =>
    () => {
      happen(name);
      return { label: name, ...object };
    };
  /** A call whose promise resolves to `value`; after the loss to `afterwards` where promises still resolve. */
  const promising =
    (name: string, value: () => unknown, afterwards: (() => unknown) | null = value) =>
    async () => {
      happen(name);
      await Promise.resolve();
      if (!gone) return value();
      if (manner === 'hang') return new Promise(() => {});
      if (manner === 'reject' || afterwards === null)
        throw new DOMException(`${name}: lost`, 'OperationError');
      return afterwards();
    };
  const buffer = ({ size }: { size: number }) => {
    happen('createBuffer');
    return {
      size,
      destroy: plain('buffer.destroy'),
      mapAsync: promising('mapAsync', () => undefined, null),
      getMappedRange: (_: number, length: number) => {
        happen('getMappedRange');
        return new ArrayBuffer(length);
      },
      unmap: plain('unmap'),
    };
  };
  const invalid = manner === 'invalid' ? () => ({ message: 'invalid' }) : () => null;
  const pass = {
    setPipeline: plain('setPipeline'),
    setBindGroup: plain('setBindGroup'),
    dispatchWorkgroups: plain('dispatchWorkgroups'),
    end: plain('pass.end'),
  };
  const device = {
    limits: LIMITS,
    lost,
    addEventListener: events.addEventListener.bind(events),
    destroy: () => {},
    createBuffer: buffer,
    createShaderModule: making('createShaderModule'),
    createPipelineLayout: making('createPipelineLayout'),
    createBindGroupLayout: making('createBindGroupLayout'),
    createBindGroup: making('createBindGroup'),
    createComputePipelineAsync: promising(
      'createComputePipelineAsync',
      () => ({}),
      manner === 'invalid' ? null : () => ({}),
    ),
    createCommandEncoder: making('createCommandEncoder', {
      beginComputePass: making('beginComputePass', pass),
      copyBufferToBuffer: plain('copyBufferToBuffer'),
      finish: making('finish'),
    }),
    pushErrorScope: plain('pushErrorScope'),
    popErrorScope: promising('popErrorScope', () => null, invalid),
    queue: {
      submit: plain('submit'),
      writeBuffer: plain('writeBuffer'),
      onSubmittedWorkDone: promising('onSubmittedWorkDone', () => undefined),
    },
  };
  const adapter = {
    features: new Set(['shader-f16']),
    limits: LIMITS,
    info: { vendor: 'none', architecture: 'none', device: '', description: 'a fake' },
    requestDevice: promising('requestDevice', () => device),
  };
  const provider = {
    wgslLanguageFeatures: new Set<string>(),
    requestAdapter: promising(
      'requestAdapter',
      () => adapter,
      () => null,
    ),
  };
  return { provider: provider as unknown as GPU, calls };
}

export interface HeldPipelines {
  /** Labels of the pipelines that are held, in the order in which they were asked for. */
  readonly waiting: readonly string[];
  /** Lets the next ones compile, by default all, and what waited for them run. */
  release(count?: number): Promise<void>;
  /** Makes the next one fail. */
  refuse(): Promise<void>;
  /** How often a pass used something that is no finished pipeline. */
  readonly unfinishedUses: number;
}

interface Held {
  readonly label: string;
  go(): void;
  refuse(error: Error): void;
}

/** Holds back the pipelines of a fake device until a test releases them, and watches which of them are used. */
export function holdPipelines({ device }: Gpu): HeldPipelines {
  const held: Held[] = [];
  const finished = new Set<unknown>();
  let unfinishedUses = 0;
  const create = device.createComputePipelineAsync.bind(device);
  device.createComputePipelineAsync = async (descriptor) => {
    await new Promise<void>((go, refuse) => {
      held.push({ label: descriptor.label ?? '', go, refuse });
    });
    const made = await create(descriptor);
    finished.add(made);
    return made;
  };
  const encode = device.createCommandEncoder.bind(device);
  device.createCommandEncoder = (...asked) => {
    const encoder = encode(...asked);
    const begin = encoder.beginComputePass.bind(encoder);
    encoder.beginComputePass = (...how) => {
      const pass = begin(...how);
      const set = pass.setPipeline.bind(pass);
      pass.setPipeline = (pipeline) => {
        if (!finished.has(pipeline)) unfinishedUses++;
        set(pipeline);
      };
      return pass;
    };
    return encoder;
  };
  return {
    get waiting() {
      return held.map(({ label }) => label);
    },
    async release(count = held.length) {
      for (const { go } of held.splice(0, count)) go();
      await turns();
    },
    async refuse() {
      held.shift()?.refuse(new Error('the compiler refuses'));
      await turns();
    },
    get unfinishedUses() {
      return unfinishedUses;
    },
  };
}

/** Lets everything run that only waits for promises. */
export async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}
