/**
 * Tensors of a GGUF file under the names, and with the numbers, of the checkpoint that it was made from.
 * Names: `architectures.ts`. Not here: the order of rows in bytes (`rows.ts`), number formats (engine/quant/ggml.ts).
 */
import { fail } from '../../base/errors.ts';
import type { GgufArchitecture } from './architectures.ts';
import type { GgufModel } from './config.ts';
import type { GgufFile } from './header.ts';
import type { Interleaved } from './rows.ts';

const TOP: Readonly<Record<string, string>> = {
  token_embd: 'model.embed_tokens',
  output_norm: 'model.norm',
  output: 'lm_head',
};

/** `blk.3.attn_q.weight` → `model.layers.3.self_attn.q_proj.weight`; a name that is not known stays. */
export function publishedName(architecture: GgufArchitecture, name: string): string {
  const parts = /^(?:blk\.(\d+)\.)?([a-z_0-9]+)\.(weight|bias)$/.exec(name);
  if (parts === null) return name;
  const [, layer, part = '', kind] = parts;
  const names = layer === undefined ? (architecture.top ?? TOP) : architecture.layer;
  const known = Object.hasOwn(names, part) ? names[part] : undefined;
  if (known === undefined) return name;
  return layer === undefined
    ? `${known}.${kind}`
    : `${architecture.layers ?? 'model.layers'}.${layer}.${known}.${kind}`;
}

/** True for a norm's weight that must be lessened by 1. */
export function isNormPlusOne(architecture: GgufArchitecture, name: string): boolean {
  return architecture.normsPlusOne === true && /norm\.weight$/.test(name);
}

/** A head is read at once; the largest published ones take 4 MB. */
const MAX_HEAD_BYTES = 64 * 1024 * 1024;

/** How the rows of q and k lie in the file, where they must move. */
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
        message: 'the rows are not heads of an even width',
        expected: `rows in a multiple of ${2 * heads}, at most ${MAX_HEAD_BYTES} bytes a head`,
        got: shape,
      });
    }
    return [{ offset: tensor.offset, bytes: tensor.bytes, headBytes, rowBytes: tensor.bytes / rows }];
  });
}
