/**
 * A text for a field that Airflow renders with Jinja, such that rendering gives back the text.
 *
 * Jinja acts on braces, changes line ends and drops a last newline, and the pod operator reads a value that ends in `.json`, `.yaml` or
 * `.yml` as the name of a template file. Such a text becomes one Jinja string constant, its unusual characters written as escapes.
 */
export function toInertTemplate(text: string): string {
  if (/^[ -z|~]*$/.test(text) && !/\.(json|ya?ml)$/i.test(text)) return text;
  let escaped = "";
  for (const character of text) escaped += escapeCharacter(character);
  return `{{ "${escaped}" }}`;
}

/**
 * The same for the value of a pod's environment variable. In it Kubernetes puts the value of NAME for `$(NAME)` as well, and one dollar for two:
 * https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#environment-variables
 */
export function toInertValue(text: string): string {
  return toInertTemplate(text.replaceAll("$", () => "$$"));
}

function escapeCharacter(character: string): string {
  if (/[A-Za-z0-9 _./:@=,+-]/.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  return code <= 0xffff
    ? `\\u${hex.padStart(4, "0")}`
    : `\\U${hex.padStart(8, "0")}`;
}
