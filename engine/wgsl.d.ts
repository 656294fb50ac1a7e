/** Shaders arrive as text: `import source from '../../../wgsl/add/add.wgsl?raw'`. */
declare module '*.wgsl?raw' {
  const source: string;
  export default source;
}
