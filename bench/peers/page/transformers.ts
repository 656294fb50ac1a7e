/** transformers.js with ONNX Runtime's WebGPU backend, used as documented: its browser bundle and `generate`. */
import { bestOf, type OpenPeer } from './engine.ts';

interface OnnxTensor {
  readonly dims: readonly number[];
  slice(...ranges: (readonly number[] | number | null)[]): OnnxTensor;
  to(type: string): OnnxTensor;
  readonly data: Float32Array;
}

interface CausalModel {
  (inputs: Record<string, OnnxTensor>): Promise<{ logits: OnnxTensor; past_key_values: unknown }>;
  generate(options: Record<string, unknown>): Promise<unknown>;
}

interface Library {
  readonly AutoModelForCausalLM: {
    from_pretrained(name: string, options: Record<string, unknown>): Promise<CausalModel>;
  };
  readonly Tensor: new (type: string, data: BigInt64Array, dims: readonly number[]) => OnnxTensor;
  readonly env: {
    version: string;
    allowRemoteModels: boolean;
    allowLocalModels: boolean;
    localModelPath: string;
    useBrowserCache: boolean;
    useWasmCache: boolean;
    backends: { onnx: { wasm: { wasmPaths: unknown } } };
  };
}

export const openTransformers: OpenPeer = async ({ model, packages, activations }) => {
  const file = `${packages}/@huggingface/transformers/dist/transformers.min.js`;
  const { AutoModelForCausalLM, Tensor, env } = (await import(/* @vite-ignore */ file)) as Library;
  const runtime = `${location.origin}${packages}/onnxruntime-web/dist/ort-wasm-simd-threaded.asyncify`;
  Object.assign(env, { allowRemoteModels: false, allowLocalModels: true, localModelPath: '/' });
  Object.assign(env, { useBrowserCache: false, useWasmCache: false });
  env.backends.onnx.wasm.wasmPaths = { mjs: `${runtime}.mjs`, wasm: `${runtime}.wasm` };
  const loaded = await AutoModelForCausalLM.from_pretrained(model.replace(/^\//, ''), {
    device: 'webgpu',
    dtype: activations === 'f16' ? 'q4f16' : 'q4',
  });
  const inputs = (ids: readonly number[]) => ({
    input_ids: new Tensor('int64', BigInt64Array.from(ids, BigInt), [1, ids.length]),
    attention_mask: new Tensor('int64', new BigInt64Array(ids.length).fill(1n), [1, ids.length]),
  });
  return {
    version: `${env.version}, MatMulNBits, ${activations}`,
    async best(ids) {
      const { logits } = await loaded(inputs(ids));
      return bestOf(logits.slice(0, -1, null).to('float32').data);
    },
    async generate(ids, tokens, onToken) {
      let prompt = true;
      const streamer = {
        put([[id]]: [[bigint]]) {
          // The first call passes the prompt.
          if (!prompt) onToken(Number(id));
          prompt = false;
        },
        end() {},
      };
      const options = { max_new_tokens: tokens, do_sample: false, eos_token_id: null, streamer };
      await loaded.generate({ ...inputs(ids), ...options });
    },
  };
};
