/** Vite replaces such an import by the address of the file in the package. */
declare module '*.json?url' {
  const address: string;
  export default address;
}
