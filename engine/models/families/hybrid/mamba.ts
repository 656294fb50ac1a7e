/** Mamba-2 as a mixer of layers: its sizes in config.json, and its tensors. Source: arXiv 2405.21060. */
import { type Config, count, flag, positive, unsupported, wrongConfig } from '../../config.ts';
import type { RecurrentLayer } from '../../recurrent.ts';
import { requireOff } from '../../sizes.ts';

/** Far above any published model: a token's cost grows with them. */
const MOST_TAPS = 64;
const MOST_HEADS = 4096;
/** Of a head of the scan (ops/scan/kernel.ts). */
const WIDEST = 256;

/** The mixer whose tensors begin with `prefix`; `inner` is the width of its values. */
export function mambaLayer(config: Config, prefix: string, inner: number): RecurrentLayer {
  const of = (name: string) => `${prefix}.${name}`;
  const heads = count(config, 'mamba_n_heads', 128, MOST_HEADS);
  const groups = count(config, 'mamba_n_groups', 1, MOST_HEADS);
  if (heads % groups !== 0) wrongConfig('mamba_n_groups', `a divisor of mamba_n_heads ${heads}`, groups);
  if (inner % heads !== 0) wrongConfig('mamba_n_heads', `a divisor of ${inner}`, heads);
  const headWidth = inner / heads;
  const { mamba_d_head: stated = 'auto' } = config;
  if (stated !== 'auto' && stated !== headWidth) wrongConfig('mamba_d_head', `${headWidth}`, stated);
  if (headWidth > WIDEST) unsupported('mamba_d_head', `at most ${WIDEST}`, headWidth);
  const keyWidth = count(config, 'mamba_d_state', 256, WIDEST);
  const taps = count(config, 'mamba_d_conv', 4, MOST_TAPS);
  if (taps < 2) unsupported('mamba_d_conv', '2 or more', taps);
  requireOff(config, 'mamba_proj_bias');
  const convolved = inner + 2 * groups * keyWidth;
  const rows = { from: 0, of: inner + convolved + heads };
  const part = (from: number) => ({ tensor: of('in_proj'), slice: { ...rows, from } });
  return {
    names: {
      z: part(0),
      x: part(inner),
      a: part(inner + convolved),
      conv: of('conv1d'),
      logA: of('A_log'),
      step: of('dt_bias'),
      direct: of('D'),
      norm: of('norm'),
      out: of('out_proj'),
    },
    shape: {
      rule: 'ssm',
      heads,
      groups,
      keyWidth,
      headWidth,
      taps,
      eps: positive(config, 'rms_norm_eps', 1e-6),
      ...boundsOfSteps(config),
      biases: { conv: flag(config, 'mamba_conv_bias', true), products: false },
    },
  };
}

/** `time_step_limit`: a list of two numbers, of which the second may be infinite, in files also as null or a text. */
function boundsOfSteps({ time_step_limit: limit }: Config): { least?: number; most?: number } {
  if (limit == null) return {};
  const [least, most] = Array.isArray(limit) ? limit : [];
  if (typeof least !== 'number' || least < 0) wrongConfig('time_step_limit', 'two numbers', limit);
  return typeof most === 'number' && Number.isFinite(most) ? { least, most } : { least };
}
