import outGated from '../../../wgsl/gated/out.wgsl?raw';
import { type Epilogue, matmulKernels } from '../../kernels/matmul.ts';
import { activationHeader, activationPart, columns } from '../../kernels/wgsl-parts.ts';

const epilogue: Epilogue = {
  parts: () => [outGated, activationPart],
  header: activationHeader,
  params: (node) => ({ out_cols: columns(node, 'out') }),
};

export const gatedKernels = matmulKernels('gated', epilogue);
