import type { RepositoryAccess } from "../../../ports/forge.ts";
import { VendorError, type VendorFailure } from "../../../ports/vendor-error.ts";

export interface GithubRepository {
  readonly owner: string;
  readonly name: string;
}

/**
 * What a token is for: it gets the permissions that this takes, as far as the installation has them, and one repository.
 * `work`: files of the default branch and workflow runs. `review`: pull requests, comments, checks. `templates`: commits
 * that may touch workflows, and their pull request.
 */
export type TokenPurpose = "work" | "review" | "templates";

export interface GithubRead {
  /** Below the API's root, filled in and encoded: `/repos/acme/tally/pulls/7`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Default `application/vnd.github+json`. */
  readonly accept?: string;
}

export interface GithubWrite {
  readonly method: "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
  /** What it counts as with GitHub: each has a limit of its own (§9). */
  readonly counts: "plain" | "content" | "workflow-run";
}

export interface GithubAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON; undefined where there was no body or it is no JSON. */
  readonly json: unknown;
  readonly text: string;
}

/** GitHub answered no. */
export class GithubError extends VendorError {
  readonly status: number;

  constructor(
    failure: VendorFailure,
    message: string,
    options: {
      readonly status: number;
      readonly retryAfterMs?: number;
      readonly nothingDone?: boolean;
      readonly cause?: unknown;
    },
  ) {
    super(failure, message, options);
    this.status = options.status;
  }
}

/** GitHub's API as the App sees it: each request with a token for that one repository, within GitHub's limits. */
export interface GithubClient {
  /** Tried again on an outage; conditional where an earlier answer is known. @throws VendorError, GithubError for a 4xx */
  read(repository: GithubRepository, purpose: TokenPurpose, request: GithubRead): Promise<GithubAnswer>;
  /** Every page, up to `maxItems` (default 1,000). `items` finds the list in a page's JSON. @throws as `read` */
  readAll(
    repository: GithubRepository,
    purpose: TokenPurpose,
    request: GithubRead,
    items: (json: unknown) => readonly unknown[],
    maxItems?: number,
  ): Promise<readonly unknown[]>;
  /** Sent once. Refused with `rate-limited` and `nothingDone` where it would pass a limit. @throws VendorError, GithubError */
  write(repository: GithubRepository, purpose: TokenPurpose, request: GithubWrite): Promise<GithubAnswer>;
  /** @throws VendorError, GithubError */
  graphql(
    repository: GithubRepository,
    purpose: TokenPurpose,
    query: string,
    variables: Readonly<Record<string, unknown>>,
  ): Promise<unknown>;
  /** A token of its own for the contents, in no cache: it is handed out. @throws VendorError, GithubError */
  grant(repository: GithubRepository, access: "read" | "write"): Promise<RepositoryAccess>;
  revoke(access: RepositoryAccess): Promise<void>;
  /** Whether what is begun could be brought to its end, as far as is known. @throws VendorError `forbidden` names what is lacking */
  requirePermissions(
    repository: GithubRepository,
    permissions: Readonly<Record<string, "read" | "write">>,
  ): Promise<void>;
  /** Null: the App is not installed on this account. @throws VendorError */
  installation(owner: string): Promise<GithubInstallation | null>;
  /** Who we are on GitHub; asked once. @throws VendorError */
  app(): Promise<GithubApp>;
  /** `https://github.com/acme/tally`. */
  webUrl(repository: GithubRepository): string;
  /** What was known of installations and tokens is asked for again. */
  forget(): void;
  /** GitHub says that installations have changed. Tokens stay: GitHub itself refuses those that are good for nothing any more. */
  accessChanged(): void;
}

export interface GithubApp {
  /** As its pages are called: `/apps/<slug>`. */
  readonly slug: string;
  /** Whose comments ours are: `<slug>[bot]`. */
  readonly login: string;
}

export interface GithubInstallation {
  readonly id: number;
  readonly account: string;
  readonly suspended: boolean;
  /** By GitHub's names: `{ contents: "write" }`. */
  readonly permissions: Readonly<Record<string, string>>;
}
