import type { Credentials } from "../credentials.ts";
import type { Serially } from "../git-lock.ts";
import type { GithubLimits } from "../limits.ts";
import { appOperations } from "./app.ts";
import { compareOperations } from "./compare.ts";
import { contentsOperations } from "./contents.ts";
import { gitObjectOperations } from "./git-objects.ts";
import { gitRefOperations } from "./git-refs.ts";
import type { Operation } from "./operation.ts";
import { pullOperations } from "./pull-operations.ts";
import { repositoryOperations } from "./repositories.ts";

export interface OperationsOptions {
  readonly credentials: Credentials;
  readonly limits: GithubLimits;
  /** By a repository's directory. */
  readonly serially: Serially;
  /** Of the workflows' runs. */
  readonly actions: Iterable<readonly [string, Operation]>;
}

/** What the emulator can do, by the `operationId` of GitHub's own description. */
export const createOperations = ({
  credentials,
  limits,
  serially,
  actions,
}: OperationsOptions): ReadonlyMap<string, Operation> =>
  new Map([
    ...appOperations(credentials),
    ...repositoryOperations(limits),
    ...contentsOperations(serially),
    ...gitObjectOperations,
    ...gitRefOperations,
    ...compareOperations,
    ...pullOperations,
    ...actions,
  ]);
