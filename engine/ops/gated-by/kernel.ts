import outGatedBy from '../../../wgsl/gated-by/out.wgsl?raw';
import { numberIn } from '../../kernels/kernel.ts';
import { type Epilogue, matmulKernels } from '../../kernels/matmul.ts';
import { activationHeader, activationPart, columns } from '../../kernels/wgsl-parts.ts';

const epilogue: Epilogue = {
  parts: () => [outGatedBy, activationPart],
  header: activationHeader,
  params: (node) => ({
    out_cols: columns(node, 'out'),
    up_cols: columns(node, 'up'),
    column: numberIn(node, 'column', 0),
  }),
};

export const gatedByKernels = matmulKernels('gated_by', epilogue);
