/** What a node or an op takes and gives, by name: types, numbers, attributes. */
import type { Dim } from '../symbolic/dim.ts';
import type { HostTensor, TensorType } from './tensor.ts';

export type Attribute = number | string | boolean | Dim;

export type Types = Readonly<Record<string, TensorType>>;
export type Tensors = Readonly<Record<string, HostTensor>>;
export type Attributes = Readonly<Record<string, Attribute>>;
