/** Of a page of issues; a larger one would cost more points than a request may (§7.2). */
export const largestPage = 100;
const smallestPage = 10;

/**
 * How many issues the next page asks for. Linear charges for the size of a page and not for what is on it, so it is
 * what the last look found, with room to grow. Once there turn out to be more, requests are what counts.
 * @param expected what the last look found
 * @param read what this look has found on its pages so far
 */
export const nextPageSize = (expected: number, read: number): number => {
  const left = expected - read;
  if (left <= 0 && read > 0) return largestPage;
  return Math.min(Math.max(left + Math.max(5, Math.ceil(left / 4)), smallestPage), largestPage);
};
