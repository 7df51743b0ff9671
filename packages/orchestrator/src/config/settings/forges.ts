import { bearer, integer, orNone, path, rsaPrivateKey, text, url } from "../kinds.ts";
import { defaulted, optional } from "../setting.ts";

export const forgeSettings = {
  GITHUB_APP_ID: optional({
    kind: integer(1, 999_999_999_999),
    meaning: "Numeric id of the GitHub App.",
    whenUnset: "required, unless every project uses the local forge",
  }),
  GITHUB_APP_PRIVATE_KEY: optional({
    kind: rsaPrivateKey,
    secret: true,
    meaning:
      "The GitHub App's RSA key in PEM, PKCS#1 or PKCS#8; newlines may be written as the two characters `\\n`.",
    whenUnset: "required with `GITHUB_APP_ID`",
  }),
  GITHUB_WEBHOOK_SECRET: optional({
    kind: text(),
    secret: true,
    meaning: "HMAC-SHA256 secret of GitHub's webhook.",
    whenUnset: "the webhook rejects every request",
  }),
  GITHUB_API_URL: defaulted({
    kind: url({ plainHttp: "loopback" }),
    default: "https://api.github.com",
    meaning: "GitHub's REST API; another one on GitHub Enterprise Server or behind a proxy.",
  }),
  GITHUB_OIDC_ISSUER: defaulted({
    kind: orNone(url({ plainHttp: "loopback" })),
    default: "https://token.actions.githubusercontent.com",
    meaning:
      "Who signs the identity of Actions jobs; another one on GitHub Enterprise Server. `none`: the server has no OIDC, and a job proves itself by a single-use token in its inputs.",
  }),
  GAP_FILL_TRIGGER_SECRET: optional({
    kind: bearer,
    secret: true,
    meaning: "Bearer of `POST /trigger/gap-fill`.",
    whenUnset: "the endpoint is disabled",
  }),
  LOCAL_FORGE_DIR: optional({
    kind: path,
    meaning: "Root of the local forge's bare repositories, `<owner>/<name>.git`.",
    whenUnset: "required where GitHub is not configured",
  }),
} as const;
