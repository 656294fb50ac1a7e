/**
 * Every kernel against its op's CPU reference on the GPU at hand, and the forms that go beyond the plain ones against
 * these: for machines where the tests cannot run. The tables of cases are those of the tests (engine/ops).
 */
import { checkKernel, type Gpu, kernelCases } from '../engine/index.ts';

export interface KernelsChecked {
  readonly cases: number;
  readonly wrong: readonly KernelWrong[];
}

export interface KernelWrong {
  /** `linear f16: m0e4 head`. */
  readonly name: string;
  /** The kernel and why it was chosen; absent where it did not come so far. */
  readonly why?: string;
  readonly errors: readonly string[];
}

/** Goes on after a kernel that fails. Throws `gpu-lost` alone. */
export async function checkKernels(
  gpu: Gpu,
  onCase: (done: number, total: number) => void = () => {},
): Promise<KernelsChecked> {
  const all = kernelCases(gpu);
  const wrong: KernelWrong[] = [];
  for (const [done, one] of all.entries()) {
    onCase(done, all.length);
    const name = `${one.op.name} ${one.scalar}: ${one.row.name}`;
    try {
      const { why, wrong: errors } = await checkKernel(gpu, one);
      if (errors.length > 0) wrong.push({ name, why, errors });
    } catch (cause) {
      gpu.check();
      wrong.push({ name, errors: [cause instanceof Error ? cause.message : String(cause)] });
    }
  }
  return { cases: all.length, wrong };
}

export function printKernels({ cases, wrong }: KernelsChecked): string {
  const head = `kernels: ${cases - wrong.length} of ${cases} cases agree with their reference\n`;
  const lines = wrong.map(
    ({ name, why, errors }) => `  ${name}: ${errors.join('; ')}${why === undefined ? '' : ` (${why})`}\n`,
  );
  return head + lines.join('');
}
