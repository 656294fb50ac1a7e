/**
 * How q and k are normalised: each head before its rotation (`heads`: Qwen3, Gemma 3), each head, with the weights after
 * its rotation (`heads_rotated`: Hunyuan), or all heads of a row together, before (`row`: OLMo 2).
 */
export type HeadNormForm = 'heads' | 'heads_rotated' | 'row';

export const HEAD_NORM_FORMS: readonly unknown[] = ['heads', 'heads_rotated', 'row'] satisfies HeadNormForm[];
