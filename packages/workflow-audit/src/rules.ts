import type { Rule } from "./finding.ts";
import { appToken } from "./rules/app-token.ts";
import { cachePoisoning } from "./rules/cache-poisoning.ts";
import { constantCondition } from "./rules/constant-condition.ts";
import { credentialPersistence } from "./rules/credential-persistence.ts";
import { dangerousTrigger } from "./rules/dangerous-trigger.ts";
import { environmentFileWrite } from "./rules/environment-file-write.ts";
import { excessivePermissions } from "./rules/excessive-permissions.ts";
import { hardcodedCredentials } from "./rules/hardcoded-credentials.ts";
import { missingConcurrency } from "./rules/missing-concurrency.ts";
import { missingTimeout } from "./rules/missing-timeout.ts";
import { overprovisionedSecrets } from "./rules/overprovisioned-secrets.ts";
import { privilegedContainer } from "./rules/privileged-container.ts";
import { remoteScript } from "./rules/remote-script.ts";
import { secretExposure } from "./rules/secret-exposure.ts";
import { secretScope } from "./rules/secret-scope.ts";
import { secretToUnpinnedAction } from "./rules/secret-to-unpinned-action.ts";
import { secretsInherit } from "./rules/secrets-inherit.ts";
import { selfHostedRunner } from "./rules/self-hosted-runner.ts";
import { templateInjection } from "./rules/template-injection.ts";
import { unmaskedToken } from "./rules/unmasked-token.ts";
import { unpinnedAction } from "./rules/unpinned-action.ts";
import { unreadableExpression } from "./rules/unreadable-expression.ts";
import { unsecureCommands } from "./rules/unsecure-commands.ts";
import { unvalidatedContainer } from "./rules/unvalidated-container.ts";

export const rules: readonly Rule[] = [
  appToken,
  cachePoisoning,
  constantCondition,
  credentialPersistence,
  dangerousTrigger,
  environmentFileWrite,
  excessivePermissions,
  hardcodedCredentials,
  missingConcurrency,
  missingTimeout,
  overprovisionedSecrets,
  privilegedContainer,
  remoteScript,
  secretExposure,
  secretScope,
  secretToUnpinnedAction,
  secretsInherit,
  selfHostedRunner,
  templateInjection,
  unmaskedToken,
  unpinnedAction,
  unreadableExpression,
  unsecureCommands,
  unvalidatedContainer,
];
