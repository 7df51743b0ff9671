import { hours, type Instant, seconds } from "../../../core/time.ts";
import { VendorError } from "../../../ports/vendor-error.ts";
import type { Exchange } from "../../shared/exchange.ts";
import { plainLine } from "./plain-line.ts";
import { errorBodySchema } from "./schema.ts";

/** Jira took the request and refused it, for what these fields hold where it says so. */
export class RefusedRequest extends VendorError {
  /** Ids of the fields that it names. */
  readonly fields: readonly string[];

  constructor(message: string, fields: readonly string[]) {
    super("invalid", message);
    this.fields = fields;
  }
}

/** The gateway knows no such site: not one issue is missing, all of them are. */
export class UnknownSite extends VendorError {
  constructor(sentences: string) {
    super("forbidden", `JIRA_CLOUD_ID names no Jira site that JIRA_TOKEN may use${because(sentences)}`);
  }
}

/** The limit of one issue is spent: the others may go on. Told in Jira's `RateLimit-Reason`. */
export const boundToIssue = ({ status, headers }: Pick<Exchange, "status" | "headers">): boolean =>
  status === 429 && (headers.get("ratelimit-reason") ?? "").toLowerCase().includes("per-issue");

/** What an answer of Jira's says has gone wrong, or null. Pure. */
export const failureOf = (answer: Exchange, now: Instant): VendorError | null => {
  const { status, headers, text } = answer;
  if (status >= 200 && status < 300) return null;
  const said = readBody(text);
  const { sentences } = said;
  switch (status) {
    case 400:
      return new RefusedRequest(`Jira refused a request${because(sentences)}`, said.fields);
    case 401:
      // How the gateway says that the token is good and may not do this.
      return /scope/i.test(sentences)
        ? forbidden(sentences)
        : new VendorError("unauthorised", `JIRA_TOKEN is not accepted by Jira${because(sentences)}`);
    case 403:
      return forbidden(sentences);
    case 404:
      return said.byJira
        ? new VendorError("not-found", `Jira does not know it${because(sentences)}`)
        : new UnknownSite(sentences);
    case 408:
      return new VendorError("timeout", `Jira gave up waiting for itself${because(sentences)}`);
    case 409:
      return new VendorError("unavailable", `Jira was changing the same thing${because(sentences)}`);
    case 413:
      return new VendorError("invalid", `Jira takes nothing as large as this${because(sentences)}`);
    case 429:
      return rateLimited(headers, now);
  }
  if (status >= 500) {
    const wished = retryAfterOf(headers, now);
    return new VendorError("unavailable", `Jira answered ${status}${because(sentences)}`, {
      ...(wished === null ? {} : { retryAfterMs: wished }),
    });
  }
  return new VendorError("invalid", `Jira answered ${status}${because(sentences)}`);
};

const forbidden = (sentences: string): VendorError =>
  new VendorError(
    "forbidden",
    `JIRA_TOKEN may not do this: it needs the scopes read:jira-work, write:jira-work and read:jira-user, and its user the project's permissions${because(sentences)}`,
  );

const rateLimited = (headers: Headers, now: Instant): VendorError => {
  const retryAfterMs = retryAfterOf(headers, now) ?? defaultHoldMs;
  const reason = headers.get("ratelimit-reason");
  const named = reason === null ? "" : ` (${oneLine(reason)})`;
  return new VendorError(
    "rate-limited",
    `Jira's rate limit${named} is spent for another ${Math.ceil(retryAfterMs / 1000)} s.`,
    { retryAfterMs },
  );
};

const defaultHoldMs = seconds(30);
/** Spent is spent, though the header names a time that is over by our clock. */
const shortestHoldMs = seconds(1);
/** No limit of Jira's lasts longer: a header that says so is wrong, or its clock is, and is asked about once an hour. */
const longestHoldMs = hours(24);
const doubtfulHoldMs = hours(1);

/** In ms: the later of the two ways in which Jira says it, `Retry-After` and `X-RateLimit-Reset` (ISO 8601). */
const retryAfterOf = (headers: Headers, now: Instant): number | null => {
  const after = headers.get("retry-after");
  const waits = [
    after === null
      ? Number.NaN
      : /^\d+(\.\d+)?$/.test(after)
        ? seconds(Number(after))
        : untilDate(after, now),
    untilDate(headers.get("x-ratelimit-reset"), now),
  ].filter((wait) => Number.isFinite(wait));
  if (waits.length === 0) return null;
  const wait = Math.max(shortestHoldMs, ...waits);
  return wait > longestHoldMs ? doubtfulHoldMs : wait;
};

const untilDate = (text: string | null, now: Instant): number =>
  text === null ? Number.NaN : Date.parse(text) - now;

interface SaidNo {
  readonly sentences: string;
  readonly fields: readonly string[];
  /** In Jira's own form, not the gateway's. */
  readonly byJira: boolean;
}

const maxSentences = 1_000;

const readBody = (text: string): SaidNo => {
  const parsed = errorBodySchema.safeParse(jsonOf(text));
  if (!parsed.success) return { sentences: "", fields: [], byJira: false };
  const { errorMessages, errors = {}, message } = parsed.data;
  const all = [
    ...(errorMessages ?? []),
    ...Object.entries(errors).map(([field, said]) =>
      typeof said === "string" ? `${field}: ${said}` : field,
    ),
    ...(message === undefined ? [] : [message]),
  ];
  return {
    sentences: oneLine(all.join(" ")),
    fields: Object.keys(errors),
    byJira: errorMessages !== undefined && all.length > 0,
  };
};

/** Undefined where it is none: an error page is not worth an error of its own. */
const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

const oneLine = (text: string): string => plainLine(text, maxSentences);

const because = (sentences: string): string => (sentences === "" ? "." : `: ${sentences}`);
