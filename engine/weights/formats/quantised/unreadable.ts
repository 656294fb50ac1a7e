/** Refuses quantised weights by the name of what made them, with the way out. */
import { fail } from '../../../base/errors.ts';

/** Throws `model-unknown`. `what`: e.g. "HQQ", "AWQ of version gemv"; `key`: of `quantization_config`. */
export function unreadable(what: string, key = 'quant_method'): never {
  fail('model-unknown', {
    who: 'config.json',
    where: `quantization_config.${key}`,
    message: `weights quantised by ${what} cannot be read; take the repository's safetensors from before, or a GGUF file`,
    expected:
      'GPTQ, AWQ, auto-round, compressed-tensors, bitsandbytes, MLX, FP8, or weights in f32, f16 or bf16',
    got: what,
  });
}
