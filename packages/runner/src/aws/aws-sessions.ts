import type { Identify } from "../identity/job-identity.ts";
import type { Secrets } from "../secrets.ts";
import {
  type AwsSession,
  type AwsSessionAnswer,
  assumeRole,
  type Role,
  type StsOptions,
} from "./assume-role.ts";

export interface AwsNeed {
  /** Never those of an earlier session. */
  readonly fresh: boolean;
  /** How long they have to be good for, at least; in ms. Absent: for a session of the agent. */
  readonly enoughMs?: number;
}

/** Credentials for one session of the agent, or for less. */
export type AwsSessions = (need: AwsNeed) => Promise<AwsSessionAnswer>;

export interface AwsSessionsOptions extends StsOptions {
  readonly role: Role;
  readonly identify: Identify;
  /** Gets the credentials before anybody else does. */
  readonly secrets: Secrets;
  readonly now?: () => Date;
}

/** Less than this is not enough for a session of the agent: it could run out of credentials in its middle. */
const enoughForSession = 15 * 60_000;

/** What the identity provider in the role's account is set up with. */
const audience = "sts.amazonaws.com";

/** Keeps credentials for as long as they are good for another session. */
export const createAwsSessions = (options: AwsSessionsOptions): AwsSessions => {
  const { role, identify, secrets, now = () => new Date(), ...sts } = options;
  let current: AwsSession | null = null;
  let underWay: Promise<AwsSessionAnswer> | null = null;
  const renew = async (): Promise<AwsSessionAnswer> => {
    const answer = await assumeRole(role, () => identify(audience), sts);
    if (answer.kind === "failed") return answer;
    const { accessKeyId, secretAccessKey, sessionToken } = answer.session;
    secrets.add([accessKeyId, secretAccessKey, sessionToken]);
    current = answer.session;
    return answer;
  };
  return async ({ fresh, enoughMs = enoughForSession }) => {
    if (!fresh && current !== null && current.expiresAt.getTime() - now().getTime() >= enoughMs)
      return { kind: "session", session: current };
    // Calls that come at once need the role only once.
    underWay ??= renew().finally(() => {
      underWay = null;
    });
    return underWay;
  };
};
