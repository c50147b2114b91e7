/** As the service writes it in headers and listings, without its quotes. */
export function readEtag(etag: string | undefined): string {
  return (etag ?? "").replace(/^"(.*)"$/, "$1");
}

export function quoteEtag(etag: string): string {
  return `"${etag}"`;
}
