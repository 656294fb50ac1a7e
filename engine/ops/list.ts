/** Every op, one line each; `index.ts` makes the table of them. */
export { add } from './add/index.ts';
export { argmax } from './argmax/index.ts';
export { attention } from './attention/index.ts';
export { embed } from './embed/index.ts';
export { gateMul } from './gate-mul/index.ts';
export { gated } from './gated/index.ts';
export { heads } from './heads/index.ts';
export { lastRow } from './last-row/index.ts';
export { linear } from './linear/index.ts';
export { penalise } from './penalise/index.ts';
export { qkv } from './qkv/index.ts';
export { qkvHeads } from './qkv-heads/index.ts';
export { quantise } from './quantise/index.ts';
export { rmsnorm } from './rmsnorm/index.ts';
export { rope } from './rope/index.ts';
export { sample } from './sample/index.ts';
export { softcap } from './softcap/index.ts';
