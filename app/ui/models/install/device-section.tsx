/** What this device can do: graphics, precision, limits, memory, storage. */
import { adapterName, deviceOf } from '../../../catalogue/device.ts';
import type { DeviceFacts } from '../../../catalogue/fit.ts';
import { bytes, t } from '../../../i18n/index.ts';
import type { Diagnostics } from '../../../protocol/requests.ts';
import { Icon, type IconName } from '../../kit/icons.tsx';
import type { ModelsController } from '../models-controller.ts';

type Mark = 'good' | 'fair' | 'bad';

interface Finding {
  readonly name: string;
  readonly mark: Mark;
  readonly text: string;
}

const ICONS: { readonly [M in Mark]: IconName } = { good: 'check', fair: 'warning', bad: 'close' };
/** Many browsers report at most this much memory. */
const CAPPED_GiB = 8;
const GiB = 2 ** 30;

/** Undefined until the worker has answered. */
export function useDevice(controller: ModelsController): DeviceFacts | undefined {
  const diagnostics = controller.diagnostics.value;
  return diagnostics && deviceOf(diagnostics, controller.worker.models.value?.storage);
}

export function DeviceCheck({ controller }: { controller: ModelsController }) {
  const device = useDevice(controller);
  const diagnostics = controller.diagnostics.value;
  if (device === undefined || diagnostics === undefined) return <p class="soft">{t('device-checking')}</p>;
  return (
    <ul class="findings">
      {findings(device, diagnostics).map(({ name, mark, text }) => (
        <li key={name} class={`finding ${mark}`}>
          <span class="mark">
            <Icon name={ICONS[mark]} />
            <span class="hidden-visually">{t(`mark-${mark}`)}:</span>
          </span>
          <strong>{name}</strong>
          <span class="soft">{text}</span>
        </li>
      ))}
    </ul>
  );
}

function findings(device: DeviceFacts, { adapter }: Diagnostics): Finding[] {
  const { gpu, memoryGiB, storage } = device;
  const name = adapter === undefined ? '' : adapterName(adapter);
  return [...gpuFindings(gpu, name), memoryFinding(memoryGiB), storageFinding(storage)];
}

function gpuFindings(gpu: DeviceFacts['gpu'], name: string): Finding[] {
  if (gpu === undefined) return [{ name: t('device-gpu'), mark: 'bad', text: t('device-gpu-no') }];
  return [
    {
      name: t('device-gpu'),
      mark: gpu.software ? 'fair' : 'good',
      text: t(gpu.software ? 'device-gpu-software' : 'device-gpu-yes', { name }),
    },
    {
      name: t('device-f16'),
      mark: gpu.f16 ? 'good' : 'fair',
      text: t(gpu.f16 ? 'device-f16-yes' : 'device-f16-no'),
    },
    {
      name: t('device-limit'),
      mark: gpu.largestBytes >= GiB / 8 ? 'good' : 'fair',
      text: t('device-limit-text', { size: bytes(gpu.largestBytes) }),
    },
  ];
}

function memoryFinding(memoryGiB: number | undefined): Finding {
  const name = t('device-memory');
  if (memoryGiB === undefined) return { name, mark: 'fair', text: t('device-memory-unknown') };
  const size = bytes(memoryGiB * 1e9);
  const text = t(memoryGiB === CAPPED_GiB ? 'device-memory-capped' : 'device-memory-text', { size });
  return { name, mark: memoryGiB >= 4 ? 'good' : 'fair', text };
}

function storageFinding(storage: DeviceFacts['storage']): Finding {
  const name = t('device-storage');
  if (storage === undefined) return { name, mark: 'fair', text: t('device-storage-unknown') };
  const free = Math.max(0, storage.quota - storage.usage);
  const mark = free > 2e9 ? 'good' : free > 2e8 ? 'fair' : 'bad';
  return { name, mark, text: t('device-storage-text', { free: bytes(free) }) };
}
