/** Reads f32 tensors of a safetensors file in memory. Shipped code uses `weights/formats/safetensors.ts`. */
import type { HostTensor } from '../tensor/tensor.ts';

/** Parses 8 bytes of header length, a JSON header, then the data. */
export function readTensors(bytes: Uint8Array): (name: string) => HostTensor {
  const headerLength = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerLength)));
  return (name) => {
    const { shape, data_offsets: offsets } = header[name] as {
      shape: number[];
      data_offsets: [number, number];
    };
    const data = bytes.slice(8 + headerLength + offsets[0], 8 + headerLength + offsets[1]);
    return { shape, data: new Float32Array(data.buffer) };
  };
}
