/** The entries of a list that are left after its shape was checked. */
export function present<T>(list: readonly T[] | undefined): T[] {
  return (list ?? []).filter((item) => item !== undefined);
}
