import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/** In a time that tells nothing of how much of it fits. */
export const isToken = (given: string, token: string): boolean =>
  timingSafeEqual(digest(given), digest(token));

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** What a request proves itself with in its headers; empty for nothing. */
export const tokenInHeaders = (headers: IncomingHttpHeaders): string => {
  const key = headers["x-api-key"];
  if (typeof key === "string") return key;
  const [, bearer = ""] = /^bearer (\S+)$/i.exec(headers.authorization ?? "") ?? [];
  return bearer;
};

/** A path's first part, and what follows it with its slash. */
export const firstPart = (path: string): readonly [string, string] => {
  const end = path.indexOf("/", 1);
  return end === -1 ? [path.slice(1), ""] : [path.slice(1, end), path.slice(end)];
};
