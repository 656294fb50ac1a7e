/**
 * The graph: values and nodes as plain data, without a GPU. Nodes are in program order, and passes keep that order.
 *
 * Each value has one producer. Values that are neither inputs nor weights nor states are produced by a node. A `view`
 * is the sub-tensor of Transformer-Lite (section 3.4): rows of a state value (the KV cache), named as the output of the
 * node that computes them, so that K and V are written in place. It has no memory of its own. A node that reads the
 * state after the write also reads the view; the order of nodes decides, and `validate.ts` checks it.
 *
 * Not here: what an op means (`ops/`), how a graph is built (`builder.ts`), its text form (`print.ts`).
 */
import type { ConstantTable } from '../ops/rope/table.ts';
import type { Dim, SymbolAtom } from '../symbolic/dim.ts';
import type { Attribute } from '../tensor/signature.ts';
import type { TensorType } from '../tensor/tensor.ts';

export type ValueId = number & { readonly __value?: never };

/** Which rows of which checkpoint tensors, in which order, make up a weight value. Applied at upload. */
export type WeightRows =
  /** A tensor or a slice of its rows, in the checkpoint's order or another one. */
  | {
      readonly kind: 'tensor';
      readonly tensor: string;
      /** For a checkpoint that stores several matrices in one tensor. */
      readonly slice?: RowSlice;
      readonly order?: RowOrder;
      /** Added to each number of a vector: Gemma stores the weights of its norms minus 1. */
      readonly plus?: number;
      /** Multiplies each number of a vector, after `plus`: a scale of the logits is folded into the last norm. */
      readonly times?: number;
    }
  /** The parts one below the other (q, k, v). */
  | { readonly kind: 'concat'; readonly parts: readonly WeightRows[] }
  /** Row 0 of each part, row 1 of each part, … (gate and up, so that a pair is adjacent). */
  | { readonly kind: 'interleave'; readonly parts: readonly WeightRows[] };

/** Rows [from, from + count). */
export interface RowSlice {
  readonly from: number;
  readonly count: number;
}

/**
 * `rope-pairs`: within each head of `headWidth` rows, row i and row i + rotary/2 become rows 2i and 2i+1, so that one
 * workgroup computes both numbers that rotary embedding mixes. Dot products between q and k do not change when both
 * have this order.
 */
export interface RowOrder {
  readonly kind: 'rope-pairs';
  readonly headWidth: number;
  readonly rotary: number;
}

export type ValueOrigin =
  | { readonly kind: 'input' }
  | { readonly kind: 'weight'; readonly rows: WeightRows }
  /**
   * Rows of a matrix for the ids of a run, in their order: its shape is [S, columns]. The matrix stays in the store, and the
   * runtime fetches these rows before each run (runtime/memory/pages.ts).
   */
  | { readonly kind: 'pages'; readonly rows: WeightRows & { readonly kind: 'tensor' } }
  /** A table computed once on the CPU: cosines and sines for rotary embedding. */
  | { readonly kind: 'constant'; readonly table: ConstantTable }
  /** Persists between runs: the KV cache, and states in slots (`slots.ts`). */
  | { readonly kind: 'state'; readonly slots?: true }
  | { readonly kind: 'node' }
  /**
   * Rows [row, row + shape[0]) of a state value; modulo its row count where it is a ring (`rings.ts`). A slot is one row.
   */
  | { readonly kind: 'view'; readonly of: ValueId; readonly row: Dim };

export interface Value {
  readonly id: ValueId;
  /** The checkpoint's name for a weight, a name like `layers.0.q` for other values. Unique. */
  readonly name: string;
  readonly type: TensorType;
  readonly origin: ValueOrigin;
}

export interface Node {
  readonly op: string;
  /** For messages, counters and GPU labels: `layers.0.attention`. */
  readonly name: string;
  /** By name, never by position. An absent optional input has no key. */
  readonly inputs: Readonly<Record<string, ValueId>>;
  readonly outputs: Readonly<Record<string, ValueId>>;
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface Graph {
  readonly name: string;
  readonly symbols: Readonly<Record<string, SymbolAtom>>;
  readonly values: readonly Value[];
  readonly nodes: readonly Node[];
  readonly outputs: Readonly<Record<string, ValueId>>;
}

/** A rewrite: takes a graph and returns a new one. The input is not changed. One file each in `passes/`. */
export interface Pass {
  readonly name: string;
  /** One line for `inspect` of the command line and docs/ENGINE.md. */
  readonly why: string;
  run(graph: Graph): Graph;
}
