/**
 * Names of tensors as different programs write them, and tensors that a text model does not need.
 *
 * `torch.compile` adds `_orig_mod.`, wrappers add `module.`, transformers 5 writes `model.language_model.` where earlier
 * versions wrote `language_model.model.`, and exports of the bare model lack `model.`. Within transformers the gates of
 * LFM3's heads are `g_proj`.
 */
import { fail } from '../../base/errors.ts';
import type { Checkpoint, CheckpointTensor } from './checkpoint-tensor.ts';

/** The name without what programs put in front of it. */
function bare(name: string): string {
  return name
    .replace(/(?:^|(?<=\.))(?:_orig_mod|module|_fsdp_wrapped_module)\./g, '')
    .replace(/(?<=\.self_attn\.)g_proj(?=\.)/, 'gate_proj')
    .replace(/^(?:base_model\.)?(?:model\.|language_model\.|text_model\.|bert\.)*/, '');
}

/** The checkpoint with its tensors under the names that the model asks for; exact names win. */
export function withNames(checkpoint: Checkpoint, wanted: readonly string[]): Checkpoint {
  const byBare = new Map(wanted.map((name) => [bare(name), name]));
  const tensors = new Map<string, CheckpointTensor>();
  for (const [name, tensor] of checkpoint.tensors) {
    const own = byBare.get(bare(name));
    const renamed = own === undefined || checkpoint.tensors.has(own) ? name : own;
    tensors.set(renamed, renamed === name ? tensor : { ...tensor, name: renamed });
  }
  return { ...checkpoint, tensors };
}

/** Whether the checkpoint has a head of its own. */
export const hasOwnHead = ({ tensors }: Checkpoint): boolean =>
  [...tensors.keys()].some((name) => bare(name) === 'lm_head.weight');

/** Parts for pictures and sound, BERT's classifier of pairs, buffers that are computed, and layers that only predict ahead. */
const UNUSED: readonly RegExp[] = [
  /(?:^|\.)(?:vision_tower|vision_model|vision_encoder|visual|multi_modal_projector|mm_projector|patch_merger|pre_mm_projector_norm|vision_language_adapter|image_newline|audio_tower|embed_tokens_extend|embed_vision|embed_audio)(?:\.|$)/,
  /(?:^|\.)(?:rotary_emb|rotary_pos_emb)\.(?:inv_freq|original_inv_freq|cos_cached|sin_cached)$/,
  /^(?:bert\.)?pooler\.dense\.(?:weight|bias)$/,
  /(?:^|\.)(?:masked_bias|position_ids|freqs_cis)$|\.attn\.bias$/,
  /^rope_(?:freqs|factors_long|factors_short)\.weight$/,
  /(?:^|\.)(?:mtp|nextn)\./,
];
const INTEGERS = /^(?:I|U|BOOL)/;
const LISTED = 8;

/**
 * Throws `checkpoint-mismatch`, with their names, if the checkpoint has weights that the model would not use: with them it
 * is another model.
 */
export function requireAllUsed(
  checkpoint: Checkpoint,
  wanted: readonly string[],
  isKnown: (name: string) => boolean = () => false,
): void {
  const used = new Set(wanted);
  const layers = Number(checkpoint.config.num_hidden_layers ?? checkpoint.config.num_layers ?? 0);
  const ahead = Number(checkpoint.config.num_nextn_predict_layers ?? 0);
  const isAhead = (name: string) => {
    const layer = Number(/(?:^|\.)(?:layers|blk)\.(\d+)\./.exec(name)?.[1] ?? -1);
    return layer >= layers && layer < layers + ahead;
  };
  const left = [...checkpoint.tensors.values()].filter(
    ({ name, dtype, rows }) =>
      !used.has(name) &&
      (rows !== undefined || !INTEGERS.test(dtype)) &&
      !UNUSED.some((pattern) => pattern.test(name)) &&
      !isAhead(name) &&
      !isKnown(name),
  );
  const [first] = left;
  if (first === undefined) return;
  const names = left.slice(0, LISTED).map(({ name }) => name);
  fail('checkpoint-mismatch', {
    who: first.source.name,
    where: `tensor ${first.name}`,
    message: 'the file has weights that a model of this config.json does not use, so it is another model',
    expected: `the ${used.size} tensors of model_type ${String(checkpoint.config.model_type)}`,
    got: `${names.join(', ')}${left.length > LISTED ? ` and ${left.length - LISTED} more` : ''}`,
  });
}
