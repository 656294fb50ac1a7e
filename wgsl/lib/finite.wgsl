// Numbers that are not finite, and how they are passed on: in the place of a maximum stands the greatest f32, in the
// place of an id `BROKEN` (engine/sampling/broken.ts). By bits, since compilers may assume that no number is NaN.
const HIGHEST: f32 = 3.4028234663852886e38;
const BROKEN: u32 = 0xffffffffu;

fn is_broken(value: f32) -> bool {
  return (bitcast<u32>(value) & 0x7f800000u) == 0x7f800000u;
}
