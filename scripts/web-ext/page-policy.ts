/**
 * Pages of the package connect to nothing but the package itself. The manifest's policy holds for the workers, too, of which
 * one reaches the person's own server; a page's own policy can only be stricter.
 */

export const PAGE_POLICY = "connect-src 'self'";

/** For Vite. */
export const pagePolicy = {
  name: 'linnet:page-policy',
  apply: 'build' as const,
  transformIndexHtml: () => [
    {
      tag: 'meta',
      attrs: { 'http-equiv': 'Content-Security-Policy', content: PAGE_POLICY },
      injectTo: 'head-prepend' as const,
    },
  ],
};
