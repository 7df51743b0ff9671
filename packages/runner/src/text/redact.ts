import { stripVTControlCharacters } from "node:util";

/** Makes a text fit for people and logs: no secret, no control characters. */
export type Redact = (text: string) => string;

const mask = "[redacted]";

/** Shorter values are words, not secrets: masking them everywhere would make texts unreadable. */
const minSecretLength = 6;

/**
 * Tokens that agents and repositories print most, whoever they belong to (§11.10). An installation token may carry
 * a JWT (`ghs_APPID_JWT`), so no length and no alphabet without dots is assumed.
 */
const knownFormats: readonly RegExp[] = [
  /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g,
  /\bgh[oprsu]_[\w.-]{10,}/g,
  /\bgithub_pat_\w{10,}/g,
  /\bglpat-[\w-]{16,}/g,
  /\bsk-ant-[\w-]{8,}/g,
  /\bsk-(?:proj|svcacct|admin)-[\w-]{16,}/g,
  /\blin_(?:api|oauth|wh)_\w{8,}/g,
  /\bxox[a-z]-[\w-]{8,}/g,
  /\bxapp-[\w-]{8,}/g,
  /(?<=https:\/\/hooks\.slack\.com\/(?:services|workflows|triggers)\/)[\w/-]+/g,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\bATATT[\w=-]{16,}/g,
  /\bfm[12][a-z]?_[\w+/=-]{16,}/g,
  /\bnpm_[A-Za-z0-9]{36}\b/g,
  // What a runner of ours claims and reports with.
  /\b(?:claim|run)\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[\w-]{43}/g,
  // A JWT, such as a job's identity: a header and a payload in JSON, and a signature.
  /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*/g,
];

/** User and password of a URL. */
const urlCredentials = /(\b[a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/@]{1,2000}@/gi;

/** Masks secrets and touches nothing else. */
export type Mask = (text: string) => string;

/** Masks `secrets` as they are and as they stand in a URL or in JSON, and every known token format (§11.10). */
export const createMask = (secrets: readonly string[]): Mask => {
  const spellings = [
    ...new Set(
      secrets
        .filter((secret) => secret.length >= minSecretLength)
        .flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]),
    ),
  ].sort((a, b) => b.length - a.length);
  return (text) => {
    let masked = text;
    for (const spelling of spellings) masked = masked.replaceAll(spelling, mask);
    for (const format of knownFormats) masked = masked.replace(format, mask);
    return masked.replace(urlCredentials, `$1${mask}@`);
  };
};

export const createRedactor = (secrets: readonly string[]): Redact => {
  const maskSecrets = createMask(secrets);
  return (text) => maskSecrets(withoutControls(text));
};

/** Colours, NUL (which PostgreSQL refuses) and halves of characters have no place in a report. */
const withoutControls = (text: string): string =>
  stripVTControlCharacters(text)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it removes
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, "")
    .replace(/\p{Surrogate}/gu, "\ufffd");
