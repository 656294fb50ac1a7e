/** Every model family, one line each; `models/index.ts` makes the table of them. */
export { chatglm } from './chatglm.ts';
export { gemma } from './gemma.ts';
export { gemma2 } from './gemma2.ts';
export { gemma3 } from './gemma3.ts';
export { glm } from './glm.ts';
export { llama } from './llama.ts';
export { phi3 } from './phi3.ts';
export { qwen2 } from './qwen2.ts';
export { qwen3 } from './qwen3.ts';
export { smollm3 } from './smollm3.ts';
