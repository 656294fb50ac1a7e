import outLinear from '../../../wgsl/linear/out.wgsl?raw';
import { type Epilogue, matmulKernels } from '../../kernels/matmul.ts';
import {
  activationHeader,
  activationPartOf,
  cacheRowPart,
  columns,
  ringParams,
} from '../../kernels/wgsl-parts.ts';

const epilogue: Epilogue = {
  parts: (node) => [outLinear, activationPartOf(node), cacheRowPart(node, 'out')],
  header: (node) => ({
    RESIDUAL: String(node.types.residual !== undefined),
    ...(node.attributes.activation === undefined ? {} : activationHeader(node)),
  }),
  params: (node) => ({
    out_row: node.rows.out ?? 0,
    ...ringParams(node, 'out', node.rows.out ?? 0),
    out_cols: columns(node, 'out'),
  }),
};

export const linearKernels = matmulKernels('linear', epilogue);
