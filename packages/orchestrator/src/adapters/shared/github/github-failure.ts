import { headline } from "../../../core/messages/foreign.ts";
import { hours, type Instant, seconds } from "../../../core/time.ts";
import type { VendorFailure } from "../../../ports/vendor-error.ts";
import type { Exchange } from "../exchange.ts";
import { type AccessProblem, lacksPermission, moved, refused, suspended } from "./access-problems.ts";
import { GithubError } from "./github-client.ts";
import { errorBodySchema } from "./schema.ts";

/** What was asked, as messages name it. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  /** Account of the installation; null: the App itself asked. */
  readonly account: string | null;
  /** Permissions that the installation is known not to have: `contents: write`. */
  readonly lacks?: readonly string[] | undefined;
}

/** What an answer of GitHub's says has gone wrong, or null. Pure. */
export const failureOf = (answer: Exchange, asked: Asked, now: Instant): GithubError | null => {
  const { status, headers } = answer;
  // 302 leads to a download, which needs no credential of ours.
  if ((status >= 200 && status < 300) || status === 302 || status === 304) return null;
  const { said, message } = readBody(answer.text);
  const fail = (failure: VendorFailure, text: string, retryAfterMs?: number): GithubError =>
    new GithubError(failure, text, { status, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
  const refuse = (failure: VendorFailure, text: string): GithubError =>
    new GithubError(failure, text, { status, ...refused });
  if (isRateLimit(answer, message)) {
    const wait = waitOf(headers, now) ?? defaultWaitMs;
    return fail("rate-limited", `${limitWords(message, asked)} for another ${inSeconds(wait)}.`, wait);
  }
  const told = `GitHub answered ${status} to ${asked.method} ${asked.path}${said === "" ? "" : `: ${said}`}`;
  const problem = accessProblemOf(answer, asked, message);
  if (problem !== null) return refuse("forbidden", `${problem.what} ${problem.fix} (${told})`);
  if (status === 403 && /archived/i.test(message)) return fail("invalid", `${archived} (${told})`);
  switch (status) {
    case 401:
      return refuse("unauthorised", `${unauthorised(asked)} ${told}`);
    case 403:
      return refuse("forbidden", told);
    case 404:
    case 410:
      return fail("not-found", told);
    case 408:
      return fail("timeout", told);
  }
  if (status >= 500) return fail("unavailable", told, waitOf(headers, now) ?? undefined);
  return fail("invalid", told);
};

/** A person meant it to end there: what waits for such a repository would wait for ever. */
const archived =
  "The repository is archived, and nothing can be written to it. Unarchive it on GitHub, or point the project to another one.";

const limitWords = (message: string, { account }: Asked): string => {
  const which = /secondary rate limit/i.test(message) ? "secondary rate limit" : "rate limit";
  return `GitHub's ${which} ${account === null ? "for the App" : `for ${account}`} is spent`;
};

const unauthorised = ({ account }: Asked): string =>
  account === null
    ? "GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY do not belong together, the key was deleted, or the clock of this machine is wrong:"
    : "GitHub does not accept the installation's token:";

/** A limit that is spent is told in four ways (docs.github.com, "Best practices for using the REST API"). */
const isRateLimit = ({ status, headers }: Exchange, message: string): boolean =>
  status === 429 ||
  (status === 403 &&
    (headers.has("retry-after") ||
      headers.get("x-ratelimit-remaining") === "0" ||
      /secondary rate limit|abuse detection|api rate limit exceeded/i.test(message)));

/** Refusals that a person mends with the App's permissions or in the settings of the account. */
const accessProblemOf = (
  { status, headers }: Exchange,
  { method, path, account, lacks = [] }: Asked,
  message: string,
): AccessProblem | null => {
  if (status === 301 || status === 307 || status === 308) return moved(`${method} ${path}`);
  if (status === 403 && /suspended/i.test(message)) return suspended(account ?? "the account");
  if (account === null || (status !== 403 && status !== 422)) return null;
  const named = /without [`'"]?([a-z_]+)[`'"]? permission/i.exec(message)?.[1];
  if (named !== undefined) return lacksPermission(account, `${named}: write`);
  if (status !== 403 || !/not accessible by integration/i.test(message)) return null;
  const accepted = acceptedPermissions(headers.get("x-accepted-github-permissions"));
  const known = lacks.length === 0 ? null : lacks.join(" or ");
  return lacksPermission(account, accepted ?? known ?? `that ${method} ${path} needs`);
};

/** `pull_requests=write,contents=read; issues=write` is told as people say it. */
const acceptedPermissions = (header: string | null): string | null => {
  if (header === null || !/^[\w=,; -]{1,500}$/.test(header)) return null;
  return header
    .split(";")
    .map((set) =>
      set
        .split(",")
        .map((each) => each.trim().replace("=", ": "))
        .join(" and "),
    )
    .join(" or ");
};

/** GitHub asks for a minute where it names no time. */
const defaultWaitMs = seconds(60);
const shortestWaitMs = seconds(1);
/** No limit of GitHub's lasts longer: a header that says so is wrong, or a clock is. */
const longestWaitMs = hours(1);

/** In ms, of `Retry-After` (seconds) or of `X-RateLimit-Reset` (seconds since the epoch) where the limit is spent. */
export const waitOf = (headers: Headers, now: Instant): number | null => {
  const after = numberOf(headers.get("retry-after"));
  const reset =
    headers.get("x-ratelimit-remaining") === "0" ? numberOf(headers.get("x-ratelimit-reset")) : null;
  const wait = after !== null ? seconds(after) : reset !== null ? seconds(reset) - now : null;
  return wait === null ? null : Math.min(Math.max(wait, shortestWaitMs), longestWaitMs);
};

const numberOf = (text: string | null): number | null =>
  text !== null && /^\d{1,12}$/.test(text) ? Number(text) : null;

const inSeconds = (ms: number): string => `${Math.ceil(ms / 1000)} s`;

const longestSaid = 1_000;

/** `message`: GitHub's own sentence. `said`: that with the details of `errors`, as one line. */
const readBody = (text: string): { readonly message: string; readonly said: string } => {
  const parsed = errorBodySchema.safeParse(jsonOf(text));
  if (!parsed.success) return { message: "", said: "" };
  const { message = "", errors = [] } = parsed.data;
  const details = errors
    .slice(0, 20)
    .map((error) =>
      typeof error === "string"
        ? error
        : (error.message ?? [error.resource, error.field, error.code].filter(Boolean).join(" ")),
    );
  const said = [message, ...details].filter((part) => part !== "").join("; ");
  return { message: headline(message, longestSaid), said: headline(said, longestSaid) };
};

/** Undefined where it is none: an error page is not worth an error of its own. */
const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};
