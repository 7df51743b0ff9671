import type { Conformance } from "../shared/conformance.ts";
import type { FaultSource } from "../shared/faults.ts";
import type { WebhookDelivery } from "../shared/webhook-delivery.ts";

/** What a token may do, by GitHub's own names: `{ contents: "write", pull_requests: "write" }`. */
export type Permissions = Readonly<Record<string, "read" | "write" | "admin">>;

export interface GithubRequest {
  /** When it arrived, in ms since the epoch. */
  readonly at: number;
  readonly method: string;
  /** Below the API's root, without the query: `/repos/acme/tally/pulls`. Git requests begin with `/git/`. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** Who sent it: the App itself, an installation token (by the account's login), or nobody. */
  readonly by:
    | { readonly kind: "app" }
    | {
        readonly kind: "installation";
        readonly account: string;
        /** Null: every repository of the installation. */
        readonly repositories: readonly string[] | null;
        readonly permissions: Permissions;
      }
    | { readonly kind: "nobody" };
  /** It came before the time that an earlier refusal had told. */
  readonly early: boolean;
}

export interface NewRepository {
  readonly owner: string;
  readonly name: string;
  /** Default `main`. */
  readonly defaultBranch?: string;
  /** The first commit. Default: a README. */
  readonly files?: Readonly<Record<string, string>>;
  readonly archived?: boolean;
}

export interface RepositoryRef {
  readonly owner: string;
  readonly name: string;
}

export interface SeenPullRequest {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly head: string;
  readonly base: string;
  readonly state: "open" | "closed";
  readonly merged: boolean;
  readonly draft: boolean;
  /** Login of who opened it: an App's is `<slug>[bot]`. */
  readonly author: string;
  /** `owner/name` of the repository that the head lies in: another one for a fork. */
  readonly headRepository: string;
}

export interface SeenComment {
  readonly id: number;
  readonly author: string;
  readonly body: string;
  /** `eyes`, `+1`, … with who gave it. */
  readonly reactions: readonly { readonly content: string; readonly author: string }[];
}

export interface SeenWorkflowRun {
  readonly id: number;
  readonly repository: string;
  /** `claude-implement.yml`. */
  readonly workflow: string;
  readonly ref: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** The `run-name` of the file, with the inputs filled in. */
  readonly displayTitle: string;
  readonly status: "queued" | "in_progress" | "completed";
  readonly conclusion: "success" | "failure" | "cancelled" | "timed_out" | null;
  readonly createdAt: number;
}

/** GitHub itself, with people's hands on it. Every change sends the webhook that GitHub would send. */
export interface GithubSite {
  addRepository(repository: NewRepository): Promise<void>;
  /** The App on an account. Default: all repositories, and every permission that a test could want. */
  install(
    account: string,
    options?: { readonly repositories?: readonly string[]; readonly permissions?: Permissions },
  ): void;
  uninstall(account: string): void;
  suspend(account: string): void;
  archive(repository: RepositoryRef): void;
  removeRepository(repository: RepositoryRef): Promise<void>;
  /** The API redirects whoever asks by the old name; git does not here. */
  renameRepository(repository: RepositoryRef, name: string): void;
  /** Reviews are required and pushes refused: as branch protection answers. */
  protect(repository: RepositoryRef, branch: string): void;
  /** Default for everybody who was never named: `read`. */
  setPermission(
    repository: RepositoryRef,
    login: string,
    permission: "admin" | "write" | "read" | "none",
  ): void;

  /** A commit by a person; a new branch begins at the default branch. `null` deletes a file. @returns its SHA */
  commit(
    repository: RepositoryRef,
    branch: string,
    files: Readonly<Record<string, string | null>>,
    message?: string,
  ): Promise<string>;
  /** The content of a file, or null. */
  file(repository: RepositoryRef, branch: string, path: string): Promise<string | null>;
  branches(repository: RepositoryRef): Promise<readonly string[]>;
  /** Subjects of the commits of a branch, newest first. */
  commits(repository: RepositoryRef, branch: string): Promise<readonly string[]>;
  deleteBranch(repository: RepositoryRef, branch: string): Promise<void>;

  pullRequests(repository: RepositoryRef): readonly SeenPullRequest[];
  /** Conversation comments, oldest first. */
  comments(repository: RepositoryRef, number: number): readonly SeenComment[];
  reviewComments(repository: RepositoryRef, number: number): readonly SeenComment[];
  /** A pull request by a person; from a fork where `headRepository` is another repository. */
  openPullRequest(
    repository: RepositoryRef,
    options: {
      readonly head: string;
      readonly base?: string;
      readonly title: string;
      readonly body?: string;
      readonly author: string;
      readonly headRepository?: string;
    },
  ): Promise<number>;
  comment(repository: RepositoryRef, number: number, author: string, body: string): number;
  /** Its author changes a conversation comment. */
  editComment(repository: RepositoryRef, id: number, body: string): void;
  /** Its author takes a conversation comment away. */
  deleteComment(repository: RepositoryRef, id: number): void;
  /** Inline comments come with it, as one review. @returns the ids of the inline comments */
  review(
    repository: RepositoryRef,
    number: number,
    review: {
      readonly author: string;
      readonly state: "approved" | "changes_requested" | "commented";
      readonly body?: string;
      readonly comments?: readonly { readonly path: string; readonly line: number; readonly body: string }[];
    },
  ): { readonly id: number; readonly comments: readonly number[] };
  merge(repository: RepositoryRef, number: number, by: string): Promise<void>;
  close(repository: RepositoryRef, number: number, by: string): void;
  reopen(repository: RepositoryRef, number: number, by: string): void;
  setCheck(
    repository: RepositoryRef,
    commit: string,
    check: { readonly name: string; readonly conclusion: "success" | "failure" | null },
  ): void;

