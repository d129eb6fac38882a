/** The words of a list that is written with spaces and line breaks. */
export function listed(list: string): string[] {
  return list.split(/\s+/).filter((word) => word !== '');
}
