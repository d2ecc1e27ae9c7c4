/**
 * The address that a notification leads to, if it is one that a page may link to: of the web, or a path of the page's
 * own site. The service checks this too; what comes from elsewhere is not trusted to.
 */
export function linkTo(address: string | undefined): string | undefined {
  if (address === undefined) return undefined;
  return /^https?:\/\//i.test(address) || /^\/(?![/\\])/.test(address) ? address : undefined;
}
