import type { RepositoryCredential } from "@ai-implement/contracts";
import { exchange, messageOf } from "../http/exchange.ts";
import { isSecureUrl } from "../http/secure-url.ts";
import { StepFailure } from "../pipeline/step-failure.ts";
import type { StepLog } from "../pipeline/step-log.ts";
import { gitSecrets, type Secrets } from "../secrets.ts";
import { authenticationFor } from "./basic-authentication.ts";

/** What git proves itself with to the remote, for as long as the run lasts (§11.2). */
export interface RepositoryAccess {
  /**
   * Variables for one git command that reaches the remote. A credential that is about to run out is renewed first,
   * in a line of its own. @throws StepFailure where it would be sent in the clear
   */
  environment(steps: StepLog): Promise<Readonly<Record<string, string>>>;
  /** Ends what can be ended. Never rejects: a credential that stays runs out by itself. */
  revoke(): Promise<void>;
}

export interface HeldCredential {
  readonly token: string;
  /** Null: not known. */
  readonly expiresAt: string | null;
  readonly revokeUrl?: string | undefined;
}

export type RenewalAnswer =
  | { readonly kind: "granted"; readonly credential: RepositoryCredential }
  /** There is none to be had, now or later. */
  | { readonly kind: "refused"; readonly message: string }
  | { readonly kind: "unreachable"; readonly message: string };

export interface RepositoryAccessOptions {
  readonly cloneUrl: string;
  readonly credential: HeldCredential | null;
  /** Null where nobody can be asked. */
  readonly renew: (() => Promise<RenewalAnswer>) | null;
  readonly secrets: Secrets;
  readonly log: (line: string) => void;
  readonly now?: () => Date;
  /** In ms. */
  readonly revokeTimeout?: number;
}

const renewBeforeMs = 10 * 60_000;
const maxAnswerBytes = 64 * 1024;

export const createRepositoryAccess = (options: RepositoryAccessOptions): RepositoryAccess => {
  const { cloneUrl, secrets, log, now = () => new Date(), revokeTimeout = 5_000 } = options;
  const held: HeldCredential[] = [];
  let { renew } = options;
  const hold = (credential: HeldCredential): void => {
    secrets.add(gitSecrets(credential.token));
    held.push(credential);
  };
  if (options.credential !== null) hold(options.credential);

  const renewed = async (ask: () => Promise<RenewalAnswer>, expiresAt: string, steps: StepLog) => {
    const line = steps.begin("credential");
    const answer = await ask();
    if (answer.kind === "granted") {
      hold(answer.credential);
      line.end({ status: "succeeded", detail: `renewed, good until ${answer.credential.expiresAt}` });
      return;
    }
    if (answer.kind === "refused") renew = null;
    const detail = `The repository's credential was not renewed (${answer.message}): going on with the one that ends at ${expiresAt}.`;
    log(detail);
    line.end({ status: "failed", detail });
  };

  return {
    environment: async (steps) => {
      const current = held.at(-1);
      if (current === undefined) return {};
      if (renew !== null && current.expiresAt !== null && isShort(current.expiresAt, now()))
        await renewed(renew, current.expiresAt, steps);
      const authentication = authenticationFor(cloneUrl, (held.at(-1) ?? current).token);
      if (authentication.kind === "variables") return authentication.variables;
      throw new StepFailure(
        "clone-failed",
        `${cloneUrl} is neither https nor on this machine: the repository's credential is not sent there.`,
      );
    },
    revoke: async () => {
      const ended = held.splice(0).map(async (credential) => {
        const problem = await revokeOne(credential, revokeTimeout);
        if (problem !== null)
          log(
            `the repository's credential could not be revoked (${problem}): it ends by itself${credential.expiresAt === null ? "" : ` at ${credential.expiresAt}`}`,
          );
      });
      await Promise.all(ended);
    },
  };
};

const isShort = (expiresAt: string, now: Date): boolean =>
  Date.parse(expiresAt) - now.getTime() < renewBeforeMs;

/** Null when it is ended, or nobody said how. */
const revokeOne = async ({ token, revokeUrl }: HeldCredential, timeoutMs: number): Promise<string | null> => {
  if (revokeUrl === undefined) return null;
  if (!isSecureUrl(revokeUrl)) return "its revokeUrl is neither https nor on this machine";
  try {
    const { status } = await exchange({
      method: "DELETE",
      url: revokeUrl,
      headers: { authorization: `Bearer ${token}` },
      timeoutMs,
      maxBytes: maxAnswerBytes,
    });
    // 401: it has ended already.
    return status < 300 || status === 401 ? null : `HTTP ${status}`;
  } catch (error) {
    return messageOf(error);
  }
};
