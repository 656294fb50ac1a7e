/**
 * What is done after each test of a view. Not a hook of the module that needs it: where files share a process, a module is
 * loaded once, and its hooks would belong to the first file alone.
 */
export const cleanUps = new Set<() => void | Promise<void>>();
