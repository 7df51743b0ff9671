/** A form of credential that is recognised wherever it stands. */
export interface SecretRule {
  readonly name: string;
  /** Global. Its group `value` is the credential, where something else stands around it. Linear: every repetition has a bound. */
  readonly pattern: RegExp;
  /** Signs in a row that it has to have, so that a placeholder is none. */
  readonly shortest: number;
}

/**
 * What the scanner's own rules leave out, or find only where the key is well-formed. A header without a key below it, as programs
 * that read keys have, is none. There is no exception for fixtures: whether a key opens something cannot be seen, and a test can
 * make its own.
 */
export const secretRules: readonly SecretRule[] = [
  {
    name: "private-key",
    pattern:
      /-{4,5} ?BEGIN (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)? ?-{4,5}(?<value>(?:[^-]|-(?!-{3})){1,1200})/g,
    shortest: 40,
  },
  {
    name: "putty-private-key",
    pattern: /Private-Lines: ?\d{1,4}\s{1,4}(?<value>[\w+/=\s]{1,400})/g,
    shortest: 40,
  },
  { name: "age-secret-key", pattern: /AGE-SECRET-KEY-1(?<value>[0-9A-Z]{58})/g, shortest: 58 },
  {
    name: "aws-secret-access-key",
    pattern:
      /secret[_.-]?access[_.-]?key["'\]]{0,2}\s{0,8}(?:=>|:=|[=:>,])\s{0,8}["'`]?(?<value>[A-Za-z0-9/+]{40,64})(?![A-Za-z0-9/+])/gi,
    shortest: 40,
  },
  {
    name: "gitlab-token",
    pattern: /\bgl(?:pat|dt|rt|ptt|soat|ft|cbt|agent)-(?<value>[\w-]{20,64})/g,
    shortest: 20,
  },
  { name: "stripe-key", pattern: /\b[sr]k_live_(?<value>[A-Za-z0-9]{20,200})/g, shortest: 20 },
  { name: "google-api-key", pattern: /\bAIza(?<value>[\w-]{35})(?![\w-])/g, shortest: 20 },
  {
    name: "azure-account-key",
    pattern: /(?:AccountKey|SharedAccessKey)=(?<value>[A-Za-z0-9/+]{42,88}={1,2})/g,
    shortest: 42,
  },
  { name: "pypi-token", pattern: /\bpypi-AgE(?<value>[\w-]{50,400})/g, shortest: 50 },
  { name: "digitalocean-token", pattern: /\bdo[opr]_v1_(?<value>[a-f0-9]{64})/g, shortest: 64 },
  { name: "vault-token", pattern: /\bhv[sbr]\.(?<value>[\w-]{24,300})/g, shortest: 24 },
  { name: "atlassian-token", pattern: /\bATATT3(?<value>[\w=-]{60,400})/g, shortest: 60 },
  { name: "fly-token", pattern: /\bfm[12][a-z]?_(?<value>[\w+/=-]{40,2000})/g, shortest: 40 },
  { name: "twilio-key", pattern: /\bSK(?<value>[0-9a-f]{32})(?![0-9a-f])/g, shortest: 32 },
];
