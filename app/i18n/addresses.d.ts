/** The address of a file in the package, which Vite gives in place of what is in it. */
declare module '*.json?url' {
  const address: string;
  export default address;
}
