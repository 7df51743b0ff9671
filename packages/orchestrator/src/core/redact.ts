const mask = "[redacted]";

/** Below this a "secret" is a word like any other, and masking it would make the text unreadable. */
const shortestSecret = 4;

/** Token formats that are a credential wherever they turn up (§11.10). `$1`, where there is one, is kept. */
const knownFormats: readonly RegExp[] = [
  /()-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g,
  // GitHub. Since April 2026 an installation token is `ghs_APPID_JWT`: of any length, with dots and dashes.
  /()(?<![A-Za-z0-9])gh[oprsu]_[\w.-]{8,}/g,
  /()(?<![A-Za-z0-9])github_pat_\w{8,}/g,
  /()(?<![A-Za-z0-9])sk-ant-[\w-]{8,}/g,
  /()(?<![A-Za-z0-9])lin_(?:api|oauth|wh)_\w{8,}/g,
  /()(?<![A-Za-z0-9])xox[a-z]-[\w-]{8,}/g,
  /()(?<![A-Za-z0-9])xapp-[\w-]{8,}/g,
  /(https:\/\/hooks\.slack\.com\/(?:services|workflows|triggers)\/)[\w/-]+/g,
  /()(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}/g,
  /()(?<![A-Za-z0-9])ATATT[\w=-]{16,}/g,
  /()(?<![A-Za-z0-9])fm[12][a-z]?_[\w+/=-]{16,}/g,
  // Our own: what a runner claims and reports with.
  /()(?<![A-Za-z0-9])(?:claim|run)\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[\w-]{43}/g,
  /()(?<![A-Za-z0-9])eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g,
  /(\b(?:[Bb]earer|[Bb]asic) )[\w.~+/-]{12,}=*/g,
  /(\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@]{0,200}:)[^\s/@]{1,500}(?=@)/gi,
];

/**
 * Masks every given secret, as it is and as URLs and JSON write it, and every known token format. Made once
 * for many texts: the work of preparing the secrets is done here.
 */
export const createRedactor = (secrets: readonly string[]): ((text: string) => string) => {
  const forms = [...new Set(secrets.filter(({ length }) => length >= shortestSecret).flatMap(writtenForms))]
    // Longest first: a secret that contains another would otherwise leave its rest behind.
    .sort((a, b) => b.length - a.length);
  return (text) => {
    const withoutSecrets = forms.reduce((rest, form) => rest.replaceAll(form, mask), text);
    return knownFormats.reduce((rest, format) => rest.replace(format, `$1${mask}`), withoutSecrets);
  };
};

/** {@link createRedactor} for a single text. */
export const redact = (text: string, secrets: readonly string[]): string => createRedactor(secrets)(text);

const writtenForms = (secret: string): readonly string[] => [
  secret,
  JSON.stringify(secret).slice(1, -1),
  // Half of a surrogate pair has no URL form and would throw.
  ...(/\p{Surrogate}/u.test(secret) ? [] : [encodeURIComponent(secret)]),
];
