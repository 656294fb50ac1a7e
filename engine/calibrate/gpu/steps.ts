/** Runs shaders of `wgsl/calibrate` one after the other, with buffers and parameters by name. */
import { invariant } from '../../base/errors.ts';
import {
  type Buffer,
  createBindGroup,
  createBuffer,
  type Dispatch,
  type Gpu,
  type Pipeline,
  pipelineCache,
  submit,
  writeBuffer,
} from '../../gpu/index.ts';
import { type ParamLayout, parseBindings, parseParams, type ShaderBinding } from '../../kernels/shader.ts';

export interface CalibrationShader {
  readonly name: string;
  readonly code: string;
}

/** One dispatch. */
export interface CalibrationStep {
  readonly shader: CalibrationShader;
  readonly buffers: Readonly<Record<string, Buffer>>;
  readonly params: Readonly<Record<string, number>>;
  readonly workgroups: number;
}

interface OpenedShader {
  readonly pipeline: Pipeline;
  readonly bindings: readonly ShaderBinding[];
  readonly layout: ParamLayout;
}

/** Submits the steps in order, in one pass. Throws `gpu-program` for a shader that does not compile. */
export async function runSteps(gpu: Gpu, steps: readonly CalibrationStep[]): Promise<void> {
  if (steps.length === 0) return;
  const opened = await Promise.all(steps.map(({ shader }) => open(gpu, shader)));
  const align = gpu.facts.limits.minUniformBufferOffsetAlignment ?? 256;
  const stride = Math.ceil(Math.max(...opened.map(({ layout }) => layout.size)) / align) * align;
  const bytes = new DataView(new ArrayBuffer(stride * steps.length));
  const params = createBuffer(gpu, 'calibration parameters', bytes.byteLength, 'params');
  const dispatches = steps.map((step, i): Dispatch => {
    const { pipeline, bindings, layout } = opened[i] as OpenedShader;
    for (const { name, type, offset } of layout.fields) {
      const value = step.params[name];
      invariant(value !== undefined, step.shader.name, `no parameter ${name}`);
      if (type === 'f32') bytes.setFloat32(i * stride + offset, value, true);
      else bytes.setUint32(i * stride + offset, value, true);
    }
    const bound = bindings.map(({ binding, name }) => {
      if (name === 'params') return { binding, buffer: params, offset: i * stride, size: layout.size };
      const buffer = step.buffers[name];
      invariant(buffer !== undefined, step.shader.name, `no buffer ${name}`);
      return { binding, buffer };
    });
    return { pipeline, bindings: createBindGroup(gpu, pipeline, bound) };
  });
  writeBuffer(gpu, params, 0, new Uint8Array(bytes.buffer));
  submit(
    gpu,
    dispatches,
    steps.map(({ workgroups }) => workgroups),
  );
  params.destroy(); // takes effect when what was submitted is done
}

async function open(gpu: Gpu, { name, code }: CalibrationShader): Promise<OpenedShader> {
  const bindings = parseBindings(code, name);
  const pipeline = await pipelineCache(gpu).get({ key: code, label: name, code, constants: {}, bindings });
  return { pipeline, bindings, layout: parseParams(code, name) };
}
