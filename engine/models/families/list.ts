/** Every model family, one line each; `models/index.ts` makes the table of them. */
export { chatglm } from './chatglm.ts';
export { ernie } from './ernie4-5.ts';
export { gemma } from './gemma.ts';
export { gemma2 } from './gemma2.ts';
export { gemma3 } from './gemma3.ts';
export { glm } from './glm.ts';
export { granite } from './granite.ts';
export { hunyuan } from './hunyuan.ts';
export { lfm2 } from './lfm2.ts';
export { llama } from './llama.ts';
export { minicpm } from './minicpm.ts';
export { olmo2 } from './olmo2.ts';
export { phi3 } from './phi3.ts';
export { qwen2 } from './qwen2.ts';
export { qwen3 } from './qwen3.ts';
export { smollm3 } from './smollm3.ts';
