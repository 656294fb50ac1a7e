/**
 * Maps tensors of a GGUF file to the names and values of the checkpoint that it was converted from.
 * Names: `architectures/`. Not here: reordering rows (`rows.ts`), number formats (engine/quant/ggml.ts).
 */
import { fail } from '../../base/errors.ts';
import type { GgufArchitecture } from './architectures/index.ts';
import type { GgufModel } from './config.ts';
import type { GgufFile } from './header.ts';
import type { Interleaved } from './rows.ts';

const TOP: Readonly<Record<string, string>> = {
  token_embd: 'model.embed_tokens',
  output_norm: 'model.norm',
  output: 'lm_head',
};

/** `blk.3.attn_q.weight` → `model.layers.3.self_attn.q_proj.weight`; unknown names are returned unchanged. */
export function publishedName(architecture: GgufArchitecture, name: string): string {
  const parts = /^(?:blk\.(\d+)\.)?([a-z_0-9]+(?:\.[a-z_0-9]+)??)(?:\.(weight|bias))?$/.exec(name);
  if (parts === null) return name;
  const [, layer, part = '', ending] = parts;
  const kind = ending ?? (part === BARE_NORM ? 'weight' : undefined);
  const names = layer === undefined ? (architecture.top ?? TOP) : architecture.layer;
  const of = (key: string) => (Object.hasOwn(names, key) ? names[key] : undefined);
  const usual = of(part);
  const whole = ending === undefined ? part : `${part}.${ending}`;
  const known = (WHOLE.test(whole) ? of(whole) : undefined) ?? (usual && kind && `${usual}.${kind}`);
  if (known === undefined) return name;
  return layer === undefined ? known : `${architecture.layers ?? 'model.layers'}.${layer}.${known}`;
}

/** A norm that files of Falcon-H1 write without `.weight`, and llama.cpp asks for by that name. */
const BARE_NORM = 'ffn_norm';

/** Keys with the whole name of a vector; some vectors have no ending. */
const WHOLE = /\.(weight|bias)$|^ssm_[ad]$/;

/** Whether this tensor has −exp(x) of the numbers x of the checkpoint, as the decays of carried states. */
export function isExponential(name: string): boolean {
  return /^blk\.\d+\.ssm_a$/.test(name);
}

/** Whether 1 must be subtracted from this tensor, which is a norm's weight. */
export function isNormPlusOne(architecture: GgufArchitecture, name: string): boolean {
  return (
    architecture.normsPlusOne === true && /norm\.weight$/.test(name) && !name.endsWith('ssm_norm.weight')
  );
}

/** A head is held in memory; the largest published ones take 4 MB. */
const MAX_HEAD_BYTES = 64 * 1024 * 1024;

/** Returns the q and k tensors whose rows must be reordered. Throws `checkpoint-damaged` for odd head widths. */
export function interleaved(file: GgufFile, model: GgufModel): Interleaved[] {
  if (model.architecture.interleaved !== true) return [];
  return file.tensors.flatMap((tensor) => {
    const part = /^blk\.\d+\.attn_([qk])\.(?:weight|bias)$/.exec(tensor.name)?.[1];
    if (part === undefined || tensor.bytes === 0) return [];
    const [rows = 0] = tensor.shape;
    const heads = part === 'q' ? model.heads : model.kvHeads;
    const headBytes = tensor.bytes / heads;
    if (rows % (2 * heads) !== 0 || headBytes > MAX_HEAD_BYTES) {
      const shape = `[${tensor.shape.join(', ')}]`;
      fail('checkpoint-damaged', {
        who: file.source.name,
        where: `tensor ${tensor.name}`,
        message: 'the rows do not divide into heads of an even width',
        expected: `a number of rows that is a multiple of ${2 * heads}, at most ${MAX_HEAD_BYTES} bytes per head`,
        got: shape,
      });
    }
    return [{ offset: tensor.offset, bytes: tensor.bytes, headBytes, rowBytes: tensor.bytes / rows }];
  });
}
