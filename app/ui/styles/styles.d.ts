/** Style sheets are bundled by Vite; `?inline` gives their text. */
declare module '*.css';
declare module '*.css?inline' {
  const text: string;
  export default text;
}
