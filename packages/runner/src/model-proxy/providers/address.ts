/** An address that a path is appended to. */
export const appended = (baseUrl: string, path: string, query = ""): URL =>
  new URL(`${baseUrl.replace(/\/+$/, "")}${path}${query}`);
