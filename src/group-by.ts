/** In the order of each group's first item. */
export function groupBy<T>(
  items: readonly T[],
  read: (item: T) => string,
): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(read(item));
    if (group === undefined) groups.set(read(item), [item]);
    else group.push(item);
  }
  return groups;
}
