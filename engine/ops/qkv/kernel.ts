import outQkv from '../../../wgsl/qkv/out.wgsl?raw';
import { dimIn, numberIn } from '../../kernels/kernel.ts';
import { type Epilogue, matmulKernels } from '../../kernels/matmul.ts';
import { cacheRowPart, columns, ringParams } from '../../kernels/wgsl-parts.ts';

const epilogue: Epilogue = {
  parts: (node) => [outQkv, cacheRowPart(node, 'k')],
  header: () => ({}),
  params: (node) => ({
    q_cols: columns(node, 'q'),
    kv_cols: columns(node, 'k'),
    head_width: numberIn(node, 'headWidth'),
    rotary: numberIn(node, 'rotary'),
    position: dimIn(node, 'position'),
    k_row: node.rows.k ?? 0,
    v_row: node.rows.v ?? 0,
    ...ringParams(node, 'k', node.rows.k ?? 0),
  }),
};

export const qkvKernels = matmulKernels('qkv', epilogue);
