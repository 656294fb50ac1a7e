/**
 * The graph: values and nodes, plain data, no GPU. Nodes stand in program order; passes keep it.
 *
 * A value has one maker. Values that are neither inputs nor weights nor state are made by a node.
 * A `view` is the sub-tensor idea of Transformer-Lite (section 3.4): a place inside a state value (the
 * KV cache), named as the output of the node that computes it, so that K and V are written where
 * they stay. It owns no memory of its own. Whoever reads the state after the write reads it too:
 * order is the order of the nodes (checked by `verify.ts`).
 *
 * Not here: what an op means (`ops/`), how a graph is made (`builder.ts`), its text form (`print.ts`).
 */
import type { ConstantTable } from '../ops/rope/table.ts';
import type { Dim, SymbolAtom } from '../symbolic/dim.ts';
import type { Attribute } from '../tensor/signature.ts';
import type { TensorType } from '../tensor/tensor.ts';

export type ValueId = number & { readonly __value?: never };

/** Which rows of which checkpoint tensors, in which order, make a weight value. Done at upload. */
export type WeightRows =
  /** The tensor, or a slice of its rows, as it is or in another order. */
  | {
      readonly kind: 'tensor';
      readonly tensor: string;
      /** Of a checkpoint that has several matrices in one. */
      readonly slice?: RowSlice;
      readonly order?: RowOrder;
      /** Is added to each number of a vector: Gemma keeps its norms' weights less 1. */
      readonly plus?: number;
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
 * `rope-pairs`: within each head of `headWidth` rows, row i and row i + rotary/2 become rows 2i and
 * 2i+1, so that the two numbers that rotary embedding mixes come out of one workgroup. Dot products
 * between q and k do not change when both are ordered so.
 */
export interface RowOrder {
  readonly kind: 'rope-pairs';
  readonly headWidth: number;
  readonly rotary: number;
}

export type ValueOrigin =
  | { readonly kind: 'input' }
  | { readonly kind: 'weight'; readonly rows: WeightRows }
  /** A table computed once on the CPU, e.g. cosines and sines for rotary embedding. */
  | { readonly kind: 'constant'; readonly table: ConstantTable }
  /** Lives across runs: the KV cache. */
  | { readonly kind: 'state' }
  | { readonly kind: 'node' }
  /** Rows [row, row + shape[0]) of a state value; of a ring (`rings.ts`) modulo its rows. */
  | { readonly kind: 'view'; readonly of: ValueId; readonly row: Dim };

export interface Value {
  readonly id: ValueId;
  /** Checkpoint names for weights; `layers.0.q`-like for the rest. Unique. */
  readonly name: string;
  readonly type: TensorType;
  readonly origin: ValueOrigin;
}

export interface Node {
  readonly op: string;
  /** `layers.0.attention`: for people, counters and GPU labels. */
  readonly name: string;
  /** By name, never by position; an absent optional input is simply not there. */
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

/** A rewrite: graph in, graph out, the input untouched. One file each in `passes/`. */
export interface Pass {
  readonly name: string;
  /** One line for `inspect` of the command line and docs/ENGINE.md. */
  readonly why: string;
  run(graph: Graph): Graph;
}
