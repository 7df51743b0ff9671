const greedy = /^(\/repos\/[^/]+\/[^/]+\/(?:contents|git\/refs?|git\/matching-refs|compare)\/)(.+)$/;
const branch = /^(\/repos\/[^/]+\/[^/]+\/branches\/)((?:(?!\/protection(?:\/|$)|\/rename$).)+)$/;

/**
 * GitHub takes the slashes of a path, a ref or a branch as they are; its own description has one step of the path for
 * it, which they have to be escaped for.
 */
export const describedPath = (path: string): string => {
  const [, start, last] = greedy.exec(path) ?? branch.exec(path) ?? [];
  return start === undefined || last === undefined ? path : `${start}${last.replaceAll("/", "%2F")}`;
};
