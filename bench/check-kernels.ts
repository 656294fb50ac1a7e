/**
 * Checks every kernel against its op's CPU reference on the current GPU, and every optional kernel variant against the
 * plain one. For machines where the tests cannot run. Uses the same tables of cases as the tests (engine/ops).
 */
import { checkKernel, kernelCases } from '../engine/bench.ts';
import type { Gpu } from '../engine/index.ts';

export interface KernelReport {
  readonly cases: number;
  readonly failures: readonly KernelFailure[];
}

export interface KernelFailure {
  /** For example `linear f16: m0e4 head`. */
  readonly name: string;
  /** The kernel and why it was chosen. Absent if the check failed before a kernel was chosen. */
  readonly why?: string;
  readonly errors: readonly string[];
}

/** Checks all kernels, also after one fails. Throws only `gpu-lost`. */
export async function checkKernels(
  gpu: Gpu,
  onCase: (done: number, total: number) => void = () => {},
): Promise<KernelReport> {
  const all = kernelCases(gpu);
  const failures: KernelFailure[] = [];
  for (const [done, one] of all.entries()) {
    onCase(done, all.length);
    const name = `${one.op.name} ${one.scalar}: ${one.row.name}`;
    try {
      const { why, wrong: errors } = await checkKernel(gpu, one);
      if (errors.length > 0) failures.push({ name, why, errors });
    } catch (cause) {
      gpu.check();
      failures.push({ name, errors: [cause instanceof Error ? cause.message : String(cause)] });
    }
  }
  return { cases: all.length, failures };
}

export function printKernels({ cases, failures }: KernelReport): string {
  const head = `kernels: ${cases - failures.length} of ${cases} cases agree with their reference\n`;
  const lines = failures.map(
    ({ name, why, errors }) => `  ${name}: ${errors.join('; ')}${why === undefined ? '' : ` (${why})`}\n`,
  );
  return head + lines.join('');
}
