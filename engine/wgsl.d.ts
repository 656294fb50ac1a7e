/** Shaders arrive as text: `import source from '../../wgsl/gemv.wgsl?raw'`. */
declare module '*.wgsl?raw' {
  const source: string;
  export default source;
}