  setSecret(repository: RepositoryRef, name: string, value: string): void;
  setVariable(repository: RepositoryRef, name: string, value: string): void;
  /** Oldest first. */
  workflowRuns(repository?: RepositoryRef): readonly SeenWorkflowRun[];
  /** A person starts it by hand. @returns the run's id */
  dispatchByHand(
    repository: RepositoryRef,
    workflow: string,
    inputs: Readonly<Record<string, string>>,
  ): Promise<number>;
  /** Moves a run on without executing it. */
  setRun(
    runId: number,
    change: {
      readonly status: SeenWorkflowRun["status"];
      readonly conclusion?: SeenWorkflowRun["conclusion"];
    },
  ): void;
  addArtifact(runId: number, name: string, files: Readonly<Record<string, string>>): void;
  /** Where the runs' identities come from. */
  readonly oidc: {
    /** A job's identity token, as its `ACTIONS_ID_TOKEN_REQUEST_URL` would answer it; `change` forges claims under the real key. */
    token(runId: number, audience: string, change?: Readonly<Record<string, unknown>>): Promise<string>;
    /** New signing keys; the old ones are no longer published. */
    rotateKeys(): Promise<void>;
  };
}

/** One run of a workflow as whoever executes it gets it. */
export interface WorkflowJobRequest {
  readonly runId: number;
  readonly repository: RepositoryRef;
  /** `claude-implement.yml` and its text on the ref. */
  readonly workflow: string;
  readonly source: string;
  readonly ref: string;
  readonly event: { readonly name: string; readonly payload: unknown };
  readonly inputs: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, string>>;
  /** For the steps' environment: the API, the server, the OIDC request URL and token of this run. */
  readonly environment: Readonly<Record<string, string>>;
  readonly cancelled: AbortSignal;
  uploadArtifact(name: string, files: Readonly<Record<string, Uint8Array>>): void;
  /** A token of an installation, as `actions/create-github-app-token` would get it through the API. */
  readonly apiUrl: string;
}

/** Executes a run; resolves with its conclusion. */
export type WorkflowExecution = (job: WorkflowJobRequest) => Promise<"success" | "failure" | "cancelled">;

export interface GithubEmulatorOptions {
  /** GitHub's own OpenAPI description, parsed. */
  readonly openApi: unknown;
  /** A folder of its own for the repositories; the emulator makes and removes what is in it. */
  readonly directory: string;
  readonly app: {
    readonly id: number;
    /** PEM. */
    readonly publicKey: string;
    /** Default `ai-implement`; its login is `<slug>[bot]`. */
    readonly slug?: string;
  };
  readonly webhook?: { readonly url: string; readonly secret: string };
  /** Executes dispatched workflows. Without it a run stays queued until `setRun`. */
  readonly execute?: WorkflowExecution;
  /** `false`: an older server, which refuses `return_run_details` with 422. `"ignored"`: answers 204 all the same. Default true. */
  readonly returnRunDetails?: boolean | "ignored";
  /** A dispatched run is in no list for this time, in ms; asked for each run. Default 0. */
  readonly listLagMs?: () => number;
  /** Defaults are GitHub's: 80 content-creating requests/min and 500/h, 900 points/min, 500 runs per 10 s, each per installation. */
  readonly limits?: Partial<{
    readonly contentPerMinute: number;
    readonly contentPerHour: number;
    readonly pointsPerMinute: number;
    readonly runsPer10s: number;
    readonly requestsPerHour: number;
  }>;
  /** Answered after this time, in ms. Default 0. */
  readonly latencyMs?: number;
  readonly port?: number;
}

/** GitHub on loopback, as a GitHub Enterprise Server: API, git over HTTP, Actions without machines, webhooks, OIDC. */
export interface GithubEmulator {
  /** For `GITHUB_API_URL`: `http://127.0.0.1:PORT/api/v3`. GraphQL is at `/api/graphql`, git at `/owner/name.git`. */
  readonly apiUrl: string;
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** For `GITHUB_OIDC_ISSUER`: `http://127.0.0.1:PORT/oidc`. */
  readonly oidcIssuer: string;
  readonly site: GithubSite;
  /** Oldest first; the last 20,000. */
  requests(): readonly GithubRequest[];
  conformance(): Conformance;
  setFaults(source: FaultSource<GithubRequest>): void;
  deliveries(): readonly WebhookDelivery[];
  pauseWebhooks(paused: boolean): void;
  setWebhook(webhook: { readonly url: string; readonly secret: string } | null): void;
  /** Resolves when no workflow is being executed. */
  idle(): Promise<void>;
  close(): Promise<void>;
}
