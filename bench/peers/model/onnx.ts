/**
 * Builds an ONNX model from nodes, inputs, outputs and initialisers, and writes its bytes. Field numbers are those of
 * `onnx.proto3`.
 */
import type { FilePart } from './file-parts.ts';
import { float, integer, message, string } from './protobuf.ts';

/** `TensorProto.DataType` */
export const TYPES = { float32: 1, uint8: 2, int32: 6, int64: 7, float16: 10 } as const;
export type OnnxType = keyof typeof TYPES;
const BYTES: Readonly<Record<OnnxType, number>> = { float32: 4, uint8: 1, int32: 4, int64: 8, float16: 2 };

/** An integer (plain number), or a float. */
export type OnnxAttribute = number | { readonly float: number };
export const asFloat = (value: number): OnnxAttribute => ({ float: value });

const IR_VERSION = 10;
/** `ai.onnx` and the operators of ONNX Runtime. */
const OPSETS = [
  { domain: '', version: 21 },
  { domain: 'com.microsoft', version: 1 },
];

export class OnnxGraph {
  private readonly nodes: FilePart[] = [];
  private readonly initialisers: FilePart[] = [];
  private readonly inputs: FilePart[] = [];
  private readonly outputs: FilePart[] = [];
  private count = 0;

  /** Adds a node and returns the name of its first output. '' means an absent input or output. */
  node(
    type: string,
    inputs: readonly string[],
    {
      outputs,
      attributes = {},
      domain = '',
    }: {
      readonly outputs?: readonly string[];
      readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
      readonly domain?: string;
    } = {},
  ): string {
    const name = `${type}_${this.count++}`;
    const results = outputs ?? [`${name}_output`];
    this.nodes.push(
      ...message(1, [
        ...inputs.flatMap((input) => string(1, input)),
        ...results.flatMap((output) => string(2, output)),
        ...string(3, name),
        ...string(4, type),
        ...Object.entries(attributes).flatMap(([key, value]) => attribute(key, value)),
        ...string(7, domain),
      ]),
    );
    return results[0] as string;
  }

  /** Adds a node with an operator of ONNX Runtime. */
  contrib(
    type: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>>,
    outputs?: readonly string[],
  ): string {
    return this.node(type, inputs, {
      attributes,
      domain: 'com.microsoft',
      ...(outputs === undefined ? {} : { outputs }),
    });
  }

  /** Adds an initialiser and returns its name. */
  initialiser(name: string, type: OnnxType, dims: readonly number[], make: () => Uint8Array): string {
    const length = dims.reduce((n, d) => n * d, BYTES[type]);
    this.initialisers.push(
      ...message(5, [
        ...dims.flatMap((n) => integer(1, n)),
        ...integer(2, TYPES[type]),
        ...string(8, name),
        ...message(9, [{ length, make }]),
      ]),
    );
    return name;
  }

  /** Adds a graph input. A named dimension may differ between runs. */
  input(name: string, type: OnnxType, dims: readonly (number | string)[]): string {
    this.inputs.push(...message(11, valueInfo(name, type, dims)));
    return name;
  }

  output(name: string, type: OnnxType, dims: readonly (number | string)[]): void {
    this.outputs.push(...message(12, valueInfo(name, type, dims)));
  }

  /** The whole file. */
  parts(): FilePart[] {
    const graph = [
      ...this.nodes,
      ...string(2, 'random llama'),
      ...this.initialisers,
      ...this.inputs,
      ...this.outputs,
    ];
    return [
      ...integer(1, IR_VERSION),
      ...string(2, 'linnet bench:peers'),
      ...message(7, graph),
      ...OPSETS.flatMap(({ domain, version }) => message(8, [...string(1, domain), ...integer(2, version)])),
    ];
  }
}

/** `AttributeProto`, with its type (1 float, 2 int) in field 20. */
function attribute(name: string, value: OnnxAttribute): FilePart[] {
  const body = typeof value === 'number' ? integer(3, value) : float(2, value.float);
  const type = integer(20, typeof value === 'number' ? 2 : 1);
  return message(5, [...string(1, name), ...body, ...type]);
}

function valueInfo(name: string, type: OnnxType, dims: readonly (number | string)[]): FilePart[] {
  const shape = dims.flatMap((n) => message(1, typeof n === 'number' ? integer(1, n) : string(2, n)));
  const tensor = [...integer(1, TYPES[type]), ...message(2, shape)];
  return [...string(1, name), ...message(2, message(1, tensor))];
}
