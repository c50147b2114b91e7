/** The URL, written as the standard has it, so that nothing in it needs escaping but `&`; null where it is none of the web. */
export function webUrl(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const { protocol, href } = new URL(text);
  if (protocol !== "https:" && protocol !== "http:") return null;
  return href.replaceAll("|", "%7C").replaceAll("'", "%27");
}
